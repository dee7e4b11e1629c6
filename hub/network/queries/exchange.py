"""The network as it leaves the hub: what its reader may see of it, no contact and no person."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import Select, select
from sqlalchemy.orm import Session, joinedload, selectinload

from graph.exchange.model import About, Actor, Exchange, Moment, Precision, Term, Tie
from hub.actors.models.organisations import Organisation
from hub.actors.models.relations import Relation
from hub.actors.values import consent, words
from hub.network.values.register import Link, Origin, Part
from hub.network.words import ORIGINS

RELATION = "relation-"
"""How the facts of declared ties are named (`Link.fact`)."""


def organisations() -> Select[Organisation]:
    """Select the records that weren't merged into others, with all that is exchanged of them."""
    return (
        select(Organisation)
        .where(Organisation.merged_into_id.is_(None))
        .options(
            joinedload(Organisation.kind),
            joinedload(Organisation.commune),
            selectinload(Organisation.themes),
            selectinload(Organisation.territories),
            selectinload(Organisation.audiences),
        )
    )


def proofs() -> Select[*tuple[Any, ...]]:
    """Select what is told of how each relation is known."""
    return select(Relation.id, Relation.origin, Relation.confidence, Relation.note).where(
        Relation.withdrawn_at.is_(None)
    )


def read(session: Session, part: Part, about: About, *, everything: bool) -> Exchange:
    """Return a part of the network as it is exchanged, in a constant number of queries.

    With `everything`, for coordinators, also what organisations didn't agree to show
    (`hub.actors.values.consent`). Contacts, addresses and notes are never exchanged.
    """
    wanted = {actor.id for actor in part.actors}
    rows = {row.id: row for row in session.scalars(organisations()) if row.id in wanted}
    actors = tuple(_actor(rows[actor.id], everything=everything) for actor in part.actors if actor.id in rows)
    slugs = {row.id: row.slug for row in rows.values()}
    told = {row.id: Proof(row.origin, row.confidence, row.note) for row in session.execute(proofs())}
    links = [link for link in part.links if link.source in slugs and link.target in slugs]
    return Exchange(about, actors, tuple(_ties(links, slugs, told)))


@dataclass(frozen=True, slots=True)
class Proof:
    """Where a declared tie was read, how sure it is, and what is said with it."""

    evidence: str
    confidence: Any
    note: str


def _actor(row: Organisation, *, everything: bool) -> Actor:
    record = consent.Record(row, everything=everything)
    form = record.legal_form
    return Actor(
        id=row.slug,
        name=row.name,
        acronym=row.acronym,
        former_names=tuple(row.former_names.splitlines()),
        kind=Term(row.kind.code, row.kind.label),
        family=Term(row.kind.family.value, words.FAMILIES[row.kind.family]),
        legal_form=Term(form.value, words.LEGAL_FORMS[form]) if form else None,
        enterprise_number=record.enterprise_number or "",
        commune=Term(row.commune.code, row.commune.name) if row.commune else None,
        latitude=row.commune.latitude if row.commune else None,
        longitude=row.commune.longitude if row.commune else None,
        scope=row.scope,
        territories=tuple(Term(place.code, place.name) for place in row.territories),
        themes=tuple(Term(theme.code, theme.label) for theme in row.themes),
        audiences=tuple(Term(one.code, one.label) for one in record.audiences or ()),
        languages=tuple(Term(code, words.language_name(code)) for code in record.languages or ()),
        founded=record.founded,
        state=Term(row.state.value, words.STATES[row.state]),
        state_since=row.state_since,
        website=record.website or "",
        description=record.description or "",
        source=row.source,
        confidence=Term(row.confidence.value, words.CONFIDENCES[row.confidence]) if everything else None,
    )


def _ties(links: Iterable[Link], slugs: Mapping[int, str], told: Mapping[int, Proof]) -> Iterable[Tie]:
    seen: Counter[str] = Counter()
    for link in links:
        source, target = slugs[link.source], slugs[link.target]
        proof = _proof(link, told)
        name = _name(link, source, target)
        seen[name] += 1
        yield Tie(
            id=name if seen[name] == 1 else f"{name}--{seen[name]}",
            source=source,
            target=target,
            kind=Term(link.kind, link.label),
            reverse_label=link.reverse_label,
            symmetric=not link.directed or link.label == link.reverse_label,
            start=_moment(link.start_on, link.start_precision),
            end=_moment(link.end_on, link.end_precision),
            origin=Term(link.origin.value, ORIGINS[link.origin]),
            about=link.about,
            evidence=proof.evidence if proof else "",
            confidence=Term(proof.confidence.value, words.CONFIDENCES[proof.confidence]) if proof else None,
            note=proof.note if proof else "",
            strength=link.strength,
        )


def _name(link: Link, source: str, target: str) -> str:
    """Return what a tie is called: the same each time, here and wherever it is brought, so it can be updated.

    Without underscores, at which Kumu's search stumbles.
    """
    if link.origin == Origin.DECLARED:
        parts = [source, link.kind, target, link.start_on.isoformat() if link.start_on else ""]
    else:
        parts = [link.fact, source, target]
    return "--".join(part for part in parts if part).replace("_", "-")


def _proof(link: Link, told: Mapping[int, Proof]) -> Proof | None:
    number = link.fact.removeprefix(RELATION)
    return told.get(int(number)) if link.origin == Origin.DECLARED and number.isdecimal() else None


def _moment(day: date | None, precision: Any) -> Moment | None:
    return Moment(day, Precision(precision.value)) if day else None
