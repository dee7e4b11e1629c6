"""Queries and processor time of pages of recommendations: 10,000 of them, 40,000 positions, all that is tied.

A page may take three times as long as an empty page: **the very page on an empty network**, signed in as the
same coordinator. A page of one recommendation, call or contribution is held against that of one on which
nothing hangs, in a network that has nothing else. Beside it stands how many times as long as **the layout
alone** it takes: the same navigation with nothing to read, in the full network. The first ratio says what the
size costs (`!` where it is too much), the second what the page costs at all (`+` beyond three times).

The three are asked in turns; times are the processor's, so that what else runs on the machine counts little,
and medians. Pages are asked again and again while nothing is written: what is remembered for as long as the
database stays as it is, is. The job that compares all texts is run and timed once before.
"""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from time import perf_counter, process_time

from flask import Flask, url_for
from flask.testing import FlaskClient
from sqlalchemy.engine import Engine

from bench.demands import Busiest, Size, alone, fill, numbers
from bench.grown import signed_in
from bench.installation import counted
from bench.spaces import EMPTY, MOST_QUERIES, MOST_TIMES, application
from hub.accounts.models import Role
from hub.core import clock
from hub.core.db import writing
from hub.recommendations.operations import recognition

SIZE = Size(recommendations=10_000, contributions=12_000, positions=40_000, organisations=600)
ROUNDS = 11
OTHERS = {
    "calls": "recommendations.calls",
    "documents": "recommendations.documents",
    "testimonies": "recommendations.testimonies",
    "merging: choosing": "recommendations.merge_form",
    "amendments that wait": "recommendations.waiting_amendments",
    "carrying: priorities": "recommendations.all_priorities",
    "carrying: agreement": "recommendations.agreement",
    "carrying: themes and levels": "recommendations.by_theme_and_level",
    "carrying: who carries what": "recommendations.who_carries_what",
    "carrying: five towns": "recommendations.several_towns",
    "carrying: concerned and silent": "network.silent",
}
"""Pages of no particular thing, by what they show."""
OK = 200


@dataclass(frozen=True)
class Site:
    """An application filled, who asks, and the addresses of the pages by what they show."""

    app: Flask
    engine: Engine
    cookie: str
    paths: dict[str, str]
    told: list[str]

    def client(self) -> FlaskClient:
        """Return a coordinator's browser."""
        made = self.app.test_client()
        with made.session_transaction() as cookie:
            cookie["sid"] = self.cookie
        return made


@dataclass(frozen=True)
class Taken:
    """A page: its queries, its seconds (median), and those of the two empty pages in turns with it."""

    name: str
    queries: int
    seconds: float
    nothing: float
    """Of the very page on an empty network."""
    layout: float
    """Of the layout alone."""
    bytes: int

    @property
    def times(self) -> float:
        """Return how many times as long as the same page on an empty network."""
        return self.seconds / self.nothing

    @property
    def times_layout(self) -> float:
        """Return how many times as long as the layout alone."""
        return self.seconds / self.layout

    @property
    def mark(self) -> str:
        """Return "!" for a page that asks or takes too much, "+" for one that is slow with little, too."""
        if self.queries > MOST_QUERIES or self.times > MOST_TIMES:
            return "!"
        return "+" if self.times_layout > MOST_TIMES else " "


def run() -> Iterator[str]:
    """Measure on SQLite; yield lines for people."""
    with TemporaryDirectory() as folder, ExitStack() as open_:
        site, empty, bare = (open_.enter_context(made(Path(folder) / name)) for name, made in SITES.items())
        yield from site.told
        yield f"at most {MOST_QUERIES} queries and {MOST_TIMES:.0f} × the same page on an empty network"
        found = sorted(measured(site, empty, bare), key=lambda each: -each.times)
        for taken in found:
            yield (
                f"{taken.mark} {taken.name:<44}{taken.queries:>4} queries {taken.times:>6.1f} × "
                f"{taken.times_layout:>6.1f} × the layout ({taken.seconds * 1000:.1f} ms beside "
                f"{taken.nothing * 1000:.1f} and {taken.layout * 1000:.1f}, {taken.bytes // 1024} kB)"
            )
        within = sum(taken.mark != "!" for taken in found)
        both = sum(taken.mark == " " for taken in found)
        yield f"{within} of {len(found)} pages within, {both} of them {MOST_TIMES:.0f} × the layout at most"


@contextmanager
def filled(folder: Path, size: Size) -> Iterator[Site]:
    """Yield an application with so many recommendations, all texts compared."""
    with application(folder, lambda app, engine: _site(app, engine, size)) as site:
        yield site


@contextmanager
def unfilled(folder: Path, *, one_of_each: bool) -> Iterator[Site]:
    """Yield an application in which nothing was asked yet, or one thing of each kind."""
    with application(folder, lambda app, engine: _unfilled(app, engine, one_of_each), demo=False) as site:
        yield site


SITES: dict[str, Callable[[Path], AbstractContextManager[Site]]] = {
    "full": lambda folder: filled(folder, SIZE),
    "empty": lambda folder: unfilled(folder, one_of_each=False),
    "bare": lambda folder: unfilled(folder, one_of_each=True),
}


def _unfilled(app: Flask, engine: Engine, one_of_each: bool) -> Site:
    now = clock.now()
    with writing(engine) as session:
        cookie = signed_in(session, Role.ADMINISTRATOR, "administration", now)
        paths = paths_of(app, alone(session, now) if one_of_each else None)
    return Site(app, engine, cookie, paths, [])


def _site(app: Flask, engine: Engine, size: Size) -> Site:
    now = clock.now()
    with writing(engine) as session:
        busiest = fill(session, size, now)
        cookie = signed_in(session, Role.ADMINISTRATOR, "administration", now)
        paths = paths_of(app, busiest)
        told = [", ".join(f"{count} {name}" for name, count in numbers(session).items())]
    told.append(_compared(engine))
    return Site(app, engine, cookie, paths, told)


def _compared(engine: Engine) -> str:
    """Run what the job does; say how long it took."""
    with writing(engine) as session:
        begin = perf_counter()
        held = recognition.made(session)
        read = perf_counter()
        held = recognition.paired(held)
        paired = perf_counter()
        recognition.keep(session, held, now=clock.now())
    return (
        f"{len(held.index)} texts read in {read - begin:.1f} s, compared in {paired - read:.1f} s (a job), "
        f"{len(held.pairs)} pairs very close, kept in {perf_counter() - paired:.1f} s"
    )


def paths_of(app: Flask, things: Busiest | None) -> dict[str, str]:
    """Return the addresses of the pages, by what they show; without `things`, those of lists alone."""
    lists = {
        "list": "",
        "list, page 50": "?page=50",
        "list by title": "?sort=title&direction=asc",
        "list by theme": "?sort=theme&direction=asc",
        "list, one state": "?state=adopted",
        "list, one organisation": "?organisation=association-banc-3",
        "list, words": "?q=cours+francais+soir",
        "list, a word that nobody says": "?q=hippopotame",
    }
    inbox = {
        "inbox": "",
        "inbox, page 50": "?page=50",
        "inbox, a state": "?state=confirmed",
        "inbox, a call": "?campaign=appel-banc-0",
        "inbox by organisation": "?sort=organisation&direction=asc",
        "inbox, words": "?q=cours+francais+soir",
    }
    alike = {
        "resemblances": "",
        "resemblances, decided": "?decision=same",
        "resemblances, words": "?q=cours",
        "resemblances, the newest first": "?sort=recent",
    }
    one = ("show", "lineage", "support", "versions", "amendments", "edit", "relate_form")
    call = (
        "call", "consultation_results", "prepare_consultation", "endorsements_of_call", "follow_up",
        "choose_invited", "priorities", "new_round",
    )  # fmt: skip
    with app.test_request_context():
        found = {name: url_for("recommendations.index") + query for name, query in lists.items()}
        found |= {name: url_for("recommendations.inbox") + query for name, query in inbox.items()}
        found |= {name: url_for("recommendations.resemblances") + query for name, query in alike.items()}
        found |= {name: url_for(endpoint) for name, endpoint in OTHERS.items()}
        if things is not None:
            code, slug, number = things.recommendation.code, things.call.slug, things.contribution.id
            for name in one:
                found[f"a recommendation: {name}"] = url_for(f"recommendations.{name}", code=code)
            for name in call:
                found[f"a call: {name}"] = url_for(f"recommendations.{name}", slug=slug)
            found["a contribution"] = url_for("recommendations.contribution", id=number)
            found["a contribution: what resembles it"] = url_for(
                "recommendations.resembling_contribution", id=number
            )
    return found


def measured(site: Site, empty: Site, bare: Site) -> Iterator[Taken]:
    """Yield each page with its queries and its time, in turns with the two empty pages."""
    client = site.client()
    nobody, nothing = bare.client(), empty.client()
    for name, path in site.paths.items():
        answer = client.get(path)
        assert answer.status_code == OK, (path, answer.status_code)
        with counted(site.engine) as queries:
            client.get(path)
        same = (nothing, empty.paths[name]) if name in empty.paths else (nobody, bare.paths[name])
        turns = {"page": (client, path), "nothing": same, "layout": (client, EMPTY)}
        assert same[0].get(same[1]).status_code == OK, same[1]
        times: dict[str, list[float]] = {each: [] for each in turns}
        for _ in range(ROUNDS):
            for each, (browser, address) in turns.items():
                begin = process_time()
                browser.get(address)
                times[each].append(process_time() - begin)
        seconds, without, layout = (median(times[each]) for each in turns)
        asked = sum(query != "BEGIN" for query in queries)
        yield Taken(name, asked, seconds, without, layout, len(answer.data))
