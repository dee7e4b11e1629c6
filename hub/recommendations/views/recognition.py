"""Who already asks this: texts near to one that is read, written or pasted. Coordinators only."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from flask import abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from hub.core import clock
from hub.core.access import permit
from hub.core.db import db
from hub.core.remembering import Remembered
from hub.core.web import row_number
from hub.recommendations.forms.fields import LONGEST, tidy
from hub.recommendations.models.contributions import Contribution
from hub.recommendations.models.recognition import VERDICTS
from hub.recommendations.models.recommendations import Recommendation
from hub.recommendations.operations import recognition
from hub.recommendations.operations.recognition import Held
from hub.recommendations.queries import lists
from hub.recommendations.queries import recognition as queries
from hub.recommendations.rules import manage, read_contribution
from hub.recommendations.views.blueprint import argument, blueprint
from hub.recommendations.views.differing import Beside, beside
from memoranda.similarity.decisions import Decided, Match

Answer = str | tuple[str, int]
COMPARED: Remembered[tuple[Held, Decided]] = Remembered(1)


@dataclass(frozen=True, slots=True)
class Known:
    """A text as pages show it: what it is called, where it stands, its words, who says it."""

    key: str
    label: str
    url: str
    body: str
    by: str
    row: Contribution | Recommendation

    @property
    def is_contribution(self) -> bool:
        """Say whether it is what an organisation sent."""
        return isinstance(self.row, Contribution)


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A text that is near, where it differs, and those very close to it."""

    match: Match
    known: Known
    beside: Beside
    others: tuple[Known, ...]
    more: int


@blueprint.get("/recommandations/contributions/<int:id>/ressemblances")
@permit(read_contribution, Contribution)
def resembling_contribution(row: Contribution) -> str:
    """Show what looks like a contribution; with `HX-Request` the part alone, for its page."""
    found, behind = suggested(db.session(), row.proposal, key=f"{queries.CONTRIBUTION}{row.id}")
    return _page(_template(), found=found, behind=behind, asked=row.proposal, contribution=row)


@blueprint.get("/recommandations/qui-demande")
@permit(manage)
def who_asks() -> str:
    """Ask for a text to look for."""
    return render_template("recommendations/who_asks.html", text="", found=None, behind=0, problem=None)


@blueprint.post("/recommandations/qui-demande")
@permit(manage)
def who_asks_this() -> Answer:
    """Show what looks like a text that was pasted or is being typed; nothing is stored."""
    typed = next((words for name in ("asked", "text", "proposal") if (words := request.form.get(name))), "")
    text = tidy(typed)
    if "HX-Request" in request.headers:
        itself = request.form.get("itself", type=row_number)
        key = f"{queries.RECOMMENDATION}{itself}" if itself else ""
        found, behind = suggested(db.session(), text[:LONGEST], key=key)
        return _page("recommendations/resembling_part.html", found=found, behind=behind, asked=text)
    problem = None
    if not text:
        problem = gettext("Collez ou écrivez d’abord un texte.")
    elif len(text) > LONGEST:
        problem = gettext("Ce texte est trop long : %(max)d signes au plus.", max=LONGEST)
    if problem:
        page = render_template(
            "recommendations/who_asks.html", text=text, found=None, behind=0, problem=problem
        )
        return page, 422
    found, behind = suggested(db.session(), text)
    return _page("recommendations/who_asks.html", text=text, found=found, behind=behind, problem=None)


@blueprint.post("/recommandations/ressemblances/lire")
@permit(manage)
def read_texts() -> Response:
    """Have the texts that weren't compared yet read by a job; a script that asks needs no page."""
    recognition.ask(db.session(), now=clock.now())
    if "HX-Request" in request.headers:
        if argument("suivi"):
            return Response(_comparing(), mimetype="text/html")
        return Response(status=204)
    flash(gettext("Les textes sont en train d’être comparés."))
    return redirect(url_for("recommendations.who_asks"), 303)


@blueprint.get("/recommandations/ressemblances/avancement")
@permit(manage)
def comparing_texts() -> str:
    """Say how far the texts are compared, for the page that asks each second."""
    return _comparing()


def _comparing() -> str:
    job = recognition.last_job(db.session())
    if job is None:
        abort(404)
    return render_template("recommendations/comparing.html", job=job)


def suggested(session: Session, body: str, *, key: str = "") -> tuple[list[Suggestion], int]:
    """Return what is near to a text, the nearest first, and how many texts weren't compared yet."""
    held, decided = COMPARED.get(db.engine, None, _compared)
    groups = recognition.near(held, decided, body, key=key)
    known = known_by(session, [match.key for group in groups for match in (group.first, *group.beside)])
    return [
        Suggestion(
            group.first,
            known[group.first.key],
            beside(body, known[group.first.key].body, held.index.thesaurus),
            tuple(known[match.key] for match in group.beside if match.key in known),
            group.more,
        )
        for group in groups
        if group.first.key in known
    ], held.behind


def _compared(session: Session) -> tuple[Held, Decided]:
    return recognition.current(session), recognition.decided(session)


def known_by(session: Session, keys: Iterable[str]) -> Mapping[str, Known]:
    """Return the texts of these keys; what may not be compared any more is left out."""
    wanted = list(keys)
    sent = session.scalars(queries.contributions_of(wanted)).unique() if wanted else ()
    asked = session.scalars(queries.recommendations_of(wanted)).all() if wanted else ()
    authors = lists.authors_of(session, [row.id for row in asked])
    found = [_sent(row) for row in sent] + [_asked(row, authors.get(row.id, ())) for row in asked]
    return {each.key: each for each in found}


def _sent(row: Contribution) -> Known:
    return Known(
        f"{queries.CONTRIBUTION}{row.id}",
        gettext("Contribution n° %(number)s", number=row.id),
        url_for("recommendations.contribution", id=row.id),
        row.proposal,
        row.short_author,
        row,
    )


def _asked(row: Recommendation, authors: Iterable[str]) -> Known:
    return Known(
        f"{queries.RECOMMENDATION}{row.id}",
        gettext("Recommandation %(code)s", code=row.code),
        url_for("recommendations.show", code=row.code),
        row.text or row.title,
        ", ".join(authors),
        row,
    )


def _page(template: str, **words: Any) -> str:
    return render_template(template, verdicts=VERDICTS, **words)


def _template() -> str:
    part = "HX-Request" in request.headers
    return "recommendations/resembling_part.html" if part else "recommendations/resembling.html"
