"""Spaces of concertation: working groups, platforms, local coordinations, and who sits in them."""
