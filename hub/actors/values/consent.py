"""What the public may read of an organisation: the register's own facts, and what it agreed to show.

Always public are the facts by which the network knows an actor and which commit nobody: what it is called
and was called, what kind it is, where it sits and works, on what, whether it is at work, with whom, how we
know. All else needs its agreement, field by field (`FIELDS`):

- what it says of itself (description, field of action, publics, languages): its own words, and to be known
  for working with some publics draws hostility;
- how to reach it (telephone, mail, site, address): a small association's is often somebody's home or mobile;
- what makes it known to the law (legal form, enterprise number, year): the official register gives for that
  number the seat and those who run it, for a small association again somebody's home;
- what it told when it was surveyed (whether it is structured, what it lives on).

Whatever is named in neither list is read by coordinators and by the organisation itself alone, so that a
field that comes later is not published by oversight.
"""

from collections.abc import Iterable
from typing import Any

from hub.actors.models.organisations import LegalForm, Organisation, Structured
from hub.core.errors import N_

# Fields that need the organisation's agreement → their names, in the order in which they are shown.
FIELDS = {
    "description": N_("Ce qu’elle fait"),
    "field_of_action": N_("Champ d’action"),
    "audiences": N_("Publics"),
    "languages": N_("Langues"),
    "phone": N_("Téléphone"),
    "email": N_("Adresse mail"),
    "website": N_("Site"),
    "address": N_("Adresse postale"),
    "legal_form": N_("Forme juridique"),
    "enterprise_number": N_("Numéro d’entreprise"),
    "founded": N_("Année de création"),
    "structured": N_("Structure"),
    "funding_sources": N_("Sources de financement"),
}
ALWAYS = frozenset(
    {
        "id", "slug", "name", "acronym", "short_label", "former_names", "kind", "kind_id", "commune",
        "commune_id", "scope", "territories", "themes", "state", "state_since", "source", "checked_on",
    }
)  # fmt: skip
LONGEST_AGREEMENT = 200


def shows(organisation: Organisation, field: str) -> bool:
    """Say whether the public may read that field; a field that nobody has named is not public."""
    return field in ALWAYS or (field in FIELDS and field in organisation.public_fields)


def is_told(organisation: Organisation, field: str) -> bool:
    """Say whether the record holds anything there."""
    value = getattr(organisation, field)
    if field in {"audiences", "languages", "funding_sources"}:
        return len(value) > 0
    return value not in (None, "", LegalForm.UNKNOWN, Structured.UNKNOWN)


def in_order(fields: Iterable[str]) -> list[str]:
    """Return the fields that need an agreement, each once and in their order; others are dropped."""
    wanted = set(fields)
    return [field for field in FIELDS if field in wanted]


class Record:
    """An organisation as somebody may read it: what is not for them is empty (None).

    `everything`: for coordinators and itself. `fields`: what the public would read if it agreed to those.
    """

    def __init__(
        self, organisation: Organisation, *, everything: bool = False, fields: Iterable[str] | None = None
    ) -> None:
        agreed = organisation.public_fields if fields is None else fields
        self.organisation = organisation
        self.everything = everything
        self.shown = ALWAYS | (frozenset(agreed) & frozenset(FIELDS))

    def __getattr__(self, field: str) -> Any:
        """Return what the record says there, if it may be read."""
        if self.everything or field in self.shown:
            return getattr(self.organisation, field)
        return None
