"""An organisation and a coordinator change the same record: nothing is lost, each sees what the other did."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from hub.accounts.models import User
from hub.actors.models.mandates import Mandate, Person
from hub.actors.models.organisations import CheckedAs, FundingSource, Organisation, OrganisationState
from hub.actors.models.ownership import ChangeAnswer, ChangeOrigin, ChangeState, RecordChange
from hub.actors.operations import organisations
from hub.actors.operations.organisations import OrganisationFacts, facts_of
from hub.actors.operations.ownership import changes, checking, keeping, letters
from hub.actors.values import changes as values
from hub.core import audit, clock, sweeping
from hub.core.errors import DomainError
from hub.core.mail import Message
from tests import factories
from tests.conftest import Installation, both_databases
from tests.factories import NOW

Make = Callable[..., Organisation]


def speaker(session: Session, organisation: Organisation) -> User:
    """Return an account that speaks for the organisation."""
    user = factories.user(session, last_sign_in_at=NOW)
    person = factories.add(session, Person(name=user.name, user_id=user.id, created_at=NOW))
    starts_on = clock.today(NOW) - timedelta(days=1)
    factories.add(
        session,
        Mandate(person_id=person.id, organisation_id=organisation.id, starts_on=starts_on, created_at=NOW),
    )
    return user


@pytest.fixture
def house(session: Session) -> Organisation:
    return factories.organisation(
        session,
        "Maison",
        description="Nous accueillons.",
        email="maison@example.org",
        phone="+32 81 12 34 56",
    )


def wanted(house: Organisation, **facts: Any) -> OrganisationFacts:
    return replace(facts_of(house), **facts)


def submit(session: Session, house: Organisation, by: User | None = None, **facts: Any) -> changes.Outcome:
    return changes.submit(session, house, wanted(house, **facts), seen=changes.marks(house), by=by, now=NOW)


def mails(session: Session, kind: str) -> list[Message]:
    return list(session.scalars(select(Message).where(Message.kind == kind).order_by(Message.id)))


@both_databases
def test_own_words_take_effect_at_once_and_identity_waits(session: Session, house: Organisation) -> None:
    by = speaker(session, house)
    done = submit(
        session, house, by, description="Nous accueillons et formons.", name="Maison des langues",
        funding_sources=(FundingSource.DONATIONS,),
    )  # fmt: skip
    assert (house.description, house.name) == ("Nous accueillons et formons.", "Maison")
    assert list(house.funding_sources) == [FundingSource.DONATIONS]
    assert done.applied
    assert done.proposed
    assert done.applied.state is ChangeState.APPLIED
    assert done.applied.fields["description"] == ["Nous accueillons.", "Nous accueillons et formons."]
    assert done.proposed.state is ChangeState.PROPOSED
    assert done.proposed.fields == {"name": ["Maison", "Maison des langues"]}
    acts = [entry.action for entry in session.scalars(audit.history(house))]
    assert acts == ["organisation.change_proposed", "organisation.changed"]


@both_databases
def test_the_network_may_want_to_look_at_everything_first(session: Session, house: Organisation) -> None:
    keeping.set_rules(
        session, stale_months=6, own_changes_at_once=False, actor=factories.coordinator(session), now=NOW
    )
    done = submit(session, house, description="Autre chose.")
    assert done.applied is None
    assert done.proposed
    assert done.proposed.fields == {"description": ["Nous accueillons.", "Autre chose."]}
    assert house.description == "Nous accueillons."


@both_databases
def test_a_proposal_sent_twice_stands_once(session: Session, house: Organisation) -> None:
    first = submit(session, house, name="Maison des langues").proposed
    assert submit(session, house, name="Maison des langues").proposed is first
    assert len(session.scalars(select(RecordChange)).all()) == 1


def test_nothing_changed_is_said(session: Session, house: Organisation) -> None:
    with pytest.raises(DomainError, match="Rien n’est modifié"):
        submit(session, house)


@both_databases
def test_a_field_changed_by_both_is_shown_before_anything_is_overwritten(
    session: Session, house: Organisation
) -> None:
    seen = changes.marks(house)
    typed = wanted(house, description="Du côté de l’association.", phone="+32 81 65 43 21")
    coordinator = factories.coordinator(session)
    changes.rewrite(
        session, house, wanted(house, description="Du côté de la coordination.", address="Rue Neuve 1"),
        actor=coordinator, now=NOW,
    )  # fmt: skip
    with pytest.raises(changes.ConflictError) as conflict:
        changes.submit(session, house, typed, seen=seen, by=None, now=NOW)
    assert conflict.value.fields == ["description"]
    assert (house.description, house.phone) == ("Du côté de la coordination.", "+32 81 12 34 56")
    # Having seen it, the association keeps its own words; what it left alone stays the coordinator's.
    changes.submit(
        session, house, replace(typed, address=house.address), seen=changes.marks(house), by=None, now=NOW
    )
    assert (house.description, house.phone) == ("Du côté de l’association.", "+32 81 65 43 21")
    assert house.address == "Rue Neuve 1"


@both_databases
def test_what_its_author_left_alone_is_never_put_back(session: Session, house: Organisation) -> None:
    seen, typed = changes.marks(house), wanted(house, phone="+32 81 65 43 21")
    organisations.update(session, house, wanted(house, address="Rue Neuve 1"), actor="essai", now=NOW)
    changes.submit(session, house, typed, seen=seen, by=None, now=NOW)
    assert (house.address, house.phone) == ("Rue Neuve 1", "+32 81 65 43 21")


def decide(session: Session, change: RecordChange, by: User, reason: str = "", **decisions: bool) -> None:
    seen = changes.marks(change.organisation)
    changes.decide(session, change, decisions, seen=seen, reason=reason, by=by, now=NOW)


@both_databases
def test_a_proposal_is_answered_field_by_field(session: Session, house: Organisation) -> None:
    by = factories.coordinator(session)
    change = submit(session, house, name="Maison des langues", founded=1987).proposed
    assert change
    with pytest.raises(DomainError, match="chaque champ"):
        decide(session, change, by, name=True)
    with pytest.raises(DomainError, match="pourquoi"):
        decide(session, change, by, name=True, founded=False)
    decide(session, change, by, "Le Moniteur dit 1988.", name=True, founded=False)
    assert (house.name, house.founded) == ("Maison des langues", None)
    assert (change.state, change.decisions) == (ChangeState.ACCEPTED, {"name": True, "founded": False})
    (sent,) = mails(session, "actors.change_decided")
    assert sent.recipient == "maison@example.org"
    assert "Le Moniteur dit 1988." in sent.text
    assert "/fiche/" in sent.text
    with pytest.raises(DomainError, match="déjà reçu sa réponse"):
        decide(session, change, by, "encore", name=False, founded=False)


@both_databases
def test_a_refusal_tells_the_representative_why(session: Session, house: Organisation) -> None:
    by = speaker(session, house)
    change = submit(session, house, by, name="Château").proposed
    assert change
    decide(session, change, factories.coordinator(session), "Ce n’est pas votre nom.", name=False)
    assert (change.state, house.name) == (ChangeState.REFUSED, "Maison")
    (sent,) = mails(session, "actors.change_decided")
    assert sent.recipient == by.email
    assert f"/mon-organisation/{house.slug}" in sent.text
    assert "Ce n’est pas votre nom." in sent.text


@both_databases
def test_two_proposals_at_once_are_both_kept_and_the_second_is_shown_what_moved(
    session: Session, house: Organisation
) -> None:
    by = factories.coordinator(session)
    first = submit(session, house, name="Maison A").proposed
    second = submit(session, house, name="Maison B").proposed
    assert first
    assert second
    assert first is not second
    seen_before = changes.marks(house)
    decide(session, first, by, name=True)
    with pytest.raises(DomainError, match="a changé depuis"):
        changes.decide(session, second, {"name": True}, seen=seen_before, reason="", by=by, now=NOW)
    assert second.state is ChangeState.PROPOSED
    decide(session, second, by, name=True)
    assert house.name == "Maison B"


@both_databases
def test_a_number_that_is_anothers_is_refused_before_anything_is_kept(
    session: Session, house: Organisation
) -> None:
    factories.organisation(session, "Autre", enterprise_number="0123456749")
    with pytest.raises(DomainError) as refusal:
        submit(session, house, enterprise_number="0123456749", description="Perdu ?")
    assert refusal.value.field == "enterprise_number"
    assert session.scalars(select(RecordChange)).all() == []
    assert house.description == "Nous accueillons."


def test_a_proposal_is_taken_back_until_it_is_answered(session: Session, house: Organisation) -> None:
    change = submit(session, house, name="Maison A").proposed
    assert change
    changes.withdraw(session, change, by=None, now=NOW)
    assert change.state is ChangeState.WITHDRAWN
    with pytest.raises(DomainError):
        changes.withdraw(session, change, by=None, now=NOW)


@both_databases
def test_a_rewrite_is_shown_to_the_organisation(session: Session, house: Organisation) -> None:
    by = factories.coordinator(session)
    change = changes.rewrite(
        session, house, wanted(house, description="Nous formons.", note="à voir"), actor=by, now=NOW
    )
    assert change
    assert (change.origin, change.answer) == (ChangeOrigin.COORDINATOR, ChangeAnswer.WAITING)
    assert list(change.fields) == ["description"]  # the coordination's own note is not shown
    (sent,) = mails(session, "actors.rewritten")
    assert sent.recipient == "maison@example.org"
    assert "Nous formons" not in sent.text  # contents stay behind the link


@both_databases
def test_rewrites_of_a_day_are_shown_as_one_and_mailed_once(session: Session, house: Organisation) -> None:
    by = factories.coordinator(session)
    first = changes.rewrite(session, house, wanted(house, description="Un."), actor=by, now=NOW)
    later = NOW + timedelta(hours=1)
    again = changes.rewrite(
        session, house, wanted(house, description="Deux.", scope="Namur"), actor=by, now=later
    )
    assert first
    assert again is first
    assert first.fields == {"description": ["Nous accueillons.", "Deux."], "scope": ["", "Namur"]}
    assert len(mails(session, "actors.rewritten")) == 1
    changes.rewrite(
        session, house, wanted(house, description="Nous accueillons.", scope=""), actor=by, now=later
    )
    assert (first.fields, first.state, first.answer) == ({}, ChangeState.WITHDRAWN, None)
    tomorrow = NOW + timedelta(days=1)
    assert changes.rewrite(session, house, wanted(house, scope="Dinant"), actor=by, now=tomorrow) is not first
    assert len(mails(session, "actors.rewritten")) == 2


def test_the_old_address_learns_that_it_was_replaced(session: Session, house: Organisation) -> None:
    by = factories.coordinator(session)
    changes.rewrite(session, house, wanted(house, email="autre@example.org"), actor=by, now=NOW)
    assert [sent.recipient for sent in mails(session, "actors.rewritten")] == ["maison@example.org"]


def test_where_nobody_can_be_told_nothing_is_shown(session: Session) -> None:
    house = factories.organisation(session, "Sans adresse")
    facts, by = replace(facts_of(house), scope="Namur"), factories.coordinator(session)
    assert changes.rewrite(session, house, facts, actor=by, now=NOW) is None
    assert house.scope == "Namur"


def rewritten(session: Session, house: Organisation, **facts: Any) -> RecordChange:
    by = factories.coordinator(session)
    change = changes.rewrite(session, house, wanted(house, **facts), actor=by, now=NOW)
    assert change
    return change


@both_databases
def test_an_organisation_agrees_or_contests_with_a_word(session: Session, house: Organisation) -> None:
    change = rewritten(session, house, description="Nous formons.")
    with pytest.raises(DomainError, match="en un mot"):
        changes.answer(session, change, agrees=False, words=" ", by=None, now=NOW)
    changes.answer(session, change, agrees=False, words="Pas seulement.", by=None, now=NOW)
    assert (change.answer, change.answer_words) == (ChangeAnswer.CONTESTED, "Pas seulement.")
    assert change.waits
    changes.answer(session, change, agrees=True, words="", by=None, now=NOW)
    assert change.answer is ChangeAnswer.AGREED
    assert not change.waits


def test_its_own_change_is_not_for_the_organisation_to_answer(session: Session, house: Organisation) -> None:
    own = submit(session, house, description="Autre.").applied
    assert own
    with pytest.raises(DomainError):
        changes.answer(session, own, agrees=True, words="", by=None, now=NOW)


@both_databases
def test_a_change_is_put_back_in_one_gesture(session: Session, house: Organisation) -> None:
    change, by = (
        rewritten(session, house, description="Nous formons.", scope="Namur"),
        factories.coordinator(session),
    )
    organisations.update(session, house, wanted(house, scope="Dinant"), actor="essai", now=NOW)
    assert changes.revert(session, change, by=by, now=NOW) == ["scope"]
    assert (house.description, house.scope) == ("Nous accueillons.", "Dinant")
    assert change.state is ChangeState.REVERTED
    assert len(mails(session, "actors.rewrite_answered")) == 1
    with pytest.raises(DomainError):
        changes.revert(session, change, by=by, now=NOW)


def test_what_changed_once_more_is_not_put_back(session: Session, house: Organisation) -> None:
    change = rewritten(session, house, scope="Namur")
    organisations.update(session, house, wanted(house, scope="Dinant"), actor="essai", now=NOW)
    with pytest.raises(DomainError, match="modifiés depuis"):
        changes.revert(session, change, by=factories.coordinator(session), now=NOW)
    assert change.state is ChangeState.APPLIED


@both_databases
def test_the_organisation_takes_back_its_own_words_and_proposes_the_rest(
    session: Session, house: Organisation
) -> None:
    change = rewritten(session, house, description="Nous formons.", name="Château")
    done = changes.take_back(session, change, by=None, now=NOW)
    assert (house.description, house.name) == ("Nous accueillons.", "Château")
    assert done.proposed
    assert done.proposed.fields == {"name": ["Château", "Maison"]}
    assert (change.state, change.answer) == (ChangeState.APPLIED, ChangeAnswer.CONTESTED)
    other = rewritten(session, house, scope="Namur")
    changes.take_back(session, other, by=None, now=NOW)
    assert (house.scope, other.state) == ("", ChangeState.REVERTED)


@both_databases
def test_a_contested_rewrite_may_stay_with_a_reason(session: Session, house: Organisation) -> None:
    change, by = rewritten(session, house, scope="Namur"), factories.coordinator(session)
    changes.answer(session, change, agrees=False, words="Non.", by=None, now=NOW)
    with pytest.raises(DomainError):
        changes.keep(session, change, reason="", by=by, now=NOW)
    changes.keep(session, change, reason="Vos statuts le disent.", by=by, now=NOW)
    assert (change.state, change.waits, house.scope) == (ChangeState.ACCEPTED, False, "Namur")
    (sent,) = mails(session, "actors.rewrite_answered")
    assert "Vos statuts le disent." in sent.text


@both_databases
def test_saying_that_it_is_gone_is_a_proposal(session: Session, house: Organisation) -> None:
    with pytest.raises(DomainError):
        changes.say_gone(session, house, since=date(2030, 1, 1), words="", by=None, now=NOW)
    change = changes.say_gone(session, house, since=date(2025, 12, 31), words="Fusion.", by=None, now=NOW)
    assert house.state is OrganisationState.ACTIVE
    decide(session, change, factories.coordinator(session), state=True, state_since=True)
    assert (house.state, house.state_since) == (OrganisationState.CLOSED, date(2025, 12, 31))
    with pytest.raises(DomainError):
        changes.say_gone(session, house, since=None, words="", by=None, now=NOW)


@both_databases
def test_a_check_says_in_whose_name_and_is_undone(session: Session, house: Organisation) -> None:
    by, other = factories.coordinator(session), factories.coordinator(session)
    checking.confirm(session, house, by=None, now=NOW - timedelta(days=400))
    before = (house.checked_on, house.checked_by_id, house.checked_as)
    assert before[1:] == (None, CheckedAs.ORGANISATION)
    checking.check(session, house, by=by, now=NOW)
    assert (house.checked_by_id, house.checked_as) == (by.id, CheckedAs.COORDINATION)
    with pytest.raises(DomainError):
        checking.undo(session, house, by=other, now=NOW)
    with pytest.raises(DomainError):
        checking.undo(session, house, by=by, now=NOW + timedelta(days=1))
    checking.undo(session, house, by=by, now=NOW)
    assert (house.checked_on, house.checked_by_id, house.checked_as) == before
    with pytest.raises(DomainError):
        checking.undo(session, house, by=by, now=NOW)


@both_databases
@pytest.mark.parametrize(
    "values_",
    [
        {"state": ChangeState.REFUSED, "decided_at": NOW},
        {"state": ChangeState.ACCEPTED},
        {"state": ChangeState.PROPOSED, "decided_at": NOW},
        {"state": ChangeState.APPLIED, "answer": ChangeAnswer.WAITING},
    ],
    ids=["refused without reason", "accepted never", "open but decided", "answer to oneself"],
)
def test_the_database_refuses_a_change_that_contradicts_itself(
    session: Session, house: Organisation, values_: dict[str, Any]
) -> None:
    session.add(
        RecordChange(
            organisation_id=house.id, origin=ChangeOrigin.ORGANISATION, fields={}, created_at=NOW, **values_
        )
    )
    with pytest.raises(IntegrityError):
        session.flush()


def test_contacts_in_old_changes_are_forgotten(
    session: Session, installation: Installation, house: Organisation
) -> None:
    change = submit(session, house, phone="+32 81 65 43 21", description="Neuf.").applied
    waiting = submit(session, house, email="neuf@example.org").proposed
    assert change
    assert waiting
    session.commit()
    sweeping.sweep(installation.engine, now=NOW + timedelta(days=364))
    session.refresh(change)
    assert change.fields["phone"][1] == "+32 81 65 43 21"
    session.rollback()
    sweeping.sweep(installation.engine, now=NOW + timedelta(days=366))
    session.refresh(change)
    session.refresh(waiting)
    assert change.fields["phone"] == ["…", "…"]
    assert change.fields["description"][1] == "Neuf."
    assert waiting.fields["email"][1] == "neuf@example.org"


# --- Links -----------------------------------------------------------------------------------------


@both_databases
def test_a_requested_link_goes_to_the_records_own_address_once_a_day(
    session: Session, house: Organisation
) -> None:
    assert letters.send_requested_link(session, house, now=NOW)
    assert not letters.send_requested_link(session, house, now=NOW + timedelta(hours=2))
    assert letters.send_requested_link(session, house, now=NOW + timedelta(days=1))
    assert [sent.recipient for sent in mails(session, "actors.record_link")] == ["maison@example.org"] * 2
    nobody = factories.organisation(session, "Sans adresse")
    assert not letters.send_requested_link(session, nobody, now=NOW)
    with pytest.raises(DomainError):
        letters.send_link(session, nobody, actor="essai", now=NOW)


# --- Values ----------------------------------------------------------------------------------------

texts = st.text(alphabet="ab ’é.\n", max_size=30)


@given(old=texts, new=texts)
def test_a_difference_joins_to_both_texts(old: str, new: str) -> None:
    pieces = values.word_difference(old, new)
    assert "".join(piece.text for piece in pieces if piece.kind != "added") == old
    assert "".join(piece.text for piece in pieces if piece.kind != "removed") == new
    assert (old == new) == all(piece.kind == "same" for piece in pieces)


def test_a_difference_is_told_by_words() -> None:
    pieces = values.word_difference("Active à Sambreville", "Présente à Sambreville")
    assert pieces == [("removed", "Active"), ("added", "Présente"), ("same", " à Sambreville")]


def test_facts_survive_json(session: Session, house: Organisation) -> None:
    house.state_since = date(2024, 2, 29)
    house.funding_sources = [FundingSource.DONATIONS, FundingSource.ACTIVITIES]
    house.languages = ["fr", "ar"]
    house.themes = [factories.theme(session)]
    session.flush()
    facts = facts_of(house)
    own = changes.own_facts(facts)
    again = changes.with_values(facts, own)
    assert changes.own_facts(again) == own
    assert again.state is facts.state
    assert set(again.funding_sources) == set(facts.funding_sources)
