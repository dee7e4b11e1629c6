"""Allotting the workshops of a big block, and giving the seats of a big allocation."""

import json
from typing import Any

from graph.allocation.allocate import allocate
from hub.core import clock, jobs
from hub.core.errors import N_, DomainError
from hub.events.models.workshops import AllocationRun, AllocationState, WorkshopBlock
from hub.events.operations import allocation
from hub.events.queries import allocation as queries
from hub.events.values import allocating

READING, COMPUTING, KEEPING = N_("Lecture des souhaits"), N_("Calcul de la répartition"), N_("Rangement")
GIVING = N_("Attribution des places et préparation des mails")


@jobs.job(allocation.COMPUTE_JOB)
def compute(context: jobs.JobContext, block: int, actor: str, new_seed: bool) -> dict[str, Any]:
    """Compute an allocation; done twice, it is stored once."""
    context.progress(5, READING)
    try:
        with context.read() as session:
            row = session.get(WorkshopBlock, block)
            if row is None:
                raise jobs.JobCancelledError
            problem = allocation.prepare(session, row, now=clock.now(), new_seed=new_seed)
        context.progress(20, COMPUTING)
        found = allocate(problem)
        context.progress(90, KEEPING)
        with context.write() as session:
            row = session.get_one(WorkshopBlock, block)
            last = session.scalar(queries.runs(row).limit(1))
            if last is not None and _is_same(last, allocating.as_given(problem), problem.seed):
                return {"run": last.id}
            run = allocation.keep(session, row, problem, found, actor=actor, now=clock.now())
            return {"run": run.id}
    except DomainError as problem_found:
        raise jobs.JobFailedError(str(problem_found)) from problem_found


def _is_same(run: AllocationRun, given: dict[str, Any], seed: str) -> bool:
    same = run.given == json.loads(json.dumps(given))
    return run.state == AllocationState.PROPOSED and run.seed == seed and same


@jobs.job(allocation.PUBLISH_JOB)
def publish(context: jobs.JobContext, run: int, actor: str) -> dict[str, Any]:
    """Give the seats of an allocation and write to everybody, in one transaction; done twice, it is once."""
    context.progress(10, GIVING)
    try:
        with context.write() as session:
            row = session.get(AllocationRun, run)
            if row is None or row.state == AllocationState.PUBLISHED:
                return {}
            return {"people": allocation.publish(session, row, actor=actor, now=clock.now())}
    except DomainError as problem:
        raise jobs.JobFailedError(str(problem)) from problem
