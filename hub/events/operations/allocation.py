"""Allotting the workshops of a block by wishes: computed, looked at, mended by hand, published.

Computing changes nothing but the list of runs. Nobody holds a seat in such a block before publishing, which
gives all seats in one transaction under the day's lock.
"""

import secrets
from collections import Counter
from collections.abc import Collection, Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from graph.allocation.allocate import allocate
from graph.allocation.outcome import Telling, moved
from graph.allocation.problem import Allocation, Offer, Person, Problem, Score
from hub.accounts.models import User
from hub.core import audit, i18n
from hub.core.errors import N_, DomainError
from hub.events.models.days import EventState
from hub.events.models.letters import LetterKind
from hub.events.models.registrations import Choice, Registration
from hub.events.models.workshops import AllocationRun, AllocationState, Way, Workshop, WorkshopBlock
from hub.events.operations import letters, seats, waitlist
from hub.events.queries import allocation as queries
from hub.events.values import allocating
from hub.events.values.choosing import clash

COMPUTE_JOB, PUBLISH_JOB = "events.allocate", "events.publish_allocation"
AT_ONCE = 6_000
"""People times workshops up to which an allocation is computed in the request: a fraction of a second."""
TOLD_AT_ONCE = 150
"""Mails up to which publishing is done in the request."""
OUTDATED = N_("Cette répartition n’est plus à publier : regardez la dernière.")


def problem_of(session: Session, block: WorkshopBlock, *, seed: str) -> Problem:
    """Return what is to be allotted now: who has a seat of the day, their wishes, the seats left.

    Where choosing is free (`choices_min` 0), who ranked nothing asks for nothing; else everybody gets
    workshops, those not ranked coming last.
    """
    workshops = [each for each in block.workshops if each.cancelled_at is None]
    offers = tuple(_offer(each) for each in workshops)
    known = {each.id: each.content_id for each in block.workshops}
    contents = {offer.content for offer in offers}
    people = []
    for place, row in enumerate(session.scalars(queries.taking_part(block))):
        ranked = [known[wish.workshop_id] for wish in row.wishes if wish.workshop_id in known]
        wishes = tuple(each for each in dict.fromkeys(ranked) if each in contents)
        asked = min(block.choices_max, max(block.choices_min, len(wishes)))
        here = {choice.workshop_id for choice in row.choices} & known.keys()
        people.append(
            Person(row.id, wishes, max(0, asked - len(here)), arrival=place, barred=_barred(row, workshops))
        )
    return Problem(tuple(people), offers, seed)


def _offer(workshop: Workshop) -> Offer:
    hours = workshop.hours
    return Offer(
        workshop.id,
        workshop.content_id,
        workshop.left,
        minimum=max(0, min(workshop.minimum - workshop.taken, workshop.left)),
        round=workshop.round_id,
        hours=None if hours is None else (int(hours[0].timestamp()), int(hours[1].timestamp())),
    )


def _barred(row: Registration, workshops: Sequence[Workshop]) -> tuple[int, ...]:
    held = [choice.workshop for choice in row.choices]
    return tuple(each.id for each in workshops if any(clash(each, other) for other in held))


def check(block: WorkshopBlock, *, now: datetime) -> None:
    """Raise DomainError where a block can't be allotted: seats are first come, given already, or too late."""
    event = block.event
    if block.way != Way.WISHES or block.choices_max == 0:
        raise DomainError(N_("Les places de ce bloc ne se donnent pas par souhaits."))
    if block.allotted_at is not None:
        raise DomainError(N_("Les ateliers de ce bloc sont déjà répartis."))
    if event.state != EventState.PUBLISHED or now >= event.ends_at:
        raise DomainError(N_("On ne répartit les ateliers que d’une journée publiée et à venir."))


def seed_of(session: Session, block: WorkshopBlock, *, new: bool = False) -> str:
    """Return the seed of the block's last run, so that computing anew draws no other lots; or a new one."""
    last = session.scalar(queries.runs(block).limit(1))
    return last.seed if last is not None and not new else secrets.token_hex(16)


def prepare(session: Session, block: WorkshopBlock, *, now: datetime, new_seed: bool = False) -> Problem:
    """Return what to compute. Raises DomainError where there is nothing to allot."""
    check(block, now=now)
    problem = problem_of(session, block, seed=seed_of(session, block, new=new_seed))
    if not problem.wanted:
        raise DomainError(N_("Personne n’a encore de souhait à répartir."))
    if not problem.offers:
        raise DomainError(N_("Ce bloc n’a pas d’atelier."))
    return problem


def keep(
    session: Session,
    block: WorkshopBlock,
    problem: Problem,
    allocation: Allocation,
    *,
    actor: User | str,
    now: datetime,
) -> AllocationRun:
    """Store what was computed, as the one proposed; a former proposal is set aside and stays to compare."""
    seats.lock(session, block.event)
    session.refresh(block)
    check(block, now=now)
    former = list(session.scalars(queries.runs(block)))
    for run in former:
        if run.state == AllocationState.PROPOSED:
            run.state = AllocationState.SET_ASIDE
    row = AllocationRun(
        block_id=block.id,
        seed=problem.seed,
        method=allocation.method,
        cost=allocation.score.regret,
        is_proven=allocation.proven,
        given=allocating.as_given(problem),
        result=allocating.as_result(allocation),
        created_by=actor if isinstance(actor, str) else actor.name,
        created_at=now,
    )
    session.add(row)
    session.flush()
    changes = {
        "run": [None, row.id],
        "seed": [former[0].seed if former else None, row.seed],
        "method": [None, row.method],
    }
    audit.record(session, "event.allocated", block.event, actor=actor, now=now, changes=changes)
    return row


def compute(
    session: Session, block: WorkshopBlock, *, actor: User | str, now: datetime, new_seed: bool = False
) -> AllocationRun:
    """Compute and store an allocation at once; a big one is done by a job (`jobs/allocation.py`)."""
    problem = prepare(session, block, now=now, new_seed=new_seed)
    return keep(session, block, problem, allocate(problem), actor=actor, now=now)


def read(run: AllocationRun) -> allocating.Kept:
    """Return what a run was given and what came of it."""
    return allocating.kept(run.given, run.result, run.seed)


def repeat(run: AllocationRun) -> Allocation:
    """Compute a run again from what it kept."""
    return allocate(allocating.problem_of(run.given, run.seed))


def set_aside(session: Session, run: AllocationRun, *, actor: User, now: datetime) -> None:
    """Leave a proposal; it stays to compare. Raises DomainError if it is none."""
    seats.lock(session, run.block.event)
    session.refresh(run)
    _check_proposed(run)
    run.state = AllocationState.SET_ASIDE
    session.flush()
    audit.record(
        session, "event.allocation_set_aside", run.block.event, actor=actor, now=now,
        changes={"run": [run.id, None]},
    )  # fmt: skip


def cost_of_moving(run: AllocationRun, number: int, workshops: Collection[int]) -> tuple[Score, Score]:
    """Return the score before and after somebody is moved. Raises DomainError where that can't be."""
    held = read(run)
    if number not in held.problem.by_person or not set(workshops) <= held.problem.by_offer.keys():
        raise DomainError(N_("Cette personne ou cet atelier n’est pas dans cette répartition."))
    if held.problem.by_person[number].seats == 0:
        raise DomainError(N_("Cette personne n’a pas de souhait dans ce bloc."))
    try:
        return moved(held.problem, held.seats, number, tuple(set(workshops)))
    except ValueError as problem:
        words = {
            "full": N_(
                "Cet atelier est complet dans cette répartition : déplacez d’abord quelqu’un d’autre."
            ),
        }
        other = N_("Ces ateliers ne vont pas ensemble, ou il y en a trop pour une personne.")
        raise DomainError(words.get(str(problem), other), field="workshops") from problem


def move(
    session: Session,
    run: AllocationRun,
    number: int,
    workshops: Collection[int],
    *,
    actor: User,
    now: datetime,
) -> tuple[Score, Score]:
    """Give somebody other workshops in a proposal, by hand; return the score before and after."""
    seats.lock(session, run.block.event)
    session.refresh(run)
    _check_proposed(run)
    before, after = cost_of_moving(run, number, workshops)
    held = read(run)
    had = list(held.seats.get(number, ()))
    now_held = {**held.seats, number: tuple(sorted(set(workshops)))}
    taken = Counter(each for those in now_held.values() for each in those)
    run.result = {
        "seats": [[person, list(those)] for person, those in sorted(now_held.items())],
        "closed": [offer.id for offer in held.problem.offers if taken[offer.id] < offer.minimum],
        "missing": list(after.missing),
        "moved": sorted({*held.moved, number}),
    }
    run.cost = after.regret
    run.is_proven = False
    session.flush()
    changes = {
        "run": [None, run.id],
        "registration": [None, number],
        "workshops": [had, sorted(set(workshops))],
    }
    audit.record(session, "event.allocation_moved", run.block.event, actor=actor, now=now, changes=changes)
    return before, after


def _check_proposed(run: AllocationRun) -> None:
    if run.state != AllocationState.PROPOSED or run.block.allotted_at is not None:
        raise DomainError(OUTDATED)


def publish(session: Session, run: AllocationRun, *, actor: User | str, now: datetime) -> int:
    """Give the seats of a proposal, write to everybody, cancel what stays under its minimum.

    Who cancelled since gets nothing, and the seat is free. Returns how many people hold something. Raises
    DomainError, before anything is changed, where seats or workshops are no longer those of the run.
    """
    block = run.block
    event = block.event
    seats.lock(session, event)
    session.refresh(run)
    session.refresh(block)
    _check_proposed(run)
    check(block, now=now)
    held = read(run)
    workshops = {
        each.id: each for each in session.scalars(select(Workshop).where(Workshop.block_id == block.id))
    }
    rows = {row.id: row for row in session.scalars(queries.taking_part(block)) if row.id in held.seats}
    given = {number: _still_fit(rows[number], held.seats[number], workshops) for number in sorted(rows)}
    taken = Counter(each for those in given.values() for each in those)
    closed = [workshops[each] for each in held.closed if each in workshops]
    _check_seats(workshops, taken, closed)
    for number, those in given.items():
        rows[number].choices = [
            *rows[number].choices, *(Choice(workshop=workshops[each]) for each in sorted(those))
        ]  # fmt: skip
        rows[number].sequence += 1
        rows[number].updated_at = now
    for workshop in closed:
        workshop.cancelled_at = now
    run.state, run.published_at, block.allotted_at = AllocationState.PUBLISHED, now, now
    session.flush()
    seats.shift(session, event, places={}, workshops=taken)
    changes = {
        "run": [None, run.id],
        "people": [None, len(rows)],
        "seats": [None, sum(taken.values())],
        "cancelled_workshops": [None, [workshop.id for workshop in closed]],
    }
    audit.record(session, "event.allocation_published", event, actor=actor, now=now, changes=changes)
    titles = titles_of(block)
    telling = telling_of(held)
    for number, row in rows.items():
        if held.problem.by_person[number].seats:
            said = explained(held, telling, number, titles=titles, language=row.language)
            letters.send(session, row, LetterKind.ALLOTTED, now=now, version=str(run.id), explanations=said)
    waitlist.settle(session, event, now=now)
    return sum(bool(those) for those in given.values())


def _still_fit(row: Registration, offers: Collection[int], workshops: dict[int, Workshop]) -> list[int]:
    """Return what of the seats still goes with what the person holds elsewhere by now."""
    held = [choice.workshop for choice in row.choices]
    return [
        each
        for each in offers
        if each in workshops and not any(clash(workshops[each], other) for other in held)
    ]


def _check_seats(workshops: dict[int, Workshop], taken: Counter[int], closed: Sequence[Workshop]) -> None:
    for number, count in taken.items():
        workshop = workshops[number]
        if workshop.cancelled_at is not None or count > workshop.left or workshop in closed:
            raise DomainError(
                N_("« %(title)s » a changé depuis le calcul : calculez à nouveau avant de publier."),
                title=workshop.title,
            )
        if workshop.taken + count < workshop.minimum:
            raise DomainError(
                N_(
                    "« %(title)s » n’atteint plus son minimum de %(minimum)s personnes depuis que certaines "
                    "ont annulé : calculez à nouveau avant de publier."
                ),
                title=workshop.title,
                minimum=workshop.minimum,
            )


def titles_of(block: WorkshopBlock) -> dict[int, str]:
    """Return the titles of a block's workshops by their numbers."""
    return {each.id: each.title for each in block.workshops}


def telling_of(held: allocating.Kept) -> Telling:
    """Return what tells each person of a kept run why."""
    return Telling(held.problem, held.seats, held.closed)


def explained(
    held: allocating.Kept, telling: Telling, number: int, *, titles: dict[int, str], language: str
) -> list[str]:
    """Tell somebody in their language what was given and why; [] for who is not in the run."""
    if number not in held.problem.by_person:
        return []
    contents = {offer.id: offer.content for offer in held.problem.offers}
    say = i18n.translations(language).gettext
    told = allocating.sentences(telling.why(number), titles, contents)
    said = [say(msgid) % words for msgid, words in told]
    return [*said, say(allocating.BY_HAND)] if number in held.moved else said


def changed_since(session: Session, run: AllocationRun) -> tuple[int, int, int]:
    """Return how many came since a run was computed, how many cancelled, how many wish otherwise."""
    then = allocating.problem_of(run.given, run.seed).by_person
    known = {each.id: each.content_id for each in run.block.workshops if each.cancelled_at is None}
    ranked: dict[int, list[int]] = {number: [] for number in session.scalars(queries.expected(run.block))}
    for number, workshop in session.execute(queries.wished(run.block)):
        if number in ranked and workshop in known:
            ranked[number].append(known[workshop])
    other = [
        number
        for number in ranked.keys() & then.keys()
        if tuple(dict.fromkeys(ranked[number])) != then[number].wishes
    ]
    return len(ranked.keys() - then.keys()), len(then.keys() - ranked.keys()), len(other)
