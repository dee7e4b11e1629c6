"""Leaflets that somebody chooses by hand: for the meeting with a party, for a table of a plenary day.

They may be made and changed at any time, after the edition is published too: they hold its items as it does.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.core import audit
from hub.core.errors import N_, DomainError
from hub.core.search import slug
from hub.publishing.models.composition import Chapter, Item
from hub.publishing.models.editions import Edition
from hub.publishing.models.leaflets import Leaflet, LeafletItem, LeafletKind
from hub.publishing.operations.composing import ChangedMeanwhileError

MOST = 200  # of an edition
LONGEST_SLUG = 60
RESERVED = {"nouveau"}


@dataclass(frozen=True, slots=True)
class Facts:
    """What a leaflet is; `organisation_id` is the party that it is for."""

    kind: LeafletKind
    title: str
    introduction: str = ""
    organisation_id: int | None = None


def create(session: Session, edition: Edition, facts: Facts, *, actor: Any, now: datetime) -> Leaflet:
    """Begin a leaflet, still empty. Raises DomainError for a missing title or too many leaflets."""
    session.refresh(edition, with_for_update={"of": Edition})
    _check(facts)
    taken = set(session.scalars(select(Leaflet.slug).where(Leaflet.edition_id == edition.id)))
    if len(taken) >= MOST:
        raise DomainError(N_("Cette édition a déjà %(most)s feuillets."), most=MOST)
    leaflet = Leaflet(
        edition_id=edition.id, slug=_free(facts.title, taken | RESERVED), created_at=now, updated_at=now
    )
    _write(leaflet, facts)
    session.add(leaflet)
    session.flush()
    audit.record(
        session,
        "edition.leaflet_created",
        edition,
        actor=actor,
        now=now,
        changes={"title": [None, facts.title]},
    )
    return leaflet


def edit(session: Session, leaflet: Leaflet, facts: Facts, *, mark: str, actor: Any, now: datetime) -> None:
    """Change what a leaflet says; its address stays. `mark` is that of what the person saw.

    Raises DomainError for a missing title, ChangedMeanwhileError if somebody else changed it.
    """
    hold(session, leaflet)
    _check(facts)
    if mark != mark_of(leaflet):
        raise ChangedMeanwhileError(
            N_(
                "Ce feuillet a changé depuis que vous l’avez ouvert. Votre texte est gardé ci-dessous : "
                "comparez, puis enregistrez."
            )
        )
    before = leaflet.title
    _write(leaflet, facts)
    _changed(session, leaflet, "edition.leaflet_edited", actor, now, title=[before, facts.title])


def remove(session: Session, leaflet: Leaflet, *, actor: Any, now: datetime) -> None:
    """Take a leaflet away; its items stay in the edition."""
    hold(session, leaflet)
    edition, title = leaflet.edition, leaflet.title
    session.delete(leaflet)
    session.flush()
    audit.record(
        session, "edition.leaflet_removed", edition, actor=actor, now=now, changes={"title": [title, None]}
    )


def add_items(
    session: Session, leaflet: Leaflet, identifiers: Iterable[int], *, actor: Any, now: datetime
) -> int:
    """Add items of the edition at the end, in its order; those in it already stay. Return how many."""
    hold(session, leaflet)
    rows = _rows(session, leaflet)
    present = {row.item_id for row in rows}
    new = session.scalars(
        select(Item)
        .join(Item.chapter)
        .where(Item.edition_id == leaflet.edition_id, Item.id.in_(set(identifiers)))
        .order_by(Chapter.position, Chapter.id, Item.position, Item.id)
    ).all()
    added = [item for item in new if item.id not in present]
    first = max((row.position for row in rows), default=0) + 1
    for position, item in enumerate(added, start=first):
        session.add(LeafletItem(leaflet_id=leaflet.id, item_id=item.id, position=position))
    if added:
        _changed(session, leaflet, "edition.leaflet_filled", actor, now, title=[None, leaflet.title])
    return len(added)


def remove_item(session: Session, leaflet: Leaflet, identifier: int, *, actor: Any, now: datetime) -> None:
    """Take an item out of the leaflet; it stays in the edition."""
    hold(session, leaflet)
    row = next((row for row in _rows(session, leaflet) if row.id == identifier), None)
    if row is not None:
        session.delete(row)
        _changed(session, leaflet, "edition.leaflet_filled", actor, now, title=[leaflet.title, leaflet.title])


def order(
    session: Session, leaflet: Leaflet, identifiers: Sequence[int], *, actor: Any, now: datetime
) -> None:
    """Put all items in that order. Raises ChangedMeanwhileError if they are others now."""
    del actor  # an order alone is not worth a line of history
    hold(session, leaflet)
    known = {row.id: row for row in _rows(session, leaflet)}
    if sorted(known) != sorted(identifiers):
        raise ChangedMeanwhileError(
            N_("La liste a changé entre-temps. Rechargez la page, puis remettez-la en ordre.")
        )
    for position, identifier in enumerate(identifiers, start=1):
        known[identifier].position = position
    _touched(session, leaflet, now)


def move(session: Session, leaflet: Leaflet, identifier: int, *, up: bool, actor: Any, now: datetime) -> None:
    """Move an item by one place; at an end it stays."""
    del actor
    hold(session, leaflet)
    rows = _rows(session, leaflet)
    place = next((place for place, row in enumerate(rows) if row.id == identifier), None)
    if place is None:
        return
    other = place - 1 if up else place + 1
    if 0 <= other < len(rows):
        rows[place], rows[other] = rows[other], rows[place]
    for position, row in enumerate(rows, start=1):
        row.position = position
    _touched(session, leaflet, now)


def mark_of(leaflet: Leaflet) -> str:
    """Return a mark of what a form shows of a leaflet; it tells later whether that changed meanwhile."""
    return leaflet.updated_at.isoformat()


def hold(session: Session, leaflet: Leaflet) -> None:
    """Hold the leaflet as it is now until the transaction ends."""
    session.refresh(leaflet, with_for_update=True)


def _rows(session: Session, leaflet: Leaflet) -> list[LeafletItem]:
    return list(
        session.scalars(
            select(LeafletItem)
            .where(LeafletItem.leaflet_id == leaflet.id)
            .order_by(LeafletItem.position, LeafletItem.id)
            .execution_options(populate_existing=True)
        )
    )


def _check(facts: Facts) -> None:
    if not facts.title:
        raise DomainError(N_("Donnez un titre au feuillet."), field="title")


def _write(leaflet: Leaflet, facts: Facts) -> None:
    leaflet.kind, leaflet.title = facts.kind, facts.title
    leaflet.introduction, leaflet.organisation_id = facts.introduction, facts.organisation_id


def _free(title: str, taken: set[str]) -> str:
    wanted = slug(title)[:LONGEST_SLUG].strip("-") or "feuillet"
    candidate, number = wanted, 2
    while candidate in taken:
        candidate, number = f"{wanted}-{number}", number + 1
    return candidate


def _touched(session: Session, leaflet: Leaflet, now: datetime) -> None:
    leaflet.updated_at = now
    session.flush()
    session.expire(leaflet, ["items"])


def _changed(
    session: Session, leaflet: Leaflet, action: str, actor: Any, now: datetime, **changes: Any
) -> None:
    _touched(session, leaflet, now)
    audit.record(session, action, leaflet.edition, actor=actor, now=now, changes=changes)
