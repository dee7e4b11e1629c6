"""Splitting a contribution that holds several demands: it stays as it was sent, parts are made of it."""

import re
from collections.abc import Sequence
from datetime import datetime

from sqlalchemy.orm import Session

from hub.accounts.models import User
from hub.core import audit
from hub.core.errors import N_, DomainError
from hub.core.search import fold
from hub.recommendations.models.contributions import Contribution, ContributionState
from hub.recommendations.queries import documents as document_queries
from memoranda.similarity.demands import demands

MOST = 12
"""Parts of one text."""
FEWEST = 2
UNSPLIT = N_("La scission est défaite : le texte est lu en entier.")
TO_READ = {ContributionState.SUBMITTED, ContributionState.CONFIRMED}


def suggested(text: str) -> list[str]:
    """Return the demands that a text seems to hold, in its own words; none where it holds one."""
    return [text[span.start : span.end] for span in demands(text)][:MOST]


def refusal(row: Contribution, *, is_split: bool) -> str | None:
    """Say why a contribution can't be split, None where it can."""
    if is_split:
        return N_("Cette contribution est déjà scindée.")
    if row.part_of_id is not None:
        return N_("Cette contribution est elle-même une partie : scindez plutôt le texte entier.")
    if row.sources:
        return N_("Une recommandation en est faite : détachez-la d’abord de cette recommandation.")
    if row.state not in TO_READ:
        return N_("Seule une contribution qui attend d’être reprise se scinde.")
    return None


def split(
    session: Session, row: Contribution, parts: Sequence[str], *, actor: audit.Actor | str, now: datetime
) -> list[Contribution]:
    """Make a contribution of each part, with all else that the whole says; the whole stays as it was sent.

    Nothing is put into an organisation's mouth: a part holds words of the text, as they follow each other
    there. Raises DomainError for fewer than two parts, other words, the same part twice, or a contribution
    that can't be split (see `refusal`).
    """
    # Whoever splits this one waits here: two clicks split it once.
    session.refresh(row, with_for_update=True)
    is_split = session.scalar(document_queries.parts(row).limit(1)) is not None
    problem = refusal(row, is_split=is_split)
    if problem:
        raise DomainError(problem)
    _check(row.proposal, parts)
    made = [_part(row, text, actor, now) for text in parts]
    session.add_all(made)
    session.flush()
    # The guards let the levels be written only before it counts as sent, and a link has one draft.
    for part in made:
        part.state, part.submitted_at, part.invitation_id = row.state, row.submitted_at, row.invitation_id
        part.confirmed_at, part.confirmed_how = row.confirmed_at, row.confirmed_how
    session.flush()
    changes = {"count": [None, len(made)]}
    audit.record(session, "contribution.split", row, actor=actor, now=now, changes=changes)
    for part in made:
        changes = {"contribution": [None, row.id]}
        audit.record(session, "contribution.split_from", part, actor=actor, now=now, changes=changes)
    return made


def undo_refusal(session: Session, parts: Sequence[Contribution]) -> str | None:
    """Say why a splitting into these parts can't be undone, None where it can."""
    if not parts:
        return N_("Cette contribution n’est pas scindée.")
    numbers = [part.id for part in parts]
    if any(part.state not in TO_READ for part in parts) or session.scalar(document_queries.rests_on(numbers)):
        return N_("Une de ses parties a déjà servi : reprenez d’abord ce qui en est fait.")
    return None


def undo(session: Session, row: Contribution, *, actor: audit.Actor | str, now: datetime) -> None:
    """Read the whole again instead of its parts; these stay as they were sent, withdrawn.

    Raises DomainError where something was made of a part.
    """
    session.refresh(row, with_for_update=True)
    parts = session.scalars(document_queries.parts(row).with_for_update()).all()
    problem = undo_refusal(session, parts)
    if problem:
        raise DomainError(problem)
    for part in parts:
        # Nobody took anything back, so nobody is told: the whole goes on in their place.
        part.unsplit_at, part.state, part.triage_reason = now, ContributionState.WITHDRAWN, UNSPLIT
    session.flush()
    changes = {"count": [len(parts), None]}
    audit.record(session, "contribution.unsplit", row, actor=actor, now=now, changes=changes)
    for part in parts:
        changes = {"contribution": [row.id, None]}
        audit.record(session, "contribution.unsplit_from", part, actor=actor, now=now, changes=changes)


def _check(text: str, parts: Sequence[str]) -> None:
    if not FEWEST <= len(parts) <= MOST:
        raise DomainError(
            N_("Écrivez de %(fewest)d à %(most)d demandes."), field="parts", fewest=FEWEST, most=MOST
        )
    whole = _plain(text)
    for number, part in enumerate(parts, start=1):
        if not _stands(_plain(part), whole):
            raise DomainError(
                N_(
                    "La demande %(number)d ne suit pas les mots du texte. Reprenez-les tels quels : "
                    "vous les remanierez dans la recommandation."
                ),
                field="parts",
                number=number,
            )
    if len({_plain(part) for part in parts}) < len(parts):
        raise DomainError(N_("Deux demandes disent la même chose."), field="parts")


def _stands(part: str, whole: str) -> bool:
    """Say whether a part stands in the whole, in entire words: « parc » is none of « parcours »."""
    return bool(part) and re.search(rf"(?<!\w){re.escape(part)}(?!\w)", whole) is not None


def _plain(text: str) -> str:
    """Return words as they follow each other, whatever the capital they begin with and the blanks between."""
    return " ".join(text.split()).casefold()


def _part(row: Contribution, text: str, actor: audit.Actor | str, now: datetime) -> Contribution:
    return Contribution(
        part_of_id=row.id,
        organisation_id=row.organisation_id,
        campaign_id=row.campaign_id,
        channel=row.channel,
        proposal=text,
        finding=row.finding,
        origin=row.origin,
        theme_id=row.theme_id,
        levels=list(row.levels),
        beneficiaries=row.beneficiaries,
        document_id=row.document_id,
        source_page=row.source_page,
        quote=row.quote,
        workshop_id=row.workshop_id,
        table_name=row.table_name,
        entered_by_id=actor.id if isinstance(actor, User) else None,
        created_at=now,
        saved_at=now,
        search_text=fold(f"{text} {row.finding} {row.origin}"),
    )
