"""Reads of reports, and of all that they are drawn from."""
