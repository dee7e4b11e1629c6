"""Chapters of an edition."""

import secrets
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext

from hub.core import clock
from hub.core.access import current_user, permit
from hub.core.db import db
from hub.core.errors import DomainError
from hub.publishing.forms.memoranda import ChapterForm, NewChapterForm
from hub.publishing.models.composition import Chapter, EditionFigure
from hub.publishing.models.editions import Memorandum
from hub.publishing.operations import composing
from hub.publishing.operations.composing import FrozenError
from hub.publishing.queries import checking
from hub.publishing.rules import manage
from hub.publishing.views.blueprint import EDITION, Answer, address, blame, blueprint, edition_or_404, refuse
from hub.publishing.views.commenting import comments_on
from hub.publishing.views.composing import order, own, page
from hub.publishing.views.parts import page_name, rendered
from hub.publishing.words import FIGURES


@blueprint.post(f"{EDITION}/chapitres")
@permit(manage, Memorandum, key="slug")
def add_chapter(memorandum: Memorandum, *, number: int) -> Answer:
    """Add a chapter at the end."""
    edition = edition_or_404(memorandum, number)
    form = NewChapterForm()
    if not form.validate():
        return page(edition, chapter_form=form), 422
    try:
        chapter = composing.add_chapter(
            db.session(), edition, form.title.data or "", actor=current_user(), now=clock.now()
        )
    except DomainError as problem:
        return refuse(problem, address(edition))
    return redirect(address(edition, f"chapitre-{chapter.id}"), 303)


@blueprint.post(f"{EDITION}/chapitres/ordre")
@permit(manage, Memorandum, key="slug")
def order_chapters(memorandum: Memorandum, *, number: int) -> Answer:
    """Put the chapters in order: the whole order, or one chapter by a place."""
    edition = edition_or_404(memorandum, number)
    session = db.session()
    return order(
        edition,
        "chapitres-ordre",
        put=lambda identifiers, **by: composing.order_chapters(session, edition, identifiers, **by),
        move=lambda moved, **by: composing.move_chapter(session, own(Chapter, edition, moved), **by),
    )


@blueprint.get(f"{EDITION}/chapitres/<int:chapter_id>")
@permit(manage, Memorandum, key="slug")
def edit_chapter(memorandum: Memorandum, *, number: int, chapter_id: int) -> Answer:
    """Show the form of a chapter's words."""
    edition = edition_or_404(memorandum, number)
    chapter = own(Chapter, edition, chapter_id)
    return _chapter_page(chapter, ChapterForm(formdata=None, obj=chapter), [])


@blueprint.post(f"{EDITION}/chapitres/<int:chapter_id>")
@permit(manage, Memorandum, key="slug")
def change_chapter(memorandum: Memorandum, *, number: int, chapter_id: int) -> Answer:
    """Change a chapter's words."""
    edition = edition_or_404(memorandum, number)
    chapter = own(Chapter, edition, chapter_id)
    form = ChapterForm()
    extra: list[str] = []
    if form.validate():
        if "preview" in request.form:
            return _chapter_page(chapter, form, [], mark=form.mark.data)
        try:
            composing.edit_chapter(
                db.session(), chapter, form.title.data or "", form.introduction.data or "",
                mark=form.mark.data or "", actor=current_user(), now=clock.now(),
            )  # fmt: skip
        except FrozenError as problem:
            return refuse(problem, address(edition))
        except DomainError as problem:
            extra = blame(form, problem)
        else:
            flash(gettext("Le texte est enregistré."), "success")
            here: dict[str, Any] = {"slug": memorandum.slug, "number": number, "chapter_id": chapter.id}
            return redirect(url_for("publishing.edit_chapter", page=page_name(form.page.data), **here), 303)
    return _chapter_page(chapter, form, extra), 422


def _chapter_page(chapter: Chapter, form: ChapterForm, extra: list[str], *, mark: str | None = None) -> str:
    # What is stored now is what the person sees beside what they typed.
    form.mark.data = mark or composing.seen(chapter.title, chapter.introduction)
    form.page.data = page_name(form.page.data) or secrets.token_hex(8)
    return render_template(
        "publishing/chapter.html",
        chapter=chapter,
        edition=chapter.edition,
        form=form,
        extra=extra,
        kept=page_name(request.args.get("page")),
        preview=rendered(form.introduction.data or ""),
        comments=comments_on(chapter.edition, chapter),
        figures=db.session.scalars(
            checking.figures(chapter.edition).where(EditionFigure.chapter_id == chapter.id)
        ).all(),
        figure_words=FIGURES,
    )


@blueprint.get(f"{EDITION}/chapitres/<int:chapter_id>/supprimer")
@permit(manage, Memorandum, key="slug")
def ask_remove_chapter(memorandum: Memorandum, *, number: int, chapter_id: int) -> Answer:
    """Say what taking the chapter out means."""
    edition = edition_or_404(memorandum, number)
    return render_template("publishing/remove_chapter.html", chapter=own(Chapter, edition, chapter_id))


@blueprint.post(f"{EDITION}/chapitres/<int:chapter_id>/supprimer")
@permit(manage, Memorandum, key="slug")
def remove_chapter(memorandum: Memorandum, *, number: int, chapter_id: int) -> Answer:
    """Take a chapter out with its items."""
    edition = edition_or_404(memorandum, number)
    chapter = own(Chapter, edition, chapter_id)
    title = chapter.title
    try:
        composing.remove_chapter(db.session(), chapter, actor=current_user(), now=clock.now())
    except DomainError as problem:
        return refuse(problem, address(edition))
    flash(gettext("Le chapitre « %(title)s » est supprimé.", title=title), "success")
    return redirect(address(edition, "plan"), 303)
