"""What a party answers, from the empty page to the answer taken back, in a real browser."""

from collections.abc import Callable

from playwright.sync_api import BrowserContext, Page, expect

PARTY = "Parti d’essai (fictif)"
UNANSWERED = "/recommandations/R-2024-012/reponses"
PHONE = {"width": 360, "height": 740}


def test_an_answer_is_noted_corrected_and_taken_back(
    context: BrowserContext, check_axe: Callable[[Page], None]
) -> None:
    page = context.new_page()
    page.goto("/connexion")
    page.get_by_role("button", name="Coordination du CAI").click()
    page.wait_for_url("**/tableau-de-bord*")
    page.goto(UNANSWERED)
    expect(page.get_by_text("Aucun parti n’a encore répondu.")).to_be_visible()
    check_axe(page)
    page.get_by_role("link", name="Noter une réponse").click()
    page.get_by_label("Ses mots, ou un résumé").fill("« Nous y viendrons. »")
    page.get_by_role("button", name="Enregistrer la réponse").click()
    expect(page.get_by_role("alert")).to_contain_text("Choisissez le parti qui répond.")
    expect(page.get_by_label("Ses mots, ou un résumé")).to_have_value("« Nous y viendrons. »")
    check_axe(page)
    page.locator("#party").select_option(label=PARTY, force=True)
    page.get_by_label("Renvoie à plus tard").check()
    page.get_by_label("Quel jour ?").fill("2026-03-02")
    page.get_by_role("button", name="Enregistrer la réponse").click()
    card = page.get_by_role("listitem").filter(has_text="« Nous y viendrons. »")
    expect(card).to_contain_text("Renvoie à plus tard")
    page.set_viewport_size(PHONE)
    check_axe(page)
    card.get_by_role("link", name="Corriger").click()
    check_axe(page)
    page.get_by_label("Refuse").check()
    page.get_by_role("button", name="Enregistrer la réponse").click()
    expect(card).to_contain_text("Refuse")
    card.get_by_text("Retirer", exact=True).click()
    card.get_by_role("button", name="Retirer la réponse").click()
    expect(card).to_contain_text("Dites pourquoi cette réponse est retirée.")
    card.get_by_label("Raison").fill("Elle répondait à une autre demande.")
    check_axe(page)
    card.get_by_role("button", name="Retirer la réponse").click()
    expect(page.get_by_role("heading", name="Réponses retirées")).to_be_visible()
    expect(card).to_contain_text("Elle répondait à une autre demande.")
    check_axe(page)
