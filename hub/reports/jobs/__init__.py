"""Printing reports and writing large exports."""
