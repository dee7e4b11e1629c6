"""The pages of duplicates: found while typing and on import, compared, made one, taken apart."""

from collections.abc import Callable
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.actors.models.imports import LineDecision
from hub.actors.models.merging import DistinctPair, Merger
from hub.actors.models.organisations import Organisation
from hub.actors.operations import reference
from hub.actors.operations.imports.checking import Checker, ImportKind
from hub.actors.operations.imports.register import load
from hub.core import clock, tokens
from tests import factories
from tests.actors.test_merging import record

SignIn = Callable[[FlaskClient, Any], FlaskClient]


@pytest.fixture
def coordinator(session: Session, client: FlaskClient, sign_in: SignIn) -> FlaskClient:
    reference.load(session)
    return sign_in(client, factories.coordinator(session))


@pytest.fixture
def kept(session: Session) -> Organisation:
    return record(session, "Carrefour des Cultures", description="Ensemble.")


@pytest.fixture
def merged(session: Session) -> Organisation:
    found = record(session, "Carefour des cultures asbl", email="info@example.org", description="Autre.")
    session.commit()
    return found


def anew(session: Session) -> None:
    session.rollback()
    session.expire_all()


def merge(client: FlaskClient, kept: Organisation, merged: Organisation, **form: Any) -> Any:
    return client.post(f"/acteurs/{kept.slug}/reunir/{merged.slug}", data=form)


def test_a_pair_is_shown_compared_and_made_one(
    coordinator: FlaskClient, session: Session, kept: Organisation, merged: Organisation
) -> None:
    listed = coordinator.get("/acteurs/doublons").get_data(as_text=True)
    assert "nom presque pareil" in listed
    assert f"/acteurs/{kept.slug}/reunir/{merged.slug}" in listed
    page = coordinator.get(f"/acteurs/{kept.slug}/reunir/{merged.slug}").get_data(as_text=True)
    assert "info@example.org" in page
    assert "Ensemble." in page
    assert "Autre." in page
    answer = merge(coordinator, kept, merged, take=["email"], reason="La même asbl")
    assert (answer.status_code, answer.location) == (303, f"/acteurs/{kept.slug}")
    anew(session)
    assert (kept.email, kept.description) == ("info@example.org", "Ensemble.")
    card = coordinator.get(f"/acteurs/{kept.slug}").get_data(as_text=True)
    assert "mène ici" in card
    assert "Carefour des cultures asbl" in card


def test_old_addresses_lead_to_the_kept_record(
    coordinator: FlaskClient, kept: Organisation, merged: Organisation
) -> None:
    merge(coordinator, kept, merged)
    for path in ("", "/modifier", "/relations/ajouter"):
        answer = coordinator.get(f"/acteurs/{merged.slug}{path}?a=b")
        assert (answer.status_code, answer.location) == (302, f"/acteurs/{kept.slug}{path}?a=b")
    assert coordinator.post(f"/acteurs/{merged.slug}/verifier").status_code == 409
    assert coordinator.get(f"/acteurs/{kept.slug}/reunir/{merged.slug}").status_code == 404
    assert f'"/acteurs/{merged.slug}"' not in coordinator.get("/acteurs").get_data(as_text=True)


def test_they_can_be_taken_apart(
    coordinator: FlaskClient, session: Session, kept: Organisation, merged: Organisation
) -> None:
    merge(coordinator, kept, merged, take=["email"])
    anew(session)
    merger = session.scalars(select(Merger)).one()
    kept.email = "autre@example.org"
    session.commit()
    answer = coordinator.post(f"/acteurs/fusions/{merger.id}/defaire", follow_redirects=True)
    page = answer.get_data(as_text=True)
    assert "de nouveau séparées" in page
    assert "Modifié depuis, et laissé tel quel sur la fiche gardée : adresse mail" in page
    assert answer.request.path == f"/acteurs/{merged.slug}"
    again = coordinator.post(f"/acteurs/fusions/{merger.id}/defaire", follow_redirects=True)
    assert "déjà séparées" in again.get_data(as_text=True)


def test_two_actors_are_told_apart(
    coordinator: FlaskClient, session: Session, kept: Organisation, merged: Organisation
) -> None:
    pair = {"first": str(merged.id), "second": str(kept.id)}
    answer = coordinator.post("/acteurs/doublons/differents", data=pair, follow_redirects=True)
    page = answer.get_data(as_text=True)
    assert "sont deux acteurs" in page
    assert "Aucun doublon en vue" in page
    anew(session)
    assert session.scalars(select(DistinctPair)).one().first_id == min(kept.id, merged.id)
    coordinator.post("/acteurs/doublons/differents/oublier", data=pair)
    assert "nom presque pareil" in coordinator.get("/acteurs/doublons").get_data(as_text=True)


@pytest.mark.usefixtures("kept")
@pytest.mark.parametrize("pair", [("", ""), ("x", "1"), ("1", "1"), ("1", "9999999")])
def test_a_pair_that_isn_t_one_is_refused(coordinator: FlaskClient, pair: tuple[str, str]) -> None:
    form = dict(zip(("first", "second"), pair, strict=True))
    assert coordinator.post("/acteurs/doublons/differents", data=form).status_code == 422


@pytest.mark.usefixtures("kept", "merged")
def test_what_is_typed_finds_its_like_and_nothing_else(coordinator: FlaskClient) -> None:
    found = coordinator.get("/acteurs/ressemblants?name=Carrefour+des+culture").get_data(as_text=True)
    assert "Carrefour des Cultures" in found
    for asked in ("", "name=", "name=%00%FF", "name=Tout+autre+chose", "enterprise_number=12"):
        answer = coordinator.get(f"/acteurs/ressemblants?{asked}")
        assert (answer.status_code, answer.get_data(as_text=True).strip()) == (200, "")


def test_choosing_the_other_record(
    coordinator: FlaskClient, kept: Organisation, merged: Organisation
) -> None:
    page = coordinator.get(f"/acteurs/{kept.slug}/reunir").get_data(as_text=True)
    assert "Celles qui lui ressemblent" in page
    chosen = coordinator.get(f"/acteurs/{kept.slug}/reunir?other={merged.slug}")
    assert chosen.location == f"/acteurs/{kept.slug}/reunir/{merged.slug}"
    refused = coordinator.get(f"/acteurs/{kept.slug}/reunir?other=nulle-part")
    assert refused.status_code == 422


def test_a_reason_too_long_keeps_what_was_ticked(
    coordinator: FlaskClient, session: Session, kept: Organisation, merged: Organisation
) -> None:
    answer = merge(coordinator, kept, merged, take=["description"], reason="x" * 301)
    page = answer.get_data(as_text=True)
    assert answer.status_code == 422
    assert "trop long" in page
    assert 'value="description" checked' in " ".join(page.split())
    assert merge(coordinator, kept, merged, take=["search_text"]).status_code == 422
    anew(session)
    assert merged.merged_into_id is None


def test_readers_and_members_may_not(
    client: FlaskClient, session: Session, sign_in: SignIn, kept: Organisation, merged: Organisation
) -> None:
    sign_in(client, factories.user(session))
    paths = ["/acteurs/doublons", "/acteurs/ressemblants", f"/acteurs/{kept.slug}/reunir"]
    for path in [*paths, f"/acteurs/{kept.slug}/reunir/{merged.slug}"]:
        assert client.get(path).status_code == 403
    assert merge(client, kept, merged).status_code == 403


def test_a_personal_link_of_a_merged_record_opens_the_kept_one(
    coordinator: FlaskClient, session: Session, kept: Organisation, merged: Organisation
) -> None:
    """The holder's right goes where the record went; checked on the guard itself."""
    from hub.core.access import permit_token  # noqa: PLC0415 - the guard, not a page

    raw = tokens.issue(session, "essai", merged, now=clock.now(), until=clock.now().replace(year=2099))
    session.commit()
    merge(coordinator, kept, merged)
    app = coordinator.application
    guarded = permit_token("essai", Organisation)(lambda thing, **_: thing.slug)
    with app.test_request_context(f"/x/{raw}"):
        assert guarded(token=raw) == kept.slug


def test_an_import_is_told_of_a_near_name_and_finds_merged_records(
    coordinator: FlaskClient, session: Session, kept: Organisation, merged: Organisation
) -> None:
    kind = factories.kind(session)
    before = Checker(load(session), ImportKind.ORGANISATIONS, kind.id).check(
        2, {"name": "Carrefour des cultur"}
    )
    assert (before["likeness"], before["organisation_id"]) == ("near", kept.id)
    assert before["decision"] == LineDecision.CREATE
    merge(coordinator, kept, merged)
    anew(session)
    after = Checker(load(session), ImportKind.ORGANISATIONS, kind.id).check(
        2, {"slug": merged.slug, "name": "Autre"}
    )
    assert (after["likeness"], after["organisation_id"]) == ("slug", kept.id)
