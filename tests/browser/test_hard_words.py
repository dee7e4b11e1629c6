"""An edition with words and moments that are hard on a page: nothing runs over, nothing is offered twice."""

from playwright.sync_api import BrowserContext, Page, expect

from tests.browser.test_memorandum import press, sign_in

ENDLESS = "Mémorandum " + "W" * 180
SIZES = ({"width": 1280, "height": 800}, {"width": 320, "height": 740})


def begin(page: Page, title: str) -> str:
    page.goto("/memorandums/nouveau")
    page.get_by_label("Titre", exact=True).fill(title)
    page.get_by_role("button", name="Commencer le mémorandum").click()
    expect(page.get_by_role("heading", level=1)).to_have_text(title)
    return page.url.split("#", maxsplit=1)[0]


def test_no_word_is_wider_than_its_page(context: BrowserContext) -> None:
    page = context.new_page()
    sign_in(page)
    outline = begin(page, ENDLESS)
    page.get_by_role("link", name="Préambule", exact=True).click()
    preamble = page.url
    page.get_by_label("Texte").fill("> " * 30 + "A" * 3000)
    press(page, page.get_by_role("button", name="Enregistrer", exact=True))
    expect(page.get_by_text("Le texte est enregistré.")).to_be_visible()
    for size in SIZES:
        page.set_viewport_size(size)  # type: ignore[arg-type]
        for address in (outline, preamble, f"{outline}/versions", f"{outline}/verifier", "/memorandums"):
            page.goto(address)
            assert page.evaluate("document.documentElement.scrollWidth") <= size["width"], address


def test_who_writes_after_another_is_told_once_and_loses_nothing(
    context: BrowserContext, another_context: BrowserContext
) -> None:
    first, second = context.new_page(), another_context.new_page()
    for page in (first, second):
        sign_in(page)
    outline = begin(first, "Mémorandum écrit à deux")
    first.get_by_role("link", name="Préambule", exact=True).click()
    second.goto(first.url)
    first.get_by_label("Texte").fill("De la première.")
    second.get_by_label("Texte").fill("De la seconde.")
    press(first, first.get_by_role("button", name="Enregistrer", exact=True))
    expect(first.get_by_text("Le texte est enregistré.")).to_be_visible()
    press(second, second.get_by_role("button", name="Enregistrer", exact=True))
    expect(second.get_by_role("alert")).to_contain_text("a changé depuis que vous l’avez ouverte")
    expect(second.get_by_label("Texte")).to_have_value("De la seconde.")
    # The form holds what this device has kept: it isn't offered beside it.
    expect(second.get_by_text("Un texte est resté sur cet appareil")).to_be_hidden()
    # Another one's chapter makes an order out of date: that is said where one looks.
    add = second.get_by_label("Nouveau chapitre")
    for title in ("Logement", "Emploi"):
        second.goto(outline)
        add.fill(title)
        add.press("Enter")
        expect(second.get_by_role("heading", level=3, name=title)).to_be_visible()
    first.goto(outline)
    add.fill("Santé")
    add.press("Enter")
    expect(second.get_by_role("heading", level=3, name="Santé")).to_be_visible()
    with first.expect_response("**/chapitres/ordre") as answer:
        press(first, first.get_by_role("button", name="Descendre : Logement"))
    assert answer.value.status == 409
    expect(first.get_by_text("La liste a changé entre-temps.")).to_be_in_viewport()
