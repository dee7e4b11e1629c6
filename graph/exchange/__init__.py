"""The network in the formats of other tools: written, and read back without loss."""
