"""What surrounds the text: words of the glossary, who supports, logos, figures."""

from typing import Any

from flask import abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext, ngettext
from flask_wtf import FlaskForm

from hub.core import clock, files
from hub.core.access import current_user, permit
from hub.core.db import db
from hub.core.errors import DomainError
from hub.core.files import StoredFile
from hub.core.web import row_number
from hub.publishing.forms.composing import FigureForm, LogoForm, SponsorForm, TermForm
from hub.publishing.models.composition import (
    Chapter,
    EditionFigure,
    EditionSection,
    EditionTerm,
    FigureKind,
    SectionKind,
    Signatory,
    Sponsor,
)
from hub.publishing.models.editions import Edition, Memorandum
from hub.publishing.operations import apparatus, composing, glossary, sections
from hub.publishing.operations.apparatus import Words
from hub.publishing.operations.composing import FrozenError
from hub.publishing.rules import manage
from hub.publishing.views.blueprint import EDITION, Answer, address, blame, blueprint, edition_or_404, refuse
from hub.publishing.views.composing import order
from hub.publishing.views.parts import section_address

# What it is → the part that holds it, and the heading there.
PARTS = {
    "term": (SectionKind.GLOSSARY, "mots-titre"),
    "sponsor": (SectionKind.SPONSORS, "soutiens-titre"),
    "logo": (SectionKind.SIGNATORIES, "signataires"),
}


def _own(model: Any, edition: Edition, identifier: int | None) -> Any:
    """Return a row of that very edition, or end with 404; None for no number."""
    if identifier is None:
        return None
    row = db.session.get(model, identifier)
    if row is None or row.edition_id != edition.id:
        abort(404)
    return row


def _part(edition: Edition, what: str) -> str:
    """Return the address of the part that holds such a thing."""
    kind, anchor = PARTS[what]
    return section_address(sections.among(edition.sections, kind), anchor)


def _page(
    edition: Edition, form: FlaskForm, title: str, back: str, extra: list[str] | None = None, **more: Any
) -> str:
    return render_template(
        "publishing/apparatus_form.html",
        edition=edition, form=form, title=title, back=back, extra=extra or [], **more,
    )  # fmt: skip


def _picture(field: str, side: int) -> StoredFile | None:
    """Keep the picture that was sent, if one was. Raises DomainError if it can't be printed."""
    sent = request.files.get(field)
    if sent is None or not sent.filename:
        return None
    data = sent.stream.read(apparatus.LARGEST + 1)
    return apparatus.keep_picture(
        db.session(), files.store(), data, sent.filename, side=side, field=field, now=clock.now()
    )


# --- The glossary -----------------------------------------------------------------------------


@blueprint.get(f"{EDITION}/glossaire/mot")
@permit(manage, Memorandum, key="slug")
def term(memorandum: Memorandum, *, number: int) -> Answer:
    """Show the form of a word: a new one, or the one that the address names."""
    edition = edition_or_404(memorandum, number)
    row = _own(EditionTerm, edition, request.args.get("mot", type=row_number))
    offered = request.args.get("terme", "")[:120] if row is None else ""
    form = TermForm(formdata=None, obj=row, term=row.term if row else offered)
    return _term_page(edition, row, form)


@blueprint.post(f"{EDITION}/glossaire/mot")
@permit(manage, Memorandum, key="slug")
def write_term(memorandum: Memorandum, *, number: int) -> Answer:
    """Store a word."""
    edition = edition_or_404(memorandum, number)
    row = _own(EditionTerm, edition, request.args.get("mot", type=row_number))
    form, extra = TermForm(), []
    if form.validate():
        try:
            apparatus.write_term(
                db.session(), edition, row, form.term.data or "", form.definition.data or "",
                mark=form.mark.data or "", actor=current_user(), now=clock.now(),
            )  # fmt: skip
        except FrozenError as problem:
            return refuse(problem, address(edition))
        except DomainError as problem:
            extra = blame(form, problem)
        else:
            return redirect(_part(edition, "term"), 303)
    return _term_page(edition, row, form, extra), 422


def _term_page(
    edition: Edition, row: EditionTerm | None, form: TermForm, extra: list[str] | None = None
) -> str:
    # What is stored now is what the person sees beside what they typed.
    form.mark.data = composing.seen(row.term, row.definition) if row else ""
    title = gettext("Expliquer « %(term)s »", term=row.term) if row else gettext("Un mot du glossaire")
    stored = row.definition if row and extra else ""
    return _page(edition, form, title, _part(edition, "term"), extra, stored=stored)


@blueprint.post(f"{EDITION}/glossaire/<int:term_id>/retirer")
@permit(manage, Memorandum, key="slug")
def remove_term(memorandum: Memorandum, *, number: int, term_id: int) -> Answer:
    """Take a word out of the glossary."""
    edition = edition_or_404(memorandum, number)
    row = _own(EditionTerm, edition, term_id)
    try:
        apparatus.remove_term(db.session(), edition, row, actor=current_user(), now=clock.now())
    except DomainError as problem:
        return refuse(problem, address(edition))
    return redirect(_part(edition, "term"), 303)


@blueprint.post(f"{EDITION}/glossaire/reprendre")
@permit(manage, Memorandum, key="slug")
def take_terms(memorandum: Memorandum, *, number: int) -> Answer:
    """Add words that earlier editions or the usual list explain: the one that was clicked, or several."""
    edition = edition_or_404(memorandum, number)
    wanted = set(request.form.getlist("word"))
    words = [one for one in glossary.offered(db.session(), edition, gettext) if one.key in wanted]
    try:
        added = glossary.take(db.session(), edition, words, actor=current_user(), now=clock.now())
    except DomainError as problem:
        return refuse(problem, address(edition))
    if added:
        flash(
            ngettext("%(num)s mot de plus au glossaire.", "%(num)s mots de plus au glossaire.", added),
            "success",
        )
    else:
        flash(gettext("Ce mot est déjà expliqué."), "message")
    return redirect(_part(edition, "term"), 303)


# --- Who supports it, logos -------------------------------------------------------------------


@blueprint.get(f"{EDITION}/soutiens/un")
@permit(manage, Memorandum, key="slug")
def sponsor(memorandum: Memorandum, *, number: int) -> Answer:
    """Show the form of a support: a new one, or the one that the address names."""
    edition = edition_or_404(memorandum, number)
    row = _own(Sponsor, edition, request.args.get("soutien", type=row_number))
    return _sponsor_page(edition, row, SponsorForm(formdata=None, obj=row))


@blueprint.post(f"{EDITION}/soutiens/un")
@permit(manage, Memorandum, key="slug")
def write_sponsor(memorandum: Memorandum, *, number: int) -> Answer:
    """Store a support."""
    edition = edition_or_404(memorandum, number)
    row = _own(Sponsor, edition, request.args.get("soutien", type=row_number))
    form, extra = SponsorForm(), []
    if form.validate():
        try:
            apparatus.write_sponsor(
                db.session(), edition, row, form.name.data or "", form.mention.data or "",
                logo=_picture("logo", apparatus.LOGO_SIDE), mark=form.mark.data or "",
                actor=current_user(), now=clock.now(),
            )  # fmt: skip
        except FrozenError as problem:
            return refuse(problem, address(edition))
        except DomainError as problem:
            extra = blame(form, problem)
        else:
            return redirect(_part(edition, "sponsor"), 303)
    return _sponsor_page(edition, row, form, extra), 422


def _sponsor_page(
    edition: Edition, row: Sponsor | None, form: SponsorForm, extra: list[str] | None = None
) -> str:
    form.mark.data = composing.seen(row.name, row.mention) if row else ""
    title = row.name if row else gettext("Un soutien")
    stored = f"{row.name}. {row.mention}" if row and extra else ""
    return _page(edition, form, title, _part(edition, "sponsor"), extra, stored=stored)


@blueprint.post(f"{EDITION}/soutiens/<int:sponsor_id>/retirer")
@permit(manage, Memorandum, key="slug")
def remove_sponsor(memorandum: Memorandum, *, number: int, sponsor_id: int) -> Answer:
    """Take a support off."""
    edition = edition_or_404(memorandum, number)
    row = _own(Sponsor, edition, sponsor_id)
    try:
        apparatus.remove_sponsor(db.session(), edition, row, actor=current_user(), now=clock.now())
    except DomainError as problem:
        return refuse(problem, address(edition))
    return redirect(_part(edition, "sponsor"), 303)


@blueprint.get(f"{EDITION}/signataires/<int:signatory_id>/logo")
@permit(manage, Memorandum, key="slug")
def signatory_logo(memorandum: Memorandum, *, number: int, signatory_id: int) -> Answer:
    """Show the form of a signatory's logo."""
    edition = edition_or_404(memorandum, number)
    row = _own(Signatory, edition, signatory_id)
    return _page(edition, LogoForm(formdata=None), row.organisation.name, _part(edition, "logo"))


@blueprint.post(f"{EDITION}/signataires/<int:signatory_id>/logo")
@permit(manage, Memorandum, key="slug")
def choose_logo(memorandum: Memorandum, *, number: int, signatory_id: int) -> Answer:
    """Print the logo that was sent; none where none was sent."""
    edition = edition_or_404(memorandum, number)
    row = _own(Signatory, edition, signatory_id)
    form = LogoForm()
    try:
        logo = _picture("logo", apparatus.LOGO_SIDE)
        apparatus.choose_logo(db.session(), row, logo, actor=current_user(), now=clock.now())
    except FrozenError as problem:
        return refuse(problem, address(edition))
    except DomainError as problem:
        return _page(edition, form, row.organisation.name, _part(edition, "logo"), blame(form, problem)), 422
    flash(gettext("Le logo sera imprimé.") if logo else gettext("Aucun logo ne sera imprimé."), "success")
    return redirect(_part(edition, "logo"), 303)


@blueprint.post(f"{EDITION}/soutiens/ordre")
@permit(manage, Memorandum, key="slug")
def order_sponsors(memorandum: Memorandum, *, number: int) -> Answer:
    """Put who supports in order: the whole order, or one by a place."""
    edition = edition_or_404(memorandum, number)
    session = db.session()
    return order(
        edition,
        _part(edition, "sponsor"),
        put=lambda identifiers, **by: apparatus.order_sponsors(session, edition, identifiers, **by),
        move=lambda moved, **by: apparatus.move_sponsor(
            session, edition, _own(Sponsor, edition, moved), **by
        ),
    )


# --- Figures ----------------------------------------------------------------------------------


@blueprint.get(f"{EDITION}/figures/nouvelle")
@permit(manage, Memorandum, key="slug")
def new_figure(memorandum: Memorandum, *, number: int) -> Answer:
    """Show the form of a figure to add to the part or the chapter that the address names."""
    edition = edition_or_404(memorandum, number)
    form = FigureForm(formdata=None)
    form.offer()
    return _page(edition, form, gettext("Ajouter une figure"), _back(edition, _place(edition)))


@blueprint.post(f"{EDITION}/figures/nouvelle")
@permit(manage, Memorandum, key="slug")
def add_figure(memorandum: Memorandum, *, number: int) -> Answer:
    """Add a figure at the end of a part or a chapter."""
    edition = edition_or_404(memorandum, number)
    place = _place(edition)
    form, extra = FigureForm(), []
    form.offer()
    if form.validate():
        kind = FigureKind(form.kind.data)
        try:
            file = _picture("file", apparatus.LONGEST_SIDE) if kind == FigureKind.IMAGE else None
            apparatus.add_figure(
                db.session(), edition, place, kind, _words(form), file=file, actor=current_user(),
                now=clock.now(),
            )  # fmt: skip
        except FrozenError as problem:
            return refuse(problem, address(edition))
        except DomainError as problem:
            extra = blame(form, problem)
        else:
            return redirect(_back(edition, place), 303)
    return _page(edition, form, gettext("Ajouter une figure"), _back(edition, place), extra), 422


@blueprint.post(f"{EDITION}/figures/ordre")
@permit(manage, Memorandum, key="slug")
def order_figures(memorandum: Memorandum, *, number: int) -> Answer:
    """Put the figures of the part or the chapter that the address names in order."""
    edition = edition_or_404(memorandum, number)
    session, place = db.session(), _place(edition)
    return order(
        edition,
        _back(edition, place),
        put=lambda identifiers, **by: apparatus.order_figures(session, edition, place, identifiers, **by),
        move=lambda moved, **by: apparatus.move_figure(
            session, edition, _own(EditionFigure, edition, moved), **by
        ),
    )


@blueprint.get(f"{EDITION}/figures/<int:figure_id>")
@permit(manage, Memorandum, key="slug")
def figure(memorandum: Memorandum, *, number: int, figure_id: int) -> Answer:
    """Show the form of what is said of a figure."""
    edition = edition_or_404(memorandum, number)
    row = _own(EditionFigure, edition, figure_id)
    return _figure_page(edition, row, FigureForm(formdata=None, obj=row))


@blueprint.post(f"{EDITION}/figures/<int:figure_id>")
@permit(manage, Memorandum, key="slug")
def describe_figure(memorandum: Memorandum, *, number: int, figure_id: int) -> Answer:
    """Store what is said of a figure."""
    edition = edition_or_404(memorandum, number)
    row = _own(EditionFigure, edition, figure_id)
    form, extra = FigureForm(), []
    del form.kind, form.file
    if form.validate():
        try:
            apparatus.describe_figure(
                db.session(), edition, row, _words(form), mark=form.mark.data or "", actor=current_user(),
                now=clock.now(),
            )  # fmt: skip
        except FrozenError as problem:
            return refuse(problem, address(edition))
        except DomainError as problem:
            extra = blame(form, problem)
        else:
            return redirect(_back(edition, _place_of(row)), 303)
    return _figure_page(edition, row, form, extra), 422


def _figure_page(
    edition: Edition, row: EditionFigure, form: FigureForm, extra: list[str] | None = None
) -> str:
    if "kind" in form:
        del form.kind, form.file
    form.mark.data = composing.seen(row.caption, row.alternative, row.source)
    stored = f"{row.caption} · {row.alternative} · {row.source}" if extra else ""
    return _page(
        edition, form, row.caption or gettext("Une figure"), _back(edition, _place_of(row)), extra,
        stored=stored, picture=row if row.file_id else None,
    )  # fmt: skip


@blueprint.post(f"{EDITION}/figures/<int:figure_id>/retirer")
@permit(manage, Memorandum, key="slug")
def remove_figure(memorandum: Memorandum, *, number: int, figure_id: int) -> Answer:
    """Take a figure out."""
    edition = edition_or_404(memorandum, number)
    row = _own(EditionFigure, edition, figure_id)
    back = _back(edition, _place_of(row))
    try:
        apparatus.remove_figure(db.session(), edition, row, actor=current_user(), now=clock.now())
    except DomainError as problem:
        return refuse(problem, address(edition))
    return redirect(back, 303)


@blueprint.get(f"{EDITION}/figures/<int:figure_id>/image")
@permit(manage, Memorandum, key="slug")
def figure_image(memorandum: Memorandum, *, number: int, figure_id: int) -> Answer:
    """Send the image of a figure: one that was made anew here."""
    row = _own(EditionFigure, edition_or_404(memorandum, number), figure_id)
    if row.file is None:
        abort(404)
    return files.answer(row.file, inline=True)


def _words(form: FigureForm) -> Words:
    return Words(form.caption.data or "", form.alternative.data or "", form.source.data or "")


def _place(edition: Edition) -> EditionSection | Chapter:
    """Return the part or the chapter that the address names, or end with 404."""
    section = _own(EditionSection, edition, request.args.get("section", type=row_number))
    found: EditionSection | Chapter | None = section or _own(
        Chapter, edition, request.args.get("chapter", type=row_number)
    )
    return found or abort(404)


def _place_of(row: EditionFigure) -> EditionSection | Chapter:
    session = db.session()
    if row.section_id is not None:
        return session.get_one(EditionSection, row.section_id)
    return session.get_one(Chapter, row.chapter_id)


def _back(edition: Edition, place: EditionSection | Chapter) -> str:
    if isinstance(place, EditionSection):
        return section_address(place, "figures")
    return url_for(
        "publishing.edit_chapter", slug=edition.memorandum.slug, number=edition.number,
        chapter_id=place.id, _anchor="figures",
    )  # fmt: skip
