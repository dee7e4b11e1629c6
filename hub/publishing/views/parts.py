"""The parts of an edition: one page each, with its text beside what it will look like."""

import secrets
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext
from markupsafe import Markup

from hub.core import clock
from hub.core.access import current_user, permit
from hub.core.db import db
from hub.core.errors import DomainError
from hub.core.search import fold
from hub.publishing.forms.composing import NewSectionForm, SectionForm
from hub.publishing.forms.memoranda import SignatoriesForm
from hub.publishing.models.composition import EditionFigure, EditionSection, SectionKind
from hub.publishing.models.editions import IN_COMPOSITION, Layout, Memorandum
from hub.publishing.operations import composing, glossary, parts
from hub.publishing.operations.composing import FrozenError
from hub.publishing.queries import checking as checking_queries
from hub.publishing.queries import composition as queries
from hub.publishing.queries import memoranda as memorandum_queries
from hub.publishing.rules import manage
from hub.publishing.values.acronyms import acronyms
from hub.publishing.views.blueprint import EDITION, Answer, address, blame, blueprint, edition_or_404, refuse
from hub.publishing.views.commenting import comments_on
from hub.publishing.views.composing import order, own, page
from hub.publishing.words import FIGURES, LAYOUTS, SECTIONS
from hub.recommendations.forms.fields import tidy
from memoranda import markdown

PREVIEW_LEVEL = 2  # the heading under which a memorandum prints the text of a part
# What is shown as it will be printed; the others name pages that only the whole has, or draw the network.
PRINTED_ALONE = frozenset({
    SectionKind.SIGNATORIES, SectionKind.PREAMBLE, SectionKind.CONSULTED, SectionKind.GLOSSARY,
    SectionKind.SOURCES, SectionKind.SPONSORS, SectionKind.CONTACT, SectionKind.OWN,
})  # fmt: skip


def section_address(section: EditionSection, anchor: str | None = None, page: str | None = None) -> str:
    """Return the address of a part's page; `page` names the page whose text is stored by now."""
    edition = section.edition
    return url_for(
        "publishing.section", slug=edition.memorandum.slug, number=edition.number, section_id=section.id,
        page=page, _anchor=anchor,
    )  # fmt: skip


def rendered(text: str) -> Markup:
    """Return a text as the memorandum will show it."""
    return Markup(markdown.to_html(text, under=PREVIEW_LEVEL))  # noqa: S704 - cleaned by nh3 there


@blueprint.get(f"{EDITION}/parties/<int:section_id>")
@permit(manage, Memorandum, key="slug")
def section(memorandum: Memorandum, *, number: int, section_id: int) -> Answer:
    """Show a part: its words beside what they will look like, what it holds, what is said of it."""
    row = own(EditionSection, edition_or_404(memorandum, number), section_id)
    if row.edition.state not in IN_COMPOSITION:
        return redirect(address(row.edition), 303)
    return section_page(row)


@blueprint.post(f"{EDITION}/parties/<int:section_id>")
@permit(manage, Memorandum, key="slug")
def write_section(memorandum: Memorandum, *, number: int, section_id: int) -> Answer:
    """Store a part's words, or only show what they will look like."""
    row = own(EditionSection, edition_or_404(memorandum, number), section_id)
    form = SectionForm()
    if not form.validate():
        return section_page(row, form), 422
    if "preview" in request.form:
        return section_page(row, form, mark=form.mark.data)
    try:
        parts.write_section(
            db.session(), row, form.title.data or "", form.text.data or "", mark=form.mark.data or "",
            actor=current_user(), now=clock.now(),
        )  # fmt: skip
    except FrozenError as problem:
        return refuse(problem, address(row.edition))
    except DomainError as problem:
        return section_page(row, form, extra=blame(form, problem), changed=True), 422
    flash(gettext("Le texte est enregistré."), "success")
    return redirect(section_address(row, page=page_name(form.page.data)), 303)


def section_page(
    row: EditionSection,
    form: SectionForm | None = None,
    *,
    extra: list[str] | None = None,
    changed: bool = False,
    mark: str | None = None,
    signing: SignatoriesForm | None = None,
) -> str:
    """Show a part's page."""
    session, edition = db.session(), row.edition
    form = form or SectionForm(formdata=None, title=row.title, text=row.text)
    # What is stored now is what the person sees beside what they typed.
    form.mark.data = mark or composing.seen(row.title, row.text)
    form.page.data = page_name(form.page.data) or secrets.token_hex(8)
    signatories = []
    if row.kind == SectionKind.SIGNATORIES:
        signing = signing or SignatoriesForm(formdata=None)
        signing.offer(session, edition)
        signatories = list(session.scalars(memorandum_queries.signatories(edition)))
    marked = []
    if row.kind in {SectionKind.PRIORITIES, SectionKind.CROSS_CUTTING}:
        marked = list(session.scalars(queries.marked_items(edition, row.kind)))
    return render_template(
        "publishing/section.html",
        edition=edition,
        section=row,
        is_printed_alone=row.kind in PRINTED_ALONE and not row.is_left_out,
        form=form,
        extra=extra or [],
        has_changed=changed,
        kept=page_name(request.args.get("page")),
        usual=SECTIONS.get(row.kind, ""),
        preview=rendered(form.text.data or ""),
        signing=signing,
        signatories=signatories,
        marked=marked,
        most_priorities=parts.MOST_PRIORITIES,
        comments=comments_on(edition, row),
        figures=session.scalars(
            checking_queries.figures(edition).where(EditionFigure.section_id == row.id)
        ).all(),
        figure_words=FIGURES,
        **_holds(row),
    )


def _holds(row: EditionSection) -> dict[str, Any]:
    """Return the words of the glossary with those that could be, or who supports, for such a part."""
    session, edition = db.session(), row.edition
    if row.kind == SectionKind.GLOSSARY:
        held = glossary.read(session, edition, gettext)
        known = {fold(each.term) for each in held.terms} | {fold(each.term) for each in held.offered}
        return {
            "terms": held.terms,
            "known_elsewhere": held.offered,
            "offered": [word for word in acronyms(held.texts) if fold(word) not in known],
        }
    if row.kind == SectionKind.SPONSORS:
        return {"sponsors": session.scalars(queries.sponsors(edition)).all()}
    return {}


def page_name(typed: str | None) -> str | None:
    """Return what names a page, if it could be one of ours."""
    return typed if typed and typed.isalnum() and len(typed) <= 32 else None  # noqa: PLR2004


@blueprint.post(f"{EDITION}/parties")
@permit(manage, Memorandum, key="slug")
def add_section(memorandum: Memorandum, *, number: int) -> Answer:
    """Add a part of the edition's own."""
    edition = edition_or_404(memorandum, number)
    form = NewSectionForm()
    if not form.validate():
        return page(edition, section_form=form), 422
    try:
        row = parts.add_section(
            db.session(), edition, form.section_title.data or "", actor=current_user(), now=clock.now()
        )
    except DomainError as problem:
        return refuse(problem, address(edition))
    return redirect(section_address(row), 303)


@blueprint.post(f"{EDITION}/parties/ordre")
@permit(manage, Memorandum, key="slug")
def order_sections(memorandum: Memorandum, *, number: int) -> Answer:
    """Put the parts in order: the whole order, or one by a place."""
    edition = edition_or_404(memorandum, number)
    session = db.session()
    return order(
        edition,
        "parties",
        put=lambda identifiers, **by: parts.order_sections(session, edition, identifiers, **by),
        move=lambda moved, **by: parts.move_section(session, own(EditionSection, edition, moved), **by),
    )


@blueprint.post(f"{EDITION}/parties/<int:section_id>/laisser")
@permit(manage, Memorandum, key="slug")
def leave_section_out(memorandum: Memorandum, *, number: int, section_id: int) -> Answer:
    """Leave a part out of the edition, or take it back."""
    edition = edition_or_404(memorandum, number)
    row = own(EditionSection, edition, section_id)
    wanted = request.form.get("left_out") == "yes"
    try:
        parts.leave_out(db.session(), row, left_out=wanted, actor=current_user(), now=clock.now())
    except DomainError as problem:
        return refuse(problem, address(edition))
    name = row.title or gettext(SECTIONS.get(row.kind, ""))
    said = (
        gettext("« %(name)s » est laissée de côté : elle ne sera pas imprimée.", name=name)
        if wanted
        else gettext("« %(name)s » est reprise.", name=name)
    )
    flash(said, "success")
    back = request.form.get("back") == "section"
    return redirect(section_address(row) if back else address(edition, "parties"), 303)


@blueprint.post(f"{EDITION}/parties/<int:section_id>/supprimer")
@permit(manage, Memorandum, key="slug")
def remove_section(memorandum: Memorandum, *, number: int, section_id: int) -> Answer:
    """Take an own part away; this can be undone."""
    edition = edition_or_404(memorandum, number)
    row = own(EditionSection, edition, section_id)
    title = row.title
    try:
        parts.remove_section(db.session(), row, actor=current_user(), now=clock.now())
    except DomainError as problem:
        return refuse(problem, address(edition))
    flash(gettext("La partie « %(title)s » est supprimée. « Annuler » la ramène.", title=title), "success")
    return redirect(address(edition, "parties"), 303)


@blueprint.post(f"{EDITION}/mise-en-page")
@permit(manage, Memorandum, key="slug")
def choose_layout(memorandum: Memorandum, *, number: int) -> Answer:
    """Choose how the PDF is laid out."""
    edition = edition_or_404(memorandum, number)
    wanted = request.form.get("layout", "")
    if wanted not in LAYOUTS:
        flash(gettext("Choisissez une mise en page dans la liste."), "warning")
        return redirect(address(edition, "pdf"), 303)
    try:
        parts.choose_layout(db.session(), edition, Layout(wanted), actor=current_user(), now=clock.now())
    except DomainError as problem:
        return refuse(problem, address(edition))
    flash(gettext("Mise en page choisie : %(name)s.", name=gettext(LAYOUTS[Layout(wanted)])), "success")
    return redirect(address(edition, "pdf"), 303)


@blueprint.post("/memorandums/apercu")
@permit(manage)
def preview() -> str:
    """Answer a typed text as a memorandum shows it; nothing is stored."""
    text = tidy(request.form.get("text") or request.form.get("introduction"))
    return render_template("publishing/preview.html", preview=rendered(text))
