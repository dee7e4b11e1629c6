"""Pages of decisions: the register, each decision, how it is noted, what organisations say of it."""
