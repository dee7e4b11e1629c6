"""All counted parts of a report, in the order of a new draft."""

from collections.abc import Callable

from hub.reports.models.reports import PartKind
from hub.reports.operations.writing import followed, gathered
from hub.reports.operations.writing.material import Material
from hub.reports.values.figures import Figures
from hub.reports.words import HOW

WRITERS: dict[PartKind, Callable[[Material], Figures]] = {
    PartKind.IN_SHORT: gathered.in_short,
    PartKind.SPACES: gathered.spaces,
    PartKind.TAKING_PART: gathered.taking_part,
    PartKind.STOPPED: gathered.stopped,
    PartKind.DECISIONS: followed.decisions,
    PartKind.ACTIONS: followed.actions,
    PartKind.AXES: followed.axes,
    PartKind.INDICATORS: followed.indicators,
    PartKind.NEEDS: followed.needs,
    PartKind.RECOMMENDATIONS: followed.recommendations,
    PartKind.CONTRIBUTIONS: followed.contributions,
    PartKind.DAYS: gathered.days,
    PartKind.PERSPECTIVES: followed.perspectives,
    PartKind.METHOD: lambda _material: Figures(lead=HOW),
}
OF_THE_WHOLE = {PartKind.RECOMMENDATIONS, PartKind.CONTRIBUTIONS}
OF_A_PLAN = {PartKind.AXES, PartKind.INDICATORS, PartKind.NEEDS}


def write(material: Material) -> dict[PartKind, Figures]:
    """Write every counted part that has a meaning for what was asked."""
    return {kind: writer(material) for kind, writer in WRITERS.items() if _is_told(kind, material)}


def _is_told(kind: PartKind, material: Material) -> bool:
    if kind in OF_THE_WHOLE:
        return material.has_others
    if kind in OF_A_PLAN:
        return bool(material.plans.titles)
    return True
