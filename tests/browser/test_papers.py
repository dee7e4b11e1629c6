"""The papers of a day in a real browser: prepared, followed, fetched; the caterer's page; needs shown."""

import zipfile
from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from tests.browser.conftest import assert_accessible
from tests.browser.test_pages import sign_in

COORDINATOR = "Coordination du CAI"
OLD = "/journees/journee-pleniere-du-ppli-6-juin-2023"


def next_plenary(page: Page) -> str:
    """Return the address of the plenary to come."""
    page.goto("/journees")
    return str(page.get_by_role("link", name="Journée plénière du PPLI 20").first.get_attribute("href"))


@pytest.mark.parametrize("width", [1280, 320])
def test_all_papers_are_prepared_and_fetched(context: BrowserContext, tmp_path: Path, width: int) -> None:
    page = context.new_page()
    sign_in(page, COORDINATOR)
    page.set_viewport_size({"width": width, "height": 800})
    page.goto(f"{OLD}/documents")
    assert_accessible(page)
    page.get_by_role("button", name="Tout préparer").click()
    fetch = page.get_by_role("link", name="Télécharger")
    expect(fetch).to_be_visible(timeout=240_000)
    assert_accessible(page)
    with page.expect_download() as download:
        fetch.click()
    file = tmp_path / "papers.zip"
    download.value.save_as(file)
    with zipfile.ZipFile(file) as archive:
        assert len(archive.namelist()) == 5


def test_the_caterer_reads_numbers_by_link(context: BrowserContext, another_context: BrowserContext) -> None:
    page = context.new_page()
    sign_in(page, COORDINATOR)
    day = next_plenary(page)
    page.goto(f"{day}/traiteur")
    page.get_by_role("button", name="Créer un lien").click()
    assert_accessible(page)
    link = page.locator("#caterer-link").input_value()
    kitchen = another_context.new_page()
    kitchen.set_viewport_size({"width": 360, "height": 800})
    kitchen.goto(link)
    expect(kitchen.get_by_role("heading", level=1)).to_contain_text("Repas")
    assert_accessible(kitchen)
    page.goto(f"{day}/besoins")
    page.get_by_role("button", name="Voir qui a besoin de quoi").click()
    expect(page.get_by_role("heading", name="Accès et aménagements")).to_be_visible()
    assert_accessible(page)
