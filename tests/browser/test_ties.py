"""How ties are known, two dates compared and the network measured, in a real browser."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from tests.browser.conftest import Server


@pytest.fixture
def page(context: BrowserContext, server: Server) -> Page:
    del server
    return context.new_page()


def test_a_card_tells_by_keyboard_how_a_tie_is_known(page: Page, check_axe: Callable[[Page], None]) -> None:
    page.goto("/reseau?centre=ppli")
    page.locator("[data-network][data-drawn]").wait_for()
    tie = page.locator("[data-card] .network-ties > li", has_text="CAI").first
    tie.locator("summary").focus()
    page.keyboard.press("Enter")
    expect(tie.locator(".fact").first).to_contain_text("CAI pilote PPLI")
    expect(tie.locator(".fact-source").first).to_contain_text("plan provincial d’intégration")
    check_axe(page)


def test_a_card_fetched_later_tells_it_too(page: Page) -> None:
    page.goto("/reseau?centre=ppli")
    page.locator("[data-network][data-drawn]").wait_for()
    page.locator("[data-card] .network-ties a", has_text="CAI").first.click()
    card = page.locator('[data-card="cai"]')
    card.wait_for()
    tie = card.locator(".network-ties > li", has_text="PPLI").first
    tie.locator("summary").click()
    expect(tie.locator(".fact").first).to_contain_text("CAI pilote PPLI")


def test_two_dates_from_a_mistake_to_the_picture(page: Page, check_axe: Callable[[Page], None]) -> None:
    page.goto("/reseau/comparer")
    page.get_by_label("Du", exact=True).fill("31 février 2020")
    page.get_by_label("Au", exact=True).fill("2025")
    page.get_by_role("button", name="Comparer").click()
    expect(page.locator("#compare-de-error")).to_contain_text("Cette date ne se lit pas")
    expect(page.get_by_label("Du", exact=True)).to_have_value("31 février 2020")
    check_axe(page)
    page.get_by_label("Du", exact=True).fill("1er janvier 2020")
    page.get_by_role("button", name="Comparer").click()
    picture = page.locator(".compare-still")
    expect(picture).to_be_visible()
    assert page.evaluate("document.querySelector('.compare-still').naturalWidth") > 500
    expect(picture).to_have_attribute("alt", re.compile("Le réseau du 1er janvier 2020 au 31 décembre 2025"))
    for name in ("La Ruche", "Centre local de promotion de la santé de Namur"):
        expect(page.locator("#tableau")).to_contain_text(name)
    check_axe(page)
    page.locator("#tableau").get_by_role("link", name="Acteur").first.click()
    expect(page.locator("th[aria-sort]")).to_contain_text("Acteur")


def test_each_view_of_the_analysis_reads_without_scripts(
    new_context: Callable[..., BrowserContext], server: Server
) -> None:
    page = new_context(java_script_enabled=False).new_page()
    page.goto(f"{server.url}/reseau/analyse")
    for view in ("Communautés", "Passerelles", "Isolés", "Public et associatif", "Tableau"):
        page.get_by_role("navigation", name="Vues de l’analyse").get_by_role("link", name=view).click()
        expect(page.locator("[aria-current=page]", has_text=view)).to_be_visible()
        expect(page.locator("main h2").first).to_be_visible()
