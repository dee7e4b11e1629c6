"""Taking the network along, in the formats of other tools."""

from typing import Any

from flask import Response, current_app, render_template, request, url_for
from flask_babel import gettext
from flask_babel import lazy_gettext as _l

from graph.exchange.formats import WRITERS, Format, write
from graph.exchange.model import About
from hub.actors.values import words
from hub.core.access import coordinator, everyone, may, permit
from hub.core.db import db
from hub.core.errors import DomainError
from hub.core.web import limiter, network
from hub.network.queries import exchange
from hub.network.queries import register as queries
from hub.network.values.register import DEFAULT_ORIGINS, Register, Wanted, always, shown
from hub.network.values.sight import Sight
from hub.network.views import asked
from hub.network.views.blueprint import blueprint
from hub.network.views.words import plain_day
from hub.network.words import ORIGINS

PERIOD, ALL = "periode", "tout"
"""The argument that asks for all times instead of one day."""
FOR, EVERYBODY = "pour", "tous"
"""The argument by which a coordinator takes along what everybody may read, and nothing more."""
ASKED = "60 per hour"
"""Files that one address may ask for: each is made anew from the whole register."""
FORMS = (
    (
        Format.GEXF,
        "affiliate",
        _l("GEXF"),
        _l("Pour Gephi et Gephi Lite : analyser et dessiner le réseau, le suivre dans le temps."),
    ),
    (
        Format.KUMU_XLSX,
        "chart-dots-3",
        _l("Kumu, classeur Excel"),
        _l("Pour Kumu : une carte à partager en ligne, avec les lieux et les années."),
    ),
    (
        Format.KUMU_JSON,
        "braces",
        _l("Kumu, JSON"),
        _l("Pour Kumu : la même carte, en un seul fichier."),
    ),
    (
        Format.GEPHI_CSV,
        "file-type-csv",
        _l("Tables pour Gephi, CSV"),
        _l("Pour l’import de tables de Gephi : les nœuds et les liens, en deux fichiers."),
    ),
    (
        Format.GRAPHML,
        "topology-star-3",
        _l("GraphML"),
        _l("Pour Cytoscape, yEd, igraph, networkx et d’autres outils d’analyse."),
    ),
    (
        Format.XLSX,
        "file-type-xls",
        _l("Classeur Excel"),
        _l("Pour un tableur : les acteurs et les relations, chacun sur sa feuille. Se réimporte ici."),
    ),
    (
        Format.CSV,
        "file-type-csv",
        _l("Tables CSV"),
        _l("Pour un tableur ou un autre logiciel : les mêmes tables, en deux fichiers. Se réimporte ici."),
    ),
    (
        Format.JSON,
        "braces",
        _l("JSON"),
        _l("Pour des développeurs, et pour reprendre tout le réseau dans un autre Maillage."),
    ),
)


@blueprint.get("/exporter")
@permit(everyone)
def export_page() -> Any:
    """Show what the network can be taken along as, and what of it the files will hold."""
    problem = ""
    try:
        wanted = asked.wanted()
    except DomainError as refusal:
        wanted, problem = asked.wanted_today(), gettext(refusal.msgid)
    register = _register(wanted)
    arguments = asked.arguments()
    body = render_template(
        "network/export.html",
        forms=FORMS,
        wanted=wanted,
        today=asked.today(),
        problem=problem,
        part=shown(register, wanted),
        narrowed=_narrowed(register, wanted),
        all_times=_all_times(),
        everything=_everything(),
        arguments=arguments | ({PERIOD: ALL} if _all_times() else {}) | _readers(),
        other=arguments | ({} if _all_times() else {PERIOD: ALL}) | _readers(),
    )
    return body, 422 if problem else 200


@blueprint.get("/exporter/<any(" + ",".join(f'"{form.value}"' for form in Format) + "):form>")
@permit(everyone)
@limiter.limit(ASKED)
def export_file(form: str) -> Response:
    """Send the network that the address asks for, in that format."""
    wanted = asked.wanted_or_422()
    register = _register(wanted)
    found = exchange.read(
        db.session(), shown(register, wanted), _about(register, wanted), everything=_everything()
    )
    chosen = Format(form)
    writer = WRITERS[chosen]
    response = Response(write(found, chosen), content_type=writer.media_type)
    day = "tout" if _all_times() else wanted.day.isoformat()
    response.headers["Content-Disposition"] = f"attachment; filename=reseau-{day}{writer.ending}"
    response.headers["Cache-Control"] = "no-store"
    response.headers["X-Robots-Tag"] = "noindex"
    return response


def _all_times() -> bool:
    return request.args.get(PERIOD) == ALL


def _everything() -> bool:
    """Say whether the files hold what organisations didn't agree to show."""
    return may(coordinator) and not _readers()


def _readers() -> dict[str, str]:
    return {FOR: EVERYBODY} if request.args.get(FOR) == EVERYBODY else {}


def _register(wanted: Wanted) -> Register:
    """Return the register as it stood on the day, or with all that it ever told."""
    sight = Sight(today=asked.today()) if _readers() else asked.sight()
    register = queries.read(db.session(), wanted.day, sight)
    return always(register) if _all_times() else register


def _about(register: Register, wanted: Wanted) -> About:
    day = plain_day(wanted.day)
    name = network().name
    when = (
        gettext("%(name)s, de tout temps", name=name)
        if _all_times()
        else gettext("%(name)s au %(day)s", name=name, day=day)
    )
    told = [
        gettext(
            "Source : le registre de « %(name)s », lu le %(day)s.", name=name, day=plain_day(asked.today())
        ),
        gettext("Sans coordonnées ni personnes."),
        *_narrowed(register, wanted),
    ]
    return About(
        title=when,
        made_on=asked.today(),
        as_of=None if _all_times() else wanted.day,
        address=current_app.config["BASE_URL"] + url_for("network.map_page", **asked.arguments()),
        description=" ".join(told),
    )


def _narrowed(register: Register, wanted: Wanted) -> list[str]:
    """Return, in words, what the network is narrowed to."""
    actors, links = register.actors.values(), register.links
    themes = dict(theme for actor in actors for theme in actor.themes)
    said = [
        (gettext("Mot"), wanted.words),
        (gettext("Famille"), gettext(words.FAMILIES[wanted.family]) if wanted.family else ""),
        (gettext("Type"), _label(wanted.kind, {actor.kind_code: actor.kind for actor in actors})),
        (gettext("Thème"), _label(wanted.theme, themes)),
        (gettext("Commune"), _label(wanted.commune, {actor.commune_code: actor.commune for actor in actors})),
        (gettext("Relation"), _label(wanted.relation, {link.kind: link.label for link in links})),
    ]
    if wanted.origins != DEFAULT_ORIGINS:
        told = ", ".join(gettext(text) for origin, text in ORIGINS.items() if origin in wanted.origins)
        said.append((gettext("Liens"), told or gettext("aucun")))
    return [gettext("%(name)s : %(value)s.", name=name, value=value) for name, value in said if value]


def _label(code: str, labels: dict[str, str]) -> str:
    return labels.get(code, code) if code else ""
