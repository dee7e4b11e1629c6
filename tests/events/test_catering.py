"""The caterer's numbers: they add up, are frozen at the deadline with late changes apart, and name nobody."""

import csv
import io
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pypdf
import pytest
from flask.testing import FlaskClient
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from openpyxl import load_workbook
from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from hub.core import clock
from hub.core.errors import DomainError
from hub.core.jobs import Job
from hub.core.mornings import morning
from hub.events.models.days import Event, EventState, Mode
from hub.events.models.registrations import (
    Channel,
    DietOption,
    MealCount,
    Registration,
    RegistrationState,
    registration_diet,
)
from hub.events.operations import catering, days
from hub.events.values.meals import Counts, Line, joined
from tests import factories
from tests.conftest import both_databases
from tests.events.plenary import plenary
from tests.factories import NOW


@pytest.fixture(autouse=True)
def at_now(monkeypatch: pytest.MonkeyPatch) -> Callable[[Any], None]:
    """Stand at NOW; call it to go elsewhere."""

    def go(moment: Any) -> None:
        monkeypatch.setattr(clock, "now", lambda: moment)

    go(NOW)
    return go


@pytest.fixture
def coordinator(
    session: Session, client: FlaskClient, sign_in: Callable[[FlaskClient, Any], FlaskClient]
) -> FlaskClient:
    return sign_in(client, factories.coordinator(session))


def eater(session: Session, event: Event, meal: int | None, **values: Any) -> Registration:
    """Store somebody who eats the meal at that place of the list, or none."""
    row = Registration(
        **{
            "event_id": event.id, "name": "Quelqu’un", "search_text": "quelqu’un", "email": None,
            "meal_id": None if meal is None else event.meals[meal].id, "state": RegistrationState.CONFIRMED,
            "needs_consent_at": NOW, "created_at": NOW, "updated_at": NOW, **values,
        }
    )  # fmt: skip
    if row.state == RegistrationState.CANCELLED:
        row.cancelled_at = NOW
    if row.state == RegistrationState.WAITING:
        row.queued_at = NOW
    session.add(row)
    session.flush()
    return row


def chooses(session: Session, row: Registration, *diets: DietOption) -> None:
    for diet in diets:
        session.execute(insert(registration_diet).values(registration_id=row.id, diet_id=diet.id))


def diets(session: Session, event: Event, *labels: str) -> list[DietOption]:
    actor = factories.coordinator(session)
    catering.set_diets(session, event, labels, actor=actor, now=NOW)
    return list(session.scalars(select(DietOption).order_by(DietOption.position)))


@pytest.fixture
def event(session: Session) -> Event:
    """Two vegetarians (one a walk-in), one fish; one without meal, one online; two diets and a free one."""
    made = plenary(session)
    gluten, _milk = diets(session, made, "Sans gluten", "Sans lactose")
    chooses(session, eater(session, made, 0), gluten)
    chooses(session, eater(session, made, 0, channel=Channel.WALK_IN), gluten)
    eater(session, made, 1, diet="Pas de céleri cru")
    eater(session, made, None)
    eater(session, made, 1, mode=Mode.ONLINE)
    eater(session, made, 0, state=RegistrationState.CANCELLED)
    eater(session, made, 0, state=RegistrationState.WAITING)
    session.commit()
    return made


# --- Counting -------------------------------------------------------------------------------------


@both_databases
def test_counts_are_of_who_eats_in_the_room(session: Session, event: Event) -> None:
    counts = catering.count(session, event)
    assert counts.meals == (Line("Végétarien", 2, 1), Line("Poisson", 1))
    assert counts.diets == (Line("Sans gluten", 2, 1), Line("Sans lactose", 0))
    assert counts.other == Line(catering.OTHER, 1)
    assert (counts.total, counts.without, counts.late) == (3, 1, ())


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    people=st.lists(
        st.tuples(
            st.sampled_from([None, 0, 1]),
            st.sampled_from(
                [RegistrationState.CONFIRMED, RegistrationState.CANCELLED, RegistrationState.WAITING]
            ),
            st.sampled_from([Mode.ONSITE, Mode.ONLINE]),
            st.sampled_from([Channel.WEB, Channel.WALK_IN]),
        ),
        max_size=12,
    )
)
def test_the_total_is_who_is_expected_with_a_meal(session: Session, people: list[Any]) -> None:
    event = plenary(session)
    for meal, state, mode, channel in people:
        eater(session, event, meal, state=state, mode=mode, channel=channel)
    counts = catering.count(session, event)
    there = [one for one in people if one[1] == RegistrationState.CONFIRMED and one[2] == Mode.ONSITE]
    assert counts.total == sum(meal is not None for meal, *_ in there)
    assert counts.without == sum(meal is None for meal, *_ in there)
    assert counts.total + counts.without == len(there)
    assert sum(line.walk_ins for line in counts.meals) == sum(
        meal is not None and channel == Channel.WALK_IN for meal, _state, _mode, channel in there
    )
    catering.freeze(session, event, actor="test", now=NOW)
    assert catering.count(session, event).late == ()
    session.rollback()


@given(
    st.dictionaries(st.text(max_size=3), st.integers(0, 9), max_size=6),
    st.dictionaries(st.text(max_size=3), st.integers(0, 9), max_size=6),
)
def test_late_changes_lead_from_what_was_told_to_what_is(now: dict[str, int], told: dict[str, int]) -> None:
    lines = joined([(label, number, 0) for label, number in now.items()], told.items(), is_frozen=True)
    assert {line.label for line in lines} == set(now) | set(told)
    for line in lines:
        assert (line.told or 0) + line.late == line.number == now.get(line.label, 0)
    assert Counts(meals=lines).total == sum(now.values())


# --- Freezing -------------------------------------------------------------------------------------


@both_databases
def test_late_changes_stand_apart(session: Session, event: Event) -> None:
    catering.freeze(session, event, actor="test", now=NOW)
    assert event.meals_frozen_at == NOW
    eater(session, event, 0)
    eater(session, event, 0)
    fish = session.scalars(
        select(Registration).where(
            Registration.meal_id == event.meals[1].id, Registration.mode == Mode.ONSITE
        )
    ).one()
    fish.meal_id, fish.diet = None, ""
    session.flush()
    counts = catering.count(session, event)
    assert [(line.label, line.late) for line in counts.late] == [
        ("Végétarien", 2), ("Poisson", -1), (catering.OTHER, -1),
    ]  # fmt: skip
    later = NOW + timedelta(days=1)
    catering.freeze(session, event, actor="test", now=later)
    assert catering.count(session, event).late == ()
    kept = session.scalars(select(MealCount)).all()
    assert {row.frozen_at for row in kept} == {later}
    assert len(kept) == 5


def test_a_line_that_left_the_list_is_told_as_lost_then_forgotten(session: Session, event: Event) -> None:
    catering.freeze(session, event, actor="test", now=NOW)
    diets(session, event, "Sans gluten")
    assert catering.count(session, event).diets[-1] == Line("Sans lactose", 0, 0, 0)
    catering.freeze(session, event, actor="test", now=NOW)
    assert [line.label for line in catering.count(session, event).diets] == ["Sans gluten"]


def test_it_freezes_at_the_deadline_by_itself_and_once(
    session: Session, event: Event, run_jobs: Callable[[], int], at_now: Callable[[Any], None]
) -> None:
    deadline = NOW + timedelta(hours=5)
    event.meals_close_at = deadline
    session.flush()
    assert not catering.freeze_due(session, event, now=deadline - timedelta(seconds=1))
    morning.send(session, day=clock.today(NOW), now=NOW)
    session.commit()
    (job,) = session.scalars(select(Job).where(Job.name == catering.JOB))
    assert job.run_at == deadline
    run_jobs()
    session.refresh(event)
    assert event.meals_frozen_at is None
    at_now(deadline)
    run_jobs()
    session.rollback()
    session.refresh(event)
    assert event.meals_frozen_at == deadline
    morning.send(session, day=clock.today(deadline), now=deadline)
    assert len(session.scalars(select(Job).where(Job.name == catering.JOB)).all()) == 1
    assert not catering.freeze_due(session, event, now=deadline + timedelta(days=1))


def test_a_missed_deadline_is_made_up_for(session: Session, event: Event) -> None:
    event.meals_close_at = NOW - timedelta(days=2)
    session.flush()
    morning.send(session, day=clock.today(NOW), now=NOW)
    (job,) = session.scalars(select(Job).where(Job.name == catering.JOB))
    assert job.run_at == NOW


@pytest.mark.parametrize("change", [{"meal_offered": False}, {"needs_forgotten_at": NOW}])
def test_what_can_t_be_frozen_is_not(session: Session, event: Event, change: dict[str, Any]) -> None:
    event.meals_close_at = NOW
    for name, value in change.items():
        setattr(event, name, value)
    session.flush()
    assert not catering.freeze_due(session, event, now=NOW)
    with pytest.raises(DomainError):
        catering.freeze(session, event, actor="test", now=NOW)


def test_a_day_called_off_is_not_frozen(session: Session, event: Event) -> None:
    event.meals_close_at, event.state = NOW, EventState.CANCELLED
    assert not catering.freeze_due(session, event, now=NOW)


@both_databases
def test_the_numbers_outlive_the_choices(session: Session, event: Event) -> None:
    catering.freeze(session, event, actor="test", now=NOW)
    eater(session, event, 1)
    days.forget_all_needs(session, event, now=event.forget_needs_at)
    session.flush()
    counts = catering.count(session, event)
    assert [(line.label, line.number, line.told) for line in (*counts.meals, *counts.diets)] == [
        ("Végétarien", 2, 2), ("Poisson", 2, 1), ("Sans gluten", 2, 2), ("Sans lactose", 0, 0),
    ]  # fmt: skip
    assert counts.other == Line(catering.OTHER, 1, 0, 1)


# --- The list of diets ----------------------------------------------------------------------------


def test_the_list_keeps_its_order_and_what_was_chosen(session: Session, event: Event) -> None:
    actor = factories.coordinator(session)
    catering.set_diets(session, event, ("Sans porc", "", " Sans  gluten ", "Sans porc"), actor=actor, now=NOW)
    assert catering.diets(session, event) == ["Sans porc", "Sans gluten"]
    assert catering.count(session, event).diets[1] == Line("Sans gluten", 2, 1)
    for labels, said in (
        (("Sans porc",), "ont choisi"),
        (tuple(f"Sans {number}" for number in range(21)), "Au plus"),
        (("x" * 121,), "signes"),
        ((catering.OTHER,), "compté"),
    ):
        with pytest.raises(DomainError, match=said):
            catering.set_diets(session, event, labels, actor=actor, now=NOW)
    assert catering.diets(session, event) == ["Sans porc", "Sans gluten"]


# --- The pages ------------------------------------------------------------------------------------


def read_csv(content: bytes) -> list[list[str]]:
    return list(csv.reader(io.StringIO(content.decode("utf-8-sig")), delimiter=";"))


def test_the_page_and_its_lists_tell_numbers_only(
    session: Session, coordinator: FlaskClient, event: Event
) -> None:
    url = f"/journees/{event.slug}/traiteur"
    page = coordinator.get(url).text
    assert "3 à servir" in page
    assert "céleri" not in page
    assert "Quelqu’un" not in page
    assert coordinator.post(f"{url}/figer").status_code == 303
    eater(session, event, 0)
    session.commit()
    page = coordinator.get(url).text
    assert "+1 végétarien" in page
    assert "Figer à nouveau" in page
    rows = read_csv(coordinator.get(f"{url}?format=csv").data)
    assert rows[1] == ["Repas", "Végétarien", "3", "1", "2", "1"]
    assert [row[1] for row in rows[1:]] == [
        "Végétarien", "Poisson", "Sans gluten", "Sans lactose", "Autres précisions",
    ]  # fmt: skip
    assert "céleri" not in str(rows)
    assert load_workbook(io.BytesIO(coordinator.get(f"{url}?format=xlsx").data)).active is not None
    made = coordinator.get(f"{url}.pdf")
    text = " ".join(page.extract_text() for page in pypdf.PdfReader(io.BytesIO(made.data)).pages)
    assert "Pour le traiteur" in text
    assert "Sans gluten" in text
    assert "céleri" not in text


def test_lists_of_strange_diets_are_no_formulas(coordinator: FlaskClient, event: Event) -> None:
    url = f"/journees/{event.slug}/traiteur"
    coordinator.post(f"{url}/regimes", data={"diets": "Sans gluten\n=HYPERLINK(1)\n@x"})
    labels = [row[1] for row in read_csv(coordinator.get(f"{url}?format=csv").data)]
    assert "'=HYPERLINK(1)" in labels
    assert "'@x" in labels


def test_mistakes_in_the_list_of_diets_are_told(coordinator: FlaskClient, event: Event) -> None:
    answer = coordinator.post(f"/journees/{event.slug}/traiteur/regimes", data={"diets": "Sans œufs"})
    assert answer.status_code == 422
    assert "ont choisi « Sans gluten »" in answer.text.replace("\u00a0", " ").replace("\u202f", " ")
    assert "Sans œufs" in answer.text


def test_the_caterer_reads_numbers_by_link_until_the_day_is_over(
    session: Session,
    coordinator: FlaskClient,
    app: Any,
    event: Event,
    at_now: Callable[[Any], None],
) -> None:
    url = f"/journees/{event.slug}/traiteur/lien"
    made = coordinator.post(url)
    link = made.text.partition("http://localhost/traiteur/")[2].partition('"')[0]
    reader = app.test_client()
    page = reader.get(f"/traiteur/{link}")
    assert page.status_code == 200
    assert page.headers["Referrer-Policy"] == "no-referrer"
    assert "Végétarien" in page.text
    assert "céleri" not in page.text
    assert "Quelqu’un" not in page.text
    assert reader.post(f"/traiteur/{link}").status_code == 405
    again = coordinator.post(url).text.partition("http://localhost/traiteur/")[2].partition('"')[0]
    assert reader.get(f"/traiteur/{link}").status_code == 410
    assert reader.get(f"/traiteur/{again}").status_code == 200
    at_now(clock.end_of_day(event.last_day))
    assert reader.get(f"/traiteur/{again}").status_code == 410
    at_now(NOW)
    coordinator.post(f"{url}/retirer")
    assert reader.get(f"/traiteur/{again}").status_code == 410
    session.rollback()


def test_where_no_meal_is_offered_the_page_says_what_to_do(
    session: Session, coordinator: FlaskClient
) -> None:
    bare = plenary(session, capacities=(), choices=0, meals=())
    session.commit()
    assert "Aucun repas n’est prévu" in coordinator.get(f"/journees/{bare.slug}/traiteur").text
    assert coordinator.get(f"/journees/{bare.slug}/traiteur.pdf").status_code == 200
    coordinator.post(f"/journees/{bare.slug}/traiteur/figer")
    session.rollback()
    session.refresh(bare)
    assert bare.meals_frozen_at is None


@pytest.mark.parametrize("path", ["", ".pdf", "?format=csv"])
def test_others_are_refused(
    session: Session,
    client: FlaskClient,
    sign_in: Callable[[FlaskClient, Any], FlaskClient],
    event: Event,
    path: str,
) -> None:
    url = f"/journees/{event.slug}/traiteur{path}"
    assert client.get(url).status_code == 302
    sign_in(client, factories.user(session))
    assert client.get(url).status_code == 403
    for gesture in ("figer", "regimes", "lien", "lien/retirer"):
        assert client.post(f"/journees/{event.slug}/traiteur/{gesture}").status_code == 403
