"""Actors: organisations, projects and bodies, the people who speak for them, and what ties them together."""
