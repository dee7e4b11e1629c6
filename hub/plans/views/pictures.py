"""A plan in pictures, each with its table: when, how far, and what it is crossed with."""

from datetime import date

from flask_babel import gettext as _
from sqlalchemy import select

from hub.actors.models.reference import Theme, ThemeKind
from hub.core.access import permit
from hub.core.db import db
from hub.plans import rules
from hub.plans.models.outline import Progress
from hub.plans.models.plans import Plan
from hub.plans.queries import diagnosis as queries
from hub.plans.values.outline import AxisReading, Kind, crossed
from hub.plans.values.pictures import bar, scale_of, shares
from hub.plans.views.blueprint import blueprint
from hub.plans.views.page import Answer, now_of, outline_of, render, today


@blueprint.get("/<slug>/calendrier")
@permit(rules.see, Plan, key="slug")
def timeline(plan: Plan) -> Answer:
    """Show when each plan action is foreseen, as bars and as a table."""
    axes = now_of(plan)
    scale = scale_of(plan.starts_on, plan.ends_on, _days(axes))
    bars = (
        {one.id: bar(scale, one.starts_on, one.ends_on) for axis in axes for one in axis.actions}
        if scale
        else {}
    )
    here = scale.at(today()) if scale and scale.first <= today() <= scale.last else None
    return render(plan, "timeline", "plans.timeline", axes=axes, scale=scale, bars=bars, here=here)


def _days(axes: list[AxisReading]) -> list[date]:
    return [
        day
        for axis in axes
        for one in axis.actions
        for day in (one.starts_on, one.ends_on)
        if day is not None
    ]


@blueprint.get("/<slug>/avancement")
@permit(rules.see, Plan, key="slug")
def progress(plan: Plan) -> Answer:
    """Show how far the plan actions of each axis are, as bars and as a table."""
    outline = outline_of(plan)
    axes = now_of(plan, outline)
    parts = {
        axis.id: [
            (state, x, width)
            for state, (x, width) in zip(Progress, shares(list(axis.counts().values())), strict=False)
            if width
        ]
        for axis in axes
    }
    totals = {state: sum(axis.counts()[state] for axis in axes) for state in Progress}
    dropped = [one for axis in axes for one in axis.actions if one.state is Progress.DROPPED]
    return render(
        plan, "progress", "plans.progress", axes=axes, parts_of=parts, totals=totals, states=list(Progress),
        dropped=dropped, gone=outline.gone(today()),
    )  # fmt: skip


@blueprint.get("/<slug>/croisements")
@permit(rules.see, Plan, key="slug")
def cross(plan: Plan) -> Answer:
    """Cross the axes with rights, themes, the axes of the social cohesion plans, and the two ways."""
    session, axes = db.session(), now_of(plan)
    by_theme, by_entry = crossed(axes, Kind.THEME), crossed(axes, Kind.ENTRY)
    rows = list(session.scalars(select(Theme).order_by(Theme.position)))
    groups = [
        (_("Droits"), [row for row in rows if row.kind is ThemeKind.RIGHT]),
        (_("Thèmes"), [row for row in rows if row.kind is not ThemeKind.RIGHT and row.id in by_theme]),
    ]
    return render(
        plan, "cross", "plans.cross", axes=axes, groups=groups, by_theme=by_theme, by_entry=by_entry,
        frames=session.scalars(queries.frames()).unique().all(),
    )  # fmt: skip
