"""Which levels of power a demand's words speak for: told while one writes and on the page."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext
from werkzeug.wrappers import Response

from hub.actors.models.reference import Level
from hub.core import clock
from hub.core.access import current_user, permit
from hub.core.db import db
from hub.core.errors import DomainError
from hub.recommendations.forms.fields import LONGEST, tidy
from hub.recommendations.forms.recommendations import RecommendationForm
from hub.recommendations.models.recommendations import Recommendation
from hub.recommendations.operations import competences as operations
from hub.recommendations.queries import choices
from hub.recommendations.rules import manage
from hub.recommendations.values.competences import Demand, Matter, read
from hub.recommendations.views.blueprint import blueprint, flash_refusal

# Matters in which nearly everybody has a part say nothing of whom to ask.
FEW = 4


@dataclass(frozen=True, slots=True)
class LevelHint:
    """A level of power, for what, and whether it is chosen."""

    code: str
    label: str
    matters: tuple[str, ...]
    chosen: bool


@dataclass(frozen=True, slots=True)
class Doubt:
    """A chosen level for which the words don't speak, and whether it is kept knowingly."""

    code: str
    label: str
    kept: bool


@dataclass(frozen=True, slots=True)
class Hint:
    """What a demand's words say of its levels: who decides, who else acts, which chosen ones don't fit."""

    matters: tuple[str, ...]
    decide: tuple[LevelHint, ...]
    act: tuple[LevelHint, ...]
    doubts: tuple[Doubt, ...]

    @property
    def open_doubts(self) -> tuple[Doubt, ...]:
        """Return those that nobody has settled."""
        return tuple(each for each in self.doubts if not each.kept)

    @property
    def missing(self) -> tuple[LevelHint, ...]:
        """Return who decides and isn't chosen."""
        return tuple(each for each in self.decide if not each.chosen)


def hint(
    words: str, theme: str, chosen: Sequence[str], levels: Iterable[Level], kept: Sequence[str] = ()
) -> Hint:
    """Return what words and theme say; `chosen` and `kept` are codes, `levels` all there are."""
    rows = list(levels)
    reading = read(Demand(words, theme, tuple(chosen)), {row.code: row.competences for row in rows})
    told = {each.code: each for each in rows}

    def of(code: str, matters: Iterable[Matter]) -> LevelHint:
        return LevelHint(code, told[code].label, tuple(each.label for each in matters), code in chosen)

    also = [
        of(row.code, [each for each in reading.why(row.code) if len(each.applies) <= FEW])
        for row in rows
        if row.code not in reading.suggested
    ]
    return Hint(
        tuple(each.label for each in reading.matters),
        tuple(of(code, reading.why(code)) for code in reading.suggested),
        tuple(each for each in also if each.matters),
        tuple(Doubt(code, told[code].label, code in kept) for code in reading.doubtful if code in told),
    )


def hint_of(row: Recommendation, levels: Iterable[Level]) -> Hint:
    """Return what is said on a recommendation's page."""
    theme = row.theme.code if row.theme else ""
    chosen = [each.code for each in row.levels]
    return hint(f"{row.title}. {row.text}", theme, chosen, levels, row.kept_levels)


def hint_of_form(form: RecommendationForm) -> Hint:
    """Return what is said beside the boxes of a form that is filled."""
    words = f"{tidy(form.title.data)}. {tidy(form.text.data)}"[:LONGEST]
    return hint(words, form.theme.data or "", form.levels.data or [], form.level_rows)


@blueprint.post("/recommandations/niveaux")
@permit(manage)
def levels_hint() -> str:
    """Say what the words being typed speak for; nothing is stored."""
    typed = request.form
    words = f"{tidy(typed.get('title'))}. {tidy(typed.get('text'))}"[:LONGEST]
    rows = db.session.scalars(choices.levels())
    return render_template(
        "recommendations/levels_hint_part.html",
        hint=hint(words, typed.get("theme", ""), typed.getlist("levels"), rows),
    )


@blueprint.post("/recommandations/<code>/niveaux/<level>")
@permit(manage, Recommendation, key="code")
def settle_level(row: Recommendation, *, level: str) -> Response:
    """Keep a doubtful level knowingly, or doubt it again."""
    settle = operations.doubt if request.form.get("gesture") == "doubt" else operations.keep
    try:
        settle(db.session(), row, level, actor=current_user(), now=clock.now())
    except DomainError as refusal:
        flash_refusal(refusal)
    else:
        flash(gettext("C’est noté."), "success")
    return redirect(url_for("recommendations.show", code=row.code), 303)
