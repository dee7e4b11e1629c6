"""The lists of days: what is to come and gone by for everybody, all of them for coordinators."""

from collections.abc import Iterable
from datetime import date
from enum import StrEnum
from typing import Any, TypeVar

from flask import Response, render_template, request
from flask_babel import gettext as _

from hub.core import clock, exports, i18n, paging
from hub.core.access import coordinator, everyone, may, permit
from hub.core.db import db
from hub.events.models.days import Event, EventKind, EventState, Mode
from hub.events.queries import index as queries
from hub.events.queries.index import Asked
from hub.events.views.blueprint import blueprint, stage_of
from hub.events.words import KINDS, MODES, STAGES

E = TypeVar("E", bound=StrEnum)
PAST_BELOW = 6


@blueprint.get("/journees")
@permit(everyone)
def index() -> str | Response:
    """Show the days; a coordinator also sees drafts and figures."""
    return _coordinated() if may(coordinator) else _public()


def _public() -> str:
    now = clock.now()
    is_archive = request.args.get("archives") == "1"
    asked = _asked(is_past=is_archive)
    page = paging.paginate(db.session(), queries.public(asked, now), _number(), per_page=24)
    recent: list[Event] = []
    if not is_archive and asked == Asked(is_past=False) and page.number == page.pages:
        past = queries.public(Asked(is_past=True), now).limit(PAST_BELOW)
        recent = list(db.session.scalars(past))
    return render_template(
        "events/index.html", page=page, is_archive=is_archive, recent=recent, **_choices(asked, drafts=False)
    )


def _coordinated() -> str | Response:
    now = clock.now()
    when = request.args.get("when", "")
    asked = _asked(is_past={"past": True, "coming": False}.get(when))
    sort = request.args.get("sort", "")
    descending = request.args.get("direction") == "desc"
    rows = queries.coordinated(asked, now, sort, descending=descending)
    if request.args.get("format") in {"csv", "xlsx"}:
        return _export(request.args["format"], db.session.scalars(rows))
    return render_template(
        "events/days.html",
        page=paging.paginate(db.session(), rows, _number()),
        sort=sort if sort in queries.SORTS else "",
        direction="desc" if descending else "asc",
        when=when,
        **_choices(asked, drafts=True),
    )


def _number() -> int:
    return request.args.get("page", 1, type=int)


def _asked(*, is_past: bool | None) -> Asked:
    """Read what the address asks for; what makes no sense asks for nothing."""
    return Asked(
        kind=_one_of(EventKind, "kind"),
        series=request.args.get("series", None, type=int),
        month=_month(request.args.get("month", "")),
        mode=_one_of(Mode, "mode"),
        state=_one_of(EventState, "state") if may(coordinator) else None,
        is_past=is_past,
        words=request.args.get("q", "")[:100] if may(coordinator) else "",
    )


def _one_of(kind: type[E], name: str) -> E | None:
    value = request.args.get(name, "")
    return kind(value) if value in list(kind) else None


def _month(text: str) -> date | None:
    try:
        return date.fromisoformat(f"{text}-01")
    except ValueError:
        return None


def _choices(asked: Asked, *, drafts: bool) -> dict[str, Any]:
    """Return what the filters offer, and the chips of those in force."""
    series = [
        (str(number), title)
        for number, title in db.session.execute(queries.series_in_use(with_drafts=drafts)).all()
    ]
    begun = db.session.scalars(queries.beginnings(with_drafts=drafts))
    months = list(dict.fromkeys(clock.today(moment).replace(day=1) for moment in begun))
    kinds = [(kind.value, str(word)) for kind, word in KINDS.items()]
    filters = [
        _filter("kind", _("Sorte"), kinds, asked.kind and asked.kind.value),
        _filter("month", _("Mois"), [(f"{day:%Y-%m}", _in_words(day)) for day in months],
                f"{asked.month:%Y-%m}" if asked.month else None),
        _filter("mode", _("Participation"), [(mode.value, str(word)) for mode, word in MODES.items()],
                asked.mode and asked.mode.value),
    ]  # fmt: skip
    if series:
        filters.insert(1, _filter("series", _("Série"), series, str(asked.series) if asked.series else None))
    if drafts:
        states = [
            (EventState.DRAFT.value, _("Brouillon")),
            (EventState.PUBLISHED.value, _("Publiée")),
            (EventState.CANCELLED.value, _("Annulée")),
        ]
        filters.append(_filter("state", _("État"), states, asked.state and asked.state.value))
        times = [("coming", _("À venir")), ("past", _("Passées"))]
        filters.append(_filter("when", _("Quand"), times, request.args.get("when")))
    chips = [
        {"name": each["name"], "value": each["value"], "label": f"{each['label']}\u00a0: {word}"}
        for each in filters
        for value, word in each["choices"]
        if value == each["value"]
    ]
    return {"filter_options": filters, "filter_chips": chips, "asked": asked}


def _filter(name: str, label: str, choices: list[tuple[str, str]], value: str | None) -> dict[str, Any]:
    return {"name": name, "label": label, "choices": choices, "value": value}


def _in_words(month: date) -> str:
    return i18n.format_month(month, i18n.chosen_language())


def _export(kind: str, rows: Iterable[Event]) -> Response:
    header = (
        _("Titre"), _("Sorte"), _("Début"), _("Fin"), _("Participation"), _("Lieu"), _("État"),
        _("Inscrit·es sur place"), _("Places sur place"), _("Inscrit·es en ligne"), _("Places en ligne"),
    )  # fmt: skip
    lines = [
        (
            row.title, str(KINDS[row.kind]), row.starts_at, row.ends_at, str(MODES[row.mode]), row.place_name,
            str(STAGES[stage_of(row)][2]), row.taken, row.capacity, row.online_taken, row.online_capacity,
        )
        for row in rows
    ]  # fmt: skip
    return exports.answer(kind, "journees", header, lines)
