"""The record in the browser: a drop-in from its form to a phone, every form looked at, refused ones too."""

import re

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from tests.browser.conftest import assert_accessible
from tests.browser.test_pages import fits, inspect, sign_in

ADMINISTRATOR = "Administration du CAI"
MEMBER = "Représentant·e d’une association"
EMPTY = (
    "form => form.querySelectorAll('input, textarea').forEach(e => { if (e.type !== 'hidden') e.value = '' })"
)
# Pages of the record that answer a form; what they say when it is sent empty.
FORMS = [
    ("/acteurs/gabs/antennes/ajouter", "Donnez un nom."),
    ("/acteurs/gabs/permanences/ajouter", "Dites sur quoi porte la permanence."),
    ("/acteurs/gabs/missions/ajouter", "Dites quelle est la mission."),
    ("/acteurs/gabs/equipe/ajouter", "Donnez la fonction."),
    ("/acteurs/gabs/chiffres/ajouter", "Dites ce que compte ce chiffre."),
    ("/projets/ajouter", "Donnez un nom."),
    ("/projets/relance/roles/ajouter", "Choisissez une organisation."),
    ("/projets/relance/chiffres/ajouter", "Dites ce que compte ce chiffre."),
    ("/appels-a-projets/ajouter", "Donnez l’intitulé."),
    ("/territoires/62063/labels/ajouter", "Donnez le label."),
]


def open_menu(page: Page, name: str) -> None:
    page.get_by_role("listitem").filter(has_text=name).locator("summary").first.click()


def test_a_representative_notes_a_drop_in_and_readers_find_it_on_a_phone(
    context: BrowserContext, another_context: BrowserContext
) -> None:
    page = context.new_page()
    sign_in(page, MEMBER)
    page.goto("/acteurs/gabs")
    page.get_by_role("region", name="Compléter la fiche").locator("summary").click()
    page.get_by_role("link", name="Une permanence").click()
    page.get_by_label("Sujet").fill("Essai : aide aux démarches")
    first = page.get_by_role("group", name="Moment 1")
    first.get_by_label("Jour").select_option("vendredi")
    first.get_by_label("De", exact=True).fill("13:00")
    first.get_by_label("À", exact=True).fill("09:00")
    page.get_by_role("button", name="Ajouter une permanence").click()
    expect(page.get_by_role("alert")).to_contain_text("La fin vient avant le début.")
    expect(page.get_by_label("Sujet")).to_have_value("Essai : aide aux démarches")
    assert_accessible(page)
    page.get_by_role("group", name="Moment 1").get_by_label("À", exact=True).fill("16:00")
    page.get_by_role("button", name="Ajouter une permanence").click()
    expect(page.get_by_text("La permanence est sur la fiche.")).to_be_visible()
    reader = another_context.new_page()
    reader.set_viewport_size({"width": 360, "height": 740})
    reader.goto("/permanences?day=4")
    row = reader.get_by_role("row").filter(has_text="Essai : aide aux démarches")
    expect(row).to_contain_text(re.compile(r"le vendredi, de 13\sh à 16\sh"))
    assert fits(reader)
    reader.emulate_media(media="print")  # what is not for paper stays off it
    expect(reader.get_by_role("search")).to_be_hidden()
    expect(row).to_be_visible()
    open_menu(page, "Essai : aide aux démarches")
    page.get_by_role("link", name="C’est faux").click()
    page.get_by_label("Pourquoi est-ce faux").fill("Essai")
    page.get_by_role("button", name="Retirer").click()
    expect(page.get_by_text("1 fait retiré parce que faux")).to_be_visible()


@pytest.mark.parametrize(("address", "words"), FORMS)
def test_each_form_is_accessible_and_refuses_in_words(
    context: BrowserContext, address: str, words: str
) -> None:
    page = context.new_page()
    sign_in(page, ADMINISTRATOR)
    page.goto(address)
    inspect(page)
    page.goto(address)
    page.locator("main form.form").evaluate(EMPTY)
    page.locator("main form.form [type=submit]").first.click()
    expect(page.get_by_role("alert")).to_contain_text(words)
    for width in (320, 1280):
        page.set_viewport_size({"width": width, "height": 800})
        assert fits(page)
        assert_accessible(page)


def test_pages_that_no_link_of_a_first_row_opens(context: BrowserContext) -> None:
    """Ending and withdrawing, for each owner: the walk opens each route once, for one of them."""
    page = context.new_page()
    sign_in(page, ADMINISTRATOR)
    for address, menu in (
        ("/acteurs/cai", "Plan local d’intégration"),
        ("/territoires/62063", "Ville hospitalière"),
    ):
        for gesture in ("C’est terminé", "C’est faux"):
            page.goto(address)
            open_menu(page, menu)
            page.get_by_role("link", name=gesture).locator("visible=true").click()
            inspect(page)
    page.goto("/projets/disie")
    page.get_by_role("row").filter(has_text="Fonds social européen").locator("summary").click()
    page.get_by_role("link", name="C’est terminé").locator("visible=true").click()
    inspect(page)
