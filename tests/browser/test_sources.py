"""What others have published and what people have lived: read, taken, told and taken back in a browser."""

import re
from collections.abc import Callable
from typing import Any

from playwright.sync_api import BrowserContext, Page, expect

from hub.core import exports
from tests import pdfs

WIDTHS = (1280, 360, 320)
FIRST = "Les communes manquent de traducteurs et de traductrices."
SECOND = "Rendre gratuit l’accueil du matin dans chaque maison de quartier."
OVERFLOW = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
AXE = Callable[[Page], None]


def coordination(context: BrowserContext) -> Page:
    """Return a page of the coordination's."""
    page: Page = context.new_page()
    page.goto("/connexion")
    page.get_by_role("button", name="coordination").click()
    page.wait_for_url("**/tableau-de-bord*")
    return page


def look(page: Page, check_axe: AXE, *widths: int) -> None:
    """Open the page anew at each width: it fits, and axe finds nothing."""
    for width in widths or WIDTHS:
        page.set_viewport_size({"width": width, "height": 800})
        page.goto(page.url)
        assert page.evaluate(OVERFLOW) <= 0, (page.url, width)
        check_axe(page)


def document(page: Page, title: str) -> None:
    """Register a document of some organisation."""
    page.goto("/recommandations/documents/nouveau")
    page.get_by_label("Titre").fill(title)
    page.locator("select[name=organisation]").evaluate(
        "each => { each.tomselect ? each.tomselect.setValue('gabs') : (each.value = 'gabs'); }"
    )
    page.get_by_role("button", name="Enregistrer").click()
    expect(page.get_by_role("heading", name=title, level=1)).to_be_visible()


def file_of(content: bytes, name: str, media_type: str) -> Any:
    """Return a file as the browser hands it in."""
    return {"name": name, "mimeType": media_type, "buffer": content}


def test_a_pdf_is_read_and_a_sentence_taken_by_keyboard(context: BrowserContext, check_axe: AXE) -> None:
    page = coordination(context)
    document(page, "Mémorandum d’essai, lu page par page")
    page.get_by_role("link", name="Joindre le PDF").click()
    look(page, check_axe, 320)
    content = pdfs.printed("<p>Couverture</p>", f"<p>{FIRST} {SECOND}</p>", labels="/r")
    page.get_by_label("Fichier PDF").set_input_files(file_of(content, "memo.pdf", "application/pdf"))
    page.get_by_role("button", name="Joindre et lire").press("Enter")
    read = page.get_by_role("link", name="Lire et prendre des demandes")
    read.wait_for(timeout=60_000)
    look(page, check_axe, 360)
    with page.expect_download() as download:
        page.get_by_role("link", name="memo.pdf").click()
    assert download.value.path().read_bytes() == content
    read.click()
    page.get_by_label("Chercher").fill("traductrices")
    page.get_by_label("Chercher").press("Enter")
    page.get_by_role("link", name="page 2", exact=True).click()
    expect(page.locator("mark")).to_have_text("traductrices")
    look(page, check_axe)
    page.set_viewport_size({"width": 1280, "height": 800})
    # Turning the page loses nothing that is typed beside it.
    page.get_by_label("Le constat").fill("Les classes d’accueil n’ont personne qui traduit.")
    page.get_by_role("link", name="Page précédente").click()
    expect(page.get_by_role("heading", name="Page 1 sur 2")).to_be_visible()
    expect(page.get_by_label("Le constat")).to_have_value("Les classes d’accueil n’ont personne qui traduit.")
    expect(page.locator("[name=source_page]")).to_have_value("i")
    page.get_by_role("link", name="Page suivante").press("Enter")
    expect(page.get_by_role("heading", name="Page 2 sur 2")).to_be_visible()
    expect(page.locator("[name=source_page]")).to_have_value("ii")
    # Without a mouse: the second sentence, into the form.
    for _ in range(2):
        page.get_by_role("button", name="Phrase suivante").press("Enter")
    expect(page.locator("[data-passage-said]")).to_contain_text(SECOND)
    page.get_by_role("button", name="Prendre cette phrase").press("Enter")
    expect(page.get_by_label("Citation")).to_have_value(SECOND)
    expect(page.locator("[name=source_page]")).to_have_value("ii")
    expect(page.get_by_label("La recommandation")).to_be_focused()
    expect(page.get_by_label("La recommandation")).to_have_value(SECOND)
    page.get_by_role("button", name="Prendre cette demande").press("Enter")
    expect(page.get_by_text("À la suivante")).to_be_visible()
    # Other words than the page's are asked about once.
    page.get_by_label("Citation").fill("Des mots que personne n’a imprimés.")
    page.get_by_label("La recommandation").fill("Une autre demande.")
    page.get_by_role("button", name="Prendre cette demande").click()
    expect(page.get_by_text("Ces mots ne se lisent pas tels quels").first).to_be_visible()
    page.get_by_role("button", name="Prendre cette demande").click()
    expect(page.get_by_text("À la suivante")).to_be_visible()


def test_a_table_of_demands_is_looked_at_and_taken(context: BrowserContext, check_axe: AXE) -> None:
    page = coordination(context)
    document(page, "Mémorandum d’essai, pris en tableau")
    page.get_by_role("link", name="Plusieurs à la fois").click()
    look(page, check_axe)
    lines = [["3", "Ouvrir une bibliothèque roulante"], ["4", ""]]
    content = exports.as_csv(["Page", "Demande"], lines)
    page.get_by_label("Tableau").set_input_files(file_of(content, "demandes.csv", "text/csv"))
    page.get_by_role("button", name="Regarder les lignes").click()
    page.get_by_role("button", name="Prendre les lignes cochées").wait_for(timeout=60_000)
    expect(page.get_by_text("La demande manque.")).to_be_visible()
    look(page, check_axe)
    page.get_by_role("button", name="Prendre les lignes cochées").click()
    page.get_by_text("1 demande est prise.").wait_for(timeout=60_000)
    page.get_by_role("link", name="Voir le document").click()
    expect(page.get_by_role("link", name="Ouvrir une bibliothèque roulante")).to_be_visible()


def test_a_testimony_is_told_read_again_and_taken_back(context: BrowserContext, check_axe: AXE) -> None:
    page = coordination(context)
    page.goto("/recommandations/temoignages")
    look(page, check_axe)
    page.get_by_role("link", name="Garder un témoignage").first.click()
    look(page, check_axe, 320)
    page.set_viewport_size({"width": 1280, "height": 800})
    page.locator("select[name=organisation]").evaluate(
        "each => { each.tomselect ? each.tomselect.setValue('gabs') : (each.value = 'gabs'); }"
    )
    page.get_by_label("Ce que la personne a raconté").fill("J’ai 34 ans, et personne ne m’a répondu wzyx.")
    page.get_by_label("Par écrit").check()
    page.get_by_label("Quel jour ?").fill("2026-01-05")
    page.get_by_role("button", name="Garder le témoignage").click()
    expect(page.locator("mark")).to_contain_text("34 ans")
    page.set_viewport_size({"width": 360, "height": 800})
    check_axe(page)
    page.set_viewport_size({"width": 1280, "height": 800})
    page.get_by_label("J’ai relu").check()
    page.get_by_role("button", name="Garder le témoignage").click()
    expect(page.get_by_text("montré nulle part avant d’être relu").first).to_be_visible()
    told = page.url
    page.get_by_label("Recommandation ou contribution").fill("R-2024-003")
    page.get_by_role("button", name="Relier").click()
    page.get_by_role("link", name="Relire").click()
    look(page, check_axe, 360)
    page.get_by_label("J’ai relu").check()
    page.get_by_role("button", name="Noter qu’il est relu").click()
    look(page, check_axe)
    page.set_viewport_size({"width": 1280, "height": 800})
    page.get_by_role("link", name=re.compile("^R-2024-003")).click()
    expect(page.get_by_text("personne ne m’a répondu wzyx")).to_be_visible()
    page.goto("/recommandations/R-2024-003/temoignages")
    check_axe(page)
    page.goto(told)
    page.get_by_role("link", name="Retirer l’accord").click()
    look(page, check_axe, 320)
    page.get_by_role("button", name="Effacer définitivement").click()
    for path in ("/recommandations/temoignages", "/recommandations/R-2024-003/temoignages", told):
        page.goto(path)
        expect(page.get_by_text("wzyx")).to_have_count(0)
