"""Reading days and sign-ups."""
