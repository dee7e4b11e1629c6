"""How demands go from one memorandum to the next, on a phone and corrected; recipients of the register."""

from collections.abc import Callable

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from tests.browser.test_contribution import sign_in
from tests.browser.test_leaflets import open_when_public

DRAFT = "/memorandums/memorandum-2029-ce-que-les-communes-ne-peuvent-pas-decider"
EARLIER = (
    "/memorandums/memorandum-2018-pour-les-elections-communales",
    "/memorandums/memorandum-2019-pour-les-elections-regionales-federales-et-europeennes",
    "/memorandums/memorandum-du-reseau-namurois",
)
COORDINATOR = "Coordination du CAI"
PHONE = {"width": 320, "height": 740}
Check = Callable[[Page], None]


def fits(page: Page) -> None:
    """Fail unless the page, once it is laid out, needs no scrolling sideways."""
    page.wait_for_function("() => document.documentElement.scrollWidth <= innerWidth")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_anybody_follows_a_demand_through_the_years_on_a_phone(
    context: BrowserContext, check_axe: Check, scheme: str
) -> None:
    page = context.new_page()
    page.emulate_media(color_scheme=scheme, reduced_motion="reduce")  # type: ignore[arg-type]
    page.set_viewport_size(PHONE)
    for address in EARLIER:
        open_when_public(page, f"{address}/edition-1")
    page.goto("/memorandums/genealogie")
    fits(page)
    check_axe(page)
    rows = page.locator("tbody tr", has_text="2018/1")
    expect(rows.get_by_role("link", name="2024/10")).to_be_visible()
    whole = page.locator("tbody tr", has=page.locator(".rail")).count()
    page.get_by_label("Combien de fois").select_option("several")
    page.get_by_role("button", name="Filtrer").press("Enter")
    page.wait_for_url("**times=several*")
    kept = page.locator("tbody tr", has=page.locator(".rail")).count()
    assert 0 < kept < whole
    fits(page)
    check_axe(page)
    page.get_by_placeholder("Mots de la demande").fill("rien de tel nulle part")
    page.get_by_placeholder("Mots de la demande").press("Enter")
    page.wait_for_url("**q=rien*")
    check_axe(page)


def test_what_an_item_is_beside_earlier_ones_is_corrected_by_keyboard(
    context: BrowserContext, check_axe: Check
) -> None:
    page = context.new_page()
    for address in EARLIER:
        open_when_public(page, f"{address}/edition-1")
    sign_in(page, COORDINATOR)
    page.goto(f"{DRAFT}/edition-1/lignee")
    check_axe(page)
    chosen = page.locator("tbody select").first
    before = chosen.input_value()
    chosen.select_option(label="Nouvelle")
    page.get_by_role("button", name="Enregistrer la lignée").press("Enter")
    expect(page.locator("tbody tr").first).to_contain_text("Nouvelle")
    assert page.locator("tbody select").first.input_value() != before
    page.set_viewport_size(PHONE)
    fits(page)
    check_axe(page)
    page.locator("tbody select").first.select_option(before)
    page.get_by_role("button", name="Enregistrer la lignée").press("Enter")
    expect(page.locator("tbody tr").first).to_contain_text("Répétée")


def test_a_public_authority_is_added_from_the_register(context: BrowserContext, check_axe: Check) -> None:
    page = context.new_page()
    sign_in(page, COORDINATOR)
    page.goto(f"{DRAFT}/destinataires")
    page.get_by_role("link", name="Du registre").click()
    check_axe(page)
    page.locator("#organisations-ts-control").fill("Commune de Dinant")
    expect(page.locator("#organisations-ts-dropdown")).to_contain_text("Commune de Dinant")
    check_axe(page)
    page.keyboard.press("Enter")
    page.keyboard.press("Escape")
    page.get_by_role("button", name="Ajouter à la liste").press("Enter")
    expect(page.get_by_role("link", name="Commune de Dinant")).to_be_visible()
    page.set_viewport_size(PHONE)
    fits(page)
    check_axe(page)
