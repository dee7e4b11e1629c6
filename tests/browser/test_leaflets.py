"""Leaflets: found and downloaded on a phone; composed by keyboard and printed; questions to candidates."""

import zipfile
from pathlib import Path

from playwright.sync_api import BrowserContext, Page, expect
from pypdf import PdfReader

from tests.browser.conftest import assert_accessible

PHONE = {"width": 360, "height": 740}
COORDINATOR = "Coordination du CAI"
MEMORANDUM = "/memorandums/memorandum-du-reseau-namurois"
EDITION = f"{MEMORANDUM}/edition-1"
DRAFT = "/memorandums/memorandum-2029-ce-que-les-communes-ne-peuvent-pas-decider/edition-1"
# Lines where how many demands there are and the link to their PDF lie on each other.
OVERLAPPING = """() => [...document.querySelectorAll('.leaflet-line')].filter((line) => {
  const [count, file] = ['.leaflet-count', '.leaflet-file'].map((one) => line.querySelector(one));
  const right = (one) => { const range = document.createRange(); range.selectNodeContents(one);
    return range.getBoundingClientRect().right; };
  return file && right(count) > file.getBoundingClientRect().left;
}).map((line) => line.innerText)"""
BUILT = 120_000  # milliseconds: a first PDF on a busy machine


def sign_in(page: Page) -> None:
    page.goto("/connexion")
    page.get_by_role("button", name=COORDINATOR).click()
    page.wait_for_url("**/tableau-de-bord*")


def open_when_public(page: Page, address: str) -> None:
    """Open a page of the published memorandum; at first the demonstration's worker is still building it."""
    for _ in range(60):
        answer = page.goto(address)
        if answer is not None and answer.ok:
            return
        page.wait_for_timeout(1000)
    raise AssertionError(f"{address} is not public")


def test_a_leaflet_is_found_and_downloaded_on_a_phone(context: BrowserContext, tmp_path: Path) -> None:
    page = context.new_page()
    page.set_viewport_size(PHONE)
    open_when_public(page, EDITION)
    page.get_by_role("link", name="Ma commune, mon niveau, mon thème").click()
    page.get_by_label("Commune", exact=True).first.evaluate(
        "field => { const one = document.querySelector('select#commune'); one.value ="
        " [...one.options].find((row) => row.text === 'Dinant').value; one.tomselect?.sync(); }"
    )
    page.get_by_role("button", name="Voir ses demandes").click()
    found = page.locator(".leaflet-found")
    expect(found).to_contain_text("Dinant")
    assert_accessible(page)
    found.locator(".leaflet-name").first.click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Ce que nous demandons")
    titles = page.locator(".memo-title").all_inner_texts()
    assert titles
    assert_accessible(page)
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
    ready = page.get_by_role("link", name="Télécharger le PDF")
    prepare = page.get_by_role("button", name="Préparer le PDF")
    if prepare.count():  # else it is there, or being built since the memorandum was published
        prepare.click()
    expect(ready).to_be_visible(timeout=BUILT)
    with page.expect_download() as waiting:
        ready.click()
    target = tmp_path / "feuillet.pdf"
    waiting.value.save_as(target)
    text = " ".join(" ".join(one.extract_text().split()) for one in PdfReader(target).pages)
    for title in titles:
        assert " ".join(title.split()).split(" ", 1)[1][:30] in text
    for kind in ("ODT", "EPUB"):
        with page.expect_download() as waiting:
            page.get_by_role("link", name=kind, exact=True).click()
        package = tmp_path / kind
        waiting.value.save_as(package)
        with zipfile.ZipFile(package) as archive:
            assert archive.testzip() is None
    page.goto(f"{EDITION}/feuillets")
    expect(page.locator(".leaflet-file").first).to_be_visible()
    assert page.evaluate(OVERLAPPING) == []


def test_a_table_is_composed_by_keyboard_and_its_set_printed(context: BrowserContext, tmp_path: Path) -> None:
    page = context.new_page()
    sign_in(page)
    page.goto(f"{DRAFT}/feuillets/gestion")
    page.get_by_role("link", name="Composer un feuillet").focus()
    page.keyboard.press("Enter")
    page.get_by_label("Une table d’une plénière").check()
    page.get_by_label("Titre du feuillet").fill("Table d’essai")
    assert_accessible(page)
    page.get_by_role("button", name="Choisir ses demandes").click()
    assert_accessible(page)
    boxes = page.locator(".pick input")
    for place in (0, 1):
        boxes.nth(place).focus()
        page.keyboard.press("Space")
    page.get_by_role("button", name="Ajouter 2 demandes au feuillet").click()
    order = page.locator(".sortable-list .sortable-text a")
    before = order.all_inner_texts()
    page.locator("[data-move=down]").first.focus()
    page.keyboard.press("Enter")
    expect(page.locator("[data-sortable-status]")).to_have_text("Nouvel ordre enregistré.")
    page.reload()
    assert order.all_inner_texts() == before[::-1]
    for name in ("Titre et introduction", "Supprimer ce feuillet…"):
        composed = page.url
        page.get_by_role("link", name=name).click()
        assert_accessible(page)
        page.goto(composed)
    page.goto(f"{DRAFT}/feuillets/gestion")
    page.get_by_role("button", name="Construire les PDF des tables").click()
    ready = page.get_by_role("link", name="Télécharger le jeu à imprimer")
    expect(ready).to_be_visible(timeout=BUILT)
    assert_accessible(page)
    with page.expect_download() as waiting:
        ready.click()
    target = tmp_path / "tables.zip"
    waiting.value.save_as(target)
    with zipfile.ZipFile(target) as archive:
        assert archive.namelist() == ["01-table-d-essai.pdf"]
        archive.extractall(tmp_path)
    text = " ".join(one.extract_text() for one in PdfReader(tmp_path / "01-table-d-essai.pdf").pages)
    words = " ".join(text.split())
    assert words.rindex(before[1][:25]) < words.rindex(before[0][:25])


def test_questions_to_candidates_are_counted_and_never_lost(context: BrowserContext) -> None:
    page = context.new_page()
    sign_in(page)
    page.goto(f"{DRAFT}/questions")
    field = page.get_by_label("La question").first
    field.fill("x" * 301)
    expect(page.locator(".signs").first).to_have_text("1 signe de trop.")
    page.get_by_role("button", name="Enregistrer les questions").click()
    expect(page.get_by_text("Question 1 : 301 signes, 300 au plus.")).to_be_visible()
    assert_accessible(page)
    assert field.input_value() == "x" * 301
    field.fill("Votre parti soutiendra-t-il cette demande ?")
    page.get_by_label("Sur quelle demande").first.select_option(index=1)
    page.get_by_role("button", name="Ajouter une question").click()
    expect(page.get_by_label("La question")).to_have_count(2)
    page.get_by_label("La question").nth(1).fill("Et d’ici quand ?")
    page.get_by_role("button", name="Enregistrer les questions").click()
    expect(page.get_by_text("2 questions écrites, sur huit au plus.")).to_be_visible()
    page.goto(f"{DRAFT}/feuillets/questions")
    expect(page.locator("main")).to_contain_text("Et d’ici quand ?")
