"""Plain values of memoranda."""
