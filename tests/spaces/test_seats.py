"""Seats: roles that change from a day, ends with a reason, mandates for a seat alone, closing, warnings."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select, text
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from hub.accounts.models import Role
from hub.actors.models.mandates import Mandate, Person
from hub.core import clock
from hub.core.errors import DomainError
from hub.spaces.models.followers import Follower
from hub.spaces.models.meetings import Meeting, MeetingState
from hub.spaces.models.seats import Representation, RepresentationRole
from hub.spaces.models.spaces import Membership, MembershipRole, Space, SpaceKind, SpaceState
from hub.spaces.operations import lifecycle, representations
from hub.spaces.operations import spaces as operations
from hub.spaces.operations.representations import MandateFacts
from hub.spaces.operations.spaces import SpaceFacts
from hub.spaces.queries import seats, spaces, table
from tests import factories
from tests.conftest import both_databases

NOW = factories.NOW
TODAY = clock.today(NOW)
DAY = timedelta(days=1)
BY: dict[str, Any] = {"actor": None, "now": NOW}
FIRST, SECOND = RepresentationRole.REPRESENTATIVE, RepresentationRole.SUBSTITUTE


def make(session: Session, name: str = "Groupe Logement", **values: Any) -> Space:
    facts = SpaceFacts(**{"name": name, "kind": SpaceKind.WORKING_GROUP, **values})
    return operations.create(session, facts, **BY)


def seat(session: Session, space: Space, starts_on: date | None = None) -> Membership:
    organisation = factories.organisation(session)
    return operations.add_member(
        session, space, organisation, MembershipRole.MEMBER, starts_on=starts_on, **BY
    )


def person(session: Session, name: str = "Ana") -> Person:
    return representations.find_person(session, name, f"{name.lower()}@association.example", now=NOW)


def name(session: Session, row: Membership, who: str = "Ana", **values: Any) -> Representation:
    role = values.pop("role", FIRST)
    facts = MandateFacts(**{"starts_on": TODAY, **values})
    return representations.name(session, row, person(session, who), role, facts, **BY)


def may_speak(session: Session, row: Membership, who: str, day: date) -> bool:
    found = seats.spoken_for_by(person(session, who).id, row.space_id, day)
    return session.scalar(found.limit(1)) is not None


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"starts_on": date(2024, 5, 1), "ends_on": date(2023, 5, 1)}, "ends_on"),
        ({"output": "Un guide"}, "output"),
        ({"kind": SpaceKind.WORKSTREAM, "output_due_on": date(2025, 1, 1)}, "output"),
        (
            {
                "kind": SpaceKind.WORKSTREAM, "output": "Un guide", "starts_on": date(2025, 1, 1),
                "output_due_on": date(2024, 1, 1),
            },
            "output_due_on",
        ),
        ({"convener_id": 1}, "convener_id"),
        ({"online_url": "javascript:alert(1)"}, "online_url"),
    ],
)  # fmt: skip
def test_facts_that_contradict_each_other_are_refused(
    session: Session, values: dict[str, Any], field: str
) -> None:
    with pytest.raises(DomainError) as refusal:
        make(session, **values)
    assert refusal.value.field == field


@both_databases
@pytest.mark.parametrize(
    "change",
    ["output = 'Un guide'", "output_due_on = '2026-01-01'", "outcome = 'x'", "convener_id = :organisation"],
)
def test_the_database_itself_keeps_what_belongs_to_a_kind(session: Session, change: str) -> None:
    space, organisation = make(session), factories.organisation(session)
    with pytest.raises(IntegrityError):
        session.execute(
            text(f"UPDATE space SET {change} WHERE id = :id"),  # noqa: S608 - written above
            {"id": space.id, **({"organisation": organisation.id} if ":" in change else {})},
        )


@both_databases
def test_who_sits_is_told_once_on_the_day_that_one_seat_follows_another(session: Session) -> None:
    row = seat(session, make(session), TODAY - 30 * DAY)
    operations.end_membership(session, row, last_day=TODAY, **BY)
    organisation = row.organisation
    operations.add_member(session, row.space, organisation, MembershipRole.MEMBER, starts_on=TODAY, **BY)
    for day, found in ((TODAY - 31 * DAY, []), (TODAY, [organisation]), (TODAY + DAY, [organisation])):
        assert session.scalars(seats.sitting(row.space_id, day)).all() == found


@both_databases
def test_a_role_changes_from_a_day_and_whoever_speaks_goes_on(session: Session) -> None:
    row = seat(session, make(session), TODAY - 30 * DAY)
    name(session, row)
    after = operations.change_role(session, row, MembershipRole.PILOT, from_day=TODAY + 5 * DAY, **BY)
    assert (row.ends_on, after.starts_on, after.ends_on) == (TODAY + 4 * DAY, TODAY + 5 * DAY, None)
    assert (row.role, after.role) == (MembershipRole.MEMBER, MembershipRole.PILOT)
    assert all(may_speak(session, row, "Ana", TODAY + shift * DAY) for shift in (0, 4, 5, 9))
    with pytest.raises(DomainError, match="déjà le rôle"):
        operations.change_role(session, after, MembershipRole.PILOT, from_day=TODAY + 6 * DAY, **BY)


@both_databases
def test_a_limited_mandate_ends_with_its_seat_and_a_general_one_does_not(session: Session) -> None:
    row = seat(session, make(session))
    limited = name(session, row, "Ana")
    general = name(session, row, "Bea", role=SECOND, is_limited=False)
    last = TODAY + 10 * DAY
    operations.end_membership(session, row, last_day=last, reason="Elle part.", **BY)
    assert (row.ends_on, row.ended_reason) == (last, "Elle part.")
    assert limited.mandate.ends_on == last
    assert general.mandate.ends_on is None
    assert may_speak(session, row, "Ana", last)
    assert not may_speak(session, row, "Ana", last + DAY)
    assert not may_speak(session, row, "Bea", last + DAY)


def test_a_limited_mandate_that_speaks_in_another_seat_too_goes_on_there(session: Session) -> None:
    here = seat(session, make(session))
    there = operations.add_member(
        session, make(session, "Ailleurs"), here.organisation, MembershipRole.MEMBER, starts_on=None, **BY
    )
    made = name(session, here)
    representations.exercise(session, there, made.mandate, FIRST, **BY)
    operations.end_membership(session, here, **BY)
    assert made.mandate.ends_on is None
    assert may_speak(session, there, "Ana", TODAY + DAY)
    assert not may_speak(session, here, "Ana", TODAY + DAY)


def test_one_representative_at_a_time_but_one_after_the_other(session: Session) -> None:
    row = seat(session, make(session))
    name(session, row, "Ana", ends_on=TODAY + 20 * DAY)
    with pytest.raises(DomainError, match="représente déjà"):
        name(session, row, "Bea")
    name(session, row, "Bea", starts_on=TODAY + 21 * DAY)
    name(session, row, "Cleo", role=SECOND)
    with pytest.raises(DomainError, match="déjà nommée"):
        name(session, row, "Cleo", role=SECOND, scope="Autre chose")
    chair = table.table(session, row.space, TODAY).present[0]
    assert [one.mandate.person.name for one in chair.speaking] == ["Ana", "Cleo"]
    assert [one.mandate.person.name for one in chair.later] == ["Bea"]


def test_who_no_longer_speaks_loses_the_mandate_given_for_that_alone(session: Session) -> None:
    row = seat(session, make(session))
    made = name(session, row)
    with pytest.raises(DomainError, match="passé"):
        representations.end(session, made, last_day=TODAY - DAY, **BY)
    representations.end(session, made, **BY)
    assert made.mandate.withdrawn_at == NOW
    assert not may_speak(session, row, "Ana", TODAY)
    name(session, row)
    assert may_speak(session, row, "Ana", TODAY)


def test_another_organisations_mandate_is_not_exercised_here(session: Session) -> None:
    space = make(session)
    one, other = seat(session, space), seat(session, space)
    made = name(session, one)
    with pytest.raises(DomainError, match="autre organisation"):
        representations.exercise(session, other, made.mandate, FIRST, **BY)


def test_somebody_known_is_found_by_the_address_and_joined_to_their_account(session: Session) -> None:
    user = factories.user(session, email="ana@association.example")
    found = representations.find_person(session, "Ana", "Ana@Association.example", now=NOW)
    assert found.user_id == user.id
    assert representations.find_person(session, "Autre nom", "ana@association.example", now=NOW) is found
    with pytest.raises(DomainError, match="complète"):
        representations.find_person(session, "Ana", "pas une adresse", now=NOW)


def test_what_should_be_looked_at_is_told(session: Session) -> None:
    space = make(session)
    empty, soon, one, other = (seat(session, space) for _ in range(4))
    name(session, soon, "Soon", ends_on=TODAY + 60 * DAY)
    name(session, one, "Two", ends_on=TODAY + 61 * DAY)
    name(session, other, "Two")
    found = {
        chair.seat.id: {code.value for code, _row in chair.warnings}
        for chair in table.table(session, space, TODAY).present
    }
    assert found == {
        empty.id: {"empty"}, soon.id: {"ends_soon"}, one.id: {"two_voices"}, other.id: {"two_voices"},
    }  # fmt: skip


@both_databases
def test_closing_ends_seats_and_forgets_who_was_kept_informed(session: Session) -> None:
    space = make(session, is_announced=True)
    row, later = seat(session, space), seat(session, space, TODAY + 9 * DAY)
    made = name(session, row)
    session.add(Follower(space_id=space.id, email="a@b.example", created_at=NOW))
    session.flush()
    lifecycle.close(session, space, last_day=TODAY, reason="Le travail est fini.", **BY)
    assert (space.state, space.ends_on, row.ends_on, later.ends_on) == (
        SpaceState.CLOSED,
        TODAY,
        TODAY,
        TODAY,
    )
    assert made.mandate.ends_on == TODAY
    assert session.scalar(select(Follower.id)) is None
    with pytest.raises(DomainError, match="fermé"):
        seat(session, space, TODAY + DAY)
    lifecycle.reopen(session, space, **BY)
    assert (space.state, space.ends_on, row.ends_on) == (SpaceState.ACTIVE, None, TODAY)


def test_a_meeting_to_come_keeps_a_space_open(session: Session) -> None:
    space = make(session)
    meeting = Meeting(
        space_id=space.id, title="R", starts_at=NOW + 2 * DAY, ends_at=NOW + 2 * DAY + timedelta(hours=2),
        created_at=NOW, updated_at=NOW,
    )  # fmt: skip
    factories.add(session, meeting)
    for last_day, reason, wrong in (
        (TODAY, "Fini", "annulez-la"), (TODAY + DAY, "Fini", "pas encore venu"),
        (TODAY, " ", "Dites pourquoi"),
    ):  # fmt: skip
        with pytest.raises(DomainError, match=wrong):
            lifecycle.close(session, space, last_day=last_day, reason=reason, **BY)
    meeting.state = MeetingState.CANCELLED
    lifecycle.close(session, space, last_day=TODAY, reason="Fini", **BY)


@both_databases
def test_spaces_and_organisations_are_counted_by_date(session: Session) -> None:
    one = make(session, "A", starts_on=date(2019, 1, 1))
    two = make(session, "B", starts_on=date(2020, 1, 1), kind=SpaceKind.EXTERNAL)
    organisation = factories.organisation(session)
    for space in (one, two):
        operations.add_member(
            session, space, organisation, MembershipRole.MEMBER, starts_on=date(2020, 1, 1), **BY
        )
    merged = seat(session, one, date(2019, 6, 1))
    merged.organisation.merged_into_id = organisation.id
    told = {}
    for day in (date(2018, 12, 31), date(2019, 12, 31), TODAY):
        counts = spaces.counts_on(session, day)
        told[day.year] = (counts.spaces, counts.external, counts.organisations)
    assert told == {2018: (0, 0, 0), 2019: (1, 0, 1), TODAY.year: (2, 1, 1)}
    operations.change(session, one, SpaceFacts("A", one.kind, SpaceState.DORMANT), **BY)
    assert spaces.counts_on(session, TODAY).spaces == 1
    assert spaces.counts_on(session, TODAY - DAY).spaces == 2


# --- Pages ---------------------------------------------------------------------------------------


def test_the_pages_of_a_seat(
    client: FlaskClient, session: Session, sign_in: Callable[..., FlaskClient]
) -> None:
    space, organisation = make(session), factories.organisation(session)
    sign_in(client, factories.coordinator(session))
    at = f"/espaces/{space.slug}/membres"
    assert client.post(at, data={"organisation": "", "role": "member"}).status_code == 422
    made = client.post(at, data={"organisation": organisation.id, "role": "member"})
    assert made.status_code == 303
    page = made.headers["Location"]
    wrong = client.post(f"{page}/representations", data={"role": "representative", "name": "Ana Témoin"})
    assert wrong.status_code == 422
    assert 'value="Ana Témoin"' in wrong.text
    fine = {"role": "representative", "name": "Ana", "email": "ana@association.example", "reach": "seat",
            "decided_by": "Organe d’administration", "decided_on": "2025-01-01"}  # fmt: skip
    future = client.post(f"{page}/representations", data={**fine, "decided_on": "2999-01-01"})
    assert future.status_code == 422
    assert "Ce jour n’est pas encore venu" in future.text
    assert client.post(f"{page}/representations", data=fine).status_code == 303
    mandate = session.scalars(select(Mandate)).one()
    assert (mandate.is_limited, mandate.decided_by) == (True, "Organe d’administration")
    row = session.scalars(select(Representation)).one()
    assert "Organe d’administration" in client.get(page).text
    assert client.post(f"{page}/representations/{row.id}/fin", data={"last_day": "hier"}).status_code == 422
    assert client.post(f"{page}/representations/{row.id + 1}/fin").status_code == 404
    assert client.post(f"{page}/role", data={"new_role": "pilot", "from_day": ""}).status_code == 422
    assert client.post(f"{page}/fin", data={"last_day": "2030-01-01", "reason": ""}).status_code == 422
    ended = client.post(
        f"{page}/fin", data={"last_day": str(clock.today(clock.now())), "reason": "Elle part."}
    )
    assert ended.status_code == 303
    assert client.get(f"{at}/999999").status_code == 404


def test_only_who_facilitates_sees_and_changes_seats(
    client: FlaskClient, session: Session, sign_in: Callable[..., FlaskClient]
) -> None:
    row = seat(session, make(session))
    other = seat(session, make(session, "Un autre"))
    sign_in(client, factories.user(session, Role.MEMBER))
    at = f"/espaces/{row.space.slug}"
    for path in (
        "membres",
        f"membres/{row.id}",
        "fermer",
        "facilitation",
        "calendrier",
        "demandes",
        "inviter",
    ):
        assert client.get(f"{at}/{path}").status_code == 403, path
    for path in (f"membres/{row.id}/fin", f"membres/{row.id}/role", "fermer", "rouvrir", "inviter"):
        assert client.post(f"{at}/{path}").status_code == 403, path
    assert client.get(f"{at}/histoire").status_code == 403
    sign_in(client, factories.coordinator(session))
    assert client.get(f"{at}/membres/{other.id}").status_code == 404


def test_the_form_asks_only_what_the_kind_needs_and_closing_has_its_own_page(
    client: FlaskClient, session: Session, sign_in: Callable[..., FlaskClient]
) -> None:
    space = make(session)
    sign_in(client, factories.coordinator(session))
    assert 'name="output"' not in client.get("/espaces/nouveau?kind=platform").text
    assert 'name="output"' in client.get("/espaces/nouveau?kind=workstream").text
    assert 'name="convener_id"' in client.get("/espaces/nouveau?kind=external").text
    assert "Quelle sorte d’espace" in client.get("/espaces/nouveau?kind=autre").text
    bad = {"name": "X", "kind": "platform", "state": "active", "output": "Un guide"}
    assert client.post("/espaces/nouveau", data=bad).status_code == 422
    at = f"/espaces/{space.slug}"
    closed = {"name": space.name, "kind": "working_group", "state": "closed"}
    assert client.post(f"{at}/modifier", data=closed).status_code == 422
    assert client.post(f"{at}/fermer", data={"last_day": "2999-01-01", "reason": "x"}).status_code == 422
    day = str(clock.today(clock.now()))
    assert client.post(f"{at}/fermer", data={"last_day": day, "reason": "Fini"}).status_code == 303
    assert "Fini" in client.get(at).text
    assert client.post(f"{at}/rouvrir").status_code == 303
    assert "Espace rouvert" in client.get(f"{at}/histoire").text
    assert "1 espace actif" in client.get("/espaces?date=1990-01-01").text.replace("\xa0", " ")
    assert client.get("/espaces?date=demain&sort=members&direction=desc&territory=x").status_code == 200
    assert client.get("/espaces?format=xlsx").status_code == 200


@both_databases
def test_a_representation_that_ended_gives_no_right_although_its_mandate_lasts(session: Session) -> None:
    row = seat(session, make(session))
    made = name(session, row, is_limited=True)
    assert may_speak(session, row, "Ana", TODAY)
    made.ended_at = NOW
    session.flush()
    assert made.mandate.is_current(TODAY)
    assert not may_speak(session, row, "Ana", TODAY)
    assert session.execute(seats.speakers(row.space_id, TODAY)).all() == []
