"""Telling organisations what became of what they sent or amended: one mail a day at most, and a way out."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from hub.core import clock, mail, settings, tokens
from hub.core.errors import N_
from hub.recommendations.models.calls import Invitation
from hub.recommendations.models.contributions import CONTRIBUTION_STATES, Contribution
from hub.recommendations.models.recommendations import OUTCOMES, RECOMMENDATION_STATES
from hub.recommendations.models.versions import AMENDMENT_STATES, Amendment
from hub.recommendations.operations.campaigns import PURPOSE, end_of_link
from hub.recommendations.queries import fates as queries

KIND = "recommendations.fate"
LOOKED_BACK = timedelta(days=7)  # what nobody could be told for longer stands on the receipts alone


def tell(session: Session, identifiers: Iterable[int], *, now: datetime) -> int:
    """Write to each of those invited what changed since its last mail; return how many mails left.

    Whoever stopped these mails, has no address or was written to today is left out.
    """
    told = queries.last_told(session, identifiers := list(identifiers), KIND)
    count = 0
    for invitation in session.scalars(queries.invitations(identifiers)):
        since = max(told.get(invitation.id, now - LOOKED_BACK), now - LOOKED_BACK)
        changed = session.scalars(queries.changed(invitation, since)).unique().all()
        answered = session.scalars(queries.answered(invitation, since)).all()
        if (changed or answered) and _write(session, invitation, changed, answered, now):
            count += 1
    return count


def _write(
    session: Session,
    invitation: Invitation,
    changed: Iterable[Contribution],
    answered: Iterable[Amendment],
    now: datetime,
) -> bool:
    version = clock.today(now).isoformat()
    if queries.was_told(session, invitation, KIND, version):
        return False
    until = end_of_link(invitation.campaign, now)
    path = f"/contribution/{tokens.issue(session, PURPOSE, invitation, now=now, until=until)}"
    stop = f"{path}/nouvelles"
    mail.queue(
        session, KIND, invitation, invitation.email, now=now, version=version, unsubscribe=stop,
        reply_to=settings.get(session).contact_email, action=(N_("Voir ce qu’elles deviennent"), path),
        organisation=invitation.organisation.name, call=invitation.campaign.title,
        changed=[_said(row) for row in changed], answered=[_replied(row) for row in answered],
        stop=f"{mail.site(session).base_url}{stop}",
    )  # fmt: skip
    return True


def _said(row: Contribution) -> list[object]:
    """Return [its words, its state, the reason, [[code, title, state, reason, outcome]]] for the mail."""
    return [
        " ".join(row.proposal.split()),
        CONTRIBUTION_STATES[row.state],
        row.triage_reason,
        [
            [
                made.code,
                made.title,
                RECOMMENDATION_STATES[made.state],
                made.state_reason,
                OUTCOMES[made.outcome] if made.outcome else "",
            ]
            for made in (source.recommendation for source in row.sources)
        ],
    ]


def _replied(row: Amendment) -> list[object]:
    """Return [code, title, the answer's word, its reason] of an amendment as the mail tells it."""
    asked = row.recommendation
    return [asked.code, asked.title, AMENDMENT_STATES[row.state], row.answer]


def stop(session: Session, invitation: Invitation, *, now: datetime) -> None:
    """Write no more of these mails to that organisation about that call; its receipts stay."""
    invitation.news_stopped_at = invitation.news_stopped_at or now
    session.flush()


def resume(session: Session, invitation: Invitation) -> None:
    """Write them again."""
    invitation.news_stopped_at = None
    session.flush()
