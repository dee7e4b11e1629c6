"""Where the demands of an edition come from, in the words that are printed: always French."""

from collections import defaultdict
from collections.abc import Iterable, Sequence

from hub.recommendations.models.contributions import Contribution
from hub.recommendations.models.documents import SourceDocument
from memoranda.content import Consultation, Origin


def consultations(contributions: Sequence[Contribution]) -> tuple[Consultation, ...]:
    """Count by call, workshop or document what the recommendations were made of."""
    found: defaultdict[str, list[Contribution]] = defaultdict(list)
    for one in contributions:
        found[_occasion(one)].append(one)
    return tuple(
        Consultation(
            what=what,
            when=_years(rows),
            organisations=len({one.organisation_id for one in rows if one.organisation_id}),
            contributions=len(rows),
        )
        for what, rows in sorted(found.items(), key=lambda pair: (-len(pair[1]), pair[0]))
    )


def _occasion(contribution: Contribution) -> str:
    if contribution.document is not None:
        return "Documents publiés par des organisations"
    if contribution.campaign is not None:
        return f"Appel « {contribution.campaign.title} »"
    if contribution.workshop is not None:
        return f"Atelier « {contribution.workshop.title} »"
    return "Contributions reçues en dehors d’un appel"


def _years(contributions: Sequence[Contribution]) -> str:
    years = [(one.submitted_at or one.created_at).year for one in contributions]
    first, last = min(years), max(years)
    return str(first) if first == last else f"{first}–{last}"


def origin(contribution: Contribution) -> Origin:
    """Say where a demand comes from; what an association told of its own work stays with the network."""
    if contribution.document is not None:
        return _document(contribution, contribution.document)
    year = (contribution.submitted_at or contribution.created_at).year
    call = f"appel « {contribution.campaign.title} »" if contribution.campaign else "contribution au réseau"
    return Origin(text=f"{contribution.short_author}, {call}, {year}")


def _document(contribution: Contribution, document: SourceDocument) -> Origin:
    year = str(document.year or "")
    parts = [contribution.short_author, document.title, "" if year in document.title else year]
    return Origin(text=", ".join(part for part in parts if part), url=document.url)


def documents(contributions: Iterable[Contribution]) -> tuple[Origin, ...]:
    """List the documents that demands were taken from, each once."""
    found = {_document(one, one.document) for one in contributions if one.document is not None}
    return tuple(sorted(found, key=lambda one: (one.text.casefold(), one.url)))
