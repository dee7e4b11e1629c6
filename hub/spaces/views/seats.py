"""Who sits in a space: seats, roles, and who speaks there."""

from typing import Any

from flask import abort, flash, redirect, render_template, url_for
from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.orm import joinedload, selectinload

from hub.actors.models.mandates import Mandate, Person
from hub.actors.models.organisations import Organisation
from hub.core import clock
from hub.core.access import current_user, permit
from hub.core.db import db
from hub.core.errors import DomainError
from hub.spaces import rules
from hub.spaces.forms.seats import EndForm, MemberForm, RepresentationForm, RoleForm, StopForm
from hub.spaces.models.seats import Representation
from hub.spaces.models.spaces import Membership, Space
from hub.spaces.operations import representations
from hub.spaces.operations import spaces as operations
from hub.spaces.queries import table as tables
from hub.spaces.views.blueprint import blueprint
from hub.spaces.views.spaces import tell
from hub.spaces.words import REPRESENTATION_NAMES, ROLES


def seat_of(space: Space, number: int) -> Membership:
    """Return a seat of this space with who speaks there; 404 for another's."""
    seat = db.session.scalar(
        select(Membership)
        .where(Membership.id == number, Membership.space_id == space.id)
        .options(
            joinedload(Membership.organisation),
            selectinload(Membership.representations)
            .joinedload(Representation.mandate)
            .joinedload(Mandate.person),
        )
    )
    if seat is None:
        abort(404)
    return seat


@blueprint.get("/espaces/<slug>/membres")
@permit(rules.edit, Space, key="slug")
def members(space: Space) -> Any:
    """Show the seats of a space, and the form for another."""
    return _members_page(space, MemberForm(formdata=None))


def _members_page(space: Space, form: MemberForm) -> str:
    session, today = db.session(), clock.today(clock.now())
    form.offer(session)
    return render_template(
        "spaces/members.html",
        space=space,
        form=form,
        table=tables.table(session, space, today),
        today=today,
        roles=ROLES,
        representations=REPRESENTATION_NAMES,
    )


@blueprint.post("/espaces/<slug>/membres")
@permit(rules.edit, Space, key="slug")
def add_member(space: Space) -> Any:
    """Give an organisation a seat."""
    form = MemberForm()
    form.offer(db.session())
    if form.validate_on_submit():
        organisation = db.session.get_one(Organisation, form.organisation.data)
        try:
            seat = operations.add_member(
                db.session(), space, organisation, form.role.data, starts_on=form.starts_on.data,
                actor=current_user(), now=clock.now(),
            )  # fmt: skip
        except DomainError as problem:
            tell(form, problem)
        else:
            flash(
                _("« %(name)s » siège dans cet espace. Dites qui la représente.", name=organisation.name),
                "success",
            )
            return redirect(url_for("spaces.seat", slug=space.slug, number=seat.id), 303)
    return _members_page(space, form), 422


@blueprint.get("/espaces/<slug>/membres/<int:number>")
@permit(rules.edit, Space, key="slug")
def seat(space: Space, number: int) -> Any:
    """Show one seat: who speaks there, and what can be changed."""
    return _seat_page(space, seat_of(space, number))


def _seat_page(
    space: Space,
    row: Membership,
    *,
    naming: RepresentationForm | None = None,
    role: RoleForm | None = None,
    end: EndForm | None = None,
) -> str:
    session, today = db.session(), clock.today(clock.now())
    mandates = session.scalars(tables.mandates_to_exercise(row, today)).all()
    naming = naming or RepresentationForm(formdata=None)
    naming.offer(mandates)
    role = role or RoleForm(formdata=None, data={"from_day": today})
    role.offer(row.role)
    return render_template(
        "spaces/seat.html",
        space=space,
        seat=row,
        chair=tables.chair(row, today),
        naming=naming,
        role_form=role,
        end_form=end or EndForm(formdata=None, data={"last_day": today}),
        is_over=row.ends_on is not None and row.ends_on < today,
        today=today,
        roles=ROLES,
        representations=REPRESENTATION_NAMES,
    )


@blueprint.post("/espaces/<slug>/membres/<int:number>/representations")
@permit(rules.edit, Space, key="slug")
def name_representative(space: Space, number: int) -> Any:
    """Let somebody speak for the organisation in its seat, by a mandate that is known or a new one."""
    session, now, row = db.session(), clock.now(), seat_of(space, number)
    form = RepresentationForm()
    form.offer(session.scalars(tables.mandates_to_exercise(row, clock.today(now))).all())
    if not form.validate_on_submit():
        return _seat_page(space, row, naming=form), 422
    try:
        made = _name(form, row)
    except DomainError as problem:
        tell(form, problem)
        return _seat_page(space, row, naming=form), 422
    flash(_("%(name)s parle maintenant pour cette organisation.", name=made.mandate.person.name), "success")
    return redirect(url_for("spaces.seat", slug=space.slug, number=row.id), 303)


def _name(form: RepresentationForm, row: Membership) -> Representation:
    session, now, actor = db.session(), clock.now(), current_user()
    if form.mandate.data is not None:
        mandate = session.get_one(Mandate, form.mandate.data)
        return representations.exercise(session, row, mandate, form.role.data, actor=actor, now=now)
    person: Person = representations.find_person(
        session, form.name.data or "", form.email.data or "", now=now
    )
    facts = form.facts(clock.today(now))
    return representations.name(session, row, person, form.role.data, facts, actor=actor, now=now)


@blueprint.post("/espaces/<slug>/membres/<int:number>/representations/<int:which>/fin")
@permit(rules.edit, Space, key="slug")
def end_representative(space: Space, number: int, which: int) -> Any:
    """Let somebody no longer speak in the seat: at once, or after a day."""
    session, row, form = db.session(), seat_of(space, number), StopForm()
    found = next((one for one in row.representations if one.id == which), None)
    if found is None:
        abort(404)
    if not form.validate_on_submit():
        abort(422, _("Ce jour n’est pas lisible : choisissez-le dans le calendrier."))
    last_day = form.last_day.data
    try:
        representations.end(session, found, last_day=last_day, actor=current_user(), now=clock.now())
    except DomainError as problem:
        abort(422, _(problem.msgid, **problem.params))
    flash(_("C’est noté : la place et ses dates restent dans l’historique."), "success")
    return redirect(url_for("spaces.seat", slug=space.slug, number=row.id), 303)


@blueprint.post("/espaces/<slug>/membres/<int:number>/role")
@permit(rules.edit, Space, key="slug")
def change_role(space: Space, number: int) -> Any:
    """Give the seat another role from a day on."""
    row, form = seat_of(space, number), RoleForm()
    form.offer(row.role)
    if not form.validate_on_submit():
        return _seat_page(space, row, role=form), 422
    try:
        after = operations.change_role(
            db.session(), row, form.new_role.data, from_day=form.from_day.data or clock.today(clock.now()),
            actor=current_user(), now=clock.now(),
        )  # fmt: skip
    except DomainError as problem:
        tell(form, problem)
        return _seat_page(space, row, role=form), 422
    flash(_("Le rôle est changé ; celui d’avant reste dans l’historique."), "success")
    return redirect(url_for("spaces.seat", slug=space.slug, number=after.id), 303)


@blueprint.post("/espaces/<slug>/membres/<int:number>/fin")
@permit(rules.edit, Space, key="slug")
def end_membership(space: Space, number: int) -> Any:
    """End a seat on a day, saying why."""
    row, form = seat_of(space, number), EndForm()
    if not form.validate_on_submit():
        return _seat_page(space, row, end=form), 422
    try:
        operations.end_membership(
            db.session(), row, last_day=form.last_day.data, reason=form.reason.data or "",
            actor=current_user(), now=clock.now(),
        )  # fmt: skip
    except DomainError as problem:
        tell(form, problem)
        return _seat_page(space, row, end=form), 422
    flash(
        _("Le siège de « %(name)s » se termine ; il reste dans l’historique.", name=row.organisation.name),
        "success",
    )
    return redirect(url_for("spaces.members", slug=space.slug), 303)
