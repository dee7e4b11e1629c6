"""The items of an edition as open data: a documented JSON and rows of a table, without any private text.

Testimonies, contacts and drafts of any kind stay out; what stands in stands in the published edition, or in
an erratum published beside it: nobody reworks words without seeing that they were corrected.
"""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from memoranda.content import Edition, Item

LICENCE = {
    "name": "Creative Commons Attribution 4.0 International (CC BY 4.0)",
    "url": "https://creativecommons.org/licenses/by/4.0/deed.fr",
}
FORMAT = "maillage-memorandum-2"
HEADER = (
    "Identifiant", "Numéro", "Adresse", "Chapitre", "Titre", "Demande", "Constat", "Justification",
    "Indicateur", "En bref", "En français simple", "Niveaux de pouvoir", "Autorités nommées", "Thème",
    "Droit", "Au bénéfice de", "Portée par", "Sources", "Priorité", "Transversale", "Filiation",
    "Demandée depuis", "Ancien numéro", "Errata",
)  # fmt: skip
ERRATA_HEADER = ("Numéro de l’erratum", "Date", "Demande corrigée", "Texte")
_TEXT = {"type": "string"}
_NAMED = {
    "type": "object",
    "required": ["code", "label"],
    "properties": {"code": _TEXT, "label": _TEXT},
    "additionalProperties": False,
}
_DESCENTS = {
    "new": "Nouvelle", "repeated": "Répétée", "changed": "Modifiée", "obtained": "Obtenue",
    "dropped": "Abandonnée",
}  # fmt: skip
_FIELDS: dict[str, tuple[dict[str, Any], str]] = {
    "id": (_TEXT, "Identifiant stable, le même d’une édition à l’autre."),
    "number": (_TEXT, "Numéro que l’on cite, comme 2024/12, jamais redonné."),
    "url": (_TEXT, "Adresse stable de la demande."),
    "chapter": (_TEXT, "Titre du chapitre."),
    "title": (_TEXT, "Titre."),
    "text": (_TEXT, "Ce qui est demandé (Markdown)."),
    "finding": (_TEXT, "Le constat (Markdown)."),
    "justification": (_TEXT, "Pourquoi (Markdown)."),
    "indicator": (_TEXT, "À quoi on verra que c’est fait (Markdown)."),
    "short": (_TEXT, "En 300 signes au plus."),
    "plain": (_TEXT, "En français simple (Markdown)."),
    "levels": ({"type": "array", "items": _NAMED}, "Niveaux de pouvoir à qui elle s’adresse."),
    "authorities": ({"type": "array", "items": _NAMED}, "Autorités qu’elle nomme."),
    "theme": (_TEXT, "Thème."),
    "right": (_TEXT, "Droit."),
    "beneficiaries": ({"type": "array", "items": _TEXT}, "Au bénéfice de qui."),
    "bearers": ({"type": "array", "items": _TEXT}, "Organisations qui la portent."),
    "origins": (
        {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["text", "url"],
                "properties": {"text": _TEXT, "url": _TEXT},
                "additionalProperties": False,
            },
        },
        "D’où elle vient.",
    ),
    "priority": ({"type": ["integer", "null"]}, "Rang parmi les priorités, sinon null."),
    "cross_cutting": ({"type": "boolean"}, "Demande transversale."),
    "descent": (
        {"enum": [*_DESCENTS, None]},
        "Ce qu’elle est par rapport au mémorandum précédent, sinon null : "
        + ", ".join(f"{kind} ({word.lower()})" for kind, word in _DESCENTS.items())
        + ". Le CSV le dit en français.",
    ),
    "since": ({"type": ["integer", "null"]}, "Première année où elle a été demandée, sinon null."),
    "earlier": (_TEXT, "Numéro qu’elle portait avant."),
}
_ERRATUM: dict[str, tuple[dict[str, Any], str]] = {
    "number": ({"type": "integer"}, "Numéro de l’erratum, à partir de 1."),
    "date": (_TEXT, "Jour de sa publication (AAAA-MM-JJ)."),
    "item": (
        {"type": ["string", "null"]},
        "Numéro de la demande corrigée, tel « 2024/12 » ; null pour l’édition dans son ensemble.",
    ),
    "text": (_TEXT, "Ce qui est corrigé (Markdown)."),
}
_ERRATA = "Ce qui a été corrigé depuis la publication, dans l’ordre ; l’édition elle-même ne change pas."
_ABOUT = {
    "format": "Nom et version de ce format : elle change avec les champs.",
    "title": "Titre du mémorandum.",
    "network": "Réseau qui le publie.",
    "version": "Édition.",
    "date": "Date de l’édition (AAAA-MM-JJ).",
    "election": "Élection.",
    "territory": "Territoire.",
    "url": "Adresse de l’édition.",
}


@dataclass(frozen=True, slots=True)
class Erratum:
    """A published correction: of the item with that number, or of the edition as a whole (None)."""

    number: int
    day: date
    text: str
    item: str | None = None


def as_json(edition: Edition, address: str, errata: Sequence[Erratum] = ()) -> str:
    """Return the items and errata of an edition as JSON (see `schema`); `address` is that of its page."""
    data = {
        "format": FORMAT, "title": edition.title, "network": edition.network, "version": edition.version,
        "date": edition.day.isoformat(), "election": edition.election, "territory": edition.territory,
        "url": address, "licence": LICENCE,
        "items": [_item(item, chapter, address) for chapter, item in _items(edition)],
        "errata": [_erratum(one) for one in errata],
    }  # fmt: skip
    return json.dumps(data, ensure_ascii=False, indent=1) + "\n"


def rows(edition: Edition, address: str, errata: Sequence[Erratum] = ()) -> Iterator[tuple[Any, ...]]:
    """Yield the items of an edition as rows under `HEADER`; lists are joined by « | ».

    The last column says what was corrected in that item; `errata_rows` has what concerns the whole as well.
    """
    for chapter, item in _items(edition):
        told = _item(item, chapter, address)
        told["descent"] = _DESCENTS.get(told["descent"])
        corrected = [f"{one.day.isoformat()} : {one.text}" for one in errata if one.item == item.number]
        yield (*(_cell(told[name]) for name in _FIELDS), " | ".join(corrected))


def errata_rows(errata: Sequence[Erratum]) -> Iterator[tuple[Any, ...]]:
    """Yield the errata of an edition as rows under `ERRATA_HEADER`."""
    return (tuple(_erratum(one).values()) for one in errata)


def schema() -> dict[str, Any]:
    """Return the JSON Schema (2020-12) of what `as_json` writes; each field says in French what it is."""
    about: dict[str, Any] = {name: _TEXT | {"description": words} for name, words in _ABOUT.items()}
    about["format"] |= {"const": FORMAT}
    licence = {
        "type": "object",
        "required": ["name", "url"],
        "properties": {"name": _TEXT, "url": _TEXT},
        "additionalProperties": False,
        "description": "Licence sous laquelle ces données peuvent être reprises.",
    }
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "Demandes d’un mémorandum",
        "type": "object",
        "required": [*about, "licence", "items", "errata"],
        "properties": {
            **about,
            "licence": licence,
            "items": _list(_FIELDS, "Les demandes, dans l’ordre de l’édition."),
            "errata": _list(_ERRATUM, _ERRATA),
        },
        "additionalProperties": False,
    }


def fields() -> dict[str, str]:
    """Return what each column of `HEADER` is, in French, by the name of its field in the JSON."""
    return {name: words for name, (_kind, words) in _FIELDS.items()} | {"errata": _ERRATA}


def errata_fields() -> dict[str, str]:
    """Return what each field of an erratum is, in French."""
    return {name: words for name, (_kind, words) in _ERRATUM.items()}


def _list(fields: dict[str, tuple[dict[str, Any], str]], words: str) -> dict[str, Any]:
    return {
        "type": "array",
        "description": words,
        "items": {
            "type": "object",
            "required": list(fields),
            "properties": {name: kind | {"description": said} for name, (kind, said) in fields.items()},
            "additionalProperties": False,
        },
    }


def _erratum(one: Erratum) -> dict[str, Any]:
    return {"number": one.number, "date": one.day.isoformat(), "item": one.item, "text": one.text}


def _items(edition: Edition) -> Iterator[tuple[str, Item]]:
    return ((chapter.title, item) for chapter in edition.chapters for item in chapter.items)


def _item(item: Item, chapter: str, address: str) -> dict[str, Any]:
    descent = item.descent
    return {
        "id": item.anchor, "number": item.number, "url": f"{address}#{item.anchor}", "chapter": chapter,
        "title": item.title, "text": item.text, "finding": item.finding, "justification": item.justification,
        "indicator": item.indicator, "short": item.short, "plain": item.plain,
        "levels": [{"code": one.code, "label": one.label} for one in item.levels],
        "authorities": [{"code": one.code, "label": one.label} for one in item.authorities],
        "theme": item.theme, "right": item.right, "beneficiaries": list(item.beneficiaries),
        "bearers": list(item.bearers),
        "origins": [{"text": one.text, "url": one.url} for one in item.origins],
        "priority": item.priority, "cross_cutting": item.is_cross_cutting,
        "descent": descent.kind if descent else None, "since": descent.since if descent else None,
        "earlier": descent.earlier if descent else "",
    }  # fmt: skip


def _cell(value: Any) -> Any:
    if isinstance(value, list):
        return " | ".join(one if isinstance(one, str) else _named(one) for one in value)
    return value


def _named(one: dict[str, str]) -> str:
    return " ".join(text for text in (one.get("label") or one.get("text"), one.get("url")) if text)
