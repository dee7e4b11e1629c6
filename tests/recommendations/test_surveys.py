"""Answers to a survey made elsewhere come into a call: looked at line by line, taken once."""

import io
import re
from collections.abc import Callable
from datetime import datetime

import pytest
from flask.testing import FlaskClient
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.actors.values.spreadsheets import Sheet
from hub.core import clock
from hub.core.errors import DomainError
from hub.events.models.registrations import QuestionKind
from hub.events.operations.questions import Draft
from hub.recommendations.models.calls import Campaign, CampaignQuestion
from hub.recommendations.models.contributions import Channel, Contribution, ContributionState
from hub.recommendations.operations import questions
from hub.recommendations.operations import surveys as operations
from hub.recommendations.values import survey_answers, surveys
from hub.recommendations.values.surveys import Line
from tests import factories
from tests.conftest import both_databases
from tests.recommendations import calls

FILE = (
    "Horodateur;Votre association;Quel constat faites-vous ?;Quelle recommandation proposez-vous ?\n"
    "1/1;Maison Ouverte asbl;Files d’attente.;=Ouvrir un guichet\n"
    "2/1;Inconnue;;Traduire les courriers\n"
    "3/1;;Rien.;\n"
    "4/1;Inconnue;;Traduire les courriers\n"
)


def upload(client: FlaskClient, path: str, text: str = FILE) -> dict[str, str]:
    """Send the file; return what the preview's form would post."""
    page = client.post(path, data={"file": (io.BytesIO(text.encode()), "reponses.csv")})
    assert page.status_code == 200, page.text
    table = re.search(r'name="table" value="([^"]+)"', page.text)
    assert table is not None
    return {"table": table[1], "html": page.text}


@both_databases
def test_answers_are_taken_once_and_wait_to_be_confirmed(session: Session) -> None:
    now = clock.now()
    call = calls.call(session, now=now)
    known = factories.organisation(session, name="Maison Ouverte")
    who = factories.coordinator(session)
    found = [
        Line(2, "Un guichet.", "Des files.", "maison ouverte ASBL"),
        Line(3, "Un guichet.", "Des files.", "maison ouverte"),
        Line(4, "Traduire.", organisation="Inconnue"),
        Line(5, ""),
    ]
    made = operations.take(session, call, found, actor=who, now=now)
    assert [(row.organisation_id, row.proposal) for row in made] == [
        (known.id, "Un guichet."), (None, "Traduire."),
    ]  # fmt: skip
    assert {(row.channel, row.state) for row in made} == {(Channel.SURVEY, ContributionState.SUBMITTED)}
    assert [row.awaits_confirmation for row in made] == [True, False]
    assert operations.take(session, call, found, actor=who, now=now) == []


def test_a_name_that_two_bear_names_neither(session: Session) -> None:
    now = clock.now()
    call = calls.call(session, now=now)
    for slug in ("espoir", "espoir-2"):
        factories.organisation(session, name="Espoir", slug=slug)
    (checked,) = operations.check(session, call, [Line(2, "X.", organisation="Espoir")])
    assert checked.organisation is None
    assert checked.is_unmatched


def test_columns_are_guessed_by_their_titles() -> None:
    header = ["Horodateur", "Votre structure", "Quel constat ?", "Quelle mesure demandez-vous ?"]
    guessed = surveys.guess(header)
    assert (guessed["organisation"], guessed["finding"], guessed["proposal"]) == (1, 2, 3)
    assert guessed["origin"] is None


@given(
    st.lists(st.tuples(st.integers(1, 9), st.lists(st.text(max_size=5), min_size=2, max_size=2)), max_size=4)
)
def test_a_table_is_handed_on_unchanged(rows: list[tuple[int, list[str]]]) -> None:
    sheet = Sheet(["a", "b"], rows)
    assert surveys.unpacked(surveys.packed(sheet)) == sheet


@pytest.mark.parametrize("text", ["", "é", "AAAA", "eJyLjgUAARUAuQ==", "x" * 50])
def test_what_was_not_handed_on_is_refused(text: str) -> None:
    with pytest.raises(DomainError):
        surveys.unpacked(text)


def test_too_many_lines_are_refused() -> None:
    sheet = Sheet(["a"], [(number, ["x"]) for number in range(surveys.MOST_LINES + 1)])
    with pytest.raises(DomainError, match="lignes"):
        surveys.lines(sheet, {"proposal": 0})


def test_a_file_is_shown_line_by_line_then_taken(
    client: FlaskClient, session: Session, sign_in: Callable[..., object]
) -> None:
    now: datetime = clock.now()
    call = calls.call(session, now=now)
    factories.organisation(session, name="Maison Ouverte")
    who = factories.coordinator(session)
    session.commit()
    path = f"/appels/{call.slug}/enquete"
    assert client.get(path).status_code == 302
    sign_in(client, who)
    assert client.post(path, data={}).status_code == 422
    told = upload(client, path)
    assert "Prendre 2 réponses" in told["html"]
    assert "Inconnue" in told["html"]
    assert "Aucune recommandation à cette ligne." in told["html"]
    columns = {"proposal": "3", "finding": "2", "organisation": "1", "origin": "-1"}
    form = {"table": told["table"], **columns}
    other = client.post(f"{path}/lignes", data=form | {"proposal": "2", "gesture": "look"})
    assert "Files d’attente." in other.text
    assert session.scalars(select(Contribution)).all() == []
    sent = form | {"gesture": "take"}
    assert client.post(f"{path}/lignes", data=sent | {"table": "x"}).status_code == 422
    assert client.post(f"{path}/lignes", data=sent).status_code == 303
    client.post(f"{path}/lignes", data=sent)
    session.rollback()
    assert len(session.scalars(select(Contribution)).all()) == 2
    export = client.get("/recommandations/contributions?channel=survey&format=csv").text
    assert "'=Ouvrir un guichet" in export
    (first, *_) = session.scalars(select(Contribution).order_by(Contribution.id))
    assert client.get(f"/recommandations/contributions/{first.id}").status_code == 200


# --- The call's own questions -------------------------------------------------------------------------


def asking(session: Session, call: Campaign) -> dict[str, CampaignQuestion]:
    """Return a question of each sort that a call asks, by its label."""
    drafts = (
        Draft(
            "Depuis quand le constatez-vous ?", QuestionKind.ONE, options=("Cette année", "Depuis longtemps")
        ),
        Draft("Où le voyez-vous ?", QuestionKind.MANY, options=("En ville", "À la campagne, au loin")),
        Draft("Combien de personnes ?", QuestionKind.NUMBER),
        Draft("Avez-vous une salle ?", QuestionKind.YES_NO),
        Draft("Le premier jour ?", QuestionKind.DATE),
    )
    made = [questions.add(session, call, each, actor="essai", now=clock.now()) for each in drafts]
    return {each.label: each for each in made}


@pytest.mark.parametrize(
    ("kind", "typed", "value"),
    [
        (QuestionKind.ONE, "cette annee", "Cette année"),
        (QuestionKind.ONE, "Jamais", None),
        (QuestionKind.MANY, "À la campagne, au loin", ["À la campagne, au loin"]),
        (QuestionKind.MANY, "à la campagne, au loin ; En ville", ["En ville", "À la campagne, au loin"]),
        (QuestionKind.MANY, "En ville, sur la lune", None),
        (QuestionKind.NUMBER, "1 250,5", 1250.5),
        (QuestionKind.NUMBER, "beaucoup", None),
        (QuestionKind.NUMBER, "nan", None),
        (QuestionKind.YES_NO, "OUI", True),
        (QuestionKind.YES_NO, "peut-être", None),
        (QuestionKind.DATE, "06/06/2026", "2026-06-06"),
        (QuestionKind.DATE, "31/02/2026", None),
    ],
)
def test_an_answer_is_read_as_its_question_takes_it(
    session: Session, kind: QuestionKind, typed: str, value: object
) -> None:
    asked = asking(session, calls.call(session, now=clock.now()))
    (question,) = [each for each in asked.values() if each.kind == kind]
    found, unfit = survey_answers.read({question.id: typed}, list(asked.values()))
    assert found == ({} if value is None else {question.id: value})
    assert unfit == ([question] if value is None else [])


@given(text=st.text(max_size=30))
def test_whatever_is_typed_is_an_answer_or_left(text: str) -> None:
    for kind in QuestionKind:
        question = CampaignQuestion(id=1, kind=kind, label="?", options=["a", "b"], is_required=True)
        found, unfit = survey_answers.read({1: text}, [question])
        assert len(found) + len(unfit) <= 1


@both_databases
def test_a_survey_answers_the_call_s_own_questions(session: Session) -> None:
    now = clock.now()
    call = calls.call(session, now=now)
    since, where, *_others = asking(session, call).values()
    header = ["Recommandation", "Où le voyez-vous ?", "Depuis quand le constatez-vous ?"]
    sheet = Sheet(
        header, [(2, ["Un guichet.", "En ville", "cette année"]), (3, ["Un bus.", "Sur la lune", ""])]
    )
    asked = [since, where]
    places = surveys.guess(header, asked)
    assert (places["proposal"], places[f"q{where.id}"], places[f"q{since.id}"]) == (0, 1, 2)
    found = surveys.lines(sheet, places, asked)
    checked = operations.check(session, call, found)
    assert [each.unfit for each in checked] == [[], [where]]
    made = operations.take(session, call, found, actor=factories.coordinator(session), now=now)
    session.commit()
    told = [{row.question_id: row.value for row in each.answers} for each in made]
    assert told == [{where.id: ["En ville"], since.id: "Cette année"}, {}]
    assert {each.state for each in made} == {ContributionState.SUBMITTED}


def test_the_preview_shows_what_is_answered(
    client: FlaskClient, session: Session, sign_in: Callable[..., object]
) -> None:
    call = calls.call(session, now=clock.now())
    asking(session, call)
    who = factories.coordinator(session)
    session.commit()
    sign_in(client, who)
    told = upload(
        client, f"/appels/{call.slug}/enquete",
        "Recommandation;Depuis quand le constatez-vous ?;Combien de personnes ?\nUn bus;cette année;trop\n",
    )  # fmt: skip
    assert "Depuis quand le constatez-vous ? Cette année" in re.sub(r"\s+", " ", told["html"])
    assert "Ne convient pas, laissée" in told["html"]
