"""Axes and plan actions: their forms, their order, their pages, how far they are, what follows from them."""

from typing import Any

from flask import abort, flash, redirect, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import select
from werkzeug.wrappers import Response

from hub.core import clock
from hub.core.access import current_user, permit
from hub.core.db import db
from hub.core.errors import DomainError
from hub.core.web import row_number
from hub.plans import rules
from hub.plans.forms.outline import ActionForm, AxisForm, ProgressForm, TieForm
from hub.plans.models.outline import Axis, AxisVersion, FollowUp, PlanAction
from hub.plans.models.plans import Plan
from hub.plans.operations import actions as action_operations
from hub.plans.operations import axes as operations
from hub.plans.operations.versions import current_axis
from hub.plans.queries import diagnosis, outline
from hub.plans.values.outline import ActionReading, AxisReading, Kind
from hub.plans.views.blueprint import blueprint
from hub.plans.views.page import (
    Answer,
    both,
    child,
    choices,
    hold,
    named,
    now_of,
    outline_of,
    render,
    tell,
    today,
)
from hub.spaces import rules as space_rules
from hub.spaces.models.actions import Action
from hub.spaces.words import ACTION_STATES

MOST_OFFERED = 500
CHOOSE = _l("Choisissez une action")


# --- Axes ----------------------------------------------------------------------------------------


@blueprint.get("/<slug>/axes/ajouter")
@permit(rules.edit, Plan, key="slug")
def add_axis_page(plan: Plan) -> Answer:
    """Show the empty form of an axis."""
    form = AxisForm(formdata=None)
    form.offer(db.session())
    return render(plan, "axis", "plans.show", form=form, axis=None)


@blueprint.post("/<slug>/axes/ajouter")
@permit(rules.edit, Plan, key="slug")
def add_axis(plan: Plan) -> Answer:
    """Add an axis."""
    form = AxisForm()
    form.offer(db.session())
    if form.validate_on_submit():
        try:
            operations.add_axis(db.session(), plan, form.facts(), actor=current_user(), now=clock.now())
        except DomainError as problem:
            tell(form, problem)
        else:
            flash(_("L’axe est dans le plan."), "success")
            return redirect(url_for("plans.show", slug=plan.slug), 303)
    return render(plan, "axis", "plans.show", form=form, axis=None), 422


@blueprint.get("/<slug>/axes/<int:number>/modifier")
@permit(rules.edit, Plan, key="slug")
def edit_axis(plan: Plan, number: int) -> Answer:
    """Show an axis' form."""
    axis = child(Axis, plan, number)
    version = current_axis(db.session(), axis)
    if version is None:
        abort(404)
    form = _axis_form(axis, version)
    form.offer(db.session())
    form.showing(form)
    return render(plan, "axis", "plans.show", form=form, axis=version)


def _axis_form(axis: Axis, version: AxisVersion | None) -> AxisForm:
    """Return the form with what an axis says now."""
    form = AxisForm(formdata=None, obj=version)
    form.themes.data = [row.id for row in axis.themes]
    form.entries.data = [row.id for row in axis.entries]
    return form


@blueprint.post("/<slug>/axes/<int:number>/modifier")
@permit(rules.edit, Plan, key="slug")
def change_axis(plan: Plan, number: int) -> Answer:
    """Change an axis, as part of a revision or as a correction."""
    hold(plan)
    axis, form = child(Axis, plan, number), AxisForm()
    form.offer(db.session())
    version = current_axis(db.session(), axis)
    stored = _axis_form(axis, version)
    if form.is_stale(stored):
        meanwhile = both(form, stored)
        return render(plan, "axis", "plans.show", form=form, axis=version, meanwhile=meanwhile), 409
    if form.validate_on_submit():
        try:
            operations.change_axis(
                db.session(), axis, form.facts(), correcting=bool(form.correcting.data),
                actor=current_user(), now=clock.now(),
            )  # fmt: skip
        except DomainError as problem:
            tell(form, problem)
        else:
            flash(_("C’est enregistré."), "success")
            return redirect(url_for("plans.show", slug=plan.slug), 303)
    return render(plan, "axis", "plans.show", form=form, axis=current_axis(db.session(), axis)), 422


@blueprint.get("/<slug>/axes/<int:number>/terminer")
@permit(rules.edit, Plan, key="slug")
def end_axis_page(plan: Plan, number: int) -> Answer:
    """Say what ends along with an axis."""
    row = child(Axis, plan, number)
    found = [axis for axis in now_of(plan) if axis.id == row.id]
    if not found:
        abort(404)
    return render(plan, "end_axis", "plans.show", axis=found[0])


@blueprint.post("/<slug>/axes/<int:number>/terminer")
@permit(rules.edit, Plan, key="slug")
def end_axis(plan: Plan, number: int) -> Answer:
    """End an axis and what stands in it."""
    axis = child(Axis, plan, number)
    return _done(plan, lambda: operations.end_axis(
        db.session(), axis, actor=current_user(), now=clock.now()))  # fmt: skip


@blueprint.post("/<slug>/axes/<int:number>/remettre")
@permit(rules.edit, Plan, key="slug")
def take_axis_back(plan: Plan, number: int) -> Answer:
    """Bring back an axis that the open revision has ended."""
    axis = child(Axis, plan, number)
    return _done(plan, lambda: operations.take_back_end(
        db.session(), axis, actor=current_user(), now=clock.now()))  # fmt: skip


def _done(plan: Plan, act: Any, target: str | None = None) -> Response:
    try:
        act()
    except DomainError as problem:
        flash(_(problem.msgid, **problem.params), "error")
    else:
        flash(_("C’est enregistré."), "success")
    return redirect(target or url_for("plans.show", slug=plan.slug), 303)


@blueprint.get("/<slug>/ordre")
@permit(rules.edit, Plan, key="slug")
def order_page(plan: Plan) -> Answer:
    """Show the axes and plan actions to put in order."""
    return render(plan, "order", "plans.show", axes=named(plan))


@blueprint.post("/<slug>/ordre")
@permit(rules.edit, Plan, key="slug")
def order_axes(plan: Plan) -> Answer:
    """Put the axes in order: all of them, or one up or down."""
    ids = [axis.id for axis in named(plan)]
    return _ordered(plan, ids, lambda wanted: operations.order_axes(
        db.session(), plan, wanted, actor=current_user(), now=clock.now()))  # fmt: skip


@blueprint.post("/<slug>/axes/<int:number>/ordre")
@permit(rules.edit, Plan, key="slug")
def order_actions(plan: Plan, number: int) -> Answer:
    """Put an axis' plan actions in order."""
    axis = child(Axis, plan, number)
    ids = [one.id for reading in named(plan) if reading.id == axis.id for one in reading.actions]
    return _ordered(plan, ids, lambda wanted: operations.order_actions(
        db.session(), axis, wanted, actor=current_user(), now=clock.now()))  # fmt: skip


def _ordered(plan: Plan, ids: list[int], act: Any) -> Answer:
    moved = request.form.get("moved", type=row_number)
    wanted = request.form.getlist("item", type=row_number)
    if moved is not None:
        if moved not in ids:
            abort(404)
        wanted, place = list(ids), ids.index(moved)
        step = -1 if request.form.get("direction") == "up" else 1
        wanted.insert(max(0, place + step), wanted.pop(place))
    try:
        act(wanted)
    except DomainError as problem:
        message = _(problem.msgid, **problem.params)
        if moved is None:
            return Response(message, 409, mimetype="text/plain")
        flash(message, "error")
    if moved is None:
        return Response(status=204)
    return redirect(url_for("plans.order_page", slug=plan.slug), 303)


# --- Plan actions --------------------------------------------------------------------------------


@blueprint.get("/<slug>/actions/ajouter")
@permit(rules.edit, Plan, key="slug")
def add_action_page(plan: Plan) -> Answer:
    """Show the empty form of a plan action."""
    form = ActionForm(formdata=None, axis_id=request.args.get("axe", type=row_number))
    form.offer(db.session(), choices(named(plan))[0])
    return render(plan, "action_form", "plans.show", form=form, row=None, reading=None)


@blueprint.post("/<slug>/actions/ajouter")
@permit(rules.edit, Plan, key="slug")
def add_action(plan: Plan) -> Answer:
    """Add a plan action."""
    form = ActionForm()
    form.offer(db.session(), choices(named(plan))[0])
    if form.validate_on_submit():
        try:
            row = action_operations.add_action(
                db.session(), plan, form.facts(), actor=current_user(), now=clock.now()
            )
        except DomainError as problem:
            tell(form, problem)
        else:
            flash(_("L’action est dans le plan."), "success")
            return redirect(url_for("plans.action", slug=plan.slug, number=row.id), 303)
    return render(plan, "action_form", "plans.show", form=form, row=None, reading=None), 422


@blueprint.get("/<slug>/actions/<int:number>")
@permit(rules.see, Plan, key="slug")
def action(plan: Plan, number: int) -> Answer:
    """Show a plan action: what it says, how far it is, what it answers, what follows from it."""
    return _show(plan, child(PlanAction, plan, number), None, None)


def _show(plan: Plan, row: PlanAction, progress: ProgressForm | None, tie: TieForm | None) -> str:
    session, told = db.session(), outline_of(plan)
    axis, reading = _reading(now_of(plan, told), row.id)
    ended_on = None
    if reading is None:
        # No longer in the plan: shown as it read on its last day there.
        last = [text for text in told.actions if text.action_id == row.id][-1]
        ended_on = last.until_on
        axis, reading = _reading(told.on(last.from_on or plan.starts_on or last.until_on or today()), row.id)
        if reading is None:
            abort(404)
    may_edit = rules.edit(current_user(), plan)
    follow_ups = [
        one
        for one in session.scalars(outline.follow_ups(row))
        if may_edit or space_rules.see_action(current_user(), one.action)
    ]
    if progress is None:
        progress = ProgressForm(formdata=None, state=reading.state, since_on=today())
    progress.offer()
    if may_edit and tie is None:
        tie = TieForm(formdata=None)
        _offer_actions(tie, row, reading)
    return render(
        plan,
        "action",
        "plans.show",
        row=row,
        axis=axis,
        reading=reading,
        ended_on=ended_on,
        states=[state for state in told.states if state.action_id == row.id],
        texts=[text for text in told.actions if text.action_id == row.id],
        findings=session.scalars(diagnosis.answered_by(row.id, axis.id if axis else 0)).all(),
        follow_ups=follow_ups,
        action_states=ACTION_STATES,
        progress_form=progress,
        tie_form=tie,
        kinds=Kind,
    )


def _reading(axes: list[AxisReading], number: int) -> tuple[AxisReading | None, ActionReading | None]:
    for axis in axes:
        for one in axis.actions:
            if one.id == number:
                return axis, one
    return None, None


def _offer_actions(form: TieForm, row: PlanAction, reading: ActionReading | None) -> None:
    """Offer the actions of the spaces that carry the plan action, the newest first."""
    carrying = [tie.target_id for tie in reading.tied(Kind.SPACE)] if reading else []
    tied = select(FollowUp.action_id).where(FollowUp.plan_action_id == row.id, FollowUp.ended_at.is_(None))
    found = (
        select(Action.id, Action.title)
        .where(Action.space_id.in_(carrying), Action.id.not_in(tied))
        .order_by(Action.id.desc())
    )
    form.offer([(key, title) for key, title in db.session.execute(found.limit(MOST_OFFERED))], CHOOSE)


@blueprint.get("/<slug>/actions/<int:number>/modifier")
@permit(rules.edit, Plan, key="slug")
def edit_action(plan: Plan, number: int) -> Answer:
    """Show a plan action's form."""
    axes = outline.read(db.session(), plan, states=False).on(today())
    _axis, reading = _reading(axes, number)
    if reading is None:
        abort(404)
    form = _action_form(reading)
    form.offer(db.session(), choices(axes)[0])
    form.showing(form)
    return render(plan, "action_form", "plans.show", form=form, row=reading, reading=reading)


def _action_form(reading: ActionReading | None) -> ActionForm:
    """Return the form with what a plan action says now."""
    form = ActionForm(formdata=None, obj=reading)
    fields = (
        (form.leads, Kind.LEAD), (form.partners, Kind.PARTNER), (form.spaces, Kind.SPACE),
        (form.territories, Kind.TERRITORY), (form.themes, Kind.THEME), (form.entries, Kind.ENTRY),
    )  # fmt: skip
    for field, kind in fields:
        field.data = [tie.target_id for tie in reading.tied(kind)] if reading else []
    return form


@blueprint.post("/<slug>/actions/<int:number>/modifier")
@permit(rules.edit, Plan, key="slug")
def change_action(plan: Plan, number: int) -> Answer:
    """Change a plan action, as part of a revision or as a correction."""
    hold(plan)
    row, form, axes = child(PlanAction, plan, number), ActionForm(), now_of(plan)
    form.offer(db.session(), choices(axes)[0])
    reading = _reading(axes, row.id)[1]
    stored = _action_form(reading)
    if form.is_stale(stored):
        shown = {"form": form, "row": row, "reading": reading, "meanwhile": both(form, stored)}
        return render(plan, "action_form", "plans.show", **shown), 409
    if form.validate_on_submit():
        try:
            action_operations.change_action(
                db.session(), row, form.facts(), correcting=bool(form.correcting.data),
                actor=current_user(), now=clock.now(),
            )  # fmt: skip
        except DomainError as problem:
            tell(form, problem)
        else:
            flash(_("C’est enregistré."), "success")
            return redirect(url_for("plans.action", slug=plan.slug, number=row.id), 303)
    return render(plan, "action_form", "plans.show", form=form, row=row, reading=reading), 422


@blueprint.post("/<slug>/actions/<int:number>/terminer")
@permit(rules.edit, Plan, key="slug")
def end_action(plan: Plan, number: int) -> Answer:
    """Take a plan action out of the plan."""
    row = child(PlanAction, plan, number)
    return _done(plan, lambda: action_operations.end_action(
        db.session(), row, actor=current_user(), now=clock.now()))  # fmt: skip


@blueprint.post("/<slug>/actions/<int:number>/remettre")
@permit(rules.edit, Plan, key="slug")
def take_action_back(plan: Plan, number: int) -> Answer:
    """Bring back a plan action that the open revision has ended."""
    row = child(PlanAction, plan, number)
    return _done(plan, lambda: action_operations.take_back_end(
        db.session(), row, actor=current_user(), now=clock.now()))  # fmt: skip


@blueprint.post("/<slug>/actions/<int:number>/avancement")
@permit(rules.edit, Plan, key="slug")
def set_progress(plan: Plan, number: int) -> Answer:
    """Say how far a plan action is."""
    row, form = child(PlanAction, plan, number), ProgressForm()
    form.offer()
    if form.validate_on_submit() and form.since_on.data:
        try:
            action_operations.set_progress(
                db.session(), row, form.state.data, since_on=form.since_on.data,
                reason=form.reason.data or "", actor=current_user(), now=clock.now(),
            )  # fmt: skip
        except DomainError as problem:
            tell(form, problem)
        else:
            flash(_("L’avancement est noté."), "success")
            return redirect(url_for("plans.action", slug=plan.slug, number=row.id), 303)
    return _show(plan, row, form, None), 422


# --- What follows from it in the spaces ----------------------------------------------------------


@blueprint.post("/<slug>/actions/<int:number>/suivi")
@permit(rules.edit, Plan, key="slug")
def tie_action(plan: Plan, number: int) -> Answer:
    """Tie an action of a space to a plan action."""
    row, form = child(PlanAction, plan, number), TieForm()
    _offer_actions(form, row, _reading(now_of(plan), row.id)[1])
    if form.validate_on_submit():
        chosen = db.session.get_one(Action, form.chosen.data)
        try:
            action_operations.tie_up(db.session(), row, chosen, actor=current_user(), now=clock.now())
        except DomainError as problem:
            tell(form, problem)
        else:
            flash(_("L’action de l’espace est rattachée."), "success")
            return redirect(url_for("plans.action", slug=plan.slug, number=row.id), 303)
    return _show(plan, row, None, form), 422


@blueprint.post("/<slug>/actions/<int:number>/suivi/<int:tie>/detacher")
@permit(rules.edit, Plan, key="slug")
def untie_action(plan: Plan, number: int, tie: int) -> Answer:
    """Untie an action of a space."""
    row = child(PlanAction, plan, number)
    found = db.session.get(FollowUp, tie)
    if found is None or found.plan_action_id != row.id:
        abort(404)
    target = url_for("plans.action", slug=plan.slug, number=row.id)
    return _done(
        plan,
        lambda: action_operations.untie(db.session(), found, actor=current_user(), now=clock.now()),
        target,
    )
