"""Forms of spaces, meetings, decisions and actions."""
