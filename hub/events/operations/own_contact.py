"""What is held of who asked for others, or was asked, at a day: to take along, and to have erased (G4, G5).

Who signed others up, who gives the names for an organisation, who was invited: they need not come themselves.
One link concerns one of these roles: it shows and erases that one alone, for an invitation may go round.
"""

from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, func, select, update
from sqlalchemy.orm import Session

from hub.core import audit, mail
from hub.core.errors import N_
from hub.core.mail import Message
from hub.events.models.days import EventState
from hub.events.models.registrations import EventInvitation, GroupSignUp, Registration, ReservedPlaces
from hub.events.operations import forgetting, reserving, retention
from hub.events.queries import retention as queries

Role = GroupSignUp | ReservedPlaces | EventInvitation
BY_LINK = "lien personnel"
LEFT_BEHIND = "events.contact_left"


def who(row: Role) -> tuple[str, str | None]:
    """Return the name and the address that a role holds."""
    if isinstance(row, EventInvitation):
        return row.name, row.email
    return row.contact_name, row.contact_email


def roles_of(session: Session, event_id: int, email: str) -> list[Role]:
    """Return the roles that an address (in lower case) has at a day, beside a sign-up of its own."""
    found: list[Role] = []
    for kind in (GroupSignUp, ReservedPlaces, EventInvitation):
        numbers = session.scalars(queries.of_address(kind, event_id, email)).all()
        found += session.scalars(select(kind).where(kind.id.in_(numbers)).order_by(kind.id))
    return found


def collect(session: Session, row: Role) -> dict[str, Any]:
    """Return everything held of that person in that role, as plain values; dates are ISO, in UTC."""
    event = row.event
    return {
        "journee": {
            "titre": event.title,
            "debut": event.starts_at.isoformat(),
            "fin": event.ends_at.isoformat(),
        },
        **_told(session, row),
        "mails": [
            {
                "objet": each.title,
                "adresse": each.recipient,
                "le": each.created_at.isoformat(),
                "texte": mail.SECRET.sub(r"\1…", each.text),
            }
            for each in session.scalars(
                select(Message).where(Message.id.in_(queries.mails_to_contact(row))).order_by(Message.id)
            )
        ],
    }


def _told(session: Session, row: Role) -> dict[str, Any]:
    name, email = who(row)
    mine = {"nom": name, "adresse_mail": email, "le": row.created_at.isoformat()}
    if isinstance(row, GroupSignUp):
        label = row.organisation.name if row.organisation is not None else row.organisation_name
        return {
            "inscription_de_groupe": {
                **mine,
                "telephone": row.contact_phone,
                "organisation": label,
                "personnes_inscrites": _count(session, Registration.group_id == row.id),
            }
        }
    if isinstance(row, ReservedPlaces):
        return {
            "places_reservees": {
                **mine,
                "organisation": row.organisation.name,
                "places": row.seats,
                "noms_donnes": row.filled,
                "noms_jusqu_au": _day(row.release_at),
            }
        }
    return {
        "invitation": {
            **mine,
            "organisation": row.organisation.name if row.organisation is not None else "",
            "places": row.places,
            "envoyee_le": _day(row.sent_at),
            "declinee_le": _day(row.declined_at),
            "retiree_le": _day(row.revoked_at),
            "inscriptions_par_ce_lien": _count(session, Registration.invitation_id == row.id),
        }
    }


def _day(moment: datetime | None) -> str | None:
    return moment.isoformat() if moment is not None else None


def _count(session: Session, which: ColumnElement[bool]) -> int:
    found = select(func.count(Registration.id)).where(which, queries.is_live(), Registration.name != "")
    return session.scalar(found) or 0


def unreachable(session: Session, row: Role) -> int:
    """Return how many people have all their mails through that person, and will get none any more."""
    if row.event.state is not EventState.PUBLISHED or isinstance(row, EventInvitation):
        return 0
    mine = Registration.group_id if isinstance(row, GroupSignUp) else Registration.reserved_id
    without = select(func.count(Registration.id)).where(
        mine == row.id, queries.is_live(), Registration.email.is_(None)
    )
    return session.scalar(without) or 0


def comes_too(session: Session, row: Role) -> bool:
    """Say whether the same address is signed up itself: that is held apart, and has its own link."""
    email = who(row)[1]
    if email is None:
        return False
    own = select(Registration.id).where(
        Registration.event_id == row.event_id, Registration.email == email.lower()
    )
    return session.scalar(own.limit(1)) is not None


def erase(session: Session, row: Role, *, now: datetime) -> None:
    """Forget who it was. The seats of others stay; the organisers are told where nobody answers for them."""
    forget(session, row, now=now)
    audit.record(
        session, "event.contact_erased", row.event, actor=BY_LINK, now=now,
        changes={"role": [row.__tablename__, None]},
    )  # fmt: skip
    if not isinstance(row, ReservedPlaces):
        forgetting.note(session, row, now=now)


def forget(session: Session, row: Role, *, now: datetime) -> None:
    """Forget somebody in one role at a day: in its row, in the mails to them, in its links."""
    left_alone, without = _needs_somebody(row, now), unreachable(session, row)
    about_others = list(session.scalars(queries.mails_about_others(row)))
    kind = type(row)
    retention.forget_contacts(session, kind, [row.id], now)
    if isinstance(row, EventInvitation):
        # Nobody is there to answer: it is neither awaited nor reminded.
        _set(session, row, revoked_at=row.revoked_at or now)
    elif isinstance(row, GroupSignUp):
        # Of a small association one contact is one person.
        _set(session, row, organisation_id=None)
    forgetting.scrub_mails(session, kind, [row.id])
    forgetting.empty_messages(session, about_others)
    session.flush()
    session.expire_all()
    if now < row.event.ends_at and (left_alone or without):
        _tell_organisers(session, row, without, now=now)


def _set(session: Session, row: Role, **values: object) -> None:
    session.execute(
        update(type(row))
        .where(type(row).id == row.id)
        .values(**values)
        .execution_options(synchronize_session=False)
    )


def _needs_somebody(row: Role, now: datetime) -> bool:
    """Say whether names can still be given for an organisation, by nobody from now on."""
    return isinstance(row, ReservedPlaces) and reserving.is_open(row, now)


def _tell_organisers(session: Session, row: Role, without: int, *, now: datetime) -> None:
    """Write to who organises, without naming who left: they look after those who stay."""
    event = row.event
    if not event.contact_email:
        return
    path = "admissions/places" if isinstance(row, ReservedPlaces) else "inscriptions"
    mail.queue(
        session, LEFT_BEHIND, row, event.contact_email, now=now, version=f"{now:%Y-%m-%dT%H:%M:%S}",
        action=(N_("Voir la journée"), f"/journees/{event.slug}/{path}"),
        title=event.title, starts_at=event.starts_at, without=without,
        organisation=row.organisation.name if isinstance(row, ReservedPlaces) else "",
    )  # fmt: skip
