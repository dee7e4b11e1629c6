"""Registering what others have published, and taking demands from it with their page and very words."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from hub.actors.models.organisations import Organisation
from hub.core import audit
from hub.core.errors import N_, DomainError
from hub.core.search import fold
from hub.recommendations.models.contributions import Channel, Contribution
from hub.recommendations.models.documents import DocumentKind, SourceDocument
from hub.recommendations.operations import contributions
from hub.recommendations.operations.contributions import Source, Words
from hub.recommendations.queries import documents as document_queries

UNTOLD = ["…", "…"]


@dataclass(frozen=True, slots=True)
class DocumentFacts:
    """What is said of a document; `year` is that of publication, `url` where it can be read."""

    title: str
    organisation: Organisation
    kind: DocumentKind = DocumentKind.MEMORANDUM
    year: int | None = None
    url: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True)
class Taken:
    """A demand as it stands in a document: `page` as printed there, `quote` its very words."""

    words: Words
    page: str = ""
    quote: str = ""


def register(
    session: Session, facts: DocumentFacts, *, actor: audit.Actor | str, now: datetime
) -> SourceDocument:
    """Add a document. Raises DomainError without a title, or if it is registered already."""
    _check(session, facts, None)
    row = SourceDocument(created_at=now)
    _write(row, facts, now)
    session.add(row)
    session.flush()
    audit.record(session, "document.created", row, actor=actor, now=now)
    return row


def edit(
    session: Session, row: SourceDocument, facts: DocumentFacts, *, actor: audit.Actor | str, now: datetime
) -> None:
    """Change what is said of a document.

    Raises DomainError as `register` does, and for another author once demands were taken: they are its own.
    """
    session.refresh(row, with_for_update=True)
    _check(session, facts, row)
    other = facts.organisation.id != row.organisation_id
    if other and session.scalar(document_queries.items(row).limit(1)) is not None:
        raise DomainError(
            N_("Des demandes sont déjà prises de ce document : son organisation ne change plus."),
            field="organisation",
        )
    before = _plain(row)
    _write(row, facts, now)
    session.flush()
    changes = audit.differences(before, _plain(row))
    if changes:
        told = {name: UNTOLD if name == "note" else values for name, values in changes.items()}
        audit.record(session, "document.edited", row, actor=actor, now=now, changes=told)


def take(
    session: Session,
    row: SourceDocument,
    taken: Taken,
    *,
    client_key: str = "",
    actor: audit.Actor | str,
    now: datetime,
) -> Contribution:
    """Store a demand that stands in the document, in the name of its organisation.

    `client_key` is what the open page called this gesture: sending it twice makes one demand, unless other
    words were typed meanwhile. Raises DomainError for a missing demand.
    """
    # Whoever takes from this document waits here, so that two clicks make one demand.
    session.refresh(row, with_for_update=True)
    sent = session.scalar(document_queries.named(client_key)) if client_key else None
    if sent is not None and _same(sent, row, taken):
        return sent
    return contributions.enter(
        session,
        row.organisation,
        taken.words,
        channel=Channel.DOCUMENT,
        source=Source(row, taken.page, taken.quote),
        client_key=client_key if sent is None else "",
        actor=actor,
        now=now,
    )


def _same(sent: Contribution, row: SourceDocument, taken: Taken) -> bool:
    return (sent.document_id, sent.proposal, sent.finding, sent.source_page, sent.quote) == (
        row.id,
        taken.words.proposal,
        taken.words.finding,
        taken.page,
        taken.quote,
    )


def _check(session: Session, facts: DocumentFacts, row: SourceDocument | None) -> None:
    if not facts.title:
        raise DomainError(N_("Donnez le titre du document."), field="title")
    same = session.scalar(document_queries.same(facts.organisation, facts.title, facts.year))
    if same is not None and same is not row:
        raise DomainError(
            N_("Cette organisation a déjà un document de ce titre et de cette année."), field="title"
        )


def _write(row: SourceDocument, facts: DocumentFacts, now: datetime) -> None:
    row.title, row.kind, row.organisation = facts.title, facts.kind, facts.organisation
    row.year, row.url, row.note = facts.year, facts.url, facts.note
    row.search_text = fold(f"{facts.title} {facts.year or ''}")
    row.updated_at = now


def _plain(row: SourceDocument) -> dict[str, object]:
    facts = DocumentFacts(row.title, row.organisation, row.kind, row.year, row.url, row.note)
    return {**{name: getattr(facts, name) for name in facts.__slots__}, "organisation": row.organisation.name}
