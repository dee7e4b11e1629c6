"""The pages of certificates: the coordination's list, one's own, and what anybody can verify."""

import io
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pypdf
import pytest
from flask.testing import FlaskClient
from sqlalchemy import event as listening
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from hub.app import create_app
from hub.core import clock, schema
from hub.core.db import db, writing
from hub.core.web import limiter
from hub.events.models.days import CertificateRule
from hub.events.models.outcomes import Certificate
from hub.events.operations import certificates
from hub.events.operations.letters import issue_link
from hub.events.values import certificates as values
from tests.conftest import SITE
from tests.events.afterwards import AFTER, module, participant, saw
from tests.factories import coordinator

BY = "essai"
UNKNOWN = "0" * 20
MOST_QUERIES = 12


@pytest.fixture(autouse=True)
def at_after(monkeypatch: pytest.MonkeyPatch) -> Callable[[Any], None]:
    def go(moment: Any) -> None:
        monkeypatch.setattr(clock, "now", lambda: moment)

    go(AFTER)
    return go


def given(session: Session, name: str = "Amina Benali") -> Certificate:
    event = module(session)
    row = participant(session, event, "111", name=name)
    made = certificates.issue(session, event, row, actor=BY, now=AFTER)
    session.commit()
    return made


# --- Verifying ------------------------------------------------------------------------------------


def test_a_valid_one_shows_no_more_than_needed(session: Session, client: FlaskClient) -> None:
    made = given(session)
    answer = client.get(f"/attestation/{made.code}")
    assert answer.status_code == 200
    for part in ("est valable", made.serial, "12\u00a0heures", "A. B.", "du 2 mars au 16 mars 2026"):
        assert part in answer.text
    for part in ("Amina", "Benali", "example.org", "Participant"):
        assert part not in answer.text
    assert answer.headers["Referrer-Policy"] == "no-referrer"
    assert answer.headers["Cache-Control"] == "no-store"
    assert "noindex" in answer.headers["X-Robots-Tag"]
    assert 'content="noindex' in answer.text


def test_the_code_is_taken_as_it_is_typed(session: Session, client: FlaskClient) -> None:
    made = given(session)
    typed = values.grouped(made.code).lower().replace("-", " ")
    answer = client.get("/attestation", query_string={"code": typed})
    assert answer.location.endswith(f"/attestation/{made.code}")
    assert client.get(f"/attestation/{values.grouped(made.code)}").status_code == 200
    for wrong in ("abc", "é" * 20, "x" * 500, "\x00"):
        answer = client.get("/attestation", query_string={"code": wrong})
        assert answer.status_code == 422
        assert "vingt signes" in answer.text
    assert client.get("/attestation").status_code == 200


def test_an_unknown_one_is_unknown_whatever_is_asked(session: Session, client: FlaskClient) -> None:
    given(session)
    for code in (UNKNOWN, "abc", "2026-0001", "%00"):
        answer = client.get(f"/attestation/{code}")
        assert answer.status_code == 404
        assert "Aucune attestation ne porte ce code" in answer.text
    answer = client.post(f"/attestation/{UNKNOWN}", data={"name": "Amina Benali"})
    assert "Oui, c’est le nom" not in answer.text
    assert "Non, cette attestation" not in answer.text


def test_known_or_not_the_database_is_asked_the_same(
    session: Session, client: FlaskClient, installation: Any
) -> None:
    made = given(session)
    asked: list[str] = []
    listening.listen(installation.engine, "before_cursor_execute", lambda *args: asked.append(args[2]))
    found = []
    for code in (made.code, UNKNOWN):
        asked.clear()
        client.get(f"/attestation/{code}")
        found.append([re.sub(r"\s+", " ", statement) for statement in asked if "certificate" in statement])
    assert found[0] == found[1]
    assert len(found[0]) == 2


def test_a_name_is_compared_never_shown(session: Session, client: FlaskClient) -> None:
    made = given(session, "Élodie N’Diaye")
    page = f"/attestation/{made.code}"
    assert "Oui, c’est le nom" in client.post(page, data={"name": "n diaye élodie"}).text
    answer = client.post(page, data={"name": "Élodie Diaye"})
    assert "porte un autre nom" in answer.text
    assert "N’Diaye" not in answer.text
    assert client.post(page, data={"name": " "}).status_code == 422
    assert client.post(page, data={"name": "x" * 121}).status_code == 422


def test_replaced_and_taken_back(session: Session, client: FlaskClient) -> None:
    old = given(session)
    new = certificates.reissue(session, old, "Amina Benali-Dupont", "Nom", actor=BY, now=AFTER)
    session.commit()
    page = client.get(f"/attestation/{old.code}").text
    assert "a été remplacée" in page
    assert new.code not in page.replace("-", "")
    assert new.serial not in page
    certificates.revoke(session, new, "Présence notée par erreur", actor=BY, now=AFTER)
    session.commit()
    page = client.get(f"/attestation/{new.code}").text
    assert "a été retirée" in page
    assert "par erreur" not in page


def test_once_the_name_is_erased_it_still_says_that_it_was_given(
    session: Session, client: FlaskClient
) -> None:
    made = given(session)
    session.execute(update(Certificate).values(name="", purged_at=AFTER))
    session.commit()
    page = client.get(f"/attestation/{made.code}").text
    assert "est valable" in page
    assert "a bien été délivrée" in page
    assert "Comparer un nom" not in page
    answer = client.post(f"/attestation/{made.code}", data={"name": "Amina Benali"}).text
    assert "Oui, c’est le nom" not in answer
    assert "porte un autre nom" not in answer


def test_looks_and_comparisons_are_counted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
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
        with writing(db.engine, site=SITE) as session:
            event = module(session)
            row = participant(session, event, "111", name="Amina Benali")
            known = certificates.issue(session, event, row, actor=BY, now=AFTER).code
    client = app.test_client()
    for code, status in ((known, 200), (UNKNOWN, 404)):
        limiter.reset()
        compared = [client.post(f"/attestation/{code}", data={"name": "x"}).status_code for _ in range(21)]
        assert compared == [status] * 20 + [429]
        limiter.reset()
        looked = [client.get(f"/attestation/{code}").status_code for _ in range(121)]
        assert looked == [status] * 120 + [429]
    limiter.reset()
    with app.app_context():
        db.engine.dispose()


# --- One's own ------------------------------------------------------------------------------------


def test_one_s_own_page_and_pdf(session: Session, client: FlaskClient) -> None:
    made = given(session)
    assert made.registration is not None
    link = f"/inscription/{issue_link(session, made.registration, now=AFTER)}"
    session.commit()
    assert made.serial in client.get(link).text
    answer = client.get(f"{link}/attestation.pdf")
    assert answer.status_code == 200
    assert answer.mimetype == "application/pdf"
    text = pypdf.PdfReader(io.BytesIO(answer.data)).pages[0].extract_text()
    assert "Amina Benali" in text
    assert values.grouped(made.code) in text
    certificates.revoke(session, made, "Essai", actor=BY, now=AFTER)
    session.commit()
    assert client.get(f"{link}/attestation.pdf").status_code == 404
    assert "Télécharger mon attestation" not in client.get(link).text


# --- The coordination's ---------------------------------------------------------------------------


def test_the_list_says_who_earned_and_who_lacks_what(
    session: Session, client: FlaskClient, sign_in: Any
) -> None:
    event = module(session)
    participant(session, event, "111", name="Amina")
    participant(session, event, "101", name="Bruno")
    participant(session, event, "11", name="Carine")
    participant(session, event, name="Daoud")
    sign_in(client, coordinator(session))
    page = f"/journees/{event.slug}/attestations"
    shown = client.get(page).text
    assert "Délivrer l’attestation acquise" in shown
    assert "Matinée 2" in shown
    assert "non relevée" in shown
    assert "Aucune présence relevée" in shown
    assert "Bruno" not in client.get(f"{page}?state=earned").text
    assert "Amina" not in client.get(f"{page}?q=bruno").text
    assert "Personne ne correspond" in client.get(f"{page}?q=introuvable").text
    assert client.get(f"{page}?state=nonsense").status_code == 200
    assert "Pas acquise" in client.get(f"{page}?format=csv").data.decode("utf-8-sig")
    assert client.get(f"{page}?format=xlsx").status_code == 200


def test_given_mended_taken_back(session: Session, client: FlaskClient, sign_in: Any) -> None:
    event = module(session)
    row = participant(session, event, "111", name="Amina")
    absent = participant(session, event, "110", name="Bruno")
    sign_in(client, coordinator(session))
    page = f"/journees/{event.slug}/attestations"
    assert client.post(f"{page}/{absent.id}/delivrer", follow_redirects=True).text.count("ne suffit pas") == 1
    assert client.post(f"{page}/999999/delivrer").status_code == 404
    assert client.post(f"{page}/{row.id}/delivrer").status_code == 303
    made = session.scalars(select(Certificate)).one()
    session.rollback()
    assert made.serial in client.get(page).text
    assert client.get(f"{page}/{made.id}/remplacer").status_code == 200
    assert client.post(f"{page}/{made.id}/remplacer", data={"name": "", "reason": ""}).status_code == 422
    data = {"name": "Amina Benali", "reason": "Nom complet"}
    assert client.post(f"{page}/{made.id}/remplacer", data=data).status_code == 303
    assert client.post(f"{page}/{made.id}/remplacer", data=data).status_code == 422
    session.rollback()
    new = session.scalars(select(Certificate).order_by(Certificate.id.desc())).first()
    assert new is not None
    session.rollback()
    saw(session, event.sessions[0], row, was_there=False)
    session.commit()
    assert "n’est plus acquise" in client.get(page).text
    assert client.post(f"{page}/{new.id}/remplacer", data=data).status_code == 422
    assert client.get(f"{page}/{new.id}/retirer").status_code == 200
    assert client.post(f"{page}/{new.id}/retirer", data={"reason": ""}).status_code == 422
    assert client.post(f"{page}/{new.id}/retirer", data={"reason": "Absence"}).status_code == 303
    session.rollback()
    session.expire_all()
    assert session.get_one(Certificate, new.id).revoked_reason == "Absence"


def test_printed_alone_and_together(session: Session, client: FlaskClient, sign_in: Any) -> None:
    event = module(session)
    rows = [participant(session, event, "111", name=f"Personne {number}") for number in range(3)]
    sign_in(client, coordinator(session))
    page = f"/journees/{event.slug}/attestations"
    assert client.get(f"{page}/avancement").status_code == 200
    assert client.get(f"{page}.pdf").status_code == 404
    assert client.post(page).status_code == 303
    made = session.scalars(select(Certificate).order_by(Certificate.id)).all()
    assert [row.registration_id for row in made] == [row.id for row in rows]
    assert len(pypdf.PdfReader(io.BytesIO(client.get(f"{page}.pdf").data)).pages) == 3
    assert len(pypdf.PdfReader(io.BytesIO(client.get(f"{page}/{made[0].id}.pdf").data)).pages) == 1
    other = module(session)
    session.commit()
    assert client.get(f"/journees/{other.slug}/attestations/{made[0].id}.pdf").status_code == 404


def test_the_rules_are_set(session: Session, client: FlaskClient, sign_in: Any) -> None:
    event = module(session, certificate_rule=CertificateRule.NONE)
    sign_in(client, coordinator(session))
    page = f"/journees/{event.slug}/attestations"
    assert "Dites d’abord" in client.get(page).text
    shown = client.get(f"{page}/reglages").text
    assert "preuve d’intégration" in shown
    for wrong in (
        {"rule": "share"}, {"rule": "share", "share": "101"}, {"rule": "share", "share": "beaucoup"},
        {"rule": "minutes", "hours": "0"}, {"rule": "minutes", "hours": "x"}, {"rule": "nonsense"},
        {"rule": "all", "text": "x" * 1201}, {"rule": "all", "signatory": "x" * 121},
    ):  # fmt: skip
        assert client.post(f"{page}/reglages", data=wrong).status_code == 422, wrong
    data = {
        "rule": "minutes",
        "hours": "3,5",
        "text": certificates.usual_text(event),
        "signatory": "L’équipe",
    }
    assert client.post(f"{page}/reglages", data=data).status_code == 303
    session.rollback()
    session.expire_all()
    assert (event.certificate_threshold, event.certificate_text, event.certificate_signatory) == (
        210,
        "",
        "L’équipe",
    )
    assert "3,5" in client.get(f"{page}/reglages").text
    assert "3\u00a0heures\u00a030" in client.get(page).text


def test_nobody_else_opens_the_coordination_s_pages(session: Session, client: FlaskClient) -> None:
    made = given(session)
    page = f"/journees/{made.event.slug}/attestations"
    for part in ("", ".pdf", f"/{made.id}.pdf", "/reglages", f"/{made.id}/remplacer", f"/{made.id}/retirer"):
        assert client.get(page + part).status_code == 302
    assert client.post(page).status_code == 403


def test_the_list_asks_little_of_the_database(
    session: Session, client: FlaskClient, sign_in: Any, installation: Any
) -> None:
    event = module(session, mornings=12)
    for _ in range(60):
        participant(session, event, "111111111111")
    sign_in(client, coordinator(session))
    asked: list[str] = []
    listening.listen(installation.engine, "before_cursor_execute", lambda *args: asked.append(args[2]))
    page = f"/journees/{event.slug}/attestations"
    assert client.get(page).status_code == 200
    assert len(asked) <= MOST_QUERIES, asked


def test_a_name_that_no_font_draws_is_said_and_never_put_on_another(
    session: Session, client: FlaskClient, sign_in: Callable[[FlaskClient, Any], FlaskClient]
) -> None:
    made = given(session, "שרה")
    sign_in(client, coordinator(session))
    page = f"/journees/{made.event.slug}/attestations"
    assert "<bdi>שרה</bdi>" in client.get(page).text
    data = {"name": "שרה לוי", "reason": "Nom complet"}
    answer = client.post(f"{page}/{made.id}/remplacer", data=data)
    assert answer.status_code == 422
    assert re.search(r'id="name-error".*?en lettres latines', answer.text, re.DOTALL)
    data["name"] = "Sarah Lévi"
    assert client.post(f"{page}/{made.id}/remplacer", data=data).status_code == 303
    assert "<bdi>" not in client.get(page).text
