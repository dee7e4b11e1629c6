"""A module of twelve mornings of citizenship workshops, with an attendance certificate.

Facts of the citizenship workshops of CIRÉ: the contents; three to four mornings a week from 9 to 13 h, on
site and by video; who comes is a national of a country outside the Union, has had a permit for less than five
years and speaks French; only the whole module earns the certificate. All else is invented.
"""

from datetime import date, datetime, time, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.core.clock import at, today
from hub.demo.days_people import organisations, person
from hub.demo.days_plenaries import CONTACT, TEAM, next_weekday
from hub.demo.world import World
from hub.events.models.days import CertificateRule, Event, EventKind, EventSession, Mode
from hub.events.models.outcomes import Source
from hub.events.models.registrations import Question, QuestionKind, QuestionPurpose, Registration, Unmet
from hub.events.operations import days, presence, questions, sign_up
from hub.events.operations.describing import Details
from hub.events.operations.presence import Note
from hub.events.operations.questions import Draft
from hub.events.operations.sign_up import Wishes

MONDAY = 0
# Title, in the room or by video, the organisation that gives it with the team.
MORNINGS = (
    ("Histoire de la Belgique et des migrations", Mode.ONSITE, None),
    ("Géographie et régions", Mode.ONSITE, None),
    ("Le pays et son économie", Mode.ONLINE, None),
    ("Se loger", Mode.ONSITE, None),
    ("Santé et santé mentale", Mode.ONSITE, "ulysse"),
    ("La sécurité sociale", Mode.ONLINE, None),
    ("Les institutions", Mode.ONSITE, None),
    ("L’enseignement", Mode.ONSITE, None),
    ("Participer à la vie de la cité", Mode.ONSITE, None),
    ("Le marché du travail", Mode.ONLINE, None),
    ("La concertation sociale", Mode.ONSITE, None),
    ("Visite et conclusion", Mode.ONSITE, None),
)
PEOPLE = 18
# Person → the mornings that were missed.
MISSED = {2: (4,), 7: (0, 1, 2, 3), 11: (9, 10), 15: tuple(range(3, 12))}
REASONS = ("Parcours d’accueil", "Demande de nationalité", "Intérêt personnel")
PRIVATE = True


def module(session: Session, world: World) -> Event:
    """The module that ended three weeks ago: four mornings a week, three weeks."""
    first = next_weekday(today(world.now) - timedelta(days=48), MONDAY)
    mornings = [first + timedelta(days=7 * (number // 4) + number % 4) for number in range(len(MORNINGS))]
    made = at(first - timedelta(days=40), time(9))
    event = days.create(session, told(world, mornings), actor=TEAM, now=made)
    add_mornings(session, world, event, mornings)
    event.certificate_rule = CertificateRule.ALL
    event.certificate_signatory = "Pour l’équipe des ateliers citoyens (exemple inventé)"
    ask(session, event)
    days.publish(session, event, actor=TEAM, now=made)
    rows = come(session, world, event, made + timedelta(days=1))
    be_there(session, event, rows)
    world.put("event", "module", event)
    return event


def told(world: World, mornings: list[date]) -> Details:
    """The module as it is announced."""
    return Details(
        title="Ateliers citoyens : module du matin",
        kind=EventKind.MODULE,
        summary="Douze matinées pour comprendre le pays où l’on vit et y prendre part.",
        description=(
            "Le module est gratuit. On y vient douze matinées, de 9 h à 13 h, sur place et en ligne. "
            "L’attestation se donne à la fin, à qui a suivi tout le module."
        ),
        day=mornings[0],
        last_day=mornings[-1],
        starts=time(9),
        ends=time(13),
        deadline=mornings[0] - timedelta(days=3),
        place_name="CIRÉ",
        place_address="Bruxelles",
        online_url="https://visio.example/ateliers",
        organiser_ids=organisations(world, "cire"),
        capacity=20,
        contact_name="Équipe des ateliers citoyens",
        contact_email=CONTACT,
    )


def add_mornings(session: Session, world: World, event: Event, mornings: list[date]) -> None:
    """Put the twelve mornings in, some by video, one with a partner."""
    for day, (title, mode, partner) in zip(mornings, MORNINGS, strict=True):
        session.add(
            EventSession(
                event=event,
                title=title,
                starts_at=at(day, time(9)),
                ends_at=at(day, time(13)),
                mode=mode,
                partner_id=organisations(world, partner)[0] if partner else None,
            )
        )
    session.flush()


def ask(session: Session, event: Event) -> None:
    """Ask who may come, with the thresholds of this module, and why people come."""
    now = event.created_at
    conditions = (
        ("Votre titre de séjour a-t-il moins de {seuil} ans ?", 5),
        ("Avez-vous la nationalité d’un pays hors de l’Union européenne ?", None),
        ("Parlez-vous et comprenez-vous le français ?", None),
    )
    for label, threshold in conditions:
        draft = Draft(
            label=label, kind=QuestionKind.YES_NO, purpose=QuestionPurpose.ELIGIBILITY, is_required=True,
            threshold=threshold, expected=True, unmet=Unmet.CHECK,
        )  # fmt: skip
        questions.add(session, event, draft, actor=TEAM, now=now)
    why = Draft(label="Pourquoi venez-vous ?", kind=QuestionKind.ONE, options=REASONS, is_required=True)
    questions.add(session, event, why, actor=TEAM, now=now)


def come(session: Session, world: World, event: Event, begin: datetime) -> list[Registration]:
    """Sign up eighteen invented people."""
    rows = []
    asked = list(session.scalars(select(Question).where(Question.event_id == event.id)))
    for number in range(PEOPLE):
        answers = tuple(
            (row.id, True if row.purpose == QuestionPurpose.ELIGIBILITY else REASONS[number % len(REASONS)])
            for row in asked
        )
        who = person(world, 60 + number, private=PRIVATE)
        wishes = Wishes(answers=answers)
        moment = begin + timedelta(hours=20 * number)
        rows.append(sign_up.register(session, event, who, wishes, now=moment).registration)
    return rows


def be_there(session: Session, event: Event, rows: list[Registration]) -> None:
    """Tell who was there, morning after morning, as a grid filled in from the paper lists does."""
    notes = [
        Note(morning.id, row.id, place not in MISSED.get(number, ()), Source.GRID, morning.starts_at)
        for place, morning in enumerate(event.sessions)
        for number, row in enumerate(rows)
    ]
    presence.note(session, notes, now=event.ends_at)
