"""What an organisation did not agree to show is shown nowhere, whatever it agreed to."""

import io
import re
import zipfile
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.actors.models.imports import ImportKind
from hub.actors.models.mandates import Mandate, Person
from hub.actors.models.organisations import FundingSource, LegalForm, Organisation, Structured
from hub.actors.models.reference import Audience
from hub.actors.operations.imports import checking
from hub.actors.operations.imports.register import load as load_register
from hub.actors.operations.ownership import agreements
from hub.actors.queries import consent as queries
from hub.actors.values import consent, spreadsheets
from hub.actors.values.columns import guess
from hub.core import audit, clock
from hub.core.errors import DomainError
from tests import factories
from tests.conftest import both_databases
from tests.factories import NOW

SignIn = Callable[[FlaskClient, Any], FlaskClient]
# What each field says, in every form in which a page, a list or a file may tell it.
MARKS = {
    "description": ("motdescription",),
    "field_of_action": ("motchamp",),
    "audiences": ("Public marqueur", "marker_audience"),
    "languages": ("géorgien", '"ka"'),
    "phone": ("+32 81 12 34 56", "+3281123456"),
    "email": ("accueil@marqueur.example",),
    "website": ("site-marqueur.example",),
    "address": ("rue du Marqueur",),
    "legal_form": ("coopérative",),
    "enterprise_number": ("0123.456.749", "0123456749"),
    "founded": ("1987",),
    "structured": ("Sans structure",),
    "funding_sources": ("Recettes d’activités",),
}
BLANK: dict[str, Any] = {
    "description": "", "field_of_action": "", "languages": [], "phone": "", "email": "", "website": "",
    "address": "", "legal_form": LegalForm.UNKNOWN, "enterprise_number": None, "founded": None,
    "structured": Structured.UNKNOWN,
}  # fmt: skip
ADDRESSES = (
    "/", "/acteurs", "/acteurs/marqueur", "/acteurs/marqueur.vcf", "/acteurs/marqueur/recevoir-le-lien",
    "/annuaire/export.xlsx", "/reseau/exporter/kumu-xlsx", "/reseau/exporter/gephi-csv",
    "/reseau/exporter/xlsx",
    "/annuaire", "/annuaire?q=motdescription", "/annuaire?q=accueil", "/annuaire/export.csv",
    "/reseau", "/reseau/acteurs/marqueur", "/reseau/donnees.json", "/reseau/historique",
    "/reseau/exporter/json", "/reseau/exporter/csv", "/reseau/exporter/kumu-json", "/reseau/exporter/gexf",
    "/reseau/exporter/graphml", "/reseau/couverture", "/reseau/couverture?rows=audience",
    "/reseau/couverture?rows=language", "/reseau/existant", "/reseau/analyse", "/reseau/mesures.json",
    "/reseau/comparer",
    "/projets", "/territoires", "/permanences",
)  # fmt: skip


@pytest.fixture
def house(session: Session) -> Organisation:
    audience = factories.add(session, Audience(code="marker_audience", label="Public marqueur"))
    row = factories.organisation(
        session, "Marqueur", description="motdescription", field_of_action="motchamp", languages=["ka"],
        phone="+32 81 12 34 56", email="accueil@marqueur.example", website="https://site-marqueur.example",
        address="rue du Marqueur 7", legal_form=LegalForm.COOPERATIVE, enterprise_number="0123456749",
        founded=1987, structured=Structured.NO, commune_id=factories.commune(session).id,
    )  # fmt: skip
    row.themes = [factories.theme(session)]
    row.audiences = [audience]
    row.funding_sources = [FundingSource.ACTIVITIES]
    session.commit()
    return row


def test_every_mark_is_looked_for() -> None:
    assert set(MARKS) == set(consent.FIELDS)


def text_of(answer: Any) -> str:
    """Return what an answer tells; of an archive or a workbook, what its files tell."""
    if not answer.data.startswith(b"PK"):
        return str(answer.text)
    with zipfile.ZipFile(io.BytesIO(answer.data)) as archive:
        return "\n".join(archive.read(name).decode("utf-8", "replace") for name in archive.namelist())


def told(page: str, field: str, *, asked: str = "") -> bool:
    """Say whether a page tells a field; what the address itself asked for is no telling."""
    return any(mark in page and mark not in asked for mark in MARKS[field])


@settings(max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(fields=st.sets(st.sampled_from(sorted(consent.FIELDS))))
def test_nothing_is_told_without_agreement(
    session: Session, client: FlaskClient, house: Organisation, fields: set[str]
) -> None:
    house.public_fields = sorted(fields)
    session.commit()
    for address in ADDRESSES:
        answer = client.get(address, follow_redirects=True)
        assert answer.status_code == 200, address
        leaks = {field for field in MARKS if told(text_of(answer), field, asked=address)} - fields
        assert not leaks or leaks <= unrelated(client, session, house, address), (address, leaks)


def unrelated(client: FlaskClient, session: Session, house: Organisation, address: str) -> set[str]:
    """Return the fields whose marks a page holds whatever the record says, such as a list to choose from."""
    kept, audiences = {field: getattr(house, field) for field in BLANK}, list(house.audiences)
    funding = list(house.funding_sources)
    for field, nothing in BLANK.items():
        setattr(house, field, nothing)
    house.audiences, house.funding_sources = [], []
    session.commit()
    page = text_of(client.get(address, follow_redirects=True))
    for field, value in kept.items():
        setattr(house, field, value)
    house.audiences, house.funding_sources = audiences, funding
    session.commit()
    return {field for field in MARKS if told(page, field, asked=address)}


# The card tells each field that it may; a year, a form and a number alone prove that they can be told.
def test_the_card_tells_all_that_may_be_told(
    session: Session, client: FlaskClient, house: Organisation
) -> None:
    house.public_fields = list(consent.FIELDS)
    session.commit()
    page = client.get("/acteurs/marqueur").text
    assert [field for field in MARKS if not told(page, field)] == []


@given(fields=st.sets(st.sampled_from(sorted(consent.FIELDS))), everything=st.booleans())
def test_a_record_read_by_the_public_is_empty_where_nothing_was_agreed(
    fields: set[str], everything: bool
) -> None:
    row = Organisation(
        name="Marqueur", note="secret", description="motdescription", public_fields=sorted(fields)
    )
    read = consent.Record(row, everything=everything)
    assert (read.description == "motdescription") == (everything or "description" in fields)
    assert (read.note == "secret") == everything
    assert read.name == "Marqueur"
    assert consent.shows(row, "description") == ("description" in fields)
    assert not consent.shows(row, "note")


def test_every_column_is_public_by_right_by_agreement_or_not_at_all() -> None:
    """A column that comes later must be given its place: until then nobody reads it."""
    ours = {
        "confidence", "note", "checked_by_id", "checked_as", "public_fields", "public_fields_at",
        "public_fields_by_id", "agreement", "created_at", "updated_at", "search_text", "import_id",
        "merged_into_id",
    }  # fmt: skip
    columns = {column.key for column in Organisation.__table__.columns}
    assert columns - ours - consent.ALWAYS - set(consent.FIELDS) == set()
    assert not set(consent.FIELDS) & consent.ALWAYS


@both_databases
def test_a_query_holds_for_those_who_show_a_field(session: Session) -> None:
    shows = factories.organisation(session, "Montre", public_fields=["languages", "email"])
    factories.organisation(session, "Cache", public_fields=["email"])
    factories.organisation(session, "Rien")
    found = session.scalars(select(Organisation).where(queries.shown("languages"))).all()
    assert found == [shows]
    assert len(session.scalars(select(Organisation).where(queries.shown("name"))).all()) == 3
    with pytest.raises(KeyError):
        queries.shown("note")


def test_coordinators_and_the_organisation_itself_read_all(
    session: Session, client: FlaskClient, app: Any, sign_in: SignIn, house: Organisation
) -> None:
    speaker = factories.user(session, last_sign_in_at=NOW)
    person = factories.add(session, Person(name="Porte-parole", user_id=speaker.id, created_at=NOW))
    factories.add(
        session,
        Mandate(
            person_id=person.id, organisation_id=house.id, created_at=NOW,
            starts_on=clock.today(clock.now()) - timedelta(days=1),
        ),
    )  # fmt: skip
    session.commit()
    for user in (speaker, factories.coordinator(session)):
        assert "motdescription" in sign_in(app.test_client(), user).get("/acteurs/marqueur").text
    other = factories.user(session)
    assert "motdescription" not in sign_in(app.test_client(), other).get("/acteurs/marqueur").text
    assert "motdescription" not in client.get("/acteurs/marqueur").text


@both_databases
def test_an_agreement_is_noted_with_who_gave_it(session: Session) -> None:
    row, by = factories.organisation(session), factories.coordinator(session)
    agreements.agree(
        session, row, ["email", "description", "nonsense"], agreement="  la  direction ", actor=by, now=NOW
    )
    assert row.public_fields == ["description", "email"]
    assert (row.agreement, row.public_fields_at, row.public_fields_by_id) == ("la direction", NOW, by.id)
    entry = session.scalars(audit.history(row).limit(1)).one()
    assert entry.changes == {"public_fields": ["", "ce qu’elle fait, adresse mail"]}


@pytest.mark.parametrize(
    "words", ["", "   ", "Mme X, x@exemple.be", "la direction, 0470 12 34 56", "x" * 201]
)
def test_an_agreement_names_somebody_but_no_contact(session: Session, words: str) -> None:
    row = factories.organisation(session)
    with pytest.raises(DomainError):
        agreements.agree(session, row, [], agreement=words, actor="essai", now=NOW)
    assert row.public_fields_at is None


@pytest.fixture
def coordinator(session: Session, client: FlaskClient, sign_in: SignIn) -> FlaskClient:
    return sign_in(client, factories.coordinator(session))


def test_a_coordinator_previews_then_notes_an_agreement(
    session: Session, coordinator: FlaskClient, house: Organisation
) -> None:
    address = "/acteurs/marqueur/accord"
    assert coordinator.get(address).status_code == 200
    typed = {"fields": ["description"], "agreement": "la coordination, le 3 mars 2026"}
    preview = coordinator.post(address, data={**typed, "preview": "1"})
    assert preview.status_code == 200
    card = preview.text.split('class="public-card"')[1]
    assert "motdescription" in card
    assert "marqueur.example" not in card
    session.refresh(house)
    assert house.public_fields == []
    assert coordinator.post(address, data=typed).status_code == 303
    session.expire_all()
    session.rollback()
    assert session.get_one(Organisation, house.id).public_fields == ["description"]


def test_an_agreement_without_its_giver_keeps_what_was_ticked(
    session: Session, coordinator: FlaskClient, house: Organisation
) -> None:
    for data in ({"fields": ["email"]}, {"fields": ["email"], "agreement": "x@exemple.be"}):
        answer = coordinator.post("/acteurs/marqueur/accord", data=data)
        assert answer.status_code == 422
        assert 'value="email" checked' in answer.text
    assert (
        coordinator.post(
            "/acteurs/marqueur/accord", data={"fields": ["note"], "agreement": "la direction"}
        ).status_code
        == 422
    )
    session.refresh(house)
    assert house.public_fields == []


# --- Files -----------------------------------------------------------------------------------------


def imported(session: Session, content: str) -> list[list[str]]:
    """Check and store a file; return the problems of its lines."""
    register = load_register(session)
    checker = checking.Checker(register, ImportKind.ORGANISATIONS, factories.kind(session).id)
    sheet = spreadsheets.read(content.encode())
    mapping = guess(ImportKind.ORGANISATIONS, sheet.header)
    rows = checking.check_lines(checker, sheet.lines, mapping, lambda _done, _all: None)
    return [[problem[0] for problem in row["problems"]] for row in rows]


@pytest.mark.parametrize(
    ("line", "problems"),
    [
        ("Maison;Adresse mail | Langues;la direction", []),
        ("Maison;Adresse e-mail | Langues;la direction", []),
        ("Maison;tout;la direction, le 3 mars 2026", []),
        ("Maison;email, phone;la direction", []),
        ("Maison;;", []),
        ("Maison;;la direction", []),
        ("Maison;Adresse mail;", ["agreement"]),
        ("Maison;Couleur;la direction", ["public_fields"]),
        ("Maison;tout;x@exemple.be", ["agreement"]),
    ],
)
def test_a_file_tells_an_agreement_with_who_gave_it(session: Session, line: str, problems: list[str]) -> None:
    assert imported(session, f"Nom;Montré au public;Accord donné par\n{line}\n") == [problems]


def test_what_a_file_tells_is_shown_and_exported_as_it_was(
    session: Session, client: FlaskClient, app: Any, sign_in: SignIn, run_jobs: Callable[[], int]
) -> None:
    kind = factories.kind(session)
    session.commit()
    coordinator = sign_in(app.test_client(), factories.coordinator(session))
    content = (
        "Nom;Type;E-mail;Description;Montré au public;Accord donné par\n"
        f"Maison;{kind.label};maison@exemple.be;Accueil inconditionnel;Adresse mail;la direction\n"
        f"Atelier;{kind.label};atelier@exemple.be;Couture;;\n"
    ).encode()
    sent = coordinator.post(
        "/acteurs/importer", data={"kind": "organisations", "file": (io.BytesIO(content), "liste.csv")}
    )
    columns = {"name": 0, "kind": 1, "email": 2, "description": 3, "public_fields": 4, "agreement": 5}
    offered = re.findall(r'name="(field_[a-z_]+)"', coordinator.get(sent.location).text)
    mapping = dict.fromkeys(offered, -1) | {f"field_{name}": place for name, place in columns.items()}
    address = sent.location.removesuffix("/colonnes")
    assert coordinator.post(f"{address}/colonnes", data=mapping).status_code == 303
    run_jobs()
    assert coordinator.post(f"{address}/confirmer").status_code == 303
    run_jobs()
    maison, atelier = client.get("/acteurs/maison").text, client.get("/acteurs/atelier").text
    assert "maison@exemple.be" in maison
    assert "Accueil inconditionnel" not in maison
    assert "atelier@exemple.be" not in atelier
    assert "Couture" not in atelier
    row = session.scalars(select(Organisation).where(Organisation.slug == "maison")).one()
    assert (row.public_fields, row.agreement) == (["email"], "la direction")
    assert row.public_fields_at is not None
    assert "Adresse mail;la direction" in coordinator.get("/acteurs/export.csv").text
