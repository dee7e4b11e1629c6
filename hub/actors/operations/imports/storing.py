"""Storing the confirmed lines of an import: all of them in one transaction, or none."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any, TypeAlias

from sqlalchemy import insert, select, update
from sqlalchemy.orm import Session

from hub.actors.models.imports import ImportBatch, ImportKind, ImportLine, ImportState, LineDecision
from hub.actors.models.organisations import (
    Organisation,
    OrganisationFunding,
    organisation_audience,
    organisation_territory,
    organisation_theme,
)
from hub.actors.models.relations import Relation, RelationKind
from hub.actors.operations import organisations, relations
from hub.actors.operations.imports import batches, reading
from hub.actors.operations.imports.checking import register_actor
from hub.actors.operations.imports.register import Register
from hub.actors.operations.imports.register import load as load_register
from hub.actors.operations.organisations import OrganisationFacts, free_slug
from hub.actors.operations.relations import RelationFacts
from hub.core import audit
from hub.core.audit import AuditEntry
from hub.core.errors import N_, DomainError

Actor: TypeAlias = audit.Actor | str | None
LINKS: tuple[tuple[Any, str, str], ...] = (
    (organisation_theme, "theme_id", "theme_ids"),
    (organisation_territory, "territory_id", "territory_ids"),
    (organisation_audience, "audience_id", "audience_ids"),
    (OrganisationFunding.__table__, "source", "funding_sources"),
)
TAKEN = N_("Entre-temps, le registre a reçu cet acteur ou cette relation.")


@dataclass
class Prepared:
    """What the lines to create come to, read outside the writing transaction.

    The ends of a tie are organisations, or minus the number of the line that will make one.
    """

    organisations: list[tuple[int, str, OrganisationFacts]] = field(default_factory=list)  # line, slug, facts
    relations: list[tuple[int, RelationFacts]] = field(default_factory=list)
    numbers: dict[int, int] = field(default_factory=dict)  # line → its number
    agreements: dict[int, tuple[list[str], str]] = field(default_factory=dict)  # line → fields, by whom
    spoiled: dict[int, list[list[Any]]] = field(default_factory=dict)  # line → problems that came up since


def prepare(session: Session, batch: ImportBatch) -> Prepared:
    """Read the lines to create once more: the register may have changed since they were checked."""
    register, prepared = load_register(session), Prepared()
    if batch.network is not None:
        _note_actors(session, batch, register)
    rows = session.scalars(
        select(ImportLine)
        .where(ImportLine.batch_id == batch.id, ImportLine.decision == LineDecision.CREATE)
        .order_by(ImportLine.number)
    )
    for row in rows:
        line = reading.Line(row.values, exact=batch.network is not None)
        if row.kind == ImportKind.ORGANISATIONS:
            _prepare_organisation(row, line, register, batch.default_kind_id, prepared)
        else:
            _prepare_relation(row, line, register, batch, prepared)
        if line.problems:
            prepared.spoiled[row.id] = line.problems
    return prepared


def _note_actors(session: Session, batch: ImportBatch, register: Register) -> None:
    """Note whom the ties of a network mean, as was decided of each actor."""
    rows = session.scalars(
        select(ImportLine)
        .where(ImportLine.batch_id == batch.id, ImportLine.kind == ImportKind.ORGANISATIONS)
        .order_by(ImportLine.number)
    )
    for row in rows:
        register_actor(register, row.values, row.number, row.decision, row.organisation_id)


def _prepare_organisation(
    row: ImportLine, line: reading.Line, register: Register, default_kind_id: int | None, prepared: Prepared
) -> None:
    facts = reading.organisation(line, register, default_kind_id)
    if facts and facts.enterprise_number and register.organisations["number"].get(facts.enterprise_number):
        line.complain("enterprise_number", DomainError(TAKEN))
    if facts is None or line.problems:
        if row.values.get("id"):
            register.in_file[row.values["id"]] = None
        return
    slug = line.text("slug") or facts.acronym or facts.name
    prepared.organisations.append((row.id, slug, facts))
    prepared.numbers[row.id] = row.number
    if agreed := reading.agreement(line):
        prepared.agreements[row.id] = agreed


def _prepare_relation(
    row: ImportLine, line: reading.Line, register: Register, batch: ImportBatch, prepared: Prepared
) -> None:
    facts = reading.relation(line, register, (batch.network or {}).get("relation_kind_id"))
    if facts is None:
        return
    start = facts.start.day if facts.start else None
    tie = (facts.source_id, facts.kind_id, facts.target_id, start)
    if tie in register.ties:
        line.complain("source", DomainError(TAKEN))
        return
    register.ties[tie] = (
        row.id
    )  # two actors of the file may be one in the register: the second tie repeats it
    prepared.relations.append((row.id, facts))


def store(session: Session, batch: ImportBatch, prepared: Prepared, *, actor: Actor, now: datetime) -> int:
    """Write everything and return how many actors or ties were made.

    A second call for the same batch does nothing, so the job that calls it may run twice. Raises
    IntegrityError if the register has changed since `prepare`; then prepare again.
    """
    session.refresh(batch, with_for_update=True)
    if batch.state != ImportState.STORING:
        return 0
    actors = _store_organisations(session, batch, prepared, actor=actor, now=now)
    made_of = {-prepared.numbers[line]: row_id for line, row_id in actors}
    ties = [(line, _between(facts, made_of)) for line, facts in prepared.relations]
    made = [*actors, *_store_relations(session, batch, ties, actor=actor, now=now)]
    _note_lines(session, prepared, made)
    batch.state, batch.stored_at = ImportState.STORED, now
    session.flush()
    batches.record(session, batch, "import.stored", len(made), actor=actor, now=now)
    return len(made)


def _store_organisations(
    session: Session, batch: ImportBatch, prepared: Prepared, *, actor: Actor, now: datetime
) -> list[tuple[int, int]]:
    taken = set(session.scalars(select(Organisation.slug)))
    rows = []
    for line, wanted, facts in prepared.organisations:
        slug = free_slug(wanted, taken)
        taken.add(slug)
        rows.append(
            {
                **organisations.columns(facts),
                **_agreed(prepared.agreements.get(line), actor, now),
                "slug": slug,
                "created_at": now,
                "updated_at": now,
                "import_id": batch.id,
            }
        )
    ids = _insert(session, Organisation, rows)
    for table, column, facts_field in LINKS:
        links = [
            {"organisation_id": row_id, column: linked}
            for row_id, (_line, _slug, facts) in zip(ids, prepared.organisations, strict=True)
            for linked in getattr(facts, facts_field)
        ]
        if links:
            session.execute(insert(table), links)
    _audit(session, "organisation.imported", [("organisation", row_id, {}) for row_id in ids], actor, now)
    return list(zip((line for line, _slug, _facts in prepared.organisations), ids, strict=True))


def _agreed(told: tuple[list[str], str] | None, actor: Actor, now: datetime) -> dict[str, Any]:
    """Return the columns of what an organisation agreed to show; nothing, where the file doesn't tell."""
    fields, agreement = told or ([], "")
    by_id = None if actor is None or isinstance(actor, str) else actor.id
    return {
        "public_fields": fields,
        "agreement": agreement,
        "public_fields_at": now if told else None,
        "public_fields_by_id": by_id if told else None,
    }


def _between(facts: RelationFacts, made_of: Mapping[int, int]) -> RelationFacts:
    """Put the organisations that were just made in the place of the lines that made them."""
    return replace(
        facts,
        source_id=made_of.get(facts.source_id, facts.source_id),
        target_id=made_of.get(facts.target_id, facts.target_id),
    )


def _store_relations(
    session: Session,
    batch: ImportBatch,
    ties: Sequence[tuple[int, RelationFacts]],
    *,
    actor: Actor,
    now: datetime,
) -> list[tuple[int, int]]:
    rows = [{**relations.columns(facts), "created_at": now, "import_id": batch.id} for _line, facts in ties]
    ids = _insert(session, Relation, rows)
    labels = {
        row.id: row.acronym or row.name
        for row in session.execute(select(Organisation.id, Organisation.acronym, Organisation.name))
    }
    kinds = {row.id: row.label for row in session.execute(select(RelationKind.id, RelationKind.label))}
    entries: list[tuple[str, int, dict[str, Any]]] = []
    for row_id, (_line, facts) in zip(ids, ties, strict=True):
        words = f"{labels[facts.source_id]} {kinds[facts.kind_id]} {labels[facts.target_id]}"
        changes = {"relation": [None, words]}
        entries.append(("relation", row_id, changes))
        entries += [("organisation", end, changes) for end in (facts.source_id, facts.target_id)]
    _audit(session, "relation.imported", entries, actor, now)
    return list(zip((line for line, _facts in ties), ids, strict=True))


def _insert(
    session: Session, model: type[Organisation] | type[Relation], rows: list[dict[str, Any]]
) -> Sequence[int]:
    if not rows:
        return []
    statement = insert(model).returning(model.id, sort_by_parameter_order=True)
    return list(session.scalars(statement, rows))


def _audit(
    session: Session,
    action: str,
    entries: Sequence[tuple[str, int, dict[str, Any]]],
    actor: Actor,
    now: datetime,
) -> None:
    """Write many lines of history at once, as `audit.record` writes one."""
    label = actor if isinstance(actor, str) else (actor.name if actor else "")
    rows = [
        {
            "at": now,
            "action": action,
            "subject_type": subject_type,
            "subject_id": subject_id,
            "actor_id": None if actor is None or isinstance(actor, str) else actor.id,
            "actor_label": label,
            "changes": changes,
        }
        for subject_type, subject_id, changes in entries
    ]
    if rows:
        session.execute(insert(AuditEntry), rows)


def _note_lines(session: Session, prepared: Prepared, made: Sequence[tuple[int, int]]) -> None:
    if made:
        session.execute(update(ImportLine), [{"id": line, "made_id": row_id} for line, row_id in made])
    if prepared.spoiled:
        session.execute(
            update(ImportLine),
            [
                {"id": line, "problems": problems, "has_problems": True, "decision": LineDecision.SKIP}
                for line, problems in prepared.spoiled.items()
            ],
        )
