"""Notices, organisers with logos, series, rooms, settings of sign-up."""

import io
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from PIL import Image
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from hub.core.errors import DomainError
from hub.core.files import Store
from hub.events.models.days import CertificateRule, Event, EventNotice
from hub.events.models.places import VenueRoom
from hub.events.operations import notices, organisers, places, series, sign_up, sign_up_rules
from hub.events.operations.organisers import Organiser
from hub.events.operations.places import RoomFacts
from hub.events.operations.sign_up_rules import SignUpRules
from hub.events.queries.organisers import latest_logos
from tests import factories
from tests.conftest import both_databases
from tests.events.plenary import DAY, person, plenary, wishes
from tests.factories import NOW

HOUR = timedelta(hours=1)


def post(session: Session, event: Event, **values: Any) -> EventNotice:
    told = {"shown_from": None, "shown_until": None, "mails": False, **values}
    return notices.post(session, event, "Autre salle", actor="test", now=NOW, **told)


@both_databases
def test_a_notice_is_shown_from_until_and_withdrawn(session: Session) -> None:
    event = plenary(session)
    notice = post(session, event, shown_from=NOW + HOUR, shown_until=NOW + 2 * HOUR)
    shown = [notice.is_shown(NOW + part * HOUR) for part in (0, 1, 2)]
    assert shown == [False, True, False]
    notices.withdraw(session, notice, actor="test", now=NOW)
    assert not notice.is_shown(NOW + HOUR)


def test_a_mailed_notice_is_mailed_once(session: Session) -> None:
    event = plenary(session)
    notice = post(session, event, mails=True)
    assert notice.mailed_at == NOW
    with pytest.raises(DomainError, match="déjà"):
        notices.mail_it(session, notice, actor="test", now=NOW)


@pytest.mark.parametrize(
    "values",
    [
        {"shown_until": NOW - HOUR},
        {"shown_from": NOW + 2 * HOUR, "shown_until": NOW + HOUR},
        {"shown_from": NOW + HOUR, "mails": True},
    ],
)
def test_a_notice_without_sense_is_refused(session: Session, values: dict) -> None:
    with pytest.raises(DomainError):
        post(session, plenary(session), **values)


def test_a_draft_mails_nothing_and_a_day_gone_by_says_nothing(session: Session) -> None:
    draft = plenary(session, publish=False)
    with pytest.raises(DomainError) as refusal:
        post(session, draft, mails=True)
    assert refusal.value.field == "mails"
    with pytest.raises(DomainError):
        notices.post(
            session, draft, "Trop tard", shown_from=None, shown_until=None, mails=False, actor="t",
            now=draft.ends_at,
        )  # fmt: skip


def picture(kind: str = "PNG") -> bytes:
    made = io.BytesIO()
    Image.new("RGB", (40, 20), "#0f5c5c").save(made, kind)
    return made.getvalue()


def test_a_logo_is_offered_again_on_the_next_day(session: Session, tmp_path: Path) -> None:
    first, second = plenary(session), plenary(session)
    organisation = factories.organisation(session)
    for event in (first, second):
        organisers.set_organisers(session, event, [Organiser(organisation.id)], actor="t", now=NOW)
    (row,), (later,) = first.organiser_rows, second.organiser_rows
    with pytest.raises(DomainError, match="Aucun logo"):
        organisers.take_known_logo(session, later, actor="t", now=NOW)
    organisers.hand_in_logo(session, row, picture("JPEG"), store=Store(tmp_path), actor="t", now=NOW)
    assert row.logo is not None
    assert row.logo.media_type == "image/png"
    organisers.take_known_logo(session, later, actor="t", now=NOW)
    assert later.logo_id == row.logo_id
    organisers.take_logo_away(session, row, actor="t", now=NOW)
    assert latest_logos(session, [organisation.id])[organisation.id].id == later.logo_id
    assert row.logo_id is None


@pytest.mark.parametrize("content", [b"", b"<svg onload='x'/>", b"%PDF-1.7 %%EOF", picture()[:30]])
def test_what_is_no_picture_is_no_logo(session: Session, tmp_path: Path, content: bytes) -> None:
    event = plenary(session)
    organisation = factories.organisation(session)
    organisers.set_organisers(session, event, [Organiser(organisation.id)], actor="t", now=NOW)
    with pytest.raises(DomainError):
        organisers.hand_in_logo(
            session, event.organiser_rows[0], content, store=Store(tmp_path), actor="t", now=NOW
        )


def test_organisers_keep_order_contacts_and_logos(session: Session, tmp_path: Path) -> None:
    event = plenary(session)
    one, other = factories.organisation(session), factories.organisation(session)
    place = factories.commune(session)
    organisers.set_organisers(session, event, [Organiser(one.id), Organiser(other.id)], actor="t", now=NOW)
    organisers.hand_in_logo(
        session, event.organiser_rows[0], picture(), store=Store(tmp_path), actor="t", now=NOW
    )
    rows = [Organiser(other.id, place.id, "Équipe", "b@example.org", "081"), Organiser(one.id)]
    organisers.set_organisers(session, event, rows, actor="t", now=NOW)
    session.expire(event)
    assert [row.organisation_id for row in event.organiser_rows] == [other.id, one.id]
    assert event.organiser_rows[0].territory is place
    assert event.organiser_rows[1].logo_id is not None
    with pytest.raises(DomainError, match="deux fois"):
        organisers.set_organisers(session, event, [Organiser(one.id)] * 2, actor="t", now=NOW)


def test_series_have_addresses_of_their_own(session: Session) -> None:
    slugs = [series.create(session, "Nouvelle", "", actor="t", now=NOW).slug for _ in range(2)]
    assert slugs == ["nouvelle-2", "nouvelle-3"]
    row = series.create(session, "Plénières du PPLI", "", actor="t", now=NOW)
    series.edit(session, row, "Plénières", "Chaque année", actor="t", now=NOW)
    assert (row.slug, row.title) == ("plenieres-du-ppli", "Plénières")


@both_databases
def test_a_venue_has_one_room_of_a_name(session: Session) -> None:
    venue = factories.organisation(session)
    room = places.add_room(session, venue, RoomFacts("Bleue", 30, step_free=True), actor="t", now=NOW)
    with pytest.raises(DomainError) as refusal:
        places.add_room(session, venue, RoomFacts("Bleue"), actor="t", now=NOW)
    assert refusal.value.field == "name"
    places.edit_room(session, room, RoomFacts("Bleue", 32), actor="t", now=NOW)
    assert (room.seats, room.step_free) == (32, False)
    places.retire_room(session, room, actor="t", now=NOW)
    assert room.retired_at == NOW
    places.bring_back_room(session, room, actor="t", now=NOW)
    session.commit()
    for wrong in ({"name": "Bleue"}, {"name": "Verte", "seats": 0}, {"name": ""}):
        session.add(VenueRoom(organisation_id=venue.id, **wrong))
        with pytest.raises(IntegrityError):
            session.flush()
        session.rollback()
    assert session.scalars(select(VenueRoom.name)).all() == ["Bleue"]


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"meals_close": DAY + timedelta(days=1)}, "meals_close"),
        ({"evaluation_closes": DAY - timedelta(days=1)}, "evaluation_closes"),
        ({"certificate_rule": CertificateRule.SHARE, "certificate_threshold": 0}, "certificate_threshold"),
        ({"certificate_rule": CertificateRule.SHARE, "certificate_threshold": 101}, "certificate_threshold"),
        ({"certificate_rule": CertificateRule.MINUTES}, "certificate_threshold"),
    ],
)
def test_settings_without_sense_are_refused(session: Session, values: dict, field: str) -> None:
    event = plenary(session)
    with pytest.raises(DomainError) as refusal:
        sign_up_rules.set_rules(session, event, SignUpRules(**values), actor="t", now=NOW)
    assert refusal.value.field == field


def test_settings_are_read_back_as_told(session: Session) -> None:
    event = plenary(session)
    rules = SignUpRules(
        group_most=3, offer_hours=12, meals_close=DAY - timedelta(days=5),
        evaluation_closes=DAY + timedelta(days=14), certificate_rule=CertificateRule.SHARE,
        certificate_threshold=80, offers_newsletter=True,
    )  # fmt: skip
    sign_up_rules.set_rules(session, event, rules, actor="t", now=NOW)
    session.expire(event)
    assert sign_up_rules.rules_of(event) == rules


def test_a_waiting_list_stays_while_somebody_waits(session: Session) -> None:
    event = plenary(session, capacity=1)
    for number in range(2):
        wanted = wishes(event, 0, 1, agrees_to_wait=True)
        sign_up.register(session, event, person(number), wanted, now=NOW)
    with pytest.raises(DomainError) as refusal:
        sign_up_rules.set_rules(session, event, SignUpRules(has_waitlist=False), actor="t", now=NOW)
    assert refusal.value.field == "has_waitlist"
