"""The demonstration: a real network's facts, with invented people."""
