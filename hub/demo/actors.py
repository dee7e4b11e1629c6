"""The demonstration's actors: a real network's organisations and ties, with their sources."""

import csv
from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.actors.models.organisations import Confidence, LegalForm, Organisation, OrganisationState
from hub.actors.models.reference import OrganisationKind, Territory, Theme
from hub.actors.models.relations import RelationKind
from hub.actors.operations import organisations, relations
from hub.actors.operations.ownership import checking
from hub.actors.values import dates
from hub.demo.world import DATA, World

WRITTEN_DAYS_AGO = 900
ACTOR = "Reprise des fiches du réseau"


def load(session: Session, world: World) -> str:
    """Add organisations and relations; hand the organisations on by their codes."""
    made = [_organisation(session, world, line) for line in _lines("organisations.csv")]
    ties = [_relation(session, world, line) for line in _lines("relations.csv")]
    return f"{len(made)} acteurs et {len(ties)} relations"


def _lines(name: str) -> Iterator[dict[str, str]]:
    with (DATA / name).open(encoding="utf-8", newline="") as file:
        yield from csv.DictReader(file)


def _ids(session: Session, model: type[Any], codes: str) -> tuple[int, ...]:
    wanted = [code for code in codes.split("|") if code]
    found = {row.code: row.id for row in session.scalars(select(model).where(model.code.in_(wanted)))}
    return tuple(found[code] for code in wanted)


def _organisation(session: Session, world: World, line: dict[str, str]) -> Organisation:
    facts = organisations.OrganisationFacts(
        name=line["name"],
        acronym=line["acronym"],
        former_names=line["former_names"],
        kind_id=_ids(session, OrganisationKind, line["kind"])[0],
        legal_form=LegalForm(line["legal_form"]),
        commune_id=next(iter(_ids(session, Territory, line["commune"])), None),
        scope=line["scope"],
        founded=int(line["founded"]) if line["founded"] else None,
        state=OrganisationState(line["state"]),
        state_since=date.fromisoformat(line["state_since"]) if line["state_since"] else None,
        description=line["description"],
        source=line["source"].replace(" | ", "\n"),
        confidence=Confidence(line["confidence"]),
        note=line["note"],
        theme_ids=_ids(session, Theme, line["themes"]),
        territory_ids=_ids(session, Territory, line["territories"]),
    )
    row = organisations.create(session, facts, actor=ACTOR, now=world.now - timedelta(days=WRITTEN_DAYS_AGO))
    world.put("organisation", line["id"], row)
    if line["checked_days_ago"]:
        then = world.now - timedelta(days=int(line["checked_days_ago"]))
        checking.check(session, row, by=world.get("user", "coordinator"), now=then)
    return row


def _relation(session: Session, world: World, line: dict[str, str]) -> Any:
    facts = relations.RelationFacts(
        source_id=world.get("organisation", line["source_id"]).id,
        kind_id=_ids(session, RelationKind, line["type"])[0],
        target_id=world.get("organisation", line["target_id"]).id,
        start=dates.parse(line["start"]),
        end=dates.parse(line["end"], end=True),
        origin=line["origin"].replace(" | ", "\n"),
        confidence=Confidence(line["confidence"]),
        note=line["note"],
    )
    return relations.add(session, facts, actor=ACTOR, now=world.now - timedelta(days=WRITTEN_DAYS_AGO))
