"""The PDF of a document of others: handed in, read by a job, searched, and its words taken."""

import io
import os
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import event, func, select
from sqlalchemy.orm import Session

from hub.core import clock, files
from hub.core.db import db
from hub.core.errors import DomainError
from hub.core.files import Store
from hub.core.jobs import Job
from hub.core.web import Hub
from hub.recommendations.models.contributions import Contribution
from hub.recommendations.models.documents import ReadingState, SourceDocument, SourcePage
from hub.recommendations.operations import documents, readings
from hub.recommendations.operations.documents import DocumentFacts
from hub.recommendations.values import pages as values
from memoranda.reading import Page
from tests import factories, pdfs
from tests.conftest import both_databases
from tests.factories import NOW
from tests.recommendations import calls

SignIn = Callable[[FlaskClient, Any], FlaskClient]
FIRST = "Les communes manquent de traducteurs. Il faut former les guichets des communes."
SECOND = "Étendre le parc public de logements."


def document(session: Session) -> SourceDocument:
    """Return a document of a new organisation, without file."""
    facts = DocumentFacts("Mémorandum", factories.organisation(session), year=2024)
    return documents.register(session, facts, actor="essai", now=NOW)


def path_of(row: SourceDocument) -> str:
    """Return the address of a document."""
    return f"/recommandations/documents/{row.id}"


def hand_in(client: FlaskClient, row: SourceDocument, content: bytes, name: str = "memo.pdf") -> Any:
    """Send a file by the page's form."""
    data = {"file": (io.BytesIO(content), name)}
    return client.post(f"{path_of(row)}/fichier", data=data, content_type="multipart/form-data")


def read(session: Session, *texts: str, labels: tuple[str, ...] = ()) -> SourceDocument:
    """Return a document whose pages hold these words."""
    row = document(session)
    kept = files.StoredFile(sha256="0" * 64, name="a.pdf", media_type="application/pdf", size=1,
                                created_at=NOW)  # fmt: skip
    session.add(kept)
    session.flush()
    row.file, row.reading = kept, ReadingState.WAITING
    session.flush()
    named = labels or ("",) * len(texts)
    assert row.file_id is not None
    pages = [
        Page(number, label, text) for number, (text, label) in enumerate(zip(texts, named, strict=True), 1)
    ]
    readings.keep(session, row, row.file_id, pages)
    return row


def test_a_pdf_is_handed_in_read_and_searched(
    client: FlaskClient, session: Session, sign_in: SignIn, run_jobs: Callable[[], int]
) -> None:
    sign_in(client, factories.coordinator(session))
    row = document(session)
    session.commit()
    content = pdfs.printed(f"<p>{FIRST}</p>", f"<p>{SECOND}</p>", labels="/r")
    assert hand_in(client, row, content).status_code == 303
    waiting = client.get(path_of(row)).text
    assert f'hx-get="{path_of(row)}/lecture"' in waiting
    run_jobs()
    assert client.get(f"{path_of(row)}/lecture").headers["HX-Redirect"] == path_of(row)
    shown = client.get(f"{path_of(row)}/lire?page=2").text
    assert "Étendre le parc public de logements." in shown
    assert "imprimée\u00a0: ii" in shown
    assert 'name="source_page"' in shown
    assert 'value="ii"' in shown
    found = client.get(f"{path_of(row)}/lire?q=former+GUICHETS").text
    assert "1 page le dit" in found
    assert "<mark>former</mark>" in found
    with client.get(f"{path_of(row)}/document.pdf") as sent:
        assert sent.data == content
        assert sent.headers["Content-Disposition"].startswith("attachment")


@pytest.mark.parametrize(
    ("content", "name", "words"),
    [
        (b"", "memo.pdf", "Ce fichier est vide."),
        (b"PK\x03\x04 rien", "memo.pdf", "n’est pas celui d’un fichier"),
        (b"MZ\x90", "memo.exe", "Seul un PDF se lit ici"),
        (b"%PDF-1.7" + b" " * 2000, "memo.pdf", "Ce fichier dépasse"),
    ],
    ids=["empty", "not what it says", "other kind", "too large"],
)
def test_only_pdfs_are_taken(
    client: FlaskClient, session: Session, sign_in: SignIn, monkeypatch: pytest.MonkeyPatch,
    content: bytes, name: str, words: str,
) -> None:  # fmt: skip
    monkeypatch.setattr(readings, "LARGEST", 1000)
    sign_in(client, factories.coordinator(session))
    row = document(session)
    session.commit()
    answer = hand_in(client, row, content, name)
    assert answer.status_code == 422
    assert words in answer.text
    again = calls.again(session).get_one(SourceDocument, row.id)
    assert (again.file_id, again.reading) == (None, ReadingState.NONE)


@pytest.mark.parametrize(
    ("content", "state", "words"),
    [
        (pdfs.scan(), ReadingState.WORDLESS, "Ce PDF n’a pas de mots à lire"),
        (pdfs.locked("secret"), ReadingState.FAILED, "Il demande un mot de passe"),
        (b"%PDF-1.7\nrien\n%%EOF", ReadingState.FAILED, "Il semble abîmé"),
    ],
    ids=["scan", "locked", "broken"],
)
def test_what_cannot_be_read_says_what_to_do(
    client: FlaskClient, session: Session, sign_in: SignIn, run_jobs: Callable[[], int],
    content: bytes, state: ReadingState, words: str,
) -> None:  # fmt: skip
    sign_in(client, factories.coordinator(session))
    row = document(session)
    session.commit()
    hand_in(client, row, content)
    run_jobs()
    shown = client.get(path_of(row)).text
    assert words in shown
    assert "Choisir un autre fichier" in shown
    assert calls.again(session).get_one(SourceDocument, row.id).reading == state
    assert client.get(f"{path_of(row)}/lire").status_code == 302
    # Another file mends it.
    hand_in(client, row, pdfs.printed(f"<p>{FIRST}</p>"))
    run_jobs()
    assert calls.again(session).get_one(SourceDocument, row.id).reading == ReadingState.READ


def test_a_broken_file_can_be_read_again(
    client: FlaskClient, session: Session, sign_in: SignIn, run_jobs: Callable[[], int]
) -> None:
    sign_in(client, factories.coordinator(session))
    row = document(session)
    session.commit()
    hand_in(client, row, b"%PDF-1.7\nrien\n%%EOF")
    run_jobs()
    assert client.post(f"{path_of(row)}/lecture").status_code == 303
    again = calls.again(session).get_one(SourceDocument, row.id)
    assert (again.reading, again.reading_problem) == (ReadingState.WAITING, "")


@both_databases
def test_words_of_a_file_stand_once_and_go_with_it(session: Session, tmp_path: Any) -> None:
    row = document(session)
    store = Store(tmp_path)
    file = readings.hand_in(session, store, row, pdfs.scan(), "a.pdf", actor="essai", now=NOW)
    pages = [Page(1, "", FIRST), Page(2, "", SECOND)]
    for _ in range(2):
        readings.keep(session, row, file.id, pages)
    assert session.scalar(select(func.count(SourcePage.id))) == 2
    other = readings.hand_in(session, store, row, pdfs.scan(2), "b.pdf", actor="essai", now=NOW)
    assert session.scalar(select(func.count(SourcePage.id))) == 0
    # The job of the first file comes late: it says nothing of the second.
    readings.keep(session, row, file.id, pages)
    readings.note_problem(session, row, file.id, "broken")
    assert (row.file_id, row.reading) == (other.id, ReadingState.WAITING)
    readings.keep(session, row, other.id, pages)
    readings.take_away(session, row, actor="essai", now=NOW)
    assert (row.file_id, row.reading, row.pages) == (None, ReadingState.NONE, None)
    assert session.scalar(select(func.count(SourcePage.id))) == 0
    with pytest.raises(DomainError):
        readings.read_again(session, row, now=NOW)


@both_databases
def test_bytes_of_a_replaced_file_go_once_nothing_refers_to_them(session: Session, tmp_path: Any) -> None:
    store, later = Store(tmp_path), clock.now() + timedelta(days=8)
    row, twin = document(session), document(session)
    first = readings.hand_in(session, store, row, pdfs.scan(), "a.pdf", actor="essai", now=NOW)
    same = readings.hand_in(session, store, twin, pdfs.scan(), "b.pdf", actor="essai", now=NOW)
    assert not files.discard(session, store, first, now=later)
    readings.hand_in(session, store, row, pdfs.scan(2), "c.pdf", actor="essai", now=NOW)
    (job,) = session.scalars(select(Job).where(Job.name == readings.LET_GO))
    assert (job.arguments, job.run_at) == ({"file": first.id}, NOW + readings.KEPT_REPLACED)
    assert files.discard(session, store, first, now=later)
    assert store.path(same.sha256).exists()  # the twin's
    readings.take_away(session, twin, actor="essai", now=NOW)
    assert files.discard(session, store, same, now=later)
    assert not store.path(same.sha256).exists()
    assert [each.name for each in session.scalars(select(files.StoredFile))] == ["c.pdf"]


def test_bytes_that_were_just_kept_again_stay(tmp_path: Any) -> None:
    store = Store(tmp_path)
    kept = store.write(b"%PDF-1.7")
    assert not store.remove(kept, now=clock.now())
    assert store.remove(kept, now=clock.now() + timedelta(hours=2))
    assert store.remove(kept, now=clock.now())
    assert not store.path(kept).exists()


def test_the_night_deletes_a_file_that_was_replaced(
    client: FlaskClient, session: Session, sign_in: SignIn, run_jobs: Callable[[], int]
) -> None:
    row = document(session)
    sign_in(client, factories.coordinator(session))
    session.commit()
    hand_in(client, row, pdfs.scan())
    old = calls.again(session).scalars(select(files.StoredFile)).one()
    number, where = old.id, Store(Path(client.application.config["FILES_FOLDER"])).path(old.sha256)
    os.utime(where, (0, 0))
    hand_in(client, row, pdfs.scan(2))
    run_jobs()
    assert where.exists()
    job = calls.again(session).scalars(select(Job).where(Job.name == readings.LET_GO)).one()
    job.run_at = clock.now()
    session.commit()
    run_jobs()
    assert not where.exists()
    assert calls.again(session).get(files.StoredFile, number) is None


@both_databases
def test_a_quotation_is_looked_up_on_its_page(session: Session) -> None:
    row = read(session, f"xi\n{FIRST}", SECOND, "Sans\nrap-\nport.", labels=("xi", "xii", "3"))
    cases = (
        ("xi", "« former les guichets »", True),
        ("xii", "former les guichets", False),
        ("xi", "former […] les guichets", True),
        ("xi", "manquent de traducteurs […] guichets", True),
        ("xi", "guichets […] traducteurs", False),
        ("xi", "guichets des communes. Étendre le parc", True),  # over the end of the page
        ("2", "parc public", True),  # no page is printed so: the second
        ("3", "Sans rapport", True),  # a word divided at the end of a line
        ("99", "parc public", True),
        ("", "parc public", True),
        ("", "parc privé", False),
        ("xii", "", True),
    )
    for page, quote, stands in cases:
        assert readings.is_quoted(session, row, page, quote) is stands, (page, quote)
    assert readings.is_quoted(session, document(session), "1", "n’importe quoi")


def test_other_words_are_doubted_once_and_never_refused(
    client: FlaskClient, session: Session, sign_in: SignIn
) -> None:
    sign_in(client, factories.coordinator(session))
    row = read(session, FIRST, SECOND)
    session.commit()
    typed = {
        "source_page": "1",
        "quote": "Former les agents.",
        "proposal": "Former.",
        "reading": "1",
        "key": "k",
    }
    asked = client.post(f"{path_of(row)}/demande", data=typed)
    assert asked.status_code == 422
    assert "Ces mots ne se lisent pas tels quels" in asked.text
    assert FIRST.split(". ")[1] in asked.text
    doubted = asked.text.split('name="doubted" value="')[1].split('"')[0]
    again = client.post(f"{path_of(row)}/demande", data={**typed, "doubted": doubted})
    assert again.status_code == 303
    assert again.headers["Location"].endswith("/lire?page=1")
    kept = calls.again(session).scalars(select(Contribution)).one()
    assert (kept.source_page, kept.quote) == ("1", "Former les agents.")
    sure = client.post(f"{path_of(row)}/demande", data={**typed, "quote": "former les guichets"})
    assert sure.status_code == 303


@pytest.mark.parametrize("pages", [1, 60])
def test_reading_asks_the_database_little(
    app: Hub, client: FlaskClient, session: Session, sign_in: SignIn, pages: int
) -> None:
    sign_in(client, factories.coordinator(session))
    row = read(session, *[FIRST] * pages)
    session.commit()
    asked: list[str] = []
    with app.app_context():
        event.listen(db.engine, "before_cursor_execute", lambda *told: asked.append(told[2]))
    for path in (f"{path_of(row)}/lire", f"{path_of(row)}/lire?q=former", f"{path_of(row)}/fichier"):
        asked.clear()
        assert client.get(path).status_code == 200
        assert len([each for each in asked if each.startswith(("SELECT", "WITH"))]) <= 12


def test_files_are_the_coordinations(client: FlaskClient, session: Session, sign_in: SignIn) -> None:
    row, person = read(session, FIRST), factories.user(session)
    session.commit()
    for who in (None, person):
        if who:
            sign_in(client, who)
        for part in ("fichier", "document.pdf", "lire", "lecture"):
            assert client.get(f"{path_of(row)}/{part}").status_code == (403 if who else 302), part
        for part in ("fichier", "lecture", "fichier/retirer"):
            assert client.post(f"{path_of(row)}/{part}").status_code == 403


# --- The words of a printed page ------------------------------------------------------------------


def test_lines_of_paper_become_paragraphs_and_sentences() -> None:
    text = (
        "Accueil\n\nIl faut former les guichets des communes et accompa-\n"
        "gner les personnes. Le délai est de 3 mois.\nFin.\n• Étendre le parc\npublic\n• Mettre fin"
    )
    found = values.paragraphs(text)
    assert values.paragraphs("Mémorandum 2024\nLes communes manquent de traducteurs\n•") == [
        "Mémorandum 2024", "Les communes manquent de traducteurs",
    ]  # fmt: skip
    assert found == [
        "Accueil",
        "Il faut former les guichets des communes et accompagner les personnes. Le délai est de 3 mois. Fin.",
        "• Étendre le parc public",
        "• Mettre fin",
    ]
    assert values.sentences(found[1])[1:] == ["Le délai est de 3 mois.", "Fin."]


words = st.lists(
    st.sampled_from(
        ["former", "les", "guichets.", "Étendre", "« le »", "parc-", "12,5 %", "\n", "\n\n", "•"]
    ),
    max_size=30,
).map(" ".join)


@given(words)
def test_no_word_is_lost_between_paper_and_page(text: str) -> None:
    shown = " ".join(part for each in values.paragraphs(text) for part in values.sentences(each))
    assert values.stands(text, shown)
    assert values.stands(shown, text)
    assert "".join(piece for piece, _hit in values.marked(shown, "former parc")) == shown


@given(words, words, words)
def test_what_stands_between_other_words_stands(before: str, quote: str, after: str) -> None:
    assert values.stands(quote, f"{before} {quote}\n{after}")
