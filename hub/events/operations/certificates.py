"""Certificates of attendance: given from what was seen, never from signing up (invariant 10).

A certificate is never rewritten: another name, or other hours, make another one that takes its place. What
was given stays known by its number and code, whatever becomes of the person's name. The database itself
refuses one without presence, a change of what one says, and erasing one (0033_after).
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from flask_babel import force_locale
from sqlalchemy import select, text
from sqlalchemy.orm import Session

from hub.accounts.models import User
from hub.core import audit, clock, jobs, letterhead
from hub.core.errors import N_, DomainError
from hub.events import words
from hub.events.models.days import CertificateRule, Event, EventKind, EventSession, SessionKind
from hub.events.models.letters import LetterKind
from hub.events.models.outcomes import Certificate
from hub.events.models.registrations import Registration, RegistrationState
from hub.events.models.retention import Kept, Retention
from hub.events.operations import letters
from hub.events.queries import certificates as queries
from hub.events.values import attendance, certificates, presence
from hub.events.values.attendance import Sitting, Verdict
from memoranda import markup, plain
from memoranda.certificate import content

JOB = "events.issue_certificates"
AT_ONCE = 20  # more are given by a job
NAME_LENGTH, REASON_LENGTH, SIGNATORY_LENGTH = 120, 300, 120
PERCENT = 100
LANGUAGE = "fr"
# One statement takes the number, so that two people at once get two, on SQLite and on PostgreSQL.
NEXT_NUMBER = text(
    "INSERT INTO certificate_counter (year, last) VALUES (:year, 1) "
    "ON CONFLICT (year) DO UPDATE SET last = certificate_counter.last + 1 RETURNING last"
)
WHAT_IT_IS = (
    "Cette attestation dit la présence de la personne aux séances, telle que l’équipe l’a relevée. Elle ne "
    "certifie ni un niveau de connaissance ou de langue, ni la réussite d’une épreuve."
)
WHAT_IT_MAY_BE = (
    "Elle peut être jointe à un dossier, par exemple à une demande de nationalité. Seule l’autorité qui "
    "reçoit le dossier décide de ce qu’elle prouve, notamment si elle vaut preuve d’intégration."
)


class Standing(StrEnum):
    """How somebody stands with regard to a day's certificate."""

    ISSUED = "issued"
    EARNED = "earned"  # to be given
    CHANGED = "changed"  # given, for other hours than are noted now
    LOST = "lost"  # given, and no longer earned
    LACKING = "lacking"
    UNNOTED = "unnoted"  # presence was not taken at any of the sessions


@dataclass(frozen=True)
class Line:
    """One person: what presence comes to, and the certificate that holds, if any."""

    registration: Registration
    verdict: Verdict
    unnoted: tuple[int, ...]  # of the sessions missing, those where nothing was noted
    certificate: Certificate | None
    standing: Standing


@dataclass(frozen=True)
class Terms:
    """From which presence certificates are given, what they say, who signs."""

    rule: CertificateRule
    threshold: int = 0  # percent, or minutes
    text: str = ""  # empty: the usual mentions
    signatory: str = ""


def set_terms(session: Session, event: Event, terms: Terms, *, actor: User | str, now: datetime) -> None:
    """Say from which presence certificates are given. Those given already keep what they say.

    Raises DomainError for a threshold that means nothing, or mentions that don't fit on the page.
    """
    session.refresh(event, with_for_update=True)
    if terms.rule == CertificateRule.SHARE and not 1 <= terms.threshold <= PERCENT:
        raise DomainError(N_("La part va de 1 à 100 pour cent."), field="share")
    if terms.rule == CertificateRule.MINUTES and terms.threshold < 1:
        raise DomainError(N_("Dites à partir de combien d’heures."), field="hours")
    if content.is_too_long(terms.text):
        raise DomainError(
            N_("Ces mentions ne tiennent pas sur la page : %(signs)s signes et %(lines)s lignes au plus."),
            field="text", signs=content.LONGEST_MENTIONS, lines=content.MOST_MENTION_LINES,
        )  # fmt: skip
    if len(terms.signatory) > SIGNATORY_LENGTH:
        raise DomainError(N_("Restez sous %(signs)s signes."), field="signatory", signs=SIGNATORY_LENGTH)
    names = ("certificate_rule", "certificate_threshold")
    before = {name: getattr(event, name) for name in names}
    said = (event.certificate_text, event.certificate_signatory)
    event.certificate_rule = terms.rule
    event.certificate_threshold = terms.threshold if has_threshold(terms.rule) else 0
    event.certificate_text, event.certificate_signatory = terms.text.strip(), terms.signatory.strip()
    changes = audit.differences(before, {name: getattr(event, name) for name in names})
    if said != (event.certificate_text, event.certificate_signatory):
        changes["mentions"] = ["…", "…"]
    session.flush()
    if changes:
        audit.record(session, "event.certificate_terms", event, actor=actor, now=now, changes=changes)


def has_threshold(rule: CertificateRule) -> bool:
    """Say whether a rule needs a figure."""
    return rule in {CertificateRule.SHARE, CertificateRule.MINUTES}


def usual_text(event: Event) -> str:
    """Return the mentions of a certificate where the day has none of its own: what it is, and no promise."""
    if event.kind == EventKind.MODULE:
        return f"{WHAT_IT_IS}\n\n{WHAT_IT_MAY_BE}"
    return WHAT_IT_IS


# --- Who earned it --------------------------------------------------------------------------------


def overview(session: Session, event: Event) -> list[Line]:
    """Return everybody who was expected or seen, by name, in a constant number of queries."""
    people = session.scalars(queries.people(event)).unique().all()
    seen: dict[int, dict[int, bool]] = {}
    for row in session.scalars(queries.noted(event)):
        seen.setdefault(row.registration_id, {})[row.session_id] = row.was_there
    held: dict[int, set[int]] = {}
    for registration_id, workshop_id in session.execute(queries.seats(event)):
        held.setdefault(registration_id, set()).add(workshop_id)
    given = {row.registration_id: row for row in session.scalars(queries.live(event))}
    keeps = keeps_presence(session, event)
    return [
        _line(event, row, seen.get(row.id, {}), held.get(row.id, set()), given.get(row.id), keeps=keeps)
        for row in people
    ]


def keeps_presence(session: Session, event: Event) -> bool:
    """Say whether a day's presence is still there: once erased by its rule, nothing can be compared to it."""
    erased = select(Retention.id).where(
        Retention.event_id == event.id, Retention.kept == Kept.PRESENCE, Retention.done_at.is_not(None)
    )
    return session.scalar(erased.limit(1)) is None


def _line(
    event: Event,
    row: Registration,
    seen: Mapping[int, bool],
    workshops: Collection[int],
    certificate: Certificate | None,
    *,
    keeps: bool,
) -> Line:
    verdict = _judge(event, row, seen, workshops)
    unnoted = tuple(number for number in verdict.missing if number not in seen)
    if certificate is not None:
        standing = _standing_of_given(certificate, verdict) if keeps else Standing.ISSUED
    elif verdict.earned:
        standing = Standing.EARNED
    else:
        standing = Standing.LACKING if seen else Standing.UNNOTED
    return Line(row, verdict, unnoted, certificate, standing)


def _standing_of_given(certificate: Certificate, verdict: Verdict) -> Standing:
    if not verdict.earned:
        return Standing.LOST
    same = (certificate.minutes, certificate.sessions) == (verdict.minutes, verdict.sessions)
    return Standing.ISSUED if same else Standing.CHANGED


def _judge(event: Event, row: Registration, seen: Mapping[int, bool], workshops: Collection[int]) -> Verdict:
    sittings = [_sitting(event, one, row, seen.get(one.id), workshops) for one in event.sessions]
    return attendance.judge(event.certificate_rule, event.certificate_threshold, sittings)


def _sitting(
    event: Event,
    one: EventSession,
    row: Registration,
    was_there: bool | None,
    workshops: Collection[int],
) -> Sitting:
    """Return a session as it concerns somebody; who came unexpected came all the same."""
    concerned = bool(was_there) or presence.is_expected(
        event, one, state=RegistrationState.CONFIRMED, mode=row.mode, workshops=workshops
    )
    counts = one.counts and one.cancelled_at is None and concerned
    return Sitting(one.id, one.starts_at, one.ends_at, was_there, counts)


def ready_at(event: Event) -> datetime:
    """Return the moment from which certificates are given: the end of the last session that counts."""
    ends = [one.ends_at for one in event.sessions if one.counts and one.cancelled_at is None]
    return max(ends, default=event.ends_at)


# --- Giving, mending, taking back -----------------------------------------------------------------


def issue(
    session: Session, event: Event, registration: Registration, *, actor: User | str, now: datetime
) -> Certificate:
    """Give somebody the certificate that presence earned, and send it; done twice, it is the same one.

    Raises DomainError before the last session is over, and for whoever has not earned it.
    """
    _lock(session, event)
    known = session.scalar(queries.live_of(registration))
    if known is not None:
        return known
    return _give(session, event, registration, actor=actor, now=now)


def issue_all(session: Session, event: Event, *, actor: User | str, now: datetime) -> int | None:
    """Give everybody who earned one their certificate; return how many, None where a job does it."""
    _lock(session, event)
    _check_time(event, now)
    waiting = [line for line in overview(session, event) if can_be_given(line)]
    if len(waiting) > AT_ONCE:
        actor_id = None if isinstance(actor, str) else actor.id
        if running(session, event) is None:
            jobs.enqueue(session, JOB, now=now, subject=event, actor_id=actor_id, event=event.id)
        return None
    for line in waiting:
        _give(session, event, line.registration, actor=actor, now=now)
    return len(waiting)


def can_be_given(line: Line) -> bool:
    """Say whether somebody is to be given a certificate: earned, not given yet, with a name to print."""
    return line.standing == Standing.EARNED and bool(line.registration.name)


def running(session: Session, event: Event) -> jobs.Job | None:
    """Return the job that gives a day's certificates, if one is at work or waits for its turn."""
    last = session.scalar(jobs.of(event, JOB).limit(1))
    return last if last is not None and not last.is_over else None


def reissue(
    session: Session, certificate: Certificate, name: str, reason: str, *, actor: User | str, now: datetime
) -> Certificate:
    """Put another certificate in the place of one: the name as it is to be printed, the hours as noted now.

    Raises DomainError for one taken back, one no longer earned, an empty name, or without a reason.
    """
    event = certificate.event
    _lock(session, event)
    session.refresh(certificate, with_for_update=True)
    registration = certificate.registration
    if registration is None or certificate.purged_at is not None:
        raise DomainError(N_("Cette personne est effacée : son attestation ne peut plus changer."))
    name, reason = " ".join(name.split()), _reason(reason)
    if not name:
        raise DomainError(N_("Écrivez le nom à imprimer."), field="name")
    if len(name) > NAME_LENGTH:
        raise DomainError(N_("Restez sous %(signs)s signes."), field="name", signs=NAME_LENGTH)
    _check_live(certificate)
    _check_time(event, now)
    verdict = _earned(session, event, registration)
    _take_back(session, certificate, reason, now=now)
    return _write(session, event, registration, name, verdict, actor=actor, now=now, replaces=certificate)


def revoke(
    session: Session, certificate: Certificate, reason: str, *, actor: User | str, now: datetime
) -> None:
    """Take a certificate back; its verification says so from now on. Raises DomainError without a reason."""
    _lock(session, certificate.event)
    session.refresh(certificate, with_for_update=True)
    _check_live(certificate)
    _take_back(session, certificate, _reason(reason), now=now)
    audit.record(session, "certificate.revoked", certificate, actor=actor, now=now)


def _lock(session: Session, event: Event) -> None:
    """Let whoever gives certificates of a day do it one after the other, reading what stands by then."""
    session.refresh(event, with_for_update=True)
    session.expire(event, ["sessions"])


def _check_live(certificate: Certificate) -> None:
    if certificate.revoked_at is not None:
        raise DomainError(N_("Cette attestation a déjà été retirée ou remplacée."))


def _reason(reason: str) -> str:
    reason = " ".join(reason.split())
    if not reason:
        raise DomainError(N_("Dites pourquoi, en quelques mots."), field="reason")
    if len(reason) > REASON_LENGTH:
        raise DomainError(N_("Restez sous %(signs)s signes."), field="reason", signs=REASON_LENGTH)
    return reason


def _take_back(session: Session, certificate: Certificate, reason: str, *, now: datetime) -> None:
    certificate.revoked_at, certificate.revoked_reason = now, reason
    session.flush()


def _check_time(event: Event, now: datetime) -> None:
    if event.certificate_rule == CertificateRule.NONE:
        raise DomainError(N_("Cette journée ne donne pas d’attestation : réglez d’abord leur règle."))
    if now < ready_at(event):
        raise DomainError(N_("Les attestations se donnent après la dernière séance."))


def _give(
    session: Session, event: Event, registration: Registration, *, actor: User | str, now: datetime
) -> Certificate:
    _check_time(event, now)
    if not registration.name:
        raise DomainError(N_("Le nom de cette personne est effacé : il n’y a plus rien à imprimer."))
    verdict = _earned(session, event, registration)
    return _write(session, event, registration, registration.name, verdict, actor=actor, now=now)


def _earned(session: Session, event: Event, registration: Registration) -> Verdict:
    """Return what somebody's presence comes to, held until the transaction ends.

    Raises DomainError where it earns no certificate.
    """
    rows = session.scalars(queries.noted_of(registration).execution_options(populate_existing=True)).all()
    seen = {row.session_id: row.was_there for row in rows}
    verdict = _judge(event, registration, seen, {row.workshop_id for row in registration.choices})
    if not verdict.earned:
        raise DomainError(N_("La présence relevée ne suffit pas : l’attestation n’est pas acquise."))
    return verdict


def _write(
    session: Session,
    event: Event,
    registration: Registration,
    name: str,
    verdict: Verdict,
    *,
    actor: User | str,
    now: datetime,
    replaces: Certificate | None = None,
) -> Certificate:
    first, last = _days(event.sessions, verdict.attended)
    row = Certificate(
        event_id=event.id, registration_id=registration.id,
        serial=next_serial(session, clock.today(now).year),
        code=certificates.new_code(), name=name, minutes=verdict.minutes, sessions=verdict.sessions,
        first_day=first, last_day=last, text=event.certificate_text or usual_text(event),
        signatory=event.certificate_signatory, issued_at=now,
        replaces_id=replaces.id if replaces is not None else None,
    )  # fmt: skip
    session.add(row)
    session.flush()
    act = "certificate.issued" if replaces is None else "certificate.replaced"
    audit.record(session, act, row, actor=actor, now=now, changes={"serial": [None, row.serial]})
    letters.send(
        session, registration, LetterKind.CERTIFICATE, now=now, version=row.serial, number=row.serial
    )
    return row


def _days(sessions: Iterable[EventSession], attended: Collection[int]) -> tuple[date, date]:
    rows = [one for one in sessions if one.id in attended]
    return (
        min(clock.today(one.starts_at) for one in rows),
        max(clock.today(one.starts_at) for one in rows),
    )


def next_serial(session: Session, year: int) -> str:
    """Take the year's next number: « 2026-0042 ». It is given back if the transaction fails."""
    number: int = session.execute(NEXT_NUMBER, {"year": year}).scalar_one()
    return f"{year}-{number:04d}"


# --- As it is printed -----------------------------------------------------------------------------


def find(session: Session, typed: str) -> Certificate | None:
    """Return the certificate of a code as somebody typed it, None if there is none."""
    # A code that can't be one is looked up all the same: no answer comes sooner than another.
    return session.scalar(queries.by_code(certificates.normal(typed)))


def document(session: Session, rows: Sequence[Certificate], *, base_url: str) -> content.Certificates:
    """Return certificates of one day as they are printed, in French, without the network's logo."""
    event = rows[0].event
    return content.Certificates(
        letterhead=letterhead.of(session),
        certificates=tuple(_printed(row, event, base_url) for row in rows),
        day=max(clock.today(row.issued_at) for row in rows),
    )


def _printed(row: Certificate, event: Event, base_url: str) -> content.Certificate:
    issued = markup.day_in_words(clock.today(row.issued_at))
    notice = ""
    if row.revoked_at is not None:
        notice = "Cette attestation a été retirée : elle ne vaut plus."
    return content.Certificate(
        name=_clean(row.name), serial=row.serial, title=_clean(event.title), kind=_french_kind(event),
        period=certificates.period(row.first_day, row.last_day), hours=certificates.hours(row.minutes),
        sessions=_sessions(event, row.sessions), issued=f"Délivrée le {issued}",
        code=certificates.grouped(row.code), url=f"{base_url}/attestation/{row.code}",
        where=f"{base_url.partition('://')[2]}/attestation",
        organisers=_clean(", ".join(one.name for one in event.organisers)), place=_clean(event.place_name),
        mentions=_clean(row.text), signatory=_clean(row.signatory), notice=notice,
    )  # fmt: skip


def _french_kind(event: Event) -> str:
    with force_locale(LANGUAGE):
        return str(words.KINDS[event.kind])


def _sessions(event: Event, number: int) -> str:
    is_day = {one.kind for one in event.sessions} - {SessionKind.SESSION}
    word = "temps de la journée" if is_day else "séance"
    if number == 1:
        return f"1\u00a0{word}"
    return f"{number}\u00a0{word if is_day else word + 's'}"


def _clean(text: str) -> str:
    """Leave out what nobody sees and nothing prints."""
    return plain.without_invisible(text)
