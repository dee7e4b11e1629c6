"""Actors and ties as rows of words: what every format writes, and what reading a file gives.

A row is name of a field → its text; what is empty is left out. Lists are joined by bars, yes and no are
« oui » and « non », dates are ISO 8601 as far as they are known (see `model.Moment`).
"""

import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import Enum
from functools import lru_cache
from typing import Any, TypeAlias

from graph.exchange.model import Actor, Exchange, Term, Tie, clean

Row: TypeAlias = dict[str, str]
BAR = "|"
YES, NO = "oui", "non"
KEPT_HEADINGS = 1000
"""Headings that are remembered folded: a file has the same few on every line."""


class Shape(Enum):
    """What a field holds, and which half of a term it shows."""

    TEXT = "text"
    WHOLE = "whole number"
    NUMBER = "number"
    YES_NO = "yes or no"
    MOMENT = "moment"
    LIST = "list of texts"
    LABEL = "label of a term"
    CODE = "code of a term"
    LABELS = "labels of terms"
    CODES = "codes of terms"


@dataclass(frozen=True, slots=True)
class Field:
    """One thing that is told of an actor or a tie.

    `name` is its name in XML, JSON and Gephi's tables: never « type », at which Gephi Lite and networkx
    stumble. `title` is its heading in tables that people read, `attribute` the record's own attribute,
    `other` the folded headings by which other tools call it, the surest first, between bars.
    """

    name: str
    title: str
    attribute: str
    shape: Shape = Shape.TEXT
    other: str = ""


ACTOR_FIELDS = (
    Field("id", "Identifiant", "id", other="slug"),
    Field("nom", "Nom", "name", other="name|label|title|titre|organisation|association"),
    Field("sigle", "Sigle", "acronym", other="acronym|acronyme"),
    Field("anciens_noms", "Anciens noms", "former_names", Shape.LIST, "former names"),
    Field("type_acteur", "Type d’acteur", "kind", Shape.LABEL, "type|element type|kind|categorie|category"),
    Field("type_acteur_code", "Code du type", "kind", Shape.CODE),
    Field("famille", "Famille", "family", Shape.LABEL),
    Field("famille_code", "Code de la famille", "family", Shape.CODE),
    Field("forme_juridique", "Forme juridique", "legal_form", Shape.LABEL, "legal form"),
    Field("forme_juridique_code", "Code de la forme juridique", "legal_form", Shape.CODE),
    Field("numero_entreprise", "Numéro d’entreprise", "enterprise_number", other="bce|numero bce"),
    Field("commune", "Commune", "commune", Shape.LABEL, "city|municipality|ville|siege"),
    Field("commune_code", "Code NIS", "commune", Shape.CODE, "nis"),
    Field("latitude", "Latitude", "latitude", Shape.NUMBER, "lat"),
    Field("longitude", "Longitude", "longitude", Shape.NUMBER, "lon|lng|long"),
    Field("territoire", "Territoire", "scope", other="scope"),
    Field("territoires", "Territoires desservis", "territories", Shape.LABELS, "territories"),
    Field("territoires_codes", "Codes des territoires", "territories", Shape.CODES),
    Field("themes", "Thèmes", "themes", Shape.LABELS, "theme|topics"),
    Field("themes_codes", "Codes des thèmes", "themes", Shape.CODES),
    Field("publics", "Publics", "audiences", Shape.LABELS, "public|audiences"),
    Field("publics_codes", "Codes des publics", "audiences", Shape.CODES),
    Field("langues", "Langues", "languages", Shape.LABELS, "languages"),
    Field("langues_codes", "Codes des langues", "languages", Shape.CODES),
    Field("fondation", "Année de création", "founded", Shape.WHOLE, "founded"),
    Field("etat", "État", "state", Shape.LABEL, "state|status|statut"),
    Field("etat_code", "Code de l’état", "state", Shape.CODE),
    Field("etat_depuis", "État depuis le", "state_since", Shape.MOMENT),
    Field("site", "Site", "website", other="website|url|site web"),
    Field("description", "Description", "description"),
    Field("provenance", "Source", "source"),
    Field("fiabilite", "Fiabilité", "confidence", Shape.LABEL, "confidence"),
    Field("fiabilite_code", "Code de la fiabilité", "confidence", Shape.CODE),
)
TIE_FIELDS = (
    Field("id", "Identifiant", "id"),
    Field("de", "De", "source", other="source|from"),
    Field("vers", "Vers", "target", other="target|to|cible"),
    Field("relation", "Relation", "kind", Shape.LABEL, "type|connection type|kind|label|lien"),
    Field("relation_code", "Code de la relation", "kind", Shape.CODE),
    Field("relation_inverse", "Relation, dans l’autre sens", "reverse_label"),
    Field("symetrique", "Symétrique", "symmetric", Shape.YES_NO),
    Field("debut", "Début", "start", Shape.MOMENT, "start|begin|depuis"),
    Field("fin", "Fin", "end", Shape.MOMENT, "end|jusque"),
    Field("origine", "Origine du lien", "origin", Shape.LABEL),
    Field("origine_code", "Code de l’origine", "origin", Shape.CODE),
    Field("a_propos", "À propos de", "about"),
    Field("provenance", "Source de l’information", "evidence"),
    Field("fiabilite", "Fiabilité", "confidence", Shape.LABEL, "confidence"),
    Field("fiabilite_code", "Code de la fiabilité", "confidence", Shape.CODE),
    Field("precision", "Précision", "note", other="note|description"),
    Field("poids", "Poids", "strength", Shape.NUMBER, "weight"),
)
ENDS = frozenset({"de", "vers"})


def _text(value: Any, shape: Shape) -> str:
    """Return an attribute's value as the row has it."""
    if isinstance(value, tuple):
        return BAR.join(_text(item, shape) for item in value)
    if isinstance(value, Term):
        return value.label if shape in {Shape.LABEL, Shape.LABELS} else value.code
    if isinstance(value, bool):
        return YES if value else NO
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return "" if value is None else str(value)  # a date as ISO 8601


def actor_row(actor: Actor) -> Row:
    """Return what is told of an actor."""
    return _row(actor, ACTOR_FIELDS)


def tie_row(tie: Tie) -> Row:
    """Return what is told of a tie."""
    return _row(tie, TIE_FIELDS)


def _row(record: Actor | Tie, told: Iterable[Field]) -> Row:
    texts = ((one.name, _text(getattr(record, one.attribute), one.shape)) for one in told)
    return {name: text for name, text in texts if text}


@dataclass(frozen=True)
class Rows:
    """What a file holds, in its order. Nothing is checked but that it can be read."""

    actors: list[Row] = field(default_factory=list)
    ties: list[Row] = field(default_factory=list)


def rows_of(exchange: Exchange) -> Rows:
    """Return a whole network as rows."""
    return Rows([actor_row(actor) for actor in exchange.actors], [tie_row(tie) for tie in exchange.ties])


@lru_cache(maxsize=KEPT_HEADINGS)
def folded(heading: str) -> str:
    """Return a heading without case, accents and punctuation, so that it can be recognised."""
    plain = unicodedata.normalize("NFKD", heading.replace("œ", "oe"))
    letters = "".join(sign for sign in plain if not unicodedata.combining(sign))
    return re.sub(r"[^a-z0-9]+", " ", letters.casefold()).strip()


def _known(told: Iterable[Field]) -> Mapping[str, tuple[int, str]]:
    """Return folded heading → how sure it is (0: our own), name of the field."""
    found: dict[str, tuple[int, str]] = {}
    for one in told:
        own = [(0, folded(one.title)), (0, folded(one.name))]
        for rank, word in [*own, *enumerate(one.other.split(BAR), start=1)]:
            if word and (word not in found or rank < found[word][0]):
                found[word] = rank, one.name
    return found


ACTOR_HEADINGS = _known(ACTOR_FIELDS)
TIE_HEADINGS = _known(TIE_FIELDS)
ACTOR_SHAPES = {one.name: one.shape for one in ACTOR_FIELDS}
TIE_SHAPES = {one.name: one.shape for one in TIE_FIELDS}


def actor_read(told: Iterable[tuple[str, str]]) -> Row:
    """Return the row that headings and texts come to; of two for the same field the surer counts."""
    return _read(told, ACTOR_HEADINGS, ACTOR_SHAPES)


def tie_read(told: Iterable[tuple[str, str]]) -> Row:
    """Return the row of a tie, as `actor_read` does for an actor."""
    return _read(told, TIE_HEADINGS, TIE_SHAPES)


def _read(
    told: Iterable[tuple[str, str]],
    headings: Mapping[str, tuple[int, str]],
    shapes: Mapping[str, Shape],
) -> Row:
    found: Row = {}
    ranks: dict[str, int] = {}
    for heading, raw in told:
        rank, name = headings.get(folded(heading), (0, ""))
        text = clean(raw)
        if name and text and rank < ranks.get(name, rank + 1):
            found[name] = _yes_no(text) if shapes[name] == Shape.YES_NO else text
            ranks[name] = rank
    return found


def _yes_no(text: str) -> str:
    return {"true": YES, "false": NO, "1": YES, "0": NO}.get(text.casefold(), text)
