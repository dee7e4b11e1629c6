"""Where organisations stand on recommendations: one voice each, whoever clicks; every change is kept."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.accounts.models import User
from hub.actors.models.organisations import Organisation
from hub.core import audit
from hub.core.errors import N_, DomainError
from hub.recommendations.models.calls import Invitation
from hub.recommendations.models.carrying import (
    CampaignRecommendation,
    RecommendationPosition,
    Support,
    VoiceChannel,
)
from hub.recommendations.models.recommendations import SET_ASIDE, Recommendation
from hub.recommendations.operations import consultations
from hub.recommendations.queries import carrying

LONGEST = 2000
BY_LINK = N_("lien personnel")
GONE = N_("Cette recommandation n’est plus dans la consultation.")


@dataclass(frozen=True, slots=True)
class Said:
    """What somebody typed on a page about one recommendation.

    `version` is what the page showed; `seen` the number of the voice that it showed (0: none), so that
    two people of one organisation never overwrite each other unseen.
    """

    recommendation_id: int
    support: Support
    reason: str
    version: int
    seen: int


class VoiceMovedError(DomainError):
    """Somebody else of the organisation has answered meanwhile; `other` is what stands."""

    def __init__(self, other: RecommendationPosition) -> None:
        super().__init__(
            N_(
                "Quelqu’un de votre organisation a répondu autrement entre-temps. Relisez, puis enregistrez "
                "de nouveau."
            ),
            field=f"r{other.recommendation_id}-support",
        )
        self.other = other


def say(
    session: Session,
    invitation: Invitation,
    said: Sequence[Said],
    *,
    channel: VoiceChannel,
    actor: User | str,
    now: datetime,
) -> int:
    """Keep where the organisation stands on what was answered; return how many voices changed.

    All or nothing. Raises DomainError out of the days of the consultation, for a recommendation that isn't in
    it, whose text has changed, or a reservation without words; VoiceMovedError as it says. The `field` is
    `r<recommendation's number>-support` or `-reason`; none for what was set aside: its question is gone.
    """
    consultations.check_open(session, invitation.campaign, now)
    hold(session, invitation)
    numbers = [each.recommendation_id for each in said]
    listed = _listed(session, invitation, numbers)
    rows = session.scalars(
        carrying.said_of(numbers, invitation.organisation_id, [each.seen for each in said])
    ).all()
    shown = {row.id: row for row in rows}
    standing = {row.recommendation_id: row for row in rows if row.ended_at is None}
    since = dict(session.execute(carrying.substantive_of(numbers)).all())
    changed = [each for each in said if _differs(each, shown.get(each.seen), standing, since)]
    for each in changed:
        _check(each, listed.get(each.recommendation_id))
        _check_unmoved(each, standing.get(each.recommendation_id))
    for each in changed:
        _keep(
            session, invitation, listed[each.recommendation_id], each, standing.get(each.recommendation_id),
            channel=channel, actor=actor, now=now,
        )  # fmt: skip
    return len(changed)


def hold(session: Session, invitation: Invitation) -> None:
    """Let voices of one organisation come one after the other, from whichever page."""
    session.scalar(
        select(Organisation.id)
        .where(Organisation.id == invitation.organisation_id)
        .with_for_update(key_share=True)
    )


def _listed(session: Session, invitation: Invitation, numbers: Sequence[int]) -> dict[int, Recommendation]:
    rows = session.scalars(
        select(Recommendation)
        .join(CampaignRecommendation, CampaignRecommendation.recommendation_id == Recommendation.id)
        .where(
            CampaignRecommendation.campaign_id == invitation.campaign_id, Recommendation.id.in_(list(numbers))
        )
        .execution_options(populate_existing=True)
    )
    return {row.id: row for row in rows}


def _differs(
    each: Said,
    shown: RecommendationPosition | None,
    standing: dict[int, RecommendationPosition],
    since: dict[int, int],
) -> bool:
    """Say whether this person changed anything: what the page showed is not an answer of theirs."""
    answers = [row for row in (shown, standing.get(each.recommendation_id)) if row is not None]
    return not any(
        (row.support, row.reason) == (each.support, words(each.reason))
        and row.version >= since.get(row.recommendation_id, 0)
        for row in answers
    )


def words(reason: str) -> str:
    """Return a reason as it is kept: browsers send other line breaks than they were given."""
    return "\n".join(reason.strip().splitlines())


def _check(each: Said, row: Recommendation | None) -> None:
    at = f"r{each.recommendation_id}-support"
    if row is None:
        raise DomainError(GONE, field=at)
    if row.state in SET_ASIDE:
        raise DomainError(GONE)
    if row.version != each.version:
        raise DomainError(
            N_("Son texte vient de changer. Relisez-le, puis enregistrez de nouveau."), field=at
        )
    if each.support == Support.RESERVATIONS and not words(each.reason):
        raise DomainError(N_("Dites quelles sont vos réserves."), field=f"r{row.id}-reason")
    if len(each.reason) > LONGEST:
        raise DomainError(N_("%(number)s signes au plus."), field=f"r{row.id}-reason", number=LONGEST)


def _check_unmoved(each: Said, standing: RecommendationPosition | None) -> None:
    if standing is not None and standing.id != each.seen:
        raise VoiceMovedError(standing)


def _keep(
    session: Session,
    invitation: Invitation,
    row: Recommendation,
    each: Said,
    standing: RecommendationPosition | None,
    *,
    channel: VoiceChannel,
    actor: User | str,
    now: datetime,
) -> None:
    if standing is not None:
        standing.ended_at = now
        session.flush()
    session.add(
        RecommendationPosition(
            recommendation_id=row.id, version=row.version, organisation_id=invitation.organisation_id,
            support=each.support, reason=words(each.reason), channel=channel,
            entered_by_id=None if isinstance(actor, str) else actor.id, created_at=now,
        )
    )  # fmt: skip
    session.flush()
    audit.record(
        session, "recommendation.position_said", row, actor=actor, now=now,
        changes={
            "organisation": [None, invitation.organisation.name],
            "support": [standing.support.value if standing else None, each.support.value],
            "channel": [None, channel.value],
        },
    )  # fmt: skip
