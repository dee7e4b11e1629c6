"""What comes after a day, in the browser: a certificate verified by its QR, an opinion without name."""

import io
import re
import subprocess
from collections.abc import Callable
from pathlib import Path

import pikepdf
import pypdf
import pytest
from PIL import Image
from playwright.sync_api import BrowserContext, Page, expect
from sqlalchemy import create_engine, select

from hub.app import load_models
from hub.core import clock
from hub.core.db import prepare_engine, writing
from hub.events.models.days import Event
from hub.events.operations import evaluation
from hub.events.queries import evaluation as queries
from tests.browser.conftest import Server

CheckAxe = Callable[[Page], None]
MODULE = "ateliers-citoyens-module-du-matin"
PLENARY = "journee-pleniere-du-ppli-6-juin-2023"
WIDTHS = (1280, 320)
ROOT = Path(__file__).parent.parent.parent
READ_QR = """
import { readFileSync } from "node:fs";
import decodeQR from "qr/decode.js";
const [file, width, height] = process.argv.slice(1);
console.log(decodeQR({ width: +width, height: +height, data: new Uint8Array(readFileSync(file)) }));
"""


def sign_in(page: Page) -> None:
    page.goto("/connexion")
    page.get_by_role("button", name="Coordination du CAI").click()
    page.wait_for_url("**/tableau-de-bord*")


def path_of(page: Page, start: str) -> str:
    """Return the address of the demonstration's day whose name begins so."""
    page.goto("/journees")
    href = page.locator(f"a[href^='/journees/{start}']").first.get_attribute("href")
    assert href is not None
    return href


def printed_address(pdf: bytes) -> str:
    """Return where the QR of a certificate leads, as its alternative text says it."""
    with pikepdf.open(io.BytesIO(pdf)) as file:
        texts = [
            str(thing.Alt)
            for thing in file.objects
            if isinstance(thing, pikepdf.Dictionary) and "/Alt" in thing and "QR" in str(thing.Alt)
        ]
    found = re.search(r"https?://\S+", texts[0])
    assert found is not None
    return found[0]


def scanned_address(pdf: bytes, folder: Path) -> str:
    """Return what a camera reads on the printed page: the QR as it is drawn."""
    (folder / "certificate.pdf").write_bytes(pdf)
    paper = folder / "paper"
    subprocess.run(
        ["pdftoppm", "-r", "110", "-f", "1", "-singlefile", folder / "certificate.pdf", paper], check=True
    )
    with Image.open(paper.with_suffix(".ppm")) as picture:
        (folder / "pixels").write_bytes(picture.convert("RGBA").tobytes())
        size = [str(side) for side in picture.size]
    done = subprocess.run(
        [ROOT / "setup" / "node", "--input-type=module", "-e", READ_QR, folder / "pixels", *size],
        cwd=ROOT, capture_output=True, text=True, check=True,
    )  # fmt: skip
    return done.stdout.strip()


def look(page: Page, path: str, check_axe: CheckAxe) -> None:
    """Open a page in two widths and both schemes: nothing wrong, nothing wider than the screen."""
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 900})
        for scheme in ("light", "dark"):
            page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
            page.goto(path)
            check_axe(page)
            assert page.evaluate("document.documentElement.scrollWidth") <= width, (path, width)


def test_a_certificate_is_verified_by_its_qr(
    context: BrowserContext,
    another_context: BrowserContext,
    server: Server,
    check_axe: CheckAxe,
    tmp_path: Path,
) -> None:
    desk = context.new_page()
    sign_in(desk)
    day = path_of(desk, MODULE)
    for part in ("", "/reglages"):
        look(desk, f"{day}/attestations{part}", check_axe)
    desk.goto(f"{day}/attestations")
    link = desk.get_by_role("link", name=re.compile("PDF de l’attestation")).first.get_attribute("href")
    assert link is not None
    for gesture in ("remplacer", "retirer"):
        look(desk, f"{link.removesuffix('.pdf')}/{gesture}", check_axe)
    pdf = desk.request.get(link).body()
    address = scanned_address(pdf, tmp_path)
    assert address == printed_address(pdf), "the picture and the words for it lead to the same page"
    assert address.startswith(f"{server.url}/attestation/")
    # Whoever receives the paper has neither account nor link.
    other = another_context.new_page()
    path = address.removeprefix(server.url)
    look(other, path, check_axe)
    expect(other.get_by_text("Cette attestation est valable.")).to_be_visible()
    name = holder(pdf)
    assert name not in other.content()
    for typed, said in ((name, "Oui, c’est le nom"), ("Quelqu’un d’autre", "porte un autre nom")):
        other.get_by_label(re.compile("Nom complet")).fill(typed)
        other.get_by_role("button", name="Comparer").click()
        expect(other.get_by_text(said)).to_be_visible()
        check_axe(other)
    look(other, "/attestation", check_axe)
    other.get_by_label("Code de l’attestation").fill(path.rpartition("/")[2].lower())
    other.get_by_role("button", name="Vérifier").click()
    expect(other.get_by_text("Cette attestation est valable.")).to_be_visible()


def holder(pdf: bytes) -> str:
    """Return the name that a certificate bears: the line after « délivrée à »."""
    lines = pypdf.PdfReader(io.BytesIO(pdf)).pages[0].extract_text().splitlines()
    return lines[lines.index("délivrée à") + 1].strip()


@pytest.mark.parametrize("scripts", [True, False])
def test_verifying_needs_no_script(
    new_context: Callable[..., BrowserContext], context: BrowserContext, scripts: bool
) -> None:
    desk = context.new_page()
    sign_in(desk)
    day = path_of(desk, MODULE)
    desk.goto(f"{day}/attestations")
    link = desk.get_by_role("link", name=re.compile("PDF de l’attestation")).first.get_attribute("href")
    assert link is not None
    address = printed_address(desk.request.get(link).body())
    page = new_context(java_script_enabled=scripts).new_page()
    page.goto(address)
    expect(page.get_by_text("Cette attestation est valable.")).to_be_visible()
    page.get_by_label(re.compile("Nom complet")).fill("Personne")
    page.get_by_role("button", name="Comparer").click()
    expect(page.get_by_text("porte un autre nom")).to_be_visible()


def test_the_pages_after_a_day(context: BrowserContext, check_axe: CheckAxe) -> None:
    page = context.new_page()
    sign_in(page)
    module, plenary = path_of(page, MODULE), path_of(page, PLENARY)
    for path in (
        f"{module}/evaluation",
        f"{module}/evaluation/apercu",
        f"{module}/evaluation/questions/ajouter",
        f"{plenary}/evaluation/resultats",
        f"{plenary}/conclusions",
        f"{plenary}/conclusion",
        plenary,
    ):
        look(page, path, check_axe)
    page.goto(f"{plenary}/conclusions")
    for name in (
        re.compile("^Modifier : Réponse"),
        re.compile("^Relier : Réponse"),
    ):
        href = page.get_by_role("link", name=name).get_attribute("href")
        assert href is not None
        look(page, href, check_axe)
        page.goto(f"{plenary}/conclusions")
    made = page.locator("a[href^='/recommandations/']").first.get_attribute("href")
    assert made is not None
    page.goto(made)
    expect(page.get_by_role("heading", name="Issue de quels ateliers")).to_be_visible()
    look(page, f"{made}/conclusions", check_axe)


def test_an_opinion_is_given_once_on_a_phone(
    another_context: BrowserContext, server: Server, check_axe: CheckAxe
) -> None:
    address = evaluation_link(server)
    page = another_context.new_page()
    look(page, address, check_axe)
    page.set_viewport_size({"width": 360, "height": 740})
    page.goto(address)
    page.get_by_role("group", name=re.compile("utile")).get_by_label("5", exact=True).check()
    page.get_by_role("textbox").first.fill("Les échanges.")
    page.get_by_role("button", name="Envoyer mon avis").click()
    expect(page.get_by_text("Merci, votre avis est enregistré.")).to_be_visible()
    check_axe(page)


def evaluation_link(server: Server) -> str:
    """Give somebody of the demonstration's module a link to its questions, as the mail does."""
    load_models()
    engine = create_engine(f"sqlite:///{server.data_folder / 'maillage.db'}")
    prepare_engine(engine)
    with writing(engine) as session:
        event = session.scalars(select(Event).where(Event.slug.startswith(MODULE))).one()
        row = next(one for one in session.scalars(queries.asked(event)) if not one.has_evaluated)
        raw = evaluation.issue_link(session, row, now=clock.now())
    engine.dispose()
    return f"/evaluation/{raw}"
