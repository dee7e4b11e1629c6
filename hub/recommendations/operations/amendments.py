"""What organisations and spaces propose to change, paragraph by paragraph, and what is answered.

Taking applies to the words as they stand and makes a new version; where the paragraph has changed meanwhile
nothing is overwritten. Nothing of an amendment is public.
"""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.accounts.models import User
from hub.actors.models.organisations import Organisation
from hub.core import audit
from hub.core.errors import N_, DomainError
from hub.recommendations.models.calls import Invitation
from hub.recommendations.models.carrying import CampaignRecommendation, VoiceChannel
from hub.recommendations.models.recommendations import SET_ASIDE, Recommendation
from hub.recommendations.models.versions import (
    AMENDMENT_STATES,
    AmendedPart,
    Amendment,
    AmendmentState,
    Weight,
)
from hub.recommendations.operations import consultations, recommendations
from hub.recommendations.operations.endorsements import FINAL
from hub.recommendations.queries import amendments as queries
from hub.recommendations.values.paragraphs import paragraphs, place_of, replaced
from hub.spaces.models.meetings import Meeting
from hub.spaces.models.spaces import Space

LONGEST = {AmendedPart.TITLE: 250}
LONGEST_TEXT, LONGEST_REASON = 10_000, 2_000
CHANGED = N_("Ce passage vient de changer. Relisez-le : ce que vous avez écrit est gardé ci-dessous.")
CONFLICT = N_(
    "Ce passage a changé depuis que l’amendement a été proposé : rien n’est remplacé. "
    "Reprenez-le autrement, dans les mots d’aujourd’hui, ou écartez-le."
)


@dataclass(frozen=True, slots=True)
class Proposal:
    """What a page proposes: other words for one paragraph of the version that it showed, and why.

    `after` is "" to leave the paragraph out; the number after the last paragraph adds one. `client_key` names
    the page's gesture: sent twice it makes one amendment.
    """

    part: AmendedPart
    paragraph: int
    version: int
    after: str
    reason: str
    client_key: str | None = None


@dataclass(frozen=True, slots=True)
class Proposer:
    """Who proposes, by which way; a space may do so in a meeting."""

    organisation: Organisation | None = None
    space: Space | None = None
    channel: VoiceChannel = VoiceChannel.ACCOUNT
    meeting: Meeting | None = None

    @property
    def name(self) -> str:
        """The name of the organisation or the space."""
        whose = self.organisation or self.space
        return whose.name if whose is not None else ""


class ChangedError(DomainError):
    """The paragraph is no longer what the page showed."""


class DecidedError(DomainError):
    """Somebody has answered the amendment meanwhile."""


def propose_in_call(
    session: Session,
    invitation: Invitation,
    row: Recommendation,
    proposal: Proposal,
    *,
    channel: VoiceChannel,
    actor: User | str,
    now: datetime,
) -> Amendment:
    """Keep what an organisation proposes while its call consults it on this recommendation.

    Raises DomainError out of the days of the consultation, for a recommendation that isn't in it, and as
    `propose`.
    """
    consultations.check_open(session, invitation.campaign, now)
    on_list = select(CampaignRecommendation.id).where(
        CampaignRecommendation.campaign_id == invitation.campaign_id,
        CampaignRecommendation.recommendation_id == row.id,
    )
    if session.scalar(on_list) is None:
        raise DomainError(N_("Cette recommandation n’est plus dans la consultation."))
    proposer = Proposer(organisation=invitation.organisation, channel=channel)
    return propose(session, row, proposal, proposer, actor=actor, now=now)


def propose(
    session: Session,
    row: Recommendation,
    proposal: Proposal,
    proposer: Proposer,
    *,
    actor: User | str,
    now: datetime,
) -> Amendment:
    """Keep what an organisation or a space proposes to change.

    Raises ChangedError if the paragraph has changed since the page was shown, DomainError for a
    recommendation that doesn't change any more, no reason, nothing changed, or too long a text.
    """
    session.refresh(row, with_for_update=True)
    before = _sent_before(session, row, proposal, proposer)
    if before is not None:
        return before
    check_open(row)
    words = _shown(session, row, proposal)
    _check_words(proposal, words)
    if place_of(text_of(row, proposal.part), proposal.paragraph, words) is None:
        raise ChangedError(CHANGED, field="after")
    made = Amendment(
        recommendation_id=row.id, version=proposal.version, part=proposal.part, paragraph=proposal.paragraph,
        before=words, after=proposal.after, reason=proposal.reason, client_key=proposal.client_key,
        organisation_id=proposer.organisation.id if proposer.organisation else None,
        space_id=proposer.space.id if proposer.space else None, channel=proposer.channel,
        meeting_id=proposer.meeting.id if proposer.meeting else None, created_at=now,
    )  # fmt: skip
    session.add(made)
    session.flush()
    _record(session, "recommendation.amendment_proposed", row, proposer.name, actor=actor, now=now)
    return made


def withdraw(session: Session, amendment: Amendment, *, actor: User | str, now: datetime) -> None:
    """Take it back; done again it does nothing. Raises DecidedError once it is answered."""
    row = _hold(session, amendment)
    if amendment.state == AmendmentState.WITHDRAWN:
        return
    _check_waits(amendment)
    amendment.state, amendment.decided_at = AmendmentState.WITHDRAWN, now
    session.flush()
    _record(session, "recommendation.amendment_withdrawn", row, _name(amendment), actor=actor, now=now)


def take(
    session: Session,
    amendment: Amendment,
    *,
    weight: Weight,
    answer: str = "",
    actor: User | str,
    now: datetime,
) -> None:
    """Put its words into the recommendation as they are: a new version.

    Raises DecidedError if it is answered already, ChangedError if the paragraph isn't what it was.
    """
    row = _hold(session, amendment)
    _check_waits(amendment)
    check_open(row)
    place = place_now(amendment)
    if place is None:
        raise ChangedError(CONFLICT)
    _apply(session, amendment, place, amendment.after, weight, actor=actor, now=now)
    _answer(session, amendment, AmendmentState.TAKEN, answer, actor=actor, now=now)


def adapt(
    session: Session,
    amendment: Amendment,
    *,
    words: str,
    place: int,
    seen: int,
    weight: Weight,
    answer: str,
    actor: User | str,
    now: datetime,
) -> None:
    """Put other words than those proposed at a place of the text: a new version, with the reason.

    `seen` is the version that the page showed. Raises DecidedError if it is answered already, ChangedError if
    another version stands, DomainError without a reason or a change.
    """
    row = _hold(session, amendment)
    _check_waits(amendment)
    check_open(row)
    if row.version != seen:
        raise ChangedError(CHANGED, field="words")
    if not answer:
        raise DomainError(
            N_("Dites pourquoi vous le reprenez autrement : qui l’a proposé le lira."), field="answer"
        )
    _apply(session, amendment, place, words, weight, actor=actor, now=now)
    _answer(session, amendment, AmendmentState.ADAPTED, answer, actor=actor, now=now)


def decline(session: Session, amendment: Amendment, *, answer: str, actor: User | str, now: datetime) -> None:
    """Leave the text as it is, saying why.

    Raises DecidedError if it is answered already, DomainError without a reason.
    """
    _hold(session, amendment)
    _check_waits(amendment)
    if not answer:
        raise DomainError(N_("Dites pourquoi vous l’écartez : qui l’a proposé le lira."), field="answer")
    _answer(session, amendment, AmendmentState.DECLINED, answer, actor=actor, now=now)


def check_open(row: Recommendation) -> None:
    """Raise DomainError once its words don't change any more."""
    if row.state in FINAL:
        raise DomainError(N_("Elle est publiée : son texte ne change plus."))
    if row.state in SET_ASIDE:
        raise DomainError(N_("Elle est mise de côté : son texte ne change plus."))


def is_open(row: Recommendation) -> bool:
    """Say whether its words may still change."""
    return row.state not in FINAL | SET_ASIDE


def text_of(row: Any, part: AmendedPart) -> str:
    """Return the words of a part of a recommendation or of one of its versions."""
    text: str = getattr(row, part.value)
    return text


def place_now(amendment: Amendment) -> int | None:
    """Return at which paragraph it applies to the words of today; None if that one has changed."""
    text = text_of(amendment.recommendation, amendment.part)
    return place_of(text, amendment.paragraph, amendment.before)


def _hold(session: Session, amendment: Amendment) -> Recommendation:
    """Take the recommendation's row, so that answers come one after the other, then read anew."""
    row = amendment.recommendation
    session.refresh(row, with_for_update=True)
    session.refresh(amendment)
    return row


def _check_waits(amendment: Amendment) -> None:
    if amendment.state != AmendmentState.PROPOSED:
        raise DecidedError(
            N_("Cet amendement a reçu sa réponse entre-temps : « %(state)s »."),
            state=AMENDMENT_STATES[amendment.state],
        )


def _sent_before(
    session: Session, row: Recommendation, proposal: Proposal, proposer: Proposer
) -> Amendment | None:
    if not proposal.client_key:
        return None
    found = session.scalar(queries.known(proposal.client_key))
    if found is None:
        return None
    whose = (
        found.recommendation_id,
        found.organisation_id,
        found.space_id,
        found.part,
        found.paragraph,
        found.after,
    )
    asked = (
        row.id,
        proposer.organisation.id if proposer.organisation else None,
        proposer.space.id if proposer.space else None,
        proposal.part,
        proposal.paragraph,
        proposal.after,
    )
    if whose != asked:
        raise DomainError(N_("Cet amendement est déjà envoyé. Rouvrez la page pour en proposer un autre."))
    return found


def _shown(session: Session, row: Recommendation, proposal: Proposal) -> str:
    """Return the paragraph's words in the version that the page showed, "" for one to be added."""
    version = session.scalar(queries.version(row.id, proposal.version))
    if version is None:
        raise ChangedError(CHANGED, field="after")
    found = paragraphs(text_of(version, proposal.part))
    if proposal.paragraph > len(found) or proposal.paragraph < 0:
        raise ChangedError(CHANGED, field="after")
    if proposal.part is AmendedPart.TITLE and proposal.paragraph:
        raise DomainError(N_("Un titre est d’une seule ligne."), field="after")
    return found[proposal.paragraph] if proposal.paragraph < len(found) else ""


def _check_words(proposal: Proposal, before: str) -> None:
    if proposal.part is AmendedPart.TITLE:
        _check_title(proposal.after)
    if proposal.after == before:
        raise DomainError(N_("Rien n’est changé : écrivez ce que vous proposez."), field="after")
    if len(proposal.after) > LONGEST_TEXT:
        raise DomainError(N_("%(number)s signes au plus."), field="after", number=LONGEST_TEXT)
    if not proposal.reason:
        raise DomainError(N_("Dites pourquoi vous le proposez."), field="reason")
    if len(proposal.reason) > LONGEST_REASON:
        raise DomainError(N_("%(number)s signes au plus."), field="reason", number=LONGEST_REASON)


def _check_title(words: str, field: str = "after") -> None:
    if not words or "\n" in words:
        raise DomainError(N_("Écrivez un titre d’une seule ligne."), field=field)
    longest = LONGEST[AmendedPart.TITLE]
    if len(words) > longest:
        raise DomainError(N_("%(number)s signes au plus."), field=field, number=longest)


def _apply(
    session: Session,
    amendment: Amendment,
    place: int,
    words: str,
    weight: Weight,
    *,
    actor: User | str,
    now: datetime,
) -> None:
    """Write the words into the recommendation. Raises DomainError if they change nothing."""
    row = amendment.recommendation
    text = text_of(row, amendment.part)
    if amendment.part is AmendedPart.TITLE:
        _check_title(words, "words")
        place = 0
    changed = replaced(text, place, words)
    if changed == text:
        raise DomainError(N_("Ces mots y sont déjà : changez-les, ou écartez l’amendement."), field="words")
    part: dict[str, Any] = {amendment.part.value: changed}
    statement = replace(recommendations.as_it_stands(row), **part)
    note = f"Amendement : {_name(amendment)}"[:500]
    recommendations.edit(session, row, statement, weight=weight, note=note, actor=actor, now=now)
    amendment.result = row.version


def _answer(
    session: Session,
    amendment: Amendment,
    state: AmendmentState,
    answer: str,
    *,
    actor: User | str,
    now: datetime,
) -> None:
    amendment.state, amendment.answer, amendment.decided_at = state, answer, now
    session.flush()
    _record(
        session, f"recommendation.amendment_{state}", amendment.recommendation, _name(amendment),
        actor=actor, now=now,
    )  # fmt: skip


def _name(amendment: Amendment) -> str:
    whose = amendment.organisation or amendment.space
    return whose.name if whose is not None else ""


def _record(
    session: Session, action: str, row: Recommendation, name: str, *, actor: User | str, now: datetime
) -> None:
    audit.record(
        session, action, row, actor=actor, now=now,
        changes={"organisation": [None, name], "version": [None, row.version]},
    )  # fmt: skip
