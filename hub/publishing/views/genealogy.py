"""The chain of memoranda, and through which of them each demand went; what an edition's items are."""

import itertools
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext
from sqlalchemy.orm import Session

from hub.core import clock, exports, paging
from hub.core.access import current_user, everyone, may, permit
from hub.core.db import db
from hub.core.errors import DomainError
from hub.core.search import fold
from hub.publishing.models.composition import Descent
from hub.publishing.models.editions import IN_COMPOSITION, Memorandum
from hub.publishing.operations import descent as writing
from hub.publishing.operations.descent import Register
from hub.publishing.queries import descent as queries
from hub.publishing.rules import manage
from hub.publishing.values import streams
from hub.publishing.values.descent import Stage, Thread, threads
from hub.publishing.views.blueprint import EDITION, Answer, blueprint, edition_or_404, refuse
from hub.publishing.words import DESCENTS
from hub.recommendations.models.recommendations import OUTCOMES, Outcome
from hub.recommendations.views.blueprint import argument, chips, page_number, word_of

WAITING = "waiting"
SORTS = ("title", "since", "times")


@dataclass(frozen=True, slots=True)
class Row:
    """A demand with where it stood, what came of it and on which day that was told."""

    thread: Thread
    outcome: Outcome | None
    told_on: date | None

    @property
    def since(self) -> int:
        """The first year in which it was asked."""
        return self.thread.first.year or 9999

    @property
    def path(self) -> str:
        """The memoranda through which it went, as numbers: « 2018/3 → 2024/1 »."""
        return " → ".join(standing.number or str(stage.year) for stage, standing in self.thread.stood)


@dataclass(frozen=True, slots=True)
class Link:
    """A memorandum of the chain, with how many of its demands are new, repeated and so on."""

    stage: Stage
    counts: Counter[Descent]
    gone: Counter[Descent]

    @property
    def size(self) -> int:
        """How many demands stand in it."""
        return len(self.stage.held)


@blueprint.get("/memorandums/genealogie")
@permit(everyone)
def genealogy() -> Answer:
    """Show the chain of memoranda and each demand's way through it; as CSV or xlsx too."""
    session = db.session()
    register = writing.read(session, with_drafts=may(manage))
    rows = _rows(session, register)
    wanted = _Wanted(argument("q"), argument("outcome"), argument("memorandum"), argument("times"))
    found = [row for row in rows if wanted.holds(row)]
    order = argument("sort") if argument("sort") in SORTS else "since"
    descending = argument("direction") == "desc"
    found.sort(key=lambda row: _place(row, order), reverse=descending)
    kind = argument("format")
    if kind in {"csv", "xlsx"}:
        return _export(kind, found)
    links = [_link(register, stage) for stage in register.stages]
    return render_template(
        "publishing/genealogy.html",
        links=links,
        picture=_picture(register.stages, rows),
        stages=register.stages,
        page=paging.cut(found, page_number()),
        order=order,
        direction="desc" if descending else "asc",
        wanted=wanted,
        options=wanted.options(register.stages),
        active=wanted.chips(register.stages),
        kinds=Descent,
        outcomes=OUTCOMES,
        layout="layout/coordinator.html" if may(manage) else "layout/public.html",
    )


@dataclass(frozen=True, slots=True)
class _Wanted:
    """What the list is narrowed to."""

    text: str
    outcome: str
    memorandum: str
    times: str

    def holds(self, row: Row) -> bool:
        """Say whether a demand passes."""
        if self.text and not all(word in row.thread.demand.words for word in fold(self.text).split()):
            return False
        if self.outcome and self.outcome != (row.outcome.value if row.outcome else WAITING):
            return False
        if self.memorandum and all(stage.slug != self.memorandum for stage, _ in row.thread.stood):
            return False
        return not self.times or (len(row.thread.stood) > 1) == (self.times == "several")

    def options(self, stages: Sequence[Stage]) -> list[dict[str, object]]:
        """Return the filters as the page offers them."""
        outcomes = [(word.value, gettext(text)) for word, text in OUTCOMES.items()]
        held = [stage for stage in stages if stage.held]
        return [
            {
                "name": "memorandum", "label": gettext("Mémorandum"), "value": self.memorandum,
                "choices": [(stage.slug, f"{stage.year} – {stage.title}") for stage in held],
            },
            {
                "name": "outcome", "label": gettext("Ce qui en est venu"), "value": self.outcome,
                "choices": [*outcomes, (WAITING, gettext("Rien de noté"))],
            },
            {
                "name": "times", "label": gettext("Combien de fois"), "value": self.times,
                "choices": [("once", gettext("Une seule fois")), ("several", gettext("Plusieurs fois"))],
            },
        ]  # fmt: skip

    def chips(self, stages: Sequence[Stage]) -> list[dict[str, object]]:
        """Return the filters in force."""
        named = [
            (str(each["name"]), str(each["value"] or ""), dict(each["choices"]), each["label"])  # type: ignore[call-overload]
            for each in self.options(stages)
        ]
        return chips(
            ("q", self.text, gettext("Recherche : %(text)s", text=self.text)),
            *((name, value, f"{label} : {words.get(value, value)}") for name, value, words, label in named),
        )


def _rows(session: Session, register: Register) -> list[Row]:
    found = list(threads(register.stages, register.kin, register.demands))
    told = {
        each.recommendation_id: each.created_at
        for each in session.execute(queries.outcomes([thread.demand.id for thread in found]))
    }
    rows = []
    for thread in found:
        moment = told.get(thread.demand.id) if thread.demand.outcome else None
        rows.append(Row(thread, thread.demand.outcome, clock.today(moment) if moment else None))
    return rows


def _place(row: Row, order: str) -> tuple[int, str]:
    """Return by what a demand is sorted; of two alike, by its title."""
    first = {"since": row.since, "times": len(row.thread.stood)}.get(order, 0)
    return first, fold(row.thread.demand.title)


def _link(register: Register, stage: Stage) -> Link:
    if not stage.held:
        return Link(stage, Counter(), Counter())
    told = writing.of_stage(register, stage)
    return Link(
        stage, Counter(line.kind for line in told.lines.values()), Counter(each.kind for each in told.gone)
    )


def _picture(stages: Sequence[Stage], rows: Sequence[Row]) -> streams.Picture:
    place = {id(stage): number for number, stage in enumerate(stages)}
    flows: Counter[tuple[int, int]] = Counter()
    for row in rows:
        ways = [place[id(stage)] for stage, _standing in row.thread.stood]
        flows.update(itertools.pairwise(ways))
    return streams.draw([len(stage.held) for stage in stages], [bool(stage.held) for stage in stages], flows)


def _export(kind: str, rows: Sequence[Row]) -> Answer:
    header = [
        gettext("Code"), gettext("Demande"), gettext("Première année"), gettext("Mémorandums"),
        gettext("Ce qui en est venu"), gettext("Noté le"),
    ]  # fmt: skip
    lines = [
        (
            row.thread.demand.code, row.thread.demand.title, row.thread.first.year, row.path,
            gettext(OUTCOMES[row.outcome]) if row.outcome else "", row.told_on,
        )
        for row in rows
    ]  # fmt: skip
    return exports.answer(kind, "genealogie", header, lines)


# --- The items of one edition -------------------------------------------------------------------


@blueprint.get(f"{EDITION}/lignee")
@permit(manage, Memorandum, key="slug")
def descent(memorandum: Memorandum, *, number: int) -> Answer:
    """Show what each item is beside earlier memoranda, and what stands there no more."""
    session = db.session()
    edition = edition_or_404(memorandum, number)
    told = writing.of_edition(session, edition)
    lines = [
        (item, place, told.lines[item.recommendation_id])
        for place, item in enumerate(session.scalars(queries.in_order(edition)), start=1)
    ]
    kind = argument("format")
    if kind in {"csv", "xlsx"}:
        header = [gettext("Demande"), gettext("Lignée"), gettext("Depuis"), gettext("Numéro d’avant")]
        here = [
            (item.recommendation.title, gettext(DESCENTS[line.kind]), line.since, line.earlier)
            for item, _place, line in lines
        ]
        away = [(each.title, gettext(DESCENTS[each.kind]), each.year, each.number) for each in told.gone]
        return exports.answer(kind, f"lignee-{memorandum.slug}-{number}", header, here + away)
    wanted = word_of(Descent, "kind")
    return render_template(
        "publishing/descent.html",
        memorandum=memorandum,
        edition=edition,
        lines=[each for each in lines if wanted is None or each[2].kind is wanted],
        counts=Counter(line.kind for _item, _place, line in lines),
        gone=told.gone,
        base=told.base,
        wanted=wanted,
        descents=DESCENTS,
        may_say=edition.state in IN_COMPOSITION,
        sayable=[each for each in Descent if each is not Descent.DROPPED],
    )


@blueprint.post(f"{EDITION}/lignee")
@permit(manage, Memorandum, key="slug")
def say_descent(memorandum: Memorandum, *, number: int) -> Answer:
    """Say what items are where what is computed is wrong."""
    edition = edition_or_404(memorandum, number)
    target = url_for("publishing.descent", slug=memorandum.slug, number=number)
    said: dict[int, Descent | None] = {}
    for name, value in request.form.items():
        prefix, _, identifier = name.partition("-")
        if prefix == "item" and identifier.isdecimal() and len(identifier) < len("1" * 10):
            said[int(identifier)] = Descent(value) if value in set(Descent) else None
    try:
        changed = writing.say(db.session(), edition, said, actor=current_user(), now=clock.now())
    except DomainError as problem:
        return refuse(problem, target)
    flash(gettext("La lignée est enregistrée.") if changed else gettext("Rien n’a changé."), "success")
    return redirect(target, 303)
