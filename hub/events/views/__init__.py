"""Pages of days and sign-ups."""
