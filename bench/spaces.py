"""Time and queries of every page of spaces, plans, reports and dashboards, after years of meetings.

200 spaces, 3,000 meetings with points, attendance and minutes, 10,000 actions and the decisions stand beside
the demonstration. Each page is asked in turns with an empty one: signed in, the same layout, nothing to read.
"""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from time import perf_counter
from typing import TypeVar

from flask import Flask, render_template_string
from flask.testing import FlaskClient
from sqlalchemy.engine import Engine
from werkzeug.routing import Rule

from bench.grown import Addresses, Size, fill, member, signed_in
from bench.installation import counted
from hub.accounts.models import Role
from hub.app import create_app
from hub.core import access, clock
from hub.core.db import db, writing
from hub.demo import load

Made = TypeVar("Made")

SIZE = Size(spaces=200, meetings=3000, actions=10_000)
BLUEPRINTS = ("spaces", "plans", "reports", "dashboard")
MOST_QUERIES, MOST_TIMES = 12, 3.0
ROUNDS = 7
EMPTY = "/banc/vide"
OK = 200
SHOWN = {"text/html", "application/json"}
NOTHING = """{% extends "layout/page.html" %}{% block title %}Une page vide{% endblock %}"""
DOWNLOAD, LEADS_ON, WORK = "a file", "leads on to another page", "shown while a job works"
AFTER = "follows its page, with a whole year's figures"
BY_LINK_TOO = "the page that spaces.invitation shows by link"
# What is no page, or no page here.
ELSEWHERE = {
    "reports.activity_archive": DOWNLOAD,
    "reports.activity_export_file": DOWNLOAD,
    "reports.activity_sheet": DOWNLOAD,
    "reports.activity_workbook": DOWNLOAD,
    "reports.download": DOWNLOAD,
    "spaces.agenda_paper": DOWNLOAD,
    "spaces.asked_calendar": DOWNLOAD,
    "spaces.asked_document": DOWNLOAD,
    "spaces.document": DOWNLOAD,
    "spaces.document_by_link": DOWNLOAD,
    "spaces.linked_minutes_pdf": DOWNLOAD,
    "spaces.meeting_calendar": DOWNLOAD,
    "spaces.minutes_by_reader_pdf": DOWNLOAD,
    "spaces.minutes_pdf": DOWNLOAD,
    "spaces.minutes_version_pdf": DOWNLOAD,
    "spaces.person_feed": DOWNLOAD,
    "spaces.space_feed": DOWNLOAD,
    "reports.part": LEADS_ON,
    "reports.show": LEADS_ON,
    "reports.activity_figures": AFTER,
    "reports.activity_export": WORK,
    "reports.activity_export_progress": WORK,
    "spaces.own_invitation": BY_LINK_TOO,
    "spaces.poll_progress": WORK,
    "spaces.sending_progress": WORK,
}


@dataclass(frozen=True)
class Page:
    """A page that answered: whose cookie opened it, its address, its queries."""

    endpoint: str
    path: str
    who: str
    queries: int


@dataclass(frozen=True)
class Installed:
    """An application filled, and the cookies of its people."""

    app: Flask
    engine: Engine
    addresses: Addresses
    cookies: dict[str, str]

    def client(self, who: str) -> FlaskClient:
        """Return a browser of that person."""
        made = self.app.test_client()
        with made.session_transaction() as cookie:
            cookie["sid"] = self.cookies[who]
        return made


def run() -> list[str]:
    """Measure on SQLite; return lines for people."""
    with TemporaryDirectory() as folder, installed(Path(folder), SIZE) as site:
        pages, lost = find_pages(site)
        lines = [
            f"{SIZE.spaces} spaces, {SIZE.meetings} meetings, {SIZE.actions} actions, the demonstration",
            f"at most {MOST_QUERIES} queries and {MOST_TIMES:.0f} × the time of an empty page, in turns",
        ]
        measured = [(page, *in_turns(site, page)) for page in pages]
    for page, seconds, empty in sorted(measured, key=lambda row: -row[1] / row[2]):
        times = seconds / empty
        wrong = page.queries > MOST_QUERIES or times > MOST_TIMES
        lines.append(
            f"{'!' if wrong else ' '} {page.endpoint:<34}{page.queries:>4} queries {times:>6.1f} × "
            f"({seconds * 1000:.0f} ms beside {empty * 1000:.0f} ms)"
        )
    lines += [f"? {endpoint}: no address answered" for endpoint in lost]
    return lines


def installed(folder: Path, size: Size) -> AbstractContextManager[Installed]:
    """Return an application over the demonstration and so many rows beside it, while it is open."""
    return application(folder, lambda app, engine: furnished(app, engine, size))


@contextmanager
def application(
    folder: Path, furnish: Callable[[Flask, Engine], Made], *, demo: bool = True
) -> Iterator[Made]:
    """Yield what `furnish` makes of an application over the demonstration, or over nobody's data."""
    app = create_app(
        {
            "SECRET_KEY": "a key for measuring only",
            "BASE_URL": "http://localhost",
            "DATA_FOLDER": str(folder),
            "SQLALCHEMY_DATABASE_URI": f"sqlite:///{folder / 'bench.db'}",
            "FILES_FOLDER": str(folder / "files"),
            "RATELIMIT_ENABLED": False,
            "DEMO": True,
        }
    )
    app.add_url_rule(EMPTY, "nothing", access.permit(access.signed_in)(_nothing))
    with app.app_context():
        engine = db.engine
        if demo:
            list(load.run(app, reset=True))
        else:
            load.empty(app)
        site = furnish(app, engine)
    # Outside of any context: what one request has read of its person must not serve the next.
    yield site
    engine.dispose()


def furnished(app: Flask, engine: Engine, size: Size) -> Installed:
    """Add the rows, and people to ask the pages as."""
    now = clock.now()
    with writing(engine) as session:
        busiest = fill(session, size, now)
        cookies = {
            "administrator": signed_in(session, Role.ADMINISTRATOR, "administration", now),
            "member": member(session, now),
        }
        addresses = Addresses(session, busiest, now)
    return Installed(app, engine, addresses, cookies)


def _nothing() -> str:
    return render_template_string(NOTHING)


def pages_of(app: Flask) -> list[Rule]:
    """Return the rules of the four features that a browser opens."""
    return sorted(
        (
            rule
            for rule in app.url_map.iter_rules()
            if "GET" in (rule.methods or ()) and rule.endpoint.partition(".")[0] in BLUEPRINTS
        ),
        key=lambda rule: rule.endpoint,
    )


def find_pages(site: Installed) -> tuple[list[Page], list[str]]:
    """Return each page with an address that answers, and the routes for which none did."""
    found, lost = [], []
    for rule in pages_of(site.app):
        if rule.endpoint in ELSEWHERE:
            continue
        pages = [page for page in (_first(site, rule, who) for who in site.cookies) if page]
        found += pages if rule.endpoint.startswith("dashboard.") else pages[:1]
        if not pages:
            lost.append(rule.endpoint)
    return found, lost


def _first(site: Installed, rule: Rule, who: str) -> Page | None:
    """Return the first address of a route that shows a page to somebody, asked once before it is counted."""
    client = site.client(who)
    with site.app.test_request_context():
        paths = [site.app.url_for(rule.endpoint, **values) for values in site.addresses.of(rule)]
    for path in paths:
        answer = client.get(path)
        if answer.status_code == OK and answer.mimetype in SHOWN:
            with counted(site.engine) as queries:
                client.get(path)
            return Page(rule.endpoint, path, who, len(queries))
    return None


def in_turns(site: Installed, page: Page) -> tuple[float, float]:
    """Return the seconds (median) of a page and of an empty one, asked one after the other."""
    client = site.client(page.who)
    times: dict[str, list[float]] = {page.path: [], EMPTY: []}
    for _ in range(ROUNDS):
        for path, taken in times.items():
            begin = perf_counter()
            client.get(path)
            taken.append(perf_counter() - begin)
    return median(times[page.path]), median(times[EMPTY])
