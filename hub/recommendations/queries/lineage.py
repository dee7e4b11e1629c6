"""What came from what: a recommendation's lineage, all whose words stand behind it, and where it went."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, func, or_, select
from sqlalchemy.orm import InstrumentedAttribute, Session, aliased, contains_eager, joinedload, load_only

from hub.actors.models.organisations import Organisation
from hub.core.search import fold
from hub.events.models.workshops import Workshop
from hub.recommendations.models.contributions import Contribution
from hub.recommendations.models.lineage import Derivation
from hub.recommendations.models.recommendations import (
    SET_ASIDE,
    Recommendation,
    RecommendationSource,
)
from hub.recommendations.queries import reach
from hub.recommendations.queries.reach import HANDED_ON, STANDS, after, before
from hub.recommendations.queries.recommendations import said_along
from hub.spaces.models.meetings import Meeting


@dataclass(frozen=True, slots=True)
class Family:
    """What stands around a recommendation: `rows` by identifier, `ties` in the order of their making."""

    rows: dict[int, Recommendation]
    ties: list[Derivation]
    undone: list[Derivation]


def heirs(ids: Iterable[int]) -> Select[Recommendation]:
    """Select what rows were merged, split or taken over into, however far, without the rows themselves."""
    known = tuple(ids)
    found = reach.heirs(select(Recommendation.id).where(Recommendation.id.in_(known)))
    return (
        select(Recommendation)
        .where(Recommendation.id.in_(select(found.c.id)), Recommendation.id.not_in(known))
        .order_by(Recommendation.id)
    )


def family(session: Session, row: Recommendation) -> Family:
    """Read what a recommendation comes from, what came of it, and what the same gestures made beside it.

    Two queries, however large it is.
    """
    up, down = before([row.id]), after([row.id])
    near = select(up.c.id).union(select(down.c.id)).subquery()
    gestures = select(Derivation.gesture).where(
        STANDS,
        Derivation.parent_id.in_(select(near.c.id)),
        Derivation.child_id.in_(select(near.c.id)),
    )
    parent, child = aliased(Recommendation), aliased(Recommendation)
    ties = session.scalars(
        select(Derivation)
        .join(Derivation.parent.of_type(parent))
        .join(Derivation.child.of_type(child))
        .outerjoin(Derivation.meeting)
        .where(
            or_(
                Derivation.gesture.in_(gestures),
                Derivation.undone_at.is_not(None)
                & or_(Derivation.parent_id == row.id, Derivation.child_id == row.id),
            )
        )
        .options(
            contains_eager(Derivation.parent.of_type(parent)).load_only(*_told(parent)),
            contains_eager(Derivation.child.of_type(child)).load_only(*_told(child)),
            contains_eager(Derivation.meeting).load_only(Meeting.title, Meeting.starts_at),
        )
        .order_by(Derivation.created_at, Derivation.id)
    ).all()
    standing = [tie for tie in ties if tie.undone_at is None]
    rows = {row.id: row}
    for tie in standing:
        rows[tie.parent_id], rows[tie.child_id] = tie.parent, tie.child
    return Family(rows, standing, [tie for tie in ties if tie.undone_at is not None])


def _told(row: type[Recommendation]) -> tuple[InstrumentedAttribute[Any], ...]:
    """Return what a lineage tells of each recommendation; its texts are read on its page."""
    return row.code, row.title, row.state


def all_sources(row_id: int) -> Select[RecommendationSource]:
    """Select whose words stand behind a recommendation, with those of all that it was made from.

    Sources stay where they were attached; the lineage reaches them.
    """
    return _reached_sources(row_id).options(
        joinedload(RecommendationSource.recommendation),
        joinedload(RecommendationSource.contribution).options(
            joinedload(Contribution.organisation),
            joinedload(Contribution.document),
            joinedload(Contribution.workshop),
        ),
    )


def sources_told(row_id: int) -> Select[RecommendationSource]:
    """Select the same with what a list tells of each: its words, who said them, where they were attached."""
    return _reached_sources(row_id).options(
        joinedload(RecommendationSource.recommendation).load_only(Recommendation.code),
        joinedload(RecommendationSource.contribution).options(
            load_only(Contribution.proposal, Contribution.organisation_id, Contribution.workshop_id),
            joinedload(Contribution.organisation).load_only(Organisation.name),
            joinedload(Contribution.workshop).load_only(Workshop.title),
        ),
    )


def _reached_sources(row_id: int) -> Select[RecommendationSource]:
    reached = reach.behind(select(Recommendation.id).where(Recommendation.id == row_id))
    return (
        select(RecommendationSource)
        .where(
            RecommendationSource.recommendation_id.in_(select(reached.c.by)),
            RecommendationSource.detached_at.is_(None),
        )
        .order_by(RecommendationSource.recommendation_id, RecommendationSource.id)
    )


def handed_on() -> Select[int, int]:
    """Select (parent, child) of all ties by which sources are handed on."""
    return select(Derivation.parent_id, Derivation.child_id).where(STANDS, Derivation.kind.in_(HANDED_ON))


def attached() -> Select[RecommendationSource]:
    """Select all sources that are attached, with who said them."""
    return (
        select(RecommendationSource)
        .where(RecommendationSource.detached_at.is_(None))
        .options(
            joinedload(RecommendationSource.contribution).options(
                joinedload(Contribution.organisation), joinedload(Contribution.workshop)
            )
        )
        .order_by(RecommendationSource.id)
    )


def became(row_id: int) -> Select[Derivation]:
    """Select what came of a recommendation directly."""
    return _beside(Derivation.parent_id == row_id, Derivation.child)


def made_from(row_id: int) -> Select[Derivation]:
    """Select that from which a recommendation comes directly."""
    return _beside(Derivation.child_id == row_id, Derivation.parent)


def ties_of(row_id: int) -> Select[Derivation]:
    """Select all ties that stand between a recommendation and others, the oldest first."""
    return (
        select(Derivation)
        .where(STANDS, or_(Derivation.parent_id == row_id, Derivation.child_id == row_id))
        .options(joinedload(Derivation.parent), joinedload(Derivation.child))
        .order_by(Derivation.id)
    )


def _beside(
    condition: ColumnElement[bool], other: InstrumentedAttribute[Recommendation]
) -> Select[Derivation]:
    return select(Derivation).where(STANDS, condition).options(joinedload(other)).order_by(Derivation.id)


def between(parents: Iterable[int], child: int) -> Select[Derivation]:
    """Select the ties that already stand from some rows to one."""
    return _beside(
        Derivation.parent_id.in_(tuple(parents)) & (Derivation.child_id == child), Derivation.parent
    )


def of_gesture(gesture: str) -> Select[Derivation]:
    """Select what one gesture made and that still stands, oldest first."""
    return (
        select(Derivation)
        .where(STANDS, Derivation.gesture == gesture)
        .options(joinedload(Derivation.parent), joinedload(Derivation.child))
        .order_by(Derivation.id)
    )


def later(child_id: int, gesture: str, made: bool, since: int) -> Select[Derivation]:
    """Select other gestures that rest on what one gesture left.

    On a row that it made: every other one. On one that was there before: what came of it since.
    """
    came_of_it = Derivation.parent_id == child_id
    rests = or_(came_of_it, Derivation.child_id == child_id) if made else came_of_it & (Derivation.id > since)
    return (
        select(Derivation)
        .where(STANDS, Derivation.gesture != gesture, rests)
        .options(joinedload(Derivation.parent), joinedload(Derivation.child))
        .order_by(Derivation.id)
    )


def chosen(codes: Iterable[str]) -> Select[Recommendation]:
    """Select recommendations by their codes, in the order of the codes."""
    return (
        select(Recommendation)
        .where(Recommendation.code.in_(tuple(codes)))
        .options(*said_along())
        .order_by(Recommendation.code)
    )


def others(row: Recommendation, words: str) -> Select[Recommendation]:
    """Select other recommendations that match, the latest first."""
    return _matching(words).where(Recommendation.id != row.id)


def mergeable(words: str) -> Select[Recommendation]:
    """Select the recommendations that match and aren't set aside, the latest first."""
    return _matching(words).where(Recommendation.state.not_in(SET_ASIDE))


def _matching(words: str) -> Select[Recommendation]:
    found = select(Recommendation)
    for word in fold(words).split():
        found = found.where(
            or_(
                Recommendation.search_text.contains(word, autoescape=True),
                func.lower(Recommendation.code).contains(word, autoescape=True),
            )
        )
    return found.order_by(Recommendation.code.desc())


def recent_meetings(since: datetime, until: datetime) -> Select[Meeting]:
    """Select the meetings in which it may have been decided, the last one first."""
    return (
        select(Meeting)
        .where(Meeting.starts_at >= since, Meeting.starts_at <= until)
        .options(joinedload(Meeting.space))
        .order_by(Meeting.starts_at.desc(), Meeting.id)
    )


def meeting(number: int) -> Select[Meeting]:
    """Select a meeting by its number."""
    return select(Meeting).where(Meeting.id == number)
