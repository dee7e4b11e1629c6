"""Tables of memoranda: elections, editions, what they hold, what was built and answered."""
