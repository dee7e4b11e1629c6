"""What members say of minutes that were sent, and what becomes of it."""

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import ColumnElement, Select, false, func, or_, select
from sqlalchemy.orm import Session

from hub.accounts.models import User
from hub.core import audit, clock, settings
from hub.core.errors import N_, DomainError
from hub.spaces.models.minutes import Minutes, MinutesState, MinutesVersion, Remark, RemarkState
from hub.spaces.operations import minutes as drafting
from hub.spaces.operations import minutes_letters as letters
from hub.spaces.operations import papers

LONGEST = 5_000
MOST_OPEN = 30  # of one author: more is a text of its own, or a machine
BY_LINK = "lien personnel"


@dataclass(frozen=True)
class Author:
    """Who remarks: by an account, or by the link of somebody to whom the minutes were sent."""

    name: str
    user: User | None = None
    person_id: int | None = None
    organisation_id: int | None = None
    attendance_id: int | None = None


def may_remark(minutes: Minutes, today: date) -> bool:
    """Say whether remarks may still come (Brussels' date; the last day is included)."""
    return (
        minutes.state is MinutesState.SENT
        and minutes.remarks_until is not None
        and today <= minutes.remarks_until
    )


def add(
    session: Session, minutes: Minutes, text: str, *, by: Author, item_key: str = "", now: datetime
) -> Remark:
    """Keep a remark on the last version: on a point (its `key` in the text) or on the whole.

    Raises DomainError after the last day, saying what to do then; for no text, too long a text, an unknown
    point, or too many remarks that wait.
    """
    clean = text.strip()
    # An approval that is under way counts the remarks that wait: this one comes before it, or not at all.
    session.refresh(minutes, ["state", "remarks_until"], with_for_update=True)
    _check_time(session, minutes, now)
    if not clean:
        raise DomainError(N_("Écrivez votre remarque."), field="text")
    if len(clean) > LONGEST:
        raise DomainError(N_("Votre remarque dépasse 5 000 signes."), field="text")
    version = minutes.versions[-1]
    points = drafting.points_of(drafting.sent_text(version))
    if item_key and item_key not in points:
        raise DomainError(N_("Choisissez un point de ce compte rendu."), field="point")
    if (session.scalar(_waiting(minutes, by)) or 0) >= MOST_OPEN:
        raise DomainError(N_("Vous avez déjà 30 remarques qui attendent une réponse."))
    row = Remark(
        version_id=version.id, item_id=int(item_key) if item_key else None, person_id=by.person_id,
        user_id=by.user.id if by.user else None, attendance_id=by.attendance_id,
        organisation_id=by.organisation_id, author_name=by.name[:120] or "—", text=clean, created_at=now,
    )  # fmt: skip
    session.add(row)
    session.flush()
    audit.record(session, "minutes.remarked", minutes, actor=by.user or BY_LINK, now=now)
    return row


def _check_time(session: Session, minutes: Minutes, now: datetime) -> None:
    if may_remark(minutes, clock.today(now)):
        return
    contact = settings.get(session).contact_email
    if minutes.is_approved:
        raise DomainError(
            N_("Ce compte rendu est approuvé. Demandez un erratum à la coordination. %(contact)s"),
            contact=contact,
        )  # fmt: skip
    last = papers.in_words(minutes.remarks_until) if minutes.remarks_until else ""
    raise DomainError(
        N_(
            "Le dernier jour pour les remarques était le %(day)s. Écrivez à la coordination, ou dites-le à "
            "la prochaine réunion, avant l’approbation. %(contact)s"
        ),
        day=last, contact=contact,
    )  # fmt: skip


def is_own(by: Author) -> ColumnElement[bool]:
    """Return the condition that a remark is somebody's own."""
    own = [Remark.user_id == by.user.id] if by.user else []
    if by.person_id is not None:
        own.append(Remark.person_id == by.person_id)
    if by.attendance_id is not None:
        own.append(Remark.attendance_id == by.attendance_id)
    return or_(false(), *own)


def _waiting(minutes: Minutes, by: Author) -> Select[int]:
    return (
        select(func.count())
        .select_from(Remark)
        .join(Remark.version)
        .where(MinutesVersion.minutes_id == minutes.id, Remark.state == RemarkState.OPEN, is_own(by))
    )


def answer(
    session: Session, remark: Remark, state: RemarkState, words: str, *, actor: User | None, now: datetime
) -> None:
    """Take a remark up or decline it, with an answer; its author is told. An answer may be changed.

    Raises DomainError for declining without saying why, too long an answer, or approved minutes.
    """
    minutes = remark.version.minutes
    drafting.check_open(session, minutes.meeting)
    clean = words.strip()
    if state is RemarkState.OPEN:
        raise DomainError(N_("Choisissez : reprise ou non reprise."), field="state")
    if state is RemarkState.DECLINED and not clean:
        raise DomainError(N_("Dites pourquoi : la réponse part à son auteur·e."), field="answer")
    if len(clean) > LONGEST:
        raise DomainError(N_("Votre réponse dépasse 5 000 signes."), field="answer")
    before = remark.state
    if (before, remark.answer) == (state, clean):
        return
    remark.state, remark.answer, remark.answered_at = state, clean, now
    session.flush()
    letters.tell_answer(session, remark, now=now)
    audit.record(
        session, "minutes.remark_answered", minutes, actor=actor, now=now,
        changes={"state": [before.value, state.value]},
    )  # fmt: skip
