"""Days of the demonstration: the plenary of 6 June 2023, the next one, an information session.

Programme, workshops, speaker and co-organisers are facts; the people are invented, as are dates of sign-up,
rooms and numbers of seats.
"""

from datetime import UTC, date, datetime, time, timedelta
from itertools import cycle, islice

from sqlalchemy.orm import Session

from hub.core.clock import at, end_of_day, today
from hub.demo.world import World
from hub.events.models.days import Event, EventKind, SlotKind
from hub.events.models.registrations import Channel, Registration
from hub.events.operations import days, sign_up
from hub.events.operations.days import Details, Line, Programme, Room
from hub.events.operations.sign_up import Person, Wishes

PLENARY_2023 = date(2023, 6, 6)
TUESDAY, THURSDAY = 1, 3
TEAM = "Coordination du CAI"
CONTACT = "journees@cai.example"
MEALS = ("Végétarien", "Végétalien", "Poisson", "Viande")
WORKSHOPS = (
    ("Réponse adéquate aux besoins de base",
     "Logement, santé, revenus : ce qui manque, ce qui fonctionne, ce que chaque pouvoir peut faire."),
    ("Faciliter les démarches d’intégration et d’insertion",
     "Du premier accueil à la formation et à l’emploi : lever les obstacles sur le parcours."),
    ("Un vivre ensemble inclusif, sans racisme ni discrimination",
     "Reconnaître, prévenir, réagir : des pratiques de terrain aux politiques locales."),
    ("Soutenir les acteurs et leurs actions",
     "Financement, reconnaissance, coordination : de quoi les associations ont besoin pour durer."),
)  # fmt: skip
ROOMS = ("Grande salle", "Salle bleue", "Bibliothèque", "Atelier du jardin")
FIRST_NAMES = (
    "Amina", "Benoît", "Chantal", "Driss", "Élodie", "Fatou", "Grégory", "Hanane", "Ismaël", "Joëlle",
    "Karim", "Laurence", "Mamadou", "Nadia", "Olivier", "Pascale", "Quentin", "Rachida", "Samuel", "Thérèse",
    "Ugo", "Valérie", "Wassim", "Xavier", "Yasmina", "Zoé", "Aïcha", "Bruno", "Carine", "Daoud", "Esther",
    "Farid", "Geneviève", "Hugues", "Inès", "Jamal", "Kadiatou", "Ludivine", "Moussa", "Nathalie", "Omar",
    "Perrine",
)  # fmt: skip
INITIALS = "BDKLMNRSTV"
COMING = (
    "cai", "lee_namur", "alpha5000", "gabs", "mirena", "cpas_namur", "clps", "ulysse", "unia", "ville_namur",
    "sambreville", "afesdi", "salam", "boboto", "carrefour", "pac", "cssn", "rsun", "forem", "com_gembloux",
    "com_dinant", "crilux", "vivreensemble", "gams", "caravane", "osource", "province", "cncd", "interra",
    "lentrain",
)  # fmt: skip
UNLISTED = ("Collectif des locataires de la rue Haute", "École de devoirs Les Marelles")
PAIRS_2023 = ((0, 1), (2, 3), (0, 2), (1, 3), (0, 3), (1, 2))
# The first workshop fills up, the second keeps two seats.
PAIRS_NEXT = ((0, 1),) * 7 + ((0, 2),) * 7 + ((1, 3),) * 7 + ((2, 3),) * 5
NEEDS = {
    3: ("Sans gluten", ""),
    9: ("", "Accès sans marche"),
    14: ("Allergie aux noix", ""),
    21: ("", "Boucle auditive"),
}


def load(session: Session, world: World) -> str:
    """Make the three days, with who signed up for them."""
    past = plenary_2023(session, world)
    coming = next_plenary(session, world)
    info = information_session(session, world)
    people = past.taken + coming.taken + info.taken
    return f"3 journées et {people} inscriptions"


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
            capacity=100,
            meals=MEALS,
            contact_name=TEAM,
            contact_email=CONTACT,
        ),
        actor=TEAM,
        now=made,
    )
    days.set_programme(session, event, programme(world, (25, 25, 25, 25)), actor=TEAM, now=made)
    days.publish(session, event, actor=TEAM, now=made + timedelta(days=2))
    pairs = tuple(islice(cycle(PAIRS_2023), 40))
    rows = sign_up_all(session, world, event, pairs, at(date(2023, 4, 25), time(9)))
    sign_up.change(session, rows[5], chosen(event, (2, 3), 5), now=at(date(2023, 5, 12), time(14)))
    for row in (rows[11], rows[30]):
        sign_up.cancel(session, row, actor=sign_up.BY_LINK, now=at(date(2023, 5, 30), time(10)))
    days.forget_all_needs(session, event, now=end_of_day(PLENARY_2023))
    world.put("event", "ppli-2023", event)
    return event


def next_plenary(session: Session, world: World) -> Event:
    """A plenary to sign up for: one workshop is full, another nearly."""
    day = next_weekday(today(world.now) + timedelta(days=60), TUESDAY)
    made = world.now - timedelta(days=21)
    event = days.create(
        session,
        Details(
            title=f"Journée plénière du PPLI {day.year}",
            kind=EventKind.PLENARY,
            summary="Où en sont nos demandes, et que porterons-nous ensemble ?",
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
                "- Un bus part de la gare de Namur ; covoiturage possible, dites-le à l’équipe.\n"
                "- L’accueil des enfants peut s’organiser sur demande."
            ),
            contact_name=TEAM,
            contact_email=CONTACT,
        ),
        actor=TEAM,
        now=made,
    )
    days.set_programme(session, event, programme(world, (14, 16, 20, 20)), actor=TEAM, now=made)
    days.publish(session, event, actor=TEAM, now=made)
    sign_up_all(session, world, event, PAIRS_NEXT, made + timedelta(days=1))
    world.put("event", "next", event)
    world.put("event", "next-plenary", event)
    return event


def information_session(session: Session, world: World) -> Event:
    """A session on a call for projects, by three regional centres, without workshops."""
    day = next_weekday(today(world.now) + timedelta(days=25), THURSDAY)
    made = world.now - timedelta(days=10)
    event = days.create(
        session,
        Details(
            title="Appel à projets PCI : séance d’information",
            kind=EventKind.INFO_SESSION,
            summary="Promotion de la citoyenneté et de l’interculturalité : comment répondre à l’appel ?",
            description=(
                "Trois centres régionaux d’intégration présentent l’appel de la Fédération "
                "Wallonie-Bruxelles : les axes soutenus, les montants, le calendrier, puis vos questions."
            ),
            day=day,
            doors=time(13, 45),
            starts=time(14),
            ends=time(16),
            deadline=day - timedelta(days=2),
            organiser_ids=organisations(world, "cai", "crilux", "cribw"),
            contact_name=TEAM,
            contact_email=CONTACT,
        ),
        actor=TEAM,
        now=made,
    )
    lines = (
        Line(time(14), "Présentation de l’appel et de ses axes", time(14, 45), SlotKind.PRESENTATION),
        Line(time(14, 45), "Un projet soutenu raconte", time(15, 15), SlotKind.TESTIMONY),
        Line(time(15, 15), "Questions et réponses", time(16), SlotKind.QUESTIONS),
    )
    days.set_programme(session, event, Programme(lines=lines), actor=TEAM, now=made)
    days.publish(session, event, actor=TEAM, now=made)
    sign_up_all(session, world, event, ((),) * 9, made + timedelta(days=1))
    world.put("event", "info", event)
    world.put("event", "info-session", event)
    return event


def programme(world: World, seats: tuple[int, ...]) -> Programme:
    """The programme of a plenary, as that of 2023."""
    guests = organisations(world, "ines")
    lines = (
        Line(time(9), "Accueil", time(9, 30), SlotKind.WELCOME),
        Line(time(9, 30), "Introduction et invité", time(10, 10), SlotKind.INTRODUCTION, guests),
        Line(time(10, 10), "Ateliers", time(12, 30), SlotKind.WORKSHOPS),
        Line(time(12, 30), "Repas", time(14), SlotKind.MEAL),
        Line(time(14), "Rencontre avec les partis, échanges, témoignages", time(16), SlotKind.EXCHANGE),
        Line(time(16), "Conclusion et perspectives", None, SlotKind.CONCLUSION),
    )
    workshops = tuple(
        Room(title=title, description=description, capacity=capacity, room=room)
        for (title, description), capacity, room in zip(WORKSHOPS, seats, ROOMS, strict=True)
    )
    return Programme(lines=lines, workshops=workshops, choices=2)


def sign_up_all(
    session: Session, world: World, event: Event, pairs: tuple[tuple[int, ...], ...], begin: datetime
) -> list[Registration]:
    """Sign one invented person up for each pair of workshops, some hours apart."""
    rows = []
    for number, pair in enumerate(pairs):
        who, wishes = person(world, number), chosen(event, pair, number)
        done = sign_up.register(session, event, who, wishes, now=begin + timedelta(hours=7 * number))
        rows.append(done.registration)
    return rows


def person(world: World, number: int) -> Person:
    """Return an invented person who comes for a real organisation, or for one that the register lacks."""
    first, initial = FIRST_NAMES[number], INITIALS[number % len(INITIALS)]
    unlisted = UNLISTED[number % 2] if number % 17 == 16 else ""  # noqa: PLR2004 - one in seventeen
    code = COMING[number % len(COMING)]
    return Person(
        name=f"{first} {initial}.",
        email=f"participation{number + 1}@example.org",
        organisation_id=None if unlisted else organisations(world, code)[0],
        organisation_name=unlisted,
        channel=Channel.WEB,
    )


def chosen(event: Event, pair: tuple[int, ...], number: int) -> Wishes:
    """Return what that person chooses."""
    diet, needs = NEEDS.get(number, ("", "")) if event.meal_offered else ("", "")
    meal = (0, 3, 0, 2, 1, None)[number % 6]
    return Wishes(
        workshop_ids=tuple(event.workshops[place].id for place in pair),
        meal_id=event.meals[meal].id if event.meal_offered and meal is not None else None,
        diet=diet,
        access_needs=needs,
        consents=bool(diet or needs),
    )


def organisations(world: World, *codes: str) -> tuple[int, ...]:
    """Return the numbers of organisations by their codes in the data."""
    return tuple(world.get("organisation", code).id for code in codes)


def next_weekday(day: date, weekday: int) -> date:
    """Return that day, or the first after it that is the weekday (Monday is 0)."""
    return day + timedelta(days=(weekday - day.weekday()) % 7)
