"""A text that holds several demands: a person splits it, and it stays as it was sent."""

import csv
from collections.abc import Callable
from typing import Any

import pytest
from flask.testing import FlaskClient
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.core import clock
from hub.core.errors import DomainError
from hub.demo.world import DATA
from hub.recommendations.models.contributions import Confirmation, Contribution, ContributionState
from hub.recommendations.operations import confirming, contributions, documents, splitting, triage
from hub.recommendations.operations.contributions import Words
from hub.recommendations.operations.documents import DocumentFacts, Taken
from hub.recommendations.queries import contributions as contribution_queries
from hub.recommendations.queries.filters import ContributionFilter
from tests import factories
from tests.conftest import both_databases
from tests.factories import NOW
from tests.recommendations import calls

SignIn = Callable[[FlaskClient, Any], FlaskClient]
TO_READ = ContributionFilter(to_read=True)
TEXT = (
    "Placer le logement au cœur de la déclaration de politique régionale, étendre le parc public, mettre fin "
    "aux expulsions."
)
THREE = [
    "Placer le logement au cœur de la déclaration de politique régionale",
    "étendre le parc public",
    "mettre fin aux expulsions",
]


def real() -> dict[str, dict[str, str]]:
    """Return the forty real demands of the demonstration, by number."""
    with (DATA / "recommendations.csv").open(encoding="utf-8", newline="") as file:
        return {line["id"]: line for line in csv.DictReader(file)}


def test_the_real_sentences_to_split_are_seen_as_such() -> None:
    demands = real()
    assert splitting.suggested(demands["37"]["text"]) == THREE
    assert splitting.suggested(demands["38"]["text"]) == [
        "Supprimer le statut de cohabitant",
        "porter les revenus au-dessus du seuil de pauvreté",
    ]


def test_what_is_suggested_for_any_real_demand_can_be_taken_as_it_is(session: Session) -> None:
    split = 0
    for line in real().values():
        parts = splitting.suggested(line["text"])
        row = calls.contribution(session, now=NOW, proposal=line["text"])
        if parts:
            made = splitting.split(session, row, parts, actor="essai", now=NOW)
            assert [part.proposal for part in made] == parts
            split += 1
    assert split >= 2


@both_databases
def test_parts_say_all_that_the_whole_says_and_it_stays(session: Session) -> None:
    level, theme = factories.level(session), factories.theme(session)
    facts = DocumentFacts("Mémorandum", factories.organisation(session), year=2024)
    source = documents.register(session, facts, actor="essai", now=NOW)
    words = Words(proposal=TEXT, finding="Trop cher.", theme=theme, levels=(level,), origin="Note")
    row = documents.take(session, source, Taken(words, "12", "« Mots »"), actor="essai", now=NOW)
    made = splitting.split(session, row, THREE, actor="essai", now=NOW)
    session.expire_all()
    assert row.proposal == TEXT
    for part, words_of_part in zip(made, THREE, strict=True):
        assert (part.proposal, part.part_of_id, part.levels) == (words_of_part, row.id, [level])
        for name in (
            "organisation_id", "campaign_id", "channel", "finding", "origin", "theme_id", "beneficiaries",
            "document_id", "source_page", "quote", "state", "submitted_at", "confirmed_at", "confirmed_how",
        ):  # fmt: skip
            assert getattr(part, name) == getattr(row, name), name
    to_read = [each.id for each in session.scalars(contribution_queries.contributions(TO_READ))]
    assert sorted(to_read) == [part.id for part in made]


@both_databases
def test_a_text_sent_by_link_is_split_while_another_draft_is_open(session: Session) -> None:
    invited = calls.invitation(session, calls.call(session, now=NOW), now=NOW)
    row = contributions.submit(
        session, invited, calls.words(proposal=TEXT), page=calls.page(), link="/x", now=NOW
    )
    draft = contributions.save_draft(session, invited, calls.words(), page=calls.page("page-2"), now=NOW)
    made = splitting.split(session, row, THREE, actor="essai", now=NOW)
    assert {part.invitation_id for part in made} == {invited.id}
    assert draft.state == ContributionState.DRAFT


@pytest.mark.parametrize(
    "parts",
    [[], [TEXT], ["Étendre le parc privé", "mettre fin aux expulsions"], ["Étendre le parc public"] * 2],
    ids=["none", "one", "other words", "twice"],
)
def test_nothing_is_put_into_somebodys_mouth(session: Session, parts: list[str]) -> None:
    row = calls.contribution(session, now=NOW, proposal=TEXT)
    with pytest.raises(DomainError) as refusal:
        splitting.split(session, row, parts, actor="essai", now=NOW)
    assert refusal.value.field == "parts"
    assert session.scalars(select(Contribution.id)).all() == [row.id]


def test_what_is_done_with_already_is_not_split(session: Session) -> None:
    made, aside, whole = (calls.contribution(session, now=NOW, proposal=TEXT) for _ in range(3))
    calls.recommendation(session, made, now=NOW)
    triage.set_aside(
        session, aside, ContributionState.OUT_OF_SCOPE, reason="Autre sujet.", actor="essai", now=NOW
    )
    part, *_others = splitting.split(session, whole, THREE, actor="essai", now=NOW)
    for row in (made, aside, whole, part):
        with pytest.raises(DomainError):
            splitting.split(session, row, THREE, actor="essai", now=NOW)


def test_of_what_is_split_only_the_parts_are_taken_up(session: Session) -> None:
    whole = calls.contribution(session, now=NOW, proposal=TEXT)
    part, *_others = splitting.split(session, whole, THREE, actor="essai", now=NOW)
    with pytest.raises(DomainError):
        calls.recommendation(session, whole, now=NOW)
    assert calls.recommendation(session, part, now=NOW).sources[0].contribution is part


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.lists(st.sampled_from(["former", "les", "guichets", "étendre", "et", ",", "\n", "Parc"]), max_size=9)
)
def test_a_part_holds_words_of_the_text_or_is_refused(session: Session, words: list[str]) -> None:
    text, part = "Former les guichets\nétendre le parc et former", " ".join(words)
    row = calls.contribution(session, now=NOW, proposal=text)
    whole, wanted = text.casefold().split(), part.casefold().split()
    places = range(len(whole) - len(wanted) + 1)
    stands = bool(wanted) and any(whole[place : place + len(wanted)] == wanted for place in places)
    try:
        splitting.split(session, row, [part, "étendre le parc et"], actor="essai", now=NOW)
    except DomainError:
        assert not stands or wanted == ["étendre", "le", "parc", "et"]
    else:
        assert stands
    session.rollback()


def test_a_coordinator_splits_on_the_page(client: FlaskClient, session: Session, sign_in: SignIn) -> None:
    sign_in(client, factories.coordinator(session))
    row = calls.contribution(session, now=clock.now(), proposal=TEXT)
    session.commit()
    page = f"/recommandations/contributions/{row.id}"
    assert f'href="{page}/scinder"' in client.get(page).text
    form = client.get(f"{page}/scinder").text
    for part in THREE:
        assert f"{part}</textarea>" in form
    typed = {f"parts-{number}": part for number, part in enumerate([*THREE, ""])}
    refused = client.post(f"{page}/scinder", data={**typed, "parts-1": "étendre le parc social"})
    assert refused.status_code == 422
    assert "étendre le parc social</textarea>" in refused.text
    assert "La demande 2 ne suit pas les mots du texte" in refused.text
    assert client.post(f"{page}/scinder", data=typed).status_code == 303
    assert client.post(f"{page}/scinder", data=typed).status_code == 422
    parts = calls.again(session).scalars(select(Contribution).where(Contribution.part_of_id == row.id)).all()
    assert [part.proposal for part in parts] == THREE
    shown = client.get(page).text
    for part in parts:
        assert f'href="/recommandations/contributions/{part.id}"' in shown
    assert f'href="{page}"' in client.get(f"/recommandations/contributions/{parts[0].id}").text
    assert "Cette contribution est déjà scindée." in client.get(f"{page}/scinder").text
    assert client.post(f"{page}/scinder/annuler").status_code == 303
    undone = client.get(page).text
    assert f'href="{page}/scinder"' in undone
    assert "lue en entier depuis" in client.get(f"/recommandations/contributions/{parts[0].id}").text


@both_databases
def test_a_splitting_is_undone_while_nothing_was_made_of_its_parts(session: Session) -> None:
    whole = calls.contribution(session, now=NOW, proposal=TEXT)
    for _ in range(2):
        made = splitting.split(session, whole, THREE, actor="essai", now=NOW)
        row = calls.recommendation(session, made[0], now=NOW)
        with pytest.raises(DomainError):
            splitting.undo(session, whole, actor="essai", now=NOW)
        triage.detach(session, row.sources[0], reason="Par erreur.", actor="essai", now=NOW)
        splitting.undo(session, whole, actor="essai", now=NOW)
        found = session.scalars(contribution_queries.contributions(TO_READ))
        assert [each.id for each in found] == [whole.id]
        with pytest.raises(DomainError):
            splitting.undo(session, whole, actor="essai", now=NOW)
        with pytest.raises(DomainError):
            triage.put_back(session, made[1], reason="Encore.", actor="essai", now=NOW)
    assert calls.recommendation(session, whole, now=NOW).sources[0].contribution is whole


@both_databases
def test_a_part_set_aside_keeps_the_splitting(session: Session) -> None:
    whole = calls.contribution(session, now=NOW, proposal=TEXT)
    part, *_others = splitting.split(session, whole, THREE, actor="essai", now=NOW)
    triage.set_aside(
        session, part, ContributionState.OUT_OF_SCOPE, reason="Autre sujet.", actor="essai", now=NOW
    )
    with pytest.raises(DomainError):
        splitting.undo(session, whole, actor="essai", now=NOW)


@both_databases
def test_who_confirms_or_takes_back_a_text_does_so_of_its_parts(session: Session) -> None:
    whole = calls.contribution(session, now=NOW, proposal=TEXT)
    first, *others = splitting.split(session, whole, THREE, actor="essai", now=NOW)
    row = calls.recommendation(session, first, now=NOW)
    confirming.confirm(session, whole, Confirmation.WORD, actor="essai", now=NOW)
    assert [each.confirmed_how for each in (whole, first, *others)] == [Confirmation.WORD] * 4
    assert [each.state for each in (first, *others)] == [
        ContributionState.TAKEN_UP, ContributionState.CONFIRMED, ContributionState.CONFIRMED,
    ]  # fmt: skip
    confirming.withdraw(session, whole, reason="Plus d’actualité.", actor="essai", now=NOW)
    assert {each.state for each in (whole, first, *others)} == {ContributionState.WITHDRAWN}
    assert not any(each.is_confirmed for each in (whole, first, *others))
    assert row.sources == []


def test_the_receipt_leads_from_the_text_to_its_parts(client: FlaskClient, session: Session) -> None:
    now = clock.now()
    invited = calls.invitation(session, calls.call(session, now=now), now=now)
    row = contributions.submit(
        session, invited, calls.words(proposal=TEXT), page=calls.page(), link="/x", now=now
    )
    part, *_others = splitting.split(session, row, THREE, actor="essai", now=now)
    link = calls.link(session, invited, now=now)
    session.commit()
    whole = client.get(f"{link}/recu/{row.id}").text
    assert "Votre texte contient plusieurs demandes" in whole
    assert f"{link}/recu/{part.id}" in whole
    of_part = client.get(f"{link}/recu/{part.id}").text
    assert "C’est une partie de votre texte" in of_part
    splitting.undo(calls.again(session), row, actor="essai", now=now)
    session.commit()
    assert "plusieurs demandes" not in client.get(f"{link}/recu/{row.id}").text


def test_splitting_is_the_coordinations(client: FlaskClient, session: Session, sign_in: SignIn) -> None:
    row = calls.contribution(session, now=clock.now(), proposal=TEXT)
    session.commit()
    sign_in(client, factories.user(session))
    path = f"/recommandations/contributions/{row.id}/scinder"
    assert client.get(path).status_code == 403
    assert client.post(path, data={"parts-0": THREE[0], "parts-1": THREE[1]}).status_code == 403
    assert client.post(f"{path}/annuler").status_code == 403
