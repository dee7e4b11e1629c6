"""Settings of an installation: a TOML file, then `HUB_` variables of the environment over it."""

import os
import tomllib
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from flask import Flask

MEBIBYTE = 1024 * 1024
CONNECT_SECONDS = 4
DEMO_KEY = "demonstration-only-not-a-secret-key"

DEFAULTS: dict[str, Any] = {
    "DEMO": False,
    "DEVELOPMENT": False,
    "BASE_URL": "http://127.0.0.1:8000",
    "LANGUAGES": ["fr"],
    "MAIL_FROM": "",
    "SMTP_HOST": "",
    "SMTP_PORT": 587,
    "SMTP_USER": "",
    "SMTP_PASSWORD": "",
    "SMTP_TLS": "starttls",
    "RATELIMIT_STORAGE_URI": "memory://",
    "RATELIMIT_ENABLED": True,
    "MAX_CONTENT_LENGTH": 12 * MEBIBYTE,
    "MAX_FORM_MEMORY_SIZE": 2 * MEBIBYTE,
    "MAX_FORM_PARTS": 2000,
    "SESSION_COOKIE_HTTPONLY": True,
    "SESSION_COOKIE_SAMESITE": "Lax",
    "WTF_CSRF_TIME_LIMIT": None,
    # Pages of personal links send no Referer (S11): their forms can't be asked for one. The token suffices.
    "WTF_CSRF_SSL_STRICT": False,
    "BABEL_DEFAULT_LOCALE": "fr",
    "BABEL_DEFAULT_TIMEZONE": "Europe/Brussels",
}


class ConfigError(Exception):
    """An installation that can't start; the text says why and what to do, in French."""


def default_folder() -> Path:
    """Return where data stand unless HUB_DATA_FOLDER says otherwise: `instance` beside the code."""
    return Path(__file__).parent.parent.parent / "instance"


def load(app: Flask, overrides: dict[str, Any] | None = None) -> None:
    """Fill `app.config`: defaults, the TOML file, the environment, then what a test or command gives."""
    app.config.from_mapping(DEFAULTS)
    _load_file(app)
    app.config.from_prefixed_env("HUB")
    app.config.from_mapping(overrides or {})
    folder = Path(app.config.get("DATA_FOLDER") or default_folder()).absolute()
    app.config["DATA_FOLDER"] = folder
    app.config.setdefault("SQLALCHEMY_DATABASE_URI", f"sqlite:///{folder / 'maillage.db'}")
    app.config.setdefault("FILES_FOLDER", str(folder / "files"))
    if not app.config["SQLALCHEMY_DATABASE_URI"].startswith("sqlite"):
        # R3: a server that is away is noticed within seconds, and one that came back without a restart.
        app.config.setdefault(
            "SQLALCHEMY_ENGINE_OPTIONS",
            {"pool_pre_ping": True, "connect_args": {"connect_timeout": CONNECT_SECONDS}},
        )
    if isinstance(app.config["LANGUAGES"], str):
        app.config["LANGUAGES"] = app.config["LANGUAGES"].split(",")
    _check(app)


def _load_file(app: Flask) -> None:
    named = os.environ.get("HUB_CONFIG")
    path = Path(named) if named else default_folder() / "maillage.toml"
    if not path.exists():
        if named:
            raise ConfigError(f"Le fichier de configuration {path} n’existe pas (variable HUB_CONFIG).")
        return
    try:
        values = tomllib.loads(path.read_text(encoding="utf-8"))
    except tomllib.TOMLDecodeError as problem:
        raise ConfigError(f"Le fichier de configuration {path} est mal formé : {problem}") from problem
    app.config.from_mapping({name.upper(): value for name, value in values.items()})


def _check(app: Flask) -> None:
    if not app.config.get("SECRET_KEY"):
        if not app.config["DEMO"]:
            raise ConfigError(
                "Il manque la clé secrète (SECRET_KEY). Donnez-la par la variable HUB_SECRET_KEY ou dans le "
                'fichier maillage.toml : secret_key = "…". Pour en créer une : '
                "python3 -c 'import secrets; print(secrets.token_urlsafe(48))'"
            )
        app.config["SECRET_KEY"] = DEMO_KEY
    elif app.config["SECRET_KEY"] == DEMO_KEY and not app.config["DEMO"]:
        raise ConfigError("La clé secrète de la démonstration ne protège rien : choisissez la vôtre.")
    base = urlsplit(app.config["BASE_URL"])
    if base.scheme not in {"http", "https"} or not base.hostname:
        raise ConfigError("L’adresse de base (BASE_URL) doit commencer par http:// ou https://.")
    app.config["BASE_URL"] = app.config["BASE_URL"].rstrip("/")
    app.config["SESSION_COOKIE_SECURE"] = base.scheme == "https"
    # S8: links come from the configured address only, and other Hosts are refused.
    app.config["TRUSTED_HOSTS"] = [base.hostname] + (["127.0.0.1", "localhost"] if app.config["DEMO"] else [])
