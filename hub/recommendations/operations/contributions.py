"""Writing a contribution behind a link, as a draft until it is sent, or in the name of an organisation."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from sqlalchemy.orm import Session

from hub.accounts.models import User
from hub.actors.models.organisations import Organisation
from hub.actors.models.reference import Level, Theme
from hub.core import audit, mail, settings
from hub.core.errors import N_, DomainError
from hub.core.search import fold
from hub.events.values import answers
from hub.recommendations.models.calls import Campaign, CampaignQuestion, Invitation
from hub.recommendations.models.contributions import (
    Beneficiaries,
    Channel,
    Confirmation,
    Contribution,
    ContributionAnswer,
    ContributionState,
)
from hub.recommendations.models.documents import SourceDocument
from hub.recommendations.queries import contributions as contribution_queries
from hub.recommendations.queries import questions as question_queries

BY_LINK = N_("Lien de l’organisation")
CLOSED = N_("L’appel est clos : votre texte n’a pas été envoyé. Il reste affiché ci-dessous.")


@dataclass(frozen=True, slots=True)
class Words:
    """What somebody wrote in the form of a contribution; `answers` to the call's own questions, by number."""

    finding: str = ""
    proposal: str = ""
    theme: Theme | None = None
    levels: tuple[Level, ...] = ()
    beneficiaries: Beneficiaries | None = None
    origin: str = ""
    answers: Mapping[int, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Source:
    """The document that a contribution was taken from: `page` as printed there, `quote` its very words."""

    document: SourceDocument
    page: str = ""
    quote: str = ""


@dataclass(frozen=True, slots=True)
class OpenPage:
    """One open page of the form: its own number, and the draft it shows as `draft.version` ("" for none)."""

    number: str
    shows: str = ""


class DraftMovedError(DomainError):
    """The draft was changed or sent elsewhere since the page was opened; `other` is what stands there."""

    def __init__(self, other: Contribution) -> None:
        super().__init__(
            N_("Ce texte a été modifié depuis un autre onglet ou un autre appareil. Rien n’est perdu.")
        )
        self.other = other


def version_of(draft: Contribution | None) -> str:
    """Return what a page says of the draft that it shows."""
    return f"{draft.id}.{draft.version}" if draft else ""


def save_draft(
    session: Session, invitation: Invitation, words: Words, *, page: OpenPage, now: datetime
) -> Contribution:
    """Keep what is written so far.

    Raises DraftMovedError if another page wrote since, DomainError if the call takes nothing now.
    """
    return _save(session, invitation, words, page=page, now=now, complete=False)


def _save(
    session: Session, invitation: Invitation, words: Words, *, page: OpenPage, now: datetime, complete: bool
) -> Contribution:
    if not invitation.campaign.is_open(now):
        raise DomainError(CLOSED)
    questions = session.scalars(question_queries.asked(invitation.campaign)).all()
    given = answers.clean(questions, words.answers, complete=complete)
    draft = _draft_for(session, invitation, page, now)
    _write(draft, words)
    _answer(draft, questions, given, keeps_others=not complete)
    draft.saved_at, draft.saved_by_page = now, page.number
    draft.version = (draft.version or 0) + 1
    session.add(draft)
    session.flush()
    return draft


def submit(
    session: Session, invitation: Invitation, words: Words, *, page: OpenPage, link: str, now: datetime
) -> Contribution:
    """Send the contribution: from now on its words never change. A second click returns the same one.

    `link` is the path of the organisation's own page, for the mail that says it arrived.
    Raises DraftMovedError and DomainError as `save_draft` does, and DomainError for a missing text.
    """
    # Whoever writes behind this link waits here, so that two clicks make one contribution.
    session.refresh(invitation, with_for_update=True)
    sent = session.scalar(contribution_queries.sent_from_page(invitation, page.number).limit(1))
    if sent is not None and _says(sent, words):
        return sent
    if not words.finding:
        raise DomainError(N_("Décrivez le constat : ce que vous voyez sur le terrain."), field="finding")
    if not words.proposal:
        raise DomainError(N_("Écrivez ce que vous recommandez."), field="proposal")
    contribution = _save(session, invitation, words, page=page, now=now, complete=True)
    # The link went to the organisation's own address: what comes behind it is its own.
    contribution.state, contribution.submitted_at = ContributionState.CONFIRMED, now
    contribution.confirmed_at, contribution.confirmed_how = now, Confirmation.LINK
    session.flush()
    audit.record(session, "contribution.submitted", contribution, actor=BY_LINK, now=now)
    if invitation.email:
        mail.queue(
            session,
            "recommendations.received",
            contribution,
            invitation.email,
            now=now,
            reply_to=settings.get(session).contact_email,
            action=(N_("Voir ce que nous avons reçu"), link),
            organisation=invitation.organisation.name,
            call=invitation.campaign.title,
            finding=contribution.finding,
            proposal=contribution.proposal,
            sent_at=now,
        )
    return contribution


def enter(
    session: Session,
    organisation: Organisation,
    words: Words,
    *,
    channel: Channel,
    campaign: Campaign | None = None,
    source: Source | None = None,
    client_key: str = "",
    page: str = "",
    actor: audit.Actor | str,
    now: datetime,
) -> Contribution:
    """Store what an organisation said otherwise than by its link; it never changes afterwards.

    What stands in a document that it published is confirmed by it; the rest waits for the organisation.
    `client_key` names the gesture once for all; `page` is the number of the page on which it was written.
    Raises DomainError for a missing recommendation, or a document that isn't named.
    """
    if not words.proposal:
        raise DomainError(N_("Écrivez ce que l’organisation recommande."), field="proposal")
    if (channel == Channel.DOCUMENT) != (source is not None):
        raise DomainError(N_("Dites de quel document cette demande est prise."), field="channel")
    contribution = Contribution(
        organisation_id=organisation.id,
        campaign_id=campaign.id if campaign else None,
        channel=channel,
        document=source.document if source else None,
        source_page=source.page if source else "",
        quote=source.quote if source else "",
        client_key=client_key or None,
        saved_by_page=page,
        entered_by_id=actor.id if isinstance(actor, User) else None,
        created_at=now,
        saved_at=now,
    )
    _write(contribution, words)
    if campaign is not None:
        questions = session.scalars(question_queries.asked(campaign)).all()
        _answer(contribution, questions, answers.clean(questions, words.answers, complete=False))
    session.add(contribution)
    session.flush()
    # The guards let levels and answers be written only before it counts as sent.
    contribution.state, contribution.submitted_at = ContributionState.SUBMITTED, now
    if source is not None:
        # It stands in what the organisation itself has published.
        contribution.state = ContributionState.CONFIRMED
        contribution.confirmed_at, contribution.confirmed_how = now, Confirmation.DOCUMENT
    session.flush()
    audit.record(session, "contribution.entered", contribution, actor=actor, now=now)
    return contribution


def _write(contribution: Contribution, words: Words) -> None:
    contribution.finding, contribution.proposal = words.finding, words.proposal
    contribution.theme, contribution.levels = words.theme, list(words.levels)
    contribution.beneficiaries, contribution.origin = words.beneficiaries, words.origin
    contribution.search_text = fold(f"{words.proposal} {words.finding} {words.origin}")


def _answer(
    contribution: Contribution,
    questions: Sequence[CampaignQuestion],
    given: Mapping[int, Any],
    *,
    keeps_others: bool = False,
) -> None:
    """Write the answers to the questions asked; `keeps_others`: those to questions no longer asked stay."""
    asked = {question.id for question in questions}
    for row in list(contribution.answers):
        if row.question_id in given:
            row.value = given[row.question_id]
        elif row.question_id in asked or not keeps_others:
            contribution.answers.remove(row)
    known = {row.question_id for row in contribution.answers}
    contribution.answers.extend(
        ContributionAnswer(question_id=number, value=value)
        for number, value in given.items()
        if number not in known
    )


def _says(contribution: Contribution, words: Words) -> bool:
    given = {row.question_id: row.value for row in contribution.answers}
    said = {number: value for number, value in words.answers.items() if not answers.is_empty(value)}
    return (contribution.finding, contribution.proposal, contribution.origin, given) == (
        words.finding,
        words.proposal,
        words.origin,
        {number: value.isoformat() if isinstance(value, date) else value for number, value in said.items()},
    )


def _draft_for(session: Session, invitation: Invitation, page: OpenPage, now: datetime) -> Contribution:
    """Return the draft that the page may write to, a new one if there is none. Raises DraftMovedError."""
    session.refresh(invitation, with_for_update=True)
    draft = session.scalar(contribution_queries.draft_of(invitation))
    other = moved_to(session, invitation, draft, page)
    if other is not None:
        raise DraftMovedError(other)
    return draft or Contribution(
        campaign_id=invitation.campaign_id,
        invitation_id=invitation.id,
        organisation_id=invitation.organisation_id,
        channel=Channel.LINK,
        created_at=now,
        version=0,
    )


def moved_to(
    session: Session, invitation: Invitation, draft: Contribution | None, page: OpenPage
) -> Contribution | None:
    """Return what stands in the place of what a page shows, if another page has written or sent since."""
    if draft is None:
        return _sent_meanwhile(session, invitation, page)
    is_known = draft.saved_by_page == page.number or version_of(draft) == page.shows
    return None if is_known else draft


def _sent_meanwhile(session: Session, invitation: Invitation, page: OpenPage) -> Contribution | None:
    """Return the contribution that this page's draft has become, sent from another page."""
    identifier = page.shows.partition(".")[0]
    if identifier.isdecimal():
        shown = session.get(Contribution, int(identifier))
        if shown is not None and shown.invitation_id == invitation.id:
            return shown
    return session.scalar(contribution_queries.sent_from_page(invitation, page.number).limit(1))
