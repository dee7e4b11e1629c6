"""Reasons in words: why an actor is proposed, and what each kind of reason counts."""

from collections.abc import Callable, Iterable
from typing import Any

from flask_babel import gettext, ngettext
from sqlalchemy.orm import Session

from hub.actors.models.reference import Level
from hub.actors.queries import references
from hub.network.values import links
from hub.network.values.landscape import Landscape, Presence
from hub.network.values.links import Common, Shared
from hub.network.values.proposals import (
    FURTHER_THEME,
    KINDRED,
    MOST_FURTHER,
    POINTS,
    Reason,
    Why,
)
from hub.network.views.labels import listed, place_word

NAMED = 3


class Teller:
    """Says reasons in the reader's language."""

    def __init__(self, landscape: Landscape, levels: dict[str, str]) -> None:
        self.landscape, self.levels = landscape, levels

    def say(self, reason: Reason) -> str:
        """Return a reason to invite as a sentence, without its full stop."""
        return str(_SENTENCES[reason.why](self, reason))

    def say_shared(self, shared: Shared) -> str:
        """Return what two actors have in common as a sentence, without its full stop."""
        return str(_COMMON[shared.common](self, shared))

    def themes(self, codes: Iterable[str]) -> str:
        """Return themes as « Logement » et « Santé »."""
        return listed([self._quoted(self.landscape.themes.get(code, code)) for code in codes])

    def audiences(self, codes: Iterable[str]) -> str:
        """Return publics as they are quoted in a sentence."""
        return listed([self._quoted(self.landscape.audiences.get(code, code)) for code in codes])

    def names(self, doers: Iterable[int]) -> str:
        """Return a few actors by their short names, the others as a number."""
        found = [self.landscape.doers[one].label for one in doers if one in self.landscape.doers]
        shown, more = found[:NAMED], len(found) - NAMED
        if more > 0:
            shown.append(str(ngettext("%(num)s autre", "%(num)s autres", more)))
        return listed(shown)

    def place(self, place: int | None) -> str:
        """Return a place's name."""
        return place_word(self.landscape, place)

    @staticmethod
    def _quoted(word: str) -> str:
        return str(gettext("« %(word)s »", word=word))


def teller(session: Session, landscape: Landscape) -> Teller:
    """Return who says the reasons; the names of levels are read."""
    levels = session.scalars(references.in_order(Level))
    return Teller(landscape, {level.code: level.label for level in levels})


def _by_place(teller: Teller, reason: Reason) -> str:
    place = teller.place(reason.place)
    words = {
        Presence.SEAT: gettext("A son siège à %(place)s", place=place),
        Presence.UNIT: gettext("A une antenne à %(place)s", place=place),
        Presence.DROP_IN: gettext("Tient une permanence à %(place)s", place=place),
        Presence.SERVES: gettext("Dessert le territoire : %(place)s", place=place),
        Presence.WIDER: gettext("Dessert toute la province, donc aussi %(place)s", place=place),
        Presence.FURTHER: gettext(
            "Travaille pour un territoire plus large, qui comprend %(place)s", place=place
        ),
    }
    return str(words[reason.presence or Presence.SERVES])


def _space(teller: Teller, reason: Reason) -> str:
    return str(
        ngettext(
            "Siège avec %(names)s à « %(space)s »",
            "Siège avec %(num)s acteurs déjà là à « %(space)s » : %(names)s",
            reason.number,
            names=teller.names(reason.doers),
            space=reason.name,
        )
    )


def _tie(teller: Teller, reason: Reason) -> str:
    return str(gettext("En lien avec qui est déjà là : %(names)s", names=teller.names(reason.doers)))


def _bridge(teller: Teller, reason: Reason) -> str:
    if not reason.doers:
        return str(
            gettext("Au cœur d’un groupe de %(num)s acteurs dont personne n’est encore là", num=reason.number)
        )
    return str(
        gettext(
            "Fait partie d’un groupe de %(num)s acteurs, autour de %(names)s, dont personne n’est encore là",
            num=reason.number,
            names=teller.names(reason.doers),
        )
    )


_SENTENCES: dict[Why, Callable[[Teller, Reason], Any]] = {
    Why.MEMBER: lambda _teller, _reason: gettext("Siège dans l’espace dont c’est la réunion"),
    Why.THEME: lambda teller, reason: gettext("Travaille sur %(what)s", what=teller.themes(reason.codes)),
    Why.KINDRED: lambda teller, reason: gettext(
        "Travaille sur un thème voisin : %(what)s", what=teller.themes(reason.codes)
    ),
    Why.AUDIENCE: lambda teller, reason: gettext(
        "Travaille avec ce public : %(what)s", what=teller.audiences(reason.codes)
    ),
    Why.LEVEL: lambda teller, reason: gettext(
        "Pouvoir public du niveau visé : %(what)s",
        what=listed([teller.levels.get(code, code) for code in reason.codes]),
    ),
    Why.ON_THE_SPOT: _by_place,
    Why.SERVES: _by_place,
    Why.NEAR: lambda teller, reason: gettext(
        "À %(km)s km de %(place)s", km=reason.number, place=teller.place(reason.place)
    ),
    Why.SPACE: _space,
    Why.TIE: _tie,
    Why.BRIDGE: _bridge,
    Why.NEW_THEME: lambda teller, reason: gettext(
        "Porte un thème que personne parmi les invités ne porte : %(what)s",
        what=teller.themes(reason.codes[:NAMED]),
    ),
    Why.NEW_PLACE: lambda teller, reason: gettext(
        "A son siège à %(place)s, d’où personne n’est encore invité", place=teller.place(reason.place)
    ),
}
_COMMON: dict[Common, Callable[[Teller, Shared], Any]] = {
    Common.SPACE: lambda _teller, shared: gettext("Siègent ensemble à « %(space)s »", space=shared.name),
    Common.THEME: lambda teller, shared: gettext(
        "Travaillent l’un et l’autre sur %(what)s", what=teller.themes(shared.codes)
    ),
    Common.AUDIENCE: lambda teller, shared: gettext(
        "Travaillent avec le même public : %(what)s", what=teller.audiences(shared.codes)
    ),
    Common.COMMUNE: lambda teller, shared: gettext(
        "Se trouvent l’un et l’autre à %(place)s", place=teller.place(shared.place)
    ),
    Common.NEAR: lambda _teller, shared: gettext("Sont à %(km)s km l’un de l’autre", km=shared.number),
    Common.NEIGHBOUR: lambda teller, shared: ngettext(
        "Ont un voisin en commun : %(names)s",
        "Ont %(num)s voisins en commun : %(names)s",
        shared.number,
        names=teller.names(shared.doers),
    ),
}


def points_of_reasons() -> list[tuple[str, str]]:
    """Return each kind of reason to invite, in words, and what it counts."""
    further = gettext("%(points)s, et %(more)s par thème de plus (%(most)s au plus)",
                      points=POINTS[Why.THEME], more=FURTHER_THEME, most=MOST_FURTHER)  # fmt: skip
    words = {
        Why.MEMBER: gettext("Siège dans l’espace dont la journée est la réunion"),
        Why.THEME: gettext("Travaille sur un thème demandé"),
        Why.KINDRED: gettext("Travaille sur un thème voisin de celui qui est demandé"),
        Why.AUDIENCE: gettext("Travaille avec un public demandé"),
        Why.LEVEL: gettext("Est un pouvoir public du niveau visé"),
        Why.ON_THE_SPOT: gettext("A son siège, une antenne ou une permanence sur le territoire"),
        Why.SERVES: gettext("Dessert le territoire sans s’y trouver"),
        Why.NEAR: gettext("Se trouve à peu de distance"),
        Why.SPACE: gettext("Siège ailleurs avec qui est déjà là"),
        Why.TIE: gettext("Est en lien avec qui est déjà là"),
        Why.BRIDGE: gettext("Fait partie d’un groupe dont personne n’est là"),
        Why.NEW_THEME: gettext("Porte un thème que personne d’invité ne porte (appels seulement)"),
        Why.NEW_PLACE: gettext("Vient d’une commune d’où personne n’est invité (appels seulement)"),
    }
    return [(str(words[why]), str(further if why == Why.THEME else POINTS[why])) for why in Why]


def kindred_themes(landscape: Landscape) -> list[str]:
    """Return the themes that count as neighbours, a line for each group of them."""
    groups = ([landscape.themes[code] for code in landscape.themes if code in row] for row in KINDRED)
    return [", ".join(labels) for labels in groups if len(labels) > 1]


def points_of_links() -> list[tuple[str, str]]:
    """Return each thing that two actors may have in common, in words, and what it counts."""
    further = gettext("%(points)s, et %(more)s par thème de plus (%(most)s au plus)",
                      points=links.POINTS[Common.THEME], more=links.FURTHER_THEME,
                      most=links.MOST_FURTHER)  # fmt: skip
    rare = gettext("%(points)s, et jusqu’à %(more)s de plus si ces voisins ont peu d’autres liens",
                   points=links.POINTS[Common.NEIGHBOUR], more=links.RARE_NEIGHBOUR)  # fmt: skip
    words = {
        Common.SPACE: gettext("Siègent dans le même espace"),
        Common.THEME: gettext("Travaillent sur un même thème"),
        Common.AUDIENCE: gettext("Travaillent avec le même public"),
        Common.COMMUNE: gettext("Se trouvent dans la même commune"),
        Common.NEAR: gettext("Sont à moins de %(km)s km", km=round(links.NEAR_KM)),
        Common.NEIGHBOUR: gettext("Ont un voisin en commun"),
    }
    points = {Common.THEME: further, Common.NEIGHBOUR: rare}
    return [(str(words[one]), str(points.get(one, links.POINTS[one]))) for one in Common]
