"""Putting what was counted into words, tables and pictures, part by part."""
