"""A day's own questions, written and answered on a phone; a group signed up without scripts."""

import re
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from tests.browser.conftest import Server
from tests.browser.days import PLENARY

PHONE = {"width": 360, "height": 740}
DAY = PLENARY
FIRST = "Un vivre ensemble inclusif, sans racisme ni discrimination"
SECOND = "Soutenir les acteurs et leurs actions"
LINK = re.compile(r"/nouvelles/[A-Za-z0-9_-]{43}")
CheckAxe = Callable[[Page], None]


def one(server: Server, statement: str, *values: str) -> str:
    """Ask the database of the demonstration for one value."""
    with closing(sqlite3.connect(server.data_folder / "maillage.db")) as connection:
        return str(connection.execute(statement, values).fetchone()[0])


def write(server: Server, statement: str, *values: str) -> None:
    """Change the database of the demonstration."""
    with closing(sqlite3.connect(server.data_folder / "maillage.db")) as connection, connection:
        connection.execute(statement, values)


@pytest.fixture(autouse=True)
def nothing_more_is_asked(server: Server) -> Iterator[None]:
    """Leave the form as it was for the tests that follow: nothing that must be answered, no newsletter."""
    yield
    own = "(SELECT id FROM event WHERE slug = ?)"
    write(server, f"UPDATE event_question SET is_required = 0 WHERE event_id = {own}", DAY)  # noqa: S608
    write(server, "UPDATE event SET offers_newsletter = 0 WHERE slug = ?", DAY)


def choose(page: Page, prefix: str = "") -> None:
    """Tick the first workshop of one round and the second of the other."""
    page.locator(f'input[name="{prefix}workshops"]:enabled').nth(1).check()
    page.locator(f'input[name="{prefix}workshops"]:enabled').last.check()


def test_a_question_is_written_asked_on_a_phone_and_listed(
    context: BrowserContext, browser: Browser, server: Server, check_axe: CheckAxe
) -> None:
    write(server, "UPDATE event SET offers_newsletter = 1 WHERE slug = ?", DAY)
    page = context.new_page()
    page.goto("/connexion")
    page.get_by_role("button", name=re.compile("oordination")).first.click()
    page.goto(f"/journees/{DAY}/questions")
    check_axe(page)
    page.get_by_role("link", name="Modèle").click()
    page.get_by_label("Il faut y répondre").check()
    check_axe(page)
    page.get_by_role("button", name="Enregistrer la question").click()
    expect(page.get_by_role("link", name=re.compile("^Pourquoi vous inscrivez-vous"))).to_be_visible()
    page.get_by_role("link", name="Voir le formulaire").click()
    expect(page.get_by_role("group", name="Pourquoi vous inscrivez-vous")).to_be_visible()
    check_axe(page)

    phone = browser.new_context(base_url=server.url, viewport=PHONE)  # type: ignore[arg-type]
    form = phone.new_page()
    form.goto(f"/journees/{DAY}/inscription")
    form.get_by_label("Prénom et nom").fill("Question d’essai")
    form.get_by_label("Adresse mail").fill("question@example.org")
    choose(form)
    form.get_by_role("button", name="Réserver ma place").click()
    expect(form.get_by_role("alert")).to_contain_text("Choisissez une réponse")
    expect(form.get_by_label("Prénom et nom")).to_have_value("Question d’essai")
    check_axe(form)
    assert form.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
    expect(form.get_by_label("Je souhaite recevoir les nouvelles")).not_to_be_checked()
    form.get_by_label("Je souhaite recevoir les nouvelles").check()
    form.get_by_label("Par intérêt personnel").check()
    form.get_by_role("button", name="Réserver ma place").click()
    expect(form.get_by_text("Place réservée").first).to_be_visible()

    page.goto(f"/journees/{DAY}/inscriptions?q=question")
    page.get_by_role("link", name="Question d’essai", exact=True).click()
    expect(page.get_by_text("Par intérêt personnel")).to_be_visible()
    check_axe(page)
    page.goto("/journees/nouvelles")
    expect(page.get_by_text("question@example.org")).to_be_visible()
    check_axe(page)

    page.goto("/reglages/mails?q=question@example.org")
    page.get_by_role("link", name=re.compile("Vous recevrez les nouvelles")).first.click()
    page.wait_for_load_state()
    found = LINK.search(page.content())
    assert found is not None
    form.goto(found[0])
    check_axe(form)
    form.get_by_role("button", name="Ne plus recevoir").click()
    expect(form.get_by_text("Vous ne recevez plus")).to_be_visible()
    phone.close()


def test_a_group_of_three_on_a_phone_without_scripts(
    browser: Browser, context: BrowserContext, server: Server, check_axe: CheckAxe
) -> None:
    before = int(one(server, "SELECT taken FROM event WHERE slug = ?", DAY))
    phone = browser.new_context(
        base_url=server.url,
        java_script_enabled=False,
        viewport=PHONE,  # type: ignore[arg-type]
    )
    page = phone.new_page()
    page.goto(f"/journees/{DAY}/inscription")
    page.get_by_role("link", name="Inscrire tout le groupe").click()
    page.get_by_label("Votre prénom et votre nom").fill("Léa d’essai")
    page.get_by_label("Votre adresse mail").fill("groupe@example.org")
    page.get_by_role("button", name="Ajouter une personne").click()
    for place, name in enumerate(("Ana d’essai", "Bob d’essai", "Cléo d’essai")):
        page.locator(f'input[name="people-{place}-name"]').fill(name)
        choose(page, f"people-{place}-")
        answer = page.locator(f'input[name^="people-{place}-q"]')
        if answer.count():
            answer.first.check()
    page.get_by_role("button", name="Inscrire le groupe").last.click()
    expect(page.get_by_text("3 personnes ont leur place")).to_be_visible()
    assert int(one(server, "SELECT taken FROM event WHERE slug = ?", DAY)) == before + 3
    address = page.url

    looked = context.new_page()  # axe needs scripts
    looked.set_viewport_size(PHONE)  # type: ignore[arg-type]
    looked.goto(f"/journees/{DAY}/inscription/groupe")
    check_axe(looked)
    looked.goto(address)
    check_axe(looked)
    for link in ("Changer ses choix : Ana d’essai", "Remplacer Ana d’essai", "Annuler l’inscription de Ana"):
        looked.get_by_role("link", name=link).click()
        check_axe(looked)
        looked.goto(address)

    page.get_by_role("link", name="Remplacer Bob d’essai").click()
    page.get_by_label("Prénom et nom de la personne").fill("Dora d’essai")
    page.get_by_role("button", name="Donner la place").click()
    expect(page.get_by_role("heading", name="Dora d’essai")).to_be_visible()
    for name in ("Ana", "Cléo", "Dora"):
        page.get_by_role("link", name=f"Annuler l’inscription de {name} d’essai").click()
        page.get_by_role("button", name="Annuler l’inscription").click()
    assert int(one(server, "SELECT taken FROM event WHERE slug = ?", DAY)) == before
    phone.close()
