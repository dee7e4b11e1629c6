"""One gesture on several sign-ups: who is concerned, what a page says of it, what is done."""

import csv
import io
import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import event as sqlalchemy_event
from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.core import clock
from hub.core.audit import AuditEntry
from hub.core.errors import DomainError
from hub.core.mail import Message
from hub.events.models.days import Admission, Event
from hub.events.models.letters import EventLetter, LetterKind
from hub.events.models.registrations import Channel, Registration, RegistrationState
from hub.events.operations import batches, sign_up
from hub.events.values.batching import Gesture
from tests import factories
from tests.conftest import Installation, both_databases
from tests.events.plenary import person, plenary, wishes
from tests.factories import NOW


@pytest.fixture(autouse=True)
def at_now(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clock, "now", lambda: NOW)


@pytest.fixture
def coordinator(
    session: Session, client: FlaskClient, sign_in: Callable[[FlaskClient, Any], FlaskClient]
) -> FlaskClient:
    return sign_in(client, factories.coordinator(session))


def come(session: Session, event: Event, *numbers: int, **values: Any) -> list[Registration]:
    """Sign people up, each for the first two workshops; who finds no seat waits."""
    told = wishes(event, 0, 1, agrees_to_wait=True)
    return [
        sign_up.register(session, event, person(number, **values), told, now=NOW).registration
        for number in numbers
    ]


def perform(session: Session, event: Event, gesture: Gesture, *rows: Registration) -> list[str]:
    actor = factories.coordinator(session)
    done = batches.perform(session, event, gesture, [row.id for row in rows], actor=actor, now=NOW)
    session.commit()
    return [row.name for row in done]


def kinds(session: Session, row: Registration) -> list[str]:
    mine = select(Message.kind).where(Message.subject_type == "registration", Message.subject_id == row.id)
    return [kind.removeprefix("events.") for kind in session.scalars(mine.order_by(Message.id))]


@both_databases
def test_nobody_is_moved_up_who_is_cancelled_too(session: Session) -> None:
    event = plenary(session, capacity=2)
    first, second, third, fourth = come(session, event, 1, 2, 3, 4)
    done = perform(session, event, Gesture.CANCEL, first, third)
    assert done == [first.name, third.name]
    states = [row.state for row in (first, second, third, fourth)]
    assert states == ["cancelled", "confirmed", "cancelled", "confirmed"]
    assert kinds(session, third) == ["waiting", "cancelled"]
    assert kinds(session, fourth) == ["waiting", "promoted"]
    session.refresh(event)
    assert event.taken == 2
    assert perform(session, event, Gesture.CANCEL, first, third) == []
    assert kinds(session, first) == ["confirmed", "cancelled"]


@both_databases
def test_requests_are_accepted_in_their_order(session: Session) -> None:
    event = plenary(session, capacity=1)
    event.admission = Admission.APPROVAL
    first, second, third = come(session, event, 1, 2, 3)
    done = perform(session, event, Gesture.ACCEPT, third, first)
    assert done == [first.name, third.name]
    assert [row.state for row in (first, second, third)] == ["confirmed", "pending", "waiting"]


def test_where_not_all_get_a_place_nobody_is_accepted(session: Session, coordinator: FlaskClient) -> None:
    event = plenary(session, capacity=1)
    event.admission, event.has_waitlist = Admission.APPROVAL, False
    rows = come(session, event, 1, 2)
    session.commit()
    numbers = ",".join(str(row.id) for row in rows)
    url = f"/journees/{event.slug}/inscriptions/ensemble"
    refused = coordinator.post(url, data={"gesture": "accept", "numbers": numbers})
    assert refused.status_code == 422
    assert "Participant·e 2 ne peut pas être accepté·e" in refused.text
    session.rollback()
    session.expire_all()
    assert [row.state for row in rows] == [RegistrationState.PENDING] * 2
    assert event.taken == 0


@both_databases
def test_names_of_organisations_are_kept_for_the_ticked_alone(session: Session) -> None:
    event = plenary(session)
    first, second = come(session, event, 1, 2, organisation_name="Les Marelles")
    (alone,) = come(session, event, 3)
    assert perform(session, event, Gesture.CHECKED, first, alone) == [first.name]
    assert (first.organisation_checked_at, second.organisation_checked_at) == (NOW, None)
    assert alone.organisation_checked_at is None


def test_the_practical_information_goes_again_to_the_ticked_once_an_hour(session: Session) -> None:
    event = plenary(session, capacity=2)
    first, second, waiting = come(session, event, 1, 2, 3)
    with pytest.raises(DomainError, match="pas encore parties"):
        perform(session, event, Gesture.PRACTICAL, first)
    session.add(
        EventLetter(event_id=event.id, kind=LetterKind.PRACTICAL, version=1, sent_at=NOW, updated_at=NOW)
    )
    session.flush()
    for _ in range(2):
        assert perform(session, event, Gesture.PRACTICAL, first, waiting) == [first.name]
    assert kinds(session, first).count("practical") == 1
    assert "practical" not in [*kinds(session, second), *kinds(session, waiting)]
    actor = factories.coordinator(session)
    later = NOW + timedelta(hours=1)
    batches.perform(session, event, Gesture.PRACTICAL, [first.id], actor=actor, now=later)
    assert kinds(session, first).count("practical") == 2


def test_the_link_goes_to_who_has_an_address(session: Session) -> None:
    event = plenary(session)
    (first,) = come(session, event, 1)
    caller = sign_up.enter(
        session, event, person(2, email=None, channel=Channel.PHONE), wishes(event, 0, 1),
        actor=factories.user(session), now=NOW,
    )  # fmt: skip
    assert perform(session, event, Gesture.LINK, first, caller) == [first.name]
    assert kinds(session, first) == ["confirmed", "link"]
    acts = session.scalars(select(AuditEntry.action)).all()
    assert acts.count("event.sent_again") == 1


@pytest.mark.parametrize("gesture", [each for each in Gesture if each is not Gesture.CHECKED])
def test_nothing_is_done_once_the_day_is_over(session: Session, gesture: Gesture) -> None:
    event = plenary(session)
    (row,) = come(session, event, 1)
    actor = factories.coordinator(session)
    with pytest.raises(DomainError, match="passée"):
        batches.perform(session, event, gesture, [row.id], actor=actor, now=event.ends_at)
    assert row.is_confirmed


def test_a_row_of_another_day_is_nobodys(session: Session) -> None:
    event, other = plenary(session), plenary(session)
    (stranger,) = come(session, other, 1)
    assert perform(session, event, Gesture.CANCEL, stranger) == []
    assert stranger.is_confirmed


# --- Pages --------------------------------------------------------------------------------------------


def test_a_page_says_what_will_happen_and_opening_it_changes_nothing(
    session: Session, coordinator: FlaskClient
) -> None:
    event = plenary(session)
    first, second = come(session, event, 1, 2)
    caller = sign_up.enter(
        session, event, person(3, email=None, channel=Channel.PHONE), wishes(event, 0, 1),
        actor=factories.user(session), now=NOW,
    )  # fmt: skip
    sign_up.cancel(session, second, actor="test", now=NOW)
    session.commit()
    rows = (first, second, caller)
    url = f"/journees/{event.slug}/inscriptions/ensemble"
    chosen = "&".join(f"number={row.id}" for row in rows)
    page = coordinator.get(f"{url}?gesture=cancel&{chosen}").text
    for words in ("2 inscriptions sont annulées", "1 mail part", "prévenez-la vous-même",
                  "1 inscription cochée reste comme elle est"):  # fmt: skip
        assert words in page
    session.rollback()
    session.expire_all()
    assert first.is_confirmed
    (numbers,) = re.findall(r'name="numbers" value="([\d,]+)"', page)
    answer = coordinator.post(url, data={"gesture": "cancel", "numbers": numbers}, follow_redirects=True)
    assert "2 inscriptions sont annulées." in answer.text
    session.rollback()
    session.expire_all()
    assert not first.is_live
    assert not caller.is_live
    again = coordinator.post(url, data={"gesture": "cancel", "numbers": numbers}, follow_redirects=True)
    assert "Rien n’a changé" in again.text


@pytest.mark.parametrize(
    ("asked", "words"),
    [
        ("gesture=cancel", "Cochez au moins une inscription"),
        ("gesture=nonsense&number=1", "Choisissez ce que vous voulez faire"),
        ("number=1", "Choisissez ce que vous voulez faire"),
        ("gesture=cancel&number=x&number=99999999999999999999", "Cochez au moins une inscription"),
        ("gesture=accept&number=1", "Ce geste ne concerne aucune"),
        ("gesture=practical&number=1", "pas encore parties"),
    ],
)
def test_what_cannot_be_done_is_told(
    session: Session, coordinator: FlaskClient, asked: str, words: str
) -> None:
    event = plenary(session)
    come(session, event, 1)
    session.commit()
    url = f"/journees/{event.slug}/inscriptions/ensemble?{asked}"
    assert words in coordinator.get(url, follow_redirects=True).text


def test_the_ticked_are_exported_alone_cancelled_ones_too(session: Session, coordinator: FlaskClient) -> None:
    event = plenary(session)
    first, second, _third = come(session, event, 1, 2, 3)
    sign_up.cancel(session, second, actor="test", now=NOW)
    session.commit()
    url = (
        f"/journees/{event.slug}/inscriptions?format=csv&gesture=accept&number={first.id}&number={second.id}"
    )
    content = coordinator.get(url).data.decode("utf-8-sig")
    rows = list(csv.DictReader(io.StringIO(content), delimiter=";"))
    assert [row["Nom"] for row in rows] == [first.name, second.name]


def test_the_page_asks_the_database_at_most_twelve_times(
    session: Session, coordinator: FlaskClient, installation: Installation
) -> None:
    event = plenary(session, capacity=50, capacities=(50, 50, 50, 50))
    rows = come(session, event, *range(1, 31), organisation_name="Les Marelles")
    session.commit()
    chosen = "&".join(f"number={row.id}" for row in rows)
    asked: list[str] = []
    sqlalchemy_event.listen(
        installation.engine, "before_cursor_execute", lambda *given: asked.append(given[2])
    )
    for gesture in Gesture:
        asked.clear()
        url = f"/journees/{event.slug}/inscriptions/ensemble?gesture={gesture}&{chosen}"
        assert coordinator.get(url).status_code == 200
        statements = [each for each in asked if not each.startswith(("PRAGMA", "BEGIN"))]
        assert len(statements) <= 12, (gesture, "\n".join(statements))


def test_others_neither_see_nor_act(session: Session, client: FlaskClient) -> None:
    event = plenary(session)
    (row,) = come(session, event, 1)
    session.commit()
    url = f"/journees/{event.slug}/inscriptions/ensemble"
    assert client.get(f"{url}?gesture=cancel&number={row.id}").status_code == 302
    assert client.post(url, data={"gesture": "cancel", "numbers": str(row.id)}).status_code == 403
    session.rollback()
    session.expire_all()
    assert row.is_confirmed
