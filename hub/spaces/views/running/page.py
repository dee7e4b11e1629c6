"""The page that runs a meeting: seen, asked whether anything is new, opened, closed, opened again."""

from typing import Any

from flask import flash, redirect, render_template, url_for
from flask_babel import gettext as _

from hub.core import clock
from hub.core.access import current_user, permit
from hub.core.db import db
from hub.core.errors import DomainError
from hub.spaces import rules
from hub.spaces.models.meetings import Meeting
from hub.spaces.operations import running as operations
from hub.spaces.views.blueprint import blueprint
from hub.spaces.views.running import answers


@blueprint.get("/reunions/<int:id>/tenue")
@permit(rules.edit_meeting, Meeting)
def run(meeting: Meeting) -> Any:
    """Show the one page from which a meeting is held."""
    return answers.page(meeting)


@blueprint.get("/reunions/<int:id>/tenue/etat.json")
@permit(rules.edit_meeting, Meeting)
def run_state(meeting: Meeting) -> Any:
    """Say what stands now; 304 if the page shows it already."""
    return answers.fresh(answers.board_of(meeting))


@blueprint.post("/reunions/<int:id>/tenue/ouvrir")
@permit(rules.edit_meeting, Meeting)
def run_open(meeting: Meeting) -> Any:
    """Open the meeting: the clock of its agenda starts."""
    try:
        operations.begin(db.session(), meeting, key=answers.key(), actor=current_user(), now=clock.now())
    except DomainError as problem:
        return answers.refuse(meeting, "open", problem)
    return answers.done(meeting)


@blueprint.get("/reunions/<int:id>/tenue/clore")
@permit(rules.edit_meeting, Meeting)
def run_close_page(meeting: Meeting) -> Any:
    """Ask before closing: which points have nothing noted, which texts wait to be made one."""
    return _close_page(meeting), 200


def _close_page(meeting: Meeting, problem: str = "") -> str:
    board = answers.board_of(meeting)
    return render_template("spaces/running/close.html", board=board, meeting=meeting, problem=problem)


@blueprint.post("/reunions/<int:id>/tenue/clore")
@permit(rules.edit_meeting, Meeting)
def run_close(meeting: Meeting) -> Any:
    """Close the meeting as held."""
    try:
        operations.close(db.session(), meeting, actor=current_user(), now=clock.now())
    except DomainError as problem:
        return _close_page(meeting, _(problem.msgid, **problem.params)), 422
    flash(_("La réunion est close. Ses notes peuvent encore être corrigées."), "success")
    return redirect(url_for("spaces.run", id=meeting.id), 303)


@blueprint.post("/reunions/<int:id>/tenue/rouvrir")
@permit(rules.edit_meeting, Meeting)
def run_reopen(meeting: Meeting) -> Any:
    """Open a meeting again that was closed too early."""
    try:
        operations.reopen(db.session(), meeting, actor=current_user(), now=clock.now())
    except DomainError as problem:
        return answers.refuse(meeting, "open", problem)
    flash(_("La réunion est rouverte."), "success")
    return redirect(url_for("spaces.run", id=meeting.id), 303)
