"""What the pages say of co-signatures that lapsed, or were given while an edition is frozen."""

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from hub.core.files import Store
from hub.core.web import Hub
from hub.publishing.models.editions import Edition
from hub.publishing.operations import composing
from hub.publishing.queries import memoranda as queries
from hub.recommendations.models.calls import Invitation
from hub.recommendations.models.recommendations import Recommendation
from hub.recommendations.operations import steps as recommendation_steps
from tests import factories
from tests.factories import NOW
from tests.publishing import scene
from tests.publishing.test_freezing import build, reword
from tests.publishing.test_pages import page_of, words
from tests.recommendations.test_consultation import consultation
from tests.recommendations.test_endorsements import sign

BY: dict[str, Any] = {"actor": scene.ACTOR, "now": NOW}


@pytest.fixture
def coordinator(
    session: Session, client: FlaskClient, sign_in: Callable[[FlaskClient, Any], FlaskClient]
) -> FlaskClient:
    """Return a signed-in coordinator."""
    return sign_in(client, factories.coordinator(session))


def lapsed(session: Session) -> tuple[Edition, Invitation, Recommendation]:
    """Make an edition with a demand whose co-signature lapsed."""
    _call, invited, (row,) = consultation(session)
    sign(session, invited, row)
    edition = scene.edition(session, {"Logement": 1})
    row.levels = [factories.level(session)]
    session.flush()
    recommendation_steps.adopt(session, row, **BY)
    composing.add_items(session, edition.chapters[0], [row.id], **BY)
    reword(session, row, "Loger autrement")
    return edition, invited, row


def test_before_freezing_it_is_told_who_will_be_asked_and_after_it_who_was(
    session: Session, coordinator: FlaskClient
) -> None:
    edition, _invited, _row = lapsed(session)
    session.commit()
    before = words(coordinator.get(page_of(edition, "/publication")).text)
    assert "Geler l’édition leur écrit" in before
    assert "pas encore redemandé" in before
    scene.freeze(session, edition, publishes=False)
    session.commit()
    after = words(coordinator.get(page_of(edition, "/publication")).text)
    assert "Geler l’édition leur écrit" not in after
    assert "Le réseau a écrit à celles qui ont une adresse" in after
    assert "redemandé le" in after


def test_who_signs_what_is_frozen_is_told_before_it_is_published_without(
    session: Session, app: Hub, coordinator: FlaskClient
) -> None:
    edition, invited, row = lapsed(session)
    scene.freeze(session, edition, publishes=False)
    build(session, Store(Path(app.config["FILES_FOLDER"])), edition, NOW)
    session.commit()
    page = words(coordinator.get(page_of(edition, "/publier")).text)
    assert "Des co-signatures sont encore attendues" in page
    assert "données depuis que l’édition est gelée" not in page
    sign(session, invited, row, now=NOW + timedelta(hours=1))
    session.commit()
    page = words(coordinator.get(page_of(edition, "/publier")).text)
    assert "Des co-signatures sont encore attendues" not in page
    assert "données depuis que l’édition est gelée" in page
    assert f"{invited.organisation.name} : {row.code}" in page


def test_what_was_signed_before_it_was_frozen_is_in_its_pdf(session: Session) -> None:
    edition, invited, row = lapsed(session)
    sign(session, invited, row)
    scene.freeze(session, edition, publishes=False, now=NOW + timedelta(hours=1))
    assert session.scalars(queries.signed_since_frozen(edition)).all() == []
