"""Actions, walked: done by link on a phone, without scripts too; moved on the board by keyboard and hand."""

import re
from collections.abc import Callable
from http import HTTPStatus

from playwright.sync_api import BrowserContext, Locator, Page, expect
from sqlalchemy import create_engine, select

from hub.actors.models.mandates import Person
from hub.core import clock
from hub.core.db import prepare_engine, writing
from hub.spaces.models.actions import OPEN, Action
from hub.spaces.operations import personal
from hub.spaces.queries import actions as queries
from tests.browser.conftest import Server, assert_accessible
from tests.browser.test_forms import look, send
from tests.browser.test_pages import fits, sign_in

COORDINATOR = "Coordination du CAI"
PHONE, WIDE = {"width": 360, "height": 740}, {"width": 1280, "height": 900}


def looked_at(page: Page) -> None:
    """Inspect a page on the phone as it stands."""
    assert fits(page), f"{page.url} is wider than {PHONE['width']} px"
    assert_accessible(page)


def link(server: Server) -> str:
    """Return the personal link of whoever has most to do in the demonstration, as its mail would hold it."""
    engine = create_engine(f"sqlite:///{server.data_folder / 'maillage.db'}")
    prepare_engine(engine)
    today = clock.today(clock.now())
    with writing(engine) as session:
        people = session.scalars(
            select(Person).where(Person.id.in_(select(Action.person_id).where(Action.state.in_(OPEN))))
        ).all()
        busiest = max(people, key=lambda one: len(session.scalars(queries.of_person(one.id, today)).all()))
        path = f"/mes-actions/{personal.token(session, busiest, clock.now())}"
    engine.dispose()
    return path


def test_an_action_is_done_by_link_on_a_phone(context: BrowserContext, server: Server) -> None:
    path, phone = link(server), context.new_page()
    phone.set_viewport_size(PHONE)
    phone.emulate_media(color_scheme="dark")
    phone.goto(path)
    looked_at(phone)
    main = phone.get_by_role("main")
    title = main.locator(".action-title").first.inner_text()
    main.get_by_role("button", name=f"C’est fait : {title}").click()
    expect(main).to_contain_text("est faite. Merci")
    looked_at(phone)
    main.get_by_role("button", name=f"Annuler : {title}").click()
    expect(main.locator(".action-title").filter(has_text=title)).to_be_visible()
    card = main.locator(".action-card").filter(has_text=title)
    card.get_by_text("C’est bloqué", exact=False).first.click()
    card.get_by_label("Qu’est-ce qui bloque ?").fill("  ")
    assert send(phone, "Dire que c’est bloqué").status == HTTPStatus.UNPROCESSABLE_ENTITY
    expect(phone.get_by_role("alert").first).to_be_visible()
    looked_at(phone)
    card.get_by_label("Qu’est-ce qui bloque ?").fill("Le local est fermé.")
    card.get_by_role("button", name="Dire que c’est bloqué").click()
    expect(card).to_contain_text("Bloquée")
    expect(card).to_contain_text("Le local est fermé.")
    main.get_by_role("link", name="Régler les rappels par mail").click()
    looked_at(phone)
    main.get_by_role("button", name="Arrêter tous les rappels").click()
    expect(main).to_contain_text("Vos rappels sont arrêtés")
    looked_at(phone)
    main.get_by_role("button", name="Reprendre les rappels").click()
    expect(main.get_by_role("button", name="Arrêter tous les rappels")).to_be_visible()


def test_an_action_is_put_off_by_link_without_scripts(
    new_context: Callable[..., BrowserContext], server: Server
) -> None:
    path = link(server)
    page = new_context(java_script_enabled=False).new_page()
    page.set_viewport_size(PHONE)
    page.goto(path)
    card = page.locator(".action-card").last
    title = card.locator(".action-title").inner_text()
    card.locator("summary", has_text="Plus tard").click()
    card.get_by_label("Nouvelle date").fill("2029-05-02")
    card.get_by_label("Pourquoi plus tard ?").fill("En attente de la commune")
    card.get_by_role("button", name="Noter la nouvelle date").click()
    moved = page.locator(".action-card").filter(has_text=title)
    expect(moved).to_contain_text("2 mai 2029")
    expect(moved).to_contain_text("Reportée")


def drag(page: Page, card: Locator, state: str) -> None:
    """Take a card by its words and drop it on another column."""
    card.scroll_into_view_if_needed()
    start, end = card.bounding_box(), page.locator(f"[data-board={state}]").bounding_box()
    assert start
    assert end
    page.mouse.move(start["x"] + 20, start["y"] + start["height"] - 12)
    page.mouse.down()
    page.mouse.move(end["x"] + 70, max(end["y"] + 40, 120), steps=15)
    page.mouse.up()


def test_cards_move_on_the_board_by_keyboard_and_by_hand(context: BrowserContext) -> None:
    page = context.new_page()
    sign_in(page, COORDINATOR)
    page.goto("/actions/tableau")
    look(page)
    page.set_viewport_size(WIDE)
    card = page.locator("[data-board=to_do] .board-card").first
    number = card.get_attribute("data-id")
    card.locator("summary").focus()
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    expect(card.get_by_role("button", name="En cours")).to_be_focused()
    page.keyboard.press("Enter")
    moved = page.locator(f"[data-board=in_progress] #action-{number}")
    # Its column may have pages: the action itself says where it stands.
    page.wait_for_url(re.compile(rf"#action-{number}$"))
    expect(moved).to_be_visible()
    drag(page, moved, "done")
    expect(page.locator(f"[data-board=done] #action-{number}")).to_be_visible()
    expect(page.get_by_role("status").filter(has_text="faite")).to_be_visible()
    blocked = page.locator("[data-board=to_do] .board-card").first
    name = blocked.locator(".action-title").inner_text()
    drag(page, blocked, "blocked")
    page.wait_for_url("**/actions/*geste=blocked*")
    expect(page.get_by_label("Qu’est-ce qui bloque ?")).to_be_focused()
    look(page)
    page.set_viewport_size(WIDE)
    page.get_by_label("Qu’est-ce qui bloque ?").fill("Le financement manque.")
    page.get_by_role("button", name="Dire que c’est bloqué").click()
    expect(page.get_by_role("heading", level=1)).to_have_text(name)
    expect(page.get_by_role("main")).to_contain_text("Le financement manque.")
    page.get_by_role("button", name="Annuler").click()
    expect(page.get_by_role("main")).to_contain_text("Geste annulé")
    look(page)


def test_an_action_is_noted_followed_and_tied_to_a_recommendation(context: BrowserContext) -> None:
    page = context.new_page()
    sign_in(page, COORDINATOR)
    page.goto("/actions")
    look(page)
    page.set_viewport_size(WIDE)
    page.get_by_role("link", name="Noter une action").click()
    look(page)
    page.set_viewport_size(WIDE)
    page.get_by_role("button", name="Continuer").click()
    look(page)
    page.set_viewport_size(WIDE)
    page.get_by_label(re.compile("Pour le")).fill("2029-03-01")
    assert send(page, "Noter l’action").status == HTTPStatus.UNPROCESSABLE_ENTITY
    look(page)
    page.set_viewport_size(WIDE)
    page.get_by_label("Ce qui est à faire").fill("Écrire à toutes les communes")
    page.get_by_role("button", name="Noter l’action").click()
    expect(page.get_by_role("main")).to_contain_text("À confier")
    page.get_by_role("link", name="Modifier").click()
    look(page)
    page.set_viewport_size(WIDE)
    page.get_by_label(re.compile("Pour le")).fill("2029-04-01")
    assert send(page, "Enregistrer").status == HTTPStatus.UNPROCESSABLE_ENTITY
    page.get_by_label(re.compile("Pourquoi la date change")).fill("La réunion est reportée.")
    page.get_by_role("button", name="Enregistrer").click()
    expect(page.get_by_role("main")).to_contain_text("Reportée une fois")
    page.get_by_role("link", name="Rattacher une recommandation").click()
    look(page)
    page.set_viewport_size(WIDE)
    page.get_by_role("button", name=re.compile("Rattacher R-")).first.click()
    tied = page.get_by_role("complementary").get_by_role("link", name=re.compile("^R-"))
    expect(tied).to_be_visible()
    tied.click()
    expect(page.get_by_role("main")).to_contain_text("Écrire à toutes les communes")
    look(page)
    page.set_viewport_size(WIDE)
    page.get_by_role("link", name="Rattacher une action").click()
    look(page)
    page.goto("/actions/rappels")
    look(page)
