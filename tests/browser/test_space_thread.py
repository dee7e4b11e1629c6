"""A space's whole thread: from a date to find to the report told to the plenary."""

import re
import sqlite3
from collections.abc import Callable
from contextlib import closing
from datetime import UTC, date, datetime, timedelta

from playwright.sync_api import BrowserContext, Page, expect

from tests.browser.conftest import Server
from tests.browser.test_pages import sign_in
from tests.browser.test_running import ASK, capture, status, write

PHONE, TABLET = {"width": 360, "height": 740}, {"width": 768, "height": 1000}
SPACE, SLUG = "Coordination locale de Gembloux", "coordination-locale-de-gembloux"
ADDRESS = "rep.com-gembloux@example.org"
TITLE, POINT = "Se voir pour les logements de transit", "Durée des logements de transit"
DECISION, TASK = "La durée passe à douze mois.", "Écrire le nouveau règlement"
RECOMMENDATION = "Financer un accompagnement après le logement de transit"
REMARK = "La durée se compte à partir de l’entrée."
WORKED = 60_000  # milliseconds: mails and PDFs made in the background on a busy machine


def test_from_a_date_to_find_to_the_report(
    context: BrowserContext,
    another_context: BrowserContext,
    server: Server,
    check_axe: Callable[[Page], None],
) -> None:
    desk = context.new_page()
    sign_in(desk, "Coordination du CAI")
    phone = another_context.new_page()
    phone.set_viewport_size(PHONE)

    poll = ask_for_a_date(desk)
    answer_dates(phone, mailed(desk, TITLE, "date"))
    meeting = choose_the_date(desk, poll)
    send_the_agenda(desk, meeting)
    link = mailed(desk, "du jour|ordre", "reunion")
    read_and_answer(phone, link)
    check_axe(phone)
    phone.close()
    let_the_day_come(server, meeting)
    hold(desk, another_context, meeting)
    code = taken_decision(desk)
    send_minutes(desk, meeting)
    phone = another_context.new_page()
    phone.set_viewport_size(PHONE)
    another_context.clear_cookies()
    remark(phone, link)
    check_axe(phone)
    approve(desk, server, meeting)
    do_the_action(desk, phone)
    check_axe(phone)
    text = read_the_report(desk)
    for said in (SPACE, code, DECISION, TASK, RECOMMENDATION, "Commune de Gembloux"):
        assert said in text, said
    check_axe(desk)


def mailed(desk: Page, title: str, door: str) -> str:
    """Read the commune's link of that kind on the page that shows the mail."""
    pattern = re.compile(rf"https?://[^\s/]+(/{door}/[\w-]{{43}})")
    for _try in range(240):
        desk.goto(f"/reglages/mails?q={ADDRESS}")
        links = desk.get_by_role("main").get_by_role("link", name=re.compile(title, re.IGNORECASE))
        if links.count():
            links.first.click()
            found = pattern.search(desk.get_by_role("main").inner_text())
            if found:
                return found.group(1)
        desk.wait_for_timeout(500)  # the mail is written by a job, after those that wait before it
    raise AssertionError(f"no mail « {title} » with a link /{door}/")


def ask_for_a_date(desk: Page) -> str:
    """Propose two days to those who sit there."""
    tomorrow = date.today() + timedelta(days=1)  # noqa: DTZ011 - the day of whoever fills the form in
    desk.goto(f"/espaces/{SLUG}/dates/nouvelle")
    desk.get_by_label("Titre de la réunion").fill(TITLE)
    for rank, (begins, ends) in enumerate((("09:30", "11:30"), ("14:00", "16:00"))):
        desk.get_by_label("Jour").nth(rank).fill(tomorrow.isoformat())
        desk.get_by_label("Début").nth(rank).fill(begins)
        desk.get_by_label("Fin").nth(rank).fill(ends)
    desk.get_by_label(re.compile("Dernier jour pour répondre")).fill(tomorrow.isoformat())
    desk.get_by_label("Lieu", exact=False).first.fill("Hôtel de ville, Gembloux")
    desk.get_by_role("button", name="Envoyer la recherche de date").click()
    desk.wait_for_url(re.compile(r"/dates/\d+$"))
    return desk.url


def answer_dates(phone: Page, link: str) -> None:
    """Say yes to the second day only, without account."""
    phone.goto(link)
    choices = phone.locator(".date-choices fieldset")
    choices.nth(0).get_by_text("Non", exact=True).click()
    choices.nth(1).get_by_text("Oui", exact=True).click()
    phone.get_by_role("button", name="Enregistrer ma réponse").click()
    expect(phone.get_by_text("votre réponse est enregistrée")).to_be_visible()


def choose_the_date(desk: Page, poll: str) -> str:
    """Make the meeting of the best date, which stands first; return its address."""
    desk.goto(poll)
    best = desk.get_by_role("button", name=re.compile("Faire la réunion")).first
    expect(best).to_have_accessible_name(re.compile("14"))
    best.click()
    desk.wait_for_url(re.compile(r"/reunions/\d+$"))
    return "/reunions/" + desk.url.rpartition("/")[2]


def send_the_agenda(desk: Page, meeting: str) -> None:
    """Put one point on the agenda and send it."""
    desk.goto(f"{meeting}/points/nouveau")
    desk.get_by_label(re.compile("Titre|Point")).first.fill(POINT)
    desk.get_by_role("main").get_by_role("button").first.click()
    desk.goto(f"{meeting}/envoi")
    desk.get_by_role("button", name=re.compile(r"Envoyer à \d+ personnes")).click()
    expect(desk.get_by_text("Tous les mails sont écrits.")).to_be_visible(timeout=WORKED)


def read_and_answer(phone: Page, link: str) -> None:
    """Open the meeting by link on a phone: the agenda is there; say that we come."""
    phone.goto(link)
    expect(phone.get_by_text(POINT)).to_be_visible()
    phone.get_by_text("Je viens", exact=False).first.click()
    phone.get_by_role("button", name="Enregistrer ma réponse").click()
    expect(phone.get_by_text("Hôtel de ville, Gembloux").first).to_be_visible()


def change(server: Server, statement: str, *values: object) -> None:
    """Change the server's database from outside, as time does."""
    with closing(sqlite3.connect(server.data_folder / "maillage.db")) as database, database:
        assert database.execute(statement, values).rowcount == 1


def let_the_day_come(server: Server, meeting: str) -> None:
    """Let the meeting begin an hour ago."""
    starts_at, ends_at = (datetime.now(UTC) + timedelta(hours=hours) for hours in (-1, 1))
    moments = (moment.strftime("%Y-%m-%d %H:%M:%S.%f") for moment in (starts_at, ends_at))
    number = int(meeting.rpartition("/")[2])
    change(server, "UPDATE meeting SET starts_at = ?, ends_at = ? WHERE id = ?", *moments, number)


def hold(desk: Page, another_context: BrowserContext, meeting: str) -> None:
    """Two write; one is offline in the middle; nothing is lost."""
    tablet = another_context.new_page()
    tablet.set_viewport_size(TABLET)
    sign_in(tablet, "Administration du CAI")
    desk.goto(f"{meeting}/tenue")
    desk.get_by_role("button", name="Ouvrir la réunion").click()
    tablet.goto(f"{meeting}/tenue")
    write(desk, 0, "Six mois ne suffisent pas.")
    status(desk)
    tablet.evaluate(ASK)
    expect(tablet.locator("textarea.notes").first).to_have_value("Six mois ne suffisent pas.")
    another_context.set_offline(True)
    capture(tablet, 0, "Décision", DECISION)
    capture(tablet, 0, "Recommandation", RECOMMENDATION)
    tablet.locator("[data-point]").first.locator("summary", has_text="Action").click()
    sheet = tablet.locator("[data-point]").first
    sheet.get_by_label("Ce qui est à faire").fill(TASK)
    sheet.get_by_label(re.compile("Qui s’en charge")).select_option(label="Commune de Gembloux")
    sheet.get_by_label("Ce qui est à faire").press("Enter")
    write(desk, 0, " Douze, alors ?")
    status(desk)
    another_context.set_offline(False)
    status(tablet)
    tablet.close()
    desk.reload()
    expect(desk.locator("textarea.notes").first).to_have_value("Six mois ne suffisent pas. Douze, alors ?")
    for words in (DECISION, RECOMMENDATION, TASK):
        expect(desk.locator("[data-point]").first).to_contain_text(words)
    for line in desk.locator(".table-line").all()[:2]:
        line.get_by_role("button", name="Présent·e").first.click()
    status(desk)
    desk.get_by_role("link", name="Clore la réunion").click()
    desk.get_by_role("button", name="Clore la réunion").click()
    expect(desk.locator("#etat-reunion")).to_contain_text("Tenue")


def taken_decision(desk: Page) -> str:
    """Find the decision in the register; return its code."""
    desk.goto(f"/decisions?q={DECISION}")
    row = desk.get_by_role("row", name=re.compile(re.escape(DECISION)))
    found = re.search(r"D-\d{4}-\d{3}", row.inner_text())
    assert found
    return found.group()


def send_minutes(desk: Page, meeting: str) -> None:
    """Send the minutes to those who were asked."""
    desk.goto(f"{meeting}/compte-rendu")
    expect(desk.get_by_role("main")).to_contain_text(DECISION)
    desk.get_by_role("link", name="Envoyer aux membres").click()
    desk.get_by_role("button", name=re.compile("Envoyer à")).click()
    expect(desk.get_by_role("link", name="Version 1").first).to_be_visible(timeout=WORKED)


def remark(phone: Page, link: str) -> None:
    """Read the minutes by the meeting's link and remark on them, without account."""
    phone.goto(f"{link}/compte-rendu")
    expect(phone.get_by_role("main")).to_contain_text(DECISION)
    phone.get_by_label("Votre remarque").fill(REMARK)
    phone.get_by_role("button", name="Envoyer la remarque").click()
    expect(phone.get_by_role("main")).to_contain_text(REMARK)


def approve(desk: Page, server: Server, meeting: str) -> None:
    """Answer the remark; once its last day has passed, approve: nothing changes any more."""
    desk.goto(f"{meeting}/compte-rendu")
    desk.get_by_role("link", name="Répondre").first.click()
    desk.get_by_role("radio").first.check()
    desk.get_by_label("Réponse").fill("C’est noté ainsi.")
    desk.get_by_role("button", name="Répondre").click()
    expect(desk.get_by_role("main")).to_contain_text("C’est noté ainsi.")
    yesterday = (date.today() - timedelta(days=1)).isoformat()  # noqa: DTZ011
    number = int(meeting.rpartition("/")[2])
    change(server, "UPDATE minutes SET remarks_until = ? WHERE meeting_id = ?", yesterday, number)
    desk.goto(f"{meeting}/compte-rendu")
    desk.get_by_role("link", name="Approuver").click()
    desk.get_by_label(re.compile("remarque|silence", re.IGNORECASE)).first.check()
    desk.get_by_role("button", name="Approuver pour de bon").click()
    expect(desk.get_by_role("link", name="Ajouter un erratum")).to_be_visible()
    desk.goto(f"{meeting}/tenue")
    expect(desk.locator("textarea.notes:not([readonly])")).to_have_count(0)


def do_the_action(desk: Page, phone: Page) -> None:
    """Ask for one's link, open it on the phone, and say that the action is done."""
    phone.goto("/mes-espaces")
    phone.get_by_label(re.compile("mail", re.IGNORECASE)).fill(ADDRESS)
    phone.get_by_role("button", name="Envoyer le lien").click()
    link = mailed(desk, "espaces|lien", "mes-espaces")
    phone.goto(link)
    expect(phone.get_by_role("main")).to_contain_text(SPACE)
    phone.goto(link.replace("/mes-espaces/", "/mes-actions/"))
    phone.get_by_role("button", name=f"C’est fait : {TASK}").click()
    expect(phone.get_by_role("main")).to_contain_text("faite")


def read_the_report(desk: Page) -> str:
    """Draft the report of these days by one button, publish it, and return its text."""
    today = date.today()  # noqa: DTZ011
    desk.goto("/rapports/nouveau")
    desk.get_by_label("Titre", exact=True).fill("Le fil d’un espace")
    desk.get_by_label("Premier jour").fill(today.isoformat())
    desk.get_by_label("Dernier jour").fill((today + timedelta(days=2)).isoformat())
    desk.get_by_role("button", name="Faire le brouillon").click()
    desk.get_by_role("link", name="Aperçu").click()
    return desk.get_by_role("main").inner_text()
