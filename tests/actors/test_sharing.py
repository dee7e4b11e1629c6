"""What a card gives away: linked data, Open Graph, vCard, QR code; never what is kept to oneself."""

import json
import re
from datetime import UTC, date, datetime
from html import unescape
from typing import Any

import pytest
from flask.testing import FlaskClient
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.actors.models.organisations import Organisation, OrganisationState
from hub.actors.models.reference import OrganisationKind, Territory, Theme
from hub.actors.operations import reference
from hub.actors.values import contacts, vcard
from tests import factories
from tests.actors import vcards

CONTACTS = {
    "phone": "+32 81 22 33 44",
    "email": "info@example.org",
    "website": "https://www.example.org/a?b=1,2;3",
    "address": "Rue de l’Essai 1, boîte 2\n5000 Namur",
    "description": "Un lieu \\ ouvert ; à tous,\nchaque jour.\r\n</script><b>",
    "languages": ["fr", "ar"],
}


@pytest.fixture
def house(session: Session) -> Organisation:
    reference.load(session)
    row = factories.organisation(
        session, "Maison; des, langues", acronym="MdL", slug="mdl", former_names="Ancienne maison",
        commune_id=session.scalars(select(Territory).where(Territory.code == "92094")).one().id,
        public_fields=list(CONTACTS), enterprise_number="0400000034", founded=1983, **CONTACTS,
    )  # fmt: skip
    row.themes.append(session.scalars(select(Theme).where(Theme.code == "housing")).one())
    session.commit()
    return row


def linked_data(page: str) -> dict[str, Any]:
    found = re.search(r'<script type="application/ld\+json">(.*?)</script>', page, re.DOTALL)
    assert found
    told: dict[str, Any] = json.loads(found[1])
    return told


def test_the_card_speaks_the_words_of_schema_org(client: FlaskClient, house: Organisation) -> None:
    page = client.get("/acteurs/mdl").text
    told = linked_data(page)
    assert told["@context"] == "https://schema.org"
    assert told["@type"] == "NGO"
    assert told["@id"] == told["mainEntityOfPage"] == "http://localhost/acteurs/mdl"
    assert told["name"] == "Maison; des, langues"
    assert told["alternateName"] == ["MdL", "Ancienne maison"]
    assert told["address"] == {
        "@type": "PostalAddress", "streetAddress": "Rue de l’Essai 1, boîte 2", "addressLocality": "Namur",
        "postalCode": "5000", "addressCountry": "BE",
    }  # fmt: skip
    assert told["knowsAbout"] == ["Logement"]
    assert told["description"].endswith("</script><b>")
    assert house.description not in page  # escaped wherever it stands
    assert "foundingDate" not in told
    assert "identifier" not in told


@pytest.mark.parametrize(
    ("kind", "expected"),
    [
        ("cpas", "GovernmentOrganization"), ("citizen_collective", "NGO"), ("cri", "Organization"),
        ("project", "Project"), ("party", "PoliticalParty"), ("hospital", "Hospital"),
    ],
)  # fmt: skip
def test_each_kind_has_its_type(
    client: FlaskClient, session: Session, house: Organisation, kind: str, expected: str
) -> None:
    house.kind_id = session.scalars(select(OrganisationKind).where(OrganisationKind.code == kind)).one().id
    house.state, house.state_since = OrganisationState.CLOSED, date(2023, 4, 30)
    session.commit()
    told = linked_data(client.get("/acteurs/mdl").text)
    assert (told["@type"], told["dissolutionDate"]) == (expected, "2023-04-30")


def meta(page: str) -> dict[str, str]:
    found = re.findall(r'<meta (?:property|name)="([^"]+)" content="([^"]*)">', page)
    return {name: unescape(content) for name, content in found}


def test_whoever_links_to_the_card_shows_its_name_and_a_sentence(
    client: FlaskClient, session: Session, house: Organisation
) -> None:
    page = client.get("/acteurs/mdl?centre=1").text
    told = meta(page)
    assert told["og:title"] == "Maison; des, langues"
    assert told["og:url"] == "http://localhost/acteurs/mdl"
    assert (
        told["og:description"]
        == told["description"]
        == "Un lieu \\ ouvert ; à tous, chaque jour. </script><b>"
    )
    assert '<link rel="canonical" href="http://localhost/acteurs/mdl">' in page
    house.public_fields = []
    session.commit()
    assert meta(client.get("/acteurs/mdl").text)["og:description"] == "Association (asbl) · Namur · Logement"
    house.description, house.public_fields = "mot " * 200, ["description"]
    session.commit()
    assert len(meta(client.get("/acteurs/mdl").text)["og:description"]) <= 200


def test_the_vcard_is_read_back(client: FlaskClient, house: Organisation) -> None:
    answer = client.get("/acteurs/mdl.vcf")
    assert answer.content_type == "text/vcard; charset=utf-8"
    assert answer.headers["Content-Disposition"] == 'attachment; filename="mdl.vcf"'
    card = vcards.read(answer.data)
    assert card["KIND"][0].value == "org"
    assert card["FN"][0].text == "Maison; des, langues"
    assert card["ORG"][0].parts(";") == ["Maison; des, langues"]
    assert card["NICKNAME"][0].parts(",") == ["MdL"]
    assert card["TEL"][0].value == "tel:+32-81-22-33-44"
    assert card["EMAIL"][0].text == "info@example.org"
    assert card["URL"][0].value == CONTACTS["website"]
    assert card["UID"][0].value == "http://localhost/acteurs/mdl"
    assert card["SOURCE"][0].value == "http://localhost/acteurs/mdl.vcf"
    assert card["REV"][0].value == "20260310T090000Z"
    assert card["ADR"][0].parts(";") == ["", "", "Rue de l’Essai 1, boîte 2", "Namur", "", "5000", "Belgique"]
    assert card["ADR"][0].parameters["LABEL"] == CONTACTS["address"]
    assert [one.value for one in card["LANG"]] == ["fr", "ar"]
    assert card["CATEGORIES"][0].parts(",") == ["Logement"]
    assert card["NOTE"][0].text == "Un lieu \\ ouvert ; à tous,\nchaque jour.\n</script><b>"
    assert house.slug == "mdl"


@pytest.mark.parametrize("field", list(CONTACTS))
def test_nothing_is_given_away_without_agreement(
    client: FlaskClient, session: Session, house: Organisation, sign_in: Any, field: str
) -> None:
    house.public_fields = [one for one in CONTACTS if one != field]
    session.commit()
    names = {
        "phone": ("telephone", "TEL"), "email": ("email", "EMAIL"), "website": ("url", "URL"),
        "address": ("address", "ADR"), "description": ("description", "NOTE"),
        "languages": ("knowsLanguage", "LANG"),
    }  # fmt: skip
    # Whoever coordinates reads all on the page; what is given away stays what everybody may read.
    for reader in (client, sign_in(client, factories.coordinator(session))):
        told = linked_data(reader.get("/acteurs/mdl").text)
        card = vcards.read(reader.get("/acteurs/mdl.vcf").data)
        in_data, in_card = names[field]
        if field == "website":
            assert told["url"] == "http://localhost/acteurs/mdl"
        elif field == "address":
            assert "streetAddress" not in told["address"]
            assert card["ADR"][0].parts(";")[2] == ""
            continue
        else:
            assert in_data not in told
        assert in_card not in card


def test_a_merged_record_leads_to_the_one_that_stayed(
    client: FlaskClient, session: Session, house: Organisation
) -> None:
    factories.organisation(session, "Double", slug="double", merged_into_id=house.id)
    session.commit()
    answer = client.get("/acteurs/double.vcf")
    assert (answer.status_code, answer.location) == (302, "/acteurs/mdl.vcf")
    assert client.get("/acteurs/nobody.vcf").status_code == 404


def test_the_printed_card_bears_its_address_as_a_qr_code(client: FlaskClient, house: Organisation) -> None:
    page = client.get(f"/acteurs/{house.slug}").text
    assert re.search(r'<img src="data:image/svg\+xml[^"]+" alt="Code QR', page)
    assert "<br>http://localhost/acteurs/mdl" in page


texts = st.text(max_size=300)


@given(st.text(min_size=1, max_size=250), texts, texts, st.lists(texts, max_size=4))
def test_any_text_survives_the_vcard(name: str, note: str, address: str, themes: list[str]) -> None:
    card = vcard.Card(
        uid="https://example.org/1", source="https://example.org/1.vcf", name=name, note=note,
        address=address, categories=tuple(themes), changed_at=datetime(2026, 3, 10, tzinfo=UTC),
    )  # fmt: skip
    read = vcards.read(vcard.write(card).encode("utf-8"))
    assert read["FN"][0].text == kept(name)
    if note and kept(note):
        assert read["NOTE"][0].text == kept(note)
    if address:
        assert read["ADR"][0].parameters["LABEL"] == kept(address)
        assert len(read["ADR"][0].parts(";")) == 7
    if themes:
        assert read["CATEGORIES"][0].parts(",") == [kept(theme) for theme in themes]


def kept(text: str) -> str:
    """Return what of a text a card can hold: no control characters but line feeds, nothing around it."""
    lines = text.replace("\r\n", "\n").replace("\r", "\n")
    return re.sub(r"[\x00-\x09\x0b-\x1f\x7f-\x9f\ud800-\udfff]", "", lines).strip()


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        ("Rue de l’Essai 1\n5000 Namur", "Rue de l’Essai 1"),
        ("Rue de l’Essai 1, B-5000 Namur", "Rue de l’Essai 1"),
        ("Rue de l’Essai 15000\n", "Rue de l’Essai 15000"),
        ("5000 Namur", "5000 Namur"),
        ("", ""),
    ],
)
def test_the_street_is_what_stands_before_the_postal_code(address: str, expected: str) -> None:
    assert contacts.street(address, "5000") == expected
