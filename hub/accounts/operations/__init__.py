"""What changes accounts, their passwords and their sessions."""
