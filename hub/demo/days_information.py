"""A hybrid session on a call for projects, by three regional centres, with a contact for each province.

The call and the three centres are facts; date, seats, contacts and people are invented.
"""

from datetime import time, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.actors.models.reference import Territory
from hub.core.clock import today
from hub.demo.days_people import organisations, person
from hub.demo.days_plenaries import CONTACT, TEAM, next_weekday
from hub.demo.world import World
from hub.events.models.days import Event, EventKind, Mode, Promotion, SlotKind
from hub.events.operations import days, programme, sign_up
from hub.events.operations.describing import Details
from hub.events.operations.programme import Line, Programme
from hub.events.operations.sign_up import Wishes

THURSDAY = 3
SEATS, ONLINE_SEATS = 12, 40
ON_SITE, ONLINE, WAITING = 12, 17, 3
# Organisation, its province as the register codes it, an address that nobody has.
CONTACTS = (
    ("cai", "90000", "pci.namur@cai.example"),
    ("cribw", "20002", "pci@cribw.example"),
    ("crilux", "80000", "pci@crilux.example"),
)


def information_session(session: Session, world: World) -> Event:
    """The session to come: the room is full, people wait for it, there is room online."""
    day = next_weekday(today(world.now) + timedelta(days=25), THURSDAY)
    made = world.now - timedelta(days=10)
    event = days.create(
        session,
        Details(
            title="Appel à projets PCI : séance d’information",
            kind=EventKind.INFO_SESSION,
            summary="Promotion de la citoyenneté et de l’interculturalité : comment répondre à l’appel ?",
            description=(
                "Trois centres régionaux d’intégration présentent l’appel de la Fédération "
                "Wallonie-Bruxelles : les axes soutenus, les montants, le calendrier, puis vos questions."
            ),
            day=day,
            doors=time(13, 45),
            starts=time(14),
            ends=time(16),
            mode=Mode.HYBRID,
            deadline=day - timedelta(days=2),
            place_name="Centre culturel La Marlagne",
            place_address="Chemin des Marronniers 26, 5100 Wépion",
            venue_id=organisations(world, "marlagne")[0],
            online_url="https://visio.example/pci",
            online_info="La salle en ligne ouvre à 13 h 45. Le micro est coupé à l’arrivée.",
            capacity=SEATS,
            online_capacity=ONLINE_SEATS,
            organiser_ids=organisations(world, *(code for code, _place, _mail in CONTACTS)),
            contact_name=TEAM,
            contact_email=CONTACT,
        ),
        actor=TEAM,
        now=made,
    )
    told = (
        Line(time(14), "Présentation de l’appel et de ses axes", time(14, 45), SlotKind.PRESENTATION,
             organisations(world, "cai", "cribw", "crilux")),
        Line(time(14, 45), "Un projet soutenu raconte", time(15, 15), SlotKind.TESTIMONY),
        Line(time(15, 15), "Questions et réponses", time(16), SlotKind.QUESTIONS),
    )  # fmt: skip
    programme.set_programme(session, event, Programme(lines=told), actor=TEAM, now=made)
    share_out(session, world, event)
    event.promotion = Promotion.OFFER
    event.offers_newsletter = True
    days.publish(session, event, actor=TEAM, now=made)
    begin = made + timedelta(days=1)
    modes = [Mode.ONSITE] * ON_SITE + [Mode.ONLINE] * ONLINE + [Mode.ONSITE] * WAITING
    for number, mode in enumerate(modes):
        wishes = Wishes(mode=mode, agrees_to_wait=True)
        moment = begin + timedelta(hours=5 * number)
        sign_up.register(session, event, person(world, number), wishes, now=moment)
    world.put("event", "info", event)
    world.put("event", "info-session", event)
    return event


def share_out(session: Session, world: World, event: Event) -> None:
    """Give each province its contact."""
    places = {row.code: row.id for row in session.scalars(select(Territory))}
    rows = {row.organisation_id: row for row in event.organiser_rows}
    for position, (code, place, mail) in enumerate(CONTACTS):
        row = rows[organisations(world, code)[0]]
        row.position, row.territory_id = position, places.get(place)
        row.contact_name, row.contact_email = "Équipe PCI", mail
    session.flush()
