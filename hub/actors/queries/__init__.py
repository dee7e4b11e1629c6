"""Reading actors."""
