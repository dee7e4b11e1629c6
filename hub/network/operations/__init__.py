"""What the network's pages change."""
