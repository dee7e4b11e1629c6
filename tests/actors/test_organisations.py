"""Creating and changing organisations, on both databases."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import delete, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from hub.actors.models.organisations import Organisation, OrganisationState
from hub.actors.operations import organisations
from hub.actors.operations.organisations import OrganisationFacts
from hub.actors.operations.ownership import checking
from hub.core import audit
from hub.core.errors import DomainError
from tests import factories
from tests.conftest import both_databases
from tests.factories import NOW


def facts(session: Session, name: str = "Carrefour des langues", **values: object) -> OrganisationFacts:
    return OrganisationFacts(name=name, kind_id=factories.kind(session).id, **values)


def make(session: Session, name: str = "Carrefour des langues", **values: object) -> Organisation:
    return organisations.create(session, facts(session, name, **values), actor="essai", now=NOW)


def actions(session: Session, row: Organisation) -> list[str]:
    return [entry.action for entry in session.scalars(audit.history(row))]


@both_databases
def test_an_organisation_is_created_with_all_its_facts(session: Session) -> None:
    theme, place = factories.theme(session), factories.commune(session)
    given = facts(
        session, acronym="CdL", former_names="Le Cercle", enterprise_number="0123456749", commune_id=place.id,
        languages=("fr", "ar"), theme_ids=(theme.id,), territory_ids=(place.id,), founded=1998,
    )  # fmt: skip
    row = organisations.create(session, given, actor="essai", now=NOW)
    session.expire_all()
    assert organisations.facts_of(row) == given
    assert row.slug == "cdl"
    assert row.search_text.splitlines() == ["carrefour des langues", "cdl", "le cercle"]
    assert actions(session, row) == ["organisation.created"]


def test_addresses_never_collide_with_each_other_or_with_pages(session: Session) -> None:
    slugs = [make(session, name).slug for name in ("Ajouter", "Maison", "Maison", "Maison 2", "Maison")]
    assert slugs == ["ajouter-2", "maison", "maison-2", "maison-2-2", "maison-3"]


@both_databases
def test_two_cannot_have_one_enterprise_number(session: Session) -> None:
    make(session, enterprise_number="0123456749")
    with pytest.raises(DomainError) as found:
        make(session, "Autre", enterprise_number="0123456749")
    assert found.value.field == "enterprise_number"
    session.add(
        Organisation(
            name="Autre",
            slug="autre",
            kind_id=factories.kind(session).id,
            enterprise_number="0123456749",
            created_at=NOW,
            updated_at=NOW,
        )
    )
    with pytest.raises(IntegrityError):
        session.flush()


def test_a_change_is_told_field_by_field_but_not_personal_contents(session: Session) -> None:
    row = make(session, email="avant@exemple.be")
    later = NOW + timedelta(days=1)
    theme = factories.theme(session)
    changed = replace(
        organisations.facts_of(row), email="apres@exemple.be", theme_ids=(theme.id,), name="Carrefour"
    )
    organisations.update(session, row, changed, actor="essai", now=later)
    entry = session.scalars(audit.history(row)).first()
    assert entry is not None
    assert entry.changes == {
        "name": ["Carrefour des langues", "Carrefour"],
        "email": ["…", "…"],
        "theme_ids": ["", "Logement"],
    }
    assert row.updated_at == later


def test_nothing_changed_leaves_no_trace(session: Session) -> None:
    row = make(session)
    organisations.update(session, row, organisations.facts_of(row), actor="essai", now=NOW + timedelta(1))
    assert row.updated_at == NOW
    assert actions(session, row) == ["organisation.created"]


def test_a_change_over_somebody_elses_is_refused(session: Session) -> None:
    row = make(session)
    seen = row.updated_at
    named = replace(organisations.facts_of(row), name="Autre nom")
    organisations.update(session, row, named, actor="essai", now=NOW + timedelta(1), seen=seen)
    with pytest.raises(DomainError):
        organisations.update(
            session, row, replace(named, scope="Namur"), actor="essai", now=NOW + timedelta(2), seen=seen
        )


def test_checking_notes_who_and_brussels_date(session: Session) -> None:
    row, somebody = make(session), factories.coordinator(session)
    checking.check(session, row, by=somebody, now=datetime(2026, 3, 10, 23, 30, tzinfo=UTC))
    assert row.checked_on == date(2026, 3, 11)
    assert row.checked_by is somebody
    assert actions(session, row)[0] == "organisation.checked"


@pytest.mark.parametrize(
    ("name", "acronym", "number"),
    [
        ("CARREFOUR DES LANGUES asbl", "", None),
        ("Tout autre", "CDL", None),
        ("Le cercle", "", None),
        ("Tout autre", "", "0123456749"),
    ],
)
def test_likely_duplicates_are_found(session: Session, name: str, acronym: str, number: str | None) -> None:
    row = make(session, acronym="CdL", former_names="Le Cercle", enterprise_number="0123456749")
    make(session, "Carrefour")
    wanted = facts(session, name, acronym=acronym, enterprise_number=number)
    assert organisations.resembling(session, wanted) == [row]
    assert organisations.resembling(session, wanted, but=row) == []


def test_the_state_is_kept_with_its_date(session: Session) -> None:
    row = make(session)
    organisations.set_state(
        session, row, OrganisationState.CLOSED, since=date(2023, 4, 30), actor="essai", now=NOW
    )
    assert (row.state, row.state_since) == (OrganisationState.CLOSED, date(2023, 4, 30))


@both_databases
def test_an_id_is_never_given_twice(session: Session) -> None:
    """History is found by the id: a new row must not inherit that of a deleted one."""
    first = make(session).id
    session.execute(delete(Organisation).where(Organisation.id == first))
    assert make(session, "Une autre").id > first


@both_databases
@pytest.mark.parametrize(
    "values", [{"founded": 12}, {"enterprise_number": "123"}, {"name": ""}], ids=["year", "bce", "name"]
)
def test_the_database_refuses_nonsense(session: Session, values: dict[str, object]) -> None:
    kind_id = factories.kind(session).id
    row = Organisation(
        **{"name": "A", "slug": "a", "kind_id": kind_id, "created_at": NOW, "updated_at": NOW, **values}
    )
    session.add(row)
    with pytest.raises(IntegrityError):
        session.flush()


def test_nothing_is_found_where_nothing_is(session: Session) -> None:
    assert organisations.resembling(session, facts(session)) == []
    assert session.scalars(select(Organisation)).all() == []
