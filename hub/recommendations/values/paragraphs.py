"""A text by paragraphs: what stands between blank lines, counted from 0."""

import re
from collections.abc import Iterator

GAP = re.compile(r"\n[ \t]*(?:\n[ \t]*)+")


def _spans(text: str) -> Iterator[tuple[int, int]]:
    """Yield where each paragraph begins and ends."""
    start = 0
    for gap in GAP.finditer(text):
        if text[start : gap.start()].strip():
            yield start, gap.start()
        start = gap.end()
    if text[start:].strip():
        yield start, len(text)


def paragraphs(text: str) -> list[str]:
    """Return the paragraphs of a text."""
    return [text[start:end].strip() for start, end in _spans(text)]


def place_of(text: str, number: int, words: str) -> int | None:
    """Return where a paragraph with these words stands now: at its number, or where alone it does; else None.

    Without words it is one to be added: at the end.
    """
    found = paragraphs(text)
    if not words:
        return len(found)
    if number < len(found) and found[number] == words:
        return number
    return found.index(words) if found.count(words) == 1 else None


def replaced(text: str, number: int, words: str) -> str:
    """Return the text with other words in one paragraph, all else as it stands; without words it is left out.

    The number after the last adds a paragraph.
    """
    spans = list(_spans(text))
    if number >= len(spans):
        return "\n\n".join(part for part in (text.rstrip(), words) if part)
    start, end = spans[number]
    if words:
        return text[:start] + words + text[end:]
    following = spans[number + 1][0] if number + 1 < len(spans) else len(text)
    return (text[:start] + text[following:]).strip()
