"""Consulting organisations on recommendations: one voice each, whoever clicks; every change is kept."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import event, func, insert, select, text
from sqlalchemy.exc import DatabaseError, IntegrityError
from sqlalchemy.orm import Session

from hub.core import clock
from hub.core.errors import DomainError
from hub.core.mail import Message
from hub.recommendations.models.calls import Campaign, Invitation
from hub.recommendations.models.carrying import RecommendationPosition, Support, VoiceChannel
from hub.recommendations.models.recommendations import Recommendation
from hub.recommendations.models.versions import Weight
from hub.recommendations.operations import consultations, positions, steps
from hub.recommendations.operations import recommendations as writing
from hub.recommendations.operations.positions import Said, VoiceMovedError
from hub.recommendations.operations.recommendations import Statement
from tests import factories
from tests.conftest import both_databases
from tests.factories import NOW
from tests.recommendations import calls
from tests.spaces import acting

SignIn = Callable[[FlaskClient, Any], FlaskClient]
TODAY = clock.today(NOW)
MOST_QUERIES = 12


def consultation(
    session: Session, number: int = 1, *, now: Any = NOW
) -> tuple[Campaign, Invitation, list[Recommendation]]:
    """Return a call that consults one organisation on so many recommendations, open that day."""
    call = calls.call(session, now=now)
    invited = calls.invitation(session, call, now=now)
    rows = [calls.recommendation(session, now=now, title=f"Demande {each}") for each in range(number)]
    consultations.add(session, call, rows, actor="essai", now=now)
    day = clock.today(now)
    consultations.set_period(session, call, day, day + timedelta(days=9), actor="essai", now=now)
    return call, invited, rows


def say(session: Session, invited: Invitation, row: Recommendation, support: Support, **more: Any) -> int:
    said = Said(
        row.id, support, more.pop("reason", ""), more.pop("version", row.version), more.pop("seen", 0)
    )
    values = {"channel": VoiceChannel.LINK, "actor": "lien personnel", "now": NOW, **more}
    return positions.say(session, invited, [said], **values)


def voices(session: Session) -> list[RecommendationPosition]:
    return list(session.scalars(select(RecommendationPosition).order_by(RecommendationPosition.id)))


@both_databases
def test_a_changed_voice_ends_the_one_before(session: Session) -> None:
    _, invited, (row,) = consultation(session)
    assert say(session, invited, row, Support.SUPPORT) == 1
    first = voices(session)[0]
    assert say(session, invited, row, Support.OPPOSE, reason="Trop cher.", seen=first.id) == 1
    before, after = voices(session)
    assert (before.support, before.ended_at) == (Support.SUPPORT, NOW)
    assert (after.support, after.reason, after.ended_at) == (Support.OPPOSE, "Trop cher.", None)


@both_databases
def test_the_database_holds_one_voice_for_an_organisation_and_version(session: Session) -> None:
    _, invited, (row,) = consultation(session)
    say(session, invited, row, Support.SUPPORT)
    session.commit()
    second = insert(RecommendationPosition).values(
        recommendation_id=row.id, version=row.version, organisation_id=invited.organisation_id,
        support="oppose", reason="", channel="link", created_at=NOW,
    )  # fmt: skip
    with pytest.raises(IntegrityError):
        session.execute(second)
    session.rollback()
    # The control: without the guard both would stand.
    session.execute(text("DROP INDEX uq_recommendation_position_one_voice"))
    session.execute(second)
    assert len([each for each in voices(session) if each.ended_at is None]) == 2
    session.rollback()


@both_databases
def test_what_was_said_is_never_rewritten(session: Session) -> None:
    _, invited, (row,) = consultation(session)
    say(session, invited, row, Support.SUPPORT)
    session.commit()
    for change in (
        "UPDATE recommendation_position SET support = 'oppose'",
        "DELETE FROM recommendation_position",
    ):
        with pytest.raises(DatabaseError, match="recommendation_position_no_"):
            session.execute(text(change))
        session.rollback()


def test_two_people_of_one_organisation_never_overwrite_each_other_unseen(session: Session) -> None:
    _, invited, (row, other) = consultation(session, 2)
    say(session, invited, row, Support.SUPPORT)
    with pytest.raises(VoiceMovedError) as refusal:
        say(session, invited, row, Support.OPPOSE)
    stands = refusal.value.other
    assert stands.support == Support.SUPPORT
    # A page that still shows the first answer, and changes another one, leaves this one alone.
    say(session, invited, row, Support.NEUTRAL, seen=stands.id)
    said = [
        Said(row.id, Support.SUPPORT, "", row.version, stands.id),
        Said(other.id, Support.SUPPORT, "", other.version, 0),
    ]
    assert positions.say(session, invited, said, channel=VoiceChannel.LINK, actor="x", now=NOW) == 1
    assert {each.recommendation_id: each.support for each in voices(session) if each.ended_at is None} == {
        row.id: Support.NEUTRAL,
        other.id: Support.SUPPORT,
    }


def test_a_reservation_says_which(session: Session) -> None:
    _, invited, (row,) = consultation(session)
    with pytest.raises(DomainError) as refusal:
        say(session, invited, row, Support.RESERVATIONS, reason=" ")
    assert refusal.value.field == f"r{row.id}-reason"


def test_only_on_the_days_and_on_the_list(session: Session) -> None:
    call, invited, (row,) = consultation(session)
    for days in (-1, 10):
        with pytest.raises(DomainError):
            say(session, invited, row, Support.SUPPORT, now=NOW + timedelta(days=days))
    consultations.remove(session, call, row.id, actor="essai", now=NOW)
    with pytest.raises(DomainError) as refusal:
        say(session, invited, row, Support.SUPPORT)
    assert refusal.value.field == f"r{row.id}-support"


def test_a_voice_follows_a_minor_version_and_not_a_substantive_one(session: Session) -> None:
    call, invited, (row,) = consultation(session)
    say(session, invited, row, Support.SUPPORT)
    assert consultations.waiting(session, call) == []
    writing.edit(session, row, Statement("Mieux dit"), weight=Weight.MINOR, actor="essai", now=NOW)
    assert consultations.waiting(session, call) == []
    with pytest.raises(DomainError, match="changer"):
        say(session, invited, row, Support.OPPOSE, version=1, seen=voices(session)[0].id)
    writing.edit(session, row, Statement("Autre chose"), weight=Weight.SUBSTANTIVE, actor="essai", now=NOW)
    assert consultations.waiting(session, call) == [invited]
    assert say(session, invited, row, Support.SUPPORT, seen=voices(session)[0].id) == 1
    assert [each.version for each in voices(session) if each.ended_at is None] == [3]


def test_its_link_is_mailed_once_a_day_to_who_has_to_answer(session: Session) -> None:
    call, invited, (row,) = consultation(session)
    quiet = calls.invitation(session, call, now=NOW, email="")
    assert consultations.ask(session, call, actor="essai", now=NOW) == 1
    assert consultations.ask(session, call, actor="essai", now=NOW) == 0
    mail = session.scalars(select(Message)).one()
    assert (mail.recipient, mail.subject_id) == (invited.email, invited.id)
    assert "/consultation" in mail.text
    say(session, invited, row, Support.SUPPORT)
    assert consultations.ask(session, call, actor="essai", now=NOW + timedelta(days=1)) == 0
    assert consultations.waiting(session, call) == [quiet]


def test_what_was_set_aside_is_asked_of_nobody_any_more(
    session: Session, client: FlaskClient, sign_in: SignIn
) -> None:
    now = clock.now()
    call, invited, (row, other) = consultation(session, 2, now=now)
    say(session, invited, other, Support.SUPPORT, now=now)
    path = calls.link(session, invited, now=now) + "/consultation"
    session.commit()
    assert f'name="r{row.id}-support"' in client.get(path).text
    steps.drop(session, row, reason="Déjà obtenu.", actor="essai", now=now)
    session.commit()
    typed = {f"r{row.id}-support": "support", f"r{row.id}-version": "1", f"r{row.id}-seen": "0"}
    refused = client.post(path, data=typed)
    assert refused.status_code == 422
    page = client.get(path).text
    for shown in (refused.text, page):
        assert "n’est plus dans la consultation" in shown
        assert f'name="r{row.id}-support"' not in shown
        assert f'name="r{other.id}-support"' in shown
    assert [each.recommendation_id for each in voices(calls.again(session))] == [other.id]
    assert consultations.waiting(session, call) == []
    sign_in(client, factories.coordinator(session))
    assert "1 sur 1" in client.get(f"/appels/{call.slug}/consultation").text
    assert "Saisir sa voix" not in client.get(f"/recommandations/{row.code}/soutien").text


def test_an_organisation_answers_by_its_link(session: Session, client: FlaskClient) -> None:
    now = clock.now()
    _, invited, (row, other) = consultation(session, 2, now=now)
    path = calls.link(session, invited, now=now) + "/consultation"
    session.commit()
    page = client.get(path)
    assert page.status_code == 200
    assert "Demande 0" in page.text
    typed = {
        f"r{row.id}-support": "reservations", f"r{row.id}-reason": "", f"r{row.id}-version": "1",
        f"r{other.id}-support": "support", f"r{other.id}-version": "1",
    }  # fmt: skip
    refused = client.post(path, data=typed)
    assert refused.status_code == 422
    assert "Dites quelles sont vos réserves" in refused.text
    assert client.post(path, data={**typed, f"r{row.id}-reason": "Par étapes."}).status_code == 303
    shown = client.get(path).text
    assert "Par étapes." in shown
    kept = {each.recommendation_id: each.support for each in voices(calls.again(session))}
    assert kept == {row.id: Support.RESERVATIONS, other.id: Support.SUPPORT}
    # A page opened before that shows nothing answered: what stands is shown to it, and nothing is lost.
    late = client.post(path, data={f"r{row.id}-support": "oppose", f"r{row.id}-version": "1"})
    assert late.status_code == 409
    assert "Par étapes." in late.text
    bad = client.post(path, data={f"r{row.id}-support": "?", f"r{row.id}-version": "x"})
    assert bad.status_code == 422


def test_a_coordinator_enters_a_phoned_voice_marked_as_such(
    session: Session, client: FlaskClient, sign_in: SignIn
) -> None:
    now = clock.now()
    call, invited, (row,) = consultation(session, now=now)
    path = f"/appels/invitations/{invited.id}/consultation"
    stranger = factories.user(session)
    session.commit()
    assert client.get(path).status_code == 302
    sign_in(client, stranger)
    assert client.get(path).status_code == 403
    sign_in(client, factories.coordinator(session))
    assert client.get(path).status_code == 200
    typed = {"channel": "phone", f"r{row.id}-support": "support", f"r{row.id}-version": "1"}
    assert client.post(path, data={**typed, "channel": "link"}).status_code == 422
    assert client.post(path, data=typed).status_code == 303
    kept = voices(calls.again(session))[0]
    assert (kept.channel, kept.support) == (VoiceChannel.PHONE, Support.SUPPORT)
    csv = client.get(f"/appels/{call.slug}/consultation?format=csv").text
    assert "Par téléphone" in csv


def test_preparing_a_consultation(session: Session, client: FlaskClient, sign_in: SignIn) -> None:
    now = clock.now()
    call = calls.call(session, now=now)
    rows = [calls.recommendation(session, now=now, title=f"Demande {each}") for each in range(3)]
    sign_in(client, factories.coordinator(session))
    base = f"/appels/{call.slug}/consultation"
    assert "pas encore prête" in client.get(base).text
    data = {"recommendation": [str(rows[0].id), str(rows[2].id)]}
    assert client.post(f"{base}/ajouter", data=data).status_code == 303
    assert (
        client.post(f"{base}/jours", data={"starts_on": "2026-01-09", "ends_on": "2026-01-01"}).status_code
        == 422
    )
    assert (
        client.post(f"{base}/jours", data={"starts_on": "2026-01-01", "ends_on": "2026-01-09"}).status_code
        == 303
    )
    listed = list(session.scalars(consultations.carrying.consulted(call)))
    assert [each.recommendation_id for each in listed] == [rows[0].id, rows[2].id]
    assert client.post(f"{base}/ordre", data={"item": [listed[1].id, listed[0].id]}).status_code == 204
    assert client.post(f"{base}/ordre", data={"item": [listed[1].id]}).status_code == 409
    assert client.post(f"{base}/retirer", data={"recommendation": rows[0].id}).status_code == 303
    left = calls.again(session).scalars(consultations.carrying.consulted(call))
    assert [each.recommendation_id for each in left] == [rows[2].id]
    assert client.get(f"{base}/preparer?q=demande").status_code == 200


def test_a_hundred_organisations_and_forty_recommendations_need_few_queries(
    session: Session, client: FlaskClient, sign_in: SignIn
) -> None:
    now = clock.now()
    call, invited, rows = consultation(session, 40, now=now)
    others = [calls.invitation(session, call, now=now) for _ in range(99)]
    session.execute(
        insert(RecommendationPosition),
        [
            {
                "recommendation_id": row.id, "version": 1, "organisation_id": each.organisation_id,
                "support": "support", "reason": "", "channel": "link", "created_at": now,
            }
            for row in rows
            for each in others
        ],
    )  # fmt: skip
    link = calls.link(session, invited, now=now) + "/consultation"
    sign_in(client, factories.coordinator(session))
    asked: list[str] = []
    event.listen(session.get_bind(), "before_cursor_execute", lambda *given: asked.append(given[2]))
    base = f"/appels/{call.slug}/consultation"
    for path in (base, f"{base}/preparer", link, f"/appels/invitations/{invited.id}/consultation"):
        asked.clear()
        assert client.get(path).status_code == 200
        assert 0 < len([each for each in asked if each.startswith("SELECT")]) <= MOST_QUERIES, path
    assert session.scalar(select(func.count()).select_from(RecommendationPosition)) == 99 * 40


@pytest.mark.parametrize("name", ["consultation", "co-signatures"])
def test_a_long_consultation_is_shown_page_by_page_and_exported_whole(
    session: Session, client: FlaskClient, sign_in: SignIn, name: str
) -> None:
    now = clock.now()
    call, invited, rows = consultation(session, 30, now=now)
    rows[28].search_text = "hippopotame"
    session.add(
        RecommendationPosition(
            recommendation_id=rows[28].id, version=1, organisation_id=invited.organisation_id,
            support=Support.OPPOSE, reason="Trop cher pour nous.", channel=VoiceChannel.LINK, created_at=now,
        )
    )  # fmt: skip
    session.commit()
    sign_in(client, factories.coordinator(session))
    base = f"/appels/{call.slug}/{name}"

    def shown(query: str) -> list[str]:
        page = client.get(base + query).text
        return [row.code for row in rows if f"/recommandations/{row.code}" in page]

    codes = [row.code for row in rows]
    assert (shown(""), shown("?page=2")) == (codes[:25], codes[25:])
    assert shown("?q=hippopotame") == codes[28:29]
    nothing = client.get(base + "?q=introuvable").text
    assert "Aucune recommandation ne correspond" in nothing
    if name == "consultation":
        assert "Trop cher pour nous." in client.get(base + "?page=2").text
        assert "Trop cher pour nous." not in client.get(base).text
        assert "1 sur 30" in nothing  # who answered is about all of it
        export = client.get(base + "?q=hippopotame&format=csv").text
        assert all(code in export for code in codes)


def test_whoever_has_a_mandate_answers_by_account(
    session: Session, client: FlaskClient, sign_in: SignIn
) -> None:
    now = clock.now()
    call, invited, (row,) = consultation(session, now=now)
    other = calls.invitation(session, call, now=now)
    user = factories.user(session)
    acting.mandate(session, invited.organisation, acting.person(session, user_id=user.id))
    sign_in(client, user)
    path = f"/appels/invitations/{invited.id}/consultation"
    assert path in client.get(f"/appels/{call.slug}").text
    assert client.get(path).status_code == 200
    assert client.get(f"/appels/invitations/{other.id}/consultation").status_code == 403
    typed = {f"r{row.id}-support": "support", f"r{row.id}-version": "1"}
    assert client.post(path, data=typed).status_code == 303
    assert voices(calls.again(session))[0].channel == VoiceChannel.ACCOUNT
