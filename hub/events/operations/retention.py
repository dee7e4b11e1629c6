"""Erasing what is no longer needed of a day's people: by rule, by night; or at once, by themselves (G4–G6).

Rows stay, for they count: how many came, for which organisations, to which workshops. What says who it was
goes everywhere at once, out of mails and the errors of their sending too. History never held any of it (S16).
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import delete, func, select, update
from sqlalchemy.orm import Session

from hub.accounts.models import User
from hub.core import audit, clock, tokens
from hub.core.errors import N_, DomainError
from hub.events.models.days import Event, EventSession, EventState
from hub.events.models.outcomes import Certificate, EvaluationReply, Presence
from hub.events.models.papers import DayPaper
from hub.events.models.registrations import (
    Answer,
    EventInvitation,
    GroupSignUp,
    Question,
    QuestionKind,
    QuestionPurpose,
    Registration,
    ReservedPlaces,
)
from hub.events.models.retention import Kept, Retention
from hub.events.operations import days, forgetting
from hub.events.operations.forgetting import USUAL
from hub.events.queries import retention as queries

WHO = (Registration, GroupSignUp, EventInvitation, ReservedPlaces)


@dataclass(frozen=True)
class Rule:
    """One rule of a day: until when, how much it has still to erase, what it did."""

    kept: Kept
    days: int
    due_at: datetime
    held: int
    done_at: datetime | None
    erased: int | None


def due_at(event: Event, kept: Kept, days_after: int) -> datetime:
    """Return the moment from which something is erased; a day called off needs no diets any more."""
    if kept == Kept.NEEDS and event.state == EventState.CANCELLED and event.cancelled_at is not None:
        return event.cancelled_at
    return clock.end_of_day(event.last_day + timedelta(days=days_after))


def rules(session: Session, event: Event) -> list[Rule]:
    """Return all rules of a day, its own or the usual ones, with what they have still to do."""
    own = {row.kept: row for row in event.retentions}
    counts = queries.held(event.id)
    held = session.execute(select(*(counts[kept].scalar_subquery() for kept in Kept))).one()
    found = []
    for kept, number in zip(Kept, held, strict=True):
        row = own.get(kept)
        days_after = row.days if row is not None else USUAL[kept][0]
        done = (row.done_at, row.erased) if row is not None else (None, None)
        found.append(Rule(kept, days_after, due_at(event, kept, days_after), number, *done))
    return found


def erased_from(event: Event) -> dict[str, datetime]:
    """Return, for each kind of data by its code, from when it is erased: what is said to who gives it."""
    own = {row.kept: row.days for row in event.retentions}
    return {kept.value: due_at(event, kept, own.get(kept, USUAL[kept][0])) for kept in Kept}


def set_days(
    session: Session, event: Event, wanted: Mapping[Kept, int], *, actor: User | str, now: datetime
) -> None:
    """Say for how many days after the day's end things are kept.

    Raises DomainError for a number out of bounds, or for names that would go before the needs that they name.
    """
    session.refresh(event, with_for_update=True)
    for kept, number in wanted.items():
        if not 0 <= number <= USUAL[kept][1]:
            raise DomainError(
                N_("Entre 0 et %(most)s jours."), field=f"days_{kept.value}", most=USUAL[kept][1]
            )
    own = {row.kept: row for row in event.retentions}
    chosen = {kept: own[kept].days if kept in own else USUAL[kept][0] for kept in Kept} | dict(wanted)
    for kept in (Kept.NEEDS, Kept.PHONE, Kept.ANSWERS, Kept.ELIGIBILITY):
        if chosen[kept] > chosen[Kept.IDENTITY]:
            raise DomainError(
                N_("Ce qui a été dit s’efface avec le nom, au plus tard."), field=f"days_{kept.value}"
            )
    changes = {}
    for kept, number in wanted.items():
        row = own.get(kept)
        before = row.days if row is not None else USUAL[kept][0]
        if before == number:
            continue
        if row is None:
            event.retentions.append(Retention(kept=kept, days=number))
        else:
            row.days = number
        changes[kept.value] = [before, number]
    session.flush()
    if changes:
        audit.record(session, "event.retention_set", event, actor=actor, now=now, changes=changes)
    if Kept.NEEDS.value in changes and event.state == EventState.PUBLISHED:
        days.plan_forgetting(session, event, now)


def erase_due(session: Session, event: Event, *, now: datetime) -> dict[str, int]:
    """Do what the rules of a day ask for at that moment; return how much of each was erased."""
    session.refresh(event, with_for_update=True)
    erased: dict[str, int] = {}
    for rule in rules(session, event):
        if now < rule.due_at or not rule.held:
            continue
        count = ERASERS[rule.kept](session, event, now)
        if count:
            if rule.kept != Kept.NEEDS:
                forgetting.tell(session, event, rule.kept, count, now=now)
            erased[rule.kept.value] = count
    if erased:
        changes = {name: [None, count] for name, count in erased.items()}
        audit.record(session, "event.erased", event, actor="", now=now, changes=changes)
    return erased


def _needs(session: Session, event: Event, now: datetime) -> int:
    if event.needs_forgotten_at is None:
        return days.forget_all_needs(session, event, now=now)
    # Told after the rest was forgotten, by a list entered late.
    count = forgetting.blank_needs(session, select(Registration.id).where(Registration.event_id == event.id))
    forgetting.tell(session, event, Kept.NEEDS, count, now=now)
    return count


def _answers(purpose: QuestionPurpose) -> Callable[[Session, Event, datetime], int]:
    def erase(session: Session, event: Event, now: datetime) -> int:
        del now
        done = session.execute(delete(Answer).where(Answer.id.in_(queries.answers(event.id, purpose))))
        session.expire_all()
        return int(done.rowcount)  # type: ignore[attr-defined]

    return erase


def _phone(session: Session, event: Event, now: datetime) -> int:
    del now
    done = session.execute(
        update(Registration)
        .where(Registration.event_id == event.id, Registration.phone != "")
        .values(phone="")
    )
    others = session.execute(
        update(GroupSignUp)
        .where(GroupSignUp.event_id == event.id, GroupSignUp.contact_phone != "")
        .values(contact_phone="")
    )
    session.expire_all()
    return int(done.rowcount) + int(others.rowcount)  # type: ignore[attr-defined]


def _identity(session: Session, event: Event, now: datetime) -> int:
    numbers = list(
        session.scalars(
            select(Registration.id).where(Registration.event_id == event.id, Registration.purged_at.is_(None))
        )
    )
    forgetting.blank_needs(session, numbers)
    session.execute(delete(Answer).where(Answer.registration_id.in_(numbers)))
    make_nobody(session, numbers, now)
    others = sum(
        forget_contacts(session, who, list(session.scalars(queries.contacts(who, event.id))), now)
        for who in (GroupSignUp, ReservedPlaces, EventInvitation)
    )
    forget_papers(session, event)
    for who in WHO:
        of_event = select(who.id).where(who.event_id == event.id)
        forgetting.scrub_mails(session, who, list(session.scalars(of_event)))
    session.expire_all()
    return len(numbers) + others


def forget_papers(session: Session, event: Event) -> None:
    """Throw papers away that wait to be fetched: they bear names."""
    session.execute(delete(DayPaper).where(DayPaper.event_id == event.id))


def forget_contacts(
    session: Session,
    who: type[GroupSignUp | ReservedPlaces | EventInvitation],
    numbers: list[int],
    now: datetime,
) -> int:
    """Forget who signed others up, gives names for an organisation, or was invited; return how many."""
    nobody: dict[str, object] = {"contact_name": "", "contact_email": None}
    if who is EventInvitation:
        nobody = {"name": "", "email": None}
    elif who is GroupSignUp:
        nobody |= {"contact_phone": "", "organisation_name": "", "form_key": None, "purged_at": now}
    session.execute(
        update(who).where(who.id.in_(numbers)).values(**nobody).execution_options(synchronize_session=False)
    )
    return len(numbers)


def make_nobody(session: Session, numbers: list[int], now: datetime) -> None:
    """Forget who some sign-ups were; for which organisation of the register they came, stays."""
    for number in numbers:
        session.execute(
            update(Registration)
            .where(Registration.id == number)
            .values(
                name="", email=None, phone="", organisation_name="", search_text="", form_key=None,
                decision_reason="", code=tokens.new_code(), purged_at=now,
            )
            .execution_options(synchronize_session=False)
        )  # fmt: skip


def _presence(session: Session, event: Event, now: datetime) -> int:
    del now
    there = (
        select(Presence.session_id, func.count(Presence.id))
        .join(EventSession, EventSession.id == Presence.session_id)
        .where(EventSession.event_id == event.id, Presence.was_there)
        .group_by(Presence.session_id)
    )
    for number, count in session.execute(there).all():
        row = session.get_one(EventSession, number)
        row.kept_count = (row.kept_count or 0) + count
    done = session.execute(delete(Presence).where(Presence.id.in_(queries.presences(event.id))))
    session.flush()
    return int(done.rowcount)  # type: ignore[attr-defined]


def _evaluation(session: Session, event: Event, now: datetime) -> int:
    """Forget the free words of evaluations; figures stay."""
    del now
    free = set(
        session.scalars(
            select(Question.id).where(
                Question.event_id == event.id,
                Question.purpose == QuestionPurpose.EVALUATION,
                Question.kind.in_((QuestionKind.TEXT, QuestionKind.LONG_TEXT)),
            )
        )
    )
    erased = 0
    for reply in session.scalars(select(EvaluationReply).where(EvaluationReply.event_id == event.id)):
        kept = {number: value for number, value in reply.answers.items() if int(number) not in free}
        if len(kept) != len(reply.answers):
            erased += 1
            reply.answers = kept
    session.flush()
    return erased


def _certificate(session: Session, event: Event, now: datetime) -> int:
    numbers = list(
        session.scalars(
            select(Certificate.id).where(Certificate.event_id == event.id, Certificate.purged_at.is_(None))
        )
    )
    forget_certificates(session, numbers, now)
    return len(numbers)


def forget_certificates(session: Session, numbers: list[int], now: datetime) -> None:
    """Forget the name on some certificates; that they were given stays to be verified."""
    session.execute(
        update(Certificate)
        .where(Certificate.id.in_(numbers))
        .values(name="", revoked_reason="", purged_at=now)
        .execution_options(synchronize_session=False)
    )
    forgetting.scrub_mails(session, Certificate, numbers)
    session.expire_all()


ERASERS: Mapping[Kept, Callable[[Session, Event, datetime], int]] = {
    Kept.NEEDS: _needs,
    Kept.ELIGIBILITY: _answers(QuestionPurpose.ELIGIBILITY),
    Kept.ANSWERS: _answers(QuestionPurpose.SIGN_UP),
    Kept.PHONE: _phone,
    Kept.IDENTITY: _identity,
    Kept.PRESENCE: _presence,
    Kept.EVALUATION: _evaluation,
    Kept.CERTIFICATE: _certificate,
}
