"""Settings of an installation: a TOML file, then `HUB_` variables of the environment over it."""

import os
import re
import tomllib
from importlib.util import find_spec
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from flask import Flask
from sqlalchemy import make_url
from sqlalchemy.exc import ArgumentError

from hub.core.i18n import LANGUAGES
from hub.core.limiting import SCHEME as SHARED_COUNTERS

MEBIBYTE = 1024 * 1024
CONNECT_SECONDS = 4
DEMO_KEY = "demonstration-only-not-a-secret-key"

# Each setting with its kind: what is given must be of the same.
DEFAULTS: dict[str, Any] = {
    "SECRET_KEY": "",
    "DEMO": False,
    "DEVELOPMENT": False,
    "BASE_URL": "http://127.0.0.1:8000",
    "PROXIES": 0,
    "DATA_FOLDER": "",
    "FILES_FOLDER": "",
    "SQLALCHEMY_DATABASE_URI": "",
    "LANGUAGES": ["fr"],
    "MAIL_FROM": "",
    "SMTP_HOST": "",
    "SMTP_PORT": 587,
    "SMTP_USER": "",
    "SMTP_PASSWORD": "",
    "SMTP_TLS": "starttls",
    "MAP_TILES": "",
    "MAP_CREDIT": "",
    "RATELIMIT_STORAGE_URI": "",
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
OF_LIBRARIES = ("BABEL_", "RATELIMIT_", "SQLALCHEMY_", "WTF_")
SWITCH = {
    **dict.fromkeys(("true", "yes", "oui", "on", "1"), True),
    **dict.fromkeys(("false", "no", "non", "off", "0", ""), False),
}
DRIVERS = {"sqlite", "postgresql+psycopg"}


class ConfigError(Exception):
    """An installation that can't start; the text says why and what to do, in French."""


def default_folder() -> Path:
    """Return where data stand unless HUB_DATA_FOLDER says otherwise: `instance` beside the code."""
    return Path(__file__).parent.parent.parent / "instance"


def load(app: Flask, overrides: dict[str, Any] | None = None) -> None:
    """Fill `app.config`: defaults, the TOML file, the environment, then what a test or command gives."""
    app.config.from_mapping(DEFAULTS)
    _load_file(app)
    _load_environment(app)
    app.config.from_mapping(overrides or {})
    for name, default in DEFAULTS.items():
        app.config[name] = _of_kind(name, app.config[name], default)
    _settle_folders(app)
    _check(app)
    _check_database(app)


def _of_kind(name: str, value: Any, default: Any) -> Any:
    """Return the value as the kind of its default. Raises ConfigError for what can't be read so."""
    if isinstance(default, bool):
        if str(value).lower() not in SWITCH:
            raise ConfigError(f"{name} est « {value} » ; écrivez true ou false.")
        return SWITCH[str(value).lower()]
    if isinstance(default, int):
        if not str(value).isdecimal():
            raise ConfigError(f"{name} est « {value} » ; écrivez un nombre entier, zéro ou plus.")
        return int(value)
    if isinstance(default, list):
        return [word.strip() for word in value.split(",")] if isinstance(value, str) else value
    if isinstance(default, str) and not isinstance(value, str):
        raise ConfigError(f"{name} doit être un texte, entre guillemets.")
    return value


def _settle_folders(app: Flask) -> None:
    folder = Path(app.config["DATA_FOLDER"] or default_folder()).absolute()
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as problem:
        raise ConfigError(
            f"Le dossier des données {folder} (DATA_FOLDER) ne peut pas être créé : {problem.strerror}"
        ) from problem
    app.config["DATA_FOLDER"] = folder
    app.config["FILES_FOLDER"] = app.config["FILES_FOLDER"] or str(folder / "files")
    app.config["SQLALCHEMY_DATABASE_URI"] = (
        app.config["SQLALCHEMY_DATABASE_URI"] or f"sqlite:///{folder / 'maillage.db'}"
    )
    app.config["RATELIMIT_STORAGE_URI"] = (
        app.config["RATELIMIT_STORAGE_URI"] or f"{SHARED_COUNTERS}://{folder / 'limits.db'}"
    )
    if app.config["RATELIMIT_STORAGE_URI"].startswith(SHARED_COUNTERS):
        app.config["RATELIMIT_STORAGE_OPTIONS"] = {"key": app.config["SECRET_KEY"]}


def _load_environment(app: Flask) -> None:
    app.config.from_prefixed_env("HUB")
    for name, default in DEFAULTS.items():
        # A password or a key of figures alone is no number.
        if isinstance(default, str) and f"HUB_{name}" in os.environ:
            app.config[name] = os.environ[f"HUB_{name}"]


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
    for name, value in values.items():
        if name.upper() not in app.config and not name.upper().startswith(OF_LIBRARIES):
            raise ConfigError(f"Le fichier de configuration {path} a un réglage inconnu : {name}")
        app.config[name.upper()] = value


def _check(app: Flask) -> None:
    if not app.config["SECRET_KEY"]:
        if not app.config["DEMO"]:
            raise ConfigError(
                "Il manque la clé secrète (SECRET_KEY). Donnez-la par la variable HUB_SECRET_KEY ou dans le "
                'fichier maillage.toml : secret_key = "…". Pour en créer une : '
                "python3 -c 'import secrets; print(secrets.token_urlsafe(48))'"
            )
        app.config["SECRET_KEY"] = DEMO_KEY
    elif app.config["SECRET_KEY"] == DEMO_KEY and not app.config["DEMO"]:
        raise ConfigError("La clé secrète de la démonstration ne protège rien : choisissez la vôtre.")
    _check_tiles(app.config["MAP_TILES"])
    base = urlsplit(app.config["BASE_URL"])
    if base.scheme not in {"http", "https"} or not base.hostname or base.path.strip("/"):
        raise ConfigError(
            "L’adresse de base (BASE_URL) doit commencer par http:// ou https:// et n’avoir rien après le "
            "nom du site, par exemple : https://reseau.example.org"
        )
    if not app.config["LANGUAGES"] or not set(app.config["LANGUAGES"]) <= set(LANGUAGES):
        given = ",".join(app.config["LANGUAGES"])
        raise ConfigError(f"LANGUAGES est « {given} » ; les langues sont : {', '.join(LANGUAGES)}.")
    if app.config["SMTP_TLS"] not in {"starttls", "tls", "none"}:
        raise ConfigError("SMTP_TLS doit être starttls, tls ou none.")
    app.config["BASE_URL"] = app.config["BASE_URL"].rstrip("/")
    app.config["SESSION_COOKIE_SECURE"] = base.scheme == "https"
    # S8: links come from the configured address only, and other Hosts are refused.
    app.config["TRUSTED_HOSTS"] = [base.hostname] + (["127.0.0.1", "localhost"] if app.config["DEMO"] else [])


def _check_tiles(address: str) -> None:
    """Refuse an address that would open the content policy to more than one named host."""
    if not address:
        return
    parts = urlsplit(address)
    named = re.fullmatch(r"[\w.-]+(:\d+)?", parts.netloc, re.ASCII)
    if parts.scheme != "https" or not named or not all(word in address for word in ("{z}", "{x}", "{y}")):
        raise ConfigError(
            "L’adresse des fonds de carte (MAP_TILES) doit commencer par https:// et contenir {z}, {x} et "
            "{y}, par exemple : https://tuiles.example.org/{z}/{x}/{y}.png"
        )


def _check_database(app: Flask) -> None:
    try:
        driver = make_url(app.config["SQLALCHEMY_DATABASE_URI"]).drivername
    except ArgumentError:
        driver = ""
    if driver not in DRIVERS:
        raise ConfigError(
            "L’adresse de la base de données (SQLALCHEMY_DATABASE_URI) doit commencer par sqlite:/// ou "
            "postgresql+psycopg://."
        )
    if driver == "sqlite":
        return
    if find_spec("psycopg") is None:
        raise ConfigError("Pour PostgreSQL il manque psycopg : pip install 'maillage[postgresql]'")
    # R3: a server that is away is noticed within seconds, and one that came back without a restart.
    app.config.setdefault(
        "SQLALCHEMY_ENGINE_OPTIONS",
        {"pool_pre_ping": True, "connect_args": {"connect_timeout": CONNECT_SECONDS}},
    )
