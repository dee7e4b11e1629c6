"""Forms about actors."""
