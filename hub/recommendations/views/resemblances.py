"""The inbox of pairs of texts that look alike, and what people decide of them. Coordinators only."""

from dataclasses import dataclass
from typing import Any

from flask import abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from hub.core import clock, paging
from hub.core.access import current_user, permit
from hub.core.db import db
from hub.core.errors import DomainError
from hub.core.paging import Page
from hub.recommendations.models.recognition import VERDICTS, SimilarityVerdict, Verdict
from hub.recommendations.operations import recognition, verdicts
from hub.recommendations.queries import choices
from hub.recommendations.queries import recognition as queries
from hub.recommendations.rules import manage
from hub.recommendations.views.blueprint import (
    argument,
    blueprint,
    chips,
    page_number,
    sentence,
    word_of,
)
from hub.recommendations.views.differing import Beside, beside
from hub.recommendations.views.recognition import Known, known_by
from memoranda.similarity.decisions import Match

PER_PAGE = 10
KINDS = {"cr": ("c", "r"), "cc": ("c", "c"), "rr": ("r", "r")}


@dataclass(frozen=True, slots=True)
class Pair:
    """Two texts, how alike they are, where they differ; what was decided, by `decision`, or by others."""

    first: Known
    second: Known
    score: float | None
    beside: Beside
    verdict: Verdict | None = None
    decision: SimilarityVerdict | None = None

    @property
    def next_step(self) -> tuple[str, str] | None:
        """Return the words and the address of what follows from « la même demande »."""
        if not self.first.is_contribution:
            return None
        if self.second.is_contribution:
            return gettext("En faire une seule recommandation"), url_for(
                "recommendations.new", contribution=[self.first.row.id, self.second.row.id]
            )
        return gettext("Joindre la contribution à la recommandation"), url_for(
            "recommendations.choose_recommendation",
            id=self.first.row.id,
            q=getattr(self.second.row, "code", ""),
        )


@blueprint.get("/recommandations/ressemblances")
@permit(manage)
def resemblances() -> str:
    """List the pairs that wait for a decision, or those decided."""
    session = db.session()
    held = recognition.current(session)
    verdict = word_of(Verdict, "decision")
    kind, theme, text = argument("kind"), argument("theme"), argument("q")
    rows: list[tuple[str, str, Any]]
    if verdict:
        rows = [(row.first, row.second, row) for row in session.scalars(queries.verdicts(verdict))]
    else:
        waiting = recognition.undecided(session, held, recognition.decided(session))
        rows = [(*_keys(match), match) for match in waiting]
    if kind in KINDS:
        rows = [row for row in rows if (row[0][0], row[1][0]) == KINDS[kind]]
    if theme or text:
        about = set(session.scalars(queries.keys_about(text, theme)))
        rows = [row for row in rows if row[0] in about or row[1] in about]
    if argument("sort") == "recent":
        rows.sort(key=lambda row: (int(row[0][1:]), int(row[1][1:])), reverse=True)
    options = _options(verdict, kind, theme)
    return render_template(
        "recommendations/resemblances.html",
        page=_shown(session, held, paging.cut(rows, page_number(), PER_PAGE)),
        held=held,
        done=_just_decided(session),
        options=options,
        sort=argument("sort"),
        text=text,
        verdicts=VERDICTS,
        active=chips(
            ("q", text, gettext("Recherche : %(text)s", text=text)),
            *(
                (each["name"], each["value"], dict(each["choices"]).get(each["value"], each["value"]))
                for each in options
            ),
        ),
    )


@blueprint.post("/recommandations/ressemblances/<first>/<second>")
@permit(manage)
def decide_pair(first: str, second: str) -> Response:
    """Note what somebody decides about two texts."""
    session = db.session()
    wanted = next((word for word in Verdict if word.value == request.form.get("verdict")), None)
    if wanted is None or first == second or len(known_by(session, [first, second])) != 2:  # noqa: PLR2004
        abort(404)
    try:
        row = verdicts.decide(
            session,
            (first, second),
            wanted,
            seen=request.form.get("seen", ""),
            actor=current_user(),
            now=clock.now(),
        )
    except DomainError as refusal:
        flash(sentence(refusal), "error")
        return redirect(url_for("recommendations.resemblances"), 303)
    return redirect(url_for("recommendations.resemblances", done=row.id), 303)


@blueprint.post("/recommandations/ressemblances/<int:id>/defaire")
@permit(manage, SimilarityVerdict)
def undo_verdict(row: SimilarityVerdict) -> Response:
    """Take a decision back."""
    verdicts.undo(db.session(), row, actor=current_user(), now=clock.now())
    flash(gettext("La décision est reprise : ces deux textes attendent de nouveau."), "success")
    return redirect(url_for("recommendations.resemblances"), 303)


def _keys(match: Match) -> tuple[str, str]:
    first, _, second = match.key.partition(" ")
    return first, second


def _shown(session: Session, held: recognition.Held, page: Page[Any]) -> Page[Pair]:
    known = known_by(session, [key for first, second, _ in page.rows for key in (first, second)])
    pairs = []
    for first, second, row in page.rows:
        if first in known and second in known:
            pairs.append(_pair(known[first], known[second], held, row))
    return page.holding(pairs)


def _pair(first: Known, second: Known, held: recognition.Held, row: Any) -> Pair:
    differing = beside(first.body, second.body, held.index.thesaurus)
    score = held.pairs.get((first.key, second.key))
    if isinstance(row, SimilarityVerdict):
        return Pair(first, second, score, differing, row.verdict, row)
    verdict = Verdict(row.verdict.value) if row.verdict else None
    return Pair(first, second, score, differing, verdict)


def _just_decided(session: Session) -> Pair | None:
    """Return the pair that was decided a moment ago, as the address says, if that still stands."""
    number = argument("done")
    row = session.get(SimilarityVerdict, int(number)) if number.isdecimal() and len(number) < 10 else None  # noqa: PLR2004
    if row is None or row.ended_at is not None:
        return None
    known = known_by(session, [row.first, row.second])
    if len(known) != 2:  # noqa: PLR2004
        return None
    nothing = Beside((), (), (), contradict=False)
    return Pair(known[row.first], known[row.second], None, nothing, row.verdict, row)


def _options(verdict: Verdict | None, kind: str, theme: str) -> list[dict[str, Any]]:
    session = db.session()
    return [
        {
            "name": "decision",
            "label": gettext("Décision"),
            "all": gettext("À décider"),
            "value": verdict.value if verdict else "",
            "choices": [(word.value, gettext(words)) for word, words in VERDICTS.items()],
        },
        {
            "name": "kind",
            "label": gettext("Entre"),
            "value": kind if kind in KINDS else "",
            "choices": [
                ("cr", gettext("une contribution et une recommandation")),
                ("cc", gettext("deux contributions")),
                ("rr", gettext("deux recommandations")),
            ],
        },
        {
            "name": "theme",
            "label": gettext("Thème"),
            "value": theme,
            "choices": [(row.code, row.label) for row in session.scalars(choices.themes())],
            "search": True,
        },
    ]
