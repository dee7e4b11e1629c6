"""The day itself with a thousand people: no page asks the database more than twelve times, counts hold."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import event as sqlalchemy_event
from sqlalchemy.orm import Session

from hub.core import clock
from hub.events.models.days import Event, EventSession, SessionKind
from hub.events.models.outcomes import Delegation, DelegationState, Presence, Source
from hub.events.models.registrations import Channel, Choice, DietOption, Registration, RegistrationState
from hub.events.operations import catering, door
from tests.conftest import Installation
from tests.events.plenary import plenary
from tests.factories import NOW, coordinator, organisation

MOST_QUERIES = 12
CROWD = 1_000
ON_THE_DAY = timedelta(hours=1)


@pytest.fixture
def asked(installation: Installation) -> Callable[..., tuple[list[str], Any]]:
    """Return what answers a request and lists the statements that it ran."""

    @contextmanager
    def listening() -> Iterator[list[str]]:
        seen: list[str] = []

        def note(*given: Any) -> None:
            seen.append(given[2])

        sqlalchemy_event.listen(installation.engine, "before_cursor_execute", note)
        try:
            yield seen
        finally:
            sqlalchemy_event.remove(installation.engine, "before_cursor_execute", note)

    def ask(client: FlaskClient, path: str, *, by: str = "get") -> tuple[list[str], Any]:
        with listening() as seen:
            answer = getattr(client, by)(path)
        assert answer.status_code == 200, path
        return [each for each in seen if not each.startswith("BEGIN")], answer

    return ask


def crowd(session: Session, event: Event, number: int) -> list[Registration]:
    """Store so many people with two workshops and a meal; every third has a diet, every tenth a need.

    Half were there in the morning, some were noted absent; every fiftieth came without sign-up.
    """
    houses = [organisation(session, f"Maison {place}") for place in range(30)]
    diets = [DietOption(label=label, event_id=event.id) for label in ("Végétalien", "Sans gluten")]
    morning, afternoon = (
        EventSession(title=title, starts_at=event.starts_at + after, ends_at=event.starts_at + after * 2)
        for title, after in (("Matinée", timedelta(hours=1)), ("Après-midi", timedelta(hours=2)))
    )
    in_workshops = [
        EventSession(
            kind=SessionKind.WORKSHOP, workshop=workshop, starts_at=event.starts_at,
            ends_at=event.starts_at + ON_THE_DAY,
        )
        for workshop in event.workshops
    ]  # fmt: skip
    event.sessions = [morning, afternoon, *in_workshops]
    session.add_all(diets)
    session.flush()
    rows = []
    for place in range(number):
        row = Registration(
            event=event, name=f"Personne {place:04}", email=f"foule{place}@example.org",
            search_text=f"personne {place:04} maison", organisation_id=houses[place % 30].id,
            state=RegistrationState.CANCELLED if place % 20 == 19 else RegistrationState.CONFIRMED,
            channel=Channel.WALK_IN if place % 50 == 0 else Channel.WEB,
            meal_id=event.meals[place % 2].id, diets=[diets[place % 2]] if place % 3 == 0 else [],
            access_needs="Une rampe" if place % 10 == 0 else "",
            languages="Arabe" if place % 25 == 0 else "", needs_consent_at=NOW,
            created_at=NOW, updated_at=NOW,
        )  # fmt: skip
        if row.state == RegistrationState.CANCELLED:
            row.cancelled_at = NOW
        else:
            row.choices = [Choice(workshop=event.workshops[place % 2]), Choice(workshop=event.workshops[2])]
        rows.append(row)
    session.add_all(rows)
    here = [row for row in rows if row.is_confirmed]
    event.taken = len(here)
    for workshop in event.workshops:
        workshop.taken = sum(any(one.workshop is workshop for one in row.choices) for row in here)
    session.flush()
    session.add_all(
        Presence(
            session_id=moment.id, registration_id=row.id, was_there=place % 5 != 0, source=Source.SCAN,
            at=NOW, stored_at=NOW,
        )
        for moment in (morning, in_workshops[2])
        for place, row in enumerate(here[::2])
    )  # fmt: skip
    parties = [organisation(session, f"Parti {place}") for place in range(8)]
    session.add_all(
        Delegation(
            event_id=event.id, organisation_id=party.id, state=DelegationState.ANNOUNCED, announced=3,
            updated_at=NOW,
        )
        for party in parties
    )  # fmt: skip
    session.flush()
    return rows


PAGES = (
    "/accueil", "/besoins", "/delegations", "/documents", "/inscriptions", "/inscriptions?page=20",
    "/inscriptions?q=maison", "/inscriptions?format=csv", "/porte", "/porte?q=personne", "/porte/etat.json",
    "/presences", "/presences?page=2&way=unnoted", "/presences?q=personne&way=there",
    "/presences?format=xlsx", "/presences/ajouter", "/presences/grille", "/presences/grille?page=5",
    "/rapport", "/traiteur", "/traiteur?format=csv",
)  # fmt: skip


def test_no_page_of_the_day_itself_asks_more_where_a_thousand_come(
    session: Session,
    client: FlaskClient,
    sign_in: Any,
    asked: Callable[..., tuple[list[str], Any]],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(clock, "now", lambda: NOW)
    event = plenary(session, capacities=(1_000, 1_000, 1_000, 1_000))
    crowd(session, event, CROWD)
    someone = coordinator(session)
    catering.freeze(session, event, actor=someone, now=NOW)
    kitchen = catering.open_link(session, event, actor=someone, now=NOW)
    volunteers = door.make_link(session, event, actor=someone, now=NOW)
    session.commit()
    moment = event.starts_at + ON_THE_DAY
    monkeypatch.setattr(clock, "now", lambda: moment)
    sign_in(client, someone)
    path = f"/journees/{event.slug}"
    pages = [f"{path}{rest}" for rest in PAGES]
    pages += [f"/traiteur/{kitchen}", f"/accueil/{volunteers}", f"/accueil/{volunteers}/etat.json"]
    found = {page: len(asked(client, page)[0]) for page in pages}
    found["besoins, vus"] = len(asked(client, f"{path}/besoins", by="post")[0])
    many = {page: number for page, number in found.items() if number > MOST_QUERIES}
    assert not many, "\n".join(f"{page}: {number}" for page, number in many.items())


def test_a_thousand_people_are_told_right(
    session: Session, client: FlaskClient, sign_in: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(clock, "now", lambda: NOW)
    event = plenary(session, capacities=(1_000, 1_000, 1_000, 1_000))
    rows = crowd(session, event, CROWD)
    session.commit()
    monkeypatch.setattr(clock, "now", lambda: event.starts_at + ON_THE_DAY)
    sign_in(client, coordinator(session))
    path = f"/journees/{event.slug}"
    here = [row for row in rows if row.is_confirmed]
    state = client.get(f"{path}/porte/etat.json").get_json()
    morning = str(event.sessions[0].id)
    assert len(here) == 950
    assert len(state["people"]) == CROWD
    assert {len(state["expected"][morning]), len(state["there"][morning])} == {950, 475}
    counts = catering.count(session, event)
    assert [line.number for line in counts.meals] == [500, 450]
    assert sum(line.number for line in counts.diets) == sum(bool(row.diets) for row in here)
    sheet = client.get(f"{path}/inscriptions?format=csv").get_data(as_text=True)
    assert len(sheet.strip().splitlines()) == 950 + 1, "who called off is listed on demand"
