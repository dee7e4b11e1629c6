"""The errata of a published edition: everybody reads them, coordinators write them and take them up."""

from flask import abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext

from hub.core import clock
from hub.core.access import current_user, everyone, permit
from hub.core.db import db
from hub.core.errors import DomainError
from hub.publishing.forms.errata import WHOLE, ErratumForm
from hub.publishing.models.editions import PUBLIC, Edition, Memorandum
from hub.publishing.operations import errata as writing
from hub.publishing.queries import reading as reading_queries
from hub.publishing.rules import manage
from hub.publishing.values import reading
from hub.publishing.views.blueprint import EDITION, Answer, blame, blueprint, edition_or_404, refuse
from hub.publishing.views.reading import printed, told_of


@blueprint.get(f"{EDITION}/errata")
@permit(everyone, Memorandum, key="slug")
def errata(memorandum: Memorandum, *, number: int) -> Answer:
    """List the corrections of a published edition."""
    edition = _public(memorandum, number)
    _build, plain = printed(edition)
    held = told_of(edition).held
    by_recommendation = {held[item.anchor]: item for item in plain.items if item.anchor in held}
    return render_template(
        "publishing/errata.html",
        memorandum=memorandum,
        edition=edition,
        errata=db.session.scalars(reading_queries.errata(edition)).all(),
        items=by_recommendation,
        ordinal_of=reading.ordinal,
    )


@blueprint.get(f"{EDITION}/errata/nouveau")
@permit(manage, Memorandum, key="slug")
def new_erratum(memorandum: Memorandum, *, number: int) -> Answer:
    """Show the empty form, on the demand that the address names."""
    edition = _public(memorandum, number)
    form = _offered(edition, ErratumForm(formdata=None))
    about = request.args.get("demande", type=int)
    item = reading.by_ordinal(printed(edition)[1], about) if about else None
    if item is not None:
        form.recommendation.data = told_of(edition).held.get(item.anchor, WHOLE)
    return _form_page(edition, form)


@blueprint.post(f"{EDITION}/errata/nouveau")
@permit(manage, Memorandum, key="slug")
def write_erratum(memorandum: Memorandum, *, number: int) -> Answer:
    """Tell a correction, which is public at once."""
    edition = _public(memorandum, number)
    form = _offered(edition, ErratumForm())
    extra: list[str] = []
    if form.validate():
        about = form.recommendation.data or None
        try:
            writing.write(
                db.session(), edition, form.text.data or "", about, actor=current_user(), now=clock.now()
            )
        except DomainError as problem:
            extra = blame(form, problem)
        else:
            flash(gettext("L’erratum est publié."), "success")
            return redirect(url_for("publishing.errata", slug=memorandum.slug, number=number), 303)
    return _form_page(edition, form, extra), 422


@blueprint.post(f"{EDITION}/errata-a-reprendre/<int:erratum_id>")
@permit(manage, Memorandum, key="slug")
def take_up_erratum(memorandum: Memorandum, *, number: int, erratum_id: int) -> Answer:
    """Say that an edition in composition takes an erratum up, or take that back."""
    edition = edition_or_404(memorandum, number)
    back = url_for("publishing.publication", slug=memorandum.slug, number=number, _anchor="a-reprendre")
    wanted = request.form.get("taken_up") == "yes"
    try:
        writing.take_up(
            db.session(), edition, erratum_id, taken_up=wanted, actor=current_user(), now=clock.now()
        )
    except DomainError as problem:
        return refuse(problem, back)
    said = gettext("L’erratum est repris.") if wanted else gettext("L’erratum est de nouveau à reprendre.")
    flash(said, "success")
    return redirect(back, 303)


def _offered(edition: Edition, form: ErratumForm) -> ErratumForm:
    form.offer(printed(edition)[1], told_of(edition).held)
    return form


def _form_page(edition: Edition, form: ErratumForm, extra: list[str] | None = None) -> str:
    return render_template("publishing/erratum.html", edition=edition, form=form, extra=extra or [])


def _public(memorandum: Memorandum, number: int) -> Edition:
    edition = edition_or_404(memorandum, number)
    if edition.state not in PUBLIC:
        abort(404)
    return edition
