"""Which facts an organisation changes itself, as JSON holds them, and what differs between two texts."""

import re
from collections.abc import Mapping
from datetime import date
from difflib import SequenceMatcher
from enum import StrEnum
from hashlib import sha256
from typing import Any, NamedTuple

from hub.actors.models.organisations import FundingSource, LegalForm, OrganisationState, Structured
from hub.core.errors import N_

# What an organisation says of itself: it knows best. Takes effect at once, where the network allows it.
OWN_WORDS = {
    "description": N_("Ce qu’elle fait"),
    "field_of_action": N_("Champ d’action"),
    "theme_ids": N_("Thèmes et droits"),
    "audience_ids": N_("Publics"),
    "languages": N_("Langues"),
    "scope": N_("Territoire, en quelques mots"),
    "territory_ids": N_("Territoires desservis"),
    "phone": N_("Téléphone"),
    "website": N_("Site"),
    "address": N_("Adresse postale"),
    "structured": N_("Structure"),
    "funding_sources": N_("Sources de financement"),
}
# By which the network knows it, ties and counts hang on it; and the address by which it is spoken to: whoever
# changed it would hold the next link. A coordinator looks first.
IDENTITY = {
    "name": N_("Nom"),
    "acronym": N_("Sigle"),
    "former_names": N_("Anciens noms"),
    "kind_id": N_("Type d’acteur"),
    "legal_form": N_("Forme juridique"),
    "enterprise_number": N_("Numéro d’entreprise"),
    "founded": N_("Année de création"),
    "commune_id": N_("Siège"),
    "state": N_("État"),
    "state_since": N_("État depuis le"),
    "email": N_("Adresse mail"),
}
OWN = {**IDENTITY, **OWN_WORDS}
SHORT_HASH = 16
WORDS = re.compile(r"\s+|[^\W_]+|.", re.DOTALL)

ENUMS: dict[str, type[StrEnum]] = {
    "legal_form": LegalForm,
    "state": OrganisationState,
    "structured": Structured,
    "funding_sources": FundingSource,
}


def plain(value: Any) -> Any:
    """Return a fact as JSON holds it."""
    if isinstance(value, StrEnum):
        return value.value
    if isinstance(value, date):
        return value.isoformat()
    return sorted(plain(one) for one in value) if isinstance(value, tuple) else value


def fact(field: str, value: Any) -> Any:
    """Return the fact of which `plain` made that value."""
    if isinstance(value, list):
        return tuple(fact(field, one) for one in value)
    if field in ENUMS:
        return ENUMS[field](value)
    if field == "state_since" and value:
        return date.fromisoformat(value)
    return value


def mark(value: Any) -> str:
    """Return what tells a plain value from others: a form carries it to know what its reader had seen."""
    return sha256(repr(value).encode()).hexdigest()[:SHORT_HASH]


def differing(before: Mapping[str, Any], after: Mapping[str, Any]) -> dict[str, list[Any]]:
    """Return field → [old, new] for the plain facts that differ."""
    return {field: [before[field], value] for field, value in after.items() if before[field] != value}


class Piece(NamedTuple):
    """A run of words that is the "same" in both texts, was "removed" or was "added"."""

    kind: str
    text: str


def word_difference(old: str, new: str) -> list[Piece]:
    """Return both texts as runs of words, so that they read as one; joined, the old or the new one."""
    before, after = WORDS.findall(old), WORDS.findall(new)
    found: list[Piece] = []
    for kind, first, last, other, end in SequenceMatcher(None, before, after, autojunk=False).get_opcodes():
        if kind == "equal":
            found.append(Piece("same", "".join(before[first:last])))
            continue
        found += [
            Piece(name, text)
            for name, text in (
                ("removed", "".join(before[first:last])),
                ("added", "".join(after[other:end])),
            )
            if text
        ]
    return found
