"""Bringing in a file of organisations or relations: checked first, stored once confirmed, undone whole."""
