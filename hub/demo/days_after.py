"""After the demonstration's days: conclusions and their recommendations, opinions, certificates.

The four workshops of 6 June 2023 did take place; what they conclude here, who reports and what people thought
is made up, and says so. The recommendations that they are tied to are those of the published memorandum.
"""

from datetime import datetime, timedelta
from itertools import cycle, islice
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.core.clock import today
from hub.demo.days_people import organisations
from hub.demo.world import World
from hub.events.models.days import Event
from hub.events.models.registrations import QuestionKind, QuestionPurpose, Registration
from hub.events.operations import certificates, conclusions, evaluation
from hub.events.operations.conclusions import Words
from hub.events.queries import evaluation as evaluation_queries
from hub.events.queries import questions as question_queries
from hub.recommendations.models.recommendations import AGREED, Recommendation
from hub.recommendations.operations import conclusions as ties

TEAM = "Coordination du CAI"
INVENTED = "*(Exemple inventé pour la démonstration.)*"
# Who reports, what is concluded, what comes next, the word by which its recommendations are found.
CONCLUDED = (
    ("cpas_namur",
     ("- Le logement vient en premier : sans adresse, aucun droit ne s’ouvre.\n"
     "- Les refus de louer restent rarement signalés ; les personnes ne savent pas à qui les dire.\n"
     "- Les délais d’accès aux soins sont trop longs pour qui vient d’arriver."),
     "Un relevé commun des refus de louer, tenu par les associations, est présenté à la prochaine plénière.",
     "logement"),
    ("cai",
     ("- Les démarches se répètent d’un guichet à l’autre, avec d’autres papiers à chaque fois.\n"
     "- La formation en français manque de places le soir et le week-end."),
     "Les opérateurs du parcours partagent leurs calendriers de formation avant septembre.",
     "formation"),
    ("unia",
     ("- Les discriminations sont vues, peu signalées, rarement suivies.\n"
     "- Les équipes demandent des outils simples : que dire, à qui, dans quel délai."),
     "Une fiche d’une page circule dans toutes les associations du réseau.",
     "discrimination"),
    ("lee_namur",
     ("- Les subsides d’un an empêchent de garder les équipes formées.\n"
     "- Les associations veulent être entendues avant la décision, pas après."),
     "Une demande commune de conventions pluriannuelles entre au mémorandum.",
     "association"),
)  # fmt: skip
DAY = (
    "Quatre ateliers, les partis présents l’après-midi, et une même demande : travailler dans la durée.",
    (
        "Les conclusions de chaque atelier deviennent des chapitres du mémorandum ; la coordination en rend "
        "compte à la plénière suivante."
    ),
)
STEPS = (5, 4, 5, 4, 3, 5, 4, 4, 5, 2)
HELPED = (
    "Rencontrer des associations que je ne connaissais que de nom.",
    "Les échanges en petit groupe.",
    "",
    "Avoir pu parler de terrain avec des élus.",
    "",
    "Le repas, pour se parler autrement.",
    "Un programme clair.",
)
TO_CHANGE = (
    "Plus de temps pour les ateliers.",
    "",
    "Une salle moins bruyante.",
    "",
    "Envoyer les documents avant la journée.",
)


def load(session: Session, world: World) -> str:
    """Add what comes after the days. Raises KeyError where a day of the demonstration is not there."""
    plenary: Event = world.get("event", "ppli-2023")
    module: Event = world.get("event", "module")
    tied = conclude(session, world, plenary)
    replies = answer(session, plenary, 60, now=plenary.ends_at + timedelta(days=3))
    given = certify(session, module)
    evaluation.add_usual(session, world.get("event", "next-plenary"), actor=TEAM, now=world.now)
    answer(session, module, 6, now=world.now - timedelta(days=1), last=today(world.now) + timedelta(days=10))
    return f"{tied} liens de conclusions, {replies} avis et {given} attestations"


def conclude(session: Session, world: World, event: Event) -> int:
    """Write and publish what the day and its workshops conclude; return how many ties were made."""
    now, made = event.ends_at + timedelta(days=2), 0
    conclusions.save(session, event, None, Words(f"{DAY[0]}\n\n{INVENTED}", DAY[1]), actor=TEAM, now=now)
    for workshop, (who, text, outlook, word) in zip(event.workshops, CONCLUDED, strict=False):
        words = Words(f"{text}\n\n{INVENTED}", outlook, organisations(world, who)[0])
        row = conclusions.save(session, event, workshop, words, actor=TEAM, now=now)
        for one in session.scalars(
            select(Recommendation)
            .where(Recommendation.search_text.contains(word), Recommendation.state.in_(AGREED))
            .order_by(Recommendation.code)
            .limit(2)
        ):
            ties.attach(session, row, one, actor=TEAM, now=now)
            made += 1
    conclusions.publish_all(session, event, actor=TEAM, now=now)
    return made


def answer(session: Session, event: Event, people: int, *, now: datetime, last: Any = None) -> int:
    """Ask the usual questions and let some people answer them; return how many did."""
    evaluation.add_usual(session, event, actor=TEAM, now=now)
    evaluation.open_until(session, event, last or today(now) + timedelta(days=21), actor=TEAM, now=now)
    asked = session.scalars(question_queries.of_purpose(event, QuestionPurpose.EVALUATION)).all()
    rows: list[Registration] = list(session.scalars(evaluation_queries.there(event).limit(people)))
    for number, row in enumerate(rows):
        given = {question.id: said(question.kind, question.options, number, place)
                 for place, question in enumerate(asked)}  # fmt: skip
        evaluation.reply(session, row, {key: value for key, value in given.items() if value}, now=now)
    return len(rows)


def said(kind: QuestionKind, options: list[str], number: int, place: int) -> Any:
    """Return what somebody answers to a question."""
    match kind:
        case QuestionKind.SCALE:
            return STEPS[(number + 3 * place) % len(STEPS)]
        case QuestionKind.ONE:
            return options[(0, 0, 1, 0, 2, 1, 0, 3)[number % 8]]
        case QuestionKind.MANY:
            return list(islice(cycle(options), number % len(options), number % len(options) + 1 + number % 2))
        case QuestionKind.YES_NO:
            return True
        case _:
            words = HELPED if place == 4 else TO_CHANGE  # noqa: PLR2004 - the place among the usual questions
            return words[number // 5] if number % 5 == 0 and number // 5 < len(words) else ""


def certify(session: Session, event: Event) -> int:
    """Give the certificates that presence earned, one of them again under a mended name."""
    now = event.ends_at + timedelta(days=1)
    given = certificates.issue_all(session, event, actor=TEAM, now=now)
    lines = [line for line in certificates.overview(session, event) if line.certificate is not None]
    if lines and lines[0].certificate is not None:
        first = lines[0].certificate
        certificates.reissue(
            session, first, f"{first.name} (nom corrigé)", "Nom mal orthographié", actor=TEAM,
            now=now + timedelta(days=1),
        )  # fmt: skip
    return given or 0
