"""The testimonies of a published content: which it prints, and what is left once some are taken back."""

from collections.abc import Collection, Iterable
from dataclasses import replace

from memoranda.content import Edition, Item

# The anchor of a demand, the words, who says them.
Words = tuple[str, str, str]


def printed(edition: Edition, anchors: Collection[str]) -> dict[str, set[str]]:
    """Return the words of the testimonies that stand at these demands, by anchor."""
    return {
        item.anchor: {one.text for one in item.testimonies}
        for item in edition.items
        if item.testimonies and item.anchor in anchors
    }


def tells_any(edition: Edition) -> bool:
    """Say whether there is a testimony in it."""
    return any(item.testimonies for item in edition.items)


def holds_others(edition: Edition, allowed: Collection[Words]) -> bool:
    """Say whether a testimony in it is none of those that are allowed."""
    return any(
        (item.anchor, one.text, one.who) not in allowed for item in edition.items for one in item.testimonies
    )


def only(edition: Edition, allowed: Collection[Words]) -> Edition:
    """Return the edition with the testimonies that are allowed, and nothing else changed."""
    chapters = tuple(
        replace(chapter, items=tuple(_only(chapter.items, allowed))) for chapter in edition.chapters
    )
    return replace(edition, chapters=chapters)


def _only(items: Iterable[Item], allowed: Collection[Words]) -> Iterable[Item]:
    for item in items:
        kept = tuple(one for one in item.testimonies if (item.anchor, one.text, one.who) in allowed)
        yield item if kept == item.testimonies else replace(item, testimonies=kept)
