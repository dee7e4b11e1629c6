"""Files that hold a whole network, actors and ties, as an import reads them (see `graph.exchange`)."""

from collections.abc import Mapping
from dataclasses import dataclass

from graph.exchange import reading
from graph.exchange.errors import ExchangeError, Problem
from graph.exchange.formats import Format
from graph.exchange.rows import Row
from hub.core.errors import N_, DomainError

MAX_BYTES = reading.MAX_BYTES
FORMATS = {
    Format.GEXF: "GEXF",
    Format.GRAPHML: "GraphML",
    Format.KUMU_XLSX: "Kumu (xlsx)",
    Format.KUMU_JSON: "Kumu (JSON)",
    Format.GEPHI_CSV: "Gephi (CSV)",
    Format.CSV: "CSV",
    Format.XLSX: "Excel",
    Format.JSON: "JSON",
}
REFUSALS = {
    Problem.TOO_HEAVY: N_("Ce fichier est trop lourd : %(limit)d Mo au plus."),
    Problem.UNKNOWN: N_(
        "Ce fichier n’est ni un classeur Excel (.xlsx), ni une archive des tables de Maillage (acteurs.csv, "
        "relations.csv) ou de Gephi (nodes.csv, edges.csv)."
    ),
    Problem.ENCODING: N_(
        "Les lettres de ce fichier ne se lisent pas : son encodage n’est pas celui qu’il annonce. "
        "Enregistrez-le en UTF-8."
    ),
    Problem.BROKEN_XML: N_("Ce fichier XML est abîmé à la ligne %(line)d. Exportez-le à nouveau."),
    Problem.ENTITIES: N_(
        "Ce fichier XML déclare une DTD ou des entités, ce qui peut cacher un piège : il n’est pas lu. "
        "Exportez-le sans elles."
    ),
    Problem.TOO_DEEP: N_("Ce fichier est emboîté trop profondément pour être un réseau."),
    Problem.NO_GRAPH: N_("Ce fichier XML n’est ni un GEXF ni un GraphML."),
    Problem.BROKEN_JSON: N_("Ce fichier JSON est abîmé à la ligne %(line)d. Exportez-le à nouveau."),
    Problem.NOT_A_NETWORK: N_("Ce fichier JSON n’est ni un export de Maillage ni une carte de Kumu."),
    Problem.BROKEN_ARCHIVE: N_("Cette archive est abîmée, ou protégée par un mot de passe."),
    Problem.UNPACKED: N_("Ce fichier est trop grand une fois déplié."),
    Problem.NO_TABLE: N_(
        "Ce fichier n’est ni un CSV ni un classeur Excel (.xlsx). Enregistrez-le dans un de ces formats."
    ),
    Problem.TOO_MANY_ROWS: N_("Ce fichier a plus de %(limit)d lignes. Partagez-le en plusieurs fichiers."),
    Problem.TOO_MANY_COLUMNS: N_("Ce fichier a plus de %(limit)d colonnes."),
    Problem.LONG_CELL: N_("Un texte de ce fichier est trop long : 20 000 signes au plus."),
    Problem.NO_COLUMNS: N_("Une table de cette archive n’a pas les colonnes attendues : %(columns)s."),
    Problem.TOO_MANY_ACTORS: N_("Ce fichier a plus de %(limit)d acteurs. Partagez-le en plusieurs fichiers."),
    Problem.TOO_MANY_TIES: N_("Ce fichier a plus de %(limit)d relations. Partagez-le en plusieurs fichiers."),
    Problem.NOBODY: N_("Ce fichier ne contient aucun acteur ni aucune relation."),
}
DEDUCED = frozenset({"project", "hosting", "cosigning", "space", "day"})
"""Origins of ties that a hub deduces from what it knows itself: they never become declared relations."""
OURS = "type_acteur_code"
"""Whoever tells this wrote the file as we do: its identifiers are addresses of records."""
# Field of an import → fields of a row, the surest first.
ACTOR_VALUES = {
    "name": ("nom",), "acronym": ("sigle",), "kind": ("type_acteur_code", "type_acteur"),
    "legal_form": ("forme_juridique_code", "forme_juridique"), "enterprise_number": ("numero_entreprise",),
    "commune": ("commune_code", "commune"), "scope": ("territoire",),
    "territories": ("territoires_codes", "territoires"), "themes": ("themes_codes", "themes"),
    "audiences": ("publics_codes", "publics"), "languages": ("langues_codes", "langues"),
    "founded": ("fondation",), "state": ("etat_code", "etat"), "state_since": ("etat_depuis",),
    "website": ("site",), "description": ("description",), "source": ("provenance",),
    "confidence": ("fiabilite_code", "fiabilite"), "former_names": ("anciens_noms",),
}  # fmt: skip
TIE_VALUES = {
    "source": ("de",), "target": ("vers",), "kind": ("relation_code", "relation"), "start": ("debut",),
    "end": ("fin",), "origin": ("provenance",), "confidence": ("fiabilite_code", "fiabilite"),
    "note": ("precision",),
}  # fmt: skip


def refusal(problem: ExchangeError) -> DomainError:
    """Return why a file can't be read, in words, for the field that asks for it."""
    return DomainError(REFUSALS[problem.problem], field="file", **problem.params)


@dataclass(frozen=True)
class NetworkFile:
    """What a file of a network brings: values of actors and of ties, by the fields of imports.

    `deduced` is the number of ties left out because a hub deduced them. An actor also carries the `id` by
    which ties name it in the file, a tie the names of the actors that it names so, for people to read.
    """

    form: Format
    actors: list[dict[str, str]]
    ties: list[dict[str, str]]
    deduced: int


def read(content: bytes) -> NetworkFile | None:
    """Return the network that a file holds; None if it is a plain table, or nothing that is known.

    Raises DomainError for a network that can't be read.
    """
    try:
        found = reading.read(content)
    except ExchangeError as problem:
        raise refusal(problem) from problem
    if found is None:
        return None
    ties = [row for row in found.rows.ties if row.get("origine_code", "") not in DEDUCED]
    names = {row["id"]: row.get("nom", "") for row in reversed(found.rows.actors) if row.get("id")}
    return NetworkFile(
        found.form,
        [_actor(row) for row in found.rows.actors],
        [_tie(row, names) for row in ties],
        len(found.rows.ties) - len(ties),
    )


def _actor(row: Row) -> dict[str, str]:
    known = {"id": row["id"]} if row.get("id") else {}
    slug = {"slug": row["id"]} if known and OURS in row else {}
    return {**_told(row, ACTOR_VALUES), **known, **slug}


def _tie(row: Row, names: Mapping[str, str]) -> dict[str, str]:
    ends = {
        f"{end}_name": names.get(row.get(name, ""), "")
        for end, name in (("source", "de"), ("target", "vers"))
    }
    return {**_told(row, TIE_VALUES), **{end: name for end, name in ends.items() if name}}


def _told(row: Row, values: Mapping[str, tuple[str, ...]]) -> dict[str, str]:
    found = {
        field: next((row[name] for name in names if row.get(name)), "") for field, names in values.items()
    }
    return {field: text for field, text in found.items() if text}
