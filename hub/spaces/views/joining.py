"""Joining a space: an organisation asks for a seat, or is invited to one and answers by link or account."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from flask import abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _

from hub.accounts.models import User
from hub.actors.models.mandates import Mandate, Person
from hub.actors.models.organisations import Organisation
from hub.core import clock
from hub.core.access import current_user, permit, permit_token
from hub.core.db import db
from hub.core.errors import DomainError
from hub.core.web import limiter, row_number
from hub.spaces import rules
from hub.spaces.forms.joining import (
    AcceptForm,
    DeclineForm,
    InviteForm,
    NoThanksForm,
    RequestForm,
    TakeSeatForm,
)
from hub.spaces.models.joining import Joining, JoinKind, JoinState
from hub.spaces.models.spaces import Space, SpaceState
from hub.spaces.operations import convening, joining
from hub.spaces.queries import meetings, mine
from hub.spaces.queries import table as tables
from hub.spaces.views.blueprint import blueprint
from hub.spaces.views.spaces import tell
from hub.spaces.words import JOIN_KINDS, JOIN_STATES, ROLES

SHOWN = 50


# --- Asking for a seat -------------------------------------------------------------------------


@blueprint.get("/espaces/<slug>/demander-un-siege")
@permit(rules.see, Space, key="slug")
def request_page(space: Space) -> Any:
    """Show the form to whoever speaks for an organisation, and to others what they need."""
    person, organisations = _mine()
    return _request_page(space, person, organisations, RequestForm(formdata=None))


def _mine() -> tuple[Person | None, Sequence[Organisation]]:
    session = db.session()
    person = session.scalar(mine.person_of(current_user().id))
    if person is None:
        return None, []
    return person, session.scalars(mine.general_mandates(person.id, clock.today(clock.now()))).all()


def _request_page(
    space: Space, person: Person | None, organisations: Sequence[Organisation], form: RequestForm
) -> str:
    form.offer([space], organisations)
    asked = db.session.scalars(tables.asked_by(person.id)).all() if person else []
    return render_template(
        "spaces/request.html",
        space=space,
        form=form,
        organisations=organisations,
        asked=[row for row in asked if row.space_id == space.id],
        states=JOIN_STATES,
    )


@blueprint.post("/espaces/<slug>/demander-un-siege")
@permit(rules.see, Space, key="slug")
@limiter.limit("30 per hour")
def request_now(space: Space) -> Any:
    """Ask for a seat in the name of an organisation."""
    person, organisations = _mine()
    form = RequestForm()
    form.offer([space], organisations)
    if person is None or not form.validate_on_submit():
        return _request_page(space, person, organisations, form), 422
    organisation = next(row for row in organisations if row.id == form.organisation.data)
    try:
        joining.request(db.session(), space, organisation, person, form.words.data or "", now=clock.now())
    except DomainError as problem:
        tell(form, problem)
        return _request_page(space, person, organisations, form), 422
    flash(_("Votre demande est partie. La réponse vous arrivera par mail."), "success")
    return redirect(url_for("spaces.request_page", slug=space.slug), 303)


@blueprint.post("/espaces/<slug>/demander-un-siege/<int:number>/retirer")
@permit(rules.see, Space, key="slug")
def withdraw_request(space: Space, number: int) -> Any:
    """Take one's own request back."""
    person, _organisations = _mine()
    row = _of(space, number)
    if person is None or row.person_id != person.id or row.kind is not JoinKind.REQUEST:
        abort(404)
    _do(joining.withdraw, row, _("Votre demande est retirée."), actor=current_user())
    return redirect(url_for("spaces.request_page", slug=space.slug), 303)


def _of(space: Space, number: int) -> Joining:
    row = db.session.get(Joining, number)
    if row is None or row.space_id != space.id:
        abort(404)
    return row


def _do(operation: Any, row: Joining, words: str, **more: Any) -> None:
    """Do what a button asks; somebody may have answered meanwhile."""
    try:
        operation(db.session(), row, now=clock.now(), **more)
    except DomainError as problem:
        flash(_(problem.msgid, **problem.params), "error")
    else:
        flash(words, "success")


# --- Answering requests ------------------------------------------------------------------------


@blueprint.get("/espaces/<slug>/demandes")
@permit(rules.edit, Space, key="slug")
def requests(space: Space) -> Any:
    """Show requests and invitations: those that wait, and what became of the others."""
    return _requests_page(space)


def _requests_page(space: Space, faults: dict[int, str] | None = None) -> str:
    rows = db.session.scalars(tables.joinings(space).limit(SHOWN)).all()
    accept = AcceptForm(formdata=None)
    accept.offer()
    return render_template(
        "spaces/requests.html",
        space=space,
        rows=rows,
        faults=faults or {},
        accept_form=accept,
        kinds=JOIN_KINDS,
        states=JOIN_STATES,
        roles=ROLES,
        waiting=[row for row in rows if row.state is JoinState.OPEN],
        past=[row for row in rows if row.state is not JoinState.OPEN],
    )


@blueprint.post("/espaces/<slug>/demandes/<int:number>/accepter")
@permit(rules.edit, Space, key="slug")
def accept_request(space: Space, number: int) -> Any:
    """Give the seat that was asked for."""
    row, form = _of(space, number), AcceptForm()
    form.offer()
    if not form.validate_on_submit():
        abort(422, " ".join(str(word) for word in form.role.errors))
    _do(
        joining.accept,
        row,
        _("« %(name)s » siège dans cet espace. Un mail le lui dit.", name=row.organisation.name),
        role=form.role.data,
        actor=current_user(),
    )
    return redirect(url_for("spaces.requests", slug=space.slug), 303)


@blueprint.post("/espaces/<slug>/demandes/<int:number>/decliner")
@permit(rules.edit, Space, key="slug")
def decline_request(space: Space, number: int) -> Any:
    """Refuse a seat, saying why."""
    row, form = _of(space, number), DeclineForm()
    if not form.validate_on_submit():
        return _requests_page(space, {row.id: " ".join(str(word) for word in form.reason.errors)}), 422
    words = _("La demande est déclinée. Un mail dit pourquoi.")
    _do(joining.decline_request, row, words, reason=form.reason.data, actor=current_user())
    return redirect(url_for("spaces.requests", slug=space.slug), 303)


# --- Inviting ----------------------------------------------------------------------------------


@blueprint.get("/espaces/<slug>/inviter")
@permit(rules.edit, Space, key="slug")
def invite_page(space: Space) -> Any:
    """Show the form that invites an organisation; the address may name it (`organisation`)."""
    form = InviteForm(formdata=None, data={"organisation": request.args.get("organisation", type=row_number)})
    return _invite_page(space, form)


def _invite_page(space: Space, form: InviteForm) -> str:
    form.offer(db.session())
    chosen = db.session.get(Organisation, form.organisation.data) if form.organisation.data else None
    return render_template("spaces/invite.html", space=space, form=form, chosen=chosen)


@blueprint.post("/espaces/<slug>/inviter")
@permit(rules.edit, Space, key="slug")
def invite(space: Space) -> Any:
    """Invite an organisation, at its own address unless another is told."""
    form = InviteForm()
    form.offer(db.session())
    if not form.validate_on_submit():
        return _invite_page(space, form), 422
    organisation = db.session.get_one(Organisation, form.organisation.data)
    email = (form.email.data or "").strip() or organisation.email
    if not email:
        form.email.errors = [_("La fiche de cette organisation n’a pas d’adresse : écrivez-en une.")]
        return _invite_page(space, form), 422
    try:
        joining.invite(
            db.session(), space, organisation, form.role.data, form.words.data or "", email=email,
            actor=current_user(), now=clock.now(),
        )  # fmt: skip
    except DomainError as problem:
        tell(form, problem)
        return _invite_page(space, form), 422
    flash(_("L’invitation est partie. La réponse vous arrivera par mail."), "success")
    return redirect(url_for("spaces.requests", slug=space.slug), 303)


@blueprint.post("/espaces/<slug>/demandes/<int:number>/retirer")
@permit(rules.edit, Space, key="slug")
def withdraw_invitation(space: Space, number: int) -> Any:
    """Take an invitation back."""
    row = _of(space, number)
    if row.kind is not JoinKind.INVITATION:
        abort(404)
    _do(joining.withdraw, row, _("L’invitation est retirée."), actor=current_user())
    return redirect(url_for("spaces.requests", slug=space.slug), 303)


@blueprint.post("/espaces/<slug>/demandes/<int:number>/renvoyer")
@permit(rules.edit, Space, key="slug")
def send_invitation_again(space: Space, number: int) -> Any:
    """Write the invitation again, at most once an hour."""
    _do(joining.send, _of(space, number), _("L’invitation repart, une fois par heure au plus."))
    return redirect(url_for("spaces.requests", slug=space.slug), 303)


# --- Answering an invitation: by its link, or by the account of who speaks for the organisation ---


@dataclass(frozen=True)
class Door:
    """By which way an invitation is answered, and who answers."""

    row: Joining
    here: str
    accept: str
    decline: str
    actor: User | str = joining.BY_LINK


def _linked(row: Joining, token: str) -> Door:
    here = url_for("spaces.invitation", token=token)
    accept = url_for("spaces.accept_invitation", token=token)
    return Door(row, here, accept, url_for("spaces.decline_invitation", token=token))


def _own(space: Space, number: int) -> Door:
    """Return the invitation of an organisation for which the account speaks in everything; else 404.

    One that is answered stays to be read by whoever speaks for it.
    """
    row, user = _of(space, number), current_user()
    houses = tables.houses_of(user.id, clock.today(clock.now()))
    speaks = db.session.scalar(houses.where(Mandate.organisation_id == row.organisation_id).limit(1))
    if row.kind is not JoinKind.INVITATION or speaks is None:
        abort(404)
    at: dict[str, Any] = {"slug": space.slug, "number": number}
    here = url_for("spaces.own_invitation", **at)
    accept = url_for("spaces.accept_own_invitation", **at)
    return Door(row, here, accept, url_for("spaces.decline_own_invitation", **at), user)


@blueprint.get("/invitation-espace/<token>")
@permit_token(joining.PURPOSE, Joining)
def invitation(row: Joining, *, token: str) -> str:
    """Show who invites to what, and how to answer."""
    return _invitation_page(_linked(row, token), TakeSeatForm(formdata=None), NoThanksForm(formdata=None))


@blueprint.get("/espaces/<slug>/invitations/<int:number>")
@permit(rules.see, Space, key="slug")
def own_invitation(space: Space, number: int) -> str:
    """Show an account the invitation of its organisation; it is offered to sit itself."""
    door = _own(space, number)
    person = db.session.scalars(mine.person_of(current_user().id)).one()
    me = {"name": person.name, "email": convening.email_of(person)}
    return _invitation_page(door, TakeSeatForm(formdata=None, data=me), NoThanksForm(formdata=None))


def _invitation_page(door: Door, form: TakeSeatForm, no: NoThanksForm) -> str:
    row = door.row
    meeting = db.session.scalar(meetings.next_of(row.space_id, clock.now()).limit(1))
    return render_template(
        "spaces/invitation.html",
        row=row,
        door=door,
        form=form,
        no=no,
        roles=ROLES,
        meeting=meeting,
        is_open=row.state is JoinState.OPEN and row.space.state is not SpaceState.CLOSED,
    )


@blueprint.post("/invitation-espace/<token>/accepter")
@permit_token(joining.PURPOSE, Joining)
def accept_invitation(row: Joining, *, token: str) -> Any:
    """Take the seat."""
    return _accept(_linked(row, token))


@blueprint.post("/espaces/<slug>/invitations/<int:number>/accepter")
@permit(rules.see, Space, key="slug")
def accept_own_invitation(space: Space, number: int) -> Any:
    """Take the seat, by account."""
    return _accept(_own(space, number))


def _accept(door: Door) -> Any:
    form = TakeSeatForm()
    if not form.validate_on_submit():
        return _invitation_page(door, form, NoThanksForm(formdata=None)), 422
    try:
        joining.accept_invitation(db.session(), door.row, form.sitter(), actor=door.actor, now=clock.now())
    except DomainError as problem:
        tell(form, problem)
        return _invitation_page(door, form, NoThanksForm(formdata=None)), 422
    return redirect(door.here, 303)


@blueprint.post("/invitation-espace/<token>/decliner")
@permit_token(joining.PURPOSE, Joining)
def decline_invitation(row: Joining, *, token: str) -> Any:
    """Say no."""
    return _decline(_linked(row, token))


@blueprint.post("/espaces/<slug>/invitations/<int:number>/decliner")
@permit(rules.see, Space, key="slug")
def decline_own_invitation(space: Space, number: int) -> Any:
    """Say no, by account."""
    return _decline(_own(space, number))


def _decline(door: Door) -> Any:
    form = NoThanksForm()
    if not form.validate_on_submit():
        return _invitation_page(door, TakeSeatForm(formdata=None), form), 422
    try:
        joining.decline_invitation(
            db.session(), door.row, form.reason.data or "", actor=door.actor, now=clock.now()
        )
    except DomainError as problem:
        tell(form, problem)
        return _invitation_page(door, TakeSeatForm(formdata=None), form), 422
    return redirect(door.here, 303)
