"""Pages of spaces."""

from typing import Any

from flask import abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.accounts.models import User
from hub.actors.models.organisations import Organisation
from hub.actors.models.reference import Theme
from hub.actors.signals import LinkGroup
from hub.core import audit, clock, exports, paging
from hub.core.access import current_user, permit
from hub.core.db import db
from hub.core.errors import DomainError
from hub.spaces import rules, signals
from hub.spaces.forms.spaces import FacilitatorForm, MemberForm, SpaceForm
from hub.spaces.models.spaces import Facilitation, Membership, Space, SpaceKind, SpaceState
from hub.spaces.operations import spaces as operations
from hub.spaces.queries import spaces as queries
from hub.spaces.views.blueprint import blueprint
from hub.spaces.words import KINDS, ROLES, STATES


@blueprint.get("/espaces")
@permit(rules.see)
def index() -> Any:
    """List the spaces: search, filters, sorting, export."""
    session = db.session()
    args = request.args
    wanted = queries.spaces(
        text=args.get("q", "").strip(),
        kind=_word(SpaceKind, args.get("kind")),
        state=_word(SpaceState, args.get("state")),
        theme=args.get("theme", ""),
        sort=args.get("sort", "name"),
        descending=args.get("direction") == "desc",
    )
    counts = {row[0]: row[1] for row in session.execute(queries.member_counts())}
    if args.get("format") in {"csv", "xlsx"}:
        return _export(args["format"], session.scalars(wanted).unique().all(), counts)
    page = paging.paginate(session, wanted, args.get("page", 1, type=int))
    themes = session.scalars(select(Theme).order_by(Theme.position, Theme.label)).all()
    options = {
        "kind": [(kind.value, KINDS[kind]) for kind in SpaceKind],
        "theme": [(theme.code, theme.label) for theme in themes],
        "state": [(state.value, STATES[state]) for state in SpaceState],
    }
    return render_template("spaces/index.html", page=page, counts=counts, options=options, kinds=KINDS)


def _word(kind: Any, value: str | None) -> Any:
    return kind(value) if value in set(kind) else None


def _export(kind: str, rows: Any, counts: dict[int, int]) -> Any:
    header = [_("Nom"), _("Sorte"), _("État"), _("Thèmes"), _("Territoire"), _("Depuis"), _("Membres")]
    lines = [
        [
            space.name,
            KINDS[space.kind],
            STATES[space.state],
            ", ".join(theme.label for theme in space.themes),
            space.territory.name if space.territory else "",
            space.starts_on,
            counts.get(space.id, 0),
        ]
        for space in rows
    ]
    return exports.answer(kind, "espaces", header, lines)


@blueprint.get("/espaces/<slug>")
@permit(rules.see, Space, key="slug")
def show(space: Space) -> Any:
    """Show a space: what it does, who sits in it, what happened."""
    return _show(space, MemberForm(formdata=None), FacilitatorForm(formdata=None))


def _show(space: Space, member_form: MemberForm, facilitator_form: FacilitatorForm) -> str:
    session = db.session()
    member_form.offer(session)
    facilitator_form.offer(session)
    return render_template(
        "spaces/show.html",
        space=space,
        memberships=session.scalars(queries.memberships(space)).all(),
        facilitations=session.scalars(queries.facilitations(space)).all(),
        links=signals.links_of(space, session=session, user=current_user()),
        history=session.scalars(audit.history(space).limit(20)).all(),
        member_form=member_form,
        facilitator_form=facilitator_form,
        kinds=KINDS,
        roles=ROLES,
        may_edit=rules.edit(current_user(), space),
    )


@blueprint.get("/espaces/nouveau")
@permit(rules.create)
def new() -> Any:
    """Show the empty form."""
    form = SpaceForm(formdata=None)
    form.offer(db.session())
    return render_template("spaces/form.html", form=form, space=None)


@blueprint.post("/espaces/nouveau")
@permit(rules.create)
def create() -> Any:
    """Make a space."""
    form = SpaceForm()
    form.offer(db.session())
    if not form.validate_on_submit():
        return render_template("spaces/form.html", form=form, space=None), 422
    try:
        space = operations.create(db.session(), _facts(form), actor=current_user(), now=clock.now())
    except DomainError as problem:
        return _refused(form, problem, None)
    flash(_("L’espace « %(name)s » est créé. Ajoutez ses membres.", name=space.name), "success")
    return redirect(url_for("spaces.show", slug=space.slug), 303)


@blueprint.get("/espaces/<slug>/modifier")
@permit(rules.edit, Space, key="slug")
def edit(space: Space) -> Any:
    """Show the form with what is known."""
    form = SpaceForm(formdata=None, obj=space)
    form.offer(db.session())
    form.themes.data = [theme.id for theme in space.themes]
    return render_template("spaces/form.html", form=form, space=space)


@blueprint.post("/espaces/<slug>/modifier")
@permit(rules.edit, Space, key="slug")
def change(space: Space) -> Any:
    """Change a space."""
    form = SpaceForm()
    form.offer(db.session())
    if not form.validate_on_submit():
        return render_template("spaces/form.html", form=form, space=space), 422
    try:
        operations.change(db.session(), space, _facts(form), actor=current_user(), now=clock.now())
    except DomainError as problem:
        return _refused(form, problem, space)
    flash(_("C’est enregistré."), "success")
    return redirect(url_for("spaces.show", slug=space.slug), 303)


def _facts(form: SpaceForm) -> operations.SpaceFacts:
    themes = db.session.scalars(select(Theme).where(Theme.id.in_(form.themes.data or []))).all()
    return operations.SpaceFacts(
        name=(form.name.data or "").strip(),
        kind=form.kind.data,
        state=form.state.data,
        purpose=form.purpose.data or "",
        level_id=form.level_id.data,
        territory_id=form.territory_id.data,
        starts_on=form.starts_on.data,
        ends_on=form.ends_on.data,
        themes=list(themes),
    )


def _refused(form: Any, problem: DomainError, space: Space | None) -> Any:
    _tell(form, problem)
    return render_template("spaces/form.html", form=form, space=space), 422


def _tell(form: Any, problem: DomainError) -> None:
    message = _(problem.msgid, **problem.params)
    if problem.field in form:
        form[problem.field].errors = [*form[problem.field].errors, message]
    else:
        form.form_errors.append(message)


@blueprint.post("/espaces/<slug>/membres")
@permit(rules.edit, Space, key="slug")
def add_member(space: Space) -> Any:
    """Give an organisation a seat."""
    form = MemberForm()
    form.offer(db.session())
    if form.validate_on_submit():
        organisation = db.session.get_one(Organisation, form.organisation.data)
        try:
            operations.add_member(
                db.session(), space, organisation, form.role.data, starts_on=form.starts_on.data,
                actor=current_user(), now=clock.now(),
            )  # fmt: skip
        except DomainError as problem:
            _tell(form, problem)
        else:
            flash(_("« %(name)s » siège maintenant dans cet espace.", name=organisation.name), "success")
            return redirect(url_for("spaces.show", slug=space.slug), 303)
    return _show(space, form, FacilitatorForm(formdata=None)), 422


@blueprint.post("/espaces/<slug>/membres/<int:number>/fin")
@permit(rules.edit, Space, key="slug")
def end_membership(space: Space, number: int) -> Any:
    """End a seat."""
    row = db.session.get(Membership, number)
    if row is None or row.space_id != space.id:
        abort(404)
    operations.end_membership(db.session(), row, actor=current_user(), now=clock.now())
    flash(
        _("Le siège de « %(name)s » est terminé ; il reste dans l’histoire.", name=row.organisation.name),
        "success",
    )
    return redirect(url_for("spaces.show", slug=space.slug), 303)


@blueprint.post("/espaces/<slug>/facilitation")
@permit(rules.create, Space, key="slug")
def add_facilitator(space: Space) -> Any:
    """Let somebody facilitate the space."""
    form = FacilitatorForm()
    form.offer(db.session())
    if form.validate_on_submit():
        person = db.session.get_one(User, form.user.data)
        try:
            operations.add_facilitator(db.session(), space, person, actor=current_user(), now=clock.now())
        except DomainError as problem:
            _tell(form, problem)
        else:
            flash(_("%(name)s peut maintenant modifier cet espace.", name=person.name), "success")
            return redirect(url_for("spaces.show", slug=space.slug), 303)
    return _show(space, MemberForm(formdata=None), form), 422


@blueprint.post("/espaces/<slug>/facilitation/<int:number>/fin")
@permit(rules.create, Space, key="slug")
def end_facilitation(space: Space, number: int) -> Any:
    """End a facilitation at once."""
    row = db.session.get(Facilitation, number)
    if row is None or row.space_id != space.id:
        abort(404)
    operations.end_facilitation(db.session(), row, actor=current_user(), now=clock.now())
    flash(_("%(name)s ne peut plus modifier cet espace.", name=row.user.name), "success")
    return redirect(url_for("spaces.show", slug=space.slug), 303)


def card_links(organisation: Organisation, *, session: Session, user: Any) -> list[LinkGroup]:
    """Tell an actor's card in which spaces the organisation sits now."""
    if not rules.see(user):
        return []
    seats = [row for row in session.scalars(queries.seats_of(organisation.id)) if row.ends_on is None]
    links = [(row.space.name, url_for("spaces.show", slug=row.space.slug)) for row in seats]
    return [LinkGroup(_("Espaces"), links)]
