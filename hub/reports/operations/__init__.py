"""Drafting, editing, printing and publishing a report; exporting the activity."""
