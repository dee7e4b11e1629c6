"""Testimonies: list, telling, reading once more before it is seen elsewhere, what it shows, erasing."""

import re
from typing import Any

from flask import abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from hub.actors.models.organisations import Organisation
from hub.core import audit, clock, paging
from hub.core.access import current_user, permit
from hub.core.db import db
from hub.core.errors import N_, DomainError
from hub.recommendations.forms.testimonies import CheckForm, TestimonyForm, TieForm
from hub.recommendations.models.contributions import Contribution
from hub.recommendations.models.recommendations import Recommendation
from hub.recommendations.models.testimonies import CONSENT_FORMS, ConsentForm, Testimony, TestimonyTie
from hub.recommendations.operations import testimonies as writing
from hub.recommendations.operations.testimonies import Told
from hub.recommendations.queries import testimonies as queries
from hub.recommendations.queries.testimonies import Standing, TestimonyFilter, Use
from hub.recommendations.rules import manage
from hub.recommendations.signals import printings
from hub.recommendations.values import identifying
from hub.recommendations.values.identifying import SIGNS
from hub.recommendations.views.blueprint import (
    argument,
    blame,
    blueprint,
    chips,
    page_number,
    sentence,
    word_of,
)

Answer = str | Response | tuple[str, int]
MOVED = N_(
    "Quelqu’un d’autre a modifié ce témoignage entre-temps. Rien n’est perdu : comparez, puis envoyez."
)
REREAD = N_("Relisez ce qui est marqué, puis cochez la case.")
STANDINGS = {
    Standing.TO_CHECK: N_("À relire"),
    Standing.CHECKED: N_("Relus"),
    Standing.ERASED: N_("Effacés"),
}


@blueprint.get("/recommandations/temoignages")
@permit(manage)
def testimonies() -> str:
    """List the testimonies. There is no export: a file would outlive a consent that is taken back."""
    session = db.session()
    wanted = TestimonyFilter(word_of(Standing, "state"), argument("organisation"), argument("q"))
    gatherers = [(row.slug, row.short_label) for row in session.scalars(queries.gatherers())]
    state = gettext(STANDINGS[wanted.standing]) if wanted.standing else ""
    return render_template(
        "recommendations/testimonies.html",
        page=paging.paginate(session, queries.testimonies(wanted), page_number()),
        options=[
            {
                "name": "state",
                "label": gettext("État"),
                "value": wanted.standing.value if wanted.standing else "",
                "choices": [(word.value, gettext(text)) for word, text in STANDINGS.items()],
            },
            {
                "name": "organisation",
                "label": gettext("Organisation"),
                "value": wanted.organisation,
                "choices": gatherers,
                "search": True,
            },
        ],
        wanted=wanted,
        active=chips(
            ("q", wanted.text, gettext("Recherche : %(text)s", text=wanted.text)),
            ("state", wanted.standing or "", gettext("État : %(state)s", state=state)),
            ("organisation", wanted.organisation, dict(gatherers).get(wanted.organisation, "")),
        ),
    )


@blueprint.get("/recommandations/temoignages/nouveau")
@permit(manage)
def new_testimony() -> str:
    """Show the form of a new one."""
    return _form_page(TestimonyForm(formdata=None))


@blueprint.post("/recommandations/temoignages/nouveau")
@permit(manage)
def add_testimony() -> Answer:
    """Store it, once what may identify somebody was looked at."""
    form = TestimonyForm()
    form.fill(db.session())
    problem = None
    if _is_ready(form):
        try:
            row = writing.add(db.session(), _told(form), actor=current_user(), now=clock.now())
        except DomainError as refusal:
            problem = blame(form, refusal)
        else:
            flash(
                gettext("Le témoignage est gardé. Personne d’autre ne le lit avant qu’il soit relu."),
                "success",
            )
            return redirect(url_for("recommendations.testimony", id=row.id), 303)
    return _form_page(form, problem=problem), 422


@blueprint.get("/recommandations/temoignages/<int:id>")
@permit(manage, Testimony)
def testimony(row: Testimony) -> str:
    """Show a testimony with what it shows and what was agreed to."""
    return _page(row, TieForm(formdata=None))


@blueprint.get("/recommandations/temoignages/<int:id>/modifier")
@permit(manage, Testimony)
def edit_testimony(row: Testimony) -> Answer:
    """Show its form as it stands."""
    if row.erased_at:
        return redirect(url_for("recommendations.testimony", id=row.id))
    form = row.consent_form.value if row.consent_form else ""
    said = {
        "organisation": row.organisation.slug, "text": row.text, "pseudonym": row.pseudonym,
        "is_pseudonym": bool(row.pseudonym), "consent_form": form, "consented_on": row.consented_on,
        "consent_note": row.consent_note, "may_print": row.may_print, "may_post": row.may_post,
        "seen": _version(row),
    }  # fmt: skip
    return _form_page(TestimonyForm(formdata=None, data=said), row=row)


@blueprint.post("/recommandations/temoignages/<int:id>/modifier")
@permit(manage, Testimony)
def change_testimony(row: Testimony) -> Answer:
    """Store what was changed, unless somebody else changed it meanwhile."""
    session = db.session()
    session.refresh(row, with_for_update=True)
    form = TestimonyForm()
    form.fill(session, row)
    if form.seen.data != _version(row) and not row.erased_at:
        form.seen.data = _version(row)
        return _form_page(form, row=row, problem=gettext(MOVED), other=row), 409
    problem = None
    if _is_ready(form):
        try:
            writing.edit(session, row, _told(form), actor=current_user(), now=clock.now())
        except DomainError as refusal:
            problem = blame(form, refusal)
        else:
            flash(gettext("Les changements sont enregistrés."), "success")
            return redirect(url_for("recommendations.testimony", id=row.id), 303)
    return _form_page(form, row=row, problem=problem), 422


@blueprint.get("/recommandations/temoignages/<int:id>/relire")
@permit(manage, Testimony)
def check_testimony_page(row: Testimony) -> Answer:
    """Show it with what may identify somebody marked."""
    if row.erased_at or row.checked_at:
        return redirect(url_for("recommendations.testimony", id=row.id))
    return _check_page(row, CheckForm(formdata=None, seen=_version(row)))


@blueprint.post("/recommandations/temoignages/<int:id>/relire")
@permit(manage, Testimony)
def check_testimony(row: Testimony) -> Answer:
    """Note that somebody read it and that nothing in it identifies anybody."""
    session = db.session()
    session.refresh(row, with_for_update=True)
    form = CheckForm()
    if not form.validate():
        return _check_page(row, form), 422
    if form.seen.data != _version(row):
        return _check_page(row, CheckForm(formdata=None, seen=_version(row)), gettext(MOVED)), 409
    try:
        writing.check(session, row, actor=current_user(), now=clock.now())
    except DomainError as refusal:
        return _check_page(row, form, sentence(refusal)), 422
    flash(gettext("Le témoignage est relu : il se lit auprès de ce qu’il montre."), "success")
    return redirect(url_for("recommendations.testimony", id=row.id), 303)


@blueprint.post("/recommandations/temoignages/<int:id>/liens")
@permit(manage, Testimony)
def tie_testimony(row: Testimony) -> Answer:
    """Say what it shows."""
    session = db.session()
    form = TieForm()
    if form.validate():
        thing = _thing(session, form.thing.data or "")
        if thing is None:
            form.thing.errors = [gettext("Aucune recommandation ni contribution ne s’appelle ainsi.")]
        else:
            try:
                writing.tie(session, row, thing, actor=current_user(), now=clock.now())
            except DomainError as refusal:
                form.thing.errors = [sentence(refusal)]
            else:
                return redirect(url_for("recommendations.testimony", id=row.id), 303)
    return _page(row, form), 422


@blueprint.post("/recommandations/temoignages/<int:id>/liens/<int:number>/defaire")
@permit(manage, Testimony)
def untie_testimony(row: Testimony, number: int) -> Response:
    """Undo what it shows."""
    tied = db.session.get(TestimonyTie, number)
    if tied is None or tied.testimony_id != row.id:
        abort(404)
    writing.untie(db.session(), tied, actor=current_user(), now=clock.now())
    return redirect(url_for("recommendations.testimony", id=row.id), 303)


@blueprint.get("/recommandations/temoignages/<int:id>/effacer")
@permit(manage, Testimony)
def erase_testimony_page(row: Testimony) -> Answer:
    """Say what erasing does."""
    if row.erased_at:
        return redirect(url_for("recommendations.testimony", id=row.id))
    return render_template(
        "recommendations/testimony_erase.html", testimony=row, printings=printings(db.session(), row)
    )


@blueprint.post("/recommandations/temoignages/<int:id>/effacer")
@permit(manage, Testimony)
def erase_testimony(row: Testimony) -> Response:
    """Erase its words at once."""
    writing.erase(db.session(), row, actor=current_user(), now=clock.now())
    flash(gettext("Les mots de ce témoignage sont effacés."), "success")
    return redirect(url_for("recommendations.testimonies"), 303)


@blueprint.get("/recommandations/<code>/temoignages")
@permit(manage, Recommendation, key="code")
def testimonies_of(row: Recommendation) -> str:
    """Show the testimonies of a recommendation, those that were checked; a part of its page, or a page."""
    found = db.session.execute(queries.shown([row.id], Use.WORK)).all()
    alone = "HX-Request" in request.headers
    return render_template(
        "recommendations/testimonies_of_part.html" if alone else "recommendations/testimonies_of.html",
        recommendation=row,
        testimonies=[each for _recommendation, each in found],
    )


def _is_ready(form: TestimonyForm) -> bool:
    """Say whether it is valid and a reader looked at what is marked; else ask for that."""
    ready = form.validate()
    if form.pseudonym.data and not form.is_pseudonym.data:
        form.is_pseudonym.errors = [gettext("Prenez un autre prénom que le sien, puis cochez cette case.")]
        ready = False
    if not form.reread.data and _signs(form.text.data or ""):
        form.reread.errors = [gettext(REREAD)]
        ready = False
    return bool(ready)


def _signs(text: str) -> list[identifying.Found]:
    return identifying.signs(text, db.session.scalars(queries.towns()).all())


def _told(form: TestimonyForm) -> Told:
    """Return what a valid form says; the choices were checked, so the organisation is there."""
    chosen = select(Organisation).where(Organisation.slug == form.organisation.data)
    return Told(
        organisation=db.session.scalars(chosen).one(),
        text=form.text.data or "",
        pseudonym=form.pseudonym.data or "",
        consented_on=form.consented_on.data,
        consent_form=ConsentForm(form.consent_form.data) if form.consent_form.data else None,
        consent_note=form.consent_note.data or "",
        may_print=form.may_print.data,
        may_post=form.may_post.data,
    )


def _thing(session: Session, named: str) -> Recommendation | Contribution | None:
    number = re.fullmatch(r"(?:n°\s*)?(\d{1,9})", named)
    if number:
        return session.scalar(queries.contribution(int(number.group(1))))
    return session.scalar(queries.recommendation(named))


def _marked(text: str) -> list[tuple[str, str]]:
    """Return a text in pieces, each with what it may tell of somebody, "" for nothing."""
    return [
        (piece, gettext(SIGNS[sign]) if sign else "")
        for piece, sign in identifying.pieces(text, _signs(text))
    ]


def _form_page(form: TestimonyForm, row: Testimony | None = None, **more: Any) -> str:
    form.fill(db.session(), row)
    marked = _marked(form.text.data or "") if form.reread.errors else []
    return render_template("recommendations/testimony_form.html", form=form, row=row, marked=marked, **more)


def _check_page(row: Testimony, form: CheckForm, problem: str | None = None) -> str:
    marked = _marked(row.text)
    return render_template(
        "recommendations/testimony_check.html",
        testimony=row,
        form=form,
        marked=marked,
        signs=sum(bool(word) for _piece, word in marked),
        problem=problem,
    )


def _page(row: Testimony, form: TieForm) -> str:
    session = db.session()
    return render_template(
        "recommendations/testimony.html",
        testimony=row,
        form=form,
        consent_forms=CONSENT_FORMS,
        ties=session.scalars(queries.ties(row)).all(),
        history=list(session.scalars(audit.history(row))),
        printings=printings(session, row),
        may_be_printed=bool(row.checked_at and row.may_print),
    )


def _version(row: Testimony) -> str:
    return row.updated_at.isoformat()
