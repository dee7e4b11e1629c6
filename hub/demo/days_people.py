"""Invented people who sign up for the days of the demonstration, for real organisations or for none."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from hub.demo.world import World
from hub.events.models.days import Event
from hub.events.models.registrations import Channel, Registration
from hub.events.operations import sign_up
from hub.events.operations.sign_up import Person, Wishes
from hub.events.queries import catering

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
NEEDS = {
    3: ("Sans gluten", ""),
    9: ("", "Accès sans marche"),
    14: ("Allergie aux noix", ""),
    21: ("", "Boucle auditive"),
}
# Which lines of the day's list of diets somebody ticks.
TICKED = {1: (0,), 4: (2,), 8: (0,), 12: (1, 2), 17: (3,), 22: (0,)}
ONE_IN_SEVENTEEN = 17


def person(world: World, number: int, *, private: bool = False) -> Person:
    """Return an invented person who comes for a real organisation, or for one that the register lacks."""
    first = FIRST_NAMES[number % len(FIRST_NAMES)]
    initial = INITIALS[(number + number // len(FIRST_NAMES)) % len(INITIALS)]
    unlisted = UNLISTED[number % 2] if number % ONE_IN_SEVENTEEN == ONE_IN_SEVENTEEN - 1 else ""
    code = COMING[number % len(COMING)]
    return Person(
        name=f"{first} {initial}.",
        email=f"participation{number + 1}@example.org",
        organisation_id=None if private or unlisted else organisations(world, code)[0],
        organisation_name="" if private else unlisted,
        channel=Channel.WEB,
    )


def chosen(event: Event, places: Sequence[int], number: int, diets: Sequence[int] = ()) -> Wishes:
    """Return what that person chooses: workshops by their places in the programme, a meal, diets, needs."""
    diet, needs = NEEDS.get(number, ("", "")) if event.meal_offered else ("", "")
    meal = (0, 3, 0, 2, 1, None)[number % 6]
    ticked = tuple(diets[place] for place in TICKED.get(number, ())) if diets else ()
    return Wishes(
        workshop_ids=tuple(event.workshops[place].id for place in places),
        meal_id=event.meals[meal].id if event.meal_offered and meal is not None else None,
        diet=diet,
        diet_ids=ticked,
        access_needs=needs,
        consents=bool(diet or needs or ticked),
    )


def sign_up_all(
    session: Session, world: World, event: Event, pairs: Sequence[Sequence[int]], begin: datetime, *,
    hours: int = 7,
) -> list[Registration]:  # fmt: skip
    """Sign one invented person up for each choice of workshops, some hours apart."""
    rows, diets = [], [row.id for row in session.scalars(catering.listed(event.id))]
    for number, pair in enumerate(pairs):
        who, wishes = person(world, number), chosen(event, pair, number, diets)
        moment = begin + timedelta(hours=hours * number)
        rows.append(sign_up.register(session, event, who, wishes, now=moment).registration)
    return rows


def organisations(world: World, *codes: str) -> tuple[int, ...]:
    """Return the numbers of organisations by their codes in the data."""
    return tuple(world.get("organisation", code).id for code in codes)
