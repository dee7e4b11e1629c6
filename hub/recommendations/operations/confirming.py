"""Whose words a contribution holds: its organisation says so, or that they aren't its own.

What was sent behind an organisation's own link, or stands in what it has published, is confirmed at once;
what a coordinator enters in its name waits for it. Until then nothing public names the organisation for it.
"""

from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from hub.core import audit, clock, mail, settings, tokens
from hub.core.errors import N_, DomainError
from hub.recommendations.models.calls import Invitation
from hub.recommendations.models.contributions import Confirmation, Contribution, ContributionState
from hub.recommendations.operations import triage
from hub.recommendations.queries import contributions as contribution_queries
from hub.recommendations.queries import documents as document_queries

PURPOSE = "contribution.confirm"
LINK_PERIOD = timedelta(days=90)
KIND = "recommendations.confirmation"
OVER = {ContributionState.DRAFT, ContributionState.WITHDRAWN}


def ask(session: Session, contribution: Contribution, *, actor: audit.Actor | str, now: datetime) -> bool:
    """Write to the organisation, at the address we know, to confirm its words; once a day at most.

    Returns whether a mail left. Raises DomainError without such an address, or where nothing waits.
    """
    triage.lock(session, contribution)
    if contribution.organisation is None or contribution.is_confirmed or contribution.state in OVER:
        raise DomainError(N_("Cette contribution n’attend pas de confirmation."))
    email = address_of(session, contribution)
    if not email:
        raise DomainError(N_("Cette organisation n’a pas d’adresse : écrivez-la d’abord sur sa fiche."))
    version = clock.today(now).isoformat()
    if contribution_queries.was_written(session, contribution, KIND, version):
        return False
    raw = tokens.issue(session, PURPOSE, contribution, now=now, lifetime=LINK_PERIOD)
    network = settings.get(session)
    mail.queue(
        session, KIND, contribution, email, now=now, version=version, reply_to=network.contact_email,
        action=(N_("Lire et répondre"), f"/confirmation/{raw}"),
        organisation=contribution.organisation.name, finding=contribution.finding,
        proposal=contribution.proposal, channel=contribution.channel.value, sent_at=contribution.submitted_at,
    )  # fmt: skip
    audit.record(session, "contribution.confirmation_asked", contribution, actor=actor, now=now)
    return True


def address_of(session: Session, contribution: Contribution) -> str:
    """Return the organisation's own address: the one of its invitation to the call, else its card's."""
    if contribution.organisation is None:
        return ""
    invited: Invitation | None = session.scalar(contribution_queries.invitation_of(contribution))
    return (invited.email if invited else "") or contribution.organisation.email


def confirm(
    session: Session,
    contribution: Contribution,
    how: Confirmation,
    *,
    actor: audit.Actor | str,
    now: datetime,
) -> None:
    """Note that the organisation says that these words are its own, and the parts that were made of them.

    A second time changes nothing.

    Raises DomainError for a draft, for what was withdrawn, and where no organisation speaks.
    """
    triage.lock(session, contribution)
    if contribution.is_confirmed:
        return
    if contribution.organisation_id is None or contribution.state in OVER:
        raise DomainError(N_("Cette contribution n’attend pas de confirmation."))
    # Who says that a text is its own says so of each demand in it.
    parts = session.scalars(document_queries.parts(contribution).with_for_update())
    for row in (contribution, *(part for part in parts if not part.is_confirmed and part.state not in OVER)):
        row.confirmed_at, row.confirmed_how = now, how
        if row.state == ContributionState.SUBMITTED:
            row.state = ContributionState.CONFIRMED
        session.flush()
        audit.record(
            session, "contribution.confirmed", row, actor=actor, now=now, changes={"how": [None, how]}
        )


def withdraw(
    session: Session, contribution: Contribution, *, reason: str, actor: audit.Actor | str, now: datetime
) -> None:
    """Take it back for the organisation, with its reason: no recommendation rests on it or a part any more.

    Its words stay as they were sent. Should it be put back, the organisation has to confirm it anew.
    Raises DomainError without a reason, or for a draft.
    """
    if not reason:
        raise DomainError(N_("Dites en une phrase pourquoi."), field="reason")
    triage.lock(session, contribution)
    if contribution.state == ContributionState.WITHDRAWN:
        return
    if contribution.state == ContributionState.DRAFT:
        raise DomainError(N_("Cette contribution n’est pas encore envoyée."), field="reason")
    parts = session.scalars(document_queries.parts(contribution).with_for_update())
    for row in (contribution, *(part for part in parts if part.state not in OVER)):
        for source in list(row.sources):
            triage.detach(session, source, reason=reason, actor=actor, now=now)
        row.confirmed_at = row.confirmed_how = None
        triage.move(session, row, ContributionState.WITHDRAWN, reason, actor=actor, now=now)
    _tell_coordination(session, contribution, reason, now)


def _tell_coordination(session: Session, contribution: Contribution, reason: str, now: datetime) -> None:
    network = settings.get(session)
    if not network.contact_email or contribution.organisation is None:
        return
    mail.queue(
        session, "recommendations.withdrawn", contribution, network.contact_email, now=now,
        version=now.isoformat(timespec="seconds"),
        action=(N_("Ouvrir la contribution"), f"/recommandations/contributions/{contribution.id}"),
        organisation=contribution.organisation.name, number=contribution.id,
        proposal=contribution.proposal, reason=reason,
    )  # fmt: skip
