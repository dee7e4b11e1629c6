"""A network that has met for years: the demonstration, and beside it spaces, meetings, decisions, actions.

`fill` adds rows straight to the tables, so that it takes seconds. The first space that it makes is the
busiest: pages are asked for it, and for the demonstration's plans and reports.
"""

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import islice, product
from typing import Any

from sqlalchemy import func, insert, select, update
from sqlalchemy.orm import Session
from werkzeug.routing import Rule

from hub.accounts.models import Role, User
from hub.accounts.operations.sessions import open_session
from hub.actors.models.mandates import Mandate, Person
from hub.actors.models.organisations import Organisation
from hub.actors.models.reference import Theme
from hub.core import clock, tokens
from hub.core.db import Base
from hub.plans.models.diagnosis import Finding
from hub.plans.models.frames import Frame, FrameEntry
from hub.plans.models.indicators import Indicator, IndicatorValue
from hub.plans.models.outline import Axis, PlanAction
from hub.plans.models.plans import Adoption, BudgetLine, Evaluation, Plan
from hub.reports.models.activity import ActivityExport
from hub.reports.models.reports import PlenaryReport, ReportPart
from hub.spaces.models.actions import Action, ActionState
from hub.spaces.models.decisions import Decision, DecisionCounter, Method, Position, Stance
from hub.spaces.models.followers import Follower
from hub.spaces.models.joining import Joining
from hub.spaces.models.meetings import (
    AgendaItem,
    Attendance,
    ItemState,
    Meeting,
    MeetingState,
    Presence,
    Purpose,
)
from hub.spaces.models.minutes import (
    Approval,
    Minutes,
    MinutesReader,
    MinutesState,
    MinutesVersion,
    Remark,
)
from hub.spaces.models.polls import DateAnswer, DatePoll, DateProposal, DateVoter, DateWord
from hub.spaces.models.seats import Representation
from hub.spaces.models.spaces import Membership, MembershipRole, Space, SpaceKind, space_theme

SEED = 20230606
SEATS, ITEMS, VOICES = 12, 5, 5
BUSIEST = 10  # the first space has as many times the meetings of another
TRIES = 400
SCOPE = "banc"
OLD = timedelta(days=60)
Held = tuple[int, int, datetime, MeetingState]
"""A meeting: its number, its space, when it begins, whether it was held."""
YEAR = 1999  # whose codes no decision of the demonstration has


@dataclass(frozen=True)
class Size:
    """How much is added to the demonstration."""

    spaces: int
    meetings: int
    actions: int


@dataclass
class Making:
    """What the rows are made with: who sits in which space is (organisation, person)."""

    session: Session
    now: datetime
    chance: random.Random
    tables: dict[int, list[tuple[int, int]]] = field(default_factory=dict)


def fill(session: Session, size: Size, now: datetime) -> Space:
    """Add so many spaces with their meetings and all that hangs on them; return the busiest space."""
    making = Making(session, now, random.Random(SEED))  # noqa: S311 - no secret
    spaces = _spaces(making, size.spaces)
    _seats(making, spaces)
    meetings = _meetings(making, spaces, size.meetings)
    items = _items(making, meetings)
    _attendances(making, meetings)
    decisions = _decisions(making, meetings, items)
    _actions(making, size.actions, meetings, decisions)
    _minutes(making, meetings)
    _polls(making, spaces)
    session.flush()
    return session.get_one(Space, spaces[0])


def add(session: Session, model: Any, rows: list[dict[str, Any]]) -> list[int]:
    """Insert rows, return their numbers in order."""
    first = (session.scalar(select(func.max(model.id))) or 0) + 1
    numbers = list(range(first, first + len(rows)))
    if rows:
        session.execute(insert(model), [{"id": n, **row} for n, row in zip(numbers, rows, strict=True)])
    return numbers


def _spaces(making: Making, number: int) -> list[int]:
    session, now, chance = making.session, making.now, making.chance
    themes = session.scalars(select(Theme.id)).all()
    made = add(
        session,
        Space,
        [
            {
                "slug": f"espace-{place}", "name": f"Groupe de travail {place:03d}",
                "kind": SpaceKind.WORKING_GROUP, "purpose": "Cherche des solutions.",
                "is_announced": True,
                "starts_on": clock.today(now) - timedelta(days=1500), "created_at": now,
            }
            for place in range(number)
        ],
    )  # fmt: skip
    rows = [
        {"space_id": space, "theme_id": theme} for space in made for theme in chance.sample(list(themes), 2)
    ]
    session.execute(insert(space_theme), rows)
    return made


def _seats(making: Making, spaces: Sequence[int]) -> None:
    """Seat twelve organisations in each space, each represented.

    One organisation sits in every second space: whose personal page is the longest.
    """
    session, now, chance = making.session, making.now, making.chance
    houses = list(session.scalars(select(Organisation.id).where(Organisation.merged_into_id.is_(None))))
    people = add(
        session,
        Person,
        [{"name": f"Délégation {n}", "email": f"d{n}@example.org", "created_at": now} for n in houses],
    )
    since = clock.today(now) - timedelta(days=1500)
    mandates = add(
        session,
        Mandate,
        [
            {
                "person_id": person,
                "organisation_id": house,
                "scope": SCOPE,
                "starts_on": since,
                "created_at": now,
            }
            for person, house in zip(people, houses, strict=True)
        ],
    )
    for place, space in enumerate(spaces):
        chosen = chance.sample(range(1, len(houses)), SEATS - 1) + ([0] if place % 2 == 0 else [])
        roles = [MembershipRole.PILOT, *[MembershipRole.MEMBER] * (len(chosen) - 1)]
        seats = add(
            session,
            Membership,
            [
                {
                    "space_id": space, "organisation_id": houses[one], "role": role, "starts_on": since,
                    "created_at": now,
                }
                for one, role in zip(chosen, roles, strict=True)
            ],
        )  # fmt: skip
        add(
            session,
            Representation,
            [
                {"membership_id": seat, "mandate_id": mandates[one], "created_at": now}
                for seat, one in zip(seats, chosen, strict=True)
            ],
        )
        making.tables[space] = [(houses[one], people[one]) for one in chosen]


def _meetings(making: Making, spaces: Sequence[int], number: int) -> list[Held]:
    """Spread the meetings over three years, the last of each space still to come."""
    session, now = making.session, making.now
    shares = [BUSIEST, *[1] * (len(spaces) - 1)]
    counts = [max(2, number * share // sum(shares)) for share in shares]
    rows: list[dict[str, Any]] = []
    for space, count in zip(spaces, counts, strict=True):
        for place in range(count):
            comes = place == count - 1
            begins = now + timedelta(days=12 if comes else -3 - 1000 * place // count)
            rows.append(
                {
                    "space_id": space, "title": f"Réunion {place + 1}", "starts_at": begins,
                    "ends_at": begins + timedelta(hours=2), "place_name": "Namur",
                    "state": MeetingState.CONVENED if comes else MeetingState.HELD,
                    "agenda_sent_at": now - timedelta(days=1) if comes else begins - timedelta(days=10),
                    "held_at": None if comes else begins + timedelta(hours=2),
                    "created_at": begins - timedelta(days=30), "updated_at": begins,
                }
            )  # fmt: skip
    numbers = add(session, Meeting, rows)
    return [
        (n, row["space_id"], row["starts_at"], row["state"]) for n, row in zip(numbers, rows, strict=True)
    ]


def _items(making: Making, meetings: Sequence[Held]) -> dict[int, int]:
    """Give each meeting five points; return the number of its last one."""
    session, now = making.session, making.now
    rows: list[dict[str, Any]] = [
        {
            "meeting_id": meeting, "position": place, "title": f"Point {place + 1}", "duration": 20,
            "purpose": Purpose.DECIDE if place == ITEMS - 1 else Purpose.DISCUSS, "created_at": now,
            "notes": "On en parle, on y revient." if state is MeetingState.HELD else "",
            "state": ItemState.AGREED if state is MeetingState.HELD or place else ItemState.PROPOSED,
        }
        for meeting, _, _, state in meetings
        for place in range(ITEMS)
    ]  # fmt: skip
    numbers = add(session, AgendaItem, rows)
    return {row["meeting_id"]: number for row, number in zip(rows, numbers, strict=True)}


def _attendances(making: Making, meetings: Sequence[Held]) -> None:
    session, now, chance = making.session, making.now, making.chance
    states = (Presence.PRESENT, Presence.PRESENT, Presence.PRESENT, Presence.EXCUSED, Presence.ABSENT)
    rows = [
        {
            "meeting_id": meeting, "organisation_id": house, "person_id": person, "invited_at": now,
            "presence": chance.choice(states) if state is MeetingState.HELD else None, "created_at": now,
        }
        for meeting, space, _, state in meetings
        for house, person in making.tables[space]
    ]  # fmt: skip
    add(session, Attendance, rows)


def _decisions(making: Making, meetings: Sequence[Held], items: dict[int, int]) -> dict[int, int]:
    """Take a decision at each second meeting that was held, a third by vote; return them by meeting."""
    session, now, chance = making.session, making.now, making.chance
    held = [one for one in meetings if one[3] is MeetingState.HELD][::2]
    rows: list[dict[str, Any]] = [
        {
            "code": f"D-{YEAR}-{place + 1:04d}", "space_id": space, "meeting_id": meeting,
            "item_id": items[meeting], "text": f"Le groupe écrit aux communes, lettre {place}.",
            "method": Method.VOTE if place % 3 == 0 else Method.CONSENSUS, "taken_on": clock.today(begins),
            "created_at": now, "updated_at": now, "search_text": f"d {YEAR} {place + 1:04d} lettre {place}",
        }
        for place, (meeting, space, begins, _) in enumerate(held)
    ]  # fmt: skip
    numbers = add(session, Decision, rows)
    session.add(DecisionCounter(year=YEAR, last=len(rows)))
    stances = (Stance.FOR, Stance.FOR, Stance.AGAINST, Stance.ABSTENTION)
    add(
        session,
        Position,
        [
            {
                "decision_id": number, "organisation_id": house, "person_id": person,
                "stance": chance.choice(stances), "reason": "Nous en avons parlé.", "created_at": now,
            }
            for number, row in zip(numbers, rows, strict=True)
            if row["method"] is Method.VOTE
            for house, person in making.tables[row["space_id"]][:VOICES]
        ],
    )  # fmt: skip
    return {row["meeting_id"]: number for row, number in zip(rows, numbers, strict=True)}


def _actions(making: Making, number: int, meetings: Sequence[Held], decisions: dict[int, int]) -> None:
    session, now, chance = making.session, making.now, making.chance
    today, states = clock.today(now), list(ActionState)
    rows = []
    for place in range(number):
        meeting, space, _, _ = meetings[place % len(meetings)]
        house, person = chance.choice(making.tables[space])
        state = states[place % len(states)]
        rows.append(
            {
                "space_id": space, "meeting_id": meeting, "decision_id": decisions.get(meeting),
                "title": f"Préparer la lettre {place}", "organisation_id": house, "person_id": person,
                "due_on": today + timedelta(days=chance.randrange(-200, 200)), "state": state,
                "reason": "Le local manque." if state in {ActionState.BLOCKED, ActionState.DROPPED} else "",
                "done_on": today if state is ActionState.DONE else None, "created_at": now, "updated_at": now,
                "search_text": f"preparer la lettre {place}",
            }
        )  # fmt: skip
    add(session, Action, rows)


def _minutes(making: Making, meetings: Sequence[Held]) -> None:
    """Write minutes of what was held: most are approved, the latest sent or drafts. Versions come first."""
    session, now = making.session, making.now
    today = clock.today(now)
    content = session.scalars(select(MinutesVersion.content).limit(1)).one()
    held = [one for one in meetings if one[3] is MeetingState.HELD]
    drafts = [place % 2 == 1 and begins > now - OLD for place, (_, _, begins, _) in enumerate(held)]
    numbers = add(
        session,
        Minutes,
        [
            {
                "meeting_id": meeting, "state": MinutesState.DRAFT if draft else MinutesState.SENT,
                "remarks_until": None if draft else today - timedelta(days=1),
                "search_text": f"lettre {meeting}", "created_at": now, "updated_at": now,
            }
            for (meeting, _, _, _), draft in zip(held, drafts, strict=True)
        ],
    )  # fmt: skip
    add(
        session,
        MinutesVersion,
        [
            {
                "minutes_id": number, "number": 1, "content": content, "remarks_until": today, "sent_at": now,
                "sent_by": "Banc",
            }
            for number, draft in zip(numbers, drafts, strict=True)
            if not draft
        ],
    )  # fmt: skip
    old = select(Meeting.id).where(Meeting.starts_at < now - OLD)
    session.execute(
        update(Minutes)
        .where(Minutes.id.in_(numbers), Minutes.state == MinutesState.SENT, Minutes.meeting_id.in_(old))
        .values(state=MinutesState.APPROVED, approval=Approval.SILENCE, approved_on=today),
        execution_options={"synchronize_session": False},
    )


def _polls(making: Making, spaces: Sequence[int]) -> None:
    """Look for a date in each space: twelve people, six dates, answers of most."""
    session, now, chance = making.session, making.now, making.chance
    polls = add(
        session,
        DatePoll,
        [
            {
                "space_id": space, "title": "Prochaine réunion", "created_at": now, "updated_at": now,
                "last_day": clock.today(now) + timedelta(days=9),
            }
            for space in spaces
        ],
    )  # fmt: skip
    begins = [now + timedelta(days=20 + day) for day in range(6)]
    dates: list[dict[str, Any]] = [
        {"poll_id": poll, "starts_at": one, "ends_at": one + timedelta(hours=2)}
        for poll in polls
        for one in begins
    ]
    proposals = add(session, DateProposal, dates)
    asked: list[dict[str, Any]] = [
        {
            "poll_id": poll, "organisation_id": house, "person_id": person, "invited_at": now,
            "answered_at": now, "created_at": now,
        }
        for poll, space in zip(polls, spaces, strict=True)
        for house, person in making.tables[space]
    ]  # fmt: skip
    voters = add(session, DateVoter, asked)
    of_poll: dict[int, list[int]] = {}
    for number, row in zip(proposals, dates, strict=True):
        of_poll.setdefault(row["poll_id"], []).append(number)
    add(
        session,
        DateAnswer,
        [
            {"voter_id": voter, "proposal_id": proposal, "word": chance.choice(list(DateWord))}
            for voter, row in zip(voters, asked, strict=True)
            for proposal in of_poll[row["poll_id"]]
        ],
    )


# --- The pages -------------------------------------------------------------------------------


class Addresses:
    """What may stand in each part of an address: the busiest of each, then others."""

    def __init__(self, session: Session, busiest: Space, now: datetime) -> None:
        self.session, self.busiest, self.now = session, busiest, now
        meetings = self._ids(Meeting, Meeting.space_id == busiest.id, order=Meeting.starts_at.desc(), most=6)
        meetings += self._ids(
            Meeting, Meeting.space_id != busiest.id, order=Meeting.starts_at.desc(), most=40
        )
        remarked = select(Minutes.meeting_id).join(MinutesVersion).join(Remark).distinct().limit(6)
        meetings[6:6] = list(session.scalars(remarked))
        actions = self._ids(Action, Action.space_id == busiest.id, most=2)
        self.known: dict[tuple[str, str], list[Any]] = {
            ("reunions", "id"): meetings,
            ("actions", "id"): actions,
            ("dates", "id"): self._ids(DatePoll, DatePoll.space_id == busiest.id),
            ("decisions", "code"): self._codes(busiest),
            ("espaces", "slug"): [busiest.slug, *self._slugs(Space)],
            ("tenez-moi-au-courant", "slug"): [busiest.slug, *self._slugs(Space)],
            ("notes", "slug"): [busiest.slug],
            ("notes", "year"): [clock.today(now).year],
            ("points", "number"): self._ids(AgendaItem, AgendaItem.meeting_id.in_(meetings[:6]), most=30),
            ("membres", "number"): self._ids(Membership, Membership.space_id == busiest.id),
            ("versions", "number"): [1],
            ("remarques", "number"): self._ids(Remark, most=9),
            ("pdf", "kind"): ["ordre-du-jour", "compte-rendu", "agenda", "minutes"],
            ("plans", "slug"): self._slugs(Plan),
            ("plans/actions", "number"): self._ids(PlanAction, most=60),
            ("axes", "number"): self._ids(Axis, most=30),
            ("adoptions", "number"): self._ids(Adoption),
            ("budget", "number"): self._ids(BudgetLine),
            ("evaluation", "number"): self._ids(Evaluation),
            ("diagnostic", "number"): self._ids(Finding, most=30),
            ("indicateurs", "number"): self._ids(Indicator, most=30),
            ("valeurs", "value"): self._ids(IndicatorValue, most=30),
            ("grilles", "id"): self._ids(Frame),
            ("lignes", "number"): self._ids(FrameEntry, most=30),
            ("rattacher", "id"): actions,
            ("rapports", "slug"): self._slugs(PlenaryReport),
            ("parties", "id"): self._ids(ReportPart),
            ("exports", "id"): self._ids(ActivityExport),
            ("reunion", "token"): self._attendances(meetings),
            ("mes-espaces", "token"): self._people(),
            ("mes-actions", "token"): self._people(),
            ("date", "token"): self._links("spaces.poll", DateVoter, DateVoter.poll.has(space_id=busiest.id)),
            ("suivi", "token"): self._links("spaces.follow", Follower),
            ("invitation-espace", "token"): self._links("spaces.invitation", Joining),
            ("compte-rendu", "token"): self._links("spaces.minutes", MinutesReader),
        }

    def of(self, rule: Rule) -> Iterator[dict[str, Any]]:
        """Yield what may fill a rule's address, the busiest first; nothing for a part that isn't known."""
        if not rule.arguments:
            yield {}
            return
        values = [self.known.get(place, []) for place in _places(rule)]
        names = [name for _, name in _places(rule)]
        for chosen in islice(product(*values), TRIES):
            yield dict(zip(names, chosen, strict=True))

    def _ids(self, model: Any, *conditions: Any, order: Any = None, most: int = 12) -> list[int]:
        found = select(model.id).where(*conditions).order_by(model.id if order is None else order)
        return list(self.session.scalars(found.limit(most)))

    def _slugs(self, model: Any) -> list[str]:
        return list(self.session.scalars(select(model.slug).order_by(model.id.desc()).limit(12)))

    def _codes(self, busiest: Space) -> list[str]:
        voices = select(func.count(Position.id)).where(Position.decision_id == Decision.id).scalar_subquery()
        found = select(Decision.code).order_by(
            Decision.space_id != busiest.id, voices.desc(), Decision.id.desc()
        )
        return list(self.session.scalars(found.limit(30)))

    def _links(self, purpose: str, model: Any, *conditions: Any) -> list[str]:
        rows = self.session.scalars(select(model).where(*conditions).order_by(model.id).limit(6)).all()
        return [self._token(purpose, row) for row in rows]

    def _attendances(self, meetings: Sequence[int]) -> list[str]:
        """Return links of the busiest space's meetings, one for each, the one to come first."""
        rows = self.session.scalars(
            select(Attendance).where(Attendance.meeting_id.in_(meetings[:6])).order_by(Attendance.id.desc())
        )
        first = {row.meeting_id: row for row in rows}
        return [self._token("spaces.meeting", first[one]) for one in meetings[:6] if one in first]

    def _people(self) -> list[str]:
        return [self._token("spaces.mine", busiest_person(self.session))]

    def _token(self, purpose: str, row: Base) -> str:
        return tokens.issue(self.session, purpose, row, now=self.now, lifetime=timedelta(days=1))


def _places(rule: Rule) -> list[tuple[str, str]]:
    """Return (the part before, name) for each argument of an address; a plan's actions are its own."""
    parts, before, found = rule.rule.strip("/").split("/"), "", []
    for part in parts:
        if "<" not in part:
            before = part
            continue
        name = part.partition(">")[0].rpartition("<")[2].rpartition(":")[2]
        found.append((f"plans/{before}" if (parts[0], before) == ("plans", "actions") else before, name))
    return found


def busiest_person(session: Session) -> Person:
    """Return whoever sits in most of the spaces that were added."""
    most = (
        select(Mandate.person_id)
        .join(Representation, Representation.mandate_id == Mandate.id)
        .where(Mandate.scope == SCOPE)
        .group_by(Mandate.person_id)
        .order_by(func.count().desc(), Mandate.person_id)
        .limit(1)
    )
    return session.get_one(Person, session.scalars(most).one())


def signed_in(session: Session, role: Role, name: str, now: datetime) -> str:
    """Return the cookie of an account of that role, made for it."""
    person = User(email=f"{name}.banc@example.org", name=name, role=role, created_at=now)
    session.add(person)
    session.flush()
    return open_session(session, person, device="bench", now=now)


def member(session: Session, now: datetime) -> str:
    """Return the cookie of whoever speaks for the organisation that sits in most spaces."""
    user = User(email="membre.banc@example.org", name="Membre", role=Role.MEMBER, created_at=now)
    session.add(user)
    session.flush()
    busiest_person(session).user_id = user.id
    session.flush()
    return open_session(session, user, device="bench", now=now)
