"""Noting a decision with all its positions in one form; replacing it, withdrawing it, making it known."""

from collections.abc import Sequence
from typing import Any
from uuid import uuid4

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _

from hub.core import clock
from hub.core.access import current_user, permit
from hub.core.db import db
from hub.core.errors import DomainError
from hub.core.web import row_number
from hub.spaces import rules
from hub.spaces.forms.decisions import (
    DecisionForm,
    PositionForm,
    ReplaceForm,
    VoteRuleForm,
    WithdrawForm,
    lines,
)
from hub.spaces.models.decisions import Decision
from hub.spaces.models.meetings import AgendaItem, Meeting
from hub.spaces.models.spaces import Space
from hub.spaces.operations import decisions as operations
from hub.spaces.operations import positions
from hub.spaces.operations.positions import Said
from hub.spaces.operations.voices import Seat, table_of
from hub.spaces.queries import decisions as queries
from hub.spaces.views.blueprint import blueprint
from hub.spaces.words import ROLES, VOTE_RULES

Lines = Sequence[tuple[Seat, PositionForm]]


@blueprint.get("/reunions/<int:id>/decisions/nouvelle")
@permit(rules.edit_meeting, Meeting)
def new_decision(meeting: Meeting) -> Any:
    """Show the form of a decision, with a line for each organisation that has a voice."""
    seats = table_of(db.session(), meeting)
    form = DecisionForm(
        formdata=None, client_key=uuid4().hex, item_id=request.args.get("point", type=row_number)
    )
    form.offer(meeting.items)
    return _form(form, lines(seats, None, None), seats, meeting, None)


@blueprint.post("/reunions/<int:id>/decisions/nouvelle")
@permit(rules.edit_meeting, Meeting)
def take_decision(meeting: Meeting) -> Any:
    """Note the decision and where organisations stand."""
    seats = table_of(db.session(), meeting)
    form, table = DecisionForm(), lines(seats, None, request.form)
    form.offer(meeting.items)
    if not _valid(form, table):
        return _form(form, table, seats, meeting, None), 422
    try:
        row = operations.take(
            db.session(), meeting, _item(form), _facts(form), actor=current_user(), now=clock.now()
        )
        positions.note(db.session(), row, _said(form, table), actor=current_user(), now=clock.now())
    except DomainError as problem:
        _tell(form, table, problem)
        return _form(form, table, seats, meeting, None), 422
    flash(_("La décision %(code)s est notée.", code=row.code), "success")
    return redirect(url_for("spaces.decision", code=row.code), 303)


@blueprint.get("/decisions/<code>/modifier")
@permit(rules.edit_decision, Decision, key="code")
def edit_decision(decision: Decision) -> Any:
    """Show the form with what is noted."""
    seats = table_of(db.session(), decision.meeting)
    form = DecisionForm(formdata=None, obj=decision)
    form.offer(decision.meeting.items)
    return _form(form, lines(seats, decision, None), seats, decision.meeting, decision)


@blueprint.post("/decisions/<code>/modifier")
@permit(rules.edit_decision, Decision, key="code")
def change_decision(decision: Decision) -> Any:
    """Correct what is noted; positions that change leave their trace."""
    session, meeting = db.session(), decision.meeting
    seats = table_of(session, meeting)
    form, table = DecisionForm(), lines(seats, decision, request.form)
    form.offer(meeting.items)
    if not _valid(form, table):
        return _form(form, table, seats, meeting, decision), 422
    try:
        _change(decision, form, table)
    except DomainError as problem:
        _tell(form, table, problem)
        return _form(form, table, seats, meeting, decision), 422
    flash(_("C’est enregistré. L’historique garde ce qui était noté avant."), "success")
    return redirect(url_for("spaces.decision", code=decision.code), 303)


def _change(decision: Decision, form: DecisionForm, table: Lines) -> None:
    """Take positions back before the way of deciding changes, and add them afterwards."""
    session, actor, now = db.session(), current_user(), clock.now()
    said = _said(form, table)
    gone = {number: None for number, what in said.items() if what is None}
    positions.note(session, decision, gone, actor=actor, now=now)
    operations.change(session, decision, _item(form), _facts(form), actor=actor, now=now)
    positions.note(session, decision, said, actor=actor, now=now)


def _valid(form: DecisionForm, table: Lines) -> bool:
    """Validate all of it, so that each error stands beside its field."""
    valid = [form.validate_on_submit(), *(line.validate() for _seat, line in table)]
    return all(valid)


def _facts(form: DecisionForm) -> operations.DecisionFacts:
    return operations.DecisionFacts(form.text.data or "", form.method.data, form.client_key.data or None)


def _item(form: DecisionForm) -> AgendaItem | None:
    return db.session.get(AgendaItem, form.item_id.data) if form.item_id.data else None


def _said(form: DecisionForm, table: Lines) -> dict[int, Said | None]:
    """Return what each line says; who was there and has nothing chosen says what the others say."""
    others = form.others.data
    return {
        seat.organisation.id: line.said or (Said(others) if others and seat.was_there else None)
        for seat, line in table
    }


def _tell(form: Any, table: Lines, problem: DomainError) -> None:
    """Put a refusal beside the field that it is about."""
    message = _(problem.msgid, **problem.params)
    name, _sign, number = (problem.field or "").partition("_")
    for seat, line in table:
        if number == str(seat.organisation.id) and name in line:
            line[name].errors = [*line[name].errors, message]
            return
    if problem.field and problem.field in form:
        form[problem.field].errors = [*form[problem.field].errors, message]
    else:
        form.form_errors.append(message)


def _form(
    form: DecisionForm, table: Lines, seats: dict[int, Seat], meeting: Meeting, decision: Decision | None
) -> str:
    return render_template(
        "spaces/decisions/form.html",
        form=form,
        lines=table,
        observers=[seat.organisation for seat in seats.values() if seat.observes],
        presence_noted=any(seat.presence for seat in seats.values()),
        meeting=meeting,
        decision=decision,
        approved=operations.is_approved(db.session(), meeting.id),
        rule=VOTE_RULES[decision.vote_rule if decision else meeting.space.vote_rule],
        roles=ROLES,
        may_choose_rule=rules.edit(current_user(), meeting.space),
    )


# --- What becomes of a decision --------------------------------------------------------------


@blueprint.get("/decisions/<code>/remplacer")
@permit(rules.edit_decision, Decision, key="code")
def replace_decision_page(decision: Decision) -> Any:
    """Ask which later decision takes the place of this one."""
    return _replace_page(decision, ReplaceForm(formdata=None))


@blueprint.post("/decisions/<code>/remplacer")
@permit(rules.edit_decision, Decision, key="code")
def replace_decision(decision: Decision) -> Any:
    """Let a later decision take the place of this one."""
    form = ReplaceForm()
    form.offer(db.session.scalars(queries.may_replace(decision)).all())
    if not form.validate_on_submit():
        return _replace_page(decision, form), 422
    try:
        operations.replace(
            db.session(), decision, db.session.get_one(Decision, form.new.data),
            reason=form.reason.data or "", actor=current_user(), now=clock.now(),
        )  # fmt: skip
    except DomainError as problem:
        _tell(form, (), problem)
        return _replace_page(decision, form), 422
    flash(_("La décision %(code)s est remplacée. Elle reste lisible.", code=decision.code), "success")
    return redirect(url_for("spaces.decision", code=decision.code), 303)


def _replace_page(decision: Decision, form: ReplaceForm) -> str:
    found = db.session.scalars(queries.may_replace(decision)).all()
    form.offer(found)
    return render_template("spaces/decisions/replace.html", decision=decision, form=form, found=found)


@blueprint.get("/decisions/<code>/retirer")
@permit(rules.edit_decision, Decision, key="code")
def withdraw_decision_page(decision: Decision) -> Any:
    """Ask why the decision is taken back."""
    form = WithdrawForm(formdata=None)
    return render_template("spaces/decisions/withdraw.html", decision=decision, form=form)


@blueprint.post("/decisions/<code>/retirer")
@permit(rules.edit_decision, Decision, key="code")
def withdraw_decision(decision: Decision) -> Any:
    """Take the decision back, with the reason."""
    form = WithdrawForm()
    try:
        if form.validate_on_submit():
            operations.withdraw(
                db.session(), decision, reason=form.reason.data or "", actor=current_user(), now=clock.now()
            )
            flash(_("La décision %(code)s est retirée. Elle reste lisible.", code=decision.code), "success")
            return redirect(url_for("spaces.decision", code=decision.code), 303)
    except DomainError as problem:
        _tell(form, (), problem)
    return render_template("spaces/decisions/withdraw.html", decision=decision, form=form), 422


@blueprint.post("/decisions/<code>/remettre-en-vigueur")
@permit(rules.edit_decision, Decision, key="code")
def reinstate_decision(decision: Decision) -> Any:
    """Undo a replacement or a withdrawal made by mistake."""
    try:
        operations.reinstate(db.session(), decision, actor=current_user(), now=clock.now())
        flash(_("La décision %(code)s est de nouveau en vigueur.", code=decision.code), "success")
    except DomainError as problem:
        flash(_(problem.msgid), "warning")
    return redirect(url_for("spaces.decision", code=decision.code), 303)


@blueprint.post("/decisions/<code>/faire-connaitre")
@permit(rules.tell_decision, Decision, key="code")
def tell_decision(decision: Decision) -> Any:
    """Make the decision known to all who signed in, or keep it to its space again."""
    known = request.form.get("known") == "1"
    operations.tell(db.session(), decision, known=known, actor=current_user(), now=clock.now())
    if known:
        flash(
            _("Toutes les personnes connectées trouvent maintenant cette décision, sans les positions."),
            "success",
        )
    else:
        flash(_("Cette décision n’est plus montrée qu’à l’espace et à la coordination."), "success")
    return redirect(url_for("spaces.decision", code=decision.code), 303)


# --- The rule of a space ---------------------------------------------------------------------


@blueprint.get("/espaces/<slug>/regle-de-vote")
@permit(rules.edit, Space, key="slug")
def vote_rule_page(space: Space) -> Any:
    """Show how voices are counted in the space."""
    form = VoteRuleForm(formdata=None, obj=space)
    form.offer()
    return render_template("spaces/decisions/rule.html", space=space, form=form)


@blueprint.post("/espaces/<slug>/regle-de-vote")
@permit(rules.edit, Space, key="slug")
def choose_vote_rule(space: Space) -> Any:
    """Choose how voices are counted from now on."""
    form = VoteRuleForm()
    form.offer()
    if not form.validate_on_submit():
        return render_template("spaces/decisions/rule.html", space=space, form=form), 422
    operations.choose_rule(db.session(), space, form.vote_rule.data, actor=current_user(), now=clock.now())
    flash(_("C’est enregistré. Ce qui est déjà décidé garde la règle de son jour."), "success")
    return redirect(url_for("spaces.show", slug=space.slug), 303)
