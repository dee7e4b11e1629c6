"""What single facts look like: read from what people write, shown as they expect it."""
