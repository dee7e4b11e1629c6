"""Many demands of one document at once, from a table: looked at line by line, then taken as one by one."""

import hashlib
import json
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from hub.actors.models.reference import Level, Theme
from hub.core import audit, files, jobs
from hub.core.errors import N_, DomainError
from hub.core.files import Store
from hub.core.jobs import Job
from hub.core.search import fold
from hub.recommendations.models.contributions import BENEFICIARIES, Beneficiaries, Contribution
from hub.recommendations.models.documents import SourceDocument
from hub.recommendations.operations import documents, readings, recognition
from hub.recommendations.operations.contributions import Words
from hub.recommendations.operations.documents import Taken
from hub.recommendations.queries import choices
from hub.recommendations.queries import documents as document_queries
from hub.recommendations.values import sheets
from hub.recommendations.values.sheets import Column, Line
from memoranda.similarity.decisions import VERY_CLOSE

CHECK_JOB = "recommendations.check_batch"
STORE_JOB = "recommendations.store_batch"
MOST = 500
LONGEST = 10_000
LONGEST_PAGE = 20
COLUMNS = (
    Column("page", N_("Page"), ("p", "numéro de page")),
    Column("quote", N_("Citation"), ("extrait", "quote")),
    Column(
        "proposal",
        N_("Demande"),
        ("recommandation", "la recommandation", "texte", "proposal"),
        is_needed=True,
    ),
    Column("finding", N_("Constat"), ("le constat", "finding")),
    Column("theme", N_("Thème"), ("theme",)),
    Column("levels", N_("Niveaux de pouvoir"), ("niveau", "niveaux", "levels")),
    Column("beneficiaries", N_("À qui elle profite"), ("bénéficiaires", "beneficiaries")),
    Column("origin", N_("Note"), ("remarque", "origin")),
)
EXAMPLE = (
    "12", N_("« Les mots mêmes du document. »"), N_("Rendre l’équivalence des diplômes gratuite"),
    "", "", "", "", "",
)  # fmt: skip
TITLES = {column.name: column.title for column in COLUMNS}
Problem = tuple[str, str, dict[str, Any]]


@dataclass(frozen=True, slots=True)
class Handed:
    """A table as it was handed in."""

    content: bytes
    name: str
    media_type: str


@dataclass(slots=True)
class Checked:
    """A line as it would be taken: what is wrong with it, whether it is there already, what it resembles."""

    number: int
    said: dict[str, str]
    problems: list[Problem] = field(default_factory=list)
    taken_as: int | None = None
    doubted: bool = False
    near: list[tuple[str, float]] = field(default_factory=list)

    @property
    def can_be_taken(self) -> bool:
        """Say whether confirming would add it."""
        return not self.problems and self.taken_as is None


@dataclass(frozen=True, slots=True)
class Lists:
    """What words of a table may mean: folded label or code → row."""

    themes: dict[str, Theme]
    levels: dict[str, Level]
    beneficiaries: dict[str, Beneficiaries]


def receive(
    session: Session, store: Store, row: SourceDocument, handed: Handed, *,
    actor_id: int | None, now: datetime,
) -> Job:  # fmt: skip
    """Keep a table and have its lines looked at; nothing is taken yet. Raises DomainError as `read` does."""
    sheets.read(handed.content, COLUMNS, most=MOST)
    kept = files.keep(session, store, handed.content, handed.name, handed.media_type, now=now)
    return jobs.enqueue(
        session, CHECK_JOB, now=now, subject=row, actor_id=actor_id, document=row.id, file=kept.id
    )


def lists(session: Session) -> Lists:
    """Return what the words of a table may mean."""
    themes, levels = session.scalars(choices.themes()).all(), session.scalars(choices.levels()).all()
    return Lists(
        {fold(name): each for each in themes for name in (each.code, each.label)},
        {fold(name): each for each in levels for name in (each.code, each.label)},
        {fold(name): word for word, text in BENEFICIARIES.items() for name in (word.value, text)},
    )


def check(
    session: Session, row: SourceDocument, line: Line, *, known: Lists, seen: dict[str, int]
) -> Checked:
    """Return what a line would make; `seen` holds the lines before it by what they say."""
    found = Checked(line.number, dict(line.said))
    _understand(found, known)
    key = key_of(row, found.said)
    if key in seen:
        found.problems.append(
            ("proposal", N_("C’est la même que la ligne %(number)d."), {"number": seen[key]})
        )
    seen.setdefault(key, line.number)
    there = session.scalar(document_queries.named(key))
    found.taken_as = there.id if there else None
    if found.can_be_taken:
        said = found.said
        found.doubted = not readings.is_quoted(session, row, said.get("page", ""), said.get("quote", ""))
        groups, _held = recognition.suggestions(session, said["proposal"])
        near = [group.first for group in groups if group.first.score >= VERY_CLOSE]
        found.near = [(match.key, match.score) for match in near[:3]]
    return found


def take(
    session: Session, row: SourceDocument, lines: Sequence[Checked], known: Lists, *,
    actor: audit.Actor | str, now: datetime,
) -> list[Contribution]:  # fmt: skip
    """Take these lines; one that was taken before is the same demand still."""
    return [
        documents.take(
            session,
            row,
            Taken(_understand(line, known), line.said.get("page", ""), line.said.get("quote", "")),
            client_key=key_of(row, line.said),
            actor=actor,
            now=now,
        )
        for line in lines
    ]


def key_of(row: SourceDocument, said: dict[str, str]) -> str:
    """Return the name of a line's gesture: the same words on the same page of a document are one demand."""
    told = [row.id, *(said.get(name, "") for name in ("page", "quote", "proposal", "finding"))]
    return "lot-" + hashlib.sha256(json.dumps(told).encode()).hexdigest()[:32]


def confirm(
    session: Session, row: SourceDocument, checked: Job, numbers: Collection[int], *, actor_id: int | None,
    now: datetime,
) -> Job:  # fmt: skip
    """Have the chosen lines taken. Raises DomainError where none is chosen; sent twice, it is one work."""
    session.refresh(row, with_for_update=True)
    last = session.scalar(jobs.of(row, STORE_JOB).limit(1))
    if last is not None and last.arguments["checked"] == checked.id and not last.is_over:
        return last
    chosen = [line.number for line in lines_of(checked) if line.can_be_taken and line.number in numbers]
    if not chosen:
        raise DomainError(N_("Cochez au moins une ligne à prendre."))
    return jobs.enqueue(
        session, STORE_JOB, now=now, subject=row, actor_id=actor_id, document=row.id, checked=checked.id,
        numbers=chosen,
    )  # fmt: skip


def lines_of(checked: Job) -> list[Checked]:
    """Return what a job has found of the lines."""
    return [
        Checked(
            told["number"], told["said"], [(name, words, more) for name, words, more in told["problems"]],
            told["taken_as"], told["doubted"], [(key, score) for key, score in told["near"]],
        )
        for told in checked.result.get("lines", [])
    ]  # fmt: skip


def _understand(line: Checked, known: Lists) -> Words:
    """Return the words of a line, and note what isn't understood."""
    said = line.said
    line.problems = []
    if not said.get("proposal"):
        line.problems.append(("proposal", N_("La demande manque."), {}))
    for name, text in said.items():
        longest = LONGEST_PAGE if name == "page" else LONGEST
        if len(text) > longest:
            line.problems.append(
                (name, N_("Ce texte est trop long : %(max)d signes au plus."), {"max": longest})
            )
    theme = known.themes.get(fold(said.get("theme", "")))
    if said.get("theme") and theme is None:
        line.problems.append(
            ("theme", N_("« %(text)s » n’est pas dans la liste."), {"text": said["theme"][:60]})
        )
    named = [
        part for part in said.get("levels", "").replace(";", "|").replace(",", "|").split("|") if part.strip()
    ]
    levels = [known.levels.get(fold(part)) for part in named]
    for part, level in zip(named, levels, strict=True):
        if level is None:
            line.problems.append(
                ("levels", N_("« %(text)s » n’est pas dans la liste."), {"text": part.strip()[:60]})
            )
    whom = known.beneficiaries.get(fold(said.get("beneficiaries", "")))
    if said.get("beneficiaries") and whom is None:
        text = said["beneficiaries"][:60]
        line.problems.append(("beneficiaries", N_("« %(text)s » n’est pas dans la liste."), {"text": text}))
    return Words(
        finding=said.get("finding", ""),
        proposal=said.get("proposal", ""),
        theme=theme,
        levels=tuple(dict.fromkeys(level for level in levels if level is not None)),
        beneficiaries=whom,
        origin=said.get("origin", ""),
    )
