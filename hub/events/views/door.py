"""The door of a day: the volunteers' page by link, the same for coordinators, and the making of links."""

from datetime import UTC, datetime
from typing import Any

from flask import abort, flash, g, jsonify, make_response, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_wtf.csrf import generate_csrf
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from hub.core import clock
from hub.core.access import current_user, permit, permit_token
from hub.core.db import db
from hub.core.errors import N_, DomainError
from hub.core.i18n import chosen_language, format_datetime, format_time
from hub.core.web import row_number, site
from hub.events import rules
from hub.events.forms.door import ConfirmForm, WalkInForm, said
from hub.events.models.days import Event, EventSession, EventState
from hub.events.models.outcomes import Source
from hub.events.models.registrations import Registration
from hub.events.operations import delegations, door, presence
from hub.events.queries import presence as queries
from hub.events.queries import sign_up as sign_up_queries
from hub.events.values.presence import ends, is_open, night_until, open_days, seen_at, takes_gestures
from hub.events.views import door_board as boards
from hub.events.views.blueprint import blueprint
from hub.events.views.codes import qr

CAMERA = "camera=(self), microphone=(), geolocation=()"
SHOWN_WITHOUT_SCRIPT = 30
SOURCES = {"scan": Source.SCAN, "search": Source.SEARCH}
LARGEST_MOMENT = 8_640_000_000_000  # milliseconds; what a device says beyond it is no date

# --- The links, for coordinators -----------------------------------------------------------------


@blueprint.get("/journees/<slug>/accueil")
@permit(rules.manage, Event, key="slug")
def door_links(event: Event) -> str:
    """Show how to open the door, and which links hold."""
    return _links_page(event)


@blueprint.post("/journees/<slug>/accueil")
@permit(rules.manage, Event, key="slug")
def make_door_link(event: Event) -> Any:
    """Make a link for volunteers and show it, this once."""
    if not ConfirmForm().validate_on_submit():
        abort(422)
    try:
        raw = door.make_link(db.session(), event, actor=current_user(), now=clock.now())
    except DomainError as problem:
        flash(said(problem), "error")
        return _links_page(event), 422
    return _links_page(event, f"{site().base_url}{url_for('events.door_page', token=raw)}")


def _links_page(event: Event, address: str = "") -> str:
    now = clock.now()
    return render_template(
        "events/door_links.html",
        event=event,
        links=db.session.scalars(queries.door_links(event, now)).all(),
        address=address,
        code=qr(address) if address else "",
        days=open_days(event),
        night_until=night_until(event),
        is_open=is_open(event, now),
        is_past=now >= ends(event),
        may_come=event.state == EventState.PUBLISHED,
    )


@blueprint.post("/journees/<slug>/accueil/retirer")
@permit(rules.manage, Event, key="slug")
def end_door_links(event: Event) -> Response:
    """End one link, or all."""
    number = request.form.get("link", type=row_number)
    count = door.end_links(db.session(), event, number, actor=current_user(), now=clock.now())
    flash(_("Ce lien n’ouvre plus rien.") if count else _("Ce lien était déjà retiré."), "success")
    return redirect(url_for("events.door_links", slug=event.slug), 303)


# --- The page itself, behind its two doors --------------------------------------------------------


@blueprint.get("/accueil/<token>")
@permit_token(door.PURPOSE, Event)
def door_page(event: Event, *, token: str) -> Response:
    """Show the door to volunteers, on the day itself and in the night that it lasts into."""
    return _page(event, token)


@blueprint.get("/accueil/<token>/etat.json")
@permit_token(door.PURPOSE, Event)
def door_state(event: Event, *, token: str) -> Response:
    """Tell the volunteers' page what is new."""
    del token
    return _state(event, by_link=True)


@blueprint.post("/accueil/<token>")
@permit_token(door.PURPOSE, Event)
def door_gesture(event: Event, *, token: str) -> Any:
    """Take a gesture of the volunteers' page, some hours after the day too: devices may have been offline."""
    if not takes_gestures(event, clock.now()):
        abort(410)
    return _gesture(event, token)


@blueprint.get("/journees/<slug>/porte")
@permit(rules.manage, Event, key="slug")
def own_door(event: Event) -> Response:
    """Show the door to coordinators, on whatever day."""
    return _page(event, None)


@blueprint.get("/journees/<slug>/porte/etat.json")
@permit(rules.manage, Event, key="slug")
def own_door_state(event: Event) -> Response:
    """Tell the coordinator's page what is new."""
    return _state(event, by_link=False)


@blueprint.post("/journees/<slug>/porte")
@permit(rules.manage, Event, key="slug")
def own_door_gesture(event: Event) -> Any:
    """Take a gesture of the coordinator's page."""
    return _gesture(event, None)


def _board(event: Event, *, by_link: bool) -> boards.Board:
    now = clock.now()
    opens = event.state == EventState.PUBLISHED and (not by_link or is_open(event, now))
    return boards.of(db.session(), event, now=now, is_open=opens)


def _page(event: Event, token: str | None, form: WalkInForm | None = None, code: int = 200) -> Response:
    session, now = db.session(), clock.now()
    board = _board(event, by_link=token is not None)
    moment = boards.here(board, request.values.get("session", type=row_number), now)
    words = request.args.get("q", "")
    is_open = board.state["open"]
    page = render_template(
        "events/door.html",
        event=event,
        token=token,
        board=board,
        moment=moment,
        form=form or walk_in_form(event, formdata=None),
        names=session.execute(sign_up_queries.names_of_register()).all() if is_open else (),
        words=words,
        found=board.found(words, moment.id, SHOWN_WITHOUT_SCRIPT) if words else [],
        days=open_days(event),
        states={state.value: _(why, name="%s") for state, why in door.NOT_EXPECTED.items()},
        holder=_holder(),
        until=int(ends(event).timestamp() * 1000),
        now_ms=int(now.timestamp() * 1000),
        page_url=_address(event, token),
        state_url=_address(event, token, state=True),
    )
    answer = make_response(page, code)
    answer.headers["Permissions-Policy"] = CAMERA
    return answer


def _address(event: Event, token: str | None, *, state: bool = False, **more: Any) -> str:
    if token is None:
        name = "events.own_door_state" if state else "events.own_door"
        return url_for(name, slug=event.slug, **more)
    return url_for("events.door_state" if state else "events.door_page", token=token, **more)


def _holder() -> str:
    """Return under which name a device keeps what waits: that of the link, or of the account."""
    return f"lien-{g.token.hash[:16]}" if "token" in g else str(current_user().id)


def _state(event: Event, *, by_link: bool) -> Response:
    board = _board(event, by_link=by_link)
    answer = make_response(board.json)
    answer.mimetype = "application/json"
    answer.add_etag()
    answer.make_conditional(request)
    answer.headers["X-CSRF-Token"] = generate_csrf()
    answer.headers["X-Account"] = _holder()
    answer.headers["X-Now"] = str(int(clock.now().timestamp() * 1000))
    return answer


# --- Gestures -------------------------------------------------------------------------------------


def _gesture(event: Event, token: str | None) -> Any:
    session, now = db.session(), clock.now()
    actor = door.BY_LINK if token is not None else current_user()
    kind = request.form.get("gesture", "")
    take = {"arrive": _arrive, "undo": _take_back, "walk_in": _walk_in, "party": _party}.get(kind)
    if take is None:
        abort(400)
    try:
        told = take(session, event, actor, now)
    except DomainError as problem:
        return _refused(event, token, problem)
    if "X-Gesture" in request.headers:
        return jsonify(told)
    flash(told["message"], "success")
    asked = request.form.get("session", type=row_number)
    return redirect(_address(event, token, session=asked, q=request.form.get("q") or None), 303)


def _refused(event: Event, token: str | None, problem: DomainError) -> Any:
    if "X-Gesture" in request.headers:
        return jsonify({"message": said(problem), "field": problem.field}), 422
    flash(said(problem), "error")
    return _page(event, token, walk_in_form(event), 422)


def _moment(session: Session, event: Event, actor: Any, now: datetime) -> EventSession:
    number = request.form.get("session", 0, type=row_number)
    return presence.session_of(session, event, number, actor=actor, now=now)


def _arrival(moment: EventSession, now: datetime) -> door.Arrival:
    return door.Arrival(
        at=seen_at(_told(), moment.starts_at, now),
        source=SOURCES.get(request.form.get("source", ""), Source.SEARCH),
        let_in="let_in" in request.form,
    )


def _told() -> datetime | None:
    """Return the moment that a device tells, by its clock set right; None where it tells none."""
    text = request.form.get("at", "")
    if not (text.isascii() and text.isdecimal()) or int(text[:16]) > LARGEST_MOMENT:
        return None
    return datetime.fromtimestamp(int(text) / 1000, UTC)


def _person(session: Session, event: Event) -> Registration:
    number = request.form.get("registration", type=row_number)
    row = session.get(Registration, number) if number else None
    if row is None or row.event_id != event.id:
        raise DomainError(N_("Cette personne n’est pas inscrite à cette journée."))
    return row


def _arrive(session: Session, event: Event, actor: Any, now: datetime) -> dict[str, Any]:
    row, moment = _person(session, event), _moment(session, event, actor, now)
    door.arrive(session, moment, row, _arrival(moment, now), actor=actor, now=now)
    told = _told_of(session, moment, row, _("%(name)s est là.", name=row.name))
    if not told["there"]:
        told["contrary"] = _("%(name)s : ailleurs, quelqu’un a retiré ensuite cette présence.", name=row.name)
    elif now >= moment.ends_at:
        told["message"] += " " + _("Cette séance est finie depuis %(hour)s.", hour=_hour(moment.ends_at))
    return _as_it_stands(told)


def _take_back(session: Session, event: Event, actor: Any, now: datetime) -> dict[str, Any]:
    row, moment = _person(session, event), _moment(session, event, actor, now)
    door.take_back(session, moment, row, _arrival(moment, now), actor=actor, now=now)
    told = _told_of(session, moment, row, _("%(name)s n’est plus noté·e présent·e.", name=row.name))
    if told["there"]:
        told["contrary"] = _("%(name)s : ailleurs, quelqu’un a noté ensuite cette présence.", name=row.name)
    return _as_it_stands(told)


def _as_it_stands(told: dict[str, Any]) -> dict[str, Any]:
    """Let what another device saw later be what is said."""
    return {**told, "message": told.get("contrary", told["message"])}


def _hour(moment: datetime) -> str:
    """Return the hour of a moment; with its day where that isn't today."""
    language = chosen_language()
    if clock.today(moment) == clock.today(clock.now()):
        return format_time(moment, language)
    return format_datetime(moment, language)


def _walk_in(session: Session, event: Event, actor: Any, now: datetime) -> dict[str, Any]:
    form = walk_in_form(event)
    newcomer = form.newcomer(request.form.get("client_key", ""))
    moment = _moment(session, event, actor, now)
    row = door.walk_in(session, moment, newcomer, form.arrival(_arrival(moment, now)), actor=actor, now=now)
    if row.is_confirmed:
        said_of = _("%(name)s est là, avec une place.", name=row.name)
    else:
        said_of = _("%(name)s est là, sans place réservée.", name=row.name)
    lacking = without_seat(row, newcomer)
    if lacking:
        said_of += " " + _("Pas de place dans : %(titles)s.", titles=lacking)
    return {**_told_of(session, moment, row, said_of), "lacking": lacking}


def walk_in_form(event: Event, **values: Any) -> WalkInForm:
    """Return the form for somebody without sign-up, with the workshops in which a seat can be had."""
    form = WalkInForm(**values)
    form.offer(db.session.execute(queries.workshops_to_choose(event)).all())
    return form


def without_seat(row: Registration, newcomer: door.Newcomer) -> str:
    """Return the titles of the workshops that were wanted and had no seat; empty where there is none."""
    held = {choice.workshop_id for choice in row.choices}
    lacking = [one for one in row.event.workshops if one.id in newcomer.workshop_ids and one.id not in held]
    return ", ".join(f"«\u00a0{one.title}\u00a0»" for one in lacking)


def _party(session: Session, event: Event, actor: Any, now: datetime) -> dict[str, Any]:
    number = request.form.get("party", type=row_number) or 0
    present = request.form.get("present", type=row_number)
    if present is None:
        raise DomainError(N_("Écrivez un nombre."), field="present")
    at = seen_at(_told(), event.starts_at, now)
    row = delegations.arrive(session, event, number, present, at=at, actor=actor, now=now)
    name = row.organisation.name
    message = _("%(name)s : %(number)s personnes présentes.", name=name, number=row.present or 0)
    return {"party": row.id, "present": row.present, "message": message}


def _told_of(session: Session, moment: EventSession, row: Registration, message: str) -> dict[str, Any]:
    """Return what stands now: another door may have seen something later."""
    seen = session.execute(queries.noted_one(moment.id, row.id)).one_or_none()
    there = boards.milliseconds(seen[1]) if seen is not None and seen[0] else 0
    person = boards.person(moment.event, row)
    return {
        "session": moment.id,
        "registration": row.id,
        "there": there,
        "person": person,
        "message": message,
    }
