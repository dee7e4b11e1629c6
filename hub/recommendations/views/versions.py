"""The versions of a recommendation: what each said, what differs, and going back to one."""

from collections.abc import Iterable
from typing import Any

from flask import abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext
from werkzeug.wrappers import Response

from hub.actors.models.reference import Level
from hub.core import clock
from hub.core.access import current_user, permit
from hub.core.db import db
from hub.core.errors import DomainError
from hub.recommendations.forms.versions import RestoreForm
from hub.recommendations.models.recommendations import Recommendation
from hub.recommendations.models.versions import WEIGHTS, RecommendationVersion, Weight
from hub.recommendations.operations import recommendations as operations
from hub.recommendations.queries import choices
from hub.recommendations.queries import versions as queries
from hub.recommendations.rules import manage
from hub.recommendations.values.versions import PARTS, differing
from hub.recommendations.views.blueprint import blame, blueprint
from hub.recommendations.views.reading import version_of
from hub.spaces.values.differences import Part

Answer = str | Response | tuple[str, int]


@blueprint.get("/recommandations/<code>/versions")
@permit(manage, Recommendation, key="code")
def versions(row: Recommendation) -> str:
    """List the versions, and show what differs between two: those asked for, else the last change."""
    session = db.session()
    last = row.version
    new = _number(request.args.get("a", type=int), last, last)
    old = _number(request.args.get("de", type=int), max(new - 1, 1), last)
    return render_template(
        "recommendations/versions.html",
        recommendation=row,
        versions=session.scalars(queries.versions_of(row.id)).all(),
        weights=WEIGHTS,
        positions=dict(session.execute(queries.positions_on(row.id)).all()),
        signatures=dict(session.execute(queries.signatures_on(row.id)).all()),
        old=old,
        new=new,
        parts=_between(row, old, new) if old != new else [],
    )


@blueprint.get("/recommandations/<code>/versions/<int:number>")
@permit(manage, Recommendation, key="code")
def version(row: Recommendation, *, number: int) -> str:
    """Show what a recommendation said at one version: the address stays good."""
    return _version_page(row, number, RestoreForm(formdata=None, data={"seen": version_of(row)}))


@blueprint.post("/recommandations/<code>/versions/<int:number>/restaurer")
@permit(manage, Recommendation, key="code")
def restore(row: Recommendation, *, number: int) -> Answer:
    """Say again what it said at an earlier version: that makes another one."""
    session = db.session()
    session.refresh(row, with_for_update=True)
    kept, form, problem = _found(row, number), RestoreForm(), None
    form.fill()
    if form.seen.data != version_of(row):
        form.seen.data = version_of(row)
        problem = gettext("Quelqu’un d’autre a modifié cette recommandation entre-temps. Rien n’est perdu.")
        return _version_page(row, number, form, problem=problem), 409
    if form.validate():
        note = form.note.data or gettext("Comme la version %(number)s.", number=number)
        levels = tuple(each for each in session.scalars(choices.levels()) if each.code in kept.levels)
        try:
            operations.restore(
                session, row, kept, levels, weight=Weight(form.weight.data), note=note,
                actor=current_user(), now=clock.now(),
            )  # fmt: skip
        except DomainError as refusal:
            problem = blame(form, refusal)
        else:
            flash(gettext("La recommandation dit de nouveau ce que disait cette version."), "success")
            return redirect(url_for("recommendations.versions", code=row.code), 303)
    return _version_page(row, number, form, problem=problem), 422


def _version_page(row: Recommendation, number: int, form: RestoreForm, **more: Any) -> str:
    form.fill()
    kept = _found(row, number)
    return render_template(
        "recommendations/version.html",
        recommendation=row,
        version=kept,
        labels=[each.label for each in db.session.scalars(choices.levels()) if each.code in kept.levels],
        weights=WEIGHTS,
        form=form,
        **more,
    )


def _found(row: Recommendation, number: int) -> RecommendationVersion:
    found = db.session.scalar(queries.numbered(row.id, [number]))
    if found is None:
        abort(404)
    return found


def _number(wanted: int | None, otherwise: int, last: int) -> int:
    return wanted if wanted is not None and 1 <= wanted <= last else otherwise


def _between(row: Recommendation, old: int, new: int) -> list[Part]:
    session = db.session()
    levels = list(session.scalars(choices.levels()))
    said = {
        each.number: _texts(each, levels) for each in session.scalars(queries.numbered(row.id, [old, new]))
    }
    titles = {name: gettext(title) for name, title in PARTS.items()}
    return differing(said[old], said[new], titles)


def _texts(row: RecommendationVersion, levels: Iterable[Level]) -> dict[str, str]:
    """Return the parts of a version as texts."""
    said: dict[str, str] = {name: getattr(row, name) for name in PARTS if name != "levels"}
    return said | {"levels": ", ".join(each.label for each in levels if each.code in row.levels)}
