"""Words that an edition could explain: offered from earlier editions and a usual list, taken by a click."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.core.errors import N_, DomainError
from hub.core.search import fold
from hub.publishing.models.composition import EditionTerm
from hub.publishing.models.editions import Edition
from hub.publishing.operations.apparatus import MOST_TERMS
from hub.publishing.operations.composing import changed, hold_to_change
from hub.publishing.queries import checking as checking_queries
from hub.publishing.queries import glossary as queries
from hub.publishing.values.usual_terms import USUAL, Usual


@dataclass(frozen=True, slots=True)
class Offered:
    """A word with its definition, not yet in the glossary.

    `memorandum` and `number` name the edition that explained it; both are empty for the usual list.
    """

    key: str
    term: str
    definition: str
    is_used: bool
    memorandum: str = ""
    number: int = 0


@dataclass(frozen=True, slots=True)
class Glossary:
    """The words that an edition explains, those that it could take, and all that its demands say."""

    terms: Sequence[EditionTerm]
    offered: list[Offered]
    texts: str


def offered(session: Session, edition: Edition, translate: Callable[[str], str] = str) -> list[Offered]:
    """Return words that could be taken (see `read`)."""
    return read(session, edition, translate).offered


def read(session: Session, edition: Edition, translate: Callable[[str], str] = str) -> Glossary:
    """Read an edition's glossary with the words that could be taken, in three statements.

    Those that the demands use come first, then by name; of a word that several editions explain, the latest
    explanation. `translate` says the usual list in the reader's language.
    """
    terms = session.scalars(checking_queries.terms(edition)).all()
    texts = " ".join(" ".join(found) for found in session.execute(checking_queries.texts(edition)))
    known = {fold(row.term) for row in terms}
    whole = fold(texts)
    rows = [
        (f"mot-{identifier}", term, definition, title, number)
        for identifier, term, definition, title, number in session.execute(queries.earlier(edition))
    ]
    rows += [
        (
            f"usuel-{place}",
            translate(one.term),
            _sourced(one, translate),
            "",
            0,
        )
        for place, one in enumerate(USUAL, start=1)
    ]
    found: dict[str, Offered] = {}
    for key, term, definition, title, number in rows:
        name = fold(term)
        if name not in known and name not in found:
            found[name] = Offered(key, term, definition, name in whole, title, number)
    return Glossary(terms, sorted(found.values(), key=lambda one: (not one.is_used, fold(one.term))), texts)


def _sourced(one: Usual, translate: Callable[[str], str]) -> str:
    source = translate(N_("Source : %(source)s.")) % {"source": translate(one.source)}
    return f"{translate(one.definition)} {source}"


def take(session: Session, edition: Edition, words: Sequence[Offered], *, actor: Any, now: datetime) -> int:
    """Add such words to the glossary, as one change; return how many. What is explained already stays.

    Raises FrozenError once the edition is frozen, DomainError for more than a glossary holds.
    """
    hold_to_change(session, edition, now)
    known = set(session.scalars(select(EditionTerm.term).where(EditionTerm.edition_id == edition.id)))
    folded = {fold(term) for term in known}
    new = [one for one in words if fold(one.term) not in folded]
    if len(known) + len(new) > MOST_TERMS:
        raise DomainError(N_("Un glossaire a au plus %(max)d mots."), max=MOST_TERMS)
    for one in new:
        session.add(EditionTerm(edition_id=edition.id, term=one.term, definition=one.definition))
    if new:
        terms = " · ".join(one.term for one in new)
        changed(session, edition, "edition.term_changed", actor, now, term=[None, terms])
    return len(new)
