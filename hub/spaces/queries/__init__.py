"""Reading spaces, meetings, decisions and actions."""
