"""Asking a job for what takes longer than a page may, and showing how far it is."""

from typing import Any

from flask import make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from hub.core import clock
from hub.core.access import everyone, local_path, permit
from hub.core.db import db
from hub.core.jobs import Job, JobState
from hub.core.web import error_page, limiter
from hub.network.models.results import ResultKind, StoredResult
from hub.network.operations import results
from hub.network.queries.register import read
from hub.network.values.results import Question, key_of
from hub.network.views import asked, known
from hub.network.views.blueprint import blueprint

ASKED = "30 per minute"


@blueprint.post("/calcul/<any(analysis, layout):kind>")
@permit(everyone)
@limiter.limit(ASKED)
def compute(kind: str) -> Any:
    """Ask for a result of what the address says; however many ask at once, one job computes it."""
    whole = request.args.get("tout", "1") == "1"
    question = Question(ResultKind(kind), asked.wanted_or_422(), asked.sight(), whole=whole)
    session = db.session()
    network = question.network(read(session, question.wanted.day, question.sight))
    row = results.ask(session, question, key_of(question.kind, network), now=clock.now())
    if "HX-Request" not in request.headers:
        return redirect(local_path(request.form.get("suite")) or url_for("network.map_page"), 303)
    return _progress(row)


@blueprint.get("/calcul/<int:id>")
@permit(everyone)
def computing(id: int) -> Any:  # noqa: A002 - as in the address
    """Say how far a result is, for the page that asks each second."""
    row = db.session.get(StoredResult, id)
    if row is not None:
        return _progress(row)
    # The network has become another one: what was asked for is no longer of use, and the page comes again.
    answer = error_page(404)
    answer.headers["HX-Refresh"] = "true"
    return answer


def _progress(row: StoredResult) -> Response:
    """Answer with the progress; once there is nothing to wait for, the page comes again."""
    job = db.session.get(Job, row.job_id) if row.job_id else None
    done = row.content is not None
    failed = not done and (job is None or job.state in {JobState.FAILED, JobState.CANCELLED})
    answer = make_response(
        render_template("network/computing.html", row=row, job=job, done=done, failed=failed)
    )
    if done:
        answer.headers["HX-Refresh"] = "true"
    return answer


@blueprint.app_template_global()
def network_pending() -> list[known.Pending]:
    """Return what the page has to ask a job for."""
    return known.all_pending()


@blueprint.app_template_global()
def network_compute_url(pending: known.Pending) -> str:
    """Return the address that asks for a result."""
    whole = "1" if pending.question.whole else "0"
    return url_for("network.compute", kind=pending.question.kind.value, tout=whole, **asked.arguments())
