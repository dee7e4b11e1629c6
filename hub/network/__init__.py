"""The map of the network and its analysis, drawn from the register."""
