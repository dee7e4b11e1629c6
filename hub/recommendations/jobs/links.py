"""Links sent after the answer, so that the answer says nothing by its length."""

from typing import Any

from hub.actors.models.organisations import Organisation
from hub.core import clock, jobs
from hub.recommendations.models.calls import Campaign
from hub.recommendations.operations import invitations


@jobs.job("recommendations.send_link")
def send_link(context: jobs.JobContext, campaign: int, organisation: int, email: str) -> dict[str, Any]:
    """Send an organisation its link if the address is its own; silent otherwise (S10)."""
    with context.write() as session:
        call = session.get(Campaign, campaign)
        asked = session.get(Organisation, organisation)
        if call is None or asked is None:
            return {}
        invitations.send_requested_link(
            session, call, asked, email, key=f"request-{context.job_id}", now=clock.now()
        )
    return {}
