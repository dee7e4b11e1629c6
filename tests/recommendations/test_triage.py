"""What becomes of a contribution: each gesture has its reason, and the thread is never lost."""

from collections.abc import Callable
from typing import Any

import pytest
from flask.testing import FlaskClient
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.core import audit, clock
from hub.core.errors import DomainError
from hub.recommendations.models.contributions import Contribution, ContributionState
from hub.recommendations.models.recommendations import Recommendation, RecommendationSource
from hub.recommendations.operations import contributions, triage
from tests import factories
from tests.conftest import both_databases
from tests.factories import NOW
from tests.recommendations import calls

SignIn = Callable[[FlaskClient, Any], FlaskClient]
MADE = {ContributionState.TAKEN_UP, ContributionState.MERGED}
ASIDE = {ContributionState.OUT_OF_SCOPE, ContributionState.WITHDRAWN}


@both_databases
def test_several_contributions_make_one_recommendation(session: Session) -> None:
    sent = [calls.contribution(session, now=NOW) for _ in range(3)]
    row = calls.recommendation(session, *sent, now=NOW)
    assert [source.contribution for source in row.sources] == sent
    assert {each.state for each in sent} == {ContributionState.TAKEN_UP}
    actions = [entry.action for entry in session.scalars(audit.history(sent[0]))]
    assert actions == ["contribution.taken_up", "contribution.entered"]


def test_one_contribution_may_make_several(session: Session) -> None:
    sent = calls.contribution(session, now=NOW)
    rows = [calls.recommendation(session, sent, now=NOW) for _ in range(3)]
    assert [source.recommendation for source in sent.sources] == rows


@both_databases
def test_joining_keeps_both_voices(session: Session) -> None:
    first, second = (calls.contribution(session, now=NOW) for _ in range(2))
    row = calls.recommendation(session, first, now=NOW)
    for _ in range(2):
        triage.join(session, second, row, actor="essai", now=NOW)
    assert [source.contribution for source in row.sources] == [first, second]
    assert (first.state, second.state) == (ContributionState.TAKEN_UP, ContributionState.MERGED)


@both_databases
def test_a_source_is_taken_back_and_never_erased(session: Session) -> None:
    sent = calls.contribution(session, now=NOW)
    row = calls.recommendation(session, sent, now=NOW)
    triage.detach(session, row.sources[0], reason="Autre sujet.", actor="essai", now=NOW)
    assert row.sources == []
    assert (sent.state, sent.triage_reason) == (ContributionState.SUBMITTED, "Autre sujet.")
    kept = session.scalars(select(RecommendationSource)).one()
    assert (kept.detached_at, kept.detached_reason) == (NOW, "Autre sujet.")
    triage.join(session, sent, row, actor="essai", now=NOW)
    assert [source.id for source in row.sources] == [kept.id]
    assert sent.state == ContributionState.MERGED


def test_a_contribution_with_another_thread_does_not_go_back(session: Session) -> None:
    sent = calls.contribution(session, now=NOW)
    rows = [calls.recommendation(session, sent, now=NOW) for _ in range(2)]
    triage.detach(session, rows[0].sources[0], reason="Doublon.", actor="essai", now=NOW)
    assert sent.state == ContributionState.TAKEN_UP


@pytest.mark.parametrize("state", sorted(ASIDE))
def test_setting_aside_needs_a_reason_and_can_be_undone(session: Session, state: ContributionState) -> None:
    sent = calls.contribution(session, now=NOW)
    with pytest.raises(DomainError) as refusal:
        triage.set_aside(session, sent, state, reason="", actor="essai", now=NOW)
    assert refusal.value.field == "reason"
    triage.set_aside(session, sent, state, reason="Fédéral.", actor="essai", now=NOW)
    assert (sent.state, sent.triage_reason, sent.triaged_at) == (state, "Fédéral.", NOW)
    with pytest.raises(DomainError):
        calls.recommendation(session, sent, now=NOW)
    triage.put_back(session, sent, reason="Relue.", actor="essai", now=NOW)
    assert sent.state == ContributionState.SUBMITTED


def test_what_a_recommendation_is_made_of_is_not_set_aside(session: Session) -> None:
    sent = calls.contribution(session, now=NOW)
    calls.recommendation(session, sent, now=NOW)
    with pytest.raises(DomainError):
        triage.set_aside(session, sent, ContributionState.WITHDRAWN, reason="Non.", actor="essai", now=NOW)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.lists(
        st.tuples(
            st.sampled_from(["take_up", "join", "detach", "aside", "back"]),
            st.integers(0, 2),
            st.integers(0, 2),
        ),
        max_size=12,
    )
)
def test_state_and_thread_always_agree(session: Session, gestures: list[tuple[str, int, int]]) -> None:
    sent = [calls.contribution(session, now=NOW) for _ in range(3)]
    rows = [calls.recommendation(session, now=NOW) for _ in range(3)]
    words = [(each.finding, each.proposal, each.submitted_at) for each in sent]
    for gesture, which, where in gestures:
        contribution, row = sent[which], rows[where]
        try:
            if gesture == "take_up":
                calls.recommendation(session, contribution, now=NOW)
            elif gesture == "join":
                triage.join(session, contribution, row, actor="essai", now=NOW)
            elif gesture == "detach" and contribution.sources:
                triage.detach(session, contribution.sources[0], reason="Non.", actor="essai", now=NOW)
            elif gesture == "aside":
                triage.set_aside(
                    session,
                    contribution,
                    ContributionState.OUT_OF_SCOPE,
                    reason="Non.",
                    actor="essai",
                    now=NOW,
                )
            elif gesture == "back":
                triage.put_back(session, contribution, reason="Si.", actor="essai", now=NOW)
        except DomainError:
            pass
        for each in sent:
            assert (each.state in MADE) == bool(each.sources)
    assert words == [(each.finding, each.proposal, each.submitted_at) for each in sent]
    session.rollback()


# --- On the pages -----------------------------------------------------------------------------


def state_of(session: Session, row: Contribution) -> ContributionState:
    return calls.again(session).get_one(Contribution, row.id).state


def test_a_coordinator_sorts_with_a_reason(client: FlaskClient, session: Session, sign_in: SignIn) -> None:
    sign_in(client, factories.coordinator(session))
    sent = calls.contribution(session, now=clock.now())
    session.commit()
    path = f"/recommandations/contributions/{sent.id}"
    refused = client.post(f"{path}/hors-champ", data={"reason": "  "})
    assert refused.status_code == 422
    assert "Donnez une raison" in refused.text
    assert client.post(f"{path}/hors-champ", data={"reason": "Autre compétence."}).status_code == 303
    assert state_of(session, sent) == ContributionState.OUT_OF_SCOPE
    page = client.get(path).text
    assert "Autre compétence." in page
    assert client.post(f"{path}/a-lire", data={"reason": "Relue."}).status_code == 303
    assert client.post(f"{path}/retrait", data={"reason": "Par téléphone."}).status_code == 303
    assert state_of(session, sent) == ContributionState.WITHDRAWN


def test_a_recommendation_is_made_from_those_that_were_checked(
    client: FlaskClient, session: Session, sign_in: SignIn
) -> None:
    sign_in(client, factories.coordinator(session))
    level, theme = factories.level(session), factories.theme(session)
    sent = [
        calls.contribution(
            session, now=clock.now(), proposal=f"Demande {number}", levels=(level,), theme=theme
        )
        for number in (1, 2)
    ]
    session.commit()
    query = "&".join(f"contribution={each.id}" for each in sent)
    form = client.get(f"/recommandations/nouvelle?{query}").text
    assert "Demande 1\n\nDemande 2</textarea>" in form
    data = {
        "contribution": [each.id for each in sent], "title": "Demander mieux", "text": "Ensemble.",
        "levels": ["commune"], "theme": "housing", "beneficiaries": "everyone",
    }  # fmt: skip
    answer = client.post("/recommandations/nouvelle", data=data)
    assert answer.status_code == 303
    row = calls.again(session).scalars(select(Recommendation)).one()
    assert [source.contribution_id for source in row.sources] == [each.id for each in sent]
    page = client.get(answer.location).text
    for each in sent:
        assert f"/recommandations/contributions/{each.id}" in page
    assert row.code in client.get(f"/recommandations/contributions/{sent[0].id}").text


def test_joining_is_found_by_words_or_by_theme(
    client: FlaskClient, session: Session, sign_in: SignIn
) -> None:
    sign_in(client, factories.coordinator(session))
    theme = factories.theme(session)
    sent = calls.contribution(session, now=clock.now(), theme=theme)
    near = calls.recommendation(session, now=clock.now(), title="Près", theme=theme)
    far = calls.recommendation(session, now=clock.now(), title="Équivalence lointaine")
    session.commit()
    path = f"/recommandations/contributions/{sent.id}/rejoindre"
    by_theme, by_words = client.get(path).text, client.get(f"{path}?q=equivalence").text
    assert (near.code in by_theme, far.code in by_theme) == (True, False)
    assert (near.code in by_words, far.code in by_words) == (False, True)
    assert client.post(f"{path}/{near.code}").status_code == 303
    assert state_of(session, sent) == ContributionState.MERGED
    assert client.post(f"{path}/R-1999-001").status_code == 404


def test_an_entry_in_the_name_of_an_organisation(
    client: FlaskClient, session: Session, sign_in: SignIn
) -> None:
    coordinator = factories.coordinator(session)
    sign_in(client, coordinator)
    who = factories.organisation(session, "Collectif")
    session.commit()
    data = {
        "organisation": who.slug, "channel": "document", "campaign": "", "proposal": "Former les guichets.",
    }  # fmt: skip
    path = "/recommandations/contributions/nouvelle"
    # What stands in a document is taken from the document's own page, with its page and words.
    refused = client.post(path, data=data)
    assert refused.status_code == 422
    assert "Dites comment elle nous est parvenue." in refused.text
    assert 'href="/recommandations/documents"' in refused.text
    assert "Former les guichets.</textarea>" in refused.text
    answer = client.post(path, data={**data, "channel": "paper"})
    assert answer.status_code == 303
    row = calls.again(session).scalars(select(Contribution)).one()
    assert (row.organisation_id, row.channel, row.document_id) == (who.id, "paper", None)
    assert (row.state, row.entered_by_id) == (ContributionState.SUBMITTED, coordinator.id)


def test_drafts_are_nobodys_business(client: FlaskClient, session: Session, sign_in: SignIn) -> None:
    sign_in(client, factories.coordinator(session))
    invited = calls.invitation(session, calls.call(session, now=clock.now()), now=clock.now())
    draft = contributions.save_draft(
        session, invited, calls.words(proposal="Encore secret"), page=calls.page(), now=clock.now()
    )
    session.commit()
    path = f"/recommandations/contributions/{draft.id}"
    assert client.get(path).status_code == 403
    assert client.post(f"{path}/hors-champ", data={"reason": "x"}).status_code == 403
    assert client.get(f"{path}/rejoindre").status_code == 403
    with pytest.raises(DomainError):
        triage.set_aside(
            session, draft, ContributionState.WITHDRAWN, reason="x", actor="essai", now=clock.now()
        )
    seen = [
        client.get(address).text
        for address in (
            "/recommandations/contributions",
            "/recommandations/contributions?format=csv",
            f"/recommandations/nouvelle?contribution={draft.id}",
            f"/appels/{invited.campaign.slug}/suivi",
            f"/appels/invitations/{invited.id}",
        )
    ]
    assert not any("Encore secret" in text for text in seen)
    assert "Brouillon commencé" in seen[3]
    assert state_of(session, draft) == ContributionState.DRAFT


def test_whoever_sent_it_reads_why_it_is_taken_up(
    client: FlaskClient, session: Session, sign_in: Callable[..., object]
) -> None:
    now = clock.now()
    call = calls.call(session, now=now)
    invited = calls.invitation(session, call, now=now)
    sent = [
        contributions.submit(
            session, invited, calls.words(proposal=f"Demande {number}."), page=calls.page(f"p{number}"),
            link="/x", now=now,
        )
        for number in range(2)
    ]  # fmt: skip
    other = calls.recommendation(session, now=now, title="Des bus le soir")
    link = calls.link(session, invited, now=now)
    session.commit()
    sign_in(client, factories.coordinator(session))
    new = f"/recommandations/nouvelle?contribution={sent[0].id}"
    assert "Un mot à qui l’a envoyée" in client.get(new).text
    data = {
        "title": "Un bus", "beneficiaries": "everyone", "contribution": str(sent[0].id),
        "told": "Reprise presque mot pour mot.",
    }  # fmt: skip
    assert client.post("/recommandations/nouvelle", data=data).status_code == 303
    path = f"/recommandations/contributions/{sent[1].id}/rejoindre"
    assert "Un mot à qui l’a envoyée" in client.get(f"{path}?q=bus").text
    joined = client.post(f"{path}/{other.code}", data={"reason": "La même chose, le soir."})
    assert joined.status_code == 303
    reasons = [calls.again(session).get_one(Contribution, row.id).triage_reason for row in sent]
    assert reasons == ["Reprise presque mot pour mot.", "La même chose, le soir."]
    for row, reason in zip(sent, reasons, strict=True):
        assert reason in client.get(f"{link}/recu/{row.id}").text
