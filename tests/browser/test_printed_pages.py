"""Public pages on paper: no footer alone on a last page, no button that nobody can press."""

from io import BytesIO

from playwright.sync_api import Page
from pypdf import PdfReader

MEMORANDUM = "/memorandums/memorandum-2018-pour-les-elections-communales/edition-1"


def printed(page: Page, address: str) -> list[str]:
    """Return the words of each sheet of a page printed on A4."""
    page.goto(address)
    reader = PdfReader(BytesIO(page.pdf(format="A4")))
    return [" ".join(one.extract_text().split()) for one in reader.pages]


def test_a_demand_and_the_library_take_one_sheet(page: Page) -> None:
    for address, words in (
        (f"{MEMORANDUM}/1", "Qui porte ceci"),
        (f"{MEMORANDUM}/2", "Qui porte ceci"),
        ("/memorandums", "Mémorandum 2018"),
    ):
        sheets = printed(page, address)
        assert len(sheets) == 1, address
        assert words in sheets[0]
        assert "Partager cette demande" not in sheets[0]


def test_the_library_has_no_primary_button_on_each_card(page: Page) -> None:
    page.goto("/memorandums")
    assert page.locator("main .btn-primary").count() <= 1
    assert page.get_by_role("link", name="Lire en ligne").count() >= 2
