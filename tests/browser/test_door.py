"""The door on phones: codes read by the camera, people noted without connection, twice is once; the grid."""

import re
import secrets
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import pytest
import segno
from playwright.sync_api import BrowserContext, BrowserType, Error, Page, expect
from sqlalchemy import create_engine, select
from sqlalchemy.orm import Session

from hub.app import load_models
from hub.core import clock, tokens
from hub.core.db import prepare_engine, writing
from hub.core.search import fold
from hub.events.models.days import Event, EventSession, EventState
from hub.events.models.outcomes import Presence
from hub.events.models.registrations import Registration, RegistrationState
from hub.events.operations import door
from tests.browser.conftest import CHROMIUM_ARGUMENTS, Server, assert_accessible, watch
from tests.browser.test_pages import fits, sign_in

COORDINATOR = "Coordination du CAI"
PHONE, WIDE = {"width": 360, "height": 800}, {"width": 1280, "height": 900}
NAMES = ("Aline Essai", "Bruno Essai", "Chantal Essai", "Élodie Essai")
SENT = "Tout est envoyé"
WIDTH, HEIGHT = 640, 480


@dataclass
class Opened:
    """A day of now with its door open, on the server's own database."""

    path: str
    slug: str
    event_id: int
    codes: dict[str, str]
    server: Server

    def there(self) -> dict[str, bool]:
        """Return who was noted, by name."""
        engine = create_engine(f"sqlite:///{self.server.data_folder / 'maillage.db'}")
        prepare_engine(engine)
        with Session(engine) as session:
            rows = session.execute(
                select(Registration.name, Presence.was_there)
                .join(Presence, Presence.registration_id == Registration.id)
                .where(Registration.event_id == self.event_id)
            ).all()
        engine.dispose()
        assert len(rows) == len({name for name, _there in rows}), "somebody is noted twice"
        return {row.name: row.was_there for row in rows}


@pytest.fixture
def opened(server: Server) -> Opened:
    """Add a day that is under way, with four people and two sessions."""
    load_models()
    engine = create_engine(f"sqlite:///{server.data_folder / 'maillage.db'}")
    prepare_engine(engine)
    now = clock.now()
    slug = f"porte-{secrets.token_hex(4)}"
    with writing(engine) as session:
        event = Event(
            slug=slug, title="Une journée à l’essai", starts_at=now - timedelta(hours=1),
            ends_at=now + timedelta(hours=2), sign_up_closes_at=now - timedelta(hours=2), capacity=5,
            taken=3, state=EventState.PUBLISHED, created_at=now, updated_at=now,
        )  # fmt: skip
        session.add(event)
        event.sessions = [
            EventSession(title="Matinée d’essai", starts_at=event.starts_at, ends_at=event.ends_at),
            EventSession(title="La suite", starts_at=event.starts_at, ends_at=event.ends_at),
        ]
        people = [
            Registration(
                event=event, name=name, organisation_name="Maison d’essai", search_text=fold(name),
                created_at=now, updated_at=now, queued_at=now,
                state=RegistrationState.WAITING if name == NAMES[3] else RegistrationState.CONFIRMED,
            )
            for name in NAMES
        ]  # fmt: skip
        session.add_all(people)
        session.flush()
        raw = tokens.issue(session, door.PURPOSE, event, now=now, until=event.ends_at + timedelta(days=1))
        found = Opened(f"/accueil/{raw}", slug, event.id, {one.name: one.code for one in people}, server)
    engine.dispose()
    return found


def status(page: Page) -> None:
    expect(page.locator("[data-status-text]")).to_have_text(SENT, timeout=20_000)


def arrives(page: Page, name: str) -> None:
    page.get_by_role("button", name=f"Noter que {name} est là").click()


def test_a_door_without_connection_loses_nothing_and_twice_is_once(
    context: BrowserContext, another_context: BrowserContext, opened: Opened
) -> None:
    page, other = context.new_page(), another_context.new_page()
    for one in (page, other):
        one.set_viewport_size(PHONE)
        one.goto(opened.path)
        expect(one.locator("[data-present]")).to_have_text("0")
    assert_accessible(page)
    assert fits(page)

    context.set_offline(True)
    arrives(page, NAMES[0])
    expect(page.locator("[data-answer]")).to_contain_text("C’est bon")
    expect(page.locator("[data-answer]")).to_contain_text(NAMES[0])
    page.get_by_label("Nom, organisation ou code").fill("bruno")
    page.get_by_label("Nom, organisation ou code").press("Enter")
    page.get_by_label("Nom, organisation ou code").fill("")
    page.locator("summary", has_text="Quelqu’un sans inscription").click()
    page.get_by_label("Nom", exact=True).fill("Zoé Imprévue")
    page.get_by_role("button", name="Noter cette personne").click()
    expect(page.locator("[data-status-text]")).to_contain_text("3 gestes attendent d’être envoyés")
    expect(page.locator("[data-present]")).to_have_text("3")
    assert_accessible(page)
    assert fits(page)
    arrives(other, NAMES[0])  # the other door sees the same person, on line
    status(other)
    assert opened.there() == {NAMES[0]: True}

    # Reloaded without connection the page doesn't open; what waits is still on the device.
    page.on("dialog", lambda dialog: dialog.accept())
    with suppress(Error):
        page.reload()
    expect(page.locator("[data-door]")).to_have_count(0)
    context.set_offline(False)
    page.goto(opened.path)
    status(page)
    expect(page.locator("[data-present]")).to_have_text("3")
    assert opened.there() == {NAMES[0]: True, NAMES[1]: True, "Zoé Imprévue": True}
    kept = "Object.keys(localStorage).filter(name => name.startsWith('maillage.tenue'))"
    assert page.evaluate(kept) == [], "what was sent leaves the device"

    page.get_by_role("button", name=f"Annuler la présence de {NAMES[1]}").click()
    status(page)
    assert opened.there()[NAMES[1]] is False


def test_who_waits_is_let_in_knowingly_and_a_full_room_is_said(
    context: BrowserContext, opened: Opened
) -> None:
    page = context.new_page()
    page.set_viewport_size(PHONE)
    page.goto(opened.path)
    arrives(page, NAMES[3])
    answer = page.locator("[data-answer]")
    expect(answer).to_contain_text("À vérifier")
    expect(answer).to_contain_text("est sur la liste d’attente")
    assert opened.there() == {}
    assert_accessible(page)
    answer.get_by_role("button", name="Faire entrer quand même").click()
    status(page)
    assert opened.there() == {NAMES[3]: True}
    summary = page.locator("summary", has_text="Quelqu’un sans inscription")
    for name in ("Un de plus", "Deux de plus", "Trois de trop"):
        summary.click()
        page.get_by_label("Nom", exact=True).fill(name)
        page.get_by_label("Nom", exact=True).press("Enter")
    refusal = page.locator("[data-refusals]")
    expect(refusal).to_contain_text("La salle est complète")
    assert_accessible(page)
    assert "Trois de trop" not in opened.there()
    refusal.get_by_role("button", name="Faire entrer quand même").click()
    status(page)
    expect(refusal).to_have_text("")
    assert opened.there()["Trois de trop"] is True


def test_a_link_that_is_taken_back_leaves_nothing_on_the_device(
    context: BrowserContext, opened: Opened
) -> None:
    page = context.new_page()
    page.goto(opened.path)
    context.set_offline(True)
    arrives(page, NAMES[0])
    expect(page.locator("[data-status-text]")).to_contain_text("1 geste attend")
    engine = create_engine(f"sqlite:///{opened.server.data_folder / 'maillage.db'}")
    prepare_engine(engine)
    with writing(engine) as session:
        tokens.revoke(session, door.PURPOSE, session.get_one(Event, opened.event_id), now=clock.now())
    engine.dispose()
    context.set_offline(False)
    page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
    ended = page.get_by_role("alert").filter(has_text="Ce lien a pris fin")
    expect(ended).to_be_visible(timeout=20_000)
    expect(page.get_by_text(NAMES[1])).to_have_count(0)
    left = "Object.keys(localStorage).filter(name => /^maillage.(tenue|portes)/.test(name))"
    assert page.evaluate(left) == []
    assert opened.there() == {}


# --- The camera ------------------------------------------------------------------------------------


def film(code: str, file: Path) -> None:
    """Write a picture of a code as a film of one second that Chromium takes for its camera (Y4M, grey)."""
    matrix = [list(row) for row in segno.make(code, error="m").matrix_iter(scale=8, border=4)]
    top, left = (HEIGHT - len(matrix)) // 2, (WIDTH - len(matrix[0])) // 2
    picture = bytearray([235]) * (WIDTH * HEIGHT)
    for y, row in enumerate(matrix):
        for x, dark in enumerate(row):
            picture[(top + y) * WIDTH + left + x] = 16 if dark else 235
    frame = b"FRAME\n" + bytes(picture) + bytes([128]) * (WIDTH * HEIGHT // 2)
    file.write_bytes(f"YUV4MPEG2 W{WIDTH} H{HEIGHT} F10:1 Ip A1:1 C420jpeg\n".encode() + frame * 10)


@pytest.fixture
def filming(
    browser_type: BrowserType, opened: Opened, tmp_path: Path, server: Server
) -> Iterator[Callable[[str], Page]]:
    """Return how to open the door on a phone whose camera sees a code."""
    browsers = []

    def open_door(code: str) -> Page:
        file = tmp_path / f"{len(browsers)}.y4m"
        film(code, file)
        browser = browser_type.launch(
            executable_path="/usr/bin/chromium",
            args=[
                *CHROMIUM_ARGUMENTS,
                "--use-fake-ui-for-media-stream",
                "--use-fake-device-for-media-stream",
                f"--use-file-for-fake-video-capture={file}",
            ],
        )
        browsers.append(browser)
        context = browser.new_context(base_url=server.url, locale="fr-BE", viewport=PHONE)
        complaints = watch(context, server)
        page = context.new_page()
        page.goto(opened.path)
        page.get_by_role("button", name="Scanner un code").click()
        page.complaints = complaints  # type: ignore[attr-defined]
        return page

    yield open_door
    for browser in browsers:
        browser.close()


def test_the_camera_reads_codes(filming: Callable[[str], Page], opened: Opened) -> None:
    page = filming(opened.codes[NAMES[2]])
    answer = page.locator("[data-answer]")
    expect(answer).to_contain_text("C’est bon", timeout=20_000)
    expect(answer).to_contain_text(NAMES[2])
    status(page)
    assert opened.there() == {NAMES[2]: True}
    page.get_by_role("button", name="Arrêter la caméra").click()
    expect(page.locator("[data-video]")).to_be_hidden()
    assert page.complaints == []  # type: ignore[attr-defined]


def test_a_code_of_another_day_is_not_found(filming: Callable[[str], Page], opened: Opened) -> None:
    page = filming("un-code-d-ailleurs-000")
    answer = page.locator("[data-answer]")
    expect(answer).to_contain_text("Pas trouvé", timeout=20_000)
    assert opened.there() == {}


# --- The coordinator's pages ----------------------------------------------------------------------


def test_the_grid_by_keyboard(context: BrowserContext, opened: Opened) -> None:
    page = context.new_page()
    sign_in(page, COORDINATOR)
    page.goto(f"/journees/{opened.slug}/presences/grille")
    assert_accessible(page)
    page.locator("[name=all]").first.focus()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Space")  # Aline, first session
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Space")  # Bruno, second session
    page.keyboard.press("Home")
    page.keyboard.press("Control+Home")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Space")  # everybody at the second session
    boxes = page.locator("[name=p]")
    expect(boxes.nth(1)).to_be_checked()
    expect(boxes.nth(3)).to_be_checked()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Space")  # but Aline
    expect(page.locator("[name=all]").nth(1)).not_to_be_checked()
    page.get_by_role("button", name="Enregistrer les présences").click()
    expect(page.get_by_text(re.compile("3 présences enregistrées"))).to_be_visible()
    expect(boxes.nth(0)).to_be_checked()
    expect(boxes.nth(1)).not_to_be_checked()
    for viewport in ({"width": 320, "height": 800}, WIDE):
        page.set_viewport_size(viewport)
        assert fits(page)
    for path in ("presences", "delegations", "accueil", "presences/ajouter", "porte"):
        page.goto(f"/journees/{opened.slug}/{path}")
        assert_accessible(page)
        page.set_viewport_size({"width": 320, "height": 800})
        assert fits(page), path
        page.set_viewport_size(WIDE)


def test_delegations_from_the_register_to_the_door(context: BrowserContext, opened: Opened) -> None:
    page = context.new_page()
    sign_in(page, COORDINATOR)
    page.goto(f"/journees/{opened.slug}/delegations")
    page.get_by_role("button", name=re.compile("partis présents dans notre province")).click()
    page.get_by_label("Personnes annoncées par PS").fill("3")
    page.get_by_label("Réponse de PS").select_option("announced")
    page.get_by_role("button", name="Enregistrer les délégations").click()
    expect(page.get_by_text("1 délégation mise à jour")).to_be_visible()
    assert_accessible(page)
    page.set_viewport_size({"width": 320, "height": 800})
    assert fits(page)
    page.goto(opened.path)
    page.locator("summary", has_text="Délégations").click()
    page.get_by_label("Personnes présentes de PS").fill("2")
    page.get_by_role("button", name="Noter PS").click()
    status(page)
    page.goto(f"/journees/{opened.slug}/delegations")
    expect(page.get_by_label("Personnes présentes de PS")).to_have_value("2")
    expect(page.get_by_role("status").filter(has_text="1 parti représenté")).to_be_visible()
