"""Reading minutes: the list, the text as it stands, a version, what changed since the last one."""

from datetime import date
from typing import Any

from flask import abort, render_template, request
from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.core import audit, clock, exports, files, jobs, paging
from hub.core.access import coordinator, current_user, permit
from hub.core.db import db
from hub.core.web import network, row_number
from hub.spaces import rules
from hub.spaces.forms.minutes import RemarkForm
from hub.spaces.models.meetings import Meeting
from hub.spaces.models.minutes import Minutes, MinutesState, MinutesVersion, Remark
from hub.spaces.models.spaces import Space
from hub.spaces.operations import minutes as operations
from hub.spaces.operations import remarks
from hub.spaces.queries import minutes as queries
from hub.spaces.queries import running
from hub.spaces.values import differences, standing
from hub.spaces.values.standing import Standing
from hub.spaces.views.blueprint import blueprint
from hub.spaces.views.minutes import papers
from hub.spaces.words import MINUTES_STANDINGS, REMARK_STATES

PER_PAGE = 25
JOBS = (operations.SEND_JOB, operations.APPROVED_JOB, operations.ERRATUM_JOB)


def today() -> date:
    """Return Brussels' date."""
    return clock.today(clock.now())


# --- The list -------------------------------------------------------------------------------------


@blueprint.get("/comptes-rendus")
@permit(rules.see)
def minutes_index() -> Any:
    """List the minutes that the reader may read: state, space, full text of the approved ones, export."""
    session, args, user = db.session(), request.args, current_user()
    chosen = args.get("state", "")
    sort = args.get("sort", "when") if args.get("sort", "when") in queries.SORTS else "when"
    direction = args.get("direction", "desc" if sort == "when" else "asc")
    found = queries.listed(
        user,
        today(),
        everything=coordinator(user),
        standing=Standing(chosen) if chosen in set(Standing) else None,
        space_id=args.get("space", type=row_number),
        text=args.get("q", ""),
        sort=sort,
        descending=direction == "desc",
    )
    if args.get("format") in {"csv", "xlsx"}:
        return _export(session, args["format"], list(session.scalars(found).unique()))
    page = paging.paginate(session, found, args.get("page", 1, type=int), PER_PAGE)
    options = _options(session)
    return render_template(
        "spaces/minutes/index.html",
        page=page,
        lines=_lines(session, page.rows),
        options=options,
        active=_chips(options),
        words=MINUTES_STANDINGS,
        sort=sort,
        direction=direction,
        asked=any(args.get(name) for name in ("q", "state", "space")),
    )


def _options(session: Session) -> list[dict[str, Any]]:
    args = request.args
    spaces = session.execute(select(Space.id, Space.name).order_by(Space.name)).all()
    return [
        {
            "name": "state", "label": _("État"), "value": args.get("state"),
            "choices": [(one.value, word) for one, word in MINUTES_STANDINGS.items()],
        },
        {
            "name": "space", "label": _("Espace"), "value": args.get("space"), "search": True,
            "choices": [(str(number), name) for number, name in spaces],
        },
    ]  # fmt: skip


def _chips(options: list[dict[str, Any]]) -> list[dict[str, str]]:
    found = []
    for option in options:
        words = dict(option["choices"])
        if option["value"] in words:
            label = f"{option['label']} : {words[option['value']]}"
            found.append({"name": option["name"], "value": option["value"], "label": label})
    return found


def _lines(session: Session, rows: list[Meeting]) -> list[tuple[Meeting, Minutes | None, Standing]]:
    known = {row.meeting_id: row for row in session.scalars(queries.of_meetings([row.id for row in rows]))}
    return [(row, known.get(row.id), standing.of(known.get(row.id), today())) for row in rows]


def _export(session: Session, kind: str, rows: list[Meeting]) -> Any:
    header = [
        _("Réunion"), _("Espace"), _("Date"), _("État"), _("Remarques jusqu’au"), _("Approuvé le"),
    ]  # fmt: skip
    lines = [
        [
            meeting.title, meeting.space.name, clock.today(meeting.starts_at), MINUTES_STANDINGS[where],
            minutes.remarks_until if minutes else None, minutes.approved_on if minutes else None,
        ]
        for meeting, minutes, where in _lines(session, rows)
    ]  # fmt: skip
    return exports.answer(kind, "comptes-rendus", header, lines)


# --- One meeting's --------------------------------------------------------------------------------


@blueprint.get("/reunions/<int:id>/compte-rendu")
@permit(rules.see_meeting, Meeting)
def minutes(meeting: Meeting) -> Any:
    """Show the minutes as they stand for the reader."""
    return show(meeting, RemarkForm(formdata=None))


def show(meeting: Meeting, form: RemarkForm) -> str:
    """Return the page of a meeting's minutes, with a remark as it was typed."""
    session, user = db.session(), current_user()
    network()  # kept for this request: the letterhead reads it, the page does
    row = operations.of(session, meeting)
    may_edit = rules.edit_meeting(user, meeting)
    is_draft = row is None or row.state is MinutesState.DRAFT
    if is_draft and not may_edit:
        return render_template("spaces/minutes/not_sent.html", meeting=meeting)
    paper = operations.document(session, meeting, row)
    form.offer(operations.points_of(paper.text))
    return render_template(
        "spaces/minutes/show.html",
        meeting=meeting,
        minutes=row,
        paper=paper,
        form=form,
        standing=standing.of(row, today()),
        words=MINUTES_STANDINGS,
        remark_words=REMARK_STATES,
        may_edit=may_edit,
        may_remark=row is not None and remarks.may_remark(row, today()),
        conflicts=session.scalars(running.open_conflicts(meeting.id)).all() if is_draft else (),
        remarks=_remarks(session, row, everything=may_edit) if row is not None and not is_draft else (),
        job=_job(session, row) if may_edit and not is_draft else None,
        file=papers.stored(row),
        history=session.scalars(audit.history(row).limit(20)).all()
        if row is not None and not is_draft and may_edit
        else (),
    )


def _remarks(session: Session, row: Minutes, *, everything: bool) -> list[Remark]:
    found = session.scalars(queries.remarks(row.id))
    user = current_user()
    return [one for one in found if everything or one.user_id == user.id]


def _job(session: Session, row: Minutes | None) -> jobs.Job | None:
    """Return the last job that prints and sends, while it is under way or has failed."""
    if row is None:
        return None
    found = session.scalar(
        select(jobs.Job)
        .where(
            jobs.Job.subject_type == row.__tablename__,
            jobs.Job.subject_id == row.id,
            jobs.Job.name.in_(JOBS),
        )
        .order_by(jobs.Job.id.desc())
        .limit(1)
    )
    return None if found is None or found.state is jobs.JobState.DONE else found


@blueprint.get("/reunions/<int:id>/compte-rendu/envoi")
@permit(rules.edit_meeting, Meeting)
def minutes_progress(meeting: Meeting) -> str:
    """Answer how the sending stands, for the page that asks each second."""
    row = operations.of(db.session(), meeting)
    return render_template(
        "spaces/minutes/sending.html", meeting=meeting, job=_job(db.session(), row), done=True
    )


@blueprint.get("/reunions/<int:id>/compte-rendu/versions/<int:number>")
@permit(rules.see_meeting, Meeting)
def minutes_version(meeting: Meeting, number: int) -> str:
    """Show a version as it was sent, and what changed since the one before."""
    network()
    row = operations.of(db.session(), meeting)  # held here: its versions are not read twice
    version = _version(row, number)
    versions = version.minutes.versions
    text = operations.sent_text(version)
    changed = differences.between(operations.sent_text(versions[number - 2]), text) if number > 1 else None
    return render_template(
        "spaces/minutes/version.html",
        meeting=meeting,
        version=version,
        versions=versions,
        paper=operations.version_document(db.session(), version),
        changed=changed,
    )


@blueprint.get("/reunions/<int:id>/compte-rendu/versions/<int:number>.pdf")
@permit(rules.see_meeting, Meeting)
def minutes_version_pdf(meeting: Meeting, number: int) -> Any:
    """Send a version as it was sent."""
    version = _version(operations.of(db.session(), meeting), number)
    if version.file is None:
        abort(404)
    return files.answer(version.file, inline=True)


def _version(row: Minutes | None, number: int) -> MinutesVersion:
    """Return a version of minutes; 404 if there is none."""
    found = [one for one in row.versions if one.number == number] if row is not None else []
    if not found:
        abort(404)
    return found[0]


@blueprint.get("/reunions/<int:id>/compte-rendu/changements")
@permit(rules.edit_meeting, Meeting)
def minutes_changes(meeting: Meeting) -> str:
    """Show what the text says otherwise than the last version sent."""
    session = db.session()
    row = operations.of(session, meeting)
    if row is None or not row.versions:
        abort(404)
    last = row.versions[-1]
    changed = differences.between(operations.sent_text(last), operations.text_of(session, meeting, row))
    return render_template(
        "spaces/minutes/changes.html", meeting=meeting, minutes=row, last=last, changed=changed
    )
