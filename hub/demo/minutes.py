"""Minutes of the demonstration's meetings: approved at the next one, the last ones still under way.

What they say comes from the meetings; remarks and errata are invented. No mail leaves, nothing is printed.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from itertools import pairwise

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from hub.core import clock
from hub.core.search import fold
from hub.demo.world import World
from hub.spaces.models.meetings import Attendance, Meeting, MeetingState, Presence
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
from hub.spaces.operations import minutes as operations
from memoranda import plain

BY = "Coordination"
OPENING = "La séance s’ouvre par un tour de table. Le compte rendu de la réunion précédente est approuvé."
CLOSING = "La coordination remercie les organisations présentes."
DELAY = timedelta(days=14)
SENT_AFTER = timedelta(days=4)
UNSENT = 3  # each third space has yet to send its last minutes
SAID = "Ce point dit « toutes les organisations » : deux d’entre elles étaient excusées."
ANSWER = "C’est exact : le texte dit maintenant lesquelles étaient là."
ASKED = "Pouvez-vous noter que nous demandons une seconde date ?"
CORRECTED = "Lire « trois permanences » au lieu de « deux permanences »."


def load(session: Session, world: World) -> str:
    """Make the minutes of each meeting that was held, space by space."""
    rows = session.scalars(
        select(Meeting)
        .where(Meeting.state == MeetingState.HELD)
        .options(joinedload(Meeting.space))
        .order_by(Meeting.space_id, Meeting.starts_at)
    ).all()
    spaces: dict[int, list[Meeting]] = {}
    for row in rows:
        spaces.setdefault(row.space_id, []).append(row)
    made = sum(_of_space(session, world, place, meetings) for place, meetings in enumerate(spaces.values()))
    return f"{made} comptes rendus, approuvés pour la plupart"


def _of_space(session: Session, world: World, place: int, meetings: Sequence[Meeting]) -> int:
    """Approve all but the last one at the meeting after it; correct one of each second space."""
    for number, (meeting, following) in enumerate(pairwise(meetings)):
        row, _version = _sent(session, meeting, meeting.ends_at + SENT_AFTER)
        _approve(session, row, following)
        if place % 2 == 0 and number == len(meetings) - 2:
            _correct(session, row, following.ends_at + timedelta(days=2))
    if place % UNSENT == 0:
        return len(meetings) - 1
    last = meetings[-1]
    row, version = _sent(session, last, min(last.ends_at + SENT_AFTER, world.now - timedelta(hours=1)))
    if place % UNSENT == 1:
        row.remarks_until = clock.today(world.now) + timedelta(days=6)
        _remark(session, version, world.now)
    session.flush()
    return len(meetings)


def _sent(session: Session, meeting: Meeting, at: datetime) -> tuple[Minutes, MinutesVersion]:
    row = Minutes(
        meeting_id=meeting.id, meeting=meeting, introduction=OPENING, closing=CLOSING, edition=1,
        state=MinutesState.SENT, remarks_until=clock.today(at + DELAY),
        created_at=meeting.ends_at, updated_at=at,
    )  # fmt: skip
    session.add(row)
    session.flush()
    version = MinutesVersion(
        minutes_id=row.id, number=1, content=plain.to_json(operations.text_of(session, meeting, row)),
        remarks_until=clock.today(at + DELAY), sent_at=at, sent_by=BY,
    )  # fmt: skip
    row.versions.append(version)
    session.flush()
    return row, version


def _approve(session: Session, row: Minutes, at: Meeting) -> None:
    text = operations.sent_text(row.versions[-1])
    row.search_text = fold(" ".join(plain.texts(text)))
    row.approval, row.approved_at_id, row.approved_on = Approval.MEETING, at.id, clock.today(at.starts_at)
    row.approved_by, row.state = BY, MinutesState.APPROVED
    session.flush()


def _correct(session: Session, row: Minutes, at: datetime) -> None:
    passage = operations.sent_text(row.versions[-1]).passages[2]
    session.add(
        Erratum(
            minutes_id=row.id, number=1, item_id=int(passage.key),
            about=f"point {passage.number}, {passage.title}",
            text=CORRECTED, dated=clock.today(at), by_name=BY, created_at=at,
        )
    )  # fmt: skip
    session.flush()


def _remark(session: Session, version: MinutesVersion, now: datetime) -> None:
    """Let two of those who were there say something; one has an answer."""
    present = session.scalars(
        select(Attendance)
        .where(
            Attendance.meeting_id == version.minutes.meeting_id, Attendance.presence == Presence.PRESENT,
            Attendance.person_id.is_not(None),
        )
        .options(joinedload(Attendance.person))
        .order_by(Attendance.id)
        .limit(2)
    ).all()  # fmt: skip
    passages = operations.sent_text(version).passages
    for place, who in enumerate(present):
        session.add(
            MinutesReader(
                minutes_id=version.minutes_id, attendance_id=who.id, person_id=who.person_id,
                organisation_id=who.organisation_id, version=1, created_at=version.sent_at,
            )
        )  # fmt: skip
        answered = place == 0
        session.add(
            Remark(
                version_id=version.id, item_id=int(passages[place + 1].key), person_id=who.person_id,
                attendance_id=who.id, organisation_id=who.organisation_id, author_name=who.name,
                text=SAID if answered else ASKED,
                state=RemarkState.TAKEN_UP if answered else RemarkState.OPEN,
                answer=ANSWER if answered else "", answered_at=now if answered else None, created_at=now,
            )
        )  # fmt: skip
