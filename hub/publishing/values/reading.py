"""A published content as readers find their way in it: by a demand's number, by words."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from markupsafe import Markup

from hub.core.search import fold
from memoranda.content import Edition, Item

MOST_FOUND = 100
AROUND = 90  # characters shown before and after what is found
_ARTICLE = re.compile(r'<article class="memo-item" aria-labelledby="([^"]+)">.*?(?=</article>)', re.DOTALL)


@dataclass(frozen=True, slots=True)
class Found:
    """A demand in which all words that were looked for stand, and where the first one does."""

    item: Item
    excerpt: str


def ordinal(item: Item) -> int:
    """Return the second half of its number, which its address has: 12 for « 2024/12 »."""
    return int(re.split(r"[./]", item.number)[-1])


def by_ordinal(edition: Edition, wanted: int) -> Item | None:
    """Return the demand of that number, None if the edition has none."""
    return next((item for item in edition.items if ordinal(item) == wanted), None)


def chapter_of(edition: Edition, item: Item) -> str:
    """Return the title of the chapter in which a demand stands."""
    return next(chapter.title for chapter in edition.chapters if item in chapter.items)


def search(edition: Edition, asked: str) -> list[Found]:
    """Find the demands that hold all of these words, whatever their accents and case, in their order."""
    words = fold(asked).split()
    if not words:
        return []
    return list(_matching(edition, words))[:MOST_FOUND]


def _matching(edition: Edition, words: list[str]) -> Iterator[Found]:
    for item in edition.items:
        texts = (item.title, item.text, item.finding, item.justification, item.indicator)
        named = (
            *item.bearers,
            *(level.label for level in item.levels),
            *(one.label for one in item.authorities),
        )
        whole = fold(" ".join((item.number, *texts, *named, item.theme, item.right)))
        if all(word in whole for word in words):
            yield Found(item, _excerpt(" ".join(texts[1:]), words[0]))


def _excerpt(text: str, word: str) -> str:
    """Return the words around the first place where the word stands, else the first words."""
    plain = " ".join(re.sub(r"[*_#>`\[\]]|\(https?://[^)]*\)", "", text).split())
    at = next((place.start() for place in re.finditer(r"\w+", plain) if fold(place[0]).startswith(word)), 0)
    start, end = max(0, at - AROUND), at + AROUND
    before = plain[start:at] if start == 0 else "…" + plain[start:at].partition(" ")[2]
    after = plain[at:end] if end >= len(plain) else plain[at:end].rpartition(" ")[0] + "…"
    return before + after


def weave(fragment: Markup, beside: Mapping[str, Markup]) -> Markup:
    """Put at the end of each demand of a page what stands beside it, by its anchor.

    `fragment` is what `memoranda.page` made: in it, an article holds no other one.
    """

    def put(match: re.Match[str]) -> str:
        return str(match[0]) + str(beside.get(match[1], ""))

    return Markup(_ARTICLE.sub(put, str(fragment)))  # noqa: S704 - both were escaped where they were made
