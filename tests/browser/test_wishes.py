"""Wishes from ranking to one's own page: ranked on a phone, computed, mended, published, explained."""

import re
from collections.abc import Callable
from datetime import timedelta

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect
from sqlalchemy import create_engine

from hub.core import clock
from hub.core.db import prepare_engine, writing
from hub.core.mail import Site
from hub.events.models.workshops import Way
from hub.events.operations import days, sign_up
from tests.browser.conftest import Server
from tests.events.plenary import details, person, wishes

PHONE = {"width": 360, "height": 740}
CheckAxe = Callable[[Page], None]


@pytest.fixture
def slug(server: Server) -> str:
    """Publish a day whose workshops are ranked; two people want the one seat of the first."""
    engine = create_engine(f"sqlite:///{server.data_folder / 'maillage.db'}")
    prepare_engine(engine)
    now = clock.now()
    day = clock.today(now) + timedelta(days=20)
    with writing(engine, site=Site(server.url, "Test", "test@example.org")) as session:
        event = days.create(
            session,
            details(title="Journée des souhaits", day=day, deadline=day - timedelta(days=2)),
            actor="test",
            now=now,
        )
        rooms = tuple(
            days.Room(title=title, capacity=capacity)
            for title, capacity in (("Logement", 1), ("Emploi", 5), ("Santé", 5))
        )
        days.set_programme(session, event, days.Programme(workshops=rooms, choices=1), actor="test", now=now)
        event.blocks[0].way = Way.WISHES
        days.publish(session, event, actor="test", now=now)
        session.flush()
        session.expire_all()
        ranked = tuple(event.workshops[place].id for place in (0, 1))
        for number in (801, 802):
            told = wishes(event, ranked=((event.blocks[0].id, ranked),))
            sign_up.register(session, event, person(number), told, now=now)
        found = event.slug
    engine.dispose()
    return found


def order(page: Page) -> list[str]:
    return page.locator("[data-rank-ranked] .sortable-text").all_inner_texts()


def fill(page: Page, slug: str, number: int) -> None:
    page.goto(f"/journees/{slug}/inscription")
    page.get_by_label("Prénom et nom").fill(f"Souhait {number}")
    page.get_by_label("Adresse mail").fill(f"souhait{number}@example.org")


def test_wishes_are_ranked_allotted_and_explained(
    context: BrowserContext, another_context: BrowserContext, slug: str, check_axe: CheckAxe
) -> None:
    page = context.new_page()
    page.set_viewport_size(PHONE)  # type: ignore[arg-type]
    fill(page, slug, 1)
    for title in ("Emploi", "Logement", "Santé"):
        button = page.get_by_role("button", name=f"Ajouter « {title} » à vos choix")
        button.focus()
        page.keyboard.press("Enter")
    page.get_by_role("button", name="Monter « Logement »").focus()
    page.keyboard.press("Enter")
    assert order(page) == ["Logement", "Emploi", "Santé"]
    expect(page.get_by_role("button", name="Descendre « Logement »")).to_be_focused()
    page.get_by_role("button", name="Retirer « Santé » de vos choix").click()
    check_axe(page)
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
    page.get_by_role("button", name="Réserver ma place").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Votre inscription")
    own = page.url
    mine = page.get_by_role("region", name="Vos souhaits d’ateliers")
    assert mine.get_by_role("listitem").all_inner_texts() == ["Logement", "Emploi"]

    desk = another_context.new_page()
    desk.goto("/connexion")
    desk.get_by_role("button", name=re.compile("oordination")).first.click()
    desk.goto(f"/journees/{slug}/souhaits")
    expect(desk.get_by_text("3 ont classé des ateliers")).to_be_visible()
    check_axe(desk)
    desk.get_by_role("button", name="Calculer la répartition").click()
    expect(desk.get_by_role("heading", level=1)).to_contain_text("Répartition n°")
    check_axe(desk)
    run = desk.url
    desk.get_by_role("searchbox").fill("souhait 1")
    desk.get_by_role("searchbox").press("Enter")
    desk.get_by_role("link", name="Déplacer Souhait 1").click()
    desk.get_by_role("radio", name=re.compile("Santé")).check()
    desk.get_by_role("button", name="Voir ce que cela coûte").click()
    expect(desk.get_by_text("La somme des coûts passe de")).to_be_visible()
    check_axe(desk)
    desk.get_by_role("button", name="Déplacer : Santé").click()
    expect(desk.get_by_text("1 personne a été déplacée à la main.")).to_be_visible()
    desk.goto(run)
    desk.get_by_role("link", name="Publier…").click()
    check_axe(desk)
    desk.get_by_role("button", name="Publier et écrire à chacun·e").click()
    expect(desk.get_by_text("Publiée", exact=True)).to_be_visible()
    desk.goto(f"/journees/{slug}/souhaits")
    expect(desk.get_by_text("Les ateliers sont répartis.")).to_be_visible()
    check_axe(desk)

    page.goto(own)
    expect(page.get_by_text("« Santé » : un atelier que vous n’aviez pas classé")).to_be_visible()
    expect(page.get_by_text("a changé votre répartition à la main")).to_be_visible()
    check_axe(page)


def test_wishes_are_ranked_without_scripts(browser: Browser, server: Server, slug: str) -> None:
    plain = browser.new_context(base_url=server.url, java_script_enabled=False, locale="fr-BE")
    page = plain.new_page()
    fill(page, slug, 2)
    page.get_by_label("1er choix").select_option(label="Santé")
    page.get_by_label("2e choix").select_option(label="Santé")
    page.get_by_role("button", name="Réserver ma place").click()
    expect(page.get_by_text("Vous avez déjà nommé cet atelier plus haut.", exact=True)).to_be_visible()
    page.get_by_label("2e choix").select_option(label="Logement")
    page.get_by_role("button", name="Réserver ma place").click()
    mine = page.get_by_role("region", name="Vos souhaits d’ateliers")
    assert mine.get_by_role("listitem").all_inner_texts() == ["Santé", "Logement"]
    plain.close()
