"""A plan from its first axis to the plan of a day gone by: the coordination makes it, a reader reads it."""

import re

from playwright.sync_api import BrowserContext, Page, expect

from tests.browser.conftest import assert_accessible
from tests.browser.test_forms import look, send
from tests.browser.test_pages import fits, sign_in

COORDINATION = "Coordination du CAI"
PLAN = "/plans/plan-d-essai-des-trois-vallees"
EMPTY = """() => {
  for (const field of document.querySelectorAll('main form [name]'))
    if (field.type !== 'hidden' && field.tagName !== 'SELECT') field.value = ''
  for (const form of document.querySelectorAll('main form')) form.noValidate = true
}"""


def fill(page: Page, **values: str) -> None:
    for name, value in values.items():
        page.locator(f"[name={name}]").fill(value)


def test_a_plan_from_its_first_axis_to_the_plan_of_a_day(
    context: BrowserContext, another_context: BrowserContext
) -> None:
    page = context.new_page()
    sign_in(page, COORDINATION)
    page.goto("/plans")
    page.get_by_role("link", name="Créer un plan").click()
    fill(page, title="Plan d’essai des Trois Vallées", starts_on="2024-01-01", ends_on="2029-12-31")
    page.locator("[name=kind]").select_option("other")
    assert send(page, "Créer le plan").status == 422
    expect(page.get_by_text("Dites de quelle sorte de plan il s’agit.").first).to_be_visible()
    look(page)
    fill(page, kind_word="Plan de vallée")
    send(page, "Créer le plan")
    page.wait_for_url(f"**{PLAN}")

    for title in ("Se loger", "Se soigner"):
        page.goto(f"{PLAN}/axes/ajouter")
        look(page)
        fill(page, title=title, goal="Pour toutes et tous.")
        send(page, "Ajouter l’axe")
    page.goto(PLAN)
    page.get_by_role("link", name="Ajouter une action").first.click()
    look(page)
    fill(page, title="Réunir les propriétaires", starts_on="2024-03-01", ends_on="2025-02-28")
    send(page, "Ajouter l’action")
    expect(page.get_by_role("heading", level=1)).to_have_text("1.1 Réunir les propriétaires")
    page.locator("[name=state]").select_option("under_way")
    fill(page, since_on="2024-04-01")
    send(page, "Noter l’avancement")
    expect(page.locator(".page-head").get_by_text("En cours")).to_be_visible()
    look(page)

    # The order, by the keyboard alone.
    page.goto(f"{PLAN}/ordre")
    look(page)
    page.get_by_role("button", name=re.compile("Descendre")).first.focus()
    with page.expect_response(
        lambda answer: answer.url.endswith("/ordre") and answer.request.method == "POST"
    ):
        page.keyboard.press("Enter")
    page.goto(PLAN)
    expect(page.locator(".plan-axis-title").first).to_contain_text("Se soigner")
    expect(page.locator(".plan-number").first).to_have_text("Axe 1")
    send(page, "Mettre en vigueur")
    send(page, "Publier le plan")

    add_indicator(page)
    revise(page)
    read(another_context.new_page())


def add_indicator(page: Page) -> None:
    """Add an indicator, two values and a correction."""
    page.goto(f"{PLAN}/indicateurs/ajouter")
    fill(page, name="Logements trouvés", unit="logements", target="40", target_on="2029-12-31")
    send(page, "Ajouter l’indicateur")
    for day, value in (("2024-12-31", "4"), ("2025-12-31", "9,5")):
        fill(page, day=day, value=value, source="Rapport d’essai")
        send(page, "Noter la valeur")
    look(page)
    page.get_by_role("link", name="Corriger la valeur du 31 décembre 2025").click()
    look(page)
    fill(page, value="9", reason="Une moitié de logement")
    send(page, "Corriger la valeur")
    expect(page.locator("del")).to_contain_text("9,5")
    expect(page.locator("svg.plan-curve circle.plan-curve-point")).to_have_count(2)


def revise(page: Page) -> None:
    """Revise the plan: an axis leaves it and comes back, an action comes in."""
    page.goto(PLAN)
    page.get_by_role("link", name="Réviser le plan").click()
    look(page)
    fill(page, day="2026-01-15", why="Un nouveau besoin : se chauffer.")
    send(page, "Ouvrir la révision")
    expect(page.get_by_text("Révision 1 ouverte")).to_be_visible()
    page.get_by_role("link", name="Sortir l’axe 1 du plan").click()
    look(page)
    send(page, "Sortir cet axe du plan")
    page.goto(f"{PLAN}/histoire")
    look(page)
    send(page, "Remettre")
    page.goto(PLAN)
    page.locator(".plan-axis", has_text="Se loger").get_by_role("link", name="Ajouter une action").click()
    fill(page, title="Aider à isoler les logements")
    send(page, "Ajouter l’action")
    page.goto(PLAN)
    send(page, "Terminer la révision")
    expect(page.get_by_text("Entré dans le plan : action « Aider à isoler les logements »")).to_be_visible()
    page.goto(f"{PLAN}/actions/ajouter")
    expect(page.get_by_text("Ce plan est en vigueur")).to_be_visible()


def read(page: Page) -> None:
    """Read it without an account, with the keyboard, on a narrow screen; then as it was."""
    page.set_viewport_size({"width": 320, "height": 800})
    page.goto(PLAN)
    assert fits(page)
    summary = page.locator(".plan-axis summary").nth(1)
    action = page.get_by_role("link", name="Réunir les propriétaires")
    expect(action).to_be_visible()
    summary.focus()
    page.keyboard.press("Enter")
    expect(action).to_be_hidden()
    page.keyboard.press("Enter")
    expect(action).to_be_visible()
    for tab in ("calendrier", "avancement", "indicateurs", "croisements", "histoire"):
        page.goto(f"{PLAN}/{tab}")
        assert fits(page), tab
        assert_accessible(page)
    page.goto(f"{PLAN}/calendrier")
    bar = page.locator(".plan-gantt-row rect.plan-bar-under_way").bounding_box()
    assert bar is not None
    assert 0 < bar["width"] < 320 / 3  # one year of six
    expect(page.locator("table").get_by_role("link", name="1.1 Réunir")).to_have_count(0)
    expect(page.locator("table").get_by_role("link", name="2.1 Réunir les propriétaires")).to_be_visible()
    page.goto(f"{PLAN}?au=2025-06-30")
    expect(page.get_by_text("Le plan au 30 juin 2025")).to_be_visible()
    expect(page.locator(".plan-tree").get_by_text("Aider à isoler les logements")).to_have_count(0)
    assert_accessible(page)


def test_the_pages_behind_the_other_buttons(context: BrowserContext) -> None:
    page = context.new_page()
    sign_in(page, COORDINATION)
    for address in (
        "/plans/ppli-2-0/evaluation/ajouter", "/plans/ppli-2-0/budget/ajouter",
        "/plans/ppli-2-0/adoptions/ajouter",
        "/plans/ppli-2-0/diagnostic/ajouter", "/plans/grilles/ajouter", "/plans/nouveau",
    ):  # fmt: skip
        page.goto(address)
        page.evaluate(EMPTY)
        assert send(page, "").status == 422, address
        look(page)
