"""First pages: the public's, the coordination's, an association's own; and the settings."""
