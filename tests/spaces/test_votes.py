"""What the voices give, for any number of voices."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.spaces.models.decisions import Method, Stance
from hub.spaces.models.spaces import VoteRule
from hub.spaces.values.votes import Outcome, Tally, counted, outcome

COUNT = st.integers(0, 40)
TALLIES = st.builds(Tally, COUNT, COUNT, COUNT, COUNT)


@pytest.mark.parametrize(
    ("rule", "voices", "expected"),
    [
        (VoteRule.SIMPLE, Tally(3, 0, 2, 5), Outcome.TAKEN),
        (VoteRule.SIMPLE, Tally(1, 1, 2, 0), Outcome.TIED),
        (VoteRule.SIMPLE, Tally(1, 0, 2, 9), Outcome.REJECTED),
        (VoteRule.TWO_THIRDS, Tally(4, 0, 2, 1), Outcome.TAKEN),
        (VoteRule.TWO_THIRDS, Tally(5, 0, 3, 0), Outcome.REJECTED),
        (VoteRule.TWO_THIRDS, Tally(3, 0, 3, 0), Outcome.TIED),
        (VoteRule.CONSENT, Tally(9, 0, 1, 0), Outcome.REJECTED),
        (VoteRule.CONSENT, Tally(1, 0, 0, 9), Outcome.TAKEN),
        (VoteRule.SIMPLE, Tally(0, 0, 0, 4), Outcome.NOBODY),
        (VoteRule.CONSENT, Tally(0, 0, 0, 4), Outcome.NOBODY),
        (VoteRule.SIMPLE, Tally(), Outcome.UNCOUNTED),
    ],
)
def test_a_vote_by_its_rule(rule: VoteRule, voices: Tally, expected: Outcome) -> None:
    assert outcome(Method.VOTE, rule, voices) is expected


@given(TALLIES, st.sampled_from(VoteRule))
def test_a_stricter_rule_never_takes_what_a_looser_one_refuses(voices: Tally, rule: VoteRule) -> None:
    taken = {one: outcome(Method.VOTE, one, voices) is Outcome.TAKEN for one in VoteRule}
    assert taken[VoteRule.CONSENT] <= taken[VoteRule.TWO_THIRDS] <= taken[VoteRule.SIMPLE]
    if voices.in_favour == voices.against:
        assert not taken[rule]


@given(TALLIES, st.sampled_from(VoteRule), COUNT)
def test_abstentions_change_nothing_among_voices_expressed(voices: Tally, rule: VoteRule, more: int) -> None:
    others = Tally(voices.for_, voices.reservation, voices.against, voices.abstention + more)
    if voices.in_favour + voices.against:
        assert outcome(Method.VOTE, rule, voices) is outcome(Method.VOTE, rule, others)


@given(TALLIES, st.sampled_from(VoteRule))
def test_an_objection_blocks_a_consent_and_nothing_else_does(voices: Tally, rule: VoteRule) -> None:
    assert (outcome(Method.CONSENT, rule, voices) is Outcome.BLOCKED) == bool(voices.against)
    assert outcome(Method.CONSENSUS, rule, voices) is Outcome.TAKEN


@given(st.lists(st.sampled_from(Stance)))
def test_each_stance_is_one_voice(stances: list[Stance]) -> None:
    assert counted(stances).total == len(stances)
