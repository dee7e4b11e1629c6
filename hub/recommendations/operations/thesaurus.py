"""The network's thesaurus: groups of terms that mean the same when texts are compared.

Until the network has groups of its own those of the sector hold (`memoranda.similarity.sector`).
"""

from datetime import datetime

from sqlalchemy.orm import Session

from hub.core import audit
from hub.core.errors import N_, DomainError
from hub.recommendations.models.recognition import ThesaurusGroup
from hub.recommendations.operations import recognition
from hub.recommendations.queries import recognition as queries
from memoranda.similarity.sector import THESAURUS
from memoranda.similarity.thesaurus import form

LONGEST = 10_000
FEWEST = 2


def begin(session: Session, *, actor: audit.Actor | str, now: datetime) -> None:
    """Take the sector's groups over, to be changed; nothing where the network has its own."""
    if session.scalars(queries.thesaurus_groups()).first() is not None:
        return
    for terms in THESAURUS.groups:
        session.add(ThesaurusGroup(terms="\n".join(terms), updated_at=now))
    session.flush()
    first = session.scalars(queries.thesaurus_groups().limit(1)).one()
    audit.record(session, "thesaurus.begun", first, actor=actor, now=now)


def write(
    session: Session, row: ThesaurusGroup | None, typed: str, *, actor: audit.Actor | str, now: datetime
) -> ThesaurusGroup:
    """Store a group of terms, one a line; texts are compared anew.

    Raises DomainError for less than two terms, one without a word, one that another group holds already, or
    more than 10,000 characters.
    """
    terms = list(dict.fromkeys(" ".join(line.split()) for line in typed.splitlines() if line.strip()))
    _check(session, row, terms)
    if row is None:
        row = ThesaurusGroup(terms="")
        session.add(row)
    row.terms, row.updated_at = "\n".join(terms), now
    session.flush()
    audit.record(session, "thesaurus.written", row, actor=actor, now=now)
    recognition.ask(session, now=now)
    return row


def remove(session: Session, row: ThesaurusGroup, *, actor: audit.Actor | str, now: datetime) -> None:
    """Take a group out; texts are compared anew."""
    audit.record(session, "thesaurus.removed", row, actor=actor, now=now)
    session.delete(row)
    session.flush()
    recognition.ask(session, now=now)


def _check(session: Session, row: ThesaurusGroup | None, terms: list[str]) -> None:
    if sum(len(term) + 1 for term in terms) > LONGEST:
        raise DomainError(N_("Ce groupe est trop long : %(max)s signes au plus."), field="terms", max=LONGEST)
    forms = {term: form(term) for term in terms}
    empty = next((term for term in terms if not forms[term]), None)
    if empty is not None:
        raise DomainError(N_("Il n’y a pas de mot dans « %(term)s »."), field="terms", term=empty)
    if len(set(forms.values())) < FEWEST:
        raise DomainError(
            N_(
                "Écrivez au moins deux termes différents, un par ligne : seul, un terme n’a pas d’équivalent."
            ),
            field="terms",
        )
    for other in session.scalars(queries.thesaurus_groups()):
        held = {form(term): term for term in other.terms.splitlines()}
        shared = next((term for term in terms if forms[term] in held), None)
        if (row is None or other.id != row.id) and shared is not None:
            raise DomainError(
                N_("« %(term)s » se trouve déjà dans un autre groupe, avec « %(other)s »."),
                field="terms",
                term=shared,
                other=next(
                    (each for each in held.values() if form(each) != forms[shared]), held[forms[shared]]
                ),
            )
