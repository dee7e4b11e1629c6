"""Plans of the demonstration: the first local ones, PPLI 2017-2019, the six-year 2.0, one in preparation."""

import tomllib
from datetime import date
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.actors.models.reference import Territory, Theme
from hub.demo.world import DATA, World
from hub.plans.models.diagnosis import FindingKind, Scope
from hub.plans.models.frames import FrameEntry
from hub.plans.models.outline import Axis, PlanAction, PlanActionPart, PlanActionSpace, Progress, Way
from hub.plans.models.plans import Body, Plan, PlanKind, PlanState, Result, Revision
from hub.plans.operations import actions, axes, diagnosis, indicators, plans, revisions
from hub.plans.operations.actions import ActionFacts
from hub.plans.operations.axes import AxisFacts
from hub.plans.operations.versions import current_action
from hub.plans.values import money
from hub.spaces.models.actions import Action
from hub.spaces.models.decisions import Decision

BY = "démonstration"
MOST_TIED = 2


class Loader:
    """Loads one plan after the other; knows rows by the codes and names of the data."""

    def __init__(self, session: Session, world: World) -> None:
        self.session, self.world = session, world
        self.told: dict[str, Any] = {"actor": BY, "now": world.now}
        self.themes = {row.code: row.id for row in session.scalars(select(Theme))}
        self.entries = list(session.scalars(select(FrameEntry)))

    def plan(self, data: dict[str, Any]) -> None:
        """Load one plan with everything that hangs on it."""
        follows = data.get("follows")
        steering = data.get("steering")
        plan = plans.create(
            self.session,
            plans.PlanFacts(
                kind=PlanKind(data["kind"]), title=data["title"], summary=data.get("summary", ""),
                starts_on=data.get("starts_on"), ends_on=data.get("ends_on"), source=data["source"],
                follows_id=self.world.get("plan", follows).id if follows else None,
                steering_id=self.world.get("space", steering).id if steering else None,
                territories=list(
                    self.session.scalars(select(Territory).where(Territory.code.in_(data["places"])))
                ),
            ),
            **self.told,
        )  # fmt: skip
        self.world.put("plan", data["code"], plan)
        made = [self.axis(plan, axis) for axis in data.get("axis", [])]
        state = PlanState(data.get("state", "ended"))
        if state is not PlanState.DRAFT:
            plans.set_state(self.session, plan, PlanState.IN_FORCE, **self.told)
        for one in data.get("revision", []):
            self.revision(plan, made, one)
        self.around(plan, made, data)
        if state is PlanState.ENDED:
            plans.set_state(self.session, plan, PlanState.ENDED, **self.told)
        if state is not PlanState.DRAFT:
            plans.publish(self.session, plan, **self.told)

    def axis(self, plan: Plan, data: dict[str, Any]) -> Axis:
        """Load an axis with its plan actions."""
        facts = AxisFacts(
            data["title"], data.get("goal", ""), self.theme_ids(data), self.entry_ids(data.get("entries", []))
        )
        axis = axes.add_axis(self.session, plan, facts, **self.told)
        for one in data.get("action", []):
            self.action(plan, axis, one)
        return axis

    def action(self, plan: Plan, axis: Axis, data: dict[str, Any]) -> PlanAction:
        """Load a plan action, how far it was and what follows from it."""
        spaces = [self.world.get("space", code) for code in data.get("spaces", [])]
        row = actions.add_action(
            self.session,
            plan,
            ActionFacts(
                axis.id, data["title"], data.get("detail", ""), Way(data["way"]), data.get("from"),
                data.get("to"), self.organisation_ids(data, "leads"), self.organisation_ids(data, "partners"),
                [space.id for space in spaces], self.place_ids(data.get("places", [])),
                self.theme_ids(data), self.entry_ids(data.get("entries", [])),
            ),
            **self.told,
        )  # fmt: skip
        for state, day, reason in data.get("states", []):
            actions.set_progress(self.session, row, Progress(state), since_on=day, reason=reason, **self.told)
        if plan.ends_on and plan.ends_on.year > 2019 and spaces:  # noqa: PLR2004 - its spaces have met
            self.tie(row, [space.id for space in spaces])
        return row

    def tie(self, row: PlanAction, space_ids: list[int]) -> None:
        """Tie some actions of the spaces that carry a plan action."""
        found = select(Action).where(Action.space_id.in_(space_ids)).order_by(Action.id.desc())
        for action in self.session.scalars(found.limit(MOST_TIED)).all():
            actions.tie_up(self.session, row, action, **self.told)

    def revision(self, plan: Plan, made: list[Axis], data: dict[str, Any]) -> None:
        """Load a revision and what it changed; the day "decision" is that of a decision of its space."""
        space = self.world.get("space", data["space"])
        decision = None
        if data["day"] == "decision":
            found = select(Decision).where(Decision.space_id == space.id).order_by(Decision.taken_on)
            decision = self.session.scalars(found.limit(1)).one()
        day: date = decision.taken_on if decision else data["day"]
        facts = revisions.RevisionFacts(day, data["why"], space.id, decision.id if decision else None)
        opened: Revision = revisions.open_revision(self.session, plan, facts, **self.told)
        for one in data.get("add", []):
            self.action(plan, made[one["axis"] - 1], one)
        for title in data.get("end", []):
            actions.end_action(self.session, self.named(plan, title), **self.told)
        for title, new in data.get("change", {}).items():
            self.rename(self.named(plan, title), new)
        revisions.close_revision(self.session, opened, **self.told)

    def rename(self, row: PlanAction, title: str) -> None:
        """Change the title of a plan action and nothing else."""
        version = current_action(self.session, row)
        if version is None:
            raise ValueError(title)
        parts = self.session.scalars(select(PlanActionPart).filter_by(plan_action_id=row.id)).all()
        spaces = self.session.scalars(select(PlanActionSpace).filter_by(plan_action_id=row.id)).all()
        actions.change_action(
            self.session,
            row,
            ActionFacts(
                version.axis_id, title, version.detail, version.way, version.starts_on, version.ends_on,
                [one.organisation_id for one in parts if one.role.value == "lead"],
                [one.organisation_id for one in parts if one.role.value == "partner"],
                [one.space_id for one in spaces], [one.id for one in row.territories],
                [one.id for one in row.themes], [one.id for one in row.entries],
            ),
            **self.told,
        )  # fmt: skip

    def named(self, plan: Plan, title: str) -> PlanAction:
        """Return the plan action of that title. Raises LookupError if there is none."""
        rows = self.session.scalars(select(PlanAction).where(PlanAction.plan_id == plan.id)).all()
        for row in rows:
            if any(version.title == title for version in row.versions):
                return row
        raise LookupError(title)

    def around(self, plan: Plan, made: list[Axis], data: dict[str, Any]) -> None:
        """Load what stands around the outline: votes, diagnosis, indicators, money, evaluations."""
        for vote in data.get("adoptions", []):
            facts = plans.AdoptionFacts(
                Body(vote["body"]), vote["on"], vote["source"], result=Result(vote["result"]),
                territory_id=self.place_ids([vote["place"]])[0],
            )  # fmt: skip
            plans.add_adoption(self.session, plan, facts, **self.told)
        for found in data.get("finding", []):
            self.finding(plan, made, found)
        for measure in data.get("indicator", []):
            self.indicator(plan, made, measure)
        for line in data.get("budget", []):
            budget = plans.BudgetFacts(
                line["year"], money.parse(line["amount"]),
                self.world.get("organisation", line["funder"]).id,
                made[line["axis"] - 1].id if "axis" in line else None, source=line["source"],
            )  # fmt: skip
            plans.add_budget_line(self.session, plan, budget, **self.told)
        for one in data.get("evaluation", []):
            parts = {name: one.get(name, "") for name in ("actions", "process", "effects", "following")}
            evaluation = plans.EvaluationFacts(one["on"], one["by"], **parts)
            row = plans.save_evaluation(self.session, plan, None, evaluation, **self.told)
            if one["published"]:
                plans.publish_evaluation(self.session, row, **self.told)

    def finding(self, plan: Plan, made: list[Axis], data: dict[str, Any]) -> None:
        """Load a line of the diagnosis."""
        facts = diagnosis.FindingFacts(
            FindingKind(data["kind"]), Scope(data["scope"]), data["text"], data["source"], data["on"],
            data.get("detail", ""),
            territory_id=self.place_ids([data["place"]])[0] if "place" in data else None,
            theme_id=self.themes.get(data.get("theme", "")),
            organisation_ids=self.organisation_ids(data, "who"),
            axis_ids=[made[number - 1].id for number in data.get("axes", [])],
            action_ids=[self.named(plan, title).id for title in data.get("actions", [])],
        )  # fmt: skip
        diagnosis.save(self.session, plan, None, facts, **self.told)

    def indicator(self, plan: Plan, made: list[Axis], data: dict[str, Any]) -> None:
        """Load an indicator with its values, one of them corrected."""
        baseline, target = data.get("baseline", [None, None]), data.get("target", [None, None])
        facts = indicators.IndicatorFacts(
            data["name"], data["unit"], data["measures"],
            made[data["axis"] - 1].id if "axis" in data else None,
            self.named(plan, data["action"]).id if "action" in data else None, *baseline, *target,
        )  # fmt: skip
        row = indicators.save(self.session, plan, None, facts, **self.told)
        made_values = [
            indicators.add_value(
                self.session, row, indicators.ValueFacts(day, value, source, note), **self.told
            )
            for day, value, source, note in data["values"]
        ]
        if "correction" in data:
            place, value, reason = data["correction"]
            wrong = made_values[place]
            new = indicators.ValueFacts(wrong.day, value, wrong.source)
            indicators.correct_value(self.session, wrong, new, reason, **self.told)

    def organisation_ids(self, data: dict[str, Any], name: str) -> list[int]:
        """Return the organisations that the data name by code."""
        return [self.world.get("organisation", code).id for code in data.get(name, [])]

    def place_ids(self, codes: list[str]) -> list[int]:
        """Return the territories of these codes."""
        return [
            self.session.scalars(select(Territory.id).where(Territory.code == code)).one() for code in codes
        ]

    def theme_ids(self, data: dict[str, Any]) -> list[int]:
        """Return the themes that the data name by code."""
        return [self.themes[code] for code in data.get("themes", [])]

    def entry_ids(self, beginnings: list[str]) -> list[int]:
        """Return the lines of grids that begin so."""
        return [row.id for row in self.entries if any(row.label.startswith(one) for one in beginnings)]


def load(session: Session, world: World) -> str:
    """Load the plans."""
    with (DATA / "plans.toml").open("rb") as file:
        told = tomllib.load(file)["plan"]
    loader = Loader(session, world)
    for data in told:
        loader.plan(data)
    return f"{len(told)} plans"
