"""An organisation in the words of schema.org, for search engines and other directories (JSON-LD)."""

from typing import Any

from hub.actors.models.organisations import OrganisationState
from hub.actors.models.reference import Family
from hub.actors.values import contacts
from hub.actors.values.consent import Record

CONTEXT = "https://schema.org"
LONGEST_DESCRIPTION = 2_000
# The type of a family of actors, then of kinds that have one of their own.
TYPES_OF_FAMILIES = {
    Family.AUTHORITY: "GovernmentOrganization",
    Family.ASSOCIATION: "NGO",
    Family.CITIZENS: "NGO",
    Family.PARTY: "PoliticalParty",
}
TYPES_OF_KINDS = {
    "project": "Project",
    "scheme": "Project",
    "public_employment": "GovernmentOrganization",
    "school": "EducationalOrganization",
    "research": "ResearchOrganization",
    "media": "NewsMediaOrganization",
    "hospital": "Hospital",
    "mental_health": "MedicalOrganization",
    "library": "Library",
    "union": "WorkersUnion",
    "place_of_worship": "PlaceOfWorship",
}


def of(record: Record, *, url: str) -> dict[str, Any]:
    """Return what the public may read of an organisation as a JSON-LD object, without empty values.

    `url` is the address of its page here.
    """
    seat = record.commune
    alternatives = [
        record.acronym if record.acronym != record.name else "",
        *record.former_names.splitlines(),
    ]
    found = {
        "@context": CONTEXT,
        "@type": type_of(record),
        "@id": url,
        "name": record.name,
        "alternateName": [name for name in alternatives if name],
        "description": (record.description or "")[:LONGEST_DESCRIPTION],
        "url": record.website or url,
        "mainEntityOfPage": url,
        "email": record.email,
        "telephone": record.phone,
        "address": _postal(record) if seat or record.address else None,
        "areaServed": [{"@type": "AdministrativeArea", "name": place.name} for place in record.territories],
        "knowsAbout": [theme.label for theme in record.themes],
        "knowsLanguage": list(record.languages or ()),
        "audience": [
            {"@type": "Audience", "audienceType": audience.label} for audience in record.audiences or ()
        ],
        "foundingDate": str(record.founded) if record.founded else "",
        "identifier": _number(record.enterprise_number),
        "dissolutionDate": _ended(record),
    }
    return {key: value for key, value in found.items() if value}


def type_of(record: Record) -> str:
    """Return the type of schema.org that fits best."""
    kind = record.kind
    return TYPES_OF_KINDS.get(kind.code, TYPES_OF_FAMILIES.get(kind.family, "Organization"))


def _postal(record: Record) -> dict[str, Any]:
    seat = record.commune
    found = {
        "@type": "PostalAddress",
        "streetAddress": contacts.street(record.address or "", seat.postal_code if seat else ""),
        "addressLocality": seat.name if seat else "",
        "postalCode": seat.postal_code if seat else "",
        "addressCountry": "BE" if seat else "",
    }
    return {key: value for key, value in found.items() if value}


def _number(number: str | None) -> dict[str, str] | None:
    """Return the number in the Crossroads Bank for Enterprises."""
    return {"@type": "PropertyValue", "propertyID": "BCE", "value": number} if number else None


def _ended(record: Record) -> str:
    is_over = record.state is OrganisationState.CLOSED and record.state_since
    return record.state_since.isoformat() if is_over else ""
