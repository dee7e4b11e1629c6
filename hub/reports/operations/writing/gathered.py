"""The parts about who met: in short, spaces, who took part, who no longer comes, days."""

from collections import Counter

from hub.reports.operations.writing.material import NOTHING, Material, day, filled, grid, number, some
from hub.reports.values import counting
from hub.reports.values.counting import Tally
from hub.reports.values.figures import BARS, MATRIX, Drawing, Fact, Figures, Grid, Line
from hub.reports.values.history import DayRow
from hub.reports.values.period import Period
from hub.reports.words import KINDS, MONTHS
from memoranda.markup import day_in_words

MOST_COLUMNS = 8
BESIDE = "Chaque mois à côté du même mois de la période précédente."


def in_short(material: Material) -> Figures:
    """Write the figures of the period beside those before."""
    now, then = material.now, material.then

    def fact(key: str, label: str, value: float, before: float, note: str = "") -> Fact:
        return Fact(key, label, value, before, note)

    facts = [
        fact("meetings", "Réunions tenues", now.meetings, then.meetings),
        fact("cancelled", "Réunions annulées", now.cancelled, then.cancelled),
        fact("hours", "Heures de réunion", now.hours, then.hours),
        fact("spaces", "Espaces qui se sont réunis", len(now.spaces), len(then.spaces)),
        fact(
            "organisations", "Organisations présentes au moins une fois",
            len(now.organisations), len(then.organisations),
        ),
        fact(
            "pairs", "Participations", len(now.pairs), len(then.pairs),
            "Une organisation présente à une réunion.",
        ),
        fact("decisions", "Décisions prises", now.decisions, then.decisions),
        fact("actions", "Actions décidées", now.actions, then.actions),
        fact("done", "Actions faites", now.done, then.done),
        fact("late", "Actions en retard à la fin", now.late, then.late),
        fact("days", "Journées du réseau", now.days, then.days),
        fact("participants", "Inscriptions confirmées aux journées", now.participants, then.participants),
    ]  # fmt: skip
    if material.has_others:
        facts += [
            fact("contributions", "Contributions reçues", now.contributions, then.contributions),
            fact("adopted", "Recommandations adoptées", now.adopted, then.adopted),
        ]
    lead = (
        f"{some(len(now.spaces), 'espace s’est réuni', 'espaces se sont réunis')} "
        f"**{some(now.meetings, 'fois', 'fois')}**, avec "
        f"**{some(len(now.organisations), 'organisation', 'organisations')}**. "
        f"{some(now.decisions, 'décision a été prise', 'décisions ont été prises')}, "
        f"{some(now.done, 'action a été faite', 'actions ont été faites')}, "
        f"{some(now.late, 'est en retard', 'sont en retard')}."
    )
    if material.is_half_known and material.begun_on is not None:
        lead += (
            f" Les réunions sont notées depuis le {day_in_words(material.begun_on)} : la période précédente "
            "n’est pas complète, et comparer les réunions ne dirait rien."
        )
    return Figures(lead=lead, facts=tuple(facts))


def spaces(material: Material) -> Figures:
    """Write what each space did, and how meetings spread over the months."""
    history = material.history
    now = counting.by_space(history, material.period, material.today, lambda space: (space,))
    then = counting.by_space(history, material.before, material.today, lambda space: (space,))
    lines = [
        Line(
            key=f"space-{space.id}",
            cells=(
                space.name, KINDS[space.kind], number(tally.meetings), number(before.meetings),
                number(tally.cancelled), number(tally.hours), number(len(tally.organisations)),
            ),
        )
        for space in history.spaces.values()
        for tally, before in [(now.get(space.id, Tally()), then.get(space.id, Tally()))]
        if tally.meetings or tally.cancelled or before.meetings or space.was_open(material.period.last)
    ]  # fmt: skip
    met = sum(bool(tally.meetings) for tally in now.values())
    silent = sum(line.cells[2] == "0" for line in lines)
    lead = "Aucun espace de concertation n’est ouvert dans la période."
    if lines:
        lead = f"{some(met, 'espace s’est réuni', 'espaces se sont réunis')} dans la période."
    if silent:
        lead += f" {some(silent, 'autre ne s’est pas réuni', 'autres ne se sont pas réunis')}."
    months = _months(material)
    header = ("Espace", "Type", "Réunions", "Avant", "Annulées", "Heures", "Organisations")
    return Figures(
        lead=lead,
        grids=filled(
            months,
            grid("spaces", "Espace par espace", header, lines, (2, 3, 4, 5, 6)),
        ),
        drawing=Drawing(
            BARS, "months", ("Dans la période", "Période précédente")[: len(months.header) - 1],
            "Réunions tenues, mois par mois",
            BESIDE if len(months.lines[0].values) > 1 else "",
        ),
    )  # fmt: skip


def _months(material: Material) -> Grid:
    """Count month by month; the period before stands beside where both are made of whole months."""
    months, earlier = material.period.months, material.before.months
    here, then = _by_month(material, material.period), _by_month(material, material.before)
    beside = material.before.first.day == 1 and len(months) == len(earlier)
    lines = []
    for place, (year, month) in enumerate(months):
        counts = (here[year, month], then[earlier[place]]) if beside else (here[year, month],)
        name = f"{MONTHS[month - 1]} {year}"
        lines.append(Line(f"month-{year}-{month:02d}", (name, *map(number, counts)), counts))
    header = ("Mois", "Réunions", "Période précédente")[: len(lines[0].cells)]
    return grid("months", "Réunions tenues, mois par mois", header, lines, (1, 2)[: len(header) - 1])


def _by_month(material: Material, period: Period) -> Counter[tuple[int, int]]:
    return Counter((row.day.year, row.day.month) for row in counting.held(material.history, period))


def taking_part(material: Material) -> Figures:
    """Write who was there how often and where."""
    found = counting.participations(material.history, material.period)
    before = counting.participations(material.history, material.before)
    met = Counter(row.space_id for row in counting.held(material.history, material.period))
    columns = [space for space, _ in met.most_common(MOST_COLUMNS)]
    ordered = sorted(found, key=lambda one: (-found[one].total(), material.organisation(one).casefold()))
    lines = (
        Line(
            key=f"organisation-{one}",
            cells=(
                material.organisation(one), number(found[one].total()),
                number(before[one].total() if one in before else 0),
                ", ".join(
                    f"{material.space(space)} ({number(times)})" for space, times in found[one].most_common()
                ),
            ),
            values=tuple(found[one][space] for space in columns),
        )
        for one in ordered
    )  # fmt: skip
    new = sum(one not in before for one in found)
    lead = (
        f"{some(len(found), 'organisation a pris part', 'organisations ont pris part')} à au moins une "
        "réunion"
        if found
        else "Aucune présence n’a été notée dans la période"
    )
    if found and not material.is_half_known:
        lead += f", dont {some(new, 'n’était pas venue', 'n’étaient pas venues')} dans la période précédente"
    return Figures(
        lead=f"{lead}.",
        grids=filled(
            grid("organisations", "Les organisations, par nombre de réunions",
                 ("Organisation", "Réunions", "Avant", "Où"), lines, (1, 2), of=len(ordered)),
        ),
        drawing=Drawing(
            MATRIX, "organisations", tuple(material.space(space) for space in columns),
            "Qui a pris part, et où",
            "Chaque cercle est une organisation dans un espace ; plus elle y est venue, plus il est grand.",
        ),
    )  # fmt: skip


def stopped(material: Material) -> Figures:
    """Write who came before and no longer comes, space by space."""
    found = counting.stopped(material.history, material.period, material.absent_after)
    found.sort(
        key=lambda one: (material.organisation(one.organisation_id).casefold(), material.space(one.space_id))
    )
    lines = (
        Line(
            f"stopped-{one.organisation_id}-{one.space_id}",
            (
                material.organisation(one.organisation_id), material.space(one.space_id), day(one.last_came),
                f"Siège terminé le {day(one.left_on)}" if one.left_on
                else f"Absente des {one.missed} dernières réunions",
            ),
        )
        for one in found
    )  # fmt: skip
    count = len({one.organisation_id for one in found})
    lead = (
        f"{some(count, 'organisation n’est plus venue', 'organisations ne sont plus venues')} dans au moins "
        f"un espace : déjà présente, puis absente d’au moins {material.absent_after} réunions de suite, ou "
        "siège terminé. Un appel vaut mieux qu’un constat."
        if found
        else "Aucune organisation n’a cessé de venir."
    )
    header = ("Organisation", "Espace", "Venue la dernière fois", "Depuis")
    return Figures(
        lead=lead, grids=filled(grid("stopped", "Qui ne vient plus", header, lines, of=len(found)))
    )


def days(material: Material) -> Figures:
    """Write the public days and how many signed up."""
    rows = [row for row in material.history.days if material.period.holds(row.day)]
    lines = [
        Line(
            f"day-{row.id}",
            (
                row.title, day(row.day),
                _where(material, row),
                number(row.participants),
            ),
        )
        for row in rows
    ]  # fmt: skip
    now, then = material.now, material.then
    lead = (
        f"{some(now.days, 'journée a eu lieu', 'journées ont eu lieu')}, avec "
        f"{some(now.participants, 'inscription confirmée', 'inscriptions confirmées')} "
        f"({number(then.days)} et {number(then.participants)} dans la période précédente)."
        if rows
        else "Aucune journée n’a eu lieu dans la période."
    )
    header = ("Journée", "Date", "Espace", "Inscriptions")
    return Figures(lead=lead, grids=filled(grid("days", "Les journées", header, lines, (3,))))


def _where(material: Material, row: DayRow) -> str:
    space = material.history.spaces.get(row.space_id) if row.space_id is not None else None
    return space.name if space is not None else NOTHING
