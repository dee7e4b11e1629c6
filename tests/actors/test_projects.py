"""Projects with their dated funders and partners, and the calls that they answer."""

from dataclasses import replace
from datetime import date, time, timedelta
from typing import Any

import pytest
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from hub.actors.models.organisations import Organisation
from hub.actors.models.projects import PartRole, Project, ProjectCall, ProjectPart
from hub.actors.models.relations import Precision
from hub.actors.operations import projects
from hub.actors.operations.projects import CallFacts, ProjectFacts
from hub.actors.operations.record import rows
from hub.actors.operations.record.facts import PartFacts
from hub.actors.queries import projects as queries
from hub.actors.queries.projects import Filters, Stage
from hub.actors.queries.record import of_organisation
from hub.actors.values import completeness, dates, spans
from hub.core import audit, clock
from hub.core.errors import DomainError
from tests import factories
from tests.conftest import both_databases
from tests.factories import NOW

TODAY = date(2026, 3, 10)
YEAR = Precision.YEAR


def made(session: Session, name: str = "Relance", **values: Any) -> Project:
    row: Project = projects.create(session, ProjectFacts(name=name, **values), actor="essai", now=NOW)
    return row


def part(
    session: Session, project: Project, house: Organisation, role: PartRole, **values: Any
) -> ProjectPart:
    facts = PartFacts(organisation_id=house.id, role=role, **values)
    row: ProjectPart = rows.add(session, project, facts, actor="essai", now=NOW)
    return row


def actions(session: Session, subject: Any) -> list[str]:
    return [entry.action for entry in session.scalars(audit.history(subject))]


@both_databases
def test_a_project_and_its_call_are_read_back_as_told(session: Session) -> None:
    theme, namur, funder = (
        factories.theme(session),
        factories.commune(session),
        factories.organisation(session),
    )
    call_facts = CallFacts(
        title="Promotion de la citoyenneté",
        acronym="PCI",
        funder_id=funder.id,
        launched=dates.parse("février 2025"),
        closes=dates.parse("2025-03-31", end=True),
        session_at=clock.at(date(2025, 2, 20), time(14)),
        session_place="Namur",
        website="https://pci.example",
        summary="s",
        origin="o",
        theme_ids=(theme.id,),
    )
    call = projects.create(session, call_facts, actor="essai", now=NOW)
    facts = ProjectFacts(
        name="Relance",
        description="d",
        objectives="o",
        services="a\nb",
        call_id=call.id,
        starts=dates.parse("2010"),
        ends=dates.parse("2015", end=True),
        origin="CAI",
        theme_ids=(theme.id,),
        territory_ids=(namur.id,),
    )
    row = projects.create(session, facts, actor="essai", now=NOW)
    session.expire_all()
    assert projects.told_by(row) == facts
    assert projects.told_by(call) == call_facts
    assert (row.slug, call.slug) == ("relance", "pci")
    assert call.projects == [row]
    assert actions(session, row) == ["project.created"]


def test_addresses_never_collide_with_each_other_or_with_pages(session: Session) -> None:
    slugs = [made(session, name).slug for name in ("Ajouter", "Relance", "Relance")]
    assert slugs == ["ajouter-2", "relance", "relance-2"]


@pytest.mark.parametrize(
    ("field", "facts"),
    [
        ("name", ProjectFacts(name=" ")),
        ("ends", ProjectFacts(name="a", starts=dates.parse("2016"), ends=dates.parse("2015", end=True))),
        ("title", CallFacts(title="")),
        ("closes", CallFacts(title="a", launched=dates.parse("2016"), closes=dates.parse("2015", end=True))),
    ],
)
def test_what_contradicts_itself_is_refused(
    session: Session, field: str, facts: ProjectFacts | CallFacts
) -> None:
    with pytest.raises(DomainError) as found:
        projects.create(session, facts, actor="essai", now=NOW)
    assert found.value.field == field


@both_databases
@pytest.mark.parametrize(
    "row",
    [
        Project(name="", slug="a", created_at=NOW, updated_at=NOW),
        Project(
            name="a", slug="a", starts_on=TODAY, ends_on=TODAY - timedelta(1), created_at=NOW, updated_at=NOW
        ),
        ProjectCall(title="", slug="a", created_at=NOW, updated_at=NOW),
        ProjectCall(
            title="a",
            slug="a",
            launched_on=TODAY,
            closes_on=TODAY - timedelta(1),
            created_at=NOW,
            updated_at=NOW,
        ),
    ],
    ids=["no name", "ends before start", "no title", "closes before launch"],
)
def test_the_database_refuses_what_must_never_be(session: Session, row: Any) -> None:
    values = {name: value for name, value in vars(row).items() if not name.startswith("_")}
    session.add(type(row)(**values))
    with pytest.raises(IntegrityError):
        session.flush()


@both_databases
def test_a_change_over_somebody_elses_is_refused_and_told(session: Session) -> None:
    row = made(session)
    seen, later = row.updated_at, NOW + timedelta(days=1)
    theme = factories.theme(session)
    projects.update(
        session,
        row,
        replace(projects.told_by(row), theme_ids=(theme.id,), starts=dates.parse("2010")),
        actor="essai",
        now=later,
        seen=seen,
    )
    entry = session.scalars(audit.history(row)).first()
    assert entry is not None
    assert entry.changes == {"starts": ["", "2010"], "theme_ids": ["", "Logement"]}
    with pytest.raises(DomainError):
        projects.update(session, row, ProjectFacts(name="Autre"), actor="essai", now=later, seen=seen)
    assert row.name == "Relance"


@both_databases
def test_one_funds_at_a_time_but_again_later(session: Session) -> None:
    row, fund = made(session), factories.organisation(session, "Fonds")
    first = part(session, row, fund, PartRole.FUNDER, starts=dates.parse("2010"))
    with pytest.raises(DomainError) as found:
        part(session, row, fund, PartRole.FUNDER, starts=dates.parse("2012"))
    assert found.value.field == "organisation_id"
    part(session, row, fund, PartRole.PARTNER)
    rows.end(session, first, dates.PartialDate(date(2011, 12, 31), YEAR), actor="essai", now=NOW)
    with pytest.raises(DomainError):  # the same fact, from the same day
        part(
            session,
            row,
            fund,
            PartRole.FUNDER,
            starts=dates.parse("2010"),
            ends=dates.parse("2010", end=True),
        )
    part(session, row, fund, PartRole.FUNDER, starts=dates.parse("2013"))
    assert actions(session, fund).count("record.added") == 3  # told on the organisation's history too
    held = of_organisation(session, fund, TODAY).projects
    assert (len(held.current), held.past) == (2, [first])


@both_databases
def test_the_database_holds_one_open_part_of_a_kind(session: Session) -> None:
    row, fund = made(session), factories.organisation(session)
    for start in (None, date(2020, 1, 1)):
        session.add(
            ProjectPart(
                project_id=row.id,
                organisation_id=fund.id,
                role=PartRole.FUNDER,
                starts_on=start,
                created_at=NOW,
            )
        )
    with pytest.raises(IntegrityError):
        session.flush()


@both_databases
def test_a_withdrawn_project_leaves_every_list(session: Session) -> None:
    row, house = made(session), factories.organisation(session)
    part(session, row, house, PartRole.LEAD)
    with pytest.raises(DomainError) as found:
        projects.withdraw(session, row, "", actor="essai", now=NOW)
    assert found.value.field == "reason"
    projects.withdraw(session, row, "Inventé", actor="essai", now=NOW)
    with pytest.raises(DomainError):
        projects.update(session, row, ProjectFacts(name="Autre"), actor="essai", now=NOW)
    assert session.scalars(queries.listed(Filters(), TODAY)).all() == []
    assert of_organisation(session, house, TODAY).projects.number == 0
    assert session.scalars(queries.withdrawn(Project)).all() == [row]
    projects.restore(session, row, actor="essai", now=NOW)
    assert session.scalars(queries.listed(Filters(), TODAY)).all() == [row]


@both_databases
def test_projects_are_found_by_word_theme_place_organisation_and_stage(session: Session) -> None:
    theme, namur, house = (
        factories.theme(session),
        factories.commune(session),
        factories.organisation(session),
    )
    old = made(session, "Été solidaire", ends=dates.parse("2015", end=True))
    now_ = made(
        session, "Relance", starts=dates.parse("2020"), theme_ids=(theme.id,), territory_ids=(namur.id,)
    )
    coming = made(session, "Avenir", starts=dates.parse("2030"))
    unknown = made(session, "Mystère")
    part(session, now_, house, PartRole.PARTNER)

    def names(**values: Any) -> list[str]:
        found = session.scalars(queries.listed(Filters(**values), TODAY, sort="name", descending=False))
        return [row.name for row in found]

    assert names(words="ETE") == [old.name]
    assert (
        names(theme=theme.code)
        == names(territory=namur.code)
        == names(organisation=house.slug)
        == ["Relance"]
    )
    assert names(stage=Stage.OVER) == [old.name]
    assert names(stage=Stage.RUNNING) == [now_.name]
    assert names(stage=Stage.COMING) == [coming.name]
    assert names(stage=Stage.UNKNOWN) == [unknown.name]
    for row in (old, now_, coming, unknown):  # one rule, written twice: for a row and for a query
        stage = queries.stage_of(row.starts_on, row.ends_on, TODAY)
        assert row.name in names(stage=stage)


def test_bars_stay_on_their_line() -> None:
    line = spans.line_of(
        [
            ("a", date(2010, 1, 1), date(2015, 12, 31)),
            ("b", date(2015, 12, 31), date(2015, 12, 31)),
            ("c", None, date(2014, 1, 1)),
        ]
    )
    assert line is not None
    assert line.years == [2010, 2011, 2012, 2013, 2014, 2015]
    assert [bar.of for bar in line.bars] == ["a", "b"]
    assert line.bars[0].left == 0
    assert all(bar.width >= spans.THINNEST and bar.left + bar.width <= 100 for bar in line.bars)
    assert spans.line_of([("c", None, date(2014, 1, 1))]) is None


def test_what_a_project_lacks(session: Session) -> None:
    row = made(session, description="d", origin="o")
    before = completeness.lacks_of_project(row)
    part(session, row, factories.organisation(session), PartRole.LEAD)
    session.expire_all()
    assert set(before) - set(completeness.lacks_of_project(row)) == {"qui le porte"}
