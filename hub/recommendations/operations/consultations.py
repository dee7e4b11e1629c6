"""Consulting a call's organisations on recommendations: which, in what order, from when to when."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from hub.core import audit, clock, mail, settings, tokens
from hub.core.errors import N_, DomainError
from hub.core.tokens import Token
from hub.recommendations.models.calls import Campaign, CampaignPhase, Invitation, PhaseKind
from hub.recommendations.models.carrying import CampaignRecommendation
from hub.recommendations.models.recommendations import SET_ASIDE, Recommendation
from hub.recommendations.operations import steps
from hub.recommendations.operations.campaigns import PURPOSE, end_of_links
from hub.recommendations.queries import calls as call_queries
from hub.recommendations.queries import carrying

ACTION = N_("Donner notre position")
CHANGED_MEANWHILE = N_("La liste a changé entre-temps. Rechargez la page.")


def add(
    session: Session,
    campaign: Campaign,
    recommendations: Iterable[Recommendation],
    *,
    actor: audit.Actor | str,
    now: datetime,
) -> int:
    """Put recommendations at the end of the list; return how many were new. Those set aside don't come in."""
    session.refresh(campaign, with_for_update=True)
    rows = list(session.scalars(carrying.consulted(campaign)))
    known = {row.recommendation_id for row in rows}
    place = max((row.position for row in rows), default=0)
    added = [row for row in recommendations if row.id not in known and row.state not in SET_ASIDE]
    for number, row in enumerate(added, start=place + 1):
        session.add(
            CampaignRecommendation(
                campaign_id=campaign.id, recommendation_id=row.id, position=number, created_at=now
            )
        )
    session.flush()
    if added:
        _record(session, "campaign.consultation_added", campaign, len(added), actor=actor, now=now)
    return len(added)


def remove(
    session: Session, campaign: Campaign, recommendation_id: int, *, actor: audit.Actor | str, now: datetime
) -> None:
    """Take one off the list. What organisations said of it is kept. Raises DomainError if it isn't there."""
    row = session.scalar(
        carrying.consulted(campaign).where(CampaignRecommendation.recommendation_id == recommendation_id)
    )
    if row is None:
        raise DomainError(CHANGED_MEANWHILE)
    session.delete(row)
    session.flush()
    _record(session, "campaign.consultation_removed", campaign, 1, actor=actor, now=now)


def order(session: Session, campaign: Campaign, wanted: Sequence[int]) -> None:
    """Put the list in that order of rows. Raises DomainError if it names others than there are."""
    rows = {row.id: row for row in session.scalars(carrying.consulted(campaign))}
    if sorted(wanted) != sorted(rows):
        raise DomainError(CHANGED_MEANWHILE)
    for place, number in enumerate(wanted, start=1):
        rows[number].position = place
    session.flush()


def set_period(
    session: Session,
    campaign: Campaign,
    starts_on: date,
    ends_on: date,
    *,
    actor: audit.Actor | str,
    now: datetime,
) -> None:
    """Say from which day to which organisations answer, both included; their links stay good until after.

    Raises DomainError if it ends before it begins.
    """
    if ends_on < starts_on:
        raise DomainError(N_("Le dernier jour vient après le premier."), field="ends_on")
    session.refresh(campaign, with_for_update=True)
    row = session.scalar(carrying.period(campaign))
    if row is None:
        row = CampaignPhase(campaign_id=campaign.id, kind=PhaseKind.CONSULT)
        session.add(row)
    before = {"starts_on": row.starts_on, "ends_on": row.ends_on}
    row.starts_on, row.ends_on = starts_on, ends_on
    session.flush()
    session.expire(campaign, ["phases"])
    keep_links(session, campaign)
    changes = audit.differences(before, {"starts_on": starts_on, "ends_on": ends_on})
    if changes:
        audit.record(session, "campaign.consultation_dated", campaign, actor=actor, now=now, changes=changes)


def keep_links(session: Session, campaign: Campaign) -> None:
    """Let the links of a call's organisations open their pages until after its consultation."""
    invited = select(Invitation.id).where(Invitation.campaign_id == campaign.id)
    until = end_of_links(campaign)
    session.execute(
        update(Token)
        .where(
            Token.purpose == PURPOSE,
            Token.subject_type == Invitation.__tablename__,
            Token.subject_id.in_(invited),
            Token.expires_at < until,
        )
        .values(expires_at=until)
        .execution_options(synchronize_session=False)
    )


def state(campaign: Campaign, phase: CampaignPhase | None, now: datetime) -> str:
    """Say where the consultation stands: draft, planned, open or closed."""
    if phase is None or not campaign.is_published:
        return "draft"
    today = clock.today(now)
    if today < phase.starts_on:
        return "planned"
    return "open" if today <= phase.ends_on else "closed"


def check_open(session: Session, campaign: Campaign, now: datetime) -> None:
    """Raise DomainError while organisations can't answer."""
    where = state(campaign, session.scalar(carrying.period(campaign)), now)
    if where == "closed":
        raise DomainError(N_("La consultation est close : les positions ne changent plus."))
    if where != "open":
        raise DomainError(N_("La consultation n’est pas encore ouverte."))


def waiting(session: Session, campaign: Campaign) -> list[Invitation]:
    """Return the invitations of those who haven't said where they stand on each that is still asked."""
    number = _number_asked(session, campaign)
    said = dict(session.execute(carrying.answers_counted(campaign)).all())
    invited = session.scalars(call_queries.invitations(campaign))
    return [row for row in invited if said.get(row.organisation_id, 0) < number]


def _number_asked(session: Session, campaign: Campaign) -> int:
    asked = carrying.still_asked(campaign).subquery()
    return session.scalar(select(func.count()).select_from(asked)) or 0


def ask(session: Session, campaign: Campaign, *, actor: audit.Actor | str, now: datetime) -> int:
    """Send its link to each that still has to answer, once a day at most; return how many mails left.

    Raises DomainError while nothing can be answered.
    """
    check_open(session, campaign, now)
    phase = session.scalars(carrying.period(campaign)).one()
    number = _number_asked(session, campaign)
    if not number:
        raise DomainError(N_("Choisissez d’abord les recommandations."))
    sent = [_send(session, row, phase, number, now=now) for row in waiting(session, campaign) if row.email]
    if any(sent):
        asked = [row.recommendation for row in session.scalars(carrying.consulted(campaign))]
        steps.consult(session, asked, actor=actor, now=now)
        _record(session, "campaign.consultation_sent", campaign, sum(sent), actor=actor, now=now)
    return sum(sent)


def _send(
    session: Session, invitation: Invitation, phase: CampaignPhase, number: int, *, now: datetime
) -> bool:
    version = clock.today(now).isoformat()
    known = select(mail.Message.id).where(
        mail.Message.subject_type == Invitation.__tablename__,
        mail.Message.subject_id == invitation.id,
        mail.Message.kind == "recommendations.consultation",
        mail.Message.version == version,
    )
    if session.scalar(known) is not None:
        return False
    campaign = invitation.campaign
    raw = tokens.issue(session, PURPOSE, invitation, now=now, until=end_of_links(campaign))
    network = settings.get(session)
    mail.queue(
        session,
        "recommendations.consultation",
        invitation,
        invitation.email,
        now=now,
        version=version,
        reply_to=network.contact_email,
        action=(ACTION, f"/contribution/{raw}/consultation"),
        organisation=invitation.organisation.name,
        call=campaign.title,
        number=number,
        last_day=phase.ends_on,
    )
    return True


def _record(
    session: Session, action: str, campaign: Campaign, count: int, *, actor: audit.Actor | str, now: datetime
) -> None:
    audit.record(session, action, campaign, actor=actor, now=now, changes={"count": [0, count]})
