"""A meeting from its date to its agenda: dates answered on a phone without scripts, one click, sent."""

import re
from datetime import timedelta
from http import HTTPStatus
from pathlib import Path

from playwright.sync_api import Browser, BrowserContext, Page, expect

from hub.core import clock, i18n
from tests.browser.conftest import Server, assert_accessible
from tests.browser.test_forms import look, mailed_path, send
from tests.browser.test_pages import fits, sign_in

COORDINATOR = "Coordination du CAI"
ASSOCIATION = "Représentant·e d’une association"
SPACE = "/espaces/groupe-de-travail-logement"
GUEST, MEMBER = "ida.invitee@example.org", "rep.cai@example.org"
PHONE = {"width": 360, "height": 740}
WIDE = {"width": 1280, "height": 800}


def mailed(page: Page, address: str, word: str, title: str) -> str:
    """Return the path of the link in the newest mail to an address, once a mail of that title is there."""
    page.goto(f"/reglages/mails?q={address}")
    while title not in page.get_by_role("main").inner_text():
        page.reload()
    return mailed_path(page, address, word)


def ask_for_a_date(office: Page) -> str:
    """Propose two dates to the space and a guest; a bad one is refused first. Return the poll's address."""
    days = [clock.today(clock.now()) + timedelta(days=more) for more in (40, 41)]
    office.goto(f"{SPACE}/dates/nouvelle")
    office.get_by_label("Titre de la réunion").fill("Garanties locatives")
    for place, day in enumerate(days):
        office.locator(f"[name=proposals-{place}-day]").fill(day.isoformat())
        office.locator(f"[name=proposals-{place}-starts]").fill("09:30")
        office.locator(f"[name=proposals-{place}-ends]").fill("08:00" if place else "12:00")
    office.get_by_label("Dernier jour pour répondre, inclus").fill((days[0] - timedelta(days=20)).isoformat())
    office.get_by_label("Lieu", exact=False).first.fill("CAI, Namur")
    office.get_by_label(re.compile("Et aussi ces adresses")).fill(f"Ida Invitée {GUEST}")
    assert send(office, "Envoyer la recherche").status == HTTPStatus.UNPROCESSABLE_ENTITY
    look(office)
    office.set_viewport_size(WIDE)
    expect(office.locator(".error-summary")).to_contain_text("la fin vient après le début")
    office.locator("[name=proposals-1-ends]").fill("12:00")
    assert send(office, "Envoyer la recherche").status == HTTPStatus.SEE_OTHER
    expect(office.get_by_role("heading", name="Les dates, la meilleure d’abord")).to_be_visible()
    return office.url


def test_a_date_is_found_by_link_and_the_agenda_sent(
    context: BrowserContext, browser: Browser, server: Server, tmp_path: Path
) -> None:
    office = context.new_page()
    sign_in(office, COORDINATOR)
    poll = ask_for_a_date(office)
    assert office.request.get(f"{poll}/progres").status == HTTPStatus.OK
    guest_link = mailed(office, GUEST, "date", "Garanties locatives")
    member_link = mailed(office, MEMBER, "date", "Garanties locatives")

    plain = browser.new_context(
        base_url=server.url, java_script_enabled=False, viewport=PHONE, locale="fr-BE"
    )
    phone = plain.new_page()
    phone.goto(guest_link)
    phone.get_by_role("button", name="Enregistrer ma réponse").click()
    expect(phone.get_by_role("alert")).to_contain_text("2 points sont à corriger")
    answer(phone, guest_link, ("Non", "Oui"), then="Je viens de loin")
    answer(phone, member_link, ("Si nécessaire", "Oui"))
    plain.close()
    with browser.new_context(
        base_url=server.url, viewport=PHONE, color_scheme="dark", locale="fr-BE"
    ) as modern:
        seen = modern.new_page()
        answer(seen, member_link, ("Non", "Oui"))
        assert fits(seen)
        assert_accessible(seen)

    office.goto(poll)
    best = office.locator(".best-date").first
    expect(best).to_contain_text("2 oui, 0 si nécessaire, 0 non")
    expect(office.get_by_role("main")).to_contain_text("Je viens de loin")
    look(office)
    office.set_viewport_size(WIDE)
    best.get_by_role("button", name="Faire la réunion").click()
    expect(office.get_by_role("heading", level=1)).to_have_text("Garanties locatives")
    meeting = re.sub(r"#.*", "", office.url)
    day = clock.today(clock.now()) + timedelta(days=41)
    expect(office.get_by_role("main")).to_contain_text(i18n.format_date(day))
    write_the_agenda(office, meeting, tmp_path)
    send_the_agenda(office, meeting)

    link = mailed(office, MEMBER, "reunion", "ordre du jour")
    with browser.new_context(
        base_url=server.url, viewport=PHONE, color_scheme="dark", locale="fr-BE"
    ) as modern:
        by_link(modern.new_page(), link)
    decline_the_proposal(office, meeting)
    change_and_call_off(office, meeting)
    with browser.new_context(base_url=server.url, viewport=PHONE, locale="fr-BE") as modern:
        seen = modern.new_page()
        seen.goto(link)
        expect(seen.get_by_role("main")).to_contain_text(
            "Cette réunion est annulée. Vous n’avez rien à faire."
        )
        assert_accessible(seen)


def answer(page: Page, link: str, words: tuple[str, str], *, then: str = "") -> None:
    """Say a word of each date."""
    page.goto(link)
    for place, word in enumerate(words):
        page.locator(".date-choices fieldset").nth(place).get_by_label(word, exact=True).check()
    if then:
        page.get_by_label("Remarque").fill(then)
    page.get_by_role("button", name="Enregistrer ma réponse").click()
    expect(page.get_by_role("main")).to_contain_text("Merci, votre réponse est enregistrée.")


def write_the_agenda(office: Page, meeting: str, folder: Path) -> None:
    """Add two points, put the second first with the keyboard, join a document; a disguised one is refused."""
    for title, minutes in (("Bilan des visites", "30"), ("Avis au ministre", "130")):
        office.goto(f"{meeting}/points/nouveau")
        look(office)
        office.set_viewport_size(WIDE)
        office.get_by_label("Titre du point").fill(title)
        office.get_by_label(re.compile("Durée")).fill(minutes)
        office.get_by_role("button", name="Ajouter le point").click()
    expect(office.get_by_role("main")).to_contain_text("il en manque 10")
    office.get_by_text("Changer l’ordre, modifier ou retirer un point").click()
    office.get_by_role("button", name="Monter : Avis au ministre").focus()
    office.keyboard.press("Enter")
    expect(office.locator(".sortable-item").first).to_contain_text("Avis au ministre")
    office.get_by_role("link", name="Avis au ministre").click()
    disguised, good = folder / "note.pdf", folder / "budget.csv"
    disguised.write_text("<script>alert(1)</script>")
    good.write_text("poste;montant\nloyers;100\n")
    office.get_by_label("Fichier").set_input_files(disguised)
    assert send(office, "Joindre le document").status == HTTPStatus.UNPROCESSABLE_ENTITY
    look(office)
    office.set_viewport_size(WIDE)
    office.get_by_label("Fichier").set_input_files(good)
    assert send(office, "Joindre le document").status == HTTPStatus.SEE_OTHER
    expect(office.get_by_role("link", name="budget")).to_be_visible()


def send_the_agenda(office: Page, meeting: str) -> None:
    """Read to whom it goes, send it, and see the work end."""
    office.goto(f"{meeting}/envoi")
    expect(office.get_by_role("main")).to_contain_text("Ida Invitée")
    look(office)
    office.set_viewport_size(WIDE)
    office.get_by_role("button", name=re.compile(r"^Envoyer à \d+ personnes")).click()
    expect(office.get_by_role("main")).to_contain_text("Convoquée")
    look(office)
    office.goto(f"{meeting}/envoi/progres")
    assert_is_done(office)
    office.set_viewport_size(WIDE)


def assert_is_done(office: Page) -> None:
    """Ask again until all mails are written."""
    while "Tous les mails sont écrits" not in office.locator("body").inner_text():
        office.reload()


def by_link(phone: Page, link: str) -> None:
    """Read the meeting on a phone, say that one comes, propose a point, take document and calendar entry."""
    phone.goto(link)
    assert fits(phone)
    assert_accessible(phone)
    phone.get_by_label("Je viens", exact=True).check()
    phone.get_by_role("button", name="Enregistrer ma réponse").click()
    expect(phone.get_by_role("main")).to_contain_text("Votre réponse est enregistrée.")
    with phone.expect_download() as taken:
        phone.get_by_role("link", name="budget").click()
    assert taken.value.suggested_filename == "budget.csv"
    assert "METHOD:REQUEST" in phone.request.get(f"{link}/reunion.ics").text()
    phone.get_by_role("link", name="Proposer un point").click()
    assert fits(phone)
    assert_accessible(phone)
    phone.get_by_label("Titre du point").fill("Logements vides")
    phone.get_by_role("button", name="Proposer le point").click()
    expect(phone.get_by_role("main")).to_contain_text("Attend une réponse")


def decline_the_proposal(office: Page, meeting: str) -> None:
    """Answer the proposal with a word, which goes out by mail."""
    office.goto(meeting)
    office.get_by_role("link", name="Décliner : Logements vides").click()
    look(office)
    office.set_viewport_size(WIDE)
    office.get_by_label("Votre mot").fill("Nous en parlerons en mai.")
    office.get_by_role("button", name="Décliner et envoyer le mot").click()
    expect(office.get_by_role("main")).to_contain_text("1 point retiré ou décliné")


def change_and_call_off(office: Page, meeting: str) -> None:
    """Move the place, then call the meeting off with its reason."""
    office.goto(f"{meeting}/modifier")
    office.get_by_label("Lieu", exact=False).first.fill("Maison des associations")
    office.get_by_role("button", name="Enregistrer les changements").click()
    expect(office.get_by_role("main")).to_contain_text("reçoivent la mise à jour")
    office.goto(f"{meeting}/annuler")
    look(office)
    office.set_viewport_size(WIDE)
    office.get_by_label("Pourquoi").fill("Trop d’absences")
    office.get_by_role("button", name="Annuler la réunion").click()
    expect(office.get_by_role("main")).to_contain_text("Trop d’absences")


def test_a_member_answers_and_proposes_by_account(context: BrowserContext) -> None:
    page = context.new_page()
    sign_in(page, ASSOCIATION)
    page.goto("/espaces/coordination-locale-de-sambreville/reunions")
    page.get_by_role("link", name="Bilan de l’année de L’EnTrain").click()
    look(page)
    page.get_by_role("link", name="Répondre").click()
    look(page)
    for group in page.locator(".date-choices fieldset").all():
        group.get_by_label("Oui", exact=True).check()
    page.get_by_role("button", name="Enregistrer ma réponse").click()
    expect(page.get_by_role("main")).to_contain_text("Merci, votre réponse est enregistrée.")
    page.goto("/reunions?period=coming")
    meeting = page.locator("main tbody th a").first.get_attribute("href")
    page.goto(f"{meeting}/proposer")
    expect(page.get_by_role("button", name="Proposer le point")).to_be_visible()
    look(page)
