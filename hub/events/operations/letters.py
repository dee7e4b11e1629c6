"""The mails that go with a day. Diets and needs are never written in one (G3).

Each is queued in the transaction that needs it, once for each row, kind and version: done again, nothing is
sent twice. A day may have its own words for each kind (`EventLetter`, `operations/wording.py`).
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.core import jobs, mail, tokens
from hub.core.errors import N_
from hub.events.models.days import Event, EventNotice, Mode
from hub.events.models.letters import EventLetter, LetterKind
from hub.events.models.registrations import EventInvitation, Registration, ReservedPlaces
from hub.events.operations import calendar, wording

PURPOSE = "registration"
INVITATION_PURPOSE = "events.invitation"
RESERVED_PURPOSE = "events.reserved"
# A personal link outlives the day, so that one can still look up what one had.
LINK_OUTLIVES_DAY = timedelta(days=90)
TELL_JOB = "events.tell_all"
NOTICE_JOB = "events.tell_notice"
INVITED_JOB = "events.tell_invited"
# With these goes the entry for a calendar, and with those the one that takes it away again.
ENTERS = {
    LetterKind.CONFIRMED,
    LetterKind.CHANGED,
    LetterKind.PROMOTED,
    LetterKind.ALLOTTED,
    LetterKind.WORKSHOP_PROMOTED,
    LetterKind.PRACTICAL,
    LetterKind.REMINDER,
}
LEAVES = {LetterKind.CANCELLED, LetterKind.CALLED_OFF, LetterKind.PUT_BACK}
GETS_SEAT = {LetterKind.CONFIRMED, LetterKind.PROMOTED}
ACTION = N_("Voir mon inscription")


def issue_link(session: Session, registration: Registration, *, now: datetime) -> str:
    """Return a new raw token for somebody's own page."""
    return _issue(session, PURPOSE, registration, registration.event, now)


def _issue(
    session: Session, purpose: str, row: Registration | EventInvitation | ReservedPlaces, event: Event,
    now: datetime,
) -> str:  # fmt: skip
    return tokens.issue(session, purpose, row, now=now, until=max(event.ends_at, now) + LINK_OUTLIVES_DAY)


def send(
    session: Session,
    registration: Registration,
    kind: LetterKind,
    *,
    now: datetime,
    version: str = "1",
    path: str = "",
    **words: Any,
) -> None:
    """Queue one mail about a sign-up, once for each version, in the caller's transaction.

    `path` is where its link leads, the personal page if none is given. `words` that the usual texts know:
    `place_in_line` (int), `workshop` and `gives_up` (titles), `until` (a moment), `explanations` and
    `changes` (sentences), `moved` (the day itself changed), `given_to` (a name), `number`, `notice`.
    Without an address it goes to who signed the person up.
    """
    to = recipient(registration)
    if to is None:
        return
    own = wording.own_words(session, registration.event, kind)
    _queue(
        session, registration, kind, to, own.get(kind), now=now, version=version,
        path=path or f"/inscription/{issue_link(session, registration, now=now)}", **words,
    )  # fmt: skip
    practical = own.get(LetterKind.PRACTICAL)
    if kind in GETS_SEAT and practical is not None and practical.sent_at is not None:
        # Who gets a seat late reads what the others were told.
        late = str(practical.version)
        send(session, registration, LetterKind.PRACTICAL, now=now, version=late, path=path)


def recipient(registration: Registration) -> tuple[str, str] | None:
    """Return (address, name) of who is written to about a sign-up: the person, or who signed them up."""
    if registration.email:
        return registration.email, registration.name
    group = registration.group
    if group is not None and group.contact_email:
        return group.contact_email, group.contact_name
    reserved = registration.reserved
    if reserved is not None and reserved.contact_email:
        return reserved.contact_email, reserved.contact_name
    return None


def _queue(
    session: Session,
    registration: Registration,
    kind: LetterKind,
    to: tuple[str, str],
    own: EventLetter | None,
    *,
    now: datetime,
    version: str,
    path: str,
    **words: Any,
) -> None:
    address, name = to
    event = registration.event
    entry = _calendar(session, registration, kind, now=now)
    known = {
        **wording.facts_of(event, now=now),
        **wording.words_of(registration),
        "addressee": name,
        "about": "" if registration.email else registration.name,
        "with_calendar": bool(entry),
        **words,
    }
    action = (wording.ACTIONS.get(kind, ACTION), path)
    if known["moved"]:  # the day's words for a change of one's own would hide what moved
        own = None
    template, context = wording.chosen(session, own, kind, known, action)
    mail.note(
        session,
        f"events.{kind}",
        registration,
        address,
        now=now,
        version=version,
        attachments=entry,
        reply_to=event.contact_email,
        template=template,
        action=action,
        **context,
    )


def _calendar(
    session: Session, registration: Registration, kind: LetterKind, *, now: datetime
) -> list[mail.Later]:
    enters = kind in ENTERS and registration.is_confirmed
    if enters or (kind in LEAVES and _has_entry(session, registration)):
        return [calendar.attachment(registration, mail.site(session), now=now)]
    return []


def _has_entry(session: Session, registration: Registration) -> bool:
    """Say whether a mail put the day into the person's calendar."""
    kinds = [f"events.{kind}" for kind in ENTERS]
    mails = select(mail.Message.attachments).where(
        mail.Message.subject_type == Registration.__tablename__,
        mail.Message.subject_id == registration.id,
        mail.Message.kind.in_(kinds),
    )
    return any(session.scalars(mails))


def confirm(session: Session, registration: Registration, *, now: datetime) -> None:
    """Tell that the seat is reserved."""
    send(session, registration, LetterKind.CONFIRMED, now=now)


def tell_change(session: Session, registration: Registration, *, now: datetime) -> None:
    """Tell what is reserved after a change."""
    send(session, registration, LetterKind.CHANGED, now=now, version=str(registration.sequence))


def tell_cancelling(session: Session, registration: Registration, *, now: datetime) -> None:
    """Tell that the seat is given back."""
    send(session, registration, LetterKind.CANCELLED, now=now)


def tell_called_off(session: Session, registration: Registration, *, now: datetime) -> None:
    """Tell that the day does not take place."""
    send(session, registration, LetterKind.CALLED_OFF, now=now)


def send_link(session: Session, registration: Registration, *, now: datetime) -> None:
    """Send the personal link again, at most once an hour, so that nobody can flood a letter box."""
    to = recipient(registration)
    if to is None:
        return
    path = f"/inscription/{issue_link(session, registration, now=now)}"
    _write_link(session, registration, to, path, now=now)


def _write_link(
    session: Session, registration: Registration, to: tuple[str, str], path: str, *, now: datetime
) -> None:
    event = registration.event
    mail.note(
        session,
        "events.link",
        registration,
        to[0],
        now=now,
        version=f"{now:%Y-%m-%dT%H}",
        reply_to=event.contact_email,
        action=(ACTION, path),
        **{
            **wording.facts_of(event, now=now),
            **wording.words_of(registration),
            "addressee": to[1],
            "about": "" if registration.email else registration.name,
            "with_calendar": False,
        },
    )


# --- To everybody whom a day concerns -------------------------------------------------------------


def tell_notice(session: Session, notice: EventNotice, *, now: datetime) -> None:
    """Write a temporary notice to everybody who is signed up or waits; a job does it, once to each.

    A notice that was mailed already is left alone.
    """
    if notice.mailed_at is not None or notice.withdrawn_at is not None:
        return
    notice.mailed_at = now
    session.flush()
    jobs.enqueue(session, NOTICE_JOB, now=now, subject=notice.event, notice=notice.id)


def notice_version(notice: int) -> str:
    """Return the version under which a notice is mailed: once for each."""
    return f"avis-{notice}"


def tell_moved(
    session: Session, event: Event, *, now: datetime, changes: Sequence[str] = (), online: Sequence[str] = ()
) -> None:
    """Write to everybody who is signed up or waits that the day itself changed, with the entry for calendars.

    `changes` and `online` are sentences, the latter for those who follow online alone: where they are all
    there is, nobody else is written to. Each version of the day (`event.sequence`) is told once.
    """
    jobs.enqueue(
        session, TELL_JOB, now=now, subject=event, event=event.id, kind=LetterKind.CHANGED.value,
        version=f"day-{event.sequence}", words={"moved": True, "changes": list(changes)},
        online=list(online),
    )  # fmt: skip


# --- To who is not signed up ----------------------------------------------------------------------


def tell_invited(session: Session, event: Event, *, now: datetime, changes: Sequence[str]) -> None:
    """Write to everybody invited who hasn't answered that the day itself changed; a job does it."""
    jobs.enqueue(
        session, INVITED_JOB, now=now, subject=event, event=event.id, version=f"day-{event.sequence}",
        changes=list(changes),
    )  # fmt: skip


def invite(
    session: Session,
    invitation: EventInvitation,
    *,
    now: datetime,
    version: str = "1",
    reminds: bool = False,
    changes: Sequence[str] = (),
) -> None:
    """Queue the mail that asks an address to a day; `changes` are sentences that say what is new in it."""
    if invitation.email is None:
        return
    event = invitation.event
    raw = _issue(session, INVITATION_PURPOSE, invitation, event, now)
    words = {
        "name": invitation.name,
        "organisation": invitation.organisation.name if invitation.organisation else "",
        "places": invitation.places,
        "is_reminder": reminds,
        "changes": list(changes),
    }
    action = (wording.ACTIONS[LetterKind.INVITED], f"/invitation-journee/{raw}")
    _queue_other(
        session, invitation, LetterKind.INVITED, invitation.email, words, action=action, now=now,
        version=version,
    )  # fmt: skip


def tell_reserved(
    session: Session,
    places: ReservedPlaces,
    *,
    now: datetime,
    version: str = "1",
    changes: Sequence[str] = (),
) -> None:
    """Queue the mail with the page where an organisation's representative says who comes.

    `changes` are sentences that say what is new in the day.
    """
    if places.contact_email is None:
        return
    raw = _issue(session, RESERVED_PURPOSE, places, places.event, now)
    words = {
        "name": places.contact_name,
        "organisation": places.organisation.name,
        "places": places.seats,
        "release_at": places.release_at,
        "is_online": places.mode == Mode.ONLINE,
        "changes": list(changes),
    }
    action = (wording.ACTIONS[LetterKind.RESERVED], f"/places/{raw}")
    _queue_other(
        session, places, LetterKind.RESERVED, places.contact_email, words, action=action, now=now,
        version=version,
    )  # fmt: skip


def tell_other_called_off(session: Session, row: EventInvitation | ReservedPlaces, *, now: datetime) -> None:
    """Tell who was invited, or names people for an organisation, that the day does not take place."""
    if isinstance(row, EventInvitation):
        to, name = row.email, row.name
    else:
        to, name = row.contact_email, row.contact_name
    if to is None:
        return
    words = {"name": name}
    action = (N_("Voir la journée"), f"/journees/{row.event.slug}")
    _queue_other(session, row, LetterKind.CALLED_OFF, to, words, action=action, now=now, version="1")


def _queue_other(
    session: Session,
    row: EventInvitation | ReservedPlaces,
    kind: LetterKind,
    to: str,
    words: dict[str, Any],
    *,
    action: tuple[str, str],
    now: datetime,
    version: str,
) -> None:
    event = row.event
    known = {
        **wording.facts_of(event, now=now),
        **wording.NOBODY,
        "is_online": event.mode == Mode.ONLINE,
        "addressee": words["name"],
        "with_calendar": False,
        **words,
    }
    own = wording.own_words(session, event, kind).get(kind)
    if known["changes"]:  # the day's own words would hide what is new
        own = None
    template, context = wording.chosen(session, own, kind, known, action)
    mail.note(
        session, f"events.{kind}", row, to, now=now, version=version, reply_to=event.contact_email,
        template=template, action=action, **context,
    )  # fmt: skip
