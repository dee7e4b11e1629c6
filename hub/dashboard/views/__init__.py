"""Pages of the dashboard, the front and the settings."""
