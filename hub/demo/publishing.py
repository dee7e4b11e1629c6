"""The demonstration's memoranda: one that is published for 2024, one in the making for 2029.

No real organisation signed them: only associations that say of themselves that they are fictitious.
"""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.actors.models.organisations import Organisation
from hub.actors.models.reference import Territory, TerritoryKind
from hub.demo.world import DATA, World
from hub.publishing.models import Edition, Election
from hub.publishing.operations import composing, memoranda, publication

EXAMPLE = "Exemple de démonstration"
PUBLISHED = datetime(2024, 5, 28, 8, 30, tzinfo=UTC)
WORKED_DAYS_AGO = 3


@dataclass(frozen=True)
class Part:
    """A chapter: its title, its introduction, the numbers of its recommendations in the data."""

    title: str
    introduction: str
    numbers: str


# The four workshops of the plenary day of 2023.
CHAPTERS_2024 = (
    Part(
        "Répondre aux besoins de base",
        "Se soigner, se loger, être reçu à un guichet : sans cela, rien d’autre ne commence. Les communes et "
        "les CPAS sont en première ligne.",
        "10 12 13 14 4 36 26",
    ),
    Part(
        "Faciliter les démarches d’intégration et d’insertion",
        "Comprendre et être compris, apprendre, travailler : des démarches simples aident tout le monde.",
        "1 11 20 15 16 17",
    ),
    Part(
        "Vivre ensemble, sans racisme ni discrimination",
        "Une commune qui prend position, et qui le montre dans ses propres décisions, change le quotidien.",
        "29 30 31",
    ),
    Part(
        "Soutenir les acteurs et leurs actions",
        "Les associations et les CPAS tiennent quand leurs moyens tiennent, et quand on les écoute avant de "
        "décider.",
        "23 24 25 39",
    ),
)
CHAPTERS_2029 = (
    Part("Séjour et droits", "", "6 7 8 35"),
    Part("Vie de famille et enfance", "", "9 33 34 40"),
    Part("Revenus et travail", "", "22 28 38"),
    Part("Diplômes et formation", "", "5"),
    Part("Nouvelles questions", "", ""),
)


def load(session: Session, world: World) -> str:
    """Add both memoranda; the published one becomes public once a worker has built its PDF."""
    local = _memorandum(
        session, world, "2024-10-13", PUBLISHED - timedelta(days=20),
        title="Mémorandum du réseau namurois",
        subtitle=f"{EXAMPLE} – Vingt demandes pour des communes et une province qui accueillent",
        addressees="Candidates et candidats aux élections communales et provinciales",
    )  # fmt: skip
    world.put("memorandum", "2024", local)
    edition = _compose(
        session, world, local.editions[0], parts=CHAPTERS_2024, preamble="preamble_2024.md", now=PUBLISHED
    )
    fictitious = session.scalars(select(Organisation).where(Organisation.note.startswith("Exemple fictif")))
    composing.add_signatories(
        session, edition, [row.id for row in fictitious],
        actor=world.get("user", "coordinator"), now=PUBLISHED,
    )  # fmt: skip
    publication.publish(session, edition, actor=world.get("user", "coordinator"), now=PUBLISHED)
    draft_day = world.now - timedelta(days=WORKED_DAYS_AGO)
    federal = _memorandum(
        session, world, "2029-06", draft_day,
        title="Mémorandum 2029 : ce que les communes ne peuvent pas décider",
        subtitle=EXAMPLE,
        addressees="Partis et listes qui se présentent aux élections régionales, fédérales et européennes",
    )  # fmt: skip
    world.put("memorandum", "2029", federal)
    _compose(
        session, world, federal.editions[0], parts=CHAPTERS_2029, preamble="preamble_2029.md", now=draft_day
    )
    return "2 mémorandums : celui de 2024, publié dès que son PDF est construit, et le brouillon de 2029"


def _memorandum(session: Session, world: World, election: str, now: datetime, **facts: str) -> Any:
    province = session.scalar(
        select(Territory).where(Territory.kind == TerritoryKind.PROVINCE, Territory.name.contains("Namur"))
    )
    row = session.scalars(select(Election).where(Election.code == election)).one()
    return memoranda.create(
        session,
        memoranda.Facts(election_id=row.id, territory_id=province.id if province else None, **facts),
        actor=world.get("user", "coordinator"),
        now=now,
    )


def _compose(
    session: Session, world: World, edition: Edition, *, parts: tuple[Part, ...], preamble: str, now: datetime
) -> Edition:
    actor = world.get("user", "coordinator")
    for part in parts:
        chapter = composing.add_chapter(session, edition, part.title, part.introduction, actor=actor, now=now)
        for number in part.numbers.split():  # one by one, so that they stand in this order
            row = world.get("recommendation", number)
            composing.add_items(session, chapter, [row.id], actor=actor, now=now)
    words = (DATA / preamble).read_text(encoding="utf-8")
    composing.write_preamble(session, edition, words, mark=composing.seen(""), actor=actor, now=now)
    return edition
