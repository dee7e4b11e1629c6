"""What no link leads to: refused forms, pages under way, error pages, and pages behind a mailed link.

Each is looked at like the pages of the walk (test_pages): axe and the width, at 1280 and
320 px, in light and dark.
"""

import re
from http import HTTPStatus

import pytest
from playwright.sync_api import BrowserContext, Page, Response, expect

from tests.browser.conftest import Server, assert_accessible
from tests.browser.days import PLENARY
from tests.browser.test_pages import SCREENS, fits, sign_in

ADMINISTRATOR = "Administration du CAI"
MEMBER = "Représentant·e d’une association"
MEMBER_ADDRESS = "representation@example.org"
DAY = f"/journees/{PLENARY}"
ACTORS = "Nom;Commune\nMaison d’essai des Trois Chemins;Namur\nAtelier d’essai du Pont;Dinant\n"

# An address, and the words of the button that sends its form; every field is emptied before.
REFUSED = [
    ("/acteurs/ajouter", "Ajouter"),
    ("/acteurs/importer", "Lire le fichier"),
    ("/espaces/nouveau?kind=platform", "Créer"),
    ("/journees/nouvelle", ""),
    ("/appels/nouveau", ""),
    ("/recommandations/nouvelle", "Enregistrer"),
    ("/memorandums/nouveau", ""),
    ("/reglages/reseau", "Enregistrer"),
    ("/reglages/comptes/inviter", "Envoyer"),
    ("/reglages/elections/nouvelle", ""),
    (f"{DAY}/inscription", "Réserver"),
    (f"{DAY}/inscriptions/ajouter", ""),
]
EMPTY_FIELDS = (
    "form => form.querySelectorAll('input, textarea').forEach(e => { if (e.type !== 'hidden') e.value = '' })"
)
ACTION = (
    "button => button.hasAttribute('formaction') ? button.formAction"
    " : new URL(button.form.getAttribute('action') || '', location.href).href"
)


def look(page: Page) -> None:
    """Inspect the page as it stands: it may be the answer to a form, which can't be loaded anew."""
    for width, _scheme in SCREENS[::-1]:
        page.set_viewport_size({"width": width, "height": 800})
        assert fits(page), f"{page.url} is wider than {width} px"
        assert_accessible(page)


def send(page: Page, button: str) -> Response:
    """Send the form that holds the button (with no words: the first button of the page's own form)."""
    main = page.get_by_role("main")
    found = main.get_by_role("button", name=re.compile(button)) if button else main.locator("[type=submit]")
    action = found.first.evaluate(ACTION)
    # The page may ask something of its own meanwhile, such as who asks the same already.
    with page.expect_response(lambda answer: (answer.request.method, answer.url) == ("POST", action)) as sent:
        found.first.click()
    page.wait_for_load_state()
    return sent.value


def mailed_path(page: Page, address: str, word: str) -> str:
    """Return the path of the last link of that kind that was mailed to the address."""
    page.goto(f"/reglages/mails?q={address}")
    page.get_by_role("main").get_by_role("table").get_by_role("link").first.click()
    found = re.search(rf"https?://[^\s/]+(/{word}/[\w-]{{43}})", page.get_by_role("main").inner_text())
    assert found
    return found[1]


@pytest.mark.parametrize(("address", "button"), REFUSED)
def test_a_refused_form_says_so_to_everybody(context: BrowserContext, address: str, button: str) -> None:
    page = context.new_page()
    sign_in(page, ADMINISTRATOR)
    page.goto(address)
    form = page.get_by_role("main").locator("form[method=post]").first
    form.evaluate(EMPTY_FIELDS)
    form.evaluate("form => { form.noValidate = true }")
    assert send(page, button).status == HTTPStatus.UNPROCESSABLE_ENTITY
    expect(page.get_by_role("alert").first).to_be_visible()
    look(page)


def test_an_import_from_the_file_to_its_undoing(context: BrowserContext) -> None:
    page = context.new_page()
    sign_in(page, ADMINISTRATOR)
    page.goto("/acteurs/importer")
    page.locator("input[type=file]").set_input_files(
        {"name": "essai.csv", "mimeType": "text/csv", "buffer": ACTORS.encode()}
    )
    page.get_by_role("button", name="Lire le fichier").click()
    expect(page.get_by_role("heading", name="Que contiennent les colonnes")).to_be_visible()
    look(page)
    page.locator("#default_kind").evaluate("list => { list.selectedIndex = list.options.length - 1 }")
    page.get_by_role("button", name="Vérifier les lignes").click()
    # The bar asks by itself; what it leads to is the list of lines.
    confirm = page.get_by_role("button", name="Enregistrer dans le registre")
    expect(confirm).to_be_visible(timeout=30_000)
    look(page)
    confirm.click()
    undo = page.get_by_role("link", name="Annuler cet import")
    expect(undo).to_be_visible(timeout=30_000)
    look(page)
    undo.click()
    look(page)
    send(page, "Annuler")
    expect(page.get_by_text("L’import est annulé")).to_be_visible()
    look(page)


def test_error_pages_lead_on(context: BrowserContext) -> None:
    page = context.new_page()
    sign_in(page, MEMBER)
    for address, status in (
        ("/nulle-part", HTTPStatus.NOT_FOUND),
        ("/recommandations", HTTPStatus.FORBIDDEN),
        (f"/inscription/{'x' * 43}", HTTPStatus.NOT_FOUND),
    ):
        answer = page.goto(address)
        assert answer is not None
        assert answer.status == status
        expect(page.get_by_role("main").get_by_role("link").first).to_be_visible()
        look(page)


def test_a_sign_in_link_from_the_demand_to_the_button(
    context: BrowserContext, another_context: BrowserContext
) -> None:
    page = another_context.new_page()
    page.goto("/connexion")
    page.locator("#email").first.fill(MEMBER_ADDRESS)
    page.get_by_role("button", name="Recevoir un lien").click()
    expect(page.get_by_role("heading", name="Regardez votre boîte mail")).to_be_visible()
    look(page)
    desk = context.new_page()
    sign_in(desk, ADMINISTRATOR)
    page.goto(mailed_path(desk, MEMBER_ADDRESS, "connexion"))
    expect(page.get_by_role("button", name="Me connecter")).to_be_visible()
    look(page)


def test_an_invitation_from_the_form_to_the_welcome(
    context: BrowserContext, another_context: BrowserContext
) -> None:
    desk = context.new_page()
    sign_in(desk, ADMINISTRATOR)
    desk.goto("/reglages/comptes/inviter")
    desk.get_by_label("Nom").fill("Permanence d’essai")
    desk.get_by_label("Adresse mail").fill("permanence@example.org")
    desk.get_by_role("main").get_by_role("radio").first.check()
    assert send(desk, "Envoyer l’invitation").status == HTTPStatus.SEE_OTHER
    page = another_context.new_page()
    page.goto(mailed_path(desk, "permanence@example.org", "invitation"))
    expect(page.get_by_role("button", name="Ouvrir mon compte")).to_be_visible()
    look(page)


def test_pages_of_a_day_and_the_end_of_a_mandate(context: BrowserContext, server: Server) -> None:
    page = context.new_page()
    sign_in(page, ADMINISTRATOR)
    page.goto("/acteurs/gabs/representants")
    page.get_by_role("link", name=re.compile("Mettre fin au mandat")).first.click()
    expect(page).to_have_url(re.compile(re.escape(server.url) + r"/acteurs/gabs/representants/\d+/fin"))
    look(page)
    page.goto(f"{DAY}/mail-envoye")
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    look(page)
