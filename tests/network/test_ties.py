"""Where ties come from, and « Comment le savons-nous ? » : never more than the reader may see."""

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date, datetime, timedelta
from itertools import pairwise
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import event
from sqlalchemy.orm import Session

from hub.actors.models.organisations import Organisation, OrganisationState
from hub.actors.models.projects import PartRole, Project, ProjectPart
from hub.actors.models.record import DropIn
from hub.actors.models.relations import Precision, Relation, RelationKind
from hub.events.models.days import Event, EventOrganiser, EventState, Slot, SlotSpeaker
from hub.events.models.registrations import Registration, RegistrationState
from hub.network.queries import facts
from hub.network.queries.register import read
from hub.network.values.register import Origin, Register
from hub.network.values.sight import Sight
from hub.publishing.models.composition import Signatory
from hub.publishing.models.editions import Edition, EditionState, Memorandum
from hub.spaces.models.spaces import Membership, MembershipRole, Space, SpaceKind
from tests import factories
from tests.conftest import Installation, both_databases
from tests.factories import NOW
from tests.publishing import scene

TODAY = date(2026, 3, 10)
FAR = datetime(2126, 6, 6, 8, tzinfo=NOW.tzinfo)
PUBLIC = Sight(TODAY)
SIGNED_IN = Sight(TODAY, spaces=True)
COORDINATOR = Sight(TODAY, spaces=True, sign_ups=True, records=True)


def space(
    session: Session, *members: Organisation, pilot: Organisation | None = None, **values: Any
) -> Space:
    named = {"slug": f"espace-{next(factories.numbers)}", "name": "Plateforme", "kind": SpaceKind.PLATFORM}
    row: Space = factories.add(session, Space(**{**named, "created_at": NOW, **values}))
    for one in members:
        role = MembershipRole.PILOT if one is pilot else MembershipRole.MEMBER
        factories.add(session, Membership(space_id=row.id, organisation_id=one.id, role=role, created_at=NOW))
    return row


def day(
    session: Session, when: datetime = datetime(2025, 6, 6, 8, tzinfo=NOW.tzinfo), **values: Any
) -> Event:
    named = {
        "slug": f"journee-{next(factories.numbers)}", "title": "Journée d’essai", "starts_at": when,
        "ends_at": when + timedelta(hours=6), "sign_up_closes_at": when, "state": EventState.PUBLISHED,
        "created_at": NOW, "updated_at": NOW,
    }  # fmt: skip
    row: Event = factories.add(session, Event(**{**named, **values}))
    return row


def sign_up(session: Session, meeting: Event, organisation: Organisation, **values: Any) -> Registration:
    row: Registration = factories.add(
        session,
        Registration(
            **{
                "event_id": meeting.id, "name": "Personne Secrète", "organisation_id": organisation.id,
                "created_at": NOW, "updated_at": NOW, **values,
            }
        ),
    )  # fmt: skip
    return row


def edition(session: Session, *signed: Organisation, state: EditionState = EditionState.PUBLISHED) -> Edition:
    """Make an edition, signed while it was a draft: afterwards nobody can sign any more."""
    number = next(factories.numbers)
    memorandum = factories.add(
        session, Memorandum(slug=f"memo-{number}", title="Mémorandum d’essai", created_at=NOW)
    )
    row: Edition = factories.add(
        session, Edition(memorandum_id=memorandum.id, number=1, created_at=NOW, updated_at=NOW)
    )
    for place, one in enumerate(signed):
        factories.add(session, Signatory(edition_id=row.id, organisation_id=one.id, position=place))
    scene.put(row, state, now=datetime(2024, 5, 28, 8, tzinfo=NOW.tzinfo))
    session.flush()
    return row


def project(session: Session, *parts: tuple[Organisation, PartRole], **values: Any) -> Project:
    named = {"slug": f"projet-{next(factories.numbers)}", "name": "Projet d’essai"}
    row: Project = factories.add(
        session, Project(**{**named, "created_at": NOW, "updated_at": NOW, **values})
    )
    for one, role in parts:
        factories.add(
            session, ProjectPart(project_id=row.id, organisation_id=one.id, role=role, created_at=NOW)
        )
    return row


def relation(session: Session, one: Organisation, other: Organisation, **values: Any) -> Relation:
    kind = session.query(RelationKind).filter_by(code="funds").one_or_none() or factories.add(
        session, RelationKind(code="funds", label="finance", reverse_label="est financé par")
    )
    row: Relation = factories.add(
        session,
        Relation(source_id=one.id, kind_id=kind.id, target_id=other.id, created_at=NOW, **values),
    )
    return row


def origins(register: Register, one: Organisation, other: Organisation) -> set[Origin]:
    """Return the origins of the ties that stand between two actors on the register's day."""
    ends = {one.id, other.id}
    return {link.origin for link in register.current_links if {*link.pair} == ends}


@pytest.fixture
def two(session: Session) -> tuple[Organisation, Organisation]:
    return factories.organisation(session, "Une"), factories.organisation(session, "Autre")


# --- What makes a tie, and for whom


Make = Callable[[Session, Organisation, Organisation], object]


def _sign_both(session: Session, one: Organisation, other: Organisation, **values: Any) -> None:
    meeting = day(session, **values)
    sign_up(session, meeting, one)
    sign_up(session, meeting, other)


def organised(session: Session, *by: Organisation, **values: Any) -> Event:
    row = day(session, **values)
    row.organiser_rows.extend(EventOrganiser(organisation=each) for each in by)
    session.flush()
    return row


def _organise(session: Session, one: Organisation, other: Organisation, **values: Any) -> None:
    organised(session, one, other, **values)


def _organise_and_speak(session: Session, one: Organisation, other: Organisation) -> None:
    meeting = organised(session, one)
    factories.add(
        session,
        Slot(
            event_id=meeting.id, starts_at=meeting.starts_at, title="Parole",
            speaker_rows=[SlotSpeaker(organisation_id=other.id)],
        ),
    )  # fmt: skip


def _cancelled(session: Session, one: Organisation, other: Organisation) -> None:
    meeting = day(session)
    sign_up(session, meeting, one)
    sign_up(session, meeting, other, state=RegistrationState.CANCELLED, cancelled_at=NOW)


def _host(session: Session, one: Organisation, other: Organisation, **values: Any) -> None:
    organised(session, other, venue_id=one.id, **values)


def _drop_in(session: Session, one: Organisation, other: Organisation) -> None:
    factories.add(
        session,
        DropIn(organisation_id=other.id, venue_id=one.id, subject="Droit des étrangers", created_at=NOW),
    )


ALL, MEMBERS, COORDINATION, NOBODY = "all", "members", "coordination", "nobody"
WHO = {
    ALL: (True, True, True),
    MEMBERS: (False, True, True),
    COORDINATION: (False, False, True),
    NOBODY: (False, False, False),
}
MATRIX: list[tuple[str, Origin, Make, str]] = [
    ("a relation", Origin.DECLARED, relation, ALL),
    ("a project", Origin.PROJECT,
     lambda s, a, b: project(s, (a, PartRole.LEAD), (b, PartRole.FUNDER)), ALL),
    ("a published memorandum", Origin.COSIGNING, edition, ALL),
    ("a draft memorandum", Origin.COSIGNING,
     lambda s, a, b: edition(s, a, b, state=EditionState.DRAFT), NOBODY),
    ("a memorandum being published", Origin.COSIGNING,
     lambda s, a, b: edition(s, a, b, state=EditionState.FROZEN), NOBODY),
    ("a space", Origin.SPACE, space, MEMBERS),
    ("a day signed up for", Origin.DAY, _sign_both, COORDINATION),
    ("a cancelled sign-up", Origin.DAY, _cancelled, NOBODY),
    ("a draft day", Origin.DAY, lambda s, a, b: _sign_both(s, a, b, state=EventState.DRAFT), NOBODY),
    ("a day called off", Origin.DAY,
     lambda s, a, b: _organise(s, a, b, state=EventState.CANCELLED, cancelled_at=NOW), NOBODY),
    ("a day organised together", Origin.DAY, _organise, ALL),
    ("an organiser and a speaker", Origin.DAY, _organise_and_speak, ALL),
    ("a day to come", Origin.DAY, lambda s, a, b: _organise(s, a, b, when=FAR), NOBODY),
    ("a roof", Origin.HOSTING, _host, ALL),
    ("the roof of a draft", Origin.HOSTING, lambda s, a, b: _host(s, a, b, state=EventState.DRAFT), NOBODY),
    ("the roof of a drop-in", Origin.HOSTING, _drop_in, ALL),
]  # fmt: skip


@both_databases
@pytest.mark.parametrize(
    ("origin", "make", "who"), [row[1:] for row in MATRIX], ids=[row[0] for row in MATRIX]
)
def test_who_sees_which_tie(
    session: Session, two: tuple[Organisation, Organisation], origin: Origin, make: Make, who: str
) -> None:
    make(session, *two)
    for sight, sees in zip((PUBLIC, SIGNED_IN, COORDINATOR), WHO[who], strict=True):
        here = {origin} if sees else set()
        assert origins(read(session, TODAY, sight), *two) == here
        assert {fact.origin for fact in facts.between(session, *two, sight)} == here


@pytest.mark.parametrize(
    ("origin", "make", "who"), [row[1:] for row in MATRIX], ids=[row[0] for row in MATRIX]
)
def test_who_reads_of_which_tie(
    client: FlaskClient,
    session: Session,
    sign_in: Callable[..., FlaskClient],
    two: tuple[Organisation, Organisation],
    origin: Origin,
    make: Make,
    who: str,
) -> None:
    """The page, the picture's data and the table, through the rules themselves, in three roles."""
    make(session, *two)
    session.commit()
    roles = (None, factories.user(session), factories.coordinator(session))
    for user, sees in zip(roles, WHO[who], strict=True):
        if user:
            sign_in(client, user)
        page = client.get("/reseau/lien/une/autre").text
        assert ('class="fact"' in page) == sees
        table = client.get(f"/reseau/relations.csv?date={TODAY}&origine={origin.value}").text
        assert ("Une" in table) == sees
        card = client.get("/reseau/lien/une/autre?fragment=1").text
        assert ('class="fact"' in card) == sees
        for text in (page, table, card):
            assert "Secrète" not in text, "organisations are named, never people"


# --- Periods


@both_databases
def test_seats_tie_while_both_are_taken(session: Session, two: tuple[Organisation, Organisation]) -> None:
    here = space(session, *two, starts_on=date(2016, 1, 1))
    first, second = session.query(Membership).order_by(Membership.id)
    first.starts_on, first.ends_on = date(2015, 1, 1), date(2020, 6, 30)
    second.starts_on = date(2018, 1, 1)
    session.flush()
    for when, tied in [
        ("2017-12-31", False),
        ("2018-01-01", True),
        ("2020-06-30", True),
        ("2020-07-01", False),
    ]:
        found = origins(read(session, date.fromisoformat(when), SIGNED_IN), *two)
        assert (Origin.SPACE in found) == tied, when
    (fact,) = facts.between(session, *two, SIGNED_IN)
    assert (fact.start_on, fact.end_on, fact.about) == (date(2018, 1, 1), date(2020, 6, 30), here.name)


def test_a_space_that_ended_ends_its_seats(session: Session, two: tuple[Organisation, Organisation]) -> None:
    space(session, *two, ends_on=date(2022, 12, 31))
    assert origins(read(session, date(2022, 12, 31), SIGNED_IN), *two) == {Origin.SPACE}
    assert origins(read(session, date(2023, 1, 1), SIGNED_IN), *two) == set()


def test_a_day_is_a_tie_for_a_year_and_a_fact_for_ever(
    session: Session, two: tuple[Organisation, Organisation]
) -> None:
    _organise(session, *two, when=datetime(2020, 6, 6, 8, tzinfo=NOW.tzinfo))
    assert origins(read(session, date(2020, 6, 5), PUBLIC), *two) == set()
    assert origins(read(session, date(2020, 6, 6), PUBLIC), *two) == {Origin.DAY}
    assert origins(read(session, date(2021, 6, 5), PUBLIC), *two) == {Origin.DAY}
    assert origins(read(session, date(2021, 6, 6), PUBLIC), *two) == set()
    (fact,) = facts.between(session, *two, PUBLIC)
    assert (fact.start_on, fact.end_on) == (date(2020, 6, 6), date(2020, 6, 6))


def test_what_has_ended_is_still_told(
    client: FlaskClient, session: Session, two: tuple[Organisation, Organisation]
) -> None:
    relation(
        session, *two, start_on=date(2016, 1, 1), start_precision=Precision.YEAR,
        end_on=date(2024, 12, 31), end_precision=Precision.BEFORE,
        origin="Rapport d’activité 2024 | https://example.org/rapport",
    )  # fmt: skip
    session.commit()
    page = client.get("/reseau/lien/une/autre").text
    assert "Ce qui s’est passé, ou s’est terminé" in page
    assert "Ce qui les lie aujourd’hui" not in page
    assert "2016, terminé avant 2025" in page
    assert "Rapport d’activité 2024" in page
    assert 'href="https://example.org/rapport"' in page


def test_who_closed_on_an_unknown_day_stays_until_the_last_that_is_known(session: Session) -> None:
    one = factories.organisation(session, "Fermée", state=OrganisationState.CLOSED)
    other = factories.organisation(session, "Autre")
    relation(session, one, other, start_on=date(2018, 1, 1), end_on=date(2021, 6, 30))
    for when, there in [("2017-01-01", True), ("2021-06-30", True), ("2021-07-01", False)]:
        found = read(session, date.fromisoformat(when), PUBLIC).actors[one.id]
        assert (found.current, found.uncertain) == (there, True)
    # What only those signed in may see must not move it: everybody sees the same.
    space(session, one, other, starts_on=date(2022, 1, 1))
    assert read(session, TODAY, COORDINATOR).actors[one.id].until == date(2021, 6, 30)


def test_merged_records_tie_the_one_that_stayed(
    session: Session, two: tuple[Organisation, Organisation]
) -> None:
    once = factories.organisation(session, "Une, ancienne fiche")
    edition(session, once, two[1])
    relation(session, once, two[0])
    once.merged_into_id = two[0].id
    session.flush()
    found = read(session, TODAY, PUBLIC)
    assert once.id not in found.actors
    assert origins(found, *two) == {Origin.COSIGNING}
    assert [link for link in found.links if link.source == link.target] == []
    (fact,) = facts.between(session, *two, PUBLIC)
    assert {fact.subject, fact.other} == {two[0].id, two[1].id}


def test_what_isnt_agreed_to_is_not_on_the_public_map(session: Session) -> None:
    row = factories.organisation(session, "Discrète", founded=2019, languages=["ti"])
    hidden = read(session, TODAY, PUBLIC).actors[row.id]
    assert (hidden.since, hidden.languages) == (None, ())
    told = read(session, TODAY, COORDINATOR).actors[row.id]
    assert (told.since, told.languages) == (date(2019, 1, 1), ("ti",))
    row.public_fields = ["founded", "languages"]
    session.flush()
    shown = read(session, TODAY, PUBLIC).actors[row.id]
    assert (shown.since, shown.languages) == (date(2019, 1, 1), ("ti",))


# --- A space of thirty


def test_a_hall_ties_to_its_pilot_and_tells_all(session: Session) -> None:
    members = [factories.organisation(session, f"Membre {number:02}") for number in range(30)]
    space(session, *members, pilot=members[0])
    found = read(session, TODAY, SIGNED_IN)
    assert len(found.current_links) == 29
    assert all(members[0].id in link.pair for link in found.current_links)
    assert origins(found, members[1], members[2]) == set()
    (fact,) = facts.between(session, members[1], members[2], SIGNED_IN)
    assert fact.origin == Origin.SPACE


# --- The page


def test_the_page_leads_to_each_fact(
    client: FlaskClient,
    session: Session,
    sign_in: Callable[..., FlaskClient],
    two: tuple[Organisation, Organisation],
) -> None:
    here = space(session, *two)
    meeting = organised(session, *two)
    signed = edition(session, *two)
    session.commit()
    sign_in(client, factories.user(session))
    page = client.get("/reseau/lien/une/autre").text
    for address in (
        f"/espaces/{here.slug}",
        f"/journees/{meeting.slug}",
        f"/memorandums/{signed.memorandum.slug}/edition-1",
    ):
        assert f'href="{address}"' in page
    assert client.get("/reseau/lien/autre/une").text.count('class="fact"') == 3


@pytest.mark.usefixtures("two")
def test_two_without_a_fact_are_told_so(client: FlaskClient, session: Session) -> None:
    session.commit()
    page = client.get("/reseau/lien/une/autre").text
    assert "Aucun fait connu ne lie ces deux acteurs" in page
    assert 'href="/reseau/chemin?de=une&amp;a=autre"' in page
    for path in ("une/une", "une/personne", "personne/une"):
        assert client.get(f"/reseau/lien/{path}").status_code == 404


def test_a_merged_address_leads_to_the_one_that_stayed(
    client: FlaskClient, session: Session, two: tuple[Organisation, Organisation]
) -> None:
    factories.organisation(session, "Ancienne", merged_into_id=two[0].id)
    session.commit()
    for path in ("autre/ancienne", "ancienne/autre"):
        answer = client.get(f"/reseau/lien/{path}")
        assert answer.status_code in {301, 302, 308}
        assert answer.location.endswith(path.replace("ancienne", "une"))
    assert client.get("/reseau/lien/une/ancienne").status_code in {301, 404}


# --- A constant number of queries


@contextmanager
def counted(installation: Installation) -> Iterator[list[str]]:
    statements: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        statements.append(statement)

    event.listen(installation.engine, "before_cursor_execute", note)
    try:
        yield statements
    finally:
        event.remove(installation.engine, "before_cursor_execute", note)


def everything(session: Session, size: int) -> list[Organisation]:
    rows = [factories.organisation(session) for _ in range(size)]
    space(session, *rows, pilot=rows[0])
    meeting = organised(session, rows[1], venue_id=rows[0].id)
    for row in rows:
        sign_up(session, meeting, row)
    edition(session, *rows)
    project(session, (rows[0], PartRole.LEAD), *((row, PartRole.PARTNER) for row in rows[1:]))
    for one, other in pairwise(rows):
        relation(session, one, other)
        _drop_in(session, one, other)
    session.flush()
    return rows


@both_databases
def test_the_number_of_queries_does_not_grow(installation: Installation, session: Session) -> None:
    few = everything(session, 6)
    with counted(installation) as small:
        read(session, TODAY, COORDINATOR)
        facts.between(session, few[0], few[1], COORDINATOR)
    many = everything(session, 60)
    with counted(installation) as large:
        found = read(session, TODAY, COORDINATOR)
        facts.between(session, many[0], many[1], COORDINATOR)
    assert len(large) == len(small) < 25, "\n".join(large)
    assert {link.origin for link in found.current_links} == set(Origin)


def test_the_fragment_is_a_fragment(
    client: FlaskClient, session: Session, two: tuple[Organisation, Organisation]
) -> None:
    relation(session, *two)
    session.commit()
    answer = client.get("/reseau/lien/une/autre?fragment=1")
    assert "<html" not in answer.text
    assert answer.headers["X-Robots-Tag"] == "noindex"
    assert len(re.findall('class="fact"', answer.text)) == 1
