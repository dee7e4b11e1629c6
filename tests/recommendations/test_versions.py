"""What a recommendation said at each of its versions: read, compared, said again."""

from collections.abc import Callable
from dataclasses import replace
from itertools import pairwise
from typing import Any

import pytest
from flask.testing import FlaskClient
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import event, select
from sqlalchemy.orm import Session

from hub.core import clock
from hub.core.errors import DomainError
from hub.recommendations.models.recommendations import Recommendation, RecommendationState
from hub.recommendations.models.versions import RecommendationVersion, Weight
from hub.recommendations.operations import recommendations
from hub.recommendations.operations.recommendations import Statement, as_it_stands
from hub.recommendations.queries import versions as queries
from hub.recommendations.values.versions import PARTS, differing
from hub.spaces.values.differences import Kind, Part
from tests import factories
from tests.conftest import Installation, both_databases
from tests.recommendations import calls
from tests.recommendations.typed import typed

SignIn = Callable[..., None]
MOST_QUERIES = 12
TITLES = {name: name for name in PARTS if name != "levels"}


def change(session: Session, row: Recommendation, weight: Weight = Weight.MINOR, **values: Any) -> None:
    note = values.pop("note", "")
    statement = replace(as_it_stands(row), **values)
    recommendations.edit(session, row, statement, weight=weight, note=note, actor="essai", now=clock.now())


def kept(session: Session, row: Recommendation, number: int) -> RecommendationVersion:
    return session.scalars(queries.numbered(row.id, [number])).one()


def texts(row: RecommendationVersion) -> dict[str, str]:
    return {name: getattr(row, name) for name in TITLES}


@pytest.fixture
def row(client: FlaskClient, session: Session, sign_in: SignIn) -> Recommendation:
    """Return a recommendation of three versions, with a coordinator who is there."""
    made = recommendations.create(
        session,
        Statement(title="Un bus", text="Un bus par heure.", levels=(factories.level(session),)),
        actor="essai", now=clock.now(),
    )  # fmt: skip
    change(session, made, text="Un bus par demi-heure.", note="Plus souvent.")
    change(
        session, made, Weight.SUBSTANTIVE, text="Deux bus par demi-heure.", finding="On attend.", levels=()
    )
    sign_in(client, factories.coordinator(session))
    session.commit()
    return made


def test_the_page_lists_versions_and_shows_the_last_change(client: FlaskClient, row: Recommendation) -> None:
    page = client.get(f"/recommandations/{row.code}/versions").text
    assert "de la version 2 à la version 3" in page
    assert "Plus souvent." in page
    assert "De fond" in page
    added = page.split("<ins>")[1:]
    assert any("Deux" in each.partition("</ins>")[0] for each in added)
    assert "Commune / CPAS" in page.split("<del>")[-1]
    assert "recommandations/" + row.code + "/versions/2" in page


def test_any_two_versions_are_compared(client: FlaskClient, row: Recommendation) -> None:
    page = client.get(f"/recommandations/{row.code}/versions?de=1&a=2").text
    assert "de la version 1 à la version 2" in page
    assert "On attend." not in page
    back = client.get(f"/recommandations/{row.code}/versions?de=3&a=1").text
    assert "On attend." in back.split("<del>")[2]
    odd = client.get(f"/recommandations/{row.code}/versions?de=x&a=99")
    assert "de la version 2 à la version 3" in odd.text


def test_an_old_version_stays_readable(client: FlaskClient, row: Recommendation) -> None:
    page = client.get(f"/recommandations/{row.code}/versions/1").text
    assert "Un bus par heure." in page
    assert "On attend." not in page
    assert "Commune / CPAS" in page
    assert client.get(f"/recommandations/{row.code}/versions/9").status_code == 404


def test_going_back_makes_another_version(client: FlaskClient, session: Session, row: Recommendation) -> None:
    path = f"/recommandations/{row.code}/versions/1"
    data = typed(client.get(path).text, "/restaurer")
    assert data["weight"] == "substantive"
    assert client.post(f"{path}/restaurer", data=data).status_code == 303
    found = calls.again(session).scalars(select(Recommendation)).one()
    assert (found.version, found.text, found.finding) == (4, "Un bus par heure.", "")
    assert [each.code for each in found.levels] == ["commune"]
    last = kept(session, found, 4)
    assert (last.weight, last.note) == (Weight.SUBSTANTIVE, "Comme la version 1.")
    assert texts(last) == texts(kept(session, found, 1))
    late = client.post(f"{path}/restaurer", data=data | {"note": "Trop tard."})
    assert late.status_code == 409
    assert "Trop tard." in late.text
    again = client.post(f"{path}/restaurer", data=typed(late.text, "/restaurer"))
    assert again.status_code == 422
    assert "dit déjà" in again.text
    assert calls.again(session).scalars(select(Recommendation.version)).one() == 4


def test_an_agreed_one_keeps_a_level(session: Session, row: Recommendation) -> None:
    level = factories.level(session, "federal", "État fédéral")
    change(session, row, levels=(level,))
    row.state = RecommendationState.ADOPTED
    session.flush()
    with pytest.raises(DomainError) as refusal:
        recommendations.restore(
            session, row, kept(session, row, 3), (), weight=Weight.MINOR, note="", actor="essai",
            now=clock.now(),
        )  # fmt: skip
    assert refusal.value.field == "levels"


def test_the_form_asks_what_changes(client: FlaskClient, session: Session, row: Recommendation) -> None:
    path = f"/recommandations/{row.code}/modifier"
    data = typed(client.get(path).text, path) | {
        "title": "Des bus",
        "note": "Au pluriel.",
        "levels": ["commune"],
    }
    long = client.post(path, data=data | {"note": "a" * 501})
    assert long.status_code == 422
    assert client.post(path, data=data).status_code == 303
    assert kept(calls.again(session), row, 4).note == "Au pluriel."


def test_few_queries_however_many_versions(
    client: FlaskClient, session: Session, installation: Installation, row: Recommendation
) -> None:
    for number in range(30):
        change(session, row, text=f"{number} bus")
    session.commit()
    asked: list[str] = []
    event.listen(
        installation.engine, "before_cursor_execute",
        lambda *args: None if args[2].startswith("BEGIN") else asked.append(args[2]),
    )  # fmt: skip
    for path in ("versions", "versions/1", "versions?de=1&a=30", "modifier", "reprendre", ""):
        asked.clear()
        assert client.get(f"/recommandations/{row.code}/{path}".rstrip("/")).status_code == 200
        assert len(asked) <= MOST_QUERIES, (path, len(asked))


def test_only_coordinators(
    client: FlaskClient, session: Session, sign_in: SignIn, row: Recommendation
) -> None:
    sign_in(client, factories.user(session))
    session.commit()
    for path in ("versions", "versions/1"):
        assert client.get(f"/recommandations/{row.code}/{path}").status_code == 403
    assert client.post(f"/recommandations/{row.code}/versions/1/restaurer").status_code == 403


@both_databases
def test_versions_are_kept_on_both_databases(session: Session) -> None:
    made = recommendations.create(session, Statement(title="Un"), actor="essai", now=clock.now())
    change(session, made, title="Deux", note="Pourquoi pas.")
    recommendations.restore(
        session, made, kept(session, made, 1), (), weight=Weight.MINOR, note="Non.", actor="essai",
        now=clock.now(),
    )  # fmt: skip
    session.commit()
    rows = session.scalars(queries.versions_of(made.id)).all()
    assert [(each.number, each.note) for each in rows] == [(3, "Non."), (2, "Pourquoi pas."), (1, "")]
    assert kept(session, made, 3).title == "Un"


words = st.text(alphabet="ab é’.\n", max_size=40)
statements = st.fixed_dictionaries(
    {
        "title": words.map(lambda text: text.strip() or "Un"),
        "text": words, "finding": words, "indicator": words, "short_text": words, "plain_text": words,
    }
)  # fmt: skip


def side(parts: list[Part], otherwise: dict[str, str], gone: Kind) -> dict[str, str]:
    """Return one side of what differs; what doesn't differ is as in the other version."""
    told = {
        part.title: "".join(piece.text for piece in part.pieces if piece.kind is not gone) for part in parts
    }
    return otherwise | told


@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(history=st.lists(statements, min_size=1, max_size=5), back=st.integers(1, 3))
def test_the_chain_of_differences_tells_every_word(
    session: Session, history: list[dict[str, str]], back: int
) -> None:
    """From the first version, each difference leads to the next one, and back again."""
    made = recommendations.create(session, Statement(**history[0]), actor="essai", now=clock.now())
    for said in history[1:]:
        change(session, made, **said)
    earlier = kept(session, made, min(back, made.version))
    if texts(earlier) != texts(kept(session, made, made.version)):
        recommendations.restore(
            session, made, earlier, (), weight=Weight.MINOR, note="", actor="essai", now=clock.now()
        )
    chain = [texts(each) for each in session.scalars(queries.numbered(made.id, range(1, made.version + 1)))]
    assert len(chain) == made.version
    read = chain[0]
    for old, new in pairwise(chain):
        parts = differing(old, new, TITLES)
        assert parts
        assert side(parts, new, Kind.ADDED) == old
        read = side(parts, read, Kind.REMOVED)
        assert read == new
    assert read == {name: getattr(made, name) for name in TITLES}
    session.rollback()
