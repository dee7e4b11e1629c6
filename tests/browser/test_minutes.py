"""Minutes in the browser: drafted, sent, remarked on by link on a phone, corrected, approved, an erratum."""

import io
import re
import sqlite3
import time
from collections.abc import Callable
from contextlib import closing
from datetime import timedelta
from typing import Any

import pypdf
from playwright.sync_api import BrowserContext, Page, expect
from sqlalchemy import create_engine, select
from sqlalchemy.orm import Session

from hub.core import clock
from hub.spaces.models.meetings import Meeting, MeetingState
from hub.spaces.models.minutes import Minutes, MinutesReader
from hub.spaces.operations import minutes_letters
from memoranda import check
from tests.browser.conftest import Server

PHONE = {"width": 360, "height": 740}
WORKED = 120_000  # milliseconds: a PDF and its mails on a busy machine
CheckAxe = Callable[[Page], None]


def sign_in(page: Page) -> None:
    page.goto("/connexion")
    page.get_by_role("button", name="Coordination du CAI").click()
    page.wait_for_url("**/tableau-de-bord*")


def rows(server: Server, statement: str, *values: Any) -> list[tuple[Any, ...]]:
    with closing(sqlite3.connect(server.data_folder / "maillage.db")) as connection:
        return connection.execute(statement, values).fetchall()


def prepare(server: Server) -> int:
    """Return a meeting of the demonstration without minutes; give its space a meeting that came after."""
    engine = create_engine(f"sqlite:///{server.data_folder / 'maillage.db'}")
    with Session(engine) as session:
        begun = select(Minutes.meeting_id)
        meeting = session.scalars(
            select(Meeting)
            .where(Meeting.state == MeetingState.HELD, Meeting.id.not_in(begun))
            .order_by(Meeting.starts_at)
            .limit(1)
        ).one()
        starts = clock.now() - timedelta(hours=2)
        session.add(
            Meeting(
                space_id=meeting.space_id, title="Réunion d’approbation", starts_at=starts,
                ends_at=starts + timedelta(hours=1), created_at=starts, updated_at=starts,
            )
        )  # fmt: skip
        session.commit()
        return meeting.id


def link(server: Server, kind: str, meeting: int) -> str:
    """Return the address in the last mail of that kind about a meeting's minutes, once it is written."""
    deadline = time.monotonic() + WORKED / 1000
    while time.monotonic() < deadline:
        ((text,),) = rows(
            server,
            "SELECT message.text FROM message JOIN minutes_reader ON minutes_reader.id = message.subject_id"
            " JOIN minutes ON minutes.id = minutes_reader.minutes_id WHERE message.kind = ? AND"
            " minutes.meeting_id = ? AND minutes_reader.attendance_id IS NOT NULL"
            " ORDER BY message.id DESC LIMIT 1",
            kind,
            meeting,
        )
        found = re.search(r"https?://\S+/compte-rendu", text)
        if found:
            return found[0]
        time.sleep(0.1)  # it is written by a job, of which this page tells nothing
    raise AssertionError(f"no mail {kind} was written")


def reader_link(server: Server, meeting: int) -> str:
    """Return a new link of somebody who got the minutes without having been asked to the meeting."""
    engine = create_engine(f"sqlite:///{server.data_folder / 'maillage.db'}")
    with Session(engine) as session:
        reader = session.scalars(
            select(MinutesReader)
            .join(MinutesReader.minutes)
            .where(Minutes.meeting_id == meeting, MinutesReader.attendance_id.is_(None))
            .limit(1)
        ).first()
        if reader is None:
            attendance = session.scalars(
                select(MinutesReader)
                .join(MinutesReader.minutes)
                .where(Minutes.meeting_id == meeting)
                .limit(1)
            ).one()
            reader = MinutesReader(
                minutes_id=attendance.minutes_id, person_id=attendance.person_id,
                organisation_id=attendance.organisation_id, version=1, created_at=attendance.created_at,
            )  # fmt: skip
            session.add(reader)
            session.flush()
        path = minutes_letters.path(session, reader, now=clock.now())
        session.commit()
        return path


def worked(page: Page) -> None:
    """Wait until what was asked for is printed and written."""
    expect(page.get_by_text("Tous les mails sont écrits, le PDF est prêt.")).to_be_visible(timeout=WORKED)


def test_minutes_from_the_draft_to_an_erratum(
    context: BrowserContext, another_context: BrowserContext, server: Server, check_axe: CheckAxe
) -> None:
    meeting = prepare(server)
    path = f"/reunions/{meeting}/compte-rendu"
    desk, phone = context.new_page(), another_context.new_page()
    phone.set_viewport_size(PHONE)  # type: ignore[arg-type]
    sign_in(desk)
    draft(desk, path, check_axe)
    print_the_agenda(desk, meeting, check_axe)
    send(desk, path, check_axe)
    mine = link(server, "spaces.minutes_sent", meeting)
    remark(phone, mine, check_axe)
    address = phone.get_by_role("link", name="PDF").get_attribute("href")
    assert another_context.request.get(address or "").body().startswith(b"%PDF")
    # Whoever sits in the space since reads it by a link of their own.
    phone.goto(reader_link(server, meeting))
    expect(phone.get_by_text("Faire une remarque").first).to_be_visible()
    check_axe(phone)
    answer_and_correct(desk, path, check_axe)
    phone.goto(mine)
    expect(phone.get_by_text("version 2").first).to_be_visible()
    expect(phone.get_by_text("Corrigé, merci.")).to_be_visible()
    expect(phone.locator("ins", has_text="Trois")).to_be_visible()
    check_axe(phone)
    approve(desk, path, check_axe)
    add_an_erratum(desk, check_axe)
    phone.goto(mine)
    expect(phone.get_by_role("heading", name=re.compile("Erratum 1"))).to_be_visible()
    check_axe(phone)
    look_at_the_pdf(context.request.get(f"{path}.pdf").body())


def draft(desk: Page, path: str, check_axe: CheckAxe) -> None:
    """Write the text, point by point."""
    desk.goto("/comptes-rendus?state=draft")
    check_axe(desk)
    desk.goto(path)
    expect(desk.get_by_text("Projet, pas encore envoyé.")).to_be_visible()
    check_axe(desk)
    desk.get_by_role("link", name="Écrire le texte").click()
    check_axe(desk)
    desk.get_by_label("Introduction").fill("La séance s’ouvre à neuf heures.")
    desk.locator(".minutes-point textarea").nth(1).fill("Deux nouvelles **permanences** ouvrent.")
    desk.get_by_role("button", name="Enregistrer le texte").click()
    expect(desk.locator(".minutes-text strong", has_text="permanences")).to_be_visible()


def print_the_agenda(desk: Page, meeting: int, check_axe: CheckAxe) -> None:
    desk.goto(f"/reunions/{meeting}/pdf/agenda")
    check_axe(desk)
    desk.get_by_role("button", name="Construire le PDF").click()
    expect(desk.get_by_role("link", name=re.compile(r"Ordre du jour \("))).to_be_visible(timeout=WORKED)


def send(desk: Page, path: str, check_axe: CheckAxe) -> None:
    """Send to the members; a day that is past is refused first, and nothing typed is lost."""
    desk.goto(path)
    desk.get_by_role("link", name="Envoyer aux membres").click()
    check_axe(desk)
    desk.get_by_label("Un mot aux membres").fill("Merci de relire les chiffres.")
    desk.get_by_label("Dernier jour pour les remarques").fill("2020-01-01")
    desk.get_by_role("button", name=re.compile("^Envoyer à")).click()
    expect(desk.get_by_role("alert")).to_contain_text("choisissez une date à venir")
    expect(desk.get_by_label("Un mot aux membres")).to_have_value("Merci de relire les chiffres.")
    last = clock.today(clock.now()) + timedelta(days=10)
    desk.get_by_label("Dernier jour pour les remarques").fill(last.isoformat())
    desk.get_by_role("button", name=re.compile("^Envoyer à")).click()
    worked(desk)


def remark(phone: Page, mine: str, check_axe: CheckAxe) -> None:
    """Read on a phone, without account, and say what is not exact."""
    phone.goto(mine)
    check_axe(phone)
    assert phone.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
    phone.get_by_label("Sur quoi ?").select_option(index=2)
    phone.get_by_label("Votre remarque").fill("Ce sont trois permanences.")
    phone.get_by_role("button", name="Envoyer la remarque").click()
    expect(phone.get_by_text("Votre remarque est arrivée.")).to_be_visible()
    expect(phone.get_by_text("Attend une réponse")).to_be_visible()
    check_axe(phone)


def answer_and_correct(desk: Page, path: str, check_axe: CheckAxe) -> None:
    """Take the remark up, mend the text, and send it again with what changed."""
    desk.goto(path)
    desk.get_by_role("link", name=re.compile("^Répondre")).click()
    check_axe(desk)
    desk.get_by_label("Elle est reprise dans le texte").check()
    desk.get_by_label("Réponse").fill("Corrigé, merci.")
    desk.get_by_role("button", name="Répondre").click()
    expect(desk.get_by_text("La réponse part à")).to_be_visible()
    desk.get_by_role("link", name="Écrire le texte").click()
    desk.locator(".minutes-point textarea").nth(1).fill("Trois nouvelles **permanences** ouvrent.")
    desk.get_by_role("button", name="Enregistrer le texte").click()
    desk.get_by_role("link", name="Nouvelle version").click()
    expect(desk.locator("ins", has_text="Trois")).to_be_visible()
    expect(desk.locator("del", has_text="Deux")).to_be_visible()
    check_axe(desk)
    desk.get_by_role("link", name="Envoyer la version 2").click()
    desk.get_by_role("button", name=re.compile("^Envoyer à")).click()
    worked(desk)
    desk.goto(f"{path}/prolonger")
    check_axe(desk)
    desk.goto(f"{path}/versions/2")
    expect(desk.locator("ins", has_text="Trois")).to_be_visible()
    check_axe(desk)


def approve(desk: Page, path: str, check_axe: CheckAxe) -> None:
    """Approve at the meeting that came after: the text can't be written any more."""
    desk.goto(path)
    desk.get_by_role("link", name="Approuver").click()
    check_axe(desk)
    chosen = desk.get_by_label("À quelle réunion ?").locator("option:checked")
    expect(chosen).to_contain_text("Réunion d’approbation")
    desk.get_by_role("button", name="Approuver pour de bon").click()
    expect(desk.get_by_text("Il ne change plus.").first).to_be_visible()
    worked(desk)
    desk.goto(path)
    expect(desk.get_by_role("link", name="Écrire le texte")).to_have_count(0)


def add_an_erratum(desk: Page, check_axe: CheckAxe) -> None:
    desk.get_by_role("link", name="Ajouter un erratum").click()
    check_axe(desk)
    desk.get_by_label("Ce qui est à lire à la place").fill("Lire « quatre » au lieu de « trois ».")
    desk.get_by_role("button", name="Ajouter l’erratum").click()
    worked(desk)
    check_axe(desk)


def look_at_the_pdf(pdf: bytes) -> None:
    assert check.problems(pdf) == []
    reader = pypdf.PdfReader(io.BytesIO(pdf))
    root: Any = reader.trailer["/Root"]
    assert root["/Lang"] == "fr"
    assert root["/MarkInfo"]["/Marked"]
    assert reader.metadata is not None
    assert str(reader.metadata.title).startswith("Compte rendu")
    assert any("Errata" in str(one) for one in reader.outline[1])
    text = " ".join(" ".join(page.extract_text() for page in reader.pages).split())
    for words in ("Approuvé le", "Trois nouvelles permanences", "Erratum 1", "La séance s’ouvre"):
        assert words in text
    assert "Projet de compte rendu" not in text
