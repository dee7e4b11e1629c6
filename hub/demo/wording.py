"""The demonstration's recommendation of which everything is said, worded three times.

The demand is real (see `data/recommendations.csv`, number 17); its finding, its variants and its rewordings
are invented, and each version says so.
"""

from dataclasses import replace
from datetime import timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.actors.models.organisations import Organisation
from hub.actors.models.reference import Family, OrganisationKind, Territory, Theme
from hub.demo.world import World
from hub.plans.models.outline import Way
from hub.recommendations.models.recommendations import Scope
from hub.recommendations.operations import recommendations
from hub.recommendations.operations.recommendations import as_it_stands

DEMAND = "17"
INVENTED = "exemple inventé pour la démonstration"
FINDING = (
    "Les cours ont lieu en journée, loin des bus, et les listes d’attente sont longues : qui travaille ou "
    "cherche un emploi renonce."
)
INDICATOR = "Le nombre de places en soirée et le délai d’attente moyen, publiés chaque année."
SHORT = (
    "Ouvrir des formations en alphabétisation le soir et près des transports, pour les personnes qui "
    "cherchent un emploi et celles qui travaillent."
)
PLAIN = (
    "Apprendre à lire et à écrire doit être possible pour tout le monde. Il faut des cours le soir. "
    "Il faut des cours près du bus."
)
WORDS = (
    "Rendre les formations en alphabétisation plus accessibles aux personnes qui cherchent un emploi et à "
    "celles qui travaillent : en soirée, près des transports, sans liste d’attente de plus de trois mois."
)


def load(session: Session, world: World) -> str:
    """Say all of one recommendation, in two more versions."""
    row, by = world.get("recommendation", DEMAND), world.get("user", "coordinator")
    when = world.now - timedelta(days=40)
    full = replace(
        as_it_stands(row), finding=FINDING, indicator=INDICATOR, short_text=SHORT, plain_text=PLAIN,
        right=session.scalar(select(Theme).where(Theme.code == "right_education")),
        territory=session.scalar(select(Territory).where(Territory.code == "03000")),
        authorities=_authorities(session), way=Way.BOTH, scope=Scope.STRUCTURAL,
    )  # fmt: skip
    note = f"Constat, indicateur et variantes ajoutés ({INVENTED})."
    recommendations.edit(session, row, full, note=note, actor=by, now=when)
    note = f"Ce que « plus accessibles » veut dire ({INVENTED})."
    recommendations.edit(
        session, row, replace(full, text=WORDS), note=note, actor=by, now=when + timedelta(days=6)
    )
    return "1 recommandation dite en entier, en 3 versions."


def _authorities(session: Session) -> tuple[Organisation, ...]:
    """Return the first two public actors by name."""
    rows = session.scalars(
        select(Organisation)
        .join(Organisation.kind)
        .where(OrganisationKind.family == Family.AUTHORITY)
        .order_by(Organisation.search_text)
        .limit(2)
    )
    return tuple(rows)
