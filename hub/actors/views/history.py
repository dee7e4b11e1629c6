"""The history of actors and reference data, in words."""

from typing import Any

from flask_babel import gettext
from flask_babel import lazy_gettext as _l

from hub.actors.models.organisations import Confidence, LegalForm, OrganisationState, Structured
from hub.actors.models.record import Appointment, Exactness
from hub.actors.values import words
from hub.core import audit
from hub.core.db import Base, db

ACTS = {
    "organisation.created": _l("Fiche créée"),
    "organisation.imported": _l("Fiche créée par un import"),
    "organisation.changed": _l("Fiche modifiée"),
    "organisation.checked": _l("Fiche vérifiée : toujours juste"),
    "organisation.merged": _l("Fiches réunies : c’était le même acteur"),
    "organisation.separated": _l("Fiches séparées à nouveau"),
    "organisation.told_apart": _l("Ce sont deux acteurs différents"),
    "organisation.mandate_granted": _l("Mandat donné"),
    "organisation.mandate_ended": _l("Mandat terminé"),
    "organisation.check_undone": _l("Vérification annulée"),
    "organisation.agreement": _l("Accord noté sur ce que le public voit"),
    "organisation.link_sent": _l("Lien de la fiche envoyé à l’organisation"),
    "organisation.change_proposed": _l("Modification proposée par l’organisation"),
    "organisation.change_withdrawn": _l("Proposition retirée"),
    "organisation.change_accepted": _l("Proposition acceptée"),
    "organisation.change_refused": _l("Proposition refusée"),
    "organisation.change_reverted": _l("Remis comme avant"),
    "organisation.rewrite_agreed": _l("L’organisation est d’accord avec la modification"),
    "organisation.rewrite_contested": _l("L’organisation conteste la modification"),
    "organisation.rewrite_kept": _l("Modification maintenue"),
    "relation.added": _l("Relation ajoutée"),
    "relation.imported": _l("Relation ajoutée par un import"),
    "relation.ended": _l("Relation terminée"),
    "relation.withdrawn": _l("Relation retirée : elle était fausse"),
    "relation.restored": _l("Relation remise"),
    "mandate.created": _l("Mandat donné"),
    "mandate.ended": _l("Mandat terminé"),
    "record.added": _l("Ajouté à la fiche"),
    "record.changed": _l("Précisé sur la fiche"),
    "record.ended": _l("Fin notée sur la fiche"),
    "record.withdrawn": _l("Retiré de la fiche : c’était faux"),
    "record.restored": _l("Remis sur la fiche"),
    "project.created": _l("Projet créé"),
    "project.changed": _l("Projet modifié"),
    "project.withdrawn": _l("Projet retiré"),
    "project.restored": _l("Projet remis"),
    "project_call.created": _l("Appel à projets créé"),
    "project_call.changed": _l("Appel à projets modifié"),
    "project_call.withdrawn": _l("Appel à projets retiré"),
    "project_call.restored": _l("Appel à projets remis"),
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
    "email": _l("adresse mail"),
    "phone": _l("téléphone"),
    "address": _l("adresse"),
    "website": _l("site"),
    "source": _l("source"),
    "confidence": _l("fiabilité"),
    "note": _l("note"),
    "theme_ids": _l("thèmes"),
    "territory_ids": _l("territoires"),
    "audience_ids": _l("publics"),
    "public_fields": _l("montré au public"),
    "fields": _l("champs"),
    "merged": _l("fiche réunie"),
    "other": _l("autre fiche"),
    "relation": _l("relation"),
    # What hangs on a record: first which row it is, then what was said of it.
    "unit": _l("antenne"),
    "drop_in": _l("permanence"),
    "mission": _l("mission"),
    "team_role": _l("fonction"),
    "figure": _l("chiffre"),
    "territory_label": _l("label"),
    "project_part": _l("organisation d’un projet"),
    "project": _l("projet"),
    "reason": _l("raison"),
    "end": _l("fin"),
    "structured": _l("structurée ou non"),
    "field_of_action": _l("champ d’action"),
    "funding_sources": _l("moyens"),
    "kind": _l("sorte"),
    "neighbourhood": _l("quartier"),
    "starts": _l("début"),
    "ends": _l("fin"),
    "origin": _l("source"),
    "subject": _l("sujet"),
    "theme_id": _l("thème"),
    "unit_id": _l("antenne"),
    "venue_id": _l("lieu d’accueil"),
    "place": _l("adresse ou local"),
    "slots": _l("jours et heures"),
    "rhythm": _l("rythme"),
    "appointment": _l("rendez-vous"),
    "label": _l("intitulé"),
    "early": _l("initiative propre"),
    "legal_basis": _l("texte"),
    "official": _l("date officielle"),
    "role": _l("rôle"),
    "headcount": _l("nombre"),
    "as_of": _l("date du chiffre"),
    "value": _l("chiffre"),
    "exactness": _l("exactitude"),
    "granted": _l("date du label"),
    "organisation_id": _l("organisation"),
    "title": _l("intitulé"),
    "objectives": _l("objectifs"),
    "services": _l("services"),
    "call_id": _l("appel à projets"),
    "funder_id": _l("financeur"),
    "launched": _l("lancement"),
    "closes": _l("clôture"),
    "session_at": _l("séance d’information"),
    "session_place": _l("lieu de la séance"),
    "summary": _l("résumé"),
}
ALONE = {"relation", "reason", "fields"}
# Fields that name the row: what there was before is nothing, so only the name is told.
NAMING = {
    "unit", "drop_in", "mission", "team_role", "figure", "territory_label", "project_part", "project",
}  # fmt: skip
STORED_WORDS: dict[str, dict[Any, str]] = {
    "legal_form": dict(words.LEGAL_FORMS),
    "state": dict(words.STATES),
    "confidence": dict(words.CONFIDENCES),
    "structured": dict(words.STRUCTURED),
    "appointment": dict(words.APPOINTMENTS),
    "exactness": dict(words.EXACTNESS),
}
ENUMS: dict[str, Any] = {
    "legal_form": LegalForm, "state": OrganisationState, "confidence": Confidence, "structured": Structured,
    "appointment": Appointment, "exactness": Exactness,
}  # fmt: skip


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
    if field in NAMING and before is None:
        return str(gettext("%(field)s « %(name)s »", field=label, name=after))
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
