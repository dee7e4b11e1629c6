"""A recommendation is written, doubted, kept, worded anew and compared with what it said before."""

from collections.abc import Callable

from playwright.sync_api import BrowserContext, Page, expect

WIDTHS = (1280, 360, 320)
SHORT = "Un guichet unique pour faire reconnaître son diplôme."


def looked_at(page: Page, check_axe: Callable[[Page], None]) -> None:
    """Look at the page at each width: axe is content and nothing stands out of it."""
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 800})
        check_axe(page)
        assert page.evaluate("document.documentElement.scrollWidth") <= width
    page.set_viewport_size({"width": WIDTHS[0], "height": 800})


def test_a_recommendation_is_written_doubted_and_worded_anew(
    context: BrowserContext, check_axe: Callable[[Page], None]
) -> None:
    page = context.new_page()
    page.goto("/connexion")
    page.get_by_role("button", name="Coordination").click()
    page.wait_for_url("**/tableau-de-bord*")
    page.goto("/recommandations/nouvelle")
    # While one writes: whom the words speak for, and how many signs are left.
    page.locator("[name=title]").fill("Réformer l’équivalence des diplômes")
    page.locator("[name=text]").fill("Un seul guichet par commune.")
    page.get_by_label("État fédéral", exact=True).check()
    hint = page.locator(".levels-hint")
    expect(hint).to_contain_text("Fédération Wallonie-Bruxelles")
    expect(hint).to_contain_text("ses mots ne parlent pas")
    page.get_by_text("Indicateur, version courte, français facile").click()
    short = page.get_by_label("Version courte", exact=False)
    short.fill("a" * 301)
    expect(page.locator(".signs")).to_have_text("1 signe de trop.")
    looked_at(page, check_axe)
    page.get_by_role("button", name="Enregistrer la recommandation").click()
    expect(page.get_by_text("Cette version courte est trop longue").first).to_be_visible()
    expect(hint).to_contain_text("ses mots ne parlent pas")
    looked_at(page, check_axe)
    short.fill(SHORT)
    expect(page.locator(".signs")).to_have_text(f"Encore {300 - len(SHORT)} signes.")
    page.get_by_role("button", name="Enregistrer la recommandation").click()
    # On its page: the doubt, which its coordinator settles.
    expect(page.get_by_text(SHORT)).to_be_visible()
    expect(page.get_by_text("est-ce le bon niveau")).to_be_visible()
    looked_at(page, check_axe)
    page.get_by_role("button", name="Je le sais, je le garde").click()
    expect(page.get_by_text("gardé en connaissance de cause").first).to_be_visible()
    expect(page.get_by_text("est-ce le bon niveau")).to_have_count(0)
    # Worded anew, and compared.
    page.get_by_role("link", name="Modifier", exact=True).click()
    page.locator("[name=text]").fill("Un seul guichet par province, ouvert le soir.")
    page.get_by_label("De fond", exact=False).check()
    page.get_by_label("Ce qui change et pourquoi", exact=False).fill("Par province, décidé en plénière.")
    page.get_by_role("button", name="Enregistrer la recommandation").click()
    page.get_by_role("link", name="Versions", exact=True).click()
    expect(page.locator("ins", has_text="province")).to_be_visible()
    expect(page.locator("del", has_text="commune")).to_be_visible()
    expect(page.get_by_text("Par province, décidé en plénière.")).to_be_visible()
    looked_at(page, check_axe)
    page.get_by_role("link", name="Version 1", exact=True).click()
    expect(page.get_by_text("Un seul guichet par commune.")).to_be_visible()
    looked_at(page, check_axe)
    page.get_by_role("button", name="Revenir à la version 1").click()
    expect(page.get_by_role("link", name="Version 3", exact=True)).to_be_visible()
    # The list folds what is seldom asked.
    page.goto("/recommandations")
    page.get_by_text("Plus de filtres").click()
    looked_at(page, check_axe)
    page.get_by_label("Niveau de pouvoir", exact=True).select_option("aucun")
    page.wait_for_url("**level=aucun**")
    expect(page.locator(".chip", has_text="Aucun niveau choisi")).to_be_visible()


def test_a_button_that_is_pressed_twice_makes_one(context: BrowserContext) -> None:
    page = context.new_page()
    page.goto("/connexion")
    page.get_by_role("button", name="Coordination").click()
    page.wait_for_url("**/tableau-de-bord*")
    page.goto("/recommandations/nouvelle")
    page.locator("[name=title]").fill("Un verger partagé dans chaque quartier")
    page.get_by_role("button", name="Enregistrer la recommandation").dblclick()
    expect(page.get_by_text("est créée.")).to_be_visible()
    page.goto("/recommandations?q=verger")
    expect(page.get_by_role("link", name="Un verger partagé dans chaque quartier")).to_have_count(1)
