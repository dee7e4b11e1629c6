"""Spaces of concertation of the demonstration, with the members that the public sources name."""

from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.actors.models.reference import Level, Territory, Theme
from hub.demo.world import World
from hub.spaces.models.spaces import MembershipRole, SpaceKind, SpaceState
from hub.spaces.operations import spaces as operations
from hub.spaces.operations.spaces import SpaceFacts

PILOT, MEMBER = MembershipRole.PILOT, MembershipRole.MEMBER
# code, name, kind, theme codes, since, purpose, members
SPACES = (
    (
        "ppli", "Pilotage du Plan provincial et local d’intégration", SpaceKind.STEERING,
        ["integration"], 2016,
        "Répond de la méthode et du suivi des axes du plan.",
        [("cai", PILOT, 2016, None), ("province", PILOT, 2016, 2024), ("clps", PILOT, 2016, 2024)],
    ),
    (
        "racisme", "Plateforme de lutte contre le racisme de la province de Namur", SpaceKind.PLATFORM,
        ["anti_racism"], 2016,
        "Réunit depuis 2016 des associations et des services publics qui agissent contre le racisme.",
        [("cai", PILOT, 2016, None), ("province", MEMBER, 2016, None), ("ville_namur", MEMBER, 2016, None),
         ("unia", MEMBER, 2016, None), ("ccn", MEMBER, 2016, None)],
    ),
    (
        "transit", "Coordination wallonne en soutien aux migrants en transit", SpaceKind.PLATFORM,
        ["transit_migration"], 2018,
        "Relie associations et collectifs citoyens : soutenir, informer, interpeller, sensibiliser.",
        [("cai", MEMBER, 2018, None), ("crilux", MEMBER, 2018, None), ("pac", MEMBER, 2018, None),
         ("discri", MEMBER, 2018, None), ("s13", MEMBER, 2018, None), ("lb_hosp", MEMBER, 2018, None),
         ("gbx_hosp", MEMBER, 2018, None), ("rochefort_col", MEMBER, 2018, None)],
    ),
    (
        "lentrain", "Coordination locale de Sambreville", SpaceKind.LOCAL_COORDINATION, ["jobs"], 2009,
        "Commune, CPAS et associations cogèrent la cellule d’insertion sociale L’EnTrain.",
        [("sambreville", PILOT, 2009, None), ("cpas_sambreville", MEMBER, 2009, None),
         ("gabs", MEMBER, 2009, None), ("cai", MEMBER, 2009, 2014)],
    ),
    (
        "forem", "Plateformes de partenariat du Forem", SpaceKind.EXTERNAL, ["jobs"], None,
        "Espace du Forem où le réseau apporte son expertise.",
        [("forem", PILOT, None, None), ("cai", MEMBER, None, None)],
    ),
)  # fmt: skip


def load(session: Session, world: World) -> str:
    """Make the spaces, their seats, and the facilitation of one of them."""
    themes = {theme.code: theme for theme in session.scalars(select(Theme))}
    province = session.scalar(
        select(Territory).where(Territory.name.ilike("%namur%"), Territory.kind == "province")
    )
    level = session.scalar(select(Level).where(Level.code == "province"))
    for code, name, kind, codes, since, purpose, members in SPACES:
        facts = SpaceFacts(
            name=name,
            kind=kind,
            state=SpaceState.ACTIVE,
            purpose=purpose,
            level_id=level.id if level else None,
            territory_id=province.id if province else None,
            starts_on=date(since, 1, 1) if since else None,
            themes=[themes[theme] for theme in codes if theme in themes],
        )
        space = operations.create(session, facts, actor="démonstration", now=world.now)
        world.put("space", code, space)
        for organisation, role, start, end in members:
            row = operations.add_member(
                session, space, world.get("organisation", organisation), role,
                starts_on=date(start, 1, 1) if start else None, actor="démonstration", now=world.now,
            )  # fmt: skip
            if end:
                row.ends_on = date(end, 12, 31)
    operations.add_facilitator(
        session, world.get("space", "racisme"), world.get("user", "representative"),
        actor="démonstration", now=world.now,
    )  # fmt: skip
    session.flush()
    return f"{len(SPACES)} espaces de concertation"
