"""Who facilitates a space learns what is proposed on its recommendations, and what is answered to its own."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.accounts.models import User
from hub.core.mail import Message
from hub.recommendations.models.recommendations import Recommendation, RecommendationState
from hub.recommendations.models.versions import AmendedPart
from hub.recommendations.operations import amendments, group_news, steps
from hub.recommendations.operations.amendments import Proposal, Proposer
from hub.recommendations.operations.steps import Ground
from hub.spaces.models.spaces import Facilitation
from tests import factories
from tests.conftest import both_databases
from tests.factories import NOW
from tests.recommendations import calls
from tests.spaces.deciding import Table, table

BY: dict[str, Any] = {"actor": "essai", "now": NOW}
DAY = timedelta(days=1)


def facilitator(session: Session, made: Table) -> User:
    person = factories.user(session)
    begun = (NOW - 300 * DAY).date()
    session.add(Facilitation(space_id=made.space.id, user_id=person.id, starts_on=begun))
    session.flush()
    return person


@pytest.fixture
def made(session: Session) -> Table:
    return table(session)


@pytest.fixture
def given(session: Session, made: Table) -> Recommendation:
    """A recommendation on which the space works."""
    row = calls.recommendation(session, now=NOW)
    steps.take(session, row, RecommendationState.IN_GROUP, Ground(space=made.space), **BY)
    return row


def propose(session: Session, row: Recommendation, proposer: Proposer, **at: Any) -> Any:
    proposal = Proposal(AmendedPart.TITLE, 0, row.version, f"{row.title} !", "Plus net.")
    return amendments.propose(session, row, proposal, proposer, **{**BY, **at})


def told(session: Session) -> list[Message]:
    return list(session.scalars(select(Message).where(Message.kind == group_news.KIND).order_by(Message.id)))


@both_databases
def test_what_an_organisation_proposes_on_what_a_space_works_on(
    session: Session, made: Table, given: Recommendation
) -> None:
    person, other = facilitator(session, made), facilitator(session, table(session))
    assert group_news.tell(session, now=NOW + DAY) == 0
    propose(session, given, Proposer(organisation=factories.organisation(session, "La Source")))
    assert group_news.tell(session, now=NOW + DAY) == 1
    (mail,) = told(session)
    assert mail.recipient == person.email != other.email
    assert given.code in mail.text
    assert "La Source" in mail.text
    assert "Plus net." in mail.text
    assert group_news.tell(session, now=NOW + DAY) == 0  # the same morning again
    assert group_news.tell(session, now=NOW + 2 * DAY) == 0  # known already


@both_databases
def test_what_is_answered_to_a_space(session: Session, made: Table) -> None:
    facilitator(session, made)
    row = calls.recommendation(session, now=NOW)
    amendment = propose(session, row, Proposer(space=made.space))
    assert group_news.tell(session, now=NOW + DAY) == 1
    amendments.decline(session, amendment, answer="Trop long.", actor="essai", now=NOW + 1.5 * DAY)
    assert group_news.tell(session, now=NOW + 2 * DAY) == 1
    first, second = told(session)
    assert "proposé par votre espace" in first.text
    assert "Trop long." in second.text
    assert "proposé par votre espace" not in second.text


def test_nobody_is_told_of_what_no_space_works_on(session: Session, made: Table) -> None:
    facilitator(session, made)
    row = calls.recommendation(session, now=NOW)
    propose(session, row, Proposer(organisation=factories.organisation(session)))
    assert group_news.tell(session, now=NOW + DAY) == 0


def test_who_facilitates_no_more_reads_nothing(session: Session, made: Table, given: Recommendation) -> None:
    facilitator(session, made)
    session.scalars(select(Facilitation)).one().ends_on = (NOW - DAY).date()
    propose(session, given, Proposer(organisation=factories.organisation(session)))
    assert group_news.tell(session, now=NOW + DAY) == 0
