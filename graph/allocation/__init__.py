"""Who gets a seat where: an allocation of wishes to workshops with few seats, in one round or several."""
