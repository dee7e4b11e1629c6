"""Forms of the network's pages."""
