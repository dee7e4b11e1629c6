"""The money of a plan and its evaluations."""

from flask import flash, redirect, request, url_for
from flask_babel import gettext as _

from hub.core import clock
from hub.core.access import current_user, permit
from hub.core.db import db
from hub.core.errors import DomainError
from hub.plans import rules
from hub.plans.forms.plans import BudgetForm, EvaluationForm, ReasonForm
from hub.plans.models.outline import Progress
from hub.plans.models.plans import BudgetLine, Evaluation, Plan
from hub.plans.operations import plans as operations
from hub.plans.queries import plans as queries
from hub.plans.values import money
from hub.plans.views import exporting
from hub.plans.views.blueprint import blueprint
from hub.plans.views.page import Answer, child, choices, named, now_of, outline_of, render, tell, today


@blueprint.get("/<slug>/budget")
@permit(rules.see, Plan, key="slug")
def budget(plan: Plan) -> Answer:
    """Show the money by year and by funder, with sums; export."""
    rows = db.session.scalars(queries.budget(plan)).all()
    axes = dict(choices(named(plan))[0])
    if request.args.get("format") in {"csv", "xlsx"}:
        return exporting.budget(request.args["format"], plan, rows, axes)
    live = [row for row in rows if row.withdrawn_at is None]
    by_year: dict[int, int] = {}
    by_funder: dict[str, int] = {}
    for row in live:
        by_year[row.year] = by_year.get(row.year, 0) + row.cents
        funder = row.funder.name if row.funder else _("Non précisé")
        by_funder[funder] = by_funder.get(funder, 0) + row.cents
    return render(
        plan, "budget", "plans.budget", rows=rows, axes=axes, by_year=by_year, money=money.show,
        by_funder=sorted(by_funder.items(), key=lambda pair: -pair[1]), total=sum(by_year.values()),
    )  # fmt: skip


@blueprint.get("/<slug>/budget/ajouter")
@permit(rules.edit, Plan, key="slug")
def add_budget_page(plan: Plan) -> Answer:
    """Show the empty form of a line of money."""
    form = BudgetForm(formdata=None)
    form.offer(db.session(), choices(named(plan))[0])
    return render(plan, "budget_form", "plans.budget", form=form)


@blueprint.post("/<slug>/budget/ajouter")
@permit(rules.edit, Plan, key="slug")
def add_budget(plan: Plan) -> Answer:
    """Add money."""
    form = BudgetForm()
    form.offer(db.session(), choices(named(plan))[0])
    if form.validate_on_submit():
        try:
            operations.add_budget_line(
                db.session(), plan, form.facts(), actor=current_user(), now=clock.now()
            )
        except DomainError as problem:
            tell(form, problem)
        else:
            flash(_("Le montant est noté."), "success")
            return redirect(url_for("plans.budget", slug=plan.slug), 303)
    return render(plan, "budget_form", "plans.budget", form=form), 422


@blueprint.get("/<slug>/budget/<int:number>/retirer")
@permit(rules.edit, Plan, key="slug")
def withdraw_budget_page(plan: Plan, number: int) -> Answer:
    """Ask why an amount is withdrawn."""
    return _withdraw_page(plan, child(BudgetLine, plan, number), ReasonForm(formdata=None))


@blueprint.post("/<slug>/budget/<int:number>/retirer")
@permit(rules.edit, Plan, key="slug")
def withdraw_budget(plan: Plan, number: int) -> Answer:
    """Take an amount out of the sums."""
    row, form = child(BudgetLine, plan, number), ReasonForm()
    if not form.validate_on_submit():
        return _withdraw_page(plan, row, form), 422
    operations.withdraw_budget_line(
        db.session(), row, form.reason.data or "", actor=current_user(), now=clock.now()
    )
    flash(_("Ce montant ne compte plus ; la ligne reste lisible."), "success")
    return redirect(url_for("plans.budget", slug=plan.slug), 303)


def _withdraw_page(plan: Plan, row: BudgetLine, form: ReasonForm) -> str:
    return render(
        plan, "reason", "plans.budget", form=form,
        heading=_("Retirer %(amount)s de %(year)s", amount=money.show(row.cents), year=row.year),
        detail=_("Ce montant ne comptera plus dans les totaux ; la ligne reste lisible, avec votre raison."),
        action=url_for("plans.withdraw_budget", slug=plan.slug, number=row.id),
        back=url_for("plans.budget", slug=plan.slug), verb=_("Retirer ce montant"),
    )  # fmt: skip


@blueprint.get("/<slug>/evaluation")
@permit(rules.see, Plan, key="slug")
def evaluation(plan: Plan) -> Answer:
    """Show the evaluations in three parts, and the facts that the first one stands on."""
    may_edit = rules.edit(current_user(), plan)
    outline = outline_of(plan)
    axes = now_of(plan, outline)
    return render(
        plan, "evaluation", "plans.evaluation",
        evaluations=db.session.scalars(queries.evaluations(plan, drafts=may_edit)).all(),
        totals={state: sum(axis.counts()[state] for axis in axes) for state in Progress},
        dropped=[one for axis in axes for one in axis.actions if one.state is Progress.DROPPED],
        gone=outline.gone(today()),
    )  # fmt: skip


@blueprint.get("/<slug>/evaluation/ajouter")
@permit(rules.edit, Plan, key="slug")
def add_evaluation_page(plan: Plan) -> Answer:
    """Show the empty form of an evaluation."""
    form = EvaluationForm(formdata=None, made_on=today())
    return render(plan, "evaluation_form", "plans.evaluation", form=form, row=None)


@blueprint.post("/<slug>/evaluation/ajouter")
@permit(rules.edit, Plan, key="slug")
def add_evaluation(plan: Plan) -> Answer:
    """Begin an evaluation."""
    return _save_evaluation(plan, None)


@blueprint.get("/<slug>/evaluation/<int:number>/modifier")
@permit(rules.edit, Plan, key="slug")
def edit_evaluation(plan: Plan, number: int) -> Answer:
    """Show an evaluation's form."""
    row = child(Evaluation, plan, number)
    parts = {f"{name}_text": getattr(row, name) for name in ("actions", "process", "effects")}
    form = EvaluationForm(
        formdata=None, made_on=row.made_on, made_by=row.made_by, following=row.following, **parts
    )
    return render(plan, "evaluation_form", "plans.evaluation", form=form, row=row)


@blueprint.post("/<slug>/evaluation/<int:number>/modifier")
@permit(rules.edit, Plan, key="slug")
def change_evaluation(plan: Plan, number: int) -> Answer:
    """Change an evaluation."""
    return _save_evaluation(plan, child(Evaluation, plan, number))


def _save_evaluation(plan: Plan, row: Evaluation | None) -> Answer:
    form = EvaluationForm()
    if form.validate_on_submit():
        try:
            operations.save_evaluation(
                db.session(), plan, row, form.facts(), actor=current_user(), now=clock.now()
            )
        except DomainError as problem:
            tell(form, problem)
        else:
            flash(_("L’évaluation est enregistrée."), "success")
            return redirect(url_for("plans.evaluation", slug=plan.slug), 303)
    return render(plan, "evaluation_form", "plans.evaluation", form=form, row=row), 422


@blueprint.post("/<slug>/evaluation/<int:number>/publier")
@permit(rules.edit, Plan, key="slug")
def publish_evaluation(plan: Plan, number: int) -> Answer:
    """Show an evaluation to whoever reads the plan."""
    row = child(Evaluation, plan, number)
    try:
        operations.publish_evaluation(db.session(), row, actor=current_user(), now=clock.now())
    except DomainError as problem:
        flash(_(problem.msgid, **problem.params), "error")
    else:
        flash(_("L’évaluation est publiée avec le plan."), "success")
    return redirect(url_for("plans.evaluation", slug=plan.slug), 303)
