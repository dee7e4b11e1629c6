"""A directory of actors as frozen data in, tagged PDF out."""
