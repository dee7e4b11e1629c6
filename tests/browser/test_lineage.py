"""Merging two recommendations and undoing it, by keyboard, in a real browser."""

from collections.abc import Callable

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from tests.browser.conftest import Server


@pytest.fixture
def page(context: BrowserContext, server: Server) -> Page:
    del server
    made = context.new_page()
    made.goto("/connexion")
    made.get_by_role("button", name="coordination").first.click()
    return made


def test_merging_from_the_list_and_undoing(page: Page, check_axe: Callable[[Page], None]) -> None:
    page.goto("/recommandations?state=adopted")  # what is published stays as it is
    for box in page.locator("input[name=code]").all()[:2]:
        box.focus()
        page.keyboard.press("Space")
    page.get_by_role("button", name="Fusionner ce qui est coché").press("Enter")
    check_axe(page)
    page.get_by_label("Titre").fill("Ensemble pour de vrai")
    page.get_by_role("button", name="Fusionner", exact=True).press("Enter")
    expect(page.locator(".lineage-current")).to_contain_text("Ensemble pour de vrai")
    check_axe(page)
    page.locator(".reasoned > summary").last.press("Enter")
    page.get_by_label("Raison").last.fill("C’était un essai.")
    page.get_by_role("button", name="Défaire ce geste").last.press("Enter")
    expect(page.get_by_text("C’était un essai.").first).to_be_visible()
    for path in ("scinder", "reprendre", "relier"):
        page.goto(f"/recommandations/R-2024-030/{path}")
        check_axe(page)
