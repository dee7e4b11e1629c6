"""Who asked for others, or was asked, sees, takes along and erases what a day holds of them, on a phone."""

import json
import re
import sqlite3
from collections.abc import Callable
from contextlib import closing

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from tests.browser.conftest import Server
from tests.browser.test_convening import COORDINATOR, PHONE, mailed
from tests.browser.test_pages import sign_in

CheckAxe = Callable[[Page], None]
# Role → address of the demonstration, words of its mail's path, of its title, of its page, what stays.
ROLES = {
    "group": (
        "secretariat@example.org", "groupe", "votre groupe est inscrit", "Votre groupe",
        "Les places des personnes que vous avez inscrites restent",
    ),
    "places": (
        "places@example.org", "places", "des places vous sont réservées", "Vos places réservées",
        "Les places restent à",
    ),
    "invitation": (
        "invitation@example.org", "invitation-journee", "vous êtes invité·e", "Vous êtes invité·e",
        "L’invitation prend fin",
    ),
}  # fmt: skip


@pytest.mark.parametrize("role", ROLES)
def test_a_contact_is_forgotten_by_oneself(
    context: BrowserContext, browser: Browser, server: Server, check_axe: CheckAxe, role: str
) -> None:
    address, path, title, heading, stays = ROLES[role]
    office = context.new_page()
    sign_in(office, COORDINATOR)
    link = mailed(office, address, path, title)
    phone = browser.new_context(base_url=server.url, viewport=PHONE, locale="fr-BE")  # type: ignore[arg-type]
    page = phone.new_page()
    page.goto(link)
    expect(page.get_by_role("heading", name=heading)).to_be_visible()
    check_axe(page)
    page.get_by_role("link", name="Voir, emporter ou effacer mes données").click()
    expect(page.get_by_text(address)).to_be_visible()
    expect(page.get_by_text(re.compile(stays))).to_be_visible()
    check_axe(page)
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
    with page.expect_download() as download:
        page.get_by_role("link", name="Emporter tout (JSON)").click()
    assert address in json.dumps(json.loads(download.value.path().read_text(encoding="utf-8")))
    page.get_by_role("button", name="Effacer mes données").click()
    expect(page.get_by_role("heading", name="C’est effacé")).to_be_visible()
    answer = page.goto(link)
    assert answer is not None
    assert answer.status == 404
    phone.close()
    with closing(sqlite3.connect(server.data_folder / "maillage.db")) as connection:
        assert address not in "\n".join(connection.iterdump())
