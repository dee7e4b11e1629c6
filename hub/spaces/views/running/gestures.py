"""The gestures of a meeting: notes, presences, guests, points, decisions, actions. Each may come twice."""

from typing import Any

from hub.core import clock
from hub.core.access import current_user, permit
from hub.core.db import db
from hub.core.errors import N_, DomainError
from hub.spaces import rules
from hub.spaces.models.decisions import Method
from hub.spaces.models.meetings import AgendaItem, Meeting, Presence
from hub.spaces.models.running import NoteConflict
from hub.spaces.operations import attendance, capture, notes, running
from hub.spaces.operations.attendance import Who
from hub.spaces.operations.decisions import DecisionFacts
from hub.spaces.views.blueprint import blueprint
from hub.spaces.views.running import answers

NOT_A_CHOICE = N_("Choisissez dans la liste.")


@blueprint.post("/reunions/points/<int:id>/notes")
@permit(rules.edit_item, AgendaItem)
def run_notes(item: AgendaItem) -> Any:
    """Save the notes of a point; those from an older version are kept beside the stored ones (409)."""
    meeting = item.meeting
    try:
        saved = notes.save(
            db.session(), item, answers.typed("text"), base=answers.number("version") or 0,
            key=answers.key(), actor=current_user(), now=clock.now(),
        )  # fmt: skip
    except DomainError as problem:
        return answers.refuse(meeting, "notes", problem, item)
    if saved.kept is not None and saved.kept.resolved_at is None:
        return answers.conflict(meeting, item, saved.kept)
    return answers.done(meeting, item, version=saved.version)


@blueprint.post("/reunions/conflits/<int:id>")
@permit(rules.edit_conflict, NoteConflict)
def run_kept(conflict: NoteConflict) -> Any:
    """Go on writing a text that is kept beside the notes."""
    item = conflict.item
    try:
        kept = notes.keep_on(
            db.session(), conflict, answers.typed("text"), key=answers.key(), actor=current_user(),
            now=clock.now(),
        )  # fmt: skip
    except DomainError as problem:
        return answers.refuse(item.meeting, "kept", problem, item)
    return answers.done(item.meeting, item, kept=kept.id)


@blueprint.post("/reunions/conflits/<int:id>/fusion")
@permit(rules.edit_conflict, NoteConflict)
def run_merge(conflict: NoteConflict) -> Any:
    """Make one text of both; if the notes have moved on meanwhile, both are shown again (409)."""
    item = conflict.item
    text = None if answers.typed("choice") == "stored" else answers.typed("text")
    try:
        saved = notes.merge(
            db.session(), conflict, text, base=answers.number("version") or 0,
            seen=answers.number("seen") or 0, key=answers.key(), actor=current_user(), now=clock.now(),
        )  # fmt: skip
    except DomainError as problem:
        return answers.refuse(item.meeting, "kept", problem, item)
    if saved.kept is not None and saved.kept.resolved_at is None:
        return answers.conflict(item.meeting, item, saved.kept)
    return answers.done(item.meeting, item, version=saved.version)


@blueprint.post("/reunions/<int:id>/tenue/presences")
@permit(rules.edit_meeting, Meeting)
def run_presence(meeting: Meeting) -> Any:
    """Note that somebody is present, excused, absent or represented."""
    try:
        who = Who(answers.number("attendance"), answers.number("person"), answers.number("organisation"))
        attendance.mark(
            db.session(), meeting, who, _presence(), represented_by_id=answers.number("represented_by"),
            key=answers.key(), actor=current_user(), now=clock.now(),
        )  # fmt: skip
    except DomainError as problem:
        return answers.refuse(meeting, "presence", problem)
    return answers.done(meeting)


def _presence() -> Presence | None:
    word = answers.typed("presence")
    if word in set(Presence):
        return Presence(word)
    if word == "none":
        return None
    raise DomainError(NOT_A_CHOICE, field="presence")


@blueprint.post("/reunions/<int:id>/tenue/invites")
@permit(rules.edit_meeting, Meeting)
def run_guest(meeting: Meeting) -> Any:
    """Note that a guest is there."""
    try:
        attendance.add_guest(
            db.session(), meeting, answers.typed("name"), answers.typed("organisation"), key=answers.key(),
            actor=current_user(), now=clock.now(),
        )  # fmt: skip
    except DomainError as problem:
        return answers.refuse(meeting, "guest", problem)
    return answers.done(meeting)


@blueprint.post("/reunions/<int:id>/tenue/points")
@permit(rules.edit_meeting, Meeting)
def run_point(meeting: Meeting) -> Any:
    """Add a point that nobody had planned."""
    try:
        item = running.add_point(
            db.session(), meeting, answers.typed("title"), key=answers.key(), actor=current_user(),
            now=clock.now(),
        )  # fmt: skip
    except DomainError as problem:
        return answers.refuse(meeting, "point", problem)
    if not answers.by_script():
        return answers.done(meeting, item)
    return answers.done(meeting, item, id=item.id, html=answers.point_html(meeting, item))


@blueprint.post("/reunions/points/<int:id>/decisions")
@permit(rules.edit_item, AgendaItem)
def run_decide(item: AgendaItem) -> Any:
    """Record what is decided on a point."""
    try:
        facts = DecisionFacts(answers.typed("text"), _method(), answers.key())
        capture.decide(db.session(), item, facts, actor=current_user(), now=clock.now())
    except DomainError as problem:
        return answers.refuse(item.meeting, "decision", problem, item)
    return answers.done(item.meeting, item)


def _method() -> Method:
    word = answers.typed("method") or Method.CONSENSUS.value
    if word not in set(Method):
        raise DomainError(NOT_A_CHOICE, field="method")
    return Method(word)


@blueprint.post("/reunions/points/<int:id>/actions")
@permit(rules.edit_item, AgendaItem)
def run_undertake(item: AgendaItem) -> Any:
    """Record who does what after a point. `owner` is « organisation » or « organisation-person »."""
    organisation, _dash, person = answers.typed("owner").partition("-")
    try:
        facts = capture.Undertaking(
            title=" ".join(answers.typed("title").split()),
            organisation_id=_chosen(organisation),
            person_id=_chosen(person),
            due_on=answers.day("due_on"),
            decision=answers.typed("decision"),
            client_key=answers.key(),
        )
        capture.undertake(db.session(), item, facts, actor=current_user(), now=clock.now())
    except DomainError as problem:
        return answers.refuse(item.meeting, "action", problem, item)
    return answers.done(item.meeting, item)


def _chosen(text: str) -> int | None:
    if not text:
        return None
    if not (text.isascii() and text.isdecimal()) or int(text[:12]) > answers.LARGEST_NUMBER:
        raise DomainError(NOT_A_CHOICE, field="owner")
    return int(text)
