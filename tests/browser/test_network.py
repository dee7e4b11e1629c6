"""The network page in a real browser: on WebGL, by keyboard, without WebGL, without scripts."""

import io
import re
from collections.abc import Callable
from pathlib import Path
from xml.etree import ElementTree as ET

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


# --- Time ------------------------------------------------------------------------------------


def at_day(context: BrowserContext, arguments: str = "") -> Page:
    made = context.new_page()
    open_network(made, arguments)
    return made


def said(page: Page) -> str:
    return page.locator("[data-change]").inner_text().replace("\u00a0", " ")


def shown_day(page: Page) -> str:
    return page.locator("[data-range]").get_attribute("aria-valuetext") or ""


def settled(page: Page) -> None:
    """Wait until the words of the page have followed the picture."""
    expect(page.locator("#network-words")).not_to_have_attribute("aria-busy", "true")


def test_the_slider_goes_from_change_to_change_by_keyboard_and_says_the_day(context: BrowserContext) -> None:
    page = at_day(context, "?date=2023-04-30")
    slider = page.get_by_role("slider", name="Date montrée")
    expect(slider).to_have_attribute("aria-valuetext", "30 avril 2023")
    slider.focus()
    page.keyboard.press("ArrowRight")
    expect(slider).to_have_attribute("aria-valuetext", "1er mai 2023")
    assert "Après le 30 avril 2023" in said(page)
    assert "La Ruche" in said(page)
    page.wait_for_url("**date=2023-05-01*")
    settled(page)
    expect(page.locator("#network-lead")).to_contain_text("1er mai 2023")
    rows = page.locator("[data-changes] tbody tr")
    expect(rows.filter(has_text="La Ruche")).not_to_have_count(0)
    page.keyboard.press("ArrowLeft")
    page.wait_for_url("**date=20*")
    page.keyboard.press("PageDown")
    assert shown_day(page) != "1er mai 2023"
    page.keyboard.press("Home")
    assert page.locator("[data-before]").is_disabled()


def test_the_province_and_the_clps_leave_the_steering(context: BrowserContext) -> None:
    """They piloted the plan until some day before 2025: the ties go, and the words say so."""
    page = at_day(context, "?date=2024-01-01&centre=" + slug_of(context, "PPLI") + "&steps=1")
    there = names_in_picture(page)
    assert {"CLPS", "Province de Namur"} <= there
    page.get_by_role("slider").focus()
    for _ in range(40):
        if "CLPS" not in names_in_picture(page):
            break
        page.keyboard.press("ArrowRight")
    assert not {"CLPS", "Province de Namur"} & names_in_picture(page)
    assert "liens se défont" in said(page) or "n’est plus là" in said(page) or "se défait" in said(page)
    assert "CAI" in names_in_picture(page), "who pilots alone is still there"


def names_in_picture(page: Page) -> set[str]:
    found: list[str] = page.evaluate(
        """() => {
          const { stage, history } = document.querySelector("[data-network]").page;
          return history.actors.label.filter((_, place) => stage.scene.visible(place));
        }"""
    )
    return set(found)


def slug_of(context: BrowserContext, label: str) -> str:
    page = at_day(context)
    found: str = page.evaluate(
        """(label) => {
          const { history } = document.querySelector("[data-network]").page;
          return history.slug(history.actors.label.indexOf(label));
        }""",
        label,
    )
    page.close()
    return found


def test_dragging_the_slider_shows_days_between_changes(page: Page) -> None:
    slider = page.locator("[data-range]")
    before = shown_day(page)
    slider.scroll_into_view_if_needed()
    box = slider.bounding_box()
    assert box
    page.mouse.move(box["x"] + box["width"] - 8, box["y"] + box["height"] / 2)
    page.mouse.down()
    page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2, steps=4)
    page.mouse.up()
    assert shown_day(page) != before
    page.wait_for_url("**date=*")
    settled(page)
    field = page.get_by_label("À la date du").input_value()
    assert field in page.url


def test_the_history_is_played_and_paused(context: BrowserContext) -> None:
    page = context.new_page()
    page.clock.install()
    open_network(page, "?date=2022-12-31")
    play = page.get_by_role("button", name="Dérouler l’histoire")
    play.click()
    pause = page.get_by_role("button", name="Arrêter")
    expect(pause).to_have_attribute("aria-pressed", "true")
    expect(page.locator("[data-change]")).to_have_attribute("aria-live", "off")
    days = {shown_day(page)}
    for _ in range(4):
        page.clock.run_for(2500)
        days.add(shown_day(page))
    assert len(days) >= 4, "a step for each change"
    pause.click()
    stopped = shown_day(page)
    page.clock.run_for(6000)
    assert shown_day(page) == stopped
    expect(page.locator("[data-change]")).to_have_attribute("aria-live", "polite")


def test_who_left_is_marked_in_the_picture(context: BrowserContext) -> None:
    page = at_day(context, "?date=2023-04-30")
    red = (179, 56, 44)
    assert of_hue(picture(page), red).sum() == 0
    page.locator("[data-after]").click()
    expect(page.locator("[data-change]")).to_contain_text("La Ruche")
    assert of_hue(picture(page), red).sum() > 20


def test_two_dates_are_compared_in_the_picture_and_lead_to_the_page(context: BrowserContext) -> None:
    page = at_day(context, "?date=2016-06-30")
    page.get_by_role("button", name="Comparer", exact=True).click()
    page.get_by_label("À la date du").fill("2023-06-06")
    page.get_by_label("À la date du").press("Tab")
    expect(page.locator("[data-change]")).to_contain_text("Entre le 30 juin 2016 et le 6 juin 2023")
    expect(page.locator("#network-changes-title")).to_contain_text("30 juin 2016")
    page.wait_for_url("**date2=2016-06-30*")
    link = page.get_by_role("link", name="Comparer en détail")
    assert str(link.get_attribute("href")).endswith("/reseau/comparer?de=2016-06-30&a=2023-06-06")
    head = page.locator("[data-changes] thead button").nth(1)
    head.press("Enter")
    expect(page.locator("[data-changes] thead th").nth(1)).to_have_attribute("aria-sort", "ascending")
    page.reload()
    page.locator("[data-drawn=moving]").wait_for()
    expect(page.locator("[data-change]")).to_contain_text("Entre le 30 juin 2016")


# --- Looking ---------------------------------------------------------------------------------


def test_lines_are_switched_by_their_kind_and_origin_and_the_table_follows(page: Page) -> None:
    ties = page.get_by_role("list", name="Légende : liens")
    switch = ties.get_by_role("button", name="Financer")
    switch.click()
    expect(switch).to_have_attribute("aria-pressed", "false")
    page.wait_for_url("**hide=means*")
    settled(page)
    page.get_by_role("navigation", name="Tableaux").get_by_role("link", name="Liens").click()
    page.wait_for_url("**table=ties*")
    expect(page.locator("#tableau")).to_contain_text("est membre de")
    expect(page.locator("#tableau td[data-label=Relation]").filter(has_text="finance")).to_have_count(0)
    days = ties.get_by_role("button", name="Journées partagées")
    expect(days).to_have_attribute("aria-pressed", "false")
    days.press("Enter")
    expect(days).to_have_attribute("aria-pressed", "true")
    page.wait_for_url("**origine=day*")


def test_around_one_actor(page: Page) -> None:
    everybody = len(names_in_picture(page))
    page.locator("#tableau tbody tr").nth(1).get_by_role("link", name="Montrer").click()
    card(page)
    page.get_by_role("button", name="Ses voisins seulement").click()
    near = len(names_in_picture(page))
    expect(page.locator("[data-status]")).to_contain_text("à un pas")
    page.wait_for_url("**steps=1*")
    page.get_by_role("button", name="À deux pas").click()
    assert near < len(names_in_picture(page)) < everybody
    settled(page)
    page.reload()
    page.locator("[data-drawn=moving]").wait_for()
    assert near < len(names_in_picture(page)) < everybody
    page.get_by_role("button", name="Tout le réseau").click()
    assert len(names_in_picture(page)) == everybody


def test_the_path_between_two_actors_is_drawn_and_said(page: Page) -> None:
    page.get_by_role("button", name="Chemin", exact=True).click()
    start = page.get_by_role("combobox", name="De", exact=True)
    expect(start).to_be_focused()
    start.press_sequentially("salam")
    page.locator("#network-path-from-found").get_by_role("option").first.wait_for()
    start.press("Enter")
    goal = page.get_by_role("combobox", name="Vers")
    expect(goal).to_be_focused()
    goal.press_sequentially("CIMB")
    page.locator("#network-path-to-found").get_by_role("option").first.wait_for()
    goal.press("Enter")
    answer = page.locator("[data-path-answer]")
    expect(answer).to_contain_text("De Salam asbl à CIMB")
    steps = answer.locator("ol li")
    assert steps.count() >= 3
    expect(steps.first).to_contain_text("Salam asbl")
    expect(steps.last).to_contain_text("CIMB")
    assert "to=" in page.url
    goal.fill("")
    goal.press_sequentially("Ecolo")
    page.locator("#network-path-to-found").get_by_role("option").first.wait_for()
    goal.press("Enter")
    expect(answer).to_contain_text("Aucun chemin")
    page.get_by_role("button", name="Fermer", exact=True).click()
    assert "to=" not in page.url


@pytest.mark.parametrize(
    ("view", "words"),
    [
        ("communities", "communautés"),
        ("brokers", "passerelles"),
        ("isolated", "sans lien connu"),
        ("kinds", "Choisissez"),
        ("themes", "Choisissez"),
    ],
)
def test_views(context: BrowserContext, check_axe: Callable[[Page], None], view: str, words: str) -> None:
    page = at_day(context)
    page.get_by_label("Vue", exact=True).select_option(view)
    expect(page.locator("[data-view-words]")).to_contain_text(words)
    entries = page.locator("[data-view-legend] button")
    expect(entries.first).to_be_visible()
    page.wait_for_url(f"**view={view}*")
    entries.first.press("Enter")
    if view in {"kinds", "themes"}:
        page.wait_for_url("**pick=*")
        expect(page.locator("[data-view-words]")).to_contain_text("en lumière")
        expect(page.locator("[data-view-legend] [aria-pressed=true]")).to_be_focused()
    settled(page)
    check_axe(page)
    page.reload()
    expect(page.get_by_label("Vue", exact=True)).to_have_value(view)
    expect(page.locator("[data-view-words]")).not_to_be_empty()


def test_numbers_of_communities_are_those_of_the_table(context: BrowserContext) -> None:
    page = at_day(context, "?view=communities&table=communities")
    badges = page.locator("[data-view-legend] .network-number")
    expect(badges.first).to_be_visible()
    numbers = page.locator("#tableau tbody .network-number").all_inner_texts()
    assert badges.all_inner_texts() == numbers


def test_words_of_the_address_that_mean_nothing_are_let_go(context: BrowserContext) -> None:
    page = at_day(context, "?view=rien&pick=x&hide=x&steps=9&centre=personne&to=x&place=lune&origine=x")
    expect(page.get_by_label("Vue", exact=True)).to_have_value("")
    assert len(names_in_picture(page)) > 100
    page = at_day(context, "?view=themes&pick=disparu")
    expect(page.locator("[data-view-words]")).to_contain_text("Choisissez")


def test_actors_stand_at_their_commune(page: Page) -> None:
    def spot(label: str) -> dict[str, float]:
        found: dict[str, float] = page.evaluate(
            """(label) => {
              const { stage, history } = document.querySelector("[data-network]").page;
              return stage.spot(history.actors.label.indexOf(label));
            }""",
            label,
        )
        return found

    page.get_by_role("button", name="Communes").click()
    expect(page.locator("[data-status]")).to_contain_text("à leur commune")
    page.wait_for_url("**place=map*")
    namur, liege, dinant = spot("Province de Namur"), spot("Ville de Liège"), spot("Commune de Dinant")
    assert liege["x"] > namur["x"], "Liège lies to the east"
    assert dinant["y"] > namur["y"], "Dinant lies to the south"
    names = page.evaluate(
        "() => document.querySelector('[data-network]').page.stage"
        ".written.map(({ shape }) => shape.lines.join(' '))"
    )
    assert any(name.startswith("Namur · ") for name in names), names
    page.get_by_role("button", name="Liens", exact=True).click()
    expect(page.locator("[data-status]")).to_contain_text("selon leurs liens")


# --- Moving, files ---------------------------------------------------------------------------


def positions(page: Page) -> list[float]:
    found: list[float] = page.evaluate(
        "() => Array.from(document.querySelector('[data-network]').page.stage.x)"
    )
    return found


def test_the_layout_moves_in_a_worker_of_ours_and_goes_back(context: BrowserContext) -> None:
    page = context.new_page()
    page.add_init_script(
        "window.refused = []; document.addEventListener('securitypolicyviolation', "
        "(event) => window.refused.push(`${event.violatedDirective} ${event.blockedURI}`));"
    )
    open_network(page)
    first = positions(page)
    with page.expect_worker() as worker:
        page.get_by_role("button", name="Animer").click()
    assert "/static/dist/network-worker." in worker.value.url
    expect(page.get_by_role("button", name="Animer")).to_have_attribute("aria-pressed", "true")
    page.evaluate(
        """async (first) => {
          const { stage } = document.querySelector("[data-network]").page;
          const still = () => stage.x.every((x, place) => Math.abs(x - first[place]) < 1);
          while (still()) await new Promise(requestAnimationFrame);
        }""",
        first,
    )
    page.get_by_role("button", name="Animer").click()
    expect(page.locator("[data-status]")).to_contain_text("ne bougent plus")
    moved = positions(page)
    assert moved != first
    page.get_by_role("button", name="Revenir à la disposition d’origine").click()
    assert positions(page) == first
    assert page.evaluate("window.refused") == []


def test_png_is_what_one_sees(page: Page, tmp_path: Path) -> None:
    with page.expect_download() as saved:
        page.get_by_role("button", name="PNG").click()
    assert saved.value.suggested_filename.endswith(".png")
    saved.value.save_as(tmp_path / "reseau.png")
    image = Image.open(tmp_path / "reseau.png").convert("RGB")
    canvas = page.locator("[data-canvas]").bounding_box()
    assert canvas
    assert image.width == round(canvas["width"] * 2)
    assert image.height > canvas["height"] * 2
    pixels = np.asarray(image, dtype=np.int16)
    for hue in (BLUE, ORANGE, VERMILION, GREEN):
        assert of_hue(pixels, hue).sum() > ENOUGH, hue


def test_svg_is_well_formed_and_names_who_is_there(page: Page, tmp_path: Path) -> None:
    page.locator("#tableau tbody tr").first.get_by_role("link", name="Montrer").click()
    card(page)
    with page.expect_download() as saved:
        page.get_by_role("button", name="SVG", exact=True).click()
    saved.value.save_as(tmp_path / "reseau.svg")
    root = ET.parse(tmp_path / "reseau.svg").getroot()  # noqa: S314 - our own file
    space = "{http://www.w3.org/2000/svg}"
    assert root.tag == f"{space}svg"
    words = [text.text or "" for text in root.iter(f"{space}text")]
    assert "CAI" in words
    assert any(word.startswith("Source") for word in words)
    assert len(root.findall(f"{space}line")) > 20
    assert any(line.get("stroke-dasharray") for line in root.iter(f"{space}line"))
    assert not [element for element in root.iter() if element.get("style") or element.tag.endswith("script")]


# --- Saved views -----------------------------------------------------------------------------


def test_a_view_is_saved_shared_renamed_deleted_and_taken_back(
    context: BrowserContext, another_context: BrowserContext, check_axe: Callable[[Page], None]
) -> None:
    page = context.new_page()
    sign_in(page, "coordination")
    open_network(page, "?date=2019-06-30")
    page.get_by_label("Vue", exact=True).select_option("isolated")
    page.wait_for_url("**view=isolated*")
    page.get_by_role("link", name="Enregistrer la vue").click()
    page.get_by_role("button", name="Enregistrer la vue").click()
    expect(page.get_by_text("Donnez un nom à cette vue.").first).to_be_visible()
    check_axe(page)
    page.get_by_label("Nom de la vue").fill("Qui était seul en 2019")
    page.get_by_role("button", name="Enregistrer la vue").click()
    page.locator("[data-drawn=moving]").wait_for()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Qui était seul en 2019")
    page.goto("/reseau/vues")
    check_axe(page)
    address = page.get_by_role("link", name="Qui était seul en 2019", exact=True).get_attribute("href")
    reader = another_context.new_page()
    reader.goto(str(address))
    reader.locator("[data-drawn=moving]").wait_for()
    expect(reader.get_by_label("Vue", exact=True)).to_have_value("isolated")
    expect(reader.get_by_label("À la date du")).to_have_value("2019-06-30")
    expect(reader.get_by_role("link", name="Enregistrer la vue")).to_have_count(0)
    line = page.get_by_role("listitem").filter(has_text="Qui était seul en 2019")
    line.get_by_role("link", name="Modifier").click()
    check_axe(page)
    page.get_by_label("Nom de la vue").fill("Seuls en 2019")
    page.get_by_label("Tout le monde peut ouvrir").uncheck()
    page.get_by_role("button", name="Enregistrer").click()
    reader.goto(str(address))
    assert "/connexion" in reader.url, "no longer shared"
    page.get_by_role("listitem").filter(has_text="Seuls en 2019").get_by_role(
        "button", name="Supprimer"
    ).click()
    expect(page.get_by_text("La vue « Seuls en 2019 » est supprimée.")).to_be_visible()
    page.get_by_role("button", name="Annuler la suppression").click()
    expect(page.get_by_role("link", name="Seuls en 2019", exact=True)).to_be_visible()


def sign_in(page: Page, role: str) -> None:
    page.goto("/connexion")
    page.get_by_role("button", name=re.compile(role, re.IGNORECASE)).first.click()
    page.wait_for_url(lambda url: "/connexion" not in url)


# --- Small screens ---------------------------------------------------------------------------


def test_on_a_phone_tools_and_filters_are_sheets(
    context: BrowserContext, check_axe: Callable[[Page], None]
) -> None:
    page = context.new_page()
    page.set_viewport_size({"width": 360, "height": 740})
    open_network(page)
    tools = page.locator("[data-bar]")
    expect(page.get_by_label("Vue", exact=True)).to_be_hidden()
    page.get_by_text("Vues et outils").first.click()
    expect(page.get_by_label("Vue", exact=True)).to_be_visible()
    check_axe(page)
    box = tools.locator(".network-bar-tools").bounding_box()
    assert box
    assert box["y"] + box["height"] == pytest.approx(740, abs=2), "at the foot of the screen"
    for button in tools.get_by_role("button").all():
        if button.is_visible():
            size = button.bounding_box()
            assert size
            assert size["height"] >= 40, button.inner_text()
    page.keyboard.press("Escape")
    expect(page.get_by_label("Vue", exact=True)).to_be_hidden()
    page.get_by_text("Filtres").first.click()
    expect(page.get_by_label("Famille", exact=True)).to_be_visible()
    page.get_by_role("button", name="Fermer les filtres").click()
    expect(page.get_by_label("Famille", exact=True)).to_be_hidden()
    assert page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth")
