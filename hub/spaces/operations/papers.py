"""From rows to the frozen content of agenda and minutes, and keeping the PDF that is printed of it.

The texts are French whatever the language of the person who asks: a paper is the network's, not theirs.
"""

import hashlib
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from flask_babel import force_locale
from sqlalchemy.orm import Session

from hub.core import files, i18n, jobs, letterhead
from hub.core.files import Store
from hub.core.search import fold
from hub.spaces.models.actions import Action
from hub.spaces.models.decisions import Decision, Method, Stance
from hub.spaces.models.meetings import AgendaItem, Attendance, Meeting, MeetingState, Presence
from hub.spaces.models.papers import MeetingPaper, PaperKind
from hub.spaces.queries import papers as queries
from hub.spaces.queries import seats
from hub.spaces.words import METHODS, PURPOSES, STANCES
from memoranda import markup, plain
from memoranda.minutes.content import (
    Agenda,
    Decided,
    Minutes,
    Party,
    Passage,
    Sitting,
    Task,
    Text,
    Topic,
    Voice,
)

JOB = "spaces.paper"
PDF = "application/pdf"
LANGUAGE = "fr"
MINUTES_AN_HOUR = 60
# What is left out of a decision's voices: who simply agreed stands in the count.
TOLD = (Stance.AGAINST, Stance.ABSTENTION, Stance.RESERVATION)


@dataclass(frozen=True)
class Printed:
    """A PDF that was made, how many pages it has, and the signs that it could not draw."""

    pdf: bytes
    pages: int
    undrawable: str


# --- From rows to content -------------------------------------------------------------------------


def sitting_of(meeting: Meeting) -> Sitting:
    """Return what a meeting is, in words."""
    place = ", ".join(part for part in (meeting.place_name, meeting.place_address) if part)
    return Sitting(
        space=_clean(meeting.space.name), title=_clean(meeting.title), day=i18n.as_day(meeting.starts_at),
        when=i18n.format_range(meeting.starts_at, meeting.ends_at, LANGUAGE), place=_clean(place),
        online=_clean(meeting.online_url),
    )  # fmt: skip


def agenda_of(session: Session, meeting: Meeting, *, base_url: str) -> Agenda:
    """Return the agenda of a meeting as it stands now."""
    items = session.scalars(queries.items(meeting.id, with_documents=True)).all()
    asked = session.scalars(queries.attendances(meeting.id)).all()
    with force_locale(LANGUAGE):
        return Agenda(
            letterhead=letterhead.of(session),
            sitting=sitting_of(meeting),
            notice=_notice(meeting),
            asked=_parties(row for row in asked if row.organisation is not None)
            or _sitting(session, meeting),
            practical=_clean(meeting.practical),
            topics=tuple(_topics(meeting, items)),
            url=f"{base_url}/reunions/{meeting.id}",
        )


def _sitting(session: Session, meeting: Meeting) -> tuple[Party, ...]:
    """Return the organisations that sit in the space that day: those that will be asked."""
    rows = session.scalars(seats.sitting(meeting.space_id, i18n.as_day(meeting.starts_at))).all()
    names = sorted({_clean(row.name) for row in rows}, key=lambda name: (fold(name), name))
    return tuple(Party(organisation=name) for name in names)


def _notice(meeting: Meeting) -> str:
    if meeting.state is not MeetingState.CANCELLED:
        return ""
    reason = _clean(meeting.cancelled_reason).strip()
    return f"Cette réunion est annulée. {reason}".strip()


def _topics(meeting: Meeting, items: Sequence[AgendaItem]) -> Iterable[Topic]:
    """Give each point its hour, for as long as the durations before it are known."""
    begins: datetime | None = meeting.starts_at
    for number, item in enumerate(items, start=1):
        yield Topic(
            number=str(number), title=_clean(item.title),
            starts=i18n.format_time(begins, LANGUAGE) if begins else "",
            lasts=_duration(item.duration), purpose=str(PURPOSES[item.purpose]),
            brought_by=_bearer(item), detail=_clean(item.detail),
            documents=tuple(_clean(one.title) for one in item.documents if one.withdrawn_at is None),
        )  # fmt: skip
        begins = begins + timedelta(minutes=item.duration) if begins and item.duration else None


def _duration(minutes: int | None) -> str:
    """« 20 min », « 1 h », « 1 h 30 »."""
    if not minutes:
        return ""
    hours, rest = divmod(minutes, MINUTES_AN_HOUR)
    if not hours:
        return f"{rest}\u00a0min"
    return f"{hours}\u00a0h\u00a0{rest:02d}" if rest else f"{hours}\u00a0h"


def _bearer(item: AgendaItem) -> str:
    if item.organisation:
        return _clean(item.organisation.name)
    return _clean(item.proposed_by.name) if item.proposed_by else ""


def text_of(
    session: Session,
    meeting: Meeting,
    *,
    introduction: str = "",
    closing: str = "",
    recommendations: Mapping[int | None, Sequence[str]] | None = None,
) -> Text:
    """Return the text of a meeting's minutes as it stands now.

    `recommendations` are titles of those on the way, by point (None: of the meeting as a whole).
    """
    items = session.scalars(queries.items(meeting.id)).all()
    rows = session.scalars(queries.attendances(meeting.id)).all()
    decisions = _by_item(session.scalars(queries.decisions(meeting.id)).unique(), items)
    actions = _by_item(session.scalars(queries.actions(meeting.id)), items)
    following = session.scalar(queries.next_meeting(meeting))
    with force_locale(LANGUAGE):
        passages = [
            _passage(number, item, decisions[item.id], actions[item.id], (recommendations or {}).get(item.id))
            for number, item in enumerate(items, start=1)
        ]
        rest = _passage_of_none(len(items) + 1, decisions[None], (recommendations or {}).get(None))
        return Text(
            sitting=sitting_of(meeting),
            present=_parties(row for row in rows if row.presence is Presence.PRESENT),
            represented=_represented(rows),
            excused=_parties(row for row in rows if row.presence is Presence.EXCUSED),
            absent=_parties(row for row in rows if row.presence is Presence.ABSENT),
            introduction=_clean(introduction),
            passages=(*passages, *rest),
            tasks=tuple(_task(row) for row in actions[None]),
            closing=_clean(closing),
            next_meeting=_next(following),
        )


def _by_item(rows: Iterable[Decision | Action], items: Sequence[AgendaItem]) -> dict[int | None, list]:  # type: ignore[type-arg]
    """Group by point; what hangs on none, or on a point no longer agreed on, is nobody's."""
    known = {item.id for item in items}
    found: dict[int | None, list[Decision | Action]] = defaultdict(list)
    for row in rows:
        found[row.item_id if row.item_id in known else None].append(row)
    return found


def _passage(
    number: int,
    item: AgendaItem,
    decisions: Sequence[Decision],
    actions: Sequence[Action],
    recommendations: Sequence[str] | None,
) -> Passage:
    return Passage(
        key=str(item.id), number=str(number), title=_clean(item.title), notes=_clean(item.notes).strip(),
        decisions=tuple(_decided(row) for row in decisions), tasks=tuple(_task(row) for row in actions),
        recommendations=tuple(_clean(text) for text in recommendations or ()),
    )  # fmt: skip


def _passage_of_none(
    number: int, decisions: Sequence[Decision], recommendations: Sequence[str] | None
) -> list[Passage]:
    """Return a passage for what was decided outside any point, if anything was."""
    if not decisions and not recommendations:
        return []
    return [
        Passage(
            key="", number=str(number), title="Hors ordre du jour",
            decisions=tuple(_decided(row) for row in decisions),
            recommendations=tuple(_clean(text) for text in recommendations or ()),
        )
    ]  # fmt: skip


def _decided(row: Decision) -> Decided:
    told = [one for one in row.positions if one.stance in TOLD or one.reason.strip()]
    told.sort(key=lambda one: (list(Stance).index(one.stance), fold(one.organisation.name)))
    return Decided(
        code=row.code, text=_clean(row.text), method=str(METHODS[row.method]), tally=_tally(row),
        voices=tuple(
            Voice(
                organisation=_clean(one.organisation.name), stance=str(STANCES[one.stance]),
                reason=_clean(one.reason).strip(),
            )
            for one in told
        ),
    )  # fmt: skip


def _tally(row: Decision) -> str:
    """Count the voices of a vote, and those that were recorded otherwise."""
    if not row.positions:
        return ""
    shown = list(Stance) if row.method is Method.VOTE else [one for one in Stance if one in TOLD]
    counts = {stance: sum(1 for one in row.positions if one.stance is stance) for stance in shown}
    if row.method is not Method.VOTE:
        counts = {stance: count for stance, count in counts.items() if count}
    elif not counts[Stance.RESERVATION]:
        del counts[Stance.RESERVATION]
    return " · ".join(f"{STANCES[stance]} : {count}" for stance, count in counts.items())


def _task(row: Action) -> Task:
    owner = row.organisation.name if row.organisation else ""
    if row.person:
        owner = f"{owner} ({row.person.name})" if owner else row.person.name
    return Task(
        title=_clean(row.title), owner=_clean(owner), due=in_words(row.due_on) if row.due_on else "",
        detail=_clean(row.detail).strip(),
    )  # fmt: skip


def in_words(day: date) -> str:
    """« 1er juin 2026 »."""
    return markup.day_in_words(day)


def _next(meeting: Meeting | None) -> str:
    if meeting is None:
        return ""
    when = i18n.format_range(meeting.starts_at, meeting.ends_at, LANGUAGE)
    return _clean(" · ".join(part for part in (when, meeting.title, meeting.place_name) if part))


def _parties(rows: Iterable[Attendance]) -> tuple[Party, ...]:
    """Gather people under their organisation, in the order of its name; those of none come last."""
    people: dict[str, list[str]] = defaultdict(list)
    for row in rows:
        people[_clean(row.organisation.name) if row.organisation else ""].append(_clean(row.name))
    names = sorted(people, key=lambda name: (name == "", fold(name), name))
    return tuple(
        Party(organisation=name, people=tuple(sorted(people[name], key=lambda one: (fold(one), one))))
        for name in names
    )


def _represented(rows: Sequence[Attendance]) -> tuple[Party, ...]:
    found = [row for row in rows if row.presence is Presence.REPRESENTED and row.represented_by]
    found.sort(key=lambda row: fold(row.organisation.name if row.organisation else row.name))
    return tuple(
        Party(
            organisation=_clean(row.organisation.name) if row.organisation else "",
            people=(_clean(row.name),),
            by=_clean(row.represented_by.name) if row.represented_by else "",
        )
        for row in found
    )  # fmt: skip


def _clean(text: str) -> str:
    """Leave out what nobody sees and nothing prints: a control character pasted must not stop a paper."""
    return plain.without_invisible(text)


# --- Printing -------------------------------------------------------------------------------------


def fingerprint(session: Session, document: Agenda | Minutes) -> str:
    """Return the SHA-256 of all that the PDF depends on: it changes when the PDF would."""
    parts = (plain.to_json(document), letterhead.logo_sha256(session))
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()


def kind_of(document: Agenda | Minutes) -> PaperKind:
    """Return which paper a content is."""
    return PaperKind.AGENDA if isinstance(document, Agenda) else PaperKind.MINUTES


def find(session: Session, meeting: Meeting, document: Agenda | Minutes) -> MeetingPaper | None:
    """Return the paper of that very content, printed or on its way; None if nobody asked for it."""
    return session.scalar(queries.paper(meeting.id, kind_of(document), fingerprint(session, document)))


def order(session: Session, meeting: Meeting, document: Agenda | Minutes, *, now: datetime) -> MeetingPaper:
    """Ask for the PDF of that content: the row to print; the one that is there if it was asked for before."""
    known = find(session, meeting, document)
    if known is not None:
        return known
    row = MeetingPaper(
        meeting_id=meeting.id, kind=kind_of(document), content=plain.to_json(document),
        content_hash=fingerprint(session, document), created_at=now,
    )  # fmt: skip
    session.add(row)
    session.flush()
    return row


def request(session: Session, row: MeetingPaper, *, actor_id: int | None, now: datetime) -> jobs.Job | None:
    """Have a paper printed unless it is, or is being; return the job that does it."""
    if row.file_id is not None:
        return None
    last = session.scalar(jobs.of(row, JOB).limit(1))
    if last is not None and not last.is_over:
        return last
    return jobs.enqueue(session, JOB, now=now, subject=row, actor_id=actor_id, paper=row.id)


def content_of(row: MeetingPaper) -> Agenda | Minutes:
    """Read a paper's content back, without the logo."""
    if row.kind is PaperKind.AGENDA:
        return plain.from_json(row.content, Agenda)
    return plain.from_json(row.content, Minutes)


def complete(session: Session, document: Agenda | Minutes, store: Store) -> Agenda | Minutes:
    """Return the content with the logo; one that is gone must not keep a meeting from its papers."""
    return replace(document, letterhead=letterhead.with_logo(session, document.letterhead, store))


def keep(
    session: Session, store: Store, row: MeetingPaper, printed: Printed, *, now: datetime
) -> MeetingPaper:
    """Keep the PDF of a paper; earlier papers of the meeting and kind give way to it."""
    if row.file_id is None:
        row.file = files.keep(session, store, printed.pdf, file_name(content_of(row)), PDF, now=now)
        row.pages, row.undrawable = printed.pages, printed.undrawable
        session.flush()
    for earlier in session.scalars(queries.earlier_papers(row)):
        session.delete(earlier)
    session.flush()
    return row


def file_name(document: Agenda | Minutes) -> str:
    """Return « ordre-du-jour-2026-06-01.pdf »."""
    day = document.sitting.day if isinstance(document, Agenda) else document.text.sitting.day
    word = "ordre-du-jour" if isinstance(document, Agenda) else "compte-rendu"
    return f"{word}-{day.isoformat()}.pdf"
