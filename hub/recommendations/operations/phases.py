"""The dated phases of a campaign after the collecting: work, consultation, adoption, publication."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy.orm import Session

from hub.core import audit, clock
from hub.core.errors import N_, DomainError
from hub.recommendations.models.calls import Campaign, CampaignPhase, PhaseKind


@dataclass(frozen=True, slots=True)
class Days:
    """First and last day of a phase; both belong to it. None: not said."""

    first: date | None = None
    last: date | None = None


def field_of(kind: PhaseKind, end: str) -> str:
    """Return the name of the field of a phase's day; `end` is "first" or "last"."""
    return f"{kind.value}_{end}"


def set_days(
    session: Session,
    campaign: Campaign,
    wanted: Mapping[PhaseKind, Days],
    *,
    actor: audit.Actor | str,
    now: datetime,
) -> None:
    """Give each phase its days, and take away those without. Phases may overlap, in their order.

    Raises DomainError, with the field at fault, for a day that is missing or out of order.
    """
    check(campaign.opens_at, wanted)
    rows = {row.kind: row for row in campaign.phases}
    changes = {}
    for kind in PhaseKind:
        days, row = wanted.get(kind, Days()), rows.get(kind)
        before = (row.starts_on, row.ends_on) if row else (None, None)
        if before == (days.first, days.last):
            continue
        changes[kind.value] = [_said(*before), _said(days.first, days.last)]
        if days.first is None or days.last is None:
            if row is not None:
                campaign.phases.remove(row)
        elif row is None:
            campaign.phases.append(CampaignPhase(kind=kind, starts_on=days.first, ends_on=days.last))
        else:
            row.starts_on, row.ends_on = days.first, days.last
    if changes:
        session.flush()
        session.expire(campaign, ["phases"])
        audit.record(session, "campaign.phases_changed", campaign, actor=actor, now=now, changes=changes)


def check(opens_at: datetime, wanted: Mapping[PhaseKind, Days]) -> None:
    """Raise DomainError for a day that is missing or out of order, with the field at fault."""
    earliest = clock.today(opens_at)
    for kind in PhaseKind:
        days = wanted.get(kind, Days())
        if days == Days():
            continue
        if days.first is None:
            raise DomainError(N_("Dites aussi quand cette phase commence."), field=field_of(kind, "first"))
        if days.last is None:
            raise DomainError(N_("Dites aussi quand cette phase se termine."), field=field_of(kind, "last"))
        if days.first < earliest:
            raise DomainError(
                N_("Cette phase ne peut pas commencer avant celle qui la précède."),
                field=field_of(kind, "first"),
            )
        if days.last < days.first:
            raise DomainError(
                N_("Cette phase doit se terminer après avoir commencé."), field=field_of(kind, "last")
            )
        earliest = days.first


def _said(first: date | None, last: date | None) -> str | None:
    return f"{first.isoformat()}/{last.isoformat()}" if first and last else None
