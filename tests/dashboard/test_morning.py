"""What the coordinator and the association find in the morning, on both databases."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import event
from sqlalchemy.orm import Session

from hub.actors.models.mandates import Mandate, Person
from hub.core import audit, clock
from hub.core.mail import Message, MessageState
from hub.dashboard.queries import health, moves, own, waiting
from hub.dashboard.views.waiting import KINDS, OWN
from hub.events.models.days import Event, EventKind, EventState, Mode
from hub.events.models.discrepancies import SeatDiscrepancy
from hub.events.models.registrations import Registration, RegistrationState
from hub.events.models.workshops import Way, Wish, Workshop, WorkshopBlock
from hub.plans.models.plans import Plan, PlanKind, PlanState
from hub.recommendations.models.contributions import Channel, Contribution, ContributionState
from hub.spaces.models.actions import Action, ActionState
from hub.spaces.models.joining import Joining, JoinKind
from hub.spaces.models.meetings import (
    AgendaItem,
    Answer,
    Attendance,
    ItemState,
    Meeting,
    MeetingState,
    Presence,
)
from hub.spaces.models.minutes import Minutes, MinutesState
from hub.spaces.models.polls import DatePoll, DateVoter
from hub.spaces.models.spaces import Facilitation, Membership, Space, SpaceKind, SpaceState
from tests import factories
from tests.conftest import Installation, both_databases

NOW = datetime(2026, 3, 10, 9, 0, tzinfo=UTC)
DAY, TODAY = timedelta(days=1), date(2026, 3, 10)
SignIn = Callable[[FlaskClient, Any], FlaskClient]


def space(session: Session, name: str = "Logement", **values: Any) -> Space:
    facts = {"slug": name.lower(), "kind": SpaceKind.WORKING_GROUP, "created_at": NOW, **values}
    row: Space = factories.add(session, Space(name=name, **facts))
    return row


def meeting(session: Session, table: Space, days: float, state: MeetingState, **values: Any) -> Meeting:
    starts_at = NOW + days * DAY
    row: Meeting = factories.add(
        session,
        Meeting(
            space_id=table.id, title="Réunion", starts_at=starts_at, ends_at=starts_at + timedelta(hours=2),
            state=state, created_at=NOW, updated_at=NOW,
            agenda_sent_at=NOW if state is MeetingState.CONVENED else None, **values,
        ),
    )  # fmt: skip
    return row


def point(session: Session, row: Meeting, state: ItemState = ItemState.AGREED) -> AgendaItem:
    made: AgendaItem = factories.add(
        session, AgendaItem(meeting_id=row.id, title="Un point", state=state, created_at=NOW)
    )
    return made


def counts(session: Session) -> dict[waiting.Kind, int]:
    found = waiting.read(session, NOW, stale_before=TODAY - 365 * DAY)
    return {line.kind: line.count for line in found if line.kind is not waiting.Kind.UNCHECKED}


@both_databases
def test_nothing_waits_where_nothing_is(session: Session) -> None:
    assert waiting.read(session, NOW, stale_before=TODAY) == []


@both_databases
def test_each_meeting_waits_for_its_own_gesture(session: Session) -> None:
    table = space(session)
    without = meeting(session, table, 20, MeetingState.PLANNED)  # no agenda
    meeting(session, table, 40, MeetingState.PLANNED)  # far: nothing waits yet
    ready = meeting(session, table, 10, MeetingState.PLANNED)
    point(session, ready)
    proposed = meeting(session, table, 12, MeetingState.CONVENED)
    point(session, proposed, ItemState.PROPOSED)
    over = meeting(session, table, -1, MeetingState.CONVENED)
    held = meeting(session, table, -10, MeetingState.HELD, held_at=NOW)
    told = meeting(session, table, -20, MeetingState.HELD, held_at=NOW)
    meeting(session, table, -300, MeetingState.HELD, held_at=NOW)  # history
    meeting(session, table, 5, MeetingState.CANCELLED)
    factories.add(
        session,
        Minutes(
            meeting_id=told.id, state=MinutesState.SENT, remarks_until=TODAY, created_at=NOW, updated_at=NOW
        ),
    )
    found = {line.kind: line for line in waiting.read(session, NOW, stale_before=TODAY - 365 * DAY)}
    assert {kind: [thing.id for thing in line.things] for kind, line in found.items()} == {
        waiting.Kind.AGENDA: [without.id],
        waiting.Kind.SENDING: [ready.id],
        waiting.Kind.PROPOSALS: [proposed.id],
        waiting.Kind.HOLDING: [over.id],
        waiting.Kind.MINUTES: [held.id],
    }


@both_databases
def test_the_number_counts_all_and_the_line_names_the_first(session: Session) -> None:
    table, house = space(session), factories.organisation(session)
    for days in range(1, 6):
        factories.add(
            session,
            Action(
                space_id=table.id, title=f"Action {days}", organisation_id=house.id,
                due_on=TODAY - days * DAY, created_at=NOW, updated_at=NOW,
            ),
        )  # fmt: skip
    factories.add(
        session,
        Action(
            space_id=table.id, title="Faite", due_on=TODAY - DAY, done_on=TODAY, state=ActionState.DONE,
            created_at=NOW, updated_at=NOW,
        ),
    )  # fmt: skip
    found = waiting.read(session, NOW, stale_before=TODAY)
    (line,) = [line for line in found if line.kind is waiting.Kind.ACTIONS]
    assert line.count == 5
    assert [thing.label for thing in line.things] == ["Action 5", "Action 4", "Action 3"]
    assert line.things[0].day == TODAY - 5 * DAY


@both_databases
def test_what_comes_from_elsewhere_in_the_network_waits_too(session: Session) -> None:
    table, house = space(session), factories.organisation(session)
    factories.add(
        session,
        Joining(
            space_id=table.id, organisation_id=house.id, kind=JoinKind.REQUEST, created_at=NOW,
        ),
    )  # fmt: skip
    factories.add(
        session,
        DatePoll(space_id=table.id, title="Mars ?", last_day=TODAY - DAY, created_at=NOW, updated_at=NOW),
    )
    factories.add(
        session,
        Contribution(
            organisation_id=house.id, proposal="Agir", state=ContributionState.SUBMITTED, submitted_at=NOW,
            created_at=NOW, saved_at=NOW,
        ),
    )  # fmt: skip
    for taken in (9, 3):
        factories.add(
            session,
            Event(
                slug=f"jour-{taken}", title="Plénière", kind=EventKind.PLENARY, state=EventState.PUBLISHED,
                starts_at=NOW + 9 * DAY, ends_at=NOW + 10 * DAY, sign_up_closes_at=NOW + 5 * DAY, capacity=10,
                taken=taken, created_at=NOW, updated_at=NOW,
            ),
        )  # fmt: skip
    factories.add(
        session,
        Message(
            kind="x", subject_type="space", subject_id=table.id, version="1", recipient="a@example.org",
            title="t", text="t", html="t", message_id="<a@b>", state=MessageState.FAILED, created_at=NOW,
        ),
    )  # fmt: skip
    for title, ends_on, state in (
        ("Passé", TODAY - DAY, PlanState.IN_FORCE),
        ("Jusqu’à ce jour", TODAY, PlanState.IN_FORCE),
        ("Sans fin", None, PlanState.IN_FORCE),
        ("Terminé", TODAY - DAY, PlanState.ENDED),
    ):
        factories.add(
            session,
            Plan(
                slug=title, title=title, kind=PlanKind.PPLI, state=state, starts_on=TODAY - 9 * DAY,
                ends_on=ends_on, created_at=NOW, updated_at=NOW,
            ),
        )  # fmt: skip
    assert counts(session) == {
        waiting.Kind.MAILS: 1,
        waiting.Kind.JOINING: 1,
        waiting.Kind.POLLS: 1,
        waiting.Kind.CONTRIBUTIONS: 1,
        waiting.Kind.DAYS: 1,
        waiting.Kind.PLANS: 1,
    }


@both_databases
def test_what_no_organisation_said_waits_as_well(session: Session) -> None:
    """A survey's answer, or a table of a workshop, has no organisation's name: it is read all the same."""
    factories.add(
        session,
        Contribution(
            channel=Channel.SURVEY, proposal="Un bus le soir", state=ContributionState.SUBMITTED,
            submitted_at=NOW, created_at=NOW, saved_at=NOW,
        ),
    )  # fmt: skip
    assert counts(session) == {waiting.Kind.CONTRIBUTIONS: 1}


@both_databases
def test_requests_to_come_and_wishes_to_allot(session: Session) -> None:
    """Of a day to come: who asks, at any time; wishes, once nobody can change them any more."""
    for slug, closes, state in (
        ("close", NOW - DAY, EventState.PUBLISHED),
        ("ouverte", NOW + DAY, EventState.PUBLISHED),
        ("brouillon", NOW - DAY, EventState.DRAFT),
    ):
        day = factories.add(
            session,
            Event(
                slug=slug, title=slug, kind=EventKind.PLENARY, state=state, starts_at=NOW + 9 * DAY,
                ends_at=NOW + 10 * DAY, sign_up_closes_at=closes, created_at=NOW, updated_at=NOW,
            ),
        )  # fmt: skip
        block = factories.add(session, WorkshopBlock(event_id=day.id, way=Way.WISHES, choices_max=1))
        workshop = factories.add(
            session, Workshop(event_id=day.id, block_id=block.id, title="Atelier", capacity=9)
        )
        row = factories.add(
            session,
            Registration(
                event_id=day.id, name="Quelqu’un", state=RegistrationState.PENDING, created_at=NOW,
                updated_at=NOW,
            ),
        )  # fmt: skip
        factories.add(
            session, Wish(registration_id=row.id, block_id=block.id, workshop_id=workshop.id, rank=1)
        )
    session.add_all(
        SeatDiscrepancy(
            event_id=row.event_id, mode=Mode.ONSITE, counted=2, held=1, found_at=NOW, gone_at=gone
        )
        for gone in (None, NOW)
    )
    session.flush()
    assert counts(session) == {
        waiting.Kind.REQUESTS: 2,
        waiting.Kind.WISHES: 1,
        waiting.Kind.SEATS: 1,
    }


@both_databases
def test_whoever_facilitates_sees_what_waits_in_that_space_and_no_other(session: Session) -> None:
    mine, other = space(session, "Mien"), space(session, "Autre")
    wanted = meeting(session, mine, 5, MeetingState.PLANNED)
    meeting(session, other, 5, MeetingState.PLANNED)
    (line,) = waiting.read_of_spaces(session, NOW, [mine.id])
    assert [thing.id for thing in line.things] == [wanted.id]
    assert waiting.read_of_spaces(session, NOW, []) == []


def test_every_kind_has_its_words() -> None:
    assert set(KINDS) == set(waiting.Kind)
    assert set(OWN) == set(own.Kind)


@both_databases
def test_the_network_is_counted_over_twelve_months_and_the_twelve_before(session: Session) -> None:
    table = space(session, starts_on=TODAY - 100 * DAY)
    space(session, "Vieux", starts_on=TODAY - 900 * DAY)
    space(session, "Endormi", starts_on=TODAY - 900 * DAY, state=SpaceState.DORMANT)
    first, second = factories.organisation(session), factories.organisation(session)
    for days, houses in ((-10, (first, second)), (-30, (first,)), (-400, (first,)), (-800, (second,))):
        row = meeting(session, table, days, MeetingState.HELD, held_at=NOW)
        for house in houses:
            factories.add(
                session,
                Attendance(
                    meeting_id=row.id, organisation_id=house.id, guest_name="Une personne",
                    presence=Presence.PRESENT, created_at=NOW,
                ),
            )  # fmt: skip
    absent = meeting(session, table, -500, MeetingState.HELD, held_at=NOW)
    factories.add(
        session,
        Attendance(
            meeting_id=absent.id, organisation_id=second.id, guest_name="Une personne",
            presence=Presence.EXCUSED, created_at=NOW,
        ),
    )  # fmt: skip
    found = health.read(session, NOW)
    assert found.spaces == health.Pair(2, 1)
    assert found.organisations == health.Pair(2, 1)
    assert found.meetings == health.Pair(2, 2)
    assert (found.organisations.change, found.decisions) == (1, health.Pair(0, 0))


@both_databases
def test_the_last_acts_stand_first_each_thing_once(session: Session) -> None:
    one, two = space(session, "Un"), space(session, "Deux")
    for days, row, act in ((3, one, "space.created"), (2, two, "space.created"), (1, one, "space.changed")):
        audit.record(session, act, row, actor="essai", now=NOW - days * DAY)
    audit.record(session, "space.secret", two, actor="essai", now=NOW)
    found = moves.last(session, ["space.created", "space.changed"], 5)
    assert [(move.label, move.action) for move in found] == [
        ("Un", "space.changed"),
        ("Deux", "space.created"),
    ]


def seat(session: Session, table: Space) -> tuple[Any, Any]:
    """Return an account and its organisation, which sits in the space."""
    account, house = factories.user(session), factories.organisation(session)
    person = factories.add(session, Person(name="P", user_id=account.id, created_at=NOW))
    factories.add(
        session,
        Mandate(person_id=person.id, organisation_id=house.id, starts_on=TODAY - 9 * DAY, created_at=NOW),
    )
    factories.add(session, Membership(space_id=table.id, organisation_id=house.id, created_at=NOW))
    return account, (person, house)


@both_databases
def test_an_account_finds_what_waits_for_it_until_it_has_answered(session: Session) -> None:
    table = space(session)
    account, (person, house) = seat(session, table)
    row = meeting(session, table, 5, MeetingState.CONVENED)
    asked = factories.add(
        session,
        Attendance(meeting_id=row.id, organisation_id=house.id, person_id=person.id, created_at=NOW),
    )
    poll = factories.add(
        session,
        DatePoll(space_id=table.id, title="Avril ?", last_day=TODAY, created_at=NOW, updated_at=NOW),
    )
    factories.add(
        session,
        DateVoter(poll_id=poll.id, organisation_id=house.id, person_id=person.id, created_at=NOW),
    )
    found = {line.kind: line.things[0].id for line in own.waiting(session, account, NOW)}
    assert found == {own.Kind.MEETINGS: row.id, own.Kind.POLLS: poll.id}
    asked.answer = Answer.COMING
    session.flush()
    assert [line.kind for line in own.waiting(session, account, NOW)] == [own.Kind.POLLS]
    assert own.waiting(session, factories.user(session), NOW) == []


@both_databases
def test_an_account_finds_its_tables_with_their_next_meeting(session: Session) -> None:
    table = space(session)
    account, (_person, house) = seat(session, table)
    meeting(session, table, -5, MeetingState.HELD, held_at=NOW)
    meeting(session, table, 4, MeetingState.CANCELLED)
    coming = meeting(session, table, 9, MeetingState.PLANNED)
    meeting(session, table, 30, MeetingState.PLANNED)
    (found,) = own.tables(session, account, NOW)
    assert (found.name, found.organisation, found.meeting_id) == ("Logement", house.name, coming.id)
    assert found.starts_at == coming.starts_at


@pytest.mark.parametrize("who", ["coordinator", "facilitator"])
def test_the_first_page_asks_the_database_at_most_twelve_times(
    client: FlaskClient, session: Session, sign_in: SignIn, installation: Installation, who: str
) -> None:
    today = clock.now()
    for number in range(15):
        table = space(session, f"Espace {number}")
        row = meeting(session, table, 0, MeetingState.PLANNED)
        row.starts_at, row.ends_at = today + 3 * DAY, today + 4 * DAY
        person = seat(session, table)[0]
        factories.add(session, Facilitation(space_id=table.id, user_id=person.id, starts_on=TODAY - 99 * DAY))
    account = factories.coordinator(session) if who == "coordinator" else person
    session.commit()
    sign_in(client, account)
    asked: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        if statement.lstrip().upper().startswith(("SELECT", "WITH", "UPDATE", "INSERT")):
            asked.append(statement)

    event.listen(installation.engine, "before_cursor_execute", note)
    answer = client.get("/tableau-de-bord")
    event.remove(installation.engine, "before_cursor_execute", note)
    assert answer.status_code == 200
    assert len(asked) <= 12, "\n\n".join(asked)


def test_the_rest_comes_after_the_page_or_as_a_page_and_for_coordinators_only(
    client: FlaskClient, session: Session, sign_in: SignIn
) -> None:
    factories.organisation(session)
    coordinator, member = factories.coordinator(session), factories.user(session)
    session.commit()
    sign_in(client, coordinator)
    assert 'hx-get="/tableau-de-bord/reseau"' in client.get("/tableau-de-bord").get_data(as_text=True)
    page = client.get("/tableau-de-bord/reseau").get_data(as_text=True)
    part = client.get("/tableau-de-bord/reseau", headers={"HX-Request": "true"}).get_data(as_text=True)
    for text in (page, part):
        assert "acteur n’a aucun lien" in text
        assert "Comment va le réseau" in text
    assert ("<html" in page, "<html" in part) == (True, False)
    sign_in(client, member)
    assert client.get("/tableau-de-bord/reseau").status_code == 403
