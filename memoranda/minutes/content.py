"""What the agenda and the minutes of a meeting hold. Texts are French, long ones are Markdown.

Nothing is computed or looked up here: dates, hours and numbers come in words, so that the same content
gives the same bytes and says the same on a page.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from memoranda import letter, plain
from memoranda.content import LONGEST_TITLE
from memoranda.errors import ContentError, Problem
from memoranda.letter import Letterhead

MOST_POINTS = 200
MOST_PEOPLE = 2_000
LONGEST_NOTES = 100_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Sitting:
    """A meeting: of which space, what it is called, when and where, in words; `day` is its date."""

    space: str
    title: str
    day: date
    when: str
    place: str = ""
    online: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Party:
    """An organisation and who comes for it; `by` is the organisation that represents it."""

    organisation: str
    people: tuple[str, ...] = ()
    by: str = ""


# --- The agenda -----------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class Topic:
    """A point of the agenda; `starts` (« 9 h 20 ») and `lasts` (« 20 min ») are empty where unknown."""

    number: str
    title: str
    starts: str = ""
    lasts: str = ""
    purpose: str = ""
    brought_by: str = ""
    detail: str = ""
    documents: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Agenda:
    """The agenda of a meeting. `notice` is told before all else, such as that the meeting is called off."""

    letterhead: Letterhead
    sitting: Sitting
    notice: str = ""
    asked: tuple[Party, ...] = ()
    practical: str = ""
    topics: tuple[Topic, ...] = ()
    url: str = ""
    language: str = "fr"


# --- The minutes ----------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class Voice:
    """Where an organisation stands on a decision (`stance`: « Abstention »…), and why."""

    organisation: str
    stance: str
    reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Decided:
    """A decision: its code, its text (Markdown), how it was taken, and the positions that were recorded."""

    code: str
    text: str
    method: str
    tally: str = ""
    voices: tuple[Voice, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Task:
    """An action: what, who, by when."""

    title: str
    owner: str = ""
    due: str = ""
    detail: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Passage:
    """A point of the minutes: what was noted, decided, taken on, recommended.

    `key` names the point for ever (the identifier of its row), so that remarks and errata find it.
    """

    key: str
    number: str
    title: str
    notes: str = ""
    decisions: tuple[Decided, ...] = ()
    tasks: tuple[Task, ...] = ()
    recommendations: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Text:
    """What minutes say. It is frozen when they are sent, so that everyone speaks of the same text."""

    sitting: Sitting
    present: tuple[Party, ...] = ()
    represented: tuple[Party, ...] = ()
    excused: tuple[Party, ...] = ()
    absent: tuple[Party, ...] = ()
    introduction: str = ""
    passages: tuple[Passage, ...] = ()
    tasks: tuple[Task, ...] = ()
    closing: str = ""
    next_meeting: str = ""
    language: str = "fr"


@dataclass(frozen=True, slots=True, kw_only=True)
class Erratum:
    """A correction of approved minutes: numbered, dated, about a point or the whole."""

    number: int
    dated: str
    about: str
    text: str
    by: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Minutes:
    """The minutes of a meeting: whose, the text, how it stands in words, and the errata after approval."""

    letterhead: Letterhead
    text: Text
    is_draft: bool
    standing: str
    errata: tuple[Erratum, ...] = ()


def title_of(paper: Agenda | Minutes) -> str:
    """Return what the PDF is called."""
    if isinstance(paper, Agenda):
        return f"Ordre du jour : {paper.sitting.title}"
    start = "Projet de compte rendu" if paper.is_draft else "Compte rendu"
    return f"{start} : {paper.text.sitting.title}"


def sitting_of(paper: Agenda | Minutes) -> Sitting:
    """Return the meeting that a paper is about."""
    return paper.sitting if isinstance(paper, Agenda) else paper.text.sitting


def validate(paper: Agenda | Minutes) -> None:
    """Raise `ContentError` with all that keeps a paper from being printed, point by point."""
    problems = (*_frame_problems(paper), *_point_problems(paper))
    if problems:
        raise ContentError(problems)


def _frame_problems(paper: Agenda | Minutes) -> Iterator[Problem]:
    sitting = sitting_of(paper)
    yield from letter.problems(paper.letterhead, "La réunion")
    for label, text in (("titre", sitting.title), ("nom", sitting.space)):
        if not text.strip():
            yield Problem("", f"La réunion : le {label} manque.")
        if len(text) > LONGEST_TITLE:
            yield Problem("", f"La réunion : le {label} dépasse {LONGEST_TITLE} caractères.")
    yield from plain.text_problems("", "La réunion", sitting)
    if isinstance(paper, Agenda):
        people: tuple[Party, ...] = paper.asked
        texts: tuple[str, ...] = (paper.notice, paper.practical)
    else:
        told = paper.text
        people = (*told.present, *told.represented, *told.excused, *told.absent)
        texts = (told.introduction, told.closing, told.next_meeting, paper.standing)
        yield from plain.text_problems("", "Les errata", paper.errata)
        yield from plain.text_problems("", "Les actions", told.tasks)
    if sum(1 + len(party.people) for party in people) > MOST_PEOPLE:
        yield Problem("", f"La réunion : plus de {MOST_PEOPLE} organisations et personnes.")
    yield from plain.text_problems("", "Les personnes", people)
    yield from plain.text_problems("", "La réunion", texts)


def _point_problems(paper: Agenda | Minutes) -> Iterator[Problem]:
    points: tuple[Topic, ...] | tuple[Passage, ...]
    points = paper.topics if isinstance(paper, Agenda) else paper.text.passages
    if len(points) > MOST_POINTS:
        yield Problem("", f"La réunion : plus de {MOST_POINTS} points.")
    for point in points:
        name = f"Point {point.number}, « {point.title[:60]} »"
        if not point.title.strip():
            yield Problem(point.number, f"Point {point.number} : il faut un titre.")
        yield from plain.text_problems(point.number, name, point, longest=LONGEST_NOTES)
