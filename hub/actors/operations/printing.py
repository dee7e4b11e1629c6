"""The printed directory: what it holds, asking for it, keeping it, and whether it may still be given out.

Its texts are French whatever the language of the person who asks for it.
"""

import hashlib
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from sqlalchemy.orm import Session

from hub.actors.models.directory import Arrangement, DirectoryPrint
from hub.actors.models.organisations import Organisation
from hub.actors.models.record import DropIn
from hub.actors.queries import directory as queries
from hub.actors.values import recurrence, words
from hub.actors.values.consent import FIELDS, Record, is_told
from hub.core import audit, files, jobs, settings
from hub.core.files import Store, StoredFile
from hub.core.i18n import format_time
from hub.core.search import fold
from memoranda import plain
from memoranda.content import LONGEST_TITLE, Origin
from memoranda.directory.content import Directory, Entry, Group, Heading, Index, Row

JOB = "actors.directory"
PDF = "application/pdf"
FILE = "annuaire.pdf"
ARRANGED = {Arrangement.COMMUNE: "Par commune", Arrangement.THEME: "Par thème"}
NOWHERE = {Arrangement.COMMUNE: "Siège non renseigné", Arrangement.THEME: "Sans thème"}
LONGEST_DESCRIPTION = 600
SHOWN = frozenset({"description", "audiences", "languages", "phone", "email", "website", "address"})
GUIDANCE = """\
Cet annuaire rassemble les acteurs du réseau : associations, services publics, collectifs, lieux et \
dispositifs qui travaillent avec des personnes étrangères ou d’origine étrangère.
Chaque fiche dit ce qu’est l’acteur, où il se trouve, sur quels thèmes il travaille et, s’il l’a \
souhaité, pour qui, en quelles langues et comment le joindre. Ce qui manque n’est pas connu, ou n’est \
pas public.
Les index, à la fin, mènent aux pages : par nom, par thème, par public{and_commune}."""


@dataclass(frozen=True)
class Material:
    """A directory before its logo is read; `shown` says which fields it shows of which organisation."""

    directory: Directory
    arranged_by: Arrangement
    shown: dict[str, list[str]]
    logo_sha256: str

    @property
    def fingerprint(self) -> str:
        """Return the SHA-256 of all that the PDF depends on: it changes when the PDF would."""
        parts = (plain.to_json(self.directory), self.logo_sha256)
        return hashlib.sha256("\n".join(parts).encode()).hexdigest()


@dataclass(frozen=True)
class Printed:
    """A PDF that was made, how many pages it has, and which signs of which entry it could not draw."""

    pdf: bytes
    pages: int
    undrawable: dict[str, str]


# --- What it holds --------------------------------------------------------------------------------


def gather(session: Session, arranged_by: Arrangement, *, base_url: str, today: date) -> Material:
    """Read the register as everybody may read it, grouped and in order."""
    network = settings.get(session)
    organisations = sorted(
        session.scalars(queries.printed()).unique(), key=lambda one: (fold(one.name), one.id)
    )
    drop_ins = defaultdict(list)
    for drop_in in session.scalars(queries.drop_ins_held(today)).unique():
        drop_ins[drop_in.organisation_id].append(drop_in)
    records = [Record(one, everything=False) for one in organisations]
    entries = {record.id: _entry(record, drop_ins[record.id]) for record in records}
    logo = session.get(StoredFile, network.logo_id) if network.logo_id else None
    directory = Directory(
        title=f"Annuaire – {network.name}"[:LONGEST_TITLE],
        subtitle="Qui fait quoi, où, pour qui et en quelles langues",
        network=network.name,
        day=today,
        arrangement=ARRANGED[arranged_by],
        primary=network.primary_colour,
        guidance=_guidance(arranged_by),
        url=f"{base_url}/annuaire",
        groups=_groups(records, entries, arranged_by),
        indexes=tuple(index for index in _indexes(records, arranged_by) if index.headings),
        sources=_sources(records),
        contact="\n".join(filter(None, (network.name, network.contact_phone, network.contact_email))),
    )
    shown = {str(record.id): _fields_shown(record.organisation) for record in records}
    return Material(directory, arranged_by, shown, logo.sha256 if logo else "")


def complete(material: Material, store: Store) -> Directory:
    """Return the directory with its logo. Raises FileNotFoundError if that is gone."""
    logo = store.read(material.logo_sha256) if material.logo_sha256 else None
    return replace(material.directory, logo=logo)


def _sources(records: list[Record]) -> tuple[Origin, ...]:
    """Name each source of the register once: an address by its site, all else in its own words."""
    lines = {line.strip() for record in records for line in record.source.splitlines() if line.strip()}
    told = {_where_read(line) for line in lines}
    return tuple(Origin(text=text[:LONGEST_TITLE]) for text in sorted(told, key=fold))


def _where_read(line: str) -> str:
    is_address = line.startswith(("http://", "https://"))
    return (line.split("/")[2].removeprefix("www.") or line) if is_address else line


def _guidance(arranged_by: Arrangement) -> tuple[str, ...]:
    more = "" if arranged_by is Arrangement.COMMUNE else " et par commune"
    return tuple(GUIDANCE.replace("{and_commune}", more).splitlines())


def _fields_shown(organisation: Organisation) -> list[str]:
    """Return the fields that need an agreement, have one, and hold something that is printed."""
    agreed = SHOWN & set(organisation.public_fields)
    return [field for field in FIELDS if field in agreed and is_told(organisation, field)]


def _anchor(record: Record) -> str:
    return f"acteur-{record.id}"


def _entry(record: Record, drop_ins: list[DropIn]) -> Entry:
    seat = record.commune
    description = " ".join((record.description or "").split())
    if len(description) > LONGEST_DESCRIPTION:
        description = description[:LONGEST_DESCRIPTION].rpartition(" ")[0] + "…"
    address = ", ".join(line.strip(" ,") for line in (record.address or "").splitlines() if line.strip(" ,"))
    rows = [
        ("Thèmes", ", ".join(theme.label for theme in record.themes)),
        ("Publics", ", ".join(audience.label for audience in record.audiences or ())),
        ("Langues", ", ".join(words.language_name(code) for code in record.languages or ())),
        ("Territoires", ", ".join(place.name for place in record.territories)),
        *(("Permanence", _held(drop_in)) for drop_in in drop_ins),
    ]
    return Entry(
        anchor=_anchor(record),
        name=record.name,
        acronym=record.acronym if record.acronym != record.name else "",
        kind=record.kind.label,
        place=f"{seat.name} ({seat.postal_code})" if seat and seat.postal_code else seat.name if seat else "",
        description=description,
        contacts=tuple(filter(None, (record.phone, record.email, _site(record.website or ""), address))),
        rows=tuple(Row(label=label, text=text) for label, text in rows if text),
    )


def _site(address: str) -> str:
    return address.partition("//")[2].removeprefix("www.").rstrip("/")


def _held(drop_in: DropIn) -> str:
    """Say what a drop-in is about, when and where it is held."""
    venue, unit = drop_in.venue, drop_in.unit
    commune = drop_in.commune or (unit.commune if unit else None) or (venue.commune if venue else None)
    when = ", ".join(_slot(slot) for slot in drop_in.slots) or drop_in.rhythm
    where = (venue.name if venue else "", " ".join(drop_in.place.split()), commune.name if commune else "")
    return " · ".join(filter(None, (drop_in.subject, when, ", ".join(filter(None, where)))))


def _slot(slot: Any) -> str:
    ends = f" à {format_time(slot.finishes)}" if slot.finishes else ""
    often = "" if slot.every_weeks == 1 else f" ({recurrence.EVERY_WEEKS.get(slot.every_weeks, '')})"
    starts = format_time(slot.begins)
    return f"{recurrence.WEEKDAYS[slot.weekday]} {'de' if ends else 'dès'} {starts}{ends}{often}".replace(
        " ()", ""
    )


def _groups(records: list[Record], entries: dict[int, Entry], arranged_by: Arrangement) -> tuple[Group, ...]:
    """Group the entries, each once: those of several themes stand under their first."""
    found: dict[tuple[int, str, str], list[Entry]] = defaultdict(list)
    for record in records:
        found[_group_of(record, arranged_by)].append(entries[record.id])
    return tuple(
        Group(anchor=f"groupe-{number}", title=title, entries=tuple(found[rank, folded, title]))
        for number, (rank, folded, title) in enumerate(sorted(found), start=1)
    )


def _group_of(record: Record, arranged_by: Arrangement) -> tuple[int, str, str]:
    """Return what sorts a group, and its title; those without one come last."""
    if arranged_by is Arrangement.COMMUNE:
        title = record.commune.name if record.commune else ""
    else:
        title = record.themes[0].label if record.themes else ""
    return (0, fold(title), title) if title else (1, "", NOWHERE[arranged_by])


def _indexes(records: list[Record], arranged_by: Arrangement) -> Iterable[Index]:
    names = Heading(title="", anchors=tuple(_anchor(record) for record in records))
    yield Index(anchor="index-noms", title="Index des noms", headings=(names,) if records else ())
    themes: dict[str, list[str]] = defaultdict(list)
    audiences: dict[str, list[str]] = defaultdict(list)
    communes: dict[str, list[str]] = defaultdict(list)
    for record in records:
        for theme in record.themes:
            themes[theme.label].append(_anchor(record))
        for audience in record.audiences or ():
            audiences[audience.label].append(_anchor(record))
        if record.commune:
            communes[record.commune.name].append(_anchor(record))
    yield _index("index-themes", "Index par thème", themes)
    yield _index("index-publics", "Index par public", audiences)
    if arranged_by is Arrangement.THEME:
        yield _index("index-communes", "Index par commune", communes)


def _index(anchor: str, title: str, found: dict[str, list[str]]) -> Index:
    headings = [Heading(title=label, anchors=tuple(found[label])) for label in sorted(found, key=fold)]
    return Index(anchor=anchor, title=title, headings=tuple(headings))


# --- Asking for it --------------------------------------------------------------------------------


def current_job(session: Session) -> jobs.Job | None:
    """Return the last job that prints a directory, whatever came of it."""
    return session.scalar(jobs.named(JOB).limit(1))


def request(session: Session, arranged_by: Arrangement, *, actor: Any, now: datetime) -> jobs.Job:
    """Ask for a directory; while one is being printed, that one is meant."""
    running = current_job(session)
    if running is not None and not running.is_over and not running.cancel_requested:
        return running
    return jobs.enqueue(
        session, JOB, now=now, actor_id=getattr(actor, "id", None), arranged_by=arranged_by.value
    )


def stop(session: Session, *, now: datetime) -> None:
    """Stop what is being printed."""
    running = current_job(session)
    if running is not None and not running.is_over:
        jobs.cancel(session, running, now=now)


# --- What came of it ------------------------------------------------------------------------------


def reuse(session: Session, material: Material, *, now: datetime) -> DirectoryPrint | None:
    """Return the directory printed of that very content, now the last one; None if there is none."""
    found = session.scalar(queries.same_print(material.fingerprint))
    if found is not None:
        found.created_at = now
        session.flush()
    return found


def keep(
    session: Session, store: Store, material: Material, printed: Printed, *, actor: Any, now: datetime
) -> DirectoryPrint:
    """Keep a PDF; it is the one that readers get from now on. The same content is kept once."""
    known = reuse(session, material, now=now)
    if known is not None:
        return known
    row = DirectoryPrint(
        file=files.keep(session, store, printed.pdf, FILE, PDF, now=now),
        arranged_by=material.arranged_by,
        day=material.directory.day,
        entries=len(material.directory.entries),
        pages=printed.pages,
        content_hash=material.fingerprint,
        shown=material.shown,
        undrawable=printed.undrawable,
        created_at=now,
    )
    session.add(row)
    session.flush()
    changes = {"pages": [None, row.pages], "entries": [None, row.entries]}
    audit.record(session, "directory.printed", row, actor=actor, now=now, changes=changes)
    return row


def may_be_given_out(session: Session, row: DirectoryPrint) -> bool:
    """Say whether everyone still agrees to all that it shows of them; a record that is gone shows nothing."""
    agreed = {str(one.id): set(one.public_fields) for one in session.execute(queries.agreements())}
    return all(set(fields) <= agreed.get(identifier, set()) for identifier, fields in row.shown.items())


def is_stale(session: Session, row: DirectoryPrint, *, base_url: str, today: date) -> bool:
    """Say whether the register has changed since; the date of the data alone is no change."""
    now = gather(session, row.arranged_by, base_url=base_url, today=today)
    return replace(now, directory=replace(now.directory, day=row.day)).fingerprint != row.content_hash
