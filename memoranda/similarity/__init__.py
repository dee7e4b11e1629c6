"""Texts that ask the same: recognising them, and saying where two texts that look alike differ.

Plain data in, results out; nothing is merged, refused or stored here. Suggestions only: a person decides.
"""
