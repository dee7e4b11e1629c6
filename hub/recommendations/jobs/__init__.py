"""Work of calls, contributions and recommendations that is done in the background."""
