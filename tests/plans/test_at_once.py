"""Two people change the same plan, axis, action or line of its diagnosis: nobody undoes it unknowingly."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.plans.forms.seen import SeenForm
from hub.plans.models.diagnosis import Finding, FindingKind, Scope
from hub.plans.models.outline import AxisVersion, PlanActionVersion
from hub.plans.models.plans import Plan
from hub.plans.operations import diagnosis
from hub.plans.operations.diagnosis import FindingFacts
from tests import factories
from tests.conftest import Installation
from tests.plans import drafting
from tests.plans.drafting import BY, START

SignIn = Callable[..., FlaskClient]
Case = tuple[str, str, dict[str, Any], Any]
FIRST, SECOND = "Ce que la première écrit", "Ce que le second écrit"


@pytest.fixture(params=["plan", "axis", "action", "finding"])
def case(request: pytest.FixtureRequest, session: Session) -> Case:
    """Return a form's address, its field, what else is sent, and the column that holds the field."""
    plan = drafting.plan(session)
    axis = drafting.axis(session, plan)
    row = drafting.action(session, axis)
    facts = FindingFacts(FindingKind.NEED, Scope.LOCAL, "Un logement", "Page 3", START)
    finding = diagnosis.save(session, plan, None, facts, **BY)
    session.commit()
    cases: dict[str, Case] = {
        "plan": ("", "title", {"kind": plan.kind.value, "starts_on": str(plan.starts_on)}, Plan.title),
        "axis": (f"/axes/{axis.id}", "title", {}, AxisVersion.title),
        "action": (
            f"/actions/{row.id}", "title", {"axis_id": axis.id, "way": "both"}, PlanActionVersion.title,
        ),
        "finding": (
            f"/diagnostic/{finding.id}", "text",
            {"kind": "need", "scope": "local", "source": "Page 3", "entered_on": str(START)}, Finding.text,
        ),
    }  # fmt: skip
    place, *rest = cases[request.param]
    return f"/plans/{plan.slug}{place}/modifier", *rest  # type: ignore[return-value]


def mark(page: str) -> str:
    found = re.search(r'name="seen"[^>]*value="(\w+)"', page)
    assert found, "the form carries the mark of what it shows"
    return found[1]


def stored(session: Session, column: Any) -> list[str]:
    session.rollback()  # what this session has read is older
    return list(session.scalars(select(column)))


def test_the_second_sees_both_texts_and_overwrites_only_knowingly(
    client: FlaskClient, installation: Installation, session: Session, sign_in: SignIn, case: Case
) -> None:
    address, name, more, column = case
    other = installation.app.test_client()
    sign_in(client, factories.coordinator(session))
    sign_in(other, factories.coordinator(session, email="autre@example.org"))
    shown = mark(client.get(address).get_data(as_text=True))
    assert mark(other.get(address).get_data(as_text=True)) == shown
    assert client.post(address, data={**more, name: FIRST, "seen": shown}).status_code == 303
    late = other.post(address, data={**more, name: SECOND, "seen": shown})
    words = late.get_data(as_text=True)
    assert late.status_code == 409
    assert FIRST in words
    assert words.count(SECOND) >= 2  # beside the other, and in its field
    assert FIRST in stored(session, column)
    assert SECOND not in stored(session, column)
    again = other.post(address, data={**more, name: SECOND, "seen": mark(words)})
    assert again.status_code == 303
    assert SECOND in stored(session, column)


def test_without_the_mark_the_last_one_would_win(
    client: FlaskClient,
    session: Session,
    sign_in: SignIn,
    case: Case,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(SeenForm, "is_stale", lambda *_given: False)
    address, name, more, column = case
    sign_in(client, factories.coordinator(session))
    shown = mark(client.get(address).get_data(as_text=True))
    for text in (FIRST, SECOND):
        assert client.post(address, data={**more, name: text, "seen": shown}).status_code == 303
    assert FIRST not in stored(session, column)


def test_a_form_that_shows_nothing_overwrites_nothing(
    client: FlaskClient, session: Session, sign_in: SignIn, case: Case
) -> None:
    address, name, more, column = case
    sign_in(client, factories.coordinator(session))
    assert client.post(address, data={**more, name: SECOND}).status_code == 409
    assert SECOND not in stored(session, column)
