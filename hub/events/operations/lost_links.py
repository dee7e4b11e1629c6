"""One's links to a day again, by mail: whatever is held of an address there, its owner reaches it (G4)."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.core import mail, tokens
from hub.core.errors import N_
from hub.events.models.days import Event
from hub.events.models.registrations import LIVE, EventInvitation, GroupSignUp, Registration, ReservedPlaces
from hub.events.operations import groups, letters, news, own_contact
from hub.events.queries import sign_up as sign_up_queries
from hub.events.values import addresses

KIND = "events.held"
# Where each page of « what is held of you » is: its role in the mail, its purpose, its path.
PAGES = {
    Registration: ("registration", letters.PURPOSE, "/inscription"),
    GroupSignUp: ("group", groups.PURPOSE, "/groupe"),
    ReservedPlaces: ("places", letters.RESERVED_PURPOSE, "/places"),
    EventInvitation: ("invitation", letters.INVITATION_PURPOSE, "/invitation-journee"),
}


def send(session: Session, event: Event, email: str, *, now: datetime) -> None:
    """Send an address the links to what is held of it at a day, each at most once an hour.

    Who asks can't tell whether there is anything (S10).
    """
    clean = addresses.normal(email)
    live = session.scalar(sign_up_queries.live_sign_up(event, clean))
    if live is not None:
        letters.send_link(session, live, now=now)
    else:
        ended = select(Registration).where(
            Registration.event_id == event.id, Registration.email == clean, Registration.state.not_in(LIVE)
        )
        latest = session.scalar(ended.order_by(Registration.id.desc()).limit(1))
        if latest is not None:
            _write(session, latest, clean, now=now)
    for row in own_contact.roles_of(session, event.id, clean):
        _write(session, row, clean, now=now)
    consent = session.scalar(sign_up_queries.consent_of(clean))
    if consent is not None:
        news.tell(session, consent, consent.event or event, version=f"{now:%Y-%m-%dT%H}", now=now)


def _write(
    session: Session,
    row: Registration | own_contact.Role,
    email: str,
    *,
    now: datetime,
) -> None:
    role, purpose, path = PAGES[type(row)]
    event = row.event
    until = max(event.ends_at, now) + letters.LINK_OUTLIVES_DAY
    raw = tokens.issue(session, purpose, row, now=now, until=until)
    mail.queue(
        session, KIND, row, email, now=now, version=f"{now:%Y-%m-%dT%H}", reply_to=event.contact_email,
        action=(N_("Voir ce qui me concerne"), f"{path}/{raw}/mes-donnees"),
        role=role, title=event.title, starts_at=event.starts_at,
    )  # fmt: skip
