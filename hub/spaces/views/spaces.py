"""The list of spaces; making, changing, closing one; who facilitates it."""

from datetime import date
from typing import Any

from flask import abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.accounts.models import User
from hub.actors.models.organisations import Organisation
from hub.actors.models.reference import Theme
from hub.actors.signals import LinkGroup
from hub.core import clock, exports, paging
from hub.core.access import current_user, permit
from hub.core.db import db
from hub.core.errors import DomainError
from hub.spaces import rules
from hub.spaces.forms.spaces import CloseForm, FacilitatorForm, SpaceForm
from hub.spaces.models.spaces import Facilitation, Space, SpaceKind, SpaceState
from hub.spaces.operations import lifecycle
from hub.spaces.operations import spaces as operations
from hub.spaces.queries import followers, table
from hub.spaces.queries import spaces as queries
from hub.spaces.views.blueprint import blueprint
from hub.spaces.words import KINDS, SPACE_KINDS_TOLD, STATES

EACH = 15  # spaces of a page of the list


@blueprint.get("/espaces")
@permit(rules.see)
def index() -> Any:
    """List the spaces: search, filters, sorting, counts by date, export."""
    session, args, now = db.session(), request.args, clock.now()
    today = clock.today(now)
    asked_day = _day(args.get("date", ""))
    wanted = queries.spaces(
        now=now,
        today=today,
        text=args.get("q", "").strip(),
        kind=_word(SpaceKind, args.get("kind")),
        state=_word(SpaceState, args.get("state")),
        theme=args.get("theme", ""),
        territory=args.get("territory", ""),
        active=asked_day,
        sort=args.get("sort", "name"),
        descending=args.get("direction") == "desc",
    )
    if args.get("format") in {"csv", "xlsx"}:
        return _export(args["format"], session, list(session.scalars(wanted).unique()))
    page = paging.paginate(session, wanted, args.get("page", 1, type=int), EACH)
    shown = [space.id for space in page.rows]
    themes = session.execute(select(Theme.code, Theme.label).order_by(Theme.position, Theme.label))
    options = {
        "kind": [(kind.value, KINDS[kind]) for kind in SpaceKind],
        "theme": [(code, label) for code, label in themes],
        "territory": [(row.code, row.name) for row in session.scalars(queries.territories())],
        "state": [(state.value, STATES[state]) for state in SpaceState],
    }
    return render_template(
        "spaces/index.html",
        page=page,
        members=dict(session.execute(queries.member_counts(shown, today)).all()),
        meetings=dict(session.execute(queries.next_meetings(shown, now)).all()),
        counts=queries.counts_on(session, asked_day or today),
        asked_day=asked_day,
        today=today,
        options=options,
        kinds=KINDS,
        states=STATES,
    )


def _word(kind: Any, value: str | None) -> Any:
    return kind(value) if value in set(kind) else None


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def _export(kind: str, session: Session, rows: list[Space]) -> Any:
    now = clock.now()
    numbers = [space.id for space in rows]
    members = dict(session.execute(queries.member_counts(numbers, clock.today(now))).all())
    meetings = dict(session.execute(queries.next_meetings(numbers, now)).all())
    header = [
        _("Nom"), _("Sorte"), _("État"), _("Thèmes et droits"), _("Territoire"), _("Depuis"), _("Jusqu’à"),
        _("Organisations"), _("Prochaine réunion"), _("Résultat prévu"), _("Prévu pour le"),
    ]  # fmt: skip
    lines = [
        [
            space.name,
            KINDS[space.kind],
            STATES[space.state],
            ", ".join(theme.label for theme in space.themes),
            space.territory.name if space.territory else "",
            space.starts_on,
            space.ends_on,
            members.get(space.id, 0),
            clock.today(meetings[space.id]) if space.id in meetings else None,
            space.output,
            space.output_due_on,
        ]
        for space in rows
    ]
    return exports.answer(kind, "espaces", header, lines)


# --- Making and changing ----------------------------------------------------------------------


@blueprint.get("/espaces/nouveau")
@permit(rules.create)
def new() -> Any:
    """Ask what kind of space it is, then show the form of that kind."""
    kind = _word(SpaceKind, request.args.get("kind"))
    if kind is None:
        return render_template("spaces/kinds.html", kinds=KINDS, told=SPACE_KINDS_TOLD)
    form = SpaceForm(formdata=None, data={"kind": kind, "is_announced": kind not in QUIET})
    return _form_page(form, None)


QUIET = (SpaceKind.STEERING, SpaceKind.EXTERNAL)
"""What isn't announced unless somebody says so."""


@blueprint.post("/espaces/nouveau")
@permit(rules.create)
def create() -> Any:
    """Make a space."""
    form = SpaceForm()
    form.offer(db.session())
    if not form.validate_on_submit():
        return _form_page(form, None), 422
    try:
        space = operations.create(db.session(), _facts(form), actor=current_user(), now=clock.now())
    except DomainError as problem:
        return _refused(form, problem, None)
    flash(_("L’espace « %(name)s » est créé. Ajoutez ses membres.", name=space.name), "success")
    return redirect(url_for("spaces.show", slug=space.slug), 303)


@blueprint.get("/espaces/<slug>/modifier")
@permit(rules.edit, Space, key="slug")
def edit(space: Space) -> Any:
    """Show the form with what is known, for another kind if that is asked."""
    form = SpaceForm(formdata=None, obj=space)
    form.themes.data = [theme.id for theme in space.themes]
    form.kind.data = _word(SpaceKind, request.args.get("kind")) or space.kind
    return _form_page(form, space)


@blueprint.post("/espaces/<slug>/modifier")
@permit(rules.edit, Space, key="slug")
def change(space: Space) -> Any:
    """Change a space."""
    form = SpaceForm()
    form.offer(db.session(), space)
    if not form.validate_on_submit():
        return _form_page(form, space), 422
    try:
        operations.change(db.session(), space, _facts(form), actor=current_user(), now=clock.now())
    except DomainError as problem:
        return _refused(form, problem, space)
    flash(_("C’est enregistré."), "success")
    return redirect(url_for("spaces.show", slug=space.slug), 303)


def _form_page(form: SpaceForm, space: Space | None) -> str:
    form.offer(db.session(), space)
    if form.kind.data not in KINDS:
        return render_template("spaces/kinds.html", kinds=KINDS, told=SPACE_KINDS_TOLD)
    return render_template(
        "spaces/form.html", form=form, space=space, kinds=KINDS, told=SPACE_KINDS_TOLD, STATES=SpaceState
    )


def _facts(form: SpaceForm) -> operations.SpaceFacts:
    themes = db.session.scalars(select(Theme).where(Theme.id.in_(form.themes.data or []))).all()
    return operations.SpaceFacts(
        name=(form.name.data or "").strip(),
        kind=form.kind.data,
        state=form.state.data,
        state_reason=(form.state_reason.data or "").strip(),
        purpose=form.purpose.data or "",
        level_id=form.level_id.data,
        territory_id=form.territory_id.data,
        starts_on=form.starts_on.data,
        ends_on=form.ends_on.data,
        themes=list(themes),
        convener_id=form.convener_id.data,
        output=(form.output.data or "").strip(),
        output_due_on=form.output_due_on.data,
        outcome=(form.outcome.data or "").strip(),
        place_name=(form.place_name.data or "").strip(),
        place_address=(form.place_address.data or "").strip(),
        online_url=(form.online_url.data or "").strip(),
        is_announced=bool(form.is_announced.data),
    )


def _refused(form: SpaceForm, problem: DomainError, space: Space | None) -> Any:
    tell(form, problem)
    return _form_page(form, space), 422


def tell(form: Any, problem: DomainError) -> None:
    """Write what an operation refused beside the field that it is about, else above the form."""
    message = _(problem.msgid, **problem.params)
    if problem.field in form:
        form[problem.field].errors = [*form[problem.field].errors, message]
    else:
        form.form_errors.append(message)


# --- Closing and opening again -----------------------------------------------------------------


@blueprint.get("/espaces/<slug>/fermer")
@permit(rules.create, Space, key="slug")
def close_page(space: Space) -> Any:
    """Say what closing does, before it does."""
    form = CloseForm(formdata=None, data={"last_day": clock.today(clock.now())})
    return _close_page(space, form)


def _close_page(space: Space, form: CloseForm) -> str:
    session = db.session()
    return render_template(
        "spaces/close.html",
        space=space,
        form=form,
        table=table.table(session, space, clock.today(clock.now())),
        followers=session.scalar(followers.number(space)),
    )


@blueprint.post("/espaces/<slug>/fermer")
@permit(rules.create, Space, key="slug")
def close(space: Space) -> Any:
    """Close the space."""
    form = CloseForm()
    if not form.validate_on_submit():
        return _close_page(space, form), 422
    try:
        lifecycle.close(
            db.session(), space, last_day=form.last_day.data or clock.today(clock.now()),
            reason=form.reason.data or "", actor=current_user(), now=clock.now(),
        )  # fmt: skip
    except DomainError as problem:
        tell(form, problem)
        return _close_page(space, form), 422
    flash(_("L’espace est fermé. Tout ce qu’il a fait reste là."), "success")
    return redirect(url_for("spaces.show", slug=space.slug), 303)


@blueprint.post("/espaces/<slug>/rouvrir")
@permit(rules.create, Space, key="slug")
def reopen(space: Space) -> Any:
    """Open a closed space again."""
    try:
        lifecycle.reopen(db.session(), space, actor=current_user(), now=clock.now())
    except DomainError as problem:
        flash(_(problem.msgid, **problem.params), "error")
    else:
        flash(_("L’espace est rouvert. Donnez à nouveau leur siège aux organisations."), "success")
    return redirect(url_for("spaces.show", slug=space.slug), 303)


# --- Who facilitates ---------------------------------------------------------------------------


@blueprint.get("/espaces/<slug>/facilitation")
@permit(rules.create, Space, key="slug")
def facilitation(space: Space) -> Any:
    """Show who facilitates the space."""
    return _facilitation_page(space, FacilitatorForm(formdata=None))


def _facilitation_page(space: Space, form: FacilitatorForm) -> str:
    session = db.session()
    form.offer(session)
    rows = session.scalars(queries.facilitations(space)).all()
    return render_template("spaces/facilitation.html", space=space, form=form, facilitations=rows)


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
            tell(form, problem)
        else:
            flash(_("%(name)s peut maintenant modifier cet espace.", name=person.name), "success")
            return redirect(url_for("spaces.facilitation", slug=space.slug), 303)
    return _facilitation_page(space, form), 422


@blueprint.post("/espaces/<slug>/facilitation/<int:number>/fin")
@permit(rules.create, Space, key="slug")
def end_facilitation(space: Space, number: int) -> Any:
    """End a facilitation at once."""
    row = db.session.get(Facilitation, number)
    if row is None or row.space_id != space.id:
        abort(404)
    operations.end_facilitation(db.session(), row, actor=current_user(), now=clock.now())
    flash(_("%(name)s ne peut plus modifier cet espace.", name=row.user.name), "success")
    return redirect(url_for("spaces.facilitation", slug=space.slug), 303)


def card_links(organisation: Organisation, *, session: Session, user: Any) -> list[LinkGroup]:
    """Tell an actor's card in which spaces the organisation sits now."""
    if not rules.see(user):
        return []
    today = clock.today(clock.now())
    rows = session.scalars(queries.seats_of(organisation.id))
    spaces = {
        row.space.id: row.space
        for row in rows
        if row.ends_on is None or (row.ends_on >= today and (row.starts_on is None or row.starts_on <= today))
    }
    links = [(space.name, url_for("spaces.show", slug=space.slug)) for space in spaces.values()]
    return [LinkGroup(_("Espaces"), links)]
