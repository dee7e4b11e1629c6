"""The public directory: what fictitious associations say of themselves, and a directory to be printed.

Only associations that say of themselves that they are fictitious are given languages, publics and a seat.
"""

from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.actors.models.directory import Arrangement
from hub.actors.models.organisations import Organisation
from hub.actors.models.reference import Audience, Territory, Theme
from hub.actors.operations import printing
from hub.actors.operations.organisations import facts_of, update
from hub.actors.operations.ownership import agreements
from hub.actors.values import consent
from hub.demo.world import World

ACTOR = "démonstration"
AGREED = "accord inventé pour la démonstration"
AGREED_DAYS_AGO = 20


@dataclass(frozen=True)
class Invented:
    """What a fictitious association does, by the codes of the reference lists."""

    commune: str
    themes: tuple[str, ...]
    audiences: tuple[str, ...]
    languages: tuple[str, ...]
    description: str


INVENTED = (
    Invented(
        "92142", ("fle", "literacy"), ("french_learners", "women"), ("fr", "ar", "tr"),
        "Cours de français en petits groupes, le matin et le soir (exemple inventé).",
    ),
    Invented(
        "91034", ("legal", "residence"), ("foreign_origin", "families"), ("fr", "en", "uk"),
        "Première écoute juridique et accompagnement dans les démarches (exemple inventé).",
    ),
    Invented(
        "92137", ("housing", "social_aid"), ("precarious", "youth"), ("fr", "it"),
        "Aide à la recherche d’un logement (exemple inventé).",
    ),
)  # fmt: skip


def load(session: Session, world: World) -> str:
    """Let the fictitious associations say what they do, and ask for a printed directory."""
    fictitious = select(Organisation).where(Organisation.note.startswith("Exemple fictif"))
    rows = session.scalars(fictitious.order_by(Organisation.id)).all()
    for row, invented in zip(rows, INVENTED, strict=False):
        _tell(session, world, row, invented)
    printing.request(session, Arrangement.COMMUNE, actor=world.get("user", "coordinator"), now=world.now)
    return "Un annuaire à imprimer, construit dès qu’un serveur travaille."


def _tell(session: Session, world: World, row: Organisation, invented: Invented) -> None:
    facts = replace(
        facts_of(row),
        commune_id=_ids(session, Territory, (invented.commune,))[0],
        theme_ids=_ids(session, Theme, invented.themes),
        audience_ids=_ids(session, Audience, invented.audiences),
        languages=invented.languages,
        description=invented.description,
        website=f"https://{row.slug}.example",
    )
    update(session, row, facts, actor=ACTOR, now=row.created_at)
    agreements.agree(
        session, row, consent.FIELDS, agreement=AGREED, actor=world.get("user", "coordinator"),
        now=world.now - timedelta(days=AGREED_DAYS_AGO),
    )  # fmt: skip


def _ids(session: Session, model: Any, codes: tuple[str, ...]) -> tuple[int, ...]:
    found = {row.code: row.id for row in session.scalars(select(model).where(model.code.in_(codes)))}
    return tuple(found[code] for code in codes)
