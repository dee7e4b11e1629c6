"""The second walk: somebody signs up for the next plenary on a phone, changes a workshop, cancels."""

import re
import sqlite3
from collections.abc import Callable
from contextlib import closing

import pytest
from playwright.sync_api import Browser, BrowserContext, Locator, Page, expect

from tests.browser.conftest import Server
from tests.browser.days import PLENARY

PHONE = {"width": 360, "height": 740}
FULL, HELD, GIVEN, TAKEN = (
    "Réponse adéquate aux besoins de base",
    "Un vivre ensemble inclusif, sans racisme ni discrimination",
    "Soutenir les acteurs et leurs actions",
    "Faciliter les démarches d’intégration et d’insertion",
)
# Each workshop is held twice: 0 is chosen in the first round, 1 in the second.
ROUND = {FULL: 0, HELD: 0, GIVEN: 1, TAKEN: 1}
DAY = PLENARY
CheckAxe = Callable[[Page], None]


def rows(server: Server, statement: str, *values: str) -> list[tuple[str, ...]]:
    """Ask the database of the demonstration."""
    with closing(sqlite3.connect(server.data_folder / "maillage.db")) as connection:
        return connection.execute(statement, values).fetchall()


def taken(server: Server, title: str) -> int:
    """Count the seats taken in a workshop of the next plenary, in the round in which it is chosen here."""
    found = rows(
        server,
        "SELECT taken FROM workshop WHERE title = ? AND event_id = (SELECT id FROM event WHERE slug = ?)"
        " ORDER BY id",
        title,
        DAY,
    )
    return int(found[ROUND[title]][0])


def box(page: Page, title: str) -> Locator:
    """Find a workshop's box in that round: each is held in both."""
    return page.get_by_label(title).nth(ROUND[title])


def go_to_the_next_plenary(page: Page) -> None:
    page.goto("/journees")
    upcoming = page.get_by_role("region", name="À venir")
    upcoming.get_by_role("link", name=re.compile("Journée plénière")).click()


def test_a_person_signs_up_changes_a_workshop_and_cancels(
    context: BrowserContext, server: Server, check_axe: CheckAxe
) -> None:
    page = context.new_page()
    page.set_viewport_size(PHONE)  # type: ignore[arg-type]
    address = "marche@example.org"
    before = {title: taken(server, title) for title in (HELD, GIVEN, TAKEN)}

    go_to_the_next_plenary(page)
    expect(page.get_by_text("Inscriptions ouvertes")).to_be_visible()
    check_axe(page)
    page.get_by_role("link", name="Je m’inscris").click()

    page.get_by_label("Prénom et nom").fill("Marche d’essai")
    page.get_by_label("Adresse mail").fill(address)
    page.get_by_label("Organisation", exact=False).first.fill("alpha 5000")
    expect(box(page, FULL)).to_be_disabled()
    expect(box(page, FULL)).to_have_accessible_description(re.compile("Complet"))
    expect(box(page, GIVEN)).to_have_accessible_description(re.compile(r"Il reste \d+ place"))
    box(page, HELD).check()
    page.get_by_label("Végétarien").check()
    page.get_by_label("De quoi avez-vous besoin").fill("Boucle auditive")
    page.get_by_role("button", name="Réserver ma place").click()

    # Two things to mend, both told; what was typed is there.
    expect(page.get_by_role("alert")).to_contain_text("exactement 2 ateliers")
    expect(page.get_by_role("alert")).to_contain_text("Cochez cette case")
    expect(page.get_by_label("Prénom et nom")).to_have_value("Marche d’essai")
    expect(box(page, HELD)).to_be_checked()
    check_axe(page)
    box(page, GIVEN).check()
    page.get_by_label("J’accepte que ces besoins").check()
    page.get_by_role("button", name="Réserver ma place").click()

    expect(page.get_by_text("Place réservée")).to_be_visible()
    expect(page.get_by_role("listitem").filter(has_text=GIVEN).first).to_be_visible()
    check_axe(page)
    assert (taken(server, HELD), taken(server, GIVEN)) == (before[HELD] + 1, before[GIVEN] + 1)

    page.get_by_role("link", name="Changer mes choix").click()
    check_axe(page)
    box(page, GIVEN).uncheck()
    box(page, TAKEN).check()
    page.get_by_role("button", name="Enregistrer mes choix").click()
    expect(page.get_by_text("Vos choix sont enregistrés")).to_be_visible()
    expect(page.get_by_role("listitem").filter(has_text=TAKEN).first).to_be_visible()
    assert (taken(server, GIVEN), taken(server, TAKEN)) == (before[GIVEN], before[TAKEN] + 1)

    page.get_by_role("link", name="Annuler mon inscription").click()
    check_axe(page)
    page.get_by_role("button", name="Annuler mon inscription").click()
    expect(page.get_by_text("Votre inscription est annulée")).to_be_visible()
    assert {title: taken(server, title) for title in before} == before
    mails = rows(server, "SELECT kind FROM message WHERE recipient = ? ORDER BY id", address)
    assert [kind for (kind,) in mails] == ["events.confirmed", "events.changed", "events.cancelled"]


@pytest.mark.parametrize("width", [320, 1280])
def test_signing_up_works_without_scripts(browser: Browser, server: Server, width: int) -> None:
    context = browser.new_context(
        base_url=server.url, java_script_enabled=False, viewport={"width": width, "height": 740}
    )
    page = context.new_page()
    go_to_the_next_plenary(page)
    page.get_by_role("link", name="Je m’inscris").click()
    page.get_by_label("Prénom et nom").fill("Sans script")
    page.get_by_label("Adresse mail").fill(f"sans-script-{width}@example.org")
    box(page, HELD).check()
    box(page, GIVEN).check()
    page.get_by_role("button", name="Réserver ma place").click()
    expect(page.get_by_text("Place réservée")).to_be_visible()
    page.get_by_role("link", name="Annuler mon inscription").click()
    page.get_by_role("button", name="Annuler mon inscription").click()
    expect(page.get_by_text("Votre inscription est annulée")).to_be_visible()
    context.close()
