"""The demonstration's demands: forty real ones with their sources, and a call that is open now.

Nothing invented stands in a real organisation's name: what came through links is signed by associations that
say of themselves that they are fictitious.
"""

import csv
from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.actors.models.organisations import Organisation
from hub.actors.models.reference import Level, OrganisationKind, Territory, TerritoryKind, Theme
from hub.actors.operations import organisations
from hub.actors.operations.organisations import OrganisationFacts
from hub.core import clock
from hub.demo.world import DATA, World
from hub.events.models.registrations import QuestionKind
from hub.events.operations.questions import Draft
from hub.recommendations.models.calls import Campaign, CampaignQuestion, Invitation, PhaseKind
from hub.recommendations.models.contributions import Beneficiaries, Channel, Contribution
from hub.recommendations.models.documents import DocumentKind, SourceDocument
from hub.recommendations.operations import (
    campaigns,
    contributions,
    documents,
    invitations,
    notes,
    phases,
    questions,
    steps,
    triage,
)
from hub.recommendations.operations.campaigns import CallWords
from hub.recommendations.operations.contributions import OpenPage, Source, Words
from hub.recommendations.operations.documents import DocumentFacts
from hub.recommendations.operations.phases import Days
from hub.recommendations.operations.recommendations import Statement
from hub.recommendations.queries import documents as document_queries

ACTOR = "Reprise des mémorandums publics"
# Before the memorandum of May 2024 in which they stand.
ENTERED = datetime(2024, 2, 5, 9, tzinfo=UTC)
MADE = datetime(2024, 3, 12, 9, tzinfo=UTC)
ADOPTED = datetime(2024, 4, 18, 9, tzinfo=UTC)
OPENED_DAYS_AGO, OPEN_DAYS = 6, 30
FICTITIOUS = "Exemple fictif : cette association n’existe pas. Elle montre comment une contribution arrive."
# Real actors of the network: they are invited, and nothing is said in their name.
ALSO_INVITED = ("gabs", "lee_namur", "cire", "cpas_sambreville")
TITLE = "Vos constats et vos recommandations pour le prochain mémorandum"
INTRODUCTION = """\
Tous les jours, vous voyez ce qui aide et ce qui bloque. Le réseau rassemble ces constats et les change en
**recommandations** pour les responsables politiques, de la commune à l’Europe.

Dites-nous ce que vous constatez sur le terrain, puis ce que vous recommandez. Quelques lignes suffisent.

- Chaque contribution est lue et gardée telle quelle.
- Vous saurez ce qu’elle devient, et pourquoi.
- La plénière en discutera avant toute publication.
"""
# Said again in plain French, for the leaflet made of these; the demand stays as its author published it.
IN_PLAIN_FRENCH = {
    "10": "Le CPAS reçoit beaucoup de personnes étrangères ou d’origine étrangère. Les personnes qui y "
    "travaillent doivent bien connaître leurs droits. Elles doivent suivre des formations, souvent.",
    "11": "Quand on ne parle pas bien français, il faut un interprète. "
    "Il faut aussi des papiers dans sa langue.",
    "12": "Les personnes sans papiers malades reçoivent une carte pour aller chez le médecin. "
    "Cette carte doit durer plus longtemps.",
    "13": "Des maisons sont vides. Des personnes n’ont pas de maison. "
    "La commune doit utiliser les maisons vides.",
    "14": "Un jour, on quitte le centre d’accueil. Il faut alors trouver un logement. "
    "La commune et le CPAS doivent aider.",
    "31": "Les Gens du voyage doivent être bien accueillis dans chaque commune.",
}
NOTE = "Le mail est bien arrivé ; une réponse est promise pour la fin du mois (note fictive)."
QUESTIONS = (
    Draft(
        "Depuis quand le constatez-vous ?",
        QuestionKind.ONE,
        options=("Depuis cette année", "Depuis deux ou trois ans", "Depuis plus longtemps"),
        is_required=True,
    ),
    Draft(
        "Où le constatez-vous ?",
        QuestionKind.MANY,
        help="Autant de réponses que vous voulez.",
        options=(
            "En ville",
            "À la campagne",
            "Dans les administrations",
            "Dans les écoles et les formations",
        ),
    ),
    Draft(
        "De quoi auriez-vous besoin pour y travailler avec d’autres ?",
        QuestionKind.LONG_TEXT,
        help="Une salle, du temps, une information… Sans nom de personne.",
    ),
)


def load(session: Session, world: World) -> str:
    """Add the authors of memoranda, their demands, and the open call with its first answers."""
    for line in _lines("memorandum_authors.csv"):
        world.put("organisation", line["id"], _author(session, line))
    demands = [_demand(session, world, line) for line in _lines("recommendations.csv")]
    answers = _open_call(session, world)
    return f"{len(demands)} recommandations réelles et leurs sources, un appel ouvert et {answers} réponses."


def _lines(name: str) -> Iterator[dict[str, str]]:
    with (DATA / name).open(encoding="utf-8", newline="") as file:
        yield from csv.DictReader(file)


def _rows(session: Session, model: type[Any], codes: str) -> tuple[Any, ...]:
    return tuple(session.scalars(select(model).where(model.code.in_(codes.split("|")))))


def _organisation(session: Session, *, kind: str, themes: str = "", **facts: Any) -> Organisation:
    return organisations.create(
        session,
        OrganisationFacts(
            kind_id=_rows(session, OrganisationKind, kind)[0].id,
            theme_ids=tuple(row.id for row in _rows(session, Theme, themes)),
            **facts,
        ),
        actor=ACTOR,
        now=ENTERED,
    )


def _author(session: Session, line: dict[str, str]) -> Organisation:
    return _organisation(
        session,
        kind=line["kind"],
        themes=line["themes"],
        name=line["name"],
        acronym=line["acronym"],
        source="Auteur d’un mémorandum ou de recommandations publiques, reprises avec leur adresse",
    )


def _demand(session: Session, world: World, line: dict[str, str]) -> Any:
    """Store what each organisation published, and the recommendation made from it."""
    theme, levels = _rows(session, Theme, line["theme"])[0], _rows(session, Level, line["levels"])
    beneficiaries = Beneficiaries(line["beneficiaries"])
    sent = [
        contributions.enter(
            session,
            world.get("organisation", code),
            Words(
                proposal=line["text"], theme=theme, levels=levels, beneficiaries=beneficiaries,
                origin=line["note"],
            ),
            channel=Channel.DOCUMENT,
            source=Source(_document(session, world, code, line)),
            actor=ACTOR,
            now=ENTERED,
        )
        for code in line["organisations"].split("|")
    ]  # fmt: skip
    statement = Statement(
        title=line["title"], text=line["text"], theme=theme, levels=levels, beneficiaries=beneficiaries,
        plain_text=IN_PLAIN_FRENCH.get(line["id"], ""),
    )  # fmt: skip
    coordinator = world.get("user", "coordinator")
    row = triage.take_up(session, sent, statement, actor=coordinator, now=MADE)
    if line["to_settle"]:
        row.state_reason = line["to_settle"]
    else:
        steps.adopt(session, row, actor=coordinator, now=ADOPTED)
    for number, contribution in enumerate(sent, start=1):
        world.put("contribution", line["id"] if number == 1 else f"{line['id']}.{number}", contribution)
    world.put("recommendation", line["id"], row)
    return row


def _document(session: Session, world: World, code: str, line: dict[str, str]) -> SourceDocument:
    """Return what the organisation published, registered where it is named first."""
    author, year = world.get("organisation", code), int(line["year"]) if line["year"] else None
    row = session.scalar(document_queries.same(author, line["document"], year))
    if row is None:
        kind = DocumentKind.MEMORANDUM if "émorandum" in line["document"] else DocumentKind.OTHER
        facts = DocumentFacts(line["document"], author, kind, year, line["url"])
        row = documents.register(session, facts, actor=ACTOR, now=ENTERED)
    return row


def _open_call(session: Session, world: World) -> int:
    coordinator = world.get("user", "coordinator")
    today = clock.today(world.now)
    opens_at = clock.at(today - timedelta(days=OPENED_DAYS_AGO), time(9))
    prepared = opens_at - timedelta(days=2)
    province = session.scalar(
        select(Territory).where(Territory.kind == TerritoryKind.PROVINCE, Territory.name.contains("Namur"))
    )
    closes_at = clock.end_of_day(today + timedelta(days=OPEN_DAYS))
    words = CallWords(TITLE, INTRODUCTION, opens_at, closes_at, province)
    call = campaigns.create(session, words, actor=coordinator, now=prepared)
    phases.set_days(session, call, _phases(call.last_day, opens_at), actor=coordinator, now=prepared)
    asked_besides = [
        questions.add(session, call, draft, actor=coordinator, now=prepared) for draft in QUESTIONS
    ]
    lines = list(_lines("trial_contributions.csv"))
    asked = [_fictitious(session, line) for line in lines]
    asked += [world.get("organisation", code) for code in ALSO_INVITED]
    addresses = [f"{row.slug}@example.org" for row in asked]
    invitations.invite(session, call, zip(asked, addresses, strict=True), actor=coordinator, now=prepared)
    campaigns.publish(session, call, actor=coordinator, now=opens_at)
    invitations.send_all(session, call, actor=coordinator, now=opens_at)
    for line, organisation in zip(lines, asked, strict=False):
        _answer(session, world, call, organisation, line, said=_said(asked_besides, organisation))
    asked_by_phone = session.scalars(
        select(Invitation).where(
            Invitation.campaign_id == call.id,
            Invitation.organisation_id == asked[len(lines) - 1].id,
        )
    ).one()
    notes.add(session, asked_by_phone, NOTE, actor=coordinator, now=world.now - timedelta(days=1))
    world.put("campaign", "open", call)
    return sum(line["draft"] == "no" for line in lines)


def _phases(last_day: date, opens_at: datetime) -> dict[PhaseKind, Days]:
    """Return what follows the collecting; the work begins while contributions still come in."""
    return {
        PhaseKind.WORK: Days(clock.today(opens_at) + timedelta(days=1), last_day + timedelta(days=60)),
        PhaseKind.ADOPT: Days(last_day + timedelta(days=90), last_day + timedelta(days=90)),
        PhaseKind.PUBLISH: Days(last_day + timedelta(days=120), last_day + timedelta(days=120)),
    }


def _said(asked: list[CampaignQuestion], organisation: Organisation) -> dict[int, Any]:
    """Return invented answers to the call's own questions, other ones for each organisation."""
    first, second, third = asked
    number = len(organisation.name)
    said: dict[int, Any] = {first.id: first.options[number % len(first.options)]}
    said[second.id] = list(dict.fromkeys([second.options[number % 3], second.options[number % 4]]))
    if number % 2:
        said[third.id] = "Un échange d’expériences avec d’autres associations, et un relevé de ce qui existe."
    return said


def _fictitious(session: Session, line: dict[str, str]) -> Organisation:
    return _organisation(session, kind=line["kind"], name=line["organisation"], note=FICTITIOUS)


def _answer(
    session: Session,
    world: World,
    call: Campaign,
    organisation: Organisation,
    line: dict[str, str],
    *,
    said: dict[int, Any],
) -> None:
    """Write behind the organisation's link what its line says, and send it unless it is a draft."""
    invitation = session.scalars(
        select(Invitation).where(
            Invitation.campaign_id == call.id, Invitation.organisation_id == organisation.id
        )
    ).one()
    words = Words(
        finding=line["finding"],
        proposal=line["proposal"],
        theme=_rows(session, Theme, line["theme"])[0],
        levels=_rows(session, Level, line["levels"]),
        beneficiaries=Beneficiaries(line["beneficiaries"]) if line["beneficiaries"] else None,
        origin=line["origin"],
        answers=said,
    )
    page = OpenPage(number=f"demo-{invitation.id}")
    now = world.now - timedelta(days=int(line["days_ago"]), hours=1)
    if line["draft"] == "yes":
        row: Contribution = contributions.save_draft(session, invitation, words, page=page, now=now)
    else:
        row = contributions.submit(
            session, invitation, words, page=page, link=f"/appels/{call.slug}", now=now
        )
    world.put("contribution", f"call-{invitation.id}", row)
