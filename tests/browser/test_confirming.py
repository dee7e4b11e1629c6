"""What a coordinator notes by phone is the organisation's once it has said so: by mail, link or account."""

import re
from collections.abc import Callable

from playwright.sync_api import BrowserContext, Page, expect

PHONE = {"width": 360, "height": 740}
ADDRESS = "gabs@example.org"
CALL = re.compile(r"https?://[^\s/]+(/contribution/[\w-]{43})")
CONFIRMATION = re.compile(r"https?://[^\s/]+(/confirmation/[\w-]{43})")
ASKED = ("Ouvrir le guichet un soir par semaine.", "Traduire les formulaires.", "Ajouter un arrêt de bus.")


def sign_in(page: Page, person: str) -> None:
    page.goto("/connexion")
    page.get_by_role("button", name=person).click()
    page.wait_for_url("**/tableau-de-bord*")


def enter(page: Page, proposal: str) -> str:
    """Note by phone what the organisation of the demonstration's call asks; return its address."""
    page.goto("/recommandations/contributions/nouvelle?organisation=gabs")
    page.get_by_role("combobox", name="Appel").first.select_option(index=1)
    page.get_by_label("La recommandation").fill(proposal)
    page.get_by_role("button", name="Enregistrer la contribution").click()
    expect(page.get_by_text("Cet appel pose ses propres questions").first).to_be_visible()
    page.get_by_role("button", name="Enregistrer la contribution").click()
    expect(page.get_by_text("ne l’a pas encore confirmée")).to_be_visible()
    return page.url


def mailed(page: Page, title: str, link: re.Pattern[str]) -> str:
    """Read a link on the page that shows the organisation's mail."""
    page.goto(f"/reglages/mails?q={ADDRESS}")
    page.get_by_role("link", name=re.compile(title)).first.click()
    found = link.search(page.get_by_role("main").inner_text())
    assert found
    return found.group(1)


def test_what_was_told_by_phone_is_confirmed_by_the_organisation(
    context: BrowserContext, another_context: BrowserContext, check_axe: Callable[[Page], None]
) -> None:
    desk = context.new_page()
    sign_in(desk, "Coordination du CAI")
    by_mail, by_call, by_account = (enter(desk, proposal) for proposal in ASKED)
    check_axe(desk)
    desk.goto(by_mail)
    desk.get_by_role("button", name="Lui envoyer la demande").click()
    expect(desk.get_by_text("La demande de confirmation est partie.")).to_be_visible()
    asked = mailed(desk, "Est-ce bien votre demande", CONFIRMATION)
    link = mailed(desk, "le lien de votre organisation", CALL)

    phone = another_context.new_page()
    phone.set_viewport_size(PHONE)
    phone.goto(asked)
    expect(phone.get_by_text(ASKED[0])).to_be_visible()
    check_axe(phone)
    phone.get_by_role("button", name="C’est bien ce que nous demandons").click()
    expect(phone.get_by_text("Confirmée par votre lien")).to_be_visible()
    check_axe(phone)

    phone.goto(f"{link}/recu/{by_call.rsplit('/', 1)[1]}")
    phone.get_by_role("link", name="Confirmer, ou dire que non").click()
    phone.get_by_text("Ce n’est pas de nous").click()
    check_axe(phone)
    phone.get_by_label("Pourquoi ?").fill("Une collègue parlait pour elle-même.")
    phone.get_by_role("button", name="Retirer la contribution").click()
    expect(phone.get_by_text("C’est noté : cette contribution est retirée.")).to_be_visible()
    phone.goto(f"{link}/nouvelles")
    check_axe(phone)
    phone.get_by_role("button", name="Ne plus recevoir ces nouvelles").click()
    expect(phone.get_by_role("button", name="Recevoir à nouveau")).to_be_visible()

    sign_in(phone, "Représentant")
    phone.goto(f"/contributions/{by_account.rsplit('/', 1)[1]}")
    phone.get_by_role("button", name="C’est bien ce que nous demandons").click()
    expect(phone.get_by_text("Confirmée par son compte")).to_be_visible()

    desk.goto(by_call)
    expect(desk.get_by_text("Une collègue parlait pour elle-même.").first).to_be_visible()
