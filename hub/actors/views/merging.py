"""Records that may be the same actor: found, looked at side by side, made one, taken apart again."""

from typing import Any

from flask import abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext, ngettext
from sqlalchemy import select
from sqlalchemy.orm import joinedload
from werkzeug.wrappers import Response

from hub.actors.forms.fields import words as refusal
from hub.actors.forms.merging import MergeForm, OtherForm, PairForm
from hub.actors.models.merging import Merger
from hub.actors.models.organisations import Organisation
from hub.actors.operations import merging as operations
from hub.actors.operations import organisations
from hub.actors.queries import duplicates as queries
from hub.actors.rules import edit
from hub.actors.values import enterprise
from hub.actors.values.words import TABLES, TABLES_ELSE
from hub.actors.views import history
from hub.actors.views.blueprint import blueprint
from hub.core import clock, paging
from hub.core.access import current_user, permit
from hub.core.db import db
from hub.core.errors import DomainError

Answer = Response | tuple[str, int] | str
LONGEST = 250
PAIRS = 30
MERGERS = 20


@blueprint.get("/acteurs/doublons")
@permit(edit)
def duplicates_page() -> str:
    """List the pairs of records that may be one actor, and the last records made one."""
    session = db.session()
    pairs = queries.pairs(session)
    number = max(1, request.args.get("page", 1, type=int))
    shown = pairs[(number - 1) * PAIRS : number * PAIRS]
    return render_template(
        "actors/duplicates.html",
        page=paging.Page(shown, number, PAIRS, len(pairs)),
        mergers=session.scalars(_last_mergers()).all(),
        apart=session.scalars(queries.told_apart()).all(),
    )


@blueprint.post("/acteurs/doublons/differents")
@permit(edit)
def tell_apart() -> Response:
    """Note that two records are two actors."""
    one, other = _pair()
    operations.tell_apart(db.session(), one, other, by=current_user(), now=clock.now())
    flash(
        gettext(
            "C’est noté : « %(one)s » et « %(other)s » sont deux acteurs.", one=one.name, other=other.name
        ),
        "success",
    )
    return redirect(url_for("actors.duplicates_page"), 303)


@blueprint.post("/acteurs/doublons/differents/oublier")
@permit(edit)
def forget_apart() -> Response:
    """Take back that two records are two actors."""
    one, other = _pair()
    operations.forget_apart(db.session(), one, other, by=current_user(), now=clock.now())
    flash(gettext("La paire est de nouveau à regarder."), "success")
    return redirect(url_for("actors.duplicates_page"), 303)


def _pair() -> tuple[Organisation, Organisation]:
    form, session = PairForm(), db.session()
    if not form.validate():
        abort(422)
    rows = [session.get(Organisation, number) for number in (form.first.data, form.second.data)]
    if rows[0] is None or rows[1] is None or rows[0] is rows[1]:
        abort(422)
    return rows[0], rows[1]


@blueprint.get("/acteurs/ressemblants")
@permit(edit)
def resembling() -> str:
    """Send the records that somebody who types this name may mean, for beside the field."""
    number = enterprise_number(request.args.get("enterprise_number", ""))
    found = queries.near(
        db.session(),
        request.args.get("name", "")[:LONGEST],
        request.args.get("acronym", "")[:LONGEST],
        number,
    )
    return render_template("actors/resembling.html", found=found)


def enterprise_number(text: str) -> str | None:
    """Return the number if it is whole, else None: somebody is typing."""
    try:
        return enterprise.parse(text)
    except DomainError:
        return None


@blueprint.get("/acteurs/<slug>/reunir")
@permit(edit, Organisation, key="slug")
def merge_with_page(organisation: Organisation) -> Answer:
    """Ask which other record is the same actor; those that resemble it come first."""
    form, session = OtherForm(request.args, meta={"csrf": False}), db.session()
    form.offer(session, organisation)
    if "other" in request.args and form.validate():
        return redirect(url_for("actors.merge_page", slug=organisation.slug, other=form.other.data), 303)
    near = queries.near(session, organisation.name, organisation.acronym, organisation.enterprise_number)
    page = render_template(
        "actors/merge_with.html",
        organisation=organisation,
        form=form,
        near=[row for row in near if row.id != organisation.id],
    )
    return page, (422 if form.errors else 200)


@blueprint.get("/acteurs/<slug>/reunir/<other>")
@permit(edit, Organisation, key="slug")
def merge_page(organisation: Organisation, other: str) -> Answer:
    """Show the two records side by side, and what will happen."""
    merged = _other(organisation, other)
    form = MergeForm(formdata=None)
    form.take.data = operations.worth_taking(organisation, merged)
    return _merge_page(organisation, merged, form)


@blueprint.post("/acteurs/<slug>/reunir/<other>")
@permit(edit, Organisation, key="slug")
def merge(organisation: Organisation, other: str) -> Answer:
    """Make one record of the two."""
    merged, form = _other(organisation, other), MergeForm()
    form.take.choices = [(name, name) for name in operations.choosable(organisation, merged)]
    if form.validate():
        name = merged.name
        try:
            done = operations.merge(
                db.session(),
                organisation,
                merged,
                take=form.take.data or [],
                reason=(form.reason.data or "").strip(),
                actor=current_user(),
                now=clock.now(),
            )
        except DomainError as problem:
            form.reason.errors = [refusal(problem)]
        else:
            flash(_what_was_done(done, name), "success")
            return redirect(url_for("actors.show", slug=organisation.slug), 303)
    return _merge_page(organisation, merged, form), 422


@blueprint.post("/acteurs/fusions/<int:id>/defaire")
@permit(edit, Merger)
def undo_merger(merger: Merger) -> Response:
    """Let two records stand apart again."""
    slug = merger.merged.slug
    try:
        undone = operations.undo(db.session(), merger, actor=current_user(), now=clock.now())
    except DomainError as problem:
        flash(refusal(problem), "error")
        return redirect(url_for("actors.duplicates_page", _anchor="reunies"), 303)
    flash(gettext("Les deux fiches sont de nouveau séparées."), "success")
    if undone.fields:
        fields = ", ".join(str(history.FIELDS.get(name, name)) for name in undone.fields)
        flash(
            gettext("Modifié depuis, et laissé tel quel sur la fiche gardée : %(fields)s.", fields=fields),
            "warning",
        )
    if undone.rows:
        flash(
            ngettext(
                "%(num)s élément a changé depuis et reste où il est.",
                "%(num)s éléments ont changé depuis et restent où ils sont.",
                undone.rows,
            ),
            "warning",
        )
    return redirect(url_for("actors.show", slug=slug), 303)


def _last_mergers() -> Any:
    return (
        select(Merger)
        .where(Merger.undone_at.is_(None))
        .options(joinedload(Merger.kept), joinedload(Merger.merged), joinedload(Merger.merged_by))
        .order_by(Merger.merged_at.desc(), Merger.id.desc())
        .limit(MERGERS)
    )


def _other(organisation: Organisation, slug: str) -> Organisation:
    found = db.session.scalar(select(Organisation).where(Organisation.slug == slug))
    if found is None or found.id == organisation.id or found.merged_into_id is not None:
        abort(404)
    return found


def _merge_page(kept: Organisation, merged: Organisation, form: MergeForm) -> str:
    session = db.session()
    mine, others = organisations.facts_of(kept), organisations.facts_of(merged)

    def said(facts: organisations.OrganisationFacts, name: str) -> str:
        return history.word(name, organisations.told(session, name, getattr(facts, name)))

    rows = [
        {
            "name": name,
            "label": history.FIELDS.get(name, name),
            "kept": said(mine, name),
            "other": said(others, name),
        }
        for name in operations.choosable(kept, merged)
    ]
    form.take.choices = [
        (
            row["name"],
            gettext("%(field)s : %(value)s", field=str(row["label"]).capitalize(), value=row["other"]),
        )
        for row in rows
    ]
    pointing = operations.pointing(session, merged)
    counted: dict[str, int] = {}
    for table, number in pointing.items():
        word = gettext(TABLES.get(table, TABLES_ELSE))
        counted[word] = counted.get(word, 0) + number
    return render_template(
        "actors/merge.html", kept=kept, merged=merged, form=form, rows=rows, counted=counted
    )


def _what_was_done(done: Merger, name: str) -> str:
    moved = sum(len(keys) for keys in done.moved.values())
    said = ngettext(
        "Les deux fiches sont réunies : %(num)s élément a suivi.",
        "Les deux fiches sont réunies : %(num)s éléments ont suivi.",
        moved,
    )
    return f"{said} {gettext('L’ancienne adresse de « %(name)s » mène ici.', name=name)}"
