"""Actor network analysis on plain data: no web, no database."""
