"""What was computed is known: across requests, processes and restarts, and nobody computes it twice."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import event, func, select, text
from sqlalchemy.exc import IntegrityError, OperationalError
from sqlalchemy.orm import Session

from hub.actors.models.organisations import Organisation
from hub.actors.models.relations import Relation, RelationKind
from hub.core import audit, sweeping
from hub.core.jobs import Job, JobState
from hub.network.models.results import ResultKind, StoredResult
from hub.network.operations import computing, results
from hub.network.queries import results as queries
from hub.network.values.register import Wanted
from hub.network.values.results import Question
from hub.network.values.sight import Sight
from hub.network.views import known
from tests import factories
from tests.conftest import Installation, both_databases
from tests.factories import NOW

TODAY = NOW.date()
QUESTION = Question(ResultKind.ANALYSIS, Wanted(TODAY), Sight(TODAY))
PAGES = ("/reseau", "/reseau/analyse", "/reseau/image.svg")


def star(session: Session, size: int = 5) -> list[Organisation]:
    kind = session.query(RelationKind).filter_by(code="funds").one_or_none() or factories.add(
        session, RelationKind(code="funds", label="finance", reverse_label="est financé par")
    )
    rows = [factories.organisation(session) for _ in range(size)]
    for row in rows[1:]:
        factories.add(
            session, Relation(source_id=rows[0].id, kind_id=kind.id, target_id=row.id, created_at=NOW)
        )
    session.commit()
    return rows


@pytest.fixture
def computed(monkeypatch: pytest.MonkeyPatch) -> list[ResultKind]:
    """Note whatever is really computed."""
    made: list[ResultKind] = []
    plain = computing.compute

    def note(kind: ResultKind, *rest: Any) -> str:
        made.append(kind)
        return plain(kind, *rest)

    monkeypatch.setattr(computing, "compute", note)
    return made


def count(session: Session, *conditions: Any) -> int:
    session.rollback()
    return session.scalar(select(func.count(StoredResult.id)).where(*conditions)) or 0


@both_databases
def test_what_was_computed_once_is_known(
    client: FlaskClient, session: Session, computed: list[ResultKind]
) -> None:
    star(session)
    for _ in range(2):
        for path in PAGES:
            assert client.get(path).status_code == 200
    assert sorted(computed) == [ResultKind.ANALYSIS, ResultKind.LAYOUT]
    assert count(session, StoredResult.content.is_not(None)) == 2


@both_databases
def test_a_get_stores_nothing_but_what_it_computed(client: FlaskClient, session: Session) -> None:
    """Derived data are the one thing that a GET writes: no fact, no history, no job."""
    star(session)
    written: set[str] = set()

    def note(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        words = statement.split()
        if words[0] in {"INSERT", "UPDATE", "DELETE"}:
            written.add(words[2 if words[0] != "UPDATE" else 1])

    engine = session.get_bind()
    event.listen(engine, "before_cursor_execute", note)
    try:
        for path in (*PAGES, "/reseau/comparer", "/reseau/comparer/image.svg", "/reseau/historique"):
            assert client.get(path).status_code == 200
    finally:
        event.remove(engine, "before_cursor_execute", note)
    assert written == {"network_result"}
    assert jobs(session) == 0
    assert session.scalar(select(func.count(audit.AuditEntry.id))) == 0


def test_a_new_tie_is_measured_anew_and_moves_nobody(
    client: FlaskClient, session: Session, computed: list[ResultKind]
) -> None:
    rows = star(session)
    for path in PAGES:
        client.get(path)
    before = session.scalars(select(StoredResult.content).where(StoredResult.kind == ResultKind.LAYOUT)).one()
    kind = session.query(RelationKind).one()
    factories.add(
        session, Relation(source_id=rows[1].id, kind_id=kind.id, target_id=rows[2].id, created_at=NOW)
    )
    session.commit()
    computed.clear()
    for path in PAGES:
        client.get(path)
    assert set(computed) == {ResultKind.ANALYSIS, ResultKind.LAYOUT}
    session.rollback()
    after = session.scalars(
        select(StoredResult.content)
        .where(StoredResult.kind == ResultKind.LAYOUT)
        .order_by(StoredResult.id.desc())
    ).first()
    assert before.split('"x"')[1] == after.split('"x"')[1]


def test_a_database_that_cannot_write_still_shows_the_page(
    client: FlaskClient, session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    star(session)

    def full(*_given: Any, **_more: Any) -> None:
        raise OperationalError("INSERT", None, Exception("database or disk is full"))

    monkeypatch.setattr(results, "keep", full)
    for path in PAGES:
        assert client.get(path).status_code == 200
    assert count(session) == 0


def jobs(session: Session) -> int:
    session.rollback()
    return session.scalar(select(func.count(Job.id))) or 0


# --- Beyond what a page may compute


@pytest.fixture
def large(session: Session, monkeypatch: pytest.MonkeyPatch) -> list[Organisation]:
    """Make a network that is too large to be computed while one waits."""
    monkeypatch.setattr(known, "AT_ONCE", 3)
    return star(session)


@both_databases
@pytest.mark.usefixtures("large")
def test_a_large_network_is_computed_by_a_job(
    client: FlaskClient, session: Session, computed: list[ResultKind], run_jobs: Callable[[], int]
) -> None:
    page = client.get("/reseau/analyse").text
    assert "ne sont pas encore calculées" in page
    assert 'hx-post="/reseau/calcul/analysis?tout=1"' in page
    assert "—" in page
    assert not computed
    assert count(session) == 0, "looking asks for nothing"
    first = client.post("/reseau/calcul/analysis?tout=1", headers={"HX-Request": "true"})
    assert first.status_code == 200
    assert "attend son tour" in first.text
    again = client.post("/reseau/calcul/analysis?tout=1", headers={"HX-Request": "true"})
    assert again.status_code == 200
    assert jobs(session) == 1
    assert run_jobs() == 1
    number = session.scalars(select(StoredResult.id)).one()
    done = client.get(f"/reseau/calcul/{number}")
    assert done.headers["HX-Refresh"] == "true"
    page = client.get("/reseau/analyse").text
    assert "hx-post" not in page
    assert "ne sont pas encore calculées" not in page
    assert computed == [ResultKind.ANALYSIS]


def test_meanwhile_the_last_result_is_shown_as_such(
    client: FlaskClient, session: Session, large: list[Organisation], run_jobs: Callable[[], int]
) -> None:
    client.post("/reseau/calcul/analysis?tout=1")
    run_jobs()
    kind = session.query(RelationKind).one()
    factories.add(
        session, Relation(source_id=large[1].id, kind_id=kind.id, target_id=large[2].id, created_at=NOW)
    )
    session.commit()
    page = client.get("/reseau/analyse").text
    assert "Les mesures sont celles calculées pour l’état du" in page
    assert "Un nouveau calcul est en cours" in page
    assert "100" in page, "the betweenness of the star's centre, as it was"


def test_without_scripts_a_button_asks(client: FlaskClient, large: list[Organisation]) -> None:
    del large
    page = client.get("/reseau/analyse?date=2026-03-10").text
    assert '<form method="post" action="/reseau/calcul/analysis?tout=1&amp;date=2026-03-10">' in page
    answer = client.post("/reseau/calcul/analysis", data={"suite": "/reseau/analyse?date=2026-03-10"})
    assert (answer.status_code, answer.location) == (303, "/reseau/analyse?date=2026-03-10")
    elsewhere = client.post("/reseau/calcul/analysis", data={"suite": "https://evil.example/"})
    assert elsewhere.location == "/reseau"


def test_a_large_layout_is_provisional_until_it_is_computed(
    client: FlaskClient, session: Session, large: list[Organisation], run_jobs: Callable[[], int]
) -> None:
    del large
    assert client.get("/reseau/image.svg").status_code == 200
    assert count(session) == 0
    client.post("/reseau/calcul/layout")
    assert run_jobs() == 1
    assert count(session, StoredResult.kind == ResultKind.LAYOUT) == 1


def test_a_job_that_failed_may_be_asked_for_again(
    client: FlaskClient, session: Session, large: list[Organisation]
) -> None:
    del large
    client.post("/reseau/calcul/analysis")
    session.execute(Job.__table__.update().values(state=JobState.FAILED))
    session.commit()
    number = session.scalars(select(StoredResult.id)).one()
    assert "pas abouti" in client.get(f"/reseau/calcul/{number}").text
    client.post("/reseau/calcul/analysis")
    assert jobs(session) == 2
    assert count(session) == 1


def test_what_changed_meanwhile_is_computed_as_it_is_then(
    client: FlaskClient, session: Session, large: list[Organisation], run_jobs: Callable[[], int]
) -> None:
    client.post("/reseau/calcul/analysis")
    session.delete(session.query(Relation).filter_by(target_id=large[1].id).one())
    session.commit()
    run_jobs()
    assert count(session, StoredResult.content.is_(None)) == 0, "the claim of what no longer is is forgotten"
    assert "hx-post" not in client.get("/reseau/analyse").text


def test_only_so_many_wait_at_a_time(
    client: FlaskClient, session: Session, large: list[Organisation]
) -> None:
    """Each day asked for is another network here: whoever asks for all of them is put off."""
    kind = session.query(RelationKind).one()
    for year in range(results.WAITING + 2):
        factories.add(
            session,
            Relation(
                source_id=large[1].id, kind_id=kind.id, target_id=large[2 + year % 3].id, created_at=NOW,
                start_on=TODAY.replace(year=1990 + 2 * year), end_on=TODAY.replace(year=1991 + 2 * year),
            ),
        )  # fmt: skip
        factories.add(
            session,
            Relation(
                source_id=factories.organisation(session).id, kind_id=kind.id, target_id=large[0].id,
                created_at=NOW, start_on=TODAY.replace(year=1990 + 2 * year),
            ),
        )  # fmt: skip
    session.commit()
    codes = [
        client.post(f"/reseau/calcul/analysis?date={1990 + 2 * year}-06-01").status_code
        for year in range(results.WAITING + 2)
    ]
    assert codes == [303] * results.WAITING + [422] * 2


# --- Two at once


@pytest.fixture
def at_the_same_time(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let two who ask both find that nobody has asked yet, before either writes."""
    both = Barrier(2)
    plain = results._enqueue

    def late(*given: Any, **more: Any) -> Job:
        both.wait(10)
        return plain(*given, **more)

    monkeypatch.setattr(results, "_enqueue", late)


def ask_twice(installation: Installation) -> int:
    """Ask from two transactions; return how many jobs there are."""

    def ask() -> None:
        with Session(installation.engine) as own:
            results.ask(own, QUESTION, "a" * 64, now=NOW)
            own.commit()

    with ThreadPoolExecutor(2) as pool:
        for asked in [pool.submit(ask), pool.submit(ask)]:
            asked.result(30)
    with Session(installation.engine) as own:
        return own.scalar(select(func.count(Job.id))) or 0


@pytest.mark.postgresql
@pytest.mark.parametrize("database", ["postgresql"], indirect=True)
@pytest.mark.usefixtures("at_the_same_time")
def test_two_who_ask_at_once_enqueue_one_job(installation: Installation) -> None:
    assert ask_twice(installation) == 1


@pytest.mark.postgresql
@pytest.mark.parametrize("database", ["postgresql"], indirect=True)
@pytest.mark.usefixtures("at_the_same_time")
def test_without_the_unique_key_there_would_be_two(installation: Installation) -> None:
    """The control: the test above sees a race, where there is one."""
    with installation.engine.begin() as connection:
        connection.execute(text("ALTER TABLE network_result DROP CONSTRAINT uq_network_result_key"))
    try:
        assert ask_twice(installation) == 2
    finally:
        with installation.engine.begin() as connection:
            connection.execute(text("DELETE FROM network_result"))
            connection.execute(
                text("ALTER TABLE network_result ADD CONSTRAINT uq_network_result_key UNIQUE (kind, key)")
            )


def test_many_readers_who_ask_at_once_enqueue_one_job(
    installation: Installation, session: Session, large: list[Organisation]
) -> None:
    """On SQLite writers wait for each other: whoever comes second finds the claim."""
    del large

    def ask(_number: int) -> int:
        return installation.app.test_client().post("/reseau/calcul/analysis").status_code

    with ThreadPoolExecutor(6) as pool:
        assert set(pool.map(ask, range(12))) == {303}
    assert jobs(session) == 1


def test_many_readers_at_once_compute_once(
    installation: Installation, session: Session, computed: list[ResultKind]
) -> None:
    star(session)

    def look(_number: int) -> int:
        return installation.app.test_client().get("/reseau/analyse").status_code

    with ThreadPoolExecutor(6) as pool:
        assert set(pool.map(look, range(12))) == {200}
    assert computed == [ResultKind.ANALYSIS]


# --- The table


def stored(
    session: Session, number: int, kind: ResultKind = ResultKind.ANALYSIS, **values: Any
) -> StoredResult:
    named = {
        "kind": kind, "key": f"{number:064}", "series": "s" * 64, "day": TODAY, "content": "{}",
        "asked_at": NOW, "computed_at": NOW,
    }  # fmt: skip
    row: StoredResult = factories.add(session, StoredResult(**{**named, **values}))
    return row


@both_databases
@pytest.mark.parametrize(
    "values",
    [
        {"content": None},
        {"computed_at": None},
        {"content": None, "computed_at": None},
        {"key": "short"},
        {"key": f"{1:064}"},
    ],
)
def test_the_database_refuses_what_makes_no_sense(session: Session, values: dict[str, Any]) -> None:
    stored(session, 1)
    with pytest.raises(IntegrityError):
        stored(session, 2, **values)


@both_databases
def test_results_are_kept_within_bounds(session: Session) -> None:
    most = results.KEPT[ResultKind.LAYOUT]
    for number in range(most + 3):
        results.keep(
            session, ResultKind.LAYOUT, f"{number:064}", series="s" * 64, day=TODAY, content="{}", now=NOW
        )
    found = session.scalars(select(StoredResult.key).order_by(StoredResult.id)).all()
    assert found == [f"{number:064}" for number in range(3, most + 3)]


@both_databases
def test_old_results_and_lost_claims_are_swept(installation: Installation, session: Session) -> None:
    old = NOW - results.LIFE - timedelta(days=1)
    stored(session, 1, computed_at=old)
    stored(session, 2)
    stored(session, 3, ResultKind.LAYOUT, computed_at=old)  # the newest of its kind: people stay in place
    stored(session, 4, content=None, computed_at=None, job_id=1, asked_at=NOW - timedelta(days=2))
    stored(session, 5, content=None, computed_at=None, job_id=1)
    session.commit()
    sweeping.sweep(installation.engine, now=NOW)
    session.expire_all()
    assert [int(key) for key in session.scalars(select(StoredResult.key).order_by(StoredResult.id))] == [
        2,
        3,
        5,
    ]


def test_a_question_survives_its_way_through_a_job() -> None:
    asked = Question(
        ResultKind.ANALYSIS, Wanted(TODAY, words="é", theme="housing"), Sight(TODAY, spaces=True), whole=False
    )
    assert Question.from_json(asked.as_json()) == asked


def test_a_series_tells_readers_apart_but_not_days() -> None:
    """What a coordinator's ties gave is never shown to others, not even as the last result."""
    other_day = Question(ResultKind.ANALYSIS, Wanted(TODAY - timedelta(days=9)), Sight(TODAY))
    coordinator = Question(ResultKind.ANALYSIS, Wanted(TODAY), Sight(TODAY, sign_ups=True))
    assert QUESTION.series == other_day.series
    assert QUESTION.series != coordinator.series
    filtered = Question(ResultKind.ANALYSIS, Wanted(TODAY, theme="housing"), Sight(TODAY))
    part = Question(ResultKind.ANALYSIS, Wanted(TODAY, theme="housing"), Sight(TODAY), whole=False)
    assert QUESTION.series == filtered.series != part.series


@both_databases
def test_the_newest_of_a_series_is_found(session: Session) -> None:
    stored(session, 1)
    stored(session, 2, computed_at=NOW + timedelta(hours=1))
    stored(session, 3, content=None, computed_at=None, job_id=1)
    found = session.scalars(queries.newest(ResultKind.ANALYSIS, "s" * 64)).one()
    assert int(found.key) == 2
