"""What a recommendation says, all of it: asked, kept, shown, carried on."""

from collections.abc import Callable
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.actors.models.organisations import Organisation, OrganisationState
from hub.actors.models.reference import Family, Theme, ThemeKind
from hub.core import clock
from hub.plans.models.outline import Way
from hub.recommendations.models.contributions import Beneficiaries
from hub.recommendations.models.recommendations import Recommendation, Scope
from hub.recommendations.operations import recommendations
from hub.recommendations.operations.recommendations import Statement, as_it_stands
from tests import factories
from tests.recommendations import calls
from tests.recommendations.typed import typed

SignIn = Callable[..., None]
WORDS: dict[str, Any] = {
    "title": "Faire rouler le bus du dimanche",
    "text": "Un bus par heure.",
    "finding": "Personne ne peut sortir.",
    "justification": "Le droit d’aller et venir.",
    "indicator": "Un horaire publié.",
    "short_text": "Un bus le dimanche.",
    "plain_text": "Nous voulons un bus. Aussi le dimanche.",
}


@pytest.fixture
def full(client: FlaskClient, session: Session, sign_in: SignIn) -> Recommendation:
    """Return a recommendation of which everything is said, with a coordinator who is there."""
    right = factories.add(
        session, Theme(code="right_movement", label="Droit d’aller et venir", kind=ThemeKind.RIGHT)
    )
    statement = Statement(
        **WORDS,
        theme=factories.theme(session, "mobility", "Mobilité"),
        right=right,
        levels=(factories.level(session, "region_wallonne", "Région wallonne"),),
        authorities=(authority(session, "TEC"), authority(session, "Ville d’ici")),
        beneficiaries=Beneficiaries.SPECIFIC,
        territory=factories.commune(session),
        way=Way.OPENING,
        scope=Scope.STRUCTURAL,
    )
    row = recommendations.create(session, statement, actor="essai", now=clock.now())
    sign_in(client, factories.coordinator(session))
    session.commit()
    return row


def authority(session: Session, name: str) -> Organisation:
    kind = factories.kind(session, "public_body", Family.AUTHORITY)
    return factories.organisation(session, name=name, kind=kind)


def as_told(row: Recommendation) -> dict[str, Any]:
    """Return what a recommendation says, comparable across sessions."""
    said = as_it_stands(row)
    told = {name: getattr(said, name) for name in WORDS}
    told |= {name: getattr(said, name) for name in ("beneficiaries", "way", "scope")}
    told |= {name: getattr(getattr(said, name), "code", None) for name in ("theme", "right", "territory")}
    told["levels"] = [each.code for each in said.levels]
    return told | {"authorities": [each.name for each in said.authorities]}


def test_what_the_form_does_not_touch_stays(
    client: FlaskClient, session: Session, full: Recommendation
) -> None:
    before, path = as_told(full), f"/recommandations/{full.code}/modifier"
    data = typed(client.get(path).text, path) | {
        "title": "Un bus, le dimanche aussi",
        "note": "Titre plus clair.",
    }
    assert client.post(path, data=data).status_code == 303
    row = calls.again(session).scalars(select(Recommendation)).one()
    assert as_told(row) == before | {"title": "Un bus, le dimanche aussi"}
    assert row.version == 2


def test_taking_over_carries_all_of_it(client: FlaskClient, session: Session, full: Recommendation) -> None:
    before, path = as_told(full), f"/recommandations/{full.code}/reprendre"
    assert client.post(path, data=typed(client.get(path).text, path)).status_code == 303
    rows = calls.again(session).scalars(select(Recommendation).order_by(Recommendation.id)).all()
    assert as_told(rows[1]) == before


def test_merging_joins_whom_they_address(client: FlaskClient, session: Session, full: Recommendation) -> None:
    other = recommendations.create(
        session,
        Statement(
            title="Des navettes", levels=(factories.level(session, "federal", "État fédéral"),),
            authorities=(authority(session, "CPAS de là"),),
        ),
        actor="essai", now=clock.now(),
    )  # fmt: skip
    session.commit()
    before = as_told(full)
    page = client.get(f"/recommandations/fusionner?code={full.code}&code={other.code}&depuis={other.code}")
    data = typed(page.text, "/fusionner")
    assert data["title"] == "Des navettes"
    assert client.post("/recommandations/fusionner", data=data).status_code == 303
    rows = calls.again(session).scalars(select(Recommendation).order_by(Recommendation.id)).all()
    said = as_told(rows[-1])
    assert set(said["levels"]) == {"region_wallonne", "federal"}
    assert set(said["authorities"]) == {"TEC", "Ville d’ici", "CPAS de là"}
    facts = ("theme", "right", "territory", "way", "scope")
    assert [said[fact] for fact in facts] == [before[fact] for fact in facts]


def test_each_part_keeps_what_is_said_of_the_whole(
    client: FlaskClient, session: Session, full: Recommendation
) -> None:
    before, path = as_told(full), f"/recommandations/{full.code}/scinder"
    parts = {"parts-0-title": "Un", "parts-0-text": "Le soir.", "parts-1-title": "Deux"}
    parts = typed(client.get(path).text, path) | parts
    assert client.post(path, data=parts).status_code == 303
    rows = calls.again(session).scalars(select(Recommendation).order_by(Recommendation.id)).all()
    changed = {"title": "Un", "text": "Le soir.", "short_text": "", "plain_text": ""}
    assert as_told(rows[1]) == before | changed


def test_a_short_variant_is_short(client: FlaskClient, session: Session, full: Recommendation) -> None:
    path = f"/recommandations/{full.code}/modifier"
    data = typed(client.get(path).text, path)
    # 301 signs, each of two units in a browser's own count.
    refused = client.post(path, data=data | {"short_text": "𝒜" * 301, "finding": "Autre constat"})
    assert refused.status_code == 422
    assert "Cette version courte est trop longue" in refused.text
    assert "𝒜" * 301 in refused.text
    assert "Autre constat" in refused.text
    assert client.post(path, data=data | {"short_text": "𝒜" * 299 + "\r\n"}).status_code == 303
    assert calls.again(session).scalars(select(Recommendation.short_text)).one() == "𝒜" * 299


def test_rare_questions_are_folded_until_they_hold_something(
    client: FlaskClient, full: Recommendation
) -> None:
    folded = '<details class="form-section form-seldom">'
    assert client.get("/recommandations/nouvelle").text.count(folded) == 2
    assert folded not in client.get(f"/recommandations/{full.code}/modifier").text
    wrong = client.post("/recommandations/nouvelle", data={"title": "Un", "short_text": "a" * 301})
    assert wrong.text.count(folded) == 1


def test_a_closed_authority_stays_addressed(
    client: FlaskClient, session: Session, full: Recommendation
) -> None:
    gone = full.authorities[0]
    gone.state = OrganisationState.CLOSED
    session.commit()
    path = f"/recommandations/{full.code}/modifier"
    data = typed(client.get(path).text, path)
    assert gone.slug in data["authorities"]
    assert client.post(path, data=data | {"title": "Autre"}).status_code == 303
    row = calls.again(session).scalars(select(Recommendation)).one()
    assert len(row.authorities) == 2


def test_the_page_shows_all_of_it(client: FlaskClient, full: Recommendation) -> None:
    page = client.get(f"/recommandations/{full.code}").text
    for said in (
        *WORDS.values(), "Droit d’aller et venir", "Région wallonne", "TEC", "Ville d’ici",
        "Ouverture de la société d’accueil", "Un constat que l’on retrouve partout", "Namur", "19 signes",
    ):  # fmt: skip
        assert said in page, said
