"""Settings: what is missing, misspelt or of the wrong kind is said at the start, in one sentence."""

from pathlib import Path
from typing import Any

import pytest
from flask import request

from hub.app import create_app
from hub.core.access import everyone, permit
from hub.core.config import ConfigError


def make(tmp_path: Path, **config: Any) -> Any:
    return create_app({"DATA_FOLDER": str(tmp_path), **config})


def test_outside_the_demonstration_a_secret_key_is_required(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="HUB_SECRET_KEY"):
        make(tmp_path)
    assert make(tmp_path, DEMO=True).config["SECRET_KEY"]
    with pytest.raises(ConfigError, match="démonstration"):
        make(tmp_path, SECRET_KEY=make(tmp_path, DEMO=True).config["SECRET_KEY"])


def test_the_environment_wins_over_the_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "maillage.toml"
    file.write_text('secret_key = "from the file"\nbase_url = "https://hub.example.org/"\n', encoding="utf-8")
    monkeypatch.setenv("HUB_CONFIG", str(file))
    config = make(tmp_path).config
    assert (config["SECRET_KEY"], config["BASE_URL"]) == ("from the file", "https://hub.example.org")
    assert config["SESSION_COOKIE_SECURE"] is True
    monkeypatch.setenv("HUB_SECRET_KEY", "from the environment")
    assert make(tmp_path).config["SECRET_KEY"] == "from the environment"
    file.write_text("secret_key = ", encoding="utf-8")
    with pytest.raises(ConfigError, match="mal formé"):
        make(tmp_path)


@pytest.fixture
def environment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    monkeypatch.setenv("HUB_SECRET_KEY", "a key for tests only")
    monkeypatch.setenv("HUB_DATA_FOLDER", str(tmp_path))
    return monkeypatch


@pytest.mark.parametrize(
    ("word", "meant"),
    [("False", False), ("no", False), ("0", False), ("true", True), ("Oui", True), ("1", True)],
)
def test_a_switch_in_the_environment_means_what_it_says(
    environment: pytest.MonkeyPatch, word: str, *, meant: bool
) -> None:
    environment.setenv("HUB_DEMO", word)
    assert create_app().config["DEMO"] is meant


def test_secrets_made_of_figures_stay_words(environment: pytest.MonkeyPatch) -> None:
    environment.setenv("HUB_SECRET_KEY", "1234567890")
    environment.setenv("HUB_SMTP_PASSWORD", "0042")
    environment.setenv("HUB_SMTP_PORT", "25")
    environment.setenv("HUB_LANGUAGES", "fr, nl")
    config = create_app().config
    assert (config["SECRET_KEY"], config["SMTP_PASSWORD"]) == ("1234567890", "0042")
    assert (config["SMTP_PORT"], config["LANGUAGES"]) == (25, ["fr", "nl"])


@pytest.mark.parametrize(
    ("name", "value", "words"),
    [
        ("SMTP_PORT", "abc", "SMTP_PORT"),
        ("DEMO", "perhaps", "DEMO"),
        ("LANGUAGES", "fr,xx", "xx"),
        ("LANGUAGES", "", "LANGUAGES"),
        ("SMTP_TLS", "ssl", "SMTP_TLS"),
        ("PROXIES", "-1", "PROXIES"),
        ("BASE_URL", "reseau.example.org", "BASE_URL"),
        ("BASE_URL", "https://example.org/reseau", "BASE_URL"),
        ("SQLALCHEMY_DATABASE_URI", "postgres://x", "SQLALCHEMY_DATABASE_URI"),
        ("SQLALCHEMY_DATABASE_URI", "nonsense", "SQLALCHEMY_DATABASE_URI"),
        ("MAP_TILES", "http://tuiles.example.org/{z}/{x}/{y}.png", "MAP_TILES"),
        ("MAP_TILES", "https://tuiles.example.org/", "MAP_TILES"),
        ("MAP_TILES", "https://x.example.org; script-src *//{z}/{x}/{y}", "MAP_TILES"),
        ("MAP_TILES", "https://*/{z}/{x}/{y}", "MAP_TILES"),
    ],
)
def test_a_setting_that_can_not_be_is_named(
    environment: pytest.MonkeyPatch, name: str, value: str, words: str
) -> None:
    environment.setenv(f"HUB_{name}", value)
    with pytest.raises(ConfigError, match=words):
        create_app()


def test_a_misspelt_name_in_the_file_is_said(environment: pytest.MonkeyPatch, tmp_path: Path) -> None:
    file = tmp_path / "maillage.toml"
    environment.setenv("HUB_CONFIG", str(file))
    file.write_text('smtp_hots = "mail.example.org"\n', encoding="utf-8")
    with pytest.raises(ConfigError, match="smtp_hots"):
        create_app()
    file.write_text('smtp_host = "mail.example.org"\nsession_cookie_name = "hub"\n', encoding="utf-8")
    assert create_app().config["SMTP_HOST"] == "mail.example.org"


def test_a_folder_that_can_not_be_written_is_said(environment: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("not a folder")
    environment.setenv("HUB_DATA_FOLDER", str(tmp_path / "file" / "data"))
    with pytest.raises(ConfigError, match="DATA_FOLDER"):
        create_app()


@pytest.mark.parametrize(
    ("proxies", "seen"), [("0", "127.0.0.1"), ("1", "198.51.100.7"), ("2", "203.0.113.9")]
)
def test_the_address_that_a_proxy_tells_counts_only_as_far_as_proxies_are_ours(
    environment: pytest.MonkeyPatch, proxies: str, seen: str
) -> None:
    environment.setenv("HUB_PROXIES", proxies)
    app = create_app()
    app.add_url_rule("/adresse", view_func=permit(everyone)(lambda: request.remote_addr), endpoint="address")
    answer = app.test_client().get(
        "/adresse",
        headers={"X-Forwarded-For": "203.0.113.9, 198.51.100.7", "Host": "127.0.0.1"},
    )
    assert answer.get_data(as_text=True) == seen
