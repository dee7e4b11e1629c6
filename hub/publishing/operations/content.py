"""What an edition holds, as the frozen plain data that the PDF and the page are made from.

The texts of a memorandum are French whatever the language of the person who builds it.
"""

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date

from sqlalchemy.orm import Session

from hub.core import clock, settings
from hub.core.files import Store, StoredFile
from hub.core.search import slug
from hub.publishing import queries
from hub.publishing.models import Chapter, Edition, EditionState
from hub.publishing.operations import drawing
from hub.recommendations.models.contributions import BENEFICIARIES, Contribution
from hub.recommendations.models.documents import SourceDocument
from hub.recommendations.models.recommendations import Recommendation
from memoranda import content


@dataclass(frozen=True)
class Material:
    """An edition's content before its pictures are drawn, which takes longer.

    `anchors` says which recommendation stands behind an anchor.
    """

    edition: content.Edition
    register: drawing.Register
    with_figure: bool
    logo_sha256: str
    anchors: dict[str, int]

    @property
    def fingerprint(self) -> str:
        """Return the SHA-256 of all that the PDF depends on: it changes when the PDF would."""
        parts = (
            content.to_json(self.edition),
            self.register.fingerprint,
            str(self.with_figure),
            self.logo_sha256,
        )
        return hashlib.sha256("\n".join(parts).encode()).hexdigest()


def gather(session: Session, edition: Edition) -> Material:
    """Read all that the edition holds, numbered in its order.

    A draft leaves empty chapters out, so that it can be printed while it grows.
    """
    network = settings.get(session)
    is_draft = edition.state == EditionState.DRAFT
    chapters = [
        chapter for chapter in session.scalars(queries.chapters(edition)) if chapter.items or not is_draft
    ]
    used = [item.recommendation for chapter in chapters for item in chapter.items]
    day = day_of(edition)
    memorandum = edition.memorandum
    election = memorandum.election
    fixed = election is not None and not election.date_note
    plain = content.Edition(
        title=memorandum.title,
        subtitle=memorandum.subtitle,
        network=network.name,
        day=day,
        version=f"Édition {edition.number}",
        primary=network.primary_colour,
        election=_election(edition),
        election_day=election.held_on if election is not None and fixed else None,
        territory=memorandum.territory.name if memorandum.territory else "",
        addressees=", ".join(line.strip() for line in memorandum.addressees.splitlines() if line.strip()),
        is_draft=is_draft,
        preamble=edition.preamble,
        chapters=_chapters(chapters),
        signatories=tuple(
            content.Signatory(
                name=signatory.organisation.name,
                commune=signatory.organisation.commune.name if signatory.organisation.commune else "",
            )
            for signatory in session.scalars(queries.signatories(edition))
        ),
        sources=_sources(used),
        contact=_contact(network),
    )
    logo = session.get(StoredFile, network.logo_id) if network.logo_id else None
    return Material(
        edition=plain,
        register=drawing.read(session, day),
        with_figure=edition.with_network,
        logo_sha256=logo.sha256 if logo else "",
        anchors={anchor_of(recommendation): recommendation.id for recommendation in used},
    )


def complete(material: Material, store: Store) -> content.Edition:
    """Add the pictures: the network and the logo. Raises FileNotFoundError if the logo is gone."""
    figure, threads = drawing.draw(material.register)
    return replace(
        material.edition,
        figure=figure if material.with_figure else None,
        threads=threads,
        logo=store.read(material.logo_sha256) if material.logo_sha256 else None,
    )


def day_of(edition: Edition) -> date:
    """Return the date that an edition bears: of its publication, or of its last change."""
    return clock.today(edition.published_at or edition.updated_at)


def anchor_of(recommendation: Recommendation) -> str:
    """Return the anchor of a recommendation, the same in every edition: « r-2023-014 »."""
    return slug(recommendation.code)


def _election(edition: Edition) -> str:
    election = edition.memorandum.election
    if election is None:
        return ""
    return f"{election.label} · {election.date_note}" if election.date_note else election.label


def _chapters(chapters: Sequence[Chapter]) -> tuple[content.Chapter, ...]:
    made: list[content.Chapter] = []
    number = 0
    for place, chapter in enumerate(chapters, start=1):
        items = []
        for item in chapter.items:
            number += 1
            items.append(_item(item.recommendation, number))
        # The place keeps two chapters of one name apart.
        anchor = f"chapitre-{place}-{slug(chapter.title)}"[:80].rstrip("-")
        made.append(
            content.Chapter(
                anchor=anchor, title=chapter.title, introduction=chapter.introduction, items=tuple(items)
            )
        )
    return tuple(made)


def _item(recommendation: Recommendation, number: int) -> content.Item:
    # Nothing is shown as an organisation's before it said that it is its own.
    contributions = [
        source.contribution for source in recommendation.sources if source.contribution.may_be_named
    ]
    bearers = dict.fromkeys(contribution.author for contribution in contributions)
    beneficiaries = BENEFICIARIES[recommendation.beneficiaries]
    return content.Item(
        anchor=anchor_of(recommendation),
        number=str(number),
        title=recommendation.title,
        text=recommendation.text,
        finding=recommendation.finding,
        justification=recommendation.justification,
        levels=tuple(content.Level(code=level.code, label=level.label) for level in recommendation.levels),
        beneficiaries=(beneficiaries[0].lower() + beneficiaries[1:],),
        bearers=tuple(bearers),
        origins=tuple(dict.fromkeys(_origin(contribution) for contribution in contributions)),
    )


def _origin(contribution: Contribution) -> content.Origin:
    """Say where a demand comes from; what an association told of its own work stays with the network."""
    if contribution.document is not None:
        return _document(contribution, contribution.document)
    year = (contribution.submitted_at or contribution.created_at).year
    call = f"appel « {contribution.campaign.title} »" if contribution.campaign else "contribution au réseau"
    return content.Origin(text=f"{contribution.short_author}, {call}, {year}")


def _document(contribution: Contribution, document: SourceDocument) -> content.Origin:
    year = str(document.year or "")
    parts = [contribution.short_author, document.title, "" if year in document.title else year]
    return content.Origin(text=", ".join(part for part in parts if part), url=document.url)


def _sources(recommendations: Iterable[Recommendation]) -> tuple[content.Origin, ...]:
    """List the documents that demands were taken from, each once."""
    documents = {
        _document(source.contribution, source.contribution.document)
        for recommendation in recommendations
        for source in recommendation.sources
        if source.contribution.may_be_named and source.contribution.document is not None
    }
    return tuple(sorted(documents, key=lambda origin: (origin.text.casefold(), origin.url)))


def _contact(network: settings.NetworkSettings) -> str:
    lines = (
        network.name,
        network.address,
        network.contact_email,
        network.contact_phone,
        network.website,
    )
    return "\n".join(line for line in lines if line)
