"""Mails that go to many, in batches; killed halfway and taken up again, nobody is written to twice.

What is still to be written is read anew at each beginning: each mail is a row of its batch's transaction.
"""

from collections.abc import Collection, Sequence
from typing import Any, cast

from hub.core import clock, jobs
from hub.core.errors import N_
from hub.events.models.days import Event, EventNotice, EventState
from hub.events.models.letters import LetterKind
from hub.events.models.registrations import (
    LIVE,
    EventInvitation,
    Registration,
    RegistrationState,
    ReservedPlaces,
)
from hub.events.operations import admission, letters, mailings, reserving
from hub.events.queries import admission as admission_queries
from hub.events.queries import letters as queries

BATCH = 25  # people in one short transaction
WRITING = N_("Les mails s’écrivent")
CALLED_OFF_JOB = "events.tell_called_off"


def _tell(
    context: jobs.JobContext,
    event: int,
    kind: LetterKind,
    *,
    version: str,
    states: Collection[RegistrationState],
    words: dict[str, Any],
    online: Sequence[str] = (),
) -> int:
    """Write one mail to each whom it is still to be written to; return how many that were."""
    written = 0
    with context.read() as session:
        numbers = session.scalars(queries.due(event, kind, version, states)).all()
    for start in range(0, len(numbers), BATCH):
        context.progress(100 * start // len(numbers), WRITING)
        with context.write() as session:
            for number in numbers[start : start + BATCH]:
                row = session.get_one(Registration, number)
                said = _words_for(row, words, online)
                if row.state in states and said is not None:  # may have been cancelled meanwhile
                    letters.send(session, row, kind, now=clock.now(), version=version, **said)
                    written += 1
    return written


def _words_for(row: Registration, words: dict[str, Any], online: Sequence[str]) -> dict[str, Any] | None:
    """Return what one person reads of what changed, some of it online only; None where nothing is left."""
    if not online:
        return words
    changes = [*words["changes"], *(online if row.follows_online else ())]
    return {**words, "changes": changes} if changes else None


@jobs.job(letters.TELL_JOB)
def tell_all(
    context: jobs.JobContext,
    *,
    event: int,
    kind: str,
    version: str,
    words: dict[str, Any],
    online: Sequence[str] = (),
) -> dict[str, Any]:
    """Write to everybody signed up, offered a seat, waiting or to be decided; `online` to some of them."""
    told = _tell(context, event, LetterKind(kind), version=version, states=LIVE, words=words, online=online)
    return {"told": told}


@jobs.job(letters.NOTICE_JOB)
def tell_notice(context: jobs.JobContext, notice: int) -> dict[str, Any]:
    """Write a temporary notice to everybody whom the day concerns, unless it was withdrawn meanwhile."""
    with context.read() as session:
        row = session.get(EventNotice, notice)
        if row is None or row.withdrawn_at is not None:
            return {"told": 0}
        event, text = row.event_id, row.text
    told = _tell(
        context, event, LetterKind.NOTICE, version=letters.notice_version(notice), states=LIVE,
        words={"notice": text},
    )  # fmt: skip
    return {"told": told}


@jobs.job(CALLED_OFF_JOB)
def tell_called_off(context: jobs.JobContext, event: int) -> dict[str, Any]:
    """Write that the day is called off to everybody signed up or waiting, invited, or naming people."""
    told = _tell(context, event, LetterKind.CALLED_OFF, version="1", states=LIVE, words={})
    with context.read() as session:
        invited = session.scalars(queries.still_invited(event)).all()
        reserved = session.scalars(queries.still_reserved(event)).all()
    others: list[tuple[type[EventInvitation | ReservedPlaces], int]] = [
        (EventInvitation, number) for number in invited
    ]
    others += [(ReservedPlaces, number) for number in reserved]
    for start in range(0, len(others), BATCH):
        context.progress(99, WRITING)
        with context.write() as session:
            for table, number in others[start : start + BATCH]:
                row = cast("EventInvitation | ReservedPlaces", session.get_one(table, number))
                letters.tell_other_called_off(session, row, now=clock.now())
    return {"told": told, "others": len(others)}


@jobs.job(mailings.LETTER_JOB)
def send_letter(context: jobs.JobContext, event: int, kind: str, version: int) -> dict[str, Any]:
    """Send the reminder or the practical information at its hour; one whose hour moved has a later job."""
    word = LetterKind(kind)
    with context.read() as session:
        row = session.get_one(Event, event)
        letter = mailings.due(session, row, word, version=version, now=clock.now())
        if letter is None or row.state is not EventState.PUBLISHED:
            return {"told": 0}
    told = _tell(context, event, word, version=str(version), states={RegistrationState.CONFIRMED}, words={})
    with context.write() as session:
        mailings.mark_sent(session, event, word, version=version, now=clock.now())
    return {"told": told}


@jobs.job(admission.INVITE_JOB)
def send_invitations(context: jobs.JobContext, event: int, stamp: str, reminds: bool) -> dict[str, Any]:
    """Write the invitations that haven't left, or remind those that have no answer."""
    with context.read() as session:
        row = session.get_one(Event, event)
        asked = admission_queries.silent(row) if reminds else admission_queries.unsent(row)
        numbers = session.scalars(asked.order_by("id")).all()
    written = 0
    for start in range(0, len(numbers), BATCH):
        context.progress(100 * start // len(numbers), WRITING)
        with context.write() as session:
            for number in numbers[start : start + BATCH]:
                written += admission.write_invitation(
                    session, number, stamp=stamp, reminds=reminds, now=clock.now()
                )
    return {"told": written}


@jobs.job(letters.INVITED_JOB)
def tell_invited(
    context: jobs.JobContext, event: int, version: str, changes: Sequence[str]
) -> dict[str, Any]:
    """Write what has changed in a day to whoever was invited and hasn't answered; done twice, it is once."""
    with context.read() as session:
        asked = admission_queries.silent(session.get_one(Event, event))
        numbers = session.scalars(asked.order_by("id")).all()
    written = 0
    for start in range(0, len(numbers), BATCH):
        context.progress(100 * start // len(numbers), WRITING)
        with context.write() as session:
            for number in numbers[start : start + BATCH]:
                written += admission.tell_moved(
                    session, number, version=version, changes=changes, now=clock.now()
                )
    return {"told": written}


@jobs.job(reserving.RELEASE_JOB)
def release_places(context: jobs.JobContext, places: int) -> dict[str, Any]:
    """Free the places without name once the last day for names is over."""
    with context.write() as session:
        return {"freed": reserving.release_due(session, places, now=clock.now())}
