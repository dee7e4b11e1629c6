"""The network as a still picture, where no script or no WebGL draws it."""

from hashlib import sha256

from flask import request
from flask_babel import gettext, ngettext
from werkzeug.wrappers import Response

from graph.neighbourhood import neighbourhood
from graph.picture import draw
from hub.actors.values import words
from hub.core import i18n
from hub.core.access import everyone, permit
from hub.network.values.register import families_of, network_of, shown
from hub.network.views import asked
from hub.network.views.blueprint import blueprint
from hub.network.views.known import layout_of
from hub.network.views.reading import register_on

FONT = "Source Sans 3, Source Sans Pro, Segoe UI, Helvetica, Arial, sans-serif"


@blueprint.get("/image.svg")
@permit(everyone)
def image() -> Response:
    """Send the picture; with `centre`, only that actor and its neighbours."""
    wanted = asked.wanted_or_422()
    register = register_on(wanted.day).only(wanted.origins)
    part = shown(register, wanted)
    network, layout = network_of(part), layout_of(register)
    if any(node.id == wanted.centre for node in network.nodes):
        network = neighbourhood(network, wanted.centre)
    places = {node.id: layout.positions[node.id] for node in network.nodes}
    key = sha256(repr((network, places, i18n.chosen_language())).encode()).hexdigest()
    response = Response(mimetype="image/svg+xml")
    response.set_etag(key)
    response.headers["Cache-Control"] = "no-cache"
    if key not in request.if_none_match:
        number = len(network.nodes)
        response.set_data(
            draw(
                network,
                layout,
                families_of(part),
                title=gettext("Le réseau"),
                description=ngettext("%(num)s acteur", "%(num)s acteurs", number),
                legend={family.value: gettext(text) for family, text in words.FAMILIES.items()},
                font=FONT,
            )
        )
    return response.make_conditional(request.environ)
