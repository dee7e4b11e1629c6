"""Checking the lines of a file against the register: problems, likely duplicates, what to do with each."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import delete, insert
from sqlalchemy.orm import Session

from hub.actors.models.imports import ImportBatch, ImportKind, ImportLine, ImportState, LineDecision
from hub.actors.operations.imports import reading
from hub.actors.operations.imports.register import Register
from hub.actors.operations.organisations import OrganisationFacts
from hub.actors.values import names, networks, spreadsheets
from hub.core.errors import N_, DomainError
from hub.core.search import fold

REPORT_EVERY = 250
UNSURE = {"acronym", "near"}
Progress = Callable[[int, int], None]  # lines done, lines in all
REPEATED = N_("Cette ligne répète la ligne %(number)d du fichier.")
NO_NETWORK = N_("Ce fichier ne contient plus de réseau.")
SAME_ID = N_("Son identifiant est déjà celui de la ligne %(number)d du fichier.")


class Checker:
    """Checks one file, line after line; it remembers earlier lines, for those that repeat them.

    `of_network` says that the file holds actors and then ties among them, which name them as the file does;
    `default_relation_kind_id` is the kind of those that name none.
    """

    def __init__(
        self,
        register: Register,
        kind: ImportKind,
        default_kind_id: int | None,
        *,
        of_network: bool = False,
        default_relation_kind_id: int | None = None,
    ) -> None:
        self.register = register
        self.kind = kind
        self.default_kind_id = default_kind_id
        self.of_network = of_network
        self.default_relation_kind_id = default_relation_kind_id
        self.seen: dict[tuple[Any, ...], int] = {}

    def check(self, number: int, values: dict[str, str]) -> dict[str, Any]:
        """Return the columns of the line's row."""
        line = reading.Line(values, exact=self.of_network)
        row: dict[str, Any] = {
            "kind": self.kind,
            "number": number,
            "values": values,
            "decision": LineDecision.CREATE,
            "likeness": "",
            "organisation_id": None,
            "relation_id": None,
        }
        if self.kind == ImportKind.ORGANISATIONS:
            self._organisation(line, row)
        else:
            self._relation(line, row)
        row["problems"] = line.problems
        row["has_problems"] = bool(line.problems)
        if line.problems:
            row["decision"] = LineDecision.SKIP
        if self.of_network and self.kind == ImportKind.ORGANISATIONS:
            register_actor(self.register, row["values"], number, row["decision"], row["organisation_id"])
        return row

    def _organisation(self, line: reading.Line, row: dict[str, Any]) -> None:
        facts = reading.organisation(line, self.register, self.default_kind_id)
        if name := row["values"].get("id"):
            self._note_repetition(line, row["number"], "id", ("id", name), SAME_ID)
        if facts is None:
            return
        self._note_repetition(line, row["number"], "name", ("name", names.key(facts.name), facts.commune_id))
        if facts.enterprise_number:
            self._note_repetition(
                line, row["number"], "enterprise_number", ("number", facts.enterprise_number)
            )
        likeness, found = self._resembling(line.text("slug"), facts)
        if found:
            row["likeness"], row["organisation_id"] = likeness, min(found)
            # A shared acronym alone is often chance, and so may be a name that is only near.
            row["decision"] = LineDecision.CREATE if likeness in UNSURE else LineDecision.SAME

    def _resembling(self, slug: str, facts: OrganisationFacts) -> tuple[str, set[int]]:
        ways = self.register.organisations
        for likeness, way, word in (
            ("number", "number", facts.enterprise_number or ""),
            ("slug", "slug", fold(slug)),
            ("name", "name", names.key(facts.name)),
            ("former", "former", fold(facts.name)),
            ("acronym", "acronym", fold(facts.acronym)),
        ):
            if word and (found := ways[way].get(word)):
                return likeness, found
        near = self.register.near.near(facts.name, limit=1)
        return ("near", {near[0][0]}) if near else ("", set())

    def _relation(self, line: reading.Line, row: dict[str, Any]) -> None:
        facts = reading.relation(line, self.register, self.default_relation_kind_id)
        if facts is None:
            return
        start = facts.start.day if facts.start else None
        tie = (facts.source_id, facts.kind_id, facts.target_id, start)
        self._note_repetition(line, row["number"], "source", ("tie", *tie))
        if tie in self.register.ties:
            row["likeness"], row["relation_id"] = "tie", self.register.ties[tie]
            row["decision"] = LineDecision.SAME

    def _note_repetition(
        self, line: reading.Line, number: int, field: str, what: tuple[Any, ...], refusal: str = REPEATED
    ) -> None:
        earlier = self.seen.setdefault(what, number)
        if earlier != number:
            line.complain(field, DomainError(refusal, number=earlier))


def register_actor(
    register: Register,
    values: Mapping[str, str],
    number: int,
    decision: LineDecision,
    organisation_id: int | None,
) -> None:
    """Note whom the file of a network means by an actor's id; of two with one id the first counts."""
    known = {LineDecision.CREATE: -number, LineDecision.SAME: organisation_id, LineDecision.SKIP: None}
    if name := values.get("id"):
        register.in_file.setdefault(name, known[decision])


@dataclass(frozen=True)
class Plan:
    """What an import was told of its file: which column holds what, and what stands for a missing kind."""

    kind: ImportKind
    mapping: dict[str, int]
    default_kind_id: int | None
    network: dict[str, Any] | None


def plan_of(batch: ImportBatch) -> Plan:
    """Return an import's plan, which outlasts the session."""
    return Plan(batch.kind, dict(batch.mapping), batch.default_kind_id, batch.network)


def check_file(plan: Plan, register: Register, content: bytes, progress: Progress) -> list[dict[str, Any]]:
    """Check all that a file holds and return the rows of its lines; nothing is written.

    Raises DomainError if the file can't be read.
    """
    if plan.network is None:
        lines = spreadsheets.read(content).lines
        return check_lines(Checker(register, plan.kind, plan.default_kind_id), lines, plan.mapping, progress)
    found = networks.read(content)
    if found is None:
        raise DomainError(NO_NETWORK, field="file")
    actors = Checker(register, ImportKind.ORGANISATIONS, plan.default_kind_id, of_network=True)
    ties = Checker(
        register,
        ImportKind.RELATIONS,
        None,
        of_network=True,
        default_relation_kind_id=plan.network["relation_kind_id"],
    )
    told = [(actors, values) for values in found.actors] + [(ties, values) for values in found.ties]
    rows = []
    for done, (checker, values) in enumerate(told):
        if done % REPORT_EVERY == 0:
            progress(done, len(told))
        rows.append(checker.check(done + 1, values))
    return rows


def mapped(mapping: dict[str, int], cells: Sequence[str]) -> dict[str, str]:
    """Return field → what the line says, by the columns that the mapping names."""
    return {field: cells[place] for field, place in mapping.items() if place < len(cells) and cells[place]}


def check_lines(
    checker: Checker,
    lines: Sequence[tuple[int, Sequence[str]]],
    mapping: dict[str, int],
    progress: Progress,
) -> list[dict[str, Any]]:
    """Check all lines and return their rows; nothing is written."""
    rows = []
    for done, (number, cells) in enumerate(lines):
        if done % REPORT_EVERY == 0:
            progress(done, len(lines))
        rows.append(checker.check(number, mapped(mapping, cells)))
    return rows


def keep_lines(session: Session, batch: ImportBatch, rows: list[dict[str, Any]]) -> bool:
    """Replace the batch's lines by these, and mark it as checked; False if it is no longer being checked."""
    if batch.state != ImportState.CHECKING:
        return False
    session.execute(delete(ImportLine).where(ImportLine.batch_id == batch.id))
    if rows:
        session.execute(insert(ImportLine), [{**row, "batch_id": batch.id} for row in rows])
    batch.state = ImportState.CHECKED
    session.flush()
    return True
