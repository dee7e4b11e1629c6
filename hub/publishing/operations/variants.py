"""Leaflets of an edition and their PDFs.

What is published is read from the very content that was published, so that its leaflets never change either.
The public asks for nothing that isn't one of a published edition's own leaflets: there are as many as levels
of power, authorities and themes in it and communes that it is for, and each is built once.
"""

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.actors.models.reference import Territory, TerritoryKind
from hub.core import audit, files, jobs
from hub.core.errors import N_, DomainError
from hub.publishing.models.builds import WHOLE, Build
from hub.publishing.models.composition import Item
from hub.publishing.models.editions import IN_COMPOSITION, PUBLIC, Edition, Layout, Memorandum
from hub.publishing.models.leaflets import Leaflet
from hub.publishing.operations import consented, content, numbers
from hub.publishing.operations.publication import PDF, Printed
from hub.publishing.queries import leaflets as queries
from hub.publishing.queries import memoranda as editions
from hub.publishing.values.authorities import level_of
from hub.recommendations.queries.testimonies import Use
from memoranda import pages, variants
from memoranda.content import Authority, Chapter, Level, Question, digest
from memoranda.content import Edition as Content
from memoranda.content import Item as ContentItem
from memoranda.variants import Kind, UnknownVariantError

JOB = "publishing.leaflets"
AHEAD = "publishing.leaflets_ahead"
MOST_AHEAD = 40


@dataclass(frozen=True)
class Sheet:
    """A leaflet to print: its content, its fingerprint; `material` draws what a draft still lacks."""

    name: str
    edition: Content
    fingerprint: str
    material: content.Material | None = None


# --- What an edition's leaflets hold ------------------------------------------------------------


def outline(session: Session, edition: Edition, *, numbered: bool = True, asked: bool = True) -> Content:
    """Return what the edition says now, without who bears it and what is drawn, in few statements.

    `numbered`: with the numbers of its items; `asked`: with the questions to candidates.
    """
    rows = session.scalars(queries.items(edition)).all()
    memorandum = edition.memorandum
    identifiers = [row.recommendation_id for row in rows]
    borne = numbers.of(session, memorandum, identifiers) if numbered else {}
    named: defaultdict[int, list[Authority]] = defaultdict(list)
    for identifier, code, label, kind in session.execute(queries.authorities(edition)):
        named[identifier].append(Authority(code=code, label=label, level=level_of(kind)))
    chapters: dict[int, Chapter] = {}
    for place, row in enumerate(rows, start=1):
        held = chapters.setdefault(
            row.chapter_id,
            Chapter(
                anchor=f"chapitre-{len(chapters) + 1}", title=row.chapter.title,
                introduction=row.chapter.introduction,
            ),
        )  # fmt: skip
        item = _item(row, borne.get(row.recommendation_id, str(place)), named[row.recommendation_id])
        chapters[row.chapter_id] = replace(held, items=(*held.items, item))
    written = session.scalars(queries.questions(edition)).all() if asked else []
    own = {row.id: borne.get(row.recommendation_id, "") for row in rows}
    return Content(
        title=memorandum.title, subtitle=memorandum.subtitle, network=memorandum.title,
        day=content.day_of(edition), version=f"Édition {edition.number}",
        is_draft=edition.state in IN_COMPOSITION, chapters=tuple(chapters.values()),
        questions=tuple(
            Question(text=row.text, number=own.get(row.item_id, "") if row.item_id else "") for row in written
        ),
    )  # fmt: skip


def _item(row: Item, number: str, authorities: Sequence[Authority]) -> ContentItem:
    recommendation = row.recommendation
    said = row.version or recommendation  # a frozen edition says what was said then
    codes = row.version.levels if row.version else [level.code for level in recommendation.levels]
    return ContentItem(
        anchor=content.anchor_of(recommendation), number=number, title=said.title, text=said.text,
        finding=said.finding, justification=said.justification, indicator=said.indicator,
        plain=said.plain_text, short=said.short_text, authorities=tuple(authorities),
        levels=tuple(
            Level(code=one.code, label=one.label) for one in recommendation.levels if one.code in codes
        ),
        theme=recommendation.theme.label if recommendation.theme else "",
        right=recommendation.right.label if recommendation.right else "",
        priority=row.priority, is_cross_cutting=row.is_cross_cutting,
    )  # fmt: skip


def whole(session: Session, edition: Edition) -> Content:
    """Return all that an edition holds: what was published, or what it holds now, without its pictures."""
    if edition.state in PUBLIC:
        return published(session, edition)
    return content.read(session, edition)


def published(session: Session, edition: Edition, use: Use = Use.POST) -> Content:
    """Return the content with which an edition was published, but for testimonies that were taken back.

    Raises UnknownVariantError if there is none.
    """
    build = session.scalar(editions.published_build(edition))
    if build is None or edition.state not in PUBLIC:
        raise UnknownVariantError(WHOLE)
    return consented.read(session, build, use)


def make(
    session: Session, edition: Edition, source: Content, name: str, leaflets: Sequence[Leaflet] = ()
) -> Content:
    """Return the variant of that name of what an edition holds.

    `leaflets` are those chosen by hand that may be meant. Raises UnknownVariantError.
    """
    if variants.commune_of(name):
        found = communes(session, edition.memorandum)
        commune = next((row for row in found if variants.commune_name(row.code) == name), None)
        if commune is None:
            raise UnknownVariantError(name)
        return for_commune(session, source, commune)
    for leaflet in leaflets:
        if variants.chosen_name(leaflet.slug) == name:
            anchors = [content.anchor_of(row.item.recommendation) for row in leaflet.items]
            return variants.chosen(
                source, anchors, name=name, title=leaflet.title, introduction=leaflet.introduction
            )
    return variants.make(source, name)


def communes(session: Session, memorandum: Memorandum) -> Sequence[Territory]:
    """Return the communes that have a leaflet: of the province that the memorandum is for, else all."""
    place = memorandum.territory
    if place is not None and place.kind in {TerritoryKind.COMMUNE, TerritoryKind.NEIGHBOURHOOD}:
        return ()
    province = place.id if place is not None and place.kind is TerritoryKind.PROVINCE else None
    return session.scalars(queries.communes(province)).all()


def for_commune(session: Session, source: Content, commune: Territory) -> Content:
    """Return what is asked of a commune. Raises UnknownVariantError if that is nothing."""
    codes = {one.code for one in variants.authorities(source) if one.code}
    seats = session.execute(queries.seats(codes)).all() if codes else ()
    own = [slug for slug, where in seats if where == commune.code]
    return variants.for_commune(source, commune.code, commune.name, own)


def sheets(session: Session, edition: Edition, names: Sequence[str]) -> list[Sheet]:
    """Return those leaflets, ready to be printed; what the edition no longer has is left aside."""
    leaflets = session.scalars(queries.leaflets(edition)).unique().all()
    material = None if edition.state in PUBLIC else content.gather(session, edition)
    source = published(session, edition, Use.PRINT) if material is None else material.edition
    made: list[Sheet] = []
    for name in names:
        try:
            sheet = make(session, edition, source, name, leaflets)
        except UnknownVariantError:
            continue
        if not sheet.items and not sheet.questions:
            continue  # chosen by hand, and still empty
        if material is None:
            made.append(Sheet(name, sheet, digest(sheet)))
        else:
            own = replace(material, edition=sheet, with_figure=False)
            made.append(Sheet(name, sheet, own.fingerprint, own))
    return made


# --- Asking for PDFs ----------------------------------------------------------------------------


def running(session: Session, edition: Edition) -> list[jobs.Job]:
    """Return the jobs that build leaflets of the edition now, or wait to."""
    rows = session.scalars(jobs.of(edition, JOB).where(jobs.Job.state.not_in(jobs.OVER)))
    return [row for row in rows if not row.cancel_requested]


def last_job(session: Session, edition: Edition, name: str) -> jobs.Job | None:
    """Return the last job that was to build that leaflet."""
    rows = session.scalars(jobs.of(edition, JOB).limit(60))
    return next((row for row in rows if name in row.arguments["names"]), None)


def request(
    session: Session, edition: Edition, names: Collection[str], *, actor: Any, now: datetime
) -> jobs.Job | None:
    """Ask for the PDFs of leaflets; what is being built, or is built for good, isn't asked for again.

    Returns the job at work, None if nothing is to be done. Raises DomainError for an edition that is frozen
    and not yet public.
    """
    session.refresh(edition, with_for_update=True)
    if edition.state not in (*IN_COMPOSITION, *PUBLIC):
        raise DomainError(N_("L’édition est gelée : ses feuillets se construisent dès qu’elle est publiée."))
    at_work = running(session, edition)
    wanted = set(names) - {name for job in at_work for name in job.arguments["names"]}
    if edition.state in PUBLIC:
        wanted -= _built_for_good(session, edition)
    if not wanted:
        return at_work[0] if at_work else None
    return jobs.enqueue(
        session, JOB, now=now, subject=edition, actor_id=getattr(actor, "id", None), edition_id=edition.id,
        names=[name for name in dict.fromkeys(names) if name in wanted],
    )  # fmt: skip


def to_build_ahead(session: Session, edition: Edition) -> list[str]:
    """Return the leaflets of a public edition that readers will ask for first, and aren't built, at most 40.

    Those are the levels of power, then the communes and CPAS that are asked something by name.
    """
    if edition.state not in PUBLIC:
        return []
    source = published(session, edition)
    near = {one.code for one in variants.authorities(source) if one.level == "commune"}
    found = [one.name for one in variants.of_kind(source, Kind.LEVEL)]
    found += [one.name for one in variants.of_kind(source, Kind.AUTHORITY) if one.code in near]
    built = _built_for_good(session, edition)
    return [name for name in found if name not in built][:MOST_AHEAD]


def enqueue_ahead(
    session: Session, edition: Edition, names: Sequence[str], *, built: int = 0, now: datetime
) -> jobs.Job:
    """Have the first of these leaflets built, then the others, each behind the work that waits then.

    `built` is how many were built so before.
    """
    return jobs.enqueue(
        session, JOB, now=now, subject=edition, edition_id=edition.id, names=[names[0]],
        later=list(names[1:]), before=built,
    )  # fmt: skip


def _built_for_good(session: Session, edition: Edition) -> set[str]:
    """Return the leaflets of a published edition that are built; those chosen by hand may change."""
    chosen = variants.chosen_name("")
    names = session.scalars(
        select(Build.variant)
        .join(Build.file)
        .where(Build.edition_id == edition.id, Build.is_draft.is_(False), files.StoredFile.size > 0)
    )
    return {name for name in names if not name.startswith(chosen)}


def known(session: Session, edition: Edition, sheet: Sheet, *, now: datetime) -> Build | None:
    """Return the PDF that was built from that very content; a draft's is its last one from now on."""
    build = session.scalar(editions.same_build(edition, sheet.fingerprint))
    if build is not None and not build.file.size:
        return None  # taken back, and given again since: its file is to be filled again
    if build is not None and edition.state in IN_COMPOSITION:
        build.created_at = now
        session.flush()
    return build


def keep(
    session: Session, store: files.Store, edition: Edition, sheet: Sheet, printed: Printed, *, now: datetime
) -> Build | None:
    """Keep a leaflet's PDF, once; None if the edition was frozen or published since its content was read."""
    session.refresh(edition, with_for_update=True)
    is_draft = sheet.edition.is_draft
    if is_draft != (edition.state in IN_COMPOSITION) or edition.state not in (*IN_COMPOSITION, *PUBLIC):
        return None
    found = known(session, edition, sheet, now=now)
    if found is not None:
        return found
    emptied = session.scalar(editions.same_build(edition, sheet.fingerprint))
    if emptied is not None:
        emptied.file.sha256, emptied.file.size = store.write(printed.pdf), len(printed.pdf)
        session.flush()
        return emptied
    draft = "-projet" if is_draft else ""
    name = f"{edition.memorandum.slug}-edition-{edition.number}-{sheet.name}{draft}.pdf"
    build = Build(
        edition_id=edition.id, variant=sheet.name, layout=Layout(sheet.edition.layout),
        file=files.keep(session, store, printed.pdf, name, PDF, now=now),
        content_hash=printed.fingerprint, content=printed.content, is_draft=is_draft, places={},
        pages=pages.count(printed.pdf), created_at=now,
    )  # fmt: skip
    session.add(build)
    session.flush()
    return build


def tell(session: Session, edition: Edition, number: int, *, actor: Any, now: datetime) -> None:
    """Note in the edition's history that leaflets were built."""
    audit.record(
        session, "edition.leaflets_built", edition, actor=actor, now=now, changes={"count": [None, number]}
    )
