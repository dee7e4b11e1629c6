"""Plain values of recommendations."""
