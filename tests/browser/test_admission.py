"""A day's mails and who may come: a mail rewritten, an invitation answered, places filled on a phone."""

import re
from http import HTTPStatus

from playwright.sync_api import Browser, BrowserContext, Page, expect

from tests.browser.conftest import Server
from tests.browser.days import PLENARY, SYMPOSIUM
from tests.browser.test_convening import COORDINATOR, PHONE, WIDE, mailed
from tests.browser.test_forms import look, send
from tests.browser.test_pages import sign_in

DAY = f"/journees/{SYMPOSIUM}"
NEXT_PLENARY = f"/journees/{PLENARY}"
GUEST, HOUSE = "invitee.essai@example.org", "maison.essai@example.org"


def test_a_mail_is_rewritten_with_preview(context: BrowserContext, server: Server) -> None:
    del server
    office = context.new_page()
    sign_in(office, COORDINATOR)
    office.goto(f"{DAY}/mails")
    look(office)
    office.set_viewport_size(WIDE)
    office.get_by_role("link", name="Informations pratiques").click()
    preview = office.frame_locator("iframe[name=apercu]")
    expect(preview.get_by_role("heading", level=1)).to_contain_text("informations pratiques")
    office.get_by_label("Objet").fill("Demain, {titre}")
    office.get_by_label("Texte", exact=True).fill("Bonjour {prénom-nom}, apportez un {régal}.")
    office.get_by_role("button", name="Voir l’aperçu").click()
    expect(preview.get_by_role("heading", level=1)).to_contain_text("attend une correction")
    assert send(office, "Enregistrer ces mots").status == HTTPStatus.UNPROCESSABLE_ENTITY
    look(office)
    office.set_viewport_size(WIDE)
    expect(office.locator(".error-summary")).to_contain_text("{régal}")
    office.get_by_label("Texte", exact=True).fill("Bonjour {prénom-nom}, à demain.")
    office.get_by_role("button", name="Voir l’aperçu").click()
    expect(preview.get_by_text("Bonjour Camille Exemple, à demain.").first).to_be_visible()
    assert send(office, "Enregistrer ces mots").status == HTTPStatus.SEE_OTHER
    expect(office.get_by_text("Vos mots")).to_be_visible()
    office.get_by_role("link", name="Envoyer maintenant…").click()
    look(office)
    office.set_viewport_size(WIDE)
    office.get_by_role("button", name="Envoyer le mail").click()
    expect(office.get_by_text(re.compile(r"envoyés? sur"))).to_be_visible()
    assert office.request.get(f"{DAY}/mails/practical/progres").status == HTTPStatus.OK


def test_an_invitation_is_sent_and_answered(
    context: BrowserContext, browser: Browser, server: Server
) -> None:
    office = context.new_page()
    sign_in(office, COORDINATOR)
    office.goto(f"{NEXT_PLENARY}/admissions/invitations")
    office.get_by_role("link", name="Ajouter des adresses").click()
    look(office)
    office.set_viewport_size(WIDE)
    office.get_by_label("Adresses, une par ligne").fill(f"Ida Invitée <{GUEST}>\npas une adresse")
    assert send(office, "Ajouter ces adresses").status == HTTPStatus.UNPROCESSABLE_ENTITY
    expect(office.locator(".error-summary").first).to_contain_text("pas une adresse")
    office.get_by_label("Adresses, une par ligne").fill(f"Ida Invitée <{GUEST}>")
    assert send(office, "Ajouter ces adresses").status == HTTPStatus.SEE_OTHER
    office.get_by_role("button", name=re.compile("Envoyer 1 invitation")).click()
    link = mailed(office, GUEST, "invitation-journee", "vous êtes invité·e")
    assert office.request.get(f"{NEXT_PLENARY}/admissions/invitations/progres").status == HTTPStatus.OK
    plain = browser.new_context(
        base_url=server.url, java_script_enabled=False, viewport=PHONE, locale="fr-BE"
    )
    phone = plain.new_page()
    phone.goto(link)
    phone.get_by_role("button", name="Je ne viens pas").click()
    expect(phone.get_by_text("Vous avez répondu que vous ne venez pas.")).to_be_visible()
    phone.get_by_role("link", name="M’inscrire").click()
    expect(phone.get_by_label("Adresse mail")).to_have_value(GUEST)
    plain.close()
    modern = browser.new_context(base_url=server.url, viewport=PHONE, locale="fr-BE")
    page = modern.new_page()
    page.goto(link)
    look(page)
    modern.close()


def test_a_representative_fills_and_renames_on_a_phone(
    context: BrowserContext, browser: Browser, server: Server
) -> None:
    office = context.new_page()
    sign_in(office, COORDINATOR)
    office.goto(f"{NEXT_PLENARY}/admissions/places")
    office.locator("#organisation-ts-control").fill("CPAS de Namur")
    office.locator("#organisation-ts-dropdown .option").filter(has_text="CPAS de Namur").first.click()
    office.get_by_label("Nombre de places").fill("2")
    office.get_by_label("Adresse mail de cette personne").fill(HOUSE)
    assert send(office, "Réserver ces places").status == HTTPStatus.SEE_OTHER
    link = mailed(office, HOUSE, "places", "des places vous sont réservées")
    phones = browser.new_context(base_url=server.url, viewport=PHONE, locale="fr-BE")
    phone = phones.new_page()
    phone.goto(link)
    look(phone)
    name_somebody(phone, "Membre Un")
    expect(phone.get_by_text("1 place attend un nom.")).to_be_visible()
    phone.get_by_role("link", name=re.compile("^Changer")).click()
    look(phone)
    phone.get_by_label("Prénom et nom").fill("Membre Deux")
    phone.get_by_role("button", name="Enregistrer").click()
    expect(phone.get_by_role("rowheader", name=re.compile("Membre Deux"))).to_be_visible()
    phone.get_by_role("link", name=re.compile("^Retirer")).click()
    look(phone)
    phone.get_by_role("button", name="Retirer ce nom").click()
    expect(phone.get_by_text("2 places attendent un nom.")).to_be_visible()
    phone.get_by_role("button", name="Rendre ces places").click()
    expect(phone.get_by_text("1 place est rendue. Merci.")).to_be_visible()
    phones.close()


def name_somebody(phone: Page, name: str, email: str = "") -> None:
    """Give one of the places a name, with a workshop of the first round and another one of the last."""
    phone.get_by_role("link", name="Donner un nom").click()
    phone.get_by_label("Prénom et nom").fill(name)
    phone.get_by_label("Adresse mail").fill(email)
    boxes = phone.locator("[name=workshops]:not([disabled])")
    boxes.first.check()
    boxes.last.check()
    look(phone)
    phone.get_by_role("button", name="Enregistrer").click()


def test_a_place_goes_to_a_colleague_on_a_phone(
    context: BrowserContext, browser: Browser, server: Server
) -> None:
    office = context.new_page()
    sign_in(office, COORDINATOR)
    office.goto("/mes-places")
    look(office)
    office.set_viewport_size(WIDE)
    office.goto(f"{NEXT_PLENARY}/admissions/places")
    office.get_by_role("link", name=re.compile("^Noms")).first.click()
    name_somebody(office, "Membre Trois", "trois.essai@example.org")
    for gesture in ("Changer", "Retirer"):
        office.get_by_role("link", name=re.compile(f"^{gesture}.*Membre Trois")).click()
        look(office)
        office.set_viewport_size(WIDE)
        office.go_back()
    link = mailed(office, "trois.essai@example.org", "inscription", "votre place est réservée")
    phones = browser.new_context(base_url=server.url, viewport=PHONE, locale="fr-BE")
    phone = phones.new_page()
    phone.goto(link)
    look(phone)
    phone.get_by_role("link", name="Céder ma place").click()
    look(phone)
    phone.get_by_label("Prénom et nom de la personne qui vient").fill("Membre Quatre")
    phone.get_by_label("Son adresse mail").fill("quatre.essai@example.org")
    phone.get_by_role("button", name="Céder ma place").click()
    expect(phone.get_by_role("heading", name="Votre place est cédée")).to_be_visible()
    look(phone)
    phones.close()
