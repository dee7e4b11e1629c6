"""Pages of the minutes of a meeting, and of its papers as PDF."""
