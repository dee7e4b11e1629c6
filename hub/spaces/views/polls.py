"""Pages of finding a date: asking, the table of answers, making the meeting; answers by account or link."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from flask import abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from sqlalchemy import Select

from hub.actors.models.mandates import Person
from hub.actors.models.organisations import Organisation
from hub.core import clock, i18n, jobs
from hub.core.access import current_user, dead_link, permit, permit_token
from hub.core.db import db
from hub.core.errors import DomainError
from hub.core.web import row_number
from hub.spaces import rules
from hub.spaces.forms.polls import (
    GuestsForm,
    LastDayForm,
    PollForm,
    answer_form,
    guests_of,
    name_of,
    words_of,
)
from hub.spaces.models.polls import DatePoll, DateProposal, DateVoter, PollState
from hub.spaces.models.spaces import Space
from hub.spaces.operations import polls as operations
from hub.spaces.queries import polls as queries
from hub.spaces.queries import seats
from hub.spaces.values import dates
from hub.spaces.views.blueprint import blueprint
from hub.spaces.views.meetings import tell
from hub.spaces.words import DATE_WORDS, POLL_STATES

CONFLICT, GONE = 409, 410


# --- Asking ---------------------------------------------------------------------------------------


@blueprint.get("/espaces/<slug>/dates/nouvelle")
@permit(rules.edit, Space, key="slug")
def new_poll(space: Space) -> Any:
    """Show the form of a search for a date."""
    form = PollForm(formdata=None)
    return _form(space, form)


def _form(space: Space, form: PollForm, *, more: bool = False) -> str:
    form.prepare(more=more)
    today = clock.today(clock.now())
    asked = db.session.execute(seats.speakers(space.id, today)).all()
    people = list(dict.fromkeys((person.name, organisation.name) for person, organisation, _seat in asked))
    return render_template("spaces/polls/form.html", space=space, form=form, people=people)


@blueprint.post("/espaces/<slug>/dates/nouvelle")
@permit(rules.edit, Space, key="slug")
def create_poll(space: Space) -> Any:
    """Ask for a date; the button for more lines only shows the form again."""
    form = PollForm()
    if "more" in request.form:
        return _form(space, form, more=True)
    if not form.validate_on_submit():
        return _form(space, form), 422
    try:
        poll = operations.create(db.session(), space, form.facts(), actor=current_user(), now=clock.now())
    except DomainError as problem:
        if problem.field == "proposals":
            form.form_errors.append(_(problem.msgid, **problem.params))
        else:
            tell(form, problem)
        return _form(space, form), 422
    flash(_("La recherche de date est lancée. Chaque personne reçoit son lien."), "success")
    return redirect(url_for("spaces.poll", id=poll.id), 303)


# --- The table ------------------------------------------------------------------------------------


@blueprint.get("/dates/<int:id>")
@permit(rules.see_poll, DatePoll)
def poll(poll: DatePoll) -> Any:
    """Show who answered what, the best dates first."""
    return show(poll, GuestsForm(formdata=None), LastDayForm(formdata=None, data={"last_day": poll.last_day}))


def show(poll: DatePoll, guests: GuestsForm, last_day: LastDayForm) -> str:
    """Return the page of a search for a date."""
    session, now, user = db.session(), clock.now(), current_user()
    session.scalar(queries.whole(poll.id))
    ordered = standings_of(poll)
    may_edit = rules.edit_poll(user, poll)
    job = session.scalar(jobs.of(poll, operations.ASK_JOB).limit(1)) if may_edit else None
    proposals = {row.id: row for row in poll.proposals}
    return render_template(
        "spaces/polls/show.html",
        poll=poll,
        space=poll.space,
        state=poll.state_on(now),
        is_open=poll.is_open(now),
        ordered=[(proposals[one.proposal], one) for one in ordered],
        best={one.proposal for one in dates.best(ordered)},
        words={voter.id: {row.proposal_id: row.word for row in voter.answers} for voter in poll.voters},
        answered=sum(voter.answered_at is not None for voter in poll.voters),
        silent=[voter for voter in poll.voters if voter.answered_at is None],
        reminded_today=poll.reminded_on == clock.today(now),
        may_answer=bool(own_organisations(poll)) if poll.is_open(now) else False,
        job=job if job is not None and job.state is not jobs.JobState.DONE else None,
        guests_form=guests,
        last_day_form=last_day,
        may_edit=may_edit,
        date_words=DATE_WORDS,
        states=POLL_STATES,
        moment=now,
    )


def standings_of(poll: DatePoll) -> list[dates.Standing]:
    """Return how the dates of a poll stand, the best first."""
    ballots = [
        dates.Ballot(voter.organisation_id, {row.proposal_id: row.word.value for row in voter.answers})
        for voter in poll.voters
        if voter.answers
    ]
    return dates.standings([(row.id, row.starts_at) for row in poll.proposals], ballots)


def own_organisations(poll: DatePoll) -> list[Organisation]:
    """Return the organisations for which the account may answer."""
    return list(db.session.scalars(_spoken_for(poll)))


def _spoken_for(poll: DatePoll) -> Select[Organisation]:
    return seats.spoken_for(current_user().id, poll.space_id, clock.today(clock.now()))


@blueprint.get("/dates/<int:id>/progres")
@permit(rules.edit_poll, DatePoll)
def poll_progress(poll: DatePoll) -> Any:
    """Say how far the mails are."""
    job = db.session.scalar(jobs.of(poll, operations.ASK_JOB).limit(1))
    if job is None:
        abort(404)
    return render_template("spaces/polls/progress.html", poll=poll, job=job)


@blueprint.post("/dates/<int:id>/reunion")
@permit(rules.edit_poll, DatePoll)
def turn_poll(poll: DatePoll) -> Any:
    """Make the meeting at a date; whoever clicks second is led to the one that is there."""
    session = db.session()
    proposal = session.get(DateProposal, request.form.get("proposal", 0, type=row_number))
    if proposal is None or proposal.poll_id != poll.id:
        abort(404)
    was_found = poll.state is PollState.TURNED
    try:
        meeting = operations.turn(session, poll, proposal, actor=current_user(), now=clock.now())
    except DomainError as problem:
        flash(_(problem.msgid, **problem.params), "error")
        return redirect(url_for("spaces.poll", id=poll.id), 303)
    if was_found or meeting.starts_at != proposal.starts_at:
        flash(_("Cette recherche est déjà devenue une réunion : la voici."), "info")
    else:
        flash(
            _("La réunion est créée. Préparez l’ordre du jour : son envoi dira la date à tout le monde."),
            "success",
        )
    return redirect(url_for("spaces.meeting", id=meeting.id), 303)


def _act(poll: DatePoll, act: Callable[..., Any], done: str) -> Any:
    try:
        act(db.session(), poll, actor=current_user(), now=clock.now())
    except DomainError as problem:
        flash(_(problem.msgid, **problem.params), "error")
    else:
        flash(done, "success")
    return redirect(url_for("spaces.poll", id=poll.id), 303)


@blueprint.post("/dates/<int:id>/rappel")
@permit(rules.edit_poll, DatePoll)
def remind_poll(poll: DatePoll) -> Any:
    """Remind who hasn't answered, once a day at most."""
    return _act(poll, operations.remind, _("Le rappel part à celles et ceux qui n’ont pas répondu."))


@blueprint.post("/dates/<int:id>/reprendre")
@permit(rules.edit_poll, DatePoll)
def resume_poll(poll: DatePoll) -> Any:
    """Take the sending of the links up again."""
    return _act(poll, operations.resume, _("L’envoi reprend ; personne ne reçoit deux mails."))


@blueprint.post("/dates/<int:id>/clore")
@permit(rules.edit_poll, DatePoll)
def close_poll(poll: DatePoll) -> Any:
    """Take no further answers."""
    return _act(poll, operations.close, _("La recherche est close : plus aucune réponse n’entre."))


@blueprint.post("/dates/<int:id>/abandonner")
@permit(rules.edit_poll, DatePoll)
def abandon_poll(poll: DatePoll) -> Any:
    """Give the search up."""
    return _act(poll, operations.abandon, _("La recherche de date est abandonnée."))


@blueprint.post("/dates/<int:id>/prolonger")
@permit(rules.edit_poll, DatePoll)
def extend_poll(poll: DatePoll) -> Any:
    """Set another last day."""
    form = LastDayForm()
    if form.validate_on_submit() and form.last_day.data is not None:
        try:
            operations.extend(db.session(), poll, form.last_day.data, actor=current_user(), now=clock.now())
        except DomainError as problem:
            tell(form, problem)
        else:
            flash(_("Les réponses entrent jusqu’à ce jour inclus."), "success")
            return redirect(url_for("spaces.poll", id=poll.id), 303)
    return show(poll, GuestsForm(formdata=None), form), 422


@blueprint.post("/dates/<int:id>/inviter")
@permit(rules.edit_poll, DatePoll)
def ask_more(poll: DatePoll) -> Any:
    """Ask guests too, and those who have come to sit in the space since."""
    form = GuestsForm()
    if form.validate_on_submit():
        try:
            count = operations.ask_more(
                db.session(), poll, guests_of(form.guests.data), actor=current_user(), now=clock.now()
            )
        except DomainError as problem:
            tell(form, problem)
        else:
            flash(
                ngettext(
                    "%(num)s personne de plus reçoit son lien.",
                    "%(num)s personnes de plus reçoivent leur lien.",
                    count,
                )
                if count
                else _("Tout le monde avait déjà reçu son lien."),
                "success",
            )
            return redirect(url_for("spaces.poll", id=poll.id), 303)
    return show(poll, form, LastDayForm(formdata=None, data={"last_day": poll.last_day})), 422


# --- Answering by account -------------------------------------------------------------------------


def _own(poll: DatePoll) -> tuple[Person, Organisation, list[Organisation]]:
    """Return the account's person, and the organisation in whose name they answer; 403 for none."""
    whose = _spoken_for(poll).add_columns(Person).join(Person, Person.user_id == current_user().id)
    own = db.session.execute(whose).all()
    if not own:
        abort(403)
    person, found = own[0].Person, [row.Organisation for row in own]
    wanted = request.values.get("organisation", type=row_number)
    chosen = next((row for row in found if row.id == wanted), found[0])
    return person, chosen, found


def _known(poll: DatePoll, person: Person, organisation: Organisation) -> DateVoter | None:
    return next(
        (row for row in poll.voters if (row.person_id, row.organisation_id) == (person.id, organisation.id)),
        None,
    )


@blueprint.get("/dates/<int:id>/repondre")
@permit(rules.see_poll, DatePoll)
def poll_answer_page(poll: DatePoll) -> Any:
    """Show the dates to whoever speaks in the space."""
    db.session.scalar(queries.whole(poll.id))
    person, organisation, found = _own(poll)
    voter = _known(poll, person, organisation)
    form = answer_form(poll, voter, i18n.chosen_language(), formdata=None)
    return _answer_page(poll, form, voter, organisation=organisation, organisations=found)


@blueprint.post("/dates/<int:id>/repondre")
@permit(rules.see_poll, DatePoll)
def poll_answer(poll: DatePoll) -> Any:
    """Keep what the account's person says."""
    session, now = db.session(), clock.now()
    session.scalar(queries.whole(poll.id))
    person, organisation, found = _own(poll)
    form = answer_form(poll, _known(poll, person, organisation), i18n.chosen_language())
    if not poll.is_open(now):
        return _over(poll), CONFLICT
    if not form.validate_on_submit():
        return _answer_page(poll, form, None, organisation=organisation, organisations=found), 422
    voter = operations.voter_for(session, poll, person, organisation, now=now)
    operations.answer(
        session, voter, words_of(form, poll), form.comment.data or "", actor=current_user(), now=now
    )
    flash(_("Merci, votre réponse est enregistrée. Vous pouvez en changer jusqu’à la clôture."), "success")
    return redirect(url_for("spaces.poll", id=poll.id), 303)


def _answer_page(poll: DatePoll, form: Any, voter: DateVoter | None, **more: Any) -> str:
    now = clock.now()
    return render_template(
        "spaces/polls/answer.html",
        poll=poll,
        space=poll.space,
        voter=voter,
        form=form,
        fields=[form[name_of(row.id)] for row in poll.proposals],
        is_open=poll.is_open(now),
        **{"token": None, "organisation": None, "organisations": [], **more},
    )


def _over(poll: DatePoll) -> str:
    """Return the page that says that no answer enters any more, and what became of the search."""
    state = poll.state_on(clock.now())
    return render_template(
        "spaces/polls/over.html", poll=poll, space=poll.space, state=state, states=POLL_STATES
    )


# --- Answering by link ----------------------------------------------------------------------------


def still_asked(view: Callable[..., Any]) -> Callable[..., Any]:
    """Guard a page of a poll's link: say that it has expired once the mandate has."""

    @wraps(view)
    def guarded(voter: DateVoter, *, token: str) -> Any:
        if not operations.may_answer(db.session(), voter, clock.now()):
            return dead_link("expired", GONE)
        db.session.scalar(queries.whole(voter.poll_id))
        return view(voter, token=token)

    return guarded


@blueprint.get("/date/<token>")
@permit_token(operations.PURPOSE, DateVoter)
@still_asked
def date_by_link(voter: DateVoter, *, token: str) -> Any:
    """Show the dates to who is asked; once the search is over, say so (410)."""
    poll = voter.poll
    if not poll.is_open(clock.now()):
        return _over(poll), GONE
    form = answer_form(poll, voter, i18n.chosen_language(), formdata=None)
    return _answer_page(poll, form, voter, token=token)


@blueprint.post("/date/<token>")
@permit_token(operations.PURPOSE, DateVoter)
@still_asked
def answer_by_link(voter: DateVoter, *, token: str) -> Any:
    """Keep what somebody says to each date; they can change it until the search is over."""
    session, poll, now = db.session(), voter.poll, clock.now()
    if not poll.is_open(now):
        return _over(poll), CONFLICT
    form = answer_form(poll, voter, i18n.chosen_language())
    if not form.validate_on_submit():
        return _answer_page(poll, form, voter, token=token), 422
    operations.answer(
        session, voter, words_of(form, poll), form.comment.data or "", actor=operations.BY_LINK, now=now
    )
    flash(
        _("Merci, votre réponse est enregistrée. Ce lien permet d’en changer jusqu’à la clôture."), "success"
    )
    return redirect(url_for("spaces.date_by_link", token=token), 303)
