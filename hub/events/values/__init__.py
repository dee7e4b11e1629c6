"""Plain values of days and sign-ups."""
