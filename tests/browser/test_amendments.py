"""An association amends a recommendation by its link, on a phone without scripts, and reads the answers."""

import re
from collections.abc import Callable

from playwright.sync_api import Browser, BrowserContext, Page, expect

from tests.browser.conftest import Server
from tests.browser.test_consultation import PHONE, consulted_link
from tests.browser.test_contribution import sign_in

CODE = "R-2024-005"
WORDS = "Donner une réponse dans les deux mois."


def amend(phone: Page, link: str, words: str) -> None:
    """Propose to add a paragraph."""
    phone.goto(f"{link}/consultation")
    phone.get_by_role("link", name=re.compile("Amender.*diplômes")).click()
    phone.get_by_role("link", name="Proposer un ajout").click()
    phone.get_by_label("Ce que vous proposez").fill(words)
    phone.get_by_role("button", name="Proposer l’amendement").click()
    expect(phone.get_by_text("Dites pourquoi vous le proposez.").first).to_be_visible()
    expect(phone.get_by_label("Ce que vous proposez")).to_have_value(words)
    phone.get_by_label("Pourquoi").fill("Nos permanences attendent.")
    phone.get_by_role("button", name="Proposer l’amendement").click()
    expect(phone.get_by_text("L’amendement est envoyé.")).to_be_visible()


def answer(desk: Page, words: str) -> None:
    """Open the amendment with these words."""
    desk.goto("/amendements")
    desk.get_by_role("listitem").filter(has_text=words).get_by_role("link").click()


def test_an_amendment_by_link_and_its_answers(
    context: BrowserContext, browser: Browser, server: Server, check_axe: Callable[[Page], None]
) -> None:
    desk = context.new_page()
    sign_in(desk, "Coordination du CAI")
    link = consulted_link(desk)
    plain = browser.new_context(java_script_enabled=False, viewport=PHONE, base_url=server.url)
    phone = plain.new_page()
    for words in (WORDS, "Rendre la demande gratuite.", "Supprimer les traductions."):
        amend(phone, link, words)
    answer(desk, WORDS)
    check_axe(desk)
    desk.get_by_label("Votre réponse").fill("Oui, avec un délai réaliste.")
    desk.locator("summary", has_text="Reprendre autrement").click()
    desk.get_by_label("Les mots que vous retenez").fill("Donner une réponse dans les trois mois.")
    check_axe(desk)
    desk.get_by_role("button", name="Reprendre autrement").click()
    expect(desk.get_by_text("C’est répondu")).to_be_visible()
    check_axe(desk)
    answer(desk, "Rendre la demande gratuite.")
    desk.get_by_role("button", name="Reprendre tel quel").click()
    answer(desk, "Supprimer les traductions.")
    desk.get_by_role("button", name="Écarter").click()
    expect(desk.get_by_text(re.compile("Dites pourquoi vous l’écartez")).first).to_be_visible()
    desk.get_by_label("Votre réponse").fill("La loi les demande.")
    desk.get_by_role("button", name="Écarter").click()
    desk.goto(f"/recommandations/{CODE}")
    expect(desk.get_by_role("main")).to_contain_text("dans les trois mois")
    expect(desk.get_by_role("main")).to_contain_text("Rendre la demande gratuite.")
    phone.goto(f"{link}/amender/{CODE}")
    for said in ("Oui, avec un délai réaliste.", "La loi les demande.", "Repris autrement", "Écarté"):
        expect(phone.get_by_role("main")).to_contain_text(said)
    plain.close()
    for path in (
        f"{link}/amender/{CODE}?partie=title",
        f"/recommandations/{CODE}/amendements/proposer?partie=title",
    ):
        desk.goto(path)
        check_axe(desk)


def test_a_space_says_that_a_recommendation_is_stable(
    context: BrowserContext, check_axe: Callable[[Page], None]
) -> None:
    page = context.new_page()
    sign_in(page, "Représentant")
    page.goto("/espaces")
    page.get_by_role("link", name=re.compile("lutte contre le racisme")).first.click()
    page.get_by_role("link", name=re.compile("Rejoindre la coalition")).click()
    check_axe(page)
    page.get_by_role("link", name="Déclarer stabilisée").click()
    check_axe(page)
    page.get_by_role("button", name="Déclarer stabilisée").click()
    expect(page.get_by_text("Choisissez la réunion de votre espace").first).to_be_visible()
    page.locator("select#place").select_option(index=1, force=True)
    page.get_by_role("button", name="Déclarer stabilisée").click()
    expect(page.get_by_text(re.compile(r"\s: Stabilisée"))).to_be_visible()


def test_several_are_adopted_at_once(context: BrowserContext, check_axe: Callable[[Page], None]) -> None:
    page = context.new_page()
    sign_in(page, "Coordination du CAI")
    page.goto("/recommandations?state=in_consultation")
    boxes = page.get_by_role("checkbox", name=re.compile("Choisir R-"))
    boxes.nth(0).check()
    boxes.nth(1).check()
    page.get_by_role("button", name="Changer l’état de ce qui est coché").click()
    page.get_by_label("Ce qui en est décidé").select_option("postponed")
    page.get_by_role("button", name="Voir ce qui passe").click()
    expect(page.get_by_role("heading", name=re.compile("2 passeront"))).to_be_visible()
    check_axe(page)
    page.get_by_role("button", name="Reporter").click()
    expect(page.get_by_text("Dites pourquoi elle est reportée.").first).to_be_visible()
    page.get_by_label("Raison").fill("On attend la plénière suivante.")
    page.get_by_role("button", name="Reporter").click()
    expect(page.get_by_text("2 recommandations passent à")).to_be_visible()
