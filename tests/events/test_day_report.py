"""The report of a day: its numbers, its conclusions, nobody's name; the same as a page and as PDF."""

import io
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pypdf
import pytest
from flask.testing import FlaskClient
from sqlalchemy import event as sqlalchemy_event
from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.actors.signals import LinkGroup
from hub.core import clock, settings
from hub.events.models.days import Event, EventSession, SessionKind
from hub.events.models.outcomes import (
    Conclusion,
    Delegation,
    DelegationState,
    EvaluationReply,
    Presence,
    Source,
)
from hub.events.models.registrations import (
    Channel,
    Question,
    QuestionKind,
    QuestionPurpose,
    Registration,
    RegistrationState,
)
from hub.events.operations import day_report, sign_up
from memoranda import check
from memoranda.report.content import Report
from tests import factories
from tests.conftest import Installation, both_databases
from tests.events.plenary import person, plenary, wishes
from tests.factories import NOW

MOST_QUERIES = {"rapport": 12, "documents": 12, "traiteur": 12, "besoins": 12}
NAMES = ("Élodie Dupont", "Farid Kaya", "Zoé Bernard")


@pytest.fixture
def later(monkeypatch: pytest.MonkeyPatch) -> Callable[[Any], None]:
    def go(moment: Any) -> None:
        monkeypatch.setattr(clock, "now", lambda: moment)

    return go


@pytest.fixture
def event(session: Session, later: Callable[[Any], None]) -> Event:
    """A day that took place: three signed up, one walk-in, two half-days, a party, a conclusion."""
    later(NOW)
    made = plenary(session)
    ruche = factories.organisation(session, "La Ruche")
    for number, name in enumerate(NAMES, start=1):
        who = person(number, name=name, organisation_id=ruche.id if number < 3 else None)
        sign_up.register(session, made, who, wishes(made, 0, number), now=NOW)
    walk_in = Registration(
        event_id=made.id, name="Passante Inattendue", search_text="passante", created_at=NOW, updated_at=NOW,
        state=RegistrationState.CONFIRMED, channel=Channel.WALK_IN,
    )  # fmt: skip
    halves = [
        EventSession(
            event_id=made.id, kind=SessionKind.HALF_DAY, title=title, starts_at=made.starts_at + begins,
            ends_at=made.starts_at + begins + timedelta(hours=2),
        )
        for title, begins in (("Matinée", timedelta(0)), ("Après-midi", timedelta(hours=3)))
    ]  # fmt: skip
    party = factories.organisation(session, "Parti des Prairies")
    session.add_all([walk_in, *halves])
    session.flush()
    people = session.scalars(select(Registration).order_by(Registration.id)).all()
    seen = ((0, 0), (0, 1), (1, 0), (3, 0))
    session.add_all(
        Presence(
            session_id=halves[half].id, registration_id=people[who].id, source=Source.SCAN, at=NOW,
            stored_at=NOW,
        )
        for who, half in seen
    )  # fmt: skip
    session.add(
        Delegation(
            event_id=made.id, organisation_id=party.id, state=DelegationState.ANNOUNCED, announced=3,
            present=2, updated_at=NOW,
        )
    )  # fmt: skip
    session.add_all(
        Conclusion(
            event_id=made.id, workshop_id=made.workshops[place].id, text=text, outlook="Un guichet unique",
            rapporteur_id=ruche.id, updated_at=NOW, published_at=published,
        )
        for place, text, published in ((0, "Le logement d’abord", NOW), (1, "Pas encore public", None))
    )  # fmt: skip
    session.commit()
    return made


def compiled(session: Session, event: Event, app: Any, **links: Any) -> Report:
    session.expire_all()
    found = day_report.conclusions_of(session, event)
    given = {found[0].id: links["groups"]} if links else {}
    with app.app_context():
        return day_report.compile_report(
            session,
            event,
            found,
            given,
            network=settings.get(session),
            now=event.ends_at + timedelta(days=60),
        )


def figures(report: Report, anchor: str) -> dict[str, str]:
    (section,) = [one for one in report.sections if one.anchor == anchor]
    return {figure.label: figure.value for figure in section.figures}


def table(report: Report, anchor: str, place: int = 0) -> tuple[tuple[str, ...], ...]:
    (section,) = [one for one in report.sections if one.anchor == anchor]
    return section.tables[place].rows


@both_databases
def test_numbers_are_of_who_was_there(session: Session, event: Event, app: Any) -> None:
    report = compiled(session, event, app)
    assert figures(report, "faits") == {
        "Personnes inscrites": "4", "Personnes présentes": "3", "venues sans inscription": "1",
    }  # fmt: skip
    assert figures(report, "qui") == {
        "Organisations du registre": "1", "Personnes venues pour elles": "2",
        "Personnes venues pour une autre organisation": "0", "Personnes venues à titre personnel": "1",
    }  # fmt: skip
    assert [(row[0], row[2:]) for row in table(report, "presences")] == [
        ("Matinée", ("4", "3")), ("Après-midi", ("4", "1")),
    ]  # fmt: skip
    assert table(report, "partis") == (("Parti des Prairies", "Présent", "3", "2"),)
    assert table(report, "ateliers")[0][3:] == ("3", "10")
    assert not any(name in str(report) for name in (*NAMES, "Passante", "p1@example.org"))


def test_conclusions_are_those_that_everybody_reads(session: Session, event: Event, app: Any) -> None:
    groups = [LinkGroup("Recommandations", [("Un guichet logement", "/recommandations/1")], 4)]
    report = compiled(session, event, app, groups=groups)
    (told,) = [one for one in report.sections if one.anchor == "atelier-1"]
    for part in ("Le logement d’abord", "Un guichet unique", "Un guichet logement", "La Ruche"):
        assert part in told.text
    assert "Pas encore public" not in str(report)
    assert "3 ateliers ne sont pas encore publiées" in str(report)


def ask(session: Session, event: Event, replies: int) -> None:
    question = Question(
        event_id=event.id, purpose=QuestionPurpose.EVALUATION, kind=QuestionKind.ONE, label="Utile ?",
        options=["Oui", "Non"],
    )  # fmt: skip
    words = Question(
        event_id=event.id, purpose=QuestionPurpose.EVALUATION, kind=QuestionKind.TEXT, label="Un mot ?"
    )
    session.add_all([question, words])
    session.flush()
    session.add_all(
        EvaluationReply(
            id=f"reply-{number}", event_id=event.id,
            answers={str(question.id): "Non" if number == 0 else "Oui", str(words.id): "Merci à Farid Kaya"},
        )
        for number in range(replies)
    )  # fmt: skip
    event.evaluation_closes_at = event.ends_at + timedelta(days=30)
    session.flush()


def test_no_cell_of_the_evaluation_is_under_five_and_free_words_stay_away(
    session: Session, event: Event, app: Any
) -> None:
    ask(session, event, 12)
    report = compiled(session, event, app)
    rows = {row[0]: row[1] for row in table(report, "evaluation")}
    assert rows["Non"] == day_report.FEW
    assert "Farid" not in str(report)


def test_fewer_than_five_replies_are_not_told(session: Session, event: Event, app: Any) -> None:
    ask(session, event, 4)
    report = compiled(session, event, app)
    (section,) = [one for one in report.sections if one.anchor == "evaluation"]
    assert section.tables == ()
    assert "Moins de cinq personnes" in section.text


def test_the_page_and_the_pdf(
    session: Session,
    client: FlaskClient,
    sign_in: Callable[[FlaskClient, Any], FlaskClient],
    event: Event,
    later: Callable[[Any], None],
) -> None:
    someone = factories.coordinator(session)
    sign_in(client, someone)
    url = f"/journees/{event.slug}/rapport"
    assert "pas encore de rapport" in client.get(url).text
    assert client.get(f"{url}.pdf").status_code == 302
    later(event.ends_at)
    sign_in(client, someone)
    assert "Le logement d’abord" in client.get(url).text
    made = client.get(f"{url}.pdf")
    assert made.content_type == "application/pdf"
    assert check.problems(made.data) == []
    text = " ".join(page.extract_text() for page in pypdf.PdfReader(io.BytesIO(made.data)).pages)
    assert "Parti des Prairies" in text
    assert "Comparé" not in text
    assert not any(name in text for name in NAMES)


def test_a_day_without_anything_has_a_short_report(
    session: Session, app: Any, later: Callable[[Any], None]
) -> None:
    later(NOW)
    bare = plenary(session, capacities=(), choices=0, meals=())
    session.commit()
    report = compiled_bare(session, bare, app)
    assert [section.anchor for section in report.sections] == ["faits", "programme"]
    assert "présences n’ont pas été notées" in report.sections[0].closing


def test_where_no_presence_was_taken_nobody_is_said_to_have_come(
    session: Session, app: Any, later: Callable[[Any], None]
) -> None:
    later(NOW)
    bare = plenary(session, capacities=(), choices=0, meals=())
    sign_up.register(session, bare, person(), sign_up.Wishes(), now=NOW)
    session.commit()
    report = compiled_bare(session, bare, app)
    assert figures(report, "faits")["Personnes inscrites"] == "1"
    assert figures(report, "qui")["Personnes inscrites à titre personnel"] == "1"
    assert "venue" not in str(report.sections)


def compiled_bare(session: Session, event: Event, app: Any) -> Report:
    with app.app_context():
        return day_report.compile_report(
            session, event, (), {}, network=settings.get(session), now=event.ends_at
        )


@pytest.mark.parametrize("path", ["rapport", "rapport.pdf"])
def test_others_are_refused(
    session: Session,
    client: FlaskClient,
    sign_in: Callable[[FlaskClient, Any], FlaskClient],
    event: Event,
    path: str,
) -> None:
    assert client.get(f"/journees/{event.slug}/{path}").status_code == 302
    sign_in(client, factories.user(session))
    assert client.get(f"/journees/{event.slug}/{path}").status_code == 403


@pytest.mark.parametrize("path", ["rapport", "documents", "traiteur", "besoins"])
def test_pages_ask_the_database_little(
    session: Session,
    client: FlaskClient,
    sign_in: Callable[[FlaskClient, Any], FlaskClient],
    event: Event,
    later: Callable[[Any], None],
    installation: Installation,
    path: str,
) -> None:
    ask(session, event, 12)
    later(event.ends_at + timedelta(days=60))
    sign_in(client, factories.coordinator(session))
    client.get(f"/journees/{event.slug}/{path}")
    asked: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        asked.append(statement)

    sqlalchemy_event.listen(installation.engine, "before_cursor_execute", note)
    try:
        assert client.get(f"/journees/{event.slug}/{path}").status_code == 200
    finally:
        sqlalchemy_event.remove(installation.engine, "before_cursor_execute", note)
    selects = [statement for statement in asked if statement.lstrip().upper().startswith("SELECT")]
    assert len(selects) <= MOST_QUERIES[path], "\n\n".join(selects)
