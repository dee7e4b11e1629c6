"""An edition composed without a mouse: put in order, written beside its preview, commented, undone."""

from collections.abc import Callable
from pathlib import Path

from PIL import Image
from playwright.sync_api import BrowserContext, Page, expect

from tests.browser.test_memorandum import PHONE, add_chapter, listed, press, sign_in

TITLE = "Mémorandum d’essai à plusieurs"
NARROW = {"width": 320, "height": 740}


def begin(page: Page) -> str:
    page.goto("/memorandums")
    page.get_by_role("link", name="Nouveau mémorandum").click()
    page.get_by_label("Titre", exact=True).fill(TITLE)
    page.get_by_role("button", name="Commencer le mémorandum").click()
    expect(page.get_by_role("heading", level=1)).to_have_text(TITLE)
    return page.url.split("#", maxsplit=1)[0]


def test_an_edition_is_composed_by_keyboard_and_every_change_can_be_undone(
    context: BrowserContext, check_axe: Callable[[Page], None]
) -> None:
    page = context.new_page()
    sign_in(page)
    outline = begin(page)
    add_chapter(page, "Logement")
    add_chapter(page, "Aide sociale")
    fill(page)
    order_parts(page)
    mark(page, outline)
    check_axe(page)
    write(page, outline, check_axe)
    comment(page, outline, check_axe)
    undo(page, outline)
    page.goto(f"{outline}/verifier")
    expect(page.get_by_text("Regarder les pages imprimées")).to_have_count(0)
    check_axe(page)
    page.goto(f"{outline}/versions")
    check_axe(page)
    for size in (NARROW, PHONE):
        page.set_viewport_size(size)
        for more in ("", "/versions", "/verifier", "/commentaires"):
            page.goto(outline + more)
            assert page.evaluate("document.documentElement.scrollWidth") <= size["width"], more
            check_axe(page)


def fill(page: Page) -> None:
    """Add at once all that a filter finds."""
    press(page, page.get_by_role("link", name="Ajouter des recommandations au chapitre Logement"))
    page.wait_for_url("**/ajouter")
    page.goto(f"{page.url}?level=commune")
    button = page.get_by_role("button", name="trouvées")
    count = int("".join(sign for sign in button.inner_text() if sign.isdigit()))
    press(page, button)
    expect(page.get_by_text("recommandations ajoutées au chapitre")).to_be_visible()
    assert len(listed(page, "Ordre du chapitre Logement")) == count > 1


def order_parts(page: Page) -> None:
    parts = page.get_by_role("list", name="Ordre des parties")
    with page.expect_response("**/parties/ordre"):
        press(page, page.get_by_role("button", name="Monter : Préambule"))
    expect(parts.locator(".sortable-text a").first).to_have_text("Préambule")
    press(page, page.get_by_role("button", name="Laisser de côté : Index"))
    expect(page.get_by_role("button", name="Reprendre : Index")).to_be_visible()


def mark(page: Page, outline: str) -> None:
    first = listed(page, "Ordre du chapitre Logement")[0]
    press(page, page.get_by_role("checkbox", name=f"Choisir : {first}"), "Space")
    press(page, page.get_by_role("button", name="Mettre en priorité"))
    expect(page.get_by_text("Priorité 1")).to_be_visible()
    page.get_by_role("link", name="Priorités", exact=True).click()
    assert page.get_by_role("list", name="Rang des priorités").locator(".sortable-item").count() == 1
    page.goto(outline)


def write(page: Page, outline: str, check_axe: Callable[[Page], None]) -> None:
    """Write a part beside its preview; what is typed and not stored is offered again."""
    page.get_by_role("link", name="Qui a été consulté, et comment", exact=True).click()
    address = page.url
    page.get_by_label("Texte").press_sequentially("Douze **tables**.")
    expect(page.locator("#apercu strong")).to_have_text("tables")
    page.wait_for_function(
        "() => Object.keys(localStorage).some((name) => name.startsWith('maillage.texte.edition-'))"
    )
    page.goto(address)
    expect(page.get_by_text("Un texte est resté sur cet appareil")).to_be_visible()
    check_axe(page)
    press(page, page.get_by_role("button", name="Le remettre dans le formulaire"))
    expect(page.get_by_label("Texte")).to_have_value("Douze **tables**.")
    press(page, page.get_by_role("button", name="Enregistrer", exact=True))
    expect(page.get_by_text("Le texte est enregistré.")).to_be_visible()
    page.goto(address)
    expect(page.get_by_text("Un texte est resté sur cet appareil")).to_be_hidden()
    page.goto(outline)


def comment(page: Page, outline: str, check_axe: Callable[[Page], None]) -> None:
    first = listed(page, "Ordre du chapitre Logement")[0]
    page.get_by_role("link", name=f"Commenter : {first}").click()
    page.get_by_label("Votre commentaire").fill("Chiffre à vérifier.")
    press(page, page.get_by_role("button", name="Commenter"))
    expect(page.get_by_text("Chiffre à vérifier.")).to_be_visible()
    check_axe(page)
    page.goto(outline)
    expect(page.get_by_role("link", name=f"1 commentaire : {first}")).to_be_visible()
    page.goto(f"{outline}/commentaires")
    press(page, page.get_by_role("button", name="Réglé : le commentaire de"))
    expect(page.get_by_text("Commentaire réglé.")).to_be_visible()
    page.goto(outline)
    expect(page.get_by_role("link", name=f"Commenter : {first}")).to_be_visible()


def undo(page: Page, outline: str) -> None:
    """Take a chapter out and back, and out again."""
    titles = page.locator(".composition-head h3")
    add_chapter(page, "De trop")
    before = titles.all_inner_texts()
    press(page, page.get_by_role("button", name="Annuler : chapitre ajouté"))
    expect(page.get_by_text("Le dernier changement est annulé.")).to_be_visible()
    assert titles.all_inner_texts() == before[:-1]
    press(page, page.get_by_role("button", name="Rétablir : chapitre ajouté"))
    expect(page.get_by_text("Le changement est rétabli.")).to_be_visible()
    assert titles.all_inner_texts() == before
    page.goto(f"{outline}/versions")
    expect(page.locator("ins").last).to_contain_text("De trop")
    page.goto(outline)


def test_an_order_is_undone_on_the_page_that_it_was_made_on(context: BrowserContext) -> None:
    page = context.new_page()
    sign_in(page)
    begin(page)
    add_chapter(page, "Logement")
    add_chapter(page, "Aide sociale")
    undone = page.locator("#pas form", has=page.get_by_role("button", name="Annuler")).locator("[name=head]")
    for name in ("Monter : Aide sociale", "Descendre : Aide sociale", "Monter : Aide sociale"):
        before = undone.input_value()
        press(page, page.get_by_role("button", name=name))
        expect(undone).not_to_have_value(before)
        expect(page.get_by_role("button", name="Annuler : ordre modifié")).to_be_visible()
    expect(page.get_by_role("button", name="Descendre : Aide sociale")).to_be_focused()
    assert listed(page, "Ordre des chapitres") == ["Aide sociale", "Logement"]
    press(page, page.get_by_role("button", name="Annuler : ordre modifié"))
    expect(page.get_by_text("Le dernier changement est annulé.")).to_be_visible()
    assert listed(page, "Ordre des chapitres") == ["Logement", "Aide sociale"]
    add_chapter(page, "Sans-espace" * 15)
    for size in ({"width": 1280, "height": 800}, PHONE):
        page.set_viewport_size(size)
        page.reload()
        assert page.evaluate("document.documentElement.scrollWidth") <= size["width"]


def test_a_text_that_came_back_beside_another_is_not_offered_once_more(context: BrowserContext) -> None:
    page, other = context.new_page(), context.new_page()
    sign_in(page)
    begin(page)
    page.get_by_role("link", name="Préambule", exact=True).click()
    page.get_by_label("Texte").fill("Le mien.\n")
    other.goto(page.url)
    other.get_by_label("Texte").fill("Celui de l’autre.")
    press(other, other.get_by_role("button", name="Enregistrer", exact=True))
    expect(other.get_by_text("Le texte est enregistré.")).to_be_visible()
    other.close()
    press(page, page.get_by_role("button", name="Enregistrer", exact=True))
    expect(page.get_by_text("Cette partie a changé depuis que vous l’avez ouverte.")).to_be_visible()
    expect(page.get_by_label("Texte")).to_have_value("Le mien.")
    expect(page.get_by_text("Un texte est resté sur cet appareil")).to_be_hidden()


def test_a_demand_is_dragged_to_another_chapter(context: BrowserContext) -> None:
    page = context.new_page()
    sign_in(page)
    page.goto("/memorandums")
    page.get_by_role("link", name="Mémorandum 2029").first.click()
    page.get_by_role("link", name="Composer l’édition").click()
    source, target = "Ordre du chapitre Séjour et droits", "Ordre du chapitre Vie de famille et enfance"
    moved, before = listed(page, source)[0], listed(page, target)
    handle = page.get_by_role("list", name=source).locator(".sortable-handle").first
    place = page.get_by_role("list", name=target).locator(".sortable-handle").first
    with page.expect_response("**/ordre") as answer:
        handle.drag_to(place)
    assert answer.value.status == 204
    page.reload()
    assert moved not in listed(page, source)
    assert sorted(listed(page, target)) == sorted([moved, *before])


def test_what_surrounds_the_text_is_added(
    context: BrowserContext, check_axe: Callable[[Page], None], tmp_path: Path
) -> None:
    image = tmp_path / "table.png"
    Image.new("RGB", (300, 200), "teal").save(image)
    page = context.new_page()
    sign_in(page)
    outline = begin(page)
    page.get_by_role("link", name="Glossaire", exact=True).click()
    page.get_by_role("link", name="Ajouter un mot").click()
    check_axe(page)
    page.get_by_label("Mot", exact=True).fill("CPAS")
    page.get_by_label("Ce qu’il veut dire").fill("Centre public d’action sociale.")
    press(page, page.get_by_role("button", name="Enregistrer"))
    expect(page.get_by_role("link", name="CPAS")).to_be_visible()
    check_axe(page)
    page.goto(outline)
    page.get_by_role("link", name="Avec le soutien de", exact=True).click()
    page.get_by_role("link", name="Ajouter un soutien").click()
    check_axe(page)
    page.get_by_label("Qui soutient").fill("Soutien d’essai")
    page.get_by_label("Logo").set_input_files(image)
    press(page, page.get_by_role("button", name="Enregistrer"))
    expect(page.get_by_text("avec logo")).to_be_visible()
    check_axe(page)
    page.goto(outline)
    page.get_by_role("link", name="Préambule", exact=True).click()
    page.get_by_role("link", name="Ajouter une figure").click()
    check_axe(page)
    page.get_by_label("Image (facultatif)").set_input_files(image)
    page.get_by_label("Légende").fill("Une table d’essai")
    press(page, page.get_by_role("button", name="Enregistrer"))
    page.get_by_role("link", name="Une table d’essai").click()
    expect(page.get_by_role("img", name="Image sans texte de remplacement")).to_be_visible()
    check_axe(page)
    page.goto(outline)
    page.get_by_role("link", name="Signataires", exact=True).click()
    page.get_by_role("combobox", name="Organisations qui signent").fill("a")
    page.keyboard.press("Enter")
    press(page, page.get_by_role("button", name="Ajouter", exact=True))
    page.get_by_role("link", name="Logo de").click()
    check_axe(page)
    page.get_by_label("Logo").set_input_files(image)
    press(page, page.get_by_role("button", name="Enregistrer"))
    expect(page.get_by_text("Le logo sera imprimé.")).to_be_visible()
    check_axe(page)


def test_words_are_taken_over_supports_and_figures_put_in_order_errata_taken_up(
    context: BrowserContext, check_axe: Callable[[Page], None]
) -> None:
    page = context.new_page()
    sign_in(page)
    page.goto("/memorandums")
    page.get_by_role("link", name="Mémorandum 2029").first.click()
    page.get_by_role("link", name="Composer l’édition").click()
    outline = page.url.split("#", maxsplit=1)[0]
    take_words(page, check_axe)
    page.goto(outline)
    page.get_by_role("link", name="Avec le soutien de", exact=True).click()
    reorder(page, "Ordre des soutiens", check_axe)
    page.goto(outline)
    page.locator("summary[aria-label$='chapitre Séjour et droits']").click()
    page.get_by_role("link", name="Renommer, introduire, commenter").locator("visible=true").click()
    reorder(page, "Ordre des figures", check_axe)
    page.goto(outline)
    take_up_errata(page, outline, check_axe)


def take_words(page: Page, check_axe: Callable[[Page], None]) -> None:
    page.get_by_role("link", name="Glossaire", exact=True).click()
    check_axe(page)
    word = "Primo-arrivant·e"  # of the usual list: what an edition explained is offered once it is public
    # It may be folded away: that depends on how many others are offered.
    add = page.get_by_role("button", name=f"Ajouter «\u00a0{word}\u00a0» au glossaire", include_hidden=True)
    others = page.locator("details.fold", has=page.get_by_text(word))
    if others.get_attribute("open") is None:
        press(page, others.locator("summary"))
    press(page, add)
    expect(page.get_by_text("1 mot de plus au glossaire.")).to_be_visible()
    expect(page.get_by_role("link", name=word, exact=True)).to_be_visible()
    expect(add).to_have_count(0)
    look_narrow(page, check_axe)
    press(page, page.get_by_role("button", name=f"Retirer «\u00a0{word}\u00a0»"))
    expect(add).to_have_count(1)


def look_narrow(page: Page, check_axe: Callable[[Page], None]) -> None:
    page.set_viewport_size(NARROW)
    page.reload()
    assert page.evaluate("document.documentElement.scrollWidth") <= NARROW["width"]
    check_axe(page)
    page.set_viewport_size({"width": 1280, "height": 900})
    page.reload()


def reorder(page: Page, name: str, check_axe: Callable[[Page], None]) -> None:
    """Bring the last line up by its button and the keyboard, then back by dragging; both are stored."""
    before = listed(page, name)
    assert len(before) == 2
    with page.expect_response("**/ordre*") as answer:
        press(page, page.get_by_role("button", name=f"Monter : {before[1]}"))
    assert answer.value.status == 204
    page.reload()
    assert listed(page, name) == before[::-1]
    check_axe(page)
    lines = page.get_by_role("list", name=name).locator(".sortable-handle")
    with page.expect_response("**/ordre*"):
        lines.last.drag_to(lines.first)
    page.reload()
    assert listed(page, name) == before
    look_narrow(page, check_axe)


def take_up_errata(page: Page, outline: str, check_axe: Callable[[Page], None]) -> None:
    page.get_by_role("link", name="1 erratum à reprendre").click()
    section = page.get_by_role("region", name="Errata à reprendre")
    expect(section).to_contain_text("Il en reste un.")
    press(page, section.get_by_role("button", name="Repris dans cette édition"))
    expect(section).to_contain_text("Tous sont repris.")
    expect(section).to_contain_text("Repris dans cette édition par")
    check_axe(page)
    page.goto(f"{outline}/verifier")
    expect(page.get_by_text("pas encore repris")).to_have_count(0)
    page.goto(f"{outline}/publication")
    press(page, section.get_by_role("button", name="Ce n’est pas repris"))
    expect(section).to_contain_text("Il en reste un.")
    page.goto(f"{outline}/verifier")
    page.get_by_role("link", name="pas encore repris").click()
    expect(section).to_be_visible()
