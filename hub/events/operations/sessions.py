"""The sessions of a day: a module's mornings, the half-days and workshops at which presence is taken."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from itertools import pairwise

from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.accounts.models import User
from hub.core import audit, clock, i18n, mail
from hub.core.errors import N_, DomainError
from hub.events.models.days import Event, EventKind, EventSession, EventState, Mode, SessionKind
from hub.events.models.outcomes import Presence
from hub.events.operations import counters, days, letters, moving

WHOLE = (SessionKind.SESSION, SessionKind.HALF_DAY)
"""Kinds that everybody is expected at: two of them never overlap."""


@dataclass(frozen=True)
class Row:
    """A session as it is described; `number` is the one that it has, if it is there already."""

    day: date
    starts: time
    ends: time
    kind: SessionKind = SessionKind.SESSION
    title: str = ""
    mode: Mode = Mode.ONSITE
    place: str = ""
    partner_id: int | None = None
    workshop_id: int | None = None
    counts: bool = True
    number: int | None = None

    @property
    def starts_at(self) -> datetime:
        """The moment when it begins."""
        return clock.at(self.day, self.starts)

    @property
    def ends_at(self) -> datetime:
        """The moment when it ends: after midnight where it is an evening's."""
        return clock.until(self.day, self.starts, self.ends)


def set_sessions(
    session: Session, event: Event, rows: Sequence[Row], *, actor: User | str, now: datetime
) -> None:
    """Bring the sessions up to date; what people were told of is called off rather than erased, and told.

    A module begins with its first session and ends with its last. Raises DomainError, naming the session, for
    hours that don't follow or overlap, a day outside the event's, or a session that goes although presence
    was noted at it.
    """
    counters.lock(session, event)
    _check(event, rows)
    known = {row.id: row for row in event.sessions if row.cancelled_at is None}
    gone = [row for number, row in known.items() if number not in {each.number for each in rows}]
    _check_no_presence(session, gone)
    said = _take_away(session, event, gone, now)
    before = {row.id: _shown(row) for row in known.values()}
    kept = [_written(event, known.get(each.number or 0), each) for each in rows]
    session.flush()
    session.expire(event, ["sessions"])
    said += [
        _moved(session, row)
        for row in kept
        if row.id in before and before[row.id] != _shown(row) and row.kind == SessionKind.SESSION
    ]
    ends_at, began, ended = event.ends_at, event.day, event.last_day
    moving.take_hours_of_sessions(event)
    moving.follow_sessions(session, event, began=began, ended=ended, now=now)
    event.sequence += 1
    event.updated_at = now
    session.flush()
    changes = {"sessions": [len(before), len(kept)]}
    audit.record(session, "event.sessions_changed", event, actor=actor, now=now, changes=changes)
    if event.state == EventState.PUBLISHED:
        if said and now < event.ends_at:
            letters.tell_moved(session, event, now=now, changes=said)
            moving.tell_others(session, event, said, now=now)
        if ends_at != event.ends_at:
            days.plan_forgetting(session, event, now)


def _check(event: Event, rows: Sequence[Row]) -> None:
    whole = sorted((row for row in rows if row.kind in WHOLE), key=lambda row: (row.starts_at, row.ends_at))
    for row in rows:
        if row.ends_at <= row.starts_at:
            raise DomainError(
                N_("La séance du %(day)s finit avant de commencer."), field="rows", day=_plain(row.day)
            )
        if event.kind != EventKind.MODULE and not event.day <= row.day <= event.last_day:
            raise DomainError(
                N_("La séance du %(day)s est hors de la journée."), field="rows", day=_plain(row.day)
            )
        if (row.kind == SessionKind.WORKSHOP) != (row.workshop_id is not None):
            raise DomainError(
                N_("La séance du %(day)s : choisissez l’atelier, ou une autre sorte de séance."),
                field="rows",
                day=_plain(row.day),
            )
    for kind in WHOLE:
        same = [row for row in whole if row.kind == kind]
        for one, other in pairwise(same):
            if other.starts_at < one.ends_at:
                raise DomainError(
                    N_("Deux séances du %(day)s se chevauchent."), field="rows", day=_plain(other.day)
                )
    named = [row.workshop_id for row in rows if row.workshop_id is not None]
    if len(named) != len(set(named)) or not set(named) <= {workshop.id for workshop in event.workshops}:
        raise DomainError(N_("Un atelier a une seule séance, et c’est un atelier de ce jour."), field="rows")


def _plain(day: date) -> str:
    return f"{day:%d/%m/%Y}"


def _check_no_presence(session: Session, gone: Sequence[EventSession]) -> None:
    noted = set(
        session.scalars(
            select(Presence.session_id).where(Presence.session_id.in_([row.id for row in gone])).distinct()
        )
    )
    for row in gone:
        if row.id in noted:
            raise DomainError(
                N_("Des présences sont notées à la séance du %(day)s : elle ne peut plus être retirée."),
                field="rows",
                day=_plain(clock.today(row.starts_at)),
            )


def _take_away(session: Session, event: Event, gone: Sequence[EventSession], now: datetime) -> list[str]:
    """Erase sessions that nobody was told of, call the others off; return what is to be told."""
    language = mail.site(session).language
    say = i18n.translations(language).gettext
    was_told = event.state == EventState.PUBLISHED and event.heads > 0
    said = []
    for row in gone:
        if was_told and row.kind == SessionKind.SESSION:
            row.cancelled_at, row.counts = now, False
            when = i18n.format_range(row.starts_at, row.ends_at, language)
            said.append(say(N_("La séance du %(when)s n’a pas lieu.")) % {"when": when})
        else:
            session.delete(row)
    return said


def _shown(row: EventSession) -> tuple[datetime, datetime, Mode, str]:
    return row.starts_at, row.ends_at, row.mode, row.place


def _moved(session: Session, row: EventSession) -> str:
    language = mail.site(session).language
    say = i18n.translations(language).gettext
    when = i18n.format_range(row.starts_at, row.ends_at, language)
    where = row.place if row.mode != Mode.ONLINE else say(N_("en ligne"))
    name = row.title or say(N_("Séance"))
    return say(N_("« %(name)s » : maintenant %(when)s.")) % {
        "name": name,
        "when": ", ".join(part for part in (when, where) if part),
    }


def _written(event: Event, row: EventSession | None, told: Row) -> EventSession:
    made = row or EventSession()
    made.kind, made.title = told.kind, told.title
    made.starts_at, made.ends_at = told.starts_at, told.ends_at
    made.mode, made.place = told.mode, told.place if told.mode != Mode.ONLINE else ""
    made.partner_id, made.workshop_id, made.counts = told.partner_id, told.workshop_id, told.counts
    if row is None:
        event.sessions.append(made)
    return made
