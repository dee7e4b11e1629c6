"""Waiting lists: the coordination's page, and what people do with theirs on the personal page."""

from datetime import datetime
from typing import Any

from flask import abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.orm import joinedload, selectinload
from werkzeug.wrappers import Response

from hub.core import clock
from hub.core.access import current_user, permit, permit_token
from hub.core.db import db
from hub.core.errors import DomainError
from hub.core.web import row_number
from hub.events import rules
from hub.events.forms.waitlist import CapacityForm
from hub.events.models.days import Event, EventState, Mode
from hub.events.models.registrations import Registration, RegistrationState, WaitState, WorkshopWait
from hub.events.models.workshops import Workshop
from hub.events.operations import recounting, seating, waitlist
from hub.events.operations.letters import PURPOSE
from hub.events.queries import waitlist as queries
from hub.events.views.blueprint import blueprint
from hub.events.views.personal import piece

STANDING = (WaitState.WAITING, WaitState.OFFERED)


def said(problem: DomainError) -> str:
    """Return a refusal in the reader's language."""
    return str(_(problem.msgid, **problem.params))


# --- The coordination's page ---------------------------------------------------------------------------


@blueprint.get("/journees/<slug>/liste-attente")
@permit(rules.manage, Event, key="slug")
def waiting_list(event: Event) -> str:
    """Show seats, queues in their order and live offers."""
    return _page(event)


def _page(event: Event, form: CapacityForm | None = None, **more: Any) -> str:
    session, now = db.session(), clock.now()
    rows = session.scalars(
        queries.of_day(event).options(
            joinedload(Registration.organisation),
            selectinload(Registration.waits).joinedload(WorkshopWait.workshop),
        )
    ).all()
    waits = session.scalars(
        queries.of_workshops(event).options(
            joinedload(WorkshopWait.registration).joinedload(Registration.organisation),
            joinedload(WorkshopWait.gives_up),
        )
    ).all()
    queues = [(mode, _queue(rows, mode)) for mode in event.modes]
    seats = [wait for wait in waits if wait.registration.state != RegistrationState.WAITING]
    rooms = [
        (workshop, [wait for wait in seats if wait.workshop_id == workshop.id])
        for workshop in event.workshops
    ]
    return render_template(
        "events/waiting_list.html",
        event=event,
        form=form or CapacityForm.of(event),
        queues=queues,
        rooms=rooms,
        offers=_offers(rows),
        reserved=dict(session.execute(queries.reserved_places(event)).all()),
        discrepancies=session.scalars(queries.discrepancies(event.id)).all(),
        is_open=waitlist.is_open(event, now),
        modes=event.modes,
        **{"losses": [], "asks": None, "problem": "", **more},
    )


def _queue(rows: Any, mode: Mode) -> list[Registration]:
    """Return who stands in a queue of the day, in order; offers first, as they came out of it."""
    return [
        row
        for row in rows
        if (row.mode == mode and row.state != RegistrationState.CONFIRMED)
        or (row.state == RegistrationState.CONFIRMED and row.wanted_mode == mode)
    ]


def _offers(rows: Any) -> dict[Mode, int]:
    offered = [row.mode for row in rows if row.state == RegistrationState.OFFERED]
    return {mode: offered.count(mode) for mode in Mode}


def _back(event: Event) -> Response:
    return redirect(url_for("events.waiting_list", slug=event.slug), 303)


@blueprint.post("/journees/<slug>/liste-attente/suspendre")
@permit(rules.manage, Event, key="slug")
def suspend_promotions(event: Event) -> Response:
    """Let seats that get free stay free."""
    waitlist.suspend(db.session(), event, actor=current_user(), now=clock.now())
    flash(_("Les places qui se libèrent restent libres, jusqu’à ce que vous repreniez."), "success")
    return _back(event)


@blueprint.post("/journees/<slug>/liste-attente/reprendre")
@permit(rules.manage, Event, key="slug")
def resume_promotions(event: Event) -> Response:
    """Give free seats to who waits again."""
    waitlist.resume(db.session(), event, actor=current_user(), now=clock.now())
    flash(_("Les places libres vont de nouveau aux personnes qui attendent, dans l’ordre."), "success")
    return _back(event)


@blueprint.post("/journees/<slug>/liste-attente/<int:number>/placer")
@permit(rules.manage, Event, key="slug")
def place_by_hand(event: Event, *, number: int) -> Response | tuple[str, int]:
    """Give somebody a seat of the day; passing others asks for a reason first."""
    row = db.session.get(Registration, number)
    if row is None or row.event_id != event.id:
        abort(404)
    reason = request.form.get("reason", "")[:300]
    try:
        seating.place_by_hand(db.session(), row, reason, actor=current_user(), now=clock.now())
    except DomainError as problem:
        target = url_for("events.place_by_hand", slug=event.slug, number=number)
        return _refused(event, problem, row.name, target, reason), 422
    flash(_("C’est fait : %(name)s l’apprend par mail.", name=row.name), "success")
    return _back(event)


@blueprint.post("/journees/<slug>/liste-attente/atelier/<int:number>/placer")
@permit(rules.manage, Event, key="slug")
def seat_by_hand(event: Event, *, number: int) -> Response | tuple[str, int]:
    """Give somebody a seat in a workshop; passing others asks for a reason first."""
    wait = db.session.get(WorkshopWait, number)
    if wait is None or wait.registration.event_id != event.id:
        abort(404)
    name, reason = wait.registration.name, request.form.get("reason", "")[:300]
    try:
        seating.seat_by_hand(db.session(), wait, reason, actor=current_user(), now=clock.now())
    except DomainError as problem:
        target = url_for("events.seat_by_hand", slug=event.slug, number=number)
        return _refused(event, problem, name, target, reason), 422
    flash(_("C’est fait : %(name)s l’apprend par mail.", name=name), "success")
    return _back(event)


def _refused(event: Event, problem: DomainError, name: str, target: str, reason: str) -> str:
    db.session.rollback()
    if problem.field == "reason":
        asks = {"name": name, "target": target, "reason": reason, "error": said(problem)}
        return _page(event, asks=asks)
    return _page(event, problem=said(problem))


@blueprint.post("/journees/<slug>/liste-attente/places")
@permit(rules.manage, Event, key="slug")
def change_capacities(event: Event) -> Response | tuple[str, int]:
    """Change how many seats there are; seats that are taken go only by a choice that names whose."""
    form = CapacityForm.sent(event, request.form)
    wanted = form.read(event)
    if wanted is None:
        return _page(event, form), 422
    try:
        seating.change_capacities(
            db.session(), event, wanted, put_back=request.form.get("put_back") == "1",
            actor=current_user(), now=clock.now(),
        )  # fmt: skip
    except seating.SeatsTakenError as problem:
        return _page(event, form, losses=problem.losses), 422
    except DomainError as problem:
        return _page(event, form, problem=said(problem)), 422
    flash(_("Le nombre de places est enregistré."), "success")
    return _back(event)


@blueprint.post("/journees/<slug>/liste-attente/recompter")
@permit(rules.manage, Event, key="slug")
def recount_seats(event: Event) -> Response:
    """Count the seats anew, as they are held."""
    try:
        recounting.mend(db.session(), event, actor=current_user(), now=clock.now())
        flash(_("Les places sont recomptées."), "success")
    except DomainError:
        db.session.rollback()
        flash(_("Il y a plus de places prises que de places : augmentez-en d’abord le nombre."), "error")
    return redirect(url_for("events.waiting_list", slug=request.view_args["slug"]), 303)  # type: ignore[index]


# --- The personal page ---------------------------------------------------------------------------------


@piece
def waiting(row: Registration, now: datetime) -> dict[str, Any]:
    """Tell the personal page what its person waits for, is offered, and may wait for."""
    session, event = db.session(), row.event
    moves = waitlist.is_open(event, now)
    waits = session.scalars(
        select(WorkshopWait)
        .where(WorkshopWait.registration_id == row.id, WorkshopWait.state.in_(STANDING))
        .options(joinedload(WorkshopWait.workshop), joinedload(WorkshopWait.gives_up))
        .order_by(WorkshopWait.id)
    ).all()
    in_line = row.state == RegistrationState.WAITING or (row.is_confirmed and row.wanted_mode is not None)
    return {
        "list_moves": moves and event.promotion_suspended_at is None,
        "list_is_open": moves and event.has_waitlist,
        "is_suspended": moves and event.promotion_suspended_at is not None,
        "waits": waits,
        "place_in_line": (session.scalar(queries.before(row)) or 0) + 1 if in_line else None,
        "other_mode": _other_mode(row),
        "may_wait_for": _may_wait_for(row, {wait.workshop_id for wait in waits}) if moves else [],
        "keeps": sorted((choice.workshop for choice in row.choices), key=lambda each: each.id),
    }


def _other_mode(row: Registration) -> Mode | None:
    """Return the other way of taking part, for somebody with a seat of a hybrid day."""
    others = [mode for mode in row.event.modes if mode != row.mode]
    return others[0] if others and row.is_confirmed and row.wanted_mode is None else None


def _may_wait_for(row: Registration, waited: set[int]) -> list[Workshop]:
    """Return the full workshops that somebody with a seat may queue for."""
    if not row.is_confirmed or row.event.state != EventState.PUBLISHED or not row.event.has_waitlist:
        return []
    held = {choice.workshop_id for choice in row.choices}
    most = {block.id: block.choices_max for block in row.event.blocks}
    return [
        workshop
        for workshop in waitlist.waitable(row.event).values()
        if workshop.left < 1 and workshop.id not in held | waited and most[workshop.block_id] > 0
    ]


def _own_wait(row: Registration, number: int) -> WorkshopWait:
    wait = db.session.get(WorkshopWait, number)
    if wait is None or wait.registration_id != row.id:
        abort(404)
    return wait


def _home(token: str) -> Response:
    return redirect(url_for("events.registration", token=token), 303)


@blueprint.post("/inscription/<token>/accepter")
@permit_token(PURPOSE, Registration)
def accept_offer(row: Registration, *, token: str) -> Response:
    """Accept the seat of the day that is offered."""
    try:
        if waitlist.accept(db.session(), row, now=clock.now()):
            flash(_("La place est à vous. Un mail vous le confirme."), "success")
    except DomainError as problem:
        db.session.rollback()
        flash(said(problem), "error")
    return _home(token)


@blueprint.post("/inscription/<token>/attente/<int:number>/accepter")
@permit_token(PURPOSE, Registration)
def accept_seat(row: Registration, *, token: str, number: int) -> Response:
    """Accept the seat of a workshop that is offered."""
    try:
        if waitlist.accept_seat(db.session(), _own_wait(row, number), now=clock.now()):
            flash(_("La place dans cet atelier est à vous."), "success")
    except DomainError as problem:
        db.session.rollback()
        flash(said(problem), "error")
    return _home(token)


@blueprint.post("/inscription/<token>/attente/<int:number>/laisser")
@permit_token(PURPOSE, Registration)
def stop_waiting(row: Registration, *, token: str, number: int) -> Response:
    """Stop waiting for a workshop, or leave the seat that is offered there."""
    if waitlist.stop_waiting(db.session(), _own_wait(row, number), now=clock.now()):
        flash(_("Vous n’attendez plus cet atelier. Le reste de votre inscription ne change pas."), "success")
    return _home(token)


@blueprint.post("/inscription/<token>/attendre")
@permit_token(PURPOSE, Registration)
def wait_for_workshop(row: Registration, *, token: str) -> Response:
    """Queue for a workshop, and say which seat is given back for it."""
    chosen = {workshop.id: workshop for workshop in row.event.workshops}
    workshop = chosen.get(request.form.get("workshop", 0, type=row_number))
    gives_up = chosen.get(request.form.get("gives_up", 0, type=row_number))
    if workshop is None:
        flash(_("Choisissez l’atelier que vous attendez."), "error")
        return _home(token)
    try:
        wait = waitlist.wait_for(db.session(), row, workshop, gives_up=gives_up, now=clock.now())
        got = wait.state == WaitState.OBTAINED
        flash(
            _("La place est à vous.") if got else _("Vous êtes sur la liste d’attente de cet atelier."),
            "success",
        )
    except DomainError as problem:
        db.session.rollback()
        flash(said(problem), "error")
    return _home(token)


@blueprint.post("/inscription/<token>/mode")
@permit_token(PURPOSE, Registration)
def want_mode(row: Registration, *, token: str) -> Response:
    """Ask to take part the other way as soon as possible, or no longer."""
    wanted = request.form.get("mode", "")
    mode = Mode(wanted) if wanted in {Mode.ONSITE.value, Mode.ONLINE.value} else None
    try:
        waitlist.want_mode(db.session(), row, mode, now=clock.now())
        flash(_("C’est noté."), "success")
    except DomainError as problem:
        db.session.rollback()
        flash(said(problem), "error")
    return _home(token)
