"""What is asked for at a meeting: captured from its points, and told on its page."""

from collections.abc import Iterable
from typing import Any

from flask import url_for
from flask_babel import gettext
from sqlalchemy.orm import Session

from hub.actors.signals import LinkGroup
from hub.core import clock, i18n
from hub.core.access import coordinator, current_user, permit
from hub.core.db import db
from hub.core.errors import DomainError
from hub.core.web import endpoint_exists
from hub.recommendations.models.ties import MeetingSource
from hub.recommendations.operations import meetings as operations
from hub.recommendations.operations.meetings import Asked
from hub.recommendations.queries import ties as tie_queries
from hub.recommendations.views.blueprint import blueprint
from hub.spaces import rules
from hub.spaces.models.meetings import AgendaItem, Meeting
from hub.spaces.signals import Captured
from hub.spaces.views.running import answers


@blueprint.post("/reunions/points/<int:id>/recommandations")
@permit(rules.edit_item, AgendaItem)
def capture(item: AgendaItem) -> Any:
    """Keep what is asked for at a point of a meeting."""
    try:
        asked = Asked(
            answers.typed("text"), answers.typed("finding"), answers.number("organisation"), answers.key()
        )
        operations.capture(db.session(), item, asked, actor=current_user(), now=clock.now())
    except DomainError as problem:
        return answers.refuse(item.meeting, "recommendation", problem, item)
    return answers.done(item.meeting, item)


def captured(meeting: Meeting, *, session: Session, user: Any) -> dict[int, list[Captured]]:
    """Tell the page that runs a meeting what was asked for at its points."""
    found: dict[int, list[Captured]] = {}
    for row in session.scalars(tie_queries.raised_at(meeting.id)):
        found.setdefault(row.item_id, []).append(_told(row, user))
    return found


def _told(row: MeetingSource, user: Any) -> Captured:
    key = row.client_key or ""
    if row.recommendation is not None:
        url = url_for("recommendations.show", code=row.recommendation.code) if coordinator(user) else ""
        words = f"{row.recommendation.code} · {row.recommendation.title}"
        return Captured(gettext("Recommandation"), words, url, key)
    contribution = row.contribution
    assert contribution is not None  # noqa: S101 - the table's CHECK: one of both
    url = url_for("recommendations.contribution", id=contribution.id) if coordinator(user) else ""
    words = f"{contribution.proposal} ({contribution.short_author})"
    return Captured(gettext("Contribution"), words, url, key)


def meeting_items(rows: Iterable[MeetingSource]) -> list[dict[str, str]]:
    """Return from which point of which meeting something comes, as the chain of a page shows it."""
    found = []
    for row in rows:
        meeting = row.item.meeting
        day = i18n.format_short_date(meeting.starts_at, i18n.chosen_language())
        name = "spaces.meeting" if endpoint_exists("spaces.meeting") else "spaces.run"
        text = f"{meeting.space.name}, {day} : {row.item.title}"
        found.append({"text": text, "url": url_for(name, id=meeting.id, _anchor=f"point-{row.item_id}")})
    return found


def links_of_meeting(thing: Any, *, session: Session, user: Any) -> list[LinkGroup]:
    """Return what was asked for at a meeting, for coordinators, who read it."""
    if not isinstance(thing, Meeting) or not coordinator(user):
        return []
    links = [
        (told.text, told.url)
        for told in (_told(row, user) for row in session.scalars(tie_queries.raised_at(thing.id)))
    ]
    return [LinkGroup(gettext("Recommandations"), links)] if links else []
