"""What changes calls, contributions and recommendations."""
