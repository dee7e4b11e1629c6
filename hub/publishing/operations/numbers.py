"""The numbers that items bear: given when an edition is frozen, never given to anything else."""

from collections.abc import Iterable, Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.publishing.models.editions import Memorandum, StableNumber


def label(memorandum: Memorandum, number: int) -> str:
    """Return a number as readers quote it: « 2024/12 »."""
    return f"{year_of(memorandum)}/{number}"


def year_of(memorandum: Memorandum) -> int:
    """Return the year in its numbers: its own, else that of its election, else that of its beginning."""
    election = memorandum.election
    return memorandum.year or (election.held_on.year if election else memorandum.created_at.year)


def of(session: Session, memorandum: Memorandum, recommendations: Iterable[int]) -> dict[int, str]:
    """Return the number of each recommendation, by its identifier, in the order of the body.

    What has none yet is shown with the one that it would be given if the edition were frozen now.
    """
    given = _given(session, memorandum)
    numbers = _with_new(given, tuple(recommendations))
    return {identifier: label(memorandum, number) for identifier, number in numbers.items()}


def give(session: Session, memorandum: Memorandum, recommendations: Sequence[int], *, now: datetime) -> None:
    """Give a number to each that has none yet, in the order of the body. What was given stays.

    The memorandum's row is held, so that two never take the same.
    """
    session.refresh(memorandum, with_for_update={"of": Memorandum})
    given = _given(session, memorandum)
    if memorandum.year is None:
        memorandum.year = year_of(memorandum)
    for identifier, number in _with_new(given, recommendations).items():
        if identifier not in given:
            session.add(
                StableNumber(
                    memorandum_id=memorandum.id, recommendation_id=identifier, number=number, given_at=now
                )
            )  # fmt: skip
    session.flush()


def _given(session: Session, memorandum: Memorandum) -> dict[int, int]:
    rows = select(StableNumber.recommendation_id, StableNumber.number)
    found = session.execute(rows.where(StableNumber.memorandum_id == memorandum.id))
    return {identifier: number for identifier, number in found}  # noqa: C416 - typed so


def _with_new(given: dict[int, int], recommendations: Iterable[int]) -> dict[int, int]:
    """Return the number of each of these: those who have none come after all that was ever given."""
    following = max(given.values(), default=0) + 1
    numbers: dict[int, int] = {}
    for identifier in recommendations:
        if identifier in numbers:
            continue
        if identifier in given:
            numbers[identifier] = given[identifier]
        else:
            numbers[identifier] = following
            following += 1
    return numbers
