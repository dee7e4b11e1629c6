"""An association says where it stands and co-signs, by its link, on a phone and without scripts."""

import re
from collections.abc import Callable
from datetime import date

from playwright.sync_api import Browser, BrowserContext, Page, expect

from tests.browser.conftest import Server
from tests.browser.test_contribution import sign_in

PHONE = {"width": 360, "height": 740}
LINK = re.compile(r"https?://[^\s/]+(/contribution/[\w-]{43})")
# Another test may have had a new link sent since, which ends the one before.
MAILS = re.compile("quelles sont vos positions|le lien de votre organisation")
ASKED = "gabs@example.org"


def consulted_link(desk: Page) -> str:
    """Send the links of the consultation; return the one that was mailed to ASKED."""
    desk.goto("/appels")
    desk.get_by_role("link", name="Vos constats et vos recommandations").first.click()
    desk.get_by_role("link", name="Consultation", exact=True).click()
    desk.get_by_role("button", name=re.compile("qui n’ont pas tout répondu")).click()
    # Today's may have left already: another test asks too.
    expect(desk.get_by_text(re.compile("mails sont partis|Aucun mail n’est parti"))).to_be_visible()
    desk.goto(f"/reglages/mails?q={ASKED}")
    desk.get_by_role("link", name=MAILS).first.click()
    found = LINK.search(desk.get_by_role("main").inner_text())
    assert found
    return found.group(1)


def test_a_voice_and_a_co_signature_by_link(
    context: BrowserContext, browser: Browser, server: Server, check_axe: Callable[[Page], None]
) -> None:
    desk = context.new_page()
    sign_in(desk, "Coordination du CAI")
    link = consulted_link(desk)
    plain = browser.new_context(java_script_enabled=False, viewport=PHONE, base_url=server.url)
    phone = plain.new_page()
    phone.goto(f"{link}/consultation")
    phone.get_by_role("radio", name="Soutient avec réserves").first.check()
    phone.get_by_role("button", name="Enregistrer nos positions").click()
    expect(phone.get_by_text("Dites quelles sont vos réserves.").first).to_be_visible()
    phone.get_by_label("Vos réserves ou vos raisons").first.fill("Si les moyens suivent.")
    phone.get_by_role("button", name="Enregistrer nos positions").click()
    expect(phone.get_by_text("1 position est enregistrée.")).to_be_visible()
    phone.get_by_role("link", name="Co-signer une recommandation").click()
    phone.get_by_role("checkbox").first.check()
    phone.get_by_label("Organe qui a décidé").fill("Organe d’administration")
    phone.get_by_label("Date de sa décision").fill(date.today().isoformat())  # noqa: DTZ011 - the reader's day
    phone.get_by_label("Personne mandatée pour signer").fill("Personne d’essai")
    phone.get_by_role("button", name="Co-signer", exact=True).click()
    expect(phone.get_by_text("1 recommandation est co-signée.")).to_be_visible()
    plain.close()
    for path in (f"{link}/consultation", f"{link}/co-signature"):
        desk.goto(path)
        check_axe(desk)
    expect(desk.get_by_role("main")).to_contain_text("Organe d’administration")
