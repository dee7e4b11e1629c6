"""What workshops conclude: written by who may, published after the day, tied to what came of it."""

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.event import listen
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from hub.actors.models.organisations import Organisation
from hub.core import clock
from hub.core.errors import DomainError
from hub.events.models.days import Event, EventKind
from hub.events.models.outcomes import Conclusion, Delegation
from hub.events.models.workshops import Workshop, WorkshopBlock
from hub.events.operations import conclusions
from hub.events.operations.conclusions import Words
from hub.recommendations.models.contributions import ContributionState
from hub.recommendations.models.recommendations import Recommendation, RecommendationState
from hub.recommendations.models.ties import ConclusionTie
from hub.recommendations.operations import conclusions as ties
from tests.conftest import Installation, both_databases
from tests.events.afterwards import AFTER, FIRST, module
from tests.factories import NOW, add, coordinator, level, organisation, user
from tests.recommendations.calls import contribution
from tests.recommendations.calls import recommendation as made_of
from tests.spaces import acting

BY = "essai"


@pytest.fixture(autouse=True)
def at_after(monkeypatch: pytest.MonkeyPatch) -> Callable[[Any], None]:
    def go(moment: Any) -> None:
        monkeypatch.setattr(clock, "now", lambda: moment)

    go(AFTER)
    return go


def day(session: Session, *titles: str, lead: Organisation | None = None) -> Event:
    """Return a plenary that is over, with workshops of those titles, all led by one organisation."""
    event = module(session, mornings=1, kind=EventKind.PLENARY, title="Plénière d’essai")
    block = add(session, WorkshopBlock(event_id=event.id))
    for place, title in enumerate(titles):
        add(
            session,
            Workshop(
                event_id=event.id, block_id=block.id, title=title, capacity=10, position=place,
                lead_id=lead.id if lead else None,
            ),
        )  # fmt: skip
    session.expire(event)
    return event


def speaker(session: Session, who: Organisation, **values: Any) -> Any:
    """Return an account that speaks for an organisation."""
    account = user(session)
    acting.mandate(session, who, acting.person(session, user_id=account.id), **values)
    return account


def recommendation(session: Session, code: str = "R-2026-001", **values: Any) -> Recommendation:
    return add(
        session,
        Recommendation(
            **{
                "code": code, "title": f"Un guichet logement {code}", "created_at": NOW, "updated_at": NOW,
                "search_text": f"un guichet logement {code.lower()}", "state": RecommendationState.ADOPTED,
                **values,
            }
        ),
    )  # fmt: skip


@both_databases
def test_written_then_published_after_the_day(session: Session) -> None:
    event = day(session, "Logement")
    (workshop,) = event.workshops
    row = conclusions.save(session, event, workshop, Words("Un guichet.", "En juin."), actor=BY, now=AFTER)
    assert row.published_at is None
    with pytest.raises(DomainError, match="après la journée"):
        conclusions.publish(session, row, actor=BY, now=event.ends_at - timedelta(seconds=1))
    conclusions.publish(session, row, actor=BY, now=event.ends_at)
    assert row.published_at == event.ends_at
    with pytest.raises(DomainError, match="retirez-la"):
        conclusions.save(session, event, workshop, Words(" "), actor=BY, now=AFTER)
    conclusions.unpublish(session, row, actor=BY, now=AFTER)
    assert (row.published_at, row.text) == (None, "Un guichet.")
    empty = conclusions.save(session, event, None, Words("", "Plus tard."), actor=BY, now=AFTER)
    with pytest.raises(DomainError, match="Écrivez d’abord"):
        conclusions.publish(session, empty, actor=BY, now=AFTER)
    assert conclusions.publish_all(session, event, actor=BY, now=AFTER) == 1


@both_databases
def test_one_for_each_workshop_and_one_for_the_day(session: Session) -> None:
    event = day(session, "Logement")
    for place in (None, event.workshops[0]):
        first = conclusions.save(session, event, place, Words("a"), actor=BY, now=AFTER)
        assert conclusions.save(session, event, place, Words("b"), actor=BY, now=AFTER) is first
    session.commit()
    for number in (None, event.workshops[0].id):
        session.add(Conclusion(event_id=event.id, workshop_id=number, text="c", updated_at=AFTER))
        with pytest.raises(IntegrityError):
            session.flush()
        session.rollback()


@both_databases
def test_ties_go_both_ways_and_are_taken_back(session: Session) -> None:
    event = day(session, "Logement")
    row = conclusions.save(session, event, event.workshops[0], Words("a"), actor=BY, now=AFTER)
    made = recommendation(session)
    tie = ties.attach(session, row, made, actor=BY, now=AFTER)
    assert ties.attach(session, row, made, actor=BY, now=AFTER) is tie
    ties.detach(session, tie, actor=BY, now=AFTER)
    assert tie.detached_at == AFTER
    assert ties.attach(session, row, made, actor=BY, now=AFTER) is tie
    assert tie.detached_at is None
    dropped = recommendation(session, "R-2026-002", state=RecommendationState.DROPPED)
    with pytest.raises(DomainError, match="écartée"):
        ties.attach(session, row, dropped, actor=BY, now=AFTER)
    session.commit()
    for wrong in ({}, {"recommendation_id": made.id}):
        session.add(ConclusionTie(conclusion_id=row.id, created_at=AFTER, **wrong))
        with pytest.raises(IntegrityError):
            session.flush()
        session.rollback()


def test_who_leads_or_reports_writes_and_nobody_else(session: Session, app: Any, sign_in: Any) -> None:
    leads, reports, other = (organisation(session, name) for name in ("Meneuse", "Rapporteuse", "Autre"))
    event = day(session, "Logement", lead=leads)
    row = conclusions.save(
        session, event, event.workshops[0], Words("Au départ", rapporteur_id=reports.id), actor=BY, now=AFTER
    )
    page = f"/ateliers/{event.workshops[0].id}/conclusion"
    seen = row.updated_at.isoformat()
    people = {
        "leads": (speaker(session, leads), 200),
        "reports": (speaker(session, reports), 200),
        "other": (speaker(session, other), 403),
        "ended": (speaker(session, leads, ends_on=FIRST.date()), 403),
        "coordinator": (coordinator(session), 200),
    }
    session.commit()
    clients = {name: sign_in(app.test_client(), account) for name, (account, _status) in people.items()}
    for name, (_account, status) in people.items():
        assert clients[name].get(page).status_code == status, name
        listed = clients[name].get(f"/journees/{event.slug}/conclusions").text
        assert (page in listed) is (status == 200), name
        assert ("Au départ" in listed) is (status == 200), name  # a draft is its writers'
    assert app.test_client().get(page).status_code == 302
    assert clients["other"].post(page, data={"text": "Non", "seen": seen}).status_code == 403
    # Who may not choose the organisation that reports leaves it as it was.
    data = {"text": "Un guichet.", "seen": seen, "rapporteur": str(other.id)}
    assert clients["leads"].post(page, data=data).status_code == 303
    session.rollback()
    session.expire_all()
    row = session.scalars(select(Conclusion)).one()
    assert (row.text, row.rapporteur_id) == ("Un guichet.", reports.id)
    assert clients["leads"].post(f"/conclusions/{row.id}/publier").status_code == 403
    assert clients["leads"].get(f"/journees/{event.slug}/conclusion").status_code == 403
    assert clients["coordinator"].post(f"/conclusions/{row.id}/publier").status_code == 303
    assert clients["leads"].post(page, data={"text": "Encore", "seen": seen}).status_code == 403


def test_two_who_write_the_same_see_both(session: Session, client: FlaskClient, sign_in: Any) -> None:
    event = day(session, "Logement")
    sign_in(client, coordinator(session))
    page = f"/ateliers/{event.workshops[0].id}/conclusion"
    assert client.post(page, data={"text": "Le mien", "seen": ""}).status_code == 303
    answer = client.post(page, data={"text": "Le vôtre", "seen": ""})
    assert answer.status_code == 409
    assert "Le mien" in answer.text
    assert "Le vôtre" in answer.text
    seen = re.search(r'name="seen"[^>]*value="([^"]+)"', answer.text)
    assert seen is not None
    assert client.post(page, data={"text": "Les deux", "seen": seen[1]}).status_code == 303
    too_long = client.post(page, data={"text": "x" * 20_001, "seen": seen[1]})
    assert too_long.status_code == 422


def test_the_public_page_shows_what_is_published(
    session: Session, client: FlaskClient, at_after: Callable[[Any], None]
) -> None:
    event = day(session, "Logement", "Emploi")
    shown = conclusions.save(
        session,
        event,
        event.workshops[0],
        Words("Un **guichet** par commune.", "En juin."),
        actor=BY,
        now=AFTER,
    )
    conclusions.save(session, event, event.workshops[1], Words("Secret de travail"), actor=BY, now=AFTER)
    conclusions.publish(session, shown, actor=BY, now=AFTER)
    ties.attach(session, shown, recommendation(session), actor=BY, now=AFTER)
    session.commit()
    page = client.get(f"/journees/{event.slug}").text
    assert "<strong>guichet</strong>" in page
    assert "En juin." in page
    assert "Secret de travail" not in page
    assert "R-2026-001" not in page  # in the making: the coordination's
    told = client.get(f"/journees/{event.slug}/conclusions").text
    assert "<strong>guichet</strong>" in told
    assert "Secret de travail" not in told
    assert "R-2026-001" not in told
    at_after(event.ends_at - timedelta(seconds=1))
    assert "guichet" not in client.get(f"/journees/{event.slug}").text


def test_the_coordination_ties_from_both_sides(session: Session, client: FlaskClient, sign_in: Any) -> None:
    event = day(session, "Logement")
    row = conclusions.save(session, event, event.workshops[0], Words("a"), actor=BY, now=AFTER)
    one, two = recommendation(session), recommendation(session, "R-2026-002")
    sign_in(client, coordinator(session))
    page = f"/conclusions/{row.id}/liens"
    assert one.code in client.get(f"{page}?q=guichet").text
    assert "Rien ne correspond" in client.get(f"{page}?q=introuvable").text
    assert client.get(f"{page}?quoi=contributions").status_code == 200
    assert client.post(page, data={"recommendation": one.id}).status_code == 303
    assert client.post(page, data={"recommendation": 10**9}).status_code == 404
    assert client.post(page, data={"recommendation": "x"}).status_code == 404
    shown = client.get(f"/recommandations/{one.code}").text.replace("\u00a0", " ")
    assert f"atelier « Logement », {event.title}" in shown
    assert one.code in client.get(f"/journees/{event.slug}/conclusions").text
    other = f"/recommandations/{two.code}/conclusions"
    assert "Logement" in client.get(f"{other}?q=logement").text
    assert client.post(other, data={"conclusion": row.id}).status_code == 303
    session.rollback()
    session.expire_all()
    rows = session.scalars(select(ConclusionTie)).all()
    assert {tie.recommendation_id for tie in rows} == {one.id, two.id}
    assert client.post(page, data={"tie": rows[0].id}).status_code == 303
    assert client.post(other, data={"tie": rows[0].id}).status_code == 404  # another recommendation's
    assert client.post(other, data={"tie": rows[1].id}).status_code == 303
    session.rollback()
    session.expire_all()
    assert all(tie.detached_at for tie in session.scalars(select(ConclusionTie)))


def test_what_an_organisation_contributed_is_tied_too(
    session: Session, client: FlaskClient, sign_in: Any
) -> None:
    event = day(session, "Logement")
    row = conclusions.save(session, event, event.workshops[0], Words("a"), actor=BY, now=AFTER)
    made = contribution(session, now=AFTER, finding="Le dernier bus part trop tôt.")
    draft = contribution(session, now=AFTER)
    draft.state = ContributionState.DRAFT
    sign_in(client, coordinator(session))
    page = f"/conclusions/{row.id}/liens"
    found = client.get(f"{page}?quoi=contributions&q=bus").text
    assert f'value="{made.id}"' in found
    assert f'value="{draft.id}"' not in found
    data = {"contribution": made.id, "quoi": "contributions"}
    for _again in range(2):
        answer = client.post(page, data=data)
        assert (answer.status_code, answer.headers["Location"]) == (303, f"{page}?quoi=contributions")
    client.post(page, data={"contribution": draft.id, "quoi": "contributions"})
    session.rollback()
    session.expire_all()
    tie = session.scalars(select(ConclusionTie)).one()
    assert (tie.contribution_id, tie.recommendation_id, tie.detached_at) == (made.id, None, None)
    shown = client.get(f"/recommandations/contributions/{made.id}").text.replace("\u00a0", " ")
    assert f"atelier « Logement », {event.title}" in shown
    assert made.organisation.name in client.get(f"/journees/{event.slug}/conclusions").text
    assert client.post(page, data={"tie": tie.id, "quoi": "contributions"}).status_code == 303
    session.rollback()
    session.expire_all()
    assert session.scalars(select(ConclusionTie)).one().detached_at == AFTER


def test_nobody_else_ties(session: Session, client: FlaskClient) -> None:
    event = day(session, "Logement")
    row = conclusions.save(session, event, None, Words("a"), actor=BY, now=AFTER)
    session.commit()
    assert client.get(f"/conclusions/{row.id}/liens").status_code == 302
    assert client.post(f"/conclusions/{row.id}/liens", data={}).status_code == 403


def test_what_came_of_a_day_asks_the_database_at_most_twelve_times(
    session: Session, installation: Installation, client: FlaskClient, sign_in: Any
) -> None:
    """A day that is over, with all that it then shows, and a recommendation that many asked for."""
    event = day(session, "Logement", "Emploi", "Santé", lead=organisation(session))
    for place in (*event.workshops, None):
        row = conclusions.save(session, event, place, Words("a", "b"), actor=BY, now=AFTER)
        conclusions.publish(session, row, actor=BY, now=AFTER)
    level(session)
    asked = [contribution(session, now=AFTER) for _ in range(6)]
    made = made_of(session, *asked, now=AFTER)
    ties.attach(session, row, made, actor=BY, now=AFTER)
    for _ in range(3):
        house = organisation(session)
        session.add(
            Delegation(event_id=event.id, organisation_id=house.id, present=2, announced=2, updated_at=AFTER)
        )
    sign_in(client, coordinator(session))
    statements: list[str] = []
    listen(installation.engine, "before_cursor_execute", lambda *seen: statements.append(seen[2]))
    days = f"/journees/{event.slug}"
    for path in (
        days,
        f"{days}/conclusions",
        f"/recommandations/{made.code}",
        f"/conclusions/{row.id}/liens",
    ):
        statements.clear()
        assert client.get(path).status_code == 200
        read = [one for one in statements if one.lstrip().upper().startswith(("SELECT", "WITH"))]
        assert len(read) <= 12, (path, len(read), read)
