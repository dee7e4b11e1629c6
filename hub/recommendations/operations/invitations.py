"""Inviting organisations to a call: each has a link of its own, sent to its own address only."""

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.actors.models.organisations import Organisation, OrganisationState
from hub.core import audit, clock, mail, settings, tokens
from hub.core.errors import N_, DomainError
from hub.recommendations.models.calls import Campaign, Invitation
from hub.recommendations.operations.campaigns import PURPOSE, end_of_link
from hub.recommendations.queries import calls as call_queries
from hub.recommendations.queries import contributions as contribution_queries

ACTION = N_("Écrire ma contribution")
ACTION_OVER = N_("Voir ce qu’elles deviennent")


def invite(
    session: Session,
    campaign: Campaign,
    organisations: Iterable[tuple[Organisation, str]],
    *,
    actor: audit.Actor | str,
    now: datetime,
) -> int:
    """Add (organisation, address) to those asked, nothing being sent yet; return how many were new.

    An empty address may be written later. Raises DomainError for an address that can't exist.
    """
    known = set(
        session.scalars(select(Invitation.organisation_id).where(Invitation.campaign_id == campaign.id))
    )
    added = [
        Invitation(
            campaign_id=campaign.id,
            organisation_id=organisation.id,
            email=mail.address(email) if email.strip() else "",
            created_at=now,
        )
        for organisation, email in organisations
        if organisation.id not in known
    ]
    session.add_all(added)
    session.flush()
    if added:
        audit.record(
            session, "campaign.invited", campaign, actor=actor, now=now, changes={"count": [0, len(added)]}
        )
    return len(added)


def set_email(
    session: Session, invitation: Invitation, email: str, *, actor: audit.Actor | str, now: datetime
) -> None:
    """Write the address to which this call's mails go; the organisation's own card stays as it is."""
    address = mail.address(email)
    if address == invitation.email:
        return
    invitation.email = address
    session.flush()
    audit.record(session, "invitation.address_changed", invitation, actor=actor, now=now)


def remove(session: Session, invitation: Invitation, *, actor: audit.Actor | str, now: datetime) -> None:
    """Take an organisation off the list. Raises DomainError once its link has left or it has answered."""
    if invitation.times_sent or session.scalar(contribution_queries.draft_of(invitation)) is not None:
        raise DomainError(N_("Son lien est déjà parti : cette organisation reste dans la liste."))
    name = invitation.organisation.name
    audit.record(
        session,
        "campaign.invitation_removed",
        invitation.campaign,
        actor=actor,
        now=now,
        changes={"organisation": [name, None]},
    )
    session.delete(invitation)
    session.flush()


def send_all(session: Session, campaign: Campaign, *, actor: audit.Actor | str, now: datetime) -> int:
    """Send its link to each organisation with an address that hasn't had it; return how many mails left."""
    _check_can_send(campaign, now)
    waiting = session.scalars(
        call_queries.invitations(campaign).where(Invitation.times_sent == 0, Invitation.email != "")
    )
    sent = [_send(session, row, "recommendations.invitation", "1", now=now) for row in waiting]
    if any(sent):
        audit.record(
            session, "campaign.invitations_sent", campaign, actor=actor, now=now,
            changes={"count": [0, sum(sent)]},
        )  # fmt: skip
    return sum(sent)


def remind_all(session: Session, campaign: Campaign, *, actor: audit.Actor | str, now: datetime) -> int:
    """Remind every organisation that has its link and sent nothing; return how many mails left."""
    _check_can_send(campaign, now)
    sent = [_remind(session, row, now) for row in session.scalars(call_queries.unanswered(campaign))]
    if any(sent):
        audit.record(
            session, "campaign.reminders_sent", campaign, actor=actor, now=now,
            changes={"count": [0, sum(sent)]},
        )  # fmt: skip
    return sum(sent)


def send_new_link(
    session: Session, invitation: Invitation, *, seen: int, actor: audit.Actor | str, now: datetime
) -> bool:
    """End the links that the organisation has and send it a new one, unless that was just done.

    `seen` is how often the person who asks saw it sent: a second click sends nothing. Once the call is
    closed, it shows what became of what was sent. Raises DomainError for a call that isn't public, or an
    organisation without address.
    """
    _check_is_public(invitation.campaign)
    session.refresh(invitation, with_for_update=True)
    if invitation.times_sent != seen:
        return False
    if not invitation.email:
        raise DomainError(N_("Écrivez d’abord l’adresse de cette organisation."), field="email")
    tokens.revoke(session, PURPOSE, invitation, now=now)
    kind = "recommendations.link" if _is_over(invitation.campaign, now) else "recommendations.invitation"
    sent = _send(session, invitation, kind, str(seen + 1), now=now)
    audit.record(session, "invitation.sent", invitation, actor=actor, now=now)
    return sent


def send_requested_link(
    session: Session, campaign: Campaign, organisation: Organisation, email: str, *, key: str, now: datetime
) -> bool:
    """Send the organisation its link if that address is its own, in the register or in the invitation.

    `key` names the request, so that doing it twice sends one mail. Whoever asked learns nothing. Once the
    call is closed, only who was invited has something to see there.
    """
    if not gives_links(campaign, now) or organisation.state != OrganisationState.ACTIVE:
        return False
    row = session.scalar(
        select(Invitation).where(
            Invitation.campaign_id == campaign.id, Invitation.organisation_id == organisation.id
        )
    )
    own = {organisation.email.casefold(), row.email.casefold() if row else ""} - {""}
    wanted = email.strip().casefold()
    if wanted not in own or (row is None and _is_over(campaign, now)):
        return False
    if row is None:
        row = Invitation(
            campaign_id=campaign.id,
            organisation_id=organisation.id,
            email=organisation.email,
            created_at=now,
        )
        session.add(row)
        session.flush()
    to = row.email if row.email.casefold() == wanted else organisation.email
    return _send(session, row, "recommendations.link", key, now=now, to=to)


def gives_links(campaign: Campaign, now: datetime) -> bool:
    """Say whether organisations may ask for their link: from the opening on, without an end."""
    return campaign.is_published and campaign.opens_at <= now


def _is_over(campaign: Campaign, now: datetime) -> bool:
    return now >= campaign.closes_at


def _check_is_public(campaign: Campaign) -> None:
    if not campaign.is_published:
        raise DomainError(N_("Publiez d’abord l’appel : les liens mènent à sa page."))


def _check_can_send(campaign: Campaign, now: datetime) -> None:
    _check_is_public(campaign)
    if _is_over(campaign, now):
        raise DomainError(N_("L’appel est clos. Prolongez sa période pour envoyer des liens."))


def _remind(session: Session, invitation: Invitation, now: datetime) -> bool:
    # One reminder a day at most, however often the button is pressed.
    return _send(session, invitation, "recommendations.reminder", clock.today(now).isoformat(), now=now)


def _send(
    session: Session, invitation: Invitation, kind: str, version: str, *, now: datetime, to: str = ""
) -> bool:
    if not (to or invitation.email) or _is_queued(session, invitation, kind, version):
        return False
    campaign = invitation.campaign
    raw = tokens.issue(session, PURPOSE, invitation, now=now, until=end_of_link(campaign, now))
    network = settings.get(session)
    mail.queue(
        session,
        kind,
        invitation,
        to or invitation.email,
        now=now,
        version=version,
        reply_to=network.contact_email,
        action=(ACTION_OVER if _is_over(campaign, now) else ACTION, f"/contribution/{raw}"),
        organisation=invitation.organisation.name,
        call=campaign.title,
        opens_at=campaign.opens_at,
        last_day=campaign.last_day,
        is_open=campaign.opens_at <= now,
        is_over=_is_over(campaign, now),
        contact=network.contact_email,
    )
    invitation.sent_at = now
    invitation.times_sent += 1
    session.flush()
    return True


def _is_queued(session: Session, invitation: Invitation, kind: str, version: str) -> bool:
    known = select(mail.Message.id).where(
        mail.Message.subject_type == Invitation.__tablename__,
        mail.Message.subject_id == invitation.id,
        mail.Message.kind == kind,
        mail.Message.version == version,
    )
    return session.scalar(known) is not None
