"""What differs between two versions of minutes, part by part: words that came, words that went."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from difflib import SequenceMatcher
from enum import StrEnum

from memoranda.minutes.content import Decided, Party, Passage, Task, Text

WORDS = re.compile(r"\s+|[^\s]+")
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


def between(old: Text, new: Text) -> list[Part]:
    """Return the parts that differ, in the order of the new text; parts that went come where they stood."""
    before, after = dict(_parts(old)), dict(_parts(new))
    keys = [*after, *(key for key in before if key not in after)]
    found = []
    for key in keys:
        title, now = after.get(key, (before[key][0] if key in before else "", ""))
        was = before.get(key, ("", ""))[1]
        if was != now:
            found.append(Part(title, tuple(_pieces(was, now))))
    return found


def _parts(text: Text) -> Iterator[tuple[str, tuple[str, str]]]:
    """Yield (key, (title, plain text)) of each part of the minutes."""
    sitting = text.sitting
    head = (sitting.title, sitting.space, sitting.when, sitting.place, sitting.online)
    yield "head", ("Réunion", _lines(head))
    presences = (
        *(_people("Présents", text.present)), *(_people("Représentés", text.represented)),
        *(_people("Excusés", text.excused)), *(_people("Absents", text.absent)),
    )  # fmt: skip
    yield "presences", ("Qui était là", _lines(presences))
    yield "introduction", ("Introduction", text.introduction)
    for passage in text.passages:
        yield f"point-{passage.key}", (f"{passage.number}. {passage.title}", _lines(_passage(passage)))
    yield "tasks", ("Autres actions", _lines(_task(task) for task in text.tasks))
    yield "closing", ("Pour conclure", text.closing)
    yield "next", ("Prochaine réunion", text.next_meeting)


def _lines(lines: Iterable[str]) -> str:
    return "\n".join(line for line in lines if line)


def _people(word: str, parties: tuple[Party, ...]) -> Iterator[str]:
    for party in parties:
        by = f" (par {party.by})" if party.by else ""
        yield f"{word} : {party.organisation}{by} {', '.join(party.people)}".strip()


def _passage(passage: Passage) -> Iterator[str]:
    yield passage.title
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


def _pieces(old: str, new: str) -> Iterator[Piece]:
    """Compare line by line, then word by word where lines were replaced."""
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
