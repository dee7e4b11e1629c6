"""What becomes of what: merging, splitting, taking over, being inspired; and undoing such a gesture whole.

Nothing is deleted or moved: sources, positions and co-signatures stay on the recommendation to which they
were given and are reached through the lineage, and each address stays.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import uuid4

from sqlalchemy import func, select, text
from sqlalchemy.orm import Session

from hub.core import audit
from hub.core.errors import N_, DomainError
from hub.recommendations.models.carrying import Endorsement, RecommendationPosition
from hub.recommendations.models.lineage import Derivation, DerivationKind, RecommendationStep
from hub.recommendations.models.recommendations import (
    AGREED,
    SET_ASIDE,
    Recommendation,
    RecommendationState,
)
from hub.recommendations.models.versions import RecommendationVersion, Weight
from hub.recommendations.operations import recommendations, steps, versions
from hub.recommendations.operations.recommendations import Statement
from hub.recommendations.queries import choices, lineage, reach
from hub.recommendations.signals import places
from hub.spaces.models.meetings import Meeting

# Row locks can't keep two gestures on four rows from closing a ring together, so gestures go one by one.
ONE_BY_ONE = text("LOCK TABLE derivation IN SHARE ROW EXCLUSIVE MODE")
ENOUGH = 2
PUBLIC = frozenset({RecommendationState.PUBLISHED, RecommendationState.FOLLOWED, RecommendationState.CLOSED})
# How a gesture leaves that from which it made something else.
LEFT = {
    DerivationKind.MERGE: RecommendationState.MERGED,
    DerivationKind.SPLIT: RecommendationState.DROPPED,
}


@dataclass(frozen=True, slots=True)
class Decided:
    """Where it was decided, and why."""

    meeting: Meeting | None = None
    reason: str = ""


@dataclass(frozen=True, slots=True)
class _Gesture:
    """One gesture: what all its rows share."""

    kind: DerivationKind
    decided: Decided
    actor: audit.Actor | str
    now: datetime
    number: str


def merge(
    session: Session,
    rows: Sequence[Recommendation],
    statement: Statement,
    *,
    into: Recommendation | None = None,
    decided: Decided = Decided(),
    actor: audit.Actor | str,
    now: datetime,
) -> Recommendation:
    """Join recommendations into a new one, or into one of them that exists; those joined become `merged`.

    `statement` is what the joined one says. Raises DomainError for fewer than two, for one that is set aside
    or already public, and where it would come from itself.
    """
    parents = [row for row in _once(rows) if into is None or row.id != into.id]
    if len(parents) + (into is not None) < ENOUGH:
        raise DomainError(N_("Choisissez au moins deux recommandations à fusionner."), field="codes")
    _hold(session, [*parents, *([into] if into else [])])
    for row in parents:
        _check_joinable(row)
    if into is not None:
        _check_not_aside(into)
        _check_ties(session, parents, into)
    gesture = _gesture(DerivationKind.MERGE, decided, actor, now)
    if into is None:
        child = recommendations.create(session, statement, actor=actor, now=now)
    else:
        child = into
        recommendations.edit(session, child, statement, weight=Weight.SUBSTANTIVE, actor=actor, now=now)
    _tie(session, gesture, parents, [child], made=into is None)
    return child


def split(
    session: Session,
    row: Recommendation,
    parts: Sequence[Statement],
    *,
    decided: Decided = Decided(),
    actor: audit.Actor | str,
    now: datetime,
) -> list[Recommendation]:
    """Make several recommendations of one that holds several demands; that one is set aside.

    Raises DomainError for fewer than two parts, a part without title, or one set aside or already public.
    """
    if len(parts) < ENOUGH:
        raise DomainError(N_("Écrivez au moins deux parties : chacune a son titre."), field="parts")
    _hold(session, [row])
    _check_joinable(row)
    gesture = _gesture(DerivationKind.SPLIT, decided, actor, now)
    made = [recommendations.create(session, part, actor=actor, now=now) for part in parts]
    _tie(session, gesture, [row], made, made=True)
    return made


def take_over(
    session: Session,
    row: Recommendation,
    statement: Statement,
    *,
    decided: Decided = Decided(),
    actor: audit.Actor | str,
    now: datetime,
) -> Recommendation:
    """Ask an earlier recommendation again, as a new one; the earlier one stays as it is."""
    _hold(session, [row])
    gesture = _gesture(DerivationKind.TAKEN_OVER, decided, actor, now)
    child = recommendations.create(session, statement, actor=actor, now=now)
    _tie(session, gesture, [row], [child], made=True)
    return child


def relate(
    session: Session,
    child: Recommendation,
    parent: Recommendation,
    kind: DerivationKind,
    *,
    decided: Decided = Decided(),
    actor: audit.Actor | str,
    now: datetime,
) -> None:
    """Say that one takes over, or is inspired by, another that exists. Both stay as they are.

    Raises DomainError for itself, for what is tied already, and where it would come from itself; ValueError
    for a merge or a split, which make something new.
    """
    if kind in LEFT:
        raise ValueError(kind)
    if child.id == parent.id:
        raise DomainError(N_("Choisissez une autre recommandation."), field="code")
    _hold(session, [child, parent])
    _check_ties(session, [parent], child)
    _tie(session, _gesture(kind, decided, actor, now), [parent], [child], made=False)


def undo(
    session: Session, derivation: Derivation, *, reason: str, actor: audit.Actor | str, now: datetime
) -> None:
    """Undo the whole gesture to which a row belongs; done again it does nothing.

    Who was merged or split stands as before, what the gesture made is set aside, words joined into one that
    existed go back unless they were changed since. Raises DomainError without a reason, or naming what rests
    on it.
    """
    if not reason:
        raise DomainError(N_("Dites pourquoi vous défaites ce geste."), field="reason")
    _stand_in_line(session)
    ties = list(session.scalars(lineage.of_gesture(derivation.gesture)).unique())
    if not ties:
        return
    _hold(session, [row for tie in ties for row in (tie.parent, tie.child)])
    for child in _once(tie.child for tie in ties):
        _check_nothing_rests(session, child, [tie for tie in ties if tie.child_id == child.id])
    for tie in ties:
        tie.undone_at, tie.undone_reason = now, reason
    session.flush()
    for tie in {tie.parent_id: tie for tie in ties}.values():
        _give_back(session, tie, actor, now)
    for tie in {tie.child_id: tie for tie in ties}.values():
        _take_away(session, tie, reason, actor, now)
        audit.record(
            session, "recommendation.derivation_undone", tie.child, actor=actor, now=now,
            changes={"derivation": [tie.kind, None]},
        )  # fmt: skip


# --- Holding and checking ---------------------------------------------------------------------------


def _once(rows: Iterable[Recommendation]) -> list[Recommendation]:
    return list({row.id: row for row in rows}.values())


def _stand_in_line(session: Session) -> None:
    session.flush()
    if session.get_bind().dialect.name == "postgresql":
        session.execute(ONE_BY_ONE)


def _hold(session: Session, rows: Sequence[Recommendation]) -> None:
    """Let gestures go one by one, then take the rows in one order and read them anew."""
    _stand_in_line(session)
    for row in sorted(_once(rows), key=lambda each: each.id):
        session.refresh(row, with_for_update=True)


def _check_not_aside(row: Recommendation) -> None:
    if row.state == RecommendationState.MERGED:
        raise DomainError(N_("%(code)s est déjà fusionnée dans une autre."), code=row.code)
    if row.state in SET_ASIDE:
        raise DomainError(N_("%(code)s est écartée : remettez-la d’abord en travail."), code=row.code)


def _check_joinable(row: Recommendation) -> None:
    _check_not_aside(row)
    if row.state in PUBLIC:
        raise DomainError(
            N_("%(code)s est publiée : elle reste telle quelle. Reprenez-la plutôt dans une nouvelle."),
            code=row.code,
        )


def _check_ties(session: Session, parents: Sequence[Recommendation], child: Recommendation) -> None:
    """Raise DomainError where a parent is tied to the child already, or comes from it."""
    tied = session.scalars(lineage.between([row.id for row in parents], child.id)).first()
    if tied is not None:
        raise DomainError(
            N_("%(child)s vient déjà de %(parent)s : défaites d’abord ce lien."),
            child=child.code,
            parent=tied.parent.code,
        )
    below = reach.after([child.id])
    found = session.scalars(
        select(Recommendation.code).where(
            Recommendation.id.in_([row.id for row in parents]), Recommendation.id.in_(select(below.c.id))
        )
    ).first()
    if found is not None:
        raise DomainError(
            N_("%(parent)s vient elle-même de %(child)s : une recommandation ne peut pas venir d’elle-même."),
            parent=found,
            child=child.code,
        )


def _check_nothing_rests(session: Session, child: Recommendation, ties: Sequence[Derivation]) -> None:
    """Raise DomainError naming what was built on what the gesture left: gestures, voices, adoption, print."""
    tie = ties[0]
    if not tie.made_child and tie.kind not in LEFT:
        return
    other = session.scalars(
        lineage.later(child.id, tie.gesture, tie.made_child, max(each.id for each in ties))
    ).first()
    if other is not None:
        raise DomainError(
            N_("Un geste plus récent lie %(parent)s et %(child)s : défaites-le d’abord."),
            parent=other.parent.code,
            child=other.child.code,
        )
    if tie.made_child:
        stands = places(session, [child.id])[child.id]
        if stands:
            raise DomainError(
                N_("%(code)s figure dans « %(place)s » : retirez-l’en d’abord."),
                code=child.code,
                place=stands[0].title,
            )
    if child.state in AGREED and child.adopted_at is not None and child.adopted_at >= tie.created_at:
        raise DomainError(
            N_("%(code)s est adoptée depuis : remettez-la d’abord en travail."), code=child.code
        )
    voices = _voices_since(session, child, tie.created_at)
    if voices:
        raise DomainError(
            N_("Rien n’est défait : des organisations se sont déjà prononcées sur %(code)s (%(number)s)."),
            number=voices,
            code=child.code,
        )


def _voices_since(session: Session, row: Recommendation, since: datetime) -> int:
    """Return how many organisations stand or have signed since then, and still do."""
    positions = select(RecommendationPosition.organisation_id).where(
        RecommendationPosition.recommendation_id == row.id,
        RecommendationPosition.created_at >= since,
        RecommendationPosition.ended_at.is_(None),
    )
    signed = select(Endorsement.organisation_id).where(
        Endorsement.recommendation_id == row.id,
        Endorsement.created_at >= since,
        Endorsement.withdrawn_at.is_(None),
        Endorsement.lapsed_at.is_(None),
    )
    return session.execute(select(func.count()).select_from(positions.union(signed).subquery())).scalar_one()


# --- Writing ----------------------------------------------------------------------------------------


def _gesture(kind: DerivationKind, decided: Decided, actor: audit.Actor | str, now: datetime) -> _Gesture:
    return _Gesture(kind, decided, actor, now, uuid4().hex)


def _tie(
    session: Session,
    gesture: _Gesture,
    parents: Sequence[Recommendation],
    children: Sequence[Recommendation],
    *,
    made: bool,
) -> None:
    """Write the rows of a gesture, then bring the parents into the state in which it leaves them."""
    meeting_id = gesture.decided.meeting.id if gesture.decided.meeting else None
    for child in children:
        session.add_all(
            Derivation(
                kind=gesture.kind, parent_id=parent.id, child_id=child.id, gesture=gesture.number,
                meeting_id=meeting_id, reason=gesture.decided.reason, by=audit.label(gesture.actor),
                parent_state=parent.state, parent_reason=parent.state_reason, parent_version=parent.version,
                child_version=child.version, made_child=made, created_at=gesture.now,
            )
            for parent in parents
        )  # fmt: skip
    session.flush()
    left = LEFT.get(gesture.kind)
    if left is not None:
        for parent in parents:
            steps.move(
                session, parent, left, gesture.decided.reason, actor=gesture.actor, now=gesture.now,
                meeting=gesture.decided.meeting,
            )  # fmt: skip
    for child in children:
        audit.record(
            session, "recommendation.derived", child, actor=gesture.actor, now=gesture.now,
            changes={"derivation": [None, gesture.kind]},
        )  # fmt: skip


def _give_back(session: Session, tie: Derivation, actor: audit.Actor | str, now: datetime) -> None:
    """Let a parent stand as before the gesture, unless somebody has decided on it since."""
    left = LEFT.get(tie.kind)
    last = session.scalars(
        select(RecommendationStep)
        .where(RecommendationStep.recommendation_id == tie.parent_id)
        .order_by(RecommendationStep.id.desc())
        .limit(1)
    ).first()
    if left is None or last is None or (last.after, last.created_at) != (left, tie.created_at):
        return
    steps.move(session, tie.parent, tie.parent_state, tie.parent_reason, actor=actor, now=now)


def _take_away(
    session: Session, tie: Derivation, reason: str, actor: audit.Actor | str, now: datetime
) -> None:
    """Set aside what the gesture made; give one that existed its words back unless they changed since."""
    child = tie.child
    if tie.made_child:
        if child.state not in SET_ASIDE:
            steps.move(session, child, RecommendationState.DROPPED, reason, actor=actor, now=now)
        return
    if tie.kind not in LEFT or child.version != tie.child_version or child.version == 1:
        return
    kept = _words_before(session, tie)
    if kept is None:
        return
    child.title, child.text, child.finding, child.justification = (
        kept.title, kept.text, kept.finding, kept.justification,
    )  # fmt: skip
    child.indicator, child.short_text, child.plain_text = kept.indicator, kept.short_text, kept.plain_text
    child.levels = [level for level in session.scalars(choices.levels()) if level.code in kept.levels]
    child.kept_levels = [code for code in child.kept_levels or [] if code in kept.levels]
    child.search_text = recommendations.searched(child)
    child.updated_at = now
    versions.keep_next(session, child, Weight.SUBSTANTIVE, reason[:500], actor=actor, now=now)


def _words_before(session: Session, tie: Derivation) -> RecommendationVersion | None:
    """Return what the child said before the gesture; None where the gesture left its words as they were."""
    numbers = (tie.child_version, tie.child_version - 1)
    after, before = session.scalars(
        select(RecommendationVersion)
        .where(
            RecommendationVersion.recommendation_id == tie.child_id,
            RecommendationVersion.number.in_(numbers),
        )
        .order_by(RecommendationVersion.number.desc())
    ).all()
    return before if after.created_at == tie.created_at else None
