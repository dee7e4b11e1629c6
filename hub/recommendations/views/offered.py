"""What lists can be narrowed to, read once for as long as nothing in the database changes."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy.orm import Session

from hub.actors.models.reference import ThemeKind
from hub.core.db import db
from hub.core.remembering import Remembered
from hub.recommendations.queries import choices

Pairs = Sequence[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class Offered:
    """What is offered by filters: (code or slug, word) each, in the order to show them."""

    themes: Pairs
    rights: Pairs
    levels: Pairs
    territories: Pairs
    calls: Pairs
    heard: Pairs
    """Organisations that have sent something."""
    authorities: Pairs
    """Organisations that a recommendation is addressed to."""


_OFFERED: Remembered[Offered] = Remembered(1)


def offered() -> Offered:
    """Return what lists can be narrowed to now."""
    return _OFFERED.get(db.engine, None, _read)


def _read(session: Session) -> Offered:
    things: dict[str, list[tuple[str, str]]] = {"theme": [], "right": [], "level": [], "territory": []}
    for what, code, label, kind in session.execute(choices.named_things()):
        things[what].append((code, label))
        if kind == ThemeKind.RIGHT:
            things["right"].append((code, label))
    named = session.execute(choices.heard_or_addressed()).all()
    return Offered(
        themes=things["theme"],
        rights=things["right"],
        levels=things["level"],
        territories=things["territory"],
        calls=[(slug, title) for slug, title in session.execute(choices.calls())],
        heard=[(slug, label) for slug, label, has_sent, _ in named if has_sent],
        authorities=[(slug, label) for slug, label, _, is_addressed in named if is_addressed],
    )
