"""Ties: told once, ended, withdrawn with a reason, never erased; on both databases."""

from datetime import date

import pytest
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from hub.actors.models.relations import Precision, Relation, RelationKind
from hub.actors.operations import relations
from hub.actors.operations.relations import RelationFacts
from hub.actors.queries.relations import ties_of
from hub.actors.values.dates import PartialDate, parse
from hub.core import audit
from hub.core.errors import DomainError
from tests import factories
from tests.conftest import both_databases
from tests.factories import NOW

TODAY = date(2026, 3, 10)


@pytest.fixture
def pilots(session: Session) -> RelationKind:
    kind = RelationKind(code="pilots", label="pilote", reverse_label="est piloté par")
    return factories.add(session, kind)


def facts(session: Session, kind: RelationKind, **values: object) -> RelationFacts:
    source, target = factories.organisation(session), factories.organisation(session)
    return RelationFacts(**{"source_id": source.id, "kind_id": kind.id, "target_id": target.id, **values})


def day(text: str, *, end: bool = False) -> PartialDate:
    found = parse(text, end=end)
    assert found is not None
    return found


@both_databases
def test_a_tie_keeps_its_dates_as_exactly_as_they_are_known(session: Session, pilots: RelationKind) -> None:
    given = facts(session, pilots, start=day("2016"), end=day("avant 2025", end=True), origin="Rapport")
    row = relations.add(session, given, actor="essai", now=NOW)
    session.expire_all()
    assert (row.start_on, row.start_precision) == (date(2016, 1, 1), Precision.YEAR)
    assert (row.end_on, row.end_precision) == (date(2024, 12, 31), Precision.BEFORE)
    assert row.origin == "Rapport"


@both_databases
@pytest.mark.parametrize("start", [None, "2016"])
def test_the_same_tie_stands_once_until_it_is_withdrawn(
    session: Session, pilots: RelationKind, start: str | None
) -> None:
    given = facts(session, pilots, start=day(start) if start else None)
    row = relations.add(session, given, actor="essai", now=NOW)
    with pytest.raises(DomainError):
        relations.add(session, given, actor="essai", now=NOW)
    relations.withdraw(session, row, "Mal lu", actor="essai", now=NOW)
    again = relations.add(session, given, actor="essai", now=NOW)
    assert again.id != row.id
    with pytest.raises(DomainError):
        relations.restore(session, row, actor="essai", now=NOW)
    session.add(Relation(**relations.columns(given), created_at=NOW))
    with pytest.raises(IntegrityError):
        session.flush()


def test_two_periods_of_the_same_tie_are_two_ties(session: Session, pilots: RelationKind) -> None:
    given = facts(session, pilots, start=day("2010"), end=day("2012", end=True))
    relations.add(session, given, actor="essai", now=NOW)
    later = RelationFacts(given.source_id, given.kind_id, given.target_id, day("2015"))
    relations.add(session, later, actor="essai", now=NOW)
    assert len(session.scalars(select(Relation)).all()) == 2


def test_an_actor_is_not_tied_to_itself(session: Session, pilots: RelationKind) -> None:
    one = factories.organisation(session)
    with pytest.raises(DomainError) as found:
        relations.add(session, RelationFacts(one.id, pilots.id, one.id), actor="essai", now=NOW)
    assert found.value.field == "other"


@both_databases
def test_a_tie_cannot_end_before_it_begins(session: Session, pilots: RelationKind) -> None:
    given = facts(session, pilots, start=day("2016"), end=day("2015", end=True))
    with pytest.raises(DomainError) as found:
        relations.add(session, given, actor="essai", now=NOW)
    assert found.value.field == "end"
    row = relations.add(
        session,
        RelationFacts(given.source_id, given.kind_id, given.target_id, day("2016")),
        actor="essai",
        now=NOW,
    )
    with pytest.raises(DomainError):
        relations.end(session, row, day("2015", end=True), actor="essai", now=NOW)
    row.end_on = date(2015, 1, 1)
    with pytest.raises(IntegrityError):
        session.flush()


def test_withdrawing_needs_a_reason_which_history_keeps(session: Session, pilots: RelationKind) -> None:
    row = relations.add(session, facts(session, pilots), actor="essai", now=NOW)
    with pytest.raises(DomainError):
        relations.withdraw(session, row, "  ", actor="essai", now=NOW)
    relations.withdraw(session, row, "Confusion de noms", actor="essai", now=NOW)
    for subject in (row, row.source, row.target):
        entry = session.scalars(audit.history(subject)).first()
        assert entry is not None
        assert entry.action == "relation.withdrawn"
        assert entry.changes["reason"] == [None, "Confusion de noms"]
    relations.restore(session, row, actor="essai", now=NOW)
    assert row.withdrawn_at is None


def test_a_card_tells_ties_both_ways_and_sorts_them_by_time(session: Session, pilots: RelationKind) -> None:
    past = relations.add(
        session, facts(session, pilots, end=day("avant 2025", end=True)), actor="essai", now=NOW
    )
    here = past.source
    other = factories.organisation(session)
    relations.add(session, RelationFacts(other.id, pilots.id, here.id), actor="essai", now=NOW)
    ending = relations.add(
        session,
        RelationFacts(here.id, pilots.id, other.id, end=PartialDate(TODAY, Precision.DAY)),
        actor="essai",
        now=NOW,
    )
    wrong = relations.add(
        session, RelationFacts(here.id, pilots.id, other.id, day("2001")), actor="essai", now=NOW
    )
    relations.withdraw(session, wrong, "Faux", actor="essai", now=NOW)
    ties = ties_of(session, here, TODAY)
    assert {(group.words, tie.other.id) for group in ties.current for tie in group.ties} == {
        ("est piloté par", other.id), ("pilote", other.id),
    }  # fmt: skip
    assert [tie.relation for group in ties.past for tie in group.ties] == [past]
    assert [tie.relation for group in ties.withdrawn for tie in group.ties] == [wrong]
    assert ties.number == 3
    assert ending in [tie.relation for group in ties.current for tie in group.ties]
