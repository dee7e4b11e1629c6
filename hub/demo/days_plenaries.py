"""Two plenary days: that of 6 June 2023 with 140 people, and the next one, to sign up for.

Programme, workshops, speaker and co-organisers of 2023 are facts; the people are invented, as are dates of
sign-up, rooms, numbers of seats, presence, what was concluded and what people thought of it.
"""

from datetime import UTC, date, datetime, time, timedelta
from itertools import cycle, islice

from sqlalchemy.orm import Session

from hub.core.clock import at, end_of_day, today
from hub.demo.days_people import chosen, organisations, sign_up_all
from hub.demo.world import World
from hub.events.models.days import Event, EventKind, EventSession, SessionKind, SlotKind
from hub.events.models.outcomes import Source
from hub.events.models.registrations import Registration
from hub.events.models.retention import Kept
from hub.events.operations import catering, days, presence, programme, retention, sign_up
from hub.events.operations.describing import Details
from hub.events.operations.presence import Note
from hub.events.operations.programme import Block, Line, Programme, Room, Round
from hub.events.operations.sign_up import Wishes

PLENARY_2023 = date(2023, 6, 6)
TUESDAY = 1
TEAM = "Coordination du CAI"
CONTACT = "journees@cai.example"
DIETS = ("Sans gluten", "Sans lactose", "Sans porc", "Sans fruits à coque")
MEALS = ("Végétarien", "Végétalien", "Poisson", "Viande")
THEMES = (
    ("Réponse adéquate aux besoins de base",
     "Logement, santé, revenus : ce qui manque, ce qui fonctionne, ce que chaque pouvoir peut faire."),
    ("Faciliter les démarches d’intégration et d’insertion",
     "Du premier accueil à la formation et à l’emploi : lever les obstacles sur le parcours."),
    ("Un vivre ensemble inclusif, sans racisme ni discrimination",
     "Reconnaître, prévenir, réagir : des pratiques de terrain aux politiques locales."),
    ("Soutenir les acteurs et leurs actions",
     "Financement, reconnaissance, coordination : de quoi les associations ont besoin pour durer."),
)  # fmt: skip
ROOMS = ("Grande salle", "Salle bleue", "Bibliothèque", "Atelier du jardin")
PAIRS_2023 = ((0, 1), (2, 3), (0, 2), (1, 3), (0, 3), (1, 2))
PEOPLE_2023, CANCELLED_2023 = 142, (11, 30)
# One of eleven did not come, one of seven left after the meal.
ABSENT, LEFT_EARLY = 11, 7
# The first workshop of the morning fills up, the second keeps two seats.
PAIRS_NEXT = ((0, 5),) * 7 + ((0, 6),) * 7 + ((1, 7),) * 7 + ((2, 7),) * 5


def plenary_2023(session: Session, world: World) -> Event:
    """The day of 6 June 2023 as it was announced, signed up for in May, its needs forgotten the day after."""
    made = datetime(2023, 4, 17, 8, 0, tzinfo=UTC)
    event = days.create(
        session,
        Details(
            title="Journée plénière du PPLI – 6 juin 2023",
            kind=EventKind.PLENARY,
            summary="Une journée pour préparer ensemble nos constats et nos recommandations.",
            description=(
                "Associations, services publics et citoyen·nes se retrouvent pour faire le point sur le Plan "
                "provincial et local d’intégration.\n\n"
                "Le matin, quatre ateliers construisent les chapitres du prochain mémorandum. L’après-midi, "
                "les partis représentés dans la province viennent écouter, répondre et échanger."
            ),
            day=PLENARY_2023,
            doors=time(9),
            starts=time(9),
            ends=time(16),
            space_id=world.get("space", "ppli").id,
            opens=date(2023, 4, 24),
            deadline=date(2023, 5, 31),
            organiser_ids=organisations(world, "cai", "ppli"),
            capacity=150,
            meals=MEALS,
            contact_name=TEAM,
            contact_email=CONTACT,
        ),
        actor=TEAM,
        now=made,
    )
    seats = (75, 75, 75, 75)
    workshops = tuple(
        Room(title=title, description=description, capacity=capacity, room=room)
        for (title, description), capacity, room in zip(THEMES, seats, ROOMS, strict=True)
    )
    told = Programme(lines=lines(world), workshops=workshops, choices=2)
    programme.set_programme(session, event, told, actor=TEAM, now=made)
    days.publish(session, event, actor=TEAM, now=made + timedelta(days=2))
    # The names are kept for five years: those who were there are still written to.
    keep = {Kept.IDENTITY: 1825, Kept.PRESENCE: 1825}
    retention.set_days(session, event, keep, actor=TEAM, now=made)
    pairs = tuple(islice(cycle(PAIRS_2023), PEOPLE_2023))
    rows = sign_up_all(session, world, event, pairs, at(date(2023, 4, 25), time(9)), hours=5)
    sign_up.change(session, rows[5], chosen(event, (2, 3), 5), now=at(date(2023, 5, 28), time(14)))
    for number in CANCELLED_2023:
        moment = at(date(2023, 5, 30), time(10))
        sign_up.cancel(session, rows[number], actor=sign_up.BY_LINK, now=moment)
    be_there(session, event, rows)
    days.forget_all_needs(session, event, now=end_of_day(PLENARY_2023))
    world.put("event", "ppli-2023", event)
    return event


def be_there(session: Session, event: Event, rows: list[Registration]) -> None:
    """Tell who was there, in the morning and in the afternoon."""
    halves = [
        EventSession(
            event=event, kind=SessionKind.HALF_DAY, title=title,
            starts_at=at(event.day, starts), ends_at=at(event.day, ends),
        )
        for title, starts, ends in (("Matinée", time(9), time(12, 30)), ("Après-midi", time(14), time(16)))
    ]  # fmt: skip
    session.add_all(halves)
    session.flush()
    notes = [
        Note(half.id, row.id, was_there, Source.SEARCH, half.starts_at)
        for place, half in enumerate(halves)
        for number, row in enumerate(rows)
        if row.is_confirmed
        for was_there in [number % ABSENT != 0 and not (place and number % LEFT_EARLY == 0)]
    ]
    presence.note(session, notes, now=event.ends_at)


def next_plenary(session: Session, world: World) -> Event:
    """A plenary to sign up for, two rounds of workshops: one workshop is full, another nearly."""
    day = next_weekday(today(world.now) + timedelta(days=60), TUESDAY)
    made = world.now - timedelta(days=21)
    event = days.create(
        session,
        Details(
            title=f"Journée plénière du PPLI {day.year}",
            kind=EventKind.PLENARY,
            summary="Où en sont nos demandes, et que porterons-nous ensemble ?",
            description=(
                "La plénière annuelle réunit celles et ceux qui agissent pour l’intégration dans la "
                "province. Nous ferons le point sur les actions de l’année, puis chaque atelier dira ce "
                "qu’il veut porter."
            ),
            day=day,
            doors=time(9),
            starts=time(9),
            ends=time(16, 30),
            space_id=world.get("space", "ppli").id,
            deadline=day - timedelta(days=14),
            place_name="Centre culturel La Marlagne",
            place_address="Chemin des Marronniers 26, 5100 Wépion",
            venue_id=organisations(world, "marlagne")[0],
            organiser_ids=organisations(world, "cai", "ppli"),
            capacity=60,
            meals=MEALS,
            practical_info=(
                "- La salle et les sanitaires sont accessibles en chaise roulante.\n"
                "- Un bus part de la gare de Namur ; covoiturage possible, dites-le à l’équipe.\n"
                "- L’accueil des enfants peut s’organiser sur demande."
            ),
            contact_name=TEAM,
            contact_email=CONTACT,
        ),
        actor=TEAM,
        now=made,
    )
    told = Programme(lines=lines(world), blocks=(two_rounds((14, 16, 20, 20)),))
    programme.set_programme(session, event, told, actor=TEAM, now=made)
    catering.set_diets(session, event, DIETS, actor=TEAM, now=made)
    days.publish(session, event, actor=TEAM, now=made)
    rows = sign_up_all(session, world, event, PAIRS_NEXT, made + timedelta(days=1))
    tell_caterer(session, event, rows, world.now)
    world.put("event", "next", event)
    world.put("event", "next-plenary", event)
    return event


def tell_caterer(session: Session, event: Event, rows: list[Registration], now: datetime) -> None:
    """Tell the caterer the numbers, six days ago; since then two people chose another meal."""
    catering.freeze(session, event, actor=TEAM, now=now - timedelta(days=6))
    for number, meal in ((2, 2), (7, 1)):
        seats = tuple(choice.workshop_id for choice in rows[number].choices)
        other = Wishes(workshop_ids=seats, meal_id=event.meals[meal].id)
        sign_up.change(session, rows[number], other, now=now - timedelta(days=2))


def lines(world: World) -> tuple[Line, ...]:
    """The programme of a plenary, as that of 2023."""
    return (
        Line(time(9), "Accueil", time(9, 30), SlotKind.WELCOME),
        Line(time(9, 30), "Introduction et invité", time(10, 10), SlotKind.INTRODUCTION,
             organisations(world, "ines")),
        Line(time(10, 10), "Ateliers", time(12, 30), SlotKind.WORKSHOPS),
        Line(time(12, 30), "Repas", time(14), SlotKind.MEAL),
        Line(time(14), "Rencontre avec les partis, échanges, témoignages", time(16), SlotKind.EXCHANGE),
        Line(time(16), "Conclusion et perspectives", None, SlotKind.CONCLUSION),
    )  # fmt: skip


def two_rounds(seats: tuple[int, ...]) -> Block:
    """The four workshops, given twice: one is chosen in each round, never the same."""
    turns = (
        Round("Premier tour", time(10, 10), time(11, 15)),
        Round("Second tour", time(11, 25), time(12, 30)),
    )
    given = list(zip(THEMES, seats, ROOMS, strict=True))
    workshops = tuple(
        Room(title=title, description=description, capacity=capacity, room=room, turn=turn,
             repeats=place if turn else None)
        for turn in (0, 1)
        for place, ((title, description), capacity, room) in enumerate(given)
    )  # fmt: skip
    return Block(title="Ateliers", workshops=workshops, rounds=turns, choices_min=2, choices_max=2)


def next_weekday(day: date, weekday: int) -> date:
    """Return that day, or the first after it that is the weekday (Monday is 0)."""
    return day + timedelta(days=(weekday - day.weekday()) % 7)
