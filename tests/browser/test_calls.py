"""A call's own questions, who has answered, and drafts that neither a second writer nor a lost line loses."""

import re
from collections.abc import Callable

from playwright.sync_api import BrowserContext, Page, expect

from tests.browser.test_contribution import LINK, sign_in, tab_to
from tests.browser.test_pages import fits

SCREENS = (1280, 360, 320)
CALL = "vos-constats-et-vos-recommandations-pour-le-prochain-memorandum"
COORDINATOR = "Coordination du CAI"
OFFLINE_LINE = "Le guichet ferme à midi."


def link_of(page: Page, address: str) -> str:
    """Read an organisation's link in the mail that the demonstration keeps."""
    page.goto(f"/reglages/mails?q={address}")
    page.get_by_role("link", name=re.compile("le lien de votre organisation")).first.click()
    found = LINK.search(page.get_by_role("main").inner_text())
    assert found
    return found.group(1)


def at_every_width(page: Page, check_axe: Callable[[Page], None]) -> None:
    for width in SCREENS:
        page.set_viewport_size({"width": width, "height": 800})
        assert fits(page), f"{page.url} at {width}"
        check_axe(page)
    page.set_viewport_size({"width": 1280, "height": 800})


def test_a_lost_connection_loses_no_text(
    context: BrowserContext, another_context: BrowserContext, check_axe: Callable[[Page], None]
) -> None:
    desk = context.new_page()
    sign_in(desk, COORDINATOR)
    link = link_of(desk, "cpas-de-sambreville@example.org")
    phone = another_context.new_page()
    phone.set_viewport_size({"width": 360, "height": 740})
    phone.goto(link)
    another_context.set_offline(True)
    phone.get_by_label("Le constat").fill(OFFLINE_LINE)
    phone.get_by_role("radio", name="Depuis cette année").check()
    expect(phone.locator("[data-autosave-status]")).to_contain_text("Pas encore enregistré")
    # The page is gone; nothing of it had reached the server.
    phone.close()
    another_context.set_offline(False)
    again = another_context.new_page()
    again.set_viewport_size({"width": 360, "height": 740})
    again.goto(link)
    expect(again.get_by_label("Le constat")).to_have_value("")
    expect(again.get_by_text("Un texte est resté sur cet appareil")).to_be_visible()
    check_axe(again)
    again.get_by_role("button", name="Le remettre dans le formulaire").click()
    expect(again.get_by_label("Le constat")).to_have_value(OFFLINE_LINE)
    expect(again.get_by_role("radio", name="Depuis cette année")).to_be_checked()
    expect(again.locator("[data-autosave-status]")).to_contain_text("Enregistré à")
    assert again.evaluate("Object.keys(localStorage).filter(name => name.startsWith('maillage.texte'))") == []
    again.reload()
    expect(again.get_by_label("Le constat")).to_have_value(OFFLINE_LINE)
    expect(again.get_by_text("Un texte est resté sur cet appareil")).to_be_hidden()
    again.get_by_label("La recommandation").fill("Ouvrir le guichet un soir.")
    again.get_by_role("button", name="Envoyer la contribution").click()
    expect(again.get_by_role("heading", level=1)).to_contain_text("Contribution n°")
    assert again.evaluate("Object.keys(localStorage).filter(name => name.startsWith('maillage.texte'))") == []


def test_a_link_that_ended_says_so_and_a_new_one_brings_the_text_back(
    context: BrowserContext, another_context: BrowserContext
) -> None:
    desk = context.new_page()
    sign_in(desk, COORDINATOR)
    link = link_of(desk, "gabs@example.org")
    phone = another_context.new_page()
    phone.goto(link)
    desk.goto(f"/appels/{CALL}/suivi")
    desk.get_by_role("link", name="Groupe d’animation de la Basse-Sambre").click()
    desk.get_by_role("button", name="Envoyer un nouveau lien").click()
    expect(desk.get_by_text("Un nouveau lien est parti")).to_be_visible()
    phone.get_by_label("De quelle réalité").fill("Écrit derrière l’ancien lien.")
    expect(phone.locator("[data-autosave-status]")).to_contain_text("ce lien a pris fin")
    phone.goto(link_of(desk, "gabs@example.org"))
    phone.get_by_role("button", name="Le remettre dans le formulaire").click()
    expect(phone.get_by_label("De quelle réalité")).to_have_value("Écrit derrière l’ancien lien.")
    expect(phone.locator("[data-autosave-status]")).to_contain_text("Enregistré à")


def test_two_people_of_one_organisation_learn_of_each_other(
    context: BrowserContext, another_context: BrowserContext, check_axe: Callable[[Page], None]
) -> None:
    desk = context.new_page()
    sign_in(desk, COORDINATOR)
    link = link_of(desk, "cire@example.org")
    first, second = context.new_page(), another_context.new_page()
    second.clock.install()
    for page in (first, second):
        page.goto(link)
    first.get_by_label("Le constat").fill("Écrit par la première.")
    expect(first.locator("[data-autosave-status]")).to_contain_text("Enregistré à")
    second.clock.run_for(21_000)
    expect(second.get_by_text("Une autre page est ouverte")).to_be_visible()
    check_axe(second)
    third = context.new_page()
    third.goto(link)
    expect(third.get_by_text("Ce brouillon a été enregistré")).to_be_visible()
    expect(third.get_by_label("Le constat")).to_have_value("Écrit par la première.")
    first.get_by_label("La recommandation").fill("Une suite.")
    expect(first.locator("[data-watch]")).to_be_empty()


def test_a_question_is_asked_answered_and_read(
    context: BrowserContext, another_context: BrowserContext, check_axe: Callable[[Page], None]
) -> None:
    desk = context.new_page()
    sign_in(desk, COORDINATOR)
    desk.goto(f"/appels/{CALL}/suivi")
    desk.get_by_role("link", name="Questions", exact=True).click()
    at_every_width(desk, check_axe)
    tab_to(desk, desk.get_by_role("link", name="Ajouter une question"))
    desk.keyboard.press("Enter")
    expect(desk.get_by_label("Sorte de réponse")).to_be_visible()
    at_every_width(desk, check_axe)
    tab_to(desk, desk.get_by_label("La question", exact=True))
    desk.keyboard.type("Combien de ménages sont touchés ?")
    desk.get_by_label("Sorte de réponse").select_option("number")
    desk.get_by_role("button", name="Enregistrer la question").click()
    expect(desk.get_by_text("La question est dans le formulaire de l’appel.")).to_be_visible()

    phone = another_context.new_page()
    phone.set_viewport_size({"width": 360, "height": 740})
    phone.goto(link_of(desk, "lire-et-ecrire-namur@example.org"))
    phone.get_by_label("Le constat").fill("Les inscriptions se font en ligne seulement.")
    phone.get_by_label("La recommandation").fill("Garder un guichet.")
    phone.get_by_label("Combien de ménages").fill("beaucoup")
    phone.get_by_role("button", name="Envoyer la contribution").click()
    expect(phone.get_by_text("Choisissez une réponse.").last).to_be_visible()
    expect(phone.get_by_label("Combien de ménages")).to_have_value("beaucoup")
    at_every_width(phone, check_axe)
    phone.set_viewport_size({"width": 360, "height": 740})
    phone.get_by_label("Combien de ménages").fill("120")
    phone.get_by_role("radio", name="Depuis plus longtemps").check()
    phone.get_by_role("checkbox", name="À la campagne").check()
    phone.get_by_role("button", name="Envoyer la contribution").click()
    expect(phone.get_by_role("heading", name="Combien de ménages sont touchés ?")).to_be_visible()
    at_every_width(phone, check_axe)

    desk.goto(f"/recommandations/contributions?campaign={CALL}")
    desk.get_by_text("Plus de filtres").click()
    desk.get_by_label("Où le constatez-vous ?").select_option("À la campagne")
    desk.get_by_role("button", name="Filtrer").click()
    expect(desk.get_by_role("link", name="Garder un guichet.")).to_be_visible()
    at_every_width(desk, check_axe)
    desk.get_by_role("link", name="Garder un guichet.").click()
    expect(desk.get_by_role("main")).to_contain_text("Depuis plus longtemps")


def test_a_call_by_phone_is_noted_where_one_follows(
    context: BrowserContext, check_axe: Callable[[Page], None]
) -> None:
    page = context.new_page()
    sign_in(page, COORDINATOR)
    page.goto(f"/appels/{CALL}/suivi")
    at_every_width(page, check_axe)
    page.get_by_label("Où elle en est").select_option("silent")
    page.get_by_role("button", name="Filtrer").click()
    page.get_by_label("Gestes pour Groupe d’animation de la Basse-Sambre").click()
    page.get_by_role("link", name="Noter un appel ou une visite").click()
    page.get_by_label("Votre note").fill("Rappellera jeudi.")
    page.get_by_role("button", name="Ajouter la note").click()
    expect(page.get_by_text("Rappellera jeudi.")).to_be_visible()
    at_every_width(page, check_axe)
    page.goto(f"/appels/{CALL}/suivi?standing=noted")
    expect(page.get_by_role("cell", name="Rappellera jeudi.")).to_be_visible()


def test_what_a_coordinator_enters_stays_on_the_device_until_it_is_stored(context: BrowserContext) -> None:
    desk = context.new_page()
    sign_in(desk, COORDINATOR)
    page = "/recommandations/contributions/nouvelle"
    desk.goto(page)
    desk.get_by_label("La recommandation").fill("Ouvrir le guichet le soir.")
    desk.goto("/tableau-de-bord")
    desk.close()
    again = context.new_page()
    again.goto(page)
    expect(again.get_by_label("La recommandation")).to_have_value("")
    again.get_by_role("button", name="Le remettre dans le formulaire").click()
    expect(again.get_by_label("La recommandation")).to_have_value("Ouvrir le guichet le soir.")
    again.get_by_role("button", name="Enregistrer la contribution").click()
    expect(again.get_by_text("Choisissez l’organisation qui parle.").first).to_be_visible()
    again.locator("select[name=organisation]").evaluate(
        "(field, value) => { field.tomselect ? field.tomselect.setValue(value) : field.value = value }",
        "maison-d-essai-du-vieux-quai",
    )
    again.get_by_role("button", name="Enregistrer la contribution").click()
    expect(again.get_by_text("La contribution est enregistrée au nom de")).to_be_visible()
    assert again.evaluate("Object.keys(localStorage).filter(name => name.startsWith('maillage.texte'))") == []
