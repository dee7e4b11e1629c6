"""Blanking what people told so that they could eat and take part (G3), emptying mails, telling what went."""

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import Select, delete, func, or_, select, update
from sqlalchemy.orm import Session

from hub.core import jobs
from hub.core.db import Base
from hub.core.jobs import Job
from hub.core.mail import Message, MessageState, strike_out
from hub.core.tokens import Token
from hub.events.models.days import Event
from hub.events.models.registrations import (
    EventInvitation,
    GroupSignUp,
    Registration,
    registration_diet,
)
from hub.events.models.retention import Kept, Retention
from hub.events.queries import retention as queries

NOTE_JOB = "events.note_forgotten"
# Days after the day's end: as it stands without a rule of its own, and the most that a rule may say.
USUAL: Mapping[Kept, tuple[int, int]] = {
    Kept.NEEDS: (0, 14),
    Kept.ELIGIBILITY: (30, 365),
    Kept.ANSWERS: (90, 730),
    Kept.PHONE: (7, 365),
    Kept.IDENTITY: (365, 1825),
    Kept.PRESENCE: (730, 1825),
    Kept.EVALUATION: (365, 1825),
    Kept.CERTIFICATE: (3650, 7300),
}


def blank_needs(session: Session, numbers: Select[int] | list[int]) -> int:
    """Blank diets, meals, access and language needs of some sign-ups; return how many had any."""
    mine = Registration.id.in_(numbers)
    told = session.scalar(
        select(func.count(Registration.id)).where(
            mine,
            or_(
                Registration.diet != "",
                Registration.access_needs != "",
                Registration.languages != "",
                Registration.meal_id.is_not(None),
            ),
        )
    )
    listed = session.execute(
        delete(registration_diet).where(registration_diet.c.registration_id.in_(numbers))
    )
    session.execute(
        update(Registration)
        .where(mine)
        .values(diet="", access_needs="", languages="", meal_id=None, needs_consent_at=None)
        .execution_options(synchronize_session=False)
    )
    session.expire_all()
    return max(told or 0, int(listed.rowcount))  # type: ignore[attr-defined]


def tell(session: Session, event: Event, kept: Kept, count: int, *, now: datetime) -> None:
    """Note on the day's rule that so many were erased, so that its page can show it (G6)."""
    row = next((each for each in event.retentions if each.kept == kept), None)
    if row is None:
        row = Retention(kept=kept, days=USUAL[kept][0])
        event.retentions.append(row)
    row.done_at, row.erased = now, (row.erased or 0) + count
    session.flush()


def scrub_mails(session: Session, who: type[Base], numbers: list[int]) -> None:
    """Empty the mails about some rows and forget their links."""
    empty_mails(session, who, numbers)
    session.execute(delete(Token).where(Token.id.in_(queries.links_to(who.__tablename__, numbers))))


def empty_mails(session: Session, who: type[Base], numbers: list[int]) -> None:
    """Empty the mails about some rows; that they went out stays, so none goes twice."""
    empty_messages(session, list(session.scalars(queries.mails_about(who.__tablename__, numbers))))


def empty_messages(session: Session, mails: list[int]) -> None:
    """Empty some mails, and the errors of their sending."""
    # What has not left will never leave: its job finds nothing to deliver.
    session.execute(
        delete(Message).where(
            Message.id.in_(mails), Message.state.in_((MessageState.QUEUED, MessageState.FAILED))
        )
    )
    session.execute(
        update(Message)
        .where(Message.id.in_(mails))
        .values(
            recipient="", title="", text="", html="", attachments=[], draft=None, unsubscribe="", error=""
        )
    )
    told = set(mails)
    for job in session.scalars(select(Job).where(Job.name == "mail.deliver", Job.error != "")):
        if job.arguments.get("message") in told:
            job.error = ""


def note(
    session: Session,
    row: Registration | GroupSignUp | EventInvitation,
    *,
    certificates: bool = False,
    now: datetime,
) -> None:
    """Have it noted outside the database that a row was erased on demand: no restore undoes it (G5)."""
    jobs.enqueue(
        session, NOTE_JOB, now=now, table=row.__tablename__, number=row.id,
        made_at=row.created_at.isoformat(), certificates=certificates,
    )  # fmt: skip


def strike_name(session: Session, name: str, mails: Select[int]) -> None:
    """Take somebody's name out of mails that went, or go, to others."""
    for message in session.scalars(select(Message).where(Message.id.in_(mails))):
        strike_out(message, name)
    session.flush()
