"""What a record still lacks, so that whoever keeps it sees where to go on (109)."""

from dataclasses import dataclass
from typing import Any

from hub.actors.models.organisations import LegalForm, Organisation, OrganisationState, Structured
from hub.actors.models.reference import Sector
from hub.core.errors import N_


@dataclass(frozen=True)
class Lack:
    """Something that isn't told: its word, and the field of the form where it would be."""

    word: str
    field: str


# Field of the record → its word. Contacts count as one: a way to be reached is enough.
OF_EVERYBODY = {
    "description": N_("ce que fait cet acteur"),
    "themes": N_("les thèmes"),
    "audiences": N_("les publics"),
    "languages": N_("les langues parlées"),
    "commune": N_("le siège"),
    "source": N_("la source"),
}
OF_ASSOCIATIONS = {
    "legal_form": N_("la forme juridique"),
    "founded": N_("l’année de création"),
    "structured": N_("structurée ou non"),
    "field_of_action": N_("le champ d’action"),
    "funding_sources": N_("les moyens"),
}
NOTHING = (None, "", LegalForm.UNKNOWN, Structured.UNKNOWN)


def expected(organisation: Organisation) -> dict[str, str]:
    """Return what is asked of the record: more of an association than of a public body."""
    if organisation.sector == Sector.PUBLIC:
        return OF_EVERYBODY
    return {**OF_EVERYBODY, **OF_ASSOCIATIONS}


def lacks(organisation: Organisation) -> list[Lack]:
    """Return what the record doesn't tell; nothing is asked of who has ended."""
    if organisation.state == OrganisationState.CLOSED:
        return []
    found = [
        Lack(word, field) for field, word in expected(organisation).items() if not _told(organisation, field)
    ]
    if not (organisation.territories or organisation.scope):
        found.append(Lack(N_("le territoire desservi"), "territories"))
    if not (organisation.email or organisation.phone or organisation.website):
        found.append(Lack(N_("un moyen de contact"), "phone"))
    return found


def share(organisation: Organisation) -> int:
    """Return how much of what is asked is told, in whole percents."""
    asked = len(expected(organisation)) + 2
    return 100 - round(100 * len(lacks(organisation)) / asked)


def _told(organisation: Organisation, field: str) -> bool:
    value: Any = getattr(organisation, field)
    return value not in NOTHING and (not hasattr(value, "__len__") or len(value) > 0)


def lacks_of_project(project: Any) -> list[str]:
    """Return what a project doesn't tell, in words."""
    roles = {part.role.value for part in project.parts if part.withdrawn_at is None}
    asked = (
        (project.description or project.objectives, N_("ce qu’il vise")),
        (project.starts_on, N_("quand il a commencé")),
        ("lead" in roles, N_("qui le porte")),
        ("funder" in roles, N_("qui le finance")),
        (project.territories, N_("où il agit")),
        (project.audiences, N_("pour qui")),
        (project.themes, N_("sur quels thèmes")),
        (project.origin, N_("d’où vient l’information")),
    )
    return [word for told, word in asked if not told]
