"""Plain values of spaces and meetings."""
