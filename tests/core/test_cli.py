"""The command `maillage`, as a person types it."""

import os
import socket
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

Run = Callable[..., subprocess.CompletedProcess[str]]
MAILLAGE = [sys.executable, "-m", "hub.cli"]


@pytest.fixture
def run(tmp_path: Path) -> Run:
    """Run the command on data of its own and return what came of it."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith("HUB_")}
    environment |= {"HUB_DATA_FOLDER": str(tmp_path), "HUB_SECRET_KEY": "a key for tests only"}

    def do(*words: str, **settings: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [*MAILLAGE, *words], env=environment | settings, capture_output=True, text=True, check=False
        )

    return do


def test_a_missing_secret_key_is_said_in_one_sentence_with_the_way_out(run: Run) -> None:
    done = run("init", HUB_SECRET_KEY="")
    assert done.returncode == 1
    assert "HUB_SECRET_KEY" in done.stderr
    assert "Traceback" not in done.stderr


def test_serving_before_init_says_what_to_do(run: Run) -> None:
    done = run("serve")
    assert done.returncode == 1
    assert "maillage init" in done.stderr


def test_init_twice_then_the_first_administrator(run: Run) -> None:
    assert run("init").returncode == 0
    assert "0 données de référence" in run("init").stdout
    link = run("admin", "direction@example.org", "Direction").stdout.strip()
    assert link.startswith("http://127.0.0.1:8000/invitation/")
    again = run("admin", "direction@example.org", "Direction")
    assert again.returncode == 1
    assert "déjà un compte" in again.stderr


def test_the_demonstration_does_not_enter_a_real_installation(run: Run) -> None:
    run("init")
    assert "HUB_DEMO=true" in run("demo").stdout


def test_a_memorandum_that_is_not_there_is_said_in_one_sentence(run: Run) -> None:
    run("init")
    done = run("memorandum", "build", "nulle-part")
    assert done.returncode == 1
    assert "Traceback" not in done.stderr
    assert "nulle-part" in done.stderr


def test_a_file_is_read_by_the_command(run: Run, tmp_path: Path) -> None:
    run("init")
    file = tmp_path / "organisations.csv"
    file.write_text("nom\nRéseau d’essai\n", encoding="utf-8")
    done = run("import", "organisations", str(file))
    assert done.returncode == 0, done.stderr
    assert "Réseau d’essai" in done.stdout or "ligne" in done.stdout


def test_doctor_says_what_is_missing_and_how_to_get_it(run: Run, tmp_path: Path) -> None:
    done = run("doctor")
    assert done.returncode == 1
    assert "✗ La base de données n’est pas à jour. Lancez : maillage init" in done.stdout
    run("init")
    assert "✓ Base de données à jour (sqlite)." in run("doctor").stdout
    blocked = tmp_path / "blocked"
    blocked.write_text("a file where a folder should be")
    assert "ne peut pas être écrit" in run("doctor", HUB_FILES_FOLDER=str(blocked)).stdout


def test_a_port_that_is_taken_is_said_at_once(run: Run) -> None:
    run("init")
    with socket.create_server(("127.0.0.1", 0)) as taken:
        done = run("serve", "--port", str(taken.getsockname()[1]))
    assert done.returncode == 1
    assert "--port" in done.stderr
    assert "Traceback" not in done.stderr
    assert "est prêt" not in done.stdout


def test_a_database_of_a_later_version_is_left_alone(run: Run, tmp_path: Path) -> None:
    run("init")
    with closing(sqlite3.connect(tmp_path / "maillage.db")) as connection:
        connection.execute("UPDATE alembic_version SET version_num = '9999_later'")
        connection.commit()
    done = run("init")
    assert done.returncode == 1
    assert "plus récente" in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize("command", ["init", "doctor"])
def test_a_file_that_is_no_database_is_said_in_one_sentence(run: Run, tmp_path: Path, command: str) -> None:
    (tmp_path / "maillage.db").write_text("not a database at all, only words " * 40)
    done = run(command)
    assert done.returncode == 1
    assert "base de données ne répond pas" in done.stderr + done.stdout
    assert "Traceback" not in done.stderr


def test_a_server_that_is_away_is_said_in_one_sentence(run: Run) -> None:
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port = probe.getsockname()[1]
    done = run("serve", HUB_SQLALCHEMY_DATABASE_URI=f"postgresql+psycopg://nobody@127.0.0.1:{port}/none")
    assert done.returncode == 1
    assert "base de données ne répond pas" in done.stderr
    assert "Traceback" not in done.stderr
