"""Plans, their outline, diagnosis and indicators as files."""

from collections.abc import Sequence

from flask import Response
from flask_babel import gettext as _

from hub.actors.models.reference import Theme
from hub.core import exports
from hub.plans.models.diagnosis import Finding
from hub.plans.models.indicators import Indicator
from hub.plans.models.plans import BudgetLine, Plan
from hub.plans.values.outline import ActionReading, AxisReading, Kind
from hub.plans.words import FINDING_KINDS, PROGRESSES, SCOPES, SHORT_KINDS, STATES, WAYS


def plans(kind: str, rows: Sequence[Plan], counts: dict[int, tuple[int, int]]) -> Response:
    """Send the list of plans."""
    header = [
        _("Titre"), _("Sorte"), _("Territoires"), _("Du"), _("Au"), _("État"), _("Axes"), _("Actions"),
        _("Suit le plan"), _("Source"),
    ]  # fmt: skip
    lines = [
        [
            row.title, row.kind_word or SHORT_KINDS[row.kind],
            ", ".join(place.name for place in row.territories),
            row.starts_on, row.ends_on, STATES[row.state], *counts.get(row.id, (0, 0)),
            row.follows.title if row.follows else "", row.source,
        ]
        for row in rows
    ]  # fmt: skip
    return exports.answer(kind, "plans", header, lines)


def outline(kind: str, plan: Plan, axes: Sequence[AxisReading]) -> Response:
    """Send a plan as it stands on a day: one line for each plan action, and for an axis that has none."""
    header = [
        _("Axe"), _("Titre de l’axe"), _("But"), _("Action"), _("Titre de l’action"), _("Précisions"),
        _("Sens"), _("Du"), _("Au"), _("Avancement"), _("Depuis le"), _("Pourquoi"), _("Porte"), _("Avec"),
        _("Espaces"), _("Territoires"), _("Droits et thèmes"), _("Axes du PCS"),
    ]  # fmt: skip
    lines: list[list[object]] = []
    for axis in axes:
        head: list[object] = [axis.number, axis.title, axis.goal]
        lines += [head + _action_line(axis, one) for one in axis.actions]
        if not axis.actions:
            lines.append(head + [""] * (len(header) - len(head)))
    return exports.answer(kind, plan.slug, header, lines)


def _action_line(axis: AxisReading, one: ActionReading) -> list[object]:
    own = (Kind.LEAD, Kind.PARTNER, Kind.SPACE, Kind.TERRITORY)
    return [
        one.code, one.title, one.detail, WAYS[one.way], one.starts_on, one.ends_on, PROGRESSES[one.state],
        one.since_on, one.reason,
        *(", ".join(tie.label for tie in one.tied(what)) for what in own),
        *(
            ", ".join(tie.label for tie in one.tied(what) or axis.tied(what))
            for what in (Kind.THEME, Kind.ENTRY)
        ),
    ]  # fmt: skip


def themes(
    kind: str, found: Sequence[Plan], rows: Sequence[Theme], counts: dict[tuple[int, int], int]
) -> Response:
    """Send the table theme × plan: how many plan actions speak of what."""
    header = [_("Thème ou droit"), *(plan.title for plan in found)]
    lines = [[row.label, *(counts.get((plan.id, row.id), 0) for plan in found)] for row in rows]
    return exports.answer(kind, "themes-et-plans", header, lines)


def findings(
    kind: str, plan: Plan, rows: Sequence[Finding], codes: dict[str, str], answers: dict[int, list[str]]
) -> Response:
    """Send a plan's diagnosis; `answers` says what answers a line (axis-1, action-2), `codes` names it."""
    header = [
        _("Numéro"), _("Sorte"), _("Portée"), _("Constat"), _("Précisions"), _("Qui le dit"), _("Source"),
        _("Territoire"), _("Thème"), _("Entré le"), _("En cours de plan"), _("Réponses"), _("Clos le"),
        _("Pourquoi"),
    ]  # fmt: skip
    lines = [
        [
            row.number, FINDING_KINDS[row.kind], SCOPES[row.scope], row.text, row.detail,
            ", ".join(one.name for one in row.organisations), row.source,
            row.territory.name if row.territory else "", row.theme.label if row.theme else "",
            row.entered_on, bool(plan.starts_on and row.entered_on > plan.starts_on),
            ", ".join(codes[one] for one in answers.get(row.id, []) if one in codes),
            row.closed_on, row.closed_reason,
        ]
        for row in rows
    ]  # fmt: skip
    return exports.answer(kind, f"{plan.slug}-diagnostic", header, lines)


def indicators(kind: str, plan: Plan, rows: Sequence[Indicator]) -> Response:
    """Send every value of a plan's indicators, corrected ones too."""
    header = [
        _("Indicateur"), _("Unité"), _("Jour"), _("Valeur"), _("Source"), _("Remarque"), _("Corrigée"),
        _("Pourquoi"), _("Départ"), _("Visée"), _("Pour le"),
    ]  # fmt: skip
    lines = [
        [
            row.name, row.unit, value.day, value.value, value.source, value.note,
            value.corrected_at is not None, value.corrected_reason, row.baseline, row.target, row.target_on,
        ]
        for row in rows
        for value in row.values
    ]  # fmt: skip
    return exports.answer(kind, f"{plan.slug}-indicateurs", header, lines)


def budget(kind: str, plan: Plan, rows: Sequence[BudgetLine], axes: dict[int, str]) -> Response:
    """Send a plan's money, in euro; lines that were withdrawn say so."""
    header = [
        _("Année"), _("Montant (euros)"), _("Qui finance"), _("Axe"), _("Source"), _("Remarque"), _("Retiré"),
        _("Pourquoi"),
    ]  # fmt: skip
    lines = [
        [
            row.year, row.cents / 100, row.funder.name if row.funder else "",
            axes.get(row.axis_id or 0, ""), row.source, row.note, row.withdrawn_at is not None,
            row.withdrawn_reason,
        ]
        for row in rows
    ]  # fmt: skip
    return exports.answer(kind, f"{plan.slug}-budget", header, lines)
