"""Pages of the points of an agenda: written, put in order, proposed by members, with their documents."""

from typing import Any

from flask import Response, abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from sqlalchemy import select

from hub.actors.models.mandates import Person
from hub.actors.models.organisations import Organisation
from hub.core import clock, files
from hub.core.access import current_user, permit
from hub.core.db import db
from hub.core.errors import DomainError
from hub.core.web import row_number
from hub.spaces import rules
from hub.spaces.forms.meetings import DocumentForm, ItemForm, ProposedItemForm, ReplyForm
from hub.spaces.models.meetings import AgendaItem, ItemDocument, ItemState, Meeting
from hub.spaces.operations import agenda, documents
from hub.spaces.queries import seats
from hub.spaces.views.blueprint import blueprint
from hub.spaces.views.meetings import tell, words

NO_CONTENT, CONFLICT = 204, 409


def point_of(meeting: Meeting, number: int) -> AgendaItem:
    """Return a point of that meeting; 404 for another's."""
    found = db.session.get(AgendaItem, number)
    if found is None or found.meeting_id != meeting.id:
        abort(404)
    return found


def _back(meeting: Meeting, anchor: str = "ordre-du-jour") -> Any:
    return redirect(url_for("spaces.meeting", id=meeting.id, _anchor=anchor), 303)


def _members(meeting: Meeting) -> list[Organisation]:
    day = clock.today(meeting.starts_at)
    return list(db.session.scalars(seats.sitting(meeting.space_id, day)))


# --- Writing the agenda ---------------------------------------------------------------------------


@blueprint.get("/reunions/<int:id>/points/nouveau")
@permit(rules.edit_meeting, Meeting)
def new_point(meeting: Meeting) -> Any:
    """Show the form of a new point."""
    form = ItemForm(formdata=None)
    form.offer(_members(meeting), none=True)
    return _item_page(meeting, None, form)


def _item_page(
    meeting: Meeting, item: AgendaItem | None, form: ItemForm, document_form: DocumentForm | None = None
) -> str:
    return render_template(
        "spaces/meetings/item.html",
        meeting=meeting,
        space=meeting.space,
        item=item,
        form=form,
        document_form=document_form or DocumentForm(formdata=None),
        **words(),
    )


@blueprint.post("/reunions/<int:id>/points/nouveau")
@permit(rules.edit_meeting, Meeting)
def add_point(meeting: Meeting) -> Any:
    """Put a point at the end of the agenda."""
    form = ItemForm()
    form.offer(_members(meeting), none=True)
    if not form.validate_on_submit():
        return _item_page(meeting, None, form), 422
    try:
        agenda.add(db.session(), meeting, form.facts(), actor=current_user(), now=clock.now())
    except DomainError as problem:
        tell(form, problem)
        return _item_page(meeting, None, form), 422
    flash(_("Le point est à l’ordre du jour."), "success")
    return _back(meeting)


@blueprint.get("/reunions/<int:id>/points/<int:number>")
@permit(rules.edit_meeting, Meeting)
def edit_point(meeting: Meeting, number: int) -> Any:
    """Show a point to change, with its documents."""
    item = point_of(meeting, number)
    form = ItemForm(formdata=None, obj=item)
    form.offer(_members(meeting), none=True)
    return _item_page(meeting, item, form)


@blueprint.post("/reunions/<int:id>/points/<int:number>")
@permit(rules.edit_meeting, Meeting)
def change_point(meeting: Meeting, number: int) -> Any:
    """Change a point."""
    item = point_of(meeting, number)
    form = ItemForm()
    form.offer(_members(meeting), none=True)
    if not form.validate_on_submit():
        return _item_page(meeting, item, form), 422
    try:
        agenda.change(db.session(), item, form.facts(), actor=current_user(), now=clock.now())
    except DomainError as problem:
        tell(form, problem)
        return _item_page(meeting, item, form), 422
    flash(_("C’est enregistré."), "success")
    return _back(meeting)


@blueprint.post("/reunions/<int:id>/points/ordre")
@permit(rules.edit_meeting, Meeting)
def order_points(meeting: Meeting) -> Any:
    """Put the points in another order: all at once, or one by a place."""
    session, now, user = db.session(), clock.now(), current_user()
    moved = request.form.get("moved", type=row_number)
    try:
        if moved:
            item = point_of(meeting, moved)
            agenda.move(session, item, up=request.form.get("direction") == "up", actor=user, now=now)
            return _back(meeting)
        agenda.reorder(session, meeting, request.form.getlist("item", type=row_number), actor=user, now=now)
    except DomainError as problem:
        return Response(_(problem.msgid, **problem.params), CONFLICT, mimetype="text/plain")
    return Response(status=NO_CONTENT)


@blueprint.post("/reunions/<int:id>/points/<int:number>/retirer")
@permit(rules.edit_meeting, Meeting)
def take_off_point(meeting: Meeting, number: int) -> Any:
    """Take a point off the agenda; it can be put back."""
    agenda.take_off(db.session(), point_of(meeting, number), actor=current_user(), now=clock.now())
    flash(_("Le point n’est plus à l’ordre du jour. Vous pouvez le remettre plus bas."), "success")
    return _back(meeting)


@blueprint.post("/reunions/<int:id>/points/<int:number>/remettre")
@permit(rules.edit_meeting, Meeting)
def put_back_point(meeting: Meeting, number: int) -> Any:
    """Put a point back on the agenda."""
    agenda.put_back(db.session(), point_of(meeting, number), actor=current_user(), now=clock.now())
    flash(_("Le point est de nouveau à l’ordre du jour."), "success")
    return _back(meeting)


# --- What members propose -------------------------------------------------------------------------


@blueprint.get("/reunions/<int:id>/proposer")
@permit(rules.see_meeting, Meeting)
def propose_point_page(meeting: Meeting) -> Any:
    """Show a member the form of a point to propose."""
    person, organisations = speaker(meeting)
    form = ProposedItemForm(formdata=None)
    form.offer(organisations)
    return _propose_page(meeting, form, speaks=person is not None)


def speaker(meeting: Meeting) -> tuple[Person | None, list[Organisation]]:
    """Return the person of this account, and the organisations for which they speak in the space."""
    session, user = db.session(), current_user()
    person = session.scalar(select(Person).where(Person.user_id == user.id))
    spoken_for = seats.spoken_for(user.id, meeting.space_id, clock.today(clock.now()))
    found = list(session.scalars(spoken_for))
    return (person, found) if person is not None and found else (None, [])


def _propose_page(meeting: Meeting, form: ProposedItemForm, *, speaks: bool) -> str:
    return render_template(
        "spaces/meetings/propose.html", meeting=meeting, space=meeting.space, form=form, speaks=speaks
    )


@blueprint.post("/reunions/<int:id>/proposer")
@permit(rules.see_meeting, Meeting)
def propose_point(meeting: Meeting) -> Any:
    """Let a member propose a point for an organisation."""
    person, organisations = speaker(meeting)
    form = ProposedItemForm()
    form.offer(organisations)
    if person is None:
        abort(403)
    if not form.validate_on_submit():
        return _propose_page(meeting, form, speaks=True), 422
    organisation = next(row for row in organisations if row.id == form.organisation_id.data)
    try:
        agenda.propose(
            db.session(), meeting, form.facts(), person=person, organisation=organisation,
            actor=current_user(), now=clock.now(),
        )  # fmt: skip
    except DomainError as problem:
        tell(form, problem)
        return _propose_page(meeting, form, speaks=True), 422
    flash(_("Votre point est proposé. Vous recevrez un mail avec la réponse."), "success")
    return _back(meeting, "propositions")


@blueprint.post("/reunions/<int:id>/points/<int:number>/retenir")
@permit(rules.edit_meeting, Meeting)
def take_point(meeting: Meeting, number: int) -> Any:
    """Put a proposed point on the agenda; who proposed it is told."""
    item = point_of(meeting, number)
    try:
        agenda.take(db.session(), item, "", actor=current_user(), now=clock.now())
    except DomainError as problem:
        flash(_(problem.msgid, **problem.params), "error")
        return _back(meeting, "propositions")
    flash(_("Le point est à l’ordre du jour. La personne qui l’a proposé est prévenue."), "success")
    return _back(meeting)


@blueprint.get("/reunions/<int:id>/points/<int:number>/decliner")
@permit(rules.edit_meeting, Meeting)
def decline_point_page(meeting: Meeting, number: int) -> Any:
    """Ask for the word that goes with a refusal."""
    return _decline_page(meeting, point_of(meeting, number), ReplyForm(formdata=None))


def _decline_page(meeting: Meeting, item: AgendaItem, form: ReplyForm) -> str:
    return render_template(
        "spaces/meetings/decline.html", meeting=meeting, space=meeting.space, item=item, form=form
    )


@blueprint.post("/reunions/<int:id>/points/<int:number>/decliner")
@permit(rules.edit_meeting, Meeting)
def decline_point(meeting: Meeting, number: int) -> Any:
    """Decline a proposed point, with a word."""
    item, form = point_of(meeting, number), ReplyForm()
    if not form.validate_on_submit():
        return _decline_page(meeting, item, form), 422
    try:
        agenda.decline(db.session(), item, form.reply.data or "", actor=current_user(), now=clock.now())
    except DomainError as problem:
        tell(form, problem)
        return _decline_page(meeting, item, form), 422
    flash(_("La personne qui proposait ce point reçoit votre mot."), "success")
    return _back(meeting, "propositions")


# --- Documents ------------------------------------------------------------------------------------


@blueprint.post("/reunions/<int:id>/points/<int:number>/documents")
@permit(rules.edit_meeting, Meeting)
def add_document(meeting: Meeting, number: int) -> Any:
    """Add a document to a point."""
    item, form = point_of(meeting, number), DocumentForm()
    item_form = ItemForm(formdata=None, obj=item)
    item_form.offer(_members(meeting), none=True)
    if not form.validate_on_submit():
        return _item_page(meeting, item, item_form, form), 422
    handed = documents.Handed(form.file.data.read(), form.file.data.filename or "", form.title.data or "")
    try:
        documents.add(db.session(), files.store(), item, handed, actor=current_user(), now=clock.now())
    except DomainError as problem:
        tell(form, problem)
        return _item_page(meeting, item, item_form, form), 422
    flash(_("Le document est joint au point."), "success")
    return redirect(url_for("spaces.edit_point", id=meeting.id, number=item.id, _anchor="documents"), 303)


def document_of(meeting: Meeting, number: int) -> ItemDocument:
    """Return a document of that meeting; 404 for another's."""
    found = db.session.get(ItemDocument, number)
    if found is None or found.item.meeting_id != meeting.id:
        abort(404)
    return found


def shown_document(meeting: Meeting, number: int) -> Response:
    """Send a document of the agenda, as an attachment; 404 once it is withdrawn or its point isn't on it."""
    found = document_of(meeting, number)
    if found.withdrawn_at is not None or found.item.state is not ItemState.AGREED:
        abort(404)
    return files.answer(found.file)


@blueprint.get("/reunions/<int:id>/documents/<int:number>")
@permit(rules.see_meeting, Meeting)
def document(meeting: Meeting, number: int) -> Response:
    """Send a document to who takes part."""
    return shown_document(meeting, number)


@blueprint.post("/reunions/<int:id>/documents/<int:number>/retirer")
@permit(rules.edit_meeting, Meeting)
def withdraw_document(meeting: Meeting, number: int) -> Any:
    """Withdraw a document."""
    found = document_of(meeting, number)
    documents.withdraw(db.session(), found, actor=current_user(), now=clock.now())
    flash(_("Le document n’est plus montré."), "success")
    return redirect(
        url_for("spaces.edit_point", id=meeting.id, number=found.item_id, _anchor="documents"), 303
    )


@blueprint.post("/reunions/<int:id>/documents/<int:number>/remettre")
@permit(rules.edit_meeting, Meeting)
def bring_back_document(meeting: Meeting, number: int) -> Any:
    """Show a document again."""
    found = document_of(meeting, number)
    documents.bring_back(db.session(), found, actor=current_user(), now=clock.now())
    flash(_("Le document est de nouveau montré."), "success")
    return redirect(
        url_for("spaces.edit_point", id=meeting.id, number=found.item_id, _anchor="documents"), 303
    )
