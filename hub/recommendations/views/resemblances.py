"""The inbox of pairs of texts that look alike, and what people decide of them. Coordinators only."""

from collections.abc import Sequence
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
from hub.core.jobs import Job
from hub.core.paging import Page
from hub.core.remembering import Remembered
from hub.recommendations.models.contributions import Contribution
from hub.recommendations.models.recognition import VERDICTS, SimilarityVerdict, Verdict
from hub.recommendations.models.recommendations import Recommendation
from hub.recommendations.operations import recognition, verdicts
from hub.recommendations.operations.recognition import Held, Waiting
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
from hub.recommendations.views.offered import offered
from hub.recommendations.views.recognition import Known, known_by
from memoranda.similarity.decisions import Match

PER_PAGE = 10
KINDS = ("cr", "cc", "rr")
NEARLY, NEARLY_SAME = "proche", 0.8
"""How the address asks for texts that say nearly the same, and from which score on they do."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """How the list is narrowed; "" for any."""

    verdict: Verdict | None
    kind: str
    theme: str
    call: str
    nearly: bool
    text: str


@dataclass(frozen=True, slots=True)
class Pair:
    """Two texts, how alike they are, where they differ; what was decided, by decision number `decision`."""

    first: Known
    second: Known
    score: float | None
    beside: Beside
    verdict: Verdict | None = None
    decision: int | None = None

    @property
    def next_step(self) -> tuple[str, str] | None:
        """Return the words and the address of what follows from « la même demande »."""
        one, other = self.first.row, self.second.row
        if isinstance(one, Recommendation) and isinstance(other, Recommendation):
            return gettext("Fusionner ces deux recommandations"), url_for(
                "recommendations.merge_form", code=[one.code, other.code]
            )
        if isinstance(one, Contribution) and isinstance(other, Recommendation):
            return _join(one, other)
        if isinstance(one, Contribution) and isinstance(other, Contribution):
            # One of them was taken up already: the other joins it there.
            for joined, taken in ((other, one), (one, other)):
                if taken.sources:
                    return _join(joined, taken.sources[0].recommendation)
            return gettext("En faire une seule recommandation"), url_for(
                "recommendations.new", contribution=[one.id, other.id]
            )
        return None


def _join(contribution: Contribution, recommendation: Recommendation) -> tuple[str, str]:
    words = gettext(
        "Joindre la contribution n° %(number)s à %(code)s",
        number=contribution.id,
        code=recommendation.code,
    )
    return words, url_for("recommendations.choose_recommendation", id=contribution.id, q=recommendation.code)


COMPARED: Remembered[tuple[Held, Waiting]] = Remembered(1)
FOUND: Remembered[Sequence[Any]] = Remembered(20)
"""What was looked for lately, for whoever leafs through it."""


@blueprint.get("/recommandations/ressemblances")
@permit(manage)
def resemblances() -> str:
    """List the pairs that wait for a decision, or those decided."""
    session = db.session()
    held, _ = COMPARED.get(db.engine, None, _compared)
    verdict = word_of(Verdict, "decision")
    wanted = Wanted(
        verdict,
        kind if (kind := argument("kind")) in KINDS else "",
        argument("theme"),
        argument("campaign"),
        argument("score") == NEARLY,
        argument("q"),
    )
    text = wanted.text
    newest = argument("sort") == "recent"
    rows = FOUND.get(db.engine, (wanted, newest), lambda fresh: _rows(fresh, wanted, newest=newest))
    options = _options(wanted)
    return render_template(
        "recommendations/resemblances.html",
        page=_shown(session, held, paging.cut(rows, page_number(), PER_PAGE)),
        held=held,
        job=_under_way(session) if held.waits else None,
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


def _compared(session: Session) -> tuple[Held, Waiting]:
    held = recognition.current(session)
    return held, recognition.waiting(session, held)


def _rows(session: Session, wanted: Wanted, *, newest: bool) -> Sequence[Any]:
    """Return the pairs that are wanted: matches of those that wait; of those decided, what finds them."""
    held, waiting = COMPARED.get(db.engine, None, _compared)  # of the same state as what is read here
    about = None
    if wanted.theme or wanted.text or wanted.call:
        about = set(session.scalars(queries.keys_about(wanted.text, wanted.theme, wanted.call)))
    if not wanted.verdict:
        return waiting.narrowed(
            kind=wanted.kind, about=about, least=NEARLY_SAME if wanted.nearly else 0.0, newest=newest
        )
    return [
        row
        for row in session.execute(queries.decided_pairs(wanted.verdict))
        if (not wanted.kind or row.first[0] + row.second[0] == wanted.kind)
        and (about is None or row.first in about or row.second in about)
        and (not wanted.nearly or held.pairs.get((row.first, row.second), 0.0) >= NEARLY_SAME)
    ]


def _under_way(session: Session) -> Job | None:
    job = recognition.last_job(session)
    return job if job is not None and not job.is_over else None


def _keys(row: Any) -> tuple[str, str]:
    if isinstance(row, Match):
        first, _, second = row.key.partition(" ")
        return first, second
    return row.first, row.second


def _shown(session: Session, held: Held, page: Page[Any]) -> Page[Pair]:
    known = known_by(session, [key for row in page.rows for key in _keys(row)])
    pairs = []
    for row in page.rows:
        first, second = _keys(row)
        if first in known and second in known:
            pairs.append(_pair(known[first], known[second], held, row))
    return page.holding(pairs)


def _pair(first: Known, second: Known, held: Held, row: Any) -> Pair:
    differing = beside(first.body, second.body, held.index.thesaurus)
    score = held.pairs.get((first.key, second.key))
    if not isinstance(row, Match):
        return Pair(first, second, score, differing, row.verdict, row.id)
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
    return Pair(known[row.first], known[row.second], None, nothing, row.verdict, row.id)


def _options(wanted: Wanted) -> list[dict[str, Any]]:
    found = offered()
    return [
        {
            "name": "decision",
            "label": gettext("Décision"),
            "all": gettext("À décider"),
            "value": wanted.verdict.value if wanted.verdict else "",
            "choices": [(word.value, gettext(words)) for word, words in VERDICTS.items()],
        },
        {
            "name": "kind",
            "label": gettext("Entre"),
            "value": wanted.kind,
            "choices": [
                ("cr", gettext("une contribution et une recommandation")),
                ("cc", gettext("deux contributions")),
                ("rr", gettext("deux recommandations")),
            ],
        },
        {
            "name": "theme",
            "label": gettext("Thème"),
            "value": wanted.theme,
            "choices": found.themes,
            "search": True,
        },
        {
            "name": "campaign",
            "label": gettext("Appel"),
            "value": wanted.call,
            "choices": found.calls,
            "search": True,
        },
        {
            "name": "score",
            "label": gettext("Ressemblance"),
            "all": gettext("Très proches"),
            "value": NEARLY if wanted.nearly else "",
            "choices": [(NEARLY, gettext("Presque les mêmes mots"))],
        },
    ]
