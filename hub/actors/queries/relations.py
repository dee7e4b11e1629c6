"""Reading ties, as the card of one organisation tells them."""

from dataclasses import dataclass, field
from datetime import date

from sqlalchemy import Select, or_, select
from sqlalchemy.orm import Session, joinedload

from hub.actors.models.organisations import Organisation
from hub.actors.models.relations import Relation, RelationKind


@dataclass(frozen=True)
class Tie:
    """A relation seen from one of its two ends."""

    relation: Relation
    words: str
    other: Organisation


@dataclass(frozen=True)
class TieGroup:
    """The ties that the same words tell: « finance » three others."""

    words: str
    ties: list[Tie] = field(default_factory=list)


@dataclass(frozen=True)
class Ties:
    """All ties of an organisation: those of today, those that have ended, those that were wrong."""

    current: list[TieGroup]
    past: list[TieGroup]
    withdrawn: list[TieGroup]

    @property
    def number(self) -> int:
        """How many stand, present and past."""
        return sum(len(group.ties) for group in (*self.current, *self.past))


def touching(organisation: Organisation) -> Select[Relation]:
    """Select the ties of an organisation in both directions, withdrawn ones included."""
    return (
        select(Relation)
        .join(Relation.kind)
        .where(or_(Relation.source_id == organisation.id, Relation.target_id == organisation.id))
        .options(joinedload(Relation.kind), joinedload(Relation.source), joinedload(Relation.target))
        .order_by(RelationKind.position, Relation.start_on.desc().nulls_last(), Relation.id)
    )


def ties_of(session: Session, organisation: Organisation, today: date) -> Ties:
    """Return the organisation's ties, sorted by how they stand on that day, in its own words."""
    found: dict[str, dict[str, TieGroup]] = {"current": {}, "past": {}, "withdrawn": {}}
    for relation in session.scalars(touching(organisation)):
        outwards = relation.source_id == organisation.id
        words = relation.kind.label if outwards else relation.kind.reverse_label
        other = relation.target if outwards else relation.source
        groups = found[_standing(relation, today)]
        groups.setdefault(words, TieGroup(words)).ties.append(Tie(relation, words, other))
    return Ties(**{standing: list(groups.values()) for standing, groups in found.items()})


def _standing(relation: Relation, today: date) -> str:
    if relation.withdrawn_at is not None:
        return "withdrawn"
    return "past" if relation.end_on is not None and relation.end_on < today else "current"
