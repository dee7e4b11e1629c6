"""Calls, invitations and contributions for tests, made through the operations."""

import re
from datetime import datetime, timedelta
from typing import Any

from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.actors.models.organisations import Organisation
from hub.core import tokens
from hub.core.mail import Message
from hub.recommendations.models.calls import Campaign, Invitation
from hub.recommendations.models.contributions import Channel, Contribution
from hub.recommendations.models.recommendations import Recommendation
from hub.recommendations.operations import campaigns, contributions, invitations, triage
from hub.recommendations.operations.campaigns import PURPOSE, CallWords, end_of_links
from hub.recommendations.operations.contributions import OpenPage, Words
from hub.recommendations.operations.recommendations import Statement
from tests import factories

DAY = timedelta(days=1)
LINK = re.compile(r"/contribution/[A-Za-z0-9_-]{43}")


def call(
    session: Session, *, now: datetime, opened: int = 2, lasts: int = 30, title: str = "Appel"
) -> Campaign:
    """Return a published call that opened `opened` days ago and lasts so many days."""
    words = CallWords(title, "Pourquoi **ensemble**.", now - opened * DAY, now + (lasts - opened) * DAY)
    row = campaigns.create(session, words, actor="essai", now=now - opened * DAY)
    campaigns.publish(session, row, actor="essai", now=now - opened * DAY)
    return row


def invitation(
    session: Session, campaign: Campaign, *, now: datetime, organisation: Organisation | None = None,
    email: str = "bonjour@example.org",
) -> Invitation:  # fmt: skip
    """Return an invitation whose link has not left yet."""
    organisation = organisation or factories.organisation(session)
    invitations.invite(session, campaign, [(organisation, email)], actor="essai", now=now)
    return session.scalars(
        select(Invitation).where(
            Invitation.campaign_id == campaign.id, Invitation.organisation_id == organisation.id
        )
    ).one()


def link(session: Session, row: Invitation, *, now: datetime) -> str:
    """Return a live link of the invitation."""
    return "/contribution/" + tokens.issue(session, PURPOSE, row, now=now, until=end_of_links(row.campaign))


def mailed_links(session: Session, row: Invitation) -> list[str]:
    """Return the links in the mails about the invitation, the first sent first."""
    mails = session.scalars(
        select(Message)
        .where(Message.subject_type == "campaign_invitation", Message.subject_id == row.id)
        .order_by(Message.id)
    )
    return [found.group() for each in mails if (found := LINK.search(each.text))]


def words(**values: Any) -> Words:
    """Return a complete text."""
    return Words(
        **{
            "finding": "Le dernier bus part trop tôt.",
            "proposal": "Faire rouler un bus après 21 heures.",
            "origin": "Nos cours du soir.",
            **values,
        }
    )


def contribution(
    session: Session, *, now: datetime, organisation: Organisation | None = None, **values: Any
) -> Contribution:
    """Return a contribution received by phone."""
    return contributions.enter(
        session,
        organisation or factories.organisation(session),
        words(**values),
        channel=Channel.PHONE,
        actor="essai",
        now=now,
    )


def recommendation(
    session: Session, *made_from: Contribution, now: datetime, **values: Any
) -> Recommendation:
    """Return a recommendation in the making."""
    statement = Statement(**{"title": "Prolonger les bus", "text": "Faire rouler un bus.", **values})
    return triage.take_up(session, list(made_from), statement, actor="essai", now=now)


def page(number: str = "page-1", shows: str = "") -> OpenPage:
    """Return an open page of the form."""
    return OpenPage(number=number, shows=shows)


def hidden(html: str) -> dict[str, str]:
    """Return what an open form says of itself."""
    return dict(re.findall(r'<input type="hidden" name="(shows|page)" value="([^"]*)"', html))


def open_form(client: FlaskClient, path: str) -> dict[str, str]:
    """Open a link in a page of its own, and return what its form would post beside what is typed."""
    return hidden(client.get(path).text)


def again(session: Session) -> Session:
    """Let the session see what requests have stored."""
    session.rollback()
    session.expire_all()
    return session
