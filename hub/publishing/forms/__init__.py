"""The forms of memoranda."""
