"""What the tables of a workshop write: a link, and demands that can be corrected until the entry closes.

A demand written at a table is a draft until the coordination closes the entry, or the morning after the day
does. Then it is sent: its words never change any more, and it waits to be read like any other.
"""

import hashlib
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from hub.actors.models.organisations import Organisation
from hub.core import audit, clock, tokens
from hub.core.errors import N_, DomainError
from hub.core.search import fold
from hub.core.tokens import Token
from hub.events.models.days import Event, EventState
from hub.events.models.workshops import Workshop
from hub.recommendations.models.contributions import Channel, Contribution, ContributionState
from hub.recommendations.operations.contributions import OpenPage
from hub.recommendations.queries import tables as queries

PURPOSE = "workshop.table"
AT_TABLE = N_("Table d’un atelier")
MOST_LINKS = 20
MOST_ENTRIES = 500  # in one workshop: far more than its tables write in a day
KEY_LENGTH = 40


@dataclass(frozen=True, slots=True)
class Entry:
    """What a table sees and asks, and the organisation that says it, if one does."""

    table: str
    proposal: str
    finding: str = ""
    organisation: Organisation | None = None


class EntryMovedError(DomainError):
    """Somebody else corrected the demand since the page was opened; `other` is what stands now."""

    def __init__(self, other: Contribution) -> None:
        super().__init__(N_("Cette demande a été corrigée sur un autre appareil. Rien n’est perdu."))
        self.other = other


def closes_at(event: Event) -> datetime:
    """Return when the links of a day's workshops stop: with its last day."""
    return clock.end_of_day(event.last_day)


def make_link(session: Session, workshop: Workshop, *, actor: audit.Actor | str, now: datetime) -> str:
    """Return the raw token of a new link for the tables of a workshop; it ends with the day.

    Raises DomainError for a day that isn't published or is over, or a workshop that has links enough.
    """
    if workshop.event.state != EventState.PUBLISHED:
        raise DomainError(N_("Publiez d’abord la journée."))
    if now >= closes_at(workshop.event):
        raise DomainError(N_("Cette journée est passée."))
    session.refresh(workshop, with_for_update={"of": Workshop})
    if len(session.scalars(queries.links(workshop, PURPOSE, now)).all()) >= MOST_LINKS:
        raise DomainError(N_("Il y a déjà %(most)s liens : retirez-en un d’abord."), most=MOST_LINKS)
    raw = tokens.issue(session, PURPOSE, workshop, now=now, until=closes_at(workshop.event))
    audit.record(session, "workshop.tables_opened", workshop, actor=actor, now=now)
    return raw


def end_link(
    session: Session, workshop: Workshop, number: int, *, actor: audit.Actor | str, now: datetime
) -> bool:
    """End one link; say whether it still held."""
    ended = session.execute(
        update(Token)
        .where(
            Token.id == number,
            Token.purpose == PURPOSE,
            Token.subject_type == Workshop.__tablename__,
            Token.subject_id == workshop.id,
            Token.revoked_at.is_(None),
        )
        .values(revoked_at=now)
    )
    if ended.rowcount:  # type: ignore[attr-defined]
        audit.record(session, "workshop.table_link_ended", workshop, actor=actor, now=now)
    return bool(ended.rowcount)  # type: ignore[attr-defined]


def enter(session: Session, workshop: Workshop, entry: Entry, *, key: str, now: datetime) -> Contribution:
    """Keep what a table writes, as a draft of the workshop's. The same words under the same `key` make one.

    Raises DomainError for a table without a name, no text, or a workshop that has more than can be true.
    """
    _check(entry)
    # Whoever writes in this workshop follows each other: a second click finds the first.
    session.refresh(workshop, with_for_update={"of": Workshop})
    name = _name(workshop, key, entry)
    known = session.scalar(select(Contribution).where(Contribution.client_key == name))
    if known is not None:
        return known
    if session.scalars(queries.number_of_entries(workshop)).one() >= MOST_ENTRIES:
        raise DomainError(N_("Cet atelier a déjà %(most)s demandes."), most=MOST_ENTRIES)
    row = Contribution(
        workshop_id=workshop.id, channel=Channel.WORKSHOP, client_key=name, created_at=now, version=0
    )
    _write(row, entry, OpenPage(number=""), now)
    session.add(row)
    session.flush()
    audit.record(session, "contribution.begun", row, actor=AT_TABLE, now=now)
    return row


def correct(
    session: Session, row: Contribution, entry: Entry, *, page: OpenPage, now: datetime
) -> Contribution:
    """Write a demand anew, from the version that the page shows (`page.shows`).

    Raises EntryMovedError if another page wrote since, DomainError once it is sent.
    """
    _check(entry)
    session.refresh(row, with_for_update={"of": Contribution})
    if row.state != ContributionState.DRAFT:
        raise DomainError(N_("La saisie de cet atelier est close : cette demande ne change plus."))
    if row.saved_by_page != page.number and str(row.version) != page.shows:
        raise EntryMovedError(row)
    _write(row, entry, page, now)
    session.flush()
    audit.record(session, "contribution.corrected", row, actor=AT_TABLE, now=now)
    return row


def close(session: Session, workshop: Workshop, *, actor: audit.Actor | str, now: datetime) -> int:
    """End the workshop's links and send what its tables have written; return how many demands were sent."""
    session.refresh(workshop, with_for_update={"of": Workshop})
    tokens.revoke(session, PURPOSE, workshop, now=now)
    rows = session.scalars(queries.drafts(workshop)).all()
    for row in rows:
        row.state, row.submitted_at = ContributionState.SUBMITTED, now
        session.flush()
        audit.record(session, "contribution.submitted", row, actor=actor, now=now)
    audit.record(
        session,
        "workshop.tables_closed",
        workshop,
        actor=actor,
        now=now,
        changes={"count": [None, len(rows)]},
    )
    return len(rows)


def close_past(session: Session, *, now: datetime) -> int:
    """Send what tables of past days have written and nobody closed; return how many demands were sent."""
    rows = session.scalars(queries.left_open()).all()
    return sum(close(session, row, actor=AT_TABLE, now=now) for row in rows if now >= closes_at(row.event))


def _check(entry: Entry) -> None:
    if not entry.table:
        raise DomainError(N_("Dites quelle est votre table."), field="table")
    if not entry.proposal:
        raise DomainError(N_("Écrivez ce que votre table recommande."), field="proposal")


def _name(workshop: Workshop, key: str, entry: Entry) -> str:
    """Return how the gesture is known: a page that stays open writes several."""
    organisation = entry.organisation.id if entry.organisation is not None else 0
    told = (str(workshop.id), key, entry.table, entry.finding, entry.proposal, str(organisation))
    return hashlib.sha256("\0".join(told).encode()).hexdigest()[:KEY_LENGTH]


def _write(row: Contribution, entry: Entry, page: OpenPage, now: datetime) -> None:
    row.table_name, row.finding, row.proposal = entry.table, entry.finding, entry.proposal
    row.organisation_id = entry.organisation.id if entry.organisation is not None else None
    row.search_text = fold(f"{entry.proposal} {entry.finding}")
    row.saved_at, row.saved_by_page = now, page.number
    row.version = (row.version or 0) + 1
