"""What hangs on a record: told, changed, ended, withdrawn, brought back; on both databases."""

from dataclasses import replace
from datetime import date, time, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import func, insert, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from hub.actors.models.organisations import FundingSource, LegalForm, Organisation, OrganisationFunding
from hub.actors.models.record import DropIn, DropInSlot, Figure, Mission, TeamRole, TerritoryLabel, Unit
from hub.actors.models.reference import OrganisationKind, Sector, Territory, TerritoryKind
from hub.actors.models.relations import Precision
from hub.actors.operations import organisations, reference
from hub.actors.operations.organisations import OrganisationFacts
from hub.actors.operations.record import rows
from hub.actors.operations.record.facts import (
    DropInFacts,
    FigureFacts,
    LabelFacts,
    MissionFacts,
    RowFacts,
    TeamRoleFacts,
    UnitFacts,
    facts_of,
)
from hub.actors.queries.record import of_organisation
from hub.actors.values import completeness, dates, recurrence
from hub.actors.values.recurrence import Slot
from hub.core import audit
from hub.core.errors import DomainError
from tests import factories
from tests.conftest import both_databases
from tests.factories import NOW

TODAY = date(2026, 3, 10)


def when(text: str, *, end: bool = False) -> dates.PartialDate | None:
    return dates.parse(text, end=end)


def add(session: Session, owner: Any, facts: RowFacts) -> Any:
    return rows.add(session, owner, facts, actor="essai", now=NOW)


def actions(session: Session, subject: Any) -> list[str]:
    return [entry.action for entry in session.scalars(audit.history(subject))]


def refused(session: Session, owner: Any, facts: RowFacts) -> str | None:
    with pytest.raises(DomainError) as found:
        add(session, owner, facts)
    assert session.scalar(select(func.count()).select_from(facts.model)) == 0
    return found.value.field


@pytest.fixture
def house(session: Session) -> Organisation:
    return factories.organisation(session, "Maison des langues")


# --- What is told is what is read --------------------------------------------------------------


@both_databases
def test_everything_told_is_read_back(session: Session) -> None:
    owner, theme, namur = (
        factories.organisation(session), factories.theme(session), factories.commune(session)
    )  # fmt: skip
    venue = factories.organisation(session)
    unit = UnitFacts(
        name="Antenne", kind="antenne", commune_id=namur.id, neighbourhood="Jambes", address="Rue 1",
        starts=when("2016"), ends=when("avril 2020", end=True), note="n", origin="o",
    )  # fmt: skip
    row = add(session, owner, unit)
    told: list[tuple[Any, RowFacts]] = [
        (owner, unit),
        (
            owner,
            DropInFacts(
                subject="Équivalence", theme_id=theme.id, unit_id=row.id, venue_id=venue.id,
                commune_id=namur.id, neighbourhood="Jambes", place="Local 2",
                slots=(Slot(1, time(9), time(12)), Slot(3, time(13, 30), None, 2)),
                rhythm="sauf congés", languages=("ar", "fr"), starts=when("2020"), note="n", origin="o",
            ),
        ),
        (
            owner,
            MissionFacts(
                label="PLI", early=when("2007"), legal_basis="décret", official=when("30 avril 2009"),
                ends=when("2020", end=True), note="n", origin="o",
            ),
        ),
        (
            owner,
            TeamRoleFacts(
                role="Accueil", headcount=3, as_of=when("2025"), source="rapport", starts=when("2020")
            ),
        ),
        (owner, FigureFacts(label="Aidées", value=12.5, as_of=when("2025"), source="RTBF", unit="%")),
        (namur, LabelFacts(label="Commune hospitalière", source="site", granted=when("2018"), note="n")),
        (namur, FigureFacts(label="Population", value=110_000, as_of=when("janvier 2020"), source="Statbel")),
    ]  # fmt: skip
    for thing, facts in told:
        made = row if facts is unit else add(session, thing, facts)
        session.expire_all()
        assert facts_of(made) == facts
        assert rows.owner_of(session, made) is thing


@both_databases
def test_a_quarter_is_added_once_to_its_commune(session: Session) -> None:
    owner, namur = factories.organisation(session), factories.commune(session)
    dinant = factories.commune(session, "91034", "Dinant")
    one = add(session, owner, UnitFacts(name="Un", commune_id=namur.id, neighbourhood="Saint-Servais"))
    same = add(session, owner, UnitFacts(name="Deux", commune_id=namur.id, neighbourhood="SAINT SERVAIS"))
    other = add(session, owner, UnitFacts(name="Trois", commune_id=dinant.id, neighbourhood="Saint-Servais"))
    assert one.neighbourhood_id == same.neighbourhood_id != other.neighbourhood_id
    quarter = session.get_one(Territory, one.neighbourhood_id)
    assert (quarter.kind, quarter.parent_id) == (TerritoryKind.NEIGHBOURHOOD, namur.id)


# --- What contradicts itself -------------------------------------------------------------------

WRONG: list[tuple[str, RowFacts]] = [
    ("name", UnitFacts(name="  ")),
    ("commune_id", UnitFacts(name="Antenne", neighbourhood="Jambes")),
    ("ends", UnitFacts(name="Antenne", starts=when("2016"), ends=when("2015", end=True))),
    ("subject", DropInFacts(subject="")),
    ("commune_id", DropInFacts(subject="Droit", neighbourhood="Jambes")),
    ("slots", DropInFacts(subject="Droit", slots=(Slot(0, time(12), time(9)),))),
    ("slots", DropInFacts(subject="Droit", slots=(Slot(0, time(9), time(9)),))),
    ("slots", DropInFacts(subject="Droit", slots=(Slot(0, time(9), time(12)), Slot(0, time(11), time(13))))),
    ("slots", DropInFacts(subject="Droit", slots=(Slot(0, time(9)), Slot(0, time(9), None, 2)))),
    ("ends", DropInFacts(subject="Droit", starts=when("2016"), ends=when("2015", end=True))),
    ("unit_id", DropInFacts(subject="Droit", unit_id=999)),
    ("label", MissionFacts(label="")),
    ("early", MissionFacts(label="PLI")),
    ("official", MissionFacts(label="PLI", legal_basis="décret")),
    ("legal_basis", MissionFacts(label="PLI", official=when("2009"))),
    ("early", MissionFacts(label="PLI", early=when("2010"), legal_basis="décret", official=when("2009"))),
    ("ends", MissionFacts(label="PLI", early=when("2010"), ends=when("2009", end=True))),
    ("role", TeamRoleFacts(role="")),
    ("as_of", TeamRoleFacts(role="Accueil", headcount=2, source="rapport")),
    ("source", TeamRoleFacts(role="Accueil", headcount=2, as_of=when("2025"))),
    ("headcount", TeamRoleFacts(role="Accueil", headcount=0, as_of=when("2025"), source="rapport")),
    ("ends", TeamRoleFacts(role="Accueil", starts=when("2016"), ends=when("2015", end=True))),
    ("label", FigureFacts(label="", value=1, as_of=when("2025"), source="RTBF")),
    ("as_of", FigureFacts(label="Aidées", value=1, as_of=None, source="RTBF")),
    ("source", FigureFacts(label="Aidées", value=1, as_of=when("2025"), source=" \n ")),
]


@pytest.mark.parametrize(("field", "facts"), WRONG)
def test_what_contradicts_itself_is_refused_and_leaves_nothing(
    session: Session, house: Organisation, field: str, facts: RowFacts
) -> None:
    assert refused(session, house, facts) == field
    assert actions(session, house) == []


def test_a_label_needs_its_source(session: Session) -> None:
    namur = factories.commune(session)
    assert refused(session, namur, LabelFacts(label="Hospitalière", source=" ")) == "source"
    assert refused(session, namur, LabelFacts(label="", source="site")) == "label"
    late = LabelFacts(label="H", source="s", granted=when("2020"), ends=when("2019", end=True))
    assert refused(session, namur, late) == "ends"


def test_a_unit_of_somebody_else_holds_no_drop_in(session: Session, house: Organisation) -> None:
    unit = add(session, factories.organisation(session), UnitFacts(name="Ailleurs"))
    with pytest.raises(DomainError) as found:
        add(session, house, DropInFacts(subject="Droit", unit_id=unit.id))
    assert found.value.field == "unit_id"


@both_databases
def test_one_live_mission_role_and_label_of_a_name(session: Session) -> None:
    house, namur = factories.organisation(session), factories.commune(session)
    cases: list[tuple[Any, RowFacts, RowFacts]] = [
        (house, MissionFacts(label="PLI", early=when("2007")), MissionFacts(label="pli", early=when("2008"))),
        (house, TeamRoleFacts(role="Accueil"), TeamRoleFacts(role="ACCUEIL")),
        (namur, LabelFacts(label="Hospitalière", source="s"), LabelFacts(label="hospitaliere", source="t")),
    ]
    for owner, first, again in cases:
        row = add(session, owner, first)
        with pytest.raises(DomainError):
            add(session, owner, again)
        rows.end(session, row, dates.PartialDate(TODAY, Precision.DAY), actor="essai", now=NOW)
        add(session, owner, again)


# --- The database's own rules --------------------------------------------------------------------


@both_databases
@pytest.mark.parametrize("missing", ["source", "as_of"])
def test_the_database_refuses_a_figure_without_source_or_date(session: Session, missing: str) -> None:
    values: dict[str, Any] = {
        "label": "Aidées", "value": 1.0, "as_of": TODAY, "source": "RTBF", "created_at": NOW
    }  # fmt: skip
    session.add(Figure(**{**values, missing: None}))
    with pytest.raises(IntegrityError):
        session.flush()


BROKEN: list[tuple[str, dict[str, Any]]] = [
    ("unit", {"name": ""}),
    ("unit", {"name": "a", "starts_on": date(2020, 1, 1), "ends_on": date(2019, 1, 1)}),
    ("unit", {"name": "a", "neighbourhood": True}),
    ("drop_in", {"subject": ""}),
    ("mission", {"label": "a"}),
    ("mission", {"label": "a", "official_on": TODAY}),
    ("mission", {"label": "a", "early_on": TODAY, "legal_basis": "décret"}),
    (
        "mission",
        {"label": "a", "early_on": TODAY, "official_on": TODAY - timedelta(1), "legal_basis": "décret"},
    ),
    ("team_role", {"role": "a", "headcount": 2}),
    ("team_role", {"role": "a", "headcount": 0, "as_of": TODAY, "source": "s"}),
    ("figure", {"label": "a", "value": 1.0, "as_of": TODAY, "source": "   "}),
    ("figure", {"label": "a", "value": 1.0, "as_of": TODAY, "source": "s", "territory": True}),
    ("territory_label", {"label": "a", "source": " "}),
    ("territory_label", {"label": "a", "source": "s", "granted_on": TODAY, "ends_on": TODAY - timedelta(1)}),
]
MODELS = {
    "unit": Unit, "drop_in": DropIn, "mission": Mission, "team_role": TeamRole, "figure": Figure,
    "territory_label": TerritoryLabel,
}  # fmt: skip


@both_databases
@pytest.mark.parametrize(("table", "values"), BROKEN)
def test_the_database_refuses_what_must_never_be(
    session: Session, table: str, values: dict[str, Any]
) -> None:
    house, namur = factories.organisation(session), factories.commune(session)
    links: dict[str, Any] = (
        {"territory_id": namur.id} if table == "territory_label" else {"organisation_id": house.id}
    )
    plain = {name: value for name, value in values.items() if name not in {"neighbourhood", "territory"}}
    if "neighbourhood" in values:
        links["neighbourhood_id"] = namur.id
    if "territory" in values:
        links["territory_id"] = namur.id
    session.add(MODELS[table](**links, **plain, created_at=NOW))
    with pytest.raises(IntegrityError):
        session.flush()


@both_databases
@pytest.mark.parametrize(
    "values",
    [
        {"weekday": 7, "begins": time(9)},
        {"weekday": -1, "begins": time(9)},
        {"weekday": 0, "begins": time(9), "finishes": time(9)},
        {"weekday": 0, "begins": time(9), "every_weeks": 0},
        {"weekday": 0, "begins": time(9), "every_weeks": 13},
    ],
)
def test_the_database_refuses_hours_that_are_none(session: Session, values: dict[str, Any]) -> None:
    row = add(session, factories.organisation(session), DropInFacts(subject="Droit"))
    session.add(DropInSlot(drop_in_id=row.id, **values))
    with pytest.raises(IntegrityError):
        session.flush()


@both_databases
def test_the_database_holds_one_open_mission_of_a_label(session: Session) -> None:
    house = factories.organisation(session)
    for _ in range(2):
        session.add(Mission(organisation_id=house.id, label="PLI", early_on=TODAY, created_at=NOW))
    with pytest.raises(IntegrityError):
        session.flush()


# --- Change, end, withdraw, bring back ------------------------------------------------------------


@both_databases
def test_a_change_is_told_in_words_but_not_what_may_be_personal(session: Session) -> None:
    house = factories.organisation(session)
    row = add(session, house, DropInFacts(subject="Droit", slots=(Slot(0, time(9), time(12)),), note="Untel"))
    facts = replace(
        facts_of(row), slots=(Slot(0, time(9), time(11)), Slot(2, time(14))), note="", rhythm="été"
    )
    rows.change(session, row, facts, actor="essai", now=NOW)
    session.expire_all()
    assert facts_of(row) == facts
    for subject in (row, house):
        entry = session.scalars(audit.history(subject)).first()
        assert entry is not None
        assert entry.action == "record.changed"
        assert entry.changes["slots"] == ["lundi 09:00-12:00", "lundi 09:00-11:00, mercredi 14:00"]
        assert entry.changes["note"] == ["…", "…"]
        assert "Untel" not in str(entry.changes)


@both_databases
def test_hours_that_stay_keep_their_row(session: Session) -> None:
    row = add(
        session, factories.organisation(session),
        DropInFacts(subject="Droit", slots=(Slot(0, time(9), time(12)), Slot(1, time(9)))),
    )  # fmt: skip
    kept = row.slots[0].id
    rows.change(
        session, row, replace(facts_of(row), slots=(Slot(0, time(9), time(10)),)), actor="essai", now=NOW
    )
    assert [(slot.id, slot.finishes) for slot in row.slots] == [(kept, time(10))]
    assert session.scalar(select(func.count()).select_from(DropInSlot)) == 1


def test_nothing_changed_leaves_no_trace(session: Session, house: Organisation) -> None:
    row = add(session, house, UnitFacts(name="Antenne"))
    rows.change(session, row, facts_of(row), actor="essai", now=NOW)
    assert actions(session, row) == ["record.added"]


@both_databases
def test_a_unit_that_closes_ends_its_drop_ins(session: Session) -> None:
    house = factories.organisation(session)
    unit = add(session, house, UnitFacts(name="Antenne", starts=when("2016")))
    held = add(session, house, DropInFacts(subject="Droit", unit_id=unit.id))
    elsewhere = add(session, house, DropInFacts(subject="Autre"))
    last = dates.PartialDate(date(2020, 12, 31), Precision.YEAR)
    rows.end(session, unit, last, actor="essai", now=NOW)
    assert (held.ends_on, held.ends_precision) == (date(2020, 12, 31), Precision.YEAR)
    assert elsewhere.ends_on is None
    found = of_organisation(session, house, TODAY)
    assert (found.units.current, found.units.past) == ([], [unit])
    assert (found.drop_ins.current, found.drop_ins.past) == ([elsewhere], [held])


def test_an_end_before_the_start_changes_nothing(session: Session, house: Organisation) -> None:
    unit = add(session, house, UnitFacts(name="Antenne", starts=when("2016")))
    late = add(session, house, DropInFacts(subject="Droit", unit_id=unit.id, starts=when("2020")))
    for last in (date(2015, 1, 1), date(2019, 1, 1)):  # before the unit's start, then before its drop-in's
        with pytest.raises(DomainError) as found:
            rows.end(session, unit, dates.PartialDate(last, Precision.DAY), actor="essai", now=NOW)
        assert found.value.field == "ends"
        assert (unit.ends_on, late.ends_on) == (None, None)


def test_a_figure_has_no_end(session: Session, house: Organisation) -> None:
    row = add(session, house, FigureFacts(label="Aidées", value=1, as_of=when("2025"), source="RTBF"))
    with pytest.raises(DomainError):
        rows.end(session, row, dates.PartialDate(TODAY, Precision.DAY), actor="essai", now=NOW)


@both_databases
def test_what_was_wrong_is_withdrawn_with_a_reason_and_may_come_back(session: Session) -> None:
    house = factories.organisation(session)
    row = add(session, house, MissionFacts(label="PLI", early=when("2007")))
    with pytest.raises(DomainError) as found:
        rows.withdraw(session, row, "  ", actor="essai", now=NOW)
    assert found.value.field == "reason"
    rows.withdraw(session, row, "Autre organisation", actor="essai", now=NOW)
    with pytest.raises(DomainError):
        rows.withdraw(session, row, "Encore", actor="essai", now=NOW)
    with pytest.raises(DomainError):
        rows.change(session, row, facts_of(row), actor="essai", now=NOW)
    with pytest.raises(DomainError):
        rows.end(session, row, dates.PartialDate(TODAY, Precision.DAY), actor="essai", now=NOW)
    standing = of_organisation(session, house, TODAY).missions
    assert (standing.number, standing.withdrawn) == (0, [row])
    add(session, house, MissionFacts(label="PLI", early=when("2008")))
    with pytest.raises(DomainError):
        rows.restore(session, row, actor="essai", now=NOW)
    assert row.withdrawn_at is not None
    assert actions(session, row) == ["record.withdrawn", "record.added"]


def test_a_unit_with_drop_ins_is_not_withdrawn(session: Session, house: Organisation) -> None:
    unit = add(session, house, UnitFacts(name="Antenne"))
    held = add(session, house, DropInFacts(subject="Droit", unit_id=unit.id))
    with pytest.raises(DomainError):
        rows.withdraw(session, unit, "Fausse", actor="essai", now=NOW)
    rows.withdraw(session, held, "Fausse", actor="essai", now=NOW)
    rows.withdraw(session, unit, "Fausse", actor="essai", now=NOW)
    rows.restore(session, unit, actor="essai", now=NOW)
    assert unit.withdrawn_at is None


# --- Values --------------------------------------------------------------------------------------

hours = st.times().map(lambda moment: moment.replace(second=0, microsecond=0))
slots = st.builds(Slot, st.integers(0, 6), hours, st.none() | hours, st.integers(1, 4))


@given(st.lists(slots, max_size=5))
def test_hours_that_pass_never_clash(found: list[Slot]) -> None:
    try:
        recurrence.check(found)
    except DomainError:
        return
    assert len({(slot.weekday, slot.begins) for slot in found}) == len(found)
    assert all(slot.finishes is None or slot.finishes > slot.begins for slot in found)
    for slot in found:
        for other in found:
            if slot < other and slot.weekday == other.weekday and slot.every_weeks == other.every_weeks == 1:
                assert slot.finishes is None or other.begins >= slot.finishes


@both_databases
def test_what_an_organisation_lives_on_is_one_of_a_list(session: Session) -> None:
    kind = factories.kind(session)
    sources = (FundingSource.DONATIONS, FundingSource.SUBSIDIES)
    facts = OrganisationFacts(name="Maison", kind_id=kind.id, funding_sources=sources, field_of_action="Ici")
    row = organisations.create(session, facts, actor="essai", now=NOW)
    session.expire_all()
    assert organisations.facts_of(row) == facts
    fewer = replace(facts, funding_sources=(FundingSource.SUBSIDIES,))
    organisations.update(session, row, fewer, actor="essai", now=NOW)
    session.expire_all()
    assert list(row.funding_sources) == [FundingSource.SUBSIDIES]
    with pytest.raises(IntegrityError):
        session.execute(
            insert(OrganisationFunding).values(organisation_id=row.id, source=FundingSource.SUBSIDIES)
        )


def test_the_sector_is_that_of_the_legal_form_else_of_the_kind(session: Session) -> None:
    reference.load(session)
    kinds = {kind.code: kind for kind in session.scalars(select(OrganisationKind))}
    assert kinds["cpas"].sector == Sector.PUBLIC
    assert kinds["citizen_collective"].sector == Sector.ASSOCIATIVE
    assert kinds["venue"].sector == Sector.OTHER
    house = factories.organisation(session, kind_id=kinds["venue"].id)
    found = []
    for form in (LegalForm.UNKNOWN, LegalForm.ASBL, LegalForm.PUBLIC, LegalForm.COMPANY):
        house.legal_form = form
        found.append(house.sector)
    assert found == [Sector.OTHER, Sector.ASSOCIATIVE, Sector.PUBLIC, Sector.PRIVATE]


def test_what_a_record_lacks_gets_less_as_it_is_told(house: Organisation) -> None:
    before = completeness.share(house)
    assert "description" in {lack.field for lack in completeness.lacks(house)}
    house.description, house.phone, house.scope = "Accueille", "081 00 00 00", "Namur"
    assert {"description", "phone", "territories"}.isdisjoint(
        lack.field for lack in completeness.lacks(house)
    )
    assert completeness.share(house) > before
