"""Take the pictures of the README from the running product: `make screenshots`.

They are made from the demonstration, so they stay true: run it again after every change that one can see.
"""

import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from datetime import UTC, datetime
from http import HTTPStatus
from http.client import HTTPConnection, HTTPException
from pathlib import Path

from playwright.sync_api import Browser, Page, sync_playwright

from memoranda import pages

PICTURES = Path(__file__).parent / "pictures"
DEADLINE_SECONDS = 120
WIDE, PHONE = {"width": 1280, "height": 800}, {"width": 390, "height": 844}
CHROMIUM = [
    "--no-sandbox",
    "--disable-gpu",
    "--use-angle=swiftshader",
    "--enable-unsafe-swiftshader",
    "--disable-background-networking",
]
MEMORANDUM = "memorandum-du-reseau-namurois"
BEFORE = "/memorandums/memorandum-2019-pour-les-elections-regionales-federales-et-europeennes"
DRAFT = "/memorandums/memorandum-2029-ce-que-les-communes-ne-peuvent-pas-decider"


@contextmanager
def served() -> Iterator[str]:
    """Serve the demonstration on a free port, on data of its own, and yield its address."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    address = f"http://127.0.0.1:{port}"
    command = [sys.executable, "-m", "hub.cli"]
    with tempfile.TemporaryDirectory() as folder:
        environment = os.environ | {"HUB_DEMO": "true", "HUB_DATA_FOLDER": folder, "HUB_BASE_URL": address}
        for step in ("init", "demo"):
            subprocess.run([*command, step], env=environment, check=True, stdout=subprocess.DEVNULL)
        with subprocess.Popen(
            [*command, "serve", "--port", str(port)], env=environment, stdout=subprocess.DEVNULL
        ) as server:
            try:
                wait_for(f"{port}", "/healthz")
                yield address
            finally:
                server.terminate()


def wait_for(port: str, path: str) -> bytes:
    """Return what the path answers once it answers well. Raises TimeoutError after two minutes."""
    deadline = time.monotonic() + DEADLINE_SECONDS
    while time.monotonic() < deadline:
        with suppress(OSError, HTTPException), closing(HTTPConnection("127.0.0.1", int(port))) as connection:
            connection.request("GET", path)
            answer = connection.getresponse()
            if answer.status == HTTPStatus.OK:
                return answer.read()
        time.sleep(0.2)
    raise TimeoutError(path)


def take(page: Page, path: str, name: str, *, full: bool = False) -> None:
    """Open a path and keep its picture as docs/pictures/NAME.png."""
    page.goto(path)
    page.wait_for_load_state("networkidle")
    page.screenshot(path=PICTURES / f"{name}.png", full_page=full)


def sign_in(page: Page) -> None:
    """Enter as the coordination, by the demonstration's one click."""
    page.goto("/connexion")
    page.get_by_role("button", name="Coordination du CAI").click()
    page.wait_for_url("**/tableau-de-bord*")


def take_pages(browser: Browser, address: str) -> None:
    """Take the pages, wide and on a phone, in light and in dark."""
    page = browser.new_page(base_url=address, viewport=WIDE, locale="fr-BE", reduced_motion="reduce")
    take(page, "/", "accueil")
    take(page, "/reseau", "reseau")
    sign_in(page)
    take(page, "/tableau-de-bord", "tableau-de-bord")
    take(page, "/recommandations", "recommandations")
    take(page, "/memorandums", "memorandums")
    take(page, "/reseau/comparer?de=2022-12-31&a=2023-12-31", "reseau-comparer")
    take(page, "/reseau?view=communities", "reseau-groupes")
    take(page, "/reseau/couverture", "couverture")
    take(page, "/acteurs/gabs", "fiche")
    page.emulate_media(color_scheme="dark")
    take(page, "/reseau", "reseau-sombre")
    page.close()
    phone = browser.new_page(base_url=address, viewport=PHONE, locale="fr-BE", reduced_motion="reduce")
    take(phone, "/journees", "journees-telephone")
    phone.locator("main article a").first.click()
    phone.wait_for_load_state("networkidle")
    phone.screenshot(path=PICTURES / "journee-telephone.png")
    take(phone, "/annuaire?q=aide+juridique+près+de+Dinant", "annuaire-telephone")
    phone.close()


def take_plans(browser: Browser, address: str) -> None:
    """Take the pages of a plan for its guide."""
    page = browser.new_page(base_url=address, viewport=WIDE, locale="fr-BE", reduced_motion="reduce")
    sign_in(page)
    take(page, "/plans/ppli-2-0", "plan")
    take(page, "/plans/ppli-2-0/calendrier", "plan-calendrier")
    take(page, "/plans/ppli-2-0/avancement", "plan-avancement")
    take(page, "/plans/ppli-2-0/diagnostic", "plan-diagnostic")
    take(page, "/plans/ppli-2-0/indicateurs", "plan-indicateurs")
    take(page, "/plans/ppli-2-0/croisements", "plan-croisements")
    take(page, "/plans/ppli-2017-2019?au=2018-01-01", "plan-a-une-date")
    take(page, "/plans/ppli-2017-2019/evaluation", "plan-evaluation")
    page.close()
    phone = browser.new_page(base_url=address, viewport=PHONE, locale="fr-BE", reduced_motion="reduce")
    take(phone, "/plans/ppli-2-0/calendrier", "plan-telephone")
    phone.close()


def take_spaces(browser: Browser, address: str) -> None:
    """Take a space, what is prepared, held, decided and done there, and the report to the plenary."""
    page = browser.new_page(base_url=address, viewport=WIDE, locale="fr-BE", reduced_motion="reduce")
    sign_in(page)
    take(page, "/espaces/groupe-de-travail-logement", "espace")
    take(page, "/dates/1", "dates")
    page.goto("/espaces/groupe-de-travail-formation-et-emploi")
    page.locator("main").get_by_role("link", name="Ouvrir la réunion").click()
    meeting = page.url
    take(page, meeting, "reunion")
    take(page, f"{meeting}/tenue", "reunion-tenue")
    take(page, "/decisions", "decisions")
    take(page, "/actions/tableau", "actions")
    page.goto("/comptes-rendus?state=approved")
    page.locator("main tbody").get_by_role("link").first.click()
    page.wait_for_load_state("networkidle")
    page.screenshot(path=PICTURES / "compte-rendu.png")
    report = f"/rapports/etat-des-lieux-et-perspectives-{datetime.now(UTC).year - 1}"
    wait_for(address.rpartition(":")[2], report)  # public once its PDF is built
    take(page, report, "rapport")
    page.close()
    phone = browser.new_page(base_url=address, viewport=PHONE, locale="fr-BE", reduced_motion="reduce")
    phone.goto("/connexion")
    phone.get_by_role("button", name="Représentant·e").click()
    phone.wait_for_url("**/tableau-de-bord*")
    take(phone, "/mes-actions", "mes-actions-telephone")
    phone.close()


def take_recommendations(browser: Browser, address: str) -> None:
    """Take a call, what comes in, what becomes of it and who stands for it, for the guide."""
    page = browser.new_page(base_url=address, viewport=WIDE, locale="fr-BE", reduced_motion="reduce")
    sign_in(page)
    page.goto("/appels")
    page.locator("main").get_by_role("link", name="Vos constats et vos recommandations").first.click()
    page.wait_for_load_state("networkidle")
    call = page.url.removesuffix("/suivi")
    take(page, f"{call}/suivi", "appel-suivi")
    take(page, "/recommandations/contributions", "contributions")
    page.goto("/recommandations/documents?q=droit+au+logement+rwdh")
    page.locator("main tbody").get_by_role("link").first.click()
    page.wait_for_load_state("networkidle")
    page.screenshot(path=PICTURES / "document-source.png")
    take(page, "/recommandations/ressemblances", "ressemblances")
    page.goto("/recommandations?q=régulariser+selon+des+critères")
    page.locator("main tbody").get_by_role("link").first.click()
    page.wait_for_load_state("networkidle")
    joined = page.url
    page.screenshot(path=PICTURES / "recommandation.png")
    take(page, f"{joined}/lignee", "recommandation-lignee")
    take(page, f"{call}/consultation", "consultation")
    take_who_speaks(page)
    page.goto("/reglages/mails?q=gabs%40example.org")
    page.get_by_role("link", name="le lien de votre organisation").first.click()
    words = page.get_by_role("main").inner_text()
    link = next(word for word in words.split() if "/contribution/" in word)
    page.close()
    phone = browser.new_page(base_url=address, viewport=PHONE, locale="fr-BE", reduced_motion="reduce")
    take(phone, link, "contribution-telephone")
    take(phone, f"{link}/consultation", "consultation-telephone")
    phone.close()


def take_who_speaks(page: Page) -> None:
    """Take who carries what, what came of a demand, the work of a workshop, and testimonies."""
    take(page, "/recommandations/qui-porte-quoi", "qui-porte-quoi")
    page.goto("/recommandations?outcome=partly")
    page.locator("main tbody").get_by_role("link").first.click()
    page.wait_for_load_state("networkidle")
    page.screenshot(path=PICTURES / "ce-qui-est-obtenu.png")
    page.goto(address_of(page, *titles_of_plenary()) + "/ateliers")
    page.locator("main tbody").get_by_role("link").first.click()
    page.wait_for_load_state("networkidle")
    page.screenshot(path=PICTURES / "atelier-travail.png")
    take(page, "/recommandations/temoignages", "temoignages")


def titles_of_plenary() -> tuple[str, str]:
    """Return how the next plenary day may be called."""
    year = datetime.now(UTC).year
    return f"Journée plénière du PPLI {year + 1}", f"Journée plénière du PPLI {year}"


def take_days(browser: Browser, address: str) -> None:
    """Take the pages of days: preparing, signing up on a phone, the day itself, and what comes after."""
    page = browser.new_page(base_url=address, viewport=WIDE, locale="fr-BE", reduced_motion="reduce")
    sign_in(page)
    page.goto("/journees")
    past = "/journees/journee-pleniere-du-ppli-6-juin-2023"
    info = address_of(page, "Appel à projets PCI")
    take(page, address_of(page, *titles_of_plenary()), "journee")
    take(page, f"{info}/liste-attente", "journee-liste-attente")
    symposium = address_of(page, "Colloque : agir ensemble")
    page.goto(f"{symposium}/souhaits")
    page.get_by_role("link", name="Regarder la répartition").click()
    page.get_by_role("link", name="Publier…").wait_for()
    page.screenshot(path=PICTURES / "journee-souhaits.png")
    take(page, f"{past}/presences", "journee-presences")
    take(page, f"{address_of(page, 'Ateliers citoyens')}/attestations", "journee-attestations")
    take(page, f"{past}/donnees", "journee-donnees")
    page.goto(f"{past}/accueil")
    page.get_by_role("link", name="Ouvrir l’accueil").click()
    page.wait_for_load_state("networkidle")
    door = page.url
    page.close()
    take_days_on_a_phone(browser, address, info, door)


def take_days_on_a_phone(browser: Browser, address: str, info: str, door: str) -> None:
    """Take the form, the page that it leads to, and the door."""
    phone = browser.new_page(base_url=address, viewport=PHONE, locale="fr-BE", reduced_motion="reduce")
    take(phone, f"{info}/inscription", "journee-inscription")
    phone.get_by_label("Prénom et nom").first.fill("Camille Exemple")
    phone.get_by_label("Adresse mail").first.fill("camille@example.org")
    phone.get_by_label("En ligne").first.check()
    phone.locator("main form button[type=submit]").last.click()
    phone.wait_for_url("**/inscription/*")
    phone.screenshot(path=PICTURES / "journee-page-personnelle.png")
    sign_in(phone)
    take(phone, door, "journee-accueil")
    phone.close()


def address_of(page: Page, *titles: str) -> str:
    """Return the address of the first day of that title in the coordinator's list."""
    page.goto("/journees")
    for title in titles:
        link = page.locator("main").get_by_role("link", name=title).first
        if link.count():
            return link.get_attribute("href") or ""
    raise LookupError(titles)


def take_memorandum(address: str) -> None:
    """Take the cover and the first chapter of the published memorandum, once its PDF is built."""
    port = address.rpartition(":")[2]
    pdf = wait_for(port, f"/memorandums/{MEMORANDUM}/edition-1.pdf")
    places = pages.of_anchors(pdf)
    named = {
        "memorandum-contenu": "table-des-matieres",
        "memorandum-priorites": "priorites",
        "memorandum-page": "chapitre-1-repondre-aux-besoins-de-base",
        "memorandum-lignee-pdf": "filiation",
    }
    keep_pages(pdf, {"memorandum-couverture": 1, **{name: places[anchor] for name, anchor in named.items()}})


def take_memoranda(browser: Browser, address: str) -> None:
    """Take the pages on which a memorandum is composed, published, compared and sent, for their guide."""
    page = browser.new_page(base_url=address, viewport=WIDE, locale="fr-BE", reduced_motion="reduce")
    sign_in(page)
    take(page, f"{DRAFT}/edition-1", "memorandum-composer")
    take(page, f"{DRAFT}/edition-1/verifier", "memorandum-verifier")
    take(page, f"{DRAFT}/edition-1/lignee", "memorandum-lignee")
    take(page, f"{BEFORE}/edition-1/publication", "memorandum-publication")
    take(page, f"{BEFORE}/edition-1/feuillets/gestion", "memorandum-feuillets")
    take(page, f"{BEFORE}/edition-1/envois", "memorandum-envois")
    take(page, f"{DRAFT}/destinataires", "memorandum-destinataires")
    take(page, "/memorandums/genealogie", "memorandum-genealogie")
    page.close()
    phone = browser.new_page(base_url=address, viewport=PHONE, locale="fr-BE", reduced_motion="reduce")
    take(phone, BEFORE, "memorandum-telephone")
    phone.close()


def take_report(browser: Browser, address: str) -> None:
    """Take the page of the yearly report that shows what changed, once its PDF is built."""
    page = browser.new_page(base_url=address, viewport=WIDE)
    sign_in(page)
    page.goto("/reseau/etat/1")
    link = page.get_by_role("link", name="Lire le rapport")
    link.wait_for(timeout=DEADLINE_SECONDS * 1000)
    keep_pages(page.context.request.get(link.get_attribute("href") or "").body(), {"etat-du-reseau": 6})
    page.close()


def keep_pages(pdf: bytes, names: dict[str, int]) -> None:
    """Keep pages of a PDF, by number, as docs/pictures/NAME.png."""
    with tempfile.NamedTemporaryFile(suffix=".pdf") as file:
        file.write(pdf)
        file.flush()
        for name, number in names.items():
            command = ["pdftoppm", "-png", "-r", "60", "-f", str(number), "-l", str(number), "-singlefile"]
            subprocess.run([*command, file.name, str(PICTURES / name)], check=True)


def main() -> None:
    """Take all pictures anew."""
    PICTURES.mkdir(exist_ok=True)
    with served() as address, sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=shutil.which("chromium"), args=CHROMIUM)
        take_pages(browser, address)
        take_spaces(browser, address)
        take_recommendations(browser, address)
        take_plans(browser, address)
        take_days(browser, address)
        take_memoranda(browser, address)
        take_memorandum(address)
        take_report(browser, address)
        browser.close()


if __name__ == "__main__":
    main()
