"""The measures of an actor as columns: their names, and in plain words what each says and what it doesn't."""

from dataclasses import dataclass
from enum import StrEnum

from hub.core.errors import N_
from hub.network.values.analysis import Line


class Shape(StrEnum):
    """How a figure is written."""

    COUNT = "count"
    SHARE = "share"  # 0 to 1, as a percentage
    DECIMAL = "decimal"
    GROUP = "group"
    FLAG = "flag"


@dataclass(frozen=True, slots=True)
class Column:
    """One measure: `code` is its name in the engine; `means` and `warning` are for a coordinator."""

    code: str
    label: str
    shape: Shape
    means: str
    warning: str

    def value(self, line: Line) -> float | int | None:
        """Return an actor's figure; None where the question makes no sense."""
        if self.code == "component" and not line.degree:
            return None
        found: float | int | None = getattr(line.measures, self.code)
        return found


COLUMNS = (
    Column(
        "degree", N_("Voisins"), Shape.COUNT,
        N_("Avec combien d’autres acteurs celui-ci a au moins un lien, quel que soit leur nombre de liens."),
        N_("Un chiffre élevé ne dit pas que ces liens sont vivants, ni que l’acteur est important : un "
           "acteur bien documenté a plus de voisins qu’un acteur discret."),
    ),
    Column(
        "betweenness", N_("Passerelle"), Shape.SHARE,
        N_("De tous les plus courts chemins entre deux autres acteurs, la part qui passe par celui-ci. Qui "
           "en a beaucoup relie des groupes ; s’il part, des chemins s’allongent ou se coupent."),
        N_("Un chiffre élevé ne dit pas que quelque chose passe vraiment par lui, ni qu’il a du pouvoir."),
    ),
    Column(
        "articulation", N_("Point de coupure"), Shape.FLAG,
        N_("Sans cet acteur, d’autres qui peuvent aujourd’hui se joindre ne le pourraient plus : le réseau y "
           "tient à un fil."),
        N_("« Non » ne dit pas qu’on pourrait se passer de lui."),
    ),
    Column(
        "community", N_("Communauté"), Shape.GROUP,
        N_("Le groupe d’acteurs qui ont plus de liens entre eux que le hasard n’en donnerait. Il suggère qui "
           "travaille ensemble dans les faits."),
        N_("Les limites sont floues : un lien de plus peut en déplacer une. Le numéro n’est qu’un nom."),
    ),
    Column(
        "component", N_("Ensemble"), Shape.GROUP,
        N_("Les acteurs qu’on peut joindre de proche en proche. L’ensemble 1 est le plus grand."),
        N_("Être du même ensemble ne dit pas que le chemin est court."),
    ),
    Column(
        "closeness", N_("Proximité"), Shape.SHARE,
        N_("À quel point tous les autres sont proches : 100 % si chacun est un voisin. Qui est proche de "
           "tous apprend vite ce qui se passe quelque part."),
        N_("Un chiffre élevé ne dit pas qu’on lui dit les choses."),
    ),
    Column(
        "distance", N_("Pas jusqu’aux autres"), Shape.DECIMAL,
        N_("Combien de pas, en moyenne, jusqu’à ceux qu’il peut joindre. Peu de pas : peu de "
           "présentations suffisent."),
        N_("Il ne dit rien de ceux qu’il ne peut pas joindre."),
    ),
    Column(
        "pagerank", N_("Bien entouré"), Shape.SHARE,
        N_("La part du temps qu’on passerait chez lui en allant au hasard de lien en lien. Elle est grande "
           "quand ses voisins sont eux-mêmes bien reliés."),
        N_("Un chiffre élevé n’est pas une note : il ne dit rien de la qualité du travail."),
    ),
    Column(
        "constraint", N_("Cercle fermé"), Shape.DECIMAL,
        N_("À quel point ses voisins se connaissent déjà entre eux (contrainte de Burt). Peu : il relie des "
           "gens qui ne se connaissent pas. Beaucoup : il a l’appui d’un cercle proche."),
        N_("Un chiffre élevé ne dit pas que l’acteur s’isole : un cercle soudé est aussi une force."),
    ),
    Column(
        "effective_size", N_("Cercles distincts"), Shape.DECIMAL,
        N_("Ses voisins, moins ce que leurs liens entre eux répètent (taille efficace de Burt) : combien de "
           "cercles séparés il touche."),
        N_("Un chiffre élevé ne dit pas lesquels de ces cercles comptent."),
    ),
    Column(
        "core", N_("Cœur"), Shape.COUNT,
        N_("Le plus grand nombre k tel qu’il fait partie d’un groupe où chacun a k voisins dans le groupe. "
           "Grand : il est au cœur dense du réseau."),
        N_("Un petit chiffre ne dit pas que l’acteur compte peu : une passerelle peut être au bord."),
    ),
)  # fmt: skip
BY_CODE = {column.code: column for column in COLUMNS}
USUAL = ("degree", "betweenness", "articulation", "community")
