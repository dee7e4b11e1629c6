"""Two records of one actor: found while typing a name, compared, made one, taken apart again."""

from collections.abc import Callable

from playwright.sync_api import BrowserContext, Page, expect

NAME = "Maison d’essai du Vieux-Quai"
NEAR = "Maison d’essai du vieu quai"
CARD = "/acteurs/maison-d-essai-du-vieu-quai"


def sign_in(page: Page) -> None:
    page.goto("/connexion")
    page.get_by_role("button", name="Coordination").click()
    page.wait_for_url("**/tableau-de-bord*")


def test_a_double_is_noticed_made_one_and_taken_apart(
    context: BrowserContext, check_axe: Callable[[Page], None]
) -> None:
    page = context.new_page()
    sign_in(page)

    page.goto("/acteurs/ajouter")
    page.get_by_label("Nom", exact=True).press_sequentially(NEAR)
    expect(page.locator("#ressemblants")).to_contain_text(NAME)
    check_axe(page)
    page.locator("#kind-ts-control").fill("Association (asbl)")
    expect(page.locator("#kind-ts-dropdown .active")).to_contain_text("Association (asbl)")
    page.keyboard.press("Enter")
    expect(page.locator("#kind + .ts-wrapper .item")).to_contain_text("Association (asbl)")
    page.get_by_role("button", name="Ajouter l’acteur").click()
    page.wait_for_url(f"**{CARD}")

    page.get_by_role("link", name="Réunir avec une autre fiche").click()
    check_axe(page)
    page.get_by_role("link", name=f"Comparer avec {NAME}").click()
    page.get_by_role("link", name="Garder plutôt").click()
    expect(page.locator(".merge-sides article").first).to_contain_text(NAME)
    page.get_by_label("Comment le savez-vous ?").fill("Le même collectif, mal recopié.")
    check_axe(page)
    page.get_by_role("button", name="Réunir les deux fiches").click()
    expect(page.get_by_role("heading", level=1)).to_have_text(NAME)
    expect(page.get_by_text("L’ancienne adresse")).to_be_visible()

    page.goto(CARD)
    expect(page.get_by_role("heading", level=1)).to_have_text(NAME)

    page.goto("/acteurs/doublons")
    check_axe(page)
    page.get_by_role("button", name=f"Séparer à nouveau {NEAR}").click()
    expect(page.get_by_role("heading", level=1)).to_have_text(NEAR)
    page.goto("/acteurs/doublons")
    page.get_by_role("button", name=f"{NAME} et {NEAR} sont deux acteurs").click()
    expect(page.get_by_role("heading", name="Regardées")).to_be_visible()
    check_axe(page)
