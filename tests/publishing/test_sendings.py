"""Sending a memorandum: to each once, killed halfway too; refusals, letters, notes; what is erased."""

import subprocess
import sys
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from email.message import Message as Email
from io import BytesIO
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import event, func, select, update
from sqlalchemy.orm import Session

from hub.core import clock
from hub.core.errors import DomainError
from hub.core.jobs import Job, JobState
from hub.core.mail import Message
from hub.core.tokens import Token
from hub.publishing.models.editions import Edition, EditionState
from hub.publishing.models.elections import Election
from hub.publishing.models.recipients import MailRefusal, Recipient, RecipientKind, Sending, SendingWay
from hub.publishing.operations import recipients, sendings
from hub.publishing.operations.recipients import Facts
from hub.publishing.values import merging
from tests import factories
from tests.conftest import Installation, both_databases
from tests.core.test_mail import Catcher, smtp  # noqa: F401 - a fixture
from tests.factories import NOW
from tests.publishing import scene
from tests.publishing.test_pages import page_of, renew, words

BY: dict[str, Any] = {"actor": scene.ACTOR, "now": NOW}
RunJobs = Callable[[], int]
PAGE = "https://liste.example/equipe"


@pytest.fixture
def coordinator(
    session: Session, client: FlaskClient, sign_in: Callable[[FlaskClient, Any], FlaskClient]
) -> FlaskClient:
    return sign_in(client, factories.coordinator(session))


def candidate(number: int, **more: Any) -> Facts:
    said: dict[str, Any] = {
        "kind": RecipientKind.CANDIDATE, "name": f"Candidature {number}", "list_name": "Liste d’essai",
        "email": f"c{number}@liste.example", "source": PAGE,
    }  # fmt: skip
    return Facts(**{**said, **more})


def public_edition(session: Session, *, letter: bool = True, people: int = 0) -> Edition:
    edition = scene.edition(session, {"Logement": 1})
    if letter:
        sendings.write_letter(
            session, edition, "{titre}", "Bonjour {nom} de {liste}, lisez {lien}.", "full", **BY
        )
    scene.put(edition, EditionState.PUBLISHED)
    session.flush()
    for number in range(1, people + 1):
        recipients.add(session, edition.memorandum, candidate(number), **BY)
    session.commit()
    return edition


def count(session: Session, model: Any) -> int:
    return session.scalar(select(func.count()).select_from(model)) or 0


# --- Recipients ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"name": ""}, "name"),
        ({"email": "pas une adresse"}, "email"),
        ({"source": ""}, "source"),
        ({"name": "x" * 201}, "name"),
        ({"email": "c1@liste.example", "name": "Une autre"}, "email"),
        ({"email": "", "name": "CANDIDATURE 1"}, "name"),
    ],
)
def test_what_is_missing_or_there_already_is_refused(
    session: Session, changes: dict[str, Any], field: str
) -> None:
    edition = public_edition(session, people=1)
    with pytest.raises(DomainError) as refusal:
        recipients.add(session, edition.memorandum, candidate(2, **changes), **BY)
    assert refusal.value.field == field
    assert count(session, Recipient) == 1


def test_parties_and_authorities_come_from_the_register_once(session: Session) -> None:
    edition = public_edition(session)
    row = factories.organisation(session, "Parti d’essai", email="contact@parti.example")
    assert recipients.add_from_register(session, edition.memorandum, [row, row], **BY) == 1
    assert recipients.add_from_register(session, edition.memorandum, [row], **BY) == 0
    assert session.scalars(select(Recipient)).one().email == "contact@parti.example"


def table(*lines: str) -> bytes:
    header = "Nom;Qualité;Liste;Commune;Adresse mail;Adresse postale;Où l’adresse est publique"
    return "\r\n".join([header, *lines]).encode()


def test_a_table_adds_what_is_right_and_says_the_rest_by_line(session: Session) -> None:
    edition = public_edition(session)
    factories.commune(session, "92094", "Namur")
    content = table(
        f"Ana;candidate;Liste A;Namur;ana@a.example;;{PAGE}",
        f"Ben;;Liste A;Namur;;Rue du Test 1;{PAGE}",
        f"Cyr;roi;Liste A;Namur;cyr@a.example;;{PAGE}",
        f"Dan;;Liste A;Nulle-Part;dan@a.example;;{PAGE}",
        "Eve;;Liste A;Namur;eve@a.example;;",
        f";;Liste A;Namur;sans@a.example;;{PAGE}",
        f"Ana bis;;Liste B;Namur;ana@a.example;;{PAGE}",
    )
    found = recipients.bring(session, edition.memorandum, content, **BY)
    assert [(line.number, line.is_added, [name for name, *_ in line.problems]) for line in found] == [
        (2, True, []), (3, True, []), (4, False, ["kind"]), (5, False, ["commune"]),
        (6, False, ["source"]), (7, False, ["name"]), (8, False, []),
    ]  # fmt: skip
    assert count(session, Recipient) == 2
    again = recipients.bring(session, edition.memorandum, content, **BY)
    assert [line.is_there for line in again[:2]] == [True, True]
    assert count(session, Recipient) == 2


def test_a_table_that_is_none_is_refused(session: Session) -> None:
    edition = public_edition(session)
    with pytest.raises(DomainError) as refusal:
        recipients.bring(session, edition.memorandum, b"Liste;Commune\r\nA;Namur", **BY)
    assert refusal.value.field == "file"


def test_a_column_that_is_left_out_is_told(session: Session, coordinator: FlaskClient) -> None:
    edition = public_edition(session)
    base = f"/memorandums/{edition.memorandum.slug}/destinataires"
    content = f"Nom;Adresse mail;Source;Où écrire\r\nAna;ana@a.example;{PAGE};ici".encode()
    answer = coordinator.post(
        f"{base}/importer", data={"file": (BytesIO(content), "liste.csv")}, follow_redirects=True
    )
    assert "ne les connaît pas : Où écrire." in words(answer.text)
    assert "ana@a.example" in answer.text


# --- The letter ---------------------------------------------------------------------------------


def test_blanks_are_filled_and_unknown_ones_refused(session: Session) -> None:
    assert merging.fill("Bonjour {nom} {liste}, {Commune}", {"nom": "Ana", "commune": "Namur"}) == (
        "Bonjour Ana, Namur"
    )
    edition = public_edition(session)
    with pytest.raises(DomainError) as refusal:
        sendings.write_letter(session, edition, "Objet", "Bonjour {prenom}", "full", **BY)
    assert refusal.value.field == "text"


def test_a_name_is_never_markup_of_a_letter(session: Session) -> None:
    edition = public_edition(session)
    row = recipients.add(session, edition.memorandum, candidate(1, name="[x](http://evil) *a*"), **BY)
    letter = sendings.letter_of(session, edition)
    said = sendings.fill(letter, edition, row, "https://reseau.example/m")
    assert r"\[x\](http://evil) \*a\*" in said.text
    assert "<https://reseau.example/m>" in said.text


def test_the_link_leads_to_the_fitting_leaflet(session: Session) -> None:
    edition = public_edition(session)
    edition.memorandum.election = Election(
        label="Communales", held_on=date(2030, 10, 13), levels=[factories.level(session)]
    )
    session.flush()
    row = recipients.add(session, edition.memorandum, candidate(1), **BY)
    base = page_of(edition)
    offered = {"level-commune", "summary"}
    assert sendings.path_for(edition, row, "full", offered) == base
    assert sendings.path_for(edition, row, "fitting", offered) == f"{base}/feuillets/level-commune"
    assert sendings.path_for(edition, row, "fitting", set()) == base
    assert sendings.path_for(edition, row, "summary", offered) == f"{base}/feuillets/summary"
    assert sendings.path_for(edition, row, "theme-x", offered) == base


# --- By mail ------------------------------------------------------------------------------------


def test_each_receives_one_mail_through_a_real_server(
    session: Session,
    run_jobs: RunJobs,
    smtp: Catcher,  # noqa: F811
) -> None:
    edition = public_edition(session, people=3)
    sendings.request(session, edition, **BY)
    session.commit()
    run_jobs()
    with pytest.raises(DomainError):  # nobody is left
        sendings.request(session, edition, **BY)
    session.rollback()
    caught: list[Email] = smtp.caught
    assert sorted(str(each["To"]) for each in caught) == [f"c{n}@liste.example" for n in (1, 2, 3)]
    first = next(each for each in caught if each["To"] == "c1@liste.example")
    text = "".join(
        part.get_payload(decode=True).decode()  # type: ignore[union-attr]
        for part in first.walk()
        if part.get_content_maintype() == "text"
    )
    assert "Bonjour Candidature 1 de Liste d’essai" in text
    assert PAGE in text, "it says where the address is public"
    assert "/ne-plus-ecrire/" in str(first["List-Unsubscribe"])
    assert "<img" not in text, "no picture that tells of its opening"
    assert count(session, Sending) == len(caught)


def test_a_party_too_reads_where_its_address_is_public(session: Session, run_jobs: RunJobs) -> None:
    edition = public_edition(session)
    party = candidate(9, kind=RecipientKind.PARTY, name="Parti d’essai")
    recipients.add(session, edition.memorandum, party, **BY)
    sendings.request(session, edition, **BY)
    session.commit()
    run_jobs()
    text = session.scalars(select(Message)).one().written().text
    assert f"publique ici\xa0: {PAGE}" in text
    assert "vous vous présentez" not in text


def test_who_refused_is_left_alone_in_other_memoranda_too(
    session: Session, client: FlaskClient, run_jobs: RunJobs
) -> None:
    edition = public_edition(session, people=2)
    sendings.request(session, edition, **BY)
    session.commit()
    run_jobs()
    mail = session.scalars(select(Message).where(Message.recipient == "c1@liste.example")).one()
    path = "/" + mail.written().text.split("/ne-plus-ecrire/")[1].split()[0].join(["ne-plus-ecrire/", ""])
    reader = client.application.test_client()
    assert reader.get(path).status_code == 200
    renew(session)
    assert count(session, MailRefusal) == 0, "opening the link changes nothing"
    for _ in range(2):
        assert reader.post(path).status_code == 303
    assert "C’est noté" in reader.get(path).text
    renew(session)
    refusal = session.scalars(select(MailRefusal)).one()
    assert "liste.example" not in refusal.digest
    other = scene.edition(session, {"Emploi": 1}, title="Autre mémorandum")
    for number in (1, 2):
        recipients.add(session, other.memorandum, candidate(number), **BY)
    assert [row.name for row in sendings.awaiting(session, other)] == ["Candidature 2"]


def test_nothing_is_sent_before_it_is_public_or_without_letter(session: Session) -> None:
    draft = scene.edition(session, {"Logement": 1})
    recipients.add(session, draft.memorandum, candidate(1), **BY)
    with pytest.raises(DomainError, match="Publiez"):
        sendings.request(session, draft, **BY)
    scene.put(draft, EditionState.PUBLISHED)
    session.flush()
    with pytest.raises(DomainError, match="Enregistrez"):
        sendings.request(session, draft, **BY)


def test_a_draft_is_handed_to_nobody(session: Session, coordinator: FlaskClient) -> None:
    draft = scene.edition(session, {"Logement": 1})
    recipients.add(session, draft.memorandum, candidate(1), **BY)
    session.commit()
    page = coordinator.get(f"/memorandums/{draft.memorandum.slug}/edition-1/envois").text
    assert "/edition-1/envois/noter" not in page
    assert "Dès que l’édition est publiée, vous imprimez ici les lettres" in page
    scene.put(draft, EditionState.PUBLISHED)
    session.commit()
    page = coordinator.get(f"/memorandums/{draft.memorandum.slug}/edition-1/envois").text
    assert "/edition-1/envois/noter" in page


def test_asked_twice_it_is_one_work(session: Session) -> None:
    edition = public_edition(session, people=1)
    first = sendings.request(session, edition, **BY)
    assert sendings.request(session, edition, **BY).id == first.id


KILLED_WORKER = """
import os, signal, sys
from sqlalchemy import create_engine
from hub.app import load_models
from hub.core import clock, jobs
from hub.core.db import prepare_engine
from hub.core.mail import Site
from hub.publishing.jobs import sending
from tests.factories import NOW
load_models()
clock.now = lambda: NOW
some, done = sending.sendings.mail.note, []
def dies(*given, **more):
    done.append(some(*given, **more))
    if len(done) == 30:  # in the midst of the second batch
        os.kill(os.getpid(), signal.SIGKILL)
    return done[-1]
sending.sendings.mail.note = dies
engine = create_engine(sys.argv[1])
prepare_engine(engine)
site = Site("http://127.0.0.1:8000", "Réseau d’essai", "reseau@example.org")
while jobs.run_next(engine, "killed", {"site": site, "config": {"SMTP_HOST": ""}}):
    pass
"""


@both_databases
def test_killed_halfway_and_taken_up_again_nobody_is_written_to_twice(
    session: Session,
    installation: Installation,
    run_jobs: RunJobs,
    at_now: Callable[[Any], None],
    smtp: Catcher,  # noqa: F811
) -> None:
    edition = public_edition(session, people=50)
    sendings.request(session, edition, **BY)
    session.commit()
    url = installation.engine.url.render_as_string(hide_password=False)
    done = subprocess.run([sys.executable, "-c", KILLED_WORKER, url], capture_output=True, check=False)
    assert done.returncode == -9, done.stderr.decode()
    assert count(session, Sending) == sendings.AT_ONCE, "the batch under way leaves nothing behind"
    session.execute(update(Job).where(Job.state == JobState.RUNNING).values(lease_until=NOW))
    session.commit()
    at_now(NOW + timedelta(seconds=1))
    run_jobs()
    renew(session)
    assert count(session, Sending) == 50
    told = sorted(str(each["To"]) for each in smtp.caught)
    assert told == sorted(f"c{number}@liste.example" for number in range(1, 51))


@pytest.fixture
def at_now(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[Any], None]]:
    def put(moment: Any) -> None:
        monkeypatch.setattr(clock, "now", lambda: moment)

    return put


# --- By post, by hand ---------------------------------------------------------------------------


def test_what_was_posted_or_handed_over_is_noted_once_and_taken_back(session: Session) -> None:
    edition = public_edition(session, people=2)
    rows = list(session.scalars(select(Recipient).order_by(Recipient.id)))
    day = clock.today(NOW)
    assert sendings.note(session, edition, rows, SendingWay.HAND, day=day, **BY) == 2
    assert sendings.note(session, edition, rows, SendingWay.HAND, day=day, **BY) == 0
    with pytest.raises(DomainError) as refusal:
        sendings.note(session, edition, rows, SendingWay.POST, day=day + timedelta(days=1), **BY)
    assert refusal.value.field == "sent_on"
    sending = session.scalars(select(Sending).order_by(Sending.id)).first()
    assert sending is not None
    sendings.take_back(session, sending, **BY)
    assert count(session, Sending) == 1


def test_letters_to_post_are_a_pdf_with_an_address_each(session: Session, coordinator: FlaskClient) -> None:
    edition = public_edition(session)
    for number in (1, 2):
        recipients.add(
            session, edition.memorandum,
            candidate(number, email="", address=f"Rue du Test {number}\n5000 Namur"), **BY,
        )  # fmt: skip
    session.commit()
    answer = coordinator.get(page_of(edition, "/envois/lettres.pdf"))
    assert answer.mimetype == "application/pdf"
    from pypdf import PdfReader  # noqa: PLC0415 - only here

    pages = [page.extract_text() for page in PdfReader(BytesIO(answer.data)).pages]
    assert len(pages) == 2
    assert "Rue du Test 1" in pages[0]
    assert "Bonjour Candidature 2" in pages[1]
    assert count(session, Sending) == 0, "printing notes nothing"


# --- What is kept -------------------------------------------------------------------------------


def test_candidates_are_erased_some_months_after_the_election(session: Session, run_jobs: RunJobs) -> None:
    edition = public_edition(session, people=2)
    memorandum = edition.memorandum
    memorandum.election = Election(label="Communales", held_on=date(2030, 10, 13))
    session.flush()
    recipients.add(session, memorandum, candidate(9, kind=RecipientKind.PARTY, name="Parti d’essai"), **BY)
    sendings.request(session, edition, **BY)
    session.commit()
    run_jobs()
    assert recipients.erased_on(memorandum) == date(2031, 4, 13)
    before = NOW.replace(year=2031, month=4, day=12)
    assert recipients.forget(session, now=before) == 0
    assert recipients.forget(session, now=before + timedelta(days=1)) == 2
    assert [row.name for row in session.scalars(select(Recipient))] == ["Parti d’essai"]
    assert count(session, Sending) == 1
    texts = [row.recipient for row in session.scalars(select(Message))]
    assert sorted(texts) == ["", "", "c9@liste.example"]
    assert session.scalars(select(Token).where(Token.subject_type == "recipient")).one()
    assert recipients.forget(session, now=before + timedelta(days=2)) == 0


def test_how_long_they_are_kept_is_bounded(session: Session) -> None:
    edition = public_edition(session)
    recipients.keep_for(session, edition.memorandum, 3, **BY)
    assert edition.memorandum.candidate_months == 3
    with pytest.raises(DomainError):
        recipients.keep_for(session, edition.memorandum, 25, **BY)


# --- The pages ----------------------------------------------------------------------------------


def test_only_the_coordination_sees_them(session: Session, client: FlaskClient) -> None:
    edition = public_edition(session, people=1)
    slug = edition.memorandum.slug
    reader = client.application.test_client()
    for address in (f"/memorandums/{slug}/destinataires", page_of(edition, "/envois")):
        assert reader.get(address).status_code == 302


def test_the_walk_from_a_table_to_what_was_sent(
    session: Session, coordinator: FlaskClient, run_jobs: RunJobs
) -> None:
    edition = public_edition(session, letter=False)
    base = f"/memorandums/{edition.memorandum.slug}/destinataires"
    wrong = table(f"Ana;;Liste A;;ana@a.example;;{PAGE}", "Ben;;Liste A;;ben@a.example;;")
    answer = coordinator.post(f"{base}/importer", data={"file": (BytesIO(wrong), "liste.csv")})
    assert "1 ligne est à corriger" in words(answer.text)
    assert "Dites où cette adresse est publique" in answer.text
    assert "ben@a.example" in answer.text, "nothing that the line says is lost"
    page = words(coordinator.get(base).text)
    assert "Ana" in page
    assert "1 destinataire" in page
    letter = {"subject": "Nos demandes", "text": "Bonjour {nom}. {lien}", "variant": "full"}
    bad = coordinator.post(page_of(edition, "/envois/lettre"), data={**letter, "text": "Bonjour {moi}"})
    assert bad.status_code == 422
    assert "Bonjour {moi}" in bad.text
    assert coordinator.post(page_of(edition, "/envois/lettre"), data=letter).status_code == 303
    assert "Bonjour Ana." in words(coordinator.get(page_of(edition, "/envois")).text)
    assert coordinator.post(page_of(edition, "/envois/envoyer")).status_code == 303
    assert "progress" in coordinator.get(page_of(edition, "/envois/avancement")).text
    run_jobs()
    assert coordinator.get(page_of(edition, "/envois/avancement")).headers["HX-Redirect"]
    page = words(coordinator.get(page_of(edition, "/envois")).text)
    assert "1 mail est parti ou en route." in page
    told = coordinator.get(page_of(edition, "/envois?format=csv")).text
    assert "Ana;Liste A;;Par mail" in told


def test_noting_again_who_received_it_says_that_nothing_changed(
    session: Session, coordinator: FlaskClient
) -> None:
    edition = public_edition(session, people=1)
    page = page_of(edition, "/envois")
    row = session.scalars(select(Recipient)).one()
    handed = {"recipients": str(row.id), "way": "hand", "sent_on": clock.today(NOW).isoformat()}
    for said in ("C’est noté : 1.", "C’était déjà noté."):
        assert coordinator.post(f"{page}/noter", data=handed).status_code == 303
        assert said in words(coordinator.get(page).text)


def test_a_form_that_is_refused_keeps_what_was_typed(session: Session, coordinator: FlaskClient) -> None:
    edition = public_edition(session)
    base = f"/memorandums/{edition.memorandum.slug}/destinataires"
    data = {"kind": "candidate", "name": "Ana", "email": "ana@a.example", "commune": "0"}
    answer = coordinator.post(f"{base}/nouveau", data=data)
    assert answer.status_code == 422
    assert "ana@a.example" in answer.text
    assert "Dites où cette adresse est publique" in answer.text
    assert coordinator.post(f"{base}/nouveau", data={**data, "source": PAGE}).status_code == 303
    renew(session)
    row = session.scalars(select(Recipient)).one()
    assert coordinator.get(f"{base}/{row.id}").status_code == 200
    assert (
        coordinator.post(f"{base}/{row.id}", data={**data, "name": "Anna", "source": PAGE}).status_code == 303
    )
    assert coordinator.post(f"{base}/conservation", data={"months": "99"}).status_code == 422
    assert coordinator.post(f"{base}/conservation", data={"months": "3"}).status_code == 303
    assert "Anna" in coordinator.get(f"{base}?format=csv&kind=candidate").text
    assert coordinator.post(f"{base}/retirer", data={"recipient": str(row.id)}).status_code == 303
    renew(session)
    assert count(session, Recipient) == 0


def test_the_pages_ask_few_queries_however_many_they_are(session: Session, coordinator: FlaskClient) -> None:
    edition = public_edition(session, people=60)
    edition.memorandum.election = Election(
        label="Communales", held_on=date(2030, 10, 13), levels=[factories.level(session)]
    )
    rows = list(session.scalars(select(Recipient)))
    sendings.note(session, edition, rows, SendingWay.HAND, day=clock.today(NOW), **BY)
    session.commit()
    for address in (
        f"/memorandums/{edition.memorandum.slug}/destinataires", page_of(edition, "/envois"),
    ):  # fmt: skip
        asked: list[str] = []

        def note(*told: Any, kept: list[str] = asked) -> None:
            kept.append(told[2])

        engine = session.get_bind()
        event.listen(engine, "before_cursor_execute", note)
        assert coordinator.get(address).status_code == 200
        event.remove(engine, "before_cursor_execute", note)
        selects = [each for each in asked if each.lstrip().upper().startswith(("SELECT", "WITH"))]
        assert len(selects) <= 12, (address, len(selects), selects)
