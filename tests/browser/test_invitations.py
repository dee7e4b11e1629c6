"""From a place where nobody is to whom to invite, by a coordinator; what is decided stays."""

import re
from collections.abc import Callable
from urllib.parse import parse_qs, urlsplit

from playwright.sync_api import BrowserContext, Page, expect

from tests.browser.conftest import assert_accessible
from tests.browser.test_pages import fits

COORDINATOR = "Coordination du CAI"
PLATFORM = "Plateforme de lutte contre le racisme de la province de Namur"
REASON = "Siège déjà dans une autre coordination."
PHONE = {"width": 360, "height": 740}
WIDE = {"width": 1280, "height": 800}


def sign_in(page: Page) -> None:
    page.goto("/connexion")
    page.get_by_role("button", name=COORDINATOR).click()
    page.wait_for_url("**/tableau-de-bord*")


def looks_right(page: Page) -> None:
    """Check the open page wide and on a phone."""
    for size in (PHONE, WIDE):
        page.set_viewport_size(size)  # type: ignore[arg-type]
        assert fits(page), page.url
        assert_accessible(page)


def test_from_an_empty_cell_to_whom_to_invite(context: BrowserContext) -> None:
    page = context.new_page()
    sign_in(page)
    page.get_by_role("link", name="Voir lesquelles").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Qui est là, où n’y a-t-il personne ?")
    looks_right(page)

    page.goto("/reseau/couverture?reach=local")
    cell = page.get_by_role("link", name="Personne : Couvin, Lutte contre le racisme")
    cell.focus()
    page.keyboard.press("Enter")
    expect(page.get_by_text("Le registre ne connaît personne ici.")).to_be_visible()
    near = page.get_by_role("table", name=re.compile("Les plus proches"))
    expect(near.get_by_role("row").nth(1)).to_contain_text("km")
    looks_right(page)

    page.get_by_role("link", name="Voir tout ce qui existe").click()
    expect(page.get_by_role("heading", name="Espaces")).to_be_visible()
    looks_right(page)
    page.get_by_role("link", name=f"Qui y inviter ? {PLATFORM}").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Qui inviter ?")
    looks_right(page)

    # Named rather than counted: what is published meanwhile makes ties, so that others may be proposed.
    proposals = page.locator("#propositions .choice-card")
    first = proposals.first.get_by_role("heading").inner_text()
    second = proposals.nth(1).get_by_role("heading").inner_text()
    card = proposals.filter(has=page.get_by_role("heading", name=first, exact=True))
    card.locator("summary").click()
    card.get_by_role("button", name="Écarter").click()
    expect(page.get_by_text("Dites en quelques mots pourquoi vous l’écartez.").first).to_be_visible()
    looks_right(page)
    card.get_by_label("Pourquoi ?").fill(REASON)
    card.get_by_role("button", name="Écarter").click()
    expect(card).to_have_count(0)
    page.get_by_role("button", name=f"Retenir : {second}").click()
    expect(page.locator("#choix")).to_contain_text(second)

    page.goto(page.url)
    expect(page.locator("#choix")).to_contain_text(second)
    expect(page.locator("#propositions")).not_to_contain_text(first)
    looks_right(page)
    page.get_by_role("link", name=re.compile("écartée")).click()
    expect(page.locator("#propositions")).to_contain_text(REASON)
    page.get_by_role("button", name=f"Proposer de nouveau : {first}").click()
    page.get_by_role("button", name=f"Retirer ce choix : {second}").click()
    expect(page.locator("#choix")).to_have_count(0)


def test_the_table_on_a_phone_is_read_line_by_line(context: BrowserContext) -> None:
    page = context.new_page()
    page.set_viewport_size(PHONE)  # type: ignore[arg-type]
    page.goto("/reseau/couverture")
    expect(page.get_by_role("region", name="Tableau de couverture")).to_be_hidden()
    page.get_by_role("link", name="Dinant", exact=True).click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Qui est là : Dinant")
    assert fits(page)
    page.get_by_role("link", name="Les plus proches pour Logement", exact=True).click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Qui est là : Dinant, Logement")


def test_the_first_row_and_column_stay_while_the_table_moves(context: BrowserContext) -> None:
    page = context.new_page()
    page.goto("/reseau/couverture")
    region = page.get_by_role("region", name="Tableau de couverture")
    region.focus()
    region.evaluate("area => area.scrollTo(600, 600)")
    box = region.bounding_box()
    corner = page.locator(".coverage-table thead th").first.bounding_box()
    assert box
    assert corner
    assert abs(corner["x"] - box["x"]) < 3
    assert abs(corner["y"] - box["y"]) < 3


def test_other_pages_of_invitations(context: BrowserContext, check_axe: Callable[[Page], None]) -> None:
    page = context.new_page()
    sign_in(page)
    page.goto("/journees")
    page.get_by_role("link", name=re.compile("plénière du PPLI 20")).first.click()
    page.get_by_role("link", name="Qui inviter ?").click()
    looks_right(page)
    page.goto("/recommandations")
    page.locator("main table tbody th a").first.click()
    page.get_by_role("link", name="Qui est concerné et ne s’est pas exprimé ?").click()
    looks_right(page)
    page.goto("/appels")
    page.locator("main table tbody th a, main .card-link-title a").first.click()
    page.get_by_role("link", name="Qui inviter ?").click()
    looks_right(page)
    page.goto("/reseau/liens-possibles")
    looks_right(page)
    page.get_by_role("button", name=re.compile("^Proposer un lien")).first.click()
    expect(page.get_by_role("heading", name="Liens proposés")).to_be_visible()
    page.get_by_role("link", name=re.compile("^Noter le lien")).first.click()
    chosen = page.locator("select#other").evaluate("select => select.value")
    assert chosen
    page.goto("/reseau/liens-possibles")
    page.get_by_role("button", name=re.compile("^Retirer ce choix")).first.click()
    check_axe(page)


def test_a_form_takes_along_what_was_chosen(context: BrowserContext) -> None:
    page = context.new_page()
    sign_in(page)
    page.goto("/espaces/nouveau?kind=platform")
    link = page.get_by_role("link", name="Voir d’abord ce qui existe déjà")
    page.locator("select#territory_id").evaluate(
        "select => { select.value = [...select.options].find(one => one.text === 'Dinant').value; }"
    )
    link.focus()
    asked = parse_qs(urlsplit(link.get_attribute("href") or "").query)
    assert list(asked) == ["territory_id"]
    with context.expect_page() as opened:
        link.click()
    other = opened.value
    expect(other.get_by_role("heading", name="Acteurs", exact=True)).to_be_visible()
    expect(other.locator("main")).to_contain_text("Dinant")
