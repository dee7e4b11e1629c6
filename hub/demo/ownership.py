"""Records that belong to their organisations: agreements, a round half answered, a proposal, two rewrites.

The organisations are real, what they answer here is invented, as are their addresses (of a domain where
nobody receives mail); the words themselves say so where they could be taken for the organisation's own.
"""

from dataclasses import replace
from datetime import timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.actors.models.organisations import Organisation
from hub.actors.models.ownership import CheckRequest, CheckRound
from hub.actors.operations.organisations import facts_of, update
from hub.actors.operations.ownership import agreements, changes, checking, rounds
from hub.actors.queries import ownership as queries
from hub.actors.values import consent
from hub.actors.values.staleness import months_before
from hub.core import clock, mail
from hub.demo.world import World

ACTOR = "démonstration"
AGREED = "la direction (accord inventé pour la démonstration)"
ADDRESS_NOTE = "Adresse mail inventée pour la démonstration."
# Nobody has agreed to anything yet: readers see the register's own facts alone.
SILENT = ("fipi", "fse", "amif", "coe", "ulysse", "salam", "sireas", "s13", "belgrade_col", "bourse")
# Shown since before agreements were asked for.
BEFORE = ("crilux", "irfam", "cpcp")
ASKED = (
    "gabs", "pac", "carrefour", "mirena", "alpha5000", "cr_jambes", "rsun", "lee_namur", "afesdi", "boboto",
    "terrerouge", "gams", "caravane", "boiteimages", "vivreensemble", "crilux",
)  # fmt: skip
CONFIRMED = ("carrefour", "mirena", "rsun", "lee_namur", "boiteimages")
CORRECTED, UNDELIVERED = "alpha5000", "caravane"
ROUND_AGE, ANSWER_AGE = timedelta(days=20), timedelta(days=12)
OPEN_DAYS = timedelta(days=45)
WORDS = (
    "Vos fiches servent à orienter les personnes et à préparer les journées du réseau. Merci de prendre deux "
    "minutes pour relire la vôtre."
)


def load(session: Session, world: World) -> str:
    """Add the addresses, the agreements, the round and what organisations and coordinators changed."""
    for code in ASKED:
        _give_address(session, world, code)
    agreed = _agree(session, world)
    row = _round(session, world)
    _answers(session, world, row)
    _changes(session, world)
    session.flush()
    return f"{agreed} accords, une tournée de vérification, une proposition et deux modifications à relire."


def _actor(world: World, code: str) -> Organisation:
    found: Organisation = world.get("organisation", code)
    return found


def _give_address(session: Session, world: World, code: str) -> None:
    row = _actor(world, code)
    note = "\n".join(line for line in (row.note, ADDRESS_NOTE) if line)
    facts = replace(facts_of(row), email=f"{row.slug}@example.org", note=note)
    update(session, row, facts, actor=ACTOR, now=row.created_at)


def _agree(session: Session, world: World) -> int:
    """Let all but a few agree to show all their fields."""
    given = 0
    for code, row in world.rows["organisation"].items():
        if row.merged_into_id is not None or code in SILENT:
            continue
        if code in BEFORE:
            row.public_fields = [field for field in consent.FIELDS if consent.is_told(row, field)]
            continue
        agreements.agree(
            session, row, consent.FIELDS, agreement=AGREED, actor=world.get("user", "coordinator"),
            now=world.now - ROUND_AGE,
        )  # fmt: skip
        given += 1
    return given


def _round(session: Session, world: World) -> CheckRound:
    """Ask sixteen organisations whether their record is still right."""
    then, coordinator = world.now - ROUND_AGE, world.get("user", "coordinator")
    wanted = queries.Stale(before=months_before(clock.today(then), 12))
    row = rounds.prepare(
        session, [_actor(world, code) for code in ASKED], title="Vérification de l’automne (démonstration)",
        words=WORDS, last_day=clock.today(then) + OPEN_DAYS, filters=wanted.as_json(),
        actor=coordinator, now=then,
    )  # fmt: skip
    rounds.start(session, row, actor=coordinator, now=then)
    rounds.send_batch(session, row, now=then)
    return row


def _answers(session: Session, world: World, row: CheckRound) -> None:
    for code in CONFIRMED:
        checking.confirm(session, _actor(world, code), by=None, now=world.now - ANSWER_AGE)
    organisation = _actor(world, CORRECTED)
    wanted = replace(facts_of(organisation), scope="Namur et ses environs (exemple inventé)")
    changes.submit(
        session, organisation, wanted, seen=changes.marks(organisation), by=None,
        now=world.now - ANSWER_AGE, rest_is_right=True,
    )  # fmt: skip
    failed = _actor(world, UNDELIVERED)
    for one in session.scalars(queries.requests(row).where(CheckRequest.organisation_id == failed.id)):
        _fail(session, one)


def _fail(session: Session, one: CheckRequest) -> None:
    """Let a mail have come back."""
    message = session.scalars(
        select(mail.Message).where(
            mail.Message.subject_type == CheckRequest.__tablename__, mail.Message.subject_id == one.id
        )
    ).one()
    message.state, message.error = mail.MessageState.FAILED, "550 boîte inconnue (inventé)"


def _changes(session: Session, world: World) -> None:
    """A rewrite to look at and a proposal for the association of the demonstration; a rewrite contested."""
    coordinator, day = world.get("user", "coordinator"), timedelta(days=1)
    gabs, pac = _actor(world, "gabs"), _actor(world, "pac")
    changes.rewrite(
        session, gabs,
        replace(
            facts_of(gabs),
            description="Présente à Sambreville et à Jemeppe-sur-Sambre depuis une cinquantaine d’années.",
        ),
        actor=coordinator, now=world.now - 3 * day,
    )  # fmt: skip
    changes.submit(
        session, gabs, replace(facts_of(gabs), email="accueil.gabs@example.org"),
        seen=changes.marks(gabs), by=world.get("user", "representative"), now=world.now - day,
        remark="Notre adresse a changé (inventé pour la démonstration).",
    )  # fmt: skip
    shown = changes.rewrite(
        session, pac, replace(facts_of(pac), scope="ville de Namur (exemple inventé)"), actor=coordinator,
        now=world.now - 6 * day,
    )  # fmt: skip
    if shown is not None:
        changes.answer(
            session, shown, agrees=False, by=None, now=world.now - 4 * day,
            words="Nous travaillons dans toute la province (réponse inventée pour la démonstration).",
        )  # fmt: skip
