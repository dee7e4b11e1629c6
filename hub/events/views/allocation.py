"""Wishes and how they are allotted: how they stand, what was computed, mended by hand, published."""

from collections import Counter, defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from flask import abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from graph.allocation.outcome import Outcome, first_come, outcome
from hub.core import clock, exports, jobs, paging
from hub.core.access import current_user, permit
from hub.core.db import db
from hub.core.errors import DomainError
from hub.core.search import fold
from hub.events import rules
from hub.events.models.days import Event
from hub.events.models.registrations import Registration
from hub.events.models.workshops import AllocationRun, AllocationState, Way, WorkshopBlock
from hub.events.operations import allocation
from hub.events.queries import allocation as queries
from hub.events.values import allocating
from hub.events.views.blueprint import blueprint
from hub.events.views.personal import piece
from hub.events.words import shown_name

BIG_ORGANISATIONS = 25
FORMER = 6
"""Runs of a block that are compared with each other."""


@dataclass(frozen=True)
class Demand:
    """How a workshop is wished for: how many rank it first, second, third or later."""

    title: str
    seats: int
    minimum: int
    first: int
    second: int
    later: int


@dataclass(frozen=True)
class Compared:
    """One column of the comparison."""

    label: str
    outcome: Outcome
    run: AllocationRun | None = None


def blocks_of(event: Event) -> list[WorkshopBlock]:
    """Return the blocks whose seats are given by wishes."""
    return [block for block in event.blocks if block.way == Way.WISHES and block.choices_max]


@blueprint.get("/journees/<slug>/souhaits")
@permit(rules.manage, Event, key="slug")
def wishes_page(event: Event) -> str:
    """Show how the wishes stand, and lead to what was computed."""
    session = db.session()
    parts = [_standing(session, event, block) for block in blocks_of(event)]
    is_pending = any(part["job"] is not None and not part["job"].is_over for part in parts)
    return render_template(
        "events/allocation/wishes.html",
        event=event,
        parts=parts,
        is_pending=is_pending,
        before_deadline=clock.now() < event.sign_up_closes_at,
    )


def _standing(session: Session, event: Event, block: WorkshopBlock) -> dict[str, Any]:
    here, ranked = session.execute(queries.standing(block)).one()
    by_workshop: dict[int, Counter[int]] = defaultdict(Counter)
    contents = {each.id: each.content_id for each in event.workshops if each.block_id == block.id}
    for workshop, rank, number in session.execute(queries.ranks(block)):
        by_workshop[contents.get(workshop, workshop)][rank] += number
    seats: Counter[int] = Counter()
    for each in event.workshops:
        if each.block_id == block.id and each.cancelled_at is None:
            seats[each.content_id] += each.capacity
    demands = [
        Demand(
            each.title,
            seats[each.id],
            each.minimum,
            by_workshop[each.id][1],
            by_workshop[each.id][2],
            sum(number for rank, number in by_workshop[each.id].items() if rank > 2),  # noqa: PLR2004
        )
        for each in event.workshops
        if each.block_id == block.id and each.content_id == each.id and each.cancelled_at is None
    ]
    return {
        "block": block,
        "people": here,
        "ranked": ranked,
        "demands": demands,
        "most": max((each.first for each in demands), default=0),
        "runs": session.scalars(queries.runs(block).limit(FORMER)).all(),
        "job": session.scalar(jobs.of(block, allocation.COMPUTE_JOB).limit(1)),
    }


@blueprint.post("/journees/<slug>/souhaits/<int:number>/calculer")
@permit(rules.manage, Event, key="slug")
def compute_allocation(event: Event, number: int) -> Response:
    """Compute an allocation: at once, or by a job where there are many people."""
    session, block = db.session(), _block(event, number)
    now, user, new_seed = clock.now(), current_user(), "new_seed" in request.form
    back = url_for("events.wishes_page", slug=event.slug)
    try:
        problem = allocation.prepare(session, block, now=now, new_seed=new_seed)
        if len(problem.people) * len(problem.offers) > allocation.AT_ONCE:
            running = session.scalar(jobs.of(block, allocation.COMPUTE_JOB).limit(1))
            if running is None or running.is_over:
                jobs.enqueue(
                    session, allocation.COMPUTE_JOB, now=now, subject=block,
                    block=block.id, actor=user.name, new_seed=new_seed,
                )  # fmt: skip
            return redirect(back, 303)
        run = allocation.compute(session, block, actor=user, now=now, new_seed=new_seed)
    except DomainError as problem_found:
        flash(_(problem_found.msgid, **problem_found.params), "error")
        return redirect(back, 303)
    return redirect(url_for("events.allocation_run", slug=event.slug, number=run.id), 303)


def _block(event: Event, number: int) -> WorkshopBlock:
    return next((block for block in blocks_of(event) if block.id == number), None) or abort(404)


@blueprint.get("/journees/<slug>/souhaits/<int:number>/avancement")
@permit(rules.manage, Event, key="slug")
def allocation_progress(event: Event, number: int) -> str:
    """Answer how far computing is, for the page that asks each second."""
    session, block = db.session(), _block(event, number)
    job = session.scalar(jobs.of(block, allocation.COMPUTE_JOB).limit(1))
    run = session.scalar(queries.runs(block).limit(1))
    return render_template("events/allocation/progress.html", event=event, block=block, job=job, run=run)


# --- What was computed -------------------------------------------------------------------------


def _run(event: Event, number: int) -> AllocationRun:
    row = db.session().get(AllocationRun, number)
    if row is None or row.block.event_id != event.id:
        abort(404)
    return row


@blueprint.get("/journees/<slug>/repartitions/<int:number>")
@permit(rules.manage, Event, key="slug")
def allocation_run(event: Event, number: int) -> str | Response:
    """Show an allocation: how it came out, compared with others; who got what, and why."""
    session, run = db.session(), _run(event, number)
    held = allocation.read(run)
    people = session.scalars(queries.people(run.block)).all()
    known = [row for row in people if row.id in held.problem.by_person]
    titles = allocation.titles_of(run.block)
    words = request.args.get("q", "")
    found = [row for row in known if all(word in row.search_text for word in fold(words).split())]
    if "format" in request.args:
        return _export(event, held, found, titles)
    telling = allocation.telling_of(held)
    page = paging.cut(found, request.args.get("page", 1, type=int))
    told = {
        row.id: allocation.explained(held, telling, row.id, titles=titles, language="fr") for row in page.rows
    }
    is_proposed = run.state == AllocationState.PROPOSED and run.block.allotted_at is None
    return render_template(
        "events/allocation/run.html",
        event=event,
        run=run,
        held=held,
        page=page,
        told=told,
        words=words,
        titles=titles,
        compared=_compared(session, run, held),
        per_organisation=_per_organisation(held, known),
        filled=_filled(run, held),
        changed=allocation.changed_since(session, run) if is_proposed else (0, 0, 0),
        is_proposed=is_proposed,
        job=session.scalar(jobs.of(run, allocation.PUBLISH_JOB).limit(1)),
    )


def _compared(session: Session, run: AllocationRun, held: allocating.Kept) -> list[Compared]:
    """Return how this run came out, what « first come » had given, and the other runs of the block."""
    columns = [
        Compared(_("Cette répartition"), outcome(held.problem, held.seats), run),
        Compared(_("Premier arrivé, premier servi"), outcome(held.problem, first_come(held.problem))),
    ]
    others = session.scalars(queries.runs(run.block).where(AllocationRun.id != run.id).limit(FORMER)).all()
    for other in others:
        then = allocation.read(other)
        columns.append(
            Compared(_("Calcul n° %(number)s", number=other.id), outcome(then.problem, then.seats), other)
        )
    return columns


def _filled(run: AllocationRun, held: allocating.Kept) -> list[dict[str, Any]]:
    taken = Counter(each for those in held.seats.values() for each in those)
    return [
        {
            "workshop": workshop,
            "taken": taken[workshop.id],
            "capacity": held.problem.by_offer[workshop.id].capacity,
            "closed": workshop.id in held.closed,
        }
        for workshop in run.block.workshops
        if workshop.id in held.problem.by_offer
    ]


def _per_organisation(held: allocating.Kept, people: list[Registration]) -> list[dict[str, Any]]:
    """Return for each organisation how its people fared, the biggest first; the small ones together."""
    rows: dict[str, Counter[str]] = defaultdict(Counter)
    for each in people:
        person = held.problem.by_person[each.id]
        if not person.seats:
            continue
        counts = rows[each.organisation_label or _("À titre personnel")]
        counts["people"] += 1
        mine = [held.problem.by_offer[offer].content for offer in held.seats.get(each.id, ())]
        ranks = [person.rank(content) for content in mine if content in person.wishes]
        counts["first"] += 1 in ranks
        counts["wished"] += bool(ranks)
        counts["nothing"] += not mine
    ordered = sorted(rows.items(), key=lambda item: (-item[1]["people"], fold(item[0])))
    shown = [{"label": label, **counts} for label, counts in ordered[:BIG_ORGANISATIONS]]
    rest = ordered[BIG_ORGANISATIONS:]
    if rest:
        total: Counter[str] = Counter()
        for _label, counts in rest:
            total.update(counts)
        shown.append({"label": _("Les %(count)s autres", count=len(rest)), **total})
    return shown


def _export(
    event: Event, held: allocating.Kept, people: list[Registration], titles: dict[int, str]
) -> Response:
    if request.args["format"] not in {"csv", "xlsx"}:
        abort(404)
    header = [_("Nom"), _("Organisation"), _("Ateliers"), _("Rangs")]
    rows = []
    for row in people:
        person, mine = held.problem.by_person[row.id], held.seats.get(row.id, ())
        contents = [held.problem.by_offer[each].content for each in mine]
        ranks = [str(person.rank(each)) if each in person.wishes else "-" for each in contents]
        rows.append(
            [
                shown_name(row.name),
                row.organisation_label,
                " | ".join(titles.get(each, "") for each in mine),
                " ".join(ranks),
            ]
        )
    return exports.answer(request.args["format"], f"repartition-{event.slug}", header, rows)


@blueprint.get("/journees/<slug>/repartitions/<int:number>/deplacer/<int:person>")
@permit(rules.manage, Event, key="slug")
def move_page(event: Event, number: int, person: int) -> str:
    """Show where somebody could be instead, and what that costs; nothing changes yet."""
    return _show_move(event, _run(event, number), person, request.args.getlist("workshops", type=int))


@blueprint.post("/journees/<slug>/repartitions/<int:number>/deplacer/<int:person>")
@permit(rules.manage, Event, key="slug")
def move_now(event: Event, number: int, person: int) -> Response | tuple[str, int]:
    """Move somebody in a proposal."""
    run = _run(event, number)
    chosen = request.form.getlist("workshops", type=int)
    try:
        allocation.move(db.session(), run, person, chosen, actor=current_user(), now=clock.now())
    except DomainError as problem:
        flash(_(problem.msgid, **problem.params), "error")
        return _show_move(event, run, person, chosen), 422
    flash(_("La personne est déplacée. Rien n’est encore publié."), "success")
    return redirect(url_for("events.allocation_run", slug=event.slug, number=run.id), 303)


def _show_move(event: Event, run: AllocationRun, number: int, chosen: list[int]) -> str:
    session, held = db.session(), allocation.read(run)
    row = session.get(Registration, number)
    if row is None or number not in held.problem.by_person:
        abort(404)
    person, mine = held.problem.by_person[number], held.seats.get(number, ())
    taken = Counter(each for those in held.seats.values() for each in those)
    before = after = problem = None
    if chosen:
        try:
            before, after = allocation.cost_of_moving(run, number, chosen)
        except DomainError as refusal:
            problem = _(refusal.msgid, **refusal.params)
    options = [
        {
            "workshop": workshop,
            "rank": person.rank(workshop.content_id) if workshop.content_id in person.wishes else None,
            "left": held.problem.by_offer[workshop.id].capacity - taken[workshop.id],
        }
        for workshop in run.block.workshops
        if workshop.id in held.problem.by_offer and workshop.id not in person.barred
    ]
    return render_template(
        "events/allocation/move.html",
        event=event, run=run, row=row, person=person, mine=mine, options=options, chosen=chosen,
        before=before, after=after, problem=problem,
        now_titles=_named(run, mine), chosen_titles=_named(run, chosen),
    )  # fmt: skip


def _named(run: AllocationRun, workshops: Collection[int]) -> str:
    titles = allocation.titles_of(run.block)
    return ", ".join(titles[each] for each in workshops if each in titles)


@blueprint.post("/journees/<slug>/repartitions/<int:number>/ecarter")
@permit(rules.manage, Event, key="slug")
def set_allocation_aside(event: Event, number: int) -> Response:
    """Leave a proposal."""
    try:
        allocation.set_aside(db.session(), _run(event, number), actor=current_user(), now=clock.now())
        flash(_("La répartition est écartée. Elle reste là pour comparer."), "success")
    except DomainError as problem:
        flash(_(problem.msgid, **problem.params), "error")
    return redirect(url_for("events.wishes_page", slug=event.slug), 303)


@blueprint.get("/journees/<slug>/repartitions/<int:number>/publier")
@permit(rules.manage, Event, key="slug")
def publish_allocation_page(event: Event, number: int) -> str | Response:
    """Say what publishing does, and to whom; of what is published or set aside, what it was."""
    run = _run(event, number)
    if run.state != AllocationState.PROPOSED or run.block.allotted_at is not None:
        return redirect(url_for("events.allocation_run", slug=event.slug, number=run.id), 303)
    held = allocation.read(run)
    titles = allocation.titles_of(run.block)
    asking = sum(person.seats > 0 for person in held.problem.people)
    return render_template(
        "events/allocation/publish.html",
        event=event,
        run=run,
        asking=asking,
        outcome=outcome(held.problem, held.seats),
        closed=[titles.get(each, "") for each in held.closed],
        changed=allocation.changed_since(db.session(), run),
        before_deadline=clock.now() < event.sign_up_closes_at,
    )


@blueprint.post("/journees/<slug>/repartitions/<int:number>/publier")
@permit(rules.manage, Event, key="slug")
def publish_allocation(event: Event, number: int) -> Response:
    """Give the seats and write to everybody: at once, or by a job where there are many people."""
    session, run, now = db.session(), _run(event, number), clock.now()
    shown = url_for("events.allocation_run", slug=event.slug, number=run.id)
    if len(run.result["seats"]) > allocation.TOLD_AT_ONCE:
        running = session.scalar(jobs.of(run, allocation.PUBLISH_JOB).limit(1))
        if run.state == AllocationState.PROPOSED and (running is None or running.is_over):
            actor = current_user().name
            jobs.enqueue(session, allocation.PUBLISH_JOB, now=now, subject=run, run=run.id, actor=actor)
        return redirect(shown, 303)
    try:
        allocation.publish(session, run, actor=current_user(), now=now)
        flash(_("Les ateliers sont attribués. Chaque personne reçoit un mail."), "success")
    except DomainError as problem:
        flash(_(problem.msgid, **problem.params), "error")
    return redirect(shown, 303)


@blueprint.get("/journees/<slug>/repartitions/<int:number>/avancement")
@permit(rules.manage, Event, key="slug")
def publishing_progress(event: Event, number: int) -> str:
    """Answer how far publishing is, for the page that asks each second."""
    run = _run(event, number)
    job = db.session().scalar(jobs.of(run, allocation.PUBLISH_JOB).limit(1))
    return render_template("events/allocation/publishing.html", event=event, run=run, job=job)


# --- What each person reads ---------------------------------------------------------------------


@piece
def own_wishes(row: Registration, now: Any) -> dict[str, Any]:
    """Return somebody's wishes by block, and what came of them once that was published."""
    del now
    blocks = blocks_of(row.event)
    if not blocks:
        return {"wish_parts": []}
    runs = {run.block_id: run for run in db.session.scalars(queries.published(row.event_id))}
    workshops = {each.id: each for each in row.event.workshops}
    parts = []
    for block in blocks:
        wished = [workshops[wish.workshop_id] for wish in row.wishes if wish.block_id == block.id]
        said: list[str] = []
        if block.id in runs:
            held = allocation.read(runs[block.id])
            titles = {each.id: each.title for each in workshops.values()}
            said = allocation.explained(
                held, allocation.telling_of(held), row.id, titles=titles, language=row.language
            )
        parts.append(
            {"block": block, "wished": wished, "said": said, "is_allotted": block.allotted_at is not None}
        )
    return {"wish_parts": parts}
