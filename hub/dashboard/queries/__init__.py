"""What the first pages tell, each in a constant number of queries."""
