"""What the network's pages keep: choices of whom to invite, and of ties to propose."""
