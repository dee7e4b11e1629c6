"""The first pages and the settings."""

import io
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient
from PIL import Image, ImageFile
from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.accounts.models import Role, User
from hub.core import clock, jobs, uploads
from hub.core.jobs import Job, JobState
from hub.core.mail import Message, MessageState
from hub.core.settings import NetworkSettings
from hub.core.web import Hub
from hub.recommendations.models.calls import Campaign
from tests import factories

SignIn = Callable[[FlaskClient, Any], FlaskClient]


def picture(size: tuple[int, int] = (40, 20), kind: str = "PNG") -> bytes:
    made = io.BytesIO()
    Image.new("RGB", size, "#123456").save(made, kind)
    return made.getvalue()


def identity(**values: Any) -> dict[str, Any]:
    return {"name": "Réseau de la Meuse", "short_name": "Meuse", "primary_colour": "#7a1fa2", **values}


def administrator(session: Session) -> User:
    return factories.user(session, Role.ADMINISTRATOR)


def test_the_front_page_says_what_will_be_there_while_nothing_is(client: FlaskClient) -> None:
    text = client.get("/").get_data(as_text=True)
    assert "Aucune journée n’est annoncée" in text
    assert "Aucun appel n’est ouvert" in text
    assert "Aucun mémorandum n’est encore publié" in text


def test_the_front_page_shows_open_calls_only(client: FlaskClient, session: Session) -> None:
    now = clock.now()
    day = timedelta(days=1)
    for title, published, opens, closes in (
        ("Appel ouvert", True, now - day, now + day),
        ("Appel clos", True, now - 2 * day, now - day),
        ("Appel à venir", True, now + day, now + 2 * day),
        ("Appel en préparation", False, now - day, now + day),
    ):
        campaign = Campaign(
            slug=title.lower().replace(" ", "-"), title=title, is_published=published, opens_at=opens,
            closes_at=closes, created_at=now,
        )  # fmt: skip
        factories.add(session, campaign)
    session.commit()
    text = client.get("/").get_data(as_text=True)
    assert "Appel ouvert" in text
    for hidden in ("Appel clos", "Appel à venir", "Appel en préparation"):
        assert hidden not in text


@pytest.mark.parametrize("role", list(Role))
def test_everybody_who_signs_in_has_a_first_page(
    client: FlaskClient, session: Session, sign_in: SignIn, role: Role
) -> None:
    page = sign_in(client, factories.user(session, role)).get("/tableau-de-bord")
    assert page.status_code == 200
    sees_all = role != Role.MEMBER
    assert ("La chaîne du réseau" in page.get_data(as_text=True)) == sees_all
    assert ("Vos organisations" in page.get_data(as_text=True)) != sees_all


def test_the_network_changes_its_name_colour_and_logo(
    client: FlaskClient, session: Session, sign_in: SignIn
) -> None:
    sign_in(client, administrator(session))
    answer = client.post(
        "/reglages/reseau", data=identity(logo=(io.BytesIO(picture()), "x.png")), follow_redirects=True
    )
    assert "Réseau de la Meuse" in answer.get_data(as_text=True)
    assert "#7a1fa2" in client.get("/theme.css").get_data(as_text=True)
    with client.get("/logo") as logo:
        assert Image.open(io.BytesIO(logo.data)).size == (40, 20)
    client.post("/reglages/reseau", data=identity(remove_logo="y"))
    assert client.get("/logo").status_code == 404


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({"name": ""}, "Remplissez ce champ."),
        ({"contact_email": "a@b.be, c@d.be"}, "une seule adresse"),
        ({"primary_colour": "red;}"}, "Choisissez une couleur."),
        ({"website": "javascript:alert(1)"}, "Commencez l’adresse par https://."),
    ],
)
def test_what_can_not_be_is_refused_beside_its_field_and_nothing_is_lost(
    client: FlaskClient, session: Session, sign_in: SignIn, values: dict[str, str], words: str
) -> None:
    sign_in(client, administrator(session))
    answer = client.post("/reglages/reseau", data=identity(tagline="Une phrase gardée", **values))
    text = answer.get_data(as_text=True)
    assert answer.status_code == 422
    assert words in text
    assert "Une phrase gardée" in text
    assert session.scalar(select(NetworkSettings.id)) is None


@pytest.mark.parametrize(
    "content",
    [b"<svg onload='alert(1)'/>", b"GIF89a" + b"\0" * 20, picture()[:30], b"", picture(kind="BMP")],
)
def test_a_logo_that_is_no_picture_is_refused(content: bytes) -> None:
    with pytest.raises(uploads.DomainError):
        uploads.clean_logo(content or b"\0")


def test_half_of_a_logo_is_refused_whatever_else_is_loaded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ImageFile, "LOAD_TRUNCATED_IMAGES", True)  # as WeasyPrint does
    content = picture((400, 400))
    with pytest.raises(uploads.DomainError, match="lisible"):
        uploads.clean_logo(content[: len(content) // 2])


def test_a_logo_is_bounded_in_weight_and_points(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(uploads.DomainError, match="2 Mo"):
        uploads.clean_logo(b"\0" * (uploads.LOGO_BYTES + 1))
    monkeypatch.setattr(uploads, "LOGO_PIXELS", 100)
    with pytest.raises(uploads.DomainError, match="trop de points"):
        uploads.clean_logo(picture())


def test_a_large_logo_is_made_small() -> None:
    assert max(Image.open(io.BytesIO(uploads.clean_logo(picture((3000, 100))))).size) == 800


def test_only_an_administrator_changes_the_network(
    client: FlaskClient, session: Session, sign_in: SignIn
) -> None:
    sign_in(client, factories.coordinator(session))
    assert client.post("/reglages/reseau", data=identity()).status_code == 403


def message(session: Session, state: MessageState) -> Message:
    return factories.add(
        session,
        Message(
            kind="test", subject_type="x", subject_id=1, version=state.value, recipient="a@example.org",
            _title="Votre place est réservée", _text="Bonjour http://localhost/inscription/abc", _html="",
            message_id=f"<{state.value}@x>", state=state, created_at=factories.NOW, _attachments=[],
        ),
    )  # fmt: skip


def test_a_mail_that_failed_is_seen_and_sent_again(
    client: FlaskClient, session: Session, sign_in: SignIn, run_jobs: Callable[[], int]
) -> None:
    failed = message(session, MessageState.FAILED)
    message(session, MessageState.SENT)
    sign_in(client, factories.coordinator(session))
    assert "1 mail n’a pas pu partir" in client.get("/tableau-de-bord").get_data(as_text=True).replace(
        "<strong>1</strong>", "1"
    )
    assert "1 mail" in client.get("/reglages/mails?state=failed").get_data(as_text=True)
    client.post(f"/reglages/mails/{failed.id}/renvoyer")
    assert run_jobs() == 1
    session.expire_all()
    assert session.get_one(Message, failed.id).state == MessageState.KEPT


def test_kept_mails_hold_personal_links_and_are_for_administrators(
    app: Hub, client: FlaskClient, session: Session, sign_in: SignIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    kept = message(session, MessageState.KEPT)
    sign_in(client, factories.coordinator(session))
    assert client.get(f"/reglages/mails/{kept.id}").status_code == 403
    monkeypatch.setitem(app.config, "DEMO", value=True)
    assert "/inscription/abc" in client.get(f"/reglages/mails/{kept.id}").get_data(as_text=True)
    monkeypatch.setitem(app.config, "DEMO", value=False)
    sign_in(client, administrator(session))
    assert client.get(f"/reglages/mails/{kept.id}").status_code == 200


def test_work_can_be_stopped_and_started_again(
    client: FlaskClient, session: Session, sign_in: SignIn
) -> None:
    job = jobs.enqueue(session, "mail.deliver", now=clock.now(), message=1)
    sign_in(client, factories.coordinator(session))
    assert "Envoi d’un mail" in client.get("/reglages/travaux").get_data(as_text=True)
    client.post(f"/reglages/travaux/{job.id}/arreter")
    session.expire_all()
    assert session.get_one(Job, job.id).state == JobState.CANCELLED
    client.post(f"/reglages/travaux/{job.id}/reprendre")
    session.rollback()
    session.expire_all()
    assert session.get_one(Job, job.id).state == JobState.QUEUED


def test_the_list_of_settings_leads_to_each(client: FlaskClient, session: Session, sign_in: SignIn) -> None:
    sign_in(client, administrator(session))
    text = client.get("/reglages").get_data(as_text=True)
    for title in ("Le réseau", "Comptes", "Mails", "Travaux de fond"):
        assert title in text
