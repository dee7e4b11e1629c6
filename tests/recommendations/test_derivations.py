"""What came from what: merging, splitting, taking over, and undoing it."""

import threading
from collections.abc import Callable
from contextlib import suppress
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test
from sqlalchemy import select, text, update
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from hub.core.db import writing
from hub.core.errors import DomainError
from hub.recommendations.models.carrying import Endorsement, RecommendationPosition, Support, VoiceChannel
from hub.recommendations.models.lineage import Derivation, DerivationKind
from hub.recommendations.models.recommendations import (
    Recommendation,
    RecommendationSource,
    RecommendationState,
)
from hub.recommendations.models.versions import RecommendationVersion
from hub.recommendations.operations import derivations, recommendations, steps
from hub.recommendations.operations.recommendations import Statement
from hub.recommendations.queries import lineage, reach
from tests import factories
from tests.conftest import SITE, Installation, both_databases
from tests.factories import NOW
from tests.recommendations import calls

SECOND = timedelta(seconds=1)
LATER = NOW + timedelta(hours=1)
JOINED = Statement(title="Ensemble", text="Tout cela.")


def one(session: Session, title: str = "Prolonger les bus", sources: int = 1) -> Recommendation:
    sent = [calls.contribution(session, now=NOW) for _ in range(sources)]
    return calls.recommendation(session, *sent, now=NOW, title=title)


def merged(
    session: Session, *rows: Recommendation, into: Recommendation | None = None, now: datetime = NOW
) -> Recommendation:
    return derivations.merge(session, rows, JOINED, into=into, actor="essai", now=now)


def undo(session: Session, child: Recommendation, reason: str = "Erreur.") -> None:
    tie = session.scalars(lineage.made_from(child.id)).first()
    assert tie is not None
    derivations.undo(session, tie, reason=reason, actor="essai", now=LATER)


def source_count(session: Session, row: Recommendation) -> int:
    return len(session.scalars(lineage.all_sources(row.id)).all())


@both_databases
def test_merging_keeps_sources_addresses_and_states_and_undoing_gives_them_back(session: Session) -> None:
    level = factories.level(session)
    first, second = one(session, sources=2), calls.recommendation(session, now=NOW, levels=(level,))
    second.state_reason = ""
    steps.adopt(session, second, actor="essai", now=NOW)
    child = merged(session, first, second)
    assert [row.state for row in (first, second, child)] == ["merged", "merged", "proposed"]
    assert len(first.sources) == 2
    assert child.sources == []
    assert source_count(session, child) == 2
    assert [tie.child.code for tie in session.scalars(lineage.became(first.id))] == [child.code]
    undo(session, child)
    assert [row.state for row in (first, second, child)] == ["proposed", "adopted", "dropped"]
    assert child.state_reason == "Erreur."
    assert source_count(session, child) == 0
    undone = session.scalars(select(Derivation)).all()
    assert [tie.undone_reason for tie in undone] == ["Erreur.", "Erreur."]


@both_databases
def test_merging_into_one_that_exists_gives_its_words_back(session: Session) -> None:
    target, other = one(session, "La première"), one(session, "La seconde")
    merged(session, target, other, into=target)
    assert (target.title, target.version, target.state, other.state) == ("Ensemble", 2, "proposed", "merged")
    undo(session, target)
    assert (target.title, target.version, target.state, other.state) == (
        "La première", 3, "proposed", "proposed",
    )  # fmt: skip


@both_databases
def test_undoing_gives_back_whom_it_addressed(session: Session) -> None:
    mine, theirs = factories.level(session), factories.level(session, "region", "Région")
    target = calls.recommendation(session, now=NOW, levels=(mine,))
    other = calls.recommendation(session, now=NOW, levels=(theirs,))
    joined = Statement(title="Ensemble", levels=(mine, theirs))
    derivations.merge(session, [target, other], joined, into=target, actor="essai", now=NOW)
    assert {level.code for level in target.levels} == {mine.code, theirs.code}
    undo(session, target)
    assert [level.code for level in target.levels] == [mine.code]
    kept = session.scalars(
        select(RecommendationVersion.levels).where(
            RecommendationVersion.recommendation_id == target.id, RecommendationVersion.number == 3
        )
    ).one()
    assert kept == [mine.code]


def test_words_changed_since_stay(session: Session) -> None:
    target, other = one(session), one(session)
    merged(session, target, other, into=target)
    recommendations.edit(session, target, Statement(title="Mieux"), actor="essai", now=LATER)
    undo(session, target)
    assert (target.title, other.state) == ("Mieux", "proposed")


def test_splitting_and_undoing(session: Session) -> None:
    row = one(session, sources=2)
    parts = derivations.split(
        session, row, [Statement(title="Un"), Statement(title="Deux")], actor="essai", now=NOW
    )
    assert row.state == "dropped"
    assert [source_count(session, part) for part in parts] == [2, 2]
    undo(session, parts[1])
    assert [row.state, *(part.state for part in parts)] == ["proposed", "dropped", "dropped"]


def test_taking_over_leaves_the_earlier_one_and_inspiration_hands_no_source_on(session: Session) -> None:
    earlier, idea = one(session), one(session)
    later = derivations.take_over(session, earlier, JOINED, actor="essai", now=NOW)
    derivations.relate(session, later, idea, DerivationKind.INSPIRATION, actor="essai", now=NOW)
    assert (earlier.state, idea.state) == ("proposed", "proposed")
    assert source_count(session, later) == 1


def test_what_rests_on_it_is_named(session: Session) -> None:
    first, second, third = one(session), one(session), one(session)
    child = merged(session, first, second)
    top = merged(session, child, third)
    with pytest.raises(DomainError, match=f"{child.code} et {top.code}"):
        undo(session, child)
    undo(session, top)
    child.levels = [factories.level(session)]
    session.flush()
    steps.adopt(session, child, actor="essai", now=LATER)
    with pytest.raises(DomainError, match=f"{child.code} est adoptée depuis"):
        undo(session, child)
    steps.reopen(session, child, actor="essai", now=LATER)
    stand(session, child, LATER)
    with pytest.raises(DomainError, match="se sont déjà prononcées"):
        undo(session, child)


def stand(session: Session, row: Recommendation, now: datetime) -> None:
    who = factories.organisation(session)
    factories.add(
        session,
        RecommendationPosition(
            recommendation_id=row.id, version=row.version, organisation_id=who.id, support=Support.SUPPORT,
            channel=VoiceChannel.PAPER, created_at=now,
        ),
    )  # fmt: skip
    factories.add(
        session,
        Endorsement(
            recommendation_id=row.id, version=row.version, organisation_id=who.id, body="AG",
            decided_on=date(2026, 3, 1), channel=VoiceChannel.PAPER, created_at=now,
        ),
    )  # fmt: skip


def test_refusals_come_before_changes(session: Session) -> None:
    first, second, third = one(session), one(session), one(session)
    with pytest.raises(DomainError, match="au moins deux"):
        merged(session, first, first)
    with pytest.raises(DomainError, match="au moins deux parties"):
        derivations.split(session, first, [JOINED], actor="essai", now=NOW)
    child = merged(session, first, second)
    with pytest.raises(DomainError, match="déjà fusionnée"):
        merged(session, first, third)
    for gesture in (steps.adopt, steps.reopen):
        with pytest.raises(DomainError, match="fusionnée dans une autre"):
            gesture(session, first, actor="essai", now=NOW)
    with pytest.raises(DomainError, match="venir d’elle-même"):
        derivations.relate(session, first, child, DerivationKind.INSPIRATION, actor="essai", now=NOW)
    with pytest.raises(DomainError, match="vient déjà"):
        derivations.relate(session, child, first, DerivationKind.TAKEN_OVER, actor="essai", now=NOW)
    with pytest.raises(DomainError, match="pourquoi"):
        undo(session, child, "")
    assert third.state == "proposed"
    third.state = RecommendationState.PUBLISHED
    session.flush()
    with pytest.raises(DomainError, match="est publiée"):
        merged(session, child, third)


# --- What the database refuses ----------------------------------------------------------------------


@both_databases
@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE derivation SET parent_id = child_id",
        "UPDATE derivation SET kind = 'split'",
        "UPDATE derivation SET parent_state = 'adopted'",
        "DELETE FROM derivation",
    ],
)
def test_the_database_refuses_rewriting(session: Session, statement: str) -> None:
    merged(session, one(session), one(session))
    with pytest.raises(DBAPIError, match="derivation"):
        session.execute(text(statement))


@both_databases
def test_the_database_refuses_a_ring(session: Session) -> None:
    first, second = one(session), one(session)
    child = merged(session, first, second)
    top = merged(session, child, one(session))
    ring = {"kind": DerivationKind.INSPIRATION, "gesture": "x", "created_at": NOW, "child_version": 1,
            "parent_version": 1, "parent_state": "proposed", "made_child": False}  # fmt: skip
    with pytest.raises(DBAPIError, match="derivation_no_cycle"), session.begin_nested():
        factories.add(session, Derivation(parent_id=top.id, child_id=first.id, **ring))
    gone = Derivation(parent_id=top.id, child_id=first.id, undone_at=NOW, **ring)
    session.add(gone)
    session.flush()
    with pytest.raises(DBAPIError, match="derivation_no_cycle"):
        session.execute(update(Derivation).where(Derivation.id == gone.id).values(undone_at=None))


# --- Two at once ------------------------------------------------------------------------------------


def close_a_ring(installation: Installation) -> list[str]:
    """Let two gestures on four recommendations each do half of a ring; return what became of each."""
    with writing(installation.engine) as session:
        session.info["site"] = SITE
        a, b, c, d = (one(session) for _ in range(4))
        for child, parent in ((c, b), (a, d)):
            derivations.relate(session, child, parent, DerivationKind.INSPIRATION, actor="essai", now=NOW)
        halves = ((b.id, a.id), (d.id, c.id))
    checked = threading.Barrier(2, timeout=3)
    told: list[str] = []

    def relate(child: int, parent: int) -> None:
        try:
            with writing(installation.engine) as own:
                rows = own.get_one(Recommendation, child), own.get_one(Recommendation, parent)
                derivations.relate(own, *rows, DerivationKind.INSPIRATION, actor="essai", now=NOW)
                with suppress(threading.BrokenBarrierError):
                    checked.wait()  # both have checked, neither is stored: unless one waits for the other
            told.append("done")
        except DomainError:
            told.append("refused")

    people = [threading.Thread(target=relate, args=half) for half in halves]
    for each in people:
        each.start()
    for each in people:
        each.join()
    return sorted(told)


@pytest.mark.postgresql
@pytest.mark.parametrize("database", ["postgresql"], indirect=True)
def test_two_at_once_never_close_a_ring(installation: Installation) -> None:
    assert close_a_ring(installation) == ["done", "refused"]


@pytest.mark.postgresql
@pytest.mark.parametrize("database", ["postgresql"], indirect=True)
def test_without_the_line_they_would(installation: Installation, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(derivations, "ONE_BY_ONE", text("SELECT 1"))
    assert close_a_ring(installation) == ["done", "done"]


# --- Whatever happens in whatever order -------------------------------------------------------------


class Histories(RuleBasedStateMachine):
    """Recommendations that are merged, split, taken over, tied, signed and given back, in any order."""

    installation: Installation

    def __init__(self) -> None:
        super().__init__()
        self.session = Session(self.installation.engine, info={"site": SITE})
        self.now = NOW
        self.codes: dict[int, str] = {}
        self.own: dict[int, int] = {}  # recommendation → how many sources were attached to it
        self.voices: list[tuple[int, int, int]] = []
        for _ in range(4):
            row = one(self.session)
            self.codes[row.id], self.own[row.id] = row.code, 1

    def teardown(self) -> None:
        self.session.rollback()
        self.session.close()

    def pick(self, data: st.DataObject) -> Recommendation:
        return self.session.get_one(Recommendation, data.draw(st.sampled_from(sorted(self.codes))))

    def attempt(self, gesture: Callable[..., Any], *args: Any, **values: Any) -> None:
        """Do it unless it is refused; a refusal changes nothing."""
        self.now += SECOND
        before = self.picture()
        try:
            gesture(self.session, *args, actor="essai", now=self.now, **values)
        except DomainError:
            assert self.picture() == before
        for row in self.session.scalars(select(Recommendation)):
            self.codes.setdefault(row.id, row.code)
            self.own.setdefault(row.id, 0)

    def picture(self) -> list[tuple[Any, ...]]:
        self.session.flush()
        rows = select(Recommendation.id, Recommendation.state, Recommendation.version).order_by(
            Recommendation.id
        )
        ties = select(Derivation.id, Derivation.undone_at).order_by(Derivation.id)
        return [*map(tuple, self.session.execute(rows)), *map(tuple, self.session.execute(ties))]

    @rule(data=st.data())
    def merges(self, data: st.DataObject) -> None:
        self.attempt(derivations.merge, [self.pick(data), self.pick(data)], JOINED)

    @rule(data=st.data())
    def merges_into(self, data: st.DataObject) -> None:
        into = self.pick(data)
        self.attempt(derivations.merge, [self.pick(data)], JOINED, into=into)

    @rule(data=st.data())
    def splits(self, data: st.DataObject) -> None:
        self.attempt(derivations.split, self.pick(data), [JOINED, JOINED])

    @rule(data=st.data())
    def takes_over(self, data: st.DataObject) -> None:
        self.attempt(derivations.take_over, self.pick(data), JOINED)

    @rule(data=st.data())
    def is_inspired(self, data: st.DataObject) -> None:
        self.attempt(derivations.relate, self.pick(data), self.pick(data), DerivationKind.INSPIRATION)

    @rule(data=st.data())
    def stands(self, data: st.DataObject) -> None:
        row = self.pick(data)
        self.now += SECOND
        stand(self.session, row, self.now)
        self.voices = self.told_voices()

    @rule(data=st.data())
    def undoes(self, data: st.DataObject) -> None:
        ties = self.session.scalars(select(Derivation).order_by(Derivation.id)).all()
        if not ties:
            return
        tie = data.draw(st.sampled_from(ties))
        stood = tie.undone_at is None
        before = tie.parent_state
        self.attempt(derivations.undo, tie, reason="Erreur.")
        if stood and tie.undone_at is not None:
            together = self.session.scalars(select(Derivation).where(Derivation.gesture == tie.gesture)).all()
            assert all(each.undone_at == tie.undone_at for each in together)
            if tie.kind in derivations.LEFT:
                assert tie.parent.state == before

    def told_voices(self) -> list[tuple[int, int, int]]:
        told = []
        for model in (RecommendationPosition, Endorsement):
            rows = select(model.id, model.recommendation_id, model.version).order_by(model.id)
            told += [tuple(row) for row in self.session.execute(rows)]
        return told

    @invariant()
    def addresses_sources_and_voices_stay(self) -> None:
        rows = self.session.execute(select(Recommendation.id, Recommendation.code))
        assert {row.id: row.code for row in rows} == self.codes
        attached = dict.fromkeys(self.codes, 0)
        for number in self.session.scalars(
            select(RecommendationSource.recommendation_id).where(RecommendationSource.detached_at.is_(None))
        ):
            attached[number] += 1
        assert attached == self.own
        assert self.told_voices() == self.voices

    @invariant()
    def no_ring_and_all_sources_are_reached(self) -> None:
        """Compare with a walk that knows nothing of the queries."""
        parents: dict[int, list[tuple[int, DerivationKind]]] = {}
        ties = self.session.scalars(select(Derivation).where(Derivation.undone_at.is_(None))).all()
        for tie in ties:
            parents.setdefault(tie.child_id, []).append((tie.parent_id, tie.kind))

        def above(number: int, path: tuple[int, ...]) -> set[int]:
            assert number not in path
            found = {number}
            for parent, kind in parents.get(number, []):
                reached = above(parent, (*path, number))
                if kind is not DerivationKind.INSPIRATION:
                    found |= reached
            return found

        for number in self.codes:
            expected = sum(self.own[each] for each in above(number, ()))
            assert len(self.session.scalars(lineage.all_sources(number)).all()) == expected
        # For all at once, as lists and counts ask it, and downwards, as filters do: the same pairs.
        behind = reach.behind(select(Recommendation.id))
        pairs = sorted((child, by) for child, by in self.session.execute(select(behind.c.id, behind.c.by)))
        assert pairs == sorted((number, each) for number in self.codes for each in above(number, ()))
        for number in self.codes:
            heirs = reach.heirs(select(Recommendation.id).where(Recommendation.id == number))
            assert set(self.session.scalars(select(heirs.c.id))) == {
                child for child, by in pairs if by == number
            }

    @invariant()
    def merged_says_where_it_went(self) -> None:
        for row in self.session.scalars(select(Recommendation)):
            goes = [
                tie
                for tie in self.session.scalars(lineage.became(row.id))
                if tie.kind is DerivationKind.MERGE
            ]
            assert (row.state == RecommendationState.MERGED) == (len(goes) == 1)


@both_databases
def test_random_histories(installation: Installation, database: str) -> None:
    Histories.installation = installation
    run_state_machine_as_test(
        Histories,
        settings=settings(
            max_examples=15 if database == "sqlite" else 4,
            stateful_step_count=15,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
