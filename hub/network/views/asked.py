"""What the address asks of the map; the page, its data and its picture read it alike."""

from dataclasses import replace
from datetime import date
from enum import StrEnum
from typing import Any, TypeVar

from flask import abort, request
from flask_babel import gettext

from hub.actors.models.reference import Family
from hub.actors.values import dates
from hub.core import clock
from hub.core.access import coordinator, may
from hub.core.errors import DomainError
from hub.events import rules as event_rules
from hub.network.values.register import DEFAULT_ORIGINS, Origin, Wanted
from hub.network.values.sight import Sight
from hub.spaces import rules as space_rules

FILTERS = ("date", "q", "family", "kind", "theme", "commune", "relation", "date2")
ORIGINS = "origine"
"""The argument that switches origins of ties on, repeated; given but empty, it switches all off."""
LONGEST = 200

Word = TypeVar("Word", bound=StrEnum)


def today() -> date:
    """Return Brussels' date."""
    return clock.today(clock.now())


def sight() -> Sight:
    """Return what the person of this request may see of the facts that ties come from."""
    return Sight(
        today=today(),
        spaces=may(space_rules.see),
        sign_ups=may(event_rules.manage),
        records=may(coordinator),
    )


def wanted() -> Wanted:
    """Return what is asked. Raises DomainError for a date that can't be read."""
    found = _wanted(_day(request.args.get("date", "")))
    return replace(found, compared=day_in(request.args.get("date2", "")))


def wanted_today() -> Wanted:
    """Return what is asked, but for today, whatever date the address holds."""
    return _wanted(today())


def wanted_on(day: date) -> Wanted:
    """Return what is asked, but for that day, and of everybody rather than of one."""
    return replace(_wanted(day), centre="")


def wanted_or_422() -> Wanted:
    """Return what is asked, or refuse, where no form could show what is wrong."""
    try:
        return wanted()
    except DomainError as problem:
        abort(422, description=gettext(problem.msgid))


def arguments() -> dict[str, Any]:
    """Return the filters as they stand in the address, for the addresses of what belongs to the page."""
    found: dict[str, Any] = {name: value for name in FILTERS if (value := request.args.get(name, ""))}
    if ORIGINS in request.args:
        found[ORIGINS] = request.args.getlist(ORIGINS)
    return found


def origins() -> frozenset[Origin]:
    """Return the origins of ties that are switched on: the usual ones unless the address says which."""
    if ORIGINS not in request.args:
        return DEFAULT_ORIGINS
    return frozenset(origin for text in request.args.getlist(ORIGINS) if (origin := _chosen(Origin, text)))


def _wanted(day: date) -> Wanted:
    return Wanted(
        day=day,
        words=request.args.get("q", "")[:LONGEST],
        family=_chosen(Family, request.args.get("family", "")),
        kind=request.args.get("kind", ""),
        theme=request.args.get("theme", ""),
        commune=request.args.get("commune", ""),
        relation=request.args.get("relation", ""),
        centre=request.args.get("centre", ""),
        origins=origins(),
    )


def _day(text: str) -> date:
    return day_in(text) or today()


def day_in(text: str, *, end: bool = False) -> date | None:
    """Return the day that the text names, None for an empty one; `end` reads a year as its last day.

    Raises DomainError for a date that can't be read.
    """
    found = dates.parse(text[:LONGEST], end=end)
    return found.day if found else None


def _chosen(words: type[Word], text: str) -> Word | None:
    return words(text) if text in set(words) else None
