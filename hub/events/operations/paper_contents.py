"""From who is expected to the frozen content of a day's papers: lists, badges, table signs.

Texts are French whatever the language of the person who asks: a paper is the network's, not theirs.
"""

from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import Any

from flask_babel import force_locale
from sqlalchemy.orm import Session

from hub.core import i18n, letterhead
from hub.core.files import Store
from hub.events.models.days import Event, EventSession, Mode, SessionKind
from hub.events.models.outcomes import DelegationState
from hub.events.models.workshops import Workshop
from hub.events.queries import papers as queries
from hub.events.queries import presence
from hub.events.values.presence import held
from hub.events.words import shown_name
from memoranda import plain
from memoranda.day.content import (
    Badge,
    Badges,
    Column,
    Day,
    Fact,
    Kind,
    Paper,
    Sheet,
    Sheets,
    Sign,
    Signs,
)
from memoranda.letter import Letterhead

LANGUAGE = "fr"
MOST_BOXES = 3
"""So many half-days have a box each on the list of the entrance; beyond, one box is enough."""
LAST_SIGNS = 4
PLACE = Column(label="N°", kind=Kind.NUMBER)
NAME = Column(label="Nom", kind=Kind.NAME)
ORGANISATION = Column(label="Organisation")


class Wished(StrEnum):
    """What can be printed."""

    LISTS = "lists"
    BADGES = "badges"
    SIGNS = "signs"
    SIGNATURES = "signatures"
    ENTRANCE = "entrance"
    ALL = "all"


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What somebody asked for. `sessions` are those to sign for; none named: all that are held in a room."""

    kind: Wished
    format: str = "90x54"
    marks: bool = True
    codes: bool = True
    blank_badges: int = 0
    blank_rows: int = 10
    sessions: tuple[int, ...] = ()

    def as_arguments(self) -> dict[str, Any]:
        """Return it as a row can hold it."""
        return {**asdict(self), "kind": self.kind.value, "sessions": list(self.sessions)}

    @classmethod
    def read(cls, told: dict[str, Any]) -> "Wanted":
        """Read what `as_arguments` wrote."""
        return cls(**{**told, "kind": Wished(told["kind"]), "sessions": tuple(told["sessions"])})


@dataclass(frozen=True, slots=True)
class Attendee:
    """Somebody expected, as papers name them."""

    name: str
    organisation: str
    is_online: bool
    code: str
    workshops: tuple[int, ...] = ()


@dataclass(frozen=True)
class Material:
    """All that papers are made of, read once; `numbers` is the place of each workshop in the programme."""

    head: Letterhead
    day: Day
    event: Event
    people: tuple[Attendee, ...]
    parties: tuple[str, ...]
    workshops: tuple[Workshop, ...]
    numbers: dict[int, int]

    @property
    def in_the_room(self) -> list[Attendee]:
        """Who is expected in the room."""
        return [one for one in self.people if not one.is_online]

    def in_workshop(self, workshop_id: int) -> list[Attendee]:
        """Who holds a seat in a workshop, online too."""
        return [one for one in self.people if workshop_id in one.workshops]


def signed_sessions(event: Event, chosen: tuple[int, ...] = ()) -> list[EventSession]:
    """Return the sessions that people sign for: held in a room, not called off; those chosen, if any are."""
    rows = [row for row in held(event) if row.mode != Mode.ONLINE]
    return [row for row in rows if row.id in chosen] if chosen else rows


def read(session: Session, event: Event, store: Store) -> Material:
    """Read who is expected, and where: a constant number of queries."""
    seats: dict[int, list[int]] = defaultdict(list)
    for number, workshop in session.execute(queries.seats(event)):
        seats[number].append(workshop)
    people = tuple(
        Attendee(
            _clean(shown_name(name)),
            _clean(organisation),
            mode == Mode.ONLINE,
            code,
            tuple(seats.get(number, ())),
        )
        for number, name, organisation, mode, code in session.execute(queries.people(event))
    )
    parties = tuple(
        _clean(row.organisation.name)
        for row in session.scalars(presence.delegations(event))
        if row.state != DelegationState.DECLINED
    )
    workshops = tuple(session.scalars(queries.workshops(event)))
    return Material(
        head=letterhead.with_logo(session, letterhead.of(session), store), day=day_of(event), event=event,
        people=people, parties=parties, workshops=workshops,
        numbers={row.id: place for place, row in enumerate(workshops, start=1)},
    )  # fmt: skip


def day_of(event: Event) -> Day:
    """Return what a day is, in words."""
    place = ", ".join(part for part in (event.place_name, event.place_address) if part)
    return Day(
        title=_clean(event.title), day=event.day, place=_clean(place),
        when=i18n.format_range(event.starts_at, event.ends_at, LANGUAGE), online=_clean(event.online_url),
    )  # fmt: skip


def compose(material: Material, wanted: Wanted) -> dict[Wished, Paper]:
    """Return the papers that were asked for; one on which nothing would stand is left out."""
    kinds = list(WRITERS) if wanted.kind == Wished.ALL else [wanted.kind]
    with force_locale(LANGUAGE):
        made = {kind: WRITERS[kind](material, wanted) for kind in kinds}
    return {kind: paper for kind, paper in made.items() if paper is not None}


def _sheets(material: Material, title: str, sheets: list[Sheet]) -> Sheets | None:
    if not sheets:
        return None
    return Sheets(letterhead=material.head, day=material.day, title=title, sheets=tuple(sheets))


# --- Lists ----------------------------------------------------------------------------------------


def lists(material: Material, wanted: Wanted) -> Sheets | None:
    """Write a list for each workshop: who comes, for whom, with some rows for those who come unannounced."""
    sheets = [_workshop_list(material, row, wanted.blank_rows) for row in material.workshops]
    return _sheets(material, "Listes par atelier", sheets)


def _workshop_list(material: Material, workshop: Workshop, blank: int) -> Sheet:
    people = material.in_workshop(workshop.id)
    seats = f"{_counted(len(people), 'personne inscrite', 'personnes inscrites')}, {workshop.capacity} places"
    facts = [*_where(workshop), Fact(label="Inscriptions", text=seats)]
    return Sheet(
        title=f"{material.numbers[workshop.id]}. {_clean(workshop.title)}",
        columns=(PLACE, NAME, ORGANISATION, Column(label="Présent·e", kind=Kind.BOX)),
        rows=tuple((_named(one), one.organisation) for one in people),
        facts=tuple(facts), blank=blank, empty="Personne n’est inscrit à cet atelier.",
    )  # fmt: skip


def _named(one: Attendee) -> str:
    return f"{one.name} (en ligne)" if one.is_online else one.name


def _where(workshop: Workshop) -> Iterator[Fact]:
    """Tell a workshop's round, hours, room and who leads it, as far as they are known."""
    if workshop.round is not None and workshop.round.title:
        yield Fact(label="Tour", text=_clean(workshop.round.title))
    if workshop.hours is not None:
        yield Fact(label="Heures", text=_hours(*workshop.hours))
    if room_of(workshop):
        yield Fact(label="Salle", text=room_of(workshop))
    if workshop.lead is not None:
        yield Fact(label="Animé par", text=_clean(workshop.lead.name))


def room_of(workshop: Workshop) -> str:
    """Return the name of a workshop's room; empty where nobody said."""
    return _clean(workshop.venue_room.name if workshop.venue_room is not None else workshop.room)


def signatures(material: Material, wanted: Wanted) -> Sheets | None:
    """Write a sheet to sign for each session; of a day without sessions, one for the whole day."""
    rows = signed_sessions(material.event, wanted.sessions)
    sheets = [_session_sheet(material, row, wanted.blank_rows) for row in rows]
    if not held(material.event):
        sheets = [_signed("Toute la journée", (), material.in_the_room, wanted.blank_rows)]
    return _sheets(material, "Feuilles de signature", sheets)


def _session_sheet(material: Material, row: EventSession, blank: int) -> Sheet:
    people = material.in_the_room
    if row.kind == SessionKind.WORKSHOP:
        people = [one for one in people if row.workshop_id in one.workshops]
    facts = [Fact(label="Quand", text=i18n.format_range(row.starts_at, row.ends_at, LANGUAGE))]
    if row.place:
        facts.append(Fact(label="Où", text=_clean(row.place)))
    return _signed(session_name(material.event, row), tuple(facts), people, blank)


def session_name(event: Event, row: EventSession) -> str:
    """Return what a session is called on papers."""
    if row.title:
        return _clean(row.title)
    if row.workshop is not None:
        return _clean(row.workshop.title)
    if event.day != event.last_day:
        return i18n.format_date(row.starts_at, LANGUAGE).capitalize()
    return f"De {_hours(row.starts_at, row.ends_at).removeprefix('de ')}"


def _signed(title: str, facts: tuple[Fact, ...], people: list[Attendee], blank: int) -> Sheet:
    return Sheet(
        title=title, facts=facts,
        columns=(PLACE, NAME, ORGANISATION, Column(label="Signature", kind=Kind.SIGN)),
        rows=tuple((one.name, one.organisation) for one in people), blank=blank,
        note="Les lignes vides sont pour les personnes venues sans inscription." if blank else "",
    )  # fmt: skip


def entrance(material: Material, wanted: Wanted) -> Sheets | None:
    """Write the list of the entrance, for when nothing else works: boxes to tick, the end of each code."""
    boxes = [row for row in held(material.event) if row.kind != SessionKind.WORKSHOP]
    labels = [session_name(material.event, row) for row in boxes]
    if not 1 < len(labels) <= MOST_BOXES:
        labels = ["Présent·e"]
    has_workshops = bool(material.workshops)
    columns = [Column(label=label, kind=Kind.BOX) for label in labels] + [NAME, ORGANISATION]
    if has_workshops:
        columns.append(Column(label="Ateliers", kind=Kind.SHORT))
    columns.append(Column(label="Fin du code", kind=Kind.SHORT))
    rows = tuple(_entering(material, one, has_workshops=has_workshops) for one in material.in_the_room)
    legend = " · ".join(f"{material.numbers[row.id]} : {_placed(row)}" for row in material.workshops)
    sheet = Sheet(
        title="Liste d’accueil", columns=tuple(columns), rows=rows, blank=wanted.blank_rows,
        facts=(Fact(label="Attendues", text=_counted(len(rows), "personne", "personnes")),),
        note=f"Ateliers – {legend}" if legend else "",
    )  # fmt: skip
    return _sheets(material, "Liste d’accueil", [sheet])


def _entering(material: Material, one: Attendee, *, has_workshops: bool) -> tuple[str, ...]:
    numbers = ", ".join(str(material.numbers[row]) for row in one.workshops if row in material.numbers)
    told = (one.name, one.organisation, *((numbers,) if has_workshops else ()))
    return (*told, one.code[-LAST_SIGNS:])


def _placed(workshop: Workshop) -> str:
    room = room_of(workshop)
    return f"{_clean(workshop.title)} ({room})" if room else _clean(workshop.title)


# --- Badges and signs -----------------------------------------------------------------------------


def badges(material: Material, wanted: Wanted) -> Badges | None:
    """Write a badge for everybody expected in the room, then some blank ones."""
    rooms = {row.id: _short(material, row) for row in material.workshops}
    told = [
        Badge(
            name=one.name, organisation=one.organisation,
            lines=tuple(rooms[row] for row in one.workshops if row in rooms),
            code=one.code if wanted.codes else "",
        )
        for one in material.in_the_room
    ]  # fmt: skip
    told += [Badge()] * wanted.blank_badges
    if not told:
        return None
    return Badges(
        letterhead=material.head, day=material.day, badges=tuple(told), format=wanted.format,
        marks=wanted.marks,
    )  # fmt: skip


def _short(material: Material, workshop: Workshop) -> str:
    """Return a workshop's number, its hour and its room, for where there is little room."""
    starts = i18n.format_time(workshop.hours[0], LANGUAGE) if workshop.hours else ""
    parts = (f"Atelier {material.numbers[workshop.id]}", starts, room_of(workshop))
    return " · ".join(part for part in parts if part)


def signs(material: Material, wanted: Wanted) -> Signs | None:
    """Write a table sign for each workshop, each party and each organisation that is expected."""
    del wanted
    told = [
        Sign(
            name=_clean(row.title), kind=f"Atelier {material.numbers[row.id]}",
            note=", ".join(fact.text for fact in _where(row) if fact.label in {"Salle", "Heures"}),
        )
        for row in material.workshops
    ]  # fmt: skip
    told += [Sign(name=name, kind="Parti") for name in material.parties]
    names = sorted({one.organisation for one in material.in_the_room} - {"", *material.parties})
    told += [Sign(name=name) for name in names]
    return Signs(letterhead=material.head, day=material.day, signs=tuple(told)) if told else None


WRITERS: dict[Wished, Callable[[Material, Wanted], Paper | None]] = {
    Wished.LISTS: lists,
    Wished.BADGES: badges,
    Wished.SIGNS: signs,
    Wished.SIGNATURES: signatures,
    Wished.ENTRANCE: entrance,
}


def _hours(starts: Any, ends: Any) -> str:
    return f"de {i18n.format_time(starts, LANGUAGE)} à {i18n.format_time(ends, LANGUAGE)}"


def _counted(number: int, one: str, several: str) -> str:
    return f"{number} {one if number < 2 else several}"  # noqa: PLR2004 - French: none and one alike


def _clean(text: str) -> str:
    """Leave out what nobody sees and nothing prints: a control character pasted must not stop a paper."""
    return plain.without_invisible(text)
