"""Forms of days and sign-ups."""
