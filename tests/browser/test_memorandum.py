"""A memorandum composed without a mouse, built while one waits, published, and read on a phone."""

import re
from collections.abc import Callable
from io import BytesIO
from pathlib import Path

from playwright.sync_api import BrowserContext, Locator, Page, expect
from pypdf import PdfReader

PHONE = {"width": 360, "height": 740}
COORDINATOR = "Coordination du CAI"
TITLE = "Mémorandum d’essai au clavier"
FIRST, SECOND = (
    "Former les CPAS au droit des étrangers et à l’interculturalité",
    "Réquisitionner les logements vides",
)
THIRD = "Rembourser entièrement le revenu d’intégration"
BUILT = 90_000  # milliseconds: a first PDF on a busy machine


def sign_in(page: Page) -> None:
    page.goto("/connexion")
    page.get_by_role("button", name=COORDINATOR).click()
    page.wait_for_url("**/tableau-de-bord*")


def press(page: Page, target: Locator, key: str = "Enter") -> None:
    """Use a control as somebody without a mouse does."""
    target.focus()
    page.keyboard.press(key)


def add_chapter(page: Page, title: str) -> None:
    page.get_by_label("Nouveau chapitre").fill(title)
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=3, name=title)).to_be_visible()


def add_recommendations(page: Page, chapter: str, *titles: str) -> None:
    """Choose adopted recommendations by their titles."""
    press(page, page.get_by_role("link", name=f"Ajouter des recommandations au chapitre {chapter}"))
    for title in titles:
        press(page, page.get_by_role("checkbox", name=title), "Space")
    button = page.locator("button[data-word-many]")  # beside it, one adds all that was found
    expect(button).to_contain_text(
        f"Ajouter {len(titles)} recommandations" if len(titles) > 1 else "Ajouter 1 recommandation"
    )
    press(page, button)
    expect(page.get_by_role("list", name=f"Ordre du chapitre {chapter}")).to_contain_text(titles[-1])


def listed(page: Page, name: str) -> list[str]:
    """Return the titles of a list in their order."""
    return page.get_by_role("list", name=name).locator(".sortable-text a").all_inner_texts()


def text_of(pdf: Path) -> list[str]:
    return [re.sub(r"\s+", " ", page.extract_text()) for page in PdfReader(BytesIO(pdf.read_bytes())).pages]


def begin(page: Page) -> None:
    page.goto("/memorandums")
    page.get_by_role("link", name="Nouveau mémorandum").click()
    page.get_by_label("Titre", exact=True).fill(TITLE)
    page.get_by_label("Élection").select_option(
        label="Élections communales et provinciales – dimanche 13 octobre 2030"
    )
    page.get_by_role("button", name="Commencer le mémorandum").click()


def test_a_memorandum_from_its_first_chapter_to_its_readers(
    context: BrowserContext, another_context: BrowserContext, check_axe: Callable[[Page], None]
) -> None:
    page = context.new_page()
    sign_in(page)
    begin(page)
    check_axe(page)
    add_chapter(page, "Logement")
    add_chapter(page, "Aide sociale")
    add_recommendations(page, "Logement", FIRST, SECOND)
    add_recommendations(page, "Aide sociale", THIRD)
    check_axe(page)
    put_in_order(page)
    write_preamble(page, check_axe)

    draft = build(page)
    whole = " ".join(text_of(draft))
    assert all("Projet" in text for text in text_of(draft))
    places = [
        whole.index(f"2030/{number} {title}") for number, title in enumerate((SECOND, THIRD, FIRST), start=1)
    ]
    assert places == sorted(places)

    freeze_and_publish(page, check_axe)
    read_on_a_phone(another_context.new_page(), page.url, check_axe)


def put_in_order(page: Page) -> None:
    """Move within a chapter by its arrows, to another one by the list, and the chapters themselves."""
    with page.expect_response("**/ordre"):
        press(page, page.get_by_role("button", name=f"Monter : {SECOND}"))
    expect(page.get_by_text("Nouvel ordre enregistré.")).to_be_visible()
    assert listed(page, "Ordre du chapitre Logement") == [SECOND, FIRST]
    press(page, page.get_by_role("checkbox", name=f"Choisir : {FIRST}"), "Space")
    page.get_by_label("Chapitre où les déplacer").select_option(label="Aide sociale")
    press(page, page.get_by_role("button", name="Déplacer"))
    expect(page.get_by_text("1 recommandation déplacée vers « Aide sociale ».")).to_be_visible()
    assert listed(page, "Ordre du chapitre Aide sociale") == [THIRD, FIRST]
    with page.expect_response("**/ordre"):
        press(page, page.get_by_role("button", name="Descendre : Logement"))
    headings = page.locator(".composition-head h3")
    expect(headings.first).to_have_text("Aide sociale")  # the outline follows its plan
    page.reload()
    assert headings.all_inner_texts() == ["Aide sociale", "Logement"]
    with page.expect_response("**/ordre"):
        press(page, page.get_by_role("button", name="Monter : Logement"))
    drag(page)


def drag(page: Page) -> None:
    """Move one by the mouse, too, and back."""
    rows = page.get_by_role("list", name="Ordre du chapitre Aide sociale").locator(".sortable-item")
    for expected in ([FIRST, THIRD], [THIRD, FIRST]):
        with page.expect_response("**/ordre"):
            rows.nth(1).locator(".sortable-handle").drag_to(rows.nth(0).locator(".sortable-handle"))
        assert listed(page, "Ordre du chapitre Aide sociale") == expected


def write_preamble(page: Page, check_axe: Callable[[Page], None]) -> None:
    outline = page.url
    page.get_by_role("link", name="Préambule", exact=True).click()
    page.get_by_label("Texte").press_sequentially("Un réseau **uni**.")
    expect(page.locator("#apercu strong")).to_have_text("uni")
    check_axe(page)
    page.get_by_role("button", name="Enregistrer", exact=True).click()
    expect(page.get_by_text("Le texte est enregistré.")).to_be_visible()
    expect(page.locator("#apercu strong")).to_have_text("uni")
    page.goto(outline)


def build(page: Page) -> Path:
    """Build the PDF, wait for it on the page, and download it."""
    page.get_by_role("button", name="Construire le PDF").click()
    link = page.get_by_role("link", name="Télécharger le brouillon")
    expect(link).to_be_visible(timeout=BUILT)
    with page.expect_download() as download:
        link.click()
    return Path(download.value.path())


def freeze_and_publish(page: Page, check_axe: Callable[[Page], None]) -> None:
    """Freeze the edition, wait for its PDF, publish it by a second gesture."""
    page.get_by_role("link", name="Publication", exact=True).first.click()
    check_axe(page)
    page.get_by_role("link", name="Geler l’édition…").click()
    check_axe(page)
    page.get_by_role("button", name="Geler l’édition").click()
    publish = page.get_by_role("link", name="Publier…")
    expect(publish).to_be_visible(timeout=BUILT)
    expect(page.get_by_text("Empreinte SHA-256")).to_be_visible()
    check_axe(page)
    publish.click()
    check_axe(page)
    page.get_by_role("button", name="Publier le mémorandum").click()
    page.get_by_role("link", name="Page publique").click()
    expect(page.get_by_role("link", name="Télécharger le PDF")).to_be_visible()


def nothing_lies_over_the_search(phone: Page) -> None:
    button = phone.get_by_role("button", name="Chercher").bounding_box()
    assert button
    bottom = int(button["y"] + button["height"])
    phone.set_viewport_size({**PHONE, "height": bottom + 8})
    contents = phone.get_by_role("link", name="Sommaire").bounding_box()
    assert contents
    assert contents["y"] >= bottom - 1
    phone.set_viewport_size(PHONE)


def read_on_a_phone(phone: Page, address: str, check_axe: Callable[[Page], None]) -> None:
    phone.set_viewport_size(PHONE)
    phone.goto("/memorandums")
    check_axe(phone)
    phone.get_by_role("link", name=f"Lire en ligne : {TITLE}").click()
    expect(phone.get_by_role("heading", level=1)).to_have_text(TITLE)
    assert address.split("/edition", maxsplit=1)[0] in phone.url
    nothing_lies_over_the_search(phone)
    phone.get_by_role("searchbox", name="Chercher dans ce mémorandum").fill("CPAS etrangers")
    phone.keyboard.press("Enter")
    phone.get_by_role("link", name=f"2030/3 {FIRST}").click()
    expect(phone.get_by_role("heading", level=3, name=FIRST)).to_be_in_viewport()
    check_axe(phone)
    share_one(phone, check_axe)
    with phone.expect_download() as download:
        phone.get_by_role("link", name="Télécharger le PDF").click()
    assert not any("Projet" in text for text in text_of(Path(download.value.path())))


def share_one(phone: Page, check_axe: Callable[[Page], None]) -> None:
    """Open one demand by itself, see it as another site would show it, and come back."""
    whole = phone.url
    phone.get_by_role("link", name="Qui porte la demande 2030/3, la partager").click()
    expect(phone.get_by_role("heading", level=1)).to_have_text(FIRST)
    expect(phone.get_by_label("Son adresse, qui ne change pas")).to_have_value(phone.url)
    assert phone.evaluate("document.documentElement.scrollWidth <= innerWidth")
    check_axe(phone)
    phone.get_by_role("link", name="Voir ce que cela donne").click()
    expect(phone.get_by_role("heading", level=1)).to_have_text(FIRST)
    assert phone.context.cookies() == []
    check_axe(phone)
    phone.goto(whole)
