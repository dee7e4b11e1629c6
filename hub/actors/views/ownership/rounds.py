"""Rounds of « Est-ce encore juste ? »: choosing whom to ask, previewing, sending, following the answers."""

from collections import defaultdict
from datetime import date, timedelta
from typing import Any

from flask import abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext, ngettext
from sqlalchemy import select
from werkzeug.wrappers import Response

from hub.actors.forms.fields import words as words_of
from hub.actors.forms.ownership import RoundForm
from hub.actors.models.ownership import CheckRequest, CheckRound, RequestState, RoundState
from hub.actors.operations.ownership import rounds
from hub.actors.queries import ownership as queries
from hub.actors.rules import edit
from hub.actors.views.blueprint import blueprint
from hub.actors.views.ownership import stale
from hub.core import audit, clock, exports, mail
from hub.core.access import current_user, permit
from hub.core.db import db
from hub.core.errors import N_, DomainError
from hub.core.jobs import Job, JobState

Answer = str | Response | tuple[str, int]
USUAL_DAYS = timedelta(days=45)
SAMPLE = "/verification/" + "x" * 43
HEADER = ("organisation", "type", "état", "demandé le", "rappelé le", "répondu le")


@blueprint.get("/acteurs/verifications")
@permit(edit)
def check_rounds() -> str:
    """List the rounds, with what came of them."""
    session = db.session()
    numbers: dict[int, dict[str, int]] = defaultdict(dict)
    for round_id, state, number in session.execute(queries.numbers_of_rounds()):
        numbers[round_id][state.value] = number
    return render_template(
        "actors/rounds/index.html", rounds=list(session.scalars(queries.rounds())), numbers=numbers
    )


@blueprint.get("/acteurs/verifications/preparer")
@permit(edit)
def prepare_round_page() -> str:
    """Show whom a round would ask, and the words of its mail."""
    form = RoundForm(formdata=None)
    today = clock.today(clock.now())
    form.title.data = gettext("Vérification de %(day)s", day=today.strftime("%m/%Y"))
    form.last_day.data = today + USUAL_DAYS
    return _prepare(form)


def _prepare(form: RoundForm) -> str:
    session, wanted = db.session(), stale.asked()
    found = list(session.scalars(queries.stale(wanted, sort="name")).unique())
    return render_template(
        "actors/rounds/prepare.html",
        form=form,
        found=found,
        options=stale.options_of(wanted),
        words=wanted.words,
        without=[row for row in found if not row.email],
        arguments=stale.as_arguments(wanted),
        action=url_for("actors.prepare_round"),
    )


@blueprint.post("/acteurs/verifications/preparer")
@permit(edit)
def prepare_round() -> Answer:
    """Make the round; nothing is sent yet."""
    form, session, wanted = RoundForm(), db.session(), stale.asked()
    if form.validate():
        found = session.scalars(queries.stale(wanted, sort="name")).unique().all()
        try:
            row = rounds.prepare(
                session, found, title=form.title.data or "", words=form.words.data or "",
                last_day=form.last_day.data or date.max, filters=wanted.as_json(),
                actor=current_user(), now=clock.now(),
            )  # fmt: skip
        except DomainError as problem:
            _blame(form, problem)
        else:
            return redirect(url_for("actors.check_round", id=row.id), 303)
    return _prepare(form), 422


def _blame(form: RoundForm, problem: DomainError) -> None:
    if problem.field and problem.field in form:
        form[problem.field].errors = [words_of(problem)]
    else:
        flash(words_of(problem), "error")


@blueprint.get("/acteurs/verifications/<int:id>")
@permit(edit, CheckRound)
def check_round(row: CheckRound) -> Answer:
    """Show a round: its mail and its list while it is prepared, then who answered what."""
    session = db.session()
    requests = list(session.scalars(queries.requests(row)))
    if request.args.get("format") in {"csv", "xlsx"}:
        return exports.answer(request.args["format"], "verification", HEADER, _exported(requests))
    counts = {state: sum(one.state is state for one in requests) for state in RequestState}
    failed = set(session.scalars(queries.failed_mails(row)))
    view = request.args.get("vue", "")
    return render_template(
        "actors/rounds/show.html",
        round=row,
        requests=[one for one in requests if _in_view(one, view, failed)],
        view=view,
        counts={state.value: number for state, number in counts.items()},
        number=len(requests),
        without=[one for one in requests if not one.organisation.email and one.state is RequestState.WAITING],
        to_ask=len(list(session.scalars(queries.to_ask(row)))),
        to_remind=len(list(session.scalars(queries.to_remind(row)))),
        failed=failed,
        preview=_preview(row, requests) if row.state is RoundState.DRAFT else None,
        job=_job(row),
        is_open=clock.today(clock.now()) <= row.last_day,
        history=list(session.scalars(audit.history(row))),
    )


def _in_view(one: CheckRequest, view: str, failed: set[int]) -> bool:
    if view == "failed":
        return one.id in failed
    if view == "without":
        return not one.organisation.email
    return view not in set(RequestState) or one.state == view


def _exported(requests: list[CheckRequest]) -> Any:
    for one in requests:
        yield [
            one.organisation.name, one.organisation.kind.label, gettext(STATES[one.state]), one.asked_at,
            one.reminded_at, one.answered_at,
        ]  # fmt: skip


STATES = {
    RequestState.WAITING: N_("à envoyer"),
    RequestState.ASKED: N_("sans réponse"),
    RequestState.CONFIRMED: N_("encore juste"),
    RequestState.CORRECTED: N_("corrigée"),
    RequestState.GONE: N_("n’existe plus"),
}


def _preview(row: CheckRound, requests: list[CheckRequest]) -> dict[str, str] | None:
    """Return the mail as the first organisation with an address would read it."""
    first = next((one.organisation for one in requests if one.organisation.email), None)
    if first is None:
        return None
    session = db.session()
    content = rounds.content(session, row, first)
    title, text, _html = mail.render(
        "actors.check", mail.site(session), {**content, "action": (rounds.ACTION, SAMPLE)}
    )
    return {"organisation": first.name, "title": title, "text": text.replace("x" * 43, "…")}


def _job(row: CheckRound) -> Job | None:
    return db.session.scalar(
        select(Job)
        .where(
            Job.subject_type == CheckRound.__tablename__,
            Job.subject_id == row.id,
            Job.name == rounds.SEND_JOB,
        )
        .order_by(Job.id.desc())
        .limit(1)
    )


@blueprint.get("/acteurs/verifications/<int:id>/avancement")
@permit(edit, CheckRound)
def check_round_progress(row: CheckRound) -> Response | str:
    """Show how far the sending is; once it is over, lead to the round's page."""
    if row.state is not RoundState.SENDING:
        response = redirect(url_for("actors.check_round", id=row.id), 303)
        if "HX-Request" in request.headers:
            response = Response()
            response.headers["HX-Redirect"] = url_for("actors.check_round", id=row.id)
        return response
    return render_template("actors/rounds/progress.html", **progress_of(row))


def progress_of(row: CheckRound) -> dict[str, Any]:
    """Return how many mails of a round were written, of how many."""
    session = db.session()
    asked = list(session.scalars(queries.requests(row)))
    done = sum(one.state is not RequestState.WAITING for one in asked)
    waiting = len(list(session.scalars(queries.to_ask(row))))
    job = _job(row)
    failed = job is not None and job.state in {JobState.FAILED, JobState.CANCELLED}
    step = ngettext("%(num)s mail écrit", "%(num)s mails écrits", done)
    return {
        "round": row,
        "percent": 100 * done // max(1, done + waiting),
        "step": (job.error if job else "") or gettext("L’envoi s’est arrêté.") if failed else step,
        "failed": failed,
    }


@blueprint.get("/acteurs/verifications/<int:id>/modifier")
@permit(edit, CheckRound)
def change_round_page(row: CheckRound) -> str:
    """Show the words of a round that hasn't left."""
    if row.state is not RoundState.DRAFT:
        abort(404)
    return render_template("actors/rounds/change.html", round=row, form=RoundForm(formdata=None, obj=row))


@blueprint.post("/acteurs/verifications/<int:id>/modifier")
@permit(edit, CheckRound)
def change_round(row: CheckRound) -> Answer:
    """Change the words of a round that hasn't left."""
    form = RoundForm()
    if form.validate():
        try:
            rounds.change(
                db.session(), row, title=form.title.data or "", words=form.words.data or "",
                last_day=form.last_day.data or date.max, now=clock.now(),
            )  # fmt: skip
        except DomainError as problem:
            _blame(form, problem)
        else:
            return redirect(url_for("actors.check_round", id=row.id), 303)
    return render_template("actors/rounds/change.html", round=row, form=form), 422


@blueprint.post("/acteurs/verifications/<int:id>/envoyer")
@permit(edit, CheckRound)
def send_round(row: CheckRound) -> Response:
    """Let the mails leave."""
    return _done(row, rounds.start, gettext("Les mails partent, à un rythme que les serveurs acceptent."))


@blueprint.post("/acteurs/verifications/<int:id>/rappeler")
@permit(edit, CheckRound)
def remind_round(row: CheckRound) -> Response:
    """Remind those who haven't answered, once."""
    return _done(row, rounds.remind, gettext("Le rappel part. Il n’y en aura pas d’autre."))


@blueprint.post("/acteurs/verifications/<int:id>/clore")
@permit(edit, CheckRound)
def close_round(row: CheckRound) -> Response:
    """End the round: its links no longer open."""
    return _done(row, rounds.close, gettext("La tournée est close : ses liens ne s’ouvrent plus."))


def _done(row: CheckRound, operation: Any, words: str) -> Response:
    try:
        operation(db.session(), row, actor=current_user(), now=clock.now())
    except DomainError as problem:
        flash(words_of(problem), "error")
    else:
        flash(words, "success")
    return redirect(url_for("actors.check_round", id=row.id), 303)


@blueprint.post("/acteurs/verifications/<int:id>/abandonner")
@permit(edit, CheckRound)
def discard_round(row: CheckRound) -> Response:
    """Forget a round that never left."""
    try:
        rounds.discard(db.session(), row)
    except DomainError as problem:
        flash(words_of(problem), "error")
        return redirect(url_for("actors.check_round", id=row.id), 303)
    flash(gettext("La tournée préparée est abandonnée ; rien n’était parti."), "success")
    return redirect(url_for("actors.check_rounds"), 303)


@blueprint.post("/acteurs/verifications/demandes/<int:id>/retirer")
@permit(edit, CheckRequest)
def leave_out(one: CheckRequest) -> Response:
    """Take an organisation off a round that hasn't left."""
    row = one.round
    try:
        rounds.leave_out(db.session(), one)
    except DomainError as problem:
        flash(words_of(problem), "error")
    return redirect(url_for("actors.check_round", id=row.id), 303)
