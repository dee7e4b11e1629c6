"""Reading what is still held of a day's people, for the rules that say until when."""

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import ColumnElement, Select, and_, false, func, or_, select

from hub.core.mail import Message
from hub.core.tokens import Token
from hub.events.models.days import Event, EventSession
from hub.events.models.outcomes import Certificate, EvaluationReply, Presence
from hub.events.models.registrations import (
    LIVE,
    Answer,
    EventInvitation,
    GroupSignUp,
    Question,
    QuestionPurpose,
    Registration,
    RegistrationState,
    ReservedPlaces,
    registration_diet,
)
from hub.events.models.retention import Kept

SIGN_UP, ELIGIBILITY = QuestionPurpose.SIGN_UP, QuestionPurpose.ELIGIBILITY


def answers(event_id: int, purpose: QuestionPurpose) -> Select[int]:
    """Select the numbers of the answers to a day's questions of one purpose."""
    return (
        select(Answer.id)
        .join(Question, Question.id == Answer.question_id)
        .where(Question.event_id == event_id, Question.purpose == purpose)
    )


def presences(event_id: int) -> Select[int]:
    """Select the numbers of a day's presences."""
    return (
        select(Presence.id)
        .join(EventSession, EventSession.id == Presence.session_id)
        .where(EventSession.event_id == event_id)
    )


def held(event_id: int) -> Mapping[Kept, Select[int]]:
    """Return, for each rule, the statement that counts what it has still to erase."""
    registration = Registration.event_id == event_id
    diets = select(registration_diet.c.registration_id).join(
        Registration, Registration.id == registration_diet.c.registration_id
    )
    needs = or_(
        Registration.diet != "",
        Registration.access_needs != "",
        Registration.languages != "",
        Registration.meal_id.is_not(None),
        Registration.id.in_(diets.where(registration)),
    )
    return {
        Kept.NEEDS: select(func.count(Registration.id)).where(registration, needs),
        Kept.ELIGIBILITY: _count(answers(event_id, ELIGIBILITY)),
        Kept.ANSWERS: _count(answers(event_id, SIGN_UP)),
        Kept.PHONE: _sum(
            select(Registration.id).where(registration, Registration.phone != ""),
            select(GroupSignUp.id).where(GroupSignUp.event_id == event_id, GroupSignUp.contact_phone != ""),
        ),
        Kept.IDENTITY: _sum(
            select(Registration.id).where(registration, Registration.purged_at.is_(None)),
            *(contacts(who, event_id) for who in (GroupSignUp, ReservedPlaces, EventInvitation)),
        ),
        Kept.PRESENCE: _count(presences(event_id)),
        Kept.EVALUATION: select(func.count(EvaluationReply.id)).where(EvaluationReply.event_id == event_id),
        Kept.CERTIFICATE: select(func.count(Certificate.id)).where(
            Certificate.event_id == event_id, Certificate.purged_at.is_(None)
        ),
    }


def _count(rows: Select[int]) -> Select[int]:
    return select(func.count()).select_from(rows.subquery())


def _sum(*rows: Select[int]) -> Select[int]:
    return select(
        sum((_count(each).scalar_subquery() for each in rows[1:]), _count(rows[0]).scalar_subquery())
    )


def contacts(who: type[GroupSignUp | ReservedPlaces | EventInvitation], event_id: int) -> Select[int]:
    """Select the numbers of a day's groups, reserved places or invitations that still name somebody."""
    if who is GroupSignUp:
        named: ColumnElement[bool] = GroupSignUp.purged_at.is_(None)
    elif who is ReservedPlaces:
        named = or_(ReservedPlaces.contact_name != "", ReservedPlaces.contact_email.is_not(None))
    else:
        named = or_(EventInvitation.name != "", EventInvitation.email.is_not(None))
    return select(who.id).where(who.event_id == event_id, named)


def of_address(
    who: type[GroupSignUp | ReservedPlaces | EventInvitation], event_id: int, email: str
) -> Select[int]:
    """Select the numbers of a day's groups, reserved places or invitations of one address."""
    address = EventInvitation.email if who is EventInvitation else who.contact_email  # type: ignore[union-attr]
    return select(who.id).where(who.event_id == event_id, func.lower(address) == email)


def former(row: Registration) -> Select[Registration]:
    """Select the ended sign-ups of the same address at that day that still bear a name, newest first."""
    return (
        select(Registration)
        .where(
            Registration.event_id == row.event_id,
            Registration.email == row.email,
            Registration.id != row.id,
            Registration.purged_at.is_(None),
            Registration.state.not_in(LIVE),
        )
        .order_by(Registration.id.desc())
    )


def mails_naming(row: Registration) -> Select[int]:
    """Select the numbers of the mails to others that may name somebody.

    Those to who signed a group up, and to who gave their place to this person.
    """
    given_away = select(Registration.id).where(
        Registration.event_id == row.event_id, Registration.state == RegistrationState.CANCELLED
    )
    to_group = and_(Message.subject_type == GroupSignUp.__tablename__, Message.subject_id == row.group_id)
    to_former = and_(
        Message.subject_type == Registration.__tablename__,
        Message.subject_id.in_(given_away),
        Message.subject_id != row.id,
        Message.kind == "events.cancelled",
    )
    return select(Message.id).where(or_(to_group, to_former))


def is_live() -> ColumnElement[bool]:
    """Return the condition of a sign-up that still counts for something."""
    return Registration.state.in_(LIVE)


def mails_about_others(row: GroupSignUp | ReservedPlaces | EventInvitation) -> Select[int]:
    """Select the numbers of the mails about people without an address that went to who looks after them.

    Who left reserved places no longer stands on them: they are known by the organisation they came for.
    """
    if isinstance(row, EventInvitation) or row.contact_email is None:
        return select(Message.id).where(false())
    if isinstance(row, GroupSignUp):
        looked_after: ColumnElement[bool] = Registration.group_id == row.id
    else:
        looked_after = and_(
            Registration.group_id.is_(None), Registration.organisation_id == row.organisation_id
        )
    email = row.contact_email.lower()
    others = select(Registration.id).where(
        Registration.event_id == row.event_id,
        looked_after,
        or_(Registration.email.is_(None), Registration.email != email),
    )
    return mails_about(Registration.__tablename__, others).where(func.lower(Message.recipient) == email)


def mails_to_contact(row: GroupSignUp | ReservedPlaces | EventInvitation) -> Select[int]:
    """Select the numbers of all mails that went to who stands in such a row."""
    email = row.email if isinstance(row, EventInvitation) else row.contact_email
    own = mails_about(row.__tablename__, [row.id]).where(
        func.lower(Message.recipient) == (email or "").lower()
    )
    return select(Message.id).where(or_(Message.id.in_(own), Message.id.in_(mails_about_others(row))))


def over(now: datetime) -> Select[int]:
    """Select the numbers of the days that have ended, oldest first."""
    return select(Event.id).where(Event.ends_at <= now).order_by(Event.ends_at)


def mails_about(table: str, numbers: Select[int] | list[int]) -> Select[int]:
    """Select the numbers of the mails about some rows of a table."""
    return select(Message.id).where(Message.subject_type == table, Message.subject_id.in_(numbers))


def links_to(table: str, numbers: Select[int] | list[int]) -> Select[int]:
    """Select the numbers of the links to some rows of a table."""
    return select(Token.id).where(Token.subject_type == table, Token.subject_id.in_(numbers))
