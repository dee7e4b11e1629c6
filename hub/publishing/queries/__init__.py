"""Reading what memoranda need."""
