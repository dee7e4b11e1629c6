"""The lineage of a recommendation on its pages, and how its picture is laid out."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from flask.testing import FlaskClient
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import event, select
from sqlalchemy.orm import Session

from hub.core import clock
from hub.recommendations.models.lineage import Derivation, DerivationKind
from hub.recommendations.models.recommendations import Recommendation
from hub.recommendations.operations import derivations, recommendations
from hub.recommendations.operations.recommendations import Statement
from hub.recommendations.values.lineage import draw, in_order
from tests import factories
from tests.conftest import Installation
from tests.recommendations import calls

SignIn = Callable[[FlaskClient, Any], FlaskClient]
MOST_QUERIES = 12


@given(
    st.lists(
        st.tuples(st.integers(0, 12), st.integers(0, 12)).filter(lambda tie: tie[0] < tie[1]), unique=True
    )
)
def test_each_stands_below_what_it_comes_from(ties: list[tuple[int, int]]) -> None:
    names = [7, 3, 11, 0, 5, 9, 1, 12, 2, 10, 4, 8, 6]
    named = [(names[parent], names[child]) for parent, child in ties]
    order = in_order(range(13), named)
    assert sorted(order) == list(range(13))
    assert all(order.index(parent) < order.index(child) for parent, child in named)
    drawing = draw(range(13), [(*tie, "merge") for tie in named])
    assert len(drawing.arcs) == len(ties)
    assert drawing.height == 1300


def test_a_ring_is_refused() -> None:
    with pytest.raises(ValueError, match="without end"):
        in_order([1, 2], [(1, 2), (2, 1)])


@pytest.fixture
def pair(session: Session, client: FlaskClient, sign_in: SignIn) -> list[Recommendation]:
    """Sign a coordinator in, and make two recommendations that differ in theme and levels."""
    commune = factories.level(session)
    federal = factories.level(session, "federal", "État fédéral")
    now = clock.now()
    rows = [
        calls.recommendation(
            session, calls.contribution(session, now=now), now=now, title="Prolonger les bus",
            theme=factories.theme(session), levels=(commune,),
        ),
        calls.recommendation(
            session, calls.contribution(session, now=now), now=now, title="Créer des navettes",
            levels=(federal,),
        ),
    ]  # fmt: skip
    sign_in(client, factories.coordinator(session))
    session.commit()
    return rows


def seen(html: str) -> str:
    return html.split('name="seen" value="')[1].partition('"')[0].replace("&#43;", "+")


def merge_path(rows: list[Recommendation]) -> str:
    return "/recommandations/fusionner?" + "&".join(f"code={row.code}" for row in rows)


def test_merging_on_the_pages(client: FlaskClient, session: Session, pair: list[Recommendation]) -> None:
    chooser = client.get(f"/recommandations/fusionner?code={pair[0].code}").text
    assert f'value="{pair[1].code}"' in chooser
    page = client.get(merge_path(pair)).text
    assert "Faire rouler un bus." in page
    assert page.count("checked") >= 3  # both levels, whom it serves
    data = {
        "codes": [row.code for row in pair], "seen": seen(page), "into": "", "title": "",
        "text": "Tout cela.", "levels": ["commune", "federal"], "beneficiaries": "everyone",
        "why": "Même demande.",
    }  # fmt: skip
    refused = client.post("/recommandations/fusionner", data=data)
    assert refused.status_code == 422
    assert "Donnez un titre" in refused.text
    assert "Tout cela." in refused.text
    assert "Même demande." in refused.text
    made = client.post(
        "/recommandations/fusionner", data={**data, "title": "Ensemble"}, follow_redirects=True
    )
    assert "Ensemble" in made.text
    assert "La fusion est faite" in made.text
    assert "lineage-threads" in made.text
    code = made.request.path.split("/")[2]
    page = client.get(f"/recommandations/{code}").text
    assert "Par sa lignée, 2 contributions" in page
    chain = page[page.index('class="chain') :]
    assert chain.count('href="/recommandations/contributions/') == 2  # the thread goes on through the lineage
    old = client.get(f"/recommandations/{pair[0].code}")
    assert old.status_code == 200
    assert "Elle est fusionnée dans une autre" in old.text
    again = client.post("/recommandations/fusionner", data={**data, "title": "Encore"})
    assert again.status_code == 409
    tie = calls.again(session).scalars(select(Derivation)).first()
    assert tie is not None
    path = f"/recommandations/derivations/{tie.id}/defaire"
    assert client.post(path, data={"reason": ""}).status_code == 422
    assert (
        "Erreur de tri." in client.post(path, data={"reason": "Erreur de tri."}, follow_redirects=True).text
    )
    states = calls.again(session).scalars(select(Recommendation.state).order_by(Recommendation.id)).all()
    assert states == ["proposed", "proposed", "dropped"]


def test_a_text_that_changed_meanwhile_is_shown(
    client: FlaskClient, session: Session, pair: list[Recommendation]
) -> None:
    mark = seen(client.get(merge_path(pair)).text)
    path = f"/recommandations/{pair[0].code}/modifier"
    edited = {"seen": seen(client.get(path).text), "title": "Autre titre", "beneficiaries": "everyone"}
    assert client.post(path, data=edited).status_code == 303
    late = client.post(
        "/recommandations/fusionner",
        data={
            "codes": [row.code for row in pair],
            "seen": mark,
            "title": "Ensemble",
            "beneficiaries": "everyone",
        },
    )
    assert late.status_code == 409
    assert "Autre titre" in late.text
    assert 'value="Ensemble"' in late.text
    assert calls.again(session).scalars(select(Derivation)).all() == []


def test_splitting_on_the_pages(client: FlaskClient, session: Session, pair: list[Recommendation]) -> None:
    path = f"/recommandations/{pair[0].code}/scinder"
    data = {
        "seen": seen(client.get(path).text),
        "parts-0-title": "Un",
        "parts-0-text": "Le soir.",
        "parts-1-title": "",
        "parts-1-text": "La nuit.",
    }
    more = client.post(path, data={**data, "more": "1"})
    assert "parts-2-title" in more.text
    refused = client.post(path, data=data)
    assert refused.status_code == 422
    assert "La nuit." in refused.text
    assert client.post(path, data={**data, "parts-1-title": "Deux"}).status_code == 303
    rows = calls.again(session).scalars(select(Recommendation).order_by(Recommendation.id)).all()
    assert [row.title for row in rows[2:]] == ["Un", "Deux"]
    assert [level.code for level in rows[3].levels] == ["commune"]
    assert rows[0].state == "dropped"


def test_what_changed_meanwhile_is_shown_before_it_is_split(
    client: FlaskClient, session: Session, pair: list[Recommendation]
) -> None:
    path = f"/recommandations/{pair[0].code}/scinder"
    typed = {"seen": seen(client.get(path).text), "parts-0-title": "Un", "parts-1-title": "Deux"}
    changed = replace(recommendations.as_it_stands(pair[0]), text="Tout autre chose.")
    recommendations.edit(session, pair[0], changed, actor="essai", now=clock.now())
    session.commit()
    refused = client.post(path, data=typed)
    assert refused.status_code == 409
    assert "Tout autre chose." in refused.text
    assert 'value="Deux"' in refused.text
    assert client.post(path, data=typed | {"seen": seen(refused.text)}).status_code == 303


def test_taking_over_and_tying(client: FlaskClient, session: Session, pair: list[Recommendation]) -> None:
    first, second = (row.code for row in pair)
    path = f"/recommandations/{first}/reprendre"
    assert "Faire rouler un bus." in client.get(path).text
    assert client.post(path, data={"title": "", "beneficiaries": "everyone"}).status_code == 422
    assert client.post(path, data={"title": "À nouveau", "beneficiaries": "everyone"}).status_code == 303
    path = f"/recommandations/{second}/relier"
    assert first in client.get(f"{path}?q={first.lower()}").text
    assert client.post(path, data={"kind": "inspiration"}).status_code == 422
    assert client.post(path, data={"kind": "inspiration", "code": second}).status_code == 422
    assert client.post(path, data={"kind": "inspiration", "code": first}).status_code == 303
    kinds = calls.again(session).scalars(select(Derivation.kind).order_by(Derivation.id)).all()
    assert kinds == [DerivationKind.TAKEN_OVER, DerivationKind.INSPIRATION]


def test_only_coordinators(
    client: FlaskClient, session: Session, sign_in: SignIn, pair: list[Recommendation]
) -> None:
    sign_in(client, factories.user(session))
    paths = ("lignee", "scinder", "reprendre", "relier")
    for path in [merge_path(pair), *(f"/recommandations/{pair[0].code}/{each}" for each in paths)]:
        assert client.get(path).status_code == 403


def test_few_queries_however_large_the_lineage(
    client: FlaskClient, session: Session, installation: Installation, pair: list[Recommendation]
) -> None:
    asked: list[str] = []

    def note(*args: Any) -> None:
        if not args[2].startswith("BEGIN"):
            asked.append(args[2])

    event.listen(installation.engine, "before_cursor_execute", note)
    row = pair[0]
    now = clock.now()
    for _ in range(15):
        other = calls.recommendation(session, calls.contribution(session, now=now), now=now)
        row = derivations.merge(session, [row, other], Statement(title="Ensemble"), actor="essai", now=now)
    session.commit()
    for path in ("lignee", "scinder", "reprendre", "relier", ""):
        asked.clear()
        assert client.get(f"/recommandations/{row.code}/{path}".rstrip("/")).status_code == 200
        assert len(asked) <= MOST_QUERIES, (path, asked)
    for path in ("/recommandations", merge_path(pair), "/recommandations/fusionner"):
        asked.clear()
        assert client.get(path).status_code == 200
        assert len(asked) <= MOST_QUERIES, path
