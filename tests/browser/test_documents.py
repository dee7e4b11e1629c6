"""A demand of another memorandum: taken on a phone with its page, split, each part on its own way."""

import re
from collections.abc import Callable

from playwright.sync_api import BrowserContext, Page, expect

PHONE = {"width": 360, "height": 740}
TEXT = (
    "Placer le logement au cœur de la déclaration de politique régionale, étendre le parc public, mettre fin "
    "aux expulsions."
)
LAST = "mettre fin aux expulsions"


def test_a_demand_is_taken_with_its_page_and_split(
    context: BrowserContext, check_axe: Callable[[Page], None]
) -> None:
    page = context.new_page()
    page.set_viewport_size(PHONE)
    page.goto("/connexion")
    page.get_by_role("button", name="coordination").click()
    page.wait_for_url("**/tableau-de-bord*")
    page.goto("/recommandations/documents?q=droit+au+logement+rwdh")
    page.get_by_role("link", name=re.compile("^Semaine d’actions pour le droit au logement")).click()
    check_axe(page)
    page.get_by_role("link", name="Prendre une demande").first.click()
    page.get_by_label("Page").fill("4")
    page.get_by_label("Citation").fill(f"« {TEXT} »")
    page.get_by_role("button", name="Prendre cette demande").click()
    # Nothing typed is lost, and the same page says what is missing.
    expect(page.get_by_label("Citation")).to_have_value(f"« {TEXT} »")
    page.get_by_label("La recommandation").fill(TEXT)
    page.get_by_role("button", name="Prendre cette demande").click()
    # The next one begins on the same page of the document.
    expect(page.get_by_text("À la suivante")).to_be_visible()
    expect(page.get_by_label("Page")).to_have_value("4")
    check_axe(page)
    page.get_by_role("complementary").get_by_role("link", name="Placer le logement").first.click()
    page.get_by_role("link", name="Scinder en plusieurs demandes").click()
    expect(page.get_by_label("Demande 3")).to_have_value(LAST)
    check_axe(page)
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
    page.get_by_role("button", name="Scinder le texte").click()
    expect(page.get_by_text("3 demandes en sont faites.")).to_be_visible()
    page.get_by_role("link", name=LAST).click()
    expect(page.get_by_role("link", name=re.compile("Partie de la contribution"))).to_be_visible()
    page.get_by_role("link", name="En faire une recommandation").click()
    expect(page.locator("[name=text]")).to_have_value(LAST)
