"""Sign-in and roles."""
