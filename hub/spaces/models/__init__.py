"""Tables of spaces, of what happens in their meetings and of what follows."""
