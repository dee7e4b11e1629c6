"""From a report's rows to what is printed and shown: without hidden lines, in tables and pictures alike."""

from collections.abc import Sequence
from datetime import date

from sqlalchemy.orm import Session

from hub.core import settings
from hub.core.i18n import format_number
from hub.reports.models.reports import PlenaryReport, ReportPart, ReportState
from hub.reports.operations.drafting import figures_of
from hub.reports.values.figures import BARS, LINES, MATRIX, STATES, Figures, Grid, Line
from hub.reports.values.period import Period
from memoranda import charts
from memoranda.report.content import Figure, Picture, Report, Section, Table

SAID_ROWS = 8
EMPTY = Section(anchor="vide", title="Rien à montrer", text="Toutes les parties sont cachées.")


def compile_report(session: Session, report: PlenaryReport, parts: Sequence[ReportPart]) -> Report:
    """Return the report as it would be printed now; without a part to print, its only section says so."""
    network = settings.get(session)
    period = Period(report.first_on, report.last_on)
    sections = tuple(filter(None, (section_of(part) for part in parts if not part.is_hidden)))
    return Report(
        title=report.title,
        subtitle=report.subtitle,
        network=network.name,
        territory=_scope(report) or network.territory,
        contact=" · ".join(filter(None, (network.website, network.contact_email))),
        day=report.last_on,
        since=report.first_on,
        when=period.words(),
        before=period.before().words(),
        primary=network.primary_colour,
        sections=sections or (EMPTY,),
        is_draft=report.state is ReportState.DRAFT,
    )  # fmt: skip


def _scope(report: PlenaryReport) -> str:
    if report.territory is not None:
        return report.territory.name
    if report.space is not None:
        return report.space.name
    return report.plan.title if report.plan is not None else ""


def section_of(part: ReportPart) -> Section | None:
    """Return a part as it is printed; None where nothing is left to say."""
    figures = figures_of(part).without(frozenset(part.hidden))
    text = "\n\n".join(filter(None, (figures.lead, part.text)))
    if not (text or figures.facts or figures.grids):
        return None
    return Section(
        anchor=f"partie-{part.id}",
        title=part.title,
        text=text,
        figures=tuple(
            Figure(label=fact.label, value=_said(fact.value), before=_before(fact.before), note=fact.note)
            for fact in figures.facts
        ),
        picture=_picture(figures),
        tables=tuple(_table(grid) for grid in figures.grids),
    )


def _said(value: float) -> str:
    return format_number(value, "fr")


def _before(value: float | None) -> str:
    return "" if value is None else _said(value)


def _table(grid: Grid) -> Table:
    caption = grid.caption
    if grid.left_out:
        caption += f" : les {len(grid.lines)} premières lignes ; {_said(grid.left_out)} de plus ailleurs"
    return Table(
        caption=caption,
        header=grid.header,
        rows=tuple(line.cells for line in grid.lines),
        numeric=grid.numeric,
    )


def _picture(figures: Figures) -> Picture | None:
    drawing = figures.drawing
    grid = next((one for one in figures.grids if drawing and one.key == drawing.grid), None)
    if drawing is None or grid is None or not any(any(line.values) for line in grid.lines):
        return None
    rows = [charts.Row(line.cells[0], line.values) for line in grid.lines]
    if drawing.kind == BARS:
        svg = charts.bars(rows, drawing.series)
    elif drawing.kind == STATES:
        svg = charts.lying(rows)
    elif drawing.kind == MATRIX:
        svg = charts.matrix(rows, drawing.series)
    elif drawing.kind == LINES:
        svg = charts.curves([_curve(line) for line in grid.lines])
    else:
        raise ValueError(drawing.kind)
    return Picture(svg=svg, alternative=_alternative(drawing.title, grid), caption=drawing.caption)


def _curve(line: Line) -> charts.Curve:
    """Return a curve: values are days as ordinals and figures, in turns."""
    points = zip(line.values[::2], line.values[1::2], strict=True)
    dated = tuple((date.fromordinal(int(day)), value) for day, value in points)
    return charts.Curve(line.cells[0], dated, line.aim)


def _alternative(title: str, grid: Grid) -> str:
    """Say what the first lines show, and that the table says all."""
    said = " ; ".join(f"{line.cells[0]} : {line.cells[1]}" for line in grid.lines[:SAID_ROWS])
    return f"{title}. {said}. Le tableau qui suit donne tous les chiffres."
