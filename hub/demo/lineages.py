"""The demonstration's lineages: real demands asked again, split where a sentence holds several, and joined.

The demands and their sources are real (see `data/recommendations.csv`). That this network takes them over,
splits or merges them is invented, and each gesture says so.
"""

from datetime import timedelta

from sqlalchemy.orm import Session

from hub.demo.world import World
from hub.recommendations.models.recommendations import Recommendation
from hub.recommendations.operations import derivations, steps
from hub.recommendations.operations.derivations import Decided
from hub.recommendations.operations.recommendations import Statement

INVENTED = "Exemple inventé pour la démonstration."
# Demands that hold several: their code → the title and words of each part.
SPLIT = {
    "38": (
        ("Supprimer le statut de cohabitant", "Supprimer le statut de cohabitant."),
        ("Relever les revenus", "Porter les revenus au-dessus du seuil de pauvreté."),
    ),
    "22": (
        ("Rembourser à 100 % le revenu d’intégration", "Rembourser à 100 % le revenu d’intégration."),
        ("Automatiser le revenu d’intégration", "Automatiser le revenu d’intégration."),
        ("Individualiser le revenu d’intégration", "Individualiser le revenu d’intégration."),
    ),
}
# Whose parts the network has adopted since, and no memorandum holds yet.
ADOPTED = "22"
ASKED_AGAIN = "32"
MERGED = ("6", "7")
JOINED = (
    "Régulariser selon des critères publics",
    (
        "Créer un mécanisme permanent de régularisation : des critères publics, inscrits dans la loi, et une "
        "commission où siègent magistrat, avocat et organisation non gouvernementale."
    ),
)


def load(session: Session, world: World) -> str:
    """Take over, split and merge a few of the demands, some weeks ago."""
    by, when = world.get("user", "coordinator"), world.now - timedelta(days=24)
    decided = Decided(reason=INVENTED)

    def again(code: str, days: int) -> Recommendation:
        row = world.get("recommendation", code)
        return derivations.take_over(
            session, row, _as(row, row.title, row.text), decided=decided, actor=by,
            now=when + timedelta(days=days),
        )  # fmt: skip

    again(ASKED_AGAIN, 1)
    for code, parts in SPLIT.items():
        row = again(code, 1)
        made = derivations.split(
            session, row, [_as(row, title, text) for title, text in parts], decided=decided, actor=by,
            now=when + timedelta(days=8),
        )  # fmt: skip
        for part in made if code == ADOPTED else ():
            steps.adopt(session, part, actor=by, now=when + timedelta(days=10))
    rows = [again(code, 2) for code in MERGED]
    derivations.merge(
        session, rows, _as(rows[0], *JOINED), decided=decided, actor=by, now=when + timedelta(days=9)
    )
    return "4 lignées de recommandations : reprises, scissions, une fusion."


def _as(row: Recommendation, title: str, text: str) -> Statement:
    return Statement(
        title=title, text=text, theme=row.theme, levels=tuple(row.levels), beneficiaries=row.beneficiaries
    )
