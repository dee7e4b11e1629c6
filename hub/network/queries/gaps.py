"""What the first page of a coordinator says of the network: where nobody is known, who is tied to nobody."""

from dataclasses import dataclass
from datetime import date

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from hub.actors.models.reference import Theme
from hub.network.queries import scene as scenes
from hub.network.values.coverage import Asked, Axis, cover, home
from hub.network.values.links import few_ties
from hub.network.values.register import DEFAULT_ORIGINS
from hub.network.values.sight import Sight
from hub.spaces.models.spaces import Space, SpaceState, space_theme


@dataclass(frozen=True, slots=True)
class Gaps:
    """How many communes of the home province know nobody for a theme (code, label), and how many have no tie.

    The theme is that of the network's open spaces for which most communes are empty; "" without any.
    """

    communes: int = 0
    theme: str = ""
    label: str = ""
    isolated: int = 0


def themes_of_spaces() -> Select[str]:
    """Select the themes that active spaces work on, in their order."""
    used = select(space_theme.c.theme_id).join(Space).where(Space.state == SpaceState.ACTIVE)
    return select(Theme.code).where(Theme.id.in_(used)).order_by(Theme.position, Theme.id)


def read(session: Session, today: date) -> Gaps:
    """Count the gaps as a coordinator sees them, in a constant number of queries."""
    sight = Sight(today=today, records=True)  # declared ties and projects need no more
    scene = scenes.read(session, today, sight, origins=DEFAULT_ORIGINS, grouped=False)
    isolated = len(few_ties(scene))
    within, themes = home(scene.landscape), session.scalars(themes_of_spaces()).all()
    if not within or not themes:
        return Gaps(isolated=isolated)
    table = cover(scene.landscape, Asked(within=within, only={Axis.THEME: frozenset(themes)}))
    theme = max(themes, key=table.empty_in_column)
    empty = table.empty_in_column(theme)
    return Gaps(empty, theme, scene.landscape.themes[theme], isolated)
