"""Spaces of the demonstration in depth: who runs them, what they bring forth, who asks to sit in them.

That the Forem runs its platforms and that the survey of 2022 updated the register of associations is public;
the requests, invitations, addresses and dates are invented.
"""

from datetime import date, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from hub.actors.models.mandates import Mandate, Person
from hub.core import clock
from hub.demo.world import World
from hub.spaces.models.followers import Follower
from hub.spaces.models.meetings import Meeting
from hub.spaces.models.seats import Representation, RepresentationRole
from hub.spaces.models.spaces import Membership, MembershipRole, SpaceState
from hub.spaces.operations import followers, joining, lifecycle, representations
from hub.spaces.operations.representations import MandateFacts

ACTOR = "démonstration"
ANNOUNCED = ("racisme", "transit", "associations", "pleniere", "logement")
PLACES = {
    "racisme": ("CAI, salle du rez-de-chaussée", "Namur", ""),
    "pli_namur": ("Hôtel de ville", "Namur", ""),
    "droits": ("En ligne", "", "https://visio.example/acces-aux-droits"),
}
FOLLOWERS = (("racisme", "bibliotheque@example.org"), ("racisme", "maison-de-jeunes@example.org"),
             ("transit", "paroisse@example.org"))  # fmt: skip


def load(session: Session, world: World) -> str:
    """Complete the spaces; leave one request, two invitations and one unconfirmed address open."""
    _describe(world)
    _end_a_seat(session, world)
    _end_a_mandate_soon(session, world)
    _join(session, world)
    for code, email in FOLLOWERS:
        space = world.get("space", code)
        followers.ask(session, space, email, now=world.now - timedelta(days=20))
    _confirm(session, world)
    session.flush()
    return "1 demande de siège et 2 invitations en attente, 2 adresses tenues au courant"


def _describe(world: World) -> None:
    for code in ANNOUNCED:
        world.get("space", code).is_announced = True
    for code, (name, address, url) in PLACES.items():
        space = world.get("space", code)
        space.place_name, space.place_address, space.online_url = name, address, url
    world.get("space", "forem").convener = world.get("organisation", "forem")
    register = world.get("space", "cadastre")
    register.output = "Cadastre des associations mis à jour, rendu à chacune"
    register.output_due_on = date(2025, 6, 30)
    register.outcome = "Un registre que chaque association corrige elle-même."
    sleeping = world.get("space", "pli_dinant")
    sleeping.state_since = date(2025, 9, 1)
    sleeping.state_reason = "Deux organisations autour de la table : à relancer avec la commune."


def _end_a_seat(session: Session, world: World) -> None:
    """Close what the demonstration says is closed as a coordinator would, seats included."""
    register = world.get("space", "cadastre")
    register.state = SpaceState.ACTIVE
    register.ends_on = None
    session.flush()
    last = session.scalar(select(func.max(Meeting.starts_at)).where(Meeting.space_id == register.id))
    lifecycle.close(
        session, register, last_day=clock.today(last) if last else date(2025, 6, 30),
        reason="Le résultat est là : le chantier est fini.", actor=ACTOR, now=world.now,
    )  # fmt: skip


def _end_a_mandate_soon(session: Session, world: World) -> None:
    """Let a mandate end within the sixty days in which the pages warn of it."""
    mandate = session.scalar(
        select(Mandate)
        .join(Representation, Representation.mandate_id == Mandate.id)
        .join(Membership, Membership.id == Representation.membership_id)
        .where(
            Membership.space_id == world.get("space", "logement").id,
            Mandate.is_limited,
            Mandate.ends_on.is_(None),
            Representation.role == RepresentationRole.REPRESENTATIVE,
        )
        .order_by(Mandate.id)
        .limit(1)
    )
    if mandate is not None:
        mandate.ends_on = clock.today(world.now) + timedelta(days=40)


def _join(session: Session, world: World) -> None:
    coordinator, now = world.get("user", "coordinator"), world.now
    person: Person = world.get("person", "representative")
    joining.request(
        session, world.get("space", "sante"), world.get("organisation", "gabs"), person,
        "Nos groupes du mardi parlent souvent de santé mentale : nous aimerions en parler avec vous.",
        now=now - timedelta(days=2),
    )  # fmt: skip
    joining.invite(
        session, world.get("space", "logement"), world.get("organisation", "ulysse"), MembershipRole.OBSERVER,
        "Le logement revient dans chacun de vos rapports.", email="contact@ulysse.example", actor=coordinator,
        now=now - timedelta(days=3),
    )  # fmt: skip
    joining.invite(
        session, world.get("space", "pli_namur"), world.get("organisation", "gabs"), MembershipRole.MEMBER,
        "Vous accompagnez chaque semaine des personnes dans leurs démarches.",
        email="accueil.gabs@example.org", actor=coordinator, now=now - timedelta(days=1),
    )  # fmt: skip
    refused = joining.invite(
        session, world.get("space", "droits"), world.get("organisation", "medimmigrant"),
        MembershipRole.MEMBER, "", email="contact@medimmigrant.example", actor=coordinator,
        now=now - timedelta(days=60),
    )  # fmt: skip
    joining.decline_invitation(
        session, refused, "Pas cette année : nous sommes trop peu.", now=now - timedelta(days=50)
    )
    _limited(session, world)


def _limited(session: Session, world: World) -> None:
    """Name a substitute for one seat alone, decided by a body."""
    seat = session.scalar(
        select(Membership).where(
            Membership.space_id == world.get("space", "lentrain").id,
            Membership.organisation_id == world.get("organisation", "gabs").id,
        )
    )
    if seat is None:
        return
    person = representations.find_person(
        session, "Suppléant·e – GABS", "suppleance.gabs@example.org", now=world.now
    )
    year = clock.today(world.now).year
    facts = MandateFacts(
        starts_on=date(year, 1, 1), ends_on=date(year + 1, 12, 31), function="Animation",
        decided_by="Organe d’administration", decided_on=date(year - 1, 12, 9),
    )  # fmt: skip
    representations.name(
        session, seat, person, RepresentationRole.SUBSTITUTE, facts, actor=ACTOR, now=world.now
    )


def _confirm(session: Session, world: World) -> None:
    rows = session.scalars(select(Follower).order_by(Follower.id)).all()
    for row in rows[:2]:
        followers.confirm(session, row, now=world.now - timedelta(days=19))
