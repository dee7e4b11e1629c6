"""The report of a day, made of what is known: facts, programme, numbers, conclusions, evaluation.

No person is named. Free words of the evaluation stay where they are: they may name somebody.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask_babel import force_locale
from sqlalchemy.orm import Session

from hub.actors.signals import LinkGroup
from hub.core import i18n
from hub.core.settings import NetworkSettings
from hub.events import words
from hub.events.models.days import Event, EventSession, Mode, Slot
from hub.events.models.outcomes import Conclusion, Delegation, DelegationState
from hub.events.models.registrations import Channel, RegistrationState
from hub.events.models.workshops import Workshop
from hub.events.operations import evaluation
from hub.events.operations.paper_contents import LANGUAGE, room_of, session_name
from hub.events.queries import conclusions as conclusion_queries
from hub.events.queries import day_report as queries
from hub.events.queries import presence
from hub.events.values.tallying import NO, SILENT, YES, Tally
from memoranda import charts, plain
from memoranda.report.content import Figure, Picture, Report, Section, Table

UNKNOWN_PLACE = "Sans commune connue"
STATES = {
    DelegationState.INVITED: "Invité",
    DelegationState.ANNOUNCED: "Annoncé",
    DelegationState.DECLINED: "A décliné",
}
SAID = {YES: "Oui", NO: "Non", SILENT: "Sans réponse"}
FEW = "moins de 5"
MOST_BARS = 14

Links = Mapping[int, Sequence[LinkGroup]]


@dataclass(frozen=True)
class People:
    """Who signed up and who was there, in numbers."""

    expected: int
    online: int
    cancelled: int
    was_taken: bool  # whether presence was
    seen: int
    seen_online: int
    walk_ins: int

    @property
    def counted(self) -> int:
        """Whose opinion counts: who was there or, where no presence was taken, who had a seat."""
        return self.seen if self.was_taken else self.expected


@dataclass(frozen=True)
class Came:
    """An organisation of the register that was there, and with how many people."""

    name: str
    kind: str
    commune: str
    people: int


def conclusions_of(session: Session, event: Event) -> Sequence[Conclusion]:
    """Return the conclusions that everybody reads: no others stand in a report."""
    return session.scalars(conclusion_queries.published(event)).all()


def compile_report(
    session: Session,
    event: Event,
    conclusions: Sequence[Conclusion],
    links: Links,
    *,
    network: NetworkSettings,
    now: datetime,
) -> Report:
    """Return the report as it stands now; `links` say what came of each conclusion, as everybody may see."""
    session.execute(queries.described(event)).unique().all()  # read at once what the day's parts ask for
    rows = session.execute(queries.people(event)).all()
    given = session.execute(queries.workshops(event)).all()
    workshops = [workshop for workshop, _seats in given]  # named by their sessions too
    seats = {workshop.id: number for workshop, number in given}
    with force_locale(LANGUAGE):
        people = _people(rows)
        sections = [
            _facts(event, people),
            _programme(event, event.slots),
            *_who(rows, people),
            _sessions(session, event, people, seats),
            _parties(session.scalars(presence.delegations(event)).all()),
            *_workshops(workshops, seats, conclusions, links),
            _day_concludes(conclusions, links),
            _evaluation(
                evaluation.results(session, event, now=now, asked=people.counted),
                evaluation.standing(event, now),
            ),
        ]
        report = Report(
            title=event.title,
            subtitle=f"Rapport de la journée. {event.summary}".strip(),
            network=network.name,
            territory=event.place_name,
            contact=" · ".join(filter(None, (event.contact_email or network.contact_email, network.website))),
            day=event.day,
            since=None,
            when=i18n.format_range(event.starts_at, event.ends_at, LANGUAGE),
            primary=network.primary_colour,
            sections=tuple(section for section in sections if section is not None),
            flows=True,
        )  # fmt: skip
    return plain.cleaned(report)


def _people(rows: Sequence[Any]) -> People:
    """Count the rows of `queries.people`."""
    confirmed = [(row[1], row[-1]) for row in rows if row[0] == RegistrationState.CONFIRMED]
    seen = [(row[1], row[2], row[-1]) for row in rows if row[3]]
    return People(
        expected=sum(number for _mode, number in confirmed),
        online=sum(number for mode, number in confirmed if mode == Mode.ONLINE),
        cancelled=sum(row[-1] for row in rows if row[0] == RegistrationState.CANCELLED),
        was_taken=bool(seen),
        seen=sum(number for _mode, _by, number in seen),
        seen_online=sum(number for mode, _by, number in seen if mode == Mode.ONLINE),
        walk_ins=sum(number for _mode, by, number in seen if by == Channel.WALK_IN),
    )


# --- The parts ------------------------------------------------------------------------------------


def _facts(event: Event, people: People) -> Section:
    figures = [Figure(label="Personnes inscrites", value=_number(people.expected))]
    if people.online:
        figures.append(Figure(label="dont en ligne", value=_number(people.online)))
    if people.was_taken:
        figures.append(Figure(label="Personnes présentes", value=_number(people.seen)))
    if people.seen_online:
        figures.append(Figure(label="dont en ligne", value=_number(people.seen_online)))
    if people.walk_ins:
        figures.append(Figure(label="venues sans inscription", value=_number(people.walk_ins)))
    if people.cancelled:
        figures.append(Figure(label="Inscriptions annulées", value=_number(people.cancelled)))
    place = ", ".join(part for part in (event.place_name, event.place_address) if part)
    known = (
        ("Quoi", str(words.KINDS[event.kind])),
        ("Quand", i18n.format_range(event.starts_at, event.ends_at, LANGUAGE)),
        ("Où", place or ("En ligne" if event.mode == Mode.ONLINE else "")),
        ("Comment", str(words.MODES[event.mode])),
        ("Organisée par", ", ".join(row.name for row in event.organisers)),
        ("Réunion de", event.space.name if event.space is not None else ""),
    )
    rows = tuple((label, text) for label, text in known if text)
    note = (
        "" if people.was_taken else "Les présences n’ont pas été notées : les inscriptions comptent seules."
    )
    return Section(
        anchor="faits", title="La journée", text=event.description, figures=tuple(figures),
        tables=(Table(caption="En bref", header=("Fait", "Ce qu’il en est"), rows=rows),), closing=note,
    )  # fmt: skip


def _programme(event: Event, slots: Sequence[Slot]) -> Section | None:
    if not slots:
        return None
    several = event.day != event.last_day
    rows = tuple(
        (_when(slot.starts_at, slot.ends_at, with_day=several), slot.title,
         ", ".join(row.name for row in slot.speakers) or "–")
        for slot in slots
    )  # fmt: skip
    table = Table(caption="Le programme", header=("Heures", "Quoi", "Avec"), rows=rows)
    return Section(anchor="programme", title="Le programme", tables=(table,))


def _who(rows: Sequence[Any], people: People) -> Iterator[Section]:
    """Tell which organisations were there, by kind and by place, then their names: none of people."""
    counted: Counter[tuple[int, str, str, str]] = Counter()
    unlisted = alone = 0
    for state, _mode, _by, was_seen, names_one, organisation, name, kind, commune, number in rows:
        if not (was_seen if people.was_taken else state == RegistrationState.CONFIRMED):
            continue
        if organisation is not None:
            counted[organisation, name, kind, commune or ""] += number
        elif names_one:
            unlisted += number
        else:
            alone += number
    came = [Came(name, kind, commune, number) for (_id, name, kind, commune), number in counted.items()]
    if not (came or unlisted or alone):
        return
    who = "Personnes venues" if people.was_taken else "Personnes inscrites"
    figures = (
        Figure(label="Organisations du registre", value=_number(len(came))),
        Figure(label=f"{who} pour elles", value=_number(sum(row.people for row in came))),
        Figure(label=f"{who} pour une autre organisation", value=_number(unlisted)),
        Figure(label=f"{who} à titre personnel", value=_number(alone)),
    )
    tables = [
        _counted("Par sorte d’organisation", "Sorte", [(row.kind, row.people) for row in came]),
        _counted("Par commune", "Commune", [(row.commune or UNKNOWN_PLACE, row.people) for row in came]),
    ]
    yield Section(
        anchor="qui", title="Qui a pris part" if people.was_taken else "Qui s’est inscrit", figures=figures,
        tables=tuple(table for table in tables if table.rows),
    )  # fmt: skip
    if came:
        names = tuple((row.name, row.kind, row.commune or "–") for row in came)
        table = Table(caption="Les organisations", header=("Organisation", "Sorte", "Commune"), rows=names)
        title = "Les organisations présentes" if people.was_taken else "Les organisations inscrites"
        yield Section(anchor="organisations", title=title, tables=(table,))


def _counted(caption: str, header: str, found: Iterable[tuple[str, int]]) -> Table:
    organisations: Counter[str] = Counter()
    people: Counter[str] = Counter()
    for label, number in found:
        organisations[label] += 1
        people[label] += number
    order = sorted(organisations, key=lambda label: (-organisations[label], label))
    rows = tuple((label, _number(organisations[label]), _number(people[label])) for label in order)
    return Table(caption=caption, header=(header, "Organisations", "Personnes"), rows=rows, numeric=(1, 2))


def _sessions(session: Session, event: Event, people: People, seats: Mapping[int, int]) -> Section | None:
    if not people.was_taken:
        return None
    told = [
        (session_name(event, row), row, _awaited(row, people, seats), seen)
        for row, seen in session.execute(queries.sessions(event)).all()
    ]
    rows = tuple(
        (name, _when(row.starts_at, row.ends_at, with_day=event.day != event.last_day), _number(awaited),
         _number(number))
        for name, row, awaited, number in told
    )  # fmt: skip
    table = Table(
        caption="Présences par séance", header=("Séance", "Quand", "Attendues", "Présentes"), rows=rows,
        numeric=(2, 3),
    )  # fmt: skip
    picture = None
    if 1 < len(told) <= MOST_BARS:
        said = " ; ".join(f"{name} : {number}" for name, _row, _awaited, number in told)
        drawn = [charts.Row(name, (float(number),)) for name, _row, _awaited, number in told]
        picture = Picture(
            svg=charts.lying(drawn),
            alternative=f"Personnes présentes à chaque séance. {said}. Le tableau donne les mêmes chiffres.",
            caption="Personnes présentes à chaque séance",
        )
    return Section(anchor="presences", title="Les présences", picture=picture, tables=(table,))


def _awaited(row: EventSession, people: People, seats: Mapping[int, int]) -> int:
    return seats.get(row.workshop_id, 0) if row.workshop_id is not None else people.expected


def _parties(rows: Sequence[Delegation]) -> Section | None:
    if not rows:
        return None
    told = tuple(
        (
            row.organisation.name,
            _came(row),
            _number(row.announced) if row.announced is not None else "–",
            _number(row.present) if row.present is not None else "–",
        )
        for row in rows
    )
    there = sum(1 for row in rows if row.present)
    table = Table(
        caption="Les délégations", header=("Parti", "Réponse", "Annoncées", "Présentes"), rows=told,
        numeric=(2, 3),
    )  # fmt: skip
    text = f"{there} sur {len(rows)} partis invités étaient représentés." if there else ""
    return Section(anchor="partis", title="Les partis", text=text, tables=(table,))


def _came(row: Delegation) -> str:
    """Say whether a delegation was there; what it had answered, where nobody noted that."""
    if row.present is None:
        return STATES[row.state]
    return "Présent" if row.present else "Absent"


def _workshops(
    rows: Sequence[Workshop], seats: Mapping[int, int], conclusions: Sequence[Conclusion], links: Links
) -> Iterator[Section]:
    if not rows:
        return
    table = Table(
        caption="Les ateliers", header=("Atelier", "Animé par", "Salle", "Inscriptions", "Places"),
        rows=tuple(
            (f"{place}. {row.title}", row.lead.name if row.lead else "–", room_of(row) or "–",
             _number(seats.get(row.id, 0)), _number(row.capacity))
            for place, row in enumerate(rows, start=1)
        ),
        numeric=(3, 4),
    )  # fmt: skip
    known = {row.workshop_id: row for row in conclusions if row.workshop_id is not None}
    lacking = len(rows) - sum(row.id in known for row in rows)
    closing = ""
    if lacking:
        closing = (
            f"Les conclusions de {lacking} ateliers ne sont pas encore publiées." if lacking > 1
            else "Les conclusions d’un atelier ne sont pas encore publiées."
        )  # fmt: skip
    yield Section(anchor="ateliers", title="Les ateliers", tables=(table,), closing=closing)
    for place, row in enumerate(rows, start=1):
        if row.id in known:
            yield _concluded(place, row, known[row.id], links)


def _concluded(place: int, workshop: Workshop, conclusion: Conclusion, links: Links) -> Section:
    return Section(
        anchor=f"atelier-{place}", title=f"Atelier {place} : {workshop.title}",
        text=_conclusion(conclusion, links),
    )  # fmt: skip


def _day_concludes(conclusions: Sequence[Conclusion], links: Links) -> Section | None:
    whole = next((row for row in conclusions if row.workshop_id is None), None)
    if whole is None:
        return None
    return Section(
        anchor="conclusions", title="Les conclusions de la journée", text=_conclusion(whole, links)
    )


def _conclusion(row: Conclusion, links: Links) -> str:
    """Return what was concluded, what comes next, and what became of it, as Markdown."""
    parts = [row.text]
    if row.outlook:
        parts.append(f"# Perspectives\n\n{row.outlook}")
    found = [
        f"- {group.heading} : {label}" for group in links.get(row.id, ()) for label, _address in group.links
    ]
    if found:
        parts.append("# Ce qui en est venu\n\n" + "\n".join(found))
    if row.rapporteur is not None:
        parts.append(f"Rapporté par {row.rapporteur.name}.")
    return "\n\n".join(parts)


def _evaluation(results: evaluation.Results, standing: evaluation.Standing) -> Section | None:
    if standing in {evaluation.Standing.NONE, evaluation.Standing.PLANNED}:
        return None
    figures = (
        Figure(label="Réponses", value=_number(results.replies)),
        Figure(label="Personnes interrogées", value=_number(results.asked)),
    )
    if standing == evaluation.Standing.OPEN:
        text = "L’évaluation est encore ouverte : ses résultats se lisent une fois qu’elle est close."
        return Section(anchor="evaluation", title="L’évaluation", text=text)
    if not results.tallies:
        text = "Moins de cinq personnes ont répondu : les réponses ne sont pas montrées."
        return Section(anchor="evaluation", title="L’évaluation", text=text)
    return Section(
        anchor="evaluation", title="L’évaluation", figures=figures,
        tables=tuple(_tally(row) for row in results.tallies if row.rows),
        closing=(
            "Une réponse donnée par moins de cinq personnes n’est pas montrée. Les mots libres ne sont pas "
            "repris ici : ils peuvent nommer des personnes."
        ),
    )  # fmt: skip


def _tally(row: Tally) -> Table:
    caption = row.question
    if row.mean is not None:
        caption += f" (moyenne : {i18n.format_number(row.mean, LANGUAGE)} sur 5)"
    rows = tuple(
        (SAID.get(one.label, one.label), FEW if one.count is None else _number(one.count)) for one in row.rows
    )
    return Table(caption=caption, header=("Réponse", "Nombre"), rows=rows, numeric=(1,))


def _when(starts: datetime, ends: datetime | None, *, with_day: bool) -> str:
    hours = i18n.format_time(starts, LANGUAGE)
    if ends is not None:
        hours += f" – {i18n.format_time(ends, LANGUAGE)}"
    return f"{i18n.format_short_date(starts, LANGUAGE)}, {hours}" if with_day else hours


def _number(value: float) -> str:
    return i18n.format_number(value, LANGUAGE)
