"""A member's own spaces, by a personal link without account: what is next, what to do, what to read."""

from datetime import UTC, datetime
from typing import Any

from flask import Response, abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _

from hub.actors.models.mandates import Person
from hub.core import clock, files, jobs, mail, paging
from hub.core.access import everyone, permit, permit_token
from hub.core.db import db
from hub.core.errors import DomainError
from hub.core.web import limiter
from hub.spaces.forms.joining import AddressForm, ConfirmForm, RequestForm
from hub.spaces.models.meetings import MeetingState
from hub.spaces.operations import doors, feeds, joining, personal
from hub.spaces.queries import mine, seats
from hub.spaces.queries import spaces as queries
from hub.spaces.queries import table as tables
from hub.spaces.views.blueprint import blueprint
from hub.spaces.views.feeds import address
from hub.spaces.views.showing import by_meeting, way
from hub.spaces.views.spaces import tell
from hub.spaces.words import ANSWERS, JOIN_STATES, KINDS, ROLES

READ_EACH = 3
EACH = 5  # spaces of a page: those that meet next
FAR = datetime.max.replace(tzinfo=UTC)


@blueprint.get("/mes-espaces/<token>")
@permit_token(personal.PURPOSE, Person)
def my_spaces(person: Person, *, token: str) -> str:
    """Show a person the spaces in which they may speak today, with what waits for them there."""
    return _page(person, token)


def _page(person: Person, token: str, path: str = "") -> str:
    session, now = db.session(), clock.now()
    today = clock.today(now)
    places = seats.names_of_places(session, person.id, today)
    names = {row.space_id: row.space for row in places}
    numbers = list(names)
    ahead = mine.ahead(session, numbers, now)
    begins: dict[int, datetime] = {}
    for row in ahead:
        if row.state is not MeetingState.CANCELLED:
            begins.setdefault(row.space_id, row.starts_at)
    page = paging.cut(
        sorted(numbers, key=lambda number: begins.get(number, FAR)),
        request.args.get("page", 1, type=int),
        EACH,
    )
    shown = page.rows
    to_do = mine.to_do(session, person.id, numbers, today, everywhere=True)
    to_read = mine.to_read(session, person.id, shown, READ_EACH)
    coming: dict[int, Any] = dict.fromkeys(shown)
    for pair in reversed(by_meeting(mine.meetings_to_come(session, person.id, shown, now))):
        if pair[0].state is not MeetingState.CANCELLED:
            coming[pair[0].space_id] = pair
    return render_template(
        "spaces/mine.html",
        person=person,
        token=token,
        page=page,
        places=places,
        next=coming,
        names=names,
        cancelled=[row for row in ahead if row.state is MeetingState.CANCELLED],
        to_do=to_do,
        tasks=_by_space(to_do),
        to_read=_by_space(to_read),
        days=personal.LIFETIME.days,
        asked=session.scalars(tables.asked_by(person.id).limit(10)).all(),
        live=feeds.live(session, person, now),
        calendar_address=address(path),
        today=today,
        way=way,
        kinds=KINDS,
        roles=ROLES,
        answers=ANSWERS,
        states=JOIN_STATES,
    )


def _by_space(rows: Any) -> dict[int, list[Any]]:
    found: dict[int, list[Any]] = {}
    for row in rows:
        found.setdefault(row.space_id, []).append(row)
    return found


@blueprint.post("/mes-espaces/<token>/calendrier")
@permit_token(personal.PURPOSE, Person)
def my_feed_by_link(person: Person, *, token: str) -> Any:
    """Make a calendar of one's meetings and show its address, this once."""
    if not ConfirmForm().validate_on_submit():
        abort(422)
    return _page(person, token, feeds.make(db.session(), person, actor=person.name, now=clock.now()))


@blueprint.post("/mes-espaces/<token>/calendrier/arreter")
@permit_token(personal.PURPOSE, Person)
def stop_feed_by_link(person: Person, *, token: str) -> Any:
    """End one's calendar."""
    feeds.stop(db.session(), person, actor=person.name, now=clock.now())
    flash(_("L’adresse de calendrier ne donne plus rien."), "success")
    return redirect(url_for("spaces.my_spaces", token=token), 303)


@blueprint.get("/mes-espaces/<token>/demander-un-siege")
@permit_token(personal.PURPOSE, Person)
def request_by_link(person: Person, *, token: str) -> str:
    """Show the form that asks for a seat."""
    return _request_page(person, token, RequestForm(formdata=None))


def _request_page(person: Person, token: str, form: RequestForm) -> str:
    organisations = _offer(person, form)
    return render_template(
        "spaces/request_by_link.html", person=person, token=token, form=form, organisations=organisations
    )


def _offer(person: Person, form: RequestForm) -> list[Any]:
    session = db.session()
    organisations = session.scalars(mine.general_mandates(person.id, clock.today(clock.now()))).all()
    form.offer(session.scalars(queries.open_to_requests()).all(), organisations)
    return list(organisations)


@blueprint.post("/mes-espaces/<token>/demander-un-siege")
@permit_token(personal.PURPOSE, Person)
@limiter.limit("30 per hour")
def request_by_link_now(person: Person, *, token: str) -> Any:
    """Ask for a seat in the name of an organisation."""
    form = RequestForm()
    organisations = _offer(person, form)
    if not form.validate_on_submit():
        return _request_page(person, token, form), 422
    session = db.session()
    organisation = next(row for row in organisations if row.id == form.organisation.data)
    space = next(row for row in session.scalars(queries.open_to_requests()) if row.id == form.space.data)
    try:
        joining.request(session, space, organisation, person, form.words.data or "", now=clock.now())
    except DomainError as problem:
        tell(form, problem)
        return _request_page(person, token, form), 422
    flash(_("Votre demande est partie. La réponse vous arrivera par mail."), "success")
    return redirect(url_for("spaces.my_spaces", token=token), 303)


# --- From here to a meeting, a search for a date, minutes -----------------------------------------


@blueprint.post("/mes-espaces/<token>/ouvrir/<what>/<int:number>")
@permit_token(personal.PURPOSE, Person)
def open_by_link(person: Person, *, token: str, what: str, number: int) -> Any:
    """Lead to one's own page of a meeting (`reunion`, `compte-rendu`) or of a search for a date (`dates`).

    Those pages have links of their own, so this makes one: by POST, for it writes.
    """
    del token
    if what not in OPENS or not ConfirmForm().validate_on_submit():
        abort(404)
    path = OPENS[what](db.session(), person, number, clock.now())
    if path is None:
        abort(404)
    return redirect(path, 303)


OPENS = {"reunion": doors.meeting, "compte-rendu": doors.minutes, "dates": doors.poll}


@blueprint.get("/mes-espaces/<token>/documents/<int:number>")
@permit_token(personal.PURPOSE, Person)
def document_by_link(person: Person, *, token: str, number: int) -> Response:
    """Send a document of a meeting of a space in which the person may speak today."""
    del token
    session = db.session()
    numbers = [space.id for space in mine.spaces_of(session, person.id, clock.today(clock.now()))]
    row = session.scalar(mine.document(numbers, number))
    if row is None:
        abort(404)
    return files.answer(row.file, inline=False)


# --- A lost link ---------------------------------------------------------------------------------


@blueprint.get("/mes-espaces")
@permit(everyone)
def lost_link() -> str:
    """Offer to send one's personal link."""
    return render_template("spaces/lost_link.html", form=AddressForm(formdata=None))


@blueprint.post("/mes-espaces")
@permit(everyone)
@limiter.limit("20 per hour")
def send_link() -> Any:
    """Send the link if the address is known; the answer is the same if it isn't (S10)."""
    form = AddressForm()
    if not form.validate_on_submit():
        return render_template("spaces/lost_link.html", form=form), 422
    try:
        email = mail.address(form.email.data or "").lower()
        jobs.enqueue(db.session(), "spaces.send_link", now=clock.now(), email=email)
    except DomainError as problem:
        tell(form, problem)
        return render_template("spaces/lost_link.html", form=form), 422
    return redirect(url_for("spaces.link_sent"), 303)


@blueprint.get("/mes-espaces-mail-envoye")
@permit(everyone)
def link_sent() -> str:
    """Say that the rest is in the mail, if the address is known."""
    return render_template("spaces/link_sent.html")
