"""Through which states a recommendation goes: who may take which step, and what each one needs.

`STEPS` is the one table. A merged recommendation moves by undoing the merge alone (`derivations`).
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.accounts.models import User
from hub.core import audit
from hub.core.errors import N_, DomainError
from hub.events.models.days import Event, EventState
from hub.recommendations.models.lineage import RecommendationStep
from hub.recommendations.models.recommendations import (
    AGREED,
    RECOMMENDATION_STATES,
    Outcome,
    Recommendation,
    RecommendationState,
)
from hub.recommendations.queries import steps as queries
from hub.recommendations.rules import manage, works_on
from hub.recommendations.signals import places
from hub.spaces.models.decisions import Decision, DecisionState
from hub.spaces.models.meetings import Meeting, MeetingState
from hub.spaces.models.spaces import Space, SpaceState

NEEDS_LEVEL = N_(
    "Choisissez au moins un niveau de pouvoir : une recommandation adoptée dit à qui elle s’adresse."
)
IS_MERGED = N_("Cette recommandation est fusionnée dans une autre : défaites d’abord la fusion.")
S = RecommendationState


class Need(StrEnum):
    """What a step can't be taken without."""

    REASON = "reason"
    SPACE = "space"  # which group works on it
    LEVEL = "level"  # at least one level of power
    PRINTED = "printed"  # it stands in a published memorandum
    OUTCOME = "outcome"  # obtained, in part, or not


@dataclass(frozen=True, slots=True)
class Step:
    """One way on from a state. `by_group`: who facilitates the space that works on it may take it as well."""

    after: RecommendationState
    needs: frozenset[Need] = frozenset()
    by_group: bool = False


_GROUP = Step(S.IN_GROUP, frozenset({Need.SPACE}))
_CONSULT = Step(S.IN_CONSULTATION)
_ADOPT = Step(S.ADOPTED, frozenset({Need.LEVEL}))
_RESERVED = Step(S.ADOPTED_WITH_RESERVATIONS, frozenset({Need.LEVEL, Need.REASON}))
_POSTPONE = Step(S.POSTPONED, frozenset({Need.REASON}))
_DROP = Step(S.DROPPED, frozenset({Need.REASON}))
_BACK = Step(S.PROPOSED)
_ENDINGS = (_ADOPT, _RESERVED, _POSTPONE, _DROP)
_PUBLISH = Step(S.PUBLISHED, frozenset({Need.PRINTED}))
_CLOSE = Step(S.CLOSED, frozenset({Need.REASON, Need.OUTCOME}))

# From each state, the usual next step first.
STEPS: Mapping[RecommendationState, tuple[Step, ...]] = {
    S.PROPOSED: (_GROUP, Step(S.STABILISED), _CONSULT, *_ENDINGS),
    S.IN_GROUP: (Step(S.STABILISED, by_group=True), _CONSULT, *_ENDINGS, _BACK),
    S.STABILISED: (_CONSULT, *_ENDINGS, _GROUP, _BACK),
    S.IN_CONSULTATION: (*_ENDINGS, Step(S.STABILISED), _GROUP, _BACK),
    S.POSTPONED: (_BACK, _GROUP, *(each for each in _ENDINGS if each.after != S.POSTPONED)),
    S.ADOPTED: (_PUBLISH, _BACK, _POSTPONE, _DROP),
    S.ADOPTED_WITH_RESERVATIONS: (_PUBLISH, _ADOPT, _BACK, _POSTPONE, _DROP),
    S.DROPPED: (_BACK,),
    S.MERGED: (),
    # What is public stays as it is: asked anew, it is taken over in another one.
    S.PUBLISHED: (Step(S.FOLLOWED), _CLOSE),
    # Something was obtained and the network goes on asking: followed as before, with another outcome.
    S.FOLLOWED: (_CLOSE, Step(S.FOLLOWED, frozenset({Need.REASON, Need.OUTCOME}))),
    S.CLOSED: (Step(S.FOLLOWED, frozenset({Need.REASON})),),
}
MISSING_REASON = {
    S.ADOPTED_WITH_RESERVATIONS: N_("Écrivez les réserves avec lesquelles elle est adoptée."),
    S.POSTPONED: N_("Dites pourquoi elle est reportée."),
    S.DROPPED: N_("Dites pourquoi elle est écartée."),
    S.CLOSED: N_("Dites ce qui en est venu."),
    S.FOLLOWED: N_("Dites pourquoi le suivi reprend."),
}
# Where an outcome may be said; everywhere else it would be about something nobody has been asked yet.
TELLS_OUTCOME = frozenset({S.FOLLOWED, S.CLOSED})
MISSING_OUTCOME = N_("Dites si elle est obtenue, en partie ou non.")


@dataclass(frozen=True, slots=True)
class Ground:
    """On what a step rests: why, what came of it, at which meeting or on which day decided, which space."""

    reason: str = ""
    meeting: Meeting | None = None
    event: Event | None = None
    decision: Decision | None = None
    space: Space | None = None
    outcome: Outcome | None = None


class MovedError(DomainError):
    """Somebody else has brought it into another state since the page was opened."""


def step_to(row: Recommendation, after: RecommendationState) -> Step | None:
    """Return the step that leads there from where it stands; None if there is none."""
    return next((each for each in STEPS[row.state] if each.after == after), None)


def open_to(user: User | None, row: Recommendation) -> list[Step]:
    """Return the steps that this account may take, the usual one first."""
    if manage(user):
        return list(STEPS[row.state])
    group = [each for each in STEPS[row.state] if each.by_group]
    return group if group and works_on(user, row) else []


def take(
    session: Session,
    row: Recommendation,
    after: RecommendationState,
    ground: Ground = Ground(),
    *,
    seen: RecommendationState | None = None,
    actor: User | str,
    now: datetime,
) -> bool:
    """Bring it into another state; return False if it stands there already, with nothing else to say of it.

    `seen` is the state that the page showed: MovedError if another one stands by now. Raises DomainError,
    with the field at fault, for a step that isn't open to this person or lacks what it needs.
    """
    session.refresh(row, with_for_update=True)
    if stands_there(row, after, ground, seen):
        return False
    if seen is not None and seen != row.state:
        raise MovedError(
            N_("Quelqu’un d’autre l’a fait passer entre-temps à « %(state)s »."),
            state=RECOMMENDATION_STATES[row.state],
        )
    problem = obstacle(session, row, after, ground, actor=actor, now=now)
    if problem is not None:
        raise problem
    _go(session, row, after, ground, actor=actor, now=now)
    return True


def stands_there(
    row: Recommendation,
    after: RecommendationState,
    ground: Ground = Ground(),
    seen: RecommendationState | None = None,
) -> bool:
    """Say whether it is in that state and `ground` tells nothing new of it.

    Who saw it there already (`seen`) wants to tell something, even if it was forgotten.
    """
    if row.state != after:
        return False
    if step_to(row, after) is None or (ground.outcome, ground.reason) == (row.outcome, row.state_reason):
        return ground.outcome is not None or seen != after or step_to(row, after) is None
    return ground.outcome is None and seen != after


def take_all(
    session: Session,
    rows: Sequence[Recommendation],
    after: RecommendationState,
    ground: Ground = Ground(),
    *,
    actor: User | str,
    now: datetime,
) -> int:
    """Bring several into the same state, all or none; return how many moved. Raises DomainError as `take`."""
    rows = sorted(rows, key=lambda each: each.id)
    for row in rows:
        session.refresh(row, with_for_update=True)
    moving = [row for row in rows if not stands_there(row, after, ground)]
    printed = places(session, [row.id for row in moving])
    for row in moving:
        is_printed = any(place.is_published for place in printed[row.id])
        problem = obstacle(session, row, after, ground, actor=actor, now=now, printed=is_printed)
        if problem is not None:
            raise problem
    for row in moving:
        _go(session, row, after, ground, actor=actor, now=now)
    return len(moving)


def obstacle(
    session: Session,
    row: Recommendation,
    after: RecommendationState,
    ground: Ground,
    *,
    actor: User | str,
    now: datetime,
    printed: bool | None = None,
) -> DomainError | None:
    """Return what keeps it from that state, None if nothing does; `printed` saves asking where it stands."""
    if row.state == S.MERGED:
        return DomainError(IS_MERGED)
    step = step_to(row, after)
    if step is None:
        return DomainError(
            N_("De « %(before)s », on ne passe pas à « %(after)s »."),
            before=RECOMMENDATION_STATES[row.state],
            after=RECOMMENDATION_STATES[after],
        )
    if not _may(row, step, actor):
        return DomainError(N_("Seule la coordination prend cette décision."))
    if Need.LEVEL in step.needs and not row.levels:
        return DomainError(NEEDS_LEVEL, field="levels")
    if Need.PRINTED in step.needs:
        if printed is None:
            printed = any(place.is_published for place in places(session, [row.id])[row.id])
        if not printed:
            return DomainError(
                N_("Elle ne figure encore dans aucun mémorandum publié : elle sera publiée avec lui.")
            )
    return next(_wrongs(session, row, step, ground, actor=actor, now=now), None)


def _unsaid(step: Step, ground: Ground) -> Iterator[DomainError]:
    """Yield what has to be told of the step, and what can't be told of it yet."""
    if Need.OUTCOME in step.needs and ground.outcome is None:
        yield DomainError(MISSING_OUTCOME, field="outcome")
    if ground.outcome is not None and step.after not in TELLS_OUTCOME:
        yield DomainError(N_("Ce qui est obtenu se dit une fois que la demande est suivie."), field="outcome")
    if Need.REASON in step.needs and not ground.reason:
        asked = S.CLOSED if Need.OUTCOME in step.needs else step.after
        yield DomainError(MISSING_REASON[asked], field="reason")


def _wrongs(
    session: Session, row: Recommendation, step: Step, ground: Ground, *, actor: User | str, now: datetime
) -> Iterator[DomainError]:
    """Yield what is missing or wrong in what was said of the step."""
    yield from _unsaid(step, ground)
    if Need.SPACE in step.needs and ground.space is None:
        yield DomainError(N_("Dites quel espace y travaille."), field="space")
    if ground.space is not None and ground.space.state is SpaceState.CLOSED:
        yield DomainError(N_("Cet espace est clos : choisissez-en un autre."), field="space")
    if ground.meeting is not None and ground.event is not None:
        yield DomainError(N_("Choisissez une réunion ou une journée, pas les deux."), field="place")
    when = ground.meeting or ground.event
    if when is not None and (when.starts_at > now or _is_off(when)):
        yield DomainError(N_("Rien n’y a été décidé : elle est à venir ou annulée."), field="place")
    decision = ground.decision
    if decision is not None and decision.state is not DecisionState.IN_FORCE:
        yield DomainError(N_("Cette décision n’est plus en vigueur."), field="decision")
    if decision is not None and (ground.meeting is None or decision.meeting_id != ground.meeting.id):
        yield DomainError(N_("Cette décision a été prise à une autre réunion."), field="decision")
    if isinstance(actor, User) and not manage(actor) and not _is_of_group(session, row, ground):
        yield DomainError(N_("Choisissez la réunion de votre espace où c’est décidé."), field="place")


def move(
    session: Session,
    row: Recommendation,
    state: RecommendationState,
    reason: str,
    *,
    actor: audit.Actor | str,
    now: datetime,
    meeting: Meeting | None = None,
) -> None:
    """Bring a row that is held into a state without asking the table: for lineages and their undoing."""
    _move(session, row, state, Ground(reason, meeting), actor=actor, now=now)


def begin(session: Session, row: Recommendation, *, actor: audit.Actor | str, now: datetime) -> None:
    """Keep the step with which a new recommendation begins."""
    _keep(session, row, None, Ground(), actor=actor, now=now)


def adopt(session: Session, row: Recommendation, *, actor: User | str, now: datetime) -> None:
    """Let the network stand for it; what it already stands for stays. Raises DomainError as `take`."""
    session.refresh(row, with_for_update=True)
    if row.state not in AGREED:
        take(session, row, S.ADOPTED, actor=actor, now=now)


def drop(session: Session, row: Recommendation, *, reason: str, actor: User | str, now: datetime) -> None:
    """Set it aside, saying why. Raises DomainError as `take`."""
    take(session, row, S.DROPPED, Ground(reason), actor=actor, now=now)


def reopen(session: Session, row: Recommendation, *, actor: User | str, now: datetime) -> None:
    """Take it back to work. Raises DomainError as `take`."""
    take(session, row, S.PROPOSED, actor=actor, now=now)


def publish(session: Session, identifiers: Iterable[int], *, actor: audit.Actor | str, now: datetime) -> int:
    """Say of what a memorandum that has just been published holds that it is published; return how many.

    What was in use before the memorandum (followed, closed) stays as it is.
    """
    rows = session.scalars(
        select(Recommendation)
        .where(
            Recommendation.id.in_(list(identifiers)),
            Recommendation.state.in_((S.ADOPTED, S.ADOPTED_WITH_RESERVATIONS)),
        )
        .order_by(Recommendation.id)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).all()
    for row in rows:
        # Reservations with which it was adopted stand as long as it does.
        _move(session, row, S.PUBLISHED, Ground(row.state_reason), actor=actor, now=now)
    return len(rows)


def consult(
    session: Session, rows: Iterable[Recommendation], *, actor: audit.Actor | str, now: datetime
) -> int:
    """Say of what organisations are asked about that it is in consultation; return how many moved."""
    moved = 0
    for row in sorted(rows, key=lambda each: each.id):
        session.refresh(row, with_for_update=True)
        if step_to(row, S.IN_CONSULTATION) is not None:
            _move(session, row, S.IN_CONSULTATION, Ground(), actor=actor, now=now)
            moved += 1
    return moved


def _may(row: Recommendation, step: Step, actor: User | str) -> bool:
    if not isinstance(actor, User) or manage(actor):
        return True
    return step.by_group and works_on(actor, row)


def _is_off(when: Meeting | Event) -> bool:
    if isinstance(when, Meeting):
        return when.state is MeetingState.CANCELLED
    return when.state is not EventState.PUBLISHED


def _is_of_group(session: Session, row: Recommendation, ground: Ground) -> bool:
    """Say whether it rests on a meeting of the space that works on it."""
    group = session.scalar(queries.group_of(row.id))
    return group is not None and ground.meeting is not None and ground.meeting.space_id == group.id


def _go(
    session: Session,
    row: Recommendation,
    after: RecommendationState,
    ground: Ground,
    *,
    actor: audit.Actor | str,
    now: datetime,
) -> None:
    """Take a step that was checked: since when the network stands for it follows."""
    if after not in AGREED:
        row.adopted_at = None
    elif row.state not in AGREED:
        row.adopted_at = now
    _move(session, row, after, ground, actor=actor, now=now)


def _move(
    session: Session,
    row: Recommendation,
    after: RecommendationState,
    ground: Ground,
    *,
    actor: audit.Actor | str,
    now: datetime,
) -> None:
    before = row.state
    row.state, row.state_reason, row.updated_at = after, ground.reason, now
    row.outcome = ground.outcome
    session.flush()
    _keep(session, row, before, ground, actor=actor, now=now)
    changes: dict[str, Any] = {"state": [before, after]}
    if ground.outcome is not None:
        changes["outcome"] = [None, ground.outcome]
    audit.record(session, f"recommendation.{after}", row, actor=actor, now=now, changes=changes)


def _keep(
    session: Session,
    row: Recommendation,
    before: RecommendationState | None,
    ground: Ground,
    *,
    actor: audit.Actor | str,
    now: datetime,
) -> None:
    session.add(
        RecommendationStep(
            recommendation_id=row.id, before=before, after=row.state, version=row.version,
            reason=ground.reason, outcome=ground.outcome, meeting_id=_id(ground.meeting),
            event_id=_id(ground.event), decision_id=_id(ground.decision), space_id=_id(ground.space),
            by=audit.label(actor), created_at=now,
        )
    )  # fmt: skip
    session.flush()


def _id(row: Any) -> int | None:
    return None if row is None else row.id
