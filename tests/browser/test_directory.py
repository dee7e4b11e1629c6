"""The directory in a real browser: on a telephone, in words, without scripts, on paper."""

import json
import re
from collections.abc import Callable

from playwright.sync_api import Browser, BrowserContext, Page, expect

from tests.actors import vcards
from tests.browser.conftest import Server, watch
from tests.browser.test_pages import ADMINISTRATOR, fits, sign_in

Axe = Callable[[Page], None]
TELEPHONE = {"width": 360, "height": 740}
LONG_WORK = 60_000
# Say which inline script the policy refuses: data, and, as a control, what would run. What is refused is
# told by an event.
REFUSED = """async () => {
  const refused = {};
  for (const type of ["application/ld+json", "text/javascript"]) {
    refused[type] = await new Promise(done => {
      document.addEventListener("securitypolicyviolation", () => done(true), { once: true });
      const made = document.createElement("script");
      made.type = type;
      made.textContent = "null";
      document.head.append(made);
      requestAnimationFrame(() => requestAnimationFrame(() => done(false)));
    });
  }
  return refused;
}"""


def ask(page: Page, words: str) -> None:
    page.get_by_role("searchbox", name="Que cherchez-vous").fill(words)
    page.get_by_role("searchbox", name="Que cherchez-vous").press("Enter")
    page.wait_for_url("**/annuaire?*asked=*")


def test_on_a_telephone_from_a_request_in_words_to_a_contact(
    context: BrowserContext, server: Server, check_axe: Axe
) -> None:
    page = context.new_page()
    page.set_viewport_size(TELEPHONE)  # type: ignore[arg-type]
    page.goto("/annuaire")
    ask(page, "aide jurdique près de dinnant")
    chips = page.get_by_role("list", name="Filtres en place")
    theme = chips.get_by_role("link", name=re.compile("Juridique et justice"))
    expect(theme).to_be_visible()
    expect(chips.get_by_role("link", name=re.compile("20 km de Dinant"))).to_be_visible()
    expect(page.get_by_text("Nous avons lu « Dinant » pour « dinnant »")).to_be_visible()
    cards = page.locator(".directory-card")
    few = cards.count()
    expect(cards.first).to_contain_text("à Dinant")
    assert fits(page)
    check_axe(page)
    theme.click()
    page.wait_for_url(lambda url: "theme=" not in url)
    expect(theme).to_have_count(0)
    assert cards.count() > few
    page.get_by_role("link", name="Association d’essai La Passerelle").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Association d’essai La Passerelle")
    assert fits(page)
    check_axe(page)
    with page.expect_download() as download:
        page.get_by_role("link", name="Ajouter à mes contacts").click()
    card = vcards.read(download.value.path().read_bytes())
    assert card["FN"][0].text == "Association d’essai La Passerelle"
    assert card["UID"][0].value == page.url
    assert page.url.startswith(server.url)


def test_linked_data_is_there_under_the_strict_policy(browser: Browser, server: Server) -> None:
    context = browser.new_context(base_url=server.url)
    complaints = watch(context, server)
    page = context.new_page()
    answer = page.goto("/acteurs/cai")
    assert answer is not None
    assert "script-src 'self'" in answer.headers["content-security-policy"]
    told = page.locator('script[type="application/ld+json"]').text_content()
    assert json.loads(told or "")["name"].startswith("Centre d’Action Interculturelle")
    assert not complaints
    refused = page.evaluate(REFUSED)
    assert refused == {"application/ld+json": False, "text/javascript": True}
    context.close()


def test_nobody_found_leads_on_by_keyboard_alone(context: BrowserContext, check_axe: Axe) -> None:
    page = context.new_page()
    page.set_viewport_size(TELEPHONE)  # type: ignore[arg-type]
    page.goto("/annuaire")
    ask(page, "logement à Couvin en turc")
    expect(page.get_by_text("Personne dans l’annuaire ne correspond")).to_be_visible()
    check_axe(page)
    first = page.locator(".tries a").first
    number = int(re.findall(r"\d+", first.inner_text())[-1])
    first.press("Enter")
    expect(page.locator(".directory-card")).to_have_count(number)
    summary = page.locator(".refine > summary")
    summary.press("Enter")
    expect(page.get_by_label("Thème")).to_be_visible()
    check_axe(page)


def test_it_all_works_without_scripts(browser: Browser, server: Server) -> None:
    context = browser.new_context(base_url=server.url, java_script_enabled=False, viewport=TELEPHONE)  # type: ignore[arg-type]
    complaints = watch(context, server)
    page = context.new_page()
    page.goto("/annuaire?q=cours+de+fran%C3%A7ais")
    page.locator(".refine > summary").click()
    page.get_by_label("Commune").select_option("Gembloux")
    page.get_by_role("button", name="Filtrer").click()
    expect(page.locator(".directory-card").first).to_contain_text("Gembloux")
    page.get_by_role("link", name=re.compile("Français langue étrangère")).click()
    expect(page.get_by_role("link", name=re.compile("Français langue étrangère"))).to_have_count(0)
    assert not complaints
    context.close()


def test_a_printed_directory_from_the_button_to_its_readers(
    context: BrowserContext, another_context: BrowserContext, server: Server, check_axe: Axe
) -> None:
    desk = context.new_page()
    sign_in(desk, ADMINISTRATOR)
    desk.goto("/annuaire/impression")
    desk.get_by_label("Par thème").check()
    desk.get_by_role("button", name="Construire le PDF").click()
    made = desk.get_by_role("link", name=re.compile(r"L’annuaire à imprimer \(\d+ pages\)"))
    expect(made).to_be_visible(timeout=LONG_WORK)
    check_axe(desk)
    desk.goto("/annuaire/impression/avancement")
    expect(desk.get_by_role("link", name=re.compile("L’annuaire à imprimer"))).to_be_visible()
    reader = another_context.new_page()
    reader.goto("/annuaire")
    link = reader.get_by_role("link", name=re.compile("À imprimer"))
    answer = reader.request.get(str(link.get_attribute("href")))
    assert (answer.status, answer.headers["content-type"]) == (200, "application/pdf")
    assert answer.body().startswith(b"%PDF-1.7")
    assert server.url
