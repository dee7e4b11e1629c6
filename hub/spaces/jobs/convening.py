"""Writing to all whom a meeting concerns. Killed halfway and taken up again, nobody is written to twice."""

import logging
from typing import Any

from hub.core import clock, jobs
from hub.core.errors import N_
from hub.spaces.jobs import papers
from hub.spaces.models.followers import Follower
from hub.spaces.models.meetings import Meeting, MeetingState
from hub.spaces.operations import announcing, convening
from hub.spaces.operations.meetings import TELL_JOB
from hub.spaces.queries import followers

log = logging.getLogger(__name__)

BATCH = 10  # people in one short transaction
PRINTED = 10  # percent
PRINTING, WRITING = N_("L’ordre du jour se met en page"), N_("Les mails s’écrivent")


@jobs.job(TELL_JOB)
def tell_meeting(context: jobs.JobContext, meeting: int) -> dict[str, Any]:
    """Bring everybody who is convened, and the space's followers, to what the meeting is now."""
    with context.read() as session:
        row = session.get_one(Meeting, meeting)
        called_off = row.state is MeetingState.CANCELLED
        numbers = convening.due(session, row)
        known = session.execute(followers.confirmed(row.space)).all() if row.space.is_announced else []
        addresses = [(follower.id, address) for follower, address in known]
    if not numbers and not addresses:
        return {"told": 0, "announced": 0}
    paper = None if called_off or not numbers else _paper(context, meeting)
    total, told, announced = len(numbers) + len(addresses), 0, 0
    for start in range(0, len(numbers), BATCH):
        context.progress(_percent(start, total), WRITING)
        with context.write() as session:
            for number in numbers[start : start + BATCH]:
                told += convening.tell(session, number, paper, now=clock.now())
    for start in range(0, len(addresses), BATCH):
        context.progress(_percent(len(numbers) + start, total), WRITING)
        with context.write() as session:
            row = session.get_one(Meeting, meeting)
            for number, address in addresses[start : start + BATCH]:
                follower = session.get(Follower, number)  # may have said stop meanwhile
                if follower is not None:
                    announced += announcing.announce(session, row, follower, address, now=clock.now())
    return {"told": told, "announced": announced}


def _percent(done: int, total: int) -> int:
    return PRINTED + (100 - PRINTED) * done // total


def _paper(context: jobs.JobContext, meeting: int) -> bytes | None:
    """Return the agenda as PDF; what can't be printed doesn't keep a meeting from being convened."""
    context.progress(0, PRINTING)
    try:
        return papers.agenda_pdf(context, meeting)
    except jobs.JobFailedError as problem:
        log.warning("the agenda of meeting %s goes out without PDF: %s", meeting, problem)
        return None
