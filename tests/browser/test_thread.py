"""The whole thread: what an association writes on its phone stands in the memorandum, with its name."""

import re
from collections.abc import Callable
from datetime import date, timedelta
from io import BytesIO
from pathlib import Path

from playwright.sync_api import BrowserContext, Page, expect
from pypdf import PdfReader

from tests.browser.test_contribution import adopt as adopt_shown

PHONE = {"width": 360, "height": 740}
COORDINATOR = "Coordination du CAI"
CALL = "Garde d’enfants et formation"
ORGANISATION = "Association d’essai Les Quatre-Vents"
ADDRESS = "quatre-vents-fil@example.org"
FINDING = "Des parents arrêtent leur cours de français, faute de garde."
PROPOSAL = "Réserver des places d’accueil pendant les formations."
RECOMMENDATION = "Garder les enfants pendant les formations"
MEMORANDUM, CHAPTER, OTHER = "Mémorandum du fil", "Apprendre et se former", "Se soigner"
OTHER_RECOMMENDATION = "Allonger la carte médicale de l’aide médicale urgente"
LINK = re.compile(r"https?://[^\s/]+(/contribution/[\w-]{43})")
BUILT = 90_000  # milliseconds: a first PDF on a busy machine


def test_from_the_call_to_the_page_of_the_memorandum(
    context: BrowserContext, another_context: BrowserContext, check_axe: Callable[[Page], None]
) -> None:
    desk, phone = context.new_page(), another_context.new_page()
    phone.set_viewport_size(PHONE)
    desk.goto("/connexion")
    desk.get_by_role("button", name=COORDINATOR).click()
    desk.wait_for_url("**/tableau-de-bord*")

    open_call(desk)
    contribute(phone, mailed_link(desk))
    adopt(desk)
    compose(desk)
    check_axe(desk)
    pages = download(desk)
    check_page_of_recommendation(pages)

    # And back up the thread: the recommendation knows where it stands, on which page.
    desk.goto("/recommandations?q=" + RECOMMENDATION)
    desk.get_by_role("link", name=RECOMMENDATION, exact=True).click()
    expect(desk.get_by_role("main")).to_contain_text(MEMORANDUM)
    expect(desk.get_by_role("main")).to_contain_text(f"page {place_of(pages)}")


def open_call(desk: Page) -> None:
    """Prepare a call, invite one association, publish, send its link."""
    today = date.today()  # noqa: DTZ011 - the day of whoever fills the form in
    desk.goto("/appels/nouveau")
    desk.get_by_label("Titre").fill(CALL)
    desk.get_by_label("S’ouvre le").fill((today - timedelta(days=1)).isoformat())
    desk.get_by_label("Dernier jour").fill((today + timedelta(days=20)).isoformat())
    desk.get_by_role("button", name="Enregistrer l’appel").click()
    desk.get_by_role("link", name="Choisir des organisations").click()
    desk.get_by_label("Chercher").fill("quatre vents")
    desk.get_by_role("button", name="Filtrer").click()
    desk.get_by_role("checkbox", name=f"Inviter {ORGANISATION}").check()
    desk.get_by_role("button", name="Ajouter les organisations cochées").click()
    desk.get_by_role("link", name=ORGANISATION, exact=True).click()
    desk.get_by_label("Adresse mail pour cet appel").fill(ADDRESS)
    desk.get_by_role("button", name="Enregistrer l’adresse").click()
    desk.get_by_role("link", name=CALL).click()
    desk.get_by_role("button", name="Publier l’appel").click()
    desk.get_by_role("button", name="Envoyer l’invitation").click()
    expect(desk.get_by_text("1 invitation est partie.")).to_be_visible()


def mailed_link(desk: Page) -> str:
    """Read the association's link on the page that shows the mail."""
    desk.goto(f"/reglages/mails?q={ADDRESS}")
    desk.get_by_role("link", name=re.compile(CALL)).first.click()
    found = LINK.search(desk.get_by_role("main").inner_text())
    assert found
    return found.group(1)


def contribute(phone: Page, link: str) -> None:
    """Write, let it save itself, come back by the link, finish and send."""
    phone.goto(link)
    expect(phone.get_by_text(f"Au nom de : {ORGANISATION}")).to_be_visible()
    phone.get_by_label("Le constat").fill(FINDING)
    expect(phone.locator("[data-autosave-status]")).to_contain_text("Enregistré à")
    phone.goto("/")
    phone.goto(link)
    expect(phone.get_by_label("Le constat")).to_have_value(FINDING)
    phone.get_by_label("La recommandation").fill(PROPOSAL)
    phone.get_by_role("checkbox", name="Région wallonne").check()
    phone.get_by_role("button", name="Envoyer la contribution").click()
    expect(phone.get_by_text("Elle est bien arrivée.")).to_be_visible()


def adopt(desk: Page) -> None:
    """Make a recommendation of the contribution, and adopt it."""
    desk.goto("/recommandations/contributions?state=to_read")
    desk.get_by_role("link", name=PROPOSAL).click()
    desk.get_by_role("link", name="En faire une recommandation").click()
    desk.get_by_label("Titre").fill(RECOMMENDATION)
    desk.get_by_role("button", name="Enregistrer la recommandation").click()
    adopt_shown(desk)


def compose(desk: Page) -> None:
    """Begin a memorandum of two chapters; the recommendation stands in the second."""
    desk.goto("/memorandums")
    desk.get_by_role("link", name="Nouveau mémorandum").click()
    desk.get_by_label("Titre", exact=True).fill(MEMORANDUM)
    desk.get_by_role("button", name="Commencer le mémorandum").click()
    for chapter, recommendation in ((OTHER, OTHER_RECOMMENDATION), (CHAPTER, RECOMMENDATION)):
        desk.get_by_label("Nouveau chapitre").fill(chapter)
        desk.get_by_role("button", name="Ajouter le chapitre").click()
        desk.get_by_role("link", name=f"Ajouter des recommandations au chapitre {chapter}").click()
        desk.get_by_role("checkbox", name=recommendation).check()
        desk.get_by_role("button", name="Ajouter 1 recommandation").click()
        expect(desk.get_by_role("list", name=f"Ordre du chapitre {chapter}")).to_contain_text(recommendation)


def download(desk: Page) -> list[str]:
    """Build the PDF, download it, and return the text of its pages."""
    desk.get_by_role("button", name="Construire le PDF").click()
    link = desk.get_by_role("link", name="Télécharger le brouillon")
    expect(link).to_be_visible(timeout=BUILT)
    with desk.expect_download() as answer:
        link.click()
    reader = PdfReader(BytesIO(Path(answer.value.path()).read_bytes()))
    return [re.sub(r"\s+", " ", page.extract_text()) for page in reader.pages]


def place_of(pages: list[str]) -> int:
    """Return the number of the page on which the recommendation is told."""
    return next(
        number for number, text in enumerate(pages, start=1) if RECOMMENDATION in text and PROPOSAL in text
    )


def check_page_of_recommendation(pages: list[str]) -> None:
    """Find it under its chapter, with the association's name, on the page that the contents name."""
    place = place_of(pages)
    text = pages[place - 1]
    assert text.index(CHAPTER) < text.index(RECOMMENDATION) < text.index(PROPOSAL) < text.index(ORGANISATION)
    assert OTHER_RECOMMENDATION not in text
    contents = next(page for page in pages if "Table des matières" in page)
    assert re.search(rf"2 {RECOMMENDATION}\W+{place}\b", contents)
    assert contents.index(CHAPTER) < contents.index(RECOMMENDATION)
