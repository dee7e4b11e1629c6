"""What is held of one person signed up, for themselves: to take along, and to have erased (G4, G5)."""

from datetime import datetime
from typing import Any

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from hub.core import audit
from hub.core.mail import Message
from hub.events.models.days import EventSession
from hub.events.models.outcomes import Certificate, Presence
from hub.events.models.registrations import Answer, Registration, RegistrationState
from hub.events.operations import forgetting, retention, sign_up

BY_LINK = "lien personnel"


def collect(session: Session, row: Registration) -> dict[str, Any]:
    """Return everything held of that sign-up, as plain values; dates are ISO, in UTC."""
    event = row.event
    return {
        "journee": {
            "titre": event.title,
            "debut": event.starts_at.isoformat(),
            "fin": event.ends_at.isoformat(),
        },
        "inscription": {
            "nom": row.name,
            "adresse_mail": row.email,
            "telephone": row.phone,
            "organisation": row.organisation_label,
            "etat": row.state.value,
            "participation": row.mode.value,
            "voie": row.channel.value,
            "langue": row.language,
            "inscrit_le": row.created_at.isoformat(),
            "modifie_le": row.updated_at.isoformat(),
            "lettre_d_information_demandee_le": _day(row.newsletter_at),
        },
        "inscription_de_groupe": _group(row),
        "besoins": {
            "repas": row.meal.label if row.meal is not None else None,
            "regimes": [diet.label for diet in row.diets],
            "autre_regime": row.diet,
            "acces": row.access_needs,
            "langues": row.languages,
            "accord_donne_le": _day(row.needs_consent_at),
        },
        "ateliers": [choice.workshop.title for choice in row.choices],
        "souhaits": [{"rang": wish.rank, "atelier": wish.workshop.title} for wish in row.wishes],
        "listes_d_attente": [
            {"atelier": wait.workshop.title, "etat": wait.state.value, "depuis": wait.queued_at.isoformat()}
            for wait in row.waits
        ],
        "reponses": [{"question": each.question.label, "reponse": each.value} for each in row.answers],
        "presences": _presences(session, row),
        "attestations": _certificates(session, row),
        "mails": _mails(session, row),
    }


def _day(moment: datetime | None) -> str | None:
    return moment.isoformat() if moment is not None else None


def _group(row: Registration) -> dict[str, Any] | None:
    if row.group is None:
        return None
    return {"inscrit_par": row.group.contact_name, "le": row.group.created_at.isoformat()}


def _presences(session: Session, row: Registration) -> list[dict[str, Any]]:
    there = (
        select(Presence, EventSession)
        .join(EventSession, EventSession.id == Presence.session_id)
        .where(Presence.registration_id == row.id)
        .order_by(EventSession.starts_at)
    )
    return [
        {"seance": moment.title, "debut": moment.starts_at.isoformat(), "present": presence.was_there}
        for presence, moment in session.execute(there).all()
    ]


def certificates(row: Registration) -> Any:
    """Select the certificates of that sign-up that still bear a name."""
    return select(Certificate).where(Certificate.registration_id == row.id, Certificate.purged_at.is_(None))


def _certificates(session: Session, row: Registration) -> list[dict[str, Any]]:
    return [
        {"numero": each.serial, "nom": each.name, "minutes": each.minutes, "le": each.issued_at.isoformat()}
        for each in session.scalars(certificates(row))
    ]


def _mails(session: Session, row: Registration) -> list[dict[str, Any]]:
    sent = select(Message).where(Message.subject_type == "registration", Message.subject_id == row.id)
    return [
        {"objet": each.title, "adresse": each.recipient, "le": each.created_at.isoformat()}
        for each in session.scalars(sent.order_by(Message.id))
    ]


def erase(session: Session, row: Registration, *, with_certificates: bool, now: datetime) -> None:
    """Give the seat back if the day is still to come, and forget who it was.

    Certificates stay valid until their own time, unless the person wants them forgotten too.
    """
    if row.is_live and now < row.event.ends_at:
        sign_up.cancel(session, row, actor=BY_LINK, now=now)
    forgetting.blank_needs(session, [row.id])
    session.execute(delete(Answer).where(Answer.registration_id == row.id))
    if with_certificates:
        retention.forget_certificates(session, [each.id for each in session.scalars(certificates(row))], now)
    retention.make_nobody(session, [row.id], now)
    # Of a small association one sign-up is one person.
    row.organisation_id = None
    retention.scrub_mails(session, Registration, [row.id])
    retention.forget_papers(session, row.event)
    session.flush()
    session.expire_all()
    audit.record(session, "registration.erased", row, actor=BY_LINK, now=now)


def is_cancelled_by_erasing(row: Registration, now: datetime) -> bool:
    """Say whether erasing gives a seat, or a place in a list, back."""
    return row.state != RegistrationState.CANCELLED and row.is_live and now < row.event.ends_at
