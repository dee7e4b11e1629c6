"""The reference data that every installation begins with; people edit them afterwards."""

import csv
from collections.abc import Iterator
from pathlib import Path
from typing import Any, TypeAlias

from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.actors.models.reference import Audience, Level, OrganisationKind, Territory, TerritoryKind, Theme
from hub.actors.models.relations import RelationKind
from hub.core.audit import AuditEntry

FOLDER = Path(__file__).parent.parent / "reference"
DELETED = "reference.deleted"

ReferenceModel: TypeAlias = (
    type[Level] | type[Theme] | type[OrganisationKind] | type[RelationKind] | type[Audience]
)
FILES: dict[str, ReferenceModel] = {
    "levels.csv": Level,
    "themes.csv": Theme,
    "kinds.csv": OrganisationKind,
    "relation_kinds.csv": RelationKind,
    "audiences.csv": Audience,
}


def load(session: Session) -> int:
    """Add the reference data that are missing, by code, and return how many were.

    What is there stays as people have edited it, and what somebody has deleted does not come back.
    """
    added = _load_territories(session)
    for name, model in FILES.items():
        added += _load_list(session, name, model)
    session.flush()
    return added


def _lines(name: str) -> Iterator[dict[str, str]]:
    with (FOLDER / name).open(encoding="utf-8", newline="") as file:
        yield from csv.DictReader(file)


def _known(session: Session, model: type[Any]) -> set[str]:
    """Return the codes that are there or that somebody has deleted."""
    deleted = session.scalars(
        select(AuditEntry).where(AuditEntry.action == DELETED, AuditEntry.subject_type == model.__tablename__)
    )
    return set(session.scalars(select(model.code))) | {entry.changes["code"][0] for entry in deleted}


def _load_list(session: Session, name: str, model: ReferenceModel) -> int:
    known = _known(session, model)
    new = [
        model(position=position, **line)
        for position, line in enumerate(_lines(name), start=1)
        if line["code"] not in known
    ]
    session.add_all(new)
    return len(new)


def _load_territories(session: Session) -> int:
    known = _known(session, Territory)
    places = {place.code: place for place in session.scalars(select(Territory))}
    added = 0
    # The file names a territory before those that lie in it.
    for line in _lines("territories.csv"):
        if line["code"] in known:
            continue
        place = Territory(
            code=line["code"],
            kind=TerritoryKind(line["kind"]),
            name=line["name"],
            postal_code=line["postal_code"],
            latitude=float(line["latitude"]) if line["latitude"] else None,
            longitude=float(line["longitude"]) if line["longitude"] else None,
            parent=places.get(line["parent"]),
        )
        session.add(place)
        places[place.code] = place
        added += 1
    return added
