"""The bar over the public pages: the network's name keeps its place beside the entries, at any width."""

import pytest
from playwright.sync_api import BrowserContext, Page

WIDER = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
WIDTHS = (1600, 1280, 1231, 1000, 992, 768, 320)


def assert_named(page: Page) -> None:
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 800})
        page.goto("/")
        name = page.locator(".brand-name").bounding_box()
        assert name is not None
        assert name["width"] > 20, width
        assert page.evaluate(WIDER) <= 0, width


def test_the_name_is_read_by_anybody(context: BrowserContext) -> None:
    assert_named(context.new_page())


@pytest.mark.parametrize("role", ["Coordination", "Association"])
def test_the_name_is_read_beside_the_gestures_of_who_is_signed_in(context: BrowserContext, role: str) -> None:
    page = context.new_page()
    page.goto("/connexion")
    page.get_by_role("button", name=role).click()
    page.wait_for_url("**/tableau-de-bord*")
    assert_named(page)
