"""The printed directory: who makes it, who gets it, and that nobody is shown against their agreement."""

import io
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pypdf
import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.actors import jobs as actor_jobs
from hub.actors.models.directory import Arrangement, DirectoryPrint
from hub.actors.models.organisations import Organisation, OrganisationState
from hub.actors.models.record import DropIn, DropInSlot
from hub.actors.models.reference import Audience, Territory, Theme
from hub.actors.operations import printing, reference
from hub.core import clock
from hub.core.files import StoredFile
from hub.core.jobs import Job, JobState
from memoranda import check, fonts
from memoranda.errors import BuildError, BuildStoppedError
from tests import factories
from tests.conftest import both_databases
from tests.factories import NOW

SignIn = Callable[[FlaskClient, Any], FlaskClient]
URL = "http://localhost"
TODAY = clock.today(NOW)


def one(session: Session, model: Any, code: str) -> Any:
    return session.scalars(select(model).where(model.code == code)).one()


@pytest.fixture
def house(session: Session) -> Organisation:
    reference.load(session)
    namur = one(session, Territory, "92094")
    row = factories.organisation(
        session, "Maison des langues", commune_id=namur.id, phone="+32 81 00 00 00",
        email="cache@example.org", description="Des langues.", languages=["ar"],
        public_fields=["phone", "audiences"], source="Dossier, 2023\nhttps://www.example.org/a?b",
    )  # fmt: skip
    row.themes += [one(session, Theme, "fle"), one(session, Theme, "housing")]
    row.audiences.append(one(session, Audience, "women"))
    factories.organisation(session, "Sans siège 😀")
    factories.organisation(session, "Terminée", state=OrganisationState.CLOSED)
    factories.organisation(session, "Double", merged_into_id=row.id)
    drop_in = factories.add(
        session, DropIn(organisation_id=row.id, subject="Équivalence", commune_id=namur.id, created_at=NOW)
    )
    at_nine, at_noon = clock.local(NOW).time().replace(hour=9), clock.local(NOW).time().replace(hour=12)
    factories.add(session, DropInSlot(drop_in_id=drop_in.id, weekday=1, begins=at_nine, finishes=at_noon))
    session.commit()
    session.expire_all()  # what was appended is read in its order
    return row


@pytest.fixture
def coordinator(session: Session, client: FlaskClient, sign_in: SignIn, house: Organisation) -> FlaskClient:
    assert house.id
    return sign_in(client, factories.coordinator(session))


def last(session: Session) -> DirectoryPrint:
    session.rollback()
    return session.scalars(select(DirectoryPrint).order_by(DirectoryPrint.created_at.desc())).first()  # type: ignore[return-value]


def gathered(session: Session, by: Arrangement = Arrangement.COMMUNE) -> printing.Material:
    return printing.gather(session, by, base_url=URL, today=TODAY)


def test_entries_stand_by_commune_and_show_what_was_agreed_to(session: Session, house: Organisation) -> None:
    material = gathered(session)
    directory = material.directory
    assert [(group.title, [one.name for one in group.entries]) for group in directory.groups] == [
        ("Namur", ["Maison des langues"]), ("Siège non renseigné", ["Sans siège 😀"])
    ]  # fmt: skip
    card = directory.groups[0].entries[0]
    assert card.contacts == ("+32 81 00 00 00",)
    assert card.description == ""
    assert {row.label: row.text for row in card.rows} == {
        "Thèmes": "Logement, Français langue étrangère", "Publics": "Femmes",
        "Permanence": "Équivalence · mardi de 9\xa0h à 12\xa0h · Namur",
    }  # fmt: skip
    assert [index.title for index in directory.indexes] == [
        "Index des noms",
        "Index par thème",
        "Index par public",
    ]
    assert [source.text for source in directory.sources] == ["Dossier, 2023", "example.org"]
    assert material.shown[str(house.id)] == ["audiences", "phone"]


def test_entries_stand_once_by_theme_and_in_each_index(session: Session, house: Organisation) -> None:
    directory = gathered(session, Arrangement.THEME).directory
    assert [group.title for group in directory.groups] == ["Logement", "Sans thème"]
    themes = next(index for index in directory.indexes if index.anchor == "index-themes")
    assert [heading.title for heading in themes.headings] == ["Français langue étrangère", "Logement"]
    assert {heading.anchors for heading in themes.headings} == {(f"acteur-{house.id}",)}
    assert "Index par commune" in [index.title for index in directory.indexes]


@both_databases
def test_a_coordinator_makes_it_and_everybody_gets_it(
    coordinator: FlaskClient, client: FlaskClient, session: Session, run_jobs: Callable[[], int]
) -> None:
    if fonts.missing(actor_jobs.FONTS):
        pytest.fail("The fonts are not built: run `make setup`.")
    answer = coordinator.post("/annuaire/impression", data={"arranged_by": "commune"})
    assert (answer.status_code, answer.location) == (303, "/annuaire/impression#pdf")
    coordinator.post("/annuaire/impression", data={"arranged_by": "commune"})
    assert len(session.scalars(select(Job).where(Job.name == printing.JOB)).all()) == 1
    assert "Construction du PDF" in coordinator.get("/annuaire/impression").text
    run_jobs()
    row = last(session)
    assert (row.entries, row.undrawable) == (2, {"Sans siège 😀": "😀"})
    page = coordinator.get("/annuaire/impression").text
    assert f"({row.pages} pages)" in page
    assert "😀" in page
    with client.session_transaction() as cookie:
        cookie.clear()
    answer = client.get("/annuaire.pdf")
    assert answer.content_type == "application/pdf"
    assert check.problems(answer.data) == []
    text = " ".join(page.extract_text() for page in pypdf.PdfReader(io.BytesIO(answer.data)).pages)
    assert "+32 81 00 00 00" in text
    assert "cache@example.org" not in text
    answer.close()
    assert "/annuaire.pdf" in client.get("/annuaire").text


def kept(session: Session, by: Arrangement = Arrangement.COMMUNE, **values: Any) -> DirectoryPrint:
    """Keep a directory without printing it."""
    material = gathered(session, by)
    file = factories.add(
        session,
        StoredFile(
            sha256="0" * 64, name="annuaire.pdf", media_type="application/pdf", size=1, created_at=NOW
        ),
    )
    row = factories.add(
        session,
        DirectoryPrint(
            **{
                "file_id": file.id, "arranged_by": by, "day": TODAY, "entries": 2, "pages": 5,
                "content_hash": material.fingerprint, "shown": material.shown, "undrawable": {},
                "created_at": NOW, **values,
            }
        ),
    )  # fmt: skip
    session.commit()
    return row  # type: ignore[no-any-return]


@both_databases
def test_an_agreement_taken_back_takes_the_pdf_back(
    client: FlaskClient, coordinator: FlaskClient, session: Session, house: Organisation
) -> None:
    row = kept(session)
    assert printing.may_be_given_out(session, row)
    house.public_fields = ["phone", "audiences", "email"]  # more is no harm
    assert printing.may_be_given_out(session, row)
    house.public_fields = ["audiences"]
    session.commit()
    assert not printing.may_be_given_out(session, row)
    answer = client.get("/annuaire.pdf")
    assert (answer.status_code, answer.location) == (302, "/annuaire")
    assert "/annuaire.pdf" not in client.get("/annuaire").text
    assert "n’est plus donné" in coordinator.get("/annuaire/impression").text


def test_a_change_of_the_register_is_told_the_passing_of_days_is_not(
    session: Session, house: Organisation
) -> None:
    row = kept(session)
    later = TODAY + timedelta(days=40)
    assert not printing.is_stale(session, row, base_url=URL, today=later)
    house.name = "Maison nouvelle"
    session.flush()
    assert printing.is_stale(session, row, base_url=URL, today=later)


def test_the_same_content_is_kept_once(session: Session, house: Organisation) -> None:
    assert house.id
    row = kept(session)
    later = NOW + timedelta(days=1)
    again = printing.reuse(session, gathered(session), now=later)
    assert again is row
    assert row.created_at == later
    assert printing.reuse(session, gathered(session, Arrangement.THEME), now=later) is None


@pytest.mark.parametrize(
    ("problem", "state", "words"),
    [
        (BuildError("Le PDF n’est pas correct."), JobState.FAILED, "Le PDF n’est pas correct."),
        (FileNotFoundError("logo"), JobState.FAILED, "Le logo du réseau est introuvable"),
        (BuildStoppedError("arrêté"), JobState.CANCELLED, "Aucun annuaire n’est encore imprimé"),
    ],
)
def test_what_goes_wrong_is_told_and_can_be_tried_again(
    coordinator: FlaskClient,
    session: Session,
    run_jobs: Callable[[], int],
    monkeypatch: pytest.MonkeyPatch,
    problem: Exception,
    state: JobState,
    words: str,
) -> None:
    def fail(*_args: Any, **_more: Any) -> bytes:
        raise problem

    monkeypatch.setattr(actor_jobs, "build_apart", fail)
    coordinator.post("/annuaire/impression", data={"arranged_by": "theme"})
    run_jobs()
    session.rollback()
    assert session.scalars(select(Job).where(Job.name == printing.JOB)).one().state == state
    assert words in coordinator.get("/annuaire/impression").text
    coordinator.post("/annuaire/impression", data={"arranged_by": "nonsense"})
    session.rollback()
    assert len(session.scalars(select(Job).where(Job.name == printing.JOB)).all()) == 2


def test_it_can_be_stopped(coordinator: FlaskClient, session: Session, run_jobs: Callable[[], int]) -> None:
    coordinator.post("/annuaire/impression", data={"arranged_by": "commune"})
    assert "En attente de son tour" in coordinator.get("/annuaire/impression/avancement").text
    assert coordinator.post("/annuaire/impression/arreter").status_code == 303
    run_jobs()
    assert session.scalars(select(DirectoryPrint)).all() == []


@pytest.mark.parametrize("path", ["", "/avancement"])
def test_only_coordinators_make_it(
    client: FlaskClient, session: Session, sign_in: SignIn, house: Organisation, path: str
) -> None:
    assert house.id
    assert client.get(f"/annuaire/impression{path}").status_code == 302  # to the sign-in page
    member = sign_in(client, factories.user(session))
    assert member.get(f"/annuaire/impression{path}").status_code == 403
    assert member.post("/annuaire/impression").status_code == 403
    assert member.post("/annuaire/impression/arreter").status_code == 403
    assert "Faire l’annuaire imprimé" not in member.get("/annuaire").text
