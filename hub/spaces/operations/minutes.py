"""Minutes: compiled from the meeting until they are sent, frozen in versions, approved for good.

After approval only errata come; triggers (0019) hold the minutes and what they rest on.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from flask_babel import force_locale
from sqlalchemy import delete, func, select, update
from sqlalchemy.orm import Session, joinedload

from hub.accounts.models import User
from hub.actors.models.mandates import Person
from hub.actors.models.organisations import Organisation
from hub.core import audit, clock, jobs, letterhead
from hub.core.errors import N_, DomainError
from hub.core.search import fold
from hub.spaces import signals
from hub.spaces.models.meetings import AgendaItem, Attendance, Meeting, MeetingState
from hub.spaces.models.minutes import (
    Approval,
    Erratum,
    Minutes,
    MinutesReader,
    MinutesState,
    MinutesVersion,
    Remark,
    RemarkState,
)
from hub.spaces.operations import convening, notes, papers
from hub.spaces.operations import minutes_letters as letters
from hub.spaces.queries import minutes as queries
from hub.spaces.queries import papers as paper_queries
from hub.spaces.queries import running, seats
from memoranda import plain
from memoranda.errors import ContentError
from memoranda.minutes import content
from memoranda.minutes.content import Text

SEND_JOB = "spaces.minutes_send"
APPROVED_JOB = "spaces.minutes_approved"
ERRATUM_JOB = "spaces.minutes_erratum"
LONGEST_FRAME = 20_000
LONGEST_ERRATUM = 5_000
LONGEST_DELAY = timedelta(days=180)
USUAL_DELAY = timedelta(days=14)
REMARKS_KEPT = timedelta(days=365)  # after approval: the text that came of them stays
UNCHANGING = N_("Ce compte rendu est approuvé : il ne change plus. Ajoutez un erratum.")
NOT_HELD = N_("Cette réunion n’est pas encore close. Fermez-la d’abord, depuis sa page.")


@dataclass(frozen=True)
class Recipient:
    """Somebody who gets the minutes: whoever was asked to the meeting, or speaks in the space today."""

    name: str
    email: str
    organisation: Organisation | None = None
    person: Person | None = None
    attendance: Attendance | None = None


@dataclass(frozen=True)
class Gaps:
    """What the coordinator should look at before sending; none of it forbids to."""

    conflicts: Sequence[AgendaItem]  # texts written at the same time that wait to be made one
    silent: Sequence[AgendaItem]  # nothing noted, decided or taken on
    no_presence: bool

    def __bool__(self) -> bool:
        """Whether there is anything to look at."""
        return bool(self.conflicts or self.silent or self.no_presence)


# --- The draft ------------------------------------------------------------------------------------


def of(session: Session, meeting: Meeting) -> Minutes | None:
    """Return the minutes of a meeting, if somebody has begun them."""
    return session.scalar(queries.of(meeting.id))


def begin(session: Session, meeting: Meeting, *, now: datetime) -> Minutes:
    """Return the minutes of a meeting, held by this transaction; made now if there are none.

    Raises DomainError for a meeting that was called off.
    """
    if meeting.state is MeetingState.CANCELLED:
        raise DomainError(N_("Cette réunion est annulée : elle n’a pas de compte rendu."))
    # The meeting's row is what two who begin at once wait for.
    session.scalars(running.meeting_of(meeting.id)).one()
    found = session.scalar(queries.for_update(meeting.id))
    if found is None:
        found = Minutes(meeting_id=meeting.id, meeting=meeting, created_at=now, updated_at=now)
        session.add(found)
        session.flush()
    return found


def _held_open(session: Session, meeting: Meeting, *, now: datetime) -> Minutes:
    """Return the minutes, held by this transaction. Raises DomainError if they are approved."""
    row = begin(session, meeting, now=now)
    if row.is_approved:
        raise DomainError(UNCHANGING)
    return row


def check_open(session: Session, meeting: Meeting) -> None:
    """Raise DomainError for a meeting whose minutes are approved: nothing it says changes any more."""
    if session.scalar(queries.is_approved(meeting.id)) is not None:
        raise DomainError(UNCHANGING)


def save_frame(
    session: Session,
    meeting: Meeting,
    introduction: str,
    closing: str,
    *,
    base: int,
    actor: User | None,
    now: datetime,
) -> bool:
    """Save what frames the points; False if somebody saved it meanwhile (it is no longer edition `base`).

    Raises DomainError for approved minutes and for too long a text.
    """
    for field, text in (("introduction", introduction), ("closing", closing)):
        if len(text) > LONGEST_FRAME:
            raise DomainError(N_("Ce texte dépasse 20 000 signes."), field=field)
    row = _held_open(session, meeting, now=now)
    if (row.introduction, row.closing) == (introduction, closing):
        return True
    done = session.execute(
        update(Minutes)
        .where(Minutes.id == row.id, Minutes.edition == base)
        .values(introduction=introduction, closing=closing, edition=base + 1, updated_at=now)
        .execution_options(synchronize_session=False)
    )
    session.refresh(row, ["introduction", "closing", "edition", "updated_at"])
    if not done.rowcount:  # type: ignore[attr-defined]
        return False
    audit.record(session, "minutes.written", row, actor=actor, now=now)
    return True


def save_notes(
    session: Session, item: AgendaItem, text: str, *, base: int, actor: User | None, now: datetime
) -> notes.Saved:
    """Save the notes of a point as the page that runs the meeting does: two who write at once lose nothing.

    Raises DomainError for approved minutes and for too long a text.
    """
    check_open(session, item.meeting)
    return notes.save(session, item, text, base=base, actor=actor, now=now)


def text_of(session: Session, meeting: Meeting, minutes: Minutes | None) -> Text:
    """Return the text as the meeting says it now."""
    with force_locale(papers.LANGUAGE):
        captured = signals.captured_from(meeting, session=session, user=None)
    recommendations: dict[int | None, Sequence[str]] = {
        item_id: [f"{thing.kind} : {thing.text}" for thing in things] for item_id, things in captured.items()
    }
    return papers.text_of(
        session, meeting, introduction=minutes.introduction if minutes else "",
        closing=minutes.closing if minutes else "", recommendations=recommendations,
    )  # fmt: skip


def sent_text(version: MinutesVersion) -> Text:
    """Return the text of a version, as it was sent."""
    return plain.from_json(version.content, Text)


def document(
    session: Session, meeting: Meeting, minutes: Minutes | None, *, with_errata: bool = True
) -> content.Minutes:
    """Return the minutes as they stand: the draft, the last version sent, or what was approved."""
    head = letterhead.of(session)
    if minutes is None or not minutes.versions:
        text = text_of(session, meeting, minutes)
        return content.Minutes(
            letterhead=head, text=text, is_draft=True, standing="Projet, pas encore envoyé."
        )
    version = minutes.versions[-1]
    if not minutes.is_approved:
        return version_document(session, version, until=minutes.remarks_until)
    errata = tuple(
        content.Erratum(
            number=row.number, dated=papers.in_words(row.dated), about=plain.without_invisible(row.about),
            text=plain.without_invisible(row.text), by=plain.without_invisible(row.by_name),
        )
        for row in (minutes.errata if with_errata else ())
    )  # fmt: skip
    return content.Minutes(
        letterhead=head, text=sent_text(version), is_draft=False, standing=approval_in_words(minutes),
        errata=errata,
    )  # fmt: skip


def version_document(
    session: Session, version: MinutesVersion, *, until: date | None = None
) -> content.Minutes:
    """Return a version as it was sent."""
    sent = papers.in_words(clock.today(version.sent_at))
    last = papers.in_words(until or version.remarks_until)
    standing = f"Projet, version {version.number}, envoyé le {sent}. Remarques jusqu’au {last}."
    return content.Minutes(
        letterhead=letterhead.of(session), text=sent_text(version), is_draft=True, standing=standing
    )


def approval_in_words(minutes: Minutes) -> str:
    """« Approuvé le 7 juillet 2026, à la réunion « Réunion de juillet ». »."""
    if minutes.approved_on is None:
        return ""
    day = papers.in_words(minutes.approved_on)
    if minutes.approved_at is not None:
        title = plain.without_invisible(minutes.approved_at.title)
        return f"Approuvé le {day}, à la réunion « {title} »."
    return f"Approuvé le {day}, sans objection dans le délai fixé pour les remarques."


def gaps(session: Session, meeting: Meeting) -> Gaps:
    """Return what still lacks in a draft."""
    conflicts = [row.item for row in session.scalars(running.open_conflicts(meeting.id))]
    noted = select(func.count()).where(Attendance.meeting_id == meeting.id, Attendance.presence.is_not(None))
    return Gaps(
        conflicts=list(dict.fromkeys(conflicts)),
        silent=session.scalars(queries.silent_points(meeting.id)).all(),
        no_presence=not session.scalar(noted),
    )


# --- Sending --------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Sending:
    """How a version is sent: the last day for remarks (Brussels' date, included), and a word with it."""

    remarks_until: date
    message: str = ""


def recipients(session: Session, meeting: Meeting, *, now: datetime) -> list[Recipient]:
    """Return who gets the minutes: who was asked or came and still may, and who speaks in the space today."""
    rights = letters.rights(session, meeting, now=now)
    found = [
        _recipient(row)
        for row in session.scalars(paper_queries.attendances(meeting.id))
        if (row.invited_at is not None or row.presence is not None)
        and (row.person_id is None or (row.person_id, row.organisation_id) in rights)
    ]
    known = {(one.person.id, one.organisation.id) for one in found if one.person and one.organisation}
    speakers = seats.speakers(meeting.space_id, clock.today(now)).options(joinedload(Person.user))
    for person, organisation, _seat in session.execute(speakers):
        if (person.id, organisation.id) not in known:
            known.add((person.id, organisation.id))
            found.append(Recipient(person.name, convening.email_of(person), organisation, person))
    return sorted(
        found,
        key=lambda one: (fold(one.organisation.name) if one.organisation else "~", fold(one.name), one.name),
    )


def written_to(found: Sequence[Recipient]) -> list[Recipient]:
    """Return whom a mail goes to: each address once, whoever it speaks for; those of the meeting first."""
    once: dict[str, Recipient] = {}
    for one in sorted(found, key=lambda one: one.attendance is None):
        if one.email:
            once.setdefault(one.email.lower(), one)
    chosen = set(map(id, once.values()))
    return [one for one in found if id(one) in chosen]


def _recipient(row: Attendance) -> Recipient:
    email = convening.email_of(row.person) if row.person else row.guest_email
    return Recipient(row.name, email, row.organisation, row.person, row)


def send(
    session: Session, meeting: Meeting, sending: Sending, *, actor: User | None, now: datetime
) -> MinutesVersion:
    """Freeze the text as a version, and let a job print it and write to all who get it.

    Raises DomainError for a meeting not closed yet, approved minutes, a last day that is past or too far, a
    text that has not changed since the last version, one that can't be printed, or nobody to write to.
    """
    check_open(session, meeting)
    if meeting.state is not MeetingState.HELD:
        raise DomainError(NOT_HELD)
    _check_delay(sending.remarks_until, now)
    minutes = _held_open(session, meeting, now=now)
    text = text_of(session, meeting, minutes)
    _check_printable(session, text)
    if minutes.versions and sent_text(minutes.versions[-1]) == text:
        raise DomainError(
            N_("Le texte n’a pas changé depuis la version %(number)d."), number=minutes.versions[-1].number
        )
    told = written_to(recipients(session, meeting, now=now))
    if not told:
        raise DomainError(N_("Personne n’a d’adresse mail : notez d’abord qui était là."))
    version = _freeze(session, minutes, text, sending, actor=actor, now=now)
    _enlist(session, minutes, told, version.number, now)
    minutes.state, minutes.remarks_until, minutes.updated_at = (
        MinutesState.SENT, sending.remarks_until, now,
    )  # fmt: skip
    session.flush()
    jobs.enqueue(
        session, SEND_JOB, now=now, subject=minutes, actor_id=actor.id if actor else None, version=version.id
    )
    audit.record(
        session, "minutes.sent", minutes, actor=actor, now=now,
        changes={"version": [None, version.number], "readers": [None, len(told)]},
    )  # fmt: skip
    return version


def _check_delay(last: date, now: datetime) -> None:
    today = clock.today(now)
    if last <= today:
        raise DomainError(
            N_("Laissez au moins un jour : choisissez une date à venir."), field="remarks_until"
        )
    if last > today + LONGEST_DELAY:
        raise DomainError(N_("Choisissez une date dans les six mois."), field="remarks_until")


def _check_printable(session: Session, text: Text) -> None:
    paper = content.Minutes(letterhead=letterhead.of(session), text=text, is_draft=True, standing="Projet.")
    try:
        content.validate(paper)
    except ContentError as problem:
        raise DomainError(
            N_("Ce texte ne peut pas être imprimé. %(why)s"), why=" ".join(str(problem).splitlines()[:5])
        ) from problem


def _freeze(
    session: Session, minutes: Minutes, text: Text, sending: Sending, *, actor: User | None, now: datetime
) -> MinutesVersion:
    version = MinutesVersion(
        minutes_id=minutes.id, number=len(minutes.versions) + 1, content=plain.to_json(text),
        message=sending.message.strip(), remarks_until=sending.remarks_until, sent_at=now,
        sent_by=actor.name if actor else "",
    )  # fmt: skip
    minutes.versions.append(version)
    session.flush()
    return version


def _enlist(
    session: Session, minutes: Minutes, told: Sequence[Recipient], number: int, now: datetime
) -> None:
    """Remember to whom a version goes."""
    known = {
        (row.attendance_id, row.person_id, row.organisation_id): row
        for row in session.scalars(queries.readers(minutes.id))
    }
    for one in told:
        key = (
            one.attendance.id if one.attendance else None,
            one.person.id if one.person else None,
            one.organisation.id if one.organisation else None,
        )
        row = known.get(key)
        if row is None:
            row = MinutesReader(
                minutes_id=minutes.id, attendance_id=key[0], person_id=key[1], organisation_id=key[2],
                version=number, created_at=now,
            )  # fmt: skip
            session.add(row)
        row.version = number
    session.flush()


def prolong(session: Session, meeting: Meeting, last: date, *, actor: User | None, now: datetime) -> None:
    """Give more time for remarks. Raises DomainError unless minutes are sent, or for an earlier last day."""
    _check_delay(last, now)
    minutes = begin(session, meeting, now=now)
    if minutes.state is not MinutesState.SENT or minutes.remarks_until is None:
        raise DomainError(N_("Ce compte rendu n’attend pas de remarques."))
    if last <= minutes.remarks_until:
        raise DomainError(N_("Choisissez une date après le dernier jour actuel."), field="remarks_until")
    changes = {"remarks_until": [minutes.remarks_until.isoformat(), last.isoformat()]}
    minutes.remarks_until, minutes.updated_at = last, now
    session.flush()
    audit.record(session, "minutes.prolonged", minutes, actor=actor, now=now, changes=changes)


# --- Approving ------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Approving:
    """How minutes are approved; `corrected`: at a meeting, with what was changed since the last version."""

    approval: Approval
    meeting_id: int | None = None
    corrected: bool = False


def approve(
    session: Session, meeting: Meeting, how: Approving, *, actor: User | None, now: datetime
) -> Minutes:
    """Approve the last version sent, or the text as a later meeting corrected it. Nothing changes afterwards.

    Raises DomainError unless minutes are sent, while a remark waits or, by silence, while remarks may come;
    for a meeting of another space, that was called off, that is not later or has not begun.
    """
    minutes = _held_open(session, meeting, now=now)
    if minutes.state is not MinutesState.SENT or minutes.remarks_until is None:
        raise DomainError(N_("Envoyez d’abord le compte rendu aux membres."))
    waiting = session.scalar(
        select(func.count())
        .select_from(Remark)
        .join(Remark.version)
        .where(MinutesVersion.minutes_id == minutes.id, Remark.state == RemarkState.OPEN)
    )
    if waiting:
        raise DomainError(
            N_("Répondez d’abord aux remarques qui attendent : il en reste %(num)d."), num=waiting
        )
    today = clock.today(now)
    if how.approval is Approval.SILENCE:
        if today <= minutes.remarks_until:
            raise DomainError(
                N_("Les membres peuvent encore faire des remarques, jusqu’au %(day)s."),
                field="approval", day=papers.in_words(minutes.remarks_until),
            )  # fmt: skip
        day, at_id = today, None
    else:
        at = _later_meeting(session, meeting, how.meeting_id, now)
        day, at_id = clock.today(at.starts_at), at.id
        if how.corrected:
            _freeze_corrected(session, minutes, meeting, day, actor=actor, now=now)
    minutes.search_text = fold(" ".join(plain.texts(sent_text(minutes.versions[-1]))))
    minutes.approval, minutes.approved_on, minutes.approved_at_id = how.approval, day, at_id
    minutes.approved_by, minutes.updated_at = actor.name if actor else "", now
    minutes.state = MinutesState.APPROVED
    session.flush()
    session.refresh(minutes)
    jobs.enqueue(
        session, APPROVED_JOB, now=now, subject=minutes, actor_id=actor.id if actor else None,
        minutes=minutes.id,
    )  # fmt: skip
    audit.record(
        session, "minutes.approved", minutes, actor=actor, now=now,
        changes={"approval": [None, how.approval.value], "version": [None, minutes.versions[-1].number]},
    )  # fmt: skip
    return minutes


def _later_meeting(session: Session, meeting: Meeting, number: int | None, now: datetime) -> Meeting:
    at = session.get(Meeting, number) if number else None
    if at is None or at.space_id != meeting.space_id or at.starts_at <= meeting.starts_at:
        raise DomainError(N_("Choisissez une réunion suivante de cet espace."), field="meeting")
    if at.state is MeetingState.CANCELLED:
        raise DomainError(N_("Cette réunion a été annulée."), field="meeting")
    if at.starts_at > now:
        raise DomainError(N_("Cette réunion n’a pas encore eu lieu."), field="meeting")
    return at


def _freeze_corrected(
    session: Session, minutes: Minutes, meeting: Meeting, day: date, *, actor: User | None, now: datetime
) -> None:
    text = text_of(session, meeting, minutes)
    if sent_text(minutes.versions[-1]) == text:
        return
    _check_printable(session, text)
    _freeze(session, minutes, text, Sending(remarks_until=day), actor=actor, now=now)


def add_erratum(
    session: Session, meeting: Meeting, text: str, *, item_key: str = "", actor: User | None, now: datetime
) -> Erratum:
    """Correct approved minutes: on a point (its `key` in the text) or on the whole. All readers are told.

    Raises DomainError for minutes that are not approved, for no text, too long a text or an unknown point.
    """
    minutes = begin(session, meeting, now=now)
    if not minutes.is_approved:
        raise DomainError(N_("Ce compte rendu n’est pas approuvé : corrigez le texte lui-même."))
    clean = text.strip()
    if not clean:
        raise DomainError(N_("Écrivez ce qui est à lire à la place."), field="text")
    if len(clean) > LONGEST_ERRATUM:
        raise DomainError(N_("Ce texte dépasse 5 000 signes."), field="text")
    about, item_id = _about(sent_text(minutes.versions[-1]), item_key)
    row = Erratum(
        minutes_id=minutes.id, number=len(minutes.errata) + 1, item_id=item_id, about=about, text=clean,
        dated=clock.today(now), by_name=actor.name if actor else "", created_at=now,
    )  # fmt: skip
    minutes.errata.append(row)
    session.flush()
    jobs.enqueue(
        session, ERRATUM_JOB, now=now, subject=minutes, actor_id=actor.id if actor else None, erratum=row.id
    )
    audit.record(
        session, "minutes.erratum", minutes, actor=actor, now=now, changes={"number": [None, row.number]}
    )
    return row


def _about(text: Text, key: str) -> tuple[str, int | None]:
    """Return what a part of the text is called, and the number of its point."""
    if not key:
        return "l’ensemble", None
    for passage in text.passages:
        if passage.key == key:
            return f"point {passage.number}, {passage.title}"[:280], int(key)
    raise DomainError(N_("Choisissez un point de ce compte rendu."), field="point")


def points_of(text: Text) -> Mapping[str, str]:
    """Return key → « 2. Titre » of the points that a remark or an erratum may be about."""
    return {passage.key: f"{passage.number}. {passage.title}" for passage in text.passages if passage.key}


# --- Afterwards -----------------------------------------------------------------------------------


def forget(session: Session, *, now: datetime) -> None:
    """Delete remarks and lists of readers a year after approval: the text that came of them stays."""
    old = select(Minutes.id).where(
        Minutes.state == MinutesState.APPROVED, Minutes.approved_on < clock.today(now - REMARKS_KEPT)
    )
    versions = select(MinutesVersion.id).where(MinutesVersion.minutes_id.in_(old))
    session.execute(
        delete(Remark).where(Remark.version_id.in_(versions)).execution_options(synchronize_session=False)
    )
    session.execute(
        delete(MinutesReader)
        .where(MinutesReader.minutes_id.in_(old))
        .execution_options(synchronize_session=False)
    )
