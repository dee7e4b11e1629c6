"""The register of decisions: search, filters, sorting, export."""

from collections import Counter, defaultdict
from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

from flask import render_template, request
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext
from sqlalchemy.orm import Session

from hub.core import clock, exports, paging
from hub.core.access import current_user, permit
from hub.core.db import db
from hub.spaces import rules
from hub.spaces.models.actions import ActionState
from hub.spaces.models.decisions import Decision, DecisionState, Method, Position, Stance
from hub.spaces.queries import decisions as queries
from hub.spaces.queries.decisions import FollowUp, Sight, Standing, Wanted
from hub.spaces.values import votes
from hub.spaces.values.votes import Outcome, Tally
from hub.spaces.views.blueprint import blueprint
from hub.spaces.words import DECISION_STATES, METHODS, OUTCOMES, result_in_words

STANDINGS = {
    Standing.IN_FORCE: _l("En vigueur"),
    Standing.NOT_TAKEN: _l("Non adoptée"),
    Standing.REPLACED: _l("Remplacée"),
    Standing.WITHDRAWN: _l("Retirée"),
}
VOICES = {
    Stance.AGAINST: _l("Avec dissension"),
    Stance.RESERVATION: _l("Avec réserve"),
    Stance.ABSTENTION: _l("Avec abstention"),
}
FOLLOW_UPS = {
    FollowUp.NONE: _l("Sans aucune suite"),
    FollowUp.OPEN: _l("Avec des actions en cours"),
    FollowUp.LATE: _l("Avec des actions en retard"),
    FollowUp.OVER: _l("Dont les actions sont finies"),
}
LAST_YEAR = "12"
PER_PAGE = 15  # a line says much: whole decisions, their voices and what follows
LATE = "late"
EXPORTED = (Stance.FOR, Stance.RESERVATION, Stance.AGAINST, Stance.ABSTENTION)


def sight_of(session: Session) -> Sight:
    """Return what the person of this request sees of decisions."""
    user = current_user()
    if user.is_coordinator:
        return Sight(everything=True)
    return Sight(spaces=frozenset(session.scalars(queries.spaces_of(user.id, today()))))


def today() -> date:
    """Return Brussels' date."""
    return clock.today(clock.now())


@blueprint.get("/decisions")
@permit(rules.see)
def decisions() -> Any:
    """List the decisions: search, filters, sorting, export with positions."""
    session, args = db.session(), request.args
    sight, wanted = sight_of(session), _wanted()
    sort = args.get("sort", "date") if args.get("sort", "date") in queries.SORTS else "date"
    direction = args.get("direction", "desc" if sort == "date" else "asc")
    found = queries.register(wanted, sight, today=today(), sort=sort, descending=direction == "desc")
    if args.get("format") in {"csv", "xlsx"}:
        return _export(session, args["format"], found, sight)
    page = paging.paginate(session, found, args.get("page", 1, type=int), PER_PAGE)
    options = _options(session, sight)
    return render_template(
        "spaces/decisions/index.html",
        page=page,
        lines=_lines(session, page.rows, sight),
        options=options,
        active=_chips(options),
        methods={method: str(word) for method, word in METHODS.items()},
        sort=sort,
        direction=direction,
        asked=any(args.get(name) for name in ("q", *(option["name"] for option in options))),
        everything=sight.everything,
    )


def _wanted() -> Wanted:
    args = request.args
    since, until = _period(args.get("period", ""))
    return Wanted(
        text=args.get("q", "")[:200],
        space=args.get("space", "")[:100],
        theme=args.get("theme", "")[:40],
        since=since,
        until=until,
        method=_word(Method, args.get("method")),
        standing=_word(Standing, args.get("state")),
        stance=_word(Stance, args.get("voices")),
        organisation_id=_number(args.get("organisation", "")),
        follow_up=_word(FollowUp, args.get("follow")),
        told=args.get("told") == "1",
    )


def _word(kind: Any, value: str | None) -> Any:
    return kind(value) if value in set(kind) else None


def _number(value: str) -> int | None:
    """Read a number of the address that any database can hold."""
    return int(value) if value.isascii() and value.isdecimal() and len(value) < 10 else None  # noqa: PLR2004


def _period(value: str) -> tuple[date | None, date | None]:
    """Read a year, or the last twelve months; both days are included."""
    if value == LAST_YEAR:
        day = today()
        return day - timedelta(days=365), day
    year = _number(value)
    if year is None or not date.min.year <= year <= date.max.year:
        return None, None
    return date(year, 1, 1), date(year, 12, 31)


def _options(session: Session, sight: Sight) -> list[dict[str, Any]]:
    """Return the filters, with what there is to choose among what the reader sees."""
    first, last = session.execute(queries.period(sight)).one()
    years = range(last.year, first.year - 1, -1) if first else ()
    lists: dict[str, list[tuple[str, str]]] = {"space": [], "theme": [], "organisation": []}
    for name, value, word in session.execute(queries.offered(sight)):
        lists[name].append((value, word))
    told = [("1", _("Décisions à faire connaître"))] if sight.everything else []
    options = [
        _option("space", _("Espace"), lists["space"], search=True),
        _option("theme", _("Thème"), lists["theme"]),
        _option(
            "period", _("Période"), [(LAST_YEAR, _("12 derniers mois")), *((str(y), str(y)) for y in years)]
        ),
        _option("method", _("Comment"), _choices(METHODS)),
        _option("state", _("État"), _choices(STANDINGS)),
        _option("voices", _("Voix"), _choices(VOICES), all=_("Toutes")),
        _option("organisation", _("Qui a pris position"), lists["organisation"], search=True),
        _option("follow", _("Suites"), _choices(FOLLOW_UPS), all=_("Toutes")),
        _option("told", _("Diffusion"), told, all=_("Toutes")),
    ]
    return [option for option in options if option["choices"]]


def _option(name: str, label: str, choices: list[tuple[str, Any]], **more: Any) -> dict[str, Any]:
    return {"name": name, "label": label, "choices": choices, "value": request.args.get(name), **more}


def _choices(words: dict[Any, Any]) -> list[tuple[str, Any]]:
    return [(one.value, word) for one, word in words.items()]


def _chips(options: list[dict[str, Any]]) -> list[dict[str, str]]:
    found = []
    for option in options:
        word = dict(option["choices"]).get(option["value"] or "")
        if word:
            found.append(
                {"name": option["name"], "value": option["value"], "label": f"{option['label']} : {word}"}
            )
    return found


# --- What stands in a line -------------------------------------------------------------------


def _lines(session: Session, rows: Sequence[Decision], sight: Sight) -> list[dict[str, Any]]:
    """Return each decision with its voices and what follows, in two queries for all."""
    ids = [row.id for row in rows]
    stances: dict[int, Counter[Stance]] = defaultdict(Counter)
    for number, stance, count in session.execute(queries.voices(ids)):
        stances[number][stance] = count
    followed: dict[int, Counter[str]] = defaultdict(Counter)
    for number, state, late, count in session.execute(queries.follow_up(ids, today())):
        followed[number][LATE if late else state.value] += count
    return [_line(row, stances[row.id], followed[row.id], sight) for row in rows]


def _line(row: Decision, stances: Counter[Stance], followed: Counter[str], sight: Sight) -> dict[str, Any]:
    voices = votes.counted(stances.elements())
    came = votes.outcome(row.method, row.vote_rule, voices)
    whole = sight.everything or row.space_id in sight.spaces
    return {
        "decision": row,
        "outcome": came,
        "state": standing_word(row, came),
        "dissent": whole and voices.against,
        "reservations": whole and voices.reservation,
        "follow_up": follow_up_in_words(followed) if whole else None,
        "late": whole and followed[LATE],
        "whole": whole,
    }


def standing_word(decision: Decision, came: Outcome) -> tuple[str, str, str]:
    """Return the word, the tone and the icon of where a decision stands."""
    if decision.state is DecisionState.REPLACED:
        return str(DECISION_STATES[decision.state]), "neutral", "replace"
    if decision.state is DecisionState.WITHDRAWN:
        return str(DECISION_STATES[decision.state]), "neutral", "arrow-back-up"
    if came is Outcome.TAKEN:
        return str(DECISION_STATES[decision.state]), "success", "circle-check"
    tone, icon = {
        Outcome.REJECTED: ("danger", "circle-x"),
        Outcome.UNCOUNTED: ("warning", "clock-pause"),
    }.get(came, ("warning", "scale"))
    return str(OUTCOMES[came]), tone, icon


def follow_up_in_words(followed: Counter[str]) -> str:
    """Return « 2 faites, 1 en retard », worst last; "" where nothing follows."""
    late, done = followed[LATE], followed[ActionState.DONE]
    going = followed[ActionState.TO_DO] + followed[ActionState.IN_PROGRESS]
    blocked, dropped = followed[ActionState.BLOCKED], followed[ActionState.DROPPED]
    parts = [
        ngettext("%(num)s faite", "%(num)s faites", done) if done else "",
        ngettext("%(num)s en cours", "%(num)s en cours", going) if going else "",
        ngettext("%(num)s abandonnée", "%(num)s abandonnées", dropped) if dropped else "",
        ngettext("%(num)s bloquée", "%(num)s bloquées", blocked) if blocked else "",
        ngettext("%(num)s en retard", "%(num)s en retard", late) if late else "",
    ]
    return ", ".join(part for part in parts if part)


# --- Export ----------------------------------------------------------------------------------


def _export(session: Session, kind: str, found: Any, sight: Sight) -> Any:
    rows = session.scalars(queries.with_positions(found)).unique().all()
    followed: dict[int, Counter[str]] = defaultdict(Counter)
    for number, state, late, count in session.execute(queries.follow_up([row.id for row in rows], today())):
        followed[number][LATE if late else state.value] += count
    header = [
        _("Code"), _("Date"), _("Espace"), _("Réunion"), _("Point"), _("Décision"), _("Comment"),
        _("Résultat"), _("État"), _("Motif de l’état"), _("Remplacée par"), _("Pour"), _("Réserves"),
        _("Contre"), _("Abstentions"), _("Suites"),
    ]  # fmt: skip
    lines = [_exported(row, followed[row.id], sight) for row in rows]
    return exports.answer(kind, "decisions", header, lines)


def _exported(row: Decision, followed: Counter[str], sight: Sight) -> list[Any]:
    whole = sight.everything or row.space_id in sight.spaces
    voices = votes.tally(row.positions)
    came = votes.outcome(row.method, row.vote_rule, voices)
    said = result_in_words(row.method, row.vote_rule, voices, came) if whole else outcome_alone(row, came)
    positions = [_names(row, stance) if whole else "" for stance in EXPORTED]
    return [
        row.code, row.taken_on, row.space.name, row.meeting.title, row.item.title if row.item else "",
        row.text, METHODS[row.method], said, standing_word(row, came)[0], row.state_reason if whole else "",
        row.replaced_by.code if row.replaced_by else "", *positions,
        follow_up_in_words(followed) if whole else "",
    ]  # fmt: skip


def outcome_alone(decision: Decision, came: Outcome) -> str:
    """Return how a decision was taken and what came of it, for who doesn't see the positions."""
    if decision.method is Method.VOTE:
        return f"{METHODS[decision.method]} : {str(OUTCOMES[came]).lower()}"
    return result_in_words(decision.method, decision.vote_rule, Tally(), came)


def _names(row: Decision, stance: Stance) -> str:
    kept = [row for row in row.positions if row.stance is stance and row.counts]
    return "; ".join(_said(position) for position in kept)


def _said(position: Position) -> str:
    name = position.organisation.name
    return f"{name} ({position.reason})" if position.reason else name
