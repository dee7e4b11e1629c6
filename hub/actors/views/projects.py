"""Projects and calls for projects: their lists and cards."""

from datetime import date
from typing import Any, TypeAlias

from flask import abort, render_template, request
from flask_babel import gettext
from flask_babel import lazy_gettext as _l
from werkzeug.wrappers import Response

from hub.actors.models.projects import PartRole, Project, ProjectCall
from hub.actors.queries import projects as queries
from hub.actors.queries import record
from hub.actors.queries.projects import Filters, Stage, stage_of
from hub.actors.rules import edit, keep_project, see
from hub.actors.values import completeness, dates, spans
from hub.actors.views.blueprint import blueprint
from hub.actors.views.history import entries_of
from hub.core import clock, exports, paging
from hub.core.access import may, permit
from hub.core.db import db

Answer: TypeAlias = Response | tuple[str, int] | str

STAGES = {
    Stage.COMING: _l("À venir"),
    Stage.RUNNING: _l("En cours"),
    Stage.OVER: _l("Terminé"),
    Stage.UNKNOWN: _l("Dates à préciser"),
}
CALL_STAGES = {
    Stage.COMING: _l("Annoncé"),
    Stage.RUNNING: _l("Ouvert"),
    Stage.OVER: _l("Clôturé"),
    Stage.UNKNOWN: _l("Dates à préciser"),
}
PROJECT_HEADER = (
    "identifiant", "nom", "sigle", "début", "fin", "porteurs", "partenaires", "financeurs", "territoires",
    "thèmes", "publics", "description", "objectifs", "services", "site", "appel à projets", "source",
)  # fmt: skip
CALL_HEADER = (
    "identifiant", "intitulé", "sigle", "financeur", "lancement", "clôture", "séance d’information",
    "lieu de la séance", "thèmes", "publics", "résumé", "site", "source",
)  # fmt: skip
HISTORY = 50


def today() -> date:
    """Return Brussels' date."""
    return clock.today(clock.now())


def asked_filters() -> Filters:
    """Return the filters that the address asks for."""
    stage = request.args.get("stage", "")
    return Filters(
        words=request.args.get("q", "")[:200],
        theme=request.args.get("theme", "")[:40],
        territory=request.args.get("territory", "")[:40],
        organisation=request.args.get("organisation", "")[:100],
        stage=Stage(stage) if stage in set(Stage) else None,
    )


def _chips(options: list[dict[str, Any]]) -> list[dict[str, str]]:
    """Mark what is chosen in the options, and return a chip for each."""
    found = []
    if request.args.get("q"):
        word = request.args["q"][:200]
        found.append({"name": "q", "value": request.args["q"], "label": gettext("Mot : %(word)s", word=word)})
    for option in options:
        value = request.args.get(option["name"], "")
        option["value"] = value
        if value:
            word = dict(option["choices"]).get(value, value)
            found.append({"name": option["name"], "value": value, "label": f"{option['label']} : {word}"})
    return found


def _order(sorts: dict[str, Any], first: str) -> tuple[str, bool]:
    """Return what the address sorts by, and whether downwards; dates begin with the latest."""
    sort = request.args.get("sort", first)
    sort = sort if sort in sorts else first
    direction = request.args.get("direction", "asc" if sort == "name" else "desc")
    return sort, direction == "desc"


def _list_page(
    template: str, rows: Any, options: list[dict[str, Any]], order: tuple[str, bool], **more: Any
) -> str:
    session = db.session()
    return render_template(
        template,
        page=paging.paginate(session, rows, request.args.get("page", 1, type=int)),
        options=options,
        chips=_chips(options),
        query=request.args.get("q", "")[:200],
        sort=order[0],
        direction="desc" if order[1] else "asc",
        asked=bool(request.query_string),
        **more,
    )


@blueprint.get("/projets")
@permit(see)
def projects() -> Answer:
    """List the projects, or send them as a file."""
    session, order = db.session(), _order(queries.SORTS, "start")
    rows = queries.listed(asked_filters(), today(), sort=order[0], descending=order[1])
    if request.args.get("format"):
        return _export("projets", PROJECT_HEADER, map(_project_line, session.scalars(rows).unique()))
    options = [
        _option(
            "theme", gettext("Thème"),
            [(row.code, row.label) for row in session.scalars(queries.themes_in_use())],
        ),
        _option(
            "territory", gettext("Territoire"),
            [(row.code, row.name) for row in session.scalars(queries.territories_in_use())],
        ),
        _option(
            "organisation", gettext("Organisation"),
            [(row.slug, row.short_label) for row in session.scalars(queries.organisations_in_use())],
            search=True,
        ),
        _option("stage", gettext("État"), [(stage.value, str(text)) for stage, text in STAGES.items()]),
    ]  # fmt: skip
    return _list_page(
        "actors/projects/index.html", rows, options, order, stage_of=_project_stage, stages=STAGES,
        withdrawn=_withdrawn(Project),
    )  # fmt: skip


def _option(name: str, label: str, choices: list[tuple[str, str]], **more: Any) -> dict[str, Any]:
    return {"name": name, "label": label, "choices": choices, **more}


def _withdrawn(model: Any) -> list[Any]:
    return list(db.session.scalars(queries.withdrawn(model))) if may(edit) else []


def _export(name: str, header: Any, lines: Any) -> Response:
    kind = request.args["format"]
    if kind not in {"csv", "xlsx"}:
        abort(404)
    return exports.answer(kind, name, header, lines)


def _project_stage(project: Project) -> Stage:
    return stage_of(project.starts_on, project.ends_on, today())


def call_stage(call: ProjectCall) -> Stage:
    """Return where a call stands today."""
    return stage_of(call.launched_on, call.closes_on, today())


def _project_line(row: Project) -> list[Any]:
    def names(role: PartRole) -> str:
        return " | ".join(
            dict.fromkeys(
                part.organisation.name
                for part in row.parts
                if part.role == role and part.withdrawn_at is None
            )
        )

    return [
        row.slug, row.name, row.acronym, dates.show(row.starts_on, row.starts_precision),
        dates.show(row.ends_on, row.ends_precision), names(PartRole.LEAD), names(PartRole.PARTNER),
        names(PartRole.FUNDER), " | ".join(place.name for place in row.territories),
        " | ".join(theme.label for theme in row.themes), " | ".join(one.label for one in row.audiences),
        row.description, row.objectives, " | ".join(row.services.splitlines()), row.website,
        row.call.title if row.call else "", row.origin,
    ]  # fmt: skip


def _call_line(row: ProjectCall) -> list[Any]:
    return [
        row.slug, row.title, row.acronym, row.funder.name if row.funder else "",
        dates.show(row.launched_on, row.launched_precision), dates.show(row.closes_on, row.closes_precision),
        row.session_at, row.session_place, " | ".join(theme.label for theme in row.themes),
        " | ".join(one.label for one in row.audiences), row.summary, row.website, row.origin,
    ]  # fmt: skip


def timeline_of(project: Project) -> spans.Line | None:
    """Return who funds when.

    A start that nobody knows begins with the project; without an end, it lasts until the project's, or today.
    """
    parts = [part for part in project.parts if part.role == PartRole.FUNDER and part.withdrawn_at is None]
    return spans.line_of(
        [
            (part, part.starts_on or project.starts_on, part.ends_on or project.ends_on or today())
            for part in parts
        ]
    )


@blueprint.get("/projets/<slug>")
@permit(see, Project, key="slug")
def project(row: Project) -> str:
    """Show one project."""
    session = db.session()
    row = session.scalars(queries.complete(row.slug)).unique().one()
    keeps = may(keep_project, row)
    if row.withdrawn_at is not None and not keeps:
        abort(404)
    return render_template(
        "actors/projects/show.html",
        project=row,
        keeps=keeps,
        stage=_project_stage(row),
        stages=STAGES,
        parts=_by_role(row),
        timeline=timeline_of(row),
        figures=record.sort_out(session.scalars(record.figures(row)).all(), today()),
        lacks=completeness.lacks_of_project(row) if keeps else [],
        history=entries_of(row, HISTORY) if keeps else [],
        sources=[line for line in row.origin.splitlines() if line],
    )


def _by_role(row: Project) -> list[tuple[PartRole, record.Standing]]:
    standing = [
        (role, record.sort_out([part for part in row.parts if part.role == role], today()))
        for role in PartRole
    ]
    return [(role, found) for role, found in standing if found.number or found.withdrawn]


@blueprint.get("/appels-a-projets")
@permit(see)
def project_calls() -> Answer:
    """List the calls for projects, or send them as a file."""
    session, order = db.session(), _order(queries.CALL_SORTS, "launched")
    rows = queries.calls(asked_filters(), today(), sort=order[0], descending=order[1])
    if request.args.get("format"):
        return _export("appels-a-projets", CALL_HEADER, map(_call_line, session.scalars(rows).unique()))
    themes = [(row.code, row.label) for row in session.scalars(queries.themes_in_use(of_calls=True))]
    funders = [(row.slug, row.short_label) for row in session.scalars(queries.funders_in_use())]
    options = [
        _option("theme", gettext("Thème"), themes),
        _option("organisation", gettext("Qui finance"), funders),
        _option("stage", gettext("État"), [(stage.value, str(text)) for stage, text in CALL_STAGES.items()]),
    ]
    return _list_page(
        "actors/project_calls/index.html", rows, options, order, stage_of=call_stage, stages=CALL_STAGES,
        withdrawn=_withdrawn(ProjectCall),
    )  # fmt: skip


@blueprint.get("/appels-a-projets/<slug>")
@permit(see, ProjectCall, key="slug")
def project_call(row: ProjectCall) -> str:
    """Show one call for projects."""
    session = db.session()
    row = session.scalars(queries.complete_call(row.slug)).unique().one()
    keeps = may(edit, row)
    if row.withdrawn_at is not None and not keeps:
        abort(404)
    return render_template(
        "actors/project_calls/show.html",
        call=row,
        keeps=keeps,
        stage=call_stage(row),
        stages=CALL_STAGES,
        projects=[one for one in row.projects if one.withdrawn_at is None],
        session_is_over=row.session_at is not None and row.session_at < clock.now(),
        history=entries_of(row, HISTORY) if keeps else [],
        sources=[line for line in row.origin.splitlines() if line],
    )
