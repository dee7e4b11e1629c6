"""What everybody sees: the days, one day, the form to sign up."""

import json
import secrets
from datetime import datetime
from typing import Any

from flask import Response, abort, redirect, render_template, url_for
from werkzeug.wrappers import Response as BaseResponse

from hub.core import audit, clock, i18n
from hub.core.access import coordinator, everyone, may, permit
from hub.core.db import db
from hub.core.errors import DomainError
from hub.core.web import limiter, site
from hub.events import rules
from hub.events.forms.sign_up import LinkForm, SignUpForm, blame
from hub.events.models.days import Event, EventState, Stage
from hub.events.operations import calendar, sign_up
from hub.events.queries import days as queries
from hub.events.views.blueprint import blueprint

CALENDAR_TYPE = "text/calendar; charset=utf-8"
PAST_SHOWN = 30


@blueprint.get("/journees")
@permit(everyone)
def index() -> str:
    """Show the days; a coordinator also sees drafts and figures."""
    now = clock.now()
    if may(coordinator):
        rows = db.session.scalars(queries.all_days(now)).all()
        return render_template(
            "events/days.html",
            upcoming=[row for row in rows if row.ends_at > now],
            past=[row for row in rows if row.ends_at <= now],
        )
    return render_template(
        "events/index.html",
        upcoming=db.session.scalars(queries.upcoming(now)).all(),
        past=db.session.scalars(queries.past(now).limit(PAST_SHOWN)).all(),
    )


@blueprint.get("/journees/<slug>")
@permit(rules.see, Event, key="slug")
def show(event: Event) -> str:
    """Show one day: programme, workshops, place, how to sign up."""
    history = db.session.scalars(audit.history(event).limit(20)).all() if may(coordinator) else []
    return render_template("events/show.html", event=event, structured=structured(event), history=history)


def structured(event: Event) -> str:
    """Return the day as schema.org knows it, safe inside a script element (data, never run)."""
    status = "EventCancelled" if event.state == EventState.CANCELLED else "EventScheduled"
    data: dict[str, Any] = {
        "@context": "https://schema.org",
        "@type": "Event",
        "name": event.title,
        "startDate": _iso(event.starts_at),
        "endDate": _iso(event.ends_at),
        "eventStatus": f"https://schema.org/{status}",
        "eventAttendanceMode": "https://schema.org/OfflineEventAttendanceMode",
        "inLanguage": "fr",
        "url": f"{site().base_url}{url_for('events.show', slug=event.slug)}",
        "organizer": [{"@type": "Organization", "name": row.name} for row in event.organisers],
    }
    if event.summary:
        data["description"] = event.summary
    if event.doors_at is not None:
        data["doorTime"] = _iso(event.doors_at)
    if event.place_name:
        data["location"] = {"@type": "Place", "name": event.place_name, "address": event.place_address}
    if event.capacity is not None:
        data["maximumAttendeeCapacity"] = event.capacity
    return json.dumps(data, ensure_ascii=False).replace("<", "\\u003c").replace("&", "\\u0026")


def _iso(moment: datetime) -> str:
    return clock.local(moment).isoformat(timespec="minutes")


@blueprint.get("/journees/<slug>/agenda.ics")
@permit(rules.see, Event, key="slug")
def agenda(event: Event) -> Response:
    """Send the day for a calendar."""
    content = calendar.agenda(event, site(), now=clock.now())
    return as_calendar(content, f"{event.slug}.ics")


def as_calendar(content: bytes, name: str) -> Response:
    """Return a calendar's entry as a file."""
    answer = Response(content, content_type=CALENDAR_TYPE)
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer


@blueprint.get("/journees/<slug>/inscription")
@permit(rules.see, Event, key="slug")
def sign_up_page(event: Event) -> str:
    """Show the form, or why there is none."""
    return _show_form(event, _prepared(event, SignUpForm(form_key=secrets.token_urlsafe(16))))


@blueprint.post("/journees/<slug>/inscription")
@permit(rules.see, Event, key="slug")
@limiter.limit("60 per hour")
def sign_up_now(event: Event) -> BaseResponse | tuple[str, int]:
    """Sign somebody up; a new sign-up leads to its page, a known address is written to (S10)."""
    form = _prepared(event, SignUpForm())
    if not form.validate_on_submit():
        return _show_form(event, form), 422
    try:
        done = sign_up.register(
            db.session(), event, form.person(i18n.chosen_language()), form.wishes(), now=clock.now()
        )
    except DomainError as problem:
        blame(form, problem)
        form.untick_full(event)
        return _show_form(event, form), 422
    if done.link is None:
        return redirect(url_for("events.look_in_mails", slug=event.slug), 303)
    return redirect(url_for("events.registration", token=done.link), 303)


def _prepared(event: Event, form: SignUpForm) -> SignUpForm:
    form.prepare(event)
    form.offer_organisations(db.session())
    return form


def _show_form(event: Event, form: SignUpForm) -> str:
    is_open = event.stage(clock.now()) == Stage.OPEN
    return render_template("events/sign_up.html", event=event, form=form, is_open=is_open)


@blueprint.get("/journees/<slug>/lien")
@permit(rules.see, Event, key="slug")
def lost_link(event: Event) -> str:
    """Offer to send one's personal link again."""
    return render_template("events/lost_link.html", event=event, form=LinkForm())


@blueprint.post("/journees/<slug>/lien")
@permit(rules.see, Event, key="slug")
@limiter.limit("20 per hour")
def send_link(event: Event) -> BaseResponse | tuple[str, int]:
    """Send the link if the address is signed up; the answer is the same if it isn't (S10)."""
    form = LinkForm()
    if not form.validate_on_submit():
        return render_template("events/lost_link.html", event=event, form=form), 422
    sign_up.send_link_again(db.session(), event, form.email.data or "", now=clock.now())
    return redirect(url_for("events.look_in_mails", slug=event.slug), 303)


@blueprint.get("/journees/<slug>/mail-envoye")
@permit(rules.see, Event, key="slug")
def look_in_mails(event: Event) -> str:
    """Say that the rest is in the mail, if the address is signed up."""
    if event.state == EventState.DRAFT:
        abort(404)
    return render_template("events/look_in_mails.html", event=event)
