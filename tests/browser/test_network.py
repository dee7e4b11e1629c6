"""The network page in a real browser: on WebGL, by keyboard, without WebGL, without scripts."""

import io
from collections.abc import Callable

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image
from playwright.sync_api import Browser, BrowserContext, Locator, Page, expect
from scipy import ndimage

from tests.browser.conftest import Server

CAI = "Centre d’Action Interculturelle de la province de Namur"
BLUE, ORANGE, VERMILION, GREEN = (0, 114, 178), (230, 159, 0), (213, 94, 0), (0, 158, 115)
DARK_GROUND = (28, 36, 36)
ENOUGH = 40
"""Pixels of one hue that only shapes can make."""
WITHOUT_WEBGL = """
  const plain = HTMLCanvasElement.prototype.getContext;
  HTMLCanvasElement.prototype.getContext = function (kind, ...rest) {
    return kind.startsWith("webgl") ? null : plain.call(this, kind, ...rest);
  };
"""


@pytest.fixture
def page(context: BrowserContext) -> Page:
    """Open the network page once its picture is drawn."""
    made = context.new_page()
    open_network(made)
    return made


def open_network(page: Page, arguments: str = "") -> None:
    page.goto(f"/reseau{arguments}")
    page.locator("[data-network][data-drawn]").wait_for()


def picture(page: Page) -> NDArray[np.int16]:
    """Return the pixels of the picture, once what was asked for has been drawn."""
    page.evaluate("() => new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))")
    shot = page.locator("[data-canvas]").screenshot()
    return np.asarray(Image.open(io.BytesIO(shot)).convert("RGB"), dtype=np.int16)


def of_hue(pixels: NDArray[np.int16], hue: tuple[int, int, int]) -> NDArray[np.bool_]:
    near: NDArray[np.bool_] = np.abs(pixels - np.array(hue, dtype=np.int16)).max(axis=2) < 12
    return near


def card(page: Page) -> str:
    title = page.locator("#network-card-title")
    title.wait_for()
    return title.inner_text()


def test_the_picture_is_drawn_with_the_hues_of_the_families(page: Page) -> None:
    pixels = picture(page)
    for hue in (BLUE, ORANGE, VERMILION, GREEN):
        assert of_hue(pixels, hue).sum() > ENOUGH, hue


def test_a_click_on_the_largest_coordination_opens_the_card_of_the_cai(page: Page) -> None:
    shapes, number = ndimage.label(of_hue(picture(page), BLUE))
    largest = int(np.argmax(ndimage.sum_labels(np.ones_like(shapes), shapes, range(1, number + 1)))) + 1
    y, x = ndimage.center_of_mass(shapes == largest)
    canvas = page.locator("[data-canvas]")
    canvas.click(position={"x": x, "y": y})
    assert card(page).startswith(CAI)
    expect(page.get_by_role("link", name="Ouvrir la fiche")).to_have_attribute(
        "href", "/acteurs/" + slug(page)
    )
    # The others fade: of the vermilion ones, hardly any is a neighbour.
    assert of_hue(picture(page), VERMILION).sum() < ENOUGH
    canvas.click(position={"x": 8, "y": canvas.bounding_box()["height"] - 8})  # type: ignore[index]
    expect(page.locator("#network-card-title")).to_have_count(0)
    assert of_hue(picture(page), VERMILION).sum() > ENOUGH


def slug(page: Page) -> str:
    return str(page.locator("[data-card]").get_attribute("data-card"))


def test_the_table_leads_into_the_picture_and_back_by_keyboard(page: Page) -> None:
    show = page.locator("#tableau tbody tr").first.get_by_role("link", name="Montrer dans le réseau")
    show.focus()
    page.keyboard.press("Enter")
    assert card(page).startswith(CAI)
    expect(page.locator("#network-card-title")).to_be_focused()
    assert "centre=" in page.url
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Fermer la fiche")).to_be_focused()
    page.keyboard.press("Escape")
    expect(page.locator("#network-card-title")).to_have_count(0)
    expect(show).to_be_focused()
    assert "centre=" not in page.url


def test_sorting_leaves_the_focus_on_the_column_and_the_gestures_alive(page: Page) -> None:
    page.locator("#tableau thead").get_by_role("link", name="Commune").press("Enter")
    page.wait_for_url("**sort=commune*")
    expect(page.locator("#tableau th[aria-sort] a")).to_be_focused()
    expect(page.locator("#tableau th[aria-sort]")).to_contain_text("Commune")
    page.get_by_role("navigation", name="Pages de la liste").get_by_role("link", name="Suivants").press(
        "Enter"
    )
    page.wait_for_url("**page=2*")
    expect(page.get_by_role("heading", name="Les acteurs reliés")).to_be_focused()
    row = page.locator("#tableau tbody tr").first
    name = row.locator("th a").inner_text()
    row.get_by_role("link", name="Montrer").click()
    assert card(page).startswith(name)


def found(page: Page) -> Locator:
    return page.locator("#network-found").get_by_role("option")


def test_search_finds_by_sigle_or_name_and_shows(page: Page) -> None:
    field = page.get_by_role("combobox", name="Trouver un acteur")
    field.press_sequentially("zzz")
    expect(found(page)).to_have_count(0)
    expect(page.locator("[data-status]")).to_contain_text("Aucun acteur")
    field.fill("")
    field.press_sequentially("CAI")
    expect(found(page).first).to_contain_text(CAI)
    expect(page.locator("[data-status]")).to_contain_text("trouvé")
    field.press("ArrowDown")
    expect(found(page).first).to_have_attribute("aria-selected", "true")
    field.press("Enter")
    assert card(page).startswith(CAI)


def test_la_ruche_leaves_the_picture_after_april_2023(page: Page) -> None:
    for day, there in (("2023-04-30", 1), ("2023-05-01", 0)):
        open_network(page)
        page.get_by_label("À la date du").fill(day)
        page.get_by_role("button", name="Montrer", exact=True).click()
        page.wait_for_url(f"**/reseau?*date={day}*")
        page.locator("[data-network][data-drawn]").wait_for()
        field = page.get_by_role("combobox", name="Trouver un acteur")
        field.press_sequentially("la ruche")
        expect(found(page)).to_have_count(there)
        page.goto(f"/reseau?date={day}&q=ruche")
        expect(page.get_by_role("row").filter(has_text="La Ruche")).to_have_count(there)


def test_a_family_can_be_switched_off(page: Page) -> None:
    switch = page.get_by_role("button", name="Collectifs et associations issues de l’immigration")
    switch.click()
    expect(switch).to_have_attribute("aria-pressed", "false")
    assert of_hue(picture(page), VERMILION).sum() == 0
    switch.click()
    assert of_hue(picture(page), VERMILION).sum() > ENOUGH


def test_the_picture_follows_the_theme(page: Page) -> None:
    assert of_hue(picture(page), DARK_GROUND).mean() < 0.01
    page.emulate_media(color_scheme="dark")
    assert of_hue(picture(page), DARK_GROUND).mean() > 0.5


def test_an_address_may_name_the_actor_in_the_middle(context: BrowserContext) -> None:
    page = context.new_page()
    page.goto("/reseau")
    address = (
        page.locator("#tableau tbody tr").nth(2).get_by_role("link", name="Montrer").get_attribute("href")
    )
    name = page.locator("#tableau tbody tr").nth(2).locator("th a").inner_text()
    page.goto(str(address))
    page.locator("[data-drawn]").wait_for()
    assert card(page).startswith(name)


@pytest.mark.parametrize("width", [1280, 320])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_nothing_is_inaccessible_nor_wider_than_the_screen(
    page: Page, check_axe: Callable[[Page], None], width: int, scheme: str
) -> None:
    page.set_viewport_size({"width": width, "height": 800})
    page.emulate_media(color_scheme="dark" if scheme == "dark" else "light")
    page.locator("#tableau tbody tr").first.get_by_role("link", name="Montrer").click()
    card(page)
    check_axe(page)
    assert page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth")


def test_without_webgl_a_drawing_stands_in_its_place(context: BrowserContext) -> None:
    context.add_init_script(WITHOUT_WEBGL)
    page = context.new_page()
    open_network(page)
    image = page.get_by_role("img", name="Le réseau au")
    expect(image).to_be_visible()
    assert image.evaluate("image => image.decode().then(() => image.naturalWidth)") > 500
    page.locator("#tableau tbody tr").first.get_by_role("link", name="Montrer").click()
    assert card(page).startswith(CAI)


def test_without_scripts_the_page_is_whole(browser: Browser, server: Server) -> None:
    context = browser.new_context(base_url=server.url, java_script_enabled=False)
    page = context.new_page()
    with page.expect_response("**/reseau/image.svg*") as drawing:
        page.goto("/reseau")
    assert drawing.value.ok
    expect(page.get_by_role("img", name="Le réseau au")).to_be_visible()
    page.locator("#tableau tbody tr").first.get_by_role("link", name="Montrer").click()
    assert card(page).startswith(CAI)
    context.close()
