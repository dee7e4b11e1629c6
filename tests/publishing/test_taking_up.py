"""Errata of earlier editions: shown to the next one, said to be taken up, named before freezing."""

import re
from collections.abc import Callable
from datetime import timedelta
from html import unescape
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import delete, insert, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from hub.core.errors import DomainError
from hub.publishing.models.composition import Item
from hub.publishing.models.editions import Edition, EditionErratum, EditionState, ErratumTakenUp
from hub.publishing.operations import checking, composing, errata, memoranda
from hub.publishing.operations.composing import FrozenError
from hub.publishing.queries import reading
from tests import factories
from tests.conftest import both_databases
from tests.factories import NOW
from tests.publishing import scene

BY: dict[str, Any] = {"actor": scene.ACTOR, "now": NOW}


def corrected(session: Session, texts: tuple[str, ...] = ("Lire 2 000",)) -> tuple[Edition, list[int]]:
    """Publish an edition with errata on its demand; return the next one with the errata."""
    first = scene.edition(session, {"Logement": 1})
    demand = session.scalars(select(Item.recommendation_id).where(Item.edition_id == first.id)).one()
    scene.put(first, EditionState.PUBLISHED)
    session.flush()
    rows = [errata.write(session, first, text, demand, **BY) for text in texts]
    return memoranda.new_edition(session, first.memorandum, **BY), [row.id for row in rows]


def waiting(session: Session, edition: Edition) -> list[str]:
    """Return the texts that the edition hasn't taken up yet."""
    rows = session.execute(reading.errata_to_take_up(edition)).all()
    left = [row.erratum.text for row in rows if row.taken_up is None]
    assert session.scalar(reading.count_to_take_up(edition)) == len(left)
    return left


@both_databases
def test_the_next_edition_takes_errata_up_once_and_may_take_that_back(session: Session) -> None:
    edition, (one, other) = corrected(session, ("Lire 2 000", "Lire 3 000"))
    assert waiting(session, edition) == ["Lire 2 000", "Lire 3 000"]
    for _twice in range(2):
        errata.take_up(session, edition, one, taken_up=True, actor="Anna", now=NOW)
    said = session.scalars(select(ErratumTakenUp)).one()
    assert (said.erratum_id, said.actor_label, said.taken_up_at) == (one, "Anna", NOW)
    assert waiting(session, edition) == ["Lire 3 000"]
    errata.take_up(session, edition, one, taken_up=False, **BY)
    assert waiting(session, edition) == ["Lire 2 000", "Lire 3 000"]
    errata.take_up(session, edition, other, taken_up=False, **BY)  # nothing to take back
    assert len(waiting(session, edition)) == 2


@both_databases
def test_what_one_edition_took_up_the_next_one_is_not_asked_for_what_it_left_is(session: Session) -> None:
    second, (one, _other) = corrected(session, ("Repris", "Oublié"))
    errata.take_up(session, second, one, taken_up=True, **BY)
    scene.put(session.get_one(Edition, second.starts_from_id), EditionState.REPLACED)
    session.flush()
    scene.put(second, EditionState.PUBLISHED)
    session.flush()
    errata.write(session, second, "Nouveau", None, actor=scene.ACTOR, now=NOW + timedelta(days=1))
    third = memoranda.new_edition(session, second.memorandum, **BY)
    assert waiting(session, third) == ["Oublié", "Nouveau"]


def test_only_what_the_edition_comes_from_and_only_while_it_is_composed(session: Session) -> None:
    edition, (one,) = corrected(session)
    stranger, (another,) = corrected(session)
    with pytest.raises(DomainError):
        errata.take_up(session, edition, another, taken_up=True, **BY)
    assert waiting(session, stranger) == ["Lire 2 000"]
    scene.put(edition, EditionState.FROZEN)
    session.flush()
    with pytest.raises(FrozenError):
        errata.take_up(session, edition, one, taken_up=True, **BY)


@both_databases
def test_the_database_keeps_what_a_frozen_edition_says(session: Session) -> None:
    edition, (one,) = corrected(session)
    errata.take_up(session, edition, one, taken_up=True, **BY)
    row = session.scalars(select(ErratumTakenUp)).one()
    twice = {"erratum_id": one, "edition_id": edition.id, "actor_label": "", "taken_up_at": NOW}
    with pytest.raises(IntegrityError), session.begin_nested():
        session.execute(insert(ErratumTakenUp).values(**twice))
    with pytest.raises(IntegrityError), session.begin_nested():
        session.execute(update(ErratumTakenUp).values(actor_label="Quelqu’un d’autre"))
    scene.put(edition, EditionState.FROZEN)
    session.flush()
    with pytest.raises(IntegrityError), session.begin_nested():
        session.execute(delete(ErratumTakenUp))
    assert session.scalars(select(ErratumTakenUp.id)).all() == [row.id]


@both_databases
def test_a_draft_that_goes_takes_what_it_said_along(session: Session) -> None:
    edition, (one,) = corrected(session)
    errata.take_up(session, edition, one, taken_up=True, **BY)
    memoranda.remove_draft(session, edition, **BY)
    assert session.scalars(select(ErratumTakenUp.id)).all() == []
    assert session.scalars(select(EditionErratum.text)).all() == ["Lire 2 000"]


def test_the_checklist_names_what_is_not_taken_up(session: Session) -> None:
    edition, (one,) = corrected(session, ("Lire **2 000**",))
    named = [remark for remark in checking.checklist(session, edition) if remark.of_errata]
    assert [remark.params["text"] for remark in named] == ["Lire 2 000"]
    assert not any(remark.is_error for remark in named)  # the demand itself may have left the edition
    errata.take_up(session, edition, one, taken_up=True, **BY)
    assert not any(remark.of_errata for remark in checking.checklist(session, edition))


def test_the_page_shows_them_and_takes_a_click(
    session: Session, client: FlaskClient, sign_in: Callable[[FlaskClient, Any], FlaskClient]
) -> None:
    user = factories.coordinator(session)
    coordinator = sign_in(client, user)
    edition, (one,) = corrected(session)
    chapter = edition.chapters[0]
    composing.remove_items(session, edition, [item.id for item in chapter.items], **BY)
    session.commit()
    here = f"/memorandums/{edition.memorandum.slug}/edition-2"
    assert "1 erratum à reprendre" in words(coordinator.get(here).text)
    page = words(coordinator.get(f"{here}/publication").text)
    assert "Lire 2 000" in page
    assert "n’est pas dans cette édition" in page
    address = f"{here}/errata-a-reprendre/{one}"
    assert coordinator.get(address).status_code == 405
    answer = coordinator.post(address, data={"taken_up": "yes"})
    assert (answer.status_code, answer.location) == (303, f"{here}/publication#a-reprendre")
    page = words(coordinator.get(f"{here}/publication").text)
    assert f"Repris dans cette édition par {user.name}" in page
    assert "à reprendre" not in words(coordinator.get(here).text)
    coordinator.post(address, data={"taken_up": "no"})
    assert "1 erratum à reprendre" in words(coordinator.get(here).text)
    assert coordinator.application.test_client().post(address).status_code in {302, 400, 403}


def words(text: str) -> str:
    return re.sub(r"\s+", " ", unescape(re.sub(r"<[^>]+>", " ", text)))
