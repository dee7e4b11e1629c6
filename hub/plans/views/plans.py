"""Plans: the list, one as a tree, its form, its state, who adopted it, revisions and history."""

from collections.abc import Sequence
from typing import Any

from flask import abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from sqlalchemy import select
from werkzeug.wrappers import Response

from hub.actors.models.reference import Theme
from hub.core import audit, clock, paging
from hub.core.access import current_user, everyone, permit
from hub.core.audit import AuditEntry
from hub.core.db import db
from hub.core.errors import DomainError
from hub.core.web import row_number
from hub.plans import rules
from hub.plans.forms.plans import AdoptionForm, PlanForm, ReasonForm, RevisionForm
from hub.plans.models.plans import Adoption, Plan, PlanKind, PlanState, Revision
from hub.plans.operations import plans as operations
from hub.plans.operations import revisions
from hub.plans.queries import plans as queries
from hub.plans.values.outline import Kind, compare, revised
from hub.plans.views import exporting
from hub.plans.views.blueprint import blueprint
from hub.plans.views.page import Answer, both, child, day_asked, hold, outline_of, render, tell, today
from hub.plans.words import CHANGES, KINDS, SHORT_KINDS, STATES

HISTORY = 20


@blueprint.get("")
@permit(everyone)
def index() -> Answer:
    """List the plans: search, filters, sorting, export."""
    session, args = db.session(), request.args
    wanted = queries.plans(
        text=args.get("q", "").strip()[:100],
        kind=_word(PlanKind, args.get("kind")),
        state=_word(PlanState, args.get("state")),
        territory_id=args.get("territory", type=row_number),
        sort=args.get("sort", "since"),
        descending=args.get("direction", "desc") == "desc",
    )
    wanted = queries.seen_by(wanted, current_user(), today())
    counts = {row[0]: (row[1], row[2]) for row in session.execute(queries.action_counts())}
    if args.get("format") in {"csv", "xlsx"}:
        return exporting.plans(args["format"], session.scalars(wanted).unique().all(), counts)
    page = paging.paginate(session, wanted, args.get("page", 1, type=int))
    seen = queries.seen_by(select(Plan), current_user(), today()).order_by(None).subquery()
    covered = session.execute(queries.covered(select(seen.c.id))).all()
    options = {
        "kind": [(kind.value, word) for kind, word in KINDS.items()],
        "territory": [(str(key), name) for key, name in covered],
        "state": [(state.value, word) for state, word in STATES.items()],
    }
    return render_template(
        "plans/index.html", page=page, counts=counts, options=options, short_kinds=SHORT_KINDS,
        plan_states=STATES, today=today(),
    )  # fmt: skip


def _word(kind: Any, value: str | None) -> Any:
    return kind(value) if value in set(kind) else None


@blueprint.get("/croisements")
@permit(everyone)
def themes() -> Answer:
    """Cross plans with themes and rights: which plan speaks of what, in how many plan actions."""
    session = db.session()
    wanted = queries.seen_by(queries.plans(), current_user(), today())
    found = list(session.scalars(wanted).unique())
    counts: dict[tuple[int, int], int] = {
        (row[0], row[1]): row[2] for row in session.execute(queries.themes_by_plan(today()))
    }
    # A plan that names nothing yet would be a column of noughts.
    found = [plan for plan in found if any(of == plan.id for of, _theme in counts)]
    named = {theme for plan, theme in counts if plan in {row.id for row in found}}
    rows = [
        row for row in session.scalars(select(Theme).order_by(Theme.kind, Theme.position)) if row.id in named
    ]
    if request.args.get("format") in {"csv", "xlsx"}:
        return exporting.themes(request.args["format"], found, rows, counts)
    return render_template(
        "plans/themes.html", plans=found, themes=rows, counts=counts, short_kinds=SHORT_KINDS
    )


@blueprint.get("/nouveau")
@permit(rules.create)
def new() -> Answer:
    """Show the empty form."""
    form = PlanForm(formdata=None)
    form.offer(db.session())
    return render_template("plans/form.html", form=form, plan=None)


@blueprint.post("/nouveau")
@permit(rules.create)
def create() -> Answer:
    """Make a plan, in preparation."""
    form, session = PlanForm(), db.session()
    form.offer(session)
    if form.validate_on_submit():
        try:
            plan = operations.create(session, form.facts(session), actor=current_user(), now=clock.now())
        except DomainError as problem:
            tell(form, problem)
        else:
            flash(_("Le plan « %(title)s » est créé. Écrivez ses axes.", title=plan.title), "success")
            return redirect(url_for("plans.show", slug=plan.slug), 303)
    return render_template("plans/form.html", form=form, plan=None), 422


@blueprint.get("/<slug>")
@permit(rules.see, Plan, key="slug")
def show(plan: Plan) -> Answer:
    """Show a plan as a tree: axes, plan actions, spaces; as of a day if one is asked for."""
    session = db.session()
    day = day_asked()
    outline = outline_of(plan)
    axes = outline.on(day or today())
    if request.args.get("format") in {"csv", "xlsx"}:
        return exporting.outline(request.args["format"], plan, axes)
    way = request.args.get("sens", "")
    return render(
        plan,
        "show",
        "plans.show",
        axes=axes,
        day=day,
        today=today(),
        way=way,
        shown={
            axis.id: [one for one in axis.actions if not way or one.way.value in {way, "both"}]
            for axis in axes
        },
        differences=compare(axes, outline.on(today())) if day and day != today() else [],
        changes=CHANGES,
        communes=session.scalars(queries.communes(plan)).all(),
        adoptions=session.scalars(queries.adoptions(plan)).all(),
        followers=[one for one in session.scalars(queries.followers(plan)) if rules.see(current_user(), one)],
        sees_former=plan.follows is not None and rules.see(current_user(), plan.follows),
        kinds=Kind,
    )


@blueprint.get("/<slug>/modifier")
@permit(rules.edit, Plan, key="slug")
def edit(plan: Plan) -> Answer:
    """Show the form with what is known."""
    form = _filled(plan)
    form.offer(db.session(), plan)
    form.showing(form)
    return render_template("plans/form.html", form=form, plan=plan)


def _filled(plan: Plan) -> PlanForm:
    """Return the form with what is said of a plan now."""
    form = PlanForm(formdata=None, obj=plan)
    form.territories.data = [place.id for place in plan.territories]
    return form


@blueprint.post("/<slug>/modifier")
@permit(rules.edit, Plan, key="slug")
def change(plan: Plan) -> Answer:
    """Change a plan."""
    hold(plan)
    form, session = PlanForm(), db.session()
    form.offer(session, plan)
    stored = _filled(plan)
    if form.is_stale(stored):
        meanwhile = both(form, stored)
        return render_template("plans/form.html", form=form, plan=plan, meanwhile=meanwhile), 409
    if form.validate_on_submit():
        try:
            operations.change(session, plan, form.facts(session), actor=current_user(), now=clock.now())
        except DomainError as problem:
            tell(form, problem)
        else:
            flash(_("C’est enregistré."), "success")
            return redirect(url_for("plans.show", slug=plan.slug), 303)
    return render_template("plans/form.html", form=form, plan=plan), 422


@blueprint.post("/<slug>/etat")
@permit(rules.edit, Plan, key="slug")
def change_state(plan: Plan) -> Answer:
    """Put a plan in force, end it, or take that back."""
    state = _word(PlanState, request.form.get("state"))
    if state is None:
        abort(400)
    return _done(
        plan, lambda: operations.set_state(db.session(), plan, state, actor=current_user(), now=clock.now())
    )


@blueprint.post("/<slug>/publier")
@permit(rules.edit, Plan, key="slug")
def publish(plan: Plan) -> Answer:
    """Let everybody read the plan."""
    return _done(plan, lambda: operations.publish(db.session(), plan, actor=current_user(), now=clock.now()))


@blueprint.post("/<slug>/retirer")
@permit(rules.edit, Plan, key="slug")
def withdraw(plan: Plan) -> Answer:
    """Take the plan out of everybody's reading."""
    return _done(plan, lambda: operations.withdraw(db.session(), plan, actor=current_user(), now=clock.now()))


def _done(plan: Plan, act: Any, endpoint: str = "plans.show") -> Response:
    try:
        act()
    except DomainError as problem:
        flash(_(problem.msgid, **problem.params), "error")
    else:
        flash(_("C’est enregistré."), "success")
    return redirect(url_for(endpoint, slug=plan.slug), 303)


# --- Who adopted it ------------------------------------------------------------------------------


@blueprint.get("/<slug>/adoptions/ajouter")
@permit(rules.edit, Plan, key="slug")
def add_adoption_page(plan: Plan) -> Answer:
    """Show the form of a vote."""
    form = AdoptionForm(formdata=None)
    form.offer(db.session())
    return render(plan, "adoption", "plans.history", form=form)


@blueprint.post("/<slug>/adoptions/ajouter")
@permit(rules.edit, Plan, key="slug")
def add_adoption(plan: Plan) -> Answer:
    """Record a vote."""
    form = AdoptionForm()
    form.offer(db.session())
    if form.validate_on_submit():
        try:
            operations.add_adoption(db.session(), plan, form.facts(), actor=current_user(), now=clock.now())
        except DomainError as problem:
            tell(form, problem)
        else:
            flash(_("Le vote est noté."), "success")
            return redirect(url_for("plans.history", slug=plan.slug), 303)
    return render(plan, "adoption", "plans.history", form=form), 422


@blueprint.get("/<slug>/adoptions/<int:number>/retirer")
@permit(rules.edit, Plan, key="slug")
def withdraw_adoption_page(plan: Plan, number: int) -> Answer:
    """Ask why a vote is withdrawn."""
    return _withdraw_page(plan, child(Adoption, plan, number), ReasonForm(formdata=None))


@blueprint.post("/<slug>/adoptions/<int:number>/retirer")
@permit(rules.edit, Plan, key="slug")
def withdraw_adoption(plan: Plan, number: int) -> Answer:
    """Say that a vote was recorded by mistake."""
    form, row = ReasonForm(), child(Adoption, plan, number)
    if not form.validate_on_submit():
        return _withdraw_page(plan, row, form), 422
    operations.withdraw_adoption(
        db.session(), row, form.reason.data or "", actor=current_user(), now=clock.now()
    )
    flash(_("Ce vote est retiré ; il reste dans l’historique."), "success")
    return redirect(url_for("plans.history", slug=plan.slug), 303)


def _withdraw_page(plan: Plan, row: Adoption, form: ReasonForm) -> str:
    return render(
        plan, "reason", "plans.history", form=form, heading=_("Retirer ce vote"),
        detail=_("Il a été noté par erreur ? Il reste lisible dans l’historique, avec votre raison."),
        action=url_for("plans.withdraw_adoption", slug=plan.slug, number=row.id),
        back=url_for("plans.history", slug=plan.slug), verb=_("Retirer le vote"),
    )  # fmt: skip


# --- Revisions and history -----------------------------------------------------------------------


@blueprint.get("/<slug>/histoire")
@permit(rules.see, Plan, key="slug")
def history(plan: Plan) -> Answer:
    """Show who adopted the plan, what each revision did, what differs between two days, and who did what."""
    session, outline = db.session(), outline_of(plan)
    told = list(session.scalars(queries.revisions(plan)))
    start, end = day_asked("de"), day_asked("a")
    differences = compare(outline.on(start), outline.on(end)) if start and end else None
    may_edit = rules.edit(current_user(), plan)
    return render(
        plan,
        "history",
        "plans.history",
        adoptions=session.scalars(queries.adoptions(plan)).all(),
        revisions=[(row, revised(outline, row.id)) for row in reversed(told)],
        start=start,
        end=end,
        first_day=plan.starts_on or today(),
        today=today(),
        differences=differences,
        changes=CHANGES,
        entries=_entries(plan) if may_edit else [],
        entry_words=_entry_words(),
    )


def _entries(plan: Plan) -> Sequence[AuditEntry]:
    return db.session.scalars(audit.history(plan).limit(HISTORY)).all()


def _entry_words() -> dict[str, str]:
    return {
        "plan.created": _("Plan créé"),
        "plan.changed": _("Plan modifié"),
        "plan.state": _("État changé"),
        "plan.published": _("Plan publié"),
        "plan.unpublished": _("Plan retiré de la lecture publique"),
        "plan.vote_added": _("Vote noté"),
        "plan.vote_withdrawn": _("Vote retiré"),
        "plan.budget_added": _("Montant ajouté"),
        "plan.budget_withdrawn": _("Montant retiré"),
        "plan.evaluation_added": _("Évaluation commencée"),
        "plan.evaluation_changed": _("Évaluation modifiée"),
        "plan.evaluation_published": _("Évaluation publiée"),
        "plan.revision_opened": _("Révision ouverte"),
        "plan.revision_closed": _("Révision terminée"),
        "plan.axis_added": _("Axe ajouté"),
        "plan.axis_changed": _("Axe modifié"),
        "plan.axis_corrected": _("Axe corrigé"),
        "plan.axis_ended": _("Axe sorti du plan"),
        "plan.axis_taken_back": _("Axe remis dans le plan"),
        "plan.action_added": _("Action ajoutée"),
        "plan.action_changed": _("Action modifiée"),
        "plan.action_corrected": _("Action corrigée"),
        "plan.action_ended": _("Action sortie du plan"),
        "plan.action_taken_back": _("Action remise dans le plan"),
        "plan.action_progress": _("Avancement d’une action"),
        "plan.ordered": _("Ordre changé"),
        "plan.follow_up_tied": _("Action d’un espace rattachée"),
        "plan.follow_up_untied": _("Action d’un espace détachée"),
        "plan.finding_added": _("Ligne ajoutée au diagnostic"),
        "plan.finding_changed": _("Ligne du diagnostic modifiée"),
        "plan.finding_closed": _("Ligne du diagnostic close"),
        "plan.finding_reopened": _("Ligne du diagnostic rouverte"),
        "plan.indicator_added": _("Indicateur ajouté"),
        "plan.indicator_changed": _("Indicateur modifié"),
        "plan.indicator_ended": _("Indicateur arrêté"),
        "plan.indicator_resumed": _("Indicateur repris"),
        "plan.value_added": _("Valeur ajoutée"),
        "plan.value_corrected": _("Valeur corrigée"),
    }


@blueprint.get("/<slug>/revisions/ouvrir")
@permit(rules.edit, Plan, key="slug")
def open_revision_page(plan: Plan) -> Answer:
    """Show the form of a revision."""
    form = RevisionForm(formdata=None, day=today(), space_id=plan.steering_id)
    form.offer(db.session(), plan)
    return render(plan, "revision", "plans.history", form=form)


@blueprint.post("/<slug>/revisions/ouvrir")
@permit(rules.edit, Plan, key="slug")
def open_revision(plan: Plan) -> Answer:
    """Begin a revision."""
    form, session = RevisionForm(), db.session()
    form.offer(session, plan)
    if form.validate_on_submit():
        try:
            revisions.open_revision(session, plan, form.facts(), actor=current_user(), now=clock.now())
        except DomainError as problem:
            tell(form, problem)
        else:
            flash(_("La révision est ouverte : ce que vous changez maintenant en fait partie."), "success")
            return redirect(url_for("plans.show", slug=plan.slug), 303)
    return render(plan, "revision", "plans.history", form=form), 422


@blueprint.post("/<slug>/revisions/<int:number>/terminer")
@permit(rules.edit, Plan, key="slug")
def close_revision(plan: Plan, number: int) -> Answer:
    """End a revision: what it changed stands."""
    row = child(Revision, plan, number)
    return _done(
        plan,
        lambda: revisions.close_revision(db.session(), row, actor=current_user(), now=clock.now()),
        "plans.history",
    )
