"""Through which states an edition goes: composition → relecture → gelée → publiée → remplacée.

`STEPS` is the one table: who may take a step, what it can't be taken without, what it does.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy.orm import Session

from hub.accounts.models import User
from hub.core import audit, jobs, mail
from hub.core.errors import N_, DomainError
from hub.publishing.models.editions import Edition, EditionState
from hub.publishing.operations import checking, freezing, publication, variants
from hub.publishing.queries import memoranda as queries
from hub.publishing.rules import manage
from hub.publishing.words import STATES
from hub.recommendations.operations import endorsements
from hub.recommendations.operations import steps as recommendation_steps

S = EditionState


class Need(StrEnum):
    """What a step can't be taken without."""

    CHECKED = "checked"  # nothing of the checklist is left to mend
    PDF = "pdf"  # the PDF that was built since it was frozen


@dataclass(frozen=True, slots=True)
class Step:
    """One way on from a state, by the coordination. `by_itself`: it follows from another edition's step."""

    after: EditionState
    action: str  # what history says
    does: str
    needs: frozenset[Need] = frozenset()
    by_itself: bool = False


_REVIEW = Step(
    S.REVIEW,
    "edition.review",
    N_("L’édition est donnée à relire. Elle se compose encore : corrigez-y ce qui est relevé."),
)
_COMPOSE = Step(
    S.DRAFT, "edition.composed_again", N_("L’édition se compose à nouveau. Les numéros donnés le restent.")
)
_FREEZE = Step(
    S.FROZEN,
    "edition.frozen",
    N_("Les textes, les numéros et le PDF sont fixés. Rien n’est encore public."),
    frozenset({Need.CHECKED}),
)
_PUBLISH = Step(
    S.PUBLISHED,
    "edition.published",
    N_("La page et le PDF sont publics aussitôt. L’édition publiée avant est remplacée."),
    frozenset({Need.PDF}),
)
_REPLACE = Step(
    S.REPLACED,
    "edition.replaced",
    N_("L’édition suivante est publiée : celle-ci garde son adresse et le dit."),
    by_itself=True,
)

# From each state, the usual next step first.
STEPS: Mapping[EditionState, tuple[Step, ...]] = {
    S.DRAFT: (_REVIEW, _FREEZE),
    S.REVIEW: (_FREEZE, _COMPOSE),
    S.FROZEN: (_PUBLISH, _COMPOSE),
    S.PUBLISHED: (_REPLACE,),
    S.REPLACED: (),
}


class MovedError(DomainError):
    """Somebody else has brought the edition into another state since the page was opened."""


def step_to(edition: Edition, after: EditionState) -> Step | None:
    """Return the step that leads there from where it stands; None if there is none."""
    return next((each for each in STEPS[edition.state] if each.after == after), None)


def open_to(user: User | None, edition: Edition) -> list[Step]:
    """Return the steps that this account may take, the usual one first."""
    return [each for each in STEPS[edition.state] if not each.by_itself] if manage(user) else []


def take(
    session: Session, edition: Edition, after: EditionState, *, seen: EditionState | None = None,
    publishes: bool = False, actor: User | str, now: datetime,
) -> bool:  # fmt: skip
    """Bring an edition into another state; return False if it stands there already.

    `seen` is the state that the page showed: MovedError if another one stands by now. `publishes`: let a
    frozen one become public with its PDF. Raises DomainError for a step that isn't open or lacks something.
    """
    freezing.hold(session, edition)
    if edition.state == after:
        return False
    if seen is not None and seen != edition.state:
        raise MovedError(
            N_("Quelqu’un d’autre l’a fait passer entre-temps à « %(state)s »."), state=STATES[edition.state]
        )
    step = _checked(session, edition, after, actor)
    before = edition.state
    if after == S.FROZEN:
        _freeze(session, edition, publishes=publishes, actor=actor, now=now)
    elif after == S.PUBLISHED:
        _publish(session, edition, actor=actor, now=now)
    elif before == S.FROZEN:
        publication.cancel_running(session, edition, now=now)
        freezing.release(session, edition)
    else:
        edition.state = after
        session.flush()
    audit.record(session, step.action, edition, actor=actor, now=now, changes={"state": [before, after]})
    return True


def publish_built(session: Session, edition: Edition, *, actor: User | str) -> None:
    """Publish a frozen edition whose PDF has just been kept, where that was asked for on freezing it.

    It bears the moment of that decision, however long the PDF took.
    """
    if edition.state == S.FROZEN and edition.frozen_at is not None:
        take(session, edition, S.PUBLISHED, actor=actor, now=edition.frozen_at)


def _checked(session: Session, edition: Edition, after: EditionState, actor: User | str) -> Step:
    """Return the step to take. Raises DomainError if it isn't open to this person or lacks what it needs."""
    step = step_to(edition, after)
    if step is None or step.by_itself:
        raise DomainError(
            N_("De « %(before)s », une édition ne passe pas à « %(after)s »."),
            before=STATES[edition.state], after=STATES[after],
        )  # fmt: skip
    if isinstance(actor, User) and not manage(actor):
        raise DomainError(N_("Seule la coordination prend cette décision."))
    if Need.CHECKED in step.needs and checking.has_errors(session, edition):
        raise DomainError(N_("Il reste des points à corriger avant de geler l’édition."))
    if Need.PDF in step.needs and session.scalar(queries.frozen_build(edition)) is None:
        raise DomainError(
            N_("Le PDF de l’édition gelée n’est pas encore construit : attendez-le, puis publiez.")
        )
    return step


def _freeze(session: Session, edition: Edition, *, publishes: bool, actor: User | str, now: datetime) -> None:
    """Take the versions of everything, ask for the PDF, ask those whose co-signature lapsed."""
    publication.cancel_running(session, edition, now=now)
    freezing.fix(session, edition, now=now)
    publication.enqueue(session, edition, publishes=publishes, actor=actor, now=now)
    endorsements.ask_before_print(
        session, session.scalars(queries.printed(edition)).all(), version=f"edition-{edition.id}", now=now
    )


def _publish(session: Session, edition: Edition, *, actor: User | str, now: datetime) -> None:
    """Make it public in this transaction, with all that follows from it."""
    former = session.scalar(queries.latest_published(edition.memorandum))
    if former is not None:
        former.state, former.replaced_at = S.REPLACED, now
        session.flush()
        audit.record(session, _REPLACE.action, former, actor=actor, now=now)
    edition.state, edition.published_at = S.PUBLISHED, now
    session.flush()
    recommendation_steps.publish(session, session.scalars(queries.printed(edition)), actor=actor, now=now)
    jobs.plan(session, variants.AHEAD, now=now, edition_id=edition.id)
    if isinstance(actor, User):
        _tell(session, edition, actor, now)


def _tell(session: Session, edition: Edition, actor: User, now: datetime) -> None:
    """Write to whoever published it where it stands."""
    build: Any = session.scalar(queries.published_build(edition))
    memorandum = edition.memorandum
    mail.queue(
        session,
        "publishing.published",
        edition,
        actor.email,
        now=now,
        action=(N_("Voir la page publique"), f"/memorandums/{memorandum.slug}"),
        title=memorandum.title,
        number=edition.number,
        pages=build.pages,
    )
