"""Plain values of the map: the register as it stood on a day, what is asked of it, what its shape says."""
