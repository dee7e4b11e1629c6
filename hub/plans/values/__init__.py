"""Plain values of plans: the plan as of a day, what changed, what a picture needs."""
