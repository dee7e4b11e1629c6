"""Changing spaces, meetings, decisions and actions."""
