"""Several sign-ups ticked in their list, on a phone: what a page says of it, with scripts and without."""

import re
from collections.abc import Callable

from playwright.sync_api import Browser, BrowserContext, Page, expect

from tests.browser.conftest import Server
from tests.browser.days import PLENARY

PHONE = {"width": 360, "height": 740}
LIST = f"/journees/{PLENARY}/inscriptions"
CheckAxe = Callable[[Page], None]


def as_coordinator(page: Page) -> Page:
    """Sign in as the demonstration's coordination, and open the list."""
    page.goto("/connexion")
    page.get_by_role("button", name=re.compile("oordination")).first.click()
    page.goto(LIST)
    return page


def test_what_several_would_undergo_is_told_first(
    context: BrowserContext, server: Server, check_axe: CheckAxe
) -> None:
    del server
    page = as_coordinator(context.new_page())
    page.set_viewport_size(PHONE)  # type: ignore[arg-type]
    boxes = page.get_by_role("checkbox", name=re.compile("^Cocher "))
    boxes.nth(0).check()
    boxes.nth(1).check()
    check_axe(page)
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
    page.get_by_label("Avec les inscriptions cochées").select_option("cancel")
    page.get_by_role("button", name="Continuer avec 2 inscriptions").click()
    expect(page.get_by_text("2 inscriptions sont annulées")).to_be_visible()
    check_axe(page)
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
    page.get_by_role("link", name="Ne rien changer").click()
    expect(page).to_have_url(re.compile(LIST))


def test_a_link_goes_again_to_the_ticked_without_scripts(browser: Browser, server: Server) -> None:
    plain = browser.new_context(
        base_url=server.url,
        java_script_enabled=False,
        viewport=PHONE,  # type: ignore[arg-type]
    )
    page = as_coordinator(plain.new_page())
    page.get_by_role("button", name="Continuer").click()
    expect(page.get_by_text("Cochez au moins une inscription.")).to_be_visible()
    page.get_by_role("checkbox", name=re.compile("^Cocher ")).first.check()
    page.get_by_label("Avec les inscriptions cochées").select_option("link")
    page.get_by_role("button", name="Continuer").click()
    page.get_by_role("button", name="Renvoyer le lien personnel").click()
    expect(page.get_by_text("Le mail part à 1 personne.")).to_be_visible()
    page.get_by_role("checkbox", name=re.compile("^Cocher ")).first.check()
    with page.expect_download() as download:
        page.get_by_role("button", name="Exporter en CSV").click()
    assert download.value.suggested_filename.endswith(".csv")
    plain.close()
