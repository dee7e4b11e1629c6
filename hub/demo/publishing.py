"""The demonstration's memoranda: the chain since 2006, three that are published, one in the making for 2029.

Those of 2006 and 2007 are real and known by their titles alone; the hub holds none of their demands. Those of
2018 and 2019 were real as well: the demands below are others' public ones of those years (see
`data/recommendations.csv`), put together as an example. No real organisation signed the examples: only
associations that say of themselves that they are fictitious.
"""

from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from hub.actors.models.organisations import Organisation
from hub.actors.models.reference import Territory, TerritoryKind
from hub.core import clock
from hub.core.jobs import Job, JobState
from hub.demo.federal import surround
from hub.demo.world import DATA, World
from hub.publishing.models.composition import EditionTerm, Item
from hub.publishing.models.editions import Edition, EditionState, Memorandum
from hub.publishing.models.elections import Election
from hub.publishing.models.leaflets import LeafletKind
from hub.publishing.models.recipients import RecipientKind, SendingWay
from hub.publishing.operations import (
    composing,
    content,
    errata,
    leaflets,
    memoranda,
    publication,
    questions,
    recipients,
    sendings,
    steps,
    variants,
)
from hub.publishing.operations.questions import Asked
from hub.recommendations.models.versions import Weight
from hub.recommendations.operations import documents, recommendations
from hub.recommendations.operations.documents import DocumentFacts
from memoranda.content import to_json
from memoranda.pdf import build

ACTOR = "Reprise des mémorandums d’avant"
EXAMPLE = "Exemple de démonstration"
PUBLISHED = datetime(2024, 5, 28, 8, 30, tzinfo=UTC)
WORKED_DAYS_AGO = 3
# When earlier memoranda were taken into the hub, before that of 2024 was composed from them.
TAKEN_IN = datetime(2024, 5, 2, 9, tzinfo=UTC)
FONTS = Path(__file__).parents[1] / "static" / "dist" / "fonts"
# Real memoranda of the network of which only title, year and kind are known (requirement 54).
BEFORE = (
    (2006, "2006-10-08", "À nous la parole", "Cahier de revendications."),
    (2007, None, "Pour une ville respectueuse des droits et de la diversité", "Cahier des charges."),
)


@dataclass(frozen=True)
class Part:
    """A chapter: its title, its introduction, the numbers of its recommendations in the data."""

    title: str
    introduction: str
    numbers: str


CHAPTERS_2018 = (
    Part("Apprendre et se loger", "Ce que les communes peuvent faire elles-mêmes.", "20 4"),
    Part("Des CPAS qui tiennent", "Ce que les communes peuvent porter avec leur CPAS.", "23 24 25"),
)
CHAPTERS_2019 = (
    Part("Accueillir et former", "", "18 19 3 2"),
    Part("Séjour et droits", "", "6 7 8 32 35"),
    Part("Familles et enfants", "", "9 34 33"),
    Part("Des moyens pour agir", "", "23 25"),
)
# The four workshops of the plenary day of 2023, and what communes carry further.
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
    Part(
        "Porter plus haut ce qui se décide ailleurs",
        "Une commune ne décide pas de tout. Elle peut dire aux autres niveaux de pouvoir ce qu’elle voit, et "
        "voter une motion.",
        "40 21 22 27 28",
    ),
)
CHAPTERS_2029 = (
    Part("Séjour et droits", "", "6 7 8 35"),
    Part("Vie de famille et enfance", "", "9 33 34 40"),
    Part("Revenus, travail et logement", "", "22 28 38 37"),
    Part("Diplômes et formation", "", "5"),
    Part("Nouvelles questions", "", ""),
)


def load(session: Session, world: World) -> str:
    """Add the chain of memoranda; that of 2024 becomes public once a worker has built its PDF."""
    last = _known_by_title(session, world)
    local = _taken_in(
        session, world, "2018-10-14", TAKEN_IN, CHAPTERS_2018, previous=last,
        title="Mémorandum 2018 pour les élections communales",
        addressees="Candidates et candidats aux élections communales et provinciales",
    )  # fmt: skip
    wider = _taken_in(
        session, world, "2019-05-26", TAKEN_IN + timedelta(hours=2), CHAPTERS_2019, previous=local.memorandum,
        title="Mémorandum 2019 pour les élections régionales, fédérales et européennes",
        addressees="Partis et listes qui se présentent",
    )  # fmt: skip
    errata.write(
        session, wider, ERRATUM, None, actor=world.get("user", "coordinator"),
        now=TAKEN_IN + timedelta(days=4),
    )  # fmt: skip
    _hand_over(session, world, wider)
    _reword(session, world)
    memorandum = _local_2024(session, world, local, wider)
    draft_day = world.now - timedelta(days=WORKED_DAYS_AGO)
    federal = _memorandum(
        session, world, "2029-06", draft_day, previous=memorandum,
        title="Mémorandum 2029\u00a0: ce que les communes ne peuvent pas décider",
        subtitle=EXAMPLE, year=2029,
        addressees="Partis et listes qui se présentent aux élections régionales, fédérales et européennes",
    )  # fmt: skip
    world.put("memorandum", "2029", federal)
    federal.editions[0].starts_from_id = wider.id
    session.flush()
    _compose(
        session, world, federal.editions[0], parts=CHAPTERS_2029, preamble="preamble_2029.md", now=draft_day
    )
    surround(session, world, federal.editions[0], now=draft_day)
    for number in range(1, CANDIDATES + 1):
        recipients.add(
            session, federal, _candidate(number), actor=world.get("user", "coordinator"), now=draft_day
        )
    return (
        "6 mémorandums depuis 2006 : ceux de 2018 et 2019 sont publiés, celui de 2024 dès que son PDF est "
        "construit, celui de 2029 est un brouillon"
    )


ERRATUM = (
    "Exemple inventé pour la démonstration\u00a0: page 4, lire «\u00a0après une large consultation\u00a0» "
    "au lieu de «\u00a0après consultation\u00a0»."
)
CANDIDATES = 6
LISTS = ("Liste d’essai A (fictive)", "Liste d’essai B (fictive)", "Liste d’essai C (fictive)")
LEAFLET, SHOWN = "Pour la rencontre avec la Liste d’essai A (fictive)", "8 9 35"
# Invented: how one demand's words changed between 2018 and 2024.
REWORDED = "4"
REWORDED_TEXT = (
    "Soutenir l’aide à l’acquisition et les fonds de garantie locative, et le faire savoir aux guichets des "
    "communes."
)
TERMS = (
    ("Accueil", "Tout ce qui aide une personne à trouver sa place : informer, orienter, accompagner."),
    ("Alphabétisation", "Apprendre à lire, à écrire et à calculer quand on n’a pas pu le faire enfant."),
    ("CPAS", "Centre public d’action sociale : le service d’aide de chaque commune."),
    ("Mineur·e étranger·ère non accompagné·e", "Un enfant ou un jeune arrivé sans parent ni tuteur."),
)
PRIORITIES = "13 11 29 10 15 23"
ASKED = (
    (
        "Recourrez-vous à l’interprétariat social dans les services de votre commune ?",
        "11",
    ),
    ("Appliquerez-vous la réquisition des logements vides, et selon quel calendrier ?", "13"),
    ("Insérerez-vous des clauses anti-discrimination dans les marchés publics de la commune ?", "29"),
)


def _known_by_title(session: Session, world: World) -> Memorandum:
    """Add the memoranda of 2006 and 2007, which only their documents tell of; return the last one."""
    actor, before = world.get("user", "coordinator"), None
    for year, election, title, note in BEFORE:
        document = documents.register(
            session, DocumentFacts(title, world.get("organisation", "cai"), year=year, note=note),
            actor=actor, now=TAKEN_IN - timedelta(days=1),
        )  # fmt: skip
        row = session.scalar(select(Election.id).where(Election.code == election)) if election else None
        before = memoranda.known_by_document(
            session,
            memoranda.Facts(
                title=title, subtitle=note, election_id=row, year=year,
                previous_id=before.id if before else None,
            ),
            document, actor=actor, now=TAKEN_IN - timedelta(days=1),
        )  # fmt: skip
    if before is None:
        raise LookupError("no memorandum before")
    return before


def _taken_in(
    session: Session, world: World, election: str, now: datetime, parts: tuple[Part, ...],
    *, previous: Memorandum, **facts: Any,
) -> Edition:  # fmt: skip
    """Add a memorandum of before, and make it public at once, with its PDF."""
    year = int(election[:4])
    row = _memorandum(
        session, world, election, now, previous=previous, year=year,
        subtitle=f"{EXAMPLE} – des demandes publiques jusqu’en {year}, reprises en 2024", **facts,
    )  # fmt: skip
    world.put("memorandum", str(year), row)
    edition = _compose(session, world, row.editions[0], parts=parts, preamble="preamble_before.md", now=now)
    _sign(session, world, edition, now)
    actor = world.get("user", "coordinator")
    steps.take(session, edition, EditionState.FROZEN, actor=actor, now=now)
    job = publication.current_job(session, edition)
    material = content.gather(session, edition)
    whole = content.complete(material, world.store)
    printed = publication.Printed(
        build(whole, fonts_folder=FONTS), material.fingerprint, to_json(whole), material.anchors
    )
    publication.keep(
        session, world.store, edition, printed, job_id=job.id if job else None, actor=actor, now=now
    )
    if job is not None:
        job.state, job.progress, job.finished_at = JobState.DONE, 100, now
    steps.take(session, edition, EditionState.PUBLISHED, actor=ACTOR, now=now)
    # Leaflets of what is long past are built when somebody asks: whoever tries Maillage out waits less.
    session.execute(delete(Job).where(Job.name == variants.AHEAD))
    return edition


def _candidate(number: int) -> recipients.Facts:
    """Return an invented candidate, whose name and source say so."""
    return recipients.Facts(
        RecipientKind.CANDIDATE, f"Candidature fictive {number}", LISTS[number % len(LISTS)],
        email=f"candidature.{number}@liste.example",
        source="https://liste.example (page inventée pour la démonstration)",
    )  # fmt: skip


def _hand_over(session: Session, world: World, edition: Edition) -> None:
    """Note that invented lists received an edition; nobody was written to."""
    actor, now = world.get("user", "coordinator"), TAKEN_IN + timedelta(days=2)
    rows = [
        recipients.add(
            session, edition.memorandum,
            recipients.Facts(
                RecipientKind.PARTY, name, address="Rue de l’Exemple 1\n5000 Namur",
                source="inventée pour la démonstration",
            ),
            actor=actor, now=now,
        )
        for name in LISTS
    ]  # fmt: skip
    sendings.write_letter(
        session, edition, str(sendings.SUBJECT), str(sendings.TEXT), sendings.FITTING, actor=actor, now=now
    )
    leaflet = leaflets.create(
        session, edition,
        leaflets.Facts(LeafletKind.PARTY_MEETING, LEAFLET, "Exemple : cette rencontre n’a pas eu lieu."),
        actor=actor, now=now,
    )  # fmt: skip
    chosen = [world.get("recommendation", number).id for number in SHOWN.split()]
    ids = session.scalars(
        select(Item.id).where(Item.edition_id == edition.id, Item.recommendation_id.in_(chosen))
    )
    leaflets.add_items(session, leaflet, list(ids), actor=actor, now=now)
    told = {"day": clock.today(now), "words": "Exemple inventé", "actor": actor, "now": now}
    sendings.note(session, edition, rows[:1], SendingWay.HAND, **told)
    sendings.note(session, edition, rows[1:2], SendingWay.POST, **told)


def _reword(session: Session, world: World) -> None:
    """Change what one demand asks, after 2018 and before 2024."""
    row = world.get("recommendation", REWORDED)
    recommendations.edit(
        session, row, replace(recommendations.as_it_stands(row), text=REWORDED_TEXT),
        weight=Weight.SUBSTANTIVE, note="Les guichets en plus (exemple inventé pour la démonstration).",
        actor=world.get("user", "coordinator"), now=TAKEN_IN + timedelta(days=10),
    )  # fmt: skip


def _local_2024(session: Session, world: World, before: Edition, previous: Edition) -> Memorandum:
    """Add the memorandum of 2024, compared with that of 2018, with priorities, words and questions."""
    actor = world.get("user", "coordinator")
    row = _memorandum(
        session, world, "2024-10-13", PUBLISHED - timedelta(days=20), previous=previous.memorandum,
        title="Mémorandum du réseau namurois", year=2024,
        subtitle=f"{EXAMPLE} – Vingt-cinq demandes pour des communes et une province qui accueillent",
        addressees="Candidates et candidats aux élections communales et provinciales",
    )  # fmt: skip
    world.put("memorandum", "2024", row)
    edition = _compose(
        session, world, row.editions[0], parts=CHAPTERS_2024, preamble="preamble_2024.md", now=PUBLISHED
    )
    edition.starts_from_id = before.id
    session.flush()
    _sign(session, world, edition, PUBLISHED)
    items = {
        item.recommendation_id: item
        for item in session.scalars(select(Item).where(Item.edition_id == edition.id))
    }
    for rank, number in enumerate(PRIORITIES.split(), start=1):
        items[world.get("recommendation", number).id].priority = rank
    session.add_all(
        EditionTerm(edition_id=edition.id, term=term, definition=meaning) for term, meaning in TERMS
    )
    session.flush()
    asked = [Asked(text, items[world.get("recommendation", number).id].id) for text, number in ASKED]
    questions.write(session, edition, asked, mark=questions.mark_of([]), actor=actor, now=PUBLISHED)
    steps.take(session, edition, EditionState.FROZEN, publishes=True, actor=actor, now=PUBLISHED)
    return row


def _sign(session: Session, world: World, edition: Edition, now: datetime) -> None:
    fictitious = session.scalars(select(Organisation).where(Organisation.note.startswith("Exemple fictif")))
    composing.add_signatories(
        session, edition, [row.id for row in fictitious], actor=world.get("user", "coordinator"), now=now
    )


def _memorandum(
    session: Session, world: World, election: str, now: datetime,
    *, previous: Memorandum, **facts: Any,
) -> Memorandum:  # fmt: skip
    province = session.scalar(
        select(Territory).where(Territory.kind == TerritoryKind.PROVINCE, Territory.name.contains("Namur"))
    )
    row = session.scalars(select(Election).where(Election.code == election)).one()
    return memoranda.create(
        session,
        memoranda.Facts(
            election_id=row.id,
            territory_id=province.id if province else None,
            previous_id=previous.id,
            **facts,
        ),
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
