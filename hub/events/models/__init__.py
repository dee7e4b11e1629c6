"""What the database holds of days and sign-ups."""
