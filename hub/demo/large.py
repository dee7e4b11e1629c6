"""A memorandum of full size, to see what 300 pages are like: all of it is invented, and says so."""

from collections.abc import Iterator
from datetime import timedelta
from itertools import cycle, islice

from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.actors.models.organisations import Organisation
from hub.actors.models.reference import Level, Theme
from hub.demo.world import World
from hub.publishing.models.composition import Item
from hub.publishing.models.editions import Edition
from hub.publishing.operations import composing, memoranda
from hub.recommendations.models.contributions import Beneficiaries
from hub.recommendations.models.recommendations import RecommendationState
from hub.recommendations.operations import recommendations, steps
from hub.recommendations.operations.recommendations import Statement

ITEMS, CHAPTERS, PRIORITIES = 500, 15, 6
ACTOR = "Mémorandum d’essai"
TITLE = "Grand mémorandum d’essai"
INVENTED = "Exemple inventé pour la démonstration : cette demande n’a été faite par personne."
SUBJECTS = (
    "le logement", "l’emploi", "la formation", "la santé", "l’école", "la petite enfance", "la culture",
    "le sport", "la mobilité", "l’accueil aux guichets", "l’apprentissage du français", "la vie associative",
    "le numérique", "l’égalité des droits", "la vie de quartier",
)  # fmt: skip
VERBS = (
    "Ouvrir",
    "Renforcer",
    "Simplifier",
    "Financer",
    "Évaluer",
    "Publier",
    "Coordonner",
    "Faire connaître",
)
THINGS = (
    "un guichet commun pour", "un accompagnement durable vers", "les démarches qui concernent",
    "les projets de terrain autour de", "l’accès de toutes et de tous à", "une concertation régulière sur",
)  # fmt: skip
FINDING = (
    "Dans cet exemple inventé, les associations racontent que les personnes attendent longtemps, que les "
    "services ne se parlent pas et que l’information manque. "
)
TEXT = (
    "Dans cet exemple inventé, le réseau demande que cela change : des moyens qui durent, une personne de "
    "contact connue, des délais écrits et un bilan rendu public chaque année. "
)
WHY = "Ce texte ne sert qu’à remplir des pages : il dit combien de place prend une vraie justification. "


def load(session: Session, world: World) -> str:
    """Add the memorandum, still a draft, with its chapters and its recommendations."""
    actor, now = world.get("user", "coordinator"), world.now - timedelta(days=1)
    row = memoranda.create(
        session,
        memoranda.Facts(
            title=TITLE, subtitle=INVENTED, year=now.year, addressees="À personne : c’est un essai"
        ),
        actor=actor,
        now=now,
    )
    edition = row.editions[0]
    made = list(_demands(session, world))
    share = -(-ITEMS // CHAPTERS)
    for number in range(CHAPTERS):
        title = SUBJECTS[number]
        chapter = composing.add_chapter(
            session,
            edition,
            title[0].upper() + title[1:],
            f"{INVENTED}\n\n{FINDING * 2}",
            actor=actor,
            now=now,
        )
        ids = made[number * share : (number + 1) * share]
        composing.add_items(session, chapter, ids, actor=actor, now=now)
    _finish(session, edition, made)
    composing.write_preamble(
        session, edition, f"**{INVENTED}**\n\n{FINDING * 6}\n\n{TEXT * 6}", mark=composing.seen(""),
        actor=actor, now=now,
    )  # fmt: skip
    invented = session.scalars(select(Organisation.id).where(Organisation.note.startswith("Exemple fictif")))
    composing.add_signatories(session, edition, list(invented), actor=actor, now=now)
    return (
        f"1 mémorandum d’essai de {ITEMS} demandes inventées en {CHAPTERS} chapitres : "
        f"/memorandums/{row.slug}/edition-1"
    )


def _finish(session: Session, edition: Edition, made: list[int]) -> None:
    wanted = dict(zip(made[:: ITEMS // PRIORITIES], range(1, PRIORITIES + 1), strict=False))
    for item in session.scalars(
        select(Item).where(Item.edition_id == edition.id, Item.recommendation_id.in_(wanted))
    ):
        item.priority = wanted[item.recommendation_id]
    session.flush()


def _demands(session: Session, world: World) -> Iterator[int]:
    """Make the recommendations, adopted; yield their identifiers, those of a chapter one after the other."""
    now = world.now - timedelta(days=2)
    levels = session.scalars(select(Level).order_by(Level.position)).all()
    themes = session.scalars(select(Theme).order_by(Theme.id)).all()
    share = -(-ITEMS // CHAPTERS)
    titles = islice(cycle(f"{verb} {thing}" for thing in THINGS for verb in VERBS), ITEMS)
    for number, title in enumerate(titles):
        subject = SUBJECTS[number // share]
        row = recommendations.create(
            session,
            Statement(
                title=f"{title} {subject} (essai {number + 1})", text=f"{INVENTED}\n\n{TEXT}",
                finding=FINDING * (1 + number % 2), justification=WHY * (1 + number % 2),
                theme=themes[number % len(themes)], levels=(levels[number % len(levels)],),
                beneficiaries=Beneficiaries.EVERYONE,
            ),
            actor=ACTOR, now=now,
        )  # fmt: skip
        steps.take(session, row, RecommendationState.ADOPTED, actor=ACTOR, now=now)
        yield row.id
