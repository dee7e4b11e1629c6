"""Reading the register for the map, and what it serves: coverage, invitations, what exists already."""
