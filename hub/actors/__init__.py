"""Organisations, people and mandates, relations, and the reference data they stand on."""
