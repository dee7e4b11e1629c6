"""Pages of memoranda."""
