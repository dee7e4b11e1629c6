"""The checklist of an edition: what is to be looked at before it is frozen, and where it is mended."""

from collections.abc import Mapping, Sequence
from itertools import groupby
from typing import Any

from flask import Response, render_template, request, url_for
from flask_babel import gettext

from hub.core import files
from hub.core.access import permit
from hub.core.db import db
from hub.core.errors import N_, DomainError
from hub.publishing.jobs import building as printing
from hub.publishing.models.composition import Chapter, EditionSection
from hub.publishing.models.editions import IN_COMPOSITION, Edition, Memorandum
from hub.publishing.operations import checking, content
from hub.publishing.queries import composition
from hub.publishing.rules import manage
from hub.publishing.views.blueprint import EDITION, Answer, blueprint, edition_or_404, refuse
from hub.publishing.views.composing import own
from hub.publishing.views.parts import PRINTED_ALONE
from memoranda import preflight
from memoranda.content import outline
from memoranda.errors import BuildError, ContentError

FEW = 6  # beside the outline
GONE = N_(
    "Une image ou un logo de cette édition est introuvable : le PDF ne peut pas se construire. Choisissez à "
    "nouveau ses figures et ses logos."
)


@blueprint.get(f"{EDITION}/verifier")
@permit(manage, Memorandum, key="slug")
def check(memorandum: Memorandum, *, number: int) -> str:
    """List what is to be looked at; `court` asks for the first few, beside the outline."""
    edition = edition_or_404(memorandum, number)
    remarks = checking.checklist(db.session(), edition)
    if "court" in request.args:
        return render_template(
            "publishing/remarks_few.html", edition=edition, remarks=remarks[:FEW], left=len(remarks[FEW:])
        )
    return render_template(
        "publishing/check.html",
        edition=edition,
        errors=[remark for remark in remarks if remark.is_error],
        warnings=[remark for remark in remarks if not remark.is_error],
        is_draft=edition.state in IN_COMPOSITION,
    )


@blueprint.get(f"{EDITION}/verifier/impression")
@permit(manage, Memorandum, key="slug")
def check_print(memorandum: Memorandum, *, number: int) -> str:
    """Answer what the printed pages would show badly: for the page of the checklist, or as a page."""
    edition = edition_or_404(memorandum, number)
    try:
        checked = content.to_check(db.session(), edition, files.store())
    except FileNotFoundError:
        return _remarks_page(edition, [(gettext(GONE), None)])
    targets = _targets(edition, checked)
    remarks = preflight.remarks(checked.edition, printing.FONTS)
    return _remarks_page(edition, [(one.sentence, targets.get(one.anchor)) for one in remarks])


def _remarks_page(edition: Edition, remarks: Sequence[tuple[str, str | None]]) -> str:
    name = "preflight" if "HX-Request" in request.headers else "check_print"
    return render_template(f"publishing/{name}.html", edition=edition, remarks=remarks)


@blueprint.get(f"{EDITION}/chapitres/<int:chapter_id>/page")
@permit(manage, Memorandum, key="slug")
def print_chapter(memorandum: Memorandum, *, number: int, chapter_id: int) -> Answer:
    """Show a chapter as it will be printed; nothing is stored."""
    edition = edition_or_404(memorandum, number)
    chapter = own(Chapter, edition, chapter_id)
    back = url_for("publishing.edit_chapter", slug=memorandum.slug, number=number, chapter_id=chapter.id)
    material = content.gather(db.session(), edition)
    anchor = _chapter_anchors(edition, material).get(chapter.id)
    if anchor is None:
        return refuse(DomainError(N_("Ajoutez d’abord une recommandation à ce chapitre.")), back)
    return _printed(material, anchor, back)


@blueprint.get(f"{EDITION}/parties/<int:section_id>/page")
@permit(manage, Memorandum, key="slug")
def print_section(memorandum: Memorandum, *, number: int, section_id: int) -> Answer:
    """Show a part as it will be printed; nothing is stored."""
    edition = edition_or_404(memorandum, number)
    section = own(EditionSection, edition, section_id)
    back = url_for("publishing.section", slug=memorandum.slug, number=number, section_id=section.id)
    if section.is_left_out:
        return refuse(DomainError(N_("Cette partie est laissée de côté : elle n’est pas imprimée.")), back)
    material = content.gather(db.session(), edition)
    anchor = _section_anchors(edition, material)[section.id]
    if all(part.anchor != anchor for part in outline(material.edition)):
        return refuse(DomainError(N_("Cette partie est encore vide : elle n’est pas imprimée.")), back)
    if section.kind not in PRINTED_ALONE:
        return refuse(DomainError(N_("Cette partie renvoie à d’autres pages : construisez le PDF.")), back)
    return _printed(material, anchor, back)


def _printed(material: content.Material, anchor: str, back: str) -> Answer:
    """Answer the PDF of a chapter or of a part; why it can't be had is told where it is written."""
    try:
        pdf = printing.preview(material, files.store(), anchor)
    except (BuildError, ContentError, FileNotFoundError) as problem:
        said = " ".join(printing.problems_of(problem)).replace("%", "%%")
        return refuse(DomainError(said), back)
    headers = {"Cache-Control": "private, no-store", "X-Content-Type-Options": "nosniff"}
    return Response(pdf, mimetype="application/pdf", headers=headers)


def _chapter_anchors(edition: Edition, material: content.Material) -> Mapping[int, str]:
    """Return the anchor of each chapter that is printed."""
    rows = db.session.execute(composition.outline(edition)).all()
    printed = [
        identifier
        for identifier, items in groupby(rows, key=lambda row: row.chapter_id)
        if any(item.id is not None for item in items)
    ]
    anchors = [chapter.anchor for chapter in material.edition.chapters]
    return dict(zip(printed, anchors, strict=False))


def _section_anchors(edition: Edition, material: content.Material) -> Mapping[int, str]:
    """Return the anchor of each part that isn't left out."""
    rows = db.session.scalars(composition.sections(edition).where(EditionSection.is_left_out.is_(False)))
    return {row.id: part.anchor for row, part in zip(rows, material.edition.sections, strict=True)}


def _targets(edition: Edition, checked: content.Checked) -> Mapping[str, str]:
    """Return where what an anchor stands for is mended."""
    here: dict[str, Any] = {"slug": edition.memorandum.slug, "number": edition.number}
    return {
        "": url_for("publishing.edit", slug=edition.memorandum.slug),
        **{anchor: url_for("recommendations.show", code=code) for anchor, code in checked.codes.items()},
        **{
            anchor: url_for("publishing.edit_chapter", chapter_id=number, **here)
            for anchor, number in checked.chapters.items()
        },
        **{
            anchor: url_for("publishing.section", section_id=number, **here)
            for anchor, number in checked.sections.items()
        },
    }
