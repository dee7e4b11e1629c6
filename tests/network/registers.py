"""Registers as plain data, for tests that need no database."""

from datetime import date
from typing import Any

from hypothesis import strategies as st

from hub.actors.models.reference import Family
from hub.actors.models.relations import Precision
from hub.network.values.register import Actor, Link, Origin, Register

DAYS = st.dates(date(1990, 1, 1), date(2030, 12, 31))


def actor(number: int, **values: Any) -> Actor:
    named: dict[str, Any] = {
        "id": number, "slug": f"a{number}", "name": f"Acteur {number}", "label": f"A{number}", "kind": "Asbl",
        "kind_code": "asbl", "family": Family.ASSOCIATION, "commune": "", "commune_code": "", "themes": (),
        "search_text": f"acteur {number}", "current": True,
    }  # fmt: skip
    return Actor(**{**named, **values})


def link(source: int, target: int, start: date | None = None, end: date | None = None, **values: Any) -> Link:
    named: dict[str, Any] = {
        "source": source, "target": target, "kind": "k", "label": "k", "reverse_label": "k",
        "start_on": start,
        "start_precision": Precision.DAY, "end_on": end, "end_precision": Precision.DAY, "current": True,
    }  # fmt: skip
    return Link(**{**named, **values})


def register(*pairs: tuple[int, int], size: int = 5) -> Register:
    return Register({number: actor(number) for number in range(size)}, tuple(link(*pair) for pair in pairs))


@st.composite
def periods(draw: st.DrawFn) -> tuple[date | None, date | None]:
    """Draw a period whose ends may be unknown, never the wrong way round."""
    first, last = sorted([draw(DAYS), draw(DAYS)])
    return (first if draw(st.booleans()) else None), (last if draw(st.booleans()) else None)


@st.composite
def histories(draw: st.DrawFn) -> Register:
    """Draw a register of some actors and ties with any periods and origins, told several times over too."""
    actors = {}
    for number in range(draw(st.integers(2, 6))):
        since, until = draw(periods())
        actors[number] = actor(number, since=since, until=until, current=False)
    links = []
    for _ in range(draw(st.integers(0, 12))):
        ends = draw(st.lists(st.sampled_from(sorted(actors)), min_size=2, max_size=2, unique=True))
        start, end = draw(periods())
        origin = draw(st.sampled_from([Origin.DECLARED, Origin.PROJECT, Origin.SPACE]))
        links.append(
            link(
                *ends, start, end, origin=origin, kind=origin.value, current=False,
                fact=f"thing-{draw(st.integers(1, 2))}", directed=origin == Origin.DECLARED,
            )
        )  # fmt: skip
    return Register(actors, tuple(links))
