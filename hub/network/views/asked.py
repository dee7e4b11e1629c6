"""What the address asks of the map; the page, its data and its picture read it alike."""

from datetime import date
from enum import StrEnum
from typing import TypeVar

from flask import abort, request
from flask_babel import gettext

from hub.actors.models.reference import Family
from hub.actors.values import dates
from hub.core import clock
from hub.core.errors import DomainError
from hub.network.values.register import Wanted

FILTERS = ("date", "q", "family", "kind", "theme", "commune", "relation")
LONGEST = 200

Word = TypeVar("Word", bound=StrEnum)


def today() -> date:
    """Return Brussels' date."""
    return clock.today(clock.now())


def wanted() -> Wanted:
    """Return what is asked. Raises DomainError for a date that can't be read."""
    return _wanted(_day(request.args.get("date", "")))


def wanted_today() -> Wanted:
    """Return what is asked, but for today, whatever date the address holds."""
    return _wanted(today())


def wanted_or_422() -> Wanted:
    """Return what is asked, or refuse, where no form could show what is wrong."""
    try:
        return wanted()
    except DomainError as problem:
        abort(422, description=gettext(problem.msgid))


def arguments() -> dict[str, str]:
    """Return the filters as they stand in the address, for the addresses of what belongs to the page."""
    return {name: value for name in FILTERS if (value := request.args.get(name, ""))}


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
    )


def _day(text: str) -> date:
    found = dates.parse(text[:LONGEST])
    return found.day if found else today()


def _chosen(words: type[Word], text: str) -> Word | None:
    return words(text) if text in set(words) else None
