"""From composition to publication: each way an edition may go, numbers for ever, words as they were."""

from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.core import audit
from hub.core.errors import DomainError
from hub.core.files import Store
from hub.core.mail import Message
from hub.core.web import Hub
from hub.publishing.models.builds import Build
from hub.publishing.models.editions import Edition, EditionState, StableNumber
from hub.publishing.operations import composing, content, memoranda, publication, steps
from hub.publishing.operations.publication import Printed
from hub.publishing.operations.steps import MovedError
from hub.publishing.queries import memoranda as queries
from hub.recommendations.models.recommendations import Recommendation, RecommendationState
from hub.recommendations.models.versions import Weight
from hub.recommendations.operations import recommendations
from hub.recommendations.operations import steps as recommendation_steps
from hub.recommendations.operations.recommendations import as_it_stands
from memoranda.content import from_json, to_json
from tests import factories
from tests.conftest import both_databases
from tests.factories import NOW
from tests.publishing import scene
from tests.publishing.conftest import SMALLEST_PDF
from tests.recommendations.test_consultation import consultation
from tests.recommendations.test_endorsements import sign

S = EditionState
SECOND = timedelta(seconds=1)
BY: dict[str, Any] = {"actor": scene.ACTOR, "now": NOW}
# The ways on by hand, written a second time.
OPEN = {
    S.DRAFT: {S.REVIEW, S.FROZEN},
    S.REVIEW: {S.DRAFT, S.FROZEN},
    S.FROZEN: {S.DRAFT, S.PUBLISHED},
    S.PUBLISHED: set(),
    S.REPLACED: set(),
}
GESTURES = ("review", "draft", "frozen", "build", "published", "replaced", "drop", "add", "reword", "next")


@pytest.fixture
def store(app: Hub) -> Store:
    """Return the store of the installation."""
    return Store(Path(app.config["FILES_FOLDER"]))


def build(session: Session, store: Store, edition: Edition, now: datetime) -> Build:
    """Keep a PDF of what the edition says at that moment, as its job would."""
    job = publication.current_job(session, edition)
    assert job is not None
    material = content.gather(session, edition)
    printed = Printed(SMALLEST_PDF, material.fingerprint, to_json(material.edition), {})
    kept = publication.keep(session, store, edition, printed, job_id=job.id, actor=scene.ACTOR, now=now)
    assert kept is not None
    return kept


def reword(session: Session, row: Recommendation, title: str, *, now: datetime = NOW) -> None:
    recommendations.edit(
        session, row, replace(as_it_stands(row), title=title), weight=Weight.SUBSTANTIVE, actor="x", now=now
    )


def said(session: Session, edition: Edition) -> list[tuple[str, str]]:
    session.expire_all()
    return [(item.number, item.title) for item in content.gather(session, edition).edition.items]


# --- Every course that an edition may take -----------------------------------------------------


class Course:
    """An edition, what it should be by a plain reckoning, and all the numbers that were ever given."""

    def __init__(self, session: Session, store: Store) -> None:
        self.session, self.store = session, store
        self.edition = scene.edition(session, {"Logement": 3})
        self.memorandum = self.edition.memorandum
        self.state, self.has_pdf, self.moment = S.DRAFT, False, NOW
        self.given: dict[int, int] = {}
        self.frozen: list[tuple[str, str]] = []
        self.public: list[int] = []
        self.made = 0

    def go(self, gesture: str) -> None:
        self.moment += SECOND
        by = {"actor": scene.ACTOR, "now": self.moment}
        if gesture in {state.value for state in S}:
            self._step(S(gesture))
        elif gesture == "build":
            if self.state == S.FROZEN and not self.has_pdf:
                build(self.session, self.store, self.edition, self.moment)
                self.has_pdf = True
        elif gesture == "reword":
            reword(self.session, self._rows()[0], f"Autrement {self.moment:%H%M%S}", now=self.moment)
        elif gesture == "next":
            self._next(by)
        else:
            self._change(gesture, by)
        self._check()

    def _step(self, after: EditionState) -> None:
        before = self.state
        may = after in OPEN[before] and (after != S.PUBLISHED or self.has_pdf)
        if after == S.FROZEN and before in {S.DRAFT, S.REVIEW}:
            may = all(row.state != RecommendationState.PROPOSED for row in self._rows())
        by: dict[str, Any] = {"actor": scene.ACTOR, "now": self.moment}
        if after == before:
            assert steps.take(self.session, self.edition, after, **by) is False
        elif may:
            assert steps.take(self.session, self.edition, after, **by) is True
            self.state = after
            self.has_pdf = self.has_pdf and after == S.PUBLISHED
            if after == S.PUBLISHED:
                self.public = [self.edition.id]
            last = self.session.scalars(audit.history(self.edition)).first()
            assert last is not None
            assert last.changes["state"] == [before, after]
            self._note_numbers(after)
        else:
            with pytest.raises(DomainError):
                steps.take(self.session, self.edition, after, **by)

    def _note_numbers(self, after: EditionState) -> None:
        if after == S.FROZEN:
            self.frozen = said(self.session, self.edition)

    def _next(self, by: dict[str, Any]) -> None:
        if self.state == S.PUBLISHED:
            self.edition = memoranda.new_edition(self.session, self.memorandum, **by)
            self.state, self.has_pdf = S.DRAFT, False

    def _change(self, gesture: str, by: dict[str, Any]) -> None:
        chapter = self.edition.chapters[0]
        items = list(chapter.items)
        if gesture == "drop" and len(items) < 2:
            return

        def act() -> None:
            if gesture == "drop":
                composing.remove_items(self.session, self.edition, [items[0].id], **by)
            else:
                self.made += 1
                row = scene.recommendation(self.session, f"Ajoutée {self.made}")
                composing.add_items(self.session, chapter, [row.id], **by)

        if self.state in {S.DRAFT, S.REVIEW}:
            act()
        else:
            with pytest.raises(DomainError):
                act()

    def _rows(self) -> list[Recommendation]:
        self.session.expire_all()
        return [item.recommendation for item in self.edition.chapters[0].items]

    def _check(self) -> None:
        self.session.expire_all()
        assert self.edition.state == self.state
        rows = self.session.execute(
            select(StableNumber.recommendation_id, StableNumber.number).where(
                StableNumber.memorandum_id == self.memorandum.id
            )
        )
        now = {identifier: number for identifier, number in rows}  # noqa: C416 - rows are tuples of a kind
        assert len(set(now.values())) == len(now)
        assert {identifier: now[identifier] for identifier in self.given} == self.given
        assert sorted(now.values()) == list(range(1, len(now) + 1))
        self.given = now
        if self.state == S.FROZEN:
            assert said(self.session, self.edition) == self.frozen
        if self.state in {S.PUBLISHED, S.REPLACED}:
            kept = self.session.scalar(queries.published_build(self.edition))
            assert kept is not None
            items = from_json(kept.content).items
            assert [(item.number, item.title) for item in items] == self.frozen
        public = self.session.scalars(queries.published_editions()).all()
        assert [row.id for row in public] == self.public


@both_databases
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(gestures=st.lists(st.sampled_from(GESTURES), max_size=16))
# Chance seldom brings what a number given twice needs: one goes, another comes, frozen before and after.
@example(gestures=["frozen", "draft", "drop", "add", "frozen"])
@example(
    gestures=["frozen", "build", "published", "next", "drop", "add", "frozen", "draft", "drop", "frozen"]
)
@example(gestures=["frozen", "reword", "build", "published", "reword"])
def test_an_edition_goes_only_where_it_may_and_no_number_is_given_twice(
    session: Session, store: Store, gestures: list[str]
) -> None:
    course = Course(session, store)
    for gesture in gestures:
        course.go(gesture)
    session.rollback()


@both_databases
def test_the_whole_way_and_the_next_edition(session: Session, store: Store) -> None:
    course = Course(session, store)
    for gesture in (
        "review", "frozen", "published", "build", "reword", "drop", "published", "reword", "next", "drop",
        "add", "frozen", "draft", "add", "frozen", "build", "published", "draft",
    ):  # fmt: skip
        course.go(gesture)
    assert [row.state for row in course.memorandum.editions] == [S.PUBLISHED, S.REPLACED]
    former = course.memorandum.editions[1]
    assert former.replaced_at is not None
    kept = session.scalar(queries.published_build(former))
    assert kept is not None
    assert [item.number for item in from_json(kept.content).items] == ["2026/1", "2026/2", "2026/3"]
    numbers = [number for number, _title in said(session, course.edition)]
    assert numbers == ["2026/2", "2026/3", "2026/4", "2026/5"]


def test_only_the_coordination_takes_a_step(session: Session) -> None:
    edition = scene.edition(session, {"Logement": 1})
    member = factories.user(session)
    with pytest.raises(DomainError):
        steps.take(session, edition, S.FROZEN, actor=member, now=NOW)
    assert steps.open_to(member, edition) == []
    chief = factories.coordinator(session)
    assert [step.after for step in steps.open_to(chief, edition)] == [S.REVIEW, S.FROZEN]


@both_databases
def test_an_edition_that_pages_read_is_held_and_moved(session: Session) -> None:
    made = scene.edition(session, {"Logement": 1})
    memorandum = made.memorandum
    session.commit()
    session.expunge_all()
    edition = session.scalar(queries.edition(memorandum, 1))  # with all that hangs on it
    assert edition is not None
    composing.hold(session, edition)
    publication.request_build(session, edition, **BY)
    publication.stop(session, edition, **BY)
    assert steps.take(session, edition, S.REVIEW, **BY)


def test_who_saw_another_state_is_told(session: Session) -> None:
    edition = scene.edition(session, {"Logement": 1})
    steps.take(session, edition, S.REVIEW, **BY)
    with pytest.raises(MovedError):
        steps.take(session, edition, S.FROZEN, seen=S.DRAFT, **BY)


# --- What is frozen ----------------------------------------------------------------------------


@both_databases
def test_a_frozen_edition_says_what_was_said_then(session: Session) -> None:
    edition = scene.edition(session, {"Logement": 1})
    row = edition.chapters[0].items[0].recommendation
    before = said(session, edition)
    scene.freeze(session, edition, publishes=False)
    reword(session, row, "Tout autre chose")
    assert said(session, edition) == before
    steps.take(session, edition, S.DRAFT, **BY)
    assert said(session, edition) == [("2026/1", "Tout autre chose")]


def test_numbers_bear_the_year_of_the_memorandum_and_keep_it(session: Session) -> None:
    edition = scene.edition(session, {"Logement": 1})
    edition.memorandum.year = 2019
    session.flush()
    assert said(session, edition)[0][0] == "2019/1"
    scene.freeze(session, edition, publishes=False)
    assert said(session, edition)[0][0] == "2019/1"


def test_the_pdf_of_an_earlier_freezing_is_not_published(session: Session, store: Store) -> None:
    edition = scene.edition(session, {"Logement": 2})
    scene.freeze(session, edition, publishes=False)
    build(session, store, edition, NOW + SECOND)
    later: dict[str, Any] = {"actor": scene.ACTOR, "now": NOW + 5 * SECOND}
    steps.take(session, edition, S.DRAFT, **later)
    composing.remove_items(session, edition, [edition.chapters[0].items[0].id], **later)
    scene.freeze(session, edition, publishes=False, now=NOW + 9 * SECOND)
    with pytest.raises(DomainError):
        steps.take(session, edition, S.PUBLISHED, **later)
    kept = build(session, store, edition, NOW + 10 * SECOND)
    steps.take(session, edition, S.PUBLISHED, actor=scene.ACTOR, now=NOW + 11 * SECOND)
    shown = session.scalar(queries.published_build(edition))
    assert shown is not None
    assert shown.id == kept.id


def test_a_frozen_pdf_is_not_built_anew(session: Session, store: Store) -> None:
    edition = scene.edition(session, {"Logement": 1})
    scene.freeze(session, edition, publishes=False)
    build(session, store, edition, NOW + SECOND)
    with pytest.raises(DomainError):
        publication.request_build(session, edition, **BY)


def test_a_build_that_dies_leaves_the_last_good_one_and_says_so(session: Session, store: Store) -> None:
    edition = scene.edition(session, {"Logement": 1})
    publication.request_build(session, edition, **BY)
    draft = build(session, store, edition, NOW)
    job = scene.freeze(session, edition, publishes=False)
    publication.fail(session, edition, ["Le chapitre 2 déborde."], job_id=job.id, **BY)
    assert (edition.state, edition.build_problems) == (S.DRAFT, ["Le chapitre 2 déborde."])
    last = session.scalar(queries.latest_build(edition, is_draft=True))
    assert last is not None
    assert last.id == draft.id


def test_whose_co_signature_lapsed_is_asked_again_on_freezing(session: Session) -> None:
    _call, invited, (row,) = consultation(session)
    sign(session, invited, row)
    edition = scene.edition(session, {"Logement": 1})
    row.levels = [factories.level(session)]
    session.flush()
    recommendation_steps.adopt(session, row, **BY)
    composing.add_items(session, edition.chapters[0], [row.id], **BY)
    reword(session, row, "Loger autrement")
    for place in (1, 2):  # each time anew, but once for each freezing
        scene.freeze(session, edition, publishes=False, now=NOW + place * SECOND)
        mails = session.scalars(select(Message).where(Message.recipient == invited.email)).all()
        assert len(mails) == place
        assert "Loger autrement" in mails[-1].text
        assert len(session.scalars(queries.lapsed_in(edition)).all()) == 1
        steps.take(session, edition, S.DRAFT, actor=scene.ACTOR, now=NOW + place * SECOND)


@both_databases
def test_a_crash_on_publishing_leaves_nothing_half_public(
    session: Session, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = scene.edition(session, {"Logement": 1})
    scene.freeze(session, first, publishes=False)
    build(session, store, first, NOW)
    steps.take(session, first, S.PUBLISHED, **BY)
    second = memoranda.new_edition(session, first.memorandum, **BY)
    new = scene.recommendation(session, "Neuve")
    composing.add_items(session, second.chapters[0], [new.id], **BY)
    scene.freeze(session, second, publishes=False)
    build(session, store, second, NOW)
    session.commit()

    def crash(*_given: Any, **_named: Any) -> int:
        raise RuntimeError("the machine stops here")

    monkeypatch.setattr(recommendation_steps, "publish", crash)
    with pytest.raises(RuntimeError):
        steps.take(session, second, S.PUBLISHED, **BY)
    session.rollback()
    session.expire_all()
    assert (first.state, second.state) == (S.PUBLISHED, S.FROZEN)
    assert new.state == RecommendationState.ADOPTED
    monkeypatch.undo()
    steps.take(session, second, S.PUBLISHED, **BY)
    assert (first.state, second.state) == (S.REPLACED, S.PUBLISHED)
