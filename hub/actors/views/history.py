"""The history of actors and reference data, in words."""

from typing import Any

from flask_babel import gettext
from flask_babel import lazy_gettext as _l

from hub.actors.models.organisations import Confidence, LegalForm, OrganisationState
from hub.actors.values import words
from hub.core import audit
from hub.core.db import Base, db

ACTS = {
    "organisation.created": _l("Fiche créée"),
    "organisation.imported": _l("Fiche créée par un import"),
    "organisation.changed": _l("Fiche modifiée"),
    "organisation.checked": _l("Fiche vérifiée : toujours juste"),
    "relation.added": _l("Relation ajoutée"),
    "relation.imported": _l("Relation ajoutée par un import"),
    "relation.ended": _l("Relation terminée"),
    "relation.withdrawn": _l("Relation retirée : elle était fausse"),
    "relation.restored": _l("Relation remise"),
    "mandate.created": _l("Mandat donné"),
    "mandate.ended": _l("Mandat terminé"),
    "import.stored": _l("Import enregistré"),
    "import.undone": _l("Import annulé"),
}
FIELDS = {
    "name": _l("nom"),
    "acronym": _l("sigle"),
    "former_names": _l("anciens noms"),
    "kind_id": _l("type"),
    "legal_form": _l("forme juridique"),
    "enterprise_number": _l("numéro d’entreprise"),
    "commune_id": _l("siège"),
    "scope": _l("territoire"),
    "founded": _l("année de création"),
    "state": _l("état"),
    "state_since": _l("date de l’état"),
    "description": _l("description"),
    "languages": _l("langues"),
    "email": _l("adresse e-mail"),
    "phone": _l("téléphone"),
    "address": _l("adresse"),
    "website": _l("site"),
    "source": _l("source"),
    "confidence": _l("fiabilité"),
    "note": _l("note"),
    "theme_ids": _l("thèmes"),
    "territory_ids": _l("territoires"),
    "audience_ids": _l("publics"),
    "merged": _l("fiche réunie"),
    "other": _l("autre fiche"),
    "relation": _l("relation"),
    "reason": _l("raison"),
    "end": _l("fin"),
}
ALONE = {"relation", "reason"}
STORED_WORDS: dict[str, dict[Any, str]] = {
    "legal_form": dict(words.LEGAL_FORMS),
    "state": dict(words.STATES),
    "confidence": dict(words.CONFIDENCES),
}
ENUMS = {"legal_form": LegalForm, "state": OrganisationState, "confidence": Confidence}


def entries_of(subject: Base, number: int) -> list[dict[str, Any]]:
    """Return the newest lines of a thing's history, as the timeline shows them."""
    return [
        {
            "when": entry.at,
            "who": entry.actor_label,
            "what": ACTS.get(entry.action, entry.action),
            "detail": _detail(entry.changes),
        }
        for entry in db.session.scalars(audit.history(subject).limit(number))
    ]


def _detail(changes: dict[str, Any]) -> str:
    return " · ".join(_one(field, *pair) for field, pair in changes.items() if field in FIELDS)


def _one(field: str, before: Any, after: Any) -> str:
    if field in ALONE:
        return str(after)
    label = FIELDS[field]
    if before == after:
        return str(gettext("%(field)s modifié", field=label))
    none = gettext("rien")
    told = {"before": word(field, before) or none, "after": word(field, after) or none}
    return str(gettext("%(field)s : %(before)s → %(after)s", field=label, **told))


def word(field: str, value: Any) -> str:
    """Return what a field said, in words."""
    if field in STORED_WORDS and value in set(ENUMS[field]):
        return str(gettext(STORED_WORDS[field][value]))
    return str(value or "").replace("\n", ", ")
