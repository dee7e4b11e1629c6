"""What was published, without the testimonies whose consent was taken back since.

The stored content and its PDF never change. Whatever is read or made from them today goes through here.
"""

from functools import lru_cache

from sqlalchemy.orm import Session

from hub.core.search import slug
from hub.publishing.models.builds import Build
from hub.publishing.queries import memoranda as queries
from hub.publishing.values import testimonies as values
from hub.publishing.values.testimonies import Words
from hub.recommendations.queries import testimonies
from hub.recommendations.queries.testimonies import Use
from memoranda.content import Edition as Content
from memoranda.content import from_json

KEPT = 16


def read(session: Session, build: Build, use: Use) -> Content:
    """Return a published content as it may be shown now: in one statement if it holds testimonies, else none.

    A testimony stays by its very words and name: where those were changed, it has gone too.
    """
    whole = _read(build.content)
    if not values.tells_any(whole):
        return whole
    return _only(build.content, allowed(session, build.edition_id, use))


def allowed(session: Session, edition_id: int, use: Use) -> frozenset[Words]:
    """Return the testimonies that may be shown now of what stands in an edition, in one statement."""
    rows = session.execute(testimonies.words_shown(queries.printed_in(edition_id), use))
    return frozenset((slug(code), text, who) for code, text, who in rows)


@lru_cache(maxsize=KEPT)
def _read(written: str) -> Content:
    """Read a published content, which never changes."""
    return from_json(written)


@lru_cache(maxsize=KEPT)
def _only(written: str, allowed: frozenset[Words]) -> Content:
    """Leave out what isn't allowed; the same words allowed, the same object."""
    return values.only(_read(written), allowed)
