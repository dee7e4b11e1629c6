"""What became of the actions since the meetings: who took them up, why days moved, what they carry further.

Who answers, the days and the reasons are invented; the recommendations are those of the demonstration.
"""

from datetime import date, timedelta
from itertools import cycle

from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.actors.models.mandates import Mandate, Person
from hub.core import clock
from hub.demo.world import World
from hub.recommendations.models.recommendations import Recommendation
from hub.recommendations.operations import actions as ties
from hub.spaces.models.actions import OPEN, Action, ActionState
from hub.spaces.operations import actions
from hub.spaces.operations.actions import ActionFacts, Who
from hub.spaces.queries.reminders import Voices, answering, voices_on

ACTOR = "démonstration"
REASONS = (
    "La personne qui suit ce dossier au service est absente jusqu’au mois prochain.",
    "Nous attendons la réponse de la commune.",
    "Le financement n’est pas encore confirmé.",
)
# What actions of meetings ask for in the end: words of the action, words of the recommendation.
CARRIED = (
    ("Rédiger la demande pour le mémorandum", "Recourir à l’interprétariat social"),
    ("Proposer trois lieux pour le bus", "aide médicale urgente"),
    ("Écrire aux partis", "parcours d’accueil"),
)
LEFT = "Ancien·ne délégué·e"


def load(session: Session, world: World) -> str:
    """Give half of the open actions somebody, move some days, leave some to be entrusted, tie some."""
    today = clock.today(world.now)
    voices = voices_on(session, today)
    rows = session.scalars(select(Action).where(Action.state.in_(OPEN)).order_by(Action.id)).all()
    for row in rows[::2]:
        row.person_id = next(iter(answering(row, voices)), None)
    _move_days(session, [row for row in rows if row.due_on and row.due_on > today][1::3], voices, world)
    _leave_to_entrust(session, rows[1], world)
    tied = _tie(session, world)
    session.flush()
    return f"{len(rows)} actions encore ouvertes, {tied} rattachées à des recommandations"


def _move_days(session: Session, rows: list[Action], voices: Voices, world: World) -> None:
    reasons = cycle(REASONS)
    for number, row in enumerate(rows):
        speaker = next(iter(answering(row, voices)), None)
        who = Who("lien personnel", session.get(Person, speaker)) if speaker else Who(ACTOR)
        for times in range(1 + number % 3):
            day = (row.due_on or clock.today(world.now)) + timedelta(days=10)
            moment = world.now - timedelta(days=40 - 12 * times)
            actions.postpone(session, row, day, next(reasons), who=who, now=moment)
        if row.state is ActionState.TO_DO:
            actions.start(session, row, who=who, now=world.now - timedelta(days=2))


def _leave_to_entrust(session: Session, row: Action, world: World) -> None:
    """Let one be nobody's, and one that of somebody whose mandate is over."""
    today = clock.today(world.now)
    facts = ActionFacts("Trouver une salle pour la rencontre de printemps", due_on=today + timedelta(days=21))
    actions.add(session, row.space, facts, actor=ACTOR, now=world.now - timedelta(days=6))
    person = Person(name=LEFT, created_at=world.now)
    session.add(person)
    session.flush()
    session.add(
        Mandate(
            person_id=person.id, organisation_id=row.organisation_id, starts_on=date(2022, 1, 1),
            ends_on=today - timedelta(days=30), created_at=world.now,
        )
    )  # fmt: skip
    row.person_id = person.id


def _tie(session: Session, world: World) -> int:
    count = 0
    for words, asked in CARRIED:
        action = session.scalar(select(Action).where(Action.title.contains(words)).limit(1))
        wanted = select(Recommendation).where(Recommendation.title.contains(asked)).limit(1)
        recommendation = session.scalar(wanted)
        if action is not None and recommendation is not None:
            ties.attach(session, recommendation, action, actor=ACTOR, now=world.now)
            count += 1
    return count
