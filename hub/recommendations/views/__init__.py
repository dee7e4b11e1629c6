"""The pages of calls, contributions and recommendations."""
