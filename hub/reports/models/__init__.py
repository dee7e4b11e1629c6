"""Tables of reports to the plenary and of activity exports."""
