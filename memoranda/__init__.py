"""Recommendations and memoranda on plain data: similarity, compiling, PDF. No web, no database."""
