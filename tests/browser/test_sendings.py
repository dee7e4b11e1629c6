"""Sending a memorandum, from a table of recipients to a refusal, in a real browser."""

import re
from collections.abc import Callable
from http import HTTPStatus
from pathlib import Path

from playwright.sync_api import BrowserContext, Page, expect

from tests.browser.test_contribution import sign_in

MEMORANDUM = "/memorandums/memorandum-2018-pour-les-elections-communales"
SENDINGS = f"{MEMORANDUM}/edition-1/envois"
LIST = "Liste d’envoi (fictive)"
ADDRESS = "essai.envoi@liste.example"
HEADER = "Nom;Qualité;Liste;Commune;Adresse mail;Adresse postale;Où l’adresse est publique"
PHONE = {"width": 320, "height": 740}


def test_a_letter_goes_to_each_once_and_a_refusal_is_honoured(
    context: BrowserContext, check_axe: Callable[[Page], None], tmp_path: Path
) -> None:
    page = context.new_page()
    sign_in(page, "Coordination du CAI")
    page.goto(f"{MEMORANDUM}/destinataires")
    check_axe(page)
    page.get_by_role("link", name="D’un tableau").click()
    check_axe(page)
    table = tmp_path / "liste.csv"
    table.write_text(
        f"{HEADER}\n{LIST};parti;;Namur;{ADDRESS};Rue de l’Essai 3;\nSans qualité;roi;;;;;\n",
        encoding="utf-8",
    )
    page.locator("#file").set_input_files(table)
    page.get_by_role("button", name="Ajouter les destinataires").click()
    expect(page.get_by_text("1 ligne est à corriger")).to_be_visible()
    expect(page.get_by_text("« roi » n’est pas dans la liste.")).to_be_visible()
    check_axe(page)
    page.goto(SENDINGS)
    page.get_by_label("Texte de la lettre").fill("Bonjour {prenom}")
    page.get_by_role("button", name="Enregistrer la lettre").click()
    expect(page.get_by_label("Texte de la lettre")).to_have_value("Bonjour {prenom}")
    check_axe(page)
    page.get_by_label("Texte de la lettre").fill("Bonjour {nom}, lisez {lien}.")
    page.get_by_role("button", name="Enregistrer la lettre").click()
    expect(page.get_by_text(f"Bonjour {LIST}, lisez")).to_be_visible()
    page.get_by_role("button", name="Envoyer 1 mail").click()
    expect(page.get_by_text("1 mail est parti ou en route.")).to_be_visible(timeout=180_000)
    assert page.request.get(f"{SENDINGS}/avancement").status == HTTPStatus.OK
    assert page.request.get(f"{SENDINGS}/lettres.pdf").headers["content-type"] == "application/pdf"
    page.set_viewport_size(PHONE)
    page.goto(SENDINGS)
    check_axe(page)
    link = refusal_link(page)
    page.goto(link)
    check_axe(page)
    page.get_by_role("button", name="Ne plus m’écrire").click()
    expect(page.get_by_text("C’est noté")).to_be_visible()
    page.goto(f"{MEMORANDUM}/destinataires")
    expect(page.get_by_text("Ne veut plus de mails")).to_be_visible()
    check_axe(page)


def refusal_link(page: Page) -> str:
    """Return the link of the mail by which its reader stops such mails."""
    page.goto(f"/reglages/mails?q={ADDRESS}")
    page.locator("main").get_by_role("link", name=re.compile("nos demandes")).first.click()
    page.wait_for_load_state()
    found = re.search(r"/ne-plus-ecrire/[\w-]+", page.content())
    assert found is not None
    return found.group(0)
