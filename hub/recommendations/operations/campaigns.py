"""Opening, changing and closing a call for recommendations."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from hub.actors.models.reference import Territory
from hub.core import audit, clock
from hub.core.errors import N_, DomainError
from hub.core.search import slug
from hub.core.tokens import Token
from hub.recommendations.models.calls import Campaign, Invitation

PURPOSE = "campaign.answer"
RECEIPT_PERIOD = timedelta(days=90)  # how long, after the end, a link still shows what was sent
RESERVED = {"nouveau"}  # parts of our own addresses


@dataclass(frozen=True, slots=True)
class CallWords:
    """What a coordinator says of a call; `closes_at` is the first moment after its period.

    Without a `territory` it is asked of the whole network, for wherever it works.
    """

    title: str
    introduction: str
    opens_at: datetime
    closes_at: datetime
    territory: Territory | None = None


def create(session: Session, words: CallWords, *, actor: audit.Actor | str, now: datetime) -> Campaign:
    """Add a call, unpublished. Raises DomainError if it ends before it begins."""
    _check_period(words)
    campaign = Campaign(
        slug=_free_slug(session, words.title),
        title=words.title,
        introduction=words.introduction,
        opens_at=words.opens_at,
        closes_at=words.closes_at,
        territory=words.territory,
        created_at=now,
    )
    session.add(campaign)
    session.flush()
    audit.record(session, "campaign.created", campaign, actor=actor, now=now)
    return campaign


def edit(
    session: Session, campaign: Campaign, words: CallWords, *, actor: audit.Actor | str, now: datetime
) -> None:
    """Change a call; the links of those invited follow its new end. Its address stays."""
    _check_period(words)
    after = {
        "title": words.title,
        "introduction": words.introduction,
        "opens_at": words.opens_at,
        "closes_at": words.closes_at,
    }
    changes = audit.differences({name: getattr(campaign, name) for name in after}, after)
    before = campaign.territory
    if before is not words.territory:
        changes["territory"] = [each.name if each else None for each in (before, words.territory)]
    if not changes:
        return
    campaign.territory = words.territory
    for name, value in after.items():
        setattr(campaign, name, value)
    session.flush()
    if "closes_at" in changes:
        _move_end_of_links(session, campaign)
    if "introduction" in changes:
        changes["introduction"] = ["…", "…"]  # free text: history says that it changed, not how (S16)
    audit.record(session, "campaign.edited", campaign, actor=actor, now=now, changes=changes)


def publish(session: Session, campaign: Campaign, *, actor: audit.Actor | str, now: datetime) -> None:
    """Let everybody read the call, and those invited answer in its period."""
    if campaign.is_published:
        return
    campaign.is_published = True
    session.flush()
    audit.record(session, "campaign.published", campaign, actor=actor, now=now)


def withdraw(session: Session, campaign: Campaign, *, actor: audit.Actor | str, now: datetime) -> None:
    """Take the call back from the public; what was sent stays, and so do the receipts."""
    if not campaign.is_published:
        return
    campaign.is_published = False
    session.flush()
    audit.record(session, "campaign.withdrawn", campaign, actor=actor, now=now)


def end_of_links(campaign: Campaign) -> datetime:
    """Return the moment until which an invited organisation's link opens its page."""
    ends = [campaign.closes_at, *(clock.end_of_day(phase.ends_on) for phase in campaign.phases)]
    return max(ends) + RECEIPT_PERIOD


def end_of_link(campaign: Campaign, now: datetime) -> datetime:
    """Return until when a link sent now opens: what became of a demand may be asked years later."""
    return max(end_of_links(campaign), now + RECEIPT_PERIOD)


def _check_period(words: CallWords) -> None:
    if words.closes_at <= words.opens_at:
        raise DomainError(N_("L’appel doit se clore après son ouverture."), field="closes_on")


def _free_slug(session: Session, title: str) -> str:
    base = slug(title)
    taken = RESERVED | set(session.scalars(select(Campaign.slug).where(Campaign.slug.startswith(base))))
    number = 1
    found = base
    while found in taken:
        number += 1
        found = f"{base}-{number}"
    return found


def _move_end_of_links(session: Session, campaign: Campaign) -> None:
    invited = select(Invitation.id).where(Invitation.campaign_id == campaign.id)
    session.execute(
        update(Token)
        .where(
            Token.purpose == PURPOSE,
            Token.subject_type == Invitation.__tablename__,
            Token.subject_id.in_(invited),
        )
        .values(expires_at=end_of_links(campaign))
        .execution_options(synchronize_session=False)
    )
