"""Versions of axes and plan actions: a plan in preparation is rewritten, one in force is revised.

While a plan is prepared there is one version of each thing and it changes. Once in force, what changes the
plan belongs to its open revision: the version that stood ends on the revision's day, another begins. Slips of
the pen are corrected in place.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, TypeVar

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from hub.accounts.models import User
from hub.actors.models.reference import Theme
from hub.core import audit
from hub.core.clock import today
from hub.core.errors import N_, DomainError
from hub.plans.models.frames import FrameEntry
from hub.plans.models.outline import (
    Axis,
    AxisVersion,
    PlanAction,
    PlanActionVersion,
)
from hub.plans.models.plans import Plan, Revision
from hub.plans.operations.revisions import revision_for

Acting = User | str | None
Version = TypeVar("Version", AxisVersion, PlanActionVersion)
NEEDS_TITLE = N_("Donnez un titre.")


def current_axis(session: Session, axis: Axis) -> AxisVersion | None:
    """Return how an axis reads now; None once it has ended."""
    return session.scalar(
        select(AxisVersion).where(AxisVersion.axis_id == axis.id, AxisVersion.until_on.is_(None))
    )


def current_action(session: Session, plan_action: PlanAction) -> PlanActionVersion | None:
    """Return how a plan action reads now; None once it has ended."""
    return session.scalar(
        select(PlanActionVersion).where(
            PlanActionVersion.plan_action_id == plan_action.id, PlanActionVersion.until_on.is_(None)
        )
    )


def rewritten(session: Session, version: Version, revision: Revision | None) -> Version:
    """Return the version to write on: the same one, or a new one that the revision makes."""
    if revision is None or version.made_by_id == revision.id:
        return version
    kept = ("id", "from_on", "until_on", "made_by_id", "ended_by_id")
    said = {
        column.key: getattr(version, column.key)
        for column in type(version).__mapper__.column_attrs
        if column.key not in kept
    }
    version.until_on = revision.day
    session.flush()
    new = type(version)(**said, from_on=revision.day, made_by_id=revision.id)
    session.add(new)
    session.flush()
    return new


def end_version(version: AxisVersion | PlanActionVersion, revision: Revision | None, now: datetime) -> None:
    """End a version: by the revision, or as if it had never been while the plan is prepared."""
    if revision is None:
        version.from_on = version.until_on = today(now)
    else:
        version.until_on, version.ended_by_id = revision.day, revision.id


def take_back(session: Session, version: AxisVersion | PlanActionVersion, plan: Plan) -> None:
    """Let a version that the open revision has ended stand again.

    Raises DomainError if another revision ended it: what it decided is history.
    """
    revision = revision_for(session, plan)
    if revision is None or version.ended_by_id != revision.id:
        raise DomainError(N_("Seule la révision ouverte peut revenir sur ce qu’elle a sorti du plan."))
    version.until_on = version.ended_by_id = None
    session.flush()


def next_of(session: Session, column: Any, condition: Any, *, ever: bool) -> int:
    """Return one more than the highest; in a plan in force a number that was given once is given no more."""
    found = select(func.max(column)).where(condition)
    if not ever:
        found = found.where(column.class_.until_on.is_(None))
    return (session.scalar(found) or 0) + 1


def standing(version: Version | None) -> Version:
    """Return the version that stands. Raises DomainError if there is none any more."""
    if version is None:
        raise DomainError(N_("C’est sorti du plan : rien n’y change plus."))
    return version


def classify(
    session: Session, thing: Axis | PlanAction, theme_ids: Sequence[int], entry_ids: Sequence[int]
) -> None:
    """Say which themes, rights and lines of grids an axis or a plan action touches."""
    thing.themes = list(session.scalars(select(Theme).where(Theme.id.in_(theme_ids)))) if theme_ids else []
    thing.entries = (
        list(session.scalars(select(FrameEntry).where(FrameEntry.id.in_(entry_ids)))) if entry_ids else []
    )


def order(session: Session, plan: Plan, rows: Sequence[tuple[int, Any]], ids: Sequence[int]) -> None:
    """Give versions (id of the thing, version) the places in the order of these ids.

    Raises DomainError if the ids are not those of the things.
    """
    if sorted(ids) != sorted(key for key, _ in rows):
        raise DomainError(N_("La liste a changé entre-temps : rechargez la page."))
    revision = revision_for(session, plan)
    places = {key: place for place, key in enumerate(ids, start=1)}
    # The places that are there are given anew, so that one that keeps its place is not said to have moved.
    free = sorted(row.position for _, row in rows)
    for key, row in rows:
        place = free[places[key] - 1]
        if row.position != place:
            rewritten(session, row, revision).position = place
    session.flush()


def renumber(session: Session, plan: Plan) -> None:
    """Number a plan in preparation in its order: axes, and the actions of each."""
    axes = session.scalars(
        select(AxisVersion)
        .join(Axis)
        .where(Axis.plan_id == plan.id, AxisVersion.until_on.is_(None))
        .order_by(AxisVersion.position, AxisVersion.axis_id)
    )
    for number, row in enumerate(axes, start=1):
        row.number = number
    actions = session.scalars(
        select(PlanActionVersion)
        .join(PlanAction)
        .where(PlanAction.plan_id == plan.id, PlanActionVersion.until_on.is_(None))
        .order_by(PlanActionVersion.axis_id, PlanActionVersion.position, PlanActionVersion.plan_action_id)
    )
    last: dict[int, int] = {}
    for one in actions:
        last[one.axis_id] = one.number = last.get(one.axis_id, 0) + 1
    session.flush()


def tell(session: Session, plan: Plan, action: str, title: str, *, actor: Acting, now: datetime) -> None:
    """Write a change of the outline into the plan's history."""
    plan.updated_at = now
    session.flush()
    changes = {"title": [None, title.strip()]} if title else {}
    audit.record(session, action, plan, actor=actor, now=now, changes=changes)
