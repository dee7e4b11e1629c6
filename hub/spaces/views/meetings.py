"""Pages of meetings: lists, one meeting, planning, changing, calling off."""

import re
from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

from flask import Response, abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.core import audit, clock, exports, jobs, paging
from hub.core.access import coordinator, current_user, permit
from hub.core.db import db
from hub.core.errors import DomainError
from hub.core.web import row_number, site
from hub.spaces import rules, signals
from hub.spaces.forms.meetings import CancelForm, ComingForm, MeetingForm, NewMeetingForm, shown
from hub.spaces.models.meetings import AgendaItem, Attendance, ItemState, Meeting, MeetingState
from hub.spaces.models.spaces import Space
from hub.spaces.operations import agenda, convening, invitations
from hub.spaces.operations import meetings as operations
from hub.spaces.queries import meetings as queries
from hub.spaces.queries import polls as poll_queries
from hub.spaces.queries import running
from hub.spaces.values.agenda import timed
from hub.spaces.views.blueprint import blueprint
from hub.spaces.words import ANSWERS, ITEM_STATES, MEETING_STATES, POLL_STATES, PRESENCES, PURPOSES

CALENDAR_TYPE = "text/calendar; charset=utf-8"
MONTH = timedelta(days=30)
DATED = re.compile(r"\b\d{4}\b|\d/\d")
PERIODS = ("coming", "month", "past", "year", "last_year")


def tell(form: Any, problem: DomainError) -> None:
    """Put a refusal under the field at fault, or above the form where it has none of that name."""
    message = _(problem.msgid, **problem.params)
    if problem.field in form:
        form[problem.field].errors = [*form[problem.field].errors, message]
    else:
        form.form_errors.append(message)


# --- Lists ----------------------------------------------------------------------------------------


EACH = 20  # meetings of a page of the list


@blueprint.get("/reunions")
@permit(rules.see)
def meetings() -> Any:
    """List the meetings of all spaces in which the reader takes part: filters, sorting, export."""
    return _list(None)


@blueprint.get("/espaces/<slug>/reunions")
@permit(rules.take_part, Space, key="slug")
def space_meetings(space: Space) -> Any:
    """List the meetings of a space, and the dates that are being looked for."""
    return _list(space)


def _list(space: Space | None) -> Any:
    session, args, user = db.session(), request.args, current_user()
    today = clock.today(clock.now())
    period = args.get("period") if args.get("period") in PERIODS else ""
    first, last = period_of(period or "", today)
    sort = args.get("sort") if args.get("sort") in queries.SORTS else "when"
    direction = args.get("direction") or (
        "asc" if period in ("coming", "month") or sort != "when" else "desc"
    )
    wanted = queries.meetings(
        space_id=space.id if space else args.get("space", type=row_number),
        state=_word(MeetingState, args.get("state")),
        text=args.get("q", "").strip()[:100],
        first=first,
        last=last,
        sort=sort or "when",
        descending=direction == "desc",
    )
    if not coordinator(user) and space is None:
        wanted = wanted.where(queries.open_to(user, today))
    if args.get("format") in {"csv", "xlsx"}:
        return _export(session, args["format"], session.scalars(wanted).all())
    page = paging.paginate(session, wanted, args.get("page", 1, type=int), EACH)
    points, coming = _counts(session, page.rows)
    return render_template(
        "spaces/meetings/index.html",
        space=space,
        page=page,
        points=points,
        coming=coming,
        options=_options(session, space, user, today),
        sort=sort,
        direction=direction,
        states=MEETING_STATES,
        polls=session.scalars(poll_queries.under_way(space.id)).all() if space else [],
        poll_states=POLL_STATES,
        may_edit=space is not None and rules.edit(user, space),
        moment=clock.now(),
    )


def period_of(word: str, today: date) -> tuple[date | None, date | None]:
    """Return the first and the last day of a period of the filter; None is no bound."""
    return {
        "coming": (today, None),
        "month": (today, today + MONTH),
        "past": (None, today - timedelta(days=1)),
        "year": (date(today.year, 1, 1), date(today.year, 12, 31)),
        "last_year": (date(today.year - 1, 1, 1), date(today.year - 1, 12, 31)),
    }.get(word, (None, None))


def _options(
    session: Session, space: Space | None, user: Any, today: date
) -> dict[str, list[tuple[Any, Any]]]:
    spaces: list[tuple[Any, Any]] = []
    if space is None:
        known = select(Space.id, Space.name).where(
            Space.id.in_(select(Meeting.space_id))
            if coordinator(user)
            else Space.id.in_(select(Meeting.space_id).where(queries.open_to(user, today)))
        )
        spaces = [(number, name) for number, name in session.execute(known.order_by(Space.name))]
    return {
        "space": spaces,
        "state": [(state.value, MEETING_STATES[state]) for state in MeetingState],
        "period": [
            ("coming", _("À venir")),
            ("month", _("Les 30 prochains jours")),
            ("past", _("Passées")),
            ("year", str(today.year)),
            ("last_year", str(today.year - 1)),
        ],
    }


def _word(kind: Any, value: str | None) -> Any:
    return kind(value) if value in set(kind) else None


def _counts(session: Session, rows: Sequence[Meeting]) -> tuple[dict[int, int], dict[int, int]]:
    numbers = [row.id for row in rows]
    points = {row[0]: row[1] for row in session.execute(queries.point_counts(numbers))}
    coming = {row[0]: row[1] for row in session.execute(queries.coming_counts(numbers))}
    return points, coming


def _export(session: Session, kind: str, rows: Sequence[Meeting]) -> Response:
    points, coming = _counts(session, rows)
    header = [
        _("Réunion"), _("Espace"), _("Début"), _("Fin"), _("Lieu"), _("État"), _("Points"), _("Personnes"),
    ]  # fmt: skip
    lines = [
        [
            row.title, row.space.name, row.starts_at, row.ends_at, row.place_name, MEETING_STATES[row.state],
            points.get(row.id, 0), coming.get(row.id, 0),
        ]
        for row in rows
    ]  # fmt: skip
    return exports.answer(kind, "reunions", header, lines)


# --- One meeting ----------------------------------------------------------------------------------


@blueprint.get("/reunions/<int:id>")
@permit(rules.see_meeting, Meeting)
def meeting(meeting: Meeting) -> Any:
    """Show a meeting: agenda, documents, who comes, what came of it."""
    return show(meeting)


def show(meeting: Meeting, *, coming: ComingForm | None = None) -> str:
    """Return a meeting's page."""
    session, user, now = db.session(), current_user(), clock.now()
    points = session.scalars(queries.points(meeting.id)).unique().all()
    agreed = [item for item in points if item.state is ItemState.AGREED]
    attendances = session.scalars(queries.attendances(meeting.id)).all()
    mine = [row for row in attendances if row.person is not None and row.person.user_id == user.id]
    may_edit = rules.edit_meeting(user, meeting)
    has_begun = now >= meeting.starts_at or meeting.opened_at is not None
    return render_template(
        "spaces/meetings/show.html",
        meeting=meeting,
        space=meeting.space,
        agreed=agreed,
        timing=timing_of(meeting, agreed),
        attendances=attendances,
        mine=mine,
        coming_forms=_coming_forms(meeting, attendances, mine, coming),
        proposed=[item for item in points if item.state is ItemState.PROPOSED],
        declined=[item for item in points if item.state is ItemState.DECLINED],
        decisions=session.scalars(queries.decisions(meeting.id)).all() if has_begun else [],
        actions=session.scalars(queries.actions(meeting.id)).all() if has_begun else [],
        links=signals.links_of_thing(meeting, session=session, user=user),
        is_over=now >= meeting.ends_at,
        has_begun=has_begun,
        in_preparation=meeting.state in agenda.IN_PREPARATION,
        job=sending_of(session, meeting) if may_edit else None,
        changed=may_edit and now < meeting.starts_at and convening.differs(meeting, agreed),
        may_edit=may_edit,
        has_conflict=may_edit
        and has_begun
        and session.scalar(running.has_open_conflict(meeting.id)) is not None,
        **words(),
    )


def words() -> dict[str, Any]:
    """Return the words that the pages of meetings use."""
    return {
        "states": MEETING_STATES,
        "purposes": PURPOSES,
        "item_states": ITEM_STATES,
        "answers": ANSWERS,
        "presences": PRESENCES,
    }


def timing_of(meeting: Meeting, items: Sequence[AgendaItem]) -> Any:
    """Return when each point is due."""
    return timed([(item.id, item.duration) for item in items], meeting.starts_at, meeting.ends_at)


def sending_of(session: Session, meeting: Meeting) -> jobs.Job | None:
    """Return the job that writes to who is convened, while it does or if it failed."""
    if meeting.state not in (MeetingState.CONVENED, MeetingState.CANCELLED):
        return None
    row = session.scalar(jobs.of(meeting, operations.TELL_JOB).limit(1))
    return row if row is not None and row.state is not jobs.JobState.DONE else None


def _coming_forms(
    meeting: Meeting,
    everybody: Sequence[Attendance],
    mine: Sequence[Attendance],
    sent: ComingForm | None,
) -> list[tuple[Attendance, ComingForm]]:
    """Return a form for each organisation for which the reader is convened; the one that was sent is kept."""
    if clock.now() >= meeting.starts_at or meeting.state not in agenda.IN_PREPARATION:
        return []
    asked = request.form.get("attendance", type=row_number)
    found = []
    for row in mine:
        if row.invited_at is None:
            continue
        form = sent if sent is not None and row.id == asked else ComingForm(formdata=None)
        form.offer(row, convening.others_of(row, everybody))
        found.append((row, form))
    return found


@blueprint.get("/reunions/<int:id>/reunion.ics")
@permit(rules.see_meeting, Meeting)
def meeting_calendar(meeting: Meeting) -> Response:
    """Send the meeting for a calendar."""
    points = convening.lines(agenda.agreed(db.session(), meeting), meeting)
    content = invitations.published(meeting, site(), now=clock.now(), description="\n".join(points))
    return as_calendar(content, f"reunion-{meeting.id}.ics")


def as_calendar(content: bytes, name: str) -> Response:
    """Return a calendar's entry as a file."""
    answer = Response(content, content_type=CALENDAR_TYPE)
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer


@blueprint.get("/reunions/<int:id>/histoire")
@permit(rules.edit_meeting, Meeting)
def meeting_history(meeting: Meeting) -> Any:
    """Show what happened to a meeting and its agenda."""
    entries = db.session.scalars(audit.history(meeting).limit(200)).all()
    return render_template(
        "spaces/meetings/history.html", meeting=meeting, space=meeting.space, entries=entries
    )


# --- Planning and changing ------------------------------------------------------------------------


@blueprint.get("/espaces/<slug>/reunions/nouvelle")
@permit(rules.edit, Space, key="slug")
def new_meeting(space: Space) -> Any:
    """Show the form of a meeting to plan; `suite` names the one that it follows."""
    before = _followed(space)
    form = NewMeetingForm(formdata=None, data={**(_like(before) if before else {}), **_usual(space)})
    items = _offered(before)
    form.offer(items)
    form.carried.data = [item.id for item in items if item.is_standing]
    return _form(space, None, form, before)


def _followed(space: Space) -> Meeting | None:
    """Return the meeting whose agenda may be taken over: the one that is named, else the last one."""
    session = db.session()
    named = request.args.get("suite", type=row_number) or request.form.get("suite", type=row_number)
    if named:
        found = session.scalar(queries.with_agenda(named))
        if found is None or found.space_id != space.id:
            abort(404)
        return found
    last = session.scalar(queries.last_of(space.id, clock.now() + operations.FARTHEST).limit(1))
    return session.scalar(queries.with_agenda(last.id)) if last else None


def _usual(space: Space) -> dict[str, Any]:
    """Return where the space usually meets, as far as it says so."""
    places = {name: getattr(space, name) for name in ("place_name", "place_address", "online_url")}
    return {name: value for name, value in places.items() if value}


def _like(before: Meeting) -> dict[str, Any]:
    """Return what the next meeting has from the last; a title that holds a date is of that one alone."""
    known = shown(before)
    left_out = {"day", "practical", *(("title",) if DATED.search(before.title) else ())}
    return {name: value for name, value in known.items() if name not in left_out}


def _offered(before: Meeting | None) -> list[AgendaItem]:
    return [item for item in before.items if item.state is ItemState.AGREED] if before else []


def _form(space: Space, meeting: Meeting | None, form: MeetingForm, before: Meeting | None = None) -> str:
    return render_template(
        "spaces/meetings/form.html", space=space, meeting=meeting, form=form, before=before
    )


@blueprint.post("/espaces/<slug>/reunions/nouvelle")
@permit(rules.edit, Space, key="slug")
def plan_meeting(space: Space) -> Any:
    """Plan a meeting, with the points of the last one that come back."""
    session, now = db.session(), clock.now()
    before = _followed(space)
    form = NewMeetingForm()
    form.offer(_offered(before))
    if not form.validate_on_submit():
        return _form(space, None, form, before), 422
    try:
        row = operations.plan(session, space, form.facts(), actor=current_user(), now=now)
    except DomainError as problem:
        tell(form, problem)
        return _form(space, None, form, before), 422
    wanted = set(form.carried.data or [])
    agenda.carry_over(session, row, [item for item in _offered(before) if item.id in wanted], now=now)
    flash(_("La réunion est prévue. Préparez son ordre du jour, puis envoyez-le."), "success")
    return redirect(url_for("spaces.meeting", id=row.id), 303)


@blueprint.get("/reunions/<int:id>/modifier")
@permit(rules.edit_meeting, Meeting)
def edit_meeting(meeting: Meeting) -> Any:
    """Show a meeting's day and place to change."""
    return _form(meeting.space, meeting, MeetingForm(formdata=None, data=shown(meeting)))


@blueprint.post("/reunions/<int:id>/modifier")
@permit(rules.edit_meeting, Meeting)
def change_meeting(meeting: Meeting) -> Any:
    """Change a meeting; those who were convened are told."""
    form = MeetingForm()
    if not form.validate_on_submit():
        return _form(meeting.space, meeting, form), 422
    try:
        told = operations.change(db.session(), meeting, form.facts(), actor=current_user(), now=clock.now())
    except DomainError as problem:
        tell(form, problem)
        return _form(meeting.space, meeting, form), 422
    if told:
        flash(
            _("C’est changé. Les personnes convoquées reçoivent la mise à jour, leur agenda suit."), "success"
        )
    else:
        flash(_("C’est enregistré."), "success")
    return redirect(url_for("spaces.meeting", id=meeting.id), 303)


@blueprint.get("/reunions/<int:id>/annuler")
@permit(rules.edit_meeting, Meeting)
def cancel_meeting_page(meeting: Meeting) -> Any:
    """Say what calling a meeting off does, and to whom."""
    return _cancel_page(meeting, CancelForm(formdata=None))


def _cancel_page(meeting: Meeting, form: CancelForm) -> str:
    told = sum(row.told_sequence is not None for row in db.session.scalars(queries.attendances(meeting.id)))
    return render_template(
        "spaces/meetings/cancel.html", meeting=meeting, space=meeting.space, form=form, told=told
    )


@blueprint.post("/reunions/<int:id>/annuler")
@permit(rules.edit_meeting, Meeting)
def cancel_meeting(meeting: Meeting) -> Any:
    """Call a meeting off."""
    form = CancelForm()
    if not form.validate_on_submit():
        return _cancel_page(meeting, form), 422
    try:
        operations.cancel(
            db.session(), meeting, form.reason.data or "", actor=current_user(), now=clock.now()
        )
    except DomainError as problem:
        tell(form, problem)
        return _cancel_page(meeting, form), 422
    flash(_("La réunion est annulée."), "success")
    return redirect(url_for("spaces.meeting", id=meeting.id), 303)
