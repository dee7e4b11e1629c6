"""Records that may be the same actor: found while a name is typed, on import, and among all there are."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import combinations
from typing import Any

from sqlalchemy import Select, select
from sqlalchemy.orm import Session, joinedload

from hub.actors.models.merging import DistinctPair
from hub.actors.models.organisations import Organisation
from hub.actors.queries.organisations import alike
from hub.actors.values import likeness, names
from hub.core.errors import N_
from hub.core.search import fold

SAME_NAME = N_("même nom")
NEAR_NAME = N_("nom presque pareil")
SAME_ACRONYM = N_("même sigle")
SAME_SITE = N_("même site")
SAME_EMAIL = N_("même adresse mail")
SAME_PHONE = N_("même téléphone")
WEIGHTS = {SAME_NAME: 100, SAME_EMAIL: 60, SAME_SITE: 50, SAME_PHONE: 50, SAME_ACRONYM: 40}
"""What each reason counts in the order of the pairs; a near name counts its score."""
LAST_TOLD = 50
ELSEWHERE = 95
"""Names of two seats, « CPAS de Dinant » and « CPAS de Ciney », must be nearer than others."""
SHARED_BY_MANY = 4
"""A site or a phone number of more records than this is a host's or a federation's: it says nothing."""


@dataclass(frozen=True)
class Resemblance:
    """Two records (the lesser id first), why they might be the same actor (msgids), and how much."""

    first: Organisation
    second: Organisation
    reasons: tuple[str, ...]
    score: int


def near(session: Session, name: str, acronym: str = "", number: str | None = None) -> list[Organisation]:
    """Return the records that somebody who types this name may mean, the likeliest first, at most five."""
    certain = list(session.scalars(alike(name, acronym, number))) if fold(name) or acronym or number else []
    known = [
        (row.id, text)
        for row in session.execute(_named())
        for text in (row.name, *row.former_names.splitlines())
    ]
    wanted = [row_id for row_id, _ in likeness.Names(known).near(name)]
    rows = {
        row.id: row
        for row in session.scalars(
            select(Organisation)
            .where(Organisation.id.in_(wanted))
            .options(joinedload(Organisation.kind), joinedload(Organisation.commune))
        )
    }
    found = {row.id: row for row in (*certain, *(rows[row_id] for row_id in wanted))}
    return list(found.values())[:5]


def pairs(session: Session) -> list[Resemblance]:
    """Return the pairs of records that may be one actor, the likeliest first, but those told apart."""
    rows = {row.id: row for row in session.execute(_named())}
    apart = {(row.first_id, row.second_id) for row in session.scalars(select(DistinctPair))}
    reasons: dict[tuple[int, int], dict[str, int]] = defaultdict(dict)
    for pair, reason, weight in _reasons(rows):
        if pair not in apart:
            reasons[pair][reason] = weight
    worth = {pair: why for pair, why in reasons.items() if set(why) != {SAME_ACRONYM}}
    wanted = {row_id for pair in worth for row_id in pair}
    records = {
        row.id: row
        for row in session.scalars(
            select(Organisation)
            .where(Organisation.id.in_(wanted))
            .options(joinedload(Organisation.kind), joinedload(Organisation.commune))
        )
    }
    found = [
        Resemblance(records[first], records[second], tuple(why), sum(why.values()))
        for (first, second), why in worth.items()
    ]
    return sorted(found, key=lambda pair: (-pair.score, pair.first.search_text, pair.second.id))


def told_apart() -> Select[DistinctPair]:
    """Select the pairs that are two actors, the last told first."""
    return (
        select(DistinctPair)
        .options(joinedload(DistinctPair.first), joinedload(DistinctPair.second))
        .order_by(DistinctPair.told_at.desc(), DistinctPair.id.desc())
        .limit(LAST_TOLD)
    )


def _named() -> Any:
    return select(
        Organisation.id, Organisation.name, Organisation.acronym, Organisation.former_names,
        Organisation.commune_id, Organisation.website, Organisation.email, Organisation.phone,
    ).where(Organisation.merged_into_id.is_(None))  # fmt: skip


def _reasons(rows: dict[int, Any]) -> Iterator[tuple[tuple[int, int], str, int]]:
    for reason, weight in WEIGHTS.items():
        for pair in _sharing((row.id, word) for row in rows.values() for word in _words(row)[reason]):
            yield pair, reason, weight
    for pair, score in likeness.Names((row.id, row.name) for row in rows.values()).pairs().items():
        first, second = rows[pair[0]], rows[pair[1]]
        if names.key(first.name) == names.key(second.name):
            continue
        seats = {first.commune_id, second.commune_id} - {None}
        if score >= ELSEWHERE or len(seats) < len((first, second)):
            yield pair, NEAR_NAME, score


def _words(row: Any) -> dict[str, list[str]]:
    """Return, by reason, what makes another record alike if it says the same."""
    return {
        SAME_NAME: [names.key(text) for text in (row.name, *row.former_names.splitlines())],
        SAME_EMAIL: [row.email.casefold()],
        SAME_SITE: [row.website.casefold().split("//", 1)[-1].removeprefix("www.").rstrip("/")],
        SAME_PHONE: ["".join(sign for sign in row.phone if sign.isdigit())],
        SAME_ACRONYM: [fold(row.acronym)],
    }


def _sharing(said: Iterable[tuple[int, str]]) -> Iterator[tuple[int, int]]:
    holders: dict[str, set[int]] = defaultdict(set)
    for row_id, word in said:
        if word:
            holders[word].add(row_id)
    for found in holders.values():
        if 1 < len(found) <= SHARED_BY_MANY:
            yield from combinations(sorted(found), 2)
