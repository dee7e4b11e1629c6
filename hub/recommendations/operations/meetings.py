"""What is asked for at a meeting, captured in one gesture from a point of its agenda."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.accounts.models import User
from hub.actors.models.organisations import Organisation
from hub.core import clock
from hub.core.errors import N_, DomainError
from hub.recommendations.models.contributions import Channel, Contribution
from hub.recommendations.models.ties import MeetingSource
from hub.recommendations.operations import contributions, recommendations, triage
from hub.recommendations.operations.contributions import Words
from hub.recommendations.operations.recommendations import Statement
from hub.recommendations.rules import manage
from hub.spaces.models.meetings import AgendaItem
from hub.spaces.models.spaces import Membership
from hub.spaces.operations import gestures
from hub.spaces.queries import seats

LONGEST = 10_000
LONGEST_TITLE = 120


@dataclass(frozen=True, slots=True)
class Asked:
    """What is asked for, from which finding, and by which organisation of the table, if one does."""

    text: str
    finding: str = ""
    organisation_id: int | None = None
    client_key: str | None = None


def capture(session: Session, item: AgendaItem, asked: Asked, *, actor: User, now: datetime) -> MeetingSource:
    """Keep what a meeting asks for: a recommendation in the making, under the space's first theme.

    Who may not write recommendations (who facilitates a space) hands it in for an organisation of the table,
    as a contribution « en réunion » that waits to be read. The same `client_key` gives what was made before.
    Raises DomainError for no text, too long a one, and for an organisation that has no seat on that day.
    """
    gestures.hold(session, item.meeting)
    known = select(MeetingSource).where(MeetingSource.client_key == asked.client_key)
    before = session.scalar(known) if asked.client_key else None
    if before is not None:
        if before.item_id != item.id:
            raise DomainError(N_("La clé de ce geste est celle d’un autre."))
        return before
    _check(asked)
    row = MeetingSource(item_id=item.id, client_key=asked.client_key, created_at=now)
    if manage(actor):
        row.recommendation_id = _recommend(session, item, asked, actor, now)
    else:
        row.contribution_id = _enter(session, item, asked, actor, now).id
    session.add(row)
    session.flush()
    return row


def _check(asked: Asked) -> None:
    if not asked.text.strip():
        raise DomainError(N_("Écrivez ce qui est recommandé."), field="text")
    if max(len(asked.text), len(asked.finding)) > LONGEST:
        raise DomainError(N_("Ce texte est trop long : %(max)d signes au plus."), field="text", max=LONGEST)


def _recommend(session: Session, item: AgendaItem, asked: Asked, actor: User, now: datetime) -> int:
    themes = item.meeting.space.themes
    text = asked.text.strip()
    statement = Statement(
        title=title_of(text), text=text, finding=asked.finding.strip(), theme=themes[0] if themes else None
    )
    if asked.organisation_id is None:
        return recommendations.create(session, statement, actor=actor, now=now).id
    # An organisation asks for it: its words are kept as its own, and the thread leads to them.
    said = _enter(session, item, asked, actor, now)
    return triage.take_up(session, [said], statement, actor=actor, now=now).id


def _enter(session: Session, item: AgendaItem, asked: Asked, actor: User, now: datetime) -> Contribution:
    organisation = _at_table(session, item, asked.organisation_id)
    themes = item.meeting.space.themes
    words = Words(
        finding=asked.finding.strip(), proposal=asked.text.strip(), theme=themes[0] if themes else None,
        origin=f"{item.meeting.space.name}, {clock.today(item.meeting.starts_at):%d/%m/%Y}",
    )  # fmt: skip
    return contributions.enter(session, organisation, words, channel=Channel.MEETING, actor=actor, now=now)


def _at_table(session: Session, item: AgendaItem, organisation_id: int | None) -> Organisation:
    day = clock.today(item.meeting.starts_at)
    found = session.scalar(
        select(Organisation)
        .join(Membership, Membership.organisation_id == Organisation.id)
        .where(
            Membership.space_id == item.meeting.space_id,
            Organisation.id == organisation_id,
            seats.sits_on(day),
        )
        .limit(1)
    )
    if found is None:
        raise DomainError(N_("Dites quelle organisation de cette table le demande."), field="organisation")
    return found


def title_of(text: str) -> str:
    """Return the first sentence, cut at a word: something to begin with."""
    first = text.strip().split("\n", 1)[0].split(". ", 1)[0].strip().rstrip(".") or text.strip()
    return first if len(first) <= LONGEST_TITLE else first[:LONGEST_TITLE].rsplit(" ", 1)[0]
