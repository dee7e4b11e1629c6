"""What coordinators do, and that nobody else does it (S2): days, lists, counts, exports."""

import csv
import io
from collections.abc import Callable
from datetime import time
from typing import Any

import pytest
from flask.testing import FlaskClient
from openpyxl import load_workbook
from sqlalchemy import event as sqlalchemy_event
from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.core import clock
from hub.events.models.days import Event, EventState
from hub.events.models.registrations import Channel, Registration
from hub.events.operations import days, sign_up
from tests import factories
from tests.conftest import Installation
from tests.events.plenary import DAY, person, plenary, wishes
from tests.factories import NOW


@pytest.fixture(autouse=True)
def at_now(monkeypatch: pytest.MonkeyPatch) -> Callable[[Any], None]:
    """Stand at NOW; call it to go elsewhere."""

    def go(moment: Any) -> None:
        monkeypatch.setattr(clock, "now", lambda: moment)

    go(NOW)
    return go


@pytest.fixture
def coordinator(
    session: Session, client: FlaskClient, sign_in: Callable[[FlaskClient, Any], FlaskClient]
) -> FlaskClient:
    return sign_in(client, factories.coordinator(session))


@pytest.fixture
def event(session: Session) -> Event:
    """A day with three people: two for the first workshop, one meal of each, one diet, one on the phone."""
    made = plenary(session)
    first = wishes(made, 0, 1, meal_id=made.meals[0].id, diet="Sans gluten", consents=True)
    sign_up.register(session, made, person(1, name="Élodie M."), first, now=NOW)
    second = wishes(made, 0, 2, meal_id=made.meals[1].id)
    sign_up.register(session, made, person(2, name="=Farid"), second, now=NOW)
    caller = person(3, name="Zoé B.", email=None, channel=Channel.PHONE, organisation_name="Les Marelles")
    sign_up.enter(session, made, caller, wishes(made, 2, 3), actor=factories.user(session), now=NOW)
    session.commit()
    return made


PAGES = (
    "/journees/nouvelle",
    "/journees/{slug}/modifier",
    "/journees/{slug}/programme",
    "/journees/{slug}/annuler",
    "/journees/{slug}/inscriptions",
    "/journees/{slug}/inscriptions/ajouter",
    "/journees/{slug}/inscriptions/1/annuler",
    "/journees/{slug}/presences",
    "/journees/{slug}/besoins",
    "/journees/{slug}/traiteur",
)
GESTURES = (*PAGES[:4], *PAGES[5:7], "/journees/{slug}/publier", "/journees/{slug}/retirer")


@pytest.mark.parametrize("path", PAGES)
def test_others_are_refused(
    session: Session,
    client: FlaskClient,
    sign_in: Callable[[FlaskClient, Any], FlaskClient],
    event: Event,
    path: str,
) -> None:
    url = path.format(slug=event.slug)
    assert client.get(url).status_code == 302
    sign_in(client, factories.user(session))
    assert client.get(url).status_code == 403


@pytest.mark.parametrize("path", GESTURES)
def test_others_cannot_act(session: Session, client: FlaskClient, event: Event, path: str) -> None:
    assert client.post(path.format(slug=event.slug)).status_code == 403
    session.rollback()
    assert event.state == EventState.PUBLISHED
    assert event.taken == 3


@pytest.mark.parametrize("path", PAGES)
def test_coordinators_see_every_page(coordinator: FlaskClient, event: Event, path: str) -> None:
    assert coordinator.get(path.format(slug=event.slug)).status_code == 200


@pytest.mark.parametrize("path", PAGES)
def test_a_day_without_workshops_or_meal_has_every_page_too(
    session: Session, coordinator: FlaskClient, path: str
) -> None:
    bare = plenary(session, capacities=(), choices=0, meals=())
    sign_up.register(session, bare, person(), wishes(bare), now=NOW)
    session.commit()
    number = session.scalars(select(Registration.id)).one()
    url = path.format(slug=bare.slug).replace("/1/", f"/{number}/")
    assert coordinator.get(url).status_code == 200


def test_the_list_of_days_holds_drafts_and_figures(
    session: Session, coordinator: FlaskClient, event: Event
) -> None:
    plenary(session, title="Encore secrète", publish=False, capacity=30)
    session.commit()
    page = coordinator.get("/journees").text
    assert "Encore secrète" in page
    assert "Brouillon" in page
    assert "0 sur 30" in page
    assert event.title in page


def test_the_first_day_is_offered_where_there_is_none(coordinator: FlaskClient) -> None:
    assert "préparez la première" in coordinator.get("/journees").text


def test_making_describing_and_publishing_a_day(session: Session, coordinator: FlaskClient) -> None:
    venue = factories.organisation(session, "La Marlagne")
    session.commit()
    described = {
        "title": "Soirée débat",
        "kind": "candidates",
        "day": "2026-05-12",
        "starts": "19:00",
        "ends": "21:30",
        "deadline": "2026-05-10",
        "venue": str(venue.id),
        "organisers": [str(venue.id)],
        "meals": "Soupe\n\n  Sandwich végétarien ",
    }
    answer = coordinator.post("/journees/nouvelle", data=described)
    assert answer.location == "/journees/soiree-debat-2026/programme"
    rows = {
        "lines-0-starts": "19:00",
        "lines-0-ends": "20:00",
        "lines-0-kind": "exchange",
        "lines-0-title": "Débat",
        "lines-0-speakers": str(venue.id),
        "lines-1-kind": "welcome",
        "workshops-0-title": "",
        "workshop_choices": "0",
    }
    assert coordinator.post(answer.location, data=rows).status_code == 303
    assert coordinator.post("/journees/soiree-debat-2026/publier").status_code == 303
    event = session.scalars(select(Event)).one()
    assert event.state == EventState.PUBLISHED
    assert [meal.label for meal in event.meals] == ["Soupe", "Sandwich végétarien"]
    (slot,) = event.slots
    assert (slot.title, slot.speakers, clock.local(slot.starts_at).time()) == ("Débat", [venue], time(19))
    assert event.organisers == [venue]


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"title": ""}, "Donnez un titre"),
        ({"day": "12 mai"}, "Écrivez une date."),
        ({"starts": "midi"}, "Écrivez une heure"),
        ({"ends": "18:00"}, "La fin vient après le début"),
        ({"capacity": "beaucoup"}, "nombre entier"),
        ({"deadline": "2026-06-10"}, "ne peut pas suivre"),
    ],
)
def test_mistakes_in_a_day_are_told_and_nothing_is_lost(
    session: Session, coordinator: FlaskClient, change: dict[str, str], words: str
) -> None:
    described = {
        "title": "Soirée",
        "kind": "meeting",
        "day": "2026-05-12",
        "starts": "19:00",
        "ends": "21:30",
        "deadline": "2026-05-10",
        "summary": "Ce que nous voulons garder",
    }
    answer = coordinator.post("/journees/nouvelle", data=described | change)
    assert answer.status_code == 422
    assert words in answer.text
    assert "Ce que nous voulons garder" in answer.text
    assert all(value in answer.text for value in change.values())
    assert session.scalars(select(Event)).all() == []


def test_lines_come_and_go_without_script_and_nothing_is_stored(
    session: Session, coordinator: FlaskClient, event: Event
) -> None:
    url = f"/journees/{event.slug}/programme"
    typed = {"lines-0-title": "Première", "lines-1-title": "Deuxième", "lines-2-title": "Troisième"}
    more = coordinator.post(url, data=typed | {"rearrange": "add-lines"}).text
    assert more.count("Retirer la ligne") == 4
    fewer = coordinator.post(url, data=typed | {"rearrange": "drop-lines-1"}).text
    assert "Première" in fewer
    assert "Deuxième" not in fewer
    assert "Troisième" in fewer
    session.rollback()
    assert [slot.title for slot in event.slots] == ["Introduction"]


def test_mistakes_in_a_programme_name_their_line(
    session: Session, coordinator: FlaskClient, event: Event
) -> None:
    url = f"/journees/{event.slug}/programme"
    typed = {"lines-0-title": "Sans heure", "lines-0-kind": "exchange", "workshop_choices": "2"}
    answer = coordinator.post(url, data=typed)
    assert answer.status_code == 422
    assert "Ligne 1, De" in answer.text
    assert "Sans heure" in answer.text
    lost = coordinator.post(url, data={"workshop_choices": "2"})
    assert lost.status_code == 422
    session.rollback()
    assert len(event.workshops) == 4


def test_editing_shows_and_keeps_what_is_there(coordinator: FlaskClient, event: Event) -> None:
    page = coordinator.get(f"/journees/{event.slug}/modifier").text
    for value in ("Plénière 2026", DAY.isoformat(), "09:30", "16:00", "La Marlagne", "Végétarien"):
        assert value in page


def test_counts_per_workshop(coordinator: FlaskClient, event: Event) -> None:
    page = coordinator.get(f"/journees/{event.slug}/inscriptions").text
    assert "2 places prises sur 10" in page
    assert "3 inscriptions" in page
    assert "Sans gluten" not in page


@pytest.mark.parametrize(
    ("query", "names"),
    [
        ("q=elodie", {"Élodie"}),
        ("q=marelles", {"Zoé"}),
        ("q=p2@example", {"Farid"}),
        ("workshop=@0", {"Élodie", "Farid"}),
        ("meal=@1", {"Farid"}),
        ("state=cancelled", set()),
        ("workshop=@2&q=zoe", {"Zoé"}),
        ("state=nonsense&workshop=x", {"Élodie", "Farid", "Zoé"}),
    ],
)
def test_searching_and_filtering(coordinator: FlaskClient, event: Event, query: str, names: set[str]) -> None:
    for name, rows in (("workshop", event.workshops), ("meal", event.meals)):
        for place, row in enumerate(rows):
            query = query.replace(f"{name}=@{place}", f"{name}={row.id}")
    page = coordinator.get(f"/journees/{event.slug}/inscriptions?{query}").text
    assert {name for name in ("Élodie", "Farid", "Zoé") if name in page} == names


def read_csv(content: bytes) -> list[list[str]]:
    return list(csv.reader(io.StringIO(content.decode("utf-8-sig")), delimiter=";"))


def test_the_export_neutralises_formulas_and_leaves_needs_out(coordinator: FlaskClient, event: Event) -> None:
    url = f"/journees/{event.slug}/inscriptions"
    header, *rows = read_csv(coordinator.get(f"{url}?format=csv").data)
    assert header[:4] == ["Nom", "Adresse mail", "Téléphone", "Organisation"]
    assert "Besoins de base" in header
    assert {row[0] for row in rows} == {"Élodie M.", "'=Farid", "Zoé B."}
    assert not any("gluten" in cell for row in rows for cell in row)
    narrowed = coordinator.get(f"{url}?format=xlsx&workshop={event.workshops[0].id}")
    book = load_workbook(io.BytesIO(narrowed.data))
    assert book.active is not None
    assert [cell.value for cell in book.active["A"]] == ["Nom", "Élodie M.", "'=Farid"]


def test_the_caterers_list_has_moved(coordinator: FlaskClient, event: Event) -> None:
    old = coordinator.get(f"/journees/{event.slug}/repas?format=csv")
    assert old.location == f"/journees/{event.slug}/traiteur?format=csv"
    rows = read_csv(coordinator.get(old.location).data)
    assert [row[:3] for row in rows[1:3]] == [["Repas", "Végétarien", "1"], ["Repas", "Poisson", "1"]]
    assert coordinator.get(f"/journees/{event.slug}/repas?format=pdf").status_code == 404


def test_the_counts_outlive_the_choices(session: Session, coordinator: FlaskClient, event: Event) -> None:
    days.forget_all_needs(session, event, now=event.forget_needs_at)
    session.commit()
    rows = read_csv(coordinator.get(f"/journees/{event.slug}/traiteur?format=csv").data)
    assert [row[1:3] for row in rows[1:]] == [["Végétarien", "1"], ["Poisson", "1"]]
    page = coordinator.get(f"/journees/{event.slug}/inscriptions").text
    assert "Repas et besoins sont effacés depuis" in page
    assert "Tout est effacé" in coordinator.get(f"/journees/{event.slug}/besoins").text
    assert "réponses de 2 personnes" in coordinator.get(f"/journees/{event.slug}").text


def test_entering_a_call(session: Session, coordinator: FlaskClient, event: Event) -> None:
    url = f"/journees/{event.slug}/inscriptions/ajouter"
    typed = {
        "channel": "paper",
        "name": "Grégory R.",
        "workshops": [str(event.workshops[place].id) for place in (0, 1)],
    }
    assert coordinator.post(url, data=typed | {"email": "p1@example.org"}).status_code == 422
    assert coordinator.post(url, data=typed).status_code == 303
    row = session.scalars(select(Registration).where(Registration.name == "Grégory R.")).one()
    assert (row.channel, row.email) == (Channel.PAPER, None)


def test_cancelling_for_somebody(session: Session, coordinator: FlaskClient, event: Event) -> None:
    row = session.scalars(select(Registration).where(Registration.name == "Zoé B.")).one()
    other = plenary(session)
    session.commit()
    wrong = f"/journees/{other.slug}/inscriptions/{row.id}/annuler"
    assert coordinator.post(wrong).status_code == 404
    url = f"/journees/{event.slug}/inscriptions/{row.id}/annuler"
    assert "Zoé B." in coordinator.get(url).text
    assert coordinator.post(url).status_code == 303
    session.rollback()
    session.expire_all()
    assert not row.is_confirmed
    assert event.taken == 2


def test_calling_off(session: Session, coordinator: FlaskClient, event: Event) -> None:
    url = f"/journees/{event.slug}/annuler"
    assert "3 personnes inscrites reçoivent" in coordinator.get(url).text
    assert coordinator.post(url, data={"reason": "Salle indisponible"}).status_code == 303
    assert coordinator.post(url, data={}).status_code == 422
    session.rollback()
    session.expire_all()
    assert (event.state, event.cancel_reason) == (EventState.CANCELLED, "Salle indisponible")


def test_a_day_with_people_does_not_go_back_to_draft(
    session: Session, coordinator: FlaskClient, event: Event
) -> None:
    answer = coordinator.post(f"/journees/{event.slug}/retirer", follow_redirects=True)
    assert "Des personnes sont inscrites" in answer.text
    session.rollback()
    assert event.state == EventState.PUBLISHED


def test_the_list_asks_as_often_for_three_as_for_thirty(
    session: Session, coordinator: FlaskClient, event: Event, installation: Installation
) -> None:
    asked: list[str] = []
    sqlalchemy_event.listen(
        installation.engine, "before_cursor_execute", lambda *given: asked.append(given[2])
    )
    url = f"/journees/{event.slug}/inscriptions"
    coordinator.get(url)
    asked.clear()
    coordinator.get(url)
    before = len(asked)
    roomy = tuple(days.Room(title=row.title, capacity=99, number=row.id) for row in event.workshops)
    programme = days.Programme(workshops=roomy, choices=2)
    days.set_programme(session, event, programme, actor="test", now=NOW)
    for number in range(10, 40):
        organisation = factories.organisation(session)
        who = person(number, organisation_id=organisation.id)
        sign_up.register(session, event, who, wishes(event, number % 3, 3), now=NOW)
    session.commit()
    asked.clear()
    coordinator.get(url)
    assert len(asked) == before
