"""The mails that go with a sign-up. Diets and needs are never written in one (G3)."""

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy.orm import Session

from hub.core import mail, tokens
from hub.core.errors import N_
from hub.events.models.letters import LetterKind
from hub.events.models.registrations import Registration
from hub.events.models.workshops import Workshop
from hub.events.operations import calendar

PURPOSE = "registration"
# A personal link outlives the day, so that one can still look up what one had.
LINK_OUTLIVES_DAY = timedelta(days=90)


def issue_link(session: Session, registration: Registration, *, now: datetime) -> str:
    """Return a new raw token for somebody's own page."""
    until = max(registration.event.ends_at, now) + LINK_OUTLIVES_DAY
    return tokens.issue(session, PURPOSE, registration, now=now, until=until)


def send(
    session: Session,
    registration: Registration,
    kind: LetterKind,
    *,
    now: datetime,
    version: str = "1",
    **words: Any,
) -> None:
    """Queue one mail about a sign-up, once for each version, in the caller's transaction."""
    _send(session, registration, f"events.{kind}", now=now, version=version, **words)


def confirm(session: Session, registration: Registration, *, now: datetime) -> None:
    """Tell that the seat is reserved."""
    _send(session, registration, "events.confirmed", now=now, version="1")


def tell_change(session: Session, registration: Registration, *, now: datetime) -> None:
    """Tell what is reserved after a change."""
    _send(session, registration, "events.changed", now=now, version=str(registration.sequence))


def tell_cancelling(session: Session, registration: Registration, *, now: datetime) -> None:
    """Tell that the seat is given back."""
    _send(session, registration, "events.cancelled", now=now, version="1")


def tell_called_off(session: Session, registration: Registration, *, now: datetime) -> None:
    """Tell that the day does not take place."""
    _send(session, registration, "events.called_off", now=now, version="1")


def send_link(session: Session, registration: Registration, *, now: datetime) -> None:
    """Send the personal link again, at most once an hour, so that nobody can flood a letter box."""
    _send(session, registration, "events.link", now=now, version=f"{now:%Y-%m-%dT%H}")


def _send(
    session: Session, registration: Registration, kind: str, *, now: datetime, version: str, **more: Any
) -> None:
    if registration.email is None:
        return
    event = registration.event
    mail.queue(
        session,
        kind,
        registration,
        registration.email,
        now=now,
        version=version,
        attachments=[calendar.attachment(registration, mail.site(session), now=now)],
        reply_to=event.contact_email,
        action=(
            N_("Voir mon inscription"),
            f"/inscription/{issue_link(session, registration, now=now)}",
        ),
        **_words(registration),
        **more,
    )


def _words(registration: Registration) -> dict[str, Any]:
    event = registration.event
    return {
        "name": registration.name,
        "title": event.title,
        "starts_at": event.starts_at,
        "ends_at": event.ends_at,
        "doors_at": event.doors_at,
        "place": ", ".join(part for part in (event.place_name, event.place_address) if part),
        "workshops": [_in_full(choice.workshop) for choice in registration.choices],
        "meal": registration.meal_id is not None,  # which one would outlive the day in the mail
        "reason": event.cancel_reason,
        "contact": ", ".join(
            part for part in (event.contact_name, event.contact_email, event.contact_phone) if part
        ),
    }


def _in_full(workshop: Workshop) -> str:
    return f"{workshop.title} ({workshop.room})" if workshop.room else workshop.title
