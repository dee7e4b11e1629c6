"""The lists that people edit."""

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.actors.models.reference import Territory, TerritoryKind, Theme
from hub.actors.operations import reference, references
from hub.actors.queries.references import in_order, territories
from hub.core.errors import DomainError
from tests import factories
from tests.conftest import both_databases
from tests.factories import NOW


def themes(session: Session) -> list[str]:
    return [row.label for row in session.scalars(in_order(Theme))]


@pytest.fixture
def three(session: Session) -> list[Theme]:
    return [
        factories.add(session, Theme(code=code, label=code.upper(), position=place))
        for place, code in enumerate(("a", "b", "c"), start=1)
    ]


@both_databases
def test_a_new_entry_comes_last_with_a_code_of_its_own(session: Session, three: list[Theme]) -> None:
    made = references.add(session, Theme, {"label": "Été à l’école"}, actor="essai", now=NOW)
    assert made.code == "ete_a_l_ecole"
    assert themes(session)[-1] == "Été à l’école"
    with pytest.raises(DomainError):
        references.add(session, Theme, {"label": "ETE A L'ECOLE"}, actor="essai", now=NOW)
    assert len(three) == 3


def test_renaming_keeps_the_code(session: Session, three: list[Theme]) -> None:
    references.change(session, three[0], {"label": "Alpha"}, actor="essai", now=NOW)
    assert (three[0].code, three[0].label) == ("a", "Alpha")
    with pytest.raises(DomainError) as found:
        references.change(session, three[0], {"label": "b"}, actor="essai", now=NOW)
    assert found.value.field == "label"


def test_a_list_is_put_in_order(session: Session, three: list[Theme]) -> None:
    references.reorder(session, Theme, [three[2].id, three[0].id])
    assert themes(session) == ["C", "A", "B"]
    references.move(session, three[1], -1)
    assert themes(session) == ["C", "B", "A"]
    references.move(session, three[2], -1)
    references.move(session, three[0], 1)
    assert themes(session) == ["C", "B", "A"]


@both_databases
def test_only_what_nothing_uses_is_deleted_and_it_stays_away(session: Session) -> None:
    reference.load(session)
    used = session.scalars(select(Theme).where(Theme.code == "housing")).one()
    organisation = factories.organisation(session)
    organisation.themes = [used]
    session.flush()
    with pytest.raises(DomainError) as found:
        references.delete(session, used, actor="essai", now=NOW)
    assert "acteurs (1)" in str(found.value)
    unused = session.scalars(select(Theme).where(Theme.code == "peace")).one()
    references.delete(session, unused, actor="essai", now=NOW)
    assert reference.load(session) == 0
    assert session.scalar(select(Theme).where(Theme.code == "peace")) is None


def test_a_quarter_belongs_to_its_commune(session: Session) -> None:
    namur = factories.commune(session)
    made = references.add_neighbourhood(session, "Saint-Servais", namur, actor="essai", now=NOW)
    assert (made.kind, made.parent_id) == (TerritoryKind.NEIGHBOURHOOD, namur.id)
    with pytest.raises(DomainError):
        references.add_neighbourhood(session, "saint servais", namur, actor="essai", now=NOW)
    other = factories.commune(session, "92142", "Gembloux")
    twin = references.add_neighbourhood(session, "Saint-Servais", other, actor="essai", now=NOW)
    assert twin.code != made.code
    with pytest.raises(DomainError):
        references.delete(session, namur, actor="essai", now=NOW)


def test_places_are_found_without_accents_or_by_postal_code(session: Session) -> None:
    reference.load(session)
    found = session.scalars(territories(session, "liege")).all()
    assert [row.name for row in found] == ["Liège", "Province de Liège"]
    assert "Gembloux" in [row.name for row in session.scalars(territories(session, "5030"))]
    assert len(session.scalars(territories(session, "")).all()) == len(
        session.scalars(select(Territory)).all()
    )
