"""What changes actors."""
