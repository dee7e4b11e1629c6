"""A member on a phone by link, without account; an invitation that is taken; news of a space, and its end."""

import re
import sqlite3
from datetime import UTC, datetime, timedelta

from playwright.sync_api import BrowserContext, Page, expect

from hub.core import tokens
from tests.browser.conftest import Server, assert_accessible
from tests.browser.test_pages import fits

COORDINATOR = "Coordination du CAI"
MEMBER = "Représentant·e d’une association"
PHONE = {"width": 360, "height": 740}
WIDE = {"width": 1280, "height": 800}


def link_to(server: Server, purpose: str, subject: str, number: int) -> str:
    """Store a personal link as `tokens.issue` does, and return its raw text."""
    raw = f"{purpose}-{number}".ljust(43, "x").replace(".", "-")
    now = datetime.now(UTC)
    with sqlite3.connect(server.data_folder / "maillage.db", timeout=15) as database:
        database.execute(
            "INSERT INTO token (hash, purpose, subject_type, subject_id, created_at, expires_at)"
            " VALUES (?, ?, ?, ?, ?, ?)",
            (
                tokens.digest(raw), purpose, subject, number, now.isoformat(" ")[:26],
                (now + timedelta(days=9)).isoformat(" ")[:26],
            ),
        )  # fmt: skip
    return raw


def one(server: Server, query: str) -> int:
    """Return the number that a query of the demonstration finds."""
    with sqlite3.connect(server.data_folder / "maillage.db", timeout=15) as database:
        found: int = database.execute(query).fetchone()[0]
    return found


def looks_right(page: Page) -> None:
    """Check the open page on a phone and wide."""
    for size in (WIDE, PHONE):
        page.set_viewport_size(size)  # type: ignore[arg-type]
        assert fits(page), page.url
        assert_accessible(page)


def choose(page: Page, field: str, option: str) -> None:
    """Choose in a long list, as the list itself does once an option is taken."""
    page.evaluate(
        """([id, word]) => {
          const select = document.getElementById(id);
          select.tomselect.setValue([...select.options].find(one => one.text === word).value);
        }""",
        [field, option],
    )


def sign_in(page: Page, who: str) -> None:
    page.goto("/connexion")
    page.get_by_role("button", name=who).click()
    page.wait_for_load_state()


def test_a_member_by_link_sees_what_is_next_and_asks_for_a_seat(
    context: BrowserContext, server: Server
) -> None:
    page = context.new_page()
    person = one(server, "SELECT id FROM person WHERE email = 'representation@example.org'")
    at = f"/mes-espaces/{link_to(server, 'spaces.mine', 'person', person)}"
    page.set_viewport_size(PHONE)  # type: ignore[arg-type]
    page.goto(at)
    expect(page.get_by_role("heading", level=1)).to_have_text("Mes espaces")
    expect(page.get_by_role("heading", name="Prochaine réunion")).to_be_visible()
    when = page.locator(".next-meeting-when").first
    expect(when).to_be_in_viewport()
    expect(when).to_have_text(re.compile(r"^\w+ \d+(er)? \w+ \d{4}, de \d+"))
    looks_right(page)
    page.locator(".my-space summary").last.click()
    looks_right(page)
    page.get_by_role("button", name="Faire une adresse").click()
    expect(page.get_by_label("Adresse à donner à votre calendrier")).to_have_value(
        re.compile(r"/agenda/personne/.{43}\.ics$")
    )
    looks_right(page)
    page.goto(at)
    page.get_by_role("link", name="Demander un siège dans un autre espace").click()
    looks_right(page)
    choose(page, "space", "Groupe de travail Accès aux droits")
    page.get_by_role("button", name="Envoyer la demande").click()
    expect(page.get_by_text("Votre demande est partie.")).to_be_visible()
    expect(page.get_by_text("Groupe de travail Accès aux droits")).to_be_visible()
    page.goto("/mes-espaces")
    looks_right(page)
    page.get_by_label("Votre adresse mail").fill("inconnue@quartier.example")
    page.get_by_role("button", name="Envoyer le lien").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Consultez vos mails")
    looks_right(page)


def test_news_of_a_space_from_the_form_to_the_end(context: BrowserContext, server: Server) -> None:
    page = context.new_page()
    page.set_viewport_size(PHONE)  # type: ignore[arg-type]
    page.goto("/tenez-moi-au-courant")
    looks_right(page)
    page.get_by_role("link", name="Groupe de travail Logement").click()
    page.get_by_role("button", name="Recevoir les annonces").click()
    expect(page.get_by_text("Écrivez votre adresse mail.").first).to_be_visible()
    page.get_by_label("Votre adresse mail").fill("voisinage@quartier.example")
    looks_right(page)
    page.get_by_role("button", name="Recevoir les annonces").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Consultez vos mails")
    looks_right(page)
    number = one(server, "SELECT id FROM follower WHERE email = 'voisinage@quartier.example'")
    page.goto(f"/suivi/{link_to(server, 'spaces.follow', 'follower', number)}")
    looks_right(page)
    page.get_by_role("button", name="Oui, tenez-moi au courant").click()
    expect(page.get_by_text("Les réunions de cet espace vous sont annoncées.")).to_be_visible()
    page.get_by_role("button", name="Arrêter et effacer mon adresse").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("C’est arrêté")
    looks_right(page)


def test_an_invitation_is_sent_and_taken_by_its_link(context: BrowserContext, server: Server) -> None:
    page = context.new_page()
    sign_in(page, COORDINATOR)
    page.goto("/espaces/groupe-de-travail-sante/inviter")
    choose(page, "organisation", "Interra asbl")
    page.get_by_label("Adresse mail de l’organisation").fill("contact@interra.example")
    looks_right(page)
    page.get_by_role("button", name="Envoyer l’invitation").click()
    expect(page.get_by_text("L’invitation est partie.")).to_be_visible()
    looks_right(page)
    number = one(server, "SELECT max(id) FROM joining WHERE kind = 'invitation' AND state = 'open'")
    page.goto(f"/invitation-espace/{link_to(server, 'spaces.invitation', 'joining', number)}")
    looks_right(page)
    page.get_by_label("Nom").fill("Déléguée d’essai")
    page.get_by_role("button", name="Accepter le siège").click()
    expect(page.get_by_text("Remplissez ce champ.").first).to_be_visible()
    page.get_by_label("Adresse mail").fill("deleguee@interra.example")
    page.get_by_role("button", name="Accepter le siège").click()
    expect(page.get_by_text("Déléguée d’essai la représente")).to_be_visible()
    looks_right(page)
    page.goto("/espaces/groupe-de-travail-sante/membres")
    page.get_by_role("link", name="Interra asbl", exact=True).click()
    expect(page.locator(".sitter-name").first).to_contain_text("Déléguée d’essai")
    looks_right(page)


def test_who_does_not_sit_reads_what_a_space_is_for_and_asks(context: BrowserContext) -> None:
    page = context.new_page()
    sign_in(page, MEMBER)
    page.goto("/espaces/groupe-de-travail-logement")
    expect(page.get_by_role("heading", name="À quoi sert cet espace")).to_be_visible()
    expect(page.get_by_role("heading", name="Dernières décisions")).to_have_count(0)
    looks_right(page)
    page.get_by_role("link", name="Demander à siéger").click()
    looks_right(page)
    page.goto("/espaces/coordination-locale-de-namur")
    page.get_by_role("link", name="Lire l’invitation et y répondre").click()
    expect(page.get_by_role("button", name="Accepter le siège")).to_be_visible()
    looks_right(page)
    page.goto("/mon-calendrier")
    looks_right(page)
