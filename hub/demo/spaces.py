"""Spaces of concertation of the demonstration, with the members that the public sources name."""

from datetime import date, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.actors.models.reference import Level, Territory, Theme
from hub.demo.world import World
from hub.spaces.models.spaces import MembershipRole, SpaceKind, SpaceState
from hub.spaces.operations import spaces as operations
from hub.spaces.operations.spaces import SpaceFacts

PILOT, MEMBER, OBSERVER = MembershipRole.PILOT, MembershipRole.MEMBER, MembershipRole.OBSERVER
PROVINCE, WALLONIA = "90000", "03000"
AGE = timedelta(days=800)
LEVELS = {PROVINCE: "province", WALLONIA: "region_wallonne"}
EXAMPLE = " Composition et réunions d’exemple."
# code, name, kind, state, theme codes, territory, since, purpose, members
SPACES = (
    (
        "ppli", "Pilotage du Plan provincial et local d’intégration", SpaceKind.STEERING, SpaceState.ACTIVE,
        ["integration"], PROVINCE, 2016,
        "Répond de la méthode et du suivi des axes du plan.",
        # The Province and the CLPS have left the steering before 2025 (see relations.csv); CAI is alone now.
        # That they went on as members is an example.
        [("cai", PILOT, 2016, None), ("province", PILOT, 2016, 2023), ("clps", PILOT, 2016, 2023),
         ("province", MEMBER, 2024, None), ("clps", MEMBER, 2024, None),
         ("ville_namur", MEMBER, 2017, None), ("discri", OBSERVER, 2020, None)],
    ),
    (
        "racisme", "Plateforme de lutte contre le racisme de la province de Namur", SpaceKind.PLATFORM,
        SpaceState.ACTIVE, ["anti_racism", "anti_discrimination"], PROVINCE, 2016,
        "Réunit depuis 2016 des associations et des services publics qui agissent contre le racisme.",
        [("cai", PILOT, 2016, None), ("province", MEMBER, 2016, None), ("ville_namur", MEMBER, 2016, None),
         ("unia", MEMBER, 2016, None), ("ccn", MEMBER, 2016, None)],
    ),
    (
        "transit", "Coordination wallonne en soutien aux migrants en transit", SpaceKind.PLATFORM,
        SpaceState.ACTIVE, ["transit_migration"], WALLONIA, 2018,
        "Relie associations et collectifs citoyens : soutenir, informer, interpeller, sensibiliser.",
        [("cai", MEMBER, 2018, None), ("crilux", MEMBER, 2018, None), ("pac", MEMBER, 2018, None),
         ("discri", PILOT, 2018, None), ("s13", MEMBER, 2018, None), ("lb_hosp", MEMBER, 2018, None),
         ("gbx_hosp", MEMBER, 2018, None), ("rochefort_col", MEMBER, 2018, None)],
    ),
    (
        "lentrain", "Coordination locale de Sambreville", SpaceKind.LOCAL_COORDINATION, SpaceState.ACTIVE,
        ["jobs"], "92137", 2009,
        "Commune, CPAS et associations cogèrent la cellule d’insertion sociale L’EnTrain.",
        [("sambreville", PILOT, 2009, None), ("cpas_sambreville", MEMBER, 2009, None),
         ("gabs", MEMBER, 2009, None), ("pcq", MEMBER, 2015, None), ("cai", MEMBER, 2009, 2014)],
    ),
    (
        "forem", "Plateformes de partenariat du Forem", SpaceKind.EXTERNAL, SpaceState.ACTIVE, ["jobs"],
        PROVINCE, None,
        "Espace du Forem où le réseau apporte son expertise.",
        [("forem", PILOT, None, None), ("cai", MEMBER, None, None)],
    ),
    (
        "pli_namur", "Coordination locale de Namur", SpaceKind.LOCAL_COORDINATION, SpaceState.ACTIVE,
        ["integration", "social_cohesion"], "92094", 2008,
        "Suit le plan local d’intégration de Namur avec la Ville, le CPAS et les associations." + EXAMPLE,
        [("ville_namur", PILOT, 2008, None), ("cai", PILOT, 2008, None), ("cpas_namur", MEMBER, 2008, None),
         ("salam", MEMBER, 2012, None), ("resto", MEMBER, 2015, None), ("mirena", MEMBER, 2012, None),
         ("carrefour", MEMBER, 2010, None), ("alpha5000", MEMBER, 2014, None),
         ("cssn", MEMBER, 2014, 2024)],
    ),
    (
        "pli_gembloux", "Coordination locale de Gembloux", SpaceKind.LOCAL_COORDINATION, SpaceState.ACTIVE,
        ["integration", "housing"], "92142", 2010,
        "Relie la commune et les citoyennes et citoyens qui accueillent." + EXAMPLE,
        [("com_gembloux", PILOT, 2010, None), ("gbx_hosp", MEMBER, 2018, None), ("cai", MEMBER, 2010, None)],
    ),
    (
        "pli_dinant", "Coordination locale de Dinant", SpaceKind.LOCAL_COORDINATION, SpaceState.DORMANT,
        ["integration"], "91034", 2010,
        "En sommeil : peu de monde autour de la table." + EXAMPLE,
        [("com_dinant", PILOT, 2010, None), ("cai", MEMBER, 2010, None)],
    ),
    (
        "logement", "Groupe de travail Logement", SpaceKind.WORKING_GROUP, SpaceState.ACTIVE,
        ["housing", "anti_discrimination", "right_housing"], PROVINCE, 2017,
        "Cherche des solutions pour l’accès à un logement décent." + EXAMPLE,
        [("rsun", PILOT, 2017, None), ("cpas_namur", MEMBER, 2017, None), ("unia", MEMBER, 2018, None),
         ("cssn", MEMBER, 2017, None), ("cr_jambes", MEMBER, 2019, None), ("svp", MEMBER, 2017, None),
         ("cai", MEMBER, 2017, None), ("com_andenne", OBSERVER, 2021, None)],
    ),
    (
        "sante", "Groupe de travail Santé", SpaceKind.WORKING_GROUP, SpaceState.ACTIVE,
        ["health", "right_health"], PROVINCE, 2017,
        "Santé, santé mentale et assuétudes : comprendre, orienter, être soigné·e." + EXAMPLE,
        [("clps", PILOT, 2017, None), ("ulysse", MEMBER, 2018, None), ("medimmigrant", MEMBER, 2019, None),
         ("fares", MEMBER, 2017, None), ("solidaris", MEMBER, 2020, None), ("chr_namur", MEMBER, 2017, None),
         ("gams", MEMBER, 2018, None), ("fed_florennes", OBSERVER, 2019, None)],
    ),
    (
        "emploi", "Groupe de travail Formation et emploi", SpaceKind.WORKING_GROUP, SpaceState.ACTIVE,
        ["jobs", "training", "education", "right_work", "right_education"], PROVINCE, 2017,
        "Équivalence des diplômes, validation des compétences, cours de français, emploi." + EXAMPLE,
        [("mirena", PILOT, 2017, None), ("forem", MEMBER, 2017, None), ("lee_namur", MEMBER, 2017, None),
         ("alpha5000", MEMBER, 2017, None), ("afesdi", MEMBER, 2019, None), ("gabs", MEMBER, 2018, None),
         ("cai", MEMBER, 2017, None), ("cribw", OBSERVER, 2022, None)],
    ),
    (
        "droits", "Groupe de travail Accès aux droits", SpaceKind.WORKING_GROUP, SpaceState.ACTIVE,
        ["legal", "digital", "right_information", "right_civil_status"], PROVINCE, 2018,
        "L’accès aux droits fondamentaux est le fil conducteur du plan." + EXAMPLE,
        [("cai", PILOT, 2018, None), ("ldh", MEMBER, 2018, None), ("cssn", MEMBER, 2018, None),
         ("cire", MEMBER, 2020, None), ("vivreensemble", MEMBER, 2019, None)],
    ),
    (
        "associations", "Plateforme des associations issues de l’immigration", SpaceKind.PLATFORM,
        SpaceState.ACTIVE, ["associations", "funding"], PROVINCE, 2022,
        "Suite de l’enquête de 2022 auprès de 23 associations : se former, se connaître, se financer."
        + EXAMPLE,
        [("cai", PILOT, 2022, None), ("subsaharienne", MEMBER, 2022, None), ("boboto", MEMBER, 2022, None),
         ("afesdi", MEMBER, 2022, None), ("carrefour", MEMBER, 2022, None), ("salam", MEMBER, 2022, None),
         ("terrerouge", MEMBER, 2023, None), ("osource", MEMBER, 2023, None),
         ("caravane", MEMBER, 2022, None), ("irfam", OBSERVER, 2022, None)],
    ),
    (
        "pleniere", "Assemblée plénière du plan", SpaceKind.PLENARY_ASSEMBLY, SpaceState.ACTIVE,
        ["integration", "interculturality"], PROVINCE, 2017,
        "Une fois par an : l’état des actions faites et les perspectives." + EXAMPLE,
        [("cai", PILOT, 2017, None), ("province", MEMBER, 2017, None), ("clps", MEMBER, 2017, None),
         ("ville_namur", MEMBER, 2017, None), ("sambreville", MEMBER, 2017, None),
         ("com_gembloux", MEMBER, 2017, None), ("com_florennes", MEMBER, 2017, None),
         ("gabs", MEMBER, 2017, None), ("mirena", MEMBER, 2017, None), ("pac", MEMBER, 2018, None),
         ("unia", MEMBER, 2018, None), ("lee_namur", MEMBER, 2017, None), ("rsun", MEMBER, 2017, None),
         ("interra", MEMBER, 2023, None), ("singa", OBSERVER, 2023, None),
         ("spw_ias", OBSERVER, 2017, None)],
    ),
    (
        "cadastre", "Chantier Cadastre des associations", SpaceKind.WORKSTREAM, SpaceState.CLOSED,
        ["associations", "data"], PROVINCE, 2024,
        "Mettre à jour le cadastre des associations et le leur rendre." + EXAMPLE,
        [("cai", PILOT, 2024, None), ("irfam", MEMBER, 2024, None), ("uliege", MEMBER, 2024, None),
         ("carrefour", MEMBER, 2024, None)],
    ),
)  # fmt: skip


def load(session: Session, world: World) -> str:
    """Make the spaces, their seats, and the facilitation of one of them."""
    then = world.now - AGE
    themes = {theme.code: theme for theme in session.scalars(select(Theme))}
    levels = {level.code: level.id for level in session.scalars(select(Level))}
    territories = {row.code: row.id for row in session.scalars(select(Territory))}
    for code, name, kind, state, codes, where, since, purpose, members in SPACES:
        facts = SpaceFacts(
            name=name,
            kind=kind,
            state=state,
            purpose=purpose,
            level_id=levels[LEVELS.get(where, "commune")],
            territory_id=territories[where],
            starts_on=date(since, 1, 1) if since else None,
            themes=[themes[theme] for theme in codes if theme in themes],
        )
        space = operations.create(session, facts, actor="démonstration", now=then)
        world.put("space", code, space)
        for organisation, role, start, end in members:
            row = operations.add_member(
                session, space, world.get("organisation", organisation), role,
                starts_on=date(start, 1, 1) if start else None, actor="démonstration", now=then,
            )  # fmt: skip
            if end:
                row.ends_on = date(end, 12, 31)
    operations.add_facilitator(
        session, world.get("space", "racisme"), world.get("user", "representative"),
        actor="démonstration", now=then,
    )  # fmt: skip
    session.flush()
    return f"{len(SPACES)} espaces de concertation"
