"""The list of memoranda, one of them for those who work on it, beginning one."""

from collections.abc import Sequence

from flask import flash, redirect, render_template, url_for
from flask_babel import gettext

from hub.core import clock
from hub.core.access import current_user, everyone, may, permit
from hub.core.db import db
from hub.core.errors import DomainError
from hub.publishing.forms.memoranda import NOBODY, MemorandumForm, NewMemorandumForm, StartForm
from hub.publishing.models.builds import Build
from hub.publishing.models.editions import IN_COMPOSITION, PUBLIC, Edition, Memorandum
from hub.publishing.operations import memoranda as writing
from hub.publishing.queries import memoranda as queries
from hub.publishing.rules import manage
from hub.publishing.views.blueprint import Answer, address, blame, blueprint, edition_or_404, refuse
from hub.publishing.words import ACTIONS, STATES, election_day
from hub.recommendations.models.documents import SourceDocument

HISTORY = 30


@blueprint.get("/memorandums")
@permit(everyone)
def index() -> str:
    """List the published memoranda for readers, all of them for coordinators."""
    session = db.session()
    if may(manage):
        rows = session.scalars(queries.memoranda()).unique().all()
        return render_template(
            "publishing/index.html", memoranda=rows, words=STATES, election_day=election_day
        )
    editions = session.scalars(queries.published_editions()).unique().all()
    builds = _builds(editions)
    return render_template(
        "publishing/library.html", editions=editions, builds=builds, election_day=election_day
    )


@blueprint.get("/memorandums/nouveau")
@permit(manage)
def new() -> str:
    """Show the empty form."""
    return _form_page(NewMemorandumForm(formdata=None), None)


@blueprint.post("/memorandums/nouveau")
@permit(manage)
def create() -> Answer:
    """Begin a memorandum with its first edition, or note one that was made elsewhere."""
    session, form = db.session(), NewMemorandumForm()
    form.offer(session)
    extra: list[str] = []
    if form.validate():
        start = session.get(Edition, form.start_from.data) if form.start_from.data else None
        document = session.get(SourceDocument, form.document.data) if form.document.data else None
        by = {"actor": current_user(), "now": clock.now()}
        try:
            if document is not None:
                row = writing.known_by_document(session, _facts(form), document, **by)
            else:
                row = writing.create(session, _facts(form), start_from=start, **by)
        except DomainError as problem:
            extra = blame(form, problem)
        else:
            if document is not None:
                flash(gettext("Le mémorandum est noté. Il se lit dans son document."), "success")
                return redirect(url_for("publishing.work", slug=row.slug), 303)
            flash(_begun(start), "success")
            return redirect(url_for("publishing.edition", slug=row.slug, number=1), 303)
    return _form_page(form, None, extra), 422


def _begun(start: Edition | None) -> str:
    if start is None:
        return str(gettext("Le mémorandum est commencé. Ajoutez maintenant ses chapitres."))
    return str(
        gettext(
            "Le mémorandum est commencé à partir de « %(title)s » : changez ce que vous voulez.",
            title=start.memorandum.title,
        )
    )


@blueprint.get("/memorandums/<slug>/travail")
@permit(manage, Memorandum, key="slug")
def work(memorandum: Memorandum) -> str:
    """Show a memorandum to those who work on it: its editions, what it hangs on, its history."""
    session = db.session()
    editions = memorandum.editions
    published = [edition for edition in editions if edition.state in PUBLIC]
    builds = _builds(published)
    in_work = next((edition for edition in editions if edition not in published), None)
    start = StartForm(formdata=None)
    if in_work is None:
        start.offer(session)
    return render_template(
        "publishing/work.html",
        memorandum=memorandum,
        start=start,
        editions=editions,
        builds=builds,
        in_work=in_work,
        may_edit=all(edition.state in IN_COMPOSITION for edition in editions),
        history=session.scalars(queries.history(memorandum).limit(HISTORY)).all(),
        actions=ACTIONS,
        words=STATES,
        election_day=election_day,
    )


@blueprint.get("/memorandums/<slug>/fiche")
@permit(manage, Memorandum, key="slug")
def edit(memorandum: Memorandum) -> str:
    """Show the form of what the memorandum is."""
    form = MemorandumForm(
        formdata=None,
        obj=memorandum,
        election=memorandum.election_id or NOBODY,
        territory=memorandum.territory_id or NOBODY,
    )
    form.election.data = memorandum.election_id or NOBODY
    form.territory.data = memorandum.territory_id or NOBODY
    form.previous.data = memorandum.previous_id or NOBODY
    return _form_page(form, memorandum)


@blueprint.post("/memorandums/<slug>/fiche")
@permit(manage, Memorandum, key="slug")
def change(memorandum: Memorandum) -> Answer:
    """Change what the memorandum is."""
    form = MemorandumForm()
    form.offer(db.session(), memorandum)
    extra: list[str] = []
    if form.validate():
        try:
            writing.edit(db.session(), memorandum, _facts(form), actor=current_user(), now=clock.now())
        except DomainError as problem:
            extra = blame(form, problem)
        else:
            flash(gettext("La fiche du mémorandum est enregistrée."), "success")
            return redirect(url_for("publishing.work", slug=memorandum.slug), 303)
    return _form_page(form, memorandum, extra), 422


@blueprint.post("/memorandums/<slug>/nouvelle-edition")
@permit(manage, Memorandum, key="slug")
def new_edition(memorandum: Memorandum) -> Answer:
    """Begin the next edition from the last one, or from the one that was chosen."""
    session, form = db.session(), StartForm()
    form.offer(session)
    target = url_for("publishing.work", slug=memorandum.slug)
    if not form.validate():
        flash(gettext("Choisissez dans la liste l’édition dont partir."), "error")
        return redirect(target, 303)
    start = session.get(Edition, form.start_from.data) if form.start_from.data else None
    try:
        edition = writing.new_edition(
            session, memorandum, start_from=start, actor=current_user(), now=clock.now()
        )
    except DomainError as problem:
        return refuse(problem, target)
    source = edition.starts_from
    words = (
        gettext("L’édition %(number)s est commencée.", number=edition.number)
        if source is None
        else gettext(
            "L’édition %(number)s est commencée à partir de « %(title)s », édition %(earlier)s.",
            number=edition.number, title=source.memorandum.title, earlier=source.number,
        )
    )  # fmt: skip
    flash(words, "success")
    return redirect(address(edition), 303)


@blueprint.get("/memorandums/<slug>/edition-<int:number>/supprimer")
@permit(manage, Memorandum, key="slug")
def ask_remove(memorandum: Memorandum, *, number: int) -> str:
    """Say what taking the draft away means."""
    edition = edition_or_404(memorandum, number)
    return render_template("publishing/remove.html", memorandum=memorandum, edition=edition)


@blueprint.post("/memorandums/<slug>/edition-<int:number>/supprimer")
@permit(manage, Memorandum, key="slug")
def remove(memorandum: Memorandum, *, number: int) -> Answer:
    """Take a draft away, and the memorandum with its only edition."""
    edition = edition_or_404(memorandum, number)
    try:
        was_only = writing.remove_draft(db.session(), edition, actor=current_user(), now=clock.now())
    except DomainError as problem:
        return refuse(problem, address(edition))
    flash(gettext("Le brouillon est supprimé. Les recommandations restent dans le registre."), "success")
    if was_only:
        return redirect(url_for("publishing.index"), 303)
    return redirect(url_for("publishing.work", slug=memorandum.slug), 303)


def _builds(editions: Sequence[Edition]) -> dict[int, Build]:
    """Return the PDF of each published edition, by the edition's number in the database."""
    rows = db.session.scalars(queries.published_builds([edition.id for edition in editions]))
    return {build.edition_id: build for build in rows}


def _form_page(form: MemorandumForm, memorandum: Memorandum | None, extra: list[str] | None = None) -> str:
    form.offer(db.session(), memorandum)
    return render_template("publishing/form.html", form=form, memorandum=memorandum, extra=extra or [])


def _facts(form: MemorandumForm) -> writing.Facts:
    return writing.Facts(
        title=form.title.data or "",
        subtitle=form.subtitle.data or "",
        election_id=form.election.data or None,
        territory_id=form.territory.data or None,
        addressees=form.addressees.data or "",
        year=form.year.data,
        previous_id=form.previous.data or None,
    )
