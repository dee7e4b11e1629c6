"""Random histories: organisations say where they stand, sign and withdraw while texts are joined and parted.

`test_derivations.Histories` holds that addresses, sources and voices stay; here voices come by the operations
that people use, texts change, and what was merged leads on.
"""

from collections import Counter
from dataclasses import replace
from datetime import timedelta

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import invariant, rule, run_state_machine_as_test
from sqlalchemy import select

from hub.core import clock
from hub.core.errors import DomainError
from hub.recommendations.models.carrying import Endorsement, RecommendationPosition, Support, VoiceChannel
from hub.recommendations.models.lineage import Derivation
from hub.recommendations.models.recommendations import Recommendation, RecommendationState
from hub.recommendations.models.versions import RecommendationVersion, Weight
from hub.recommendations.operations import consultations, endorsements, positions, recommendations
from hub.recommendations.operations.endorsements import Signature
from hub.recommendations.operations.positions import Said
from hub.recommendations.operations.recommendations import as_it_stands
from hub.recommendations.queries import lineage
from hub.recommendations.queries.reach import HANDED_ON
from tests.conftest import Installation, both_databases
from tests.recommendations import calls
from tests.recommendations.test_derivations import SECOND, Histories


class Carried(Histories):
    """Two organisations carry what the coordination joins, parts and rewrites."""

    def __init__(self) -> None:
        super().__init__()
        self.call = calls.call(self.session, now=self.now)
        self.invited = [calls.invitation(self.session, self.call, now=self.now) for _ in range(2)]
        today = clock.today(self.now)
        consultations.set_period(
            self.session, self.call, today, today + timedelta(days=9), actor="essai", now=self.now
        )

    def consulted(self, data: st.DataObject) -> Recommendation:
        """Pick one, and see that the organisations are consulted on it unless it is set aside."""
        row = self.pick(data)
        self.now += SECOND
        try:
            consultations.add(self.session, self.call, [row], actor="essai", now=self.now)
        except DomainError:
            assert row.state in {RecommendationState.MERGED, RecommendationState.DROPPED}
        return row

    @rule(data=st.data(), support=st.sampled_from(Support), who=st.integers(0, 1))
    def says(self, data: st.DataObject, support: Support, who: int) -> None:
        row = self.consulted(data)
        invited = self.invited[who]
        seen = self.session.scalar(
            select(RecommendationPosition.id).where(
                RecommendationPosition.recommendation_id == row.id,
                RecommendationPosition.organisation_id == invited.organisation_id,
                RecommendationPosition.ended_at.is_(None),
                RecommendationPosition.version == row.version,
            )
        )
        said = Said(row.id, support, "Si les moyens suivent.", row.version, seen or 0)
        try:
            positions.say(
                self.session, invited, [said], channel=VoiceChannel.LINK, actor="lien", now=self.now
            )
        except DomainError:
            self.session.expire_all()
        self.voices = self.told_voices()

    @rule(data=st.data(), who=st.integers(0, 1))
    def signs(self, data: st.DataObject, who: int) -> None:
        row = self.consulted(data)
        given = Signature("Assemblée générale", clock.today(self.now), "Personne d’essai")
        try:
            endorsements.sign(
                self.session, self.invited[who], {row.id: row.version}, given, channel=VoiceChannel.LINK,
                actor="lien", now=self.now,
            )  # fmt: skip
        except DomainError:
            self.session.expire_all()
        self.voices = self.told_voices()

    @rule(data=st.data())
    def withdraws(self, data: st.DataObject) -> None:
        given = self.session.scalars(select(Endorsement).order_by(Endorsement.id)).all()
        if given:
            self.now += SECOND
            endorsements.withdraw(
                self.session, data.draw(st.sampled_from(given)), reason="", actor="lien", now=self.now
            )

    @rule(data=st.data(), weight=st.sampled_from(Weight))
    def rewrites(self, data: st.DataObject, weight: Weight) -> None:
        row = self.pick(data)
        self.now += SECOND
        said = replace(as_it_stands(row), text=f"{row.text} Et {self.now:%H:%M:%S}.")
        try:
            recommendations.edit(self.session, row, said, weight=weight, actor="essai", now=self.now)
        except DomainError:
            self.session.expire_all()

    @invariant()
    def a_signature_stands_as_long_as_nothing_else_is_asked(self) -> None:
        self.session.flush()
        asked: dict[int, list[int]] = {}
        for version in self.session.scalars(
            select(RecommendationVersion).where(RecommendationVersion.weight == Weight.SUBSTANTIVE)
        ):
            asked.setdefault(version.recommendation_id, []).append(version.number)
        self.session.expire_all()
        for given in self.session.scalars(select(Endorsement).where(Endorsement.withdrawn_at.is_(None))):
            changed = any(number > given.version for number in asked.get(given.recommendation_id, []))
            assert (given.lapsed_at is not None) == changed

    @invariant()
    def one_voice_for_an_organisation_and_version(self) -> None:
        standing = self.session.scalars(
            select(RecommendationPosition).where(RecommendationPosition.ended_at.is_(None))
        )
        voices = Counter((row.recommendation_id, row.version, row.organisation_id) for row in standing)
        assert all(count == 1 for count in voices.values())

    @invariant()
    def what_was_merged_leads_on(self) -> None:
        """Compare with a walk that knows nothing of the queries."""
        children: dict[int, set[int]] = {}
        for tie in self.session.scalars(select(Derivation).where(Derivation.undone_at.is_(None))):
            if tie.kind in HANDED_ON:
                children.setdefault(tie.parent_id, set()).add(tie.child_id)

        def below(number: int) -> set[int]:
            return {each for child in children.get(number, set()) for each in {child} | below(child)}

        for row in self.session.scalars(select(Recommendation)):
            found = {heir.id for heir in self.session.scalars(lineage.heirs([row.id]))}
            assert found == below(row.id)
            assert found or row.state != RecommendationState.MERGED


@both_databases
def test_random_histories_of_what_is_carried(installation: Installation, database: str) -> None:
    Carried.installation = installation
    run_state_machine_as_test(
        Carried,
        settings=settings(
            max_examples=10 if database == "sqlite" else 3,
            stateful_step_count=15,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
