"""Axes and plan actions: a draft is rewritten, a plan in force is revised, nothing is lost."""

from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import func, select, text
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from hub.core.errors import DomainError
from hub.plans.models.outline import AxisVersion, FollowUp, PlanActionPart, PlanActionState, Progress, Way
from hub.plans.models.plans import Plan, PlanState, Revision
from hub.plans.operations import actions, axes, plans, revisions
from hub.plans.operations.actions import ActionFacts
from hub.plans.operations.axes import AxisFacts
from hub.plans.operations.revisions import RevisionFacts
from hub.plans.queries import outline as queries
from hub.plans.queries import plans as plan_queries
from hub.plans.values.outline import Change, Kind, compare, crossed, revised
from hub.spaces.operations import actions as space_actions
from tests import factories
from tests.conftest import both_databases
from tests.plans import drafting
from tests.plans.drafting import BY, TODAY

LATER = date(2023, 6, 1)


def titles(session: Session, plan: Plan, day: date = TODAY) -> list[tuple[str, list[str]]]:
    read = queries.read(session, plan).on(day)
    return [
        (f"{axis.number} {axis.title}", [f"{one.code} {one.title}" for one in axis.actions]) for axis in read
    ]


@both_databases
def test_a_draft_is_rewritten_and_numbered_in_its_order(session: Session) -> None:
    plan = drafting.plan(session)
    first, second = drafting.axis(session, plan, "Logement"), drafting.axis(session, plan, "Santé")
    drafting.action(session, first, "Réunir")
    gone = drafting.action(session, first, "Écrire")
    drafting.action(session, first, "Informer")
    actions.end_action(session, gone, **BY)
    axes.change_axis(session, first, AxisFacts("Habiter"), **BY)
    axes.order_axes(session, plan, [second.id, first.id], **BY)
    assert titles(session, plan) == [("1 Santé", []), ("2 Habiter", ["2.1 Réunir", "2.2 Informer"])]
    assert queries.read(session, plan).gone(TODAY) == []
    # What was dropped from a draft never was in the plan, on whatever day one asks.
    assert titles(session, plan, date(1990, 1, 1)) == titles(session, plan)


@both_databases
def test_a_plan_in_force_changes_by_a_revision_only(session: Session) -> None:
    plan = drafting.plan(session)
    axis = drafting.axis(session, plan)
    action = drafting.action(session, axis)
    drafting.in_force(session, plan)
    facts = ActionFacts(axis.id, "Informer mieux")
    for act in (
        lambda: drafting.axis(session, plan, "Un de plus"),
        lambda: drafting.action(session, axis, "Une de plus"),
        lambda: axes.change_axis(session, axis, AxisFacts("Autre"), **BY),
        lambda: actions.change_action(session, action, facts, **BY),
        lambda: actions.end_action(session, action, **BY),
        lambda: axes.end_axis(session, axis, **BY),
    ):
        with pytest.raises(DomainError, match="ouvrez d’abord une révision"):
            act()
    assert titles(session, plan) == [("1 Accès aux droits", ["1.1 Informer"])]
    actions.change_action(session, action, facts, correcting=True, **BY)
    assert titles(session, plan, date(2020, 2, 1)) == [("1 Accès aux droits", ["1.1 Informer mieux"])]
    other = drafting.plan(session, "Un autre plan")
    with pytest.raises(DomainError, match="pas dans le plan"):
        actions.add_action(session, other, ActionFacts(axis.id, "Ailleurs"), **BY)


@both_databases
def test_what_a_revision_does_reads_from_its_day_and_what_was_before_stays(session: Session) -> None:
    plan = drafting.plan(session)
    axis, other = drafting.axis(session, plan), drafting.axis(session, plan, "Santé")
    kept, ended = drafting.action(session, axis), drafting.action(session, axis, "Écrire")
    moved = drafting.action(session, axis, "Orienter")
    drafting.in_force(session, plan)
    before = titles(session, plan)
    revision = drafting.revise(session, plan, LATER)
    actions.change_action(session, kept, ActionFacts(axis.id, "Informer mieux"), **BY)
    actions.change_action(session, kept, ActionFacts(axis.id, "Informer autrement"), **BY)
    actions.end_action(session, ended, **BY)
    actions.change_action(session, moved, ActionFacts(other.id, "Orienter"), **BY)
    drafting.action(session, other, "Soigner")
    revisions.close_revision(session, revision, **BY)
    assert titles(session, plan, LATER - timedelta(days=1)) == before
    after = [
        ("1 Accès aux droits", ["1.1 Informer autrement"]),
        ("2 Santé", ["2.1 Orienter", "2.2 Soigner"]),
    ]
    assert titles(session, plan, LATER) == titles(session, plan) == after
    told = queries.read(session, plan)
    changes = {(one.title, one.change) for one in revised(told, revision.id)}
    assert changes == {
        ("Informer autrement", Change.CHANGED), ("Écrire", Change.ENDED), ("Orienter", Change.MOVED),
        ("Soigner", Change.ADDED),
    }  # fmt: skip
    differences = compare(told.on(LATER - timedelta(days=1)), told.on(LATER))
    assert {(one.shown.title, one.change) for one in differences} == changes
    assert [one.title for one in told.gone(LATER)] == ["Écrire"]  # neither what moved nor what changed
    assert told.gone(LATER - timedelta(days=1)) == []


@both_databases
def test_an_axis_ends_with_its_actions_and_the_open_revision_takes_it_back(session: Session) -> None:
    plan = drafting.plan(session)
    axis = drafting.axis(session, plan)
    action = drafting.action(session, axis)
    drafting.in_force(session, plan)
    revision = drafting.revise(session, plan, LATER)
    assert axes.end_axis(session, axis, **BY) == 1
    assert titles(session, plan) == []
    with pytest.raises(DomainError, match="sorti du plan"):
        axes.change_axis(session, axis, AxisFacts("Encore"), **BY)
    with pytest.raises(DomainError, match="pas dans le plan"):
        actions.take_back_end(session, action, **BY)
    axes.take_back_end(session, axis, **BY)
    assert titles(session, plan) == [("1 Accès aux droits", ["1.1 Informer"])]
    axes.end_axis(session, axis, **BY)
    revisions.close_revision(session, revision, **BY)
    drafting.revise(session, plan, TODAY)
    with pytest.raises(DomainError, match="Seule la révision ouverte"):
        axes.take_back_end(session, axis, **BY)
    # Its number is not given again.
    drafting.axis(session, plan, "Santé")
    assert titles(session, plan) == [("2 Santé", [])]


@both_databases
def test_revisions_follow_each_other_one_open_at_a_time(session: Session) -> None:
    plan = drafting.plan(session)
    with pytest.raises(DomainError, match="Seul un plan en vigueur"):
        drafting.revise(session, plan)
    drafting.in_force(session, plan)
    for day, message in (
        (date(2019, 12, 31), "ne précède pas le plan"),
        (TODAY + timedelta(days=1), "au plus tard"),
    ):
        with pytest.raises(DomainError, match=message):
            drafting.revise(session, plan, day)
    with pytest.raises(DomainError, match="pourquoi"):
        revisions.open_revision(session, plan, RevisionFacts(LATER, "  "), **BY)
    first = drafting.revise(session, plan, LATER)
    with pytest.raises(DomainError, match="déjà ouverte"):
        drafting.revise(session, plan)
    with pytest.raises(DomainError, match="terminez-la"):
        plans.set_state(session, plan, PlanState.ENDED, **BY)
    revisions.close_revision(session, first, **BY)
    with pytest.raises(DomainError, match="ne précède pas la dernière"):
        drafting.revise(session, plan, LATER - timedelta(days=1))
    assert drafting.revise(session, plan, LATER).number == 2
    with pytest.raises(DomainError, match="a été révisé"):
        plans.set_state(session, plan, PlanState.DRAFT, **BY)


@both_databases
def test_the_database_itself_allows_one_open_revision_and_one_current_version(session: Session) -> None:
    plan = drafting.in_force(session, drafting.plan(session))
    drafting.revise(session, plan, LATER)
    row: dict[str, Any] = {
        "plan_id": plan.id,
        "number": 7,
        "day": LATER,
        "why": "x",
        "opened_at": factories.NOW,
    }
    with pytest.raises(IntegrityError):
        drafting.store(session, Revision(**row))
    axis = drafting.axis(session, plan)
    with pytest.raises(IntegrityError):
        drafting.store(session, AxisVersion(axis_id=axis.id, number=1, position=1, title="Deux à la fois"))
    action = drafting.action(session, axis)
    state: dict[str, Any] = {"plan_action_id": action.id, "since_on": LATER, "created_at": factories.NOW}
    with pytest.raises(IntegrityError):
        drafting.store(session, PlanActionState(state=Progress.DROPPED, reason="", **state))
    for broken in ("state = 'draft', published_at = '2026-01-01'", "title = ''", "follows_id = id"):
        with pytest.raises(IntegrityError), session.begin_nested():
            session.execute(text(f"UPDATE plan SET {broken}"))  # noqa: S608 - words of this test


@both_databases
def test_who_carries_an_action_is_dated(session: Session) -> None:
    plan = drafting.plan(session)
    axis = drafting.axis(session, plan)
    one, two = factories.organisation(session, "Alpha"), factories.organisation(session, "Bêta")
    space = drafting.space(session)
    action = drafting.action(session, axis, lead_ids=[one.id], space_ids=[space.id])
    drafting.in_force(session, plan)
    actions.change_action(session, action, ActionFacts(axis.id, "Informer", lead_ids=[two.id]), **BY)
    told = queries.read(session, plan)

    def carried(day: date) -> list[str]:
        return [tie.label for tie in told.on(day)[0].actions[0].ties]

    assert carried(TODAY - timedelta(days=1)) == ["Alpha", "Pilotage d’essai"]
    assert carried(TODAY) == ["Bêta"]
    assert session.scalar(select(func.count()).select_from(PlanActionPart)) == 2
    with pytest.raises(DomainError, match="pas les deux"):
        actions.change_action(
            session, action,
            ActionFacts(axis.id, "Informer", lead_ids=[two.id], partner_ids=[two.id]), **BY,
        )  # fmt: skip


@both_databases
def test_progress_is_dated_and_dropping_says_why(session: Session) -> None:
    plan = drafting.plan(session)
    action = drafting.action(session, drafting.axis(session, plan))
    with pytest.raises(DomainError, match="pourquoi"):
        actions.set_progress(session, action, Progress.DROPPED, since_on=LATER, **BY)
    with pytest.raises(DomainError, match="pas encore venu"):
        actions.set_progress(session, action, Progress.DONE, since_on=TODAY + timedelta(days=1), **BY)
    actions.set_progress(session, action, Progress.DONE, since_on=LATER, **BY)
    # Told later of an earlier day: the later day still counts.
    actions.set_progress(session, action, Progress.UNDER_WAY, since_on=date(2021, 1, 1), **BY)
    told = queries.read(session, plan)
    days = (date(2020, 12, 31), date(2021, 1, 1), LATER, TODAY)
    states = [told.on(day)[0].actions[0].state for day in days]
    assert states == [Progress.PLANNED, Progress.UNDER_WAY, Progress.DONE, Progress.DONE]
    assert told.on(TODAY)[0].counts()[Progress.DONE] == 1


@both_databases
def test_an_action_of_a_space_is_tied_once_and_untied_not_erased(session: Session) -> None:
    plan = drafting.plan(session)
    row = drafting.action(session, drafting.axis(session, plan))
    action = space_actions.add(session, drafting.space(session), space_actions.ActionFacts("Écrire"), **BY)
    tie = actions.tie_up(session, row, action, **BY)
    with pytest.raises(DomainError, match="déjà rattaché"):
        actions.tie_up(session, row, action, **BY)
    assert [found[3].id for found in session.execute(queries.followed(action.id))] == [plan.id]
    actions.untie(session, tie, **BY)
    assert session.execute(queries.followed(action.id)).all() == []
    actions.tie_up(session, row, action, **BY)
    assert session.scalar(select(func.count()).select_from(FollowUp)) == 2


@both_databases
def test_themes_count_for_the_actions_that_name_none(session: Session) -> None:
    plan = drafting.plan(session)
    housing, health = factories.theme(session), factories.theme(session, "health", "Santé")
    axis = drafting.axis(session, plan, theme_ids=[housing.id])
    drafting.action(session, axis)
    drafting.action(session, axis, "Soigner", theme_ids=[health.id], way=Way.PATHWAY)
    table = crossed(queries.read(session, plan).on(TODAY), Kind.THEME)
    assert [one.title for one in table[housing.id][axis.id].actions] == ["Informer"]
    assert [one.title for one in table[health.id][axis.id].actions] == ["Soigner"]
    assert table[housing.id][axis.id].of_axis
    assert not table[health.id][axis.id].of_axis
    counted = {(row[0], row[1]): row[2] for row in session.execute(plan_queries.themes_by_plan(TODAY))}
    assert counted == {(plan.id, housing.id): 1, (plan.id, health.id): 1}


def test_an_order_that_has_changed_meanwhile_is_refused(session: Session) -> None:
    plan = drafting.plan(session)
    first = drafting.axis(session, plan)
    with pytest.raises(DomainError, match="a changé entre-temps"):
        axes.order_axes(session, plan, [first.id, first.id + 1], **BY)
    with pytest.raises(DomainError, match="a changé entre-temps"):
        axes.order_actions(session, first, [3], **BY)


@both_databases
def test_moving_in_a_revision_is_told_of_what_moved_and_keeps_the_numbers(session: Session) -> None:
    plan = drafting.plan(session)
    made = [drafting.axis(session, plan, name) for name in ("Un", "Deux", "Trois")]
    drafting.in_force(session, plan)
    revision = drafting.revise(session, plan, LATER)
    axes.order_axes(session, plan, [made[1].id, made[0].id, made[2].id], **BY)
    assert [name for name, _ in titles(session, plan)] == ["2 Deux", "1 Un", "3 Trois"]
    told = revised(queries.read(session, plan), revision.id)
    assert {(one.title, one.change) for one in told} == {("Un", Change.MOVED), ("Deux", Change.MOVED)}
