"""What came from what: the lineage in a picture with its table, and the gestures that make it."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any

from flask import abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext
from werkzeug.wrappers import Response

from hub.core import clock
from hub.core.access import current_user, permit
from hub.core.db import db
from hub.core.errors import DomainError
from hub.recommendations.forms.lineage import (
    DerivedForm,
    MergeForm,
    RelateForm,
    SplitForm,
    fill_meetings,
)
from hub.recommendations.forms.recommendations import ReasonForm
from hub.recommendations.models.lineage import DERIVATION_KINDS, Derivation, DerivationKind
from hub.recommendations.models.recommendations import Recommendation
from hub.recommendations.operations import derivations
from hub.recommendations.operations.derivations import Decided
from hub.recommendations.operations.recommendations import as_it_stands
from hub.recommendations.queries import lineage as queries
from hub.recommendations.queries.recommendations import stated
from hub.recommendations.rules import manage
from hub.recommendations.values.lineage import draw
from hub.recommendations.views.blueprint import argument, blame, blueprint
from hub.recommendations.views.competences import hint_of_form
from hub.recommendations.views.reading import joined_statement, statement_of, typed_statement, version_of

Answer = str | Response | tuple[str, int]
RECENT = timedelta(days=400)
MEETINGS_OFFERED = 60
OFFERED = 20
MOST = 12  # recommendations merged at once: more don't fit side by side
DRAWN = 80  # beyond, a picture says nothing that the table doesn't


@blueprint.get("/recommandations/<code>/lignee")
@permit(manage, Recommendation, key="code")
def lineage(row: Recommendation) -> Answer:
    """Show from what a recommendation comes and what came of it, as a picture and as a table."""
    return _lineage_page(row, ReasonForm(formdata=None))


def _lineage_page(row: Recommendation, form: ReasonForm, opened: int = 0, problem: str | None = None) -> str:
    session = db.session()
    family = queries.family(session, row)
    sources = session.scalars(queries.sources_told(row.id)).all()
    told = [one for tie in (*family.ties, *family.undone) for one in (tie.parent, tie.child)]
    links = {
        one.id: url_for("recommendations.show", code=one.code)
        for one in {row, *told, *(source.recommendation for source in sources)}
    }
    drawing = draw(family.rows, [(tie.parent_id, tie.child_id, tie.kind.value) for tie in family.ties])
    return render_template(
        "recommendations/lineage.html", recommendation=row, family=family, kinds=DERIVATION_KINDS,
        drawing=drawing if 1 < len(family.rows) <= DRAWN else None, form=form, opened=opened, problem=problem,
        sources=sources, links=links,
        last_of_gesture={tie.gesture: tie.id for tie in family.ties},
    )  # fmt: skip


@blueprint.post("/recommandations/derivations/<int:id>/defaire")
@permit(manage, Derivation)
def undo_derivation(tie: Derivation) -> Answer:
    """Undo the gesture to which a tie belongs, with a reason."""
    form, problem = ReasonForm(), None
    if form.validate():
        try:
            derivations.undo(
                db.session(), tie, reason=form.reason.data or "", actor=current_user(), now=clock.now()
            )
        except DomainError as refusal:
            problem = blame(form, refusal)
        else:
            flash(gettext("Le geste est défait ; il reste noté, avec sa raison."), "success")
            return _to_lineage(tie.child)
    return _lineage_page(tie.child, form, opened=tie.id, problem=problem), 422


# --- Merging ----------------------------------------------------------------------------------------


@blueprint.get("/recommandations/fusionner")
@permit(manage)
def merge_form() -> Answer:
    """Show the recommendations to be merged side by side with the joined text; before, choose them."""
    rows = _chosen(request.args.getlist("code"))
    if len(rows) < derivations.ENOUGH:
        return _choose_page(rows)
    base = next((row for row in rows if row.code == argument("depuis")), rows[0])
    data = joined_statement(rows, base) | {"seen": _seen(rows)}
    return _merge_page(MergeForm(formdata=None, data=data), rows, base=base)


@blueprint.post("/recommandations/fusionner")
@permit(manage)
def merge() -> Answer:
    """Merge them."""
    session = db.session()
    rows = _chosen(request.form.getlist("codes"))
    form = MergeForm()
    _fill(form)
    form.offer(rows)
    if form.seen.data != _seen(rows):
        form.seen.data = _seen(rows)
        problem = gettext("Un de ces textes a changé entre-temps : les voici. Rien n’est perdu.")
        return _merge_page(form, rows, problem=problem), 409
    problem = None
    if form.validate():
        into = next((row for row in rows if row.code == form.into.data), None)
        try:
            child = derivations.merge(
                session, rows, typed_statement(form, session), into=into, decided=_decided(form),
                actor=current_user(), now=clock.now(),
            )  # fmt: skip
        except DomainError as refusal:
            problem = blame(form, refusal)
        else:
            flash(gettext("La fusion est faite : les sources et les adresses restent."), "success")
            return _to_lineage(child)
    return _merge_page(form, rows, problem=problem), 422


def _merge_page(form: MergeForm, rows: list[Recommendation], **more: Any) -> str:
    _fill(form)
    form.offer(rows)
    title = gettext("Fusionner %(number)s recommandations", number=len(rows))
    return _derived_page(form, rows, title, url_for("recommendations.merge"), merging=True, **more)


def _choose_page(rows: list[Recommendation]) -> str:
    session, words = db.session(), argument("q")
    chosen = {row.id for row in rows}
    found = session.scalars(queries.mergeable(words).limit(OFFERED + len(rows)))
    return render_template(
        "recommendations/merge_choose.html", chosen=rows, words=words, offered=OFFERED,
        found=[row for row in found if row.id not in chosen][:OFFERED],
    )  # fmt: skip


# --- Taking over ------------------------------------------------------------------------------------


@blueprint.get("/recommandations/<code>/reprendre")
@permit(manage, Recommendation, key="code")
def take_over_form(row: Recommendation) -> Answer:
    """Show the form of a new recommendation that takes an earlier one over, beginning with its words."""
    said = db.session.scalars(stated(row)).unique().one()
    return _take_over_page(DerivedForm(formdata=None, data=statement_of(said)), said)


@blueprint.post("/recommandations/<code>/reprendre")
@permit(manage, Recommendation, key="code")
def take_over(row: Recommendation) -> Answer:
    """Make it."""
    session = db.session()
    form = DerivedForm()
    _fill(form)
    problem = None
    if form.validate():
        try:
            child = derivations.take_over(
                session, row, typed_statement(form, session), decided=_decided(form), actor=current_user(),
                now=clock.now(),
            )  # fmt: skip
        except DomainError as refusal:
            problem = blame(form, refusal)
        else:
            flash(gettext("La recommandation %(code)s est créée.", code=child.code), "success")
            return _to_lineage(child)
    return _take_over_page(form, row, problem=problem), 422


def _take_over_page(form: DerivedForm, row: Recommendation, **more: Any) -> str:
    _fill(form)
    title = gettext("Reprendre %(code)s", code=row.code)
    action = url_for("recommendations.take_over", code=row.code)
    return _derived_page(form, [row], title, action, merging=False, **more)


def _derived_page(form: DerivedForm, rows: list[Recommendation], title: str, action: str, **more: Any) -> str:
    return render_template(
        "recommendations/derive.html", form=form, rows=rows, page_title=title, action=action,
        hint=hint_of_form(form), **more,
    )  # fmt: skip


# --- Splitting --------------------------------------------------------------------------------------


@blueprint.get("/recommandations/<code>/scinder")
@permit(manage, Recommendation, key="code")
def split_recommendation_form(row: Recommendation) -> Answer:
    """Show the form of the parts into which it is split, beginning with its paragraphs."""
    paragraphs = [{"title": "", "text": text} for text in row.text.split("\n\n") if text.strip()]
    form = SplitForm(formdata=None, data={"parts": paragraphs[:MOST], "seen": version_of(row)})
    return _split_page(form, row)


@blueprint.post("/recommandations/<code>/scinder")
@permit(manage, Recommendation, key="code")
def split_recommendation(row: Recommendation) -> Answer:
    """Split it, or offer one more part; if its text has changed meanwhile, that is shown first."""
    form = SplitForm()
    _fill_meetings(form)
    if "more" in request.form:
        if len(form.parts) < MOST:
            form.parts.append_entry()
        return _split_page(form, row), 422
    if form.seen.data != version_of(row):
        form.seen.data = version_of(row)
        problem = gettext("Un de ces textes a changé entre-temps : les voici. Rien n’est perdu.")
        return _split_page(form, row, problem=problem), 409
    problem = None
    if form.validate():
        # The short and the plain variant say the whole in other words: no part has a use for them.
        whole = replace(as_it_stands(row), short_text="", plain_text="")
        parts = [
            replace(whole, title=part["title"] or "", text=part["text"] or "") for part in form.written()
        ]
        try:
            made = derivations.split(
                db.session(), row, parts, decided=_decided(form), actor=current_user(), now=clock.now()
            )
        except DomainError as refusal:
            problem = blame(form, refusal) if refusal.field != "parts" else gettext(refusal.msgid)
        else:
            flash(gettext("La recommandation est scindée : relisez chaque partie."), "success")
            return _to_lineage(made[0])
    return _split_page(form, row, problem=problem), 422


def _split_page(form: SplitForm, row: Recommendation, problem: str | None = None) -> str:
    _fill_meetings(form)
    return render_template(
        "recommendations/lineage_split.html", form=form, recommendation=row, problem=problem,
        room=len(form.parts) < MOST,
    )  # fmt: skip


# --- Tying two that exist ---------------------------------------------------------------------------


@blueprint.get("/recommandations/<code>/relier")
@permit(manage, Recommendation, key="code")
def relate_form(row: Recommendation) -> Answer:
    """Look for the recommendation that one takes over, or by which it is inspired."""
    return _relate_page(RelateForm(formdata=None), row)


@blueprint.post("/recommandations/<code>/relier")
@permit(manage, Recommendation, key="code")
def relate(row: Recommendation) -> Answer:
    """Tie them."""
    session = db.session()
    form = RelateForm()
    _fill_meetings(form)
    form.fill(_others(row))
    problem = None
    if form.validate():
        parent = session.scalars(queries.chosen([form.code.data])).unique().first()
        if parent is None:
            abort(404)
        try:
            derivations.relate(
                session, row, parent, DerivationKind(form.kind.data), decided=_decided(form),
                actor=current_user(), now=clock.now(),
            )  # fmt: skip
        except DomainError as refusal:
            problem = blame(form, refusal)
        else:
            flash(gettext("Le lien est noté."), "success")
            return _to_lineage(row)
    return _relate_page(form, row, problem=problem), 422


def _relate_page(form: RelateForm, row: Recommendation, problem: str | None = None) -> str:
    found = _others(row)
    _fill_meetings(form)
    form.fill(found)
    return render_template(
        "recommendations/relate.html", form=form, recommendation=row, found=found, words=argument("q"),
        offered=OFFERED, problem=problem,
    )  # fmt: skip


def _others(row: Recommendation) -> list[Recommendation]:
    return list(db.session.scalars(queries.others(row, argument("q")).limit(OFFERED)))


# --- What these pages share -------------------------------------------------------------------------


def _chosen(codes: Sequence[str]) -> list[Recommendation]:
    wanted = [code.replace("\x00", "")[:20] for code in codes[:MOST]]
    return list(db.session.scalars(queries.chosen(wanted)).unique()) if wanted else []


def _seen(rows: Sequence[Recommendation]) -> str:
    return " ".join(version_of(row) for row in rows)


def _fill(form: DerivedForm) -> None:
    form.fill(db.session())
    _fill_meetings(form)


def _fill_meetings(form: DerivedForm | SplitForm | RelateForm) -> None:
    if form.meeting.choices is None:
        now = clock.now()
        rows = db.session.scalars(queries.recent_meetings(now - RECENT, now).limit(MEETINGS_OFFERED))
        fill_meetings(form.meeting, list(rows))


def _decided(form: DerivedForm | SplitForm | RelateForm) -> Decided:
    meeting = queries.meeting(int(form.meeting.data)) if form.meeting.data else None
    return Decided(db.session.scalar(meeting) if meeting is not None else None, form.why.data or "")


def _to_lineage(row: Recommendation) -> Response:
    return redirect(url_for("recommendations.lineage", code=row.code), 303)
