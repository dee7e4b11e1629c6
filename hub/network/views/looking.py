"""How the address asks to look at the map; what it says amiss is left aside."""

from flask import request
from flask_babel import gettext

from hub.actors.models.reference import Family
from hub.core.web import row_number
from hub.network.values.looking import FARTHEST, Looking, View
from hub.network.values.threads import Thread

MAP = "map"
ARGUMENTS = ("centre", "steps", "to", "view", "pick", "place", "hide")
"""Arguments of the page that say how to look; those that filter are in `asked.FILTERS`."""
SWITCHES = {*(family.value for family in Family), *(thread.value for thread in Thread)}
MOST_PICKS = 60


def looking() -> Looking:
    """Return how the address asks to look; words that mean nothing are left aside."""
    given = request.args
    view = given.get("view", "")
    return Looking(
        view=View(view) if view in set(View) else View.FAMILIES,
        picks=tuple(given.getlist("pick")[:MOST_PICKS]),
        hidden=frozenset(given.getlist("hide")) & SWITCHES,
        steps=min(FARTHEST, max(0, given.get("steps", 0, type=row_number))),
        goal=given.get("to", ""),
        on_map=given.get("place") == MAP,
    )


def views() -> list[tuple[str, str]]:
    """Return the views to choose from, with their names; chosen actors only where the address names some."""
    chosen = [(View.ACTORS.value, gettext("Acteurs choisis"))] if looking().view == View.ACTORS else []
    return [
        (View.FAMILIES.value, gettext("Familles d’acteurs")),
        (View.KINDS.value, gettext("Types d’acteurs")),
        (View.THEMES.value, gettext("Thèmes")),
        (View.COMMUNITIES.value, gettext("Communautés")),
        (View.BROKERS.value, gettext("Passerelles")),
        (View.ISOLATED.value, gettext("Acteurs sans lien")),
        *chosen,
    ]
