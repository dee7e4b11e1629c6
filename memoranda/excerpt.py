"""What one part of an edition needs of all others to be printed alone: numbers, titles, and their order."""

from dataclasses import replace

from memoranda.content import Chapter, Edition, Item, Section, Signatory, Sponsor


def of(edition: Edition, anchor: str) -> Edition:
    """Return an edition whose part of that anchor gives the very same pages, quickly sent and read.

    Other chapters and parts keep what is said of them elsewhere: their order, numbers and titles.
    """
    chapters = tuple(one if one.anchor == anchor else _named(one) for one in edition.chapters)
    sections = tuple(one if one.anchor == anchor else _emptied(one) for one in edition.sections)
    found = replace(edition, chapters=chapters, sections=sections, threads=None, logo=None)
    if all(one.anchor != anchor for one in edition.chapters):
        return found
    signatories: tuple[Signatory, ...] = tuple(replace(one, logo=None) for one in edition.signatories)
    sponsors: tuple[Sponsor, ...] = tuple(replace(one, logo=None) for one in edition.sponsors)
    return replace(found, signatories=signatories, sponsors=sponsors)


def _named(chapter: Chapter) -> Chapter:
    items = tuple(
        Item(
            anchor=item.anchor, number=item.number, title=item.title, levels=item.levels,
            priority=item.priority, is_cross_cutting=item.is_cross_cutting, descent=item.descent,
        )
        for item in chapter.items
    )  # fmt: skip
    return Chapter(anchor=chapter.anchor, title=chapter.title, items=items)


def _emptied(section: Section) -> Section:
    """Return a part without its figures; one that holds nothing else keeps its place by its title."""
    return replace(section, text=section.text or (section.title if section.figures else ""), figures=())
