"""Two records of one actor become one, everything follows, and it can be taken back."""

from datetime import date
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import func, insert, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from hub.actors.models.merging import DistinctPair, Merger
from hub.actors.models.organisations import FundingSource, Organisation
from hub.actors.models.relations import Relation, RelationKind
from hub.actors.operations import merging
from hub.actors.operations.organisations import facts_of
from hub.actors.queries import duplicates
from hub.actors.values.names import search_text
from hub.core.audit import AuditEntry
from hub.core.db import Base
from hub.core.errors import DomainError
from hub.events.models.days import event_organiser
from hub.recommendations.models.contributions import Contribution, ContributionState
from hub.spaces.models.spaces import Membership, Space, SpaceKind
from tests import factories
from tests.conftest import both_databases
from tests.events.plenary import plenary

NOW = factories.NOW


@pytest.fixture
def actor(session: Session) -> Any:
    return factories.coordinator(session)


@pytest.fixture
def kept(session: Session) -> Organisation:
    return record(
        session, "Carrefour des Cultures", acronym="CdC", former_names="Carrefour", description="Ensemble.",
        funding_sources=[FundingSource.DONATIONS],
    )  # fmt: skip


@pytest.fixture
def merged(session: Session) -> Organisation:
    return record(
        session,
        "Le Carrefour des cultures asbl",
        acronym="LCC",
        former_names="Carref",
        email="info@example.org",
        enterprise_number="0123456749",
        languages=["fr", "ar"],
        funding_sources=[FundingSource.SUBSIDIES],
    )


def record(session: Session, name: str, **values: Any) -> Organisation:
    """Add a record that can be searched as the register makes it."""
    searched = search_text(name, values.get("acronym", ""), values.get("former_names", ""))
    return factories.organisation(session, name, search_text=searched, **values)


def relation(session: Session, source: Organisation, target: Organisation, **values: Any) -> Relation:
    kind = session.scalar(select(RelationKind).where(RelationKind.code == "partner"))
    kind = kind or factories.add(
        session, RelationKind(code="partner", label="est partenaire de", reverse_label="est partenaire de")
    )
    return factories.add(
        session,
        Relation(source_id=source.id, target_id=target.id, kind_id=kind.id, created_at=NOW, **values),
    )


def space(session: Session, name: str) -> Space:
    return factories.add(
        session, Space(slug=name.lower(), name=name, kind=SpaceKind.PLATFORM, created_at=NOW)
    )


def seat(session: Session, where: Space, who: Organisation, **values: Any) -> Membership:
    return factories.add(
        session, Membership(space_id=where.id, organisation_id=who.id, created_at=NOW, **values)
    )


def merge(session: Session, kept: Organisation, merged: Organisation, actor: Any, *take: str) -> Merger:
    return merging.merge(session, kept, merged, take=take, reason="La même asbl", actor=actor, now=NOW)


def everything(session: Session) -> dict[str, Any]:
    """Return all rows but the history and the mergers: what a merger taken back must leave as it was."""
    session.flush()
    session.expire_all()
    told = {"audit_entry", "merger"}
    return {
        name: sorted(map(repr, session.execute(table.select()).mappings().all()))
        for name, table in Base.metadata.tables.items()
        if name not in told
    }


@both_databases
def test_both_names_stay_and_what_is_chosen_is_taken(
    session: Session, kept: Organisation, merged: Organisation, actor: Any
) -> None:
    merge(session, kept, merged, actor, "email", "enterprise_number")
    assert kept.name == "Carrefour des Cultures"
    assert kept.former_names.splitlines() == [
        "Carrefour",
        "Le Carrefour des cultures asbl",
        "LCC",
        "Carref",
    ]
    assert (kept.email, kept.enterprise_number) == ("info@example.org", "0123456749")
    assert kept.description == "Ensemble."
    assert kept.languages == ["fr", "ar"]
    assert set(kept.funding_sources) == {FundingSource.DONATIONS, FundingSource.SUBSIDIES}
    assert list(merged.funding_sources) == [FundingSource.SUBSIDIES]
    assert "lcc" in kept.search_text.split("\n")
    assert merged.successor is kept
    assert merged.enterprise_number is None


@both_databases
def test_everything_that_points_to_it_follows_or_stays_where_the_database_refuses(
    session: Session, kept: Organisation, merged: Organisation, actor: Any
) -> None:
    third = factories.organisation(session, "La Ruche")
    followed = relation(session, merged, third, start_on=date(2019, 1, 1))
    twice = relation(session, merged, third)
    relation(session, kept, third)
    between = relation(session, merged, kept)
    both, alone = space(session, "Logement"), space(session, "Santé")
    stays, goes = seat(session, both, merged), seat(session, alone, merged)
    seat(session, both, kept)
    merger = merge(session, kept, merged, actor)
    assert followed.source_id == kept.id
    assert (twice.source_id, between.source_id) == (merged.id, merged.id)
    assert (stays.organisation_id, goes.organisation_id) == (merged.id, kept.id)
    assert merger.moved == {"relation.source_id": [[followed.id]], "membership.organisation_id": [[goes.id]]}
    assert merger.stayed == {"relation": 2, "membership": 1}


@both_databases
def test_what_was_sent_stays_with_the_name_it_was_sent_under(
    session: Session, kept: Organisation, merged: Organisation, actor: Any
) -> None:
    sent = factories.add(
        session,
        Contribution(
            organisation_id=merged.id,
            state=ContributionState.SUBMITTED,
            finding="Un constat",
            proposal="Une proposition",
            created_at=NOW,
            saved_at=NOW,
            submitted_at=NOW,
        ),
    )
    merger = merge(session, kept, merged, actor)
    assert sent.organisation_id == merged.id
    assert merger.stayed == {"contribution": 1}


@both_databases
def test_taking_it_back_leaves_all_as_it_was(
    session: Session, kept: Organisation, merged: Organisation, actor: Any
) -> None:
    third = factories.organisation(session, "La Ruche")
    relation(session, merged, third)
    relation(session, kept, merged)
    seat(session, space(session, "Santé"), merged)
    before = everything(session)
    merger = merge(session, kept, merged, actor, "email", "enterprise_number", "acronym")
    assert everything(session) != before
    undone = merging.undo(session, merger, actor=actor, now=NOW)
    assert undone == ((), 0)
    assert everything(session) == before


@both_databases
def test_what_changed_since_is_left_and_said(
    session: Session, kept: Organisation, merged: Organisation, actor: Any
) -> None:
    place = seat(session, space(session, "Santé"), merged)
    merger = merge(session, kept, merged, actor, "email")
    kept.email = "autre@example.org"
    place.organisation_id = factories.organisation(session, "La Ruche").id
    session.flush()
    assert merging.undo(session, merger, actor=actor, now=NOW) == (("email",), 1)
    assert kept.email == "autre@example.org"
    assert merged.merged_into_id is None


@both_databases
def test_mergers_are_taken_back_in_their_order(
    session: Session, kept: Organisation, merged: Organisation, actor: Any
) -> None:
    last = factories.organisation(session, "La dernière")
    first = merge(session, kept, merged, actor)
    second = merge(session, last, kept, actor)
    assert merged.successor is last
    with pytest.raises(DomainError, match="défaites d’abord"):
        merging.undo(session, first, actor=actor, now=NOW)
    merging.undo(session, second, actor=actor, now=NOW)
    merging.undo(session, first, actor=actor, now=NOW)
    assert merged.successor is None
    with pytest.raises(DomainError, match="déjà séparées"):
        merging.undo(session, first, actor=actor, now=NOW)


@both_databases
def test_a_record_is_merged_once_and_never_into_itself(
    session: Session, kept: Organisation, merged: Organisation, actor: Any
) -> None:
    with pytest.raises(DomainError, match="différentes"):
        merge(session, kept, kept, actor)
    merge(session, kept, merged, actor)
    third = factories.organisation(session, "La Ruche")
    for pair in ((third, merged), (merged, third)):
        with pytest.raises(DomainError, match="déjà été réunie"):
            merge(session, *pair, actor)
    again = insert(Merger).values(kept_id=third.id, merged_id=merged.id, merged_at=NOW)
    into_itself = update(Organisation).where(Organisation.id == third.id).values(merged_into_id=third.id)
    for statement in (again, into_itself):
        with session.begin_nested() as trial:
            with pytest.raises(IntegrityError):
                session.execute(statement)
            trial.rollback()


def test_history_tells_both(session: Session, kept: Organisation, merged: Organisation, actor: Any) -> None:
    merging.undo(session, merge(session, kept, merged, actor), actor=actor, now=NOW)
    told = session.execute(
        select(AuditEntry.action, AuditEntry.subject_id).where(AuditEntry.action.contains("e"))
    ).all()
    for action in ("organisation.merged", "organisation.separated"):
        assert {row.subject_id for row in told if row.action == action} == {kept.id, merged.id}


names = st.text(alphabet="abcdé -’", min_size=1, max_size=30).filter(lambda text: text.strip())
texts = st.text(max_size=40).map(lambda text: text.replace("\x00", ""))


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=25)
@given(
    first=names,
    second=names,
    said=st.lists(texts, min_size=4, max_size=4),
    take=st.sets(
        st.sampled_from(["acronym", "description", "website", "enterprise_number", "founded", "name"])
    ),
)
def test_whatever_is_merged_can_be_taken_back(
    session: Session, first: str, second: str, said: list[str], take: set[str]
) -> None:
    with session.begin_nested() as trial:
        kept = record(session, first, slug="un", acronym=said[0][:40], description=said[1])
        merged = record(
            session, second, slug="autre", acronym=said[2][:40], description=said[3], founded=1999,
            enterprise_number="0123456749",
        )  # fmt: skip
        actor = factories.coordinator(session)
        before = everything(session)
        name = kept.name
        merger = merging.merge(session, kept, merged, take=sorted(take), reason="", actor=actor, now=NOW)
        assert kept.name == name
        assert second in {kept.name, *kept.former_names.splitlines()}
        merging.undo(session, merger, actor=actor, now=NOW)
        assert everything(session) == before
        trial.rollback()


def test_an_organiser_of_a_day_follows(
    session: Session, kept: Organisation, merged: Organisation, actor: Any
) -> None:
    """A row whose key holds the organisation itself finds its way back too."""
    day = plenary(session)
    session.execute(event_organiser.insert().values(event_id=day.id, organisation_id=merged.id))
    merger = merge(session, kept, merged, actor)
    held = select(event_organiser.c.organisation_id).where(event_organiser.c.event_id == day.id)
    assert session.scalars(held).all() == [kept.id]
    merging.undo(session, merger, actor=actor, now=NOW)
    assert session.scalars(held).all() == [merged.id]


# --- Who resembles whom ------------------------------------------------------------------------


def found(session: Session) -> list[tuple[str, str]]:
    return [(pair.first.name, pair.second.name) for pair in duplicates.pairs(session)]


def test_pairs_are_found_by_name_address_and_site_and_told_apart(session: Session, actor: Any) -> None:
    ruche = factories.organisation(session, "La Ruche", website="https://www.ruche.example/")
    other = factories.organisation(session, "Espace Ruche", website="http://ruche.example")
    near = factories.organisation(session, "Carrefour des Cultures")
    typed = factories.organisation(session, "Carefour des culture asbl")
    factories.organisation(session, "Maison médicale", acronym="MM")
    factories.organisation(session, "Mondes Mêlés", acronym="MM")
    assert found(session) == [(near.name, typed.name), (ruche.name, other.name)]
    merging.tell_apart(session, other, ruche, by=actor, now=NOW)
    merging.tell_apart(session, ruche, other, by=actor, now=NOW)
    assert session.scalar(select(func.count()).select_from(DistinctPair)) == 1
    assert found(session) == [(near.name, typed.name)]
    merging.forget_apart(session, ruche, other, by=actor, now=NOW)
    merge(session, near, typed, actor)
    assert found(session) == [(ruche.name, other.name)]


def test_seats_in_two_communes_are_two_actors_unless_nearly_the_same(session: Session) -> None:
    dinant, ciney = factories.commune(session), factories.commune(session, "91030", "Ciney")
    factories.organisation(session, "Maison de la parentalité A", commune_id=dinant.id)
    factories.organisation(session, "Maison de la parentalite Be", commune_id=ciney.id)
    assert found(session) == []


def test_what_is_typed_finds_its_like(session: Session, kept: Organisation) -> None:
    factories.organisation(session, "La Ruche")
    assert duplicates.near(session, "carefour des Cultures") == [kept]
    assert duplicates.near(session, "", acronym="CdC") == [kept]
    assert duplicates.near(session, "Autre chose") == []
    assert duplicates.near(session, "") == []


@given(st.text(max_size=300))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=30)
def test_whatever_is_typed_is_looked_up(session: Session, text: str) -> None:
    assert duplicates.near(session, text) == []


def test_facts_survive_the_way_through_json(
    session: Session, kept: Organisation, merged: Organisation, actor: Any
) -> None:
    merged.state_since, merged.founded = date(2023, 4, 30), 2001
    session.flush()
    before = facts_of(kept)
    merger = merge(session, kept, merged, actor, "state_since", "founded")
    assert (kept.state_since, kept.founded) == (date(2023, 4, 30), 2001)
    merging.undo(session, merger, actor=actor, now=NOW)
    assert facts_of(kept) == before
