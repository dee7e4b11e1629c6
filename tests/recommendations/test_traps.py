"""What goes wrong with recommendations in real life, each trap once, through the pages that people use.

The wordings are those of the network's field notes and of the forty real demands of the demonstration.
"""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from hub.core import clock
from hub.core.errors import DomainError
from hub.recommendations.models.carrying import Endorsement, VoiceChannel
from hub.recommendations.models.contributions import BENEFICIARIES, Beneficiaries, Contribution
from hub.recommendations.models.recommendations import Recommendation, RecommendationState
from hub.recommendations.models.versions import Weight
from hub.recommendations.operations import confirming, consultations, endorsements, recommendations
from hub.recommendations.operations.endorsements import Signature
from hub.recommendations.operations.recommendations import as_it_stands
from hub.recommendations.operations.splitting import suggested
from memoranda.similarity.differences import Kind, differences
from tests import factories
from tests.recommendations import calls
from tests.recommendations.test_consultation import consultation

SignIn = Callable[[FlaskClient, Any], FlaskClient]
NINETY = "Rembourser à 90 % le revenu d’intégration aux CPAS."
HUNDRED = "Rembourser à 100 % le revenu d’intégration aux CPAS."


@pytest.fixture
def desk(client: FlaskClient, session: Session, sign_in: SignIn) -> FlaskClient:
    return sign_in(client, factories.coordinator(session))


def rows(session: Session, model: Any) -> int:
    return session.scalar(select(func.count()).select_from(model)) or 0


# --- Twins: they look alike and ask something else ------------------------------------------------


@pytest.mark.parametrize(
    ("first", "second", "kind"),
    [
        (NINETY, HUNDRED, Kind.FIGURE),
        ("Supprimer le statut de cohabitant.", "Maintenir le statut de cohabitant.", Kind.OPPOSITE),
        (
            "Autoriser le travail pendant la procédure d’asile.",
            "Ne pas autoriser le travail pendant la procédure d’asile.",
            Kind.NEGATION,
        ),
        ("Rembourser les visites médicales.", "Rembourser les visites à domicile.", Kind.OBJECT),
        (
            "La commune ouvre un guichet pour les démarches de séjour.",
            "La Région ouvre un guichet pour les démarches de séjour.",
            Kind.ADDRESSEE,
        ),
    ],
)
def test_twins_are_told_apart(first: str, second: str, kind: Kind) -> None:
    assert kind in differences(first, second).kinds
    assert kind in differences(second, first).kinds


def test_ninety_and_a_hundred_percent_stay_two_demands(desk: FlaskClient, session: Session) -> None:
    now = clock.now()
    ninety = calls.contribution(session, now=now, proposal=NINETY)
    calls.recommendation(session, ninety, now=now, title="Le remboursement du RI", text=NINETY)
    session.commit()
    before = rows(session, Recommendation), rows(session, Contribution)
    page = desk.post("/recommandations/qui-demande", data={"asked": HUNDRED})
    assert page.status_code == 200
    assert "L’une dit « 100 % », l’autre « 90 % »." in page.text.replace("\xa0", " ")
    # It is shown, and neither stops anybody nor joins anything.
    typed = {"title": "Le remboursement entier du RI", "text": HUNDRED, "beneficiaries": "everyone"}
    assert desk.post("/recommandations/nouvelle", data=typed).status_code == 303
    calls.again(session)
    assert (rows(session, Recommendation), rows(session, Contribution)) == (before[0] + 1, before[1])
    states = session.scalars(select(Recommendation.state)).all()
    assert set(states) == {RecommendationState.PROPOSED}


# --- Three demands in one sentence ----------------------------------------------------------------


@pytest.mark.parametrize(
    "text",
    [
        "Rembourser à 100 % le revenu d’intégration, l’automatiser et l’individualiser.",
        (
            "Placer le logement au cœur de la déclaration de politique régionale, étendre le parc public, "
            "mettre fin aux expulsions."
        ),
    ],
)
def test_three_demands_in_one_sentence_are_seen(text: str) -> None:
    assert len(suggested(text)) == 3


# --- Whom it is asked of, and for whom ------------------------------------------------------------


def test_the_equivalence_of_diplomas_is_asked_of_the_federation(desk: FlaskClient, session: Session) -> None:
    for code, label in (("fwb", "Fédération Wallonie-Bruxelles"), ("region_wallonne", "Région wallonne")):
        level = factories.level(session, code, label)
    now = clock.now()
    row = calls.recommendation(
        session, now=now, title="Réformer l’équivalence de diplôme", text="La simplifier.",
        levels=(level,),
    )  # fmt: skip
    session.commit()
    page = desk.get(f"/recommandations/{row.code}").text
    assert "Fédération Wallonie-Bruxelles" in page
    # It doubts, and stops nobody: who knows better adopts it as it is.
    path = f"/recommandations/{row.code}/etape/adopted"
    assert desk.get(path).status_code == 200


def test_nothing_is_adopted_without_saying_whom_it_asks(session: Session, desk: FlaskClient) -> None:
    row = calls.recommendation(session, now=clock.now())
    session.commit()
    path = f"/recommandations/{row.code}/etape/adopted"
    answer = desk.post(path, data={"reason": "", "seen": "proposed"})
    assert answer.status_code == 422
    assert "niveau de pouvoir" in answer.text
    assert calls.again(session).get_one(Recommendation, row.id).state == RecommendationState.PROPOSED


def test_whom_a_measure_is_for_is_never_shortened() -> None:
    assert BENEFICIARIES[Beneficiaries.SPECIFIC] == "Les personnes étrangères ou d’origine étrangère"


# --- Who stands for it ----------------------------------------------------------------------------


def sign(session: Session, invited: Any, row: Recommendation) -> None:
    given = Signature("Organe d’administration", clock.today(clock.now()), "Personne d’essai")
    endorsements.sign(
        session, invited, {row.id: row.version}, given, channel=VoiceChannel.LINK, actor="lien",
        now=clock.now(),
    )  # fmt: skip


def test_nobody_signs_for_another_organisation(client: FlaskClient, session: Session) -> None:
    now = clock.now()
    call, ours, (row,) = consultation(session, now=now)
    other = calls.invitation(session, call, now=now)
    path = calls.link(session, other, now=now)
    session.commit()
    data = {
        "recommendations": [f"{row.id}.{row.version}"], "body": "AG", "signed_by": "Personne d’essai",
        "decided_on": clock.today(now).isoformat(), "organisation": ours.organisation_id,
        "organisation_id": ours.organisation_id, "invitation": ours.id,
    }  # fmt: skip
    assert client.post(f"{path}/co-signature", data=data).status_code == 303
    signed = calls.again(session).scalars(select(Endorsement)).one()
    assert signed.organisation_id == other.organisation_id


def test_somebody_who_speaks_for_another_organisation_is_refused(
    client: FlaskClient, session: Session, sign_in: SignIn
) -> None:
    _, ours, _ = consultation(session, now=clock.now())
    sign_in(client, factories.user(session))
    for path in ("co-signature", "consultation"):
        assert client.get(f"/appels/invitations/{ours.id}/{path}").status_code == 403
        assert client.post(f"/appels/invitations/{ours.id}/{path}", data={"body": "AG"}).status_code == 403
    assert rows(calls.again(session), Endorsement) == 0


def test_a_signature_falls_with_what_was_signed_and_only_then(session: Session) -> None:
    _, ours, (row,) = consultation(session, now=clock.now())
    sign(session, ours, row)
    given = session.scalars(select(Endorsement)).one()
    for weight, title in ((Weight.MINOR, "La même chose, mieux dite"), (Weight.SUBSTANTIVE, "Autre chose")):
        said = as_it_stands(row)
        recommendations.edit(
            session, row, replace(said, title=title), weight=weight, actor="essai", now=clock.now()
        )
        assert (given.lapsed_at is not None) == (weight is Weight.SUBSTANTIVE)
    sign(session, ours, row)
    versions = session.scalars(select(Endorsement.version).order_by(Endorsement.id)).all()
    assert versions == [1, 3]


def test_an_old_page_never_signs_new_words(session: Session) -> None:
    _, ours, (row,) = consultation(session, now=clock.now())
    given = Signature("Organe d’administration", clock.today(clock.now()), "Personne d’essai")
    recommendations.edit(
        session, row, replace(as_it_stands(row), text="Tout autre chose."), weight=Weight.SUBSTANTIVE,
        actor="essai", now=clock.now(),
    )  # fmt: skip
    with pytest.raises(DomainError):
        endorsements.sign(
            session, ours, {row.id: 1}, given, channel=VoiceChannel.LINK, actor="lien", now=clock.now()
        )
    assert rows(session, Endorsement) == 0


def test_what_somebody_told_is_not_yet_the_organisations(session: Session) -> None:
    """A phone call names nobody in public before the organisation has said so."""
    row = calls.contribution(session, now=clock.now())
    assert not row.may_be_named
    confirming.withdraw(session, row, reason="Une collègue parlait pour elle.", actor="lien", now=clock.now())
    assert not row.may_be_named
    assert row.proposal == calls.words().proposal  # kept as it was sent


def test_the_same_demand_twice_in_one_consultation_is_asked_once(session: Session) -> None:
    call, _, (row,) = consultation(session, now=clock.now())
    assert consultations.add(session, call, [row], actor="essai", now=clock.now()) == 0
