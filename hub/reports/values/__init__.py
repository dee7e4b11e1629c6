"""Plain values: periods, what was read, what was counted, what a report says."""
