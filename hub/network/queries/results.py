"""Reading what was computed."""

from sqlalchemy import Select, select

from hub.network.models.results import ResultKind, StoredResult


def result(kind: ResultKind, key: str) -> Select[StoredResult]:
    """Select the result of that key, or the claim of a job that computes it."""
    return select(StoredResult).where(StoredResult.kind == kind, StoredResult.key == key)


def newest(kind: ResultKind, series: str) -> Select[StoredResult]:
    """Select the result of a series that was computed last."""
    return (
        select(StoredResult)
        .where(StoredResult.kind == kind, StoredResult.series == series, StoredResult.content.is_not(None))
        .order_by(StoredResult.computed_at.desc(), StoredResult.id.desc())
        .limit(1)
    )
