"""Maillage, the coordination hub of a network of associations."""
