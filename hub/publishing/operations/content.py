"""What an edition holds, as the frozen plain data that the PDF and the page are made from.

The texts of a memorandum are French whatever the language of the person who builds it.
"""

import hashlib
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from itertools import chain
from typing import Any

from sqlalchemy.orm import Session

from hub.core import clock, settings
from hub.core.files import Store
from hub.core.search import slug
from hub.publishing.models.composition import Chapter, FigureKind, Item, SectionKind
from hub.publishing.models.editions import IN_COMPOSITION, Edition
from hub.publishing.operations import descent, drawing, figures, numbers
from hub.publishing.queries import contents
from hub.publishing.values import origins
from hub.publishing.values.authorities import level_of
from hub.recommendations.models.contributions import BENEFICIARIES, Contribution
from hub.recommendations.models.recommendations import Recommendation, RecommendationSource
from hub.recommendations.queries import testimonies
from hub.recommendations.queries.testimonies import Use
from memoranda import content

Shown = content.Signatory | content.Sponsor | content.Picture


@dataclass(frozen=True)
class Material:
    """An edition's content before its pictures are read and drawn, which takes longer.

    `anchors` says which recommendation stands behind an anchor. `stored` are the images that were sent, by
    what shows them: the SHA-256 of each. `said` is what somebody said of the items' descent.
    """

    edition: content.Edition
    register: drawing.Register
    with_figure: bool
    logo_sha256: str
    anchors: dict[str, int]
    stored: dict[Shown, str] = field(default_factory=dict)
    said: str = ""

    @property
    def fingerprint(self) -> str:
        """Return the SHA-256 of all that the PDF depends on: it changes when the PDF would.

        But for the descent that is computed: it is read where the PDF is built, and not for each look at it.
        """
        parts = (
            content.to_json(_without_descent(self.edition)),
            self.register.fingerprint,
            str(self.with_figure),
            self.logo_sha256,
            self.said,
            *(f"{thing!r} {sha256}" for thing, sha256 in self.stored.items()),
        )
        return hashlib.sha256("\n".join(parts).encode()).hexdigest()


def _without_descent(edition: content.Edition) -> content.Edition:
    chapters = tuple(
        replace(chapter, items=tuple(replace(item, descent=None) for item in chapter.items))
        for chapter in edition.chapters
    )
    return replace(edition, chapters=chapters, dropped=())


@dataclass(frozen=True)
class _Around:
    """What was read for all items: by recommendation, but for the levels of power, by code."""

    numbers: Mapping[int, str]
    levels: Mapping[str, str]
    addressed: Mapping[int, Sequence[Any]]
    sources: Mapping[int, Sequence[RecommendationSource]]
    signatures: Mapping[int, Sequence[str]]
    testimonies: Mapping[int, Sequence[content.Testimony]]


def read(session: Session, edition: Edition) -> content.Edition:
    """Read what an edition says, in seven statements: without its pictures, and without its descent."""
    return _read(session, edition).edition


@dataclass(frozen=True)
class Checked:
    """What is looked at before printing, and what its anchors stand for.

    These are codes of recommendations, and the numbers of chapters and of parts.
    """

    edition: content.Edition
    codes: Mapping[str, str]
    chapters: Mapping[str, int]
    sections: Mapping[str, int]


def to_check(session: Session, edition: Edition, store: Store) -> Checked:
    """Read an edition's own words, images and logos, in at most seven statements: nobody else's words.

    Without sources, co-signatures, descent and the network. Raises FileNotFoundError if an image is gone.
    """
    found = _read(session, edition, with_others=False)
    made = found.edition
    return Checked(
        edition=_with_pictures(made, found.stored, found.logo_sha256, store),
        codes={anchor_of(row.recommendation): row.recommendation.code for row in found.used},
        chapters={one.anchor: number for one, number in zip(made.chapters, found.chapters, strict=True)},
        sections={one.anchor: number for one, number in zip(made.sections, found.sections, strict=True)},
    )


def gather(session: Session, edition: Edition, *, with_descent: bool = True) -> Material:
    """Read all that the edition holds, in at most twelve statements however much that is.

    A draft leaves empty chapters out, so that it can be printed while it grows. `with_descent` says what each
    item is beside earlier memoranda, which reads seven times more; without, the fingerprint is the same.
    """
    found = _read(session, edition)
    said = _descended(session, edition, found.edition, found.used) if with_descent else found.edition
    return Material(
        edition=said,
        register=drawing.read(session, said.day),
        with_figure=any(section.kind == SectionKind.NETWORK for section in said.sections),
        logo_sha256=found.logo_sha256,
        anchors={anchor_of(row.recommendation): row.recommendation_id for row in found.used},
        stored=found.stored,
        said=" ".join(f"{row.recommendation_id}:{row.descent}" for row in found.used if row.descent),
    )


@dataclass(frozen=True)
class _Found:
    """What an edition says, the items behind it in their order, and the images that are to be read.

    `chapters` and `sections` are the numbers of those that are printed, in their order.
    """

    edition: content.Edition
    used: list[Item]
    stored: dict[Shown, str]
    logo_sha256: str
    chapters: list[int]
    sections: list[int]


def _read(session: Session, edition: Edition, *, with_others: bool = True) -> _Found:
    """Read an edition; without others, who said or signs what is left out."""
    network = settings.get(session)
    day = day_of(edition)
    is_draft = edition.state in IN_COMPOSITION
    matter = _by_kind(session.execute(contents.matter(edition)).all())
    rows = session.scalars(contents.chapters(edition)).unique().all()
    rows = [chapter for chapter in rows if chapter.items or not is_draft]
    used = [item for chapter in rows for item in chapter.items]
    drawn_positions = any(row.a == FigureKind.POSITIONS for row in matter[contents.FIGURE])
    around, carriers = _around(session, edition, used, with_carriers=drawn_positions, with_others=with_others)
    shown = figures.Figures(session, rows, carriers, day=day, primary=network.primary_colour)
    named = _contributions(around.sources.values())
    plain = content.Edition(
        **_cover(edition, network, day, is_draft=is_draft),
        chapters=_chapters(rows, around, shown.of(matter[contents.FIGURE], "chapter_id")),
        sections=_sections(matter[contents.SECTION], shown.of(matter[contents.FIGURE], "section_id")),
        preamble=next((row.c for row in matter[contents.SECTION] if row.a == SectionKind.PREAMBLE), ""),
        signatories=tuple(content.Signatory(name=row.a, commune=row.b) for row in matter[contents.SIGNATORY]),
        sponsors=tuple(content.Sponsor(name=row.a, mention=row.b) for row in matter[contents.SPONSOR]),
        glossary=_glossary(matter[contents.TERM]),
        questions=_questions(matter[contents.QUESTION], around.numbers),
        consultations=origins.consultations(named),
        sources=origins.documents(named),
        contact=_contact(network),
    )
    holders: tuple[Shown, ...] = (*plain.signatories, *plain.sponsors)
    logos = (*matter[contents.SIGNATORY], *matter[contents.SPONSOR])
    stored = shown.stored | {
        thing: row.sha256 for thing, row in zip(holders, logos, strict=True) if row.sha256
    }
    return _Found(
        plain, used, stored, next((row.sha256 for row in matter[contents.LOGO]), ""),
        [chapter.id for chapter in rows], [row.id for row in matter[contents.SECTION]],
    )  # fmt: skip


def _around(
    session: Session, edition: Edition, used: Sequence[Item], *, with_carriers: bool, with_others: bool
) -> tuple[_Around, dict[int, int]]:
    """Read what belongs to the items, and how many carry each."""
    signatures: Mapping[int, Sequence[str]] = {}
    carriers: dict[int, int] = {}
    if with_others:
        signatures, carriers = _voices(session, edition, with_carriers=with_carriers)
    addressed = session.execute(contents.addressed(edition)).all()
    body = [item.recommendation_id for item in used]
    around = _Around(
        numbers=numbers.of(session, edition.memorandum, body),
        levels={row.code: row.label for row in addressed if row.kind == contents.EVERY},
        addressed=_grouped(row for row in addressed if row.kind != contents.EVERY),
        sources=_behind(session, edition) if with_others else {},
        signatures=signatures,
        testimonies=_testimonies(session, body),
    )
    return around, carriers


def complete(material: Material, store: Store, *, with_network: bool = True) -> content.Edition:
    """Add the pictures: the network, logos, images. Raises FileNotFoundError if one is gone.

    Drawing the network takes a second; only the cover and its own part show it.
    """
    figure, threads = drawing.draw(material.register) if with_network else (None, None)
    edition = _with_pictures(material.edition, material.stored, material.logo_sha256, store)
    return replace(edition, figure=figure if material.with_figure else None, threads=threads)


def _with_pictures(
    edition: content.Edition, stored: Mapping[Shown, str], logo_sha256: str, store: Store
) -> content.Edition:
    read = {thing: store.read(sha256) for thing, sha256 in stored.items()}
    return replace(
        edition,
        logo=store.read(logo_sha256) if logo_sha256 else None,
        signatories=tuple(replace(one, logo=read.get(one)) for one in edition.signatories),
        sponsors=tuple(replace(one, logo=read.get(one)) for one in edition.sponsors),
        sections=tuple(replace(one, figures=_seen(one.figures, read)) for one in edition.sections),
        chapters=tuple(replace(one, figures=_seen(one.figures, read)) for one in edition.chapters),
    )


def _seen(pictures: tuple[content.Picture, ...], read: Mapping[Shown, bytes]) -> tuple[content.Picture, ...]:
    return tuple(replace(one, png=read[one]) if one in read else one for one in pictures)


def day_of(edition: Edition) -> date:
    """Return the date that an edition bears: of its freezing, or of its last change."""
    return clock.today(edition.frozen_at or edition.updated_at)


def anchor_of(recommendation: Recommendation) -> str:
    """Return the anchor of a recommendation, the same in every edition: « r-2023-014 »."""
    return slug(recommendation.code)


def _election(edition: Edition) -> str:
    election = edition.memorandum.election
    if election is None:
        return ""
    return f"{election.label} · {election.date_note}" if election.date_note else election.label


def _cover(
    edition: Edition, network: settings.NetworkSettings, day: date, *, is_draft: bool
) -> dict[str, Any]:
    memorandum = edition.memorandum
    election = memorandum.election
    fixed = election is not None and not election.date_note
    return {
        "title": memorandum.title,
        "subtitle": memorandum.subtitle,
        "network": network.name,
        "day": day,
        "version": f"Édition {edition.number}",
        "primary": network.primary_colour,
        "election": _election(edition),
        "election_day": election.held_on if election is not None and fixed else None,
        "territory": memorandum.territory.name if memorandum.territory else "",
        "addressees": ", ".join(line.strip() for line in memorandum.addressees.splitlines() if line.strip()),
        "is_draft": is_draft,
        "layout": edition.layout.value,
    }


def _by_kind(rows: Iterable[Any]) -> defaultdict[str, list[Any]]:
    found: defaultdict[str, list[Any]] = defaultdict(list)
    for row in rows:
        found[row.kind].append(row)
    return found


def _grouped(rows: Iterable[Any]) -> dict[int, list[Any]]:
    found: defaultdict[int, list[Any]] = defaultdict(list)
    for row in rows:
        found[row.recommendation_id].append(row)
    return found


def _behind(session: Session, edition: Edition) -> dict[int, list[RecommendationSource]]:
    found: defaultdict[int, list[RecommendationSource]] = defaultdict(list)
    for number, source in session.execute(contents.sources(edition)):
        found[number].append(source)
    return found


def _voices(
    session: Session, edition: Edition, *, with_carriers: bool
) -> tuple[dict[int, list[str]], dict[int, int]]:
    """Return who co-signs each recommendation, and by how many organisations each is carried."""
    names: defaultdict[int, list[str]] = defaultdict(list)
    carriers: dict[int, int] = {}
    for row in session.execute(contents.voices(edition, with_carriers=with_carriers)):
        if row.what == contents.SIGNS:
            names[row.recommendation_id].append(row.name)
        else:
            carriers[row.recommendation_id] = row.number
    return names, carriers


def _testimonies(session: Session, recommendations: Sequence[int]) -> dict[int, list[content.Testimony]]:
    """Return what may be printed of what was told: checked, and consented to for that."""
    found: defaultdict[int, list[content.Testimony]] = defaultdict(list)
    for recommendation, told in session.execute(testimonies.shown(recommendations, Use.PRINT)):
        if recommendation is None:
            continue
        found[recommendation].append(
            content.Testimony(text=told.text, who=told.pseudonym, may_post=told.may_post)
        )
    return found


def _sections(
    rows: Sequence[Any], shown: Mapping[int, tuple[content.Picture, ...]]
) -> tuple[content.Section, ...]:
    """Return the parts in their order; one of the edition's own is known by the words of its title."""
    made: list[content.Section] = []
    known: set[str] = set()
    for row in rows:
        if row.a == content.OWN:
            anchor = _own_anchor(row.b, known)
            title = row.b
        else:
            anchor, title = content.USUAL_SECTIONS[row.a]
        made.append(
            content.Section(
                kind=row.a, anchor=anchor, title=row.b or title, text=row.c, figures=shown.get(row.id, ())
            )
        )
    return tuple(made)


def _own_anchor(title: str, known: set[str]) -> str:
    base = f"partie-{slug(title)}"[:70].rstrip("-")
    anchor, number = base, 1
    while anchor in known:
        number += 1
        anchor = f"{base}-{number}"
    known.add(anchor)
    return anchor


def _chapters(
    chapters: Sequence[Chapter], around: _Around, shown: Mapping[int, tuple[content.Picture, ...]]
) -> tuple[content.Chapter, ...]:
    made: list[content.Chapter] = []
    for place, chapter in enumerate(chapters, start=1):
        # The place keeps two chapters of one name apart.
        anchor = f"chapitre-{place}-{slug(chapter.title)}"[:80].rstrip("-")
        made.append(
            content.Chapter(
                anchor=anchor,
                title=chapter.title,
                introduction=chapter.introduction,
                items=tuple(_item(item, around) for item in chapter.items),
                figures=shown.get(chapter.id, ()),
            )
        )
    return tuple(made)


def _item(item: Item, around: _Around) -> content.Item:
    recommendation = item.recommendation
    number = recommendation.id
    # A frozen edition says what was said then.
    said = item.version or recommendation
    told = around.addressed.get(number, ())
    asked = item.version.levels if item.version else [row.code for row in told if row.kind == contents.LEVEL]
    # Nothing is shown as an organisation's before it said that it is its own.
    named = _named(around.sources.get(number, ()))
    bearers = dict.fromkeys((*(one.author for one in named), *around.signatures.get(number, ())))
    beneficiaries = BENEFICIARIES[recommendation.beneficiaries]
    return content.Item(
        anchor=anchor_of(recommendation),
        number=around.numbers[number],
        title=said.title,
        text=said.text,
        finding=said.finding,
        justification=said.justification,
        indicator=said.indicator,
        plain=said.plain_text,
        short=said.short_text,
        levels=tuple(
            content.Level(code=code, label=label) for code, label in around.levels.items() if code in asked
        ),
        authorities=tuple(
            content.Authority(code=row.code, label=row.label, level=level_of(row.of_kind))
            for row in told
            if row.kind == contents.AUTHORITY
        ),
        theme=recommendation.theme.label if recommendation.theme else "",
        right=recommendation.right.label if recommendation.right else "",
        beneficiaries=(beneficiaries[0].lower() + beneficiaries[1:],),
        bearers=tuple(name for name in bearers if name),
        origins=tuple(dict.fromkeys(origins.origin(contribution) for contribution in named)),
        priority=item.priority,
        is_cross_cutting=item.is_cross_cutting,
        testimonies=tuple(around.testimonies.get(number, ())),
    )


def _named(sources: Iterable[RecommendationSource]) -> list[Contribution]:
    return [source.contribution for source in sources if source.contribution.may_be_named]


def _contributions(sources: Iterable[Sequence[RecommendationSource]]) -> list[Contribution]:
    """Return what may be named of all that the recommendations are made of, each once."""
    found = {one.id: one for one in _named(chain.from_iterable(sources))}
    return [found[number] for number in sorted(found)]


def _descended(
    session: Session, edition: Edition, plain: content.Edition, used: Sequence[Item]
) -> content.Edition:
    """Say what each item is beside earlier memoranda, where there are any."""
    if edition.memorandum.previous_id is None and edition.starts_from_id is None:
        return plain
    lineage = descent.of_edition(session, edition)
    if lineage.base is None:
        return plain
    said = {
        anchor_of(row.recommendation): content.Descent(
            kind=line.kind.value, since=line.since, earlier=line.earlier
        )
        for row in used
        if (line := lineage.lines.get(row.recommendation_id)) is not None
    }
    chapters = tuple(
        replace(chapter, items=tuple(replace(item, descent=said.get(item.anchor)) for item in chapter.items))
        for chapter in plain.chapters
    )
    gone = tuple(
        content.Dropped(number=one.number, title=one.title, year=one.year or 0, kind=one.kind.value)
        for one in lineage.gone
    )
    return replace(plain, chapters=chapters, dropped=gone)


def _glossary(rows: Sequence[Any]) -> tuple[content.Term, ...]:
    terms = (content.Term(term=row.a, definition=row.b) for row in rows)
    return tuple(sorted(terms, key=lambda term: (slug(term.term), term.term)))


def _questions(rows: Sequence[Any], borne: Mapping[int, str]) -> tuple[content.Question, ...]:
    return tuple(
        content.Question(text=row.a, number=borne.get(int(row.b), "") if row.b else "") for row in rows
    )


def _contact(network: settings.NetworkSettings) -> str:
    lines = (
        network.name,
        network.address,
        network.contact_email,
        network.contact_phone,
        network.website,
    )
    return "\n".join(line for line in lines if line)
