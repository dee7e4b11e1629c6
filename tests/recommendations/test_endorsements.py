"""Co-signing: who stands is exactly who signed what is asked now and hasn't withdrawn."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select, text
from sqlalchemy.exc import DatabaseError, IntegrityError
from sqlalchemy.orm import Session

from hub.core import clock
from hub.core.errors import DomainError
from hub.core.mail import Message
from hub.recommendations.models.calls import Invitation
from hub.recommendations.models.carrying import Endorsement, VoiceChannel
from hub.recommendations.models.recommendations import Recommendation, RecommendationState
from hub.recommendations.models.versions import Weight
from hub.recommendations.operations import endorsements
from hub.recommendations.operations import recommendations as writing
from hub.recommendations.operations.endorsements import Signature
from hub.recommendations.operations.recommendations import Statement
from tests import factories
from tests.conftest import both_databases
from tests.factories import NOW
from tests.recommendations import calls
from tests.recommendations.test_consultation import TODAY, consultation

SignIn = Callable[[FlaskClient, Any], FlaskClient]
BOARD = Signature("Organe d’administration", TODAY, "Personne d’essai")


def sign(session: Session, invited: Invitation, row: Recommendation, **more: Any) -> int:
    values = {"signature": BOARD, "channel": VoiceChannel.LINK, "actor": "lien personnel", "now": NOW, **more}
    versions = {row.id: values.pop("version", row.version)}
    return endorsements.sign(session, invited, versions, values.pop("signature"), **values)


def standing(session: Session, row: Recommendation) -> list[Endorsement]:
    rows = session.scalars(select(Endorsement).where(Endorsement.recommendation_id == row.id))
    return [each for each in rows if each.lapsed_at is None and each.withdrawn_at is None]


def change(session: Session, row: Recommendation, weight: Weight, words: str = "Autre") -> None:
    writing.edit(session, row, Statement(words), weight=weight, actor="essai", now=NOW)


@both_databases
@settings(max_examples=12, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(
    steps=st.lists(
        st.tuples(st.sampled_from(["sign", "withdraw", "minor", "substantive"]), st.integers(0, 2)),
        max_size=14,
    )
)
def test_who_stands_signed_what_is_asked_now(session: Session, steps: list[tuple[str, int]]) -> None:
    call, first, (row,) = consultation(session)
    invited = [first, *(calls.invitation(session, call, now=NOW) for _ in range(2))]
    expected: set[int] = set()
    for number, (gesture, who) in enumerate(steps):
        organisation = invited[who].organisation_id
        if gesture == "sign":
            assert sign(session, invited[who], row) == (organisation not in expected)
            expected.add(organisation)
        elif gesture == "withdraw":
            for each in standing(session, row):
                if each.organisation_id == organisation:
                    endorsements.withdraw(session, each, reason="", actor="essai", now=NOW)
            expected.discard(organisation)
        else:
            change(session, row, Weight(gesture), f"Version {number}")
            expected = set() if gesture == "substantive" else expected
        session.expire_all()
        assert {each.organisation_id for each in standing(session, row)} == expected
    session.rollback()


@both_databases
def test_the_database_holds_one_standing_signature_and_rewrites_none(session: Session) -> None:
    _, invited, (row,) = consultation(session)
    sign(session, invited, row)
    session.commit()
    again = (
        "INSERT INTO endorsement (recommendation_id, version, organisation_id, body, decided_on, signed_by, "
        "channel, created_at, withdrawn_reason) SELECT recommendation_id, version, organisation_id, body, "
        "decided_on, signed_by, channel, created_at, '' FROM endorsement"
    )
    with pytest.raises(IntegrityError):
        session.execute(text(again))
    session.rollback()
    for forbidden in ("UPDATE endorsement SET body = 'autre'", "DELETE FROM endorsement"):
        with pytest.raises(DatabaseError, match="endorsement_no_"):
            session.execute(text(forbidden))
        session.rollback()
    # The control: without the guard both would stand.
    session.execute(text("DROP INDEX uq_endorsement_standing"))
    session.execute(text(again))
    assert len(standing(session, row)) == 2
    session.rollback()


def test_nothing_is_assumed_of_a_decision(session: Session) -> None:
    _, invited, (row,) = consultation(session)
    for wrong, field in (
        ({"signature": Signature("", TODAY, "P")}, "body"),
        ({"signature": Signature("AG", TODAY, "")}, "signed_by"),
        ({"signature": Signature("AG", TODAY + timedelta(days=1), "P")}, "decided_on"),
        ({"signature": Signature("AG", TODAY - timedelta(days=1), "P")}, "decided_on"),
        ({"version": 7}, "recommendations"),
    ):
        with pytest.raises(DomainError) as refusal:
            sign(session, invited, row, **wrong)
        assert refusal.value.field == field
    assert standing(session, row) == []


@pytest.mark.parametrize("state", [RecommendationState.PUBLISHED, RecommendationState.CLOSED])
def test_from_publication_on_nobody_comes_or_goes(session: Session, state: RecommendationState) -> None:
    call, invited, (row,) = consultation(session)
    sign(session, invited, row)
    row.state = state
    session.flush()
    with pytest.raises(DomainError):
        endorsements.withdraw(session, standing(session, row)[0], reason="", actor="essai", now=NOW)
    with pytest.raises(DomainError):
        sign(session, calls.invitation(session, call, now=NOW), row)
    assert len(standing(session, row)) == 1


def test_who_signed_before_is_asked_and_heard_again_of_what_is_public(
    session: Session, client: FlaskClient
) -> None:
    now = clock.now()
    call, invited, (row,) = consultation(session, now=now)
    board = {"signature": Signature("AG", clock.today(now), "P"), "now": now}
    sign(session, invited, row, **board)
    writing.edit(session, row, Statement("Autre"), weight=Weight.SUBSTANTIVE, actor="essai", now=now)
    row.state = RecommendationState.PUBLISHED
    session.flush()
    session.expire_all()
    assert endorsements.ask_again(session, now=now) == 1
    with pytest.raises(DomainError, match="ne se co-signe plus"):
        sign(session, calls.invitation(session, call, now=now), row, **board)
    path = calls.link(session, invited, now=now) + "/co-signature"
    session.commit()
    assert f'value="{row.id}.{row.version}"' in client.get(path).text
    assert sign(session, invited, row, **board) == 1
    (signed,) = standing(session, row)
    assert signed.version == row.version
    with pytest.raises(DomainError, match="ne se retire plus"):
        endorsements.withdraw(session, signed, reason="", actor="essai", now=now)


def test_a_substantive_change_asks_again_by_one_mail(session: Session) -> None:
    call, invited, (row, other) = consultation(session, 2)
    silent = calls.invitation(session, call, now=NOW, email="")
    for who in (invited, silent):
        sign(session, who, row)
        sign(session, who, other)
    change(session, row, Weight.MINOR)
    assert endorsements.ask_again(session, now=NOW) == 0
    change(session, row, Weight.SUBSTANTIVE, "Autre demande")
    change(session, other, Weight.SUBSTANTIVE, "Tout autre demande")
    session.expire_all()
    assert endorsements.ask_again(session, now=NOW) == 1
    assert endorsements.ask_again(session, now=NOW) == 0
    mail = session.scalars(select(Message)).one()
    assert mail.recipient == invited.email
    assert "Autre demande" in mail.text
    assert "Tout autre demande" in mail.text
    assert "/co-signature" in mail.text


def test_names_are_forgotten_after_three_years(session: Session) -> None:
    _, invited, (row,) = consultation(session)
    sign(session, invited, row)
    endorsements.forget_names(session, now=NOW + endorsements.NAME_KEPT)
    session.expire_all()
    assert standing(session, row)[0].signed_by == "Personne d’essai"
    endorsements.forget_names(session, now=NOW + endorsements.NAME_KEPT + timedelta(seconds=1))
    session.expire_all()
    assert (standing(session, row)[0].signed_by, standing(session, row)[0].body) == ("", BOARD.body)


def test_an_organisation_co_signs_and_withdraws_by_its_link(session: Session, client: FlaskClient) -> None:
    now = clock.now()
    _, invited, (row,) = consultation(session, now=now)
    path = calls.link(session, invited, now=now) + "/co-signature"
    session.commit()
    assert client.get(path).status_code == 200
    typed = {
        "recommendations": f"{row.id}.1", "body": "Assemblée générale",
        "decided_on": clock.today(now).isoformat(), "signed_by": "Personne d’essai",
    }  # fmt: skip
    nothing = client.post(path, data={})
    assert nothing.status_code == 422
    assert "Cochez au moins une recommandation" in nothing.text  # beside what else is missing
    for wrong in ({"body": ""}, {"recommendations": f"{row.id}.2"}, {"decided_on": "2020-01-01"}):
        refused = client.post(path, data={**typed, **wrong})
        assert refused.status_code == 422
        assert "Personne d’essai" in refused.text
    assert client.post(path, data=typed).status_code == 303
    given = standing(calls.again(session), row)[0]
    assert (given.body, given.channel) == ("Assemblée générale", VoiceChannel.LINK)
    assert "Assemblée générale" in client.get(path).text
    assert client.post(f"{path}/{given.id + 99}/retirer").status_code == 404
    assert client.post(f"{path}/{given.id}/retirer").status_code == 303
    assert standing(calls.again(session), row) == []


def test_anothers_signature_is_out_of_reach(session: Session, client: FlaskClient) -> None:
    now = clock.now()
    call, invited, (row,) = consultation(session, now=now)
    sign(session, invited, row, now=now, signature=Signature("AG", clock.today(now), "P"))
    other = calls.link(session, calls.invitation(session, call, now=now), now=now)
    number = standing(session, row)[0].id
    session.commit()
    assert client.post(f"{other}/co-signature/{number}/retirer").status_code == 404
    assert len(standing(calls.again(session), row)) == 1


def test_what_coordinators_see(session: Session, client: FlaskClient, sign_in: SignIn) -> None:
    now = clock.now()
    call, invited, (row,) = consultation(session, now=now)
    sign_in(client, factories.coordinator(session))
    page = f"/appels/invitations/{invited.id}/co-signature"
    assert client.get(page).status_code == 200
    typed = {
        "recommendations": f"{row.id}.1", "body": "Assemblée générale", "channel": "paper",
        "decided_on": clock.today(now).isoformat(), "signed_by": "Personne d’essai",
    }  # fmt: skip
    assert client.post(page, data={**typed, "channel": "link"}).status_code == 422
    assert client.post(page, data=typed).status_code == 303
    shown = client.get(f"/appels/{call.slug}/co-signatures").text
    assert "Assemblée générale" in shown
    assert "Sur papier" in shown
    assert "Assemblée générale" in client.get(f"/appels/{call.slug}/co-signatures?format=csv").text
    edit = f"/recommandations/{row.code}/modifier"
    form = client.get(edit).text
    seen = form.split('name="seen" value="')[1].split('"')[0]
    typed = {"title": "Tout autre", "beneficiaries": "everyone", "seen": seen, "weight": "substantive"}
    assert client.post(edit, data=typed).status_code == 303
    assert standing(calls.again(session), row) == []
    assert "À redemander" in client.get(f"/appels/{call.slug}/co-signatures").text


def test_a_page_shows_fewer_recommendations_where_each_has_many_co_signatures(
    session: Session, client: FlaskClient, sign_in: SignIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = clock.now()
    call, invited, rows = consultation(session, 4, now=now)
    for row in rows:
        session.add(
            Endorsement(
                recommendation_id=row.id, organisation_id=invited.organisation_id, version=1,
                body="Assemblée générale", decided_on=clock.today(now), signed_by="",
                channel=VoiceChannel.PAPER, created_at=now,
            )
        )  # fmt: skip
    session.commit()
    sign_in(client, factories.coordinator(session))

    def shown(query: str) -> list[str]:
        page = client.get(f"/appels/{call.slug}/co-signatures{query}").text
        return [row.code for row in rows if f"/recommandations/{row.code}" in page]

    codes = [row.code for row in rows]
    assert shown("") == codes
    monkeypatch.setattr("hub.recommendations.views.endorsements.MOST_LINES", 3)
    assert (shown(""), shown("?page=2")) == (codes[:3], codes[3:])
