"""The parts about what follows from meetings: decisions, actions, the plan, needs, asks, what comes."""

from collections import Counter
from collections.abc import Iterable
from itertools import groupby

from hub.recommendations.models.recommendations import RecommendationState
from hub.reports.operations.writing.material import (
    ENOUGH,
    NOTHING,
    Material,
    day,
    filled,
    grid,
    number,
    shortened,
    some,
)
from hub.reports.values.figures import LINES, STATES, Drawing, Fact, Figures, Grid, Line
from hub.reports.values.history import ActionRow, ContributionRow, DecisionRow, PlanActionRow
from hub.reports.words import (
    ACTION_STATES,
    DECISION_STATES,
    FINDINGS,
    METHODS,
    PROGRESS,
    RECOMMENDATIONS,
    SCOPES,
)
from hub.spaces.models.actions import OPEN, ActionState
from hub.spaces.models.meetings import MeetingState
from hub.spaces.models.spaces import SpaceKind

TO_COME = (MeetingState.PLANNED, MeetingState.CONVENED)
LATE = "En retard, non bloquées"  # each action in one state: the late ones that are blocked are there
HOW_FAR = {
    "done": ("réalisée", "réalisées"),
    "under_way": ("en cours", "en cours"),
    "planned": ("prévue", "prévues"),
    "dropped": ("abandonnée", "abandonnées"),
}


def decisions(material: Material) -> Figures:
    """Write the decisions with their codes, how they were taken, and how many didn't agree."""
    rows = [row for row in material.history.decisions if material.period.holds(row.taken_on)]
    lines = [
        Line(
            f"decision-{row.id}",
            (
                row.code,
                shortened(row.text),
                f"{material.space(row.space_id)}, {day(row.taken_on)}",
                _how(row),
            ),
        )
        for row in rows
    ]
    apart = sum(bool(row.against or row.abstentions or row.reservations) for row in rows)
    lead = (
        f"{some(len(rows), 'décision a été prise', 'décisions ont été prises')} "
        f"({number(material.then.decisions)} dans la période précédente). Pour {number(apart)}, un "
        "désaccord, une "
        "abstention ou une réserve a été noté."
        if rows
        else "Aucune décision n’a été notée dans la période."
    )
    header = ("Code", "Décision", "Où et quand", "Comment")
    return Figures(lead=lead, grids=filled(grid("decisions", "Les décisions", header, lines)))


def _how(row: DecisionRow) -> str:
    said = [METHODS[row.method]]
    if row.against:
        said.append(f"{row.against} contre")
    if row.abstentions:
        said.append(some(row.abstentions, "abstention", "abstentions"))
    if row.reservations:
        said.append(some(row.reservations, "réserve", "réserves"))
    if row.state in DECISION_STATES:
        said.append(DECISION_STATES[row.state])
    return ", ".join(said)


def actions(material: Material) -> Figures:
    """Write what became of the actions, each with the organisation that carries it."""
    period, last = material.period, material.period.last
    judged = period.judged(material.today)
    rows = material.history.actions
    done = [row for row in rows if row.state is ActionState.DONE and period.holds(row.done_on)]
    late = [row for row in rows if row.was_late(last, judged)]
    blocked = [row for row in rows if row.was_open(last) and row.state is ActionState.BLOCKED]
    now, then = material.now, material.then
    lead = (
        f"{some(now.actions, 'action a été décidée', 'actions ont été décidées')} dans la période et "
        f"{some(now.done, 'a été faite', 'ont été faites')}. À la fin, "
        f"{some(now.open, 'restait ouverte', 'restaient ouvertes')}, "
        f"dont {number(now.late)} en retard."
    )
    facts = (
        Fact("actions", "Décidées dans la période", now.actions, then.actions),
        Fact("done", "Faites dans la période", now.done, then.done),
        Fact("done_late", "Dont faites après leur échéance", now.done_late, then.done_late),
        Fact("open", "Ouvertes à la fin", now.open, then.open),
        Fact("late", "En retard à la fin", now.late, then.late),
    )
    header = ("Action", "Portée par", "Espace", "Échéance")
    return Figures(
        lead=lead,
        facts=facts,
        grids=filled(
            _states(material),
            grid("late", "Actions en retard", header, (_action(material, row) for row in late), of=len(late)),
            grid(
                "blocked", "Actions bloquées", header, (_action(material, row) for row in blocked),
                of=len(blocked),
            ),
            grid(
                "done", "Actions faites", ("Action", "Portée par", "Espace", "Faite le"),
                (_action(material, row, done=True) for row in sorted(done, key=lambda row: str(row.done_on))),
                of=len(done),
            ),
        ),
        drawing=Drawing(STATES, "states", ("Actions",), "Où en sont les actions de la période"),
    )  # fmt: skip


def _states(material: Material) -> Grid:
    """Count the actions that were open in the period or ended in it, as they stood on its last day."""
    period, last = material.period, material.period.last
    judged = period.judged(material.today)
    counted: Counter[str] = Counter()
    for row in material.history.actions:
        if row.state is ActionState.DONE and period.holds(row.done_on):
            counted["Faites"] += 1
        elif row.state is ActionState.DROPPED and period.holds(row.born_on):
            counted["Abandonnées"] += 1
        elif row.was_open(last):
            late = row.was_late(last, judged)
            state = (
                "Bloquées" if row.state is ActionState.BLOCKED else (LATE if late else "En cours ou à faire")
            )
            counted[state] += 1
    order = ("Faites", "En cours ou à faire", LATE, "Bloquées", "Abandonnées")
    lines = [
        Line(f"state-{place}", (word, number(counted[word])), (counted[word],))
        for place, word in enumerate(order)
    ]
    return grid("states", "Où en sont les actions", ("État", "Actions"), lines if counted else (), (1,))


def _action(material: Material, row: ActionRow, *, done: bool = False) -> Line:
    when = row.done_on if done else row.due_on
    cells = (
        shortened(row.title, ENOUGH), material.organisation(row.organisation_id),
        material.space(row.space_id), day(when),
    )  # fmt: skip
    return Line(f"action-{row.id}", cells)


def axes(material: Material) -> Figures:
    """Write how far each action of the plan is, axis by axis."""
    plans = material.plans
    if not plans.titles:
        return Figures(lead="Aucun plan public n’est en vigueur dans la période.")
    states = Counter(row.state for row in plans.actions)
    said = [some(states[state], *words) for state, words in HOW_FAR.items() if states[state]]
    lead = f"{' ; '.join(plans.titles)} : {some(len(plans.actions), 'action', 'actions')}"
    lead += f", dont {', '.join(said)}." if said else "."
    ordered = sorted(plans.actions, key=lambda row: (row.plan_id, row.place))
    header = ("Action du plan", "Qui et où", "État", "Suivi")
    grids = [
        grid(
            f"axis-{plan}-{place}", f"Axe {axis}", header, [_plan_action(material, row) for row in rows], (3,)
        )
        for place, ((plan, axis), rows) in enumerate(
            groupby(ordered, key=lambda row: (row.plan_id, row.axis))
        )
    ]
    return Figures(
        lead=f"{lead} « Suivi » : actions des espaces faites, sur celles qui y contribuent.",
        grids=tuple(grids),
    )


def _plan_action(material: Material, row: PlanActionRow) -> Line:
    known = {action.id: action for action in material.history.actions if action.id in row.followed_by}
    done = sum(action.state is ActionState.DONE for action in known.values())
    where = [material.space(space) for space in row.spaces if space in material.history.spaces]
    who = [material.organisation(one) for one in row.leads]
    moved = f" (avant : {PROGRESS[row.was].lower()})" if row.was and row.was != row.state else ""
    cells = (
        f"{row.number} {shortened(row.title, ENOUGH)}", ", ".join(who + where) or NOTHING,
        f"{PROGRESS[row.state]}{moved}", f"{done} / {len(known)}" if known else NOTHING,
    )  # fmt: skip
    return Line(f"plan-action-{row.id}", cells)


def indicators(material: Material) -> Figures:
    """Write each indicator with its dated values."""
    lines = []
    for row in material.plans.indicators:
        earlier = [value for on, value in row.values if on < material.period.first]
        said = "  ·  ".join(f"{day(on)}\u00a0:\u00a0{number(value)}" for on, value in row.values[-4:])
        target = f"{number(row.target)} ({day(row.target_on)})" if row.target is not None else NOTHING
        unit = f" ({row.unit})" if row.unit else ""
        lines.append(
            Line(
                f"indicator-{row.id}",
                (f"{row.name}{unit}", said, number(earlier[-1]) if earlier else NOTHING, target),
                tuple(part for on, value in row.values for part in (float(on.toordinal()), value)),
                row.target,
            )
        )
    lead = (
        f"{some(len(lines), 'indicateur est suivi', 'indicateurs sont suivis')} ; chaque valeur a sa date "
        "et sa source "
        "dans le plan."
        if lines
        else "Aucun indicateur n’a de valeur jusqu’à la fin de la période."
    )
    header = ("Indicateur", "Dernières valeurs", "Avant la période", "Cible")
    return Figures(
        lead=lead,
        grids=filled(grid("indicators", "Les indicateurs et leurs valeurs", header, lines, (2,))),
        drawing=Drawing(
            LINES, "indicators", ("Valeur",), "Les indicateurs dans le temps",
            "Chaque courbe a sa propre échelle.",
        ),
    )  # fmt: skip


def needs(material: Material) -> Figures:
    """Write what came into the diagnosis in the period."""
    lines = [
        Line(
            f"finding-{row.id}",
            (
                shortened(row.text, 300), f"{FINDINGS[row.kind]} {SCOPES[row.scope]}",
                material.history.themes[row.theme_id] if row.theme_id else NOTHING,
                material.history.places[row.territory_id] if row.territory_id else NOTHING,
                day(row.entered_on),
            ),
        )
        for row in material.plans.findings
    ]  # fmt: skip
    lead = (
        f"{some(len(lines), 'ligne est entrée', 'lignes sont entrées')} dans le diagnostic pendant la "
        "période : "
        "de nouveaux besoins, publics et situations peuvent entrer en cours de plan."
        if lines
        else "Rien de neuf n’est entré dans le diagnostic pendant la période."
    )
    header = ("Besoin, constat ou frein", "Nature", "Thème", "Où", "Entré le")
    return Figures(lead=lead, grids=filled(grid("needs", "Entré dans le diagnostic", header, lines)))


def recommendations(material: Material) -> Figures:
    """Write the recommendations in work, adopted or set aside in the period."""
    last = material.period.last
    lines = []
    for row in material.history.recommendations:
        adopted = row.adopted_on is not None and row.adopted_on <= last
        if row.created_on > last or (row.adopted_on is not None and row.adopted_on < material.period.first):
            continue
        state = "adopted" if adopted else ("proposed" if row.state == "adopted" else row.state)
        if state == "dropped" and not material.period.holds(row.created_on):
            continue
        word = RECOMMENDATIONS[RecommendationState(state)]
        said = f"{word}{f' le {day(row.adopted_on)}' if adopted else ''}"
        lines.append(
            Line(f"recommendation-{row.id}", (row.code, row.title, material.theme(row.theme_id), said))
        )
    lead = (
        f"{some(len(lines), 'recommandation est', 'recommandations sont')} en chemin ou adoptées ; chacune "
        "garde son code "
        "du premier mot à la réponse."
        if lines
        else "Aucune recommandation n’est en chemin dans la période."
    )
    header = ("Code", "Recommandation", "Thème", "État")
    return Figures(lead=lead, grids=filled(grid("recommendations", "Les recommandations", header, lines)))


def contributions(material: Material) -> Figures:
    """Write how many contributions came, theme by theme."""
    rows = [row for row in material.history.contributions if material.period.holds(row.day)]
    by_theme = Counter(row.theme_id for row in rows)
    organisations = _senders(rows)
    lines = [
        Line(
            f"theme-{theme or 0}",
            (
                material.theme(theme), number(count),
                number(len(_senders(row for row in rows if row.theme_id == theme))),
            ),
        )
        for theme, count in by_theme.most_common()
    ]  # fmt: skip
    lead = (
        f"{some(len(rows), 'contribution est arrivée', 'contributions sont arrivées')}, de "
        f"{some(len(organisations), 'organisation', 'organisations')} "
        f"({number(material.then.contributions)} dans la "
        "période précédente)."
        if rows
        else "Aucune contribution n’est arrivée dans la période."
    )
    header = ("Thème", "Contributions", "Organisations")
    return Figures(lead=lead, grids=filled(grid("contributions", "Par thème", header, lines, (1, 2))))


def perspectives(material: Material) -> Figures:
    """Write what is still open or planned: actions, meetings, workstreams, actions of the plan."""
    last = material.period.last
    open_actions = [row for row in material.history.actions if row.state in OPEN and row.born_on <= last]
    meetings = [
        row
        for row in material.history.meetings
        if row.state in TO_COME and row.day > max(last, material.today)
    ]
    streams = [
        space for space in material.history.spaces.values()
        if space.kind is SpaceKind.WORKSTREAM and space.was_open(last)
    ]  # fmt: skip
    ahead = [row for row in material.plans.actions if row.state in {"planned", "under_way"}]
    lead = (
        f"{some(len(open_actions), 'action reste', 'actions restent')} à mener à bien et "
        f"{some(len(meetings), 'réunion est déjà prévue', 'réunions sont déjà prévues')}."
    )
    return Figures(
        lead=lead,
        grids=filled(
            grid(
                "meetings", "Les réunions déjà prévues", ("Réunion", "Espace", "Date"),
                (
                    Line(f"meeting-{row.id}", (row.title, material.space(row.space_id), day(row.day)))
                    for row in meetings
                ),
                of=len(meetings),
            ),
            grid(
                "open", "Les actions ouvertes", ("Action", "Portée par", "Espace", "Échéance", "État"),
                _with_state(material, open_actions), of=len(open_actions),
            ),
            grid(
                "streams", "Les chantiers et ce qu’ils doivent produire",
                ("Chantier", "Production prévue", "Jusqu’au"),
                (
                    Line(
                        f"stream-{space.id}",
                        (
                            space.name, shortened(space.output) or NOTHING,
                            day(space.output_due_on or space.ends_on),
                        ),
                    )
                    for space in streams
                ),
            ),
            grid(
                "plan", "Les actions du plan à poursuivre", ("Action du plan", "Axe", "État"),
                (
                    Line(
                        f"ahead-{row.id}",
                        (f"{row.number} {shortened(row.title, ENOUGH)}", row.axis, PROGRESS[row.state]),
                    )
                    for row in sorted(ahead, key=lambda row: (row.plan_id, row.place))
                ),
            ),
        ),
    )  # fmt: skip


def _with_state(material: Material, rows: Iterable[ActionRow]) -> Iterable[Line]:
    for row in rows:
        line = _action(material, row)
        yield Line(line.key, (*line.cells, ACTION_STATES[row.state]))


def _senders(rows: Iterable[ContributionRow]) -> set[int]:
    """Return the organisations that sent them; what was said at a workshop's table is no organisation's."""
    return {row.organisation_id for row in rows if row.organisation_id is not None}
