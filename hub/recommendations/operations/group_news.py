"""Telling who facilitates a space what was proposed on its recommendations, and what is answered to its own.

One mail a day at most for each of them and each space; amendments themselves stand on their pages.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from hub.accounts.models import User
from hub.core import clock, mail
from hub.core.errors import N_
from hub.recommendations.models.versions import AMENDMENT_STATES, Amendment
from hub.recommendations.queries import group_news as queries
from hub.spaces.models.spaces import Space

KIND = "recommendations.group_news"
LOOKED_BACK = timedelta(days=7)


@dataclass
class _News:
    """What one person is told of one space."""

    proposed: list[Amendment] = field(default_factory=list)
    answered: list[Amendment] = field(default_factory=list)


def tell(session: Session, *, now: datetime) -> int:
    """Write to each facilitator what is new since their last mail about that space; return how many left."""
    since, today = now - LOOKED_BACK, clock.today(now)
    proposed = queries.by_space(session.execute(queries.proposed(since)))
    answered = queries.by_space(session.execute(queries.answered(since)))
    spaces = sorted({*proposed, *answered})
    told = queries.last_told(session, spaces, KIND)
    count = 0
    for space, user in session.execute(queries.facilitating(spaces, today)):
        begin = told.get((space.id, user.id), since)
        news = _News(
            [each for each in proposed.get(space.id, ()) if each.created_at > begin],
            [each for each in answered.get(space.id, ()) if each.decided_at and each.decided_at > begin],
        )
        count += _write(session, space, user, news, now)
    return count


def _write(session: Session, space: Space, user: User, news: _News, now: datetime) -> bool:
    version = queries.version(user.id, clock.today(now))
    if not (news.proposed or news.answered) or queries.was_told(session, space.id, KIND, version):
        return False
    mail.queue(
        session, KIND, space, user.email, now=now, version=version,
        action=(N_("Voir l’espace"), f"/espaces/{space.slug}"), space=space.name,
        proposed=list(_proposals(news.proposed, space)),
        answered=[
            [row.recommendation.code, row.recommendation.title, AMENDMENT_STATES[row.state], row.answer]
            for row in news.answered
        ],
    )  # fmt: skip
    return True


def _proposals(rows: Iterable[Amendment], space: Space) -> Iterable[list[object]]:
    """Yield [code, title, who proposes, why, whether it is the space itself] as the mail tells them."""
    for row in rows:
        whose = row.organisation or row.space
        yield [
            row.recommendation.code, row.recommendation.title, whose.name if whose else "", row.reason,
            row.space_id == space.id,
        ]  # fmt: skip
