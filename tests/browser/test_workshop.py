"""A workshop of a plenary: tables write by a link, on a tablet, without scripts and without connection."""

import re
from collections.abc import Callable

from playwright.sync_api import Browser, BrowserContext, Page, expect

from tests.browser.conftest import Server
from tests.browser.test_contribution import sign_in

WIDTHS = (1280, 768, 360)
LINK = re.compile(r"https?://[^\s/]+(/atelier/[\w-]{43})")


def open_workshop(desk: Page) -> str:
    """Go to the work of the next plenary's first workshop, and return the link of its tables."""
    sign_in(desk, "Coordination du CAI")
    desk.goto("/journees")
    desk.get_by_role("link", name=re.compile("Journée plénière du PPLI")).first.click()
    desk.get_by_role("link", name="Le jour même").click()
    desk.get_by_role("link", name="Ateliers", exact=True).click()
    desk.get_by_role("link", name="Réponse adéquate aux besoins de base").first.click()
    desk.get_by_role("button", name="Créer un lien pour les tables").click()
    found = LINK.search(desk.get_by_label("Lien des tables").input_value())
    assert found
    return found.group(1)


def at_widths(page: Page, check_axe: Callable[[Page], None]) -> None:
    """Check a page at each width: axe, and nothing wider than the screen."""
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 800})
        page.evaluate("scrollTo(0, 0)")  # what is half scrolled below the bar isn't small
        check_axe(page)
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), (page.url, width)


def save_stands_below_its_text(page: Page) -> None:
    """Check that « Enregistrer » stands below the end of its text on a tablet, not in the middle."""
    page.set_viewport_size({"width": 820, "height": 1180})
    boxes = [page.locator(each).first.bounding_box() for each in (".wording-field", ".wording-foot")]
    assert len({round(box["x"] + box["width"]) for box in boxes if box is not None}) == 1


def test_tables_write_on_tablets_and_lose_nothing(
    context: BrowserContext,
    another_context: BrowserContext,
    browser: Browser,
    server: Server,
    check_axe: Callable[[Page], None],
) -> None:
    desk = context.new_page()
    link = open_workshop(desk)
    at_widths(desk, check_axe)
    tablet = another_context.new_page()
    tablet.goto(link)
    at_widths(tablet, check_axe)
    tablet.get_by_label("Votre table", exact=True).fill("7")
    tablet.get_by_label("La recommandation", exact=True).fill("Ouvrir le guichet le soir.")
    # A tab that dies keeps what was typed.
    tablet.reload()
    expect(tablet.get_by_label("La recommandation", exact=True)).to_have_value("Ouvrir le guichet le soir.")
    another_context.set_offline(True)
    tablet.get_by_role("button", name="Noter la demande").click()
    expect(tablet.get_by_role("alert")).to_contain_text("Ouvrir le guichet le soir.")
    tablet.get_by_label("La recommandation", exact=True).fill(f"Lire https://example.org/{'rapport' * 12}")
    tablet.get_by_role("button", name="Noter la demande").click()
    expect(tablet.get_by_role("alert")).to_contain_text("Lire https://example.org/")
    assert tablet.evaluate("document.documentElement.scrollWidth <= innerWidth")
    another_context.set_offline(False)
    expect(tablet.locator("[data-table-list]")).to_contain_text("Ouvrir le guichet le soir.")
    expect(tablet.get_by_role("alert")).to_be_hidden()
    # The rapporteur mends it.
    tablet.get_by_role("link", name="Corriger la demande 1").click()
    tablet.get_by_label("La recommandation", exact=True).fill("Ouvrir le guichet un soir par semaine.")
    at_widths(tablet, check_axe)
    tablet.get_by_role("button", name="Enregistrer la correction").click()
    expect(tablet.locator("[data-table-list]")).to_contain_text("un soir par semaine")
    # A phone without scripts.
    plain = browser.new_context(
        java_script_enabled=False, viewport={"width": 360, "height": 740}, base_url=server.url
    )
    phone = plain.new_page()
    phone.goto(link)
    phone.get_by_label("Votre table", exact=True).fill("8")
    phone.get_by_role("button", name="Noter la demande").click()
    expect(phone.get_by_text("Écrivez ce que votre table recommande.").first).to_be_visible()
    phone.get_by_label("La recommandation", exact=True).fill("Traduire les courriers.")
    phone.get_by_role("button", name="Noter la demande").click()
    expect(phone.get_by_role("main")).to_contain_text("Traduire les courriers.")
    # The entry closes while both still write: nothing is lost, nothing more is taken.
    phone.get_by_label("La recommandation", exact=True).fill("Une demande de trop.")
    desk.goto(desk.url.removesuffix("/liens"))
    expect(desk.get_by_role("main")).to_contain_text("un soir par semaine")
    desk.get_by_role("button", name="Clore la saisie et envoyer").click()
    expect(desk.get_by_role("main")).to_contain_text("La saisie est close")
    phone.get_by_role("button", name="Noter la demande").click()
    expect(phone.get_by_role("main")).to_contain_text("Une demande de trop.")
    tablet.get_by_label("La recommandation", exact=True).fill("Une autre de trop.")
    tablet.get_by_role("button", name="Noter la demande").click()
    expect(tablet.get_by_role("alert")).to_contain_text("Une autre de trop.")
    plain.close()
    desk.goto("/recommandations/contributions?channel=workshop")
    expect(desk.get_by_role("main")).to_contain_text("un soir par semaine")
    expect(desk.get_by_role("main")).to_contain_text("Traduire les courriers.")
    desk.get_by_role("link", name=re.compile("Traduire les courriers")).click()
    check_axe(desk)


def test_a_wording_is_edited_live_and_shown_to_all(
    context: BrowserContext,
    another_context: BrowserContext,
    browser: Browser,
    server: Server,
    check_axe: Callable[[Page], None],
) -> None:
    desk = context.new_page()
    link = open_workshop(desk)
    desk.goto(desk.url.removesuffix("/liens"))
    desk.get_by_role("link", name="Choisir", exact=True).click()
    at_widths(desk, check_axe)
    desk.get_by_role("checkbox").first.check()
    desk.get_by_role("button", name="Ajouter celles qui sont cochées").click()
    expect(desk.get_by_role("main")).to_contain_text("1 recommandation est ajoutée")
    # The list is put in order by keyboard.
    up = desk.get_by_role("button", name=re.compile("^Monter")).last
    up.focus()
    desk.keyboard.press("Enter")
    expect(desk.get_by_text("Nouvel ordre enregistré.")).to_be_visible()
    at_widths(desk, check_axe)
    one = another_context.new_page()
    one.goto(f"{link}/textes")
    at_widths(one, check_axe)
    save_stands_below_its_text(one)
    screen = context.new_page()
    screen.goto(f"{link}/ecran")
    at_widths(screen, check_axe)
    words = one.get_by_role("textbox").nth(1)
    words.fill("Un texte écrit à la première tablette.")
    expect(one.get_by_role("status").filter(has_text="Enregistré à").nth(1)).to_be_visible()
    expect(screen.locator(".screen-current")).to_contain_text("écrit à la première tablette")
    # A second tablet sees it, and both never overwrite each other unseen.
    second = browser.new_context(base_url=server.url, viewport={"width": 768, "height": 1000})
    two = second.new_page()
    two.goto(f"{link}/textes")
    theirs = two.get_by_role("textbox").nth(1)
    expect(theirs).to_have_value("Un texte écrit à la première tablette.")
    second.set_offline(True)
    theirs.fill("La-seconde-tablette-écrit.")
    words.fill("La première continue.")
    expect(screen.locator(".screen-current")).to_contain_text("La première continue.")
    second.set_offline(False)
    panel = two.locator("[data-conflict]:visible")
    expect(panel).to_contain_text("La première continue.", timeout=15000)
    expect(theirs).to_have_value("La-seconde-tablette-écrit.")
    check_axe(two)
    panel.get_by_role("button", name="Le remplacer par le mien").click()
    expect(words).to_have_value("La-seconde-tablette-écrit.")
    second.close()
    # The coordination compares and takes it.
    desk.reload()
    desk.get_by_role("link", name=re.compile("^Comparer et reprendre")).nth(1).click()
    at_widths(desk, check_axe)
    expect(desk.get_by_role("main")).to_contain_text("La-seconde-tablette-écrit.")
    desk.get_by_role("button", name="En faire la nouvelle version").click()
    expect(desk.get_by_role("main")).to_contain_text("est la nouvelle version de")
    desk.get_by_role("link", name="Ouvrir le grand écran", exact=True).click()
    check_axe(desk)


def test_dots_are_put_on_tablets_and_stand_on_the_screen(
    context: BrowserContext, another_context: BrowserContext, check_axe: Callable[[Page], None]
) -> None:
    desk = context.new_page()
    link = open_workshop(desk)
    tablet = another_context.new_page()
    tablet.goto(f"{link}/points")
    at_widths(tablet, check_axe)
    for _ in range(3):
        tablet.get_by_role("button", name=re.compile("^Un point de plus")).first.click()
    expect(tablet.get_by_role("status").first).to_contain_text("Il vous reste 2 points.")
    tablet.get_by_role("button", name="Enregistrer nos points").click()
    expect(tablet.get_by_role("main")).to_contain_text("Les points de cette tablette sont enregistrés.")
    screen = context.new_page()
    screen.goto(f"{link}/ecran")
    expect(screen.get_by_role("main")).to_contain_text("4 tablettes ont voté")
    expect(screen.locator(".screen-dots td").first).to_have_text("9")
    at_widths(screen, check_axe)
    desk.goto(desk.url.removesuffix("/liens"))
    at_widths(desk, check_axe)
    desk.get_by_role("button", name="Clore le vote").click()
    expect(desk.get_by_role("main")).to_contain_text("Le vote est clos.")
    desk.get_by_role("link", name="Mettre le résultat dans les conclusions").click()
    expect(desk.get_by_role("main")).to_contain_text("Tablettes qui ont voté : 4.")
    at_widths(desk, check_axe)
    tablet.reload()
    expect(tablet.get_by_role("main")).to_contain_text("Le vote est clos")
    check_axe(tablet)
    expect(screen.get_by_role("main")).to_contain_text("le vote est clos")


def test_answers_of_a_survey_are_shown_line_by_line_then_taken(
    context: BrowserContext, check_axe: Callable[[Page], None]
) -> None:
    desk = context.new_page()
    sign_in(desk, "Coordination du CAI")
    desk.goto("/appels")
    desk.get_by_role("link", name="Vos constats et vos recommandations").first.click()
    desk.get_by_role("link", name="Enquête", exact=True).click()
    at_widths(desk, check_axe)
    table = (
        "Votre association;Votre constat;Votre recommandation\nNulle part;Des files;Ouvrir un guichet\n;;\n"
    )
    file = {"name": "enquete.csv", "mimeType": "text/csv", "buffer": table.encode()}
    desk.get_by_label("Fichier CSV ou xlsx").set_input_files(file)
    desk.get_by_role("button", name="Lire le fichier").click()
    expect(desk.get_by_role("main")).to_contain_text("Prise sans nom")
    at_widths(desk, check_axe)
    desk.get_by_role("button", name="Prendre 1 réponse").click()
    expect(desk.get_by_role("main")).to_contain_text("1 réponse est prise.")
    expect(desk.get_by_role("main")).to_contain_text("Ouvrir un guichet")
