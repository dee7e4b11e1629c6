"""The application: it names every feature once."""

from importlib import import_module
from pathlib import Path
from typing import Any

from hub.core import config, views, web

ROOT = Path(__file__).parent.parent
FEATURES = (
    "accounts",
    "actors",
    "spaces",
    "plans",
    "events",
    "recommendations",
    "publishing",
    "network",
    "reports",
    "dashboard",
)


def create_app(overrides: dict[str, Any] | None = None) -> web.Hub:
    """Return the application. Raises ConfigError when the installation can't start."""
    app = web.Hub(
        __name__, template_folder=str(ROOT / "templates"), static_folder=str(ROOT / "hub" / "static")
    )
    config.load(app, overrides)
    app.config["DATA_FOLDER"].mkdir(parents=True, exist_ok=True)
    web.init_app(app)
    load_models()
    app.register_blueprint(views.blueprint)
    for feature in FEATURES:
        register(app, feature)
    return app


def register(app: web.Hub, feature: str) -> None:
    """Let a feature add its pages; its jobs are known once imported."""
    grown = (ROOT / "hub" / feature / "views").is_dir()
    import_module(f"hub.{feature}.views.wiring" if grown else f"hub.{feature}.views").init_app(app)


def load_models() -> None:
    """Import every feature's tables, for migrations, and because tables name each other before any query."""
    for module in ("audit", "files", "jobs", "mail", "mornings", "settings", "tokens"):
        import_module(f"hub.core.{module}")
    for feature in FEATURES:
        folder = ROOT / "hub" / feature / "models"
        if folder.with_suffix(".py").exists():
            import_module(f"hub.{feature}.models")
        for file in sorted(folder.glob("[!_]*.py")):
            import_module(f"hub.{feature}.models.{file.stem}")
