"""Undoing and redoing, and the versions of an edition: what differs, naming one, going back to one."""

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext

from hub.core import clock
from hub.core.access import current_user, permit
from hub.core.db import db
from hub.core.errors import DomainError
from hub.core.web import row_number
from hub.publishing.models.composition import SectionKind
from hub.publishing.models.editions import IN_COMPOSITION, Edition, Memorandum
from hub.publishing.operations import snapshots, undoing
from hub.publishing.queries import writing as queries
from hub.publishing.rules import manage
from hub.publishing.values.moments import differing
from hub.publishing.views.blueprint import EDITION, Answer, address, blueprint, edition_or_404, refuse
from hub.publishing.words import ACTIONS, DESCENTS, SECTIONS
from hub.recommendations.forms.fields import tidy
from hub.spaces.values.differences import Part


@blueprint.post(f"{EDITION}/annuler")
@permit(manage, Memorandum, key="slug")
def undo(memorandum: Memorandum, *, number: int) -> Answer:
    """Undo the last change."""
    return _step(edition_or_404(memorandum, number), back=True)


@blueprint.post(f"{EDITION}/retablir")
@permit(manage, Memorandum, key="slug")
def redo(memorandum: Memorandum, *, number: int) -> Answer:
    """Make the change again that was undone."""
    return _step(edition_or_404(memorandum, number), back=False)


def _step(edition: Edition, *, back: bool) -> Answer:
    head = request.form.get("head", 0, type=row_number)
    act, said = (
        (undoing.undo, gettext("Le dernier changement est annulé."))
        if back
        else (undoing.redo, gettext("Le changement est rétabli."))
    )
    try:
        act(db.session(), edition, head=head, actor=current_user(), now=clock.now())
    except DomainError as problem:
        return refuse(problem, address(edition))
    flash(said, "success")
    return redirect(address(edition), 303)


@blueprint.get(f"{EDITION}/versions")
@permit(manage, Memorandum, key="slug")
def versions(memorandum: Memorandum, *, number: int) -> str:
    """List an edition's moments, and show what differs between two: those asked for, else the last two."""
    edition = edition_or_404(memorandum, number)
    moments = list(db.session.scalars(queries.moments(edition)))
    numbers = [row.number for row in moments]
    new = _asked("a", numbers, len(numbers) - 1)
    old = _asked("de", numbers, numbers.index(new) - 1 if new in numbers else 0)
    return render_template(
        "publishing/versions.html",
        edition=edition,
        moments=moments[::-1],
        old=old,
        new=new,
        parts=_between(edition, old, new) if old != new else [],
        is_draft=edition.state in IN_COMPOSITION,
        actions=ACTIONS,
        longest_name=undoing.LONGEST_NAME,
    )


def _asked(name: str, numbers: list[int], place: int) -> int:
    """Return which moment the address asks for, the one at that place unless it is kept."""
    wanted = request.args.get(name, 0, type=row_number)
    if wanted in numbers:
        return wanted
    return numbers[max(place, 0)] if numbers else 0


def _between(edition: Edition, old: int, new: int) -> list[Part]:
    session = db.session()
    told = dict(session.execute(queries.contents(edition, (old, new))).all())
    before, after = snapshots.rows_of(told[old]), snapshots.rows_of(told[new])
    rows = [*before["edition_item"].values(), *after["edition_item"].values()]
    signing = [*before["signatory"].values(), *after["signatory"].values()]
    recommendations = {
        identifier: f"{code} {title}"
        for identifier, code, title in session.execute(
            queries.recommendations_named({row["recommendation_id"] for row in rows})
        )
    }
    organisations = dict(
        session.execute(queries.organisations_named({row["organisation_id"] for row in signing})).all()
    )
    return differing(before, after, recommendations, organisations, _word)


def _word(text: str) -> str:
    """Say a part's usual name, what an item is said to be, or a word of ours."""
    known = {kind.value: name for kind, name in SECTIONS.items() if kind is not SectionKind.OWN}
    known |= {kind.value: name for kind, name in DESCENTS.items()}
    return str(gettext(known.get(text, text)))


@blueprint.post(f"{EDITION}/versions/<int:moment>/nommer")
@permit(manage, Memorandum, key="slug")
def name_version(memorandum: Memorandum, *, number: int, moment: int) -> Answer:
    """Give a version a name, by which it stays."""
    edition = edition_or_404(memorandum, number)
    label = " ".join(tidy(request.form.get("label")).split())
    try:
        undoing.name(db.session(), edition, moment, label, actor=current_user(), now=clock.now())
    except DomainError as problem:
        return refuse(problem, _versions(edition))
    flash(
        gettext("Le nom est enregistré : cette version reste.") if label else gettext("Le nom est effacé."),
        "success",
    )
    return redirect(_versions(edition), 303)


@blueprint.post(f"{EDITION}/versions/<int:moment>/reprendre")
@permit(manage, Memorandum, key="slug")
def go_back(memorandum: Memorandum, *, number: int, moment: int) -> Answer:
    """Make the edition what it was; this can be undone."""
    edition = edition_or_404(memorandum, number)
    try:
        undoing.go_back(db.session(), edition, moment, actor=current_user(), now=clock.now())
    except DomainError as problem:
        return refuse(problem, _versions(edition))
    flash(gettext("L’édition est revenue à cette version. « Annuler » la remet comme avant."), "success")
    return redirect(address(edition), 303)


def _versions(edition: Edition) -> str:
    return url_for("publishing.versions", slug=edition.memorandum.slug, number=edition.number)
