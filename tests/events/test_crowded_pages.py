"""Mails, admissions, invitations, reserved places the personal page: twelve queries, however many come."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import event as sqlalchemy_event
from sqlalchemy.orm import Session

from hub.core import clock, tokens
from hub.events.models.days import Admission, Event
from hub.events.models.letters import LetterKind
from hub.events.models.registrations import (
    Answer,
    Choice,
    EventInvitation,
    Question,
    QuestionKind,
    QuestionPurpose,
    Registration,
    RegistrationState,
    WaitState,
    WorkshopWait,
)
from hub.events.models.workshops import Way, Wish
from hub.events.operations import letters, reserving
from hub.events.operations.reserving import Named
from tests.conftest import Installation
from tests.events.plenary import plenary
from tests.factories import NOW, coordinator, organisation

MOST_QUERIES = 12
HOUSES = 30


@pytest.fixture(autouse=True)
def _at_now(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clock, "now", lambda: NOW)


@pytest.fixture
def asked(installation: Installation) -> Callable[[FlaskClient, str], list[str]]:
    """Return what gets a page and lists the statements that it ran."""

    def get(client: FlaskClient, path: str) -> list[str]:
        seen: list[str] = []

        def note(*given: Any) -> None:
            seen.append(given[2])

        sqlalchemy_event.listen(installation.engine, "before_cursor_execute", note)
        try:
            assert client.get(path).status_code == 200, path
        finally:
            sqlalchemy_event.remove(installation.engine, "before_cursor_execute", note)
        return [each for each in seen if not each.startswith("BEGIN")]

    return get


def crowd(session: Session, event: Event, number: int) -> list[Registration]:
    """Store so many sign-ups: a third each confirmed with a mail, asking to come, or waiting."""
    question = Question(
        event_id=event.id, purpose=QuestionPurpose.SIGN_UP, kind=QuestionKind.TEXT, label="D’où venez-vous ?"
    )
    session.add(question)
    session.flush()
    states = (RegistrationState.CONFIRMED, RegistrationState.PENDING, RegistrationState.WAITING)
    first, second = event.workshops[:2]
    rows = []
    for place in range(number):
        state, came = states[place % 3], NOW + timedelta(seconds=place)
        row = Registration(
            event=event, name=f"Personne {place}", email=f"foule{place}@example.org",
            search_text=f"personne {place}", organisation_name=f"Association {place % 40}",
            state=state, created_at=came, updated_at=NOW,
            queued_at=came if state is RegistrationState.WAITING else None,
            answers=[Answer(question_id=question.id, value="D’ici")],
        )  # fmt: skip
        if state is RegistrationState.CONFIRMED:
            row.choices = [Choice(workshop=first)]
            row.waits = [WorkshopWait(workshop=second, state=WaitState.WAITING, queued_at=came)]
        else:
            row.waits = [WorkshopWait(workshop=first, state=WaitState.WAITING, queued_at=came)]
        rows.append(row)
    session.add_all(rows)
    seated = [row for row in rows if row.state is RegistrationState.CONFIRMED]
    event.taken += len(seated)
    first.taken += len(seated)
    session.flush()
    for row in seated:
        letters.send(session, row, LetterKind.CONFIRMED, now=NOW)
    return rows


@pytest.mark.parametrize("number", [140, 1_000])
def test_no_page_asks_more_where_many_come(
    session: Session, client: FlaskClient, sign_in: Any, asked: Callable[..., list[str]], number: int
) -> None:
    event = plenary(session, capacities=(1_000, 1_000, 10, 10))
    event.admission = Admission.APPROVAL
    rows = crowd(session, event, number)
    session.add_all(
        EventInvitation(event_id=event.id, email=f"i{place}@example.org", created_at=NOW, sent_at=NOW)
        for place in range(number)
    )
    houses = [organisation(session, f"Maison {place}") for place in range(HOUSES)]
    kept = [
        reserving.reserve(session, event, house, 5, contact_email="m@example.org", actor="test", now=NOW)
        for house in houses
    ]
    for place in range(5):
        someone = Named(
            name=f"Membre {place}", email=f"n{place}@example.org",
            workshop_ids=tuple(each.id for each in event.workshops[:2]),
        )  # fmt: skip
        reserving.fill(session, kept[0], someone, actor="test", now=NOW)
    session.flush()
    links = [letters.issue_link(session, row, now=NOW) for row in rows[:3]]
    representative = tokens.issue(session, letters.RESERVED_PURPOSE, kept[0], now=NOW, until=event.ends_at)
    session.commit()
    sign_in(client, coordinator(session))
    path = f"/journees/{event.slug}"
    pages = [
        *(f"{path}/mails{rest}" for rest in ("", "/confirmed", "/practical", "/practical/envoyer")),
        *(f"{path}/admissions{rest}" for rest in ("", "?page=2", "/invitations", "/invitations/ajouter")),
        *(f"{path}/admissions/places{rest}" for rest in ("", f"/{kept[0].id}")),
        f"{path}/admissions/{rows[1].id}/refuser",
        f"/places/{representative}",
        *(f"/inscription/{link}{rest}" for link in links for rest in ("", "/modifier", "/ceder")),
    ]
    found = {page: asked(client, page) for page in pages}
    many = {page: statements for page, statements in found.items() if len(statements) > MOST_QUERIES}
    assert not many, "\n".join(f"{page}: {len(statements)}" for page, statements in many.items())


def test_a_personal_page_with_wishes_asks_no_more(
    session: Session, client: FlaskClient, asked: Callable[..., list[str]]
) -> None:
    event = plenary(session, choices=2)
    (block,) = event.blocks
    block.way = Way.WISHES
    row = Registration(
        event=event, name="Personne", email="une@example.org", search_text="personne",
        created_at=NOW, updated_at=NOW,
        wishes=[
            Wish(block_id=block.id, workshop_id=workshop.id, rank=rank)
            for rank, workshop in enumerate(event.workshops, start=1)
        ],
    )  # fmt: skip
    session.add(row)
    event.taken += 1
    session.flush()
    link = letters.issue_link(session, row, now=NOW)
    session.commit()
    for rest in ("", "/modifier"):
        statements = asked(client, f"/inscription/{link}{rest}")
        assert len(statements) <= MOST_QUERIES, "\n".join(statements)
