"""Indicators of a plan: their values as a line and as a table, and how a value is corrected."""

from flask import abort, flash, redirect, request, url_for
from flask_babel import gettext as _

from hub.core import clock
from hub.core.access import current_user, permit
from hub.core.db import db
from hub.core.errors import DomainError
from hub.plans import rules
from hub.plans.forms.diagnosis import CorrectionForm, IndicatorForm, ValueForm
from hub.plans.models.indicators import Indicator, IndicatorValue
from hub.plans.models.plans import Plan
from hub.plans.operations import indicators as operations
from hub.plans.operations.indicators import ValueFacts
from hub.plans.queries import diagnosis as queries
from hub.plans.values.pictures import Curve, curve
from hub.plans.views import exporting
from hub.plans.views.blueprint import blueprint
from hub.plans.views.page import Answer, child, choices, named, render, tell, today


@blueprint.get("/<slug>/indicateurs")
@permit(rules.see, Plan, key="slug")
def indicators(plan: Plan) -> Answer:
    """List the indicators, each with its line and its last value; export."""
    rows = db.session.scalars(queries.indicators(plan)).all()
    if request.args.get("format") in {"csv", "xlsx"}:
        return exporting.indicators(request.args["format"], plan, rows)
    return render(
        plan, "indicators", "plans.indicators", rows=rows, curves={row.id: curve_of(row) for row in rows},
        last={row.id: _standing(row)[-1] for row in rows if _standing(row)},
    )  # fmt: skip


def _standing(row: Indicator) -> list[IndicatorValue]:
    return [value for value in row.values if value.corrected_at is None]


def curve_of(row: Indicator) -> Curve | None:
    """Return the line of an indicator's values; None where there is nothing to draw."""
    return curve(
        [(value.day, value.value) for value in _standing(row)],
        baseline=(row.baseline_on, row.baseline) if row.baseline_on and row.baseline is not None else None,
        target=(row.target_on, row.target) if row.target_on and row.target is not None else None,
    )


@blueprint.get("/<slug>/indicateurs/ajouter")
@permit(rules.edit, Plan, key="slug")
def add_indicator_page(plan: Plan) -> Answer:
    """Show the empty form of an indicator."""
    form = IndicatorForm(formdata=None)
    form.offer(*choices(named(plan)))
    return render(plan, "indicator_form", "plans.indicators", form=form, row=None)


@blueprint.post("/<slug>/indicateurs/ajouter")
@permit(rules.edit, Plan, key="slug")
def add_indicator(plan: Plan) -> Answer:
    """Add an indicator."""
    return _save(plan, None)


@blueprint.get("/<slug>/indicateurs/<int:number>/modifier")
@permit(rules.edit, Plan, key="slug")
def edit_indicator(plan: Plan, number: int) -> Answer:
    """Show an indicator's form."""
    row = child(Indicator, plan, number)
    answers = f"axis-{row.axis_id}" if row.axis_id else ""
    answers = f"action-{row.plan_action_id}" if row.plan_action_id else answers
    form = IndicatorForm(formdata=None, obj=row, answers=answers)
    form.offer(*choices(named(plan)))
    return render(plan, "indicator_form", "plans.indicators", form=form, row=row)


@blueprint.post("/<slug>/indicateurs/<int:number>/modifier")
@permit(rules.edit, Plan, key="slug")
def change_indicator(plan: Plan, number: int) -> Answer:
    """Change an indicator."""
    return _save(plan, child(Indicator, plan, number))


def _save(plan: Plan, row: Indicator | None) -> Answer:
    form = IndicatorForm()
    form.offer(*choices(named(plan)))
    if form.validate_on_submit():
        try:
            saved = operations.save(
                db.session(), plan, row, form.facts(), actor=current_user(), now=clock.now()
            )
        except DomainError as problem:
            tell(form, problem)
        else:
            flash(_("L’indicateur est enregistré. Ajoutez ses valeurs."), "success")
            return redirect(url_for("plans.indicator", slug=plan.slug, number=saved.id), 303)
    return render(plan, "indicator_form", "plans.indicators", form=form, row=row), 422


@blueprint.get("/<slug>/indicateurs/<int:number>")
@permit(rules.see, Plan, key="slug")
def indicator(plan: Plan, number: int) -> Answer:
    """Show an indicator: the line, every value with its source, corrected ones too."""
    return _show(plan, child(Indicator, plan, number), ValueForm(formdata=None, day=today()))


def _show(plan: Plan, row: Indicator, form: ValueForm) -> str:
    of_axes, of_actions = choices(named(plan))
    answers = dict(of_axes).get(row.axis_id or 0) or dict(of_actions).get(row.plan_action_id or 0)
    return render(
        plan, "indicator", "plans.indicators", row=row, curve=curve_of(row), form=form, answers=answers
    )


@blueprint.post("/<slug>/indicateurs/<int:number>/valeurs")
@permit(rules.edit, Plan, key="slug")
def add_value(plan: Plan, number: int) -> Answer:
    """Add a value."""
    row, form = child(Indicator, plan, number), ValueForm()
    if form.validate_on_submit():
        try:
            operations.add_value(db.session(), row, form.facts(), actor=current_user(), now=clock.now())
        except DomainError as problem:
            tell(form, problem)
        else:
            flash(_("La valeur est notée."), "success")
            return redirect(url_for("plans.indicator", slug=plan.slug, number=row.id), 303)
    return _show(plan, row, form), 422


@blueprint.get("/<slug>/indicateurs/<int:number>/valeurs/<int:value>/corriger")
@permit(rules.edit, Plan, key="slug")
def correct_value_page(plan: Plan, number: int, value: int) -> Answer:
    """Show the form of a correction."""
    row, wrong = _value(plan, number, value)
    form = CorrectionForm(formdata=None, source=wrong.source, note=wrong.note)
    return render(plan, "correction", "plans.indicators", form=form, row=row, wrong=wrong)


@blueprint.post("/<slug>/indicateurs/<int:number>/valeurs/<int:value>/corriger")
@permit(rules.edit, Plan, key="slug")
def correct_value(plan: Plan, number: int, value: int) -> Answer:
    """Put another value in the place of one; the former stays to be read."""
    row, wrong = _value(plan, number, value)
    form = CorrectionForm()
    if form.validate_on_submit():
        facts = ValueFacts(wrong.day, form.value.data, form.source.data or "", form.note.data or "")
        try:
            operations.correct_value(
                db.session(), wrong, facts, form.reason.data or "", actor=current_user(), now=clock.now()
            )
        except DomainError as problem:
            tell(form, problem)
        else:
            flash(_("La valeur est corrigée ; l’ancienne reste lisible."), "success")
            return redirect(url_for("plans.indicator", slug=plan.slug, number=row.id), 303)
    return render(plan, "correction", "plans.indicators", form=form, row=row, wrong=wrong), 422


def _value(plan: Plan, number: int, value: int) -> tuple[Indicator, IndicatorValue]:
    row = child(Indicator, plan, number)
    found = db.session.get(IndicatorValue, value)
    if found is None or found.indicator_id != row.id:
        abort(404)
    return row, found


@blueprint.post("/<slug>/indicateurs/<int:number>/arreter")
@permit(rules.edit, Plan, key="slug")
def end_indicator(plan: Plan, number: int) -> Answer:
    """Stop following an indicator."""
    row = child(Indicator, plan, number)
    operations.end(db.session(), row, actor=current_user(), now=clock.now())
    flash(_("Cet indicateur n’est plus suivi ; ses valeurs restent."), "success")
    return redirect(url_for("plans.indicator", slug=plan.slug, number=row.id), 303)


@blueprint.post("/<slug>/indicateurs/<int:number>/reprendre")
@permit(rules.edit, Plan, key="slug")
def resume_indicator(plan: Plan, number: int) -> Answer:
    """Follow an indicator again."""
    row = child(Indicator, plan, number)
    operations.resume(db.session(), row, actor=current_user(), now=clock.now())
    flash(_("Cet indicateur est de nouveau suivi."), "success")
    return redirect(url_for("plans.indicator", slug=plan.slug, number=row.id), 303)
