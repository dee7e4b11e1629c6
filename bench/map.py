"""The network page in a browser without a graphics card: opening, a step of the slider, what is sent.

A network made up for it is served by `maillage serve` from the real routes. Names are of random syllables, so
that they compress no better than real ones.
"""

import gzip
import json
import os
import random
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, timedelta
from http.client import HTTPConnection
from pathlib import Path
from statistics import median, quantiles
from tempfile import TemporaryDirectory
from typing import Any

from playwright.sync_api import Browser, Page, sync_playwright
from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from hub.actors.models.organisations import Organisation, organisation_theme
from hub.actors.models.reference import OrganisationKind, Territory, TerritoryKind, Theme
from hub.actors.models.relations import Relation, RelationKind
from hub.actors.operations import reference
from hub.app import create_app
from hub.core import clock, schema
from hub.core.db import db, writing
from hub.core.jobs import run_next
from hub.core.search import slug
from hub.network.models.results import ResultKind
from hub.network.operations import results
from hub.network.queries.register import read
from hub.network.values.register import Wanted
from hub.network.values.results import Question, key_of
from hub.network.values.sight import Sight
from hub.server import job_info

ROOT = Path(__file__).parent.parent
DIST = ROOT / "hub" / "static" / "dist"
SIZES = {300: 900, 1000: 3000, 5000: 15_000, 20_000: 60_000}
"""Actors, and ties among them."""
LIMITED = {5000}
LIMITS = {1000: 1.0, 5000: 2.0, 20_000: 4.5}
STEP_LIMIT, PAYLOAD_LIMIT, SCRIPT_LIMIT = 0.1, 200_000, 60_000
OPENINGS, STEPS = 7, 30
SEED = 20230606
STARTS = ("b", "c", "d", "f", "g", "l", "m", "n", "p", "r", "s", "t", "v", "ch", "pl", "tr", "br", "gr")
SYLLABLES = [start + vowel for start in STARTS for vowel in ("a", "e", "i", "o", "u", "ou", "an", "on")]
CHROMIUM = [
    "--no-sandbox", "--disable-gpu", "--use-angle=swiftshader", "--enable-unsafe-swiftshader",
    "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update",
    "--disable-sync",
]  # fmt: skip
# When the picture is there and the page has come to rest: the moment from which one can use it.
OPENED = """
  new MutationObserver((_, watch) => {
    if (!document.querySelector("[data-drawn=moving]")) return;
    watch.disconnect();
    requestAnimationFrame(() => setTimeout(() => { window.interactive = performance.now(); }));
  }).observe(document, { attributes: true, subtree: true });
"""
INTERACTIVE = """
  async () => {
    while (!window.interactive) await new Promise((done) => setTimeout(done, 20));
    return window.interactive;
  }
"""
# One move of the slider, until the picture is painted: reading a pixel waits for the drawing to end.
STEP = """
  async (steps) => {
    const { stage, timeline } = document.querySelector("[data-network]").page;
    const contexts = Object.values(stage.renderer.webGLContexts);
    const pixel = new Uint8Array(4);
    const ground = stage.ground;
    const settle = () => {
      for (const gl of contexts) gl.readPixels(0, 0, 1, 1, gl.RGBA, gl.UNSIGNED_BYTE, pixel);
      ground.getImageData(0, 0, 1, 1);
    };
    const range = document.querySelector("[data-range]");
    const days = Array.from(timeline.changes).filter((day) => day >= timeline.first && day <= timeline.last);
    const found = [];
    for (let number = 0; number < steps; number += 1) {
      await new Promise(requestAnimationFrame);
      settle();
      const begun = performance.now();
      range.value = days[Math.floor((number / steps) * days.length)];
      range.dispatchEvent(new Event("input", { bubbles: true }));
      settle();
      found.push(performance.now() - begun);
    }
    return found;
  }
"""
BASELINE = """
  () => {
    const begun = performance.now();
    const numbers = Float64Array.from({ length: 400000 }, (_, place) => Math.sin(place * place));
    for (let round = 0; round < 3; round += 1) numbers.slice().sort();
    return performance.now() - begun;
  }
"""


@dataclass(frozen=True)
class Opened:
    """What was measured at one size: seconds and bytes."""

    openings: list[float]
    steps: list[float]
    payload: int
    raw: int
    html: float
    data: float
    cold: float
    baseline: float


def run(sizes: dict[int, int] | None = None) -> list[str]:
    """Measure every size in one run; return lines for people."""
    lines = [_scripts()]
    with sync_playwright() as play:
        browser = play.chromium.launch(executable_path=shutil.which("chromium"), args=CHROMIUM)
        for actors, ties in (sizes or SIZES).items():
            lines += _lines(actors, ties, _measure(browser, actors, ties))
        browser.close()
    return lines


def _scripts() -> str:
    """Say how heavy the scripts of the network page are, as a browser receives them."""
    entry = json.loads((DIST / "manifest.json").read_text(encoding="utf-8"))["network.js"]
    first: set[str] = {entry}
    later: set[str] = set()
    queue = [entry]
    names = {path.name for path in DIST.glob("*.js")}
    while queue:
        text = (DIST / queue.pop()).read_text(encoding="utf-8")
        for name in names - first - later:
            if f'from"./{name}"' in text:
                first.add(name)
                queue.append(name)
            elif name in text:
                later.add(name)
    later.add(json.loads((DIST / "manifest.json").read_text(encoding="utf-8"))["network-worker.js"])
    later -= first

    def weight(files: set[str], ending: str) -> int:
        return sum((DIST / f"{name}{ending}").stat().st_size for name in files)

    return (
        f"scripts of the page at once: {weight(first, '.br') / 1000:.1f} kB (brotli), "
        f"{weight(first, '.gz') / 1000:.1f} kB (gzip), at most {SCRIPT_LIMIT / 1000:.0f}; "
        f"views, paths, map, files and the layout's worker when first used: "
        f"{weight(later, '.br') / 1000:.1f} and {weight(later, '.gz') / 1000:.1f} kB"
    )


def _lines(actors: int, ties: int, found: Opened) -> list[str]:
    low, high = min(found.openings), max(found.openings)
    middle, unit = median(found.openings), found.baseline
    limit = f", at most {LIMITS[actors]:.1f} s" if actors in LIMITS else ""
    steps = [step * 1000 for step in found.steps]
    tail = quantiles(steps, n=20)[-1]
    payload = f", at most {PAYLOAD_LIMIT / 1000:.0f}" if actors in LIMITED else ""
    slowest = f" (at most {STEP_LIMIT * 1000:.0f})" if actors in LIMITED else ""
    opening = (
        f"{actors} actors, {ties} ties: interactive {middle:.2f} s after navigation "
        f"({low:.2f} to {high:.2f} of {len(found.openings)}{limit}); {middle / unit:.1f} × the baseline"
    )
    server = (
        f"    of which the page itself {found.html:.2f} s and its data {found.data:.2f} s on the server "
        f"(after a change in the database, the first answer {found.cold:.2f} s); "
        f"data {found.payload / 1000:.0f} kB compressed ({found.raw / 1000:.0f} kB){payload}"
    )
    slider = (
        f"    a step of the slider {median(steps):.0f} ms, 95 % under {tail:.0f} ms, most {max(steps):.0f} ms"
        f"{slowest}; {median(steps) / 1000 / unit:.2f} × the baseline"
        f" ({unit * 1000:.0f} ms to sort numbers in that browser)"
    )
    return [opening, server, slider]


def _measure(browser: Browser, actors: int, ties: int) -> Opened:
    with _served(actors, ties) as (url, port):
        begun = time.perf_counter()
        _get(port, "/reseau")
        cold = time.perf_counter() - begun
        html, data = _server_time(port, "/reseau"), _server_time(port, "/reseau/donnees.json")
        raw = len(_get(port, "/reseau/donnees.json"))
        payload = len(_get(port, "/reseau/donnees.json", {"Accept-Encoding": "gzip"}))
        openings: list[float] = []
        steps: list[float] = []
        baselines: list[float] = []
        for _ in range(OPENINGS):
            context = browser.new_context(viewport={"width": 1280, "height": 800})
            page = context.new_page()
            page.add_init_script(OPENED)
            openings.append(_open(page, url))
            baselines.append(page.evaluate(BASELINE) / 1000)
            steps += [step / 1000 for step in page.evaluate(STEP, STEPS)] if len(steps) < 3 * STEPS else []
            context.close()
        return Opened(openings, steps, payload, raw, html, data, cold, median(baselines))


def _open(page: Page, url: str) -> float:
    page.goto(f"{url}/reseau", wait_until="commit")
    page.locator("[data-drawn=moving]").wait_for(timeout=120_000)
    seconds: float = page.evaluate(INTERACTIVE) / 1000
    return seconds


def _get(port: int, path: str, headers: dict[str, str] | None = None) -> bytes:
    connection = HTTPConnection("127.0.0.1", port, timeout=120)
    connection.request("GET", path, headers=headers or {})
    answer = connection.getresponse()
    body = answer.read()
    assert answer.status == 200, (path, answer.status)
    if (headers or {}).get("Accept-Encoding"):
        assert answer.headers["Content-Encoding"] == "gzip"
        assert gzip.decompress(body)
    connection.close()
    return body


def _server_time(port: int, path: str) -> float:
    times = []
    for _ in range(3):
        begun = time.perf_counter()
        _get(port, path, {"Accept-Encoding": "gzip"} if path.endswith("json") else None)
        times.append(time.perf_counter() - begun)
    return median(times)


@contextmanager
def _served(actors: int, ties: int) -> Iterator[tuple[str, int]]:
    """Serve a network of that size, measured and laid out already."""
    with TemporaryDirectory() as folder:
        port = _free_port()
        environment = {name: value for name, value in os.environ.items() if not name.startswith("HUB_")} | {
            "HUB_DATA_FOLDER": folder,
            "HUB_SECRET_KEY": "a key for measuring only",
            "HUB_BASE_URL": f"http://127.0.0.1:{port}",
            "HUB_RATELIMIT_ENABLED": "false",
        }
        _prepare(folder, environment["HUB_BASE_URL"], actors, ties)
        command = [str(Path(sys.executable).parent / "maillage"), "serve", "--port", str(port)]
        process = subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL)  # noqa: S603
        try:
            _wait(port)
            yield environment["HUB_BASE_URL"], port
        finally:
            process.terminate()
            process.wait(30)


def _prepare(folder: str, url: str, actors: int, ties: int) -> None:
    app = create_app({"SECRET_KEY": "a key for measuring only", "BASE_URL": url, "DATA_FOLDER": folder})
    with app.app_context():
        engine = db.engine
        schema.upgrade(engine)
        with writing(engine) as session:
            reference.load(session)
            fill(session, actors, ties)
        with writing(engine) as session:
            _ask(session)
        while run_next(engine, "bench", job_info(app)):
            pass
        engine.dispose()


def _ask(session: Session) -> None:
    """Ask for layout and measures of today, as the page would."""
    today = clock.today(clock.now())
    sight = Sight(today=today)
    for kind in ResultKind:
        question = Question(kind, Wanted(today), sight, whole=True)
        network = question.network(read(session, today, sight))
        results.ask(session, question, key_of(kind, network), now=clock.now())


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    return port


def _wait(port: int) -> None:
    for _ in range(600):
        try:
            _get(port, "/healthz")
        except OSError:
            time.sleep(0.05)
        else:
            return
    raise TimeoutError("maillage serve does not answer")


def _name(chance: random.Random, kinds: list[str], communes: list[str]) -> str:
    word = "".join(chance.choice(SYLLABLES) for _ in range(chance.randint(2, 4))).capitalize()
    second = "".join(chance.choice(SYLLABLES) for _ in range(2)).capitalize()
    return f"{chance.choice(kinds)} {word} {second} de {chance.choice(communes)}"


def fill(session: Session, actors: int, ties: int) -> None:
    """Make a network like real ones: a few are tied to many, most to few; dates as people know them."""
    chance = random.Random(SEED)  # noqa: S311 - no secret
    now = clock.now()
    kinds = list(session.scalars(select(OrganisationKind)))
    relations = session.scalars(select(RelationKind.id)).all()
    themes = session.scalars(select(Theme.id)).all()
    places = list(session.scalars(select(Territory).where(Territory.kind == TerritoryKind.COMMUNE)))
    rows: list[dict[str, Any]] = []
    for number in range(actors):
        kind = chance.choice(kinds)
        name = _name(chance, [kind.label], [place.name for place in places])
        rows.append(
            {
                "id": number + 1, "slug": f"{number}", "name": name, "search_text": name.casefold(),
                "kind_id": kind.id, "commune_id": chance.choice(places).id,
                "founded": chance.choice([None, chance.randint(1960, 2024)]),
                "created_at": now, "updated_at": now,
            }
        )  # fmt: skip
    _give_slugs(rows)
    session.execute(insert(Organisation), rows)
    session.execute(
        insert(organisation_theme),
        [
            {"organisation_id": number + 1, "theme_id": theme}
            for number in range(actors)
            for theme in chance.sample(themes, 2)
        ],
    )
    pairs: set[tuple[int, int, int]] = set()
    while len(pairs) < ties:
        one, other = int(actors * chance.random() ** 2) + 1, chance.randrange(actors) + 1
        if one != other:
            pairs.add((one, other, chance.choice(relations)))
    session.execute(
        insert(Relation),
        [
            {"source_id": one, "target_id": other, "kind_id": kind, "created_at": now, **_period(chance)}
            for one, other, kind in sorted(pairs)
        ],
    )


def _give_slugs(rows: list[dict[str, Any]]) -> None:
    taken: set[str] = set()
    for row in rows:
        free, number = slug(row["name"]), 1
        while free in taken:
            number += 1
            free = f"{slug(row['name'])}-{number}"
        taken.add(free)
        row["slug"] = free


def _period(chance: random.Random) -> dict[str, date | None]:
    """Return when a tie held: a third nobody knows, most by the year, few to the day; one in five ended."""
    if chance.random() < 1 / 3:
        return {"start_on": None, "end_on": None}
    start = date(chance.randint(2004, 2024), 1, 1)
    if chance.random() < 0.3:
        start += timedelta(days=chance.randrange(365))
    ended = chance.random() < 0.2
    return {"start_on": start, "end_on": start + timedelta(days=chance.randint(100, 2500)) if ended else None}
