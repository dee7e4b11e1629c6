"""A coordinator goes from a recommendation to who carries it, through the views, to the map."""

import re
from collections.abc import Callable

from playwright.sync_api import BrowserContext, Page, expect

from tests.browser.test_contribution import sign_in

PHONE = {"width": 360, "height": 740}
DESK = {"width": 1280, "height": 900}


def test_who_carries_what_from_the_list_to_the_map(
    context: BrowserContext, check_axe: Callable[[Page], None]
) -> None:
    page = context.new_page()
    sign_in(page, "Coordination du CAI")
    page.goto("/recommandations")
    page.get_by_role("link", name="Qui porte quoi").click()
    page.get_by_role("table", name="Priorités").get_by_role("link").first.click()
    expect(page.get_by_role("heading", name=re.compile("Les positions des organisations"))).to_be_visible()
    check_axe(page)
    page.goto("/recommandations/priorites")
    views = page.get_by_role("navigation", name="Vues de qui porte quoi")
    for name in (
        "Accords et désaccords",
        "Thèmes et niveaux",
        "Plusieurs lieux, une coalition",
        "Qui porte quoi",
    ):
        views.get_by_role("link", name=name).click()
        expect(page.get_by_role("heading", level=1)).to_have_text(name)
        for size in (PHONE, DESK):
            page.set_viewport_size(size)
            check_axe(page)
    page.get_by_label("Appel").select_option(index=1)
    page.get_by_role("button", name="Filtrer").click()
    expect(page.get_by_role("table", name=re.compile("Ce qui lie"))).to_be_visible()
    page.get_by_role("link", name="Sur la carte").click()
    expect(page).to_have_url(re.compile("view=actors"))
    expect(page.get_by_text(re.compile("acteurs en lumière"))).to_be_visible()
