"""The list of elections, which coordinators keep."""

from flask import flash, redirect, render_template, url_for
from flask_babel import gettext
from sqlalchemy import select

from hub.actors.models.reference import Level
from hub.core import clock
from hub.core.access import current_user, permit
from hub.core.db import db
from hub.core.errors import DomainError
from hub.publishing.forms.memoranda import ElectionForm
from hub.publishing.models.elections import Election
from hub.publishing.operations import elections as writing
from hub.publishing.queries import memoranda as queries
from hub.publishing.rules import manage
from hub.publishing.views.blueprint import Answer, blame, blueprint, refuse
from hub.publishing.words import election_day


@blueprint.get("/reglages/elections")
@permit(manage)
def elections() -> str:
    """List the elections and the levels they renew."""
    session = db.session()
    return render_template(
        "publishing/elections.html",
        elections=session.scalars(queries.elections()).all(),
        uses=dict(session.execute(queries.uses_of_elections()).all()),
        today=clock.today(clock.now()),
        election_day=election_day,
    )


@blueprint.get("/reglages/elections/nouvelle")
@permit(manage)
def new_election() -> str:
    """Show the empty form."""
    return _form_page(ElectionForm(formdata=None), None)


@blueprint.post("/reglages/elections/nouvelle")
@permit(manage)
def create_election() -> Answer:
    """Add an election."""
    return _store(ElectionForm(), None)


@blueprint.get("/reglages/elections/<int:id>")
@permit(manage, Election)
def edit_election(election: Election) -> str:
    """Show the form of an election."""
    form = ElectionForm(formdata=None, obj=election)
    form.levels.data = [level.id for level in election.levels]
    return _form_page(form, election)


@blueprint.post("/reglages/elections/<int:id>")
@permit(manage, Election)
def change_election(election: Election) -> Answer:
    """Change an election."""
    return _store(ElectionForm(), election)


@blueprint.post("/reglages/elections/<int:id>/retirer")
@permit(manage, Election)
def remove_election(election: Election) -> Answer:
    """Take an election off the list."""
    try:
        writing.remove(db.session(), election, actor=current_user(), now=clock.now())
    except DomainError as problem:
        return refuse(problem, url_for("publishing.elections"))
    flash(gettext("L’élection est retirée de la liste."), "success")
    return redirect(url_for("publishing.elections"), 303)


def _form_page(form: ElectionForm, election: Election | None, extra: list[str] | None = None) -> str:
    form.offer(db.session())
    return render_template("publishing/election.html", form=form, election=election, extra=extra or [])


def _store(form: ElectionForm, election: Election | None) -> Answer:
    session = db.session()
    form.offer(session)
    extra: list[str] = []
    if form.validate() and form.held_on.data:
        levels = session.scalars(
            select(Level).where(Level.id.in_(form.levels.data or ())).order_by(Level.position)
        )
        facts = writing.Facts(
            form.label.data or "", form.held_on.data, form.date_note.data or "", tuple(levels)
        )
        now = clock.now()
        try:
            if election is None:
                writing.create(session, facts, actor=current_user(), now=now)
            else:
                writing.edit(session, election, facts, actor=current_user(), now=now)
        except DomainError as problem:
            extra = blame(form, problem)
        else:
            flash(gettext("L’élection est enregistrée."), "success")
            return redirect(url_for("publishing.elections"), 303)
    return _form_page(form, election, extra), 422
