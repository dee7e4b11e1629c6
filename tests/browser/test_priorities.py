"""An association spreads its dots by its link, on a phone, with and without scripts; the results are read."""

import re
from collections.abc import Callable

from playwright.sync_api import Browser, BrowserContext, Page, expect

from tests.browser.conftest import Server
from tests.browser.test_contribution import sign_in

PHONE = {"width": 360, "height": 740}
LINK = re.compile(r"https?://[^\s/]+(/contribution/[\w-]{43}/priorites)")
ASKED = "gabs@example.org"


def vote_anew(desk: Page) -> None:
    """Close the vote that is open, open another one, and send the links."""
    desk.goto("/appels")
    desk.get_by_role("link", name="Vos constats et vos recommandations").first.click()
    desk.get_by_role("link", name="Consultation", exact=True).click()
    desk.get_by_role("link", name="Priorités").click()
    desk.get_by_role("button", name="Clore le vote maintenant").click()
    desk.get_by_role("link", name="Ouvrir un autre vote").click()
    desk.get_by_label("Points par organisation").fill("4")
    desk.get_by_label("Points au plus sur une recommandation").fill("3")


def mailed_link(desk: Page) -> str:
    desk.goto(f"/reglages/mails?q={ASKED}")
    desk.get_by_role("link", name=re.compile("quelles sont vos priorités")).first.click()
    found = LINK.search(desk.get_by_role("main").inner_text())
    assert found
    return found.group(1)


def test_dots_by_link_on_a_phone_and_what_they_give(
    context: BrowserContext, browser: Browser, server: Server, check_axe: Callable[[Page], None]
) -> None:
    desk = context.new_page()
    sign_in(desk, "Coordination du CAI")
    vote_anew(desk)
    check_axe(desk)
    desk.get_by_role("button", name="Ouvrir le vote").click()
    desk.get_by_role("button", name=re.compile("qui n’ont pas voté")).click()
    expect(desk.get_by_text(re.compile("mails sont partis"))).to_be_visible()
    results = desk.url
    link = mailed_link(desk)

    plain = browser.new_context(java_script_enabled=False, viewport=PHONE, base_url=server.url)
    phone = plain.new_page()
    phone.goto(link)
    expect(phone.get_by_role("button", name=re.compile("Un point de plus"))).to_have_count(0)
    dots = phone.get_by_role("spinbutton")
    dots.nth(0).fill("3")
    dots.nth(1).fill("2")
    phone.get_by_role("button", name="Enregistrer nos points").click()
    expect(phone.get_by_text(re.compile("retirez-en 1"))).to_be_visible()
    expect(dots.nth(0)).to_have_value("3")
    dots.nth(1).fill("1")
    phone.get_by_role("button", name="Enregistrer nos points").click()
    expect(phone.get_by_text("Vos points sont enregistrés.")).to_be_visible()
    plain.close()

    desk.set_viewport_size(PHONE)
    desk.goto(link)
    left = desk.get_by_role("status").filter(has_text="point")
    expect(left).to_contain_text("Tous vos points sont mis.")
    more = desk.get_by_role("button", name=re.compile("Un point de plus"))
    expect(more.nth(2)).to_have_attribute("aria-disabled", "true")
    fewer = desk.get_by_role("button", name=re.compile("Un point de moins"))
    fewer.nth(0).focus()
    desk.keyboard.press("Enter")
    expect(left).to_contain_text("Il vous reste 1 point.")
    expect(fewer.nth(0)).to_be_focused()
    check_axe(desk)
    more.nth(2).click()
    desk.get_by_role("button", name="Enregistrer nos points").click()
    expect(desk.get_by_text("Vos points sont enregistrés.")).to_be_visible()

    desk.goto(results)
    expect(desk.get_by_role("table", name="Qui a voté")).to_contain_text("Groupe d’animation")
    check_axe(desk)
    desk.set_viewport_size({"width": 1280, "height": 900})
    check_axe(desk)
