"""The tables of calls, contributions and recommendations."""
