"""Whatever is noted, corrected, withdrawn and made one: an organisation has one voice, counted once."""

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)
from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.actors.models.merging import Merger
from hub.actors.models.organisations import Organisation
from hub.actors.operations import merging
from hub.core.errors import DomainError
from hub.spaces.models.decisions import Decision, Method, Position, Stance
from hub.spaces.models.meetings import Presence
from hub.spaces.models.spaces import MembershipRole, VoteRule
from hub.spaces.operations import decisions, positions
from hub.spaces.operations.decisions import DecisionFacts
from hub.spaces.operations.positions import Said
from hub.spaces.queries import decisions as queries
from hub.spaces.values import votes
from tests import factories
from tests.conftest import SITE, Installation, both_databases
from tests.factories import NOW
from tests.spaces.deciding import decide, sit, table

WHO = st.integers(0, 5)
STANCES = st.sampled_from(Stance)
WHICH = st.integers(0, 2)


class Voices(RuleBasedStateMachine):
    """A table of six, three decisions, and a register of actors in which doubles are found."""

    installation: Installation

    def __init__(self) -> None:
        super().__init__()
        self.session = Session(self.installation.engine, info={"site": SITE})
        scene = table(self.session, 3)
        sit(self.session, scene, presence=Presence.REPRESENTED, represented_by=scene.organisations[0])
        sit(self.session, scene, presence=Presence.EXCUSED)
        sit(self.session, scene, MembershipRole.OBSERVER, presence=Presence.PRESENT)
        self.organisations = [row.id for row in scene.organisations]
        self.decisions = []
        for method, vote_rule in (
            (Method.VOTE, VoteRule.SIMPLE), (Method.VOTE, VoteRule.TWO_THIRDS),
            (Method.CONSENT, VoteRule.CONSENT),
        ):  # fmt: skip
            scene.space.vote_rule = vote_rule
            row = decide(self.session, scene, method)
            self.decisions.append(row.id)
        self.by = factories.coordinator(self.session).id
        self.mergers: list[int] = []
        self.known: set[int] = set()

    def teardown(self) -> None:
        self.session.rollback()
        self.session.close()

    def decision(self, which: int) -> Decision:
        return self.session.get_one(Decision, self.decisions[which])

    @rule(who=WHO, which=WHICH, stance=STANCES, reason=st.sampled_from(["", "Parce que.", "Autre motif."]))
    def noted(self, who: int, which: int, stance: Stance, reason: str) -> None:
        before = self.standing()
        try:
            said = {self.organisations[who]: Said(stance, reason)}
            positions.note(self.session, self.decision(which), said, actor="essai", now=NOW)
        except DomainError:
            assert self.standing() == before

    @rule(who=WHO, which=WHICH, stance=STANCES)
    def said_by_itself(self, who: int, which: int, stance: Stance) -> None:
        organisation = self.session.get_one(Organisation, self.organisations[who])
        before = self.standing()
        try:
            said = Said(stance, "Dit après.")
            positions.say(self.session, self.decision(which), organisation, said, actor="essai", now=NOW)
        except DomainError:
            assert self.standing() == before

    @rule(who=WHO, which=WHICH)
    def taken_back(self, who: int, which: int) -> None:
        said = {self.organisations[who]: None}
        positions.note(self.session, self.decision(which), said, actor="essai", now=NOW)

    @rule(which=WHICH, method=st.sampled_from(Method))
    def decided_otherwise(self, which: int, method: Method) -> None:
        decision = self.decision(which)
        facts = DecisionFacts(decision.text, method)
        try:
            decisions.change(self.session, decision, None, facts, actor="essai", now=NOW)
        except DomainError:
            assert decision.method is not method

    @rule(one=WHO, other=WHO)
    def made_one(self, one: int, other: int) -> None:
        kept, merged = (self.session.get_one(Organisation, self.organisations[n]) for n in (one, other))
        by = self.session.get_one(factories.User, self.by)
        try:
            done = merging.merge(self.session, kept, merged, take=(), reason="Double.", actor=by, now=NOW)
        except DomainError:
            return
        self.mergers.append(done.id)

    @precondition(lambda self: self.mergers)
    @rule()
    def taken_apart(self) -> None:
        merger = self.session.get_one(Merger, self.mergers.pop())
        merging.undo(self.session, merger, actor=self.session.get_one(factories.User, self.by), now=NOW)

    def standing(self) -> list[tuple[int, int, str, str]]:
        rows = self.session.scalars(select(Position).where(Position.ended_at.is_(None)).order_by(Position.id))
        return [(row.decision_id, row.organisation_id, row.stance, row.reason) for row in rows]

    @invariant()
    def one_voice_each_and_the_count_is_the_rows(self) -> None:
        self.session.expire_all()
        for which in range(len(self.decisions)):
            decision = self.decision(which)
            rows = self.session.scalars(select(Position).where(Position.decision_id == decision.id)).all()
            voices = [row for row in rows if row.counts]
            speakers = [(row.organisation.successor or row.organisation).id for row in voices]
            assert len(speakers) == len(set(speakers))
            counted = self.session.execute(queries.voices([decision.id])).all()
            assert (
                sum(count for _, _, count in counted) == len(voices) == votes.tally(decision.positions).total
            )

    @invariant()
    def the_database_and_the_page_agree_on_what_came_of_it(self) -> None:
        taken = set(self.session.scalars(select(Decision.id).where(queries.taken())))
        for which in range(len(self.decisions)):
            decision = self.decision(which)
            assert (decisions.outcome(decision) is votes.Outcome.TAKEN) == (decision.id in taken)

    @invariant()
    def what_was_said_is_never_lost(self) -> None:
        rows = set(self.session.scalars(select(Position.id)))
        assert self.known <= rows
        self.known = rows


@both_databases
def test_an_organisation_never_has_two_voices(installation: Installation, database: str) -> None:
    Voices.installation = installation
    run_state_machine_as_test(  # type: ignore[no-untyped-call]
        Voices,
        settings=settings(
            max_examples=20 if database == "sqlite" else 6,
            stateful_step_count=20,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
