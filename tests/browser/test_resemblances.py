"""Texts that ask the same: shown while one is written, decided two by two, by words that people edit."""

from collections.abc import Callable

from playwright.sync_api import BrowserContext, Page, expect

PHONE = {"width": 320, "height": 740}
TYPED = "Rembourser à 90 % le revenu d’intégration, l’automatiser et l’individualiser."


def test_what_asks_the_same_is_shown_decided_and_taken_back(
    context: BrowserContext, check_axe: Callable[[Page], None]
) -> None:
    page = context.new_page()
    page.goto("/connexion")
    page.get_by_role("button", name="Coordination").click()
    page.wait_for_url("**/tableau-de-bord*")
    page.goto("/recommandations/nouvelle")
    page.get_by_label("Recommandation", exact=False).last.fill(TYPED)
    expect(page.get_by_text("L’une dit « 90 % », l’autre « 100 % ».").first).to_be_visible()
    check_axe(page)
    page.goto("/recommandations/contributions/1/ressemblances")
    check_axe(page)
    page.set_viewport_size(PHONE)
    page.goto("/recommandations/ressemblances")
    before = page.locator(".list-count").inner_text()
    page.get_by_role("button", name="Autre demande").first.click()
    expect(page.get_by_text("C’est noté")).to_be_visible()
    check_axe(page)
    page.get_by_role("button", name="Reprendre cette décision").first.click()
    expect(page.locator(".list-count")).to_have_text(before)
    page.goto("/recommandations/thesaurus")
    page.get_by_role("button", name="Reprendre cette liste").click()
    page.get_by_label("Un nouveau groupe").fill("un seul terme")
    page.get_by_role("button", name="Ajouter ce groupe").click()
    expect(page.get_by_text("Écrivez au moins deux termes").first).to_be_visible()
    check_axe(page)
    page.get_by_role("link", name="Modifier : CPAS").click()
    check_axe(page)
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
