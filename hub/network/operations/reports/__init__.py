"""The yearly report: what it says, and how it is kept and published."""
