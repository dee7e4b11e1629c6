"""What waits for the coordination in days to come, and which parties came to a past one.

Symposium, training, who asks to come and how many came for a party are invented, and say so.
"""

from datetime import date, time, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.core.clock import at, today
from hub.demo.days_people import organisations, person
from hub.demo.days_plenaries import CONTACT, PLENARY_2023, TEAM, THEMES, next_weekday
from hub.demo.world import World
from hub.events.models.days import Admission, Asking, Event, EventKind, Mode
from hub.events.models.outcomes import Delegation, DelegationState
from hub.events.models.workshops import Way
from hub.events.operations import (
    admission,
    days,
    delegations,
    groups,
    programme,
    reserving,
    sign_up,
)
from hub.events.operations.admission import Asked
from hub.events.operations.describing import Details
from hub.events.operations.programme import Block, Programme, Room
from hub.events.operations.sign_up import Person, Wishes
from hub.events.queries import admission as invitations

WEDNESDAY, FRIDAY = 2, 4
EXAMPLE = "exemple inventé"
# How many were announced and how many came, party by party; None: declined.
CAME = ((3, 2), (2, 2), (2, 3), None, (1, 1), (2, 0))
RANKED = ((0, 1, 2), (0, 2, 1), (1, 0, 3), (0, 3, 1), (2, 0, 1), (0, 1, 3), (3, 0, 2), (1, 2, 0), (0, 2, 3))
WISHING = 44


def load(session: Session, world: World) -> str:
    """Tell which parties came in 2023; let a symposium and a training wait for the coordination."""
    parties(session, world, world.get("event", "ppli-2023"))
    announce(session, world)
    reserve(session, world)
    group(session, world)
    symposium(session, world)
    training(session, world)
    return f"{WISHING} souhaits à répartir, 3 demandes d’inscription, 3 places réservées"


def parties(session: Session, world: World, event: Event) -> None:
    """Tell which parties were invited on 6 June 2023, and how many came."""
    coordinator = world.get("user", "coordinator")
    moment = at(PLENARY_2023, time(16))
    delegations.invite_all(session, event, actor=coordinator, now=at(date(2023, 5, 2), time(9)))
    rows = session.scalars(select(Delegation).where(Delegation.event_id == event.id).order_by(Delegation.id))
    told = []
    for row, counts in zip(rows, CAME, strict=False):
        state = DelegationState.ANNOUNCED if counts else DelegationState.DECLINED
        announced, present = counts or (None, None)
        told.append(delegations.Line(row.id, state, announced, present, EXAMPLE))
    delegations.tell(session, event, told, actor=coordinator, now=moment)


def announce(session: Session, world: World) -> None:
    """Invite the parties to the next plenary: two told how many come, one declined, the others not yet."""
    event, coordinator = world.get("event", "next"), world.get("user", "coordinator")
    delegations.invite_all(session, event, actor=coordinator, now=world.now - timedelta(days=9))
    rows = session.scalars(select(Delegation).where(Delegation.event_id == event.id).order_by(Delegation.id))
    answers = (
        (DelegationState.ANNOUNCED, 2),
        (DelegationState.ANNOUNCED, 3),
        (DelegationState.DECLINED, None),
    )
    told = [
        delegations.Line(row.id, state, announced, None, EXAMPLE)
        for row, (state, announced) in zip(rows, answers, strict=False)
    ]
    delegations.tell(session, event, told, actor=coordinator, now=world.now - timedelta(days=3))


def reserve(session: Session, world: World) -> None:
    """Keep three places of the next plenary for an association."""
    event = world.get("event", "next")
    house = world.get("organisation", "alpha5000")
    reserving.reserve(
        session, event, house, 3, contact_name="Équipe", contact_email="places@example.org",
        actor=TEAM, now=world.now,
    )  # fmt: skip


def group(session: Session, world: World) -> None:
    """Sign two people up by a third who doesn't come; the second has no address (invented)."""
    event = world.get("event", "info")
    people = [
        (Person(name="Ségolène K.", email="participation-groupe@example.org"), Wishes(mode=Mode.ONLINE)),
        (Person(name="Timothée L.", email=None), Wishes(mode=Mode.ONLINE)),
    ]
    contact = groups.Group(name="Secrétariat (exemple inventé)", email="secretariat@example.org")
    groups.register(session, event, contact, people, now=world.now)


def symposium(session: Session, world: World) -> None:
    """A symposium whose workshops are wished for: the deadline has passed, they are still to allot."""
    day = next_weekday(today(world.now) + timedelta(days=8), FRIDAY)
    made = world.now - timedelta(days=45)
    details = Details(
        title="Colloque : agir ensemble sur le terrain",
        kind=EventKind.SYMPOSIUM,
        summary="Une journée d’ateliers, que chacun·e classe selon ses souhaits (exemple inventé).",
        day=day,
        starts=time(9, 30),
        ends=time(16),
        deadline=today(world.now) - timedelta(days=1),
        organiser_ids=organisations(world, "cai"),
        capacity=60,
        contact_name=TEAM,
        contact_email=CONTACT,
    )
    event = days.create(session, details, actor=TEAM, now=made)
    rooms = tuple(
        Room(title=title, description=text, capacity=capacity)
        for (title, text), capacity in zip(THEMES, (12, 12, 14, 14), strict=True)
    )
    block = Block(title="Atelier", workshops=rooms, choices_min=1, choices_max=1, way=Way.WISHES)
    programme.set_programme(session, event, Programme(blocks=(block,)), actor=TEAM, now=made)
    days.publish(session, event, actor=TEAM, now=made)
    for number in range(WISHING):
        places = RANKED[number % len(RANKED)]
        ranked = ((event.blocks[0].id, tuple(event.workshops[place].id for place in places)),)
        moment = made + timedelta(hours=20 * number)
        sign_up.register(session, event, person(world, number), Wishes(ranked=ranked), now=moment)
    world.put("event", "symposium", event)


def training(session: Session, world: World) -> None:
    """A training to which one asks to come, or is invited."""
    day = next_weekday(today(world.now) + timedelta(days=33), WEDNESDAY)
    made = world.now - timedelta(days=6)
    details = Details(
        title="Se former à l’interculturalité",
        kind=EventKind.TRAINING,
        summary="Deux demi-journées pour les équipes (exemple inventé).",
        day=day,
        starts=time(9),
        ends=time(16),
        deadline=day - timedelta(days=5),
        place_name="Centre d’Action Interculturelle",
        organiser_ids=organisations(world, "cpcp", "cai"),
        capacity=16,
        contact_name=TEAM,
        contact_email=CONTACT,
    )
    event = days.create(session, details, actor=TEAM, now=made)
    event.admission, event.asks_organisation = Admission.APPROVAL, Asking.REQUIRED
    days.publish(session, event, actor=TEAM, now=made)
    rows = [
        sign_up.register(
            session, event, person(world, number), Wishes(), now=made + timedelta(hours=9 * number)
        ).registration
        for number in range(7)
    ]
    for row in rows[:4]:
        admission.accept(session, row, actor=TEAM, now=world.now - timedelta(days=1))
    admission.invite(
        session, event, [Asked("invitation@example.org", "Une équipe invitée", 2)], actor=TEAM, now=world.now
    )
    for number in session.scalars(invitations.unsent(event)).all():
        admission.write_invitation(session, number, stamp="1", reminds=False, now=world.now)
    world.put("event", "training", event)
