"""Pages that run a meeting."""
