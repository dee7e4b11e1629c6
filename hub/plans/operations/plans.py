"""Making plans and what frames them: period, steering, state, publication, votes, money, evaluations."""

from dataclasses import dataclass, field
from datetime import date, datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from hub.accounts.models import User
from hub.actors.models.reference import Territory
from hub.actors.models.relations import Precision
from hub.core import audit
from hub.core.clock import today
from hub.core.errors import N_, DomainError
from hub.core.search import fold, slug
from hub.plans.models.plans import (
    Adoption,
    Body,
    BudgetLine,
    Evaluation,
    Plan,
    PlanKind,
    PlanState,
    Result,
    Revision,
)

Acting = User | str | None


@dataclass(frozen=True)
class PlanFacts:
    """What is said of a plan; days are Brussels', both included."""

    kind: PlanKind
    title: str
    kind_word: str = ""
    summary: str = ""
    starts_on: date | None = None
    ends_on: date | None = None
    follows_id: int | None = None
    steering_id: int | None = None
    source: str = ""
    territories: list[Territory] = field(default_factory=list)


def create(session: Session, facts: PlanFacts, *, actor: Acting, now: datetime) -> Plan:
    """Make a plan, in preparation. Raises DomainError for no title, no word or dates in the wrong order."""
    _check(session, facts, None)
    plan = Plan(slug=_free_slug(session, facts), created_at=now, updated_at=now)
    _write(plan, facts)
    session.add(plan)
    session.flush()
    audit.record(session, "plan.created", plan, actor=actor, now=now)
    return plan


def change(session: Session, plan: Plan, facts: PlanFacts, *, actor: Acting, now: datetime) -> None:
    """Change what is said of a plan. Raises DomainError as `create` does."""
    _check(session, facts, plan)
    before = _shown(plan)
    _write(plan, facts)
    plan.updated_at = now
    session.flush()
    changes = audit.differences(before, _shown(plan))
    if changes:
        audit.record(session, "plan.changed", plan, actor=actor, now=now, changes=changes)


def _check(session: Session, facts: PlanFacts, plan: Plan | None) -> None:
    if not facts.title.strip():
        raise DomainError(N_("Donnez un titre."), field="title")
    if facts.kind is PlanKind.OTHER and not facts.kind_word.strip():
        raise DomainError(N_("Dites de quelle sorte de plan il s’agit."), field="kind_word")
    if facts.starts_on and facts.ends_on and facts.ends_on < facts.starts_on:
        raise DomainError(N_("La fin ne peut pas précéder le début."), field="ends_on")
    if plan is None:
        return
    if plan.state is not PlanState.DRAFT and facts.starts_on is None:
        raise DomainError(N_("Un plan en vigueur a un début."), field="starts_on")
    first = session.scalar(select(func.min(Revision.day)).where(Revision.plan_id == plan.id))
    if first and facts.starts_on and facts.starts_on > first:
        raise DomainError(N_("Une révision de ce plan est plus ancienne que ce début."), field="starts_on")
    former, seen = facts.follows_id, {plan.id}
    while former is not None:
        if former in seen:
            raise DomainError(N_("Un plan ne peut pas suivre un plan qui le suit."), field="follows_id")
        seen.add(former)
        former = session.scalar(select(Plan.follows_id).where(Plan.id == former))


def _write(plan: Plan, facts: PlanFacts) -> None:
    for name in ("kind", "summary", "starts_on", "ends_on", "follows_id", "steering_id"):
        setattr(plan, name, getattr(facts, name))
    plan.title = facts.title.strip()
    plan.kind_word = facts.kind_word.strip()
    plan.source = facts.source.strip()
    plan.territories = list(facts.territories)
    places = " ".join(place.name for place in facts.territories)
    plan.search_text = fold(f"{plan.title} {plan.kind.value} {plan.kind_word} {places}")


def _shown(plan: Plan) -> dict[str, object]:
    return {
        "title": plan.title,
        "kind": plan.kind.value,
        "starts_on": plan.starts_on,
        "ends_on": plan.ends_on,
        "follows": plan.follows_id,
        "steering": plan.steering_id,
        "territories": ", ".join(sorted(place.code for place in plan.territories)),
    }


def _free_slug(session: Session, facts: PlanFacts) -> str:
    wanted = slug(facts.title)
    taken = session.scalar(select(func.count()).select_from(Plan).where(Plan.slug == wanted))
    # « nouveau », « croisements » and « grilles » are pages of their own.
    if not taken and wanted not in {"nouveau", "croisements", "grilles", "rattacher"}:
        return wanted
    highest = session.scalar(select(func.max(Plan.id))) or 0
    return f"{wanted[:80]}-{highest + 1}"


def set_state(session: Session, plan: Plan, state: PlanState, *, actor: Acting, now: datetime) -> None:
    """Put a plan in force, end it, or take that back.

    Raises DomainError where no day is known, a revision is open, or what was revised would be lost.
    """
    if state is plan.state:
        return
    if state is not PlanState.DRAFT and plan.starts_on is None:
        raise DomainError(N_("Donnez d’abord le premier jour du plan."), field="starts_on")
    revisions = session.scalars(select(Revision).where(Revision.plan_id == plan.id)).all()
    if state is PlanState.DRAFT and revisions:
        raise DomainError(
            N_("Ce plan a été révisé : il ne redevient pas un projet. Terminez-le, ou révisez-le.")
        )
    if state is not PlanState.IN_FORCE and any(one.closed_at is None for one in revisions):
        raise DomainError(N_("Une révision est ouverte : terminez-la d’abord."))
    if state is PlanState.DRAFT and plan.published_at is not None:
        raise DomainError(N_("Ce plan est publié : retirez-le d’abord de la lecture publique."))
    before, plan.state, plan.updated_at = plan.state, state, now
    session.flush()
    audit.record(
        session, "plan.state", plan, actor=actor, now=now, changes={"state": [before.value, state.value]}
    )


def publish(session: Session, plan: Plan, *, actor: Acting, now: datetime) -> None:
    """Let everybody read the plan. Raises DomainError for one in preparation."""
    if plan.state is PlanState.DRAFT:
        raise DomainError(N_("Un plan en préparation ne se publie pas : mettez-le d’abord en vigueur."))
    if plan.published_at is None:
        plan.published_at = plan.updated_at = now
        session.flush()
        audit.record(session, "plan.published", plan, actor=actor, now=now)


def withdraw(session: Session, plan: Plan, *, actor: Acting, now: datetime) -> None:
    """Take a plan out of everybody's reading."""
    if plan.published_at is not None:
        plan.published_at, plan.updated_at = None, now
        session.flush()
        audit.record(session, "plan.unpublished", plan, actor=actor, now=now)


@dataclass(frozen=True)
class AdoptionFacts:
    """A vote: whose, when (as exactly as it is known), with which result, written where."""

    body: Body
    decided_on: date | None
    source: str
    organisation_id: int | None = None
    territory_id: int | None = None
    precision: Precision = Precision.DAY
    result: Result = Result.ADOPTED
    note: str = ""
    address: str = ""


def add_adoption(
    session: Session, plan: Plan, facts: AdoptionFacts, *, actor: Acting, now: datetime
) -> Adoption:
    """Record a vote. Raises DomainError for no day, a day to come, nobody's, or no source."""
    if facts.decided_on is None:
        raise DomainError(N_("Dites quand la décision a été prise."), field="decided_on")
    if facts.decided_on > _latest(now, facts.precision):
        raise DomainError(N_("Ce jour n’est pas encore venu."), field="decided_on")
    if facts.organisation_id is None and facts.territory_id is None:
        raise DomainError(
            N_("Choisissez l’organisation ou le territoire dont c’est le conseil."), field="territory_id"
        )
    if not facts.source.strip():
        raise DomainError(N_("Dites où cette décision est écrite."), field="source")
    row = Adoption(
        plan_id=plan.id, body=facts.body, organisation_id=facts.organisation_id,
        territory_id=facts.territory_id, decided_on=facts.decided_on, precision=facts.precision,
        result=facts.result, note=facts.note.strip(), source=facts.source.strip(), address=facts.address,
        created_at=now,
    )  # fmt: skip
    session.add(row)
    session.flush()
    audit.record(
        session, "plan.vote_added", plan, actor=actor, now=now,
        changes={"vote": [None, f"{facts.body.value} {facts.decided_on}"]},
    )  # fmt: skip
    return row


def _latest(now: datetime, precision: Precision) -> date:
    day = today(now)
    return day if precision is Precision.DAY else day.replace(month=12, day=31)


def withdraw_adoption(session: Session, row: Adoption, reason: str, *, actor: Acting, now: datetime) -> None:
    """Say that a vote was recorded by mistake, and why; the line stays. Raises DomainError for no reason."""
    if not reason.strip():
        raise DomainError(N_("Dites pourquoi."), field="reason")
    if row.withdrawn_at is None:
        row.withdrawn_at, row.withdrawn_reason = now, reason.strip()
        session.flush()
        audit.record(session, "plan.vote_withdrawn", row.plan, actor=actor, now=now)


@dataclass(frozen=True)
class BudgetFacts:
    """Money of a year, in euro cents."""

    year: int
    cents: int
    funder_id: int | None = None
    axis_id: int | None = None
    note: str = ""
    source: str = ""


def add_budget_line(
    session: Session, plan: Plan, facts: BudgetFacts, *, actor: Acting, now: datetime
) -> BudgetLine:
    """Add money to a plan. Raises DomainError for a year outside of the plan."""
    first, last = plan.starts_on, plan.ends_on
    if (first and facts.year < first.year) or (last and facts.year > last.year):
        raise DomainError(N_("Cette année est hors de la période du plan."), field="year")
    row = BudgetLine(
        plan_id=plan.id, year=facts.year, cents=facts.cents, funder_id=facts.funder_id, axis_id=facts.axis_id,
        note=facts.note.strip(), source=facts.source.strip(), created_at=now,
    )  # fmt: skip
    session.add(row)
    session.flush()
    audit.record(
        session, "plan.budget_added", plan, actor=actor, now=now,
        changes={"cents": [None, facts.cents], "year": [None, facts.year]},
    )  # fmt: skip
    return row


def withdraw_budget_line(
    session: Session, row: BudgetLine, reason: str, *, actor: Acting, now: datetime
) -> None:
    """Take a line out of the sums, and say why; it stays to be read. Raises DomainError for no reason."""
    if not reason.strip():
        raise DomainError(N_("Dites pourquoi."), field="reason")
    if row.withdrawn_at is None:
        row.withdrawn_at, row.withdrawn_reason = now, reason.strip()
        session.flush()
        audit.record(
            session, "plan.budget_withdrawn", row.plan, actor=actor, now=now,
            changes={"cents": [row.cents, None], "year": [row.year, None]},
        )  # fmt: skip


@dataclass(frozen=True)
class EvaluationFacts:
    """An evaluation's three parts, in Markdown, and what follows from them."""

    made_on: date
    made_by: str
    actions: str = ""
    process: str = ""
    effects: str = ""
    following: str = ""


def save_evaluation(
    session: Session,
    plan: Plan,
    row: Evaluation | None,
    facts: EvaluationFacts,
    *,
    actor: Acting,
    now: datetime,
) -> Evaluation:
    """Write an evaluation, new or known.

    Raises DomainError for nobody who made it, a day to come, or a published one that would lose a part.
    """
    if not facts.made_by.strip():
        raise DomainError(N_("Dites qui évalue."), field="made_by")
    if facts.made_on > today(now):
        raise DomainError(N_("Ce jour n’est pas encore venu."), field="made_on")
    parts = {name: getattr(facts, name).strip() for name in ("actions", "process", "effects")}
    if row is not None and row.published_at is not None:
        _need_parts(parts)
    known = row or Evaluation(plan_id=plan.id, created_at=now)
    known.made_on, known.made_by, known.updated_at = facts.made_on, facts.made_by.strip(), now
    known.following = facts.following.strip()
    for name, text in parts.items():
        setattr(known, name, text)
    session.add(known)
    session.flush()
    audit.record(
        session, "plan.evaluation_changed" if row else "plan.evaluation_added", plan, actor=actor, now=now
    )
    return known


def _need_parts(parts: dict[str, str]) -> None:
    for name, text in parts.items():
        if not text:
            raise DomainError(
                N_("Une évaluation publiée a ses trois parties : il en manque une."), field=f"{name}_text"
            )


def publish_evaluation(session: Session, row: Evaluation, *, actor: Acting, now: datetime) -> None:
    """Show an evaluation to whoever reads the plan. Raises DomainError if one of its parts is empty."""
    _need_parts({name: getattr(row, name) for name in ("actions", "process", "effects")})
    if row.published_at is None:
        row.published_at = now
        session.flush()
        audit.record(session, "plan.evaluation_published", row.plan, actor=actor, now=now)
