"""What differs between two texts, word by word, and between two versions of minutes, part by part."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from difflib import SequenceMatcher
from enum import StrEnum

from memoranda.minutes.content import Decided, Party, Passage, Task, Text

# A space goes with its word: alone it would match anywhere. Signs stand apart: a comma more is no other word.
WORDS = re.compile(r"[\w’'-]+\s*|[^\w\s’'-]+\s*|\s+")
MOST_WORDS = 3_000  # of a changed block: beyond, it is shown as replaced as a whole


class Kind(StrEnum):
    """Whether a piece of text stayed, came or went."""

    SAME = "same"
    ADDED = "added"
    REMOVED = "removed"


@dataclass(frozen=True)
class Piece:
    """A run of text of one kind; it may hold line breaks."""

    kind: Kind
    text: str


@dataclass(frozen=True)
class Part:
    """A part of the minutes that differs: its heading, and its text in pieces."""

    title: str
    pieces: tuple[Piece, ...]


@dataclass(frozen=True)
class _Said:
    """What a part says: the heading it stands under, what is named there (a point's title), its text."""

    heading: str
    text: str
    name: str = ""


def between(old: Text, new: Text) -> list[Part]:
    """Return the parts that differ, in the order of the new text; those that went come last."""
    before, after = dict(_parts(old)), dict(_parts(new))
    found = []
    for key in [*after, *(key for key in before if key not in after)]:
        was, now = before.get(key, _Said("", "")), after.get(key, _Said("", ""))
        if (was.name, was.text) != (now.name, now.text):
            renamed = was.name != now.name
            texts = (_lines((one.name, one.text)) if renamed else one.text for one in (was, now))
            found.append(Part(now.heading or was.heading, tuple(pieces(*texts))))
    return found


def _parts(text: Text) -> Iterator[tuple[str, _Said]]:
    """Yield the parts of the minutes by a key that stays when a point moves."""
    sitting = text.sitting
    head = (sitting.title, sitting.space, sitting.when, sitting.place, sitting.online)
    yield "head", _Said("Réunion", _lines(head))
    presences = (
        *(_people("Présents", text.present)), *(_people("Représentés", text.represented)),
        *(_people("Excusés", text.excused)), *(_people("Absents", text.absent)),
    )  # fmt: skip
    yield "presences", _Said("Qui était là", _lines(presences))
    yield "introduction", _Said("Introduction", text.introduction)
    for passage in text.passages:
        heading = f"{passage.number}. {passage.title}"
        yield f"point-{passage.key}", _Said(heading, _lines(_passage(passage)), passage.title)
    yield "tasks", _Said("Autres actions", _lines(_task(task) for task in text.tasks))
    yield "closing", _Said("Pour conclure", text.closing)
    yield "next", _Said("Prochaine réunion", text.next_meeting)


def _lines(lines: Iterable[str]) -> str:
    return "\n".join(line for line in lines if line)


def _people(word: str, parties: tuple[Party, ...]) -> Iterator[str]:
    for party in parties:
        by = f" (par {party.by})" if party.by else ""
        yield f"{word} : {party.organisation}{by} {', '.join(party.people)}".strip()


def _passage(passage: Passage) -> Iterator[str]:
    yield passage.notes
    for decided in passage.decisions:
        yield from _decided(decided)
    for task in passage.tasks:
        yield _task(task)
    for recommendation in passage.recommendations:
        yield f"Recommandation : {recommendation}"


def _decided(decided: Decided) -> Iterator[str]:
    yield f"Décision {decided.code} ({decided.method}) : {decided.text}"
    yield decided.tally
    for voice in decided.voices:
        yield f"{voice.organisation} : {voice.stance}. {voice.reason}"


def _task(task: Task) -> str:
    return " · ".join(part for part in (f"Action : {task.title}", task.owner, task.due, task.detail) if part)


def pieces(old: str, new: str) -> Iterator[Piece]:
    """Compare two texts line by line, then word by word where lines were replaced.

    The pieces that aren't ADDED make the old text, those that aren't REMOVED the new one.
    """
    before, after = old.splitlines(keepends=True), new.splitlines(keepends=True)
    for tag, from_, to, start, end in SequenceMatcher(None, before, after, autojunk=False).get_opcodes():
        was, now = "".join(before[from_:to]), "".join(after[start:end])
        if tag == "equal":
            yield Piece(Kind.SAME, now)
        elif tag == "replace":
            yield from _words(was, now)
        elif was:
            yield Piece(Kind.REMOVED, was)
        else:
            yield Piece(Kind.ADDED, now)


def _words(old: str, new: str) -> Iterator[Piece]:
    before, after = WORDS.findall(old), WORDS.findall(new)
    if max(len(before), len(after)) > MOST_WORDS:
        yield Piece(Kind.REMOVED, old)
        yield Piece(Kind.ADDED, new)
        return
    for tag, from_, to, start, end in SequenceMatcher(None, before, after, autojunk=False).get_opcodes():
        if tag == "equal":
            yield Piece(Kind.SAME, "".join(after[start:end]))
            continue
        if from_ < to:
            yield Piece(Kind.REMOVED, "".join(before[from_:to]))
        if start < end:
            yield Piece(Kind.ADDED, "".join(after[start:end]))
