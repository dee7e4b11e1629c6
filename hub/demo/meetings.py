"""Two years of meetings of the demonstration's spaces: agendas, who came, decisions, actions.

The subjects come from public facts of the network; what was said, decided and promised is invented.
"""

import tomllib
from dataclasses import dataclass
from datetime import date, time, timedelta
from functools import cache
from itertools import cycle
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from hub.actors.models.mandates import Mandate, Person
from hub.actors.models.organisations import Organisation
from hub.core import clock
from hub.core.i18n import format_date
from hub.demo.world import DATA, World
from hub.spaces.models.actions import Action, ActionState
from hub.spaces.models.decisions import Decision, Method, Stance
from hub.spaces.models.meetings import AgendaItem, Attendance, Meeting, MeetingState, Presence, Purpose
from hub.spaces.models.seats import Representation, RepresentationRole
from hub.spaces.models.spaces import Membership, MembershipRole, Space
from hub.spaces.operations import actions, decisions, positions
from hub.spaces.operations.actions import ActionFacts
from hub.spaces.operations.decisions import DecisionFacts
from hub.spaces.operations.positions import Said
from hub.spaces.operations.voices import table_of

ACTOR = "démonstration"
YEARS = timedelta(days=2 * 365)
CONVENED_DAYS = 20  # a meeting nearer than that has had its agenda sent, where there is one
SUMMER, WINTER = (8,), ((12, 20), (1, 5))
GONE = {("logement", "svp"): 3, ("pli_namur", "resto"): 2, ("transit", "crilux"): 4}
"""(space, organisation) → how many of the last meetings it has not come to."""
STANDING = 2  # points that come first each time
BODIES = cycle(("Organe d’administration", "Assemblée générale", "Collège", "Direction"))


@dataclass(frozen=True)
class Plan:
    """How a space meets, as the data say it."""

    every: int
    next: int
    hour: time
    hours: float
    place: str
    topics: list[dict[str, Any]]
    online: str = ""
    agenda: bool = False


def load(session: Session, world: World) -> str:
    """Name who sits for whom, then hold the meetings, the oldest first: codes follow the days."""
    _representatives(session, world)
    today = clock.today(world.now)
    due = [
        (day, code, place) for code, plan in plans().items() for place, day in enumerate(days_of(plan, today))
    ]
    speakers = _speakers(session, world)
    for day, code, place in sorted(due):
        _meeting(session, world, code, day=day, place=place, speakers=speakers[code])
    session.flush()
    return f"{len(due)} réunions en deux ans, avec leurs décisions et leurs actions"


@cache
def plans() -> dict[str, Plan]:
    """Return how each space meets, by its code."""
    with (DATA / "meetings.toml").open("rb") as file:
        read = tomllib.load(file)
    return {
        code: Plan(topics=part.pop("topic"), hour=time.fromisoformat(part.pop("hour")), **part)
        for code, part in read.items()
    }


def days_of(plan: Plan, today: date) -> list[date]:
    """Return the days of a space's meetings, the oldest first: two years back, up to the next one."""
    found, day = [], today + timedelta(days=plan.next)
    while day > today - YEARS:
        found.append(_working(day))
        day -= timedelta(days=plan.every)
    return sorted(set(found))


def _working(day: date) -> date:
    """Return the nearest later day on which people meet: no weekend, no August, no end of the year."""
    while (
        day.weekday() > 4  # noqa: PLR2004 - Friday
        or day.month in SUMMER
        or (day.month, day.day) >= WINTER[0]
        or (day.month, day.day) <= WINTER[1]
    ):
        day += timedelta(days=1)
    return day


# --- Who sits for whom ------------------------------------------------------------------------


def _representatives(session: Session, world: World) -> None:
    """Give each organisation that sits somewhere a representative, and pilots a substitute too."""
    seats = session.scalars(
        select(Membership).options(joinedload(Membership.organisation), joinedload(Membership.space))
    ).all()
    codes = {row.id: code for code, row in world.rows["organisation"].items()}
    people: dict[tuple[int, RepresentationRole], Person] = {}
    for seat in seats:
        roles = [RepresentationRole.REPRESENTATIVE]
        if seat.role is MembershipRole.PILOT:
            roles.append(RepresentationRole.SUBSTITUTE)
        for role in roles:
            key = (seat.organisation_id, role)
            if key not in people:
                people[key] = _person(session, world, seat.organisation, codes[seat.organisation_id], role)
            _representation(session, world, seat, people[key], role)
    session.flush()


def _person(
    session: Session, world: World, organisation: Organisation, code: str, role: RepresentationRole
) -> Person:
    if code == "gabs" and role is RepresentationRole.REPRESENTATIVE:
        known: Person = world.get("person", "representative")
        return known
    word = "Délégué·e" if role is RepresentationRole.REPRESENTATIVE else "Suppléant·e"
    made = Person(
        name=f"{word} – {organisation.short_label}"[:120],
        email=f"{role.value[:3]}.{code.replace('_', '-')}@example.org",
        created_at=world.now - YEARS,
    )
    session.add(made)
    session.flush()
    return made


def _representation(
    session: Session, world: World, seat: Membership, person: Person, role: RepresentationRole
) -> None:
    starts_on = max(seat.starts_on or date(2020, 1, 1), date(2020, 1, 1))
    mandate = Mandate(
        person_id=person.id, organisation_id=seat.organisation_id, scope=seat.space.name[:200],
        function="", is_limited=True, decided_by=next(BODIES), decided_on=starts_on, starts_on=starts_on,
        ends_on=None if seat.ends_on is None else max(seat.ends_on, starts_on), created_at=world.now - YEARS,
    )  # fmt: skip
    session.add(mandate)
    session.flush()
    session.add(
        Representation(membership_id=seat.id, mandate_id=mandate.id, role=role, created_at=world.now - YEARS)
    )


def _speakers(session: Session, world: World) -> dict[str, list[tuple[str, int, int]]]:
    """Return, for each space, who sits there: (organisation's code, its row, its representative's row)."""
    rows = session.execute(
        select(Membership.space_id, Membership.organisation_id, Mandate.person_id)
        .join(Representation, Representation.membership_id == Membership.id)
        .join(Mandate, Mandate.id == Representation.mandate_id)
        .where(Membership.ends_on.is_(None), Representation.role == RepresentationRole.REPRESENTATIVE)
        .order_by(Membership.id)
    ).all()
    codes = {row.id: code for code, row in world.rows["organisation"].items()}
    found: dict[str, list[tuple[str, int, int]]] = {}
    for code, space in world.rows["space"].items():
        found[code] = [(codes[house], house, person) for table, house, person in rows if table == space.id]
    return found


# --- A meeting --------------------------------------------------------------------------------


def _meeting(
    session: Session,
    world: World,
    code: str,
    *,
    day: date,
    place: int,
    speakers: list[tuple[str, int, int]],
) -> None:
    plan, space = plans()[code], world.get("space", code)
    starts_at = clock.at(day, plan.hour)
    past = starts_at < world.now
    near = plan.agenda and starts_at - world.now < timedelta(days=CONVENED_DAYS)
    sent = starts_at - timedelta(days=10) if past else world.now - timedelta(days=1)
    meeting = Meeting(
        space_id=space.id,
        title=f"{'Assemblée' if code == 'pleniere' else 'Réunion'} du {_in_words(day)}",
        state=MeetingState.HELD if past else MeetingState.CONVENED if near else MeetingState.PLANNED,
        starts_at=starts_at, ends_at=starts_at + timedelta(hours=plan.hours), place_name=plan.place,
        online_url=plan.online, agenda_sent_at=sent if past or near else None,
        held_at=starts_at + timedelta(hours=plan.hours) if past else None,
        created_at=min(starts_at - timedelta(days=40), world.now), updated_at=min(sent, world.now),
    )  # fmt: skip
    session.add(meeting)
    session.flush()
    world.put("meeting", f"{code}-{place}", meeting)
    led, closes = _subject(plan, place, clock.today(world.now))
    items = _agenda(session, meeting, plan, led) if past or plan.agenda else []
    if past or near:
        _attendance(session, world, meeting, code, speakers)
    if past:
        _hold(session, world, meeting, items, space=space, closes=closes)


def _in_words(day: date) -> str:
    """Return « 2 décembre 2024 »: the day of the week stands beside it everywhere."""
    return format_date(day, "fr").partition(" ")[2]


def _subject(plan: Plan, place: int, today: date) -> tuple[int, bool]:
    """Return which subject leads that meeting, and whether it is the last to do so: then it is decided."""
    count, held = len(plan.topics), sum(day < today for day in days_of(plan, today))
    if place >= held:
        return place % count, False
    led = place * count // held
    return led, (place + 1) * count // held > led


def _agenda(
    session: Session, meeting: Meeting, plan: Plan, led: int
) -> list[tuple[AgendaItem, dict[str, Any]]]:
    """Put the agenda together: what comes each time, and one or two of the space's own subjects."""
    shown = [plan.topics[(led + step) % len(plan.topics)] for step in range(min(2, len(plan.topics)))]
    points = [
        {"title": "Bienvenue, compte rendu de la dernière réunion", "purpose": "decide", "minutes": 10},
        {"title": "Nouvelles des membres", "purpose": "inform", "minutes": 20},
        *shown,
        {"title": "Date de la prochaine réunion", "purpose": "decide", "minutes": 5},
    ]
    made = []
    for position, point in enumerate(points):
        item = AgendaItem(
            meeting_id=meeting.id, position=position, title=point["title"],
            purpose=Purpose(point["purpose"]), duration=point["minutes"], created_at=meeting.created_at,
        )  # fmt: skip
        session.add(item)
        made.append((item, point))
    session.flush()
    return made


def _attendance(
    session: Session, world: World, meeting: Meeting, code: str, speakers: list[tuple[str, int, int]]
) -> None:
    """Say who was asked and who came; some stopped coming, as happens."""
    for rank, (organisation, house, person) in enumerate(speakers):
        row = Attendance(
            meeting_id=meeting.id, organisation_id=house, person_id=person,
            invited_at=meeting.agenda_sent_at, created_at=meeting.created_at,
        )  # fmt: skip
        if meeting.state is MeetingState.HELD:
            missed = GONE.get((code, organisation), 0) * timedelta(days=plans()[code].every)
            lot = (meeting.id * 7 + rank * 5) % 11
            absent = meeting.starts_at > world.now - missed
            row.presence = Presence.ABSENT if absent else Presence.EXCUSED if lot == 0 else Presence.PRESENT
            if lot == 1 and rank > 0 and not absent:
                row.presence, row.represented_by_id = Presence.REPRESENTED, speakers[0][1]
        session.add(row)
    session.flush()


def _hold(
    session: Session,
    world: World,
    meeting: Meeting,
    items: list[tuple[AgendaItem, dict[str, Any]]],
    *,
    space: Space,
    closes: bool,
) -> None:
    for rank, (item, point) in enumerate(items):
        item.notes = point.get("notes", "Rien de particulier." if rank <= 1 else "Fixée en séance.")
        item.notes_version, item.notes_saved_at = 1, meeting.ends_at
        if by := point.get("by"):
            item.organisation_id = world.get("organisation", by).id
        if rank == STANDING and closes:
            _follow(session, world, meeting, item, space=space, point=point)


def _follow(
    session: Session,
    world: World,
    meeting: Meeting,
    item: AgendaItem,
    *,
    space: Space,
    point: dict[str, Any],
) -> None:
    decision = None
    if text := point.get("decision"):
        method = Method(point.get("method", "consensus"))
        decision = decisions.take(
            session, meeting, item, DecisionFacts(text, method), actor=ACTOR, now=meeting.ends_at
        )
        _note_positions(session, world, decision, point.get("positions", []))
    for title, code, days, state, reason in point.get("actions", []):
        facts = ActionFacts(
            title=title,
            organisation_id=world.get("organisation", code).id,
            due_on=clock.today(meeting.starts_at) + timedelta(days=days),
        )
        action = actions.add(
            session, space, facts, meeting=meeting, item=item, decision=decision, actor=ACTOR,
            now=meeting.ends_at,
        )  # fmt: skip
        _settle(action, ActionState(state), reason, clock.today(world.now))


def _note_positions(
    session: Session, world: World, decision: Decision, told: list[tuple[str, str, str]]
) -> None:
    """Note where organisations stood; who was away that day has no voice in a vote."""
    seats = table_of(session, decision.meeting)
    said: dict[int, Said | None] = {}
    for code, stance, reason in told:
        seat = seats.get(world.get("organisation", code).id)
        if seat is not None and seat.may_vote(decision.method):
            person_id = seat.people[0].id if seat.people else None
            said[seat.organisation.id] = Said(Stance(stance), reason, person_id)
    positions.note(session, decision, said, actor=ACTOR, now=decision.meeting.ends_at)


def _settle(action: Action, state: ActionState, reason: str, today: date) -> None:
    """Bring an action to where the data say it stands: two of three that are open still have time."""
    due_on = action.due_on or today
    ahead = due_on > today
    action.state = ActionState.IN_PROGRESS if ahead and state is ActionState.DONE else state
    action.reason = reason
    if action.state is ActionState.DONE:
        action.done_on = due_on - timedelta(days=3)
    elif not ahead and action.id % 3:
        action.due_on = today + timedelta(days=5 + action.id)
