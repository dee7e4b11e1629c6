"""What changes elections, memoranda and their editions."""
