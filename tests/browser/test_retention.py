"""One sees, takes along and has erased what a day holds of oneself, on a phone."""

import json
import sqlite3
from collections.abc import Callable
from contextlib import closing

from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import Server

PHONE = {"width": 360, "height": 740}
CheckAxe = Callable[[Page], None]


def test_ones_own_data_on_a_phone(browser: Browser, server: Server, check_axe: CheckAxe) -> None:
    with closing(sqlite3.connect(server.data_folder / "maillage.db")) as connection:
        (slug,) = connection.execute(
            "SELECT slug FROM event WHERE slug LIKE 'appel-a-projets-pci%'"
        ).fetchone()
    phone = browser.new_context(base_url=server.url, viewport=PHONE)  # type: ignore[arg-type]
    page = phone.new_page()
    page.goto(f"/journees/{slug}/inscription")
    page.get_by_label("Prénom et nom").fill("Oubliée Bientôt")
    page.get_by_label("Adresse mail").fill("oubliee.bientot@example.org")
    page.get_by_label("En ligne").first.check()
    page.locator("main form").get_by_role("button").last.click()
    expect(page.get_by_text("Place réservée").first).to_be_visible()
    own = page.url

    page.get_by_role("link", name="Voir, emporter ou effacer mes données").click()
    expect(page.get_by_text("oubliee.bientot@example.org")).to_be_visible()
    check_axe(page)
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
    with page.expect_download() as download:
        page.get_by_role("link", name="Emporter tout (JSON)").click()
    held = json.loads(download.value.path().read_text(encoding="utf-8"))
    assert held["inscription"]["nom"] == "Oubliée Bientôt"
    assert held["inscription"]["participation"] == "online"

    page.get_by_role("button", name="Effacer mes données").click()
    expect(page.get_by_role("heading", name="C’est effacé")).to_be_visible()
    check_axe(page)
    page.goto(own)
    expect(page.get_by_text("Place réservée")).to_have_count(0)
    with closing(sqlite3.connect(server.data_folder / "maillage.db")) as connection:
        left = "\n".join(connection.iterdump())
    assert "oubliee.bientot" not in left
    assert "Oubliée Bientôt" not in left
