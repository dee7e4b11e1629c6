"""The network as a still picture: where no script or no WebGL draws it, and on a sheet for print."""

from hashlib import sha256

from flask import request
from flask_babel import gettext, ngettext
from werkzeug.wrappers import Response

from graph.figure import Sheet, on_sheet
from graph.neighbourhood import neighbourhood
from graph.picture import draw
from hub.actors.values import words
from hub.core import i18n, web
from hub.core.access import everyone, permit
from hub.network.values.looking import narrowed
from hub.network.values.register import Part, families_of, network_of, shown
from hub.network.values.threads import thread_of
from hub.network.views import asked
from hub.network.views.blueprint import blueprint
from hub.network.views.known import layout_of
from hub.network.views.looking import looking
from hub.network.views.reading import register_on
from hub.network.views.tables import thread_words
from hub.network.views.words import plain_day

FONT = "Source Sans 3, Source Sans Pro, Segoe UI, Helvetica, Arial, sans-serif"


@blueprint.get("/image.svg")
@permit(everyone)
def image() -> Response:
    """Send the picture; with `centre`, only that actor and those around it."""
    return _sent(None)


@blueprint.get("/figure.svg")
@permit(everyone)
def figure() -> Response:
    """Send the picture on a sheet of A4, with title, date, legend and source, for print and memoranda."""
    day, today = plain_day(asked.wanted_or_422().day), plain_day(asked.today())
    name = web.network().name
    sheet = Sheet(
        title=gettext("Le réseau : %(name)s", name=name) if name else gettext("Le réseau"),
        subtitle=gettext("Qui travaille avec qui au %(day)s", day=day),
        source=gettext("Source : registre du réseau, %(name)s, consulté le %(day)s", name=name, day=today),
    )
    answer = _sent(sheet)
    answer.headers["Content-Disposition"] = f"attachment; filename=reseau-{asked.wanted_or_422().day}.svg"
    return answer


def _sent(sheet: Sheet | None) -> Response:
    """Draw what the address asks for, unless the browser has it already."""
    wanted, seen = asked.wanted_or_422(), looking()
    register = register_on(wanted.day).only(wanted.origins)
    part = narrowed(shown(register, wanted), seen, wanted.centre)
    network, layout = network_of(part), layout_of(register)
    if any(node.id == wanted.centre for node in network.nodes) and not seen.steps:
        network = neighbourhood(network, wanted.centre)
    places = {node.id: layout.positions[node.id] for node in network.nodes}
    key = sha256(repr((network, places, sheet, i18n.chosen_language())).encode()).hexdigest()
    response = Response(mimetype="image/svg+xml")
    response.set_etag(key)
    response.headers["Cache-Control"] = "no-cache"
    if key not in request.if_none_match:
        number = len(network.nodes)
        drawing = draw(
            network,
            layout,
            families_of(part),
            title=gettext("Le réseau"),
            description=ngettext("%(num)s acteur", "%(num)s acteurs", number),
            legend={family.value: gettext(text) for family, text in words.FAMILIES.items()},
            font=FONT,
            threads=_lines(part),
            thread_words={thread.value: text for thread, text in thread_words().items()},
        )
        response.set_data(on_sheet(drawing, sheet) if sheet else drawing)
    return response.make_conditional(request.environ)


def _lines(part: Part) -> dict[str, str]:
    """Return the line of each kind of tie in the picture."""
    return {link.kind: thread_of(link).value for link in part.links}
