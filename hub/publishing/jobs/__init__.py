"""Long work on memoranda."""
