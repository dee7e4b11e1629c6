"""What an import may bring, and under which headers people write it."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass

from hub.actors.models.imports import ImportKind
from hub.core.errors import N_
from hub.core.search import fold


@dataclass(frozen=True)
class Field:
    """One thing that a column may hold: its name on the page, and the folded headers that tell it."""

    label: str
    headers: str  # the likeliest first, between bars
    required: bool = False


ORGANISATION_FIELDS = {
    "name": Field(
        N_("Nom"),
        "nom|name|denomination|organisation|association|acteur|intitule|raison sociale|naam",
        required=True,
    ),
    "slug": Field(N_("Identifiant"), "identifiant|id|code|slug"),
    "acronym": Field(N_("Sigle"), "sigle|acronyme|acronym|abreviation|nom court"),
    "former_names": Field(N_("Anciens noms"), "anciens noms|ancien nom|former names|former name"),
    "kind": Field(N_("Type d’acteur"), "type d acteur|type|kind|categorie|genre|sorte"),
    "legal_form": Field(N_("Forme juridique"), "forme juridique|legal form|statut juridique"),
    "enterprise_number": Field(
        N_("Numéro d’entreprise"),
        "numero bce|numero d entreprise|bce|n bce|n d entreprise|numero entreprise|kbo|tva|enterprise number",
    ),
    "commune": Field(N_("Siège"), "siege|commune|nis|code nis|ville|localite|municipality|city"),
    "scope": Field(N_("Territoire, en quelques mots"), "territoire|scope|zone|rayon"),
    "territories": Field(N_("Territoires desservis"), "territoires desservis|territoires|territories"),
    "themes": Field(N_("Thèmes et droits"), "themes|theme|thematiques|thematique|domaines|themes et droits"),
    "audiences": Field(N_("Publics"), "publics|public|public cible|publics cibles|audiences"),
    "languages": Field(N_("Langues"), "langues|langue|languages|langues parlees"),
    "founded": Field(N_("Année de création"), "annee de creation|fondee en|creation|founded"),
    "state": Field(N_("État"), "etat|statut|status|state"),
    "state_since": Field(N_("État depuis le"), "etat depuis|etat depuis le|state since"),
    "structured": Field(N_("Structurée ou non"), "structuree|structure|association structuree|structured"),
    "field_of_action": Field(
        N_("Champ d’action"), "champ d action|champs d action|domaine d action|field of action"
    ),
    "funding_sources": Field(
        N_("Moyens"), "moyens|financement|sources de financement|financements|funding sources|funding"
    ),
    "description": Field(N_("Description"), "description|activites|missions|mission|objet"),
    "email": Field(N_("Adresse mail"), "e mail|email|mail|courriel|adresse e mail|adresse mail"),
    "phone": Field(N_("Téléphone"), "telephone|tel|phone|gsm"),
    "address": Field(N_("Adresse"), "adresse|address|adresse postale|rue"),
    "website": Field(N_("Site"), "site|site web|site internet|website|web|url"),
    "source": Field(N_("Source"), "source|sources|provenance"),
    "confidence": Field(N_("Fiabilité"), "fiabilite|confiance|confidence"),
    "note": Field(N_("Note pour la coordination"), "note|notes|remarque|remarques|commentaire"),
    "public_fields": Field(N_("Montré au public"), "montre au public|champs publics|public fields"),
    "agreement": Field(N_("Accord donné par"), "accord donne par|accord|agreement"),
}
RELATION_FIELDS = {
    "source": Field(N_("Qui"), "qui|source id|de|acteur|acteur 1|sujet|from|source", required=True),
    "kind": Field(N_("Type de relation"), "type de relation|relation|type|lien|kind|verbe", required=True),
    "target": Field(
        N_("Avec qui"), "avec qui|target id|vers|acteur 2|cible|partenaire|target|to", required=True
    ),
    "start": Field(N_("Début"), "debut|start|depuis|date de debut"),
    "end": Field(N_("Fin"), "fin|end|jusque|date de fin"),
    "origin": Field(
        N_("Source de l’information"), "origine|origin|source de l information|provenance|source"
    ),
    "confidence": Field(N_("Fiabilité"), "fiabilite|confiance|confidence"),
    "note": Field(N_("Précision"), "precision|note|notes|remarque|commentaire"),
}
FIELDS = {ImportKind.ORGANISATIONS: ORGANISATION_FIELDS, ImportKind.RELATIONS: RELATION_FIELDS}


def signature(kind: ImportKind, header: Sequence[str]) -> str:
    """Return what makes two headers the same, for remembering a mapping."""
    text = "\x1f".join((kind.value, *(fold(name) for name in header)))
    return hashlib.sha256(text.encode()).hexdigest()


def guess(kind: ImportKind, header: Sequence[str]) -> dict[str, int]:
    """Return field → place of the column that its header tells; each column serves once."""
    folded = [fold(name) for name in header]
    matches = sorted(
        (rank, place, field)
        for field, about in FIELDS[kind].items()
        for rank, word in enumerate(about.headers.split("|"))
        for place, name in enumerate(folded)
        if name == word
    )
    found: dict[str, int] = {}
    for _rank, place, field in matches:
        if field not in found and place not in found.values():
            found[field] = place
    return found
