"""What hangs on the records of the demonstration, its projects and its calls for projects."""

import tomllib
from dataclasses import fields, replace
from datetime import datetime, time, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.actors.models.organisations import FundingSource
from hub.actors.models.projects import PartRole
from hub.actors.models.record import Appointment, Exactness
from hub.actors.models.reference import Audience, Territory, Theme
from hub.actors.operations import organisations, projects
from hub.actors.operations.projects import CallFacts, ProjectFacts
from hub.actors.operations.record import rows
from hub.actors.operations.record.facts import (
    DATES,
    DropInFacts,
    FigureFacts,
    LabelFacts,
    MissionFacts,
    PartFacts,
    TeamRoleFacts,
    UnitFacts,
)
from hub.actors.values import dates
from hub.actors.values.recurrence import WEEKDAYS, Slot
from hub.core import clock
from hub.demo.actors import ACTOR, WRITTEN_DAYS_AGO
from hub.demo.world import DATA, World

KINDS: dict[str, type[Any]] = {
    "unit": UnitFacts,
    "drop_in": DropInFacts,
    "mission": MissionFacts,
    "team_role": TeamRoleFacts,
    "figure": FigureFacts,
    "label": LabelFacts,
}
ENUMS = {"appointment": Appointment, "exactness": Exactness, "role": PartRole}
CODES: dict[str, tuple[str, type[Any]]] = {"commune": ("commune_id", Territory), "theme": ("theme_id", Theme)}
LISTS: dict[str, tuple[str, type[Any]]] = {
    "themes": ("theme_ids", Theme),
    "audiences": ("audience_ids", Audience),
    "territories": ("territory_ids", Territory),
}
# Of some, the sources say what they live on.
FUNDED: dict[str, FundingSource] = {
    **dict.fromkeys(
        ("cai", "crilux", "cribw", "cripel", "crvi", "cric", "ceraic", "cimb", "cire"),
        FundingSource.SUBSIDIES,
    ),
    "interra": FundingSource.PROJECT_CALLS,
}


def load(session: Session, world: World) -> str:
    """Add units, drop-ins, missions, roles, figures, labels, projects and calls."""
    then = world.now - timedelta(days=WRITTEN_DAYS_AGO)
    number = 0
    for name, lines in _read("record.toml").items():
        for line in lines:
            _row(session, world, name, line, then)
            number += 1
    told = _read("projects.toml")
    for line in told["call"]:
        facts = CallFacts(**_facts(session, world, CallFacts, line))
        world.put("call", line["code"], projects.create(session, facts, actor=ACTOR, now=then))
    for line in told["project"]:
        _project(session, world, line, then)
    for code, source in FUNDED.items():
        row = world.get("organisation", code)
        facts_now = replace(organisations.facts_of(row), funding_sources=(source,))
        organisations.update(session, row, facts_now, actor=ACTOR, now=then)
    return (
        f"{number} faits sur les fiches, {len(told['project'])} projets, {len(told['call'])} appels à projets"
    )


def _read(name: str) -> dict[str, list[dict[str, Any]]]:
    return tomllib.loads((DATA / name).read_text(encoding="utf-8"))


def _row(session: Session, world: World, name: str, line: dict[str, Any], now: datetime) -> None:
    kind = KINDS[name]
    owner = (
        _by_code(session, Territory, line["territory"])
        if "territory" in line
        else world.get("organisation", line["organisation"])
    )
    told = _facts(session, world, kind, line)
    told.pop("organisation_id", None)
    rows.add(session, owner, kind(**told), actor=ACTOR, now=now)


def _project(session: Session, world: World, line: dict[str, Any], now: datetime) -> None:
    facts = ProjectFacts(**_facts(session, world, ProjectFacts, line))
    row = projects.create(session, facts, actor=ACTOR, now=now)
    world.put("project", line["code"], row)
    for part in line["parts"]:
        told = _facts(session, world, PartFacts, {"origin": line["origin"], **part})
        rows.add(session, row, PartFacts(**told), actor=ACTOR, now=now)
    for figure in line.get("figures", ()):
        rows.add(
            session, row, FigureFacts(**_facts(session, world, FigureFacts, figure)), actor=ACTOR, now=now
        )


def _facts(session: Session, world: World, kind: type[Any], line: dict[str, Any]) -> dict[str, Any]:
    """Return the line's values under the names of the facts, codes turned into rows."""
    told: dict[str, Any] = {}
    known = {field.name for field in fields(kind)}
    for name, value in line.items():
        told |= _fact(session, world, name, value)
    return {name: value for name, value in told.items() if name in known}


def _fact(session: Session, world: World, name: str, value: Any) -> dict[str, Any]:
    if name in CODES:
        fact, model = CODES[name]
        return {fact: _by_code(session, model, value).id}
    if name in LISTS:
        fact, model = LISTS[name]
        return {fact: tuple(_by_code(session, model, code).id for code in value)}
    if name in {"organisation", "venue", "funder", "call"}:
        kind = "call" if name == "call" else "organisation"
        return {f"{name}_id": world.get(kind, value).id}
    return {name: _plain(name, value)}


def _plain(name: str, value: Any) -> Any:
    """Return a value that needs no other row."""
    if name in DATES:
        return dates.parse(value, end=name in {"ends", "closes"})
    if name in ENUMS and value in set(ENUMS[name]):
        return ENUMS[name](value)  # the role of a team is a word, that in a project one of three
    if name == "slots":
        return tuple(_slot(*one) for one in value)
    if name == "session_at":
        moment = datetime.fromisoformat(value)
        return clock.at(moment.date(), moment.time())
    return tuple(value) if isinstance(value, list) else value


def _slot(day: str, begins: str, finishes: str, weeks: int) -> Slot:
    return Slot(WEEKDAYS.index(day), time.fromisoformat(begins), time.fromisoformat(finishes), weeks)


def _by_code(session: Session, model: type[Any], code: str) -> Any:
    return session.scalars(select(model).where(model.code == code)).one()
