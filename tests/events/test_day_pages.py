"""The pages of a day: what the public reads, what coordinators fill in, and how bad inputs are answered."""

import io
import json
import re
from collections.abc import Callable
from datetime import date, time, timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient
from PIL import Image
from sqlalchemy import event as sqlalchemy_event
from sqlalchemy import insert, inspect, select
from sqlalchemy.orm import Session

from hub.core import clock
from hub.events.models.days import Event, EventKind, EventNotice, EventSeries, Mode, SessionKind, SignUpNeed
from hub.events.models.places import VenueRoom
from hub.events.models.registrations import Registration
from hub.events.operations import days, organisers, programme, series, sessions, sign_up
from hub.events.operations.organisers import Organiser
from hub.events.operations.programme import Block, Line, Programme, Room, Round
from tests import factories
from tests.conftest import Installation
from tests.events.plenary import DAY, details, person, plenary, wishes
from tests.factories import NOW

LINK = "https://visio.example/secret"


@pytest.fixture(autouse=True)
def at_now(monkeypatch: pytest.MonkeyPatch) -> Callable[[Any], None]:
    def go(moment: Any) -> None:
        monkeypatch.setattr(clock, "now", lambda: moment)

    go(NOW)
    return go


@pytest.fixture
def coordinator(
    session: Session, client: FlaskClient, sign_in: Callable[[FlaskClient, Any], FlaskClient]
) -> FlaskClient:
    return sign_in(client, factories.coordinator(session))


def rich_day(session: Session, **values: Any) -> Event:
    """Return a published hybrid day of two days with all that a page shows."""
    one, other = factories.organisation(session), factories.organisation(session)
    venue = factories.organisation(session, "La Marlagne")
    room = factories.add(
        session, VenueRoom(organisation_id=venue.id, name="Grande salle", seats=80, step_free=True)
    )
    row = series.create(session, "Les plénières", "", actor="t", now=NOW)
    event = plenary(
        session,
        **{
            "mode": Mode.HYBRID, "online_url": LINK, "capacity": 50, "online_capacity": 100,
            "room_id": room.id, "series_id": row.id, "last_day": DAY + timedelta(days=1), **values,
        },
    )  # fmt: skip
    lines = tuple(
        Line(
            time(10 + hour),
            f"Partie {hour}",
            day=DAY + timedelta(days=hour % 2),
            speaker_ids=(one.id, other.id),
        )
        for hour in range(6)
    )
    rounds = (Round("Matin", time(9), time(10)), Round("Midi", time(11), time(12)))
    rooms = tuple(
        Room(f"Atelier {n}", 9, turn=n % 2, lead_id=one.id, room_id=room.id, repeats=0 if n == 3 else None)
        for n in range(6)
    )
    programme.set_programme(
        session, event, Programme(lines, blocks=(Block(rooms, rounds, "", 1, 2),)), actor="t", now=NOW
    )
    half = sessions.Row(DAY, time(9, 30), time(12), kind=SessionKind.SESSION, partner_id=other.id)
    sessions.set_sessions(session, event, [half], actor="t", now=NOW)
    place = factories.commune(session)
    contacts = [Organiser(one.id, place.id, "Équipe", "pour-namur@example.org"), Organiser(other.id)]
    organisers.set_organisers(session, event, contacts, actor="t", now=NOW)
    factories.add(
        session, EventNotice(event_id=event.id, text="Entrée par la cour", shown_from=NOW, created_at=NOW)
    )
    session.commit()
    return event


def data_of(page: str) -> dict[str, Any]:
    found = re.search(r'<script type="application/ld\+json">(.*?)</script>', page, re.DOTALL)
    assert found is not None
    data: dict[str, Any] = json.loads(found[1])
    return data


def test_the_page_tells_all_but_the_link(session: Session, client: FlaskClient) -> None:
    event = rich_day(session)
    page = client.get(f"/journees/{event.slug}").text
    assert LINK not in page
    for words in (
        "Entrée par la cour", "Grande salle", "80 places assises", "Accessible sans marche", "Namur</span>",
        "pour-namur@example.org", "Les plénières", "mardi 9 juin 2026", "mercredi 10 juin 2026",
        "Matin", "Midi", "Le même atelier que dans l’autre tour", "Sur place et en ligne", "de 1 à 2",
    ):  # fmt: skip
        assert words in page, words


def test_search_engines_learn_of_both_ways_and_all_days(session: Session, client: FlaskClient) -> None:
    event = rich_day(session)
    data = data_of(client.get(f"/journees/{event.slug}").text)
    assert data["eventAttendanceMode"].endswith("MixedEventAttendanceMode")
    assert [place["@type"] for place in data["location"]] == ["Place", "VirtualLocation"]
    assert data["startDate"].startswith("2026-06-09")
    assert data["endDate"].startswith("2026-06-10")
    assert (data["maximumPhysicalAttendeeCapacity"], data["maximumVirtualAttendeeCapacity"]) == (50, 100)
    assert data["maximumAttendeeCapacity"] == 150
    assert len(data["organizer"]) == 2
    assert data["superEvent"]["name"] == "Les plénières"
    assert len(data["subEvent"]) == 1
    days.call_off(session, event, "", actor="t", now=NOW)
    session.commit()
    assert data_of(client.get(f"/journees/{event.slug}").text)["eventStatus"].endswith("EventCancelled")


def test_a_notice_leaves_the_page_when_it_ends(
    session: Session, client: FlaskClient, at_now: Callable[[Any], None]
) -> None:
    event = rich_day(session)
    session.scalars(select(EventNotice)).one().shown_until = NOW + timedelta(hours=2)
    session.commit()
    for hours, is_shown in ((1, True), (2, False)):
        at_now(NOW + timedelta(hours=hours))
        assert ("Entrée par la cour" in client.get(f"/journees/{event.slug}").text) == is_shown


def many_days_and_people(session: Session, event: Event, *, days_more: int, people: int) -> None:
    """Put more days like this one, and people who are signed up for it, straight into the database."""
    same = {column.key: getattr(event, column.key) for column in inspect(Event).columns if column.key != "id"}
    session.execute(insert(Event), [{**same, "slug": f"encore-{number}"} for number in range(days_more)])
    row = sign_up.register(session, event, person(), wishes(event, 0, mode=Mode.ONLINE), now=NOW).registration
    one = {column.key: getattr(row, column.key) for column in inspect(Registration).columns}
    rows = [
        {
            **one,
            "id": row.id + number,
            "email": f"n{number}@example.org",
            "form_key": None,
            "code": f"C{number}",
        }
        for number in range(1, people)
    ]
    session.execute(insert(Registration), rows)
    event.online_capacity, event.online_taken = people, people
    session.commit()


@pytest.mark.parametrize("who", ["reader", "coordinator"])
def test_a_page_asks_the_database_at_most_twelve_times(
    session: Session, installation: Installation, request: pytest.FixtureRequest, who: str
) -> None:
    client: FlaskClient = request.getfixturevalue("coordinator" if who == "coordinator" else "client")
    event = rich_day(session)
    many_days_and_people(session, event, days_more=300, people=1000)
    statements: list[str] = []
    sqlalchemy_event.listen(
        installation.engine, "before_cursor_execute", lambda *seen: statements.append(seen[2])
    )
    paths = [f"/journees/{event.slug}", "/journees", "/journees/series/les-plenieres"]
    if who == "coordinator":
        own = ("modifier", "programme", "seances", "reglages", "avis", "organisateurs")
        paths += [f"/journees/{event.slug}/{page}" for page in own]
    for path in paths:
        statements.clear()
        assert client.get(path).status_code == 200
        asked = [text for text in statements if text.lstrip().upper().startswith(("SELECT", "WITH"))]
        assert len(asked) <= 12, (path, len(asked), asked)


def test_the_public_list_narrows(session: Session, client: FlaskClient) -> None:
    row = series.create(session, "Saison", "", actor="t", now=NOW)
    plenary(session, title="Alpha", kind=EventKind.FAIR)
    plenary(session, title="Beta", mode=Mode.ONLINE, series_id=row.id)
    plenary(session, title="Gamma", mode=Mode.HYBRID, day=date(2026, 7, 2))
    plenary(session, title="Ancienne", day=date(2026, 2, 2), deadline=date(2026, 2, 1))
    session.commit()
    for query, shown in (
        ("kind=fair", {"Alpha"}),
        ("mode=online", {"Beta", "Gamma"}),
        ("mode=onsite", {"Alpha", "Gamma"}),
        (f"series={row.id}", {"Beta"}),
        ("month=2026-07", {"Gamma"}),
        ("month=juillet&kind=nonsense&mode=x&series=y&page=-4", {"Alpha", "Beta", "Gamma", "Ancienne"}),
        ("archives=1", {"Ancienne"}),
        ("month=2026-05", set()),
    ):
        page = client.get(f"/journees?{query}").text
        found = {name for name in ("Alpha", "Beta", "Gamma", "Ancienne") if f">{name}</a>" in page}
        assert found == shown, query


def test_the_coordinators_list_sorts_searches_and_exports(session: Session, coordinator: FlaskClient) -> None:
    plenary(session, title="Été des associations", publish=False)
    plenary(session, title="=Zoo", capacity=30)
    session.commit()
    page = coordinator.get("/journees?sort=title&direction=desc").text
    assert page.index("Été") < page.index("=Zoo") or page.index("=Zoo") < page.index("Été")
    assert "Été des associations" in coordinator.get("/journees?q=ete").text
    assert "=Zoo" not in coordinator.get("/journees?state=draft").text
    table = coordinator.get("/journees?format=csv")
    assert "'=Zoo" in table.get_data().decode("utf-8-sig")
    assert coordinator.get("/journees?format=xlsx").status_code == 200
    assert coordinator.get("/journees?q=introuvable").text.count("Aucune journée ne correspond") == 1


DESCRIBED = {
    "title": "Hybride", "kind": "info_session", "day": "2026-05-12", "starts": "14:00", "doors": "13:45",
    "ends": "16:00", "deadline": "2026-05-10", "mode": "hybrid", "capacity": "12", "online_capacity": "40",
    "online_url": "visio.example/salle", "summary": "À garder", "need": "wished",
}  # fmt: skip


def test_a_hybrid_day_is_made(session: Session, coordinator: FlaskClient) -> None:
    assert coordinator.post("/journees/nouvelle", data=DESCRIBED).status_code == 303
    event = session.scalars(select(Event)).one()
    assert (event.mode, event.capacity, event.online_capacity) == (Mode.HYBRID, 12, 40)
    assert (event.online_url, event.sign_up_need) == ("https://visio.example/salle", SignUpNeed.WISHED)
    assert event.doors_at is not None
    assert clock.local(event.doors_at).time() == time(13, 45)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"online_url": "javascript:alert(1)"}, "online_url-error"),
        ({"online_capacity": "0"}, "Il faut au moins une place."),
        ({"last_day": "2026-05-11"}, "ne peut pas précéder"),
        ({"doors": "15:00"}, "L’accueil ouvre avant le début"),
        ({"deadline": ""}, "Écrivez une date."),
        ({"mode": "telepathy"}, "mode-error"),
        ({"kind": "nonsense"}, "kind-error"),
        ({"series": "999"}, "series-error"),
        ({"room": "999"}, "room-error"),
        ({"meals": "x" * 121}, "120 signes"),
        ({"contact_email": "a@b, c@d"}, "contact_email-error"),
        ({"capacity": "-3"}, "Il faut au moins une place."),
        ({"capacity": "9" * 20}, "Restez sous 100\u00a0000 places."),
        ({"capacity": "douze"}, "<span>Écrivez un nombre entier.</span>"),
        ({"ends": "14:00"}, "La fin vient après le début."),
        ({"deadline": "2026-05-13"}, "ne peut pas suivre la journée"),
        ({"opens": "2026-05-11"}, "avant leur dernier jour"),
        ({"title": "é" * 10_000}, "Restez sous 200 signes."),
        ({"title": "\u200b\u200f"}, "Donnez un titre à la journée."),
        ({"day": "9999-12-31"}, "Écrivez une année entre 1950 et 2100."),
        ({"day": "0001-01-01"}, "Écrivez une année entre 1950 et 2100."),
        ({"day": "2026-02-30"}, "Écrivez une date."),
        ({"day": "2026-03-29", "deadline": "2026-03-20", "doors": "", "starts": "02:30"}, "n’existe pas"),
        ({"day": "2026-03-29", "deadline": "2026-03-20", "doors": "02:15"}, "n’existe pas"),
        (
            {"day": "2026-03-28", "last_day": "2026-03-29", "deadline": "2026-03-20", "ends": "02:00"},
            "n’existe pas",
        ),
    ],
)
def test_bad_inputs_are_told_beside_their_field(
    session: Session, coordinator: FlaskClient, change: dict[str, str], words: str
) -> None:
    answer = coordinator.post("/journees/nouvelle", data=DESCRIBED | change)
    assert answer.status_code == 422
    assert words in answer.text
    assert "À garder" in answer.text
    assert session.scalars(select(Event)).all() == []


def test_an_hour_that_comes_twice_is_the_first(session: Session, coordinator: FlaskClient) -> None:
    told = {"day": "2026-10-25", "deadline": "2026-10-20", "doors": "", "starts": "02:30", "ends": "03:00"}
    assert coordinator.post("/journees/nouvelle", data=DESCRIBED | told).status_code == 303
    event = session.scalars(select(Event)).one()
    assert event.ends_at - event.starts_at == timedelta(minutes=90)


@pytest.mark.parametrize("title", ["يوم اللقاء في نامور", "ליל הסרט", "Journée \u202egninevé"])
def test_a_title_in_another_script_is_kept_and_shown(
    session: Session, coordinator: FlaskClient, title: str
) -> None:
    made = coordinator.post("/journees/nouvelle", data=DESCRIBED | {"title": title})
    assert made.status_code == 303
    event = session.scalars(select(Event)).one()
    assert event.title in coordinator.get(f"/journees/{event.slug}").text


@pytest.mark.parametrize(
    ("typed", "field", "words"),
    [
        ({"lines-0-starts": "10:00", "lines-0-ends": "09:00"}, "lines-0-ends", "finit avant de commencer"),
        ({"lines-0-starts": ""}, "lines-0-starts", "Écrivez une heure"),
        ({"lines-0-title": ""}, "lines-0-title", "Donnez un titre"),
        ({"lines-0-title": "é" * 10_000}, "lines-0-title", "Restez sous 200 signes"),
        ({"blocks-0-rounds-0-starts": "10:00"}, "blocks-0-rounds-0-ends", "une heure de fin"),
        (
            {"blocks-0-rounds-0-starts": "10:00", "blocks-0-rounds-0-ends": "10:00"},
            "blocks-0-rounds-0-ends", "finit avant de commencer",
        ),
        ({"blocks-0-workshops-0-capacity": "0"}, "blocks-0-workshops-0-capacity", "au moins une place"),
    ],
)  # fmt: skip
def test_a_slip_in_the_programme_is_told_beside_its_field(
    session: Session, coordinator: FlaskClient, typed: dict[str, str], field: str, words: str
) -> None:
    event = plenary(session, capacities=(), choices=0)
    session.commit()
    told = block(**{
        "lines-0-starts": "09:30", "lines-0-title": "À garder", "lines-0-kind": "welcome",
        "lines-1-title": "Aussi à garder", "lines-1-starts": "11:00", "lines-1-kind": "break",
        "blocks-0-workshops-0-title": "Alpha", "blocks-0-workshops-0-capacity": "9",
    })  # fmt: skip
    answer = coordinator.post(f"/journees/{event.slug}/programme", data=told | typed)
    assert answer.status_code == 422
    beside = re.search(rf'id="{field}-error"[^>]*>.*?<span>(.*?)</span>', answer.text, re.DOTALL)
    assert beside is not None
    assert words in beside[1]
    assert "Aussi à garder" in answer.text


@pytest.mark.parametrize(
    ("typed", "field", "words"),
    [
        ({"rows-1-starts": "12:00"}, "rows-1-starts", "en chevauche une autre"),
        ({"rows-1-kind": "workshop"}, "rows-1-kind", "Choisissez l’atelier"),
        ({"rows-1-ends": "13:00"}, "rows-1-ends", "finit avant de commencer"),
        ({"rows-1-day": "9999-01-01"}, "rows-1-day", "entre 1950 et 2100"),
    ],
)
def test_a_slip_in_the_sessions_is_told_beside_its_field(
    session: Session, coordinator: FlaskClient, typed: dict[str, str], field: str, words: str
) -> None:
    event = days.create(session, details(kind=EventKind.MODULE, doors=None, meals=()), actor="t", now=NOW)
    session.commit()
    told = {
        f"rows-{n}-{name}": value
        for n, starts, ends in ((0, "09:00", "13:00"), (1, "13:00", "16:00"))
        for name, value in (
            ("day", DAY.isoformat()), ("starts", starts), ("ends", ends), ("kind", "session"),
            ("mode", "onsite"), ("title", f"À garder {n}"),
        )
    }  # fmt: skip
    answer = coordinator.post(f"/journees/{event.slug}/seances", data=told | typed)
    assert answer.status_code == 422
    beside = re.search(rf'id="{field}-error"[^>]*>.*?<span>(.*?)</span>', answer.text, re.DOTALL)
    assert beside is not None
    assert words in beside[1]
    assert "À garder 0" in answer.text
    assert coordinator.post(f"/journees/{event.slug}/seances", data=told).status_code == 303


def test_an_organiser_named_twice_and_a_logo_that_is_none(session: Session, coordinator: FlaskClient) -> None:
    event = plenary(session)
    one = factories.organisation(session, "La Ruche")
    organisers.set_organisers(session, event, [Organiser(one.id)], actor="t", now=NOW)
    session.commit()
    url = f"/journees/{event.slug}/organisateurs"
    twice = {"rows-0-organisation": str(one.id), "rows-1-organisation": str(one.id)}
    answer = coordinator.post(url, data=twice)
    assert answer.status_code == 422
    assert re.search(r'id="rows-1-organisation-error"[^>]*>.*?déjà nommée plus haut', answer.text, re.DOTALL)
    handed = {"logo": (io.BytesIO(b"<svg/>"), "logo.svg")}
    answer = coordinator.post(f"{url}/{one.id}/logo", data=handed, content_type="multipart/form-data")
    assert answer.status_code == 422
    assert re.search(rf'id="logo-{one.id}-error"[^>]*>.*?PNG, JPEG ou WebP', answer.text, re.DOTALL)


def test_lines_of_a_night_that_the_clocks_skip(session: Session, coordinator: FlaskClient) -> None:
    event = plenary(session, day=date(2026, 3, 29), doors=None, starts=time(1), deadline=None, publish=False)
    session.commit()
    told = {"lines-0-starts": "02:30", "lines-0-title": "Film", "lines-0-kind": "screening"}
    answer = coordinator.post(f"/journees/{event.slug}/programme", data=told)
    assert answer.status_code == 422
    assert "n’existe pas" in answer.text


def test_lines_that_overlap_or_stand_outside_the_day_are_said_and_kept(
    session: Session, coordinator: FlaskClient
) -> None:
    event = plenary(session, capacities=(), choices=0)
    session.commit()
    told = {
        "lines-0-starts": "09:30", "lines-0-ends": "16:00", "lines-0-title": "Les stands",
        "lines-1-starts": "11:00", "lines-1-ends": "12:00", "lines-1-title": "Rencontre",
        "lines-2-starts": "18:00", "lines-2-title": "Verre", "lines-0-kind": "exchange",
        "lines-1-kind": "exchange", "lines-2-kind": "exchange",
    }  # fmt: skip
    saved = coordinator.post(f"/journees/{event.slug}/programme", data=told, follow_redirects=True)
    assert saved.status_code == 200
    assert "« Les stands » et « Rencontre » ont lieu en même temps" in saved.text.replace("\u00a0", " ")
    assert "« Verre » est en dehors des heures de la journée" in saved.text.replace("\u00a0", " ")
    session.rollback()
    session.expire_all()
    assert len(event.slots) == 3


def test_a_drop_in_needs_neither_deadline_nor_sign_up(session: Session, coordinator: FlaskClient) -> None:
    told = DESCRIBED | {"kind": "drop_in", "deadline": ""}
    assert coordinator.post("/journees/nouvelle", data=told).status_code == 303
    assert session.scalars(select(Event)).one().sign_up_need == SignUpNeed.NONE


def block(**values: str) -> dict[str, str]:
    return {"blocks-0-way": "first_come", "blocks-0-choices_min": "1", "blocks-0-choices_max": "2", **values}


def test_blocks_rounds_and_workshops_come_and_go_without_script(
    session: Session, coordinator: FlaskClient
) -> None:
    event = plenary(session, capacities=(), choices=0)
    session.commit()
    url = f"/journees/{event.slug}/programme"
    page = coordinator.post(url, data={"rearrange": "add-blocks"}).text
    assert "blocks-0-workshops-0-title" in page
    typed = block(**{
        "blocks-0-rounds-0-title": "Un", "blocks-0-rounds-1-title": "Deux",
        "blocks-0-rounds-1-starts": "10:00",
        "blocks-0-workshops-0-title": "Alpha", "blocks-0-workshops-0-turn": "1",
        "blocks-0-workshops-1-title": "Beta", "blocks-0-workshops-1-repeats": "0",
    })  # fmt: skip
    page = coordinator.post(url, data=typed | {"rearrange": "drop-rounds-0-0"}).text
    assert 'value="Deux"' in page
    assert 'value="Un"' not in page
    turn = re.search(r'name="blocks-0-workshops-0-turn"[^>]*>(.*?)</select>', page, re.DOTALL)
    assert turn is not None
    assert '<option value="0" selected>Deux' in turn[1]
    page = coordinator.post(url, data=typed | {"rearrange": "add-workshops-0"}).text
    assert "blocks-0-workshops-2-title" in page
    for strange in ("drop-blocks-9", "add-rounds-7", "drop-rounds-0-x", "nonsense", "add-", "drop-lines-99"):
        assert coordinator.post(url, data=typed | {"rearrange": strange}).status_code == 200
    session.rollback()
    assert event.workshops == []


def test_a_mistake_in_a_workshop_names_it_and_keeps_all(session: Session, coordinator: FlaskClient) -> None:
    event = plenary(session, capacities=(), choices=0)
    session.commit()
    typed = block(**{
        "blocks-0-rounds-0-starts": "25:00", "blocks-0-workshops-0-title": "Sans places",
        "blocks-0-workshops-1-capacity": "12", "blocks-0-choices_max": "99",
    })  # fmt: skip
    answer = coordinator.post(f"/journees/{event.slug}/programme", data=typed)
    assert answer.status_code == 422
    for words in (
        "Atelier 1, Places",
        "Atelier 2, Titre",
        "Tour 1, De",
        "Entre 0 et 20",
        "Sans places",
        "25:00",
    ):
        assert words in answer.text, words


def test_people_who_would_lose_their_seat_are_named_and_agreed_to(
    session: Session, coordinator: FlaskClient
) -> None:
    event = plenary(session, capacities=(5, 5), choices=1)
    sign_up.register(session, event, person(name="Zoé B."), wishes(event, 0), now=NOW)
    session.commit()
    first, second = event.workshops
    typed = {
        "blocks-0-number": str(event.blocks[0].id), "blocks-0-way": "first_come", "blocks-0-choices_min": "1",
        "blocks-0-choices_max": "1", "blocks-0-workshops-0-number": str(second.id),
        "blocks-0-workshops-0-title": second.title, "blocks-0-workshops-0-capacity": "5",
    }  # fmt: skip
    url = f"/journees/{event.slug}/programme"
    answer = coordinator.post(url, data=typed)
    assert answer.status_code == 422
    assert "Zoé B." in answer.text, re.findall(r"error-summary.*?</ul>", answer.text, re.DOTALL)
    assert f'name="agreed" value="{first.id}"' in answer.text
    assert coordinator.post(url, data=typed | {"agreed": str(first.id)}).status_code == 303
    session.rollback()
    session.expire_all()
    assert [row.title for row in event.workshops] == [second.title]


def test_twelve_mornings_are_made_looked_at_and_stored(session: Session, coordinator: FlaskClient) -> None:
    event = days.create(session, details(kind=EventKind.MODULE, doors=None, meals=()), actor="t", now=NOW)
    session.commit()
    url = f"/journees/{event.slug}/seances"
    missing = coordinator.post(url, data={"rearrange": "mornings"}).text
    assert "Cochez au moins un jour." in missing
    asked = {
        "weekdays": ["0", "1"],
        "first": "2026-06-08",
        "number": "12",
        "starts": "09:00",
        "ends": "13:00",
    }
    page = coordinator.post(url, data=asked | {"rearrange": "mornings"}).text
    assert page.count('-day" name') + page.count('name="rows-') >= 12
    session.rollback()
    assert event.sessions == []
    rows = {
        f"rows-{n}-{name}": value
        for n in range(12)
        for name, value in (
            ("day", (date(2026, 6, 8) + timedelta(days=n)).isoformat()), ("starts", "09:00"),
            ("ends", "13:00"), ("kind", "session"), ("mode", "onsite"), ("counts", "y"),
        )
    }  # fmt: skip
    assert coordinator.post(url, data=rows | {"rows-3-ends": "08:00"}).status_code == 422
    assert coordinator.post(url, data=rows | {"rows-3-day": ""}).status_code == 422
    assert coordinator.post(url, data=rows).status_code == 303
    session.rollback()
    session.expire_all()
    assert len(event.sessions) == 12
    assert event.last_day == date(2026, 6, 19)


def test_half_days_and_workshops_fill_rows(session: Session, coordinator: FlaskClient) -> None:
    event = rich_day(session)
    url = f"/journees/{event.slug}/seances"
    halves = coordinator.post(url, data={"rearrange": "half-days"}).text
    assert halves.count("Retirer la séance") >= 3
    assert coordinator.post(url, data={"rearrange": "workshops"}).text.count("Retirer la séance") == 6


def test_settings_notices_series_rooms_by_form(session: Session, coordinator: FlaskClient) -> None:
    event = plenary(session)
    venue = factories.organisation(session, "Le Lieu")
    session.commit()
    settings = {
        "admission": "open", "group_most": "4", "promotion": "offer", "offer_hours": "24",
        "has_waitlist": "y", "asks_organisation": "required", "asks_phone": "no", "certificate_rule": "none",
    }  # fmt: skip
    url = f"/journees/{event.slug}/reglages"
    for change in ({"group_most": "0"}, {"offer_hours": ""}, {"admission": "x"}, {"meals_close": "demain"}):
        assert coordinator.post(url, data=settings | change).status_code == 422
    assert coordinator.post(url, data=settings).status_code == 303
    session.rollback()
    session.refresh(event)
    assert (event.group_most, event.offer_hours) == (4, 24)
    url = f"/journees/{event.slug}/avis"
    assert coordinator.post(url, data={"text": " "}).status_code == 422
    assert coordinator.post(url, data={"text": "x" * 601}).status_code == 422
    assert coordinator.post(url, data={"text": "Salle B", "mails": "y"}).status_code == 303
    session.rollback()
    number = session.scalars(select(EventNotice.id)).one()
    assert coordinator.post(f"{url}/{number}/envoyer").status_code == 303
    assert coordinator.post(f"{url}/{number}/retirer").status_code == 303
    assert coordinator.post(f"{url}/999/retirer").status_code == 404
    assert coordinator.post("/journees/series/nouvelle", data={"title": ""}).status_code == 422
    made = coordinator.post("/journees/series/nouvelle", data={"title": "Saison"})
    assert coordinator.get(made.location).status_code == 200
    session.rollback()
    assert session.scalars(select(EventSeries.slug)).one() == "saison"
    url = f"/lieux/{venue.slug}/salles"
    assert coordinator.post(url, data={"name": "", "seats": "-3"}).status_code == 422
    assert coordinator.post(url, data={"name": "Bleue", "seats": "30"}).status_code == 303
    assert coordinator.post(url, data={"name": "Bleue"}).status_code == 422
    session.rollback()
    room = session.scalars(select(VenueRoom.id)).one()
    assert coordinator.get(f"{url}/{room}").status_code == 200
    assert coordinator.post(f"{url}/{room}/retirer").status_code == 303
    assert coordinator.get(f"{url}/{room + 1}").status_code == 404


def test_a_logo_is_handed_in_and_sent(session: Session, coordinator: FlaskClient) -> None:
    event = plenary(session)
    organisation = factories.organisation(session)
    organisers.set_organisers(session, event, [Organiser(organisation.id)], actor="t", now=NOW)
    session.commit()
    url = f"/journees/{event.slug}/organisateurs/{organisation.id}/logo"
    assert coordinator.post(url, data={"logo": (io.BytesIO(b"<svg/>"), "logo.png")}).status_code == 422
    assert coordinator.post(url, data={}).status_code == 422
    made = io.BytesIO()
    Image.new("RGB", (20, 20)).save(made, "PNG")
    made.seek(0)
    assert coordinator.post(url, data={"logo": (made, "x.png")}).status_code == 303
    sent = coordinator.get(f"/journees/{event.slug}/logos/{organisation.id}")
    assert sent.mimetype == "image/png"
    sent.close()
    known = coordinator.get(f"/journees/logos/{organisation.id}")
    assert known.status_code == 200
    known.close()
    rows = {"rows-0-organisation": str(organisation.id), "rows-0-contact_email": "pas une adresse"}
    assert coordinator.post(f"/journees/{event.slug}/organisateurs", data=rows).status_code == 422
    added = coordinator.post(f"/journees/{event.slug}/organisateurs", data=rows | {"rearrange": "add-rows"})
    assert "pas une adresse" in added.text


def test_a_copy_is_one_click(session: Session, coordinator: FlaskClient) -> None:
    event = rich_day(session)
    answer = coordinator.post(f"/journees/{event.slug}/reprendre")
    assert answer.location == "/journees/pleniere-2027/modifier"
    assert "À vérifier" in coordinator.get(answer.location).text


@pytest.mark.parametrize(
    "path",
    [
        "/journees/{slug}/reglages", "/journees/{slug}/avis", "/journees/{slug}/organisateurs",
        "/journees/{slug}/seances", "/journees/series/nouvelle", "/lieux/{venue}/salles",
    ],
)  # fmt: skip
def test_the_coordinators_pages_are_theirs(session: Session, client: FlaskClient, path: str) -> None:
    event = plenary(session)
    venue = factories.organisation(session)
    session.commit()
    answer = client.get(path.format(slug=event.slug, venue=venue.slug))
    assert answer.status_code == 302
    assert "/connexion" in answer.location


def test_a_drop_in_is_open_to_all_without_form(session: Session, client: FlaskClient) -> None:
    event = plenary(
        session, capacities=(), choices=0, kind=EventKind.DROP_IN, need=SignUpNeed.NONE, deadline=None,
        meals=(), contact_email="",
    )  # fmt: skip
    session.commit()
    page = client.get(f"/journees/{event.slug}").text
    assert "Sans inscription" in page
    assert "venez comme vous voulez" in page
    assert f"/journees/{event.slug}/inscription" not in page
    closed = client.get(f"/journees/{event.slug}/inscription").text
    assert 'name="email"' not in closed
    assert "On vient sans s’inscrire" in closed
    assert client.get(f"/journees/{event.slug}/agenda.ics").status_code == 200


def test_fewer_places_than_are_taken_lead_to_the_page_where_that_is_chosen(
    session: Session, coordinator: FlaskClient
) -> None:
    event = plenary(session, capacities=(), choices=0, capacity=9)
    for number in range(3):
        sign_up.register(session, event, person(number), sign_up.Wishes(), now=NOW)
    session.commit()
    told = DESCRIBED | {"mode": "onsite", "day": "2026-06-09", "deadline": "2026-05-31", "capacity": "2"}
    answer = coordinator.post(f"/journees/{event.slug}/modifier", data=told)
    assert answer.status_code == 422
    assert "Places prises\u00a0: 3." in answer.text
    assert f'href="/journees/{event.slug}/liste-attente#seats-title"' in answer.text
    assert "À garder" in answer.text
    session.expire_all()
    assert (event.capacity, event.taken) == (9, 3)
    leads_to = coordinator.post(f"/journees/{event.slug}/liste-attente/places", data={"onsite": "2"})
    assert leads_to.status_code == 422
    assert "Participant·e 2" in leads_to.text  # who came last


def test_each_part_of_a_module_tells_search_engines_where_it_is(
    session: Session, client: FlaskClient
) -> None:
    event = plenary(
        session, capacities=(), choices=0, kind=EventKind.MODULE, doors=None, place_name="", place_address=""
    )
    rows = [
        sessions.Row(DAY, time(9), time(12)),
        sessions.Row(DAY + timedelta(days=1), time(9), time(12), mode=Mode.ONLINE),
        sessions.Row(DAY + timedelta(days=2), time(9), time(12), place="Musée"),
    ]
    sessions.set_sessions(session, event, rows, actor="t", now=NOW)
    session.commit()
    data = data_of(client.get(f"/journees/{event.slug}").text)
    page = data["url"]
    somewhere = {"@type": "PostalAddress", "addressCountry": "BE"}
    assert data["location"]["address"] == somewhere
    assert [part["location"] for part in data["subEvent"]] == [
        data["location"],
        {"@type": "VirtualLocation", "url": page},
        {"@type": "Place", "name": "Musée", "address": somewhere},
    ]
    for part in (data, *data["subEvent"]):
        assert {
            "name",
            "startDate",
            "endDate",
            "eventStatus",
            "eventAttendanceMode",
            "location",
            "url",
        } <= set(part)
