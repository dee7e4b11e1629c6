"""A decision in the browser: noted with the keyboard alone, completed by an association, replaced."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from playwright.sync_api import BrowserContext, Page, expect
from sqlalchemy import create_engine, exists, select
from sqlalchemy.orm import Session

from hub.core import clock, tokens
from hub.spaces.models.decisions import Decision
from hub.spaces.models.meetings import Attendance, Meeting, Presence
from hub.spaces.models.minutes import Minutes, MinutesState
from hub.spaces.queries import seats
from tests.browser.conftest import Server

COORDINATOR = "Coordination du CAI"
ASSOCIATION = "Représentant·e d’une association"
TEXT = "Le groupe ouvre une permanence le jeudi soir."


def sign_in(page: Page, name: str) -> None:
    page.goto("/connexion")
    page.get_by_role("button", name=name).click()
    page.wait_for_url("**/tableau-de-bord*")


def open_to(page: Page, gesture: str) -> None:
    """Open the latest decision that still offers a gesture: its minutes are not approved."""
    page.goto("/decisions")
    found = page.locator(".decision-link").evaluate_all("all => all.map(one => one.href)")
    for address in found:
        page.goto(address)
        if page.get_by_role("link", name=gesture).count():
            return
    pytest.fail(f"no decision offers « {gesture} »")


def meeting_of(page: Page) -> str:
    """Return the address of a meeting where a decision can still be noted."""
    open_to(page, "Corriger ou compléter")
    address = page.locator(".chain a[href*='/reunions/']").first.get_attribute("href")
    assert address
    return address


def noted(page: Page, meeting: str, text: str) -> str:
    """Note a decision by consensus, with nothing else; return its address."""
    page.goto(f"{meeting}/decisions/nouvelle")
    page.get_by_label("Ce qui est décidé").fill(text)
    page.get_by_role("button", name="Noter la décision").click()
    expect(page.locator("h1")).to_contain_text("Décision D-")
    return page.url


def test_a_vote_is_noted_with_the_keyboard_alone(
    context: BrowserContext, check_axe: Callable[[Page], None]
) -> None:
    page = context.new_page()
    sign_in(page, COORDINATOR)
    meeting = meeting_of(page)
    page.goto(f"{meeting}/decisions/nouvelle")
    check_axe(page)
    page.get_by_label("Ce qui est décidé").focus()
    page.keyboard.type("Les partis reçoivent la charte en mai.")
    page.get_by_role("radio", name="Consensus").focus()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowDown")
    expect(page.get_by_role("radio", name="Vote")).to_be_checked()
    groups = page.locator(".voice-line")
    there = groups.filter(has_text="présente").first
    stances = there.get_by_role("radiogroup")
    stances.get_by_role("radio", name="Rien").focus()
    for _ in range(2):
        page.keyboard.press("ArrowDown")
    expect(stances.get_by_role("radio", name="Réserve")).to_be_checked()
    page.get_by_role("button", name="Noter la décision").focus()
    page.keyboard.press("Enter")
    expect(page.locator(".error-summary")).to_contain_text("Dites quelle est cette réserve.")
    expect(page.get_by_label("Ce qui est décidé")).to_have_value("Les partis reçoivent la charte en mai.")
    check_axe(page)
    there = groups.filter(has_text="Dites quelle est cette réserve.")
    there.get_by_role("textbox").fill("Pas avant le conseil.")
    page.get_by_label("Les organisations présentes ou représentées").select_option("for")
    page.get_by_role("button", name="Noter la décision").press("Enter")
    expect(page.locator(".decision-result")).to_contain_text("Adoptée à la majorité simple")
    expect(page.locator(".decision-result")).to_contain_text("dont 1 avec réserve")
    positions = page.get_by_role("table", name="Position de chaque organisation")
    expect(positions).to_contain_text("Pas avant le conseil.")
    check_axe(page)


def test_an_objection_says_how_to_mend(context: BrowserContext, check_axe: Callable[[Page], None]) -> None:
    page = context.new_page()
    sign_in(page, COORDINATOR)
    page.goto(f"{meeting_of(page)}/decisions/nouvelle")
    page.get_by_label("Ce qui est décidé").fill("La charte change.")
    page.get_by_role("radio", name="Consentement").check()
    page.locator(".voice-line").first.get_by_role("radio", name="Contre").check()
    page.get_by_role("button", name="Noter la décision").click()
    expect(page.locator(".voice-line.has-error")).to_contain_text("Une objection tient")
    check_axe(page)


def test_replaced_undone_withdrawn_and_made_known(
    context: BrowserContext, check_axe: Callable[[Page], None]
) -> None:
    page = context.new_page()
    sign_in(page, COORDINATOR)
    meeting = meeting_of(page)
    old, new = (noted(page, meeting, f"{TEXT} ({word})") for word in ("ancienne", "nouvelle"))
    page.goto(f"{old}/modifier")
    check_axe(page)
    page.goto(old)
    page.get_by_role("link", name="Remplacer").click()
    check_axe(page)
    page.goto(f"{old}/remplacer")
    code = new.rsplit("/", 1)[1]
    page.locator("select[name=new]").evaluate(
        "(select, code) => { const one = [...select.options].find(o => o.text.includes(code)); "
        "select.tomselect ? select.tomselect.setValue(one.value) : select.value = one.value }",
        code,
    )
    page.get_by_role("button", name="Remplacer la décision").click()
    expect(page.locator(".page-head")).to_contain_text("Remplacée")
    check_axe(page)
    page.locator(".callout-warning a").first.click()
    expect(page.locator(".chain")).to_contain_text("ancienne")
    page.goto(old)
    page.get_by_role("button", name="Remettre en vigueur").click()
    expect(page.locator(".page-head")).to_contain_text("En vigueur")
    page.get_by_role("link", name="Retirer").click()
    page.get_by_role("button", name="Retirer la décision").click()
    expect(page.locator(".error-summary")).to_be_visible()
    check_axe(page)
    page.get_by_label("Pourquoi").fill("Le local n’est pas libre.")
    page.get_by_role("button", name="Retirer la décision").click()
    expect(page.locator(".callout-warning")).to_contain_text("Le local n’est pas libre.")
    page.goto(new)
    page.get_by_role("button", name="Faire connaître au réseau").click()
    expect(page.locator(".page-head")).to_contain_text("À faire connaître")


def test_an_association_says_where_it_stands(
    context: BrowserContext, check_axe: Callable[[Page], None]
) -> None:
    page = context.new_page()
    sign_in(page, ASSOCIATION)
    page.goto("/decisions")
    check_axe(page)
    open_to(page, "Dire notre position")
    page.get_by_role("link", name="Dire notre position").click()
    check_axe(page)
    page.get_by_role("radio", name="Réserve").check()
    page.get_by_label("Pourquoi, dans vos propres mots").fill("Sans sous-titres, c’est trop peu.")
    page.get_by_role("button", name="Noter notre position").click()
    expect(page.get_by_role("table", name="Position de chaque organisation")).to_contain_text("sous-titres")
    expect(page.locator(".decision-result")).to_contain_text("1 réserve notée")


def test_the_link_of_a_meeting_leads_to_its_decisions(
    context: BrowserContext, server: Server, check_axe: Callable[[Page], None]
) -> None:
    page = context.new_page()
    page.set_viewport_size({"width": 320, "height": 640})
    page.goto(f"/reunion/{link_to_decisions(server)}/decisions")
    check_axe(page)
    page.get_by_role("link", name="notre position").first.click()
    check_axe(page)
    page.get_by_role("radio", name="Abstention").check()
    page.get_by_label("Pourquoi, dans vos propres mots").fill("Notre assemblée en parle en juin.")
    page.get_by_role("button", name="notre position").first.click()
    expect(page.locator("main")).to_contain_text("Notre assemblée en parle en juin.")


def link_to_decisions(server: Server) -> str:
    """Give somebody who speaks for a member the link of a meeting whose decisions can still be completed."""
    engine = create_engine(f"sqlite:///{server.data_folder / 'maillage.db'}")
    now = clock.now()
    with Session(engine) as session:
        attendance = session.scalars(
            select(Attendance)
            .join(Meeting, Meeting.id == Attendance.meeting_id)
            .where(
                exists().where(Decision.meeting_id == Meeting.id),
                ~exists().where(Minutes.meeting_id == Meeting.id, Minutes.state == MinutesState.APPROVED),
                seats.speaks(
                    Attendance.person_id, Attendance.organisation_id, Meeting.space_id, clock.today(now)
                ),
                Attendance.presence == Presence.PRESENT,
            )
            .order_by(Meeting.starts_at.desc(), Attendance.id)
            .limit(1)
        ).one()
        raw = tokens.issue(session, "spaces.meeting", attendance, now=now, until=now + timedelta(days=1))
        session.commit()
    engine.dispose()
    return raw


def test_the_register_on_a_phone(context: BrowserContext) -> None:
    page = context.new_page()
    page.set_viewport_size({"width": 360, "height": 740})
    sign_in(page, COORDINATOR)
    page.goto("/decisions?follow=late")
    expect(page.locator(".chip")).to_contain_text("Suites : Avec des actions en retard")
    assert page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth")
    late = page.locator(".list-count").inner_text()
    page.locator(".chip").click()
    expect(page.locator(".list-count")).not_to_have_text(late)
