"""The form of a call on paper: everybody's, and the one that bears an organisation's own link."""

import io
import re
from collections.abc import Callable
from typing import Any

import pypdf
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from hub.core import clock
from hub.core.files import Store
from hub.events.models.registrations import QuestionKind
from hub.events.operations.questions import Draft
from hub.recommendations.operations import campaigns, paper_form, questions
from memoranda.form import content
from memoranda.form.content import Room
from tests import factories
from tests.factories import NOW
from tests.recommendations import calls

SignIn = Callable[[FlaskClient, Any], FlaskClient]


def text_of(pdf: bytes) -> str:
    pages = pypdf.PdfReader(io.BytesIO(pdf)).pages
    return " ".join(" ".join(page.extract_text() for page in pages).split())


def test_every_kind_of_question_has_its_room(session: Session, tmp_path: Any) -> None:
    campaign = calls.call(session, now=NOW)
    factories.level(session)
    for kind in QuestionKind:
        options = ("Oui", "Un peu") if kind in {QuestionKind.ONE, QuestionKind.MANY} else ()
        questions.add(session, campaign, Draft(f"Question {kind}", kind, options=options), actor="x", now=NOW)
    form = paper_form.compile_form(
        session, campaign, url="https://x.example/appels/appel", store=Store(tmp_path), now=NOW
    )
    content.validate(form)
    rooms = {each.label: each.room for each in form.questions if each.label.startswith("Question")}
    assert rooms == {
        "Question text": Room.LINES,
        "Question long_text": Room.LINES,
        "Question one": Room.ONE,
        "Question many": Room.SEVERAL,
        "Question yes_no": Room.ONE,
        "Question number": Room.LINES,
        "Question date": Room.LINES,
        "Question scale": Room.ONE,
    }


def test_the_call_s_form_bears_no_link_and_an_organisation_s_its_own(
    client: FlaskClient, session: Session
) -> None:
    now = clock.now()
    campaign = calls.call(session, now=now)
    factories.level(session)
    row = calls.invitation(session, campaign, now=now)
    link = calls.link(session, row, now=now)
    session.commit()
    answer = client.get(f"/appels/{campaign.slug}/formulaire.pdf")
    assert (answer.status_code, answer.mimetype) == (200, "application/pdf")
    text = text_of(answer.data).replace(" ", "")
    assert "/appels/appel" in text
    assert "/contribution/" not in text
    own = client.get(f"{link}/formulaire.pdf")
    assert own.headers["Cache-Control"] == "no-store"
    text = text_of(own.data).replace(" ", "")
    assert re.search(r"/contribution/[\w-]{43}", text)
    assert row.organisation.name.replace(" ", "") in text


def test_a_call_that_is_not_public_has_no_public_form(client: FlaskClient, session: Session) -> None:
    campaign = calls.call(session, now=clock.now())
    campaigns.withdraw(session, campaign, actor="essai", now=clock.now())
    session.commit()
    assert client.get(f"/appels/{campaign.slug}/formulaire.pdf").status_code == 302
    assert client.get("/contribution/inconnu/formulaire.pdf").status_code == 404
