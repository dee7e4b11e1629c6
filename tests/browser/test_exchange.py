"""The network taken along and brought back: a file downloaded, one refused beside its field, one imported."""

import json
import re
from http import HTTPStatus
from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from graph.exchange.formats import Format
from graph.exchange.reading import read
from tests.browser.test_forms import look, send
from tests.browser.test_pages import sign_in

ADMINISTRATOR = "Administration du CAI"
TURN = 120_000
"""Milliseconds to wait for a job: the worker may be building the demonstration's documents first."""
GEXF = """<?xml version="1.0" encoding="UTF-8"?>
<gexf xmlns="http://gexf.net/1.3" version="1.3"><graph defaultedgetype="directed">
<attributes class="node"><attribute id="0" title="commune" type="string"/></attributes><nodes>
<node id="a" label="Relais d’essai des Deux Ponts"><attvalues><attvalue for="0" value="Namur"/></attvalues>
</node><node id="b" label="Verger d’essai du Haut"><attvalues><attvalue for="0" value="Dinant"/></attvalues>
</node></nodes><edges><edge source="a" target="b"/></edges></graph></gexf>"""


def put(page: Page, name: str, content: bytes) -> None:
    page.goto("/acteurs/importer")
    page.locator("input[type=file]").set_input_files(
        {"name": name, "mimeType": "application/octet-stream", "buffer": content}
    )


def choose_last(page: Page, name: str) -> None:
    page.locator(f"#{name}").evaluate("list => { list.selectedIndex = list.options.length - 1 }")


@pytest.mark.parametrize("form", [Format.GEXF, Format.KUMU_XLSX])
def test_a_reader_takes_the_network_along(context: BrowserContext, form: Format) -> None:
    page = context.new_page()
    page.goto("/reseau?date=2024")
    page.locator("details", has_text="Exporter").locator("summary").click()
    page.get_by_role("link", name=re.compile("Gephi, Kumu")).click()
    expect(page.get_by_role("heading", level=1, name="Exporter le réseau")).to_be_visible()
    look(page)
    told = page.get_by_role("main").inner_text()
    assert "au 1er janvier 2024" in told
    assert "Jamais de téléphone, d’adresse ni de personne." in told
    name = {Format.GEXF: "GEXF", Format.KUMU_XLSX: "Kumu, classeur Excel"}[form]
    with page.expect_download() as sent:
        page.get_by_role("link", name=f"Télécharger {name}").click()
    assert sent.value.suggested_filename.startswith("reseau-2024-01-01")
    found = read(Path(sent.value.path()).read_bytes())
    assert found is not None
    assert found.form == form
    number = re.search(r"(\d+) acteurs et (\d+) relations", told)
    assert number is not None
    assert (len(found.rows.actors), len(found.rows.ties)) == (int(number[1]), int(number[2]))


def test_a_bad_file_is_told_beside_its_field(context: BrowserContext) -> None:
    page = context.new_page()
    sign_in(page, ADMINISTRATOR)
    put(page, "reseau.gexf", GEXF[:300].encode())
    assert send(page, "Lire le fichier").status == HTTPStatus.UNPROCESSABLE_ENTITY
    expect(page.locator("#file-error")).to_contain_text("abîmé à la ligne")
    look(page)
    put(page, "reseau.json", json.dumps({"tout": "autre chose"}).encode())
    send(page, "Lire le fichier")
    expect(page.locator("#file-error")).to_contain_text("ni un export de Maillage ni une carte de Kumu")


def test_a_file_that_is_too_heavy_is_told_before_it_is_sent(context: BrowserContext, tmp_path: Path) -> None:
    page = context.new_page()
    sign_in(page, ADMINISTRATOR)
    page.goto("/acteurs/importer")
    heavy = tmp_path / "reseau.gexf"
    with heavy.open("wb") as file:
        file.truncate(100 * 1024 * 1024)
    page.locator("input[type=file]").set_input_files(heavy)
    told = page.locator("#file-largest")
    expect(told).to_have_text("Ce fichier est trop lourd : 24 Mo au plus.")
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.method))
    page.get_by_role("button", name="Lire le fichier").click()
    expect(page.locator("input[type=file]")).to_be_focused()
    assert "POST" not in asked
    look(page)
    page.locator("input[type=file]").set_input_files([])
    expect(told).to_have_count(0)


def test_a_gexf_from_the_file_to_its_undoing(context: BrowserContext) -> None:
    page = context.new_page()
    sign_in(page, ADMINISTRATOR)
    put(page, "voisins.gexf", GEXF.encode())
    page.get_by_role("button", name="Lire le fichier").click()
    expect(page.get_by_text("Fichier reconnu : GEXF.")).to_be_visible(timeout=TURN)
    expect(page.get_by_text("Le type d’acteur manque.")).to_have_count(2)
    look(page)
    page.get_by_role("main").get_by_role("link", name="types par défaut", exact=True).click()
    look(page)
    choose_last(page, "default_kind")
    choose_last(page, "relation_kind")
    page.get_by_role("button", name="Vérifier à nouveau").click()
    confirm = page.get_by_role("button", name="Enregistrer dans le registre")
    expect(confirm).to_be_visible(timeout=TURN)
    expect(page.get_by_text("2 acteurs seront ajoutés. 1 relation sera ajoutée.")).to_be_visible()
    look(page)
    confirm.click()
    expect(
        page.get_by_text("2 acteurs sont dans le registre. 1 relation est dans le registre.")
    ).to_be_visible(timeout=TURN)
    page.get_by_role("link", name="Annuler cet import").click()
    expect(page.get_by_text("3 éléments créés par cet import quitteront le registre.")).to_be_visible()
    send(page, "Annuler")
    expect(page.get_by_text("Rien n’en reste dans le registre.")).to_be_visible()
    look(page)
