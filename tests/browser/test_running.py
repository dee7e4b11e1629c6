"""A meeting is held by two people, one of them without connection in the middle: nothing is lost."""

import re
import secrets
from dataclasses import dataclass

import pytest
from playwright.sync_api import BrowserContext, Dialog, Page, expect
from sqlalchemy import create_engine, select
from sqlalchemy.orm import Session

from hub.app import load_models
from hub.core import clock
from hub.core.db import prepare_engine, writing
from hub.spaces.models.actions import Action
from hub.spaces.models.decisions import Decision
from hub.spaces.models.meetings import AgendaItem, Attendance
from hub.spaces.models.running import NoteConflict
from tests.browser.conftest import Server, assert_accessible
from tests.browser.test_forms import look
from tests.browser.test_pages import fits, sign_in
from tests.spaces.tables import table

COORDINATOR, ADMINISTRATOR = "Coordination du CAI", "Administration du CAI"
TABLET, PHONE, WIDE = ({"width": width, "height": 1000} for width in (768, 320, 1280))
SAVED = re.compile(r"Tout est enregistré à \d+\sh\s\d\d")
ASK = "document.dispatchEvent(new Event('visibilitychange'))"  # as when the page comes back to the front


@dataclass
class Held:
    """A meeting of today on the server's own database."""

    path: str
    number: int
    server: Server

    def read(self) -> Session:
        engine = create_engine(f"sqlite:///{self.server.data_folder / 'maillage.db'}")
        prepare_engine(engine)
        return Session(engine)


@pytest.fixture
def held(server: Server) -> Held:
    """Add a table that meets today; its agenda was never sent."""
    load_models()
    engine = create_engine(f"sqlite:///{server.data_folder / 'maillage.db'}")
    prepare_engine(engine)
    name = f"Maison {secrets.token_hex(4)}"
    with writing(engine) as session:
        made = table(session, now=clock.now(), house=name)
        found = Held(f"/reunions/{made.meeting.id}/tenue", made.meeting.id, server)
    engine.dispose()
    return found


def status(page: Page) -> None:
    """Wait until all has arrived."""
    expect(page.locator("[data-status-text]")).to_have_text(SAVED)


def capture(page: Page, point: int, gesture: str, words: str) -> None:
    """Capture something from a point by keyboard alone: open, type, Enter; the hand is back at the button."""
    sheets = page.locator("[data-points] > [data-point]").nth(point).locator("details.gesture")
    sheet = sheets.filter(has=page.locator("summary", has_text=gesture))
    sheet.locator("summary").focus()
    page.keyboard.press("Enter")
    expect(sheet.locator("textarea, input:not([type=hidden])").first).to_be_focused()
    page.keyboard.type(words)
    page.keyboard.press("Enter")
    expect(sheet.locator("summary")).to_be_focused()


def write(page: Page, point: int, words: str) -> None:
    """Add words at the end of a point's notes and leave the field."""
    notes = page.locator("[data-points] > [data-point]").nth(point).locator("textarea.notes")
    notes.focus()
    page.keyboard.press("Control+End")
    page.keyboard.type(words)
    notes.blur()


def test_two_write_and_one_is_away_in_the_middle(
    context: BrowserContext, another_context: BrowserContext, held: Held
) -> None:
    office, tablet = context.new_page(), another_context.new_page()
    tablet.set_viewport_size(TABLET)
    sign_in(office, COORDINATOR)
    sign_in(tablet, ADMINISTRATOR)
    office.goto(held.path)
    office.get_by_role("button", name="Ouvrir la réunion").click()
    expect(office.locator("#etat-reunion")).to_contain_text("En cours")
    expect(office.locator("[data-clock]").first).to_contain_text("Maintenant")
    tablet.goto(held.path)
    write(office, 0, "Le bureau écrit.")
    status(office)
    tablet.evaluate(ASK)
    expect(tablet.locator("textarea.notes").first).to_have_value("Le bureau écrit.")

    another_context.set_offline(True)
    away(tablet)
    expect(tablet.locator("[data-status-text]")).to_contain_text("gestes gardés sur cet appareil")
    assert_accessible(tablet)
    assert fits(tablet)
    write(office, 0, " Puis il continue.")
    status(office)
    with held.read() as session:
        assert not session.scalars(select(Decision).where(Decision.meeting_id == held.number)).all()

    # The tablet slept so long that its page is gone; the connection is back.
    tablet.close()
    another_context.set_offline(False)
    tablet = another_context.new_page()
    tablet.set_viewport_size(TABLET)
    tablet.goto(held.path)
    status(tablet)
    everything_arrived(held)
    make_one_of_both(office, tablet)
    close(office)


def away(tablet: Page) -> None:
    """Make every kind of gesture without connection."""
    write(tablet, 0, " La tablette répond.")
    capture(tablet, 0, "Décision", "Écrire à la commune.")
    sheet = tablet.locator("[data-point]").first
    sheet.locator("summary", has_text="Action").click()
    sheet.get_by_label("Ce qui est à faire").fill("Rédiger la lettre")
    sheet.get_by_label(re.compile("Suite de la décision")).select_option(index=1)
    sheet.get_by_label("Ce qui est à faire").press("Enter")
    capture(tablet, 1, "Recommandation", "Créer un fonds.")
    expect(tablet.locator("[data-waiting]").get_by_text("Écrire à la commune.")).to_be_visible()
    tablet.locator("[data-attendance] > summary").click()
    first = tablet.locator(".table-line").first
    first.get_by_role("button", name="Présent·e").click()
    expect(first.get_by_role("button", name="Présent·e")).to_have_attribute("aria-pressed", "true")
    second = tablet.locator(".table-line").nth(1)
    second.locator("summary").click()
    second.get_by_role("combobox").select_option(index=1)
    second.get_by_role("button", name="Noter").click()
    tablet.locator(".guest > summary").click()
    tablet.get_by_label("Nom", exact=True).fill("Camille Essai")
    tablet.get_by_label("Nom", exact=True).press("Enter")
    tablet.locator(".new-point > summary").click()
    tablet.get_by_label("Titre du point").fill("Divers")
    tablet.get_by_label("Titre du point").press("Enter")
    write(tablet, 2, "Noté sous un point qui n’existait pas.")
    capture(tablet, 2, "Décision", "Se revoir en mai.")


def everything_arrived(held: Held) -> None:
    """Each gesture stands once, on its own point."""
    with held.read() as session:
        items = session.scalars(
            select(AgendaItem).where(AgendaItem.meeting_id == held.number).order_by(AgendaItem.position)
        ).all()
        assert [item.title for item in items] == ["Point 1", "Point 2", "Divers"]
        assert items[2].notes == "Noté sous un point qui n’existait pas."
        decisions = session.scalars(select(Decision).where(Decision.meeting_id == held.number)).all()
        assert [(row.text, row.item_id) for row in decisions] == [
            ("Écrire à la commune.", items[0].id), ("Se revoir en mai.", items[2].id),
        ]  # fmt: skip
        action = session.scalars(select(Action).where(Action.meeting_id == held.number)).one()
        assert (action.title, action.decision_id) == ("Rédiger la lettre", decisions[0].id)
        came = session.scalars(select(Attendance).where(Attendance.meeting_id == held.number)).all()
        assert sorted((row.presence or "").title() for row in came) == ["Present", "Present", "Represented"]
        kept = session.scalars(select(NoteConflict).where(NoteConflict.item_id == items[0].id)).one()
        assert (items[0].notes, kept.text) == (
            "Le bureau écrit. Puis il continue.", "Le bureau écrit. La tablette répond.",
        )  # fmt: skip


def make_one_of_both(office: Page, tablet: Page) -> None:
    """Show both texts side by side, and make one: it appears on the other page."""
    panel = tablet.locator("[data-conflict]")
    expect(panel).to_contain_text("Quelqu’un a écrit en même temps")
    expect(panel.locator("[data-stored]")).to_have_text("Le bureau écrit. Puis il continue.")
    assert_accessible(tablet)
    assert fits(tablet)
    office.evaluate(ASK)
    expect(office.locator("[data-conflict]")).to_contain_text("La tablette répond.")
    panel.get_by_role("button", name="Y ajouter les notes enregistrées").click()
    panel.get_by_role("button", name="Garder ce texte pour tous").click()
    status(tablet)
    both = "Le bureau écrit. Puis il continue.\n\nLe bureau écrit. La tablette répond."
    expect(tablet.locator("textarea.notes").first).to_have_value(both)
    expect(tablet.locator("[data-conflict]")).to_have_count(0)
    office.evaluate(ASK)
    expect(office.locator("textarea.notes").first).to_have_value(both)
    expect(office.locator("[data-point]").nth(2)).to_contain_text("Divers")
    expect(office.locator("#compte")).to_contain_text("2 organisations")


def close(office: Page) -> None:
    """Close the meeting, warned of the point without notes; open it again."""
    office.get_by_role("link", name="Clore la réunion").click()
    expect(office.get_by_role("heading", level=1)).to_have_text("Clore la réunion")
    look(office)
    office.set_viewport_size(WIDE)
    office.get_by_role("button", name="Clore la réunion").click()
    expect(office.locator("#etat-reunion")).to_contain_text("Tenue")
    look(office)
    office.set_viewport_size(WIDE)
    office.get_by_role("button", name="Rouvrir la réunion").click()
    expect(office.locator("#etat-reunion")).to_contain_text("En cours")


def test_the_connection_comes_back_while_the_page_stays_open(context: BrowserContext, held: Held) -> None:
    page = context.new_page()
    page.set_viewport_size(PHONE)
    page.emulate_media(color_scheme="dark")
    sign_in(page, COORDINATOR)
    page.goto(held.path)
    look(page)
    page.set_viewport_size(PHONE)
    context.set_offline(True)
    write(page, 0, "Sans connexion.")
    capture(page, 0, "Décision", "Nous écrivons.")
    expect(page.locator("[data-status-text]")).to_contain_text("Hors ligne : 2 gestes")
    asked: list[str] = []

    def stay(dialog: Dialog) -> None:
        asked.append(dialog.type)
        dialog.dismiss()

    page.on("dialog", stay)
    page.close(run_before_unload=True)
    page.wait_for_timeout(200)  # the browser asks on its own time
    assert asked == ["beforeunload"]
    page.remove_listener("dialog", stay)
    context.set_offline(False)
    status(page)
    expect(page.locator(".captured-decision")).to_contain_text("Nous écrivons.")
    expect(page.locator("[data-waiting] li")).to_have_count(0)


def test_a_session_that_ended_keeps_the_gestures_and_goes_on(context: BrowserContext, held: Held) -> None:
    page = context.new_page()
    sign_in(page, COORDINATOR)
    page.goto(held.path)
    page.context.clear_cookies()
    write(page, 0, "Après la fin de la session.")
    capture(page, 1, "Décision", "Gardée.")
    expect(page.locator("[data-status]")).to_contain_text("Votre session est terminée. Rien n’est perdu.")
    look(page)
    page.set_viewport_size(WIDE)
    page.on("dialog", lambda dialog: dialog.accept())
    # Somebody else on the same device neither sees nor sends what is not theirs.
    sign_in(page, ADMINISTRATOR)
    page.goto(held.path)
    expect(page.locator("textarea.notes").first).to_have_value("")
    page.context.clear_cookies()
    sign_in(page, COORDINATOR)
    page.goto(held.path)
    status(page)
    expect(page.locator("textarea.notes").first).to_have_value("Après la fin de la session.")
    expect(page.locator(".captured-decision")).to_contain_text("Gardée.")


def test_a_refused_gesture_stays_with_its_words(context: BrowserContext, held: Held) -> None:
    page = context.new_page()
    sign_in(page, COORDINATOR)
    page.goto(held.path)
    point = page.locator("[data-point]").first
    point.locator("summary", has_text="Action").click()
    point.get_by_label("Ce qui est à faire").fill("Une action d’avant")
    point.get_by_label(re.compile("Pour le")).fill("2001-01-01")
    point.get_by_role("button", name="Noter l’action").click()
    box = point.locator(".refusal")
    expect(box).to_contain_text("L’échéance ne peut pas précéder la réunion.")
    expect(box).to_contain_text("Une action d’avant")
    look(page)
    page.set_viewport_size(WIDE)
    page.reload()
    expect(page.locator(".refusal")).to_contain_text("Une action d’avant")
    asked: list[str] = []

    def agree(dialog: Dialog) -> None:
        asked.append(dialog.message)
        dialog.accept()

    page.on("dialog", agree)
    page.locator(".person-menu summary").click()
    page.get_by_role("button", name="Se déconnecter", exact=True).click()
    page.wait_for_url(lambda url: held.path not in url)
    assert len(asked) == 1
    assert page.evaluate("Object.keys(localStorage).filter(name => name.startsWith('maillage.tenue'))") == []
