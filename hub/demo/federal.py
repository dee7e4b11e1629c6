"""What surrounds the demonstration's draft for 2029: glossary, figures, supports, remarks.

The figures are drawn from the register. Who supports and the remarks between writers are invented and say so.
"""

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.demo.world import World
from hub.publishing.models.composition import Chapter, FigureKind, Item, SectionKind
from hub.publishing.models.editions import Edition
from hub.publishing.operations import apparatus, comments, composing, glossary, parts, sections
from hub.publishing.operations.apparatus import Words
from hub.publishing.values.usual_terms import USUAL

OWN_TERMS = (
    (
        "Regroupement familial",
        "Faire venir auprès de soi les membres de sa famille restés dans un autre pays.",
    ),
    ("Régularisation", "Donner un droit de séjour à une personne qui vit ici sans en avoir."),
)
USUAL_TERM = "Intégration"
SPONSORS = (
    ("Fondation d’essai (fictive)", "Exemple inventé : avec le soutien de la Fondation d’essai"),
    ("Imprimerie d’essai (fictive)", "Exemple inventé : imprimé au prix coûtant"),
)
FIGURES = (
    (
        FigureKind.POSITIONS,
        "Combien d’organisations portent chaque demande de ce chapitre",
        "Un diagramme en barres : une barre par demande, le nombre d’organisations qui la portent.",
    ),
    (
        FigureKind.COVERAGE,
        "Les thèmes sur lesquels travaillent les acteurs du réseau",
        "Un diagramme en barres : une barre par thème, le nombre d’acteurs qui y travaillent.",
    ),
)
SOURCE = "Registre du réseau"
CONSULTED = (
    "**Exemple inventé pour la démonstration.** Les associations du réseau ont relu ces demandes en deux "
    "réunions, puis par écrit."
)
REMARK = "Exemple inventé : "
ON_PREAMBLE = f"{REMARK}faut-il nommer les ministres compétents, ou seulement les niveaux de pouvoir ?"
ON_CHAPTER = f"{REMARK}l’association qui suit les familles propose de commencer par la détention des enfants."
ON_ITEM = f"{REMARK}vérifier si cette demande a reçu une réponse depuis 2019."
SETTLED = f"{REMARK}le titre est trop long pour la couverture. Réglé : la deuxième ligne est le sous-titre."


def surround(session: Session, world: World, edition: Edition, *, now: datetime) -> None:
    """Give the draft what stands around its demands."""
    by: dict[str, Any] = {"actor": world.get("user", "coordinator"), "now": now}
    usual = next(one for one in USUAL if one.term == USUAL_TERM)
    offered = [one for one in glossary.offered(session, edition) if one.term == usual.term]
    glossary.take(session, edition, offered, **by)
    for term, definition in OWN_TERMS:
        apparatus.write_term(session, edition, None, term, definition, **by)
    for name, mention in SPONSORS:
        apparatus.write_sponsor(session, edition, None, name, mention, **by)
    consulted = sections.of(session, edition, SectionKind.CONSULTED)
    parts.write_section(session, consulted, "", CONSULTED, mark=composing.seen("", ""), **by)
    first, second = session.scalars(
        select(Chapter).where(Chapter.edition_id == edition.id).order_by(Chapter.position).limit(2)
    )
    for kind, caption, alternative in FIGURES:
        apparatus.add_figure(session, edition, first, kind, Words(caption, alternative, SOURCE), **by)
    _remark(session, world, edition, second, now)


def _remark(session: Session, world: World, edition: Edition, chapter: Chapter, now: datetime) -> None:
    by: dict[str, Any] = {"actor": world.get("user", "coordinator"), "now": now + timedelta(hours=2)}
    preamble = sections.of(session, edition, SectionKind.PREAMBLE)
    item = session.scalars(
        select(Item).where(Item.edition_id == edition.id).order_by(Item.chapter_id, Item.position).limit(1)
    ).one()
    comments.add(session, edition, preamble, ON_PREAMBLE, **by)
    comments.add(session, edition, chapter, ON_CHAPTER, **by)
    comments.add(session, edition, item, ON_ITEM, **by)
    settled = comments.add(session, edition, None, SETTLED, **by)
    comments.settle(session, settled, settled=True, **by)
