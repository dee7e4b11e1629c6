"""The forms of calls, contributions and recommendations."""
