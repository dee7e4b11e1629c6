"""The yearly activity that subsidy reports ask for: sheets of cells, each column with how it is counted.

Texts are French, as in the file. A line that nothing can be counted for has an empty cell, not a nought.
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from hub.core import clock
from hub.reports.values import counting
from hub.reports.values.counting import Tally
from hub.reports.values.history import History, MeetingRow, SpaceRow
from hub.reports.values.period import Period
from hub.spaces.models.meetings import MeetingState, Presence

Cell = str | int | float | date | None
NO_PLACE, NO_THEME = "Sans territoire", "Sans thème"


@dataclass(frozen=True, slots=True)
class Column:
    """A column of figures: its head, how it is counted, and the figure."""

    head: str
    how: str
    read: Callable[[Tally], int | float]


COLUMNS = (
    Column(
        "Réunions",
        "Réunions clôturées comme tenues, dont le début tombe dans la période.",
        lambda t: t.meetings,
    ),
    Column(
        "Annulées",
        "Réunions annulées, dont le début tombait dans la période.",
        lambda t: t.cancelled,
    ),
    Column(
        "Heures",
        "Du début à la fin annoncés des réunions tenues, en heures.",
        lambda t: t.hours,
    ),
    Column(
        "Participations",
        "Une organisation présente à une réunion, quel que soit le nombre de personnes.",
        lambda t: len(t.pairs),
    ),
    Column(
        "Présences",
        "Personnes présentes, réunion par réunion ; une personne venue pour deux organisations "
        "compte une fois.",
        lambda t: len(t.heads),
    ),
    Column(
        "Représentations",
        "Une organisation représentée par une autre à une réunion ; elle n’est pas comptée comme présente.",
        lambda t: len(t.represented),
    ),
    Column(
        "Organisations",
        "Organisations différentes présentes au moins une fois.",
        lambda t: len(t.organisations),
    ),
    Column(
        "Décisions",
        "Décisions prises dans la période, y compris celles remplacées ou retirées depuis.",
        lambda t: t.decisions,
    ),
    Column(
        "Actions décidées",
        "Actions nées dans la période : le jour de leur réunion, de leur décision, ou de leur encodage.",
        lambda t: t.actions,
    ),
    Column(
        "Actions faites",
        "Actions dites faites un jour de la période.",
        lambda t: t.done,
    ),
    Column(
        "Faites après l’échéance",
        "Parmi les actions faites, celles dont l’échéance était passée.",
        lambda t: t.done_late,
    ),
    Column(
        "En retard à la fin",
        "Actions encore ouvertes dont l’échéance est passée au dernier jour de la période, ou "
        "aujourd’hui si elle dure encore.",
        lambda t: t.late,
    ),
    Column(
        "Journées",
        "Journées publiques (non annulées) qui ont commencé dans la période.",
        lambda t: t.days,
    ),
    Column(
        "Inscriptions aux journées",
        "Inscriptions confirmées à ces journées.",
        lambda t: t.participants,
    ),
)
OTHERS = (
    Column(
        "Contributions",
        "Contributions envoyées dans la période, sauf celles retirées.",
        lambda t: t.contributions,
    ),
    Column(
        "Recommandations écrites", "Recommandations ouvertes dans la période.", lambda t: t.recommendations
    ),
    Column(
        "Recommandations adoptées",
        "Recommandations adoptées dans la période.",
        lambda t: t.adopted,
    ),
)


@dataclass(frozen=True, slots=True)
class Sheet:
    """A sheet: its code in addresses, its name, its columns, its lines."""

    code: str
    name: str
    header: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]


@dataclass(frozen=True, slots=True)
class Activity:
    """What an export is made from; `notes` gives what was told of a space, by its number: outputs, notes."""

    history: History
    period: Period
    today: date
    kinds: Mapping[Any, str]
    states: Mapping[Any, str]
    months: Sequence[str]
    notes: Mapping[int, tuple[str, str]]


def sheets(activity: Activity) -> list[Sheet]:
    """Return all sheets, the explanation of the columns last."""
    made = [
        whole(activity),
        by_space(activity),
        by_place(activity),
        by_theme(activity),
        by_month(activity),
        meetings(activity),
        participations(activity),
    ]
    return [*made, explained()]


def whole(activity: Activity) -> Sheet:
    """Write the figures of all, beside those of the period before."""
    now = counting.overall(activity.history, activity.period, activity.today)
    rows = tuple((column.head, column.read(now), column.how) for column in (*COLUMNS, *OTHERS))
    return Sheet("ensemble", "Ensemble", ("Chiffre", activity.period.words(), "Comment c’est compté"), rows)


def by_space(activity: Activity) -> Sheet:
    """Write a line for each space."""
    history = activity.history
    found = counting.by_space(history, activity.period, activity.today, lambda space: (space,))
    rows = tuple(
        (
            space.name, activity.kinds[space.kind], _place(history, space), _themes(history, space),
            *(column.read(found.get(space.id, Tally())) for column in COLUMNS),
            *_told(activity, space),
        )
        for space in history.spaces.values()
    )  # fmt: skip
    header = (
        "Espace", "Type", "Territoire", "Thèmes", *(column.head for column in COLUMNS),
        "Productions", "Ce que les chiffres ne disent pas",
    )  # fmt: skip
    return Sheet("espaces", "Par espace", header, rows)


def _told(activity: Activity, space: SpaceRow) -> tuple[str, str]:
    """Return what the space made, or was to make, and what was noted of it."""
    outputs, note = activity.notes.get(space.id, ("", ""))
    due = f" (pour le {space.output_due_on:%d/%m/%Y})" if space.output_due_on else ""
    planned = f"Prévu : {space.output}{due}" if space.output else ""
    return "\n".join(filter(None, (planned, space.outcome, outputs))), note


def by_place(activity: Activity) -> Sheet:
    """Write a line for each territory: the spaces that work there, and the organisations seated there."""
    history, period = activity.history, activity.period
    found = counting.by_space(
        history, period, activity.today, lambda space: (history.spaces[space].territory_id,)
    )
    seated: dict[int | None, set[int]] = defaultdict(set)
    came: Counter[int | None] = Counter()
    for organisation, times in counting.participations(history, period).items():
        commune = history.organisations[organisation].commune_id
        seated[commune].add(organisation)
        came[commune] += times.total()
    days = [row for row in history.days if period.holds(row.day)]
    sent = Counter(
        history.organisations[row.organisation_id].commune_id
        for row in history.contributions
        if period.holds(row.day) and row.organisation_id is not None
    )
    keys = {*found, *seated, *sent, *(row.commune_id for row in days)}
    rows = tuple(
        (
            history.places[key] if key is not None else NO_PLACE,
            *_figures(found.get(key, Tally()), without_days=True),
            sum(row.commune_id == key for row in days),
            sum(row.participants for row in days if row.commune_id == key),
            len(seated[key]), came[key], sent[key],
        )
        for key in sorted(keys, key=lambda key: (key is None, history.places.get(key or 0, "")))
    )  # fmt: skip
    heads = tuple(column.head for column in COLUMNS[:-2])
    header = (
        "Territoire", *heads, "Journées tenues là", "Inscriptions à ces journées",
        "Organisations dont le siège y est", "Leurs participations", "Leurs contributions",
    )  # fmt: skip
    return Sheet("communes", "Par commune", header, rows)


def by_theme(activity: Activity) -> Sheet:
    """Write a line for each theme; a space of two themes counts in both."""
    history, period = activity.history, activity.period
    found = counting.by_space(
        history, period, activity.today, lambda space: history.spaces[space].themes or (None,)
    )
    keys: set[int | None] = {
        *found,
        *(row.theme_id for row in history.contributions),
        *(row.theme_id for row in history.recommendations),
    }
    rows = []
    for key in sorted(keys, key=lambda key: (key is None, history.themes.get(key or 0, ""))):
        tally = found.get(key, Tally())
        tally.contributions = sum(
            row.theme_id == key and period.holds(row.day) for row in history.contributions
        )
        asks = [row for row in history.recommendations if row.theme_id == key]
        tally.recommendations = sum(period.holds(row.created_on) for row in asks)
        tally.adopted = sum(period.holds(row.adopted_on) for row in asks)
        name = history.themes[key] if key is not None else NO_THEME
        rows.append((name, *_figures(tally), *(column.read(tally) for column in OTHERS)))
    header = ("Thème", *(column.head for column in (*COLUMNS, *OTHERS)))
    return Sheet("themes", "Par thème", header, tuple(rows))


def by_month(activity: Activity) -> Sheet:
    """Write a line for each month that the period touches."""
    rows = []
    for year, month in activity.period.months:
        part = _month(activity.period, year, month)
        tally = counting.overall(activity.history, part, activity.today)
        name = f"{year}-{month:02d}"
        rows.append((name, *_figures(tally), *(column.read(tally) for column in OTHERS)))
    header = ("Mois", *(column.head for column in (*COLUMNS, *OTHERS)))
    return Sheet("mois", "Par mois", header, tuple(rows))


def _month(period: Period, year: int, month: int) -> Period:
    """Return the part of a month that lies in the period."""
    first = date(year, month, 1)
    nothing_after = Period(first, first).month_end()
    return Period(max(first, period.first), min(nothing_after, period.last))


def meetings(activity: Activity) -> Sheet:
    """Write the meetings of the period line by line."""
    history, period = activity.history, activity.period
    rows = tuple(
        _meeting(activity, row) for row in history.meetings if period.start <= row.starts_at < period.end
    )
    header = (
        "Date", "Début", "Fin", "Heures", "Espace", "Type", "Territoire", "Réunion", "État",
        "Organisations présentes", "Présences", "Représentations",
    )  # fmt: skip
    return Sheet("reunions", "Réunions", header, rows)


def _meeting(activity: Activity, row: MeetingRow) -> tuple[Cell, ...]:
    history = activity.history
    space = history.spaces[row.space_id]
    here = history.by_meeting.get(row.id, ()) if row.state is MeetingState.HELD else ()
    present = [one for one in here if one.presence is Presence.PRESENT]
    return (
        row.day, f"{clock.local(row.starts_at):%H:%M}", f"{clock.local(row.ends_at):%H:%M}",
        round(row.minutes / 60, 2), space.name, activity.kinds[space.kind], _place(history, space),
        row.title, activity.states[row.state],
        len({one.organisation_id for one in present if one.organisation_id is not None}),
        len({one.who for one in present}),
        len({one.organisation_id for one in here if one.presence is Presence.REPRESENTED}),
    )  # fmt: skip


def participations(activity: Activity) -> Sheet:
    """Write how often each organisation was in each space in each month."""
    history = activity.history
    found: Counter[tuple[int, int, str]] = Counter()
    for meeting in counting.held(history, activity.period):
        month = f"{meeting.day:%Y-%m}"
        here = {
            row.organisation_id
            for row in history.by_meeting.get(meeting.id, ())
            if row.presence is Presence.PRESENT and row.organisation_id is not None
        }
        for organisation in here:
            found[organisation, meeting.space_id, month] += 1
    rows = sorted(
        (
            history.organisations[organisation].name,
            history.places.get(history.organisations[organisation].commune_id or 0, NO_PLACE),
            history.spaces[space].name, month, times,
        )
        for (organisation, space, month), times in found.items()
    )  # fmt: skip
    header = ("Organisation", "Siège", "Espace", "Mois", "Participations")
    return Sheet("participations", "Participations", header, tuple(rows))


def explained() -> Sheet:
    """Write how each column is counted."""
    rows: list[tuple[Cell, ...]] = [(column.head, column.how) for column in (*COLUMNS, *OTHERS)]
    rows += [
        ("Période", "Du premier au dernier jour, tous deux compris, à l’heure de Bruxelles."),
        (
            "Territoire",
            "Celui pour lequel l’espace travaille ; une coordination provinciale compte pour la province.",
        ),
        (
            "Thème",
            (
                "Ceux de l’espace : un espace de deux thèmes compte dans les deux, la somme des lignes "
                "dépasse donc le total."
            ),
        ),
        ("Siège", "La commune du siège de l’organisation."),
        (
            "Productions",
            (
                "Ce que l’espace a produit dans l’année, noté par la coordination ; pour un chantier, "
                "aussi ce qui était prévu."
            ),
        ),
        (
            "Ce que les chiffres ne disent pas",
            "Notes de la coordination sur le travail de fond : accompagnement, relais, confiance.",
        ),
        (
            "Aucun nom de personne",
            "Les présences comptent des têtes ; les organisations seules sont nommées.",
        ),
    ]
    return Sheet("explications", "Comment c’est compté", ("Colonne", "Explication"), tuple(rows))


def _figures(tally: Tally, *, without_days: bool = False) -> Iterable[int | float]:
    return (column.read(tally) for column in (COLUMNS[:-2] if without_days else COLUMNS))


def _place(history: History, space: SpaceRow) -> str:
    return history.places[space.territory_id] if space.territory_id is not None else NO_PLACE


def _themes(history: History, space: SpaceRow) -> str:
    return ", ".join(history.themes[theme] for theme in space.themes)
