"""An organisation's own record, by account and by link; what coordinators see and answer."""

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from hub.actors.models.mandates import Mandate, Person
from hub.actors.models.organisations import CheckedAs, Organisation
from hub.actors.models.ownership import ChangeAnswer, ChangeState, RecordChange
from hub.actors.operations.organisations import facts_of
from hub.actors.operations.ownership import changes, letters
from hub.app import create_app
from hub.core import audit, clock, schema, tokens
from hub.core.db import db, writing
from hub.core.jobs import Job
from hub.core.mail import Message
from hub.core.settings import get_for_update
from hub.core.web import limiter
from tests import factories
from tests.factories import NOW

SignIn = Callable[[FlaskClient, Any], FlaskClient]
RunJobs = Callable[[], int]
PAGES = ("", "/corriger", "/public", "/terminee")
GESTURES = ("/encore-juste", "/corriger", "/public", "/terminee")


def anew(session: Session) -> None:
    """Let the test's session see what a request has stored."""
    session.rollback()
    session.expire_all()


@pytest.fixture
def house(session: Session) -> Organisation:
    row = factories.organisation(
        session, "Maison des langues", slug="mdl", description="Nous accueillons.",
        email="maison@example.org", phone="+32 81 12 34 56", public_fields=["description"],
    )  # fmt: skip
    session.commit()
    return row


@pytest.fixture
def speaker(session: Session, house: Organisation) -> Any:
    user = factories.user(session, last_sign_in_at=NOW)
    person = factories.add(session, Person(name=user.name, user_id=user.id, created_at=NOW))
    starts_on = clock.today(clock.now()) - timedelta(days=1)
    factories.add(
        session,
        Mandate(person_id=person.id, organisation_id=house.id, starts_on=starts_on, created_at=NOW),
    )
    session.commit()
    return user


def link(session: Session, house: Organisation, **values: Any) -> str:
    raw = tokens.issue(
        session, letters.PURPOSE, house, now=clock.now(), **({"lifetime": letters.LIFETIME} | values)
    )
    session.commit()
    return f"/fiche/{raw}"


@pytest.fixture(params=["account", "link"])
def door(
    request: pytest.FixtureRequest,
    session: Session,
    client: FlaskClient,
    sign_in: SignIn,
    house: Organisation,
) -> str:
    """Return the address of the record behind one of its doors."""
    if request.param == "link":
        return link(session, house)
    sign_in(client, request.getfixturevalue("speaker"))
    return "/mon-organisation/mdl"


def form_of(page: str, **typed: Any) -> dict[str, Any]:
    """Return what the form on the page would send."""
    seen = re.search(r'name="seen" value="([^"]*)"', page)
    assert seen
    kind = re.search(r'<option value="(\d+)" selected>Association', page)
    assert kind
    return {
        "seen": seen[1].replace("&#34;", '"').replace("&quot;", '"'), "name": "Maison des langues",
        "kind": kind[1], "legal_form": "unknown", "structured": "unknown", "email": "maison@example.org",
        "phone": "+32 81 12 34 56", "description": "Nous accueillons.", **typed,
    }  # fmt: skip


def state_of(session: Session, house: Organisation) -> tuple[Any, ...]:
    anew(session)
    row = session.get_one(Organisation, house.id)
    count = session.scalar(select(func.count()).select_from(RecordChange))
    history = session.scalar(select(func.count()).select_from(audit.AuditEntry))
    return (
        *changes.own_facts(facts_of(row)).items(),
        row.checked_on,
        tuple(row.public_fields),
        count,
        history,
    )


def test_looking_changes_nothing(
    session: Session, client: FlaskClient, house: Organisation, door: str
) -> None:
    before = str(state_of(session, house))
    for page in PAGES:
        for method in ("GET", "HEAD"):
            assert client.open(door + page, method=method).status_code == 200
    assert client.get(door + "/encore-juste").status_code == 405
    assert client.head(door + "/encore-juste").status_code == 405
    assert str(state_of(session, house)) == before


def test_pages_behind_a_link_are_neither_kept_nor_told(
    session: Session, client: FlaskClient, house: Organisation
) -> None:
    address = link(session, house)
    for page in PAGES:
        headers = client.get(address + page).headers
        assert headers["Cache-Control"] == "no-store"
        assert headers["Referrer-Policy"] == "no-referrer"
        assert "noindex" in headers["X-Robots-Tag"]


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_a_dead_link_opens_nothing(
    session: Session, client: FlaskClient, house: Organisation, method: str
) -> None:
    expired = link(session, house, lifetime=None, until=clock.now() - timedelta(seconds=1))
    revoked = link(session, house)
    tokens.revoke(session, letters.PURPOSE, house, now=clock.now())
    raw = tokens.issue(session, "actors.check", house, now=clock.now(), lifetime=letters.LIFETIME)
    session.commit()
    before = str(state_of(session, house))
    pages = PAGES if method == "GET" else GESTURES
    for page in pages:
        assert client.open(expired + page, method=method).status_code == 410
        assert client.open(revoked + page, method=method).status_code == 410
        for unknown in (f"/fiche/{raw}", "/fiche/" + "x" * 43, f"/verification/{raw}"):
            assert client.open(unknown + page, method=method).status_code == 404
    assert str(state_of(session, house)) == before


def test_the_record_is_nobody_elses(session: Session, app: Any, sign_in: SignIn, speaker: Any) -> None:
    stranger = sign_in(app.test_client(), factories.user(session))
    coordinator = sign_in(app.test_client(), factories.coordinator(session))
    for page in PAGES:
        assert stranger.get("/mon-organisation/mdl" + page).status_code == 403
        assert coordinator.get("/mon-organisation/mdl" + page).status_code == 403
        assert app.test_client().get("/mon-organisation/mdl" + page).status_code == 302
    for page in GESTURES:
        assert stranger.post("/mon-organisation/mdl" + page).status_code == 403
    mandate = session.scalars(select(Mandate)).one()
    mandate.withdrawn_at = clock.now()
    session.commit()
    assert sign_in(app.test_client(), speaker).get("/mon-organisation/mdl").status_code == 403


def test_all_is_right_in_one_gesture(
    session: Session, client: FlaskClient, house: Organisation, door: str
) -> None:
    answer = client.post(door + "/encore-juste")
    assert (answer.status_code, answer.location) == (303, door)
    anew(session)
    row = session.get_one(Organisation, house.id)
    assert (row.checked_on, row.checked_as) == (clock.today(clock.now()), CheckedAs.ORGANISATION)
    public = client.get("/acteurs/mdl").text
    assert "l’organisation elle-même" in public


@pytest.mark.usefixtures("house")
def test_no_reader_learns_who_checked(session: Session, app: Any, sign_in: SignIn) -> None:
    by = factories.coordinator(session, name="Une personne nommée")
    assert sign_in(app.test_client(), by).post("/acteurs/mdl/verifier").status_code == 303
    page = app.test_client().get("/acteurs/mdl").text
    assert "la coordination du réseau" in page
    assert "Une personne nommée" not in page


def test_what_is_corrected_is_seen_or_waits(
    session: Session, client: FlaskClient, house: Organisation, door: str
) -> None:
    page = client.get(door + "/corriger").text
    typed = form_of(page, description="Nous formons.", name="Maison neuve", rest_is_right="y", remark="Merci")
    assert client.post(door + "/corriger", data=typed).status_code == 303
    anew(session)
    row = session.get_one(Organisation, house.id)
    assert (row.description, row.name) == ("Nous formons.", "Maison des langues")
    assert row.checked_as is CheckedAs.ORGANISATION
    applied, proposed = session.scalars(select(RecordChange).order_by(RecordChange.id)).all()
    assert (applied.state, proposed.state) == (ChangeState.APPLIED, ChangeState.PROPOSED)
    home = client.get(door).text
    assert "Ce qui attend la coordination" in home
    assert client.post(f"{door}/modifications/{proposed.id}/retirer").status_code == 303
    anew(session)
    assert session.get_one(RecordChange, proposed.id).state is ChangeState.WITHDRAWN


WRONG = [
    ({"name": ""}, "Donnez un nom."),
    ({"email": "pas une adresse"}, "adresse mail"),
    ({"phone": "12"}, "numéro de téléphone"),
    ({"website": "javascript:alert(1)"}, "adresse de site"),
    ({"enterprise_number": "1"}, ""),
    ({"founded": "87"}, "quatre chiffres"),
    ({"description": "x" * 20_001}, "trop long"),
    ({"kind": "999999"}, ""),
    ({"themes": "999999"}, ""),
    ({"remark": "x" * 2001}, "trop long"),
]


@pytest.mark.parametrize(("wrong", "told"), WRONG)
def test_a_refused_form_keeps_what_was_typed(
    session: Session, client: FlaskClient, house: Organisation, door: str, wrong: dict[str, str], told: str
) -> None:
    before = str(state_of(session, house))
    typed = form_of(client.get(door + "/corriger").text, **{"address": "Rue gardée 3", **wrong})
    answer = client.post(door + "/corriger", data=typed)
    assert answer.status_code == 422
    assert told in answer.text
    assert "Rue gardée 3" in answer.text
    assert str(state_of(session, house)) == before


def test_fields_that_are_not_its_own_are_not_taken(
    session: Session, client: FlaskClient, house: Organisation, door: str
) -> None:
    typed = form_of(
        client.get(door + "/corriger").text, note="piraté", source="piraté", confidence="low", slug="pirate",
        state="closed", public_fields="email", scope="Namur",
    )  # fmt: skip
    assert client.post(door + "/corriger", data=typed).status_code == 303
    anew(session)
    row = session.get_one(Organisation, house.id)
    assert (row.note, row.source, row.slug, row.state.value) == ("", "", "mdl", "active")
    assert (row.scope, row.public_fields) == ("Namur", ["description"])


def test_both_at_once_nothing_is_lost(
    session: Session, client: FlaskClient, app: Any, sign_in: SignIn, house: Organisation, door: str
) -> None:
    typed = form_of(client.get(door + "/corriger").text, description="Mes mots à moi.")
    coordinator = sign_in(app.test_client(), factories.coordinator(session))
    kind = house.kind_id
    edited = {
        "name": house.name, "kind": kind, "legal_form": "unknown", "state": "active", "confidence": "high",
        "structured": "unknown", "email": "maison@example.org", "phone": "+32 81 12 34 56",
        "description": "Les mots de la coordination.", "seen": house.updated_at.isoformat(),
    }  # fmt: skip
    assert coordinator.post("/acteurs/mdl/modifier", data=edited).status_code == 303
    conflict = client.post(door + "/corriger", data=typed)
    assert conflict.status_code == 422
    assert "Mes mots à moi." in conflict.text
    assert "Les mots de la coordination." in conflict.text
    again = form_of(conflict.text, description="Mes mots à moi.")
    assert client.post(door + "/corriger", data=again).status_code == 303
    anew(session)
    assert session.get_one(Organisation, house.id).description == "Mes mots à moi."
    assert client.post(door + "/corriger", data={**typed, "seen": "rubbish"}).status_code == 422


def test_a_coordinators_rewrite_is_shown_and_answered(
    session: Session, client: FlaskClient, house: Organisation, door: str
) -> None:
    by = factories.coordinator(session)
    change = changes.rewrite(
        session, house, replace(facts_of(house), description="Nous formons."), actor=by, now=clock.now()
    )
    assert change
    session.commit()
    home = client.get(door).text
    assert "La coordination a modifié votre fiche" in home
    assert "<del>" in home
    address = f"{door}/modifications/{change.id}/reponse"
    silent = client.post(address, data={"answer": "contest"})
    assert silent.status_code == 422
    assert "Dites en un mot" in silent.text
    long = client.post(address, data={"answer": "contest", "words": "x" * 2001})
    assert long.status_code == 422
    assert client.post(address, data={"answer": "contest", "words": "Non."}).status_code == 303
    anew(session)
    assert session.get_one(RecordChange, change.id).answer is ChangeAnswer.CONTESTED
    assert client.post(f"{door}/modifications/{change.id}/remettre").status_code == 303
    anew(session)
    assert session.get_one(Organisation, house.id).description == "Nous accueillons."


def test_changes_of_others_are_out_of_reach(session: Session, client: FlaskClient, door: str) -> None:
    other = factories.organisation(session, "Autre", email="autre@example.org")
    change = changes.submit(
        session, other, replace(facts_of(other), name="Autre nom"), seen=changes.marks(other), by=None,
        now=clock.now(),
    ).proposed  # fmt: skip
    session.commit()
    assert change
    for gesture in ("reponse", "remettre", "retirer"):
        assert client.post(f"{door}/modifications/{change.id}/{gesture}").status_code == 404
        assert client.post(f"{door}/modifications/999999/{gesture}").status_code == 404


def test_the_organisation_decides_what_the_public_reads(
    session: Session, client: FlaskClient, app: Any, house: Organisation, door: str
) -> None:
    preview = client.post(door + "/public", data={"fields": ["phone"], "preview": "1"})
    assert preview.status_code == 200
    assert "+32 81 12 34 56" in preview.text.split('class="public-card"')[1]
    assert client.post(door + "/public", data={"fields": ["note"]}).status_code == 422
    anew(session)
    assert session.get_one(Organisation, house.id).public_fields == ["description"]
    assert client.post(door + "/public", data={"fields": ["phone", "email"]}).status_code == 303
    reader = app.test_client().get("/acteurs/mdl").text
    assert "Nous accueillons." not in reader
    assert "+32 81 12 34 56" in reader
    anew(session)
    row = session.get_one(Organisation, house.id)
    assert row.public_fields_at is not None
    assert "l’organisation" in row.agreement
    assert client.post(door + "/public", data={}).status_code == 303
    assert "maison@example.org" not in app.test_client().get("/acteurs/mdl").text


def test_the_record_is_taken_along(
    session: Session, client: FlaskClient, house: Organisation, door: str
) -> None:
    changes.submit(
        session, house, replace(facts_of(house), scope="Namur"), seen=changes.marks(house), by=None,
        now=clock.now(),
    )  # fmt: skip
    session.commit()
    answer = client.get(door + "/fiche.json")
    assert answer.mimetype == "application/json"
    assert answer.headers["Cache-Control"] == "no-store"
    told = {one["champ"]: one for one in answer.json["fiche"]}
    assert told["Téléphone"]["valeur"] == "+32 81 12 34 56"
    assert (told["Téléphone"]["public"], told["Ce qu’elle fait"]["public"]) == (False, True)
    (change,) = answer.json["modifications"]
    assert change["champs"] == [{"champ": "Territoire, en quelques mots", "avant": "", "après": "Namur"}]


def test_saying_that_it_is_gone(session: Session, client: FlaskClient, door: str) -> None:
    wrong = client.post(door + "/terminee", data={"since": "2999-01-01", "words": "Gardé ici"})
    assert wrong.status_code == 422
    assert "Gardé ici" in wrong.text
    assert client.post(door + "/terminee", data={"since": "", "words": "Fusion"}).status_code == 303
    anew(session)
    (change,) = session.scalars(select(RecordChange))
    assert change.fields == {"state": ["active", "closed"]}
    assert client.get(door).status_code == 200


# --- Asking for the link ---------------------------------------------------------------------------


@pytest.mark.usefixtures("house")
def test_asking_for_the_link_tells_nothing(session: Session, client: FlaskClient, run_jobs: RunJobs) -> None:
    factories.organisation(session, "Sans adresse", slug="muette")
    session.commit()
    answers = []
    for slug in ("mdl", "muette"):
        assert client.get(f"/acteurs/{slug}/recevoir-le-lien").status_code == 200
        asked = client.post(f"/acteurs/{slug}/recevoir-le-lien", data={"organisation": slug})
        assert asked.status_code == 303
        page = client.get(asked.location).text
        assert "maison@example.org" not in page
        name = "Maison des langues" if slug == "mdl" else "Sans adresse"
        plain = re.sub(r"csrf[^>]*", "", page).replace(name, "…").replace(f"/{slug}", "/…").replace(slug, "…")
        answers.append(re.sub(r'value="[^"]*"', "", plain))
    assert answers[0] == answers[1]
    assert session.scalar(select(func.count()).select_from(Job)) == 2
    run_jobs()
    anew(session)
    (sent,) = session.scalars(select(Message))
    assert sent.recipient == "maison@example.org"
    found = re.search(r"(/fiche/[\w-]{43})", sent.text)
    assert found
    assert client.get(found[1]).status_code == 200


def test_asking_and_answering_are_throttled(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limiter, "enabled", limiter.enabled)
    app = create_app(
        {
            "TESTING": True,
            "SECRET_KEY": "a key for tests only",
            "DATA_FOLDER": str(tmp_path),
            "BASE_URL": "http://localhost",
            "WTF_CSRF_ENABLED": False,
            "RATELIMIT_ENABLED": True,
        }
    )
    with app.app_context():
        schema.upgrade(db.engine)
        with writing(db.engine) as session:
            house = factories.organisation(session, "Maison des langues", slug="mdl")
            raw = tokens.issue(session, letters.PURPOSE, house, now=clock.now(), lifetime=letters.LIFETIME)
    limiter.reset()
    client, asking = app.test_client(), {"organisation": "mdl"}
    for address, data, allowed in (
        ("/acteurs/mdl/recevoir-le-lien", asking, 10),
        (f"/fiche/{raw}/encore-juste", {}, 120),
    ):
        codes = [client.post(address, data=data).status_code for _ in range(allowed + 2)]
        assert codes == [303] * allowed + [429, 429]
    # Each gesture counts by itself, and reading is free.
    assert client.post(f"/fiche/{raw}/terminee", data={"words": "x"}).status_code == 303
    assert client.get(f"/fiche/{raw}").status_code == 200
    limiter.reset()
    with app.app_context():
        db.engine.dispose()


# --- Coordinators ----------------------------------------------------------------------------------


@pytest.fixture
def coordinator(session: Session, app: Any, sign_in: SignIn) -> FlaskClient:
    return sign_in(app.test_client(), factories.coordinator(session))


def propose(session: Session, house: Organisation, **facts: Any) -> RecordChange:
    change = changes.submit(
        session, house, replace(facts_of(house), **facts), seen=changes.marks(house), by=None, now=clock.now()
    ).proposed
    assert change
    session.commit()
    return change


def test_a_proposal_is_compared_and_answered(
    session: Session, coordinator: FlaskClient, house: Organisation
) -> None:
    change = propose(session, house, name="Maison neuve", founded=1987)
    assert "Maison des langues" in coordinator.get("/acteurs/modifications").text
    assert "attend votre réponse" in coordinator.get("/acteurs/mdl").text
    address = f"/acteurs/modifications/{change.id}"
    page = coordinator.get(address).text
    assert "<ins>" in page
    seen = re.search(r'name="seen" value="([^"]*)"', page)
    assert seen
    marks = seen[1].replace("&#34;", '"')
    incomplete = coordinator.post(address, data={"field_name": "yes", "reason": "Gardé", "seen": marks})
    assert incomplete.status_code == 422
    assert "accepter ou refuser" in incomplete.text
    assert "Gardé" in incomplete.text
    silent = coordinator.post(address, data={"field_name": "yes", "field_founded": "no", "seen": marks})
    assert silent.status_code == 422
    stale = {"field_name": "yes", "field_founded": "no", "reason": "Non", "seen": "{}"}
    assert coordinator.post(address, data=stale).status_code == 422
    assert coordinator.post(address, data={**stale, "seen": marks}).status_code == 303
    anew(session)
    row = session.get_one(Organisation, house.id)
    assert (row.name, row.founded) == ("Maison neuve", None)
    assert coordinator.post(address, data={**stale, "seen": marks}).status_code == 422
    assert coordinator.get(address).status_code == 200


def test_a_number_taken_meanwhile_is_told_beside_its_field(
    session: Session, coordinator: FlaskClient, house: Organisation
) -> None:
    change = propose(session, house, enterprise_number="0123456749")
    factories.organisation(session, "Autre", enterprise_number="0123456749")
    session.commit()
    address = f"/acteurs/modifications/{change.id}"
    found = re.search(r'name="seen" value="([^"]*)"', coordinator.get(address).text)
    assert found
    data = {"field_enterprise_number": "yes", "seen": found[1].replace("&#34;", '"')}
    answer = coordinator.post(address, data=data)
    assert answer.status_code == 422
    assert "déjà celui de" in answer.text


def test_a_contested_rewrite_is_put_back_or_kept(
    session: Session, coordinator: FlaskClient, house: Organisation
) -> None:
    by = factories.coordinator(session)
    for scope in ("Namur", "Dinant"):
        change = changes.rewrite(
            session, house, replace(facts_of(house), scope=scope), actor=by, now=clock.now()
        )
        assert change
        changes.answer(session, change, agrees=False, words="Non.", by=None, now=clock.now())
        session.commit()
        address = f"/acteurs/modifications/{change.id}"
        assert "Non." in coordinator.get(address).text
        if scope == "Namur":
            assert coordinator.post(f"{address}/garder", data={"reason": ""}).status_code == 422
            assert coordinator.post(f"{address}/garder", data={"reason": "Parce que."}).status_code == 303
        else:
            assert coordinator.post(f"{address}/remettre").status_code == 303
        anew(session)
        house = session.get_one(Organisation, house.id)
        assert house.scope == "Namur"


@pytest.mark.parametrize("view", ["waiting", "own", "rewrites", "all", "nonsense"])
def test_changes_are_listed_by_what_they_are(
    session: Session, coordinator: FlaskClient, house: Organisation, view: str
) -> None:
    propose(session, house, name="Maison neuve")
    page = coordinator.get(f"/acteurs/modifications?vue={view}")
    assert page.status_code == 200
    assert ("/acteurs/modifications/1" in page.text) == (view in {"waiting", "all", "nonsense"})


def test_members_and_readers_answer_nothing(
    session: Session, app: Any, sign_in: SignIn, house: Organisation, speaker: Any
) -> None:
    change = propose(session, house, name="Maison neuve")
    posts = [
        f"/acteurs/modifications/{change.id}", f"/acteurs/modifications/{change.id}/remettre",
        f"/acteurs/modifications/{change.id}/garder", "/acteurs/mdl/accord", "/acteurs/mdl/lien-personnel",
        "/acteurs/mdl/tout-va-bien", "/acteurs/mdl/tout-va-bien/annuler", "/reglages/fiches",
    ]  # fmt: skip
    gets = [
        posts[0],
        "/acteurs/modifications",
        "/acteurs/mdl/accord",
        "/acteurs/a-verifier",
        "/reglages/fiches",
    ]
    member = sign_in(app.test_client(), speaker)
    for address in posts:
        assert member.post(address).status_code == 403, address
        assert app.test_client().post(address).status_code == 403, address
    for address in gets:
        assert member.get(address).status_code == 403, address
        assert app.test_client().get(address).status_code == 302, address


def test_a_coordinator_sends_the_link(
    session: Session, coordinator: FlaskClient, client: FlaskClient, house: Organisation
) -> None:
    before = link(session, house)
    assert coordinator.post("/acteurs/mdl/lien-personnel").status_code == 303
    anew(session)
    (sent,) = session.scalars(select(Message))
    found = re.search(r"(/fiche/[\w-]{43})", sent.text)
    assert found
    assert client.get(found[1]).status_code == 200
    assert client.get(before).status_code == 410


def test_the_rules_of_records_are_set(session: Session, coordinator: FlaskClient) -> None:
    assert coordinator.get("/reglages/fiches").status_code == 200
    for wrong in ("", "0", "121", "abc"):
        assert coordinator.post("/reglages/fiches", data={"stale_months": wrong}).status_code == 422
    assert coordinator.post("/reglages/fiches", data={"stale_months": "6"}).status_code == 303
    anew(session)
    row = get_for_update(session)
    assert (row.stale_months, row.own_changes_at_once) == (6, False)
