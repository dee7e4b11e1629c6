"""What is held of one person signed up, for themselves: to take along, and to have erased (G4, G5)."""

from datetime import datetime
from typing import Any

from sqlalchemy import delete, or_, select
from sqlalchemy.orm import Session

from hub.accounts.models import User
from hub.core import audit, mail
from hub.core.mail import Message
from hub.events.models.days import EventSession
from hub.events.models.outcomes import Certificate, Presence
from hub.events.models.registrations import (
    Answer,
    EventInvitation,
    GroupSignUp,
    Registration,
    RegistrationState,
    ReservedPlaces,
)
from hub.events.operations import forgetting, own_contact, retention, sign_up
from hub.events.queries import retention as queries
from hub.events.queries import sign_up as news_queries

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
            "participation_souhaitee": row.wanted_mode.value if row.wanted_mode is not None else None,
            "voie": row.channel.value,
            "langue": row.language,
            "code_d_entree": row.code,
            "inscrit_le": row.created_at.isoformat(),
            "modifie_le": row.updated_at.isoformat(),
            "annule_le": _day(row.cancelled_at),
            "en_attente_depuis": _day(row.queued_at),
            "place_retiree_le": _day(row.put_back_at),
            "proposition_jusqu_au": _day(row.offer_ends_at),
            "decide_le": _day(row.decided_at),
            "motif_de_la_decision": row.decision_reason,
            "lettre_d_information_demandee_le": _day(row.newsletter_at),
            "a_donne_un_avis": row.has_evaluated,
        },
        "inscriptions_precedentes": [
            {
                "nom": each.name,
                "organisation": each.organisation_label,
                "etat": each.state.value,
                "inscrit_le": each.created_at.isoformat(),
                "annule_le": _day(each.cancelled_at),
            }
            for each in former(session, row)
        ],
        "inscription_de_groupe": _group(row),
        "place_reservee": _reserved(row),
        "invitation": _invitation(row),
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
        "nouvelles_du_reseau": _news(session, row),
        "mails": _mails(session, row),
    }


def _day(moment: datetime | None) -> str | None:
    return moment.isoformat() if moment is not None else None


def _group(row: Registration) -> dict[str, Any] | None:
    if row.group is None:
        return None
    group = row.group
    return {
        "inscrit_par": group.contact_name,
        "organisation": group.organisation.name
        if group.organisation is not None
        else group.organisation_name,
        "le": group.created_at.isoformat(),
        # Another person's address and telephone are theirs.
        **(
            {"votre_adresse": group.contact_email, "votre_telephone": group.contact_phone}
            if is_same(group.contact_email, row)
            else {}
        ),
    }


def _reserved(row: Registration) -> dict[str, Any] | None:
    if row.reserved is None:
        return None
    told = {"organisation": row.reserved.organisation.name, "noms_donnes_par": row.reserved.contact_name}
    mine = is_same(row.reserved.contact_email, row)
    return {**told, **({"votre_adresse": row.reserved.contact_email} if mine else {})}


def _invitation(row: Registration) -> dict[str, Any] | None:
    if row.invitation is None:
        return None
    mine = is_same(row.invitation.email, row)
    return {
        "le": row.invitation.created_at.isoformat(),
        "envoyee_le": _day(row.invitation.sent_at),
        **({"nom": row.invitation.name, "adresse_mail": row.invitation.email} if mine else {}),
    }


def is_same(address: str | None, row: Registration) -> bool:
    """Say whether an address told elsewhere at that day is this person's own."""
    return bool(address) and (address or "").lower() == row.email


def _presences(session: Session, row: Registration) -> list[dict[str, Any]]:
    there = (
        select(Presence, EventSession)
        .join(EventSession, EventSession.id == Presence.session_id)
        .where(Presence.registration_id == row.id)
        .order_by(EventSession.starts_at)
    )
    return [
        {
            "seance": moment.title,
            "debut": moment.starts_at.isoformat(),
            "present": presence.was_there,
            "vu_le": presence.at.isoformat(),
            "note_par": presence.source.value,
        }
        for presence, moment in session.execute(there).all()
    ]


def certificates(row: Registration) -> Any:
    """Select the certificates of that sign-up that still bear a name."""
    return select(Certificate).where(Certificate.registration_id == row.id, Certificate.purged_at.is_(None))


def _certificates(session: Session, row: Registration) -> list[dict[str, Any]]:
    return [
        {
            "numero": each.serial,
            "code": each.code,
            "nom": each.name,
            "minutes": each.minutes,
            "seances": each.sessions,
            "du": each.first_day.isoformat(),
            "au": each.last_day.isoformat(),
            "le": each.issued_at.isoformat(),
            "retiree_le": _day(each.revoked_at),
            "motif_du_retrait": each.revoked_reason,
        }
        for each in session.scalars(certificates(row))
    ]


def _news(session: Session, row: Registration) -> dict[str, Any] | None:
    known = session.scalar(news_queries.consent_of(row.email)) if row.email else None
    if known is None:
        return None
    return {"adresse_mail": known.email, "demandees_le": known.given_at.isoformat()}


def _mails(session: Session, row: Registration) -> list[dict[str, Any]]:
    sent = select(Message).where(Message.subject_type == "registration", Message.subject_id == row.id)
    return [
        {
            "objet": each.title,
            "adresse": each.recipient,
            "le": each.created_at.isoformat(),
            # What the mail says of itself; the links in it are forgotten once it has left.
            "texte": mail.SECRET.sub(r"\1…", each.text),
        }
        for each in session.scalars(sent.order_by(Message.id))
    ]


def former(session: Session, row: Registration) -> list[Registration]:
    """Return what the same address had at that day before and gave up: it ends with this one."""
    return list(session.scalars(queries.former(row))) if row.email is not None else []


def erase(
    session: Session,
    row: Registration,
    *,
    with_certificates: bool,
    actor: User | str = BY_LINK,
    now: datetime,
) -> None:
    """Give the seat back if the day is still to come, and forget who it was.

    By oneself, or by a coordinator for who has no address and asks for it. Certificates stay valid until
    their own time, unless the person wants them forgotten too. The network's news have a consent of their
    own, and their own link to end it.
    """
    email, event = row.email, row.event
    if row.is_live and now < event.ends_at:
        sign_up.cancel(session, row, actor=actor, now=now)
    for one in [row, *former(session, row)]:
        _forget_one(session, one, with_certificates=with_certificates, now=now)
    if email is not None:
        _forget_elsewhere(session, row, email, now)
    retention.forget_papers(session, event)
    session.flush()
    session.expire_all()
    audit.record(session, "registration.erased", row, actor=actor, now=now)
    forgetting.note(session, row, certificates=with_certificates, now=now)


def _forget_one(session: Session, row: Registration, *, with_certificates: bool, now: datetime) -> None:
    name = row.name
    forgetting.blank_needs(session, [row.id])
    session.execute(delete(Answer).where(Answer.registration_id == row.id))
    if with_certificates:
        retention.forget_certificates(session, [each.id for each in session.scalars(certificates(row))], now)
    retention.make_nobody(session, [row.id], now)
    # Of a small association one sign-up is one person.
    row.organisation_id = None
    forgetting.scrub_mails(session, Registration, [row.id])
    forgetting.strike_name(session, name, queries.mails_naming(row))


def _forget_elsewhere(session: Session, row: Registration, email: str, now: datetime) -> None:
    """Forget the person where they stand in another role at that day: asked to it, or naming others."""
    for one in own_contact.roles_of(session, row.event_id, email):
        own_contact.forget(session, one, now=now)


def is_named_elsewhere(session: Session, row: Registration) -> bool:
    """Say whether the same address has another role at that day, which erasing ends too."""
    if row.email is None:
        return False
    named = [
        queries.of_address(who, row.event_id, row.email).exists()
        for who in (GroupSignUp, ReservedPlaces, EventInvitation)
    ]
    return bool(session.scalar(select(or_(*named))))


def is_cancelled_by_erasing(row: Registration, now: datetime) -> bool:
    """Say whether erasing gives a seat, or a place in a list, back."""
    return row.state != RegistrationState.CANCELLED and row.is_live and now < row.event.ends_at
