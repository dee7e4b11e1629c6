"""What hangs on an edition's items: places in chosen leaflets, questions that rest on them, comments.

It is no part of what undoing goes back to, and goes its own way. Only where undoing brings an item, a chapter
or a part back does what hung on it come back too: as it was just before the change that took it away.
"""

import json
from collections.abc import Collection, Mapping
from typing import Any

from sqlalchemy import insert, select, update
from sqlalchemy.orm import Session

from hub.publishing.models.composition import CandidateQuestion, Item
from hub.publishing.models.editions import Edition
from hub.publishing.models.leaflets import Leaflet, LeafletItem
from hub.publishing.models.writing import EditionComment, EditionSnapshot
from hub.publishing.operations.comments import COLUMNS


def note(session: Session, edition: Edition) -> None:
    """Keep, with the moment that stands and the one whose content it repeats, what hangs on its items now."""
    head = session.execute(
        select(EditionSnapshot.number, EditionSnapshot.stands_for)
        .where(EditionSnapshot.edition_id == edition.id)
        .order_by(EditionSnapshot.number.desc())
        .limit(1)
    ).one()
    session.execute(
        update(EditionSnapshot)
        .where(
            EditionSnapshot.edition_id == edition.id,
            EditionSnapshot.number.in_({number for number in head if number}),
        )
        .values(hanging=_written(session, edition))
        .execution_options(synchronize_session="fetch")
    )


def _written(session: Session, edition: Edition) -> str:
    """Return as JSON: (leaflet, item, position) of leaflets, (question, item), (comment, place) by column."""
    placed = session.execute(
        select(LeafletItem.leaflet_id, LeafletItem.item_id, LeafletItem.position)
        .join(Leaflet, Leaflet.id == LeafletItem.leaflet_id)
        .where(Leaflet.edition_id == edition.id)
        .order_by(LeafletItem.id)
    )
    asked = session.execute(
        select(CandidateQuestion.id, CandidateQuestion.item_id)
        .where(CandidateQuestion.edition_id == edition.id, CandidateQuestion.item_id.is_not(None))
        .order_by(CandidateQuestion.id)
    )
    columns = [getattr(EditionComment, name) for name in COLUMNS.values()]
    said = session.execute(
        select(EditionComment.id, *columns)
        .where(EditionComment.edition_id == edition.id)
        .order_by(EditionComment.id)
    )
    on = [
        (comment, name, place)
        for comment, *places in said
        for name, place in zip(COLUMNS.values(), places, strict=True)
        if place is not None
    ]
    told = {"leaflets": [[*row] for row in placed], "questions": [[*row] for row in asked], "comments": on}
    return json.dumps(told, separators=(",", ":")) if any(told.values()) else ""


def put_back(session: Session, edition: Edition, hanging: str, back: Mapping[Any, Collection[int]]) -> None:
    """Hang again on what came back (model → numbers) what hung on it; what has gone meanwhile stays away."""
    if not hanging or not any(back.values()):
        return
    told = json.loads(hanging)
    items = set(back.get(Item, ()))
    _place(session, edition, [row for row in told["leaflets"] if row[1] in items])
    for question, item in told["questions"]:
        if item in items:
            session.execute(
                update(CandidateQuestion)
                .where(
                    CandidateQuestion.id == question,
                    CandidateQuestion.edition_id == edition.id,
                    CandidateQuestion.item_id.is_(None),
                )
                .values(item_id=item)
                .execution_options(synchronize_session=False)
            )
    of = {name: set(back.get(model, ())) for model, name in COLUMNS.items()}
    for comment, name, place in told["comments"]:
        if place in of[name]:
            session.execute(
                update(EditionComment)
                .where(
                    EditionComment.id == comment,
                    EditionComment.edition_id == edition.id,
                    *(getattr(EditionComment, column).is_(None) for column in COLUMNS.values()),
                )
                .values({name: place, "about": ""})
                .execution_options(synchronize_session=False)
            )


def _place(session: Session, edition: Edition, rows: list[list[int]]) -> None:
    """Put items back into the leaflets that are still there and don't hold them."""
    if not rows:
        return
    there = set(session.scalars(select(Leaflet.id).where(Leaflet.edition_id == edition.id)))
    held = {
        (leaflet, item)
        for leaflet, item in session.execute(
            select(LeafletItem.leaflet_id, LeafletItem.item_id).where(LeafletItem.leaflet_id.in_(there))
        )
    }
    new = [
        {"leaflet_id": leaflet, "item_id": item, "position": position}
        for leaflet, item, position in rows
        if leaflet in there and (leaflet, item) not in held
    ]
    if new:
        session.execute(insert(LeafletItem), new)
