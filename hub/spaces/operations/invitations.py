"""A meeting as calendars read it: one name for its life, a version that grows with each change (RFC 5546)."""

from datetime import datetime

from icalendar import Event as Entry

from hub.core import calendars
from hub.core.mail import Attachment, Site
from hub.spaces.models.meetings import Answer, Attendance, Meeting, MeetingState

FILE = "reunion.ics"
PARTSTATS = {Answer.COMING: "ACCEPTED", Answer.MAYBE: "TENTATIVE", Answer.NOT_COMING: "DECLINED"}


def uid(meeting: Meeting, site: Site) -> str:
    """Return the name of a meeting in calendars; feeds use the same, so that nothing shows twice."""
    return f"reunion-{meeting.id}@{calendars.host(site)}"


def entry(meeting: Meeting, site: Site, *, now: datetime, description: str = "") -> Entry:
    """Return a meeting as an entry for whoever takes part in the space."""
    places = (meeting.place_name, meeting.place_address, meeting.online_url)
    told = (description, meeting.practical)
    made = calendars.entry(
        uid(meeting, site),
        meeting.starts_at,
        meeting.ends_at,
        meeting.title,
        now=now,
        sequence=meeting.sequence,
        changed_at=meeting.updated_at,
        description="\n\n".join(part for part in told if part),
        place=", ".join(part for part in places if part),
        url=f"{site.base_url}/reunions/{meeting.id}",
        cancelled=meeting.state is MeetingState.CANCELLED,
    )
    if meeting.state is MeetingState.CANCELLED and meeting.cancelled_reason:
        made.add("comment", meeting.cancelled_reason)
    return made


def published(meeting: Meeting, site: Site, *, now: datetime, description: str = "") -> bytes:
    """Return the meeting for whoever wants it in a calendar."""
    return calendars.calendar("PUBLISH", [entry(meeting, site, now=now, description=description)])


def personal(
    attendance: Attendance,
    site: Site,
    *,
    email: str,
    organiser: str,
    now: datetime,
    description: str = "",
) -> bytes:
    """Return somebody's own entry: a request, or a cancellation once the meeting is called off.

    The personal link stays out of it: calendars are shared.
    """
    meeting = attendance.meeting
    made = entry(meeting, site, now=now, description=description)
    made.add("organizer", calendars.organiser(organiser, site))
    if email:
        answer = PARTSTATS.get(attendance.answer, "NEEDS-ACTION") if attendance.answer else "NEEDS-ACTION"
        made.add("attendee", calendars.person(email, attendance.name, answer=answer))
    if meeting.state is not MeetingState.CANCELLED:
        made.add_component(calendars.reminder(meeting.title))
    return calendars.calendar(method(meeting), [made])


def method(meeting: Meeting) -> str:
    """Return what a calendar does with the meeting's entry."""
    return "CANCEL" if meeting.state is MeetingState.CANCELLED else "REQUEST"


def attachment(meeting: Meeting, content: bytes) -> Attachment:
    """Return an entry as it goes with a mail."""
    return calendars.attachment(FILE, method(meeting), content)
