"""The report to the plenary, from its button to its readers: by keyboard, on a phone, in two windows."""

import io
import zipfile
from collections.abc import Callable
from io import BytesIO

import openpyxl
from playwright.sync_api import BrowserContext, Page, expect
from pypdf import PdfReader

BUILT = 90_000  # milliseconds: a first PDF on a busy machine
WIDER = "document.documentElement.scrollWidth - document.documentElement.clientWidth"


def coordinator(context: BrowserContext) -> Page:
    page = context.new_page()
    page.goto("/connexion")
    page.get_by_role("button", name="Coordination").click()
    page.wait_for_url("**/tableau-de-bord*")
    return page


def test_a_report_from_its_button_to_its_readers(
    context: BrowserContext, another_context: BrowserContext, check_axe: Callable[..., None]
) -> None:
    page = coordinator(context)
    draft(page, check_axe)
    here = write_by_keyboard(page, check_axe)
    write_in_two_windows(page, here, check_axe)
    hidden = put_in_order_and_hide(page, check_axe)
    look_at_the_draft(page, hidden, check_axe)
    read(another_context, publish(page, check_axe), check_axe)


def draft(page: Page, check_axe: Callable[..., None]) -> None:
    """Ask for the draft; a strange period first."""
    page.get_by_role("navigation", name="Navigation principale").get_by_role("link", name="Rapports").click()
    page.get_by_role("link", name="Préparer un rapport").click()
    check_axe(page)
    page.get_by_label("Titre", exact=True).fill("Bilan de la plateforme")
    page.get_by_label("Dernier jour").fill("2001-01-01")
    page.get_by_role("button", name="Faire le brouillon").click()
    expect(page.get_by_text("Le dernier jour vient avant le premier.").first).to_be_visible()
    expect(page.get_by_label("Titre", exact=True)).to_have_value("Bilan de la plateforme")
    check_axe(page)
    year = page.get_by_label("Premier jour").input_value()[:4]
    page.get_by_label("Dernier jour").fill(f"{year}-12-31")
    page.get_by_role("button", name="Faire le brouillon").click()
    expect(page.get_by_text("Le brouillon est prêt.")).to_be_visible()
    check_axe(page)


def write_by_keyboard(page: Page, check_axe: Callable[..., None]) -> str:
    """Add a part of one's own by the keyboard alone; its words are saved by themselves."""
    page.get_by_label("Une partie de votre main").focus()
    page.keyboard.type("Le mot de la coordination")
    page.keyboard.press("Enter")
    page.wait_for_url("**/parties/*")
    page.get_by_label("Texte").focus()
    page.keyboard.type("Trois tables ont **tenu**.")
    expect(page.locator("[data-autosave-status]")).to_contain_text("Enregistré")
    check_axe(page)
    return page.url


def write_in_two_windows(page: Page, here: str, check_axe: Callable[..., None]) -> None:
    """Open a second window before the first one saves: it keeps what it has typed, and shows both."""
    second = page.context.new_page()
    second.goto(here)
    page.get_by_label("Texte").fill("Trois tables ont tenu, quatre même.")
    page.get_by_role("button", name="Enregistrer").click()
    expect(page.get_by_text("Partie enregistrée.")).to_be_visible()
    second.get_by_label("Texte").fill("Écrit dans la seconde fenêtre.")
    expect(second.locator("[data-autosave-status]")).to_contain_text("changée ailleurs")
    second.get_by_role("button", name="Enregistrer").click()
    expect(second.get_by_label("Texte")).to_have_value("Écrit dans la seconde fenêtre.")
    expect(second.get_by_text("Trois tables ont tenu, quatre même.")).to_be_visible()
    check_axe(second)
    second.close()


def put_in_order_and_hide(page: Page, check_axe: Callable[..., None]) -> str:
    """Move a part by the keyboard, hide a part and a line; return the organisation of that line."""
    page.get_by_role("button", name="Monter : Le mot de la coordination").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_text("Nouvel ordre enregistré.")).to_be_attached()
    page.reload()
    page.get_by_role("button", name="Cacher : Les journées").click()
    expect(page.get_by_role("button", name="Montrer : Les journées")).to_be_visible()
    page.get_by_role("link", name="Qui a pris part").click()
    group = page.get_by_role("group", name="Les organisations, par nombre de réunions")
    first = group.get_by_role("listitem").first
    hidden = first.locator(".pick-title").inner_text()
    first.get_by_role("checkbox").uncheck()
    page.get_by_role("button", name="Montrer les lignes cochées").click()
    expect(page.get_by_text("Le rapport montre les lignes cochées.")).to_be_visible()
    check_axe(page)
    return hidden


def look_at_the_draft(page: Page, hidden: str, check_axe: Callable[..., None]) -> None:
    """Count anew and look: the words are there, the hidden line isn't."""
    crumbs = page.get_by_role("navigation", name="Fil d’Ariane")
    crumbs.get_by_role("link", name="Bilan de la plateforme").click()
    page.get_by_role("button", name="Recalculer les chiffres").click()
    expect(page.get_by_text("Les chiffres sont ceux de maintenant")).to_be_visible()
    page.get_by_role("link", name="Aperçu").click()
    expect(page.get_by_text("Trois tables ont tenu, quatre même.")).to_be_visible()
    taking = page.locator("section.report-part", has=page.get_by_role("heading", name="Qui a pris part"))
    expect(taking).to_be_visible()
    assert hidden not in taking.inner_text()
    check_axe(page)


def publish(page: Page, check_axe: Callable[..., None]) -> str:
    """Publish the report and return its address."""
    page.get_by_role("link", name="Travailler sur ce rapport").click()
    page.get_by_role("link", name="Titre et période").click()
    check_axe(page)
    page.get_by_role("button", name="Enregistrer").click()
    page.get_by_role("link", name="Publier…").click()
    check_axe(page)
    page.get_by_role("button", name="Publier le rapport").click()
    expect(page.get_by_role("link", name="Lire la page")).to_be_visible(timeout=BUILT)
    page.reload()
    expect(page.get_by_text("Ce qu’il dit ne change plus.")).to_be_visible()
    check_axe(page)
    return page.get_by_label("L’adresse à partager").input_value()


def read(context: BrowserContext, address: str, check_axe: Callable[..., None]) -> None:
    """Read the page and the PDF as anybody does."""
    reader = context.new_page()
    reader.goto(address)
    expect(reader.get_by_role("heading", level=1, name="Bilan de la plateforme")).to_be_visible()
    expect(reader.get_by_text("Trois tables ont tenu, quatre même.")).to_be_visible()
    expect(reader.get_by_role("img", name="Réunions tenues, mois par mois")).to_be_visible()
    check_axe(reader)
    document = PdfReader(BytesIO(context.request.get(f"{address}/rapport.pdf").body()))
    text = " ".join(" ".join(sheet.extract_text() for sheet in document.pages).split())
    for words in ("Trois tables ont tenu, quatre même.", "Qui a pris part", "Comment c’est compté"):
        assert words in text
    assert "Les journées" not in text
    assert document.trailer["/Root"]["/MarkInfo"]["/Marked"]
    reader.goto("/rapports")
    expect(reader.get_by_role("link", name="Bilan de la plateforme")).to_be_visible()


def test_a_draft_is_thrown_away_on_a_phone(context: BrowserContext, check_axe: Callable[..., None]) -> None:
    page = coordinator(context)
    page.set_viewport_size({"width": 320, "height": 700})
    page.goto("/rapports/nouveau")
    page.locator("button[name=year]").last.click()
    expect(page.get_by_text("Le brouillon est prêt.")).to_be_visible()
    for link in ("En bref", "Aperçu", "Supprimer le brouillon"):
        place = page.url
        page.get_by_role("link", name=link, exact=True).click()
        assert page.evaluate(WIDER) <= 0, page.url
        check_axe(page)
        if link != "Supprimer le brouillon":
            page.goto(place)
    page.get_by_role("button", name="Supprimer le brouillon").click()
    expect(page.get_by_text("Le brouillon est supprimé.")).to_be_visible()


def test_the_activity_is_counted_noted_and_taken_along(
    context: BrowserContext, check_axe: Callable[..., None]
) -> None:
    page = coordinator(context)
    page.goto("/rapports")
    page.get_by_role("link", name="Relevé d’activité").click()
    check_axe(page)
    row = page.get_by_role("row", name="Plateforme de lutte contre le racisme")
    row.get_by_role("link", name="Noter").click()
    check_axe(page)
    page.get_by_label("Ce que les chiffres ne disent pas").fill("=Un relais, sans réunion")
    page.get_by_role("button", name="Enregistrer").click()
    expect(page.get_by_text("Noté : le relevé d’activité le reprend.")).to_be_visible()
    address = page.get_by_role("link", name="Exporter (Excel)").get_attribute("href")
    assert address
    book = openpyxl.load_workbook(BytesIO(context.request.get(address).body()))
    notes = [row[-1].value for row in book["Par espace"].iter_rows(min_row=2)]
    assert "'=Un relais, sans réunion" in notes
    page.get_by_text("Feuille par feuille (CSV)").click()
    every = page.get_by_role("link", name="Toutes, en un fichier zip").get_attribute("href")
    assert every
    archive = zipfile.ZipFile(io.BytesIO(context.request.get(every).body()))
    assert "reunions.csv" in archive.namelist()
    page.get_by_label("Dernier jour").fill("2001-01-01")
    page.get_by_role("button", name="Compter").click()
    expect(page.get_by_text("Le dernier jour vient avant le premier.").first).to_be_visible()
    check_axe(page)


def test_a_draft_with_all_its_parts_fits_a_narrow_screen(context: BrowserContext) -> None:
    page = coordinator(context)
    page.set_viewport_size({"width": 320, "height": 800})
    page.goto("/rapports")
    page.get_by_role("link", name="État des lieux et perspectives 20").first.click()
    expect(page.get_by_role("link", name="Les recommandations en chemin")).to_be_visible()
    assert page.evaluate(WIDER) <= 0


def test_the_activity_is_counted_without_a_script(
    new_context: Callable[..., BrowserContext],
) -> None:
    context = new_context(java_script_enabled=False)
    page = coordinator(context)
    page.goto("/rapports/activite?du=2025-01-01&au=2025-12-31")
    page.get_by_role("link", name="Montrer les chiffres").click()
    expect(page.get_by_role("row", name="Groupe de travail Logement")).to_be_visible()
    page.get_by_label("Dernier jour").fill("2025-01-31")
    page.get_by_role("button", name="Compter").click()
    expect(page.get_by_text("Janvier 2025").first).to_be_visible()
    context.close()


def test_a_long_period_is_exported_in_the_background(
    context: BrowserContext, check_axe: Callable[..., None]
) -> None:
    page = coordinator(context)
    page.goto("/rapports/activite?du=2025-01-01&au=2025-12-31")
    # The demonstration has too few meetings for the page to offer it; the address takes any period.
    page.evaluate(
        """() => {
          const form = document.createElement("form");
          form.method = "post";
          form.action = "/rapports/activite/exports";
          const token = document.querySelector("input[name=csrf_token]").value;
          for (const [name, value] of [["csrf_token", token], ["du", "2025-01-01"], ["au", "2025-12-31"]]) {
            const field = Object.assign(document.createElement("input"), { name, value });
            form.append(field);
          }
          document.body.append(form);
          form.submit();
        }"""
    )
    expect(page.get_by_role("link", name="Télécharger le classeur")).to_be_visible(timeout=BUILT)
    check_axe(page)
    address = page.get_by_role("link", name="Télécharger le classeur").get_attribute("href")
    assert address
    book = openpyxl.load_workbook(BytesIO(context.request.get(address).body()))
    assert "Comment c’est compté" in book.sheetnames
