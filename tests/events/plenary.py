"""A plenary day to sign up for: four workshops of which two are chosen, a meal."""

from datetime import date, time
from typing import Any

from sqlalchemy.orm import Session

from hub.events.models.days import Event
from hub.events.operations import days
from hub.events.operations.sign_up import Person, Wishes
from tests.factories import NOW

TITLES = ("Besoins de base", "Insertion", "Vivre ensemble", "Soutien aux acteurs")
DAY = date(2026, 6, 9)
DEADLINE = date(2026, 5, 31)


def details(**values: Any) -> days.Details:
    return days.Details(
        **{
            "title": "Plénière 2026",
            "day": DAY,
            "doors": time(9),
            "starts": time(9, 30),
            "ends": time(16),
            "deadline": DEADLINE,
            "place_name": "La Marlagne",
            "place_address": "Chemin des Marronniers 26, 5100 Wépion",
            "meals": ("Végétarien", "Poisson"),
            "contact_email": "journees@example.org",
            **values,
        }
    )


def rooms(*capacities: int) -> tuple[days.Room, ...]:
    return tuple(
        days.Room(title=title, capacity=capacity) for title, capacity in zip(TITLES, capacities, strict=False)
    )


def plenary(
    session: Session,
    *,
    capacities: tuple[int, ...] = (10, 10, 10, 10),
    choices: int = 2,
    publish: bool = True,
    **values: Any,
) -> Event:
    event = days.create(session, details(**values), actor="test", now=NOW)
    programme = days.Programme(
        lines=(days.Line(starts=time(9, 30), ends=time(10), title="Introduction"),),
        workshops=rooms(*capacities),
        choices=choices,
    )
    days.set_programme(session, event, programme, actor="test", now=NOW)
    if publish:
        days.publish(session, event, actor="test", now=NOW)
    return event


def wishes(event: Event, *places: int, **values: Any) -> Wishes:
    """Return wishes for the workshops at those places of the programme, beginning at 0."""
    return Wishes(workshop_ids=tuple(event.workshops[place].id for place in places), **values)


def person(number: int = 1, **values: Any) -> Person:
    return Person(**{"name": f"Participant·e {number}", "email": f"p{number}@example.org", **values})
