"""What is to be looked at before an edition is frozen; each remark says where it is mended."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from textwrap import shorten
from typing import Any

from sqlalchemy.orm import Session

from hub.core import i18n
from hub.core.errors import N_
from hub.core.search import fold
from hub.publishing.models.composition import (
    EditionFigure,
    EditionSection,
    EditionTerm,
    FigureKind,
    SectionKind,
)
from hub.publishing.models.editions import Edition
from hub.publishing.queries import checking as queries
from hub.publishing.queries import composition, reading
from hub.publishing.queries.memoranda import lapsed_in
from hub.publishing.words import SECTIONS
from hub.recommendations.models.recommendations import AGREED
from memoranda import single

LONG_TITLE = 120  # of a recommendation: beyond, a page of contents is hard to read
LONG_CHAPTER = 80
SHOWN_OF_ERRATUM = 90
USUAL_PRIORITIES = 6
# Parts that hold nothing but their text.
OF_TEXT = (SectionKind.PREAMBLE, SectionKind.CONSULTED, SectionKind.OWN)


@dataclass(frozen=True)
class Remark:
    """Something to look at; an error keeps the edition from being frozen.

    Where it is mended: an item of the outline or a chapter, a part, the recommendation of that code, the
    memorandum itself, its comments, the errata to take up; none of them for the edition as a whole.
    """

    msgid: str
    is_error: bool = True
    chapter_id: int | None = None
    section_id: int | None = None
    code: str = ""
    of_memorandum: bool = False
    of_comments: bool = False
    of_errata: bool = False
    params: Mapping[str, Any] = field(default_factory=dict)


def checklist(session: Session, edition: Edition) -> list[Remark]:
    """Say what is to be mended or looked at before freezing, errors first, in at most eight statements."""
    rows = session.execute(composition.outline(edition)).all()
    parts = list(session.scalars(composition.sections(edition)))
    figures = list(session.scalars(queries.figures(edition)))
    terms = list(session.scalars(queries.terms(edition)))
    remarks = [
        *_items(rows),
        *_chapters(rows),
        *_parts(parts, rows, figures),
        *_priorities(rows, parts),
        *_figures(figures, parts),
        *_terms(session, edition, terms, parts, rows),
        *_people(session, edition, parts),
        *_errata(session, edition),
    ]
    if not edition.memorandum.election_id:
        msgid = N_("Le mémorandum n’est lié à aucune élection.")
        remarks.append(Remark(msgid, is_error=False, of_memorandum=True))
    return sorted(remarks, key=lambda remark: not remark.is_error)


def has_errors(session: Session, edition: Edition) -> bool:
    """Say whether something keeps the edition from being frozen."""
    return any(remark.is_error for remark in checklist(session, edition))


def _items(rows: Sequence[Any]) -> Iterator[Remark]:
    items = [row for row in rows if row.id is not None]
    if not items:
        yield Remark(N_("L’édition ne contient encore aucune recommandation."))
    for number, row in enumerate(items, start=1):
        params = {"number": number, "title": row.title}
        if row.state not in AGREED:
            msgid = N_("Recommandation %(number)s (« %(title)s ») : elle n’est pas adoptée.")
            yield Remark(msgid, code=row.code, params=params)
        if not row.levels:
            msgid = N_("Recommandation %(number)s (« %(title)s ») : le niveau de pouvoir manque.")
            yield Remark(msgid, code=row.code, params=params)
        if len(row.title) > LONG_TITLE:
            msgid = N_("Recommandation %(number)s (« %(title)s ») : son titre dépasse %(max)s signes.")
            yield Remark(msgid, is_error=False, code=row.code, params={**params, "max": LONG_TITLE})


def _chapters(rows: Sequence[Any]) -> Iterator[Remark]:
    seen: set[int] = set()
    for row in rows:
        if row.chapter_id in seen:
            continue
        seen.add(row.chapter_id)
        params = {"title": row.chapter}
        if row.id is None:
            yield Remark(N_("Le chapitre « %(title)s » est vide."), chapter_id=row.chapter_id, params=params)
        if len(row.chapter) > LONG_CHAPTER:
            msgid = N_("Le titre du chapitre « %(title)s » dépasse %(max)s signes.")
            params = {**params, "max": LONG_CHAPTER}
            yield Remark(msgid, is_error=False, chapter_id=row.chapter_id, params=params)


def _parts(
    parts: Sequence[EditionSection], rows: Sequence[Any], figures: Sequence[EditionFigure]
) -> Iterator[Remark]:
    drawn = {figure.section_id for figure in figures}
    has_items = any(row.id is not None for row in rows)
    for part in parts:
        if part.is_left_out or part.text.strip() or part.kind not in OF_TEXT or part.id in drawn:
            continue
        msgid = N_("La partie « %(title)s » est vide : elle n’apparaîtra pas.")
        if part.kind is SectionKind.CONSULTED and has_items:
            msgid = N_("La partie « %(title)s » n’a pas de texte : on n’y lira qu’un tableau fait tout seul.")
        params = {"title": _name(part)}
        yield Remark(msgid, is_error=False, section_id=part.id, params=params)


def _priorities(rows: Sequence[Any], parts: Sequence[EditionSection]) -> Iterator[Remark]:
    part = _of(parts, SectionKind.PRIORITIES)
    chosen = sum(1 for row in rows if row.priority is not None)
    if part.is_left_out and chosen:
        msgid = N_("Des priorités sont choisies, mais leur partie est laissée de côté.")
        yield Remark(msgid, is_error=False, section_id=part.id)
    elif not part.is_left_out and chosen > USUAL_PRIORITIES:
        msgid = N_("%(count)s priorités : au-delà de %(max)s, elles se retiennent mal.")
        params = {"count": chosen, "max": USUAL_PRIORITIES}
        yield Remark(msgid, is_error=False, section_id=part.id, params=params)


def _figures(figures: Sequence[EditionFigure], parts: Sequence[EditionSection]) -> Iterator[Remark]:
    whole = _of(parts, SectionKind.CHAPTERS)
    numbers: Counter[tuple[int | None, int | None]] = Counter()
    for figure in figures:
        # As its own page counts it: the remark leads there.
        numbers[figure.chapter_id, figure.section_id] += 1
        number = numbers[figure.chapter_id, figure.section_id]
        where: dict[str, Any] = {"chapter_id": figure.chapter_id, "section_id": figure.section_id}
        if figure.chapter_id is None and figure.section_id is None:
            where["section_id"] = whole.id
        params = {"name": figure.caption or str(number)}
        if figure.kind == FigureKind.IMAGE and not figure.alternative.strip():
            msgid = N_("Figure « %(name)s » : dites ce qu’elle montre à qui ne la voit pas.")
            yield Remark(msgid, params=params, **where)
        if figure.kind == FigureKind.IMAGE and not figure.source.strip():
            msgid = N_("Figure « %(name)s » : sa source manque.")
            yield Remark(msgid, is_error=False, params=params, **where)


def _terms(
    session: Session,
    edition: Edition,
    terms: Sequence[EditionTerm],
    parts: Sequence[EditionSection],
    rows: Sequence[Any],
) -> Iterator[Remark]:
    part = _of(parts, SectionKind.GLOSSARY)
    if not terms or part.is_left_out:
        return
    texts = [" ".join(row) for row in session.execute(queries.texts(edition))]
    texts += [f"{one.title} {one.text}" for one in parts]
    texts += [f"{row.chapter} {row.introduction}" for row in rows]
    whole = fold(" ".join(texts))
    for term in terms:
        if fold(term.term) not in whole:
            msgid = N_("Glossaire : « %(term)s » n’apparaît nulle part dans l’édition.")
            yield Remark(msgid, is_error=False, section_id=part.id, params={"term": term.term})


def _people(session: Session, edition: Edition, parts: Sequence[EditionSection]) -> Iterator[Remark]:
    for row in session.scalars(lapsed_in(edition)):
        msgid = N_(
            "Co-signature à redemander : %(name)s avait signé un texte qui a changé depuis (%(code)s)."
        )
        params = {"name": row.organisation.name, "code": row.recommendation.code}
        yield Remark(msgid, is_error=False, code=row.recommendation.code, params=params)
    waiting, signing, unsettled = session.execute(queries.counts(edition)).one()
    if waiting:
        msgid = N_(
            "Contributions que leur organisation n’a pas encore confirmées, et que l’édition ne cite donc "
            "pas : %(count)s."
        )
        yield Remark(msgid, is_error=False, params={"count": waiting})
    part = _of(parts, SectionKind.SIGNATORIES)
    if not part.is_left_out and not signing:
        msgid = N_("Aucune organisation ne signe le mémorandum.")
        yield Remark(msgid, is_error=False, section_id=part.id)
    if unsettled:
        msgid = N_("Commentaires encore à régler : %(count)s.")
        yield Remark(msgid, is_error=False, of_comments=True, params={"count": unsettled})


def _errata(session: Session, edition: Edition) -> Iterator[Remark]:
    if edition.starts_from_id is None:
        return
    for row in session.execute(reading.errata_to_take_up(edition)):
        if row.taken_up is not None:
            continue
        msgid = N_("Erratum du %(day)s pas encore repris : « %(text)s »")
        params = {
            "day": i18n.format_date(row.erratum.written_at),
            "text": shorten(single.plain(row.erratum.text), SHOWN_OF_ERRATUM, placeholder=" …"),
        }
        yield Remark(msgid, is_error=False, of_errata=True, params=params)


def _of(parts: Sequence[EditionSection], kind: SectionKind) -> EditionSection:
    return next(part for part in parts if part.kind == kind)


def _name(part: EditionSection) -> str:
    return part.title or SECTIONS.get(part.kind, "")
