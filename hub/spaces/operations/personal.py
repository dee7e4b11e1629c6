"""The personal link of whoever sits in a space: their spaces and their actions, without account."""

from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from hub.actors.models.mandates import Person
from hub.core import clock, mail, settings, tokens
from hub.core.errors import N_
from hub.spaces.queries import mine

PURPOSE = "spaces.mine"
LIFETIME = timedelta(days=60)


def token(session: Session, person: Person, now: datetime) -> str:
    """Return a new raw token that opens the person's pages (`/mes-espaces/…`, `/mes-actions/…`) for 60 days.

    What the pages show is asked anew each time: a mandate that has ended opens nothing more.
    """
    return tokens.issue(session, PURPOSE, person, now=now, lifetime=LIFETIME)


def path(session: Session, person: Person, now: datetime) -> str:
    """Return the address of the person's own spaces, with a new token."""
    return f"/mes-espaces/{token(session, person, now)}"


def send_link(session: Session, email: str, *, version: str, now: datetime) -> int:
    """Mail their links to whoever holds a mandate today and is reached at that address; return how many."""
    found = session.scalars(mine.people_at(email, clock.today(now))).all()
    for person in found:
        mail.queue(
            session, "spaces.mine", person, email, now=now, version=version,
            reply_to=settings.get(session).contact_email,
            action=(N_("Ouvrir mes espaces"), path(session, person, now)), name=person.name,
            days=LIFETIME.days,
        )  # fmt: skip
    return len(found)
