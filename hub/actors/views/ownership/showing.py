"""A record and its changes in words, as pages show them."""

from dataclasses import dataclass
from typing import Any

from flask_babel import gettext
from sqlalchemy.orm import Session

from hub.actors.models.organisations import Organisation, OrganisationState
from hub.actors.models.ownership import RecordChange
from hub.actors.operations.organisations import facts_of, told
from hub.actors.operations.ownership.changes import own_facts
from hub.actors.values import consent, enterprise, words
from hub.actors.values.changes import OWN, Piece, fact, word_difference
from hub.core import i18n

# Told in running words, so that a difference is told word by word; all else by what it is as a whole.
RUNNING = {"name", "former_names", "description", "field_of_action", "scope", "address"}
LISTS = {"theme_ids", "territory_ids", "audience_ids", "languages", "funding_sources"}
# The record's own name of a fact, by which an agreement names it.
PUBLIC_NAMES = {
    "theme_ids": "themes",
    "territory_ids": "territories",
    "audience_ids": "audiences",
    "kind_id": "kind",
    "commune_id": "commune",
}
MOST_WORDS = 4000  # beyond, old and new stand one after the other: comparing grows with the square


@dataclass(frozen=True)
class Line:
    """One fact of a record, in words; `public` says whether everybody reads it."""

    field: str
    label: str
    value: str
    public: bool


@dataclass(frozen=True)
class Difference:
    """One field of a change: what it said, what it is to say, and what the record says by now.

    `moved`: the record no longer says what it said when the change was made. `accepted`: what a coordinator
    decided, if anything.
    """

    field: str
    label: str
    old: str
    new: str
    present: str
    moved: bool
    pieces: list[Piece]
    accepted: bool | None


def items(session: Session, field: str, value: Any) -> list[str]:
    """Return a plain fact of several things in words, each by itself."""
    language = i18n.chosen_language()
    if field == "languages":
        return [words.language_name(code, language) for code in value]
    if field == "funding_sources":
        return [str(gettext(words.FUNDING_SOURCES[one])) for one in fact(field, value)]
    text = told(session, field, tuple(value))
    return str(text).split(", ") if text else []


def in_words(session: Session, field: str, value: Any) -> str:
    """Return a plain fact as a page tells it."""
    if field in LISTS:
        return ", ".join(items(session, field, value or []))
    if value in (None, ""):
        return ""
    if field in {"legal_form", "structured", "state"}:
        stored: dict[str, dict[Any, str]] = {
            "legal_form": dict(words.LEGAL_FORMS),
            "structured": dict(words.STRUCTURED),
            "state": dict(words.STATES),
        }
        return str(gettext(stored[field][fact(field, value)]))
    if field == "enterprise_number":
        return enterprise.show(value)
    if field == "state_since":
        return str(i18n.format_date(fact(field, value), i18n.chosen_language()))
    return str(told(session, field, value))


def _pieces(session: Session, field: str, old: Any, new: Any) -> list[Piece]:
    if field in LISTS:
        before, after = items(session, field, old or []), items(session, field, new or [])
        every = list(dict.fromkeys([*before, *after]))
        return [
            Piece("same" if one in before and one in after else "removed" if one in before else "added", one)
            for one in every
        ]
    first, last = in_words(session, field, old), in_words(session, field, new)
    if field in RUNNING and len(first) + len(last) <= MOST_WORDS * 2:
        return word_difference(first, last)
    return [Piece(kind, text) for kind, text in (("removed", first), ("added", last)) if text]


def differences(session: Session, change: RecordChange) -> list[Difference]:
    """Return a change field by field, in the order of the form."""
    present = own_facts(facts_of(change.organisation))
    after = change.decided_at is not None
    return [
        Difference(
            field=field,
            label=str(gettext(OWN[field])),
            old=in_words(session, field, change.fields[field][0]),
            new=in_words(session, field, change.fields[field][1]),
            present=in_words(session, field, present[field]),
            moved=not after and present[field] not in _expected(change, field),
            pieces=_pieces(session, field, *change.fields[field]),
            accepted=change.decisions.get(field),
        )
        for field in OWN
        if field in change.fields
    ]


def _expected(change: RecordChange, field: str) -> list[Any]:
    """Return what the record would say if nobody else had touched that field."""
    old, new = change.fields[field]
    return [old] if change.state.value == "proposed" else [new]


def lines_of(session: Session, organisation: Organisation, fields: list[str] | None = None) -> list[Line]:
    """Return what the record holds, fact by fact; `fields`: what would be public, instead of what is."""
    facts = own_facts(facts_of(organisation))
    shown = consent.Record(organisation, fields=fields).shown
    return [
        Line(
            field=field,
            label=str(gettext(OWN[field])),
            value=in_words(session, field, facts[field]),
            public=PUBLIC_NAMES.get(field, field) in shown,
        )
        for field in OWN
        if not _says_nothing(field, facts[field])
    ]


def _says_nothing(field: str, value: Any) -> bool:
    """Leave out what only says « unknown », and a state that is the usual one."""
    if field in {"legal_form", "structured"}:
        return bool(value == "unknown")
    if field == "state_since":
        return value is None
    return field == "state" and bool(value == OrganisationState.ACTIVE.value)
