"""What was computed of the network, for pages: looked up, or computed where that is quick.

A page never waits for what is known. Up to `AT_ONCE` actors what isn't known is computed while the page is
made. Beyond, the page shows the last result as such and asks for a new one by a POST (`views.computing`).

Storing what was just computed is the one write that follows a GET. It is derived data: nobody's gesture, no
fact, nothing that anybody could undo or miss. It is done in a short transaction of its own, after the page
has read what it needs; where the database can't write (full, busy), the page goes out all the same.
"""

import logging
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from datetime import date
from threading import Lock

from flask import g, request
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from graph.indexed import index
from graph.layout import Layout
from graph.measures import Measures, NodeMeasures
from graph.model import Network
from graph.structure import parts
from hub.core import clock
from hub.core.db import db, reading, writing
from hub.core.errors import DomainError
from hub.core.web import SAFE_METHODS
from hub.network.models.results import ResultKind
from hub.network.operations import computing, results
from hub.network.queries import results as queries
from hub.network.values.analysis import Analysis, describe
from hub.network.values.register import Register, Wanted
from hub.network.values.results import (
    AT_ONCE,
    Question,
    key_of,
    readable_measures,
    unpack_layout,
)
from hub.network.views import asked

log = logging.getLogger(__name__)
computing_now = Lock()
"""One of a process computes at a time: whoever asks for the same meanwhile finds it known."""


@dataclass(frozen=True)
class Known:
    """A result in its stored form; `day` is that of the state which it tells.

    `question` is what to ask a job for where it isn't the result of the network as it is now, else None.
    """

    content: str | None
    day: date | None
    question: Question | None = None


def find(question: Question, network: Network) -> Known:
    """Return the result for a network: the stored one, one just computed, or the last one of the series."""
    key = key_of(question.kind, network)
    session = db.session()
    row = session.scalar(queries.result(question.kind, key))
    if row is not None and row.content is not None:
        return Known(row.content, question.wanted.day)
    if len(network.nodes) <= AT_ONCE:
        return Known(_computed(question, network, key), question.wanted.day)
    before = session.scalar(queries.newest(question.kind, question.series))
    previous = before.content if before else None
    placing = question.kind == ResultKind.LAYOUT and previous
    if placing and (settled := computing.resettled(network, previous)):
        _keep(question, key, settled)
        return Known(settled, question.wanted.day)
    return Known(previous, before.day if before else None, question)


def _computed(question: Question, network: Network, key: str) -> str:
    with computing_now:
        # Another thread may have stored it since this request began to read.
        with reading(db.engine) as fresh:
            row = fresh.scalar(queries.result(question.kind, key))
            if row is not None and row.content is not None:
                return row.content
            before = fresh.scalar(queries.newest(question.kind, question.series))
            previous = before.content if before else None
        content = computing.compute(question.kind, network, previous)
        _keep(question, key, content)
    return content


def _keep(question: Question, key: str, content: str) -> None:
    try:
        with _transaction() as session:
            results.keep(
                session, question.kind, key,
                series=question.series, day=question.wanted.day, content=content, now=clock.now(),
            )  # fmt: skip
    except DBAPIError as problem:
        log.warning("a result of the network could not be stored: %s", problem)


def _transaction() -> AbstractContextManager[Session]:
    """Return the transaction of a request that writes anyway, else a short one."""
    return writing(db.engine) if request.method in SAFE_METHODS else nullcontext(db.session())


# --- Layout


def layout_of(register: Register) -> Layout:
    """Return the places of all actors ever told; those that are placed already stay where they are."""
    question = Question(ResultKind.LAYOUT, Wanted(asked.today()), asked.sight())
    network = question.network(register)
    found = find(question, network)
    if found.question is None and found.content:
        return unpack_layout(found.content).layout
    pending(question)
    return unpack_layout(computing.resettled(network, found.content, anyhow=True) or "").layout


# --- Measures


def analyse(register: Register) -> Analysis:
    """Measure the whole network of the day, by the ties that are switched on."""
    return analysis_of(Question(ResultKind.ANALYSIS, _wanted(), asked.sight()), register)


def analysis_of(question: Question, register: Register) -> Analysis:
    """Measure what is asked for; where a job is needed, what is quick is exact, the rest as it was last."""
    part, network = question.part(register), question.network(register)
    found = find(question, network)
    last = readable_measures(found.content)
    if found.question is None and last is not None:
        return describe(part, last)
    pending(question, found.day if last else None)
    return describe(part, _rough(network, last))


def _rough(network: Network, last: Measures | None) -> Measures:
    """Count neighbours and components, which is quick; take all else from the last result, where it knows."""
    graph = index(network)
    components = parts(graph)
    numbers = {name: number for number, names in enumerate(components, start=1) for name in names}
    nodes = {}
    for name, degree in zip(graph.names, graph.degrees.tolist(), strict=True):
        before = last.nodes.get(name) if last else None
        nodes[name] = NodeMeasures(
            degree=degree,
            component=numbers[name],
            betweenness=before.betweenness if before else None,
            closeness=before.closeness if before else None,
            distance=before.distance if before else None,
            pagerank=before.pagerank if before else None,
            constraint=before.constraint if before else None,
            effective_size=before.effective_size if before else None,
            core=before.core if before else 0,
            community=before.community if before else None,
            articulation=before.articulation if before else False,
        )
    return Measures(
        nodes=nodes,
        components=components,
        isolates=tuple(name for name, node in nodes.items() if not node.degree),
        communities=last.communities if last else {},
        modularity=last.modularity if last else None,
        density=last.density if last else None,
    )


def _wanted() -> Wanted:
    try:
        return asked.wanted()
    except DomainError:
        return asked.wanted_today()


# --- What is to be computed by a job


@dataclass(frozen=True)
class Pending:
    """A result that only a job can give; `day` is that of the state shown meanwhile, None without any."""

    question: Question
    day: date | None


def pending(question: Question, day: date | None = None) -> None:
    """Note, for the page of this request, that a result has to be asked for."""
    g.setdefault("network_pending", []).append(Pending(question, day))


def all_pending() -> list[Pending]:
    """Return what the page of this request has to ask for."""
    found: list[Pending] = g.get("network_pending", [])
    return found
