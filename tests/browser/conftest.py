"""A real Chromium against a real server on demonstration data; each file of tests has its own.

Every test here also fails if the page asks another host for anything, or if the browser's console
shows an error: a script that breaks, a style that the Content-Security-Policy refuses.
"""

import os
import shutil
import socket
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import closing, suppress
from dataclasses import dataclass
from http import HTTPStatus
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import BrowserContext, ConsoleMessage, Page, WebError

from tests.sharing import folder_of_run, once

ROOT = Path(__file__).parent.parent.parent
MAILLAGE = Path(sys.executable).parent / "maillage"
AXE = ROOT / "node_modules" / "axe-core" / "axe.min.js"
AXE_TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22a", "wcag22aa", "best-practice"]
DO_JOBS = [sys.executable, "-m", "tests.browser.jobs_done"]
NOWHERE = "http://127.0.0.1:9"  # where the demonstration is loaded, before a server has an address
# Whether axe finds a target too small though it stands in the middle of the screen.
SMALL_IN_THE_MIDDLE = """async place => {
  const before = scrollY;
  document.querySelector(place).scrollIntoView({block: "center"});
  const rule = {runOnly: {type: "rule", values: ["target-size"]}, resultTypes: ["violations"]};
  const {violations} = await axe.run(place, rule);
  scrollTo(0, before);
  return violations.length > 0;
}"""
DEADLINE = 180.0  # seconds; a busy machine takes its time to start a server
STOP_DEADLINE = 40.0  # longer than the server gives the job at hand to end

CHROMIUM_ARGUMENTS = [
    "--no-sandbox",  # the tests may run as root, and show the project's own pages only
    "--disable-gpu",
    "--use-angle=swiftshader",  # WebGL without a graphics card, for the network page
    "--enable-unsafe-swiftshader",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


@dataclass(frozen=True)
class Server:
    """A running `maillage serve`."""

    url: str
    data_folder: Path
    environment: dict[str, str]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark what stands in this folder."""
    for item in items:
        if item.path.is_relative_to(Path(__file__).parent):
            item.add_marker(pytest.mark.browser)


# --- The server ------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """Serve the demonstration network on a free port until the tests of one file end.

    What one file signs up, publishes or fills is nothing to the next, in whatever order they run.
    """
    folder = tmp_path_factory.mktemp("served")
    port = _free_port()
    url = f"http://127.0.0.1:{port}"
    environment = {name: value for name, value in os.environ.items() if not name.startswith("HUB_")}
    environment |= {
        "HUB_DATA_FOLDER": str(folder / "data"),
        "HUB_DEMO": "true",
        "HUB_DEVELOPMENT": "true",
        "HUB_BASE_URL": url,
        "HUB_RATELIMIT_ENABLED": "false",  # all tests come from one address
    }
    _copy_demonstration(tmp_path_factory, environment)
    log = folder / "log"
    # However the tests end, the server ends with them: the kernel sees to it.
    command = ["setpriv", "--pdeathsig", "TERM", str(MAILLAGE), "serve", "--port", str(port)]
    with log.open("wb") as output:
        process = subprocess.Popen(command, env=environment, stdout=output, stderr=subprocess.STDOUT)
    try:
        _wait(process, url, log)
        yield Server(url, folder / "data", environment)
    finally:
        _stop(process)


def _copy_demonstration(factory: pytest.TempPathFactory, environment: dict[str, str]) -> None:
    """Give the server the demonstration, made whole once a run; its mails lead to this server."""

    def load(folder: Path) -> None:
        there = environment | {"HUB_DATA_FOLDER": str(folder), "HUB_BASE_URL": NOWHERE}
        for command in ([str(MAILLAGE), "init"], [str(MAILLAGE), "demo"], DO_JOBS):
            _run(command, there)

    data = Path(environment["HUB_DATA_FOLDER"])
    shutil.copytree(once(folder_of_run(factory), "demonstration", load), data)
    with closing(sqlite3.connect(data / "maillage.db")) as database, database:
        for column in ("text", "html", "draft"):
            database.execute(
                f"UPDATE message SET {column} = replace({column}, ?, ?)",  # noqa: S608 - words of our own
                (NOWHERE, environment["HUB_BASE_URL"]),
            )


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    return port


def _run(command: list[str], environment: dict[str, str]) -> None:
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, f"{command} failed:\n{done.stdout}{done.stderr}"


def _wait(process: subprocess.Popen[bytes], url: str, log: Path) -> None:
    """Return once the server answers."""
    deadline = time.monotonic() + DEADLINE
    while time.monotonic() < deadline and process.poll() is None:
        if _answers(url):
            return
        time.sleep(0.05)  # a server that starts has no other way to say that it is ready
    pytest.fail(f"maillage serve does not answer:\n{log.read_text()}")


def _answers(url: str) -> bool:
    connection = HTTPConnection(urlsplit(url).netloc, timeout=5)
    with closing(connection), suppress(OSError, HTTPException):
        connection.request("GET", "/healthz")
        return connection.getresponse().status == HTTPStatus.OK
    return False


def _stop(process: subprocess.Popen[bytes]) -> None:
    process.terminate()
    try:
        process.wait(timeout=STOP_DEADLINE)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
        pytest.fail(f"maillage serve did not stop within {STOP_DEADLINE:.0f} seconds of SIGTERM")


# --- The browser -----------------------------------------------------------------------------


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict[str, Any]) -> dict[str, Any]:
    """Take Debian's Chromium: no browser is downloaded."""
    chromium = shutil.which("chromium")
    if not chromium:
        pytest.fail("Chromium is missing: apt-get install chromium")
    return browser_type_launch_args | {"executable_path": chromium, "args": CHROMIUM_ARGUMENTS}


@pytest.fixture(scope="session")
def base_url() -> str:
    """Stand in for the plugin’s fixture of that name, at which pytest 9 warns: servers have their own."""
    return ""


@pytest.fixture(scope="module")
def browser_context_args(browser_context_args: dict[str, Any], server: Server) -> dict[str, Any]:
    """Browse as someone in Belgium, on a screen of 1280 pixels; a test may ask for another."""
    return browser_context_args | {
        "base_url": server.url,
        "locale": "fr-BE",
        "timezone_id": "Europe/Brussels",
        "viewport": {"width": 1280, "height": 800},
        "reduced_motion": "reduce",
    }


@pytest.fixture
def context(new_context: Callable[..., BrowserContext], server: Server) -> Iterator[BrowserContext]:
    """Watch over a fresh browser profile; see `watched`."""
    with_watch = new_context()
    complaints = watch(with_watch, server)
    yield with_watch
    assert not complaints, "\n".join(complaints)


@pytest.fixture
def another_context(new_context: Callable[..., BrowserContext], server: Server) -> Iterator[BrowserContext]:
    """Watch over a second profile, for a second person in the same test."""
    second = new_context()
    complaints = watch(second, server)
    yield second
    assert not complaints, "\n".join(complaints)


def watch(context: BrowserContext, server: Server) -> list[str]:
    """Return a list that fills with what goes wrong in the profile: foreign requests, script errors."""
    complaints: list[str] = []
    host = urlsplit(server.url).netloc

    def on_request(url: str) -> None:
        parts = urlsplit(url)
        if parts.scheme not in {"data", "blob", "about"} and parts.netloc != host:
            complaints.append(f"the page asks another host: {url}")

    def on_console(message: ConsoleMessage) -> None:
        # An answer of 4xx is written there too; the tests look at answers themselves.
        if message.type == "error" and not message.text.startswith("Failed to load resource"):
            complaints.append(f"console: {message.text} ({message.location.get('url')})")

    def on_error(error: WebError) -> None:
        complaints.append(f"script error: {error.error}")

    context.on("request", lambda request: on_request(request.url))
    context.on("console", on_console)
    context.on("weberror", on_error)
    return complaints


# --- Accessibility ---------------------------------------------------------------------------


@pytest.fixture
def check_axe() -> Callable[[Page], None]:
    """Return the check that axe finds nothing on a page, by WCAG 2.0 to 2.2 A and AA and best practice."""
    return assert_accessible


# What fades is paler than what is read: contrast is measured once all that moves has come to rest, and what
# is being fetched is there. What turns without end is left turning.
AT_REST = """async () => {
  const ends = (one) => one.effect?.getComputedTiming().endTime !== Infinity;
  await Promise.all(document.getAnimations().filter(ends).map((one) => one.finished.catch(() => null)));
}"""
FETCHED = "() => !document.querySelector('[data-follow][aria-busy=true]')"


def assert_accessible(page: Page) -> None:
    """Fail with what axe finds: the rule, the elements, and what is wrong with each."""
    page.wait_for_function(FETCHED)
    page.evaluate(AT_REST)
    page.evaluate(AXE.read_text(encoding="utf-8"))
    options = {"runOnly": AXE_TAGS, "resultTypes": ["violations"]}
    found = page.evaluate("async options => (await axe.run(document, options)).violations", options)
    found = [violation for violation in found if not _is_below_a_bar(page, violation)]
    assert not found, f"{page.url}\n" + "\n".join(_described(violation) for violation in found)


def _is_below_a_bar(page: Page, violation: dict[str, Any]) -> bool:
    """Say whether targets are small only because a bar that stays on the screen lies on them: one scrolls."""
    if violation["id"] != "target-size":
        return False
    return not any(page.evaluate(SMALL_IN_THE_MIDDLE, node["target"][0]) for node in violation["nodes"])


def _described(violation: dict[str, Any]) -> str:
    lines = [f"{violation['id']} ({violation['impact']}): {violation['help']}"]
    for node in violation["nodes"]:
        lines += [f"    {node['html'][:200]}", f"        {node['failureSummary']}"]
    return "\n".join(lines)
