"""Meals for the caterer: counted, frozen at the deadline with late changes apart, the list of diets (G3)."""

from datetime import datetime

from sqlalchemy import delete
from sqlalchemy.orm import Session

from hub.accounts.models import User
from hub.core import audit, clock, tokens
from hub.core.errors import N_, DomainError
from hub.events.models.days import Event, EventState
from hub.events.models.registrations import DietOption, MealCount
from hub.events.queries import catering as queries
from hub.events.values.meals import Counts, Line, joined

JOB = "events.freeze_meals"
PURPOSE = "events.caterer"
OTHER = "Autres précisions"
"""What diets in people's own words are counted as."""
MOST_DIETS = 20
LONGEST = 120
BY_DEADLINE = "Échéance du traiteur"


def count(session: Session, event: Event) -> Counts:
    """Count a day's meals and diets, beside what the caterer was told.

    Once the choices are forgotten, what was counted then stays.
    """
    told = session.scalars(queries.told(event.id)).all()
    is_frozen = event.meals_frozen_at is not None
    is_gone = event.needs_forgotten_at is not None
    meals = [
        (row.label, row.booked or 0 if is_gone else number, 0 if is_gone else walk_ins)
        for row, number, walk_ins in session.execute(queries.meals(event.id))
    ]
    diets = [
        (row.label, row.booked or 0 if is_gone else number, 0 if is_gone else walk_ins)
        for row, number, walk_ins in session.execute(queries.diets(event.id))
    ]
    wrote, unannounced, without = session.execute(queries.others(event.id)).one()
    before = next((row.number for row in told if row.is_diet and row.label == OTHER), None)
    if is_gone:
        other = None if before is None else Line(OTHER, before, 0, before)
    else:
        other = Line(OTHER, wrote, unannounced, (before or 0) if is_frozen else None)
    return Counts(
        meals=joined(
            meals, [(row.label, row.number) for row in told if not row.is_diet], is_frozen=is_frozen
        ),
        diets=joined(
            diets,
            [(row.label, row.number) for row in told if row.is_diet and row.label != OTHER],
            is_frozen=is_frozen,
        ),
        other=other,
        without=0 if is_gone else without,
    )


def freeze(session: Session, event: Event, *, actor: User | str, now: datetime) -> Counts:
    """Keep what the caterer is told now; done again, it replaces what was told before.

    Raises DomainError where no meal is offered, or where the choices are forgotten.
    """
    session.refresh(event, with_for_update=True)
    if not event.meal_offered:
        raise DomainError(N_("Aucun repas n’est prévu pour cette journée."))
    if event.needs_forgotten_at is not None:
        raise DomainError(N_("Les choix de repas sont effacés : les nombres ne changent plus."))
    # What was told before goes first: a line that has left the list since is not told again.
    session.execute(delete(MealCount).where(MealCount.event_id == event.id))
    counts = count(session, event)
    lines = [(False, line) for line in counts.meals] + [(True, line) for line in counts.diets]
    if counts.other is not None:
        lines.append((True, counts.other))
    session.add_all(
        MealCount(event_id=event.id, is_diet=is_diet, label=line.label, number=line.number, frozen_at=now)
        for is_diet, line in lines
    )
    event.meals_frozen_at = now
    session.flush()
    audit.record(session, "event.meals_frozen", event, actor=actor, now=now)
    return count(session, event)


def freeze_due(session: Session, event: Event, *, now: datetime) -> bool:
    """Freeze at the deadline, if it has come and nobody did; return whether that was done."""
    due = event.meals_close_at is not None and event.meals_close_at <= now
    if not due or event.meals_frozen_at is not None or event.state != EventState.PUBLISHED:
        return False
    if not event.meal_offered or event.needs_forgotten_at is not None:
        return False
    freeze(session, event, actor=BY_DEADLINE, now=now)
    return True


def set_diets(
    session: Session, event: Event, labels: tuple[str, ...], *, actor: User | str, now: datetime
) -> None:
    """Set a day's list of diets, in that order.

    Raises DomainError for too many or too long ones, and for taking away one that somebody chose.
    """
    session.refresh(event, with_for_update=True)
    wanted = _wanted(labels)
    known = {row.label: row for row in session.scalars(queries.listed(event.id))}
    chosen = set(session.scalars(queries.chosen(event.id)))
    for label, row in known.items():
        if label not in wanted and row.id in chosen:
            raise DomainError(
                N_("Des personnes ont choisi « %(label)s » : ce régime ne peut plus être retiré."),
                field="diets",
                label=label,
            )
    before = list(known)
    for label, row in known.items():
        if label not in wanted:
            session.delete(row)
    for position, label in enumerate(wanted):
        if label in known:
            known[label].position = position
        else:
            session.add(DietOption(event_id=event.id, label=label, position=position))
    session.flush()
    if before != list(wanted):
        changes = {"diets": [before, list(wanted)]}
        audit.record(session, "event.diets_changed", event, actor=actor, now=now, changes=changes)


def _wanted(labels: tuple[str, ...]) -> tuple[str, ...]:
    """Return a list as it was typed, each line once. Raises DomainError for too many or too long ones."""
    wanted = tuple(dict.fromkeys(label for label in (" ".join(text.split()) for text in labels) if label))
    if len(wanted) > MOST_DIETS:
        raise DomainError(N_("Au plus %(most)s régimes."), field="diets", most=MOST_DIETS)
    if any(len(label) > LONGEST for label in wanted):
        raise DomainError(N_("Un régime se dit en %(most)s signes au plus."), field="diets", most=LONGEST)
    if OTHER in wanted:
        raise DomainError(N_("« %(label)s » est compté de toute façon."), field="diets", label=OTHER)
    return wanted


def diets(session: Session, event: Event) -> list[str]:
    """Return the lines of a day's list of diets."""
    return [row.label for row in session.scalars(queries.listed(event.id))]


def open_link(session: Session, event: Event, *, actor: User, now: datetime) -> str:
    """Return a new link for the caterer: the numbers, without account, until the day is over.

    An earlier one stops working. Raises DomainError once the day is over.
    """
    until = clock.end_of_day(event.last_day)
    if now >= until:
        raise DomainError(N_("Cette journée est passée."))
    tokens.revoke(session, PURPOSE, event, now=now)
    raw = tokens.issue(session, PURPOSE, event, now=now, until=until)
    audit.record(session, "event.caterer_linked", event, actor=actor, now=now)
    return raw


def close_link(session: Session, event: Event, *, actor: User, now: datetime) -> None:
    """Take the caterer's link back."""
    tokens.revoke(session, PURPOSE, event, now=now)
    audit.record(session, "event.caterer_unlinked", event, actor=actor, now=now)


def has_link(session: Session, event: Event, *, now: datetime) -> bool:
    """Say whether a link of the caterer works."""
    return session.scalar(queries.live_link(event.id, PURPOSE, now).limit(1)) is not None
