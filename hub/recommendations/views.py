"""Pages of recommendations."""

from flask import Flask


def init_app(app: Flask) -> None:
    """Add the pages."""
