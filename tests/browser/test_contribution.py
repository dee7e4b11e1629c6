"""From a call to a recommendation: a coordinator asks, an association answers by keyboard on a phone."""

import re
from collections.abc import Callable
from datetime import date, timedelta

import pytest
from playwright.sync_api import BrowserContext, Locator, Page, expect

PHONE = {"width": 360, "height": 740}
TITLE = "Se déplacer après les cours du soir"
ORGANISATION = "Maison d’essai du Vieux-Quai"
ADDRESS = "vieux-quai@example.org"
FINDING = "Les cours finissent à 21 heures et le dernier bus part à 20 h 40."
PROPOSAL = "Faire rouler un dernier bus à 21 h 30 les soirs de cours."
LINK = re.compile(r"https?://[^\s/]+(/contribution/[\w-]{43})")
MOST_TABS = 60


def adopt(desk: Page) -> None:
    """Adopt the recommendation whose page is open."""
    desk.get_by_text("Autre étape").click()
    desk.get_by_role("link", name="Adopter", exact=True).click()
    desk.get_by_role("button", name="Adopter", exact=True).click()
    expect(desk.get_by_text(re.compile(r"\s: Adoptée"))).to_be_visible()


def sign_in(page: Page, person: str) -> None:
    page.goto("/connexion")
    page.get_by_role("button", name=person).click()
    page.wait_for_url("**/tableau-de-bord*")


def tab_to(page: Page, target: Locator) -> None:
    """Move on with the Tab key until the target has the focus, as somebody without a mouse does."""
    for _ in range(MOST_TABS):
        if target.evaluate("element => element === document.activeElement"):
            return
        page.keyboard.press("Tab")
    pytest.fail(f"the keyboard does not reach {target}")


def open_call(page: Page) -> None:
    """Prepare a call, invite one organisation, publish, send."""
    today = date.today()  # noqa: DTZ011 - the day of whoever fills the form in
    page.goto("/appels/nouveau")
    page.get_by_label("Titre").fill(TITLE)
    page.get_by_label("Introduction").fill("Dites ce que vous voyez, puis ce que vous **recommandez**.")
    page.get_by_label("S’ouvre le").fill((today - timedelta(days=1)).isoformat())
    page.get_by_label("Dernier jour").fill((today + timedelta(days=20)).isoformat())
    page.get_by_role("button", name="Enregistrer l’appel").click()
    page.get_by_role("link", name="Choisir des organisations").click()
    page.get_by_label("Chercher").fill("vieux quai")
    page.get_by_role("button", name="Filtrer").click()
    page.get_by_role("checkbox", name=f"Inviter {ORGANISATION}").check()
    page.get_by_role("button", name="Ajouter les organisations cochées").click()
    page.get_by_role("link", name=ORGANISATION, exact=True).click()
    page.get_by_label("Adresse mail pour cet appel").fill(ADDRESS)
    page.get_by_role("button", name="Enregistrer l’adresse").click()
    page.get_by_role("link", name=TITLE).click()
    page.get_by_role("button", name="Publier l’appel").click()
    page.get_by_role("button", name="Envoyer l’invitation").click()
    expect(page.get_by_text("1 invitation est partie.")).to_be_visible()


def mailed_link(page: Page) -> str:
    """Read the organisation's link on the page that shows the mail."""
    page.goto(f"/reglages/mails?q={ADDRESS}")
    page.get_by_role("link", name=re.compile(TITLE)).first.click()
    found = LINK.search(page.get_by_role("main").inner_text())
    assert found
    return found.group(1)


def write_by_keyboard(page: Page, check_axe: Callable[[Page], None]) -> None:
    """Begin a draft, leave, come back, end it and send it, without a mouse."""
    tab_to(page, page.get_by_label("Le constat"))
    page.keyboard.type(FINDING)
    expect(page.locator("[data-autosave-status]")).to_contain_text("Enregistré à")
    check_axe(page)

    page.reload()
    expect(page.get_by_label("Le constat")).to_have_value(FINDING)
    tab_to(page, page.get_by_label("La recommandation"))
    page.keyboard.type(PROPOSAL)
    tab_to(page, page.get_by_role("checkbox", name="Commune et CPAS"))
    page.keyboard.press("Space")
    tab_to(page, page.get_by_role("radio", name="Je ne sais pas"))
    page.keyboard.press("ArrowUp")
    tab_to(page, page.get_by_label("De quelle réalité de terrain"))
    page.keyboard.type("Nos cours du soir.")
    tab_to(page, page.get_by_role("button", name="Envoyer la contribution"))
    page.keyboard.press("Enter")


def test_from_a_call_to_a_recommendation(
    context: BrowserContext, another_context: BrowserContext, check_axe: Callable[[Page], None]
) -> None:
    desk = context.new_page()
    sign_in(desk, "Coordination du CAI")
    open_call(desk)
    check_axe(desk)
    link = mailed_link(desk)

    phone = another_context.new_page()
    phone.set_viewport_size(PHONE)
    phone.goto(link)
    expect(phone.get_by_text(f"Au nom de : {ORGANISATION}")).to_be_visible()
    write_by_keyboard(phone, check_axe)
    expect(phone.get_by_role("heading", level=1)).to_contain_text("Contribution n°")
    expect(phone.get_by_text(FINDING)).to_be_visible()
    expect(phone.get_by_text("Elle est bien arrivée.")).to_be_visible()
    check_axe(phone)

    desk.goto("/recommandations/contributions?state=to_read")
    desk.get_by_role("link", name=PROPOSAL).click()
    check_axe(desk)
    desk.get_by_role("link", name="En faire une recommandation").click()
    desk.get_by_label("Titre").fill("Prolonger les bus du soir")
    desk.get_by_role("button", name="Enregistrer la recommandation").click()
    expect(desk.get_by_role("heading", level=1)).to_have_text("Prolonger les bus du soir")
    expect(desk.get_by_role("main")).to_contain_text(ORGANISATION)
    check_axe(desk)
    adopt(desk)

    phone.reload()
    expect(phone.get_by_role("main")).to_contain_text("Prolonger les bus du soir")
    expect(phone.get_by_role("main")).to_contain_text("Adoptée")


def test_two_devices_lose_no_text(
    context: BrowserContext, another_context: BrowserContext, check_axe: Callable[[Page], None]
) -> None:
    desk = context.new_page()
    sign_in(desk, "Coordination du CAI")
    desk.goto("/reglages/mails?q=gabs@example.org")
    desk.get_by_role("link", name=re.compile("le lien de votre organisation")).first.click()
    found = LINK.search(desk.get_by_role("main").inner_text())
    assert found
    phone = another_context.new_page()
    for page in (desk, phone):
        page.goto(found.group(1))
    with phone.expect_response(re.compile("/brouillon$")) as saved:
        phone.get_by_label("Le constat").fill("Écrit sur le téléphone.")
    assert saved.value.status == 204
    desk.get_by_label("Le constat").fill("Écrit au bureau.")
    expect(desk.locator("[data-autosave-status]")).to_contain_text("Modifié ailleurs")
    desk.get_by_role("button", name="Enregistrer le brouillon").last.click()
    expect(desk.get_by_text("Écrit sur le téléphone.")).to_be_visible()
    expect(desk.get_by_label("Le constat")).to_have_value("Écrit au bureau.")
    check_axe(desk)
    desk.get_by_label("Le constat").fill("Écrit sur le téléphone, puis au bureau.")
    desk.get_by_role("button", name="Enregistrer le brouillon").last.click()
    expect(desk.get_by_text("Le brouillon est enregistré.")).to_be_visible()
    phone.reload()
    expect(phone.get_by_label("Le constat")).to_have_value("Écrit sur le téléphone, puis au bureau.")
