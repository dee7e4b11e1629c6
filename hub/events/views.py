"""Pages of events."""

from flask import Flask


def init_app(app: Flask) -> None:
    """Add the pages."""
