"""Without a mouse: each control of the pages of recommendations is reached, seen, and does what it says."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from tests.browser.test_contribution import sign_in, tab_to

COORDINATOR = "Coordination du CAI"
CALL = "/appels/vos-constats-et-vos-recommandations-pour-le-prochain-memorandum"
PAGES = (
    f"{CALL}/suivi",
    f"{CALL}/consultation",
    "/amendements",
    "/recommandations/R-2024-038/amendements",
    "/recommandations/R-2024-038/amendements/proposer",
    "/recommandations/R-2024-005/versions",
    "/recommandations/R-2024-010/soutien",
    "/recommandations/temoignages",
    "/recommandations/temoignages/nouveau",
)
# Marks what can have the focus and returns the marks: the buttons of one choice share theirs.
MARK = """() => {
  const kinds = 'main :is(a[href], button, input:not([type=hidden]), select, textarea, summary)';
  const seen = { visibilityProperty: true };
  const shown = (one) => one.checkVisibility(seen) && !one.disabled && one.tabIndex >= 0;
  const open = [...document.querySelectorAll(kinds)].filter(shown);
  const names = open.map((one, place) => one.type === 'radio' ? `radio ${one.name}` : `${place}`);
  open.forEach((one, place) => { one.dataset.mark = names[place]; });
  return [...new Set(names)];
}"""
REACHED = """() => {
  const one = document.activeElement;
  const ringed = [one, one.closest('.ts-wrapper')?.querySelector('.ts-control') ?? one].some((each) => {
    const style = getComputedStyle(each);
    const hasOutline = style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) > 0;
    return hasOutline || style.boxShadow !== 'none';
  });
  return [one.dataset.mark ?? '', ringed];
}"""
MOST_TABS = 160


@pytest.mark.parametrize("path", PAGES)
def test_each_control_is_reached_by_the_tab_key_and_seen(context: BrowserContext, path: str) -> None:
    page = context.new_page()
    sign_in(page, COORDINATOR)
    assert page.goto(path)
    marks = set(page.evaluate(MARK))
    assert marks
    reached: dict[str, bool] = {}
    for _ in range(MOST_TABS):
        page.keyboard.press("Tab")
        mark, is_ringed = page.evaluate(REACHED)
        reached[mark] = reached.get(mark, False) or is_ringed
        if marks <= set(reached):
            break
    assert marks - set(reached) == set()
    assert [mark for mark in marks if not reached[mark]] == []


def test_what_is_obtained_is_told_by_keyboard(
    context: BrowserContext, check_axe: Callable[[Page], None]
) -> None:
    page = context.new_page()
    sign_in(page, COORDINATOR)
    page.goto("/recommandations/R-2024-010/etape/closed")
    check_axe(page)
    tab_to(page, page.get_by_role("button", name="Clore"))
    page.keyboard.press("Enter")
    expect(page.get_by_text("Dites si elle est obtenue, en partie ou non.").first).to_be_visible()
    check_axe(page)
    tab_to(page, page.get_by_role("radio", name="Obtenue", exact=True))
    page.keyboard.press("Space")
    tab_to(page, page.get_by_label("Ce qui en est venu"))
    page.keyboard.type("Une formation dans chaque CPAS (essai).")
    tab_to(page, page.get_by_role("button", name="Clore"))
    page.keyboard.press("Enter")
    expect(page.get_by_text(re.compile(r"R-2024-010\s: Close"))).to_be_visible()
    expect(page.get_by_text("Obtenue", exact=True).first).to_be_visible()
    check_axe(page)
    page.goto("/recommandations?outcome=obtained")
    expect(page.get_by_role("link", name="Former les CPAS")).to_be_visible()
    check_axe(page)
