"""Reading the register for the map: a constant number of queries, however large the network."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import date
from typing import Any

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from hub.actors.models.organisations import (
    SECTOR_OF_FORM,
    Organisation,
    OrganisationState,
    organisation_audience,
    organisation_theme,
)
from hub.actors.models.reference import Audience, OrganisationKind, Territory, Theme
from hub.actors.models.relations import Precision, Relation, RelationKind
from hub.actors.values import consent
from hub.core import clock
from hub.network.queries import gatherings
from hub.network.values.memory import remembered
from hub.network.values.projection import Seat, meetings
from hub.network.values.register import Actor, Link, Origin, Register
from hub.network.values.sight import Sight
from hub.network.words import TIES


def actors() -> Select[*tuple[Any, ...]]:
    """Select what the map shows of every organisation; one that was merged has become another."""
    return (
        select(
            Organisation.id,
            Organisation.slug,
            Organisation.name,
            Organisation.acronym,
            Organisation.search_text,
            Organisation.founded,
            Organisation.state,
            Organisation.state_since,
            Organisation.legal_form,
            Organisation.languages,
            Organisation.created_at,
            Organisation.public_fields,
            OrganisationKind.code.label("kind_code"),
            OrganisationKind.label.label("kind"),
            OrganisationKind.family,
            OrganisationKind.sector,
            Territory.code.label("commune_code"),
            Territory.name.label("commune"),
            Territory.latitude,
            Territory.longitude,
        )
        .join(Organisation.kind)
        .outerjoin(Organisation.commune)
        .where(Organisation.merged_into_id.is_(None))
        .order_by(Organisation.search_text, Organisation.id)
    )


def merged() -> Select[*tuple[Any, ...]]:
    """Select (record, record that it became) of all organisations that were merged."""
    return select(Organisation.id, Organisation.merged_into_id).where(
        Organisation.merged_into_id.is_not(None)
    )


def themes() -> Select[Any]:
    """Select the themes of all organisations, in their order."""
    return (
        select(organisation_theme.c.organisation_id, Theme.code, Theme.label)
        .join(Theme, Theme.id == organisation_theme.c.theme_id)
        .order_by(Theme.position, Theme.id)
    )


def audiences() -> Select[Any]:
    """Select the audiences of all organisations, in their order."""
    return (
        select(organisation_audience.c.organisation_id, Audience.code, Audience.label)
        .join(Audience, Audience.id == organisation_audience.c.audience_id)
        .order_by(Audience.position, Audience.id)
    )


def relations() -> Select[*tuple[Any, ...]]:
    """Select all relations that nobody withdrew."""
    return (
        select(
            Relation.id,
            Relation.source_id,
            Relation.target_id,
            RelationKind.code,
            RelationKind.label,
            RelationKind.reverse_label,
            Relation.start_on,
            Relation.start_precision,
            Relation.end_on,
            Relation.end_precision,
        )
        .join(Relation.kind)
        .where(Relation.withdrawn_at.is_(None))
        .order_by(RelationKind.position, Relation.start_on.nulls_last(), Relation.id)
    )


def relation_kinds_in_use() -> Select[RelationKind]:
    """Select the kinds that some standing relation has, in their order."""
    used = select(Relation.kind_id).where(Relation.withdrawn_at.is_(None))
    return (
        select(RelationKind).where(RelationKind.id.in_(used)).order_by(RelationKind.position, RelationKind.id)
    )


def read(session: Session, day: date, sight: Sight | None = None) -> Register:
    """Read the whole register, marked as it stood on the day, with the ties that the reader may see.

    Without `sight`, as anybody sees it on that day. The number of queries doesn't depend on the size.
    """
    sight = sight or Sight(today=day)
    became = _final({row.id: row.merged_into_id for row in session.execute(merged())})
    public = [*_declared(session), *_projects(session), *_cosigned(session), *_drop_ins(session)]
    told = _between_actors(public, became)
    found = _actors(session, _last_known(told), everything=sight.records)
    more = [*_roofs(session, sight), *_days(session, sight)]
    if sight.spaces:
        more += _spaces(session)
    links = [
        link
        for link in (*told, *_between_actors(more, became))
        if link.source in found and link.target in found
    ]
    return Register(found, tuple(links)).on(day)


def _final(became: dict[int, int]) -> dict[int, int]:
    """Return, for each merged record, the one that it is in the end."""

    def end(one: int) -> int:
        seen = {one}
        while one in became and became[one] not in seen:
            one = became[one]
            seen.add(one)
        return one

    return {one: end(one) for one in became}


def _between_actors(links: Iterable[Link], became: Mapping[int, int]) -> list[Link]:
    """Put the record that stayed in the place of those merged into it; what then ties one to itself falls."""
    if became:
        links = (
            replace(
                link,
                source=became.get(link.source, link.source),
                target=became.get(link.target, link.target),
            )
            for link in links
        )
    return [link for link in links if link.source != link.target]


# --- Actors


def _actors(session: Session, last_known: Mapping[int, date], *, everything: bool) -> dict[int, Actor]:
    themes_of, audiences_of = _labels(session, themes()), _labels(session, audiences())
    found = {}
    for row in session.execute(actors()):
        shown = consent.FIELDS if everything else row.public_fields
        until, uncertain = _until(row, last_known.get(row.id))
        sector = SECTOR_OF_FORM.get(row.legal_form) if "legal_form" in shown else None
        found[row.id] = Actor(
            id=row.id,
            slug=row.slug,
            name=row.name,
            label=row.acronym or row.name,
            kind=row.kind,
            kind_code=row.kind_code,
            family=row.family,
            commune=row.commune or "",
            commune_code=row.commune_code or "",
            themes=themes_of.get(row.id, ()),
            search_text=row.search_text,
            current=False,
            since=date(row.founded, 1, 1) if row.founded and "founded" in shown else None,
            until=until,
            uncertain=uncertain,
            sector=sector or row.sector,
            latitude=row.latitude,
            longitude=row.longitude,
            audiences=audiences_of.get(row.id, ()) if "audiences" in shown else (),
            languages=tuple(row.languages) if "languages" in shown else (),
        )
    return found


def _until(row: Any, last_known: date | None) -> tuple[date | None, bool]:
    """Return the last day on which an actor was there, and whether that is uncertain.

    One that closed on an unknown day was there at least until the last dated fact that is told of it; if none
    is, until the day when the register was told of it.
    """
    if row.state != OrganisationState.CLOSED:
        return None, False
    if row.state_since:
        return row.state_since, False
    return last_known or clock.today(row.created_at), True


def _last_known(links: Iterable[Link]) -> dict[int, date]:
    """Return the last day that any public fact names of each actor."""
    found: dict[int, date] = {}
    for link in links:
        day = link.end_on or link.start_on
        for end in (link.source, link.target):
            if day and day > found.get(end, date.min):
                found[end] = day
    return found


def _labels(session: Session, rows: Select[Any]) -> dict[int, tuple[tuple[str, str], ...]]:
    found: defaultdict[int, list[tuple[str, str]]] = defaultdict(list)
    for organisation, code, label in session.execute(rows):
        found[organisation].append((code, label))
    return {key: tuple(labels) for key, labels in found.items()}


# --- Ties


def _declared(session: Session) -> Iterator[Link]:
    for row in session.execute(relations()):
        yield Link(
            source=row.source_id,
            target=row.target_id,
            kind=row.code,
            label=row.label,
            reverse_label=row.reverse_label,
            start_on=row.start_on,
            start_precision=row.start_precision,
            end_on=row.end_on,
            end_precision=row.end_precision,
            current=False,
            fact=f"relation-{row.id}",
        )


def _projects(session: Session) -> Iterator[Link]:
    return _shared(session.execute(gatherings.parts()), Origin.PROJECT, "project", _within_its_own)


def _cosigned(session: Session) -> Iterator[Link]:
    return _shared(session.execute(gatherings.signatures()), Origin.COSIGNING, "edition", _signature)


def _days(session: Session, sight: Sight) -> Iterator[Link]:
    return _shared(session.execute(gatherings.participations(sight)), Origin.DAY, "event", _participation)


def _spaces(session: Session) -> Iterator[Link]:
    rows = session.execute(gatherings.seats()).all()
    known: dict[int, date] = {}
    for row in rows:
        day = row.ends_on or row.starts_on or date.min
        known[row.id] = max(day, known.get(row.id, date.min))

    def seat(row: Any) -> Seat | None:
        # A space that closed on an unknown day ended no earlier than the last thing known of it.
        lost = row.closed and row.ended is None and known[row.id] != date.min
        return _seat(row, known[row.id] if lost else row.ended)

    return _shared(rows, Origin.SPACE, "space", seat)


def _seat(row: Any, ended: date | None) -> Seat | None:
    """Return a seat within the days of what it is a seat in; None if there are no such days."""
    start = max(row.starts_on or date.min, row.opened or date.min)
    end = min(row.ends_on or date.max, ended or date.max)
    if start > end:
        return None
    return Seat(
        row.organisation_id,
        None if start == date.min else start,
        None if end == date.max else end,
        bool(row.runs),
    )


def _within_its_own(row: Any) -> Seat | None:
    return _seat(row, row.ended)


def _signature(row: Any) -> Seat:
    return Seat(row.organisation_id, *remembered(Origin.COSIGNING, clock.today(row.published_at)))


def _participation(row: Any) -> Seat:
    days = remembered(Origin.DAY, clock.today(row.starts_at))
    return Seat(row.organisation_id, *days, runs=bool(row.runs))


def _shared(
    rows: Iterable[Any], origin: Origin, thing: str, seat: Callable[[Any], Seat | None]
) -> Iterator[Link]:
    """Yield the ties of all gatherings; the rows of one stand together."""
    seats: defaultdict[int, list[Seat]] = defaultdict(list)
    names: dict[int, str] = {}
    for row in rows:
        names[row.id] = row.about
        if made := seat(row):
            seats[row.id].append(made)
    label, reverse_label = TIES[origin]
    for number, sitting in seats.items():
        for meeting in meetings(sitting):
            yield Link(
                source=meeting.first,
                target=meeting.second,
                kind=origin.value,
                label=label,
                reverse_label=reverse_label,
                start_on=meeting.start,
                start_precision=Precision.DAY,
                end_on=meeting.end,
                end_precision=Precision.DAY,
                current=False,
                origin=origin,
                fact=f"{thing}-{number}",
                about=names[number],
                strength=meeting.strength,
                directed=False,
            )


def _roofs(session: Session, sight: Sight) -> Iterator[Link]:
    for row in session.execute(gatherings.roofs(sight)):
        start, end = remembered(Origin.HOSTING, clock.today(row.starts_at))
        yield _roof(
            row, f"event-{row.id}",
            start_on=start, start_precision=Precision.DAY, end_on=end, end_precision=Precision.DAY,
        )  # fmt: skip


def _drop_ins(session: Session) -> Iterator[Link]:
    for row in session.execute(gatherings.drop_ins()):
        yield _roof(
            row, f"drop-in-{row.id}",
            start_on=row.starts_on, start_precision=row.starts_precision,
            end_on=row.ends_on, end_precision=row.ends_precision,
        )  # fmt: skip


def _roof(row: Any, fact: str, **period: Any) -> Link:
    label, reverse_label = TIES[Origin.HOSTING]
    return Link(
        source=row.venue_id, target=row.organisation_id, kind=Origin.HOSTING.value, label=label,
        reverse_label=reverse_label, current=False, origin=Origin.HOSTING, fact=fact, about=row.about,
        **period,
    )  # fmt: skip
