"""Allotting a block by wishes: computed, looked at, mended, published once; everybody told why."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import event, select
from sqlalchemy.orm import Session

from graph.allocation.allocate import allocate
from graph.allocation.problem import faults
from hub.core import audit, clock, jobs, mail
from hub.core.errors import DomainError
from hub.events.jobs.allocation import publish
from hub.events.models.days import Event
from hub.events.models.registrations import Choice, Registration
from hub.events.models.workshops import AllocationRun, AllocationState, Way, Wish, WorkshopBlock
from hub.events.operations import allocation, letters, sign_up, waitlist
from tests.events.plenary import person, plenary, wishes
from tests.factories import NOW, coordinator, user

LATER = NOW + timedelta(hours=1)


@pytest.fixture(autouse=True)
def _at_now(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clock, "now", lambda: LATER)


@pytest.fixture
def counted(installation: Any) -> Callable[[], Any]:
    """Return what lists the statements that run inside it."""

    @contextmanager
    def watch() -> Iterator[list[str]]:
        seen: list[str] = []

        def note(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
            seen.append(statement)

        event.listen(installation.engine, "before_cursor_execute", note)
        try:
            yield seen
        finally:
            event.remove(installation.engine, "before_cursor_execute", note)

    return watch


def by_wishes(session: Session, *capacities: int, choices: int = 1, **values: Any) -> WorkshopBlock:
    """Publish a day whose workshops are ranked."""
    event = plenary(session, capacities=capacities or (2, 2, 2, 2), choices=choices, **values)
    (block,) = event.blocks
    block.way = Way.WISHES
    session.flush()
    session.expire_all()
    return block


def come(session: Session, block: WorkshopBlock, number: int, *places: int) -> Registration:
    """Sign somebody up who ranks the workshops at those places of the programme."""
    event = block.event
    ranked = tuple(event.workshops[place].id for place in places)
    return sign_up.register(
        session, event, person(number), wishes(event, ranked=((block.id, ranked),)), now=NOW
    ).registration


def held(session: Session, row: Registration) -> list[int]:
    session.refresh(row)
    return sorted(choice.workshop_id for choice in row.choices)


def test_nobody_holds_a_seat_before_publishing_and_all_do_after(session: Session) -> None:
    block = by_wishes(session, choices=2)
    people = [come(session, block, number, 0, 1, 2) for number in range(4)]
    assert block.event.taken == 4
    assert session.scalars(select(Choice)).all() == []
    run = allocation.compute(session, block, actor="test", now=NOW)
    assert run.is_proven
    assert session.scalars(select(Choice)).all() == []
    assert allocation.publish(session, run, actor="test", now=LATER) == 4
    assert all(len(held(session, row)) == 2 for row in people)
    session.expire_all()
    for workshop in block.workshops:
        taken = session.scalars(select(Choice).where(Choice.workshop_id == workshop.id)).all()
        assert workshop.taken == len(taken) <= workshop.capacity
    assert block.allotted_at == LATER
    assert run.state == AllocationState.PUBLISHED
    told = session.scalars(select(mail.Message).where(mail.Message.kind == "events.allotted")).all()
    assert sorted(message.subject_id for message in told) == sorted(row.id for row in people)


def test_publishing_twice_is_refused_and_writes_no_second_mail(session: Session) -> None:
    block = by_wishes(session)
    come(session, block, 1, 0)
    run = allocation.compute(session, block, actor="test", now=NOW)
    allocation.publish(session, run, actor="test", now=LATER)
    with pytest.raises(DomainError):
        allocation.publish(session, run, actor="test", now=LATER)
    with pytest.raises(DomainError):
        allocation.compute(session, block, actor="test", now=LATER)
    told = select(mail.Message).where(mail.Message.kind == "events.allotted")
    assert len(session.scalars(told).all()) == 1


def test_a_run_is_kept_in_numbers_and_repeated_gives_the_same(session: Session) -> None:
    block = by_wishes(session, 1, 1, 5, 5)
    for number in range(6):
        come(session, block, number, 0, 1, 2)
    run = allocation.compute(session, block, actor="test", now=NOW)
    session.expire_all()
    again = allocation.repeat(run)
    assert [[who, list(seats)] for who, seats in again.seats.items()] == run.result["seats"]
    assert (again.score.regret, again.method) == (run.cost, run.method)
    kept = str(run.given) + str(run.result)
    assert "Participant" not in kept
    assert "@" not in kept
    stored = allocation.read(run)
    assert not faults(stored.problem, stored.seats)


def test_computing_anew_draws_the_same_lots_unless_asked_otherwise(session: Session) -> None:
    block = by_wishes(session, 1, 5, 5, 5)
    for number in range(6):
        come(session, block, number, 0, 1)
    first = allocation.compute(session, block, actor="test", now=NOW)
    second = allocation.compute(session, block, actor="test", now=LATER)
    assert (second.seed, second.result) == (first.seed, first.result)
    assert first.state == AllocationState.SET_ASIDE
    third = allocation.compute(session, block, actor="test", now=LATER, new_seed=True)
    assert third.seed != first.seed
    acts = [
        entry for entry in session.scalars(audit.history(block.event)) if entry.action == "event.allocated"
    ]
    assert len(acts) == 3
    assert acts[0].changes["seed"] == [second.seed, third.seed]


def test_each_person_reads_why(session: Session, client: FlaskClient) -> None:
    block = by_wishes(session, 1, 5, 5, 5)
    rows = [come(session, block, number, 0, 1) for number in range(3)]
    run = allocation.compute(session, block, actor="test", now=NOW)
    allocation.publish(session, run, actor="test", now=LATER)
    losers = [row for row in rows if held(session, row) != [block.workshops[0].id]]
    assert len(losers) == 2
    token = letters.issue_link(session, losers[0], now=LATER)
    session.commit()
    page = client.get(f"/inscription/{token}").get_data(as_text=True).replace("\u00a0", " ")
    assert "votre 2e souhait" in page
    assert "avait plus de demandes (3) que de places (1) : le tirage au sort a départagé" in page
    message = session.scalars(
        select(mail.Message).where(
            mail.Message.kind == "events.allotted", mail.Message.subject_id == losers[0].id
        )
    ).one()
    assert "le tirage au sort a départagé" in message.text


def test_who_cancelled_since_gets_nothing_and_the_seat_is_free(session: Session) -> None:
    block = by_wishes(session)
    stays, goes = come(session, block, 1, 0), come(session, block, 2, 0)
    run = allocation.compute(session, block, actor="test", now=NOW)
    sign_up.cancel(session, goes, actor="test", now=LATER)
    assert allocation.changed_since(session, run) == (0, 1, 0)
    assert allocation.publish(session, run, actor="test", now=LATER) == 1
    assert held(session, goes) == []
    assert len(held(session, stays)) == 1
    session.expire_all()
    assert sum(workshop.taken for workshop in block.workshops) == 1


def test_who_comes_after_publishing_takes_what_is_left_or_waits(session: Session) -> None:
    block = by_wishes(session, 1, 5, 5, 5)
    come(session, block, 1, 0, 1)
    late_before = allocation.compute(session, block, actor="test", now=NOW)
    came = come(session, block, 2, 0, 1)
    assert allocation.changed_since(session, late_before) == (1, 0, 0)
    allocation.publish(session, late_before, actor="test", now=LATER)
    assert held(session, came) == []
    event = block.event
    with pytest.raises(DomainError, match="Plus de place"):
        sign_up.register(session, event, person(3), wishes(event, 0), now=LATER)
    row = sign_up.register(session, event, person(4), wishes(event, 1), now=LATER).registration
    assert held(session, row) == [event.workshops[1].id]
    assert event.workshops[0].id in waitlist.waitable(event)


def test_a_workshop_under_its_minimum_is_cancelled_with_publishing(session: Session) -> None:
    block = by_wishes(session, 5, 5, 5, 5)
    block.workshops[0].minimum = 3
    session.flush()
    rows = [come(session, block, number, 0, 1) for number in range(2)]
    run = allocation.compute(session, block, actor="test", now=NOW)
    assert run.result["closed"] == [block.workshops[0].id]
    allocation.publish(session, run, actor="test", now=LATER)
    assert block.workshops[0].cancelled_at == LATER
    assert all(held(session, row) == [block.workshops[1].id] for row in rows)


def test_publishing_is_refused_where_a_minimum_is_no_longer_met(session: Session) -> None:
    block = by_wishes(session, 5, 5, 5, 5)
    block.workshops[0].minimum = 2
    session.flush()
    rows = [come(session, block, number, 0, 1) for number in range(2)]
    run = allocation.compute(session, block, actor="test", now=NOW)
    assert run.result["closed"] == []
    sign_up.cancel(session, rows[0], actor="test", now=LATER)
    with pytest.raises(DomainError, match="minimum"):
        allocation.publish(session, run, actor="test", now=LATER)
    assert held(session, rows[1]) == []
    again = allocation.compute(session, block, actor="test", now=LATER)
    allocation.publish(session, again, actor="test", now=LATER)
    assert held(session, rows[1]) == [block.workshops[1].id]


def test_publishing_is_refused_where_seats_were_taken_away(session: Session) -> None:
    block = by_wishes(session)
    for number in range(2):
        come(session, block, number, 0, 1)
    run = allocation.compute(session, block, actor="test", now=NOW)
    block.workshops[0].capacity = 1
    session.flush()
    with pytest.raises(DomainError, match="calculez"):
        allocation.publish(session, run, actor="test", now=LATER)


def test_somebody_is_moved_by_hand_and_told_so(session: Session) -> None:
    block = by_wishes(session, 1, 5, 5, 5)
    row = come(session, block, 1, 0, 1)
    user = coordinator(session)
    run = allocation.compute(session, block, actor=user, now=NOW)
    third = block.workshops[2].id
    before, after = allocation.move(session, run, row.id, [third], actor=user, now=LATER)
    assert (before.regret, after.regret) == (0, 4)
    assert not run.is_proven
    with pytest.raises(DomainError):
        allocation.move(session, run, row.id, [third, block.workshops[1].id], actor=user, now=LATER)
    with pytest.raises(DomainError):
        allocation.move(session, run, 9_999, [third], actor=user, now=LATER)
    allocation.publish(session, run, actor=user, now=LATER)
    assert held(session, row) == [third]
    message = session.scalars(select(mail.Message).where(mail.Message.kind == "events.allotted")).one()
    assert "à la main" in message.text


def test_a_full_workshop_takes_nobody_by_hand(session: Session) -> None:
    block = by_wishes(session, 1, 5, 5, 5)
    rows = [come(session, block, number, 0, 1) for number in range(2)]
    user = coordinator(session)
    run = allocation.compute(session, block, actor=user, now=NOW)
    popular = block.workshops[0].id
    without = next(row for row in rows if popular not in dict(run.result["seats"])[row.id])
    with pytest.raises(DomainError, match="complet"):
        allocation.move(session, run, without.id, [popular], actor=user, now=LATER)


def test_a_set_aside_run_is_not_published(session: Session) -> None:
    block = by_wishes(session)
    come(session, block, 1, 0)
    user = coordinator(session)
    run = allocation.compute(session, block, actor=user, now=NOW)
    allocation.set_aside(session, run, actor=user, now=LATER)
    with pytest.raises(DomainError):
        allocation.publish(session, run, actor=user, now=LATER)
    assert run.state == AllocationState.SET_ASIDE


def test_wishes_change_until_the_deadline_and_are_stored_in_order(session: Session) -> None:
    block = by_wishes(session)
    row = come(session, block, 1, 2, 0, 1)
    event = block.event
    stored = session.scalars(select(Wish).where(Wish.registration_id == row.id).order_by(Wish.rank))
    assert [wish.workshop_id for wish in stored] == [event.workshops[place].id for place in (2, 0, 1)]
    other = (event.workshops[1].id, event.workshops[2].id)
    sign_up.change(session, row, wishes(event, ranked=((block.id, other),)), now=LATER)
    stored = session.scalars(select(Wish).where(Wish.registration_id == row.id).order_by(Wish.rank))
    assert tuple(wish.workshop_id for wish in stored) == other
    with pytest.raises(DomainError):
        sign_up.change(session, row, wishes(event, ranked=((block.id, other),)), now=event.sign_up_closes_at)


@pytest.mark.parametrize("way", [Way.FIRST_COME])
def test_a_block_that_is_first_come_is_not_allotted(session: Session, way: Way) -> None:
    event: Event = plenary(session)
    (block,) = event.blocks
    assert block.way == way
    with pytest.raises(DomainError, match="souhaits"):
        allocation.compute(session, block, actor="test", now=NOW)


def test_nobody_and_nothing_are_not_allotted(session: Session) -> None:
    block = by_wishes(session)
    with pytest.raises(DomainError, match="Personne"):
        allocation.compute(session, block, actor="test", now=NOW)


# --- Pages --------------------------------------------------------------------------------------------


def pages_of(block: WorkshopBlock) -> str:
    return f"/journees/{block.event.slug}"


def test_a_coordinator_computes_looks_moves_and_publishes(
    session: Session, client: FlaskClient, sign_in: Any
) -> None:
    block = by_wishes(session, 1, 5, 5, 5)
    rows = [come(session, block, number, 0, 1) for number in range(3)]
    path = pages_of(block)
    sign_in(client, coordinator(session))
    page = client.get(f"{path}/souhaits").get_data(as_text=True)
    assert "premiers choix\u00a0: 3\u00a0; places\u00a0: 1" in page
    answer = client.post(f"{path}/souhaits/{block.id}/calculer", data={})
    assert answer.status_code == 303
    run = session.scalars(select(AllocationRun)).one()
    page = client.get(answer.location).get_data(as_text=True)
    assert "Premier arrivé, premier servi" in page
    assert "flot de moindre coût" in page
    assert "le tirage au sort a départagé" in page
    moved = rows[0].id
    fourth = block.workshops[3].id
    shown = client.get(f"{path}/repartitions/{run.id}/deplacer/{moved}?workshops={fourth}")
    assert "La somme des coûts passe de" in shown.get_data(as_text=True)
    session.expire_all()
    assert run.result["moved"] == []
    done = client.post(f"{path}/repartitions/{run.id}/deplacer/{moved}", data={"workshops": fourth})
    assert done.status_code == 303
    asked = client.get(f"{path}/repartitions/{run.id}/publier").get_data(as_text=True)
    assert "3 personnes reçoivent leurs ateliers" in asked
    assert client.post(f"{path}/repartitions/{run.id}/publier", data={}).status_code == 303
    again = client.get(f"{path}/repartitions/{run.id}/publier")  # nothing is left to confirm
    assert (again.status_code, again.location) == (303, f"{path}/repartitions/{run.id}")
    session.rollback()
    session.expire_all()
    assert held(session, rows[0]) == [fourth]
    assert "Les ateliers sont répartis" in client.get(f"{path}/souhaits").get_data(as_text=True)


def test_who_coordinates_nothing_sees_nothing(session: Session, client: FlaskClient, sign_in: Any) -> None:
    block = by_wishes(session)
    come(session, block, 1, 0)
    run = allocation.compute(session, block, actor="test", now=NOW)
    sign_in(client, user(session))
    path = pages_of(block)
    for page in ("souhaits", f"repartitions/{run.id}", f"repartitions/{run.id}/publier"):
        assert client.get(f"{path}/{page}").status_code == 403


def test_a_run_of_another_day_and_numbers_that_are_none_are_not_found(
    session: Session, client: FlaskClient, sign_in: Any
) -> None:
    block = by_wishes(session)
    other = by_wishes(session, title="Une autre journée")
    row = come(session, block, 1, 0)
    run = allocation.compute(session, block, actor="test", now=NOW)
    sign_in(client, coordinator(session))
    there, here = pages_of(other), pages_of(block)
    for page in (
        f"{there}/repartitions/{run.id}",
        f"{here}/repartitions/99999",
        f"{here}/repartitions/{run.id}/deplacer/99999",
        f"{here}/souhaits/99999/avancement",
        f"{here}/repartitions/{run.id}?format=exe",
    ):
        assert client.get(page).status_code == 404, page
    move = f"{here}/repartitions/{run.id}/deplacer/{row.id}"
    refused = client.post(move, data={"workshops": other.workshops[0].id})
    assert refused.status_code == 422
    assert client.get(f"{move}?workshops=rien").status_code == 200
    assert client.post(f"{here}/souhaits/{other.id}/calculer", data={}).status_code == 404


def test_a_list_of_who_got_what_goes_out_as_a_table(
    session: Session, client: FlaskClient, sign_in: Any
) -> None:
    block = by_wishes(session)
    come(session, block, 1, 0)
    run = allocation.compute(session, block, actor="test", now=NOW)
    sign_in(client, coordinator(session))
    answer = client.get(f"{pages_of(block)}/repartitions/{run.id}?format=csv")
    assert "Participant·e 1" in answer.get_data(as_text=True)
    assert "Besoins de base" in answer.get_data(as_text=True)


def crowd(session: Session, block: WorkshopBlock, number: int) -> None:
    """Store many sign-ups at once, with their wishes."""
    event = block.event
    for place in range(number):
        row = Registration(
            event_id=event.id,
            name=f"Personne {place}",
            email=f"foule{place}@example.org",
            search_text=f"personne {place}",
            organisation_name=f"Association {place % 40}",
            created_at=NOW + timedelta(seconds=place),
            updated_at=NOW,
        )
        row.wishes = [
            Wish(block_id=block.id, workshop_id=event.workshops[(place + step) % 4].id, rank=step + 1)
            for step in range(3)
        ]
        session.add(row)
    event.taken += number
    session.flush()


def test_a_thousand_people_are_allotted_and_told_by_jobs_in_few_queries(
    session: Session, client: FlaskClient, sign_in: Any, run_jobs: Any, counted: Any
) -> None:
    block = by_wishes(session, 300, 300, 300, 300, choices=2)
    crowd(session, block, 1_000)
    path = pages_of(block)
    allocation.AT_ONCE, before = 100, allocation.AT_ONCE
    try:
        sign_in(client, coordinator(session))
        computing = client.post(f"{path}/souhaits/{block.id}/calculer", data={})
    finally:
        allocation.AT_ONCE = before
    assert computing.location == f"{path}/souhaits"
    assert "La répartition se calcule" in client.get(computing.location).get_data(as_text=True)
    assert "La répartition se calcule" in client.get(f"{path}/souhaits/{block.id}/avancement").get_data(
        as_text=True
    )
    run_jobs()
    run = session.scalars(select(AllocationRun)).one()
    for page in ("souhaits", f"repartitions/{run.id}", f"repartitions/{run.id}/publier"):
        with counted() as statements:
            assert client.get(f"{path}/{page}").status_code == 200
        asked = [each for each in statements if each != "BEGIN"]
        assert len(asked) <= 12, "\n".join([page, *asked])


def test_publishing_to_many_is_a_job_and_done_twice_is_done_once(
    session: Session, client: FlaskClient, sign_in: Any, run_jobs: Any, installation: Any
) -> None:
    block = by_wishes(session, 100, 100, 100, 100)
    crowd(session, block, 160)
    run = allocation.compute(session, block, actor="test", now=NOW)
    session.commit()
    sign_in(client, coordinator(session))
    path = f"{pages_of(block)}/repartitions/{run.id}"
    assert client.post(f"{path}/publier", data={}).status_code == 303
    assert "La répartition se publie" in client.get(path).get_data(as_text=True)
    assert client.get(f"{path}/avancement").status_code == 200
    run_jobs()
    session.expire_all()
    assert run.state == AllocationState.PUBLISHED
    told = select(mail.Message).where(mail.Message.kind == "events.allotted")
    assert len(session.scalars(told).all()) == 160
    context = jobs.JobContext(installation.engine, 0, "test", {})
    context.progress = lambda *_: None  # type: ignore[method-assign]
    assert publish(context, run=run.id, actor="test") == {}
    assert len(session.scalars(told).all()) == 160


def test_where_seats_are_scarce_the_lot_is_said_to_whoever_it_left_out(session: Session) -> None:
    block = by_wishes(session, 1, 1)
    people = [come(session, block, number, 0, 1) for number in range(3)]
    run = allocation.compute(session, block, actor="test", now=NOW)
    assert allocation.publish(session, run, actor="test", now=LATER) == 2
    (left,) = [row for row in people if not held(session, row)]
    told = mail_to(session, left)
    assert "Il ne restait de place dans aucun atelier pour vous." in told
    assert told.count("le tirage au sort a départagé") == 2


def mail_to(session: Session, row: Registration) -> str:
    """Return the text of the mail that says what somebody was given, as it leaves."""
    letter = select(mail.Message).where(
        mail.Message.kind == "events.allotted", mail.Message.subject_id == row.id
    )
    return str(session.scalars(letter).one().text)


def test_who_ranked_nothing_is_not_served_before_who_ranked_all(session: Session) -> None:
    block = by_wishes(session, 1, 1)
    silent = come(session, block, 0)
    people = [come(session, block, number, 0, 1) for number in (1, 2)]
    run = allocation.compute(session, block, actor="test", now=NOW)
    allocation.publish(session, run, actor="test", now=LATER)
    assert held(session, silent) == []
    assert all(held(session, row) for row in people)


@pytest.mark.parametrize("ranked", [(0, 1), (0,), ()])
def test_one_person_alone_gets_a_workshop(session: Session, ranked: tuple[int, ...]) -> None:
    block = by_wishes(session, 1, 1)
    row = come(session, block, 1, *ranked)
    run = allocation.compute(session, block, actor="test", now=NOW)
    assert allocation.publish(session, run, actor="test", now=LATER) == 1
    assert len(held(session, row)) == 1
    assert not ranked or held(session, row) == [block.workshops[0].id]


def test_minima_that_nobody_can_reach_cancel_all_and_leave_the_day(session: Session) -> None:
    block = by_wishes(session, 9, 9)
    for workshop in block.workshops:
        workshop.minimum = 5
    session.flush()
    row = come(session, block, 1, 0, 1)
    run = allocation.compute(session, block, actor="test", now=NOW)
    assert len(allocation.read(run).closed) == 2
    assert allocation.publish(session, run, actor="test", now=LATER) == 0
    assert all(workshop.cancelled_at == LATER for workshop in block.workshops)
    assert (row.is_confirmed, held(session, row)) == (True, [])
    assert mail_to(session, row).count("trop peu de personnes") == 2


def test_what_changes_while_it_is_computed_is_told_before_publishing(session: Session) -> None:
    """Wishes, people and workshops move between reading and keeping: the page says so, seats stay right."""
    block = by_wishes(session, 2, 2, 2)
    event = block.event
    first, second = (come(session, block, number, 0, 1) for number in (1, 2))
    problem = allocation.prepare(session, block, now=NOW)
    ranked = ((block.id, (event.workshops[1].id,)),)
    sign_up.change(session, first, wishes(event, ranked=ranked), now=NOW)
    sign_up.cancel(session, second, actor="test", now=NOW)
    third = come(session, block, 3, 0)
    run = allocation.keep(session, block, problem, allocate(problem), actor="test", now=NOW)
    assert allocation.changed_since(session, run) == (1, 1, 1)
    assert allocation.publish(session, run, actor="test", now=LATER) == 1
    assert (held(session, first), held(session, second)) == ([event.workshops[0].id], [])
    assert held(session, third) == []  # chooses among what is left
    assert [workshop.taken for workshop in event.workshops] == [1, 0, 0]


def test_a_workshop_called_off_while_it_is_computed_stops_publishing(session: Session) -> None:
    block = by_wishes(session, 2, 2)
    come(session, block, 1, 0)
    problem = allocation.prepare(session, block, now=NOW)
    block.workshops[0].cancelled_at = NOW
    session.flush()
    run = allocation.keep(session, block, problem, allocate(problem), actor="test", now=NOW)
    with pytest.raises(DomainError, match="calculez à nouveau"):
        allocation.publish(session, run, actor="test", now=LATER)
    assert session.scalars(select(Choice)).all() == []


def test_computing_ends_in_vain_once_it_was_published(session: Session) -> None:
    block = by_wishes(session)
    come(session, block, 1, 0)
    problem = allocation.prepare(session, block, now=NOW)
    allocation.publish(
        session, allocation.compute(session, block, actor="test", now=NOW), actor="test", now=LATER
    )
    with pytest.raises(DomainError, match="déjà répartis"):
        allocation.keep(session, block, problem, allocate(problem), actor="test", now=LATER)
