"""Words for codes: communes, themes, publics, languages, how an actor is in a place."""

from flask_babel import gettext

from hub.actors.values.words import language_name
from hub.core import i18n
from hub.network.values.coverage import Axis
from hub.network.values.landscape import Landscape, Presence, Reach


def axis_word(axis: Axis) -> str:
    """Return what an axis is called: « Commune »."""
    words = {
        Axis.COMMUNE: gettext("Commune"),
        Axis.THEME: gettext("Thème"),
        Axis.AUDIENCE: gettext("Public"),
        Axis.LANGUAGE: gettext("Langue"),
    }
    return str(words[axis])


def code_word(landscape: Landscape, axis: Axis, code: str) -> str:
    """Return the name of a commune, theme, public or language; "" for a code that there isn't."""
    if axis == Axis.COMMUNE:
        place = landscape.geography.by_code(code)
        return place.name if place else ""
    if axis == Axis.THEME:
        return landscape.themes.get(code, "")
    if axis == Axis.AUDIENCE:
        return landscape.audiences.get(code, "")
    return language_word(code)


def language_word(code: str) -> str:
    """Return the name of a language in the reader's language, "" for a code that nobody knows."""
    name = language_name(code, i18n.chosen_language())
    return name if name != code else ""


def place_word(landscape: Landscape, place: int | None) -> str:
    """Return the name of a place by its id."""
    found = landscape.geography.places.get(place or 0)
    return found.name if found else ""


def reach_words() -> dict[Reach, str]:
    """Return what is counted as being in a place."""
    return {
        Reach.LOCAL: gettext("Siège, antenne ou permanence sur place"),
        Reach.SERVED: gettext("Et qui dessert la commune ou sa province"),
        Reach.ALL: gettext("Et qui travaille pour toute la Région ou au-delà"),
    }


def presence_word(presence: Presence | None, name: str = "") -> str:
    """Return how an actor is in a place: « antenne : BAPA de Dinant »."""
    if presence is None:
        return ""
    words = {
        Presence.SEAT: gettext("siège"),
        Presence.UNIT: gettext("antenne"),
        Presence.DROP_IN: gettext("permanence"),
        Presence.SERVES: gettext("dessert ce territoire"),
        Presence.WIDER: gettext("dessert toute la province"),
        Presence.FURTHER: gettext("travaille pour toute la Région ou au-delà"),
    }
    word = str(words[presence])
    return str(gettext("%(kind)s : %(name)s", kind=word, name=name)) if name else word


def listed(words: list[str]) -> str:
    """Return « logement, santé et emploi »."""
    if len(words) < 2:  # noqa: PLR2004 - nothing to join
        return "".join(words)
    return str(gettext("%(first)s et %(last)s", first=", ".join(words[:-1]), last=words[-1]))


def km_word(km: float | None) -> str:
    """Return « 12 km »; « même commune » for none, « distance inconnue » where a point is missing."""
    if km is None:
        return str(gettext("distance inconnue"))
    if not km:
        return str(gettext("même commune"))
    if km < 1:
        return str(gettext("moins de 1 km"))
    return str(gettext("%(km)s km", km=i18n.format_number(round(km), i18n.chosen_language())))
