"""A day's own words for each kind of mail, and the mails that wait for their hour."""

from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from hub.accounts.models import User
from hub.core import audit, jobs
from hub.core.errors import N_, DomainError
from hub.events.models.days import Event, EventState
from hub.events.models.letters import EventLetter, LetterKind
from hub.events.operations import wording
from hub.events.queries import letters as queries
from hub.events.values import blanks

LETTER_JOB = "events.send_letter"
# These leave at their own hour; all others when what they tell of happens.
TIMED = (LetterKind.PRACTICAL, LetterKind.REMINDER)
UNKNOWN = N_("« {%(name)s} » ne remplace rien. Choisissez parmi les mots entre accolades de la liste.")
PRIVATE = N_("« {%(name)s} » : les régimes et les besoins ne s’écrivent jamais dans un mail.")
IN_SUBJECT = N_("« {%(name)s} » est trop long pour un objet : mettez-le dans le texte.")
TORN = N_("Une accolade est restée seule : écrivez par exemple {titre}.")


def check_words(text: str, *, field: str, is_subject: bool = False) -> None:
    """Refuse blanks that stand for nothing, that ask for what no mail tells, or that a subject can't hold."""
    for refusal, found in (
        (PRIVATE, blanks.private(text)),
        (UNKNOWN, blanks.unknown(text)),
        (IN_SUBJECT, blanks.outside_subject(text) if is_subject else []),
    ):
        if found:
            raise DomainError(refusal, field=field, name=found[0])
    if blanks.is_torn(text):
        raise DomainError(TORN, field=field)


def set_words(
    session: Session,
    event: Event,
    kind: LetterKind,
    *,
    subject: str,
    body: str,
    body_online: str = "",
    actor: User | str,
    now: datetime,
) -> None:
    """Let a day say a mail in its own words; what equals the usual words stays usual.

    Raises DomainError naming the field, for an unknown blank.
    """
    check_words(subject, field="subject", is_subject=True)
    check_words(body, field="body")
    check_words(body_online, field="body_online")
    usual_subject, usual_body = wording.usual(session, kind)
    row = _row(session, event, kind, now)
    row.subject = "" if _same(subject, usual_subject) else subject.strip()
    row.body = "" if _same(body, usual_body) else _lines(body)
    row.body_online = "" if _same(body_online, body) else _lines(body_online)
    row.updated_at = now
    session.flush()
    audit.record(
        session, "event.letter_changed", event, actor=actor, now=now, changes={"kind": [None, kind.value]}
    )


def take_usual(session: Session, event: Event, kind: LetterKind, *, actor: User | str, now: datetime) -> None:
    """Go back to the usual words; the hour stays."""
    row = session.scalar(queries.of_kind(event, kind))
    if row is None or not (row.subject or row.body or row.body_online):
        return
    row.subject = row.body = row.body_online = ""
    row.updated_at = now
    session.flush()
    audit.record(
        session, "event.letter_usual", event, actor=actor, now=now, changes={"kind": [None, kind.value]}
    )


def set_hour(
    session: Session,
    event: Event,
    kind: LetterKind,
    send_at: datetime | None,
    *,
    actor: User | str,
    now: datetime,
) -> None:
    """Let a reminder or the practical information leave at that moment, or not at all.

    Raises DomainError for a moment gone by or after the beginning, or once it has left.
    """
    row = _timed(session, event, kind, now)
    if row.sent_at is not None:
        raise DomainError(N_("Ce mail est déjà parti. Vous pouvez l’envoyer à nouveau."), field="send_on")
    if send_at is not None and send_at <= now:
        raise DomainError(N_("Choisissez un moment à venir."), field="send_on")
    if send_at is not None and send_at >= event.starts_at:
        raise DomainError(N_("Choisissez un moment avant le début de la journée."), field="send_on")
    before, row.send_at, row.updated_at = row.send_at, send_at, now
    session.flush()
    if before == send_at:
        return
    plan(session, row, now=now)
    audit.record(
        session, "event.letter_planned", event, actor=actor, now=now,
        changes={"kind": [None, kind.value], **audit.differences({"send_at": before}, {"send_at": send_at})},
    )  # fmt: skip


def send_now(session: Session, event: Event, kind: LetterKind, *, actor: User | str, now: datetime) -> None:
    """Send a reminder or the practical information at once; again, as a new version, if it has left already.

    Raises DomainError for a day that isn't published or has ended, or while it is leaving.
    """
    row = _timed(session, event, kind, now)
    if event.state is not EventState.PUBLISHED or now >= event.ends_at:
        raise DomainError(N_("Ce mail part seulement pour une journée publiée et à venir."))
    if row.sent_at is None and row.send_at is not None and row.send_at <= now:
        raise DomainError(N_("Ce mail est en train de partir."))
    if row.sent_at is not None:
        row.version += 1
        row.sent_at = None
    row.send_at, row.updated_at = now, now
    session.flush()
    plan(session, row, now=now)
    audit.record(
        session, "event.letter_sent", event, actor=actor, now=now,
        changes={"kind": [None, kind.value], "version": [None, row.version]},
    )  # fmt: skip


def due(
    session: Session, event: Event, kind: LetterKind, *, version: int, now: datetime
) -> EventLetter | None:
    """Return the mail whose hour has come, if that version is still to leave; none once the day is over."""
    row = session.scalar(queries.of_kind(event, kind))
    if row is None or row.version != version or row.sent_at is not None or now >= event.ends_at:
        return None
    return row if row.send_at is not None and row.send_at <= now else None


def mark_sent(session: Session, event_id: int, kind: LetterKind, *, version: int, now: datetime) -> None:
    """Keep that everybody has been written to."""
    session.execute(
        update(EventLetter)
        .where(
            EventLetter.event_id == event_id,
            EventLetter.kind == kind,
            EventLetter.version == version,
            EventLetter.sent_at.is_(None),
        )
        .values(sent_at=now)
    )


def _timed(session: Session, event: Event, kind: LetterKind, now: datetime) -> EventLetter:
    if kind not in TIMED:
        raise DomainError(N_("Ce mail part quand ce qu’il annonce arrive."))
    return _row(session, event, kind, now)


def _row(session: Session, event: Event, kind: LetterKind, now: datetime) -> EventLetter:
    """Return the day's row for that kind, made if needed; two who save at once follow each other."""
    session.execute(select(Event.id).where(Event.id == event.id).with_for_update())
    row = session.scalar(queries.of_kind(event, kind).execution_options(populate_existing=True))
    if row is None:
        row = EventLetter(event_id=event.id, kind=kind, subject="", body="", version=1, updated_at=now)
        session.add(row)
    return row


def plan(session: Session, row: EventLetter, *, now: datetime) -> None:
    """Have a mail leave at its hour; a job that was planned for another hour then does nothing."""
    if row.send_at is not None:
        jobs.enqueue(
            session, LETTER_JOB, now=now, run_at=row.send_at, subject=row, event=row.event_id,
            kind=row.kind.value, version=row.version,
        )  # fmt: skip


def _lines(text: str) -> str:
    return text.replace("\r\n", "\n").strip()


def _same(one: str, other: str) -> bool:
    return _lines(one).split() == _lines(other).split()
