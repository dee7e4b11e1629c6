"""An association's own record, walked: a round asks, one confirms on a phone, another corrects."""

import re
from http import HTTPStatus

from playwright.sync_api import BrowserContext, Page, expect

from tests.browser.conftest import assert_accessible
from tests.browser.test_forms import look, mailed_path, send
from tests.browser.test_pages import fits, sign_in

COORDINATOR = "Coordination du CAI"
SENT = 90_000  # milliseconds: the worker may be at another work first
PHONE, WIDE = {"width": 360, "height": 740}, {"width": 1280, "height": 800}
# Of the demonstration: never looked over, each with an invented address.
CONFIRMS, CORRECTS = "AFESDI", "GAMS Belgique (antenne Namur)"


def looked_at(page: Page) -> None:
    """Inspect a page on the phone as it stands."""
    assert fits(page), f"{page.url} is wider than {PHONE['width']} px"
    assert_accessible(page)


def slug_of(page: Page, name: str) -> str:
    """Return the address part of an actor, by its name."""
    page.goto(f"/acteurs?q={name}")
    href = page.get_by_role("main").get_by_role("link", name=name, exact=True).first.get_attribute("href")
    assert href
    return href.rsplit("/", 1)[1]


def test_a_round_is_sent_confirmed_and_corrected(
    context: BrowserContext, another_context: BrowserContext
) -> None:
    office, phone = context.new_page(), another_context.new_page()
    phone.set_viewport_size(PHONE)
    phone.emulate_media(color_scheme="dark")
    sign_in(office, COORDINATOR)
    address = send_a_round(office)
    confirm(office, phone)
    slug = correct(office, phone)
    accept(office)
    office.goto(f"/acteurs/{slug}")
    expect(office.get_by_role("heading", level=1)).to_contain_text("Association corrigée d’essai")
    office.goto(address)
    expect(office.get_by_role("main")).to_contain_text("Corrigée")
    look(office)


def send_a_round(office: Page) -> str:
    """Prepare a round of those with an address, read its mail, send it; return its address."""
    office.goto("/acteurs/verifications/preparer?adresse=with")
    look(office)
    office.set_viewport_size(WIDE)
    office.get_by_label("Nom de la tournée").fill("Tournée d’essai")
    office.get_by_label(re.compile("Quelques mots")).fill("Merci de relire votre fiche.")
    office.get_by_role("button", name="Préparer et relire").click()
    expect(office.get_by_role("main")).to_contain_text("Merci de relire votre fiche.")
    address = office.url
    look(office)
    office.goto(f"{address}/modifier")
    look(office)
    office.goto(address)
    office.get_by_role("button", name=re.compile(r"Envoyer les \d+ mails")).click()
    expect(office.get_by_role("main")).to_contain_text("Partie", timeout=SENT)
    return address


def confirm(office: Page, phone: Page) -> None:
    """Say on the phone that all is still right: the record says so."""
    slug = slug_of(office, CONFIRMS)
    link = mailed_path(office, f"{slug}@example.org", "verification")
    for rest in ("", "/corriger", "/public", "/terminee"):
        phone.goto(link + rest)
        looked_at(phone)
    assert phone.request.get(f"{link}/fiche.json").ok
    phone.goto(link)
    expect(phone.get_by_role("main")).not_to_contain_text("Vous avez confirmé")
    phone.get_by_role("button", name="Tout est encore juste").click()
    expect(phone.get_by_role("main")).to_contain_text("Vous avez confirmé cette fiche")
    looked_at(phone)
    office.goto(f"/acteurs/{slug}")
    expect(office.get_by_role("main")).to_contain_text("par l’organisation elle-même")


def correct(office: Page, phone: Page) -> str:
    """Correct a record on the phone: a name waits for the coordination; return the record's address part."""
    slug = slug_of(office, CORRECTS)
    phone.goto(mailed_path(office, f"{slug}@example.org", "verification"))
    phone.get_by_role("link", name="Corriger").first.click()
    phone.get_by_label(re.compile("Ce que fait l’organisation")).fill("Texte d’essai.")
    phone.get_by_label("Nom", exact=True).fill("Association corrigée d’essai")
    phone.get_by_role("button", name="Envoyer").click()
    expect(phone.get_by_role("main")).to_contain_text("Ce qui attend la coordination")
    looked_at(phone)
    return slug


def accept(office: Page) -> None:
    """Find the proposal from the dashboard, refuse to answer by halves, accept it."""
    office.goto("/tableau-de-bord")
    office.locator("main .sentence").filter(has_text="modification").get_by_role(
        "link", name="Répondre"
    ).click()
    office.get_by_role("link", name=CORRECTS).first.click()
    look(office)
    office.set_viewport_size(WIDE)
    assert send(office, "Répondre à l’organisation").status == HTTPStatus.UNPROCESSABLE_ENTITY
    look(office)
    office.set_viewport_size(WIDE)
    office.get_by_label("Accepter").check()
    office.get_by_role("button", name="Répondre à l’organisation").click()
    expect(office.get_by_role("main")).to_contain_text("Accepté")


def test_a_link_is_asked_for_and_opens_the_record(context: BrowserContext) -> None:
    page = context.new_page()
    sign_in(page, COORDINATOR)
    slug = slug_of(page, "Carrefour des Cultures")
    page.context.clear_cookies()
    page.goto(f"/acteurs/{slug}/recevoir-le-lien")
    page.get_by_role("button", name="Envoyer le lien à l’organisation").click()
    page.wait_for_url("**/lien-demande")
    look(page)
    page.set_viewport_size(WIDE)
    sign_in(page, COORDINATOR)
    expect(page.get_by_role("main")).to_be_visible()
    page.goto(f"/reglages/mails?q={slug}@example.org")
    link = ""
    while not link:
        page.reload()
        if "Votre fiche" in page.get_by_role("main").inner_text():
            link = mailed_path(page, f"{slug}@example.org", "fiche")
    for rest in ("", "/corriger", "/public", "/terminee"):
        page.goto(link + rest)
        look(page)
    assert page.request.get(f"{link}/fiche.json").ok
    page.set_viewport_size(WIDE)
    page.goto(f"{link}/public")
    page.get_by_label("Adresse mail").uncheck()
    page.get_by_role("button", name="Voir l’aperçu").click()
    expect(page.locator("#apercu")).not_to_contain_text("@example.org")
    look(page)
    page.goto(f"{link}/corriger")
    page.get_by_label("Nom", exact=True).fill("")
    assert send(page, "Envoyer").status == HTTPStatus.UNPROCESSABLE_ENTITY
    look(page)
