"""Reading calls, contributions and recommendations."""
