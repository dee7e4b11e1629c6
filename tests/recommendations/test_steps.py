"""From proposal to the end of the follow-up: who may take which step, and what each one needs."""

import threading
from collections.abc import Callable
from contextlib import suppress
from datetime import date, timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test
from sqlalchemy import func, select, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from hub.accounts.models import User
from hub.core.db import writing
from hub.core.errors import DomainError
from hub.recommendations.models.lineage import RecommendationStep
from hub.recommendations.models.recommendations import AGREED, Outcome, Recommendation, RecommendationState
from hub.recommendations.operations import derivations, steps
from hub.recommendations.operations.recommendations import Statement
from hub.recommendations.operations.steps import Ground, MovedError
from hub.recommendations.queries import lineage
from hub.recommendations.queries import steps as queries
from hub.spaces.models.spaces import Facilitation
from tests import factories
from tests.conftest import SITE, Installation, both_databases
from tests.events.plenary import plenary
from tests.factories import NOW
from tests.recommendations import calls
from tests.spaces.deciding import Table, decide, table

SignIn = Callable[[FlaskClient, User], None]
S = RecommendationState
SECOND = timedelta(seconds=1)
LATER = NOW + timedelta(hours=3)
# The ways on, written a second time: what each one needs comes beside the state.
ENDINGS = {S.ADOPTED, S.ADOPTED_WITH_RESERVATIONS, S.POSTPONED, S.DROPPED}
OPEN = {
    S.PROPOSED: {S.IN_GROUP, S.STABILISED, S.IN_CONSULTATION} | ENDINGS,
    S.IN_GROUP: {S.PROPOSED, S.STABILISED, S.IN_CONSULTATION} | ENDINGS,
    S.STABILISED: {S.PROPOSED, S.IN_GROUP, S.IN_CONSULTATION} | ENDINGS,
    S.IN_CONSULTATION: {S.PROPOSED, S.IN_GROUP, S.STABILISED} | ENDINGS,
    S.POSTPONED: ({S.PROPOSED, S.IN_GROUP} | ENDINGS) - {S.POSTPONED},
    S.ADOPTED: {S.PROPOSED, S.POSTPONED, S.DROPPED},
    S.ADOPTED_WITH_RESERVATIONS: {S.ADOPTED, S.PROPOSED, S.POSTPONED, S.DROPPED},
    S.DROPPED: {S.PROPOSED},
    S.MERGED: set(),
    S.PUBLISHED: {S.FOLLOWED, S.CLOSED},
    S.FOLLOWED: {S.FOLLOWED, S.CLOSED},
    S.CLOSED: {S.FOLLOWED},
}
REASONED = {S.ADOPTED_WITH_RESERVATIONS, S.POSTPONED, S.DROPPED, S.CLOSED}


def one(session: Session, *, levels: bool = True, **values: Any) -> Recommendation:
    chosen = (factories.level(session),) if levels else ()
    return calls.recommendation(session, now=NOW, levels=chosen, **values)


def facilitator(session: Session, made: Table) -> User:
    person = factories.user(session)
    session.add(Facilitation(space_id=made.space.id, user_id=person.id, starts_on=date(2020, 1, 1)))
    session.flush()
    session.expire(made.space, ["facilitations"])
    return person


def told(session: Session, row: Recommendation) -> list[RecommendationStep]:
    return list(session.scalars(queries.of(row.id)))


# --- What a step needs ------------------------------------------------------------------------------


@both_databases
def test_a_whole_course_with_where_each_step_was_decided(session: Session) -> None:
    made, day = table(session), plenary(session)
    decision = decide(session, made)
    row = one(session)
    for after, ground in (
        (S.IN_GROUP, Ground(space=made.space)),
        (S.STABILISED, Ground(meeting=made.meeting, decision=decision)),
        (S.IN_CONSULTATION, Ground()),
        (S.ADOPTED_WITH_RESERVATIONS, Ground("Si les moyens suivent.", event=day)),
    ):
        assert steps.take(session, row, after, ground, actor="essai", now=day.ends_at)
    session.commit()
    course = told(session, row)
    assert [step.after for step in course] == [
        S.PROPOSED, S.IN_GROUP, S.STABILISED, S.IN_CONSULTATION, S.ADOPTED_WITH_RESERVATIONS,
    ]  # fmt: skip
    assert (course[2].meeting, course[2].decision) == (made.meeting, decision)
    assert course[4].event == day
    assert (row.state_reason, row.adopted_at) == ("Si les moyens suivent.", day.ends_at)


@pytest.mark.parametrize(
    ("after", "field"),
    [
        (S.ADOPTED_WITH_RESERVATIONS, "reason"), (S.POSTPONED, "reason"), (S.DROPPED, "reason"),
        (S.IN_GROUP, "space"),
    ],
)  # fmt: skip
def test_what_is_missing_is_named(session: Session, after: RecommendationState, field: str) -> None:
    row = one(session)
    with pytest.raises(DomainError) as refusal:
        steps.take(session, row, after, actor="essai", now=NOW)
    assert refusal.value.field == field
    assert row.state == S.PROPOSED


def test_no_adoption_without_a_level(session: Session) -> None:
    row = one(session, levels=False)
    with pytest.raises(DomainError) as refusal:
        steps.take(session, row, S.ADOPTED, actor="essai", now=NOW)
    assert refusal.value.field == "levels"


def test_what_wasnt_decided_there_is_refused(session: Session) -> None:
    made, other = table(session), table(session)
    row, decision = one(session), decide(session, other)
    future = plenary(session)
    for ground in (
        Ground(meeting=made.meeting, decision=decision),
        Ground(event=future, decision=None),
        Ground(meeting=made.meeting, event=future),
    ):
        with pytest.raises(DomainError):
            steps.take(session, row, S.STABILISED, ground, actor="essai", now=NOW + SECOND)
    assert row.state == S.PROPOSED
    steps.take(session, row, S.STABILISED, Ground(meeting=made.meeting), actor="essai", now=LATER)


def test_published_only_with_a_memorandum(session: Session) -> None:
    row = one(session)
    steps.adopt(session, row, actor="essai", now=NOW)
    with pytest.raises(DomainError, match="mémorandum"):
        steps.take(session, row, S.PUBLISHED, actor="essai", now=NOW)
    assert steps.publish(session, [row.id], actor="essai", now=LATER) == 1
    assert row.state == S.PUBLISHED
    with pytest.raises(DomainError, match="on ne passe pas"):
        steps.reopen(session, row, actor="essai", now=LATER)


def test_closing_says_whether_it_is_obtained(session: Session) -> None:
    row = one(session)
    steps.adopt(session, row, actor="essai", now=NOW)
    with pytest.raises(DomainError) as early:
        steps.take(session, row, S.PROPOSED, Ground("x", outcome=Outcome.PARTLY), actor="essai", now=NOW)
    assert early.value.field == "outcome"
    steps.publish(session, [row.id], actor="essai", now=NOW)
    with pytest.raises(DomainError) as silent:
        steps.take(session, row, S.CLOSED, Ground("Voté."), actor="essai", now=NOW)
    assert silent.value.field == "outcome"
    assert steps.take(session, row, S.FOLLOWED, actor="essai", now=NOW)
    assert steps.take(session, row, S.FOLLOWED, seen=S.PUBLISHED, actor="essai", now=NOW) is False
    with pytest.raises(DomainError, match="obtenue, en partie ou non"):
        steps.take(session, row, S.FOLLOWED, seen=S.FOLLOWED, actor="essai", now=NOW)
    partly = Ground("Un projet pilote.", outcome=Outcome.PARTLY)
    for is_new in (True, False):
        assert steps.take(session, row, S.FOLLOWED, partly, actor="essai", now=LATER) is is_new
    won = Ground("Voté en 2026.", outcome=Outcome.OBTAINED)
    assert steps.take(session, row, S.CLOSED, won, actor="essai", now=LATER)
    session.commit()
    assert (row.outcome, row.state_reason) == (Outcome.OBTAINED, "Voté en 2026.")
    assert [each.outcome for each in told(session, row)][-3:] == [None, Outcome.PARTLY, Outcome.OBTAINED]
    assert steps.take(session, row, S.FOLLOWED, Ground("À revoir."), actor="essai", now=LATER)
    assert row.outcome is None


@both_databases
def test_no_outcome_before_it_is_followed(session: Session) -> None:
    row = one(session)
    told_early = "UPDATE recommendation SET outcome = 'partly'"
    with pytest.raises(DBAPIError, match="outcome_once_followed"), session.begin_nested():
        session.execute(text(told_early))
    early = RecommendationStep(
        recommendation_id=row.id, after=S.ADOPTED, version=1, outcome=Outcome.PARTLY, created_at=NOW
    )
    with pytest.raises(DBAPIError, match="outcome_once_followed"), session.begin_nested():
        session.add(early)


def test_whoever_saw_another_state_is_told(session: Session) -> None:
    row = one(session)
    steps.take(session, row, S.STABILISED, actor="essai", now=NOW)
    with pytest.raises(MovedError):
        steps.take(session, row, S.DROPPED, Ground("Non."), seen=S.PROPOSED, actor="essai", now=NOW)
    assert steps.take(session, row, S.STABILISED, seen=S.PROPOSED, actor="essai", now=NOW) is False


def test_several_all_or_none(session: Session) -> None:
    rows = [one(session), one(session), one(session, levels=False)]
    with pytest.raises(DomainError):
        steps.take_all(session, rows, S.ADOPTED, actor="essai", now=NOW)
    assert {row.state for row in rows} == {S.PROPOSED}
    assert steps.take_all(session, rows[:2], S.ADOPTED, actor="essai", now=NOW) == 2


# --- Who may ----------------------------------------------------------------------------------------


def test_who_facilitates_says_it_is_stable_in_a_meeting_of_the_space(session: Session) -> None:
    made, other = table(session), table(session)
    person, stranger = facilitator(session, made), facilitator(session, other)
    row = one(session)
    stable = Ground(meeting=made.meeting)
    for who in (person, stranger):
        with pytest.raises(DomainError, match="Seule la coordination"):
            steps.take(session, row, S.STABILISED, stable, actor=who, now=LATER)
    steps.take(session, row, S.IN_GROUP, Ground(space=made.space), actor="essai", now=NOW)
    for who, ground in ((stranger, stable), (person, Ground()), (person, Ground(meeting=other.meeting))):
        with pytest.raises(DomainError):
            steps.take(session, row, S.STABILISED, ground, actor=who, now=LATER)
    with pytest.raises(DomainError, match="Seule la coordination"):
        steps.take(session, row, S.ADOPTED, stable, actor=person, now=LATER)
    assert [each.after for each in steps.open_to(person, row)] == [S.STABILISED]
    assert steps.open_to(stranger, row) == []
    assert steps.take(session, row, S.STABILISED, stable, actor=person, now=LATER)
    assert steps.open_to(person, row) == []


# --- On the pages -----------------------------------------------------------------------------------


def test_the_pages_of_a_step(client: FlaskClient, session: Session, sign_in: SignIn) -> None:
    made = table(session)
    row, bare = one(session), one(session, levels=False)
    session.commit()
    page, numb = f"/recommandations/{row.code}", f"/recommandations/{bare.code}"
    assert client.get(f"{page}/etape/adopted").status_code == 302
    sign_in(client, factories.user(session))
    assert client.get(f"{page}/etape/adopted").status_code == 403
    sign_in(client, factories.coordinator(session))
    assert "Confier à un espace" in client.get(page).text
    assert client.get(f"{page}/etape/merged").status_code == 404
    assert "au moins un niveau de pouvoir" in client.get(f"{numb}/etape/adopted").text
    assert client.post(f"{numb}/etape/adopted", data={"seen": "proposed"}).status_code == 422
    refused = client.post(f"{page}/etape/dropped", data={"seen": "proposed", "place": "", "reason": ""})
    assert refused.status_code == 422
    assert "Dites pourquoi elle est écartée." in refused.text
    kept = client.post(f"{page}/etape/in_group", data={"seen": "proposed", "reason": "Pour le groupe."})
    assert kept.status_code == 422
    assert "Pour le groupe." in kept.text
    given = {"seen": "proposed", "space": str(made.space.id)}
    assert client.post(f"{page}/etape/in_group", data=given).status_code == 303
    late = client.post(f"{page}/etape/dropped", data={"seen": "proposed", "reason": "Non."})
    assert late.status_code == 409
    assert "Non." in late.text
    assert "Groupe Logement" in client.get(page).text


def test_who_facilitates_is_told_that_the_meeting_is_needed(
    client: FlaskClient, session: Session, sign_in: SignIn
) -> None:
    made, row = table(session), one(session)
    steps.take(session, row, S.IN_GROUP, Ground(space=made.space), actor="essai", now=NOW)
    person = facilitator(session, made)
    session.commit()
    for who, may_leave_out in ((person, False), (factories.coordinator(session), True)):
        sign_in(client, who)
        page = client.get(f"/recommandations/{row.code}/etape/stabilised").text
        label = page[page.index('for="place"') :]
        assert ("facultatif" in label[: label.index("</label>")]) is may_leave_out


def test_a_meeting_says_what_was_decided_there(
    client: FlaskClient, session: Session, sign_in: SignIn
) -> None:
    made, row = table(session), one(session)
    decision = decide(session, made)
    ground = Ground(meeting=made.meeting, decision=decision)
    steps.take(session, row, S.STABILISED, ground, actor="essai", now=LATER)
    session.commit()
    sign_in(client, factories.coordinator(session))
    for path in (f"/reunions/{made.meeting.id}", f"/decisions/{decision.code}"):
        assert f"{row.code} · Stabilisée" in client.get(path).text


def test_several_on_one_page(client: FlaskClient, session: Session, sign_in: SignIn) -> None:
    rows = [one(session), one(session), one(session, levels=False)]
    session.commit()
    sign_in(client, factories.coordinator(session))
    chosen = [("code", row.code) for row in rows]
    query = "&".join(f"{name}={value}" for name, value in chosen)
    shown = client.get(f"/recommandations/etapes?{query}&state=adopted").text
    assert "2 passeront à" in shown
    assert "1 reste où elle est" in shown
    assert "au moins un niveau de pouvoir" in shown
    data = {"code": [row.code for row in rows], "state": "adopted"}
    assert client.post("/recommandations/etapes", data=data).status_code == 422
    assert calls.again(session).get_one(Recommendation, rows[0].id).state == S.PROPOSED
    data["code"] = [row.code for row in rows[:2]]
    assert client.post("/recommandations/etapes", data=data).status_code == 303
    states = calls.again(session).scalars(select(Recommendation.state).order_by(Recommendation.id)).all()
    assert states == ["adopted", "adopted", "proposed"]
    lacking = client.post("/recommandations/etapes", data={**data, "state": "postponed"})
    assert lacking.status_code == 422
    assert "Dites pourquoi elle est reportée." in lacking.text
    assert client.get("/recommandations/etapes").status_code == 200


# --- Any history ------------------------------------------------------------------------------------


class Courses(RuleBasedStateMachine):
    """Recommendations that anybody tries to bring anywhere, and that are merged and given back."""

    installation: Installation

    def __init__(self) -> None:
        super().__init__()
        self.session = Session(self.installation.engine, info={"site": SITE})
        self.now = LATER
        self.made, self.other = table(self.session), table(self.session)
        self.people = {
            "coordinator": factories.coordinator(self.session),
            "facilitator": facilitator(self.session, self.made),
            "stranger": facilitator(self.session, self.other),
        }
        self.rows = [one(self.session, levels=number != 2).id for number in range(3)]
        self.taken = len(self.rows)  # steps that must stand in the table

    def teardown(self) -> None:
        self.session.rollback()
        self.session.close()

    @rule(
        data=st.data(),
        after=st.sampled_from(sorted(S)),
        who=st.sampled_from(["coordinator", "coordinator", "facilitator", "stranger"]),
        reason=st.sampled_from(["", "Parce que."]),
        place=st.sampled_from(["", "made", "other"]),
        space=st.booleans(),
        outcome=st.sampled_from([None, None, *Outcome]),
    )
    def tries(
        self,
        data: st.DataObject,
        after: RecommendationState,
        who: str,
        reason: str,
        place: str,
        space: bool,
        outcome: Outcome | None,
    ) -> None:
        row = self.session.get_one(Recommendation, data.draw(st.sampled_from(self.rows)))
        before, self.now = row.state, self.now + SECOND
        allowed = after in OPEN[before] and (after not in AGREED or bool(row.levels))
        allowed &= bool(reason) or not (after in REASONED or (before, after) == (S.CLOSED, S.FOLLOWED))
        allowed &= space or after != S.IN_GROUP
        told = {(S.PUBLISHED, S.CLOSED), (S.FOLLOWED, S.CLOSED), (S.FOLLOWED, S.FOLLOWED)}
        allowed &= bool(reason and outcome) or (before, after) not in told
        allowed &= outcome is None or after in {S.FOLLOWED, S.CLOSED}
        if who != "coordinator":
            group = self.session.scalar(queries.group_of(row.id))
            allowed &= (before, after) == (S.IN_GROUP, S.STABILISED) and group == self.made.space
            allowed &= who == "facilitator" and place == "made"
        ground = Ground(
            reason,
            meeting={"": None, "made": self.made.meeting, "other": self.other.meeting}[place],
            space=self.made.space if space else None,
            outcome=outcome,
        )
        known = (row.outcome, row.state_reason)
        allowed &= before != after or (outcome is not None and (outcome, reason) != known)
        moved = False
        with suppress(DomainError):
            moved = steps.take(self.session, row, after, ground, actor=self.people[who], now=self.now)
        assert moved == allowed
        assert row.state == (after if moved else before)
        assert (row.outcome, row.state_reason) == ((outcome, reason) if moved else known)
        self.taken += moved

    @rule(data=st.data())
    def publishes(self, data: st.DataObject) -> None:
        row = self.session.get_one(Recommendation, data.draw(st.sampled_from(self.rows)))
        ready = row.state in {S.ADOPTED, S.ADOPTED_WITH_RESERVATIONS}
        assert steps.publish(self.session, [row.id], actor="essai", now=self.now) == ready
        self.taken += ready

    @rule(data=st.data())
    def merges_and_undoes(self, data: st.DataObject) -> None:
        number = data.draw(st.sampled_from(self.rows))
        row, other = self.session.get_one(Recommendation, number), one(self.session)
        self.rows.append(other.id)
        self.taken += 1
        before = row.state
        try:
            child = derivations.merge(
                self.session, [row, other], Statement("Ensemble"), actor="essai", now=self.now
            )
        except DomainError:
            return
        for after in set(S) - {S.MERGED}:
            with pytest.raises(DomainError):
                steps.take(self.session, row, after, Ground("x"), actor="essai", now=self.now)
        tie = self.session.scalars(lineage.made_from(child.id)).first()
        assert tie
        derivations.undo(self.session, tie, reason="Erreur.", actor="essai", now=self.now)
        assert row.state == before
        self.rows.append(child.id)
        self.taken += 6  # two merged, one begun, two given back, one set aside

    @invariant()
    def each_change_has_its_step_and_no_other(self) -> None:
        self.session.flush()
        rows = self.session.scalars(select(RecommendationStep).order_by(RecommendationStep.id)).all()
        assert len(rows) == self.taken
        assert self.session.scalar(select(func.count()).select_from(Recommendation)) == len(self.rows)
        last: dict[int, tuple[RecommendationState, Outcome | None]] = {}
        for step in rows:
            assert step.before == last.get(step.recommendation_id, (None, None))[0]
            last[step.recommendation_id] = (step.after, step.outcome)
        known = self.session.execute(
            select(Recommendation.id, Recommendation.state, Recommendation.outcome)
        ).all()
        states = {number: (state, outcome) for number, state, outcome in known}
        assert last == states

    @invariant()
    def what_is_agreed_has_a_level_and_a_date(self) -> None:
        for row in self.session.scalars(select(Recommendation).where(Recommendation.state.in_(AGREED))):
            assert row.levels
            assert row.adopted_at


@both_databases
def test_random_courses(installation: Installation, database: str) -> None:
    Courses.installation = installation
    run_state_machine_as_test(
        Courses,
        settings=settings(
            max_examples=25 if database == "sqlite" else 6,
            stateful_step_count=25,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )


@both_databases
def test_no_step_is_rewritten_or_erased(session: Session) -> None:
    one(session)
    for statement in ("UPDATE recommendation_step SET reason = 'x'", "DELETE FROM recommendation_step"):
        with pytest.raises(DBAPIError, match="recommendation_step_no"), session.begin_nested():
            session.execute(text(statement))


@both_databases
def test_two_at_once_take_one_step(installation: Installation) -> None:
    with writing(installation.engine, site=SITE) as session:
        number = one(session).id
    barrier, done = threading.Barrier(2), []

    def go(after: RecommendationState) -> None:
        barrier.wait(timeout=20)
        with suppress(DomainError), writing(installation.engine, site=SITE) as session:
            row = session.get_one(Recommendation, number)
            steps.take(session, row, after, Ground("Non."), seen=S.PROPOSED, actor="essai", now=LATER)
            done.append(after)

    threads = [threading.Thread(target=go, args=(after,)) for after in (S.DROPPED, S.POSTPONED)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=30)
    with Session(installation.engine) as session:
        assert len(done) == 1
        assert session.get_one(Recommendation, number).state == done[0]
