"""The trial of recognising: labelled pairs in a pool of texts of the same field, and what is counted.

`similarity_pairs.csv`, `similarity_unseen.csv` and how they were made: `similarity_pairs.md`. Nothing here
judges; tests and bench do.
"""

import csv
import itertools
import random
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from memoranda.similarity.decisions import Match
from memoranda.similarity.differences import Kind, differences
from memoranda.similarity.index import Index, Text
from memoranda.similarity.sector import THESAURUS

FILE = Path(__file__).with_name("similarity_pairs.csv")
UNSEEN_FILE = FILE.with_name("similarity_unseen.csv")
DEV, HELD_OUT = "dev", "held-out"
READ, KEPT = "unseen-read", "unseen-kept"
DISTRACTORS = 600
SEED = 6


@dataclass(frozen=True)
class Pair:
    """Two texts and what a person says of them."""

    number: int
    demand: int
    half: str
    relation: str
    kind: str
    first: str
    second: str

    @property
    def target(self) -> str:
        """Return the key of the demand that this pair words again."""
        return f"{self.demand}/{'unseen' if self.half in {READ, KEPT} else 'demand'}"


@cache
def pairs() -> tuple[Pair, ...]:
    """Return the labelled pairs that the library was made with, and their held-out half."""
    return _pairs(FILE)


@cache
def unseen() -> tuple[Pair, ...]:
    """Return the pairs that were written without having seen the thesaurus: all ask the same."""
    return _pairs(UNSEEN_FILE)


def _pairs(path: Path) -> tuple[Pair, ...]:
    with path.open(encoding="utf-8", newline="") as file:
        return tuple(
            Pair(
                int(row["pair"]),
                int(row["demand"]),
                row["half"],
                row["relation"],
                row["kind"],
                row["first"],
                row["second"],
            )
            for row in csv.DictReader(file, delimiter=";")
        )


def pool() -> list[Text]:
    """Return all texts of the pairs, the demands once, and the distractors. Keys tell the demand."""
    found = {pair.first: f"{pair.demand}/demand" for pair in pairs() if pair.relation == "same"}
    for pair in pairs():
        for side, body in (("first", pair.first), ("second", pair.second)):
            found.setdefault(body, f"{pair.demand}/{pair.relation}/{pair.number}/{side}")
    texts = [Text(key, body) for body, key in found.items()]
    return texts + [Text(f"distractor/{number}", body) for number, body in enumerate(distractors())]


def wide_pool() -> list[Text]:
    """Return the pool with the unseen demands and their wordings in it: 130 texts more."""
    demands = {pair.target: pair.first for pair in unseen()}
    worded = {f"{pair.demand}/same/unseen/{pair.number}": pair.second for pair in unseen()}
    return pool() + [Text(key, body) for key, body in (demands | worded).items()]


DEEDS = """Renforcer
Créer
Financer
Développer
Simplifier
Garantir
Évaluer
Soutenir
Étendre
Faciliter
Réduire
Supprimer
Organiser
Maintenir
Informer&sur
Coordonner""".splitlines()
THINGS = """les cours de français du soir
les tables de conversation
les cours de français en ligne
les cours de néerlandais pour adultes
l’alphabétisation en entreprise
les écrivains publics
les ateliers de lecture en famille
les permanences juridiques gratuites
l’aide juridique de deuxième ligne
les recours en urgence
les guichets d’information au logement
les agences immobilières sociales
les logements de transit
la lutte contre les marchands de sommeil
l’hébergement d’urgence en hiver
la rénovation des logements sociaux
les places en crèche communale
l’accompagnement scolaire des élèves
les mouvements de jeunesse
les classes d’accueil DASPA
la formation continue des enseignants
les manuels scolaires sans stéréotypes
les formations qualifiantes du Forem
les stages en entreprise
les bilans de compétences
l’accès des réfugiés à l’emploi
l’inspection du travail
le permis unique de travail
la validation des compétences
les passerelles vers les études
l’accès au permis de conduire
les bus en soirée dans les villages
les abonnements de train à tarif social
les maisons médicales
l’accès aux soins de santé mentale
les consultations pour mères et nourrissons
la médiation interculturelle à l’hôpital
les interprètes dans les écoles
la formation des policiers aux droits humains
la protection des victimes de traite
les formations à la citoyenneté
les séances d’information sur le droit de vote
la participation aux conseils consultatifs
le droit de vote des étrangers aux élections régionales
les fêtes de quartier interculturelles
les plans de cohésion sociale
les maisons de quartier
les projets culturels des associations
les bibliothèques de quartier
les spectacles multilingues
le bilan social des bureaux d’accueil
les modules de citoyenneté du parcours
le parrainage entre habitants et familles réfugiées
les guides d’accueil des communes
le volontariat des personnes étrangères
les locaux mis à disposition des asbl
les subsides à l’emploi dans le non-marchand
les conventions pluriannuelles des ILI
les espaces publics numériques
l’aide aux démarches en ligne
les ateliers informatiques pour débutants
les épiceries sociales
les avances du CPAS sur allocations
la guidance budgétaire
l’accès aux allocations familiales
la garantie de revenus aux personnes âgées
les repas à un euro dans les écoles
les colis alimentaires
le délai de traitement des visas
les procédures de naturalisation
le séjour des étudiants
les visas des grands-parents
les tests de filiation des familles
les transferts Dublin
les places dans le réseau de Fedasil
l’accompagnement des demandeurs d’asile
la désignation des tuteurs
les familles d’accueil de mineurs exilés
les refuges pour femmes victimes de violence
la prévention des mutilations génitales
l’inscription au registre communal
les heures d’ouverture des guichets
les tests de situation à l’embauche
les plaintes pour discrimination au logement
les campagnes contre les discours de haine
l’aide aux victimes d’actes racistes
le dialogue entre convictions
la formation des agents à l’interculturalité
la scolarité des enfants du voyage
la domiciliation des gens du voyage
les plateformes provinciales de concertation
la coordination entre ministres
le cadastre de l’offre
l’observatoire des migrations
les enquêtes auprès des nouveaux habitants
les clauses sociales des marchés de travaux
l’accès des petites asbl aux marchés publics
les courriers en langage clair
la motivation des refus
les accusés de réception""".splitlines()
PUBLICS = """pour les primo-arrivants
pour les personnes étrangères ou d’origine étrangère
pour les femmes isolées
pour les jeunes de 16 à 25 ans
pour les demandeurs d’asile
pour les familles monoparentales
pour tous
pour les travailleurs peu qualifiés
pour les personnes âgées
dans les communes rurales
dans les quartiers populaires
dans chaque province
à Namur et à Charleroi""".splitlines()
ENDS = """, avec un budget pluriannuel
, en concertation avec le secteur associatif
, et publier une évaluation annuelle
, à charge de la Région wallonne
, par une circulaire aux communes
, avec l’appui des CPAS
, dans un délai de deux ans
, sans condition de nationalité
, en lien avec le plan local d’intégration""".splitlines()
"""What distractors are made of: what is to be done (« & »: with this word), what, for whom or where, how."""


def distractors(count: int = DISTRACTORS) -> Iterator[str]:
    """Yield demands of the same field made up of its themes, always the same ones."""
    every = list(itertools.product(DEEDS, THINGS, PUBLICS, ["", *ENDS]))
    for deed, thing, public, end in random.Random(SEED).sample(every, count):  # noqa: S311
        verb, _, word = deed.partition("&")
        yield f"{verb} {word + ' ' if word else ''}{thing} {public}{end}."


@dataclass(frozen=True)
class Reach:
    """Of `queries`, how many found the demand that they word again, within 1, 3 and 5."""

    queries: int
    within: dict[int, int]

    def at(self, places: int) -> float:
        """Return the share found within so many places, 0 to 1."""
        return self.within[places] / self.queries


def reach(index: Index, wanted: Iterable[Pair], *, grouped: bool) -> Reach:
    """Ask for each pair's second text; its demand must come. Other wordings of that demand are no answer.

    `grouped`: within so many groups of texts that are very close, as pages show them, else so many texts.
    """
    ranks = [rank(index, pair, grouped=grouped) for pair in wanted if pair.relation == "same"]
    within = {places: sum(0 < each <= places for each in ranks) for places in (1, 3, 5)}
    return Reach(len(ranks), within)


def rank(index: Index, pair: Pair, *, grouped: bool) -> int:
    """Return the place of the demand among what is shown for its other wording, from 1; 0 if it isn't."""
    rows = answers(index, pair, grouped=grouped)
    return next((place for place, row in enumerate(rows, 1) if pair.target in {each.key for each in row}), 0)


def answers(index: Index, pair: Pair, *, grouped: bool) -> list[tuple[Match, ...]]:
    """Return what is shown for a pair's second text, without the other wordings of its demand."""
    rest = index.drop(key for key in index.keys if is_other_wording(key, pair))
    if grouped:
        return [(group.first, *group.beside) for group in rest.groups(pair.second)]
    return [(match,) for match in rest.nearest(pair.second)]


def is_other_wording(key: str, pair: Pair) -> bool:
    """Say whether a key is of a text that asks what the pair does and isn't its demand: no answer."""
    others = (f"{pair.demand}/same/", f"{pair.demand}/demand", f"{pair.demand}/unseen")
    return key.startswith(others) and key != pair.target


def shown(index: Index, wanted: Iterable[Pair]) -> float:
    """Return how many texts the groups for a query hold, on average."""
    rows = [answers(index, pair, grouped=True) for pair in wanted if pair.relation == "same"]
    return sum(len(group) for row in rows for group in row) / len(rows)


def whole_index() -> Index:
    """Return the index of the pool with the default thesaurus."""
    return Index.build(pool(), THESAURUS)


def wide_index() -> Index:
    """Return the index of the wide pool with the default thesaurus."""
    return Index.build(wide_pool(), THESAURUS)


def alarmed(wanted: Iterable[Pair]) -> tuple[int, int]:
    """Return how many pairs that ask the same are told to contradict each other, and how many there are."""
    every = [pair for pair in wanted if pair.relation == "same"]
    return sum(differences(pair.first, pair.second).contradict for pair in every), len(every)


def twins_seen(wanted: Iterable[Pair]) -> tuple[int, int]:
    """Return how many twins are told to differ in what they were made to, and how many there are."""
    every = [pair for pair in wanted if pair.relation == "twin"]
    seen = sum(bool(_KINDS[pair.kind] & differences(pair.first, pair.second).kinds) for pair in every)
    return seen, len(every)


_KINDS = {
    "figure": {Kind.FIGURE},
    "polarity": {Kind.NEGATION, Kind.OPPOSITE},
    "addressee": {Kind.ADDRESSEE},
    "object": {Kind.OBJECT},
}
