"""Two reports to the plenary: last year's, public once a worker has made its PDF, and this year's draft.

The figures are counted from the demonstration's own meetings; the words around them are invented, and say so.
"""

from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.core import clock
from hub.demo.world import World
from hub.reports.models.reports import PartKind, PlenaryReport, ReportPart
from hub.reports.operations import activity, drafting, editing, publication
from hub.reports.operations.drafting import ReportFacts
from hub.reports.operations.editing import OpenPage

OPENING = (
    "*Texte d’exemple, inventé pour la démonstration.*\n\n"
    "La plénière entend chaque année l’état des actions faites et les perspectives de l’année qui vient. "
    "Les chiffres "
    "ci-dessous viennent du registre ; les textes sont de la coordination.\n\n"
    "- Les coordinations locales gardent leur rythme.\n"
    "- Les freins se ressemblent partout : ils tiennent aux règles plus qu’aux lieux.\n"
    "- Les communes sont trop peu autour des tables."
)
STOPPED = (
    "*Texte d’exemple.* La coordination a appelé chacune de ces organisations : le plus souvent, une "
    "personne est "
    "partie et personne n’a repris son siège."
)
AHEAD = (
    "### Ce que la plénière doit trancher\n\n"
    "*Texte d’exemple.* Quels espaces garder à l’échelle de la province, lesquels confier aux coordinations "
    "locales, "
    "et où rejoindre un espace qui existe déjà."
)
NOTES = (
    ("racisme", "Une affiche et une exposition prêtée à six écoles (exemple inventé).",
     "Relais sans réunion entre deux associations et un service public (exemple inventé)."),
    ("ppli", "", "Préparer la plénière a pris autant de temps que les réunions (exemple inventé)."),
)  # fmt: skip


def load(session: Session, world: World) -> str:
    """Publish last year's report, and leave this year's as a draft."""
    year = clock.today(world.now).year
    past, present = _draft(session, world, year - 1), _draft(session, world, year)
    for report in (past, present):
        _write(session, world, report, PartKind.IN_SHORT, OPENING)
    _write(session, world, present, PartKind.STOPPED, STOPPED)
    editing.add(session, past, "Ce qui vient, en clair", AHEAD, actor="démonstration", now=world.now)
    publication.publish(session, past, actor=world.get("user", "coordinator"), now=world.now)
    for code, outputs, note in NOTES:
        activity.write_note(
            session, world.get("space", code), year - 1, outputs, note,
            version=0, actor=world.get("user", "coordinator"), now=world.now,
        )  # fmt: skip
    return (
        f"2 rapports à la plénière : {year - 1}, publié dès que son PDF est construit, et "
        f"le brouillon de {year}"
    )


def _draft(session: Session, world: World, year: int) -> PlenaryReport:
    facts = ReportFacts(f"État des lieux et perspectives {year}", date(year, 1, 1), date(year, 12, 31))
    return drafting.draft(session, facts, actor=world.get("user", "coordinator"), now=world.now)


def _write(session: Session, world: World, report: PlenaryReport, kind: PartKind, text: str) -> None:
    part = session.scalars(
        select(ReportPart).where(ReportPart.report_id == report.id, ReportPart.kind == kind)
    ).one()
    editing.write(
        session,
        part,
        part.title,
        text,
        page=OpenPage("", 0),
        actor=world.get("user", "coordinator"),
        now=world.now,
    )
