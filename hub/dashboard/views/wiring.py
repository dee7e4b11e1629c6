"""Adding the pages of the dashboard to the application."""

from flask import Flask

from hub.dashboard.views.front import dashboard, front
from hub.dashboard.views.settings import settings
from hub.dashboard.views.style import style


def init_app(app: Flask) -> None:
    """Add the pages; the page of the interface's parts is for development only."""
    app.register_blueprint(front)
    app.register_blueprint(dashboard)
    app.register_blueprint(settings)
    if app.config["DEVELOPMENT"] or app.testing:
        app.register_blueprint(style)
