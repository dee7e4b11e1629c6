"""Reading the evaluation of a day: who is asked, and what was answered without names."""

from sqlalchemy import Select, and_, exists, func, or_, select
from sqlalchemy.orm import joinedload

from hub.core.mail import Message
from hub.events.models.days import Event, EventSession
from hub.events.models.letters import LetterKind
from hub.events.models.outcomes import EvaluationReply, Presence
from hub.events.models.registrations import Registration, RegistrationState

KIND = f"events.{LetterKind.EVALUATION}"


def there(event: Event) -> Select[Registration]:
    """Select whose opinion counts: who was there or, where no presence was taken, who had a seat."""
    seen = exists().where(Presence.registration_id == Registration.id, Presence.was_there.is_(True))
    taken = exists().where(
        Presence.session_id == EventSession.id,
        EventSession.event_id == event.id,
        Presence.was_there.is_(True),
    )
    return (
        select(Registration)
        .where(
            Registration.event_id == event.id,
            or_(seen, and_(Registration.state == RegistrationState.CONFIRMED, ~taken)),
        )
        .order_by(Registration.id)
    )


def asked(event: Event) -> Select[Registration]:
    """Select of those whose opinion counts the ones who can still be asked: they are not erased."""
    return there(event).where(Registration.purged_at.is_(None))


def to_write_to(event: Event) -> Select[int]:
    """Select the numbers of whom the mail has not been queued for."""
    written = exists().where(
        Message.subject_type == Registration.__tablename__,
        Message.subject_id == Registration.id,
        Message.kind == KIND,
    )
    return (
        asked(event).with_only_columns(Registration.id).where(Registration.has_evaluated.is_(False), ~written)
    )


def with_groups(numbers: list[int]) -> Select[Registration]:
    """Select some registrations with who signed them up."""
    return (
        select(Registration)
        .where(Registration.id.in_(numbers))
        .options(joinedload(Registration.group), joinedload(Registration.reserved))
        .order_by(Registration.id)
    )


def replies(event: Event) -> Select[EvaluationReply]:
    """Select a day's replies, by their random names: the order says nothing."""
    return select(EvaluationReply).where(EvaluationReply.event_id == event.id).order_by(EvaluationReply.id)


def number_of_replies(event: Event) -> Select[int]:
    """Select how many replied."""
    return select(func.count()).select_from(EvaluationReply).where(EvaluationReply.event_id == event.id)
