"""On a phone: a day is full, one waits, is promoted when somebody cancels, changes one's choice, cancels."""

from collections.abc import Callable, Iterator
from datetime import time, timedelta

import pytest
from playwright.sync_api import BrowserContext, Page, expect
from sqlalchemy import create_engine

from hub.core import clock
from hub.core.db import prepare_engine, writing
from hub.core.mail import Site
from hub.events.operations import days, sign_up
from hub.events.operations.sign_up import Person, Wishes
from tests.browser.conftest import Server
from tests.browser.test_sign_up import PHONE, rows

CheckAxe = Callable[[Page], None]
TITLE = "Petite salle (exemple inventé)"
FIRST, SECOND = "Cuisine partagée", "Jardin commun"


@pytest.fixture(scope="module")
def small_room(server: Server) -> Iterator[tuple[str, str]]:
    """Publish a day of one seat, which somebody has; yield its address and that person's link."""
    now = clock.now()
    day = clock.today(now) + timedelta(days=20)
    engine = create_engine(f"sqlite:///{server.data_folder / 'maillage.db'}")
    prepare_engine(engine)
    site = Site(server.url, "Maillage", "hub@example.org")
    with writing(engine, site=site) as session:
        event = days.create(
            session,
            days.Details(
                title=TITLE, day=day, deadline=day, starts=time(9), ends=time(12), capacity=1,
            ),
            actor="test", now=now,
        )  # fmt: skip
        rooms = (days.Room(FIRST, 5), days.Room(SECOND, 5))
        days.set_programme(session, event, days.Programme(workshops=rooms, choices=1), actor="test", now=now)
        days.publish(session, event, actor="test", now=now)
        done = sign_up.register(
            session, event, Person("Première Arrivée", "premiere@example.org"),
            Wishes((event.workshops[0].id,)), now=now,
        )  # fmt: skip
        found = f"/journees/{event.slug}", f"/inscription/{done.link}"
    yield found
    engine.dispose()


def test_waiting_on_a_phone_until_a_seat_is_free(
    context: BrowserContext,
    another_context: BrowserContext,
    server: Server,
    check_axe: CheckAxe,
    small_room: tuple[str, str],
) -> None:
    day, others_link = small_room
    page, other = context.new_page(), another_context.new_page()
    page.set_viewport_size(PHONE)  # type: ignore[arg-type]

    page.goto(f"{day}/inscription")
    page.get_by_label("Prénom et nom").fill("Deuxième Arrivée")
    page.get_by_label("Adresse mail").fill("deuxieme@example.org")
    page.get_by_label(FIRST).check()
    check_axe(page)
    page.get_by_role("button", name="M’inscrire sur la liste d’attente").click()
    expect(page.get_by_text("liste d’attente").first).to_be_visible()
    mine = page.url
    check_axe(page)
    ((state,),) = rows(server, "SELECT state FROM registration WHERE email = 'deuxieme@example.org'")
    assert state == "waiting"

    other.goto(f"{others_link}/annuler")
    expect(other.get_by_text("va tout de suite à la première personne")).to_be_visible()
    check_axe(other)
    other.get_by_role("button", name="Annuler mon inscription").click()
    expect(other.get_by_text("Votre inscription est annulée")).to_be_visible()

    page.goto(mine)
    expect(page.get_by_text("Place réservée")).to_be_visible()
    expect(page.get_by_text(FIRST).first).to_be_visible()
    page.get_by_role("link", name="Changer mes choix").click()
    page.get_by_label(FIRST).uncheck()
    page.get_by_label(SECOND).check()
    page.get_by_role("button", name="Enregistrer mes choix").click()
    expect(page.get_by_text("Vos choix sont enregistrés")).to_be_visible()
    expect(page.get_by_text(SECOND).first).to_be_visible()

    page.get_by_role("link", name="Annuler mon inscription").click()
    expect(page.get_by_text("Personne n’attend")).to_be_visible()
    page.get_by_role("button", name="Annuler mon inscription").click()
    expect(page.get_by_text("Votre inscription est annulée")).to_be_visible()
    mails = rows(server, "SELECT kind FROM message WHERE recipient = 'deuxieme@example.org' ORDER BY id")
    assert [kind for (kind,) in mails] == [
        "events.waiting", "events.promoted", "events.changed", "events.cancelled",
    ]  # fmt: skip


@pytest.mark.parametrize("width", [360, 1280])
def test_the_coordinations_waiting_list(
    context: BrowserContext, check_axe: CheckAxe, small_room: tuple[str, str], width: int
) -> None:
    page = context.new_page()
    page.set_viewport_size({"width": width, "height": 740})
    page.goto("/connexion")
    page.get_by_role("button", name="Coordination").click()
    page.goto(f"{small_room[0]}/liste-attente")
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    check_axe(page)
