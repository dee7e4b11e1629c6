"""Projects and calls for projects: making them, changing them, withdrawing the wrong ones."""

from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any, ClassVar, TypeAlias

from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.actors.models.organisations import Organisation
from hub.actors.models.projects import Project, ProjectCall
from hub.actors.models.reference import Audience, Territory, Theme
from hub.actors.operations.organisations import free_slug
from hub.actors.operations.record.facts import DATES, LISTS, columns, facts_of, in_order, required
from hub.actors.values import names
from hub.actors.values.dates import PartialDate, show
from hub.core import audit, clock
from hub.core.errors import N_, DomainError
from hub.core.search import slug as slug_of

Thing: TypeAlias = Project | ProjectCall
Actor: TypeAlias = audit.Actor | str | None

LISTED: dict[str, type[Any]] = {"theme_ids": Theme, "audience_ids": Audience, "territory_ids": Territory}
CHANGED_MEANWHILE = N_(
    "Quelqu’un a modifié cette page pendant que vous l’aviez sous les yeux. Comparez avec la page actuelle, "
    "puis enregistrez à nouveau."
)


@dataclass(frozen=True)
class ProjectFacts:
    """What is told of a project; who carries it stands in its parts (`operations.record`)."""

    model: ClassVar[type[Thing]] = Project
    name: str
    acronym: str = ""
    description: str = ""
    objectives: str = ""
    services: str = ""  # one a line
    website: str = ""
    call_id: int | None = None
    starts: PartialDate | None = None
    ends: PartialDate | None = None
    origin: str = ""
    theme_ids: tuple[int, ...] = ()
    audience_ids: tuple[int, ...] = ()
    territory_ids: tuple[int, ...] = ()

    def check(self) -> None:
        """Raise DomainError, with the field at fault, where the facts contradict themselves."""
        required(self.name, "name", N_("Donnez un nom."))
        in_order(self.starts, self.ends, "ends", N_("La fin vient avant le début."))

    @property
    def called(self) -> str:
        """What it is called."""
        return self.name


@dataclass(frozen=True)
class CallFacts:
    """What is told of a call for projects."""

    model: ClassVar[type[Thing]] = ProjectCall
    title: str
    acronym: str = ""
    funder_id: int | None = None
    launched: PartialDate | None = None
    closes: PartialDate | None = None
    session_at: datetime | None = None
    session_place: str = ""
    website: str = ""
    summary: str = ""
    origin: str = ""
    theme_ids: tuple[int, ...] = ()
    audience_ids: tuple[int, ...] = ()

    def check(self) -> None:
        """Raise DomainError, with the field at fault, where the facts contradict themselves."""
        required(self.title, "title", N_("Donnez l’intitulé."))
        in_order(self.launched, self.closes, "closes", N_("La clôture vient avant le lancement."))

    @property
    def called(self) -> str:
        """What it is called."""
        return self.title


Facts: TypeAlias = ProjectFacts | CallFacts
KINDS: dict[type[Any], type[Any]] = {Project: ProjectFacts, ProjectCall: CallFacts}


def told_by(row: Thing) -> Any:
    """Return what a project or a call says, as facts."""
    return facts_of(row, KINDS[type(row)])


def create(session: Session, facts: Facts, *, actor: Actor, now: datetime, slug: str = "") -> Any:
    """Add a project or a call and return it. Raises DomainError where facts contradict each other."""
    facts.check()
    model: Any = facts.model
    wanted = slug or facts.acronym or facts.called
    taken = set(
        session.scalars(select(model.slug).where(model.slug.startswith(slug_of(wanted), autoescape=True)))
    )
    row = model(slug=free_slug(wanted, taken), created_at=now)
    _write(session, row, facts, now)
    session.add(row)
    session.flush()
    audit.record(session, f"{model.__tablename__}.created", row, actor=actor, now=now)
    return row


def update(
    session: Session, row: Thing, facts: Facts, *, actor: Actor, now: datetime, seen: datetime | None = None
) -> None:
    """Tell a project or a call anew; history keeps what changed.

    `seen` is the moment of the version that the person had before them. Raises DomainError as `create` does,
    if it was withdrawn, and where somebody else has changed it since `seen`.
    """
    if row.withdrawn_at is not None:
        raise DomainError(N_("Cette page a été retirée : remettez-la d’abord."))
    if seen is not None and seen != row.updated_at:
        raise DomainError(CHANGED_MEANWHILE)
    facts.check()
    before, after = _told(session, told_by(row)), _told(session, facts)
    changes = audit.differences(before, after)
    if not changes:
        return
    _write(session, row, facts, now)
    session.flush()
    audit.record(session, f"{row.__tablename__}.changed", row, actor=actor, now=now, changes=changes)


def withdraw(session: Session, row: Thing, reason: str, *, actor: Actor, now: datetime) -> None:
    """Take a project or a call off every page; the row and the reason stay.

    Raises DomainError without a reason, or if it was withdrawn before.
    """
    if not reason.strip():
        raise DomainError(N_("Dites pourquoi vous retirez cette page."), field="reason")
    if row.withdrawn_at is not None:
        raise DomainError(N_("Cette page est déjà retirée."), field="reason")
    row.withdrawn_at = now
    session.flush()
    changes = {"reason": [None, reason.strip()]}
    audit.record(session, f"{row.__tablename__}.withdrawn", row, actor=actor, now=now, changes=changes)


def restore(session: Session, row: Thing, *, actor: Actor, now: datetime) -> None:
    """Bring back a project or a call that was withdrawn."""
    if row.withdrawn_at is None:
        return
    row.withdrawn_at = None
    session.flush()
    audit.record(session, f"{row.__tablename__}.restored", row, actor=actor, now=now)


def _write(session: Session, row: Any, facts: Facts, now: datetime) -> None:
    for name, value in columns(facts).items():
        setattr(row, name, value)
    for name, model in LISTED.items():
        if hasattr(facts, name):
            setattr(row, LISTS[name], _rows(session, model, getattr(facts, name)))
    row.search_text = names.search_text(facts.called, facts.acronym)
    row.updated_at = now


def _rows(session: Session, model: type[Any], ids: tuple[int, ...]) -> list[Any]:
    return list(session.scalars(select(model).where(model.id.in_(ids)))) if ids else []


def _told(session: Session, facts: Any) -> dict[str, Any]:
    """Return facts as history tells them: rows by their names, dates in words."""
    return {field.name: _words(session, field.name, getattr(facts, field.name)) for field in fields(facts)}


def _words(session: Session, name: str, value: Any) -> Any:
    if name in DATES:
        return show(value.day, value.precision) if value else ""
    if name in LISTED:
        found = _rows(session, LISTED[name], value)
        return ", ".join(sorted(getattr(row, "label", None) or row.name for row in found))
    if name == "funder_id" and value:
        return session.get_one(Organisation, value).short_label
    if name == "call_id" and value:
        return session.get_one(ProjectCall, value).title
    if name == "session_at" and value:
        return f"{clock.local(value):%d/%m/%Y %H:%M}"
    return value
