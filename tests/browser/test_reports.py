"""The yearly report: asked for, awaited, looked at, published, read by anybody."""

from collections.abc import Callable
from io import BytesIO

from playwright.sync_api import BrowserContext, expect
from pypdf import PdfReader

BUILT = 90_000  # milliseconds: a first PDF on a busy machine


def test_a_report_from_two_dates_to_its_readers(
    context: BrowserContext, another_context: BrowserContext, check_axe: Callable[..., None]
) -> None:
    page = context.new_page()
    page.goto("/connexion")
    page.get_by_role("button", name="Coordination").click()
    page.wait_for_url("**/tableau-de-bord*")

    page.goto("/reseau/etat")
    check_axe(page)
    page.get_by_label("Comparé au").fill("2030-01-01")
    page.get_by_role("button", name="Faire le rapport").click()
    expect(page.get_by_text("Choisissez une date avant celle du rapport.").first).to_be_visible()
    expect(page.get_by_label("Comparé au")).to_have_value("2030-01-01")
    check_axe(page)
    page.get_by_label("Comparé au").fill("2023-01-01")
    page.get_by_role("button", name="Faire le rapport").click()

    read = page.get_by_role("link", name="Lire le rapport")
    expect(read).to_be_visible(timeout=BUILT)
    page.reload()
    check_axe(page)
    page.get_by_role("button", name="Rendre public").click()
    expect(page.get_by_text("Ce qu’il dit ne change plus.")).to_be_visible()
    check_axe(page)

    reader = another_context.new_page()
    reader.goto(page.url)
    address = reader.get_by_role("link", name="Lire le rapport").get_attribute("href")
    assert address
    pdf = another_context.request.get(address).body()
    document = PdfReader(BytesIO(pdf))
    text = " ".join(sheet.extract_text() for sheet in document.pages)
    assert "La Ruche" in text
    assert "CLPS" in text
    check_axe(reader)
