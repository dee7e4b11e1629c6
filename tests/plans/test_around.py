"""What stands around the axes: votes, diagnosis, indicators, money, evaluations, grids; and plain values."""

from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from hub.actors.models.reference import TerritoryKind
from hub.actors.models.relations import Precision
from hub.core.errors import DomainError
from hub.plans.models.diagnosis import FindingKind, Scope
from hub.plans.models.frames import Frame, FrameEntry
from hub.plans.models.indicators import IndicatorValue
from hub.plans.models.plans import Body, BudgetLine, Evaluation, Plan, PlanKind, PlanState
from hub.plans.operations import axes, diagnosis, frames, indicators, plans, revisions
from hub.plans.operations.diagnosis import FindingFacts
from hub.plans.operations.indicators import IndicatorFacts, ValueFacts
from hub.plans.operations.plans import AdoptionFacts, BudgetFacts, EvaluationFacts, PlanFacts
from hub.plans.queries import diagnosis as queries
from hub.plans.queries import plans as plan_queries
from hub.plans.values import money
from hub.plans.values.pictures import Scale, bar, curve, scale_of, shares
from tests import factories
from tests.conftest import both_databases
from tests.plans import drafting
from tests.plans.drafting import BY, NOW, START, TODAY

TOMORROW = TODAY + timedelta(days=1)


@both_databases
def test_a_plan_says_which_other_kind_it_is_and_follows_no_follower(session: Session) -> None:
    wrong: tuple[tuple[dict[str, Any], str], ...] = (
        ({"title": " "}, "titre"), ({"kind": PlanKind.OTHER}, "quelle sorte"),
        ({"ends_on": START - timedelta(days=1)}, "fin ne peut pas"),
    )  # fmt: skip
    for values, message in wrong:
        with pytest.raises(DomainError, match=message):
            drafting.plan(session, **{"title": "Un plan", **values})
    first = drafting.plan(session)
    second = drafting.plan(session, follows_id=first.id)
    assert first.slug != second.slug
    with pytest.raises(DomainError, match="qui le suit"):
        plans.change(session, first, PlanFacts(PlanKind.PLI, "Un", follows_id=second.id), **BY)
    assert drafting.plan(session, "Croisements").slug != "croisements"


@both_databases
def test_a_plan_is_in_force_since_a_day_and_published_when_in_force(session: Session) -> None:
    plan = drafting.plan(session, starts_on=None)
    with pytest.raises(DomainError, match="premier jour"):
        plans.set_state(session, plan, PlanState.IN_FORCE, **BY)
    with pytest.raises(DomainError, match="en préparation"):
        plans.publish(session, plan, **BY)
    plans.change(session, plan, PlanFacts(PlanKind.PPLI, "Plan", starts_on=START), **BY)
    drafting.in_force(session, plan, published=True)
    with pytest.raises(DomainError, match="est publié"):
        plans.set_state(session, plan, PlanState.DRAFT, **BY)
    with pytest.raises(DomainError, match="a un début"):
        plans.change(session, plan, PlanFacts(PlanKind.PPLI, "Plan"), **BY)
    drafting.revise(session, plan, date(2021, 1, 1))
    with pytest.raises(DomainError, match="plus ancienne"):
        plans.change(session, plan, PlanFacts(PlanKind.PPLI, "Plan", starts_on=date(2022, 1, 1)), **BY)
    plans.withdraw(session, plan, **BY)
    assert plan.published_at is None


@both_databases
def test_a_vote_has_a_body_a_day_and_a_source_and_is_withdrawn_with_a_reason(session: Session) -> None:
    plan, place = drafting.plan(session), factories.commune(session)
    known: dict[str, Any] = {
        "body": Body.COMMUNAL_COUNCIL, "decided_on": date(2014, 11, 13), "source": "Procès-verbal",
        "territory_id": place.id,
    }  # fmt: skip
    for values, field in (
        ({"decided_on": None}, "decided_on"), ({"decided_on": TOMORROW}, "decided_on"),
        ({"territory_id": None}, "territory_id"), ({"source": " "}, "source"),
    ):  # fmt: skip
        with pytest.raises(DomainError) as refused:
            plans.add_adoption(session, plan, AdoptionFacts(**{**known, **values}), **BY)
        assert refused.value.field == field
    row = plans.add_adoption(session, plan, AdoptionFacts(**known), **BY)
    year = AdoptionFacts(
        **{**known, "decided_on": TODAY.replace(month=12, day=31), "precision": Precision.YEAR}
    )
    plans.add_adoption(session, plan, year, **BY)
    with pytest.raises(DomainError, match="pourquoi"):
        plans.withdraw_adoption(session, row, "", **BY)
    plans.withdraw_adoption(session, row, "Noté deux fois", **BY)
    assert len(session.scalars(plan_queries.adoptions(plan)).all()) == 2


@both_databases
def test_a_province_covers_its_communes_and_a_commune_itself(session: Session) -> None:
    province = factories.add(
        session, factories.Territory(kind=TerritoryKind.PROVINCE, code="90000", name="Province")
    )
    namur, other = factories.commune(session), factories.commune(session, "91034", "Dinant")
    namur.parent = province
    session.flush()
    assert session.scalars(plan_queries.communes(drafting.plan(session, territories=[province]))).all() == [
        namur.name
    ]
    assert session.scalars(plan_queries.communes(drafting.plan(session, territories=[other]))).all() == [
        other.name
    ]


def finding(session: Session, plan: Plan, words: str = "Un besoin", **values: Any) -> Any:
    facts: dict[str, Any] = {
        "kind": FindingKind.NEED, "scope": Scope.LOCAL, "text": words, "source": "Diagnostic, page 3",
        "entered_on": START,
    }  # fmt: skip
    return diagnosis.save(session, plan, None, FindingFacts(**{**facts, **values}), **BY)


@both_databases
def test_findings_without_an_answer_come_back_when_the_answer_leaves_the_plan(session: Session) -> None:
    plan = drafting.plan(session)
    axis = drafting.axis(session, plan)
    action = drafting.action(session, axis)
    other = drafting.axis(session, plan, "Santé")
    by_axis = finding(session, plan, "Par l’axe", axis_ids=[other.id])
    by_action = finding(session, plan, "Par l’action", action_ids=[action.id], entered_on=date(2022, 3, 1))
    open_one = finding(session, plan, "Sans réponse")
    closed = finding(session, plan, "Close")
    diagnosis.close(session, closed, "Résolu", **BY)

    def without() -> list[str]:
        return [row.text for row in session.scalars(queries.findings(plan, unanswered=True))]

    assert without() == ["Sans réponse"]
    assert [row.text for row in session.scalars(queries.findings(plan, during=True))] == ["Par l’action"]
    drafting.in_force(session, plan)
    drafting.revise(session, plan)
    axes.end_axis(session, axis, **BY)
    assert without() == ["Par l’action", "Sans réponse"]
    diagnosis.reopen(session, closed, **BY)
    assert without() == ["Par l’action", "Sans réponse", "Close"]
    assert {row.number for row in (by_axis, by_action, open_one, closed)} == {1, 2, 3, 4}
    answers = {tuple(row) for row in session.execute(queries.answers(plan))}
    assert answers == {(by_axis.id, other.id, 0), (by_action.id, 0, action.id)}


@both_databases
def test_a_finding_has_words_a_source_and_answers_of_its_own_plan(session: Session) -> None:
    plan = drafting.plan(session)
    elsewhere = drafting.axis(session, drafting.plan(session, "Ailleurs"))
    for values, field in (
        ({"words": " "}, "text"), ({"source": ""}, "source"), ({"entered_on": TOMORROW}, "entered_on"),
        ({"axis_ids": [elsewhere.id]}, "axis_ids"),
    ):  # fmt: skip
        with pytest.raises(DomainError) as refused:
            finding(session, plan, **values)
        assert refused.value.field == field
    row = finding(session, plan)
    with pytest.raises(DomainError, match="pourquoi"):
        diagnosis.close(session, row, " ", **BY)


@both_databases
def test_a_value_is_told_once_a_day_and_corrected_beside(session: Session) -> None:
    plan = drafting.plan(session)
    row = indicators.save(session, plan, None, IndicatorFacts("Espaces actifs", "espaces"), **BY)
    value = indicators.add_value(session, row, ValueFacts(START, 15, "Rapport 2019"), **BY)
    with pytest.raises(DomainError, match="déjà une valeur"):
        indicators.add_value(session, row, ValueFacts(START, 16, "Rapport"), **BY)
    for facts, field in (
        (ValueFacts(TOMORROW, 1, "x"), "day"), (ValueFacts(TODAY, 1, " "), "source"),
        (ValueFacts(TODAY, float("nan"), "x"), "value"),
    ):  # fmt: skip
        with pytest.raises(DomainError) as refused:
            indicators.add_value(session, row, facts, **BY)
        assert refused.value.field == field
    with pytest.raises(DomainError, match="pourquoi"):
        indicators.correct_value(session, value, ValueFacts(TODAY, 14, "Relu"), "", **BY)
    new = indicators.correct_value(session, value, ValueFacts(TODAY, 14, "Relu"), "Compté deux fois", **BY)
    assert (new.day, new.value, value.value, value.corrected_reason) == (START, 14, 15, "Compté deux fois")
    with pytest.raises(DomainError, match="déjà été corrigée"):
        indicators.correct_value(session, value, ValueFacts(TODAY, 13, "x"), "y", **BY)
    with pytest.raises(IntegrityError):
        drafting.store(
            session, IndicatorValue(indicator_id=row.id, day=START, value=1, source="x", created_at=NOW)
        )
    assert session.scalar(select(func.count()).select_from(IndicatorValue)) == 2


@both_databases
def test_an_indicator_has_its_levels_with_their_days(session: Session) -> None:
    plan = drafting.plan(session)
    elsewhere = drafting.axis(session, drafting.plan(session, "Ailleurs"))
    for values, field in (
        ({"name": " "}, "name"), ({"target": 12.0}, "target_on"), ({"baseline_on": START}, "baseline"),
        ({"axis_id": elsewhere.id}, "axis_id"), ({"plan_action_id": 99}, "plan_action_id"),
    ):  # fmt: skip
        with pytest.raises(DomainError) as refused:
            indicators.save(session, plan, None, IndicatorFacts(**{"name": "Nom", **values}), **BY)
        assert refused.value.field == field


@both_databases
def test_money_is_exact_within_the_plan_and_withdrawn_with_a_reason(session: Session) -> None:
    plan = drafting.plan(session, ends_on=date(2025, 12, 31))
    big = 10**11 + 1
    row = plans.add_budget_line(session, plan, BudgetFacts(2020, big), **BY)
    session.expire_all()
    assert session.get_one(BudgetLine, row.id).cents == big
    for year in (2019, 2026):
        with pytest.raises(DomainError, match="hors de la période"):
            plans.add_budget_line(session, plan, BudgetFacts(year, 1), **BY)
    with pytest.raises(DomainError, match="pourquoi"):
        plans.withdraw_budget_line(session, row, "", **BY)
    with pytest.raises(IntegrityError):
        drafting.store(session, BudgetLine(plan_id=plan.id, year=2020, cents=-1, created_at=NOW))


@both_databases
def test_an_evaluation_is_published_in_three_parts(session: Session) -> None:
    plan = drafting.plan(session)
    facts = EvaluationFacts(TODAY, "Pilotage", actions="Faites", process="Ensemble")
    row = plans.save_evaluation(session, plan, None, facts, **BY)
    with pytest.raises(DomainError, match="trois parties"):
        plans.publish_evaluation(session, row, **BY)
    whole = EvaluationFacts(TODAY, "Pilotage", "Faites", "Ensemble", "Changé", "Continuer")
    plans.save_evaluation(session, plan, row, whole, **BY)
    plans.publish_evaluation(session, row, **BY)
    with pytest.raises(DomainError, match="trois parties"):
        plans.save_evaluation(session, plan, row, facts, **BY)
    assert session.scalars(plan_queries.evaluations(plan, drafts=False)).all() == [row]
    broken = Evaluation(
        plan_id=plan.id, made_on=TODAY, made_by="x", published_at=NOW, created_at=NOW, updated_at=NOW
    )
    with pytest.raises(IntegrityError):
        drafting.store(session, broken)


@both_databases
def test_grids_come_with_the_product_and_stay_as_people_made_them(session: Session) -> None:
    assert frames.load_reference(session, now=NOW) == 2
    assert frames.load_reference(session, now=NOW) == 0
    counts = {frame.code: len(frame.entries) for frame in session.scalars(queries.frames()).unique()}
    assert counts == {"pcs_2020": 7, "pcs_2008": 4}
    frame = session.scalars(select(Frame).where(Frame.code == "pcs_2020")).one()
    entry = frame.entries[0]
    drafting.axis(session, drafting.plan(session), entry_ids=[entry.id])
    with pytest.raises(DomainError, match="elle reste"):
        frames.delete_entry(session, entry, **BY)
    frames.rename_entry(session, entry, "Travail", **BY)
    added = frames.add_entry(session, frame, "Un huitième", **BY)
    frames.order_entries(session, frame, [added.id, *(row.id for row in frame.entries if row is not added)])
    session.expire_all()
    assert [row.label for row in frame.entries][:2] == ["Un huitième", "Travail"]
    frames.delete_entry(session, session.get_one(FrameEntry, added.id), **BY)
    assert len(frame.entries) == 7
    with pytest.raises(DomainError, match="a changé"):
        frames.order_entries(session, frame, [1])


# --- Plain values --------------------------------------------------------------------------------


@given(st.integers(0, money.MOST_CENTS))
def test_an_amount_is_read_back_as_it_is_shown(cents: int) -> None:
    assert money.parse(money.show(cents)) == cents


@pytest.mark.parametrize("written", ["", "douze", "-5", "1,234", "12 5", "1e3", "€", "99999999999999999"])
def test_what_is_no_amount_is_refused(written: str) -> None:
    with pytest.raises(DomainError, match="montant"):
        money.parse(written)


@pytest.mark.parametrize(
    ("written", "cents"), [("12 500", 1250000), ("1.250,50 €", 125050), ("12.5", 1250), ("0,05", 5)]
)
def test_amounts_are_read_as_people_write_them(written: str, cents: int) -> None:
    assert money.parse(written) == cents


DAYS = st.dates(date(1990, 1, 1), date(2060, 12, 31))


@given(st.lists(DAYS, min_size=1, max_size=8), st.none() | DAYS, st.none() | DAYS)
def test_bars_stay_within_the_picture(days: list[date], first: date | None, last: date | None) -> None:
    scale = scale_of(None, None, days)
    assert scale is not None
    assert 1 <= len(scale.years()) <= 10
    assert all(0 <= x <= 100 for _year, x in scale.years())
    if first and last and last < first:
        first, last = last, first
    shape = bar(scale, first, last)
    assert (shape is None) == (first is None and last is None)
    if shape:
        assert 0 <= shape.x <= 100
        assert shape.width > 0
        assert (shape.open_start, shape.open_end) == (first is None, last is None)


def test_a_bar_covers_its_days_both_included() -> None:
    scale = Scale(date(2021, 1, 1), date(2022, 12, 31))
    shape = bar(scale, date(2022, 1, 1), date(2022, 12, 31))
    assert shape is not None
    assert (shape.x, shape.width) == (50.0, 50.0)
    assert scale_of(None, None, []) is None


@given(st.lists(st.integers(0, 50), min_size=1, max_size=5))
def test_shares_fill_the_bar(counts: list[int]) -> None:
    parts = shares(counts)
    if sum(counts):
        assert abs(sum(width for _x, width in parts) - 100) < 0.01
    else:
        assert parts == []


LEVELS = st.floats(-1e9, 1e9)


@given(
    st.lists(st.tuples(DAYS, LEVELS), max_size=6, unique_by=lambda pair: pair[0]),
    st.none() | st.tuples(DAYS, LEVELS),
)
def test_a_curve_stays_within_its_picture(
    values: list[tuple[date, float]], target: tuple[date, float] | None
) -> None:
    made = curve(values, target=target)
    assert (made is None) == (not values and target is None)
    if made:
        points = made.points + ([made.target] if made.target else [])
        assert all(0 <= x <= 100 and -0.01 <= y <= 100.01 for x, y in points)
        assert [x for x, _y in made.points] == sorted(x for x, _y in made.points)


def test_revising_needs_no_revision_of_another_plan(session: Session) -> None:
    one, two = (drafting.in_force(session, drafting.plan(session, name)) for name in ("Un", "Deux"))
    revision = drafting.revise(session, one)
    with pytest.raises(DomainError, match="ouvrez"):
        drafting.axis(session, two)
    revisions.close_revision(session, revision, **BY)
