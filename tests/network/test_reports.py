"""The yearly report: what it tells of two days, who may make it, who may read it."""

import io
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pypdf
import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from hub.actors.models.organisations import OrganisationState
from hub.actors.models.relations import Relation, RelationKind
from hub.core import clock
from hub.core.errors import DomainError
from hub.network.models.reports import StatusReport
from hub.network.operations.reports import content, keeping
from hub.network.queries import activity
from hub.spaces.models.spaces import Membership, Space, SpaceKind, SpaceState
from memoranda import check
from memoranda.report.content import Report, Section
from tests import factories
from tests.conftest import both_databases
from tests.factories import NOW

SignIn = Callable[[FlaskClient, Any], FlaskClient]
DAY, SINCE = date(2026, 3, 10), date(2025, 3, 10)


@pytest.fixture
def register(session: Session) -> None:
    """Three actors on the later day, one more on the earlier; a tie made and a tie lost between the two."""
    kind = factories.add(
        session, RelationKind(code="pilots", label="pilote", reverse_label="est piloté par", position=1)
    )
    place = factories.commune(session)
    one, two, three = (
        factories.organisation(session, name, commune_id=place.id) for name in ("Alpha", "Bêta", "Gamma")
    )
    gone = factories.organisation(
        session, "La Ruche", state=OrganisationState.CLOSED, state_since=date(2025, 6, 30)
    )
    for source, target, start, end in (
        (one, two, None, None),
        (one, three, date(2025, 9, 1), None),
        (gone, one, date(2020, 1, 1), date(2025, 6, 30)),
    ):
        factories.add(
            session,
            Relation(
                source_id=source.id, target_id=target.id, kind_id=kind.id, start_on=start, end_on=end,
                created_at=NOW,
            ),
        )  # fmt: skip
    session.commit()


def composed(session: Session) -> Report:
    return content.compose(content.gather(session, DAY, SINCE), tell=lambda _step: None)


def section(report: Report, anchor: str) -> Section:
    return next(one for one in report.sections if one.anchor == anchor)


@both_databases
@pytest.mark.usefixtures("register")
def test_it_tells_what_came_left_was_made_and_lost(session: Session) -> None:
    report = composed(session)
    figures = {figure.label: (figure.value, figure.before) for figure in section(report, "en-bref").figures}
    assert figures["Acteurs"] == ("3", "4")
    assert figures["Paires d’acteurs reliés"] == ("2", "2")
    assert figures["Acteurs sans lien connu"] == ("0", "1")
    tables = {table.caption: table.rows for table in section(report, "changements").tables}
    assert tables["Acteurs de moins"] == (("La Ruche", "Association", "–"),)
    assert tables["Nouveaux liens"] == (("Alpha", "pilote", "Gamma", "–"),)
    assert tables["Liens perdus"] == (("La Ruche", "pilote", "Alpha", "–"),)
    assert "Acteurs de plus" not in tables
    relays = section(report, "passerelles").tables[0].rows
    assert relays == (("Alpha", "Association", "100 %", "oui"),)


@both_databases
def test_an_empty_register_makes_a_report_too(session: Session) -> None:
    report = composed(session)
    assert section(report, "en-bref").figures[0].value == "0"
    assert "Rien n’a changé" in section(report, "changements").text
    assert section(report, "changements").picture is None
    assert report.threads is None


@both_databases
def test_activity_counts_a_period_and_its_last_day(session: Session) -> None:
    one, two = factories.organisation(session, checked_on=date(2026, 1, 5)), factories.organisation(session)
    spaces = [
        factories.add(
            session,
            Space(slug=f"e{number}", name=f"E{number}", kind=SpaceKind.PLATFORM, created_at=NOW, **values),
        )
        for number, values in enumerate(
            ({}, {"ends_on": DAY}, {"ends_on": DAY - timedelta(days=1)}, {"state": SpaceState.CLOSED})
        )
    ]
    for where, who, end in ((0, one, None), (1, one, None), (1, two, SINCE), (2, two, None)):
        factories.add(
            session,
            Membership(space_id=spaces[where].id, organisation_id=who.id, ends_on=end, created_at=NOW),
        )
    counted = activity.read(session, SINCE, DAY)
    assert (counted.spaces, counted.seated) == (2, 1)
    assert (counted.records, counted.checked) == (2, 1)
    before = activity.read(session, SINCE - timedelta(days=365), SINCE)
    assert (before.spaces, before.seated, before.checked, before.records) == (3, 2, 0, 0)


@both_databases
@pytest.mark.parametrize(
    "wrong",
    [
        {"day": DAY, "since": DAY},
        {"day": DAY, "since": SINCE, "published_at": NOW},
        {"day": DAY, "since": SINCE, "pages": 3},
    ],
)
def test_the_database_refuses_what_can_t_be(session: Session, wrong: dict[str, Any]) -> None:
    session.add(StatusReport(**wrong, created_at=NOW))
    with pytest.raises(IntegrityError):
        session.flush()


@pytest.mark.parametrize(
    ("day", "since", "field"),
    [
        (clock.today(NOW) + timedelta(days=1), SINCE, "day"),
        (DAY, DAY, "since"),
        (DAY, date(1899, 12, 31), "since"),
    ],
)
def test_strange_days_are_refused(session: Session, day: date, since: date, field: str) -> None:
    with pytest.raises(DomainError) as refused:
        keeping.ask(session, day, since, actor=None, now=NOW)
    assert refused.value.field == field


def ask(client: FlaskClient, **form: str) -> Any:
    return client.post("/reseau/etat", data={"day": "2026-03-10", "since": "2025-03-10", **form})


def downloaded(client: FlaskClient, place: str) -> bytes:
    with client.get(f"{place}/etat-du-reseau.pdf") as answer:
        return answer.data


@pytest.mark.usefixtures("register")
def test_a_coordinator_makes_it_readers_read_it_once_published(
    client: FlaskClient, app: Any, session: Session, sign_in: SignIn, run_jobs: Callable[[], int]
) -> None:
    sign_in(client, factories.coordinator(session))
    place = ask(client).location
    assert "Le rapport se prépare" in client.get(place).get_data(as_text=True)
    assert app.test_client().get(place).status_code == 302  # to the sign-in page
    assert (
        client.post(f"{place}/publier", follow_redirects=True).get_data(as_text=True).count("pas encore prêt")
    )
    run_jobs()
    page = client.get(place).get_data(as_text=True)
    assert "Lire le rapport" in page
    pdf = downloaded(client, place)
    assert check.problems(pdf) == []
    text = " ".join(page.extract_text() for page in pypdf.PdfReader(io.BytesIO(pdf)).pages)
    assert "La Ruche" in text
    reader = app.test_client()
    assert reader.get(f"{place}/etat-du-reseau.pdf").status_code == 302
    assert place not in reader.get("/reseau/etat").get_data(as_text=True)
    client.post(f"{place}/publier")
    assert place in reader.get("/reseau/etat").get_data(as_text=True)
    assert downloaded(reader, place) == pdf
    for gesture in ("refaire", "publier", "depublier"):
        assert reader.post(f"{place}/{gesture}").status_code == 403
    assert "il ne change plus" in client.post(f"{place}/refaire", follow_redirects=True).get_data(
        as_text=True
    )
    client.post(f"{place}/depublier")
    assert reader.get(place).status_code == 302


@pytest.mark.usefixtures("register")
def test_making_it_again_takes_the_register_as_it_is_now(
    client: FlaskClient, session: Session, sign_in: SignIn, run_jobs: Callable[[], int]
) -> None:
    sign_in(client, factories.coordinator(session))
    place = ask(client).location
    client.post(f"{place}/refaire")  # the one that waits is meant
    assert run_jobs() == 1
    session.expire_all()
    first = session.scalars(select(StatusReport)).one().file_id
    factories.organisation(session, "Delta")
    session.commit()
    client.post(f"{place}/refaire")
    assert run_jobs() == 1
    session.expire_all()
    assert session.scalars(select(StatusReport)).one().file_id != first


@pytest.mark.parametrize(
    ("form", "words"),
    [
        ({"day": "31/02/2026"}, "Écrivez une date"),
        ({"day": ""}, "Donnez une date"),
        ({"day": "2999-01-01"}, "est à venir"),
        ({"since": "2026-03-10"}, "avant celle du rapport"),
    ],
)
def test_bad_input_is_said_beside_the_field_and_kept(
    client: FlaskClient, session: Session, sign_in: SignIn, form: dict[str, str], words: str
) -> None:
    sign_in(client, factories.coordinator(session))
    answer = ask(client, **form)
    page = answer.get_data(as_text=True)
    assert answer.status_code == 422
    assert words in page
    assert next(iter(form.values())) in page
    assert session.scalar(select(StatusReport.id)) is None
