"""Reading what the public directory looks through, in a fixed number of queries however large it is."""

import functools
from collections import defaultdict
from collections.abc import Iterable
from datetime import date
from typing import Any, cast

from sqlalchemy import Select, or_, select
from sqlalchemy.orm import Session, joinedload, selectinload

from hub.actors.models.directory import DirectoryPrint
from hub.actors.models.organisations import (
    Organisation,
    OrganisationState,
    organisation_audience,
    organisation_territory,
    organisation_theme,
)
from hub.actors.models.record import DropIn, TerritoryLabel, Unit
from hub.actors.models.reference import Audience, OrganisationKind, Territory, Theme
from hub.actors.queries.drop_ins import COMMUNE, Venue
from hub.actors.queries.record import DROP_IN_PARTS
from hub.actors.values import words
from hub.actors.values.consent import shows
from hub.actors.values.directory import vocabulary
from hub.actors.values.directory.finding import Entry
from hub.actors.values.directory.vocabulary import Place, Vocabulary
from hub.core.search import fold

Several = dict[int, list[tuple[str, str]]]  # organisation → (code, label) of what it has several of


def words_of(session: Session) -> Vocabulary:
    """Return the words that the directory knows, from the lists as people have edited them (4 queries)."""
    lists: tuple[tuple[str, Any], ...] = (
        ("theme", Theme),
        ("audience", Audience),
        ("kind", OrganisationKind),
    )
    labels = [
        (name, code, label)
        for name, model in lists
        for code, label in session.execute(select(model.code, model.label).order_by(model.position, model.id))
    ]
    return vocabulary.build(labels, places(session))


def places(session: Session) -> list[Place]:
    """Return all territories with those that each lies in."""
    rows = session.execute(
        select(
            Territory.id, Territory.parent_id, Territory.code, Territory.name, Territory.kind,
            Territory.postal_code, Territory.latitude, Territory.longitude,
        ).order_by(Territory.id)
    ).all()  # fmt: skip
    by_id = {row.id: row for row in rows}
    return [
        Place(
            row.code, row.name, row.kind, row.postal_code, row.latitude, row.longitude,
            frozenset(_ancestors(row, by_id)),
        )
        for row in rows
    ]  # fmt: skip


def _ancestors(row: Any, by_id: dict[int, Any]) -> Iterable[str]:
    seen = {row.id}
    while row.parent_id in by_id and row.parent_id not in seen:
        row = by_id[row.parent_id]
        seen.add(row.id)
        yield row.code


def entries(session: Session, today: date) -> list[Entry]:
    """Return every actor as the public may look for it (6 queries); merged records are left out."""
    rows = session.execute(
        select(
            Organisation.id, Organisation.name, Organisation.search_text, Organisation.scope,
            Organisation.state, Organisation.checked_on, Organisation.description, Organisation.languages,
            Organisation.public_fields, OrganisationKind.code.label("kind"),
            OrganisationKind.label.label("kind_label"), OrganisationKind.family,
            Territory.code.label("seat"), Territory.name.label("seat_name"),
        )
        .join(Organisation.kind)
        .outerjoin(Organisation.commune)
        .where(Organisation.merged_into_id.is_(None))
    ).all()  # fmt: skip
    themes = _several(session, organisation_theme, Theme)
    audiences = _several(session, organisation_audience, Audience)
    served = _several(session, organisation_territory, Territory)
    units = _where_units_are(session, today)
    drop_ins = _drop_ins(session, today)
    return [
        _entry(
            row, themes=themes[row.id], audiences=audiences[row.id], served=served[row.id],
            units=units[row.id], drop_ins=drop_ins[row.id],
        )
        for row in rows
    ]  # fmt: skip


def _several(session: Session, table: Any, model: Any) -> Several:
    label = model.name if model is Territory else model.label
    column = next(column for column in table.c if column.name != "organisation_id")
    found: Several = defaultdict(list)
    for identifier, code, text in session.execute(
        select(table.c.organisation_id, model.code, label).join(model, model.id == column)
    ):
        found[identifier].append((code, text))
    return found


def _where_units_are(session: Session, today: date) -> dict[int, list[str]]:
    found: dict[int, list[str]] = defaultdict(list)
    for identifier, code in session.execute(
        select(Unit.organisation_id, Territory.code)
        .join(Unit.commune)
        .where(Unit.withdrawn_at.is_(None), Unit.holding_on(today))
    ):
        found[identifier].append(code)
    return found


def _drop_ins(session: Session, today: date) -> dict[int, list[Any]]:
    found: dict[int, list[Any]] = defaultdict(list)
    for row in session.execute(
        select(
            DropIn.organisation_id, DropIn.subject, DropIn.languages, Territory.code.label("place"),
            Theme.code.label("theme"),
        )
        .outerjoin(DropIn.unit)
        .outerjoin(Venue, Venue.id == DropIn.venue_id)
        .outerjoin(Territory, Territory.id == COMMUNE)
        .outerjoin(DropIn.theme)
        .where(DropIn.withdrawn_at.is_(None), DropIn.holding_on(today))
    ):  # fmt: skip
        found[row.organisation_id].append(row)
    return found


@functools.lru_cache(maxsize=20_000)
def _folded(text: str) -> str:
    """Fold a text once: labels come again in every entry, descriptions at every look into the directory."""
    return fold(text)


def _entry(
    row: Any,
    *,
    themes: list[tuple[str, str]],
    audiences: list[tuple[str, str]],
    served: list[tuple[str, str]],
    units: list[str],
    drop_ins: list[Any],
) -> Entry:
    """Make an entry of what the organisation shows to the public; nothing else can be found by."""
    organisation = cast("Organisation", row)  # a row of its columns answers `shows` alike
    audiences = audiences if shows(organisation, "audiences") else []
    languages = row.languages if shows(organisation, "languages") else []
    texts = [
        *row.search_text.splitlines(), _folded(row.name), _folded(row.kind_label), _folded(row.scope),
        _folded(row.seat_name or ""), *(_folded(label) for _code, label in (*themes, *audiences, *served)),
        _folded(row.description) if shows(organisation, "description") else "",
        *(_folded(words.language_name(code)) for code in languages),
        *(_folded(drop_in.subject) for drop_in in drop_ins),
    ]  # fmt: skip
    places_met = [row.seat, *units, *(drop_in.place for drop_in in drop_ins)]
    return Entry(
        id=row.id,
        name=row.name,
        names=tuple(row.search_text.splitlines()),
        text=" / ".join(dict.fromkeys(text for text in texts if text)),
        kind=row.kind,
        family=row.family.value,
        themes=frozenset([code for code, _label in themes] + [one.theme for one in drop_ins if one.theme]),
        audiences=frozenset(code for code, _label in audiences),
        languages=frozenset([*languages, *(code for one in drop_ins for code in one.languages)]),
        places=tuple(dict.fromkeys(code for code in places_met if code)),
        serves=frozenset(code for code, _label in served),
        state=row.state.value,
        seat_name=_folded(row.seat_name or ""),
        checked_on=row.checked_on,
    )


def shown(ids: Iterable[int]) -> Select[Organisation]:
    """Select those organisations with all that the directory shows of them, in no order."""
    return _with_facts().where(Organisation.id.in_(list(ids)))


def _with_facts() -> Select[Organisation]:
    return select(Organisation).options(
        joinedload(Organisation.kind),
        joinedload(Organisation.commune),
        selectinload(Organisation.themes),
        selectinload(Organisation.audiences),
        selectinload(Organisation.territories),
    )


def labels_of(code: str, today: date) -> Select[str]:
    """Select what a place calls itself or was granted, as of that day, such as « Commune hospitalière »."""
    return (
        select(TerritoryLabel.label)
        .join(TerritoryLabel.territory)
        .where(
            Territory.code == code,
            TerritoryLabel.withdrawn_at.is_(None),
            or_(TerritoryLabel.granted_on.is_(None), TerritoryLabel.granted_on <= today),
            or_(TerritoryLabel.ends_on.is_(None), TerritoryLabel.ends_on >= today),
        )
        .order_by(TerritoryLabel.label)
    )


def printed() -> Select[Organisation]:
    """Select all that a printed directory holds, in no order: neither merged records nor what has ended."""
    return _with_facts().where(
        Organisation.merged_into_id.is_(None), Organisation.state != OrganisationState.CLOSED
    )


def drop_ins_held(today: date) -> Select[DropIn]:
    """Select the drop-ins that are held on that day, with where and when, by subject."""
    return (
        select(DropIn)
        .where(DropIn.withdrawn_at.is_(None), DropIn.holding_on(today))
        .options(*DROP_IN_PARTS)
        .order_by(DropIn.subject, DropIn.id)
    )


def agreements() -> Select[int, list[str]]:
    """Select the identifier of each organisation and what it agreed to show."""
    return select(Organisation.id, Organisation.public_fields)


def last_print() -> Select[DirectoryPrint]:
    """Select the directory that was printed last."""
    newest = (DirectoryPrint.created_at.desc(), DirectoryPrint.id.desc())
    return select(DirectoryPrint).options(joinedload(DirectoryPrint.file)).order_by(*newest).limit(1)


def same_print(content_hash: str) -> Select[DirectoryPrint]:
    """Select the directory printed of that very content."""
    return select(DirectoryPrint).where(DirectoryPrint.content_hash == content_hash)
