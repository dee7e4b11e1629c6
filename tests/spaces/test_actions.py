"""Actions: what each gesture changes, what it leaves as a trace, and whose an action is today."""

from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import insert, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from hub.core import audit, clock
from hub.core.errors import DomainError
from hub.spaces.models.actions import Action, ActionChange, ActionState
from hub.spaces.operations import actions as operations
from hub.spaces.operations import reminders, spaces
from hub.spaces.operations.actions import ActionFacts, Who
from hub.spaces.queries import actions as queries
from tests import factories
from tests.conftest import both_databases
from tests.spaces import acting

NOW = acting.NOW
TODAY = clock.today(NOW)
SOMEBODY = Who("essai")
LATER = date(2026, 4, 3)


def by(**more: Any) -> dict[str, Any]:
    return {"who": SOMEBODY, "now": NOW, **more}


def trace(session: Session, action: Action) -> list[ActionChange]:
    return list(reversed(session.scalars(queries.history(action)).all()))


@both_databases
def test_each_gesture_changes_the_action_and_tells_why_who_and_when(session: Session) -> None:
    seat = acting.seat(session, acting.space(session))
    action = acting.action(session, seat)
    user = factories.user(session)
    operations.start(session, action, **by())
    operations.block(session, action, "  Le local est fermé. ", **by(who=Who(user)))
    operations.postpone(
        session, action, LATER, "En attente de la commune", **by(who=Who("lien", seat.person))
    )
    operations.finish(session, action, done_on=TODAY - timedelta(days=2), **by())
    session.expire_all()
    assert (action.state, action.due_on, action.done_on) == (ActionState.DONE, LATER, date(2026, 3, 8))
    assert (action.reason, action.times_postponed) == ("", 1)
    rows = trace(session, action)
    assert [(row.state_before.value, row.state_after.value) for row in rows] == [
        ("to_do", "in_progress"), ("in_progress", "blocked"), ("blocked", "blocked"), ("blocked", "done"),
    ]  # fmt: skip
    assert [row.reason for row in rows] == ["", "Le local est fermé.", "En attente de la commune", ""]
    assert [row.by for row in rows] == ["essai", user.name, seat.person.name, "essai"]
    assert [(row.due_before, row.due_after) for row in rows][2] == (date(2026, 3, 20), LATER)
    assert {row.at for row in rows} == {NOW}
    told = {entry.action: entry.changes for entry in session.scalars(audit.history(action))}
    assert told["action.blocked"] == {"state": ["in_progress", "blocked"]}
    assert not any("local" in str(changes) for changes in told.values()), "history holds no reasons"


def test_what_contradicts_itself_is_refused_and_changes_nothing(session: Session) -> None:
    action = acting.action(session, acting.seat(session, acting.space(session)))
    refused: list[tuple[Any, str, str | None]] = [
        (lambda: operations.block(session, action, "  ", **by()), "Dites ce qui bloque", "reason"),
        (lambda: operations.drop(session, action, "", **by()), "abandonnée", "reason"),
        (lambda: operations.postpone(session, action, LATER, " ", **by()), "plus tard", "reason"),
        (lambda: operations.postpone(session, action, None, "x", **by()), "nouvelle date", "due_on"),
        (
            lambda: operations.postpone(session, action, date(2026, 3, 20), "x", **by()),
            "plus tardive", "due_on",
        ),
        (
            lambda: operations.finish(session, action, done_on=TODAY + timedelta(days=1), **by()),
            "à venir", "done_on",
        ),
        (lambda: operations.reopen(session, action, **by()), "déjà ouverte", None),
    ]  # fmt: skip
    for gesture, words, field in refused:
        with pytest.raises(DomainError, match=words) as problem:
            gesture()
        assert problem.value.field == field
    assert (action.state, action.due_on, trace(session, action)) == (
        ActionState.TO_DO, date(2026, 3, 20), [],
    )  # fmt: skip


def test_a_late_action_is_moved_to_a_day_to_come_only(session: Session) -> None:
    action = acting.action(session, acting.seat(session, acting.space(session)))
    after = NOW + timedelta(days=30)
    with pytest.raises(DomainError, match="déjà passée"):
        operations.postpone(session, action, date(2026, 4, 1), "Retard", who=SOMEBODY, now=after)
    operations.postpone(session, action, clock.today(after), "Retard", who=SOMEBODY, now=after)
    assert not action.is_late(clock.today(after))


def test_what_is_over_is_reopened_before_anything_else(session: Session) -> None:
    action = acting.action(session, acting.seat(session, acting.space(session)))
    operations.finish(session, action, **by())
    with pytest.raises(DomainError, match="déjà faite"):
        operations.finish(session, action, **by())
    with pytest.raises(DomainError, match="déjà faite"):
        operations.block(session, action, "x", **by())
    operations.reopen(session, action, **by())
    assert (action.state, action.done_on) == (ActionState.TO_DO, None)
    operations.drop(session, action, "Le projet s’arrête", **by())
    with pytest.raises(DomainError, match="abandonnée"):
        operations.postpone(session, action, LATER, "x", **by())


def test_a_board_moves_an_action_anywhere_and_asks_why_where_that_must_be_said(session: Session) -> None:
    action = acting.action(session, acting.seat(session, acting.space(session)))
    for state in (ActionState.DONE, ActionState.IN_PROGRESS, ActionState.DONE, ActionState.TO_DO):
        operations.move(session, action, state, "", **by())
        assert action.state is state
    for state in (ActionState.BLOCKED, ActionState.DROPPED):
        operations.move(session, action, ActionState.DONE, "", **by())
        number = len(trace(session, action))
        with pytest.raises(DomainError):
            operations.move(session, action, state, " ", **by())
        assert len(trace(session, action)) == number, "a refusal comes before any change"
        operations.move(session, action, state, "Faute de moyens", **by())
        assert action.state is state


def test_changing_facts_moves_a_day_later_only_with_a_reason(session: Session) -> None:
    seat = acting.seat(session, acting.space(session))
    action = acting.action(session, seat)
    links: dict[str, Any] = {"meeting": None, "decision": None}

    def facts(**values: Any) -> ActionFacts:
        known = {"title": "Écrire à tous", "organisation_id": seat.organisation.id, "due_on": action.due_on}
        return ActionFacts(**{**known, **values})

    for day in (LATER, None):
        with pytest.raises(DomainError, match="pourquoi") as problem:
            operations.change(session, action, facts(due_on=day), **links, **by())
        assert problem.value.field == "reason"
    with pytest.raises(DomainError, match="déjà passée"):
        operations.change(session, action, facts(due_on=date(2026, 3, 1)), **links, **by())
    assert action.title == "Écrire aux communes"
    operations.change(session, action, facts(due_on=date(2026, 3, 15)), **links, **by())
    assert action.times_postponed == 0
    operations.change(session, action, facts(due_on=LATER), reason="Vacances", **links, **by())
    operations.change(session, action, facts(due_on=None), reason="On verra", **links, **by())
    operations.change(session, action, facts(due_on=LATER), **links, **by())
    assert (action.title, action.due_on, action.times_postponed) == ("Écrire à tous", LATER, 2)
    assert [row.postpones for row in trace(session, action)] == [False, True, True, False]


@both_databases
def test_the_database_itself_holds_what_a_state_needs(session: Session) -> None:
    action = acting.action(session, acting.seat(session, acting.space(session)))
    for values in ({"state": "done"}, {"state": "blocked"}, {"done_on": TODAY}):
        with pytest.raises(IntegrityError), session.begin_nested():
            session.execute(update(Action).where(Action.id == action.id).values(**values))
    row: dict[str, Any] = {
        "action_id": action.id, "at": NOW,
        "state_before": ActionState.TO_DO, "state_after": ActionState.TO_DO,
    }  # fmt: skip
    for values in (
        {"due_before": TODAY, "due_after": LATER},
        {"due_before": TODAY, "due_after": None},
        {"state_after": ActionState.BLOCKED},
    ):
        with pytest.raises(IntegrityError), session.begin_nested():
            session.execute(insert(ActionChange).values({**row, **values}))


# --- Whose it is -----------------------------------------------------------------------------


def test_a_person_owns_an_action_only_while_they_speak_there(session: Session) -> None:
    where = acting.space(session)
    seat, other = acting.seat(session, where), acting.seat(session, where)
    elsewhere = acting.seat(session, acting.space(session, "Ailleurs"))
    for stranger in (other, elsewhere):
        with pytest.raises(DomainError, match="mandat") as problem:
            acting.action(session, seat, person_id=stranger.person.id)
        assert problem.value.field == "owner"
    with pytest.raises(DomainError, match="mandat"):
        acting.action(session, seat, organisation_id=None, person_id=seat.person.id)
    limited = acting.seat(session, where, is_limited=True)
    with pytest.raises(DomainError, match="mandat"):
        acting.action(session, limited, person_id=limited.person.id)
    shown = acting.seat(session, where, is_limited=True, shown=True)
    assert acting.action(session, shown, person_id=shown.person.id).person_id == shown.person.id


@both_databases
def test_when_a_mandate_ends_the_action_is_the_organisations_again(session: Session) -> None:
    where = acting.space(session)
    seat = acting.seat(session, where)
    colleague = acting.person(session)
    acting.mandate(session, seat.organisation, colleague)
    action = acting.action(session, seat, person_id=seat.person.id)

    def theirs(person_id: int, day: date) -> list[int]:
        return [row.id for row in session.scalars(queries.of_person(person_id, day))]

    def without_owner(day: date) -> list[int]:
        return [row.id for row in session.scalars(queries.without_owner(day))]

    assert theirs(seat.person.id, TODAY) == [action.id]
    assert theirs(colleague.id, TODAY) == [], "it has its person"
    assert without_owner(TODAY) == []
    seat.mandate.ends_on = TODAY
    session.flush()
    after = TODAY + timedelta(days=1)
    assert theirs(seat.person.id, TODAY) == [action.id], "the last day counts"
    assert theirs(seat.person.id, after) == []
    assert theirs(colleague.id, after) == [action.id]
    assert without_owner(after) == [action.id]
    assert [row.id for row in session.scalars(queries.of_organisation(seat.organisation.id))] == [action.id]


def test_to_be_entrusted_without_organisation_or_without_a_seat(session: Session) -> None:
    where = acting.space(session)
    seat = acting.seat(session, where)
    nobody, owned = acting.action(session, None, where), acting.action(session, seat)

    def found() -> set[int]:
        return {row.id for row in session.scalars(queries.without_owner(TODAY))}

    assert found() == {nobody.id}
    seat.membership.ends_on = TODAY - timedelta(days=1)
    session.flush()
    assert found() == {nobody.id, owned.id}
    operations.drop(session, nobody, "Sans objet", **by())
    assert found() == {owned.id}


def test_late_and_soon_are_of_what_is_open(session: Session) -> None:
    seat = acting.seat(session, acting.space(session))
    for days in (-1, 0, 7, 8):
        acting.action(session, seat, title=str(days), due_on=TODAY + timedelta(days=max(days, 0)))
    session.execute(update(Action).where(Action.title == "-1").values(due_on=TODAY - timedelta(days=1)))
    done = acting.action(session, seat, title="fait", due_on=TODAY)
    acting.action(session, seat, title="sans date", due_on=None)
    operations.finish(session, done, **by())
    session.expire_all()
    assert [row.title for row in session.scalars(queries.late(TODAY))] == ["-1"]
    assert [row.title for row in session.scalars(queries.due_soon(TODAY))] == ["0", "7"]


# --- Taking back -----------------------------------------------------------------------------


def test_a_gesture_is_taken_back_by_whoever_made_it_within_half_an_hour(session: Session) -> None:
    seat = acting.seat(session, acting.space(session))
    action = acting.action(session, seat)
    mine = Who("lien personnel", seat.person)
    operations.postpone(session, action, LATER, "Vacances", who=mine, now=NOW)
    (change,) = trace(session, action)
    for who, moment in ((SOMEBODY, NOW), (Who(None, acting.person(session)), NOW)):
        with pytest.raises(DomainError, match="Autre chose"):
            operations.undo(session, change, who=who, now=moment)
    with pytest.raises(DomainError, match="Le temps"):
        operations.undo(session, change, who=mine, now=NOW + operations.UNDO_FOR)
    soon = NOW + timedelta(minutes=29)
    operations.undo(session, change, who=mine, now=soon)
    assert (action.due_on, action.times_postponed, action.reason) == (date(2026, 3, 20), 0, "")
    assert [row.undoes_id for row in trace(session, action)] == [None, change.id]
    for row in trace(session, action):
        with pytest.raises(DomainError):
            operations.undo(session, row, who=mine, now=soon)


def test_nothing_is_taken_back_once_something_else_changed(session: Session) -> None:
    seat = acting.seat(session, acting.space(session))
    action = acting.action(session, seat)
    mine = Who("lien personnel", seat.person)
    operations.block(session, action, "Le local est fermé", who=mine, now=NOW)
    (change,) = trace(session, action)
    since = NOW - operations.UNDO_FOR
    assert session.scalars(queries.undoable(seat.person.id, since)).all() == [change]
    operations.start(session, action, **by())
    assert session.scalars(queries.undoable(seat.person.id, since)).all() == []
    with pytest.raises(DomainError, match="Autre chose"):
        operations.undo(session, change, who=mine, now=NOW)


# --- What is forgotten -----------------------------------------------------------------------


@both_databases
def test_reasons_are_blanked_two_years_after_the_end_and_not_before(session: Session) -> None:
    seat = acting.seat(session, acting.space(session))
    over, still = acting.action(session, seat), acting.action(session, seat)
    for action in (over, still):
        operations.block(session, action, "Madame X est absente", **by())
    operations.drop(session, over, "Madame X est partie", **by())
    after = NOW + reminders.REASONS_KEPT
    reminders.forget(session, now=after)
    session.expire_all()
    assert over.reason == "Madame X est partie"
    for _ in range(2):
        reminders.forget(session, now=after + timedelta(days=1))
        session.expire_all()
        assert over.reason == reminders.FORGOTTEN
        words = session.scalars(select(ActionChange.reason).where(ActionChange.action_id == over.id)).all()
        assert set(words) == {reminders.FORGOTTEN}
        assert {row.reason_before for row in trace(session, over)} == {"", reminders.FORGOTTEN}
        assert still.reason == "Madame X est absente", "it is still being worked on"


def test_a_space_keeps_its_actions_apart(session: Session) -> None:
    where = acting.space(session)
    seat = acting.seat(session, where)
    acting.action(session, seat)
    other = acting.seat(session, acting.space(session, "Ailleurs"), organisation=seat.organisation)
    assert session.scalars(queries.of_person(other.person.id, TODAY)).all() == [
        row for row in session.scalars(select(Action)) if row.space_id == where.id
    ], "a general mandate speaks in every space where its organisation sits"
    spaces.end_membership(session, seat.membership, actor=None, now=NOW - timedelta(days=1))
    assert session.scalars(queries.of_person(other.person.id, TODAY)).all() == []
