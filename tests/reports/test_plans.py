"""What plans say in a report: axes, indicators, needs, as they read on the last day."""

from datetime import date
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.plans.models.diagnosis import Finding, FindingKind, Scope
from hub.plans.models.indicators import Indicator, IndicatorValue
from hub.plans.models.outline import (
    Axis,
    AxisVersion,
    FollowUp,
    PartRole,
    PlanAction,
    PlanActionPart,
    PlanActionSpace,
    PlanActionState,
    PlanActionVersion,
    Progress,
)
from hub.plans.models.plans import Plan, PlanKind, PlanState
from hub.reports.models.reports import PartKind
from hub.reports.operations.compiling import section_of
from hub.reports.operations.gathering import gather
from hub.reports.operations.writing import parts
from hub.reports.values.asked import Asked
from hub.reports.values.figures import Figures
from hub.reports.values.period import Period
from hub.spaces.models.actions import ActionState
from tests import factories
from tests.conftest import both_databases
from tests.factories import NOW
from tests.reports import scenes

YEAR = Period(*scenes.YEAR)


@pytest.fixture
def plan(session: Session) -> Plan:
    """A plan of one axis and one action, whose title changed in 2026; an indicator; findings."""
    row = factories.add(
        session,
        Plan(
            slug="ppli", kind=PlanKind.PPLI, title="PPLI d’essai", starts_on=date(2020, 1, 1),
            published_at=NOW,
            state=PlanState.IN_FORCE, created_at=NOW, updated_at=NOW,
        ),
    )  # fmt: skip
    axis = factories.add(session, Axis(plan_id=row.id, created_at=NOW))
    factories.add(session, AxisVersion(axis_id=axis.id, number=2, position=1, title="Travail en réseau"))
    action = factories.add(session, PlanAction(plan_id=row.id, created_at=NOW))
    for title, start, end in (
        ("Ancien titre", None, date(2026, 1, 1)),
        ("Titre revu", date(2026, 1, 1), None),
    ):
        factories.add(
            session,
            PlanActionVersion(
                plan_action_id=action.id, axis_id=axis.id, number=3, position=1, title=title, from_on=start,
                until_on=end,
            ),
        )  # fmt: skip
    for state, since in ((Progress.PLANNED, 2020), (Progress.UNDER_WAY, 2025), (Progress.DONE, 2026)):
        factories.add(
            session,
            PlanActionState(
                plan_action_id=action.id, state=state, since_on=date(since, 1, 1), created_at=NOW
            ),
        )
    where = scenes.space(session, "Coordination locale")
    factories.add(session, PlanActionSpace(plan_action_id=action.id, space_id=where.id))
    factories.add(
        session,
        PlanActionPart(
            plan_action_id=action.id,
            organisation_id=factories.organisation(session, "Alpha").id,
            role=PartRole.LEAD,
        ),
    )
    for state in (ActionState.DONE, ActionState.TO_DO):
        done = date(2025, 3, 3) if state is ActionState.DONE else None
        made = scenes.action(session, where, state=state, done_on=done, created_at=scenes.moment(2025, 2, 2))
        factories.add(session, FollowUp(plan_action_id=action.id, action_id=made.id, created_at=NOW))
    indicator = factories.add(
        session,
        Indicator(
            plan_id=row.id,
            name="Espaces actifs",
            unit="espaces",
            target=15,
            target_on=YEAR.last,
            created_at=NOW,
        ),
    )
    for year, value, corrected in (
        (2023, 9, None),
        (2024, 11, None),
        (2025, 99, NOW),
        (2025, 12, None),
        (2026, 50, None),
    ):
        factories.add(
            session,
            IndicatorValue(
                indicator_id=indicator.id, day=date(year, 6, 1), value=value, source="Registre",
                created_at=NOW,
                corrected_at=corrected, corrected_reason="Faute de frappe." if corrected else "",
            ),
        )  # fmt: skip
    for number, day in enumerate(
        (date(2024, 12, 31), date(2025, 1, 1), date(2025, 12, 31), date(2026, 1, 1)), start=1
    ):
        factories.add(
            session,
            Finding(
                plan_id=row.id, number=number, kind=FindingKind.NEED, scope=Scope.STRUCTURAL,
                text=f"Besoin {number}",
                source="Plénière", entered_on=day, created_at=NOW, updated_at=NOW,
            ),
        )  # fmt: skip
    session.flush()
    return row


def written(session: Session, **values: Any) -> dict[PartKind, Figures]:
    return parts.write(gather(session, Asked(YEAR, date(2026, 3, 10), **values), 3))


@both_databases
@pytest.mark.usefixtures("plan")
def test_a_plan_is_told_as_it_read_on_the_last_day(session: Session) -> None:
    found = written(session)
    (grid,) = found[PartKind.AXES].grids
    assert grid.caption == "Axe 2. Travail en réseau"
    assert grid.lines[0].cells == (
        "2.3 Ancien titre", "Alpha, Coordination locale", "En cours (avant : prévue)", "1 / 2",
    )  # fmt: skip
    assert found[PartKind.AXES].lead.startswith("PPLI d’essai : 1 action, dont 1 en cours.")
    assert [line.cells[0] for line in found[PartKind.NEEDS].grids[0].lines] == ["Besoin 2", "Besoin 3"]
    (line,) = found[PartKind.INDICATORS].grids[0].lines
    assert line.values[1::2] == (9, 11, 12)  # neither the corrected one nor the one to come
    assert (line.cells[2], line.aim) == ("11", 15)
    assert found[PartKind.PERSPECTIVES].grids[-1].lines[0].cells[0] == "2.3 Ancien titre"


@both_databases
@pytest.mark.usefixtures("plan")
def test_every_plan_action_has_a_state_and_the_sum_is_told(session: Session) -> None:
    dropped = session.scalars(select(PlanActionState)).all()
    for row in dropped:
        session.delete(row)
    session.flush()
    figures = written(session)[PartKind.AXES]
    assert figures.grids[0].lines[0].cells[2] == "Prévue"  # the plan's page says the same
    assert figures.lead.startswith("PPLI d’essai : 1 action, dont 1 prévue.")
    action = session.scalars(select(PlanAction)).first()
    assert action is not None
    factories.add(
        session,
        PlanActionState(
            plan_action_id=action.id, state=Progress.DROPPED, since_on=YEAR.last, reason="Sans suite",
            created_at=NOW,
        ),
    )  # fmt: skip
    assert written(session)[PartKind.AXES].lead.startswith("PPLI d’essai : 1 action, dont 1 abandonnée.")


@both_databases
def test_a_plan_in_force_past_its_period_is_told_until_it_is_ended(session: Session, plan: Plan) -> None:
    plan.ends_on = date(2024, 12, 31)
    session.flush()
    found = written(session)
    assert {PartKind.AXES, PartKind.INDICATORS, PartKind.NEEDS} <= set(found)
    plan.state = PlanState.ENDED
    session.flush()
    assert PartKind.AXES not in written(session)


@both_databases
def test_a_plan_that_is_not_public_is_told_only_when_it_is_asked_for(session: Session, plan: Plan) -> None:
    plan.published_at = None
    session.flush()
    assert PartKind.AXES not in written(session)
    assert PartKind.AXES in written(session, plan_id=plan.id)
    assert PartKind.CONTRIBUTIONS not in written(session, plan_id=plan.id)


@both_databases
def test_narrowed_to_a_plan_only_the_spaces_that_carry_it_count(session: Session, plan: Plan) -> None:
    other = scenes.space(session, "Ailleurs")
    scenes.meeting(session, other, scenes.moment(2025, 5, 5))
    material = gather(session, Asked(YEAR, date(2026, 3, 10), plan_id=plan.id), 3)
    assert [space.name for space in material.history.spaces.values()] == ["Coordination locale"]
    assert material.now.meetings == 0
    assert len(written(session, space_id=other.id).get(PartKind.AXES, Figures()).grids) == 0


@pytest.mark.usefixtures("plan")
def test_indicators_are_drawn_with_their_aim(session: Session) -> None:
    report = scenes.report(session)
    part = next(row for row in report.parts if row.kind is PartKind.INDICATORS)
    section = section_of(part)
    assert section is not None
    assert section.picture is not None
    assert "cible 15" in section.picture.svg
    assert ">12<" in section.picture.svg
    assert "Espaces actifs (espaces)" in section.picture.alternative
