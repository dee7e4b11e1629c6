"""The register as an import needs it: held in memory, found by any name that people use."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.actors.models.organisations import (
    Confidence,
    FundingSource,
    LegalForm,
    Organisation,
    OrganisationState,
    Structured,
)
from hub.actors.models.reference import Audience, OrganisationKind, Territory, TerritoryKind, Theme
from hub.actors.models.relations import Relation, RelationKind
from hub.actors.values import likeness, names, words
from hub.core.search import fold

NAMES_FIRST = ("slug", "name", "acronym", "former", "number")
STATE_WORDS = {
    OrganisationState.ACTIVE: "actif|en activite",
    OrganisationState.DORMANT: "dormante|en sommeil|en pause",
    OrganisationState.CLOSED: "ended|ferme|fermee|termine|terminee|clos|close|dissous|dissoute|inactif",
    OrganisationState.UNKNOWN: "check|inconnu|inconnue|a verifier",
}
CONFIDENCE_WORDS = {
    Confidence.HIGH: "high|haute|elevee|forte|sure",
    Confidence.MEDIUM: "medium|moyenne|probable",
    Confidence.LOW: "low|faible|basse|a confirmer|incertaine",
}
STRUCTURED_WORDS = {
    Structured.YES: "oui|yes|vrai|1|x|structuree|structure",
    Structured.NO: "non|no|faux|0|pas structuree|informelle",
    Structured.UNKNOWN: "inconnu|inconnue|a verifier",
}
FUNDING_WORDS = {
    FundingSource.SUBSIDIES: "subside|subsides|subvention|subventions|subvention publique|subsides publics",
    FundingSource.ACTIVITIES: "activite|activites|recettes|ventes",
    FundingSource.DONATIONS: "don|dons|liberalites|mecenat",
    FundingSource.MEMBERSHIP_FEES: "cotisation|cotisations",
    FundingSource.PROJECT_CALLS: "appel a projets|appels a projets|projets",
    FundingSource.OTHER: "autre|autres",
}


@dataclass
class Register:
    """Folded words → ids. A word that names several has several."""

    kinds: dict[str, int] = field(default_factory=dict)
    communes: dict[str, set[int]] = field(default_factory=dict)
    territories: dict[str, set[int]] = field(default_factory=dict)
    themes: dict[str, int] = field(default_factory=dict)
    audiences: dict[str, int] = field(default_factory=dict)
    relation_kinds: dict[str, tuple[int, bool]] = field(default_factory=dict)  # id, told the other way round
    organisations: dict[str, dict[str, set[int]]] = field(
        default_factory=lambda: {way: {} for way in NAMES_FIRST}
    )
    near: likeness.Names = field(default_factory=lambda: likeness.Names(()))
    slugs: set[str] = field(default_factory=set)
    # What the file of a network calls its actors: the organisation that each is, minus its line's number for
    # one to be made, None for one that is left out. This comes before all other names.
    in_file: dict[str, int | None] = field(default_factory=dict)
    ties: dict[tuple[int, int, int, Any], int] = field(default_factory=dict)
    legal_forms: dict[str, LegalForm] = field(default_factory=dict)
    states: dict[str, OrganisationState] = field(default_factory=dict)
    confidences: dict[str, Confidence] = field(default_factory=dict)
    languages: dict[str, str] = field(default_factory=dict)
    structured: dict[str, Structured] = field(default_factory=dict)
    funding: dict[str, FundingSource] = field(default_factory=dict)

    def find(self, text: str) -> set[int]:
        """Return the organisations that this text names, by the surest way that names any."""
        for way in NAMES_FIRST:
            word = names.key(text) if way == "name" else fold(text)
            if found := self.organisations[way].get(word):
                return found
        return set()


def load(session: Session) -> Register:
    """Read what the lines of a file may name."""
    register = Register()
    register.kinds = _by_words(session, OrganisationKind)
    register.themes = _by_words(session, Theme)
    register.audiences = _by_words(session, Audience)
    _load_places(session, register)
    _load_relation_kinds(session, register)
    _load_organisations(session, register)
    register.ties = {
        (row.source_id, row.kind_id, row.target_id, row.start_on): row.id
        for row in session.execute(
            select(
                Relation.id, Relation.source_id, Relation.kind_id, Relation.target_id, Relation.start_on
            ).where(Relation.withdrawn_at.is_(None))
        )
    }
    _load_fixed_words(register)
    return register


def _by_words(session: Session, model: type[Any]) -> dict[str, int]:
    rows = session.execute(select(model.id, model.code, model.label)).all()
    return {fold(word): row.id for row in rows for word in (row.code, row.label)}


def _note(places: dict[str, set[int]], words_of_it: Iterable[str], row_id: int) -> None:
    for word in words_of_it:
        if folded := fold(word):
            places.setdefault(folded, set()).add(row_id)


def _load_places(session: Session, register: Register) -> None:
    for row in session.execute(
        select(Territory.id, Territory.kind, Territory.code, Territory.name, Territory.postal_code)
    ):
        said = (row.code, row.name)
        _note(register.territories, said, row.id)
        if row.kind in {TerritoryKind.COMMUNE, TerritoryKind.REGION}:
            _note(register.communes, (*said, row.postal_code, f"{row.postal_code} {row.name}"), row.id)


def _load_relation_kinds(session: Session, register: Register) -> None:
    for row in session.scalars(select(RelationKind)):
        # The words of the usual direction are noted last: they win where both are the same.
        register.relation_kinds[fold(row.reverse_label)] = (row.id, True)
        register.relation_kinds[fold(row.label)] = (row.id, False)
        register.relation_kinds[fold(row.code)] = (row.id, False)


def _load_organisations(session: Session, register: Register) -> None:
    rows = session.execute(
        select(
            Organisation.id, Organisation.slug, Organisation.name, Organisation.acronym,
            Organisation.former_names, Organisation.enterprise_number, Organisation.merged_into_id,
        )
    ).all()  # fmt: skip
    became = {row.id: row.merged_into_id for row in rows}
    ways = register.organisations
    for row in rows:
        # Whoever names a record that was merged means the one that it became.
        meant = _last(became, row.id)
        register.slugs.add(row.slug)
        _note(ways["slug"], (row.slug,), meant)
        ways["name"].setdefault(names.key(row.name), set()).add(meant)
        _note(ways["acronym"], (row.acronym,), meant)
        _note(ways["former"], row.former_names.splitlines(), meant)
        _note(ways["number"], (row.enterprise_number or "",), meant)
    register.near = likeness.Names((_last(became, row.id), row.name) for row in rows)


def _last(became: dict[int, int | None], row_id: int) -> int:
    while (following := became[row_id]) is not None:
        row_id = following
    return row_id


def _load_fixed_words(register: Register) -> None:
    register.legal_forms = {fold(form): form for form in LegalForm} | {
        fold(text): form for form, text in words.LEGAL_FORMS.items()
    }
    register.states = {fold(text): state for state, text in words.STATES.items()}
    for state, said in STATE_WORDS.items():
        register.states |= dict.fromkeys([fold(state), *said.split("|")], state)
    register.confidences = {fold(text): one for one, text in words.CONFIDENCES.items()}
    for one, said in CONFIDENCE_WORDS.items():
        register.confidences |= dict.fromkeys(said.split("|"), one)
    register.structured = _by_said(words.STRUCTURED, STRUCTURED_WORDS)
    register.funding = _by_said(words.FUNDING_SOURCES, FUNDING_WORDS)
    register.languages = {fold(words.language_name(code)): code for code in words.LANGUAGES} | {
        code: code for code in words.LANGUAGES
    }


def _by_said(shown: dict[Any, str], said: dict[Any, str]) -> dict[str, Any]:
    """Return folded word → what it stands for: its code, the word on the page, and what else people say."""
    return {
        word: one for one, more in said.items() for word in (fold(one), fold(shown[one]), *more.split("|"))
    }
