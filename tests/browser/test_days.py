"""A hybrid day made through its pages: described, two rounds of workshops, published, read and printed."""

import json
import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from playwright.sync_api import Browser, BrowserContext, Page, expect

from tests.browser.conftest import Server

CheckAxe = Callable[[Page], None]
NARROW = {"width": 320, "height": 640}
TITLE = "Journée d’essai à deux tours"
LINK = "https://visio.example/essai"


def sign_in(page: Page) -> None:
    page.goto("/connexion")
    page.get_by_role("button", name=re.compile("oordination")).first.click()


def press(page: Page, name: str) -> None:
    """Hand a form in by a button, without a mouse, and wait for the page that answers."""
    page.get_by_role("button", name=name).first.focus()
    with page.expect_navigation():
        page.keyboard.press("Enter")


def describe(page: Page, day: str, deadline: str) -> None:
    """Fill in what is told of the day, with the keyboard alone where choices are made."""
    page.get_by_label("Titre").fill(TITLE)
    page.get_by_label("Sorte de journée").select_option(label="Colloque")
    page.get_by_label("En une phrase").fill("Deux tours, sur place ou en ligne.")
    page.get_by_label("Date", exact=True).fill(day)
    page.get_by_label("Accueil dès").fill("13:45")
    page.get_by_label("Début").fill("14:00")
    page.get_by_label("Fin", exact=True).fill("17:00")
    expect(page.get_by_label("Lien de la visioconférence")).to_be_hidden()
    page.get_by_role("radio", name="Sur place", exact=True).focus()
    for _ in range(2):
        page.keyboard.press("ArrowDown")
    expect(page.get_by_role("radio", name="Sur place et en ligne")).to_be_checked()
    page.locator("[name=place_name]").fill("Salle d’essai")
    page.locator("[name=place_address]").fill("Rue de l’Exemple 1, 5000 Namur")
    page.get_by_label("Places dans la salle").fill("30")
    page.get_by_label("Lien de la visioconférence").fill(LINK)
    page.get_by_label("Places en ligne").fill("100")
    page.get_by_label("Dernier jour d’inscription").fill(deadline)


def add_two_rounds(page: Page) -> None:
    """Add a block of four workshops, two in each round; the last is the first once more."""
    page.locator('[name="lines-0-title"]').fill("Accueil")
    page.locator('[name="lines-0-starts"]').fill("14:00")
    for place, (title, starts, ends) in enumerate(
        (("Premier tour", "14:15", "15:15"), ("Second tour", "15:30", "16:30"))
    ):
        press(page, "Ajouter un bloc d’ateliers" if place == 0 else "Ajouter un tour")
        if place == 0:
            press(page, "Ajouter un tour")
        row = page.locator(f'[id="rounds-0-{place}"]')
        row.locator("input[name$=title]").fill(title)
        row.locator("input[name$=starts]").fill(starts)
        row.locator("input[name$=ends]").fill(ends)
    while page.locator('[id^="workshops-0-"]').count() < 4:
        press(page, "Ajouter un atelier")
    page.locator('[name="blocks-0-choices_min"]').fill("2")
    page.locator('[name="blocks-0-choices_max"]').fill("2")
    for place, (title, turn) in enumerate((("Logement", 1), ("Emploi", 1), ("Santé", 2), ("Logement", 2))):
        room = page.locator(f'[id="workshops-0-{place}"]')
        room.locator("input[name$=title]").fill(title)
        room.locator("input[name$=capacity]").fill("15")
        choice = room.locator("select[name$=turn]")
        choice.select_option(index=turn)
    last = page.locator('[id="workshops-0-3"]')
    last.locator("summary").focus()
    page.keyboard.press("Enter")
    last.locator("select[name$=repeats]").select_option(index=1)


def read(public: Page, address: str, check_axe: CheckAxe) -> None:
    """Read the page as everybody, on a narrow screen, on a wide one and on paper."""
    public.goto(address)
    expect(public.get_by_role("heading", name="Premier tour")).to_be_visible()
    expect(public.get_by_text("Le même atelier que dans l’autre tour")).to_be_visible()
    expect(public.get_by_role("link", name="Je m’inscris")).to_be_visible()
    check_axe(public)
    assert public.evaluate("document.documentElement.scrollWidth") <= NARROW["width"]
    assert LINK not in public.content()
    data = json.loads(public.locator('script[type="application/ld+json"]').inner_text())
    assert [place["@type"] for place in data["location"]] == ["Place", "VirtualLocation"]
    public.set_viewport_size({"width": 1280, "height": 800})
    check_axe(public)
    assert public.pdf(format="A4").startswith(b"%PDF")


def post_notice(page: Page, public: Page, address: str) -> None:
    """Tell something for now: it stands above the programme."""
    page.goto(f"{address}/avis")
    page.locator("textarea[name=text]").fill("Entrée par la cour.")
    press(page, "Publier l’avis")
    public.reload()
    notice = public.locator(".callout", has_text="Entrée par la cour.")
    expect(notice).to_be_visible()
    heading = public.get_by_role("heading", name="Programme").bounding_box()
    shown = notice.bounding_box()
    assert heading is not None
    assert shown is not None
    assert shown["y"] < heading["y"]


def test_a_hybrid_day_of_two_rounds_is_made_published_and_read(
    context: BrowserContext, browser: Browser, server: Server, check_axe: CheckAxe
) -> None:
    page = context.new_page()
    sign_in(page)
    page.goto("/journees/nouvelle")
    check_axe(page)
    coming = datetime.now(UTC) + timedelta(days=50)
    describe(page, f"{coming:%Y-%m-%d}", f"{coming:%Y-%m-%d}")
    page.get_by_label("Fin", exact=True).fill("13:00")
    press(page, "Enregistrer le brouillon")
    expect(page.get_by_role("alert")).to_contain_text("La fin vient après le début")
    expect(page.get_by_label("Titre")).to_have_value(TITLE)
    check_axe(page)
    page.get_by_label("Fin", exact=True).fill("17:00")
    press(page, "Enregistrer le brouillon")
    expect(page.get_by_role("heading", level=1)).to_have_text("Programme et ateliers")
    add_two_rounds(page)
    check_axe(page)
    press(page, "Enregistrer le programme")
    expect(page.get_by_role("heading", level=1)).to_have_text(TITLE)
    address = page.url
    check_axe(page)

    reader = browser.new_context(base_url=server.url, viewport=NARROW, locale="fr-BE")  # type: ignore[arg-type]
    public = reader.new_page()
    public.goto(address)
    expect(public).to_have_url(re.compile("/connexion"))  # a draft is the coordination's
    press(page, "Publier la journée")
    expect(page.get_by_text("La journée est publiée.")).to_be_visible()
    read(public, address, check_axe)
    for own in ("modifier", "programme", "avis"):
        page.set_viewport_size(NARROW)  # type: ignore[arg-type]
        page.goto(f"{address}/{own}")
        check_axe(page)
        assert page.evaluate("document.documentElement.scrollWidth") <= NARROW["width"], own
    post_notice(page, public, address)
    reader.close()
