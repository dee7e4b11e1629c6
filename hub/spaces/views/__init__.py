"""Pages of spaces, meetings, decisions and actions."""
