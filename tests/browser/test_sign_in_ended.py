"""A sign-in ends while somebody writes: they sign in again, and the text is there."""

from collections.abc import Callable
from pathlib import Path

from playwright.sync_api import BrowserContext, Page, Response, expect

from tests.browser.test_contribution import sign_in

PHONE = {"width": 360, "height": 740}
TITLE = "Une demande écrite pendant que la connexion s’achève"
TEXT = (
    "Un premier paragraphe, assez long pour manquer à qui l’aurait perdu en chemin.\n\n« Un second » & fin."
)


def asked(question: str) -> Callable[[Response], bool]:
    """Return what tells the answer to a question about the whole text."""
    return lambda answer: (
        answer.url.endswith(f"/{question}") and "paragraphe" in (answer.request.post_data or "")
    )


def test_no_text_is_lost_when_a_sign_in_ends(
    context: BrowserContext, check_axe: Callable[[Page], None], tmp_path: Path
) -> None:
    page = context.new_page()
    sign_in(page, "Coordination du CAI")
    page.goto("/recommandations/nouvelle")
    page.get_by_label("Titre").fill(TITLE)
    # What the page asks while one writes is answered before the sign-in ends.
    with page.expect_response(asked("niveaux")), page.expect_response(asked("qui-demande")):
        page.locator("textarea[name=text]").fill(TEXT)
    context.clear_cookies()
    page.get_by_role("button", name="Enregistrer la recommandation").click()
    expect(page.get_by_role("heading", name="Votre connexion a pris fin")).to_be_visible()
    check_axe(page)
    page.screenshot(path=tmp_path / "ended.png")
    with context.expect_page() as opened:
        page.get_by_role("link", name="Se connecter dans un autre onglet").click()
    other = opened.value
    other.get_by_role("button", name="Coordination du CAI").click()
    other.wait_for_url("**/tableau-de-bord*")
    page.set_viewport_size(PHONE)
    page.get_by_role("button", name="Continuer").click()
    expect(page.get_by_role("heading", name="Votre texte est là")).to_be_visible()
    check_axe(page)
    page.screenshot(path=tmp_path / "there.png")
    page.get_by_role("button", name="Envoyer à nouveau").click()
    expect(page.get_by_role("heading", name=TITLE)).to_be_visible()
    expect(page.get_by_role("main")).to_contain_text("« Un second » & fin.")
