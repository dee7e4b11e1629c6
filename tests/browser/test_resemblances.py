"""Texts that ask the same: shown while one is written, decided two by two, by words that people edit."""

from collections.abc import Callable

from playwright.sync_api import BrowserContext, Page, expect

PHONE = {"width": 320, "height": 740}
NARROW = {"width": 360, "height": 740}
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


def test_a_pair_is_decided_by_keyboard_and_leads_to_its_merge(
    context: BrowserContext, check_axe: Callable[[Page], None]
) -> None:
    page = context.new_page()
    page.emulate_media(color_scheme="dark")
    page.set_viewport_size(NARROW)
    page.goto("/connexion")
    page.get_by_role("button", name="Coordination").click()
    page.wait_for_url("**/tableau-de-bord*")
    page.goto("/recommandations/ressemblances?kind=rr")
    before = page.locator(".list-count").inner_text()
    check_axe(page)
    assert page.evaluate("document.documentElement.scrollWidth") <= NARROW["width"]
    first = page.locator(".resembling-item").first
    codes = [link.inner_text().split()[-1] for link in first.locator(".resembling-head a").all()]
    first.get_by_role("button", name="Même demande").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_text("C’est noté")).to_be_visible()
    check_axe(page)
    page.get_by_role("link", name="Fusionner ces deux recommandations").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_contain_text("Fusionner")
    for code in codes:
        expect(page.get_by_text(code).first).to_be_visible()
    check_axe(page)
    assert page.evaluate("document.documentElement.scrollWidth") <= NARROW["width"]
    # Left without merging: the decision is found among those decided, and taken back by keyboard.
    page.goto("/recommandations/ressemblances?decision=same")
    page.get_by_role("button", name=f"Reprendre cette décision : Recommandation {codes[0]}").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_text("La décision est reprise")).to_be_visible()
    page.goto("/recommandations/ressemblances?kind=rr")
    expect(page.locator(".list-count")).to_have_text(before)


def test_filters_narrow_the_pairs_and_are_taken_away(
    context: BrowserContext, check_axe: Callable[[Page], None]
) -> None:
    page = context.new_page()
    page.goto("/connexion")
    page.get_by_role("button", name="Coordination").click()
    page.wait_for_url("**/tableau-de-bord*")
    page.goto("/recommandations/ressemblances")
    before = page.locator(".list-count").inner_text()
    page.get_by_placeholder("Mots d’un des deux textes").fill("zzzz")
    page.keyboard.press("Enter")
    expect(page.get_by_text("Aucune paire ne correspond.")).to_be_visible()
    check_axe(page)
    page.get_by_role("link", name="zzzz").first.click()
    expect(page.locator(".list-count")).to_have_text(before)
