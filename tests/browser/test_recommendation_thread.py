"""A recommendation from three associations and another memorandum to those who sign it, and back to each.

Two associations write by their link, one is noted by phone and confirms; a fourth demand stands in another
actor’s document, with its page. What asks the same is joined, amended, consulted on and co-signed; a
substantive change makes the signature lapse, and each receipt tells what became of the association’s words.
"""

import re
from collections.abc import Callable
from datetime import date, timedelta

from playwright.sync_api import BrowserContext, Page, expect

from tests.browser.test_contribution import sign_in
from tests.browser.test_pages import fits

PHONE = {"width": 360, "height": 740}
CALL = "Le guichet communal, tous les jours"
PLACES = "Association d’essai La Passerelle"
BRIDGES = "Collectif d’essai des Trois-Ponts"
WINDS = "Association d’essai Les Quatre-Vents"
MAILS = {
    name: f"{word}-fil@example.org"
    for name, word in ((PLACES, "passerelle"), (BRIDGES, "ponts"), (WINDS, "vents"))
}
LINK = re.compile(r"https?://[^\s/]+(/contribution/[\w-]{43})")
CONFIRMATION = re.compile(r"https?://[^\s/]+(/confirmation/[\w-]{43})")
FIRST = "Ouvrir le guichet communal un soir par semaine, avec un interprète."
SECOND = "Ouvrir le guichet communal deux soirs par semaine, avec un interprète."
THIRD = "Ouvrir le guichet communal le samedi matin, avec un interprète."
QUOTED = "Ouvrir les guichets communaux en soirée, avec un interprète."
JOINED = "Un guichet communal ouvert le soir"
AMENDED = "Ouvrir le guichet communal deux soirs par semaine, avec un interprète formé."
RENEWED = "Ouvrir chaque guichet communal trois soirs par semaine, avec un interprète formé et payé."


def test_from_three_associations_to_their_receipts(
    context: BrowserContext, another_context: BrowserContext, check_axe: Callable[[Page], None]
) -> None:
    desk, phone = context.new_page(), another_context.new_page()
    phone.set_viewport_size(PHONE)

    def look(page: Page) -> None:
        """Check the open page on this screen and, for the desk, on a phone's."""
        check_axe(page)
        if page is desk:
            page.set_viewport_size(PHONE)
            assert fits(page), page.url
            check_axe(page)
            page.set_viewport_size({"width": 1280, "height": 800})

    sign_in(desk, "Coordination du CAI")
    call = open_call(desk)
    links = {name: mailed(desk, name, CALL, LINK) for name in (PLACES, WINDS)}
    for name, proposal in ((PLACES, FIRST), (WINDS, SECOND)):
        contribute(phone, links[name], proposal)
    look(phone)
    told_by_phone(desk, phone, call, look)
    quoted(desk, look)
    codes = taken_up(desk)
    similar(desk, look)
    code = merged(desk, codes, look)
    consult(desk, call, code)
    amended(desk, phone, links[WINDS], code, look)
    carried(phone, links[PLACES], look)
    changed(desk, code, RENEWED, look)
    lapsed(phone, links[PLACES], look)
    receipts(phone, links, look)
    looked_back(desk, call, code, look)


def open_call(desk: Page) -> str:
    """Prepare a call, invite three associations, send their links; return its address."""
    today = date.today()  # noqa: DTZ011 - the day of whoever fills the form in
    desk.goto("/appels/nouveau")
    desk.get_by_label("Titre").fill(CALL)
    desk.get_by_label("S’ouvre le").fill((today - timedelta(days=1)).isoformat())
    desk.get_by_label("Dernier jour").first.fill((today + timedelta(days=20)).isoformat())
    desk.get_by_role("button", name="Enregistrer l’appel").click()
    desk.wait_for_url("**/suivi")
    call = desk.url.removesuffix("/suivi")
    for name in MAILS:
        desk.goto(f"{call}/invitations?q={name.rsplit(' ', 1)[1]}")
        desk.get_by_role("checkbox", name=f"Inviter {name}").check()
        desk.get_by_role("button", name="Ajouter les organisations cochées").click()
    for name, address in MAILS.items():
        desk.goto(f"{call}/suivi")
        desk.get_by_role("link", name=name, exact=True).click()
        desk.get_by_label("Adresse mail pour cet appel").fill(address)
        desk.get_by_role("button", name="Enregistrer l’adresse").click()
    desk.goto(f"{call}/suivi")
    desk.get_by_role("button", name="Publier l’appel").click()
    desk.get_by_role("button", name="Envoyer les 3 invitations").click()
    expect(desk.get_by_text("3 invitations sont parties.")).to_be_visible()
    return call


def mailed(desk: Page, name: str, title: str, link: re.Pattern[str]) -> str:
    """Read a link on the page that shows an association's mail."""
    desk.goto(f"/reglages/mails?q={MAILS[name]}")
    desk.get_by_role("link", name=re.compile(title)).first.click()
    found = link.search(desk.get_by_role("main").inner_text())
    assert found
    return found.group(1)


def contribute(phone: Page, link: str, proposal: str) -> None:
    """Write and send behind the association's link."""
    phone.goto(link)
    phone.get_by_label("Le constat").fill("Le guichet ferme avant la fin des cours.")
    phone.get_by_label("La recommandation").fill(proposal)
    phone.get_by_role("button", name="Envoyer la contribution").click()
    expect(phone.get_by_text("Elle est bien arrivée.")).to_be_visible()


def told_by_phone(desk: Page, phone: Page, call: str, look: Callable[[Page], None]) -> None:
    """Note what the third association says by phone; it confirms by the link of its mail."""
    slug, asked = "collectif-d-essai-des-trois-ponts", call.rsplit("/", 1)[1]
    desk.goto(f"/recommandations/contributions/nouvelle?organisation={slug}&campaign={asked}")
    desk.get_by_label("La recommandation").fill(THIRD)
    desk.get_by_role("button", name="Enregistrer la contribution").click()
    expect(desk.get_by_text("ne l’a pas encore confirmée")).to_be_visible()
    look(desk)
    desk.get_by_role("button", name="Lui envoyer la demande").click()
    phone.goto(mailed(desk, BRIDGES, "Est-ce bien votre demande", CONFIRMATION))
    look(phone)
    phone.get_by_role("button", name="C’est bien ce que nous demandons").click()
    expect(phone.get_by_text("Confirmée par votre lien")).to_be_visible()


def quoted(desk: Page, look: Callable[[Page], None]) -> None:
    """Take a demand from another actor's document, with its page."""
    desk.goto("/recommandations/documents?q=droit+au+logement+rwdh")
    desk.get_by_role("link", name=re.compile("^Semaine d’actions pour le droit au logement")).click()
    desk.get_by_role("link", name="Prendre une demande").first.click()
    desk.get_by_label("Page").fill("12")
    desk.get_by_label("Citation").fill(QUOTED)
    desk.get_by_label("La recommandation").fill(QUOTED)
    look(desk)
    desk.get_by_role("button", name="Prendre cette demande").click()
    expect(desk.get_by_text("À la suivante")).to_be_visible()


def taken_up(desk: Page) -> list[str]:
    """Make a recommendation of the first two demands, and one of the others; return their codes."""
    codes = []
    for first, second in ((FIRST, THIRD), (SECOND, QUOTED)):
        desk.goto("/recommandations/contributions?q=guichet")
        for proposal in (first, second):
            row = desk.locator("tr", has=desk.get_by_role("link", name=proposal))
            row.first.get_by_role("checkbox").check()
        desk.get_by_role("button", name="Réunir en une recommandation").click()
        desk.get_by_label("Titre").fill(first.rstrip("."))
        desk.locator("textarea[name=text]").fill(first)
        desk.get_by_role("button", name="Enregistrer la recommandation").click()
        desk.wait_for_url(re.compile(r"/recommandations/R-\d+-\d+$"))
        codes.append(desk.url.rsplit("/", 1)[1])
    return codes


def similar(desk: Page, look: Callable[[Page], None]) -> None:
    """Find both among the texts that look alike, told apart by their figures."""
    desk.goto("/recommandations/qui-demande")
    desk.get_by_label("Le texte d’une demande").fill(FIRST)
    desk.get_by_role("button", name="Chercher qui le demande").click()
    expect(desk.locator("[aria-labelledby=found-title]")).to_contain_text(WINDS)
    look(desk)
    desk.goto("/recommandations/ressemblances")
    look(desk)


def merged(desk: Page, codes: list[str], look: Callable[[Page], None]) -> str:
    """Join both; return the code of the one that was made."""
    desk.goto("/recommandations/fusionner?" + "&".join(f"code={code}" for code in codes))
    desk.get_by_label("Titre").fill(JOINED)
    desk.locator("textarea[name=text]").fill(SECOND)
    look(desk)
    desk.get_by_role("button", name="Fusionner", exact=True).click()
    expect(desk.locator(".lineage-current")).to_contain_text(JOINED)
    look(desk)
    code = desk.url.split("/recommandations/")[1].split("/")[0]
    # The old addresses stand, and tell where it went.
    for old in codes:
        desk.goto(f"/recommandations/{old}")
        expect(desk.get_by_role("main")).to_contain_text(code)
    return code


def consult(desk: Page, call: str, code: str) -> None:
    """Consult the three associations on it."""
    today = date.today()  # noqa: DTZ011 - the day of whoever fills the form in
    desk.goto(f"{call}/consultation/preparer")
    desk.get_by_label("Du", exact=True).fill(today.isoformat())
    desk.get_by_label("Au", exact=True).fill((today + timedelta(days=9)).isoformat())
    desk.get_by_role("button", name="Enregistrer les jours").click()
    desk.goto(f"{call}/consultation/preparer?q={code}")
    desk.get_by_role("checkbox", name=f"Choisir {code}").check()
    desk.get_by_role("button", name="Ajouter celles qui sont cochées").click()
    expect(desk.get_by_role("main")).to_contain_text("1 recommandation dans la consultation")


def amended(desk: Page, phone: Page, link: str, code: str, look: Callable[[Page], None]) -> None:
    """An association proposes other words for a paragraph; they are taken, and it reads so."""
    phone.goto(f"{link}/consultation")
    phone.get_by_role("link", name=re.compile("mend")).first.click()
    phone.get_by_role("link", name=re.compile("Proposer un changement.*Recommandation")).first.click()
    phone.get_by_label("Ce que vous proposez").fill(AMENDED)
    phone.get_by_label("Pourquoi").fill("Traduire s’apprend.")
    look(phone)
    phone.get_by_role("button", name="Proposer l’amendement").click()
    expect(phone.get_by_text("Attend une réponse")).to_be_visible()
    desk.goto(f"/recommandations/{code}/amendements")
    look(desk)
    desk.get_by_role("link", name="Répondre").first.click()
    desk.get_by_role("radio", name=re.compile("^Mineure")).check()
    look(desk)
    desk.get_by_role("button", name="Reprendre tel quel").click()
    desk.goto(f"/recommandations/{code}")
    expect(desk.get_by_role("main")).to_contain_text(AMENDED)
    phone.reload()
    expect(phone.get_by_text("Repris", exact=True)).to_be_visible()


def carried(phone: Page, link: str, look: Callable[[Page], None]) -> None:
    """Another one supports it and co-signs, on a phone."""
    phone.goto(f"{link}/consultation")
    phone.get_by_role("radio", name="Soutient", exact=True).check()
    look(phone)
    phone.get_by_role("button", name="Enregistrer nos positions").click()
    expect(phone.get_by_text("1 position est enregistrée.")).to_be_visible()
    sign(phone, link)
    look(phone)


def sign(phone: Page, link: str) -> None:
    phone.goto(f"{link}/co-signature")
    phone.get_by_role("checkbox").first.check()
    phone.get_by_label("Organe qui a décidé").fill("Assemblée générale")
    phone.get_by_label("Date de sa décision").fill(date.today().isoformat())  # noqa: DTZ011 - the reader's day
    phone.get_by_label("Personne mandatée pour signer").fill("Personne d’essai")
    phone.get_by_role("button", name="Co-signer", exact=True).click()
    expect(phone.get_by_text("1 recommandation est co-signée.")).to_be_visible()


def changed(desk: Page, code: str, text: str, look: Callable[[Page], None]) -> None:
    """Change what is asked, and say that it is substantive."""
    desk.goto(f"/recommandations/{code}/modifier")
    desk.locator("textarea[name=text]").fill(text)
    desk.get_by_role("radio", name=re.compile("^De fond")).check()
    look(desk)
    desk.get_by_role("button", name="Enregistrer la recommandation").click()
    expect(desk.get_by_role("main")).to_contain_text(text)


def lapsed(phone: Page, link: str, look: Callable[[Page], None]) -> None:
    """The signature fell with the change, and is given anew."""
    phone.goto(f"{link}/co-signature")
    expect(phone.get_by_text("Votre co-signature est tombée")).to_be_visible()
    look(phone)
    sign(phone, link)


def receipts(phone: Page, links: dict[str, str], look: Callable[[Page], None]) -> None:
    """Each association reads on its receipt what became of its words."""
    for name in (PLACES, WINDS):
        phone.goto(links[name])
        phone.get_by_role("link", name=re.compile("Ouvrir le guichet")).first.click()
        expect(phone.get_by_role("main")).to_contain_text(JOINED)
        look(phone)


def looked_back(desk: Page, call: str, code: str, look: Callable[[Page], None]) -> None:
    """The coordination finds all of it: the four sources, the versions, who stands for it."""
    desk.goto(f"/recommandations/{code}/lignee")
    for name in (PLACES, BRIDGES, WINDS):
        expect(desk.get_by_role("main")).to_contain_text(name)
    look(desk)
    desk.goto(f"{call}/co-signatures")
    expect(desk.get_by_role("main")).to_contain_text("Assemblée générale")
    look(desk)
