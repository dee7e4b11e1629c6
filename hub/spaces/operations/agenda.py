"""The points of an agenda: added, put in order, proposed by members, taken or declined. None is erased."""

import hashlib
import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session, joinedload, selectinload

from hub.accounts.models import User
from hub.actors.models.mandates import Person
from hub.actors.models.organisations import Organisation
from hub.core import audit, mail, settings
from hub.core.errors import N_, DomainError
from hub.spaces.models.meetings import AgendaItem, ItemState, Meeting, MeetingState, Purpose

MOST_POINTS = 40
MOST_PROPOSALS = 10  # of one person that wait at a time
IN_PREPARATION = (MeetingState.PLANNED, MeetingState.CONVENED)
BY_LINK = "lien personnel"
LONGEST_MINUTES = 600


@dataclass(frozen=True)
class ItemFacts:
    """What is said of a point; `duration` in minutes."""

    title: str
    purpose: Purpose = Purpose.DISCUSS
    duration: int | None = None
    organisation_id: int | None = None
    detail: str = ""
    is_standing: bool = False


def add(
    session: Session, meeting: Meeting, facts: ItemFacts, *, actor: User | str | None, now: datetime
) -> AgendaItem:
    """Put a point at the end of the agenda.

    Raises DomainError for no title, a duration out of bounds, too many points, or a meeting that is over.
    """
    _lock(session, meeting)
    _check(facts)
    row = _made(session, meeting, facts, now)
    audit.record(session, "point.added", meeting, actor=actor, now=now, changes={"title": [None, row.title]})
    return row


def change(
    session: Session, item: AgendaItem, facts: ItemFacts, *, actor: User | str | None, now: datetime
) -> None:
    """Change what is said of a point. Raises DomainError as `add` does."""
    _lock(session, item.meeting)
    _check(facts)
    values = _values(facts)
    before = {name: getattr(item, name) for name in values}
    changes = audit.differences(before, values)
    if not changes:
        return
    for name, value in values.items():
        setattr(item, name, value)
    session.flush()
    if "detail" in changes:
        changes["detail"] = [None, None]
    audit.record(session, "point.changed", item.meeting, actor=actor, now=now, changes=changes)


def propose(
    session: Session,
    meeting: Meeting,
    facts: ItemFacts,
    *,
    person: Person,
    organisation: Organisation,
    actor: User | str | None,
    now: datetime,
) -> AgendaItem:
    """Let a member propose a point until the meeting begins; whoever prepares it takes or declines the point.

    Raises DomainError as `add` does, once the meeting has begun, and for too many proposals that wait.
    """
    _lock(session, meeting)
    if now >= meeting.starts_at:
        raise DomainError(N_("La réunion a commencé : dites-le à la table."))
    waiting = select(func.count()).where(
        AgendaItem.meeting_id == meeting.id,
        AgendaItem.proposed_by_id == person.id,
        AgendaItem.state == ItemState.PROPOSED,
    )
    if (session.scalar(waiting) or 0) >= MOST_PROPOSALS:
        raise DomainError(N_("Vos propositions précédentes attendent encore une réponse."), field="title")
    _check(facts)
    row = _made(session, meeting, facts, now, state=ItemState.PROPOSED, person=person)
    row.organisation_id = organisation.id
    session.flush()
    audit.record(
        session, "point.proposed", meeting, actor=actor, now=now,
        changes={"title": [None, row.title], "organisation": [None, organisation.name]},
    )  # fmt: skip
    return row


def take(session: Session, item: AgendaItem, words: str, *, actor: User | str | None, now: datetime) -> None:
    """Put a proposed point on the agenda; who proposed it is told. Raises DomainError if it was decided."""
    _decide(session, item, ItemState.AGREED, words)
    item.position = _last_position(session, item.meeting_id) + 1
    session.flush()
    _answer(session, item, now=now)
    audit.record(
        session, "point.taken", item.meeting, actor=actor, now=now, changes={"title": [None, item.title]}
    )


def decline(
    session: Session, item: AgendaItem, words: str, *, actor: User | str | None, now: datetime
) -> None:
    """Decline a proposed point with a word that its author receives. Raises DomainError for no word."""
    if not words.strip():
        raise DomainError(N_("Écrivez un mot à la personne qui propose ce point."), field="reply")
    _decide(session, item, ItemState.DECLINED, words)
    _answer(session, item, now=now)
    audit.record(
        session, "point.declined", item.meeting, actor=actor, now=now, changes={"title": [item.title, None]}
    )


def _decide(session: Session, item: AgendaItem, state: ItemState, words: str) -> None:
    _lock(session, item.meeting)
    session.refresh(item, with_for_update=True)
    if item.state is not ItemState.PROPOSED:
        raise DomainError(N_("Cette proposition a déjà reçu sa réponse. Rechargez la page."))
    item.state, item.reply = state, words.strip()
    session.flush()


def _answer(session: Session, item: AgendaItem, *, now: datetime) -> None:
    """Write to who proposed a point what became of it."""
    author = item.proposed_by
    address = (author.email or (author.user.email if author.user else "")) if author else ""
    if not author or not address:
        return
    meeting = item.meeting
    mail.queue(
        session, "spaces.point_answered", item, address, now=now, version=now.isoformat(timespec="seconds"),
        reply_to=settings.get(session).contact_email, name=author.name, point=item.title, words=item.reply,
        taken=item.state is ItemState.AGREED, meeting=meeting.title, space=meeting.space.name,
        starts_at=meeting.starts_at,
    )  # fmt: skip


def take_off(session: Session, item: AgendaItem, *, actor: User | str | None, now: datetime) -> None:
    """Take a point off the agenda; it can be put back. Raises DomainError if the meeting is over."""
    _lock(session, item.meeting)
    if item.state is ItemState.AGREED:
        item.state = ItemState.DECLINED
        session.flush()
        audit.record(
            session, "point.taken_off", item.meeting, actor=actor, now=now,
            changes={"title": [item.title, None]},
        )  # fmt: skip


def put_back(session: Session, item: AgendaItem, *, actor: User | str | None, now: datetime) -> None:
    """Put a point that was taken off or declined at the end of the agenda."""
    _lock(session, item.meeting)
    if item.state is ItemState.DECLINED:
        item.state, item.position = ItemState.AGREED, _last_position(session, item.meeting_id) + 1
        session.flush()
        audit.record(
            session, "point.added", item.meeting, actor=actor, now=now, changes={"title": [None, item.title]}
        )


def reorder(
    session: Session, meeting: Meeting, numbers: Sequence[int], *, actor: User | str | None, now: datetime
) -> None:
    """Put the points of the agenda into that order. Raises DomainError if they are others by now."""
    _lock(session, meeting)
    known = {item.id: item for item in agreed(session, meeting)}
    if len(numbers) != len(known) or set(numbers) != set(known):
        raise DomainError(N_("L’ordre du jour a changé entre-temps : rechargez la page."))
    for position, number in enumerate(numbers, start=1):
        known[number].position = position
    session.flush()
    audit.record(session, "agenda.reordered", meeting, actor=actor, now=now)


def move(session: Session, item: AgendaItem, *, up: bool, actor: User | str | None, now: datetime) -> None:
    """Move a point by one place; at the end of the way nothing happens."""
    numbers = [one.id for one in agreed(session, item.meeting)]
    if item.id not in numbers:
        raise DomainError(N_("L’ordre du jour a changé entre-temps : rechargez la page."))
    place = numbers.index(item.id)
    other = place - 1 if up else place + 1
    if 0 <= other < len(numbers):
        numbers[place], numbers[other] = numbers[other], numbers[place]
        reorder(session, item.meeting, numbers, actor=actor, now=now)


def carry_over(session: Session, meeting: Meeting, items: Iterable[AgendaItem], *, now: datetime) -> None:
    """Copy points of an earlier meeting to the end of this agenda, without what was noted about them."""
    for item in items:
        facts = ItemFacts(
            title=item.title, purpose=item.purpose, duration=item.duration, detail=item.detail,
            organisation_id=item.organisation_id, is_standing=item.is_standing,
        )  # fmt: skip
        _made(session, meeting, facts, now)


def agreed(session: Session, meeting: Meeting) -> Sequence[AgendaItem]:
    """Return the points on the agenda, in order."""
    rows = select(AgendaItem).where(AgendaItem.meeting_id == meeting.id, AgendaItem.state == ItemState.AGREED)
    in_order = rows.order_by(AgendaItem.position, AgendaItem.id)
    return session.scalars(in_order.options(joinedload(AgendaItem.organisation))).all()


def digest(session: Session, meeting: Meeting) -> str:
    """Return what `digest_of` does of the agenda as the database holds it."""
    rows = select(AgendaItem).where(AgendaItem.meeting_id == meeting.id, AgendaItem.state == ItemState.AGREED)
    whole = rows.options(selectinload(AgendaItem.documents)).execution_options(populate_existing=True)
    return digest_of(session.scalars(whole.order_by(AgendaItem.position, AgendaItem.id)).all())


def digest_of(items: Iterable[AgendaItem]) -> str:
    """Return the SHA-256 of the agenda as members read it: points in order, with their documents."""
    told = [
        [
            item.title, item.purpose.value, item.duration, item.organisation_id, item.detail,
            [[row.title, row.file_id] for row in item.documents if row.withdrawn_at is None],
        ]
        for item in items
    ]  # fmt: skip
    return hashlib.sha256(json.dumps(told).encode()).hexdigest()


def _lock(session: Session, meeting: Meeting) -> None:
    session.refresh(meeting, with_for_update=True)
    if meeting.state not in IN_PREPARATION:
        raise DomainError(N_("Cette réunion a eu lieu ou est annulée : son ordre du jour ne change plus."))


def _check(facts: ItemFacts) -> None:
    if not facts.title.strip():
        raise DomainError(N_("Donnez un titre au point."), field="title")
    if facts.duration is not None and not 1 <= facts.duration <= LONGEST_MINUTES:
        raise DomainError(N_("La durée va de 1 à 600 minutes."), field="duration")


def _values(facts: ItemFacts) -> dict[str, object]:
    return {
        "title": facts.title.strip()[:250],
        "purpose": facts.purpose,
        "duration": facts.duration,
        "organisation_id": facts.organisation_id,
        "detail": facts.detail.strip(),
        "is_standing": facts.is_standing,
    }


def _made(
    session: Session,
    meeting: Meeting,
    facts: ItemFacts,
    now: datetime,
    *,
    state: ItemState = ItemState.AGREED,
    person: Person | None = None,
) -> AgendaItem:
    count = select(func.count()).where(
        AgendaItem.meeting_id == meeting.id, AgendaItem.state != ItemState.DECLINED
    )
    if (session.scalar(count) or 0) >= MOST_POINTS:
        raise DomainError(
            N_("Un ordre du jour compte %(max)d points au plus."), field="title", max=MOST_POINTS
        )
    row = AgendaItem(
        meeting_id=meeting.id, position=_last_position(session, meeting.id) + 1, state=state, notes="",
        notes_version=0, reply="", proposed_by_id=person.id if person else None, created_at=now,
        **_values(facts),
    )  # fmt: skip
    session.add(row)
    session.flush()
    session.expire(meeting, ["items"])
    return row


def _last_position(session: Session, meeting_id: int) -> int:
    return (
        session.scalar(select(func.max(AgendaItem.position)).where(AgendaItem.meeting_id == meeting_id)) or 0
    )
