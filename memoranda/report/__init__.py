"""The yearly state of a network: frozen data in, tagged PDF out."""
