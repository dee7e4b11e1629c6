"""What can go wrong at the door, on a phone: each is said in plain words, and nothing is lost unsaid."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from playwright.sync_api import BrowserContext, Page, expect
from sqlalchemy import create_engine, select
from sqlalchemy.orm import Session

from hub.core import clock, tokens
from hub.core.db import prepare_engine, writing
from hub.core.search import fold
from hub.events.models.days import Event
from hub.events.models.outcomes import Presence
from hub.events.models.registrations import Registration, RegistrationState
from hub.events.operations import door
from tests.browser.conftest import assert_accessible
from tests.browser.test_door import NAMES, PHONE, SENT, Opened, arrives, opened, status
from tests.browser.test_pages import fits

__all__ = ["opened"]
FORBIDDEN = (
    "Object.defineProperty(window, 'localStorage', {"
    " get() { throw new DOMException('', 'SecurityError'); } });"
)
FULL = "Storage.prototype.setItem = () => { throw new DOMException('', 'QuotaExceededError'); };"
AHEAD = "const right = Date.now; Date.now = () => right() + 3 * 86400000;"


def change(opened: Opened, act: Callable[[Session, Event], None]) -> None:
    """Change the day in the server's own database."""
    engine = create_engine(f"sqlite:///{opened.server.data_folder / 'maillage.db'}")
    prepare_engine(engine)
    with writing(engine) as session:
        act(session, session.get_one(Event, opened.event_id))
    engine.dispose()


def on_phone(context: BrowserContext, path: str) -> Page:
    page = context.new_page()
    page.set_viewport_size(PHONE)
    page.goto(path)
    return page


def test_a_session_that_is_over_is_said_and_left_by_a_key(context: BrowserContext, opened: Opened) -> None:
    def end_the_first(_session: Session, event: Event) -> None:
        event.sessions[0].ends_at = clock.now() - timedelta(seconds=1)

    change(opened, end_the_first)
    page = on_phone(context, opened.path)
    expect(page.locator("[data-over]")).to_be_hidden()
    page.get_by_label("Séance", exact=True).select_option(index=0)
    over = page.locator("[data-over]")
    expect(over).to_contain_text("Cette séance est finie depuis")
    assert_accessible(page)
    assert fits(page)
    arrives(page, NAMES[0])
    expect(page.locator("[data-answer]")).to_contain_text("à une séance qui est finie")
    status(page)
    over.get_by_role("button", name="Passer à").focus()
    page.keyboard.press("Enter")
    expect(over).to_be_hidden()
    expect(page.get_by_label("Séance", exact=True)).to_be_focused()
    arrives(page, NAMES[1])
    expect(page.locator("[data-answer]")).not_to_contain_text("finie")


def test_two_devices_that_disagree_are_told_what_stands(
    context: BrowserContext, another_context: BrowserContext, opened: Opened
) -> None:
    page, other = on_phone(context, opened.path), on_phone(another_context, opened.path)
    for one in (page, other):
        with one.expect_response("**/etat.json"):  # sets its clock after the server's
            one.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
    context.set_offline(True)
    arrives(page, NAMES[0])
    arrives(other, NAMES[0])
    other.get_by_role("button", name=f"Annuler la présence de {NAMES[0]}").click()
    status(other)
    context.set_offline(False)
    expect(page.locator("[data-status-text]")).to_contain_text("Un autre appareil", timeout=20_000)
    expect(page.locator("[data-answer]")).to_contain_text("À vérifier")
    said = page.locator("[data-refusals]")
    expect(said).to_contain_text(f"{NAMES[0]}\u00a0: ailleurs, quelqu’un a retiré ensuite cette présence.")
    assert opened.there() == {NAMES[0]: False}
    expect(page.locator("[data-present]")).to_have_text("0")
    assert_accessible(page)
    said.get_by_role("button", name="Compris").click()
    expect(said).to_have_text("")
    status(page)


def test_a_phone_three_days_ahead_notes_the_right_hour_and_keeps_what_waits(
    context: BrowserContext, opened: Opened
) -> None:
    context.add_init_script(AHEAD)
    page = on_phone(context, opened.path)
    context.set_offline(True)
    arrives(page, NAMES[0])
    expect(page.locator("[data-status-text]")).to_contain_text("1 geste attend")
    page.on("dialog", lambda dialog: dialog.accept())
    context.route("**/accueil/**", lambda route: route.abort())
    context.set_offline(False)
    page.goto("/journees")  # any page of the product throws away what has ended, by its own clock
    context.unroute("**/accueil/**")
    page.goto(opened.path)
    status(page)
    moments: list[timedelta] = []

    def read(session: Session, _event: Event) -> None:
        at = select(Presence.at).join(Registration).where(Registration.event_id == opened.event_id)
        moments.extend(clock.now() - one for one in session.scalars(at))

    change(opened, read)
    assert len(moments) == 1
    assert timedelta(0) <= moments[0] < timedelta(minutes=10)


@pytest.mark.parametrize("script", [FORBIDDEN, FULL], ids=["forbidden", "full"])
def test_a_device_that_keeps_nothing_says_so_and_sends(
    context: BrowserContext, opened: Opened, script: str
) -> None:
    context.add_init_script(script)
    page = on_phone(context, opened.path)
    expect(page.locator("[data-status-text]")).to_contain_text("ne peut rien garder")
    context.set_offline(True)
    arrives(page, NAMES[0])
    words = page.locator("[data-status-text]")
    expect(words).to_contain_text("Gestes qui ne sont que dans cette page\u00a0: 1.")
    assert_accessible(page)
    assert fits(page)
    context.set_offline(False)
    expect(words).to_contain_text("restez en ligne", timeout=20_000)
    expect(page.locator(".door-person.is-there")).not_to_contain_text("attend d’être envoyé")
    assert opened.there() == {NAMES[0]: True}


def test_a_link_taken_back_meanwhile_says_whom_to_write_down(context: BrowserContext, opened: Opened) -> None:
    page = on_phone(context, opened.path)
    context.set_offline(True)
    arrives(page, NAMES[0])
    arrives(page, NAMES[1])
    page.get_by_role("button", name=f"Annuler la présence de {NAMES[1]}").click()
    change(opened, lambda session, event: tokens.revoke(session, door.PURPOSE, event, now=clock.now()))
    context.set_offline(False)
    ended = page.get_by_role("alert").filter(has_text="Ce lien a pris fin")
    expect(ended).to_contain_text(
        f"à noter sur papier avant de fermer cette page\u00a0: {NAMES[0]} (", timeout=20_000
    )
    expect(ended).to_contain_text(f"{NAMES[1]} (annulé, ")
    assert opened.there() == {}


def test_codes_and_names_that_are_not_awaited(context: BrowserContext, opened: Opened) -> None:
    arabic = "محمد الأمل"

    def call_off(session: Session, event: Event) -> None:
        rows = {
            row.name: row
            for row in session.scalars(select(Registration).where(Registration.event_id == event.id))
        }
        gone, here = rows[NAMES[2]], rows[NAMES[1]]
        gone.state, gone.cancelled_at = RegistrationState.CANCELLED, clock.now()
        event.taken -= 1
        here.name, here.search_text = arabic, fold(arabic)

    change(opened, call_off)
    page = on_phone(context, opened.path)
    field = page.get_by_label("Nom, organisation ou code")
    answer = page.locator("[data-answer]")
    field.fill(opened.codes[NAMES[2]][:8])
    field.press("Enter")
    expect(answer).to_contain_text("À vérifier")
    expect(answer).to_contain_text(f"L’inscription de {NAMES[2]} est annulée.")
    field.fill("code-inconnu")
    field.press("Enter")
    expect(page.locator("[data-people]")).to_contain_text("Personne ne correspond")
    field.fill("محمد")
    expect(page.locator("[data-people] li")).to_have_count(1)
    field.press("Enter")
    expect(answer).to_contain_text(arabic)
    expect(page.locator("[data-status-text]")).to_have_text(SENT, timeout=20_000)
    assert opened.there() == {arabic: True}
