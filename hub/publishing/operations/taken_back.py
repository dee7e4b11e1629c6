"""Leaflets that print a testimony which was taken back: nobody reads them any more, they are made anew.

The whole edition's PDF stays as it was published (`recommendations.signals.printed_in` tells it, and an
erratum is asked for); leaflets follow from it and may be printed again at any time.
"""

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from hub.core import files, jobs
from hub.publishing.models.editions import PUBLIC, Edition
from hub.publishing.operations import consented, variants
from hub.publishing.operations.variants import Sheet
from hub.publishing.queries import leaflets as queries
from hub.publishing.values import testimonies as values
from hub.recommendations.models.testimonies import Testimony
from hub.recommendations.queries import testimonies
from hub.recommendations.queries.testimonies import Use
from hub.recommendations.signals import consent_changed
from memoranda.content import from_json

JOB = "publishing.leaflets_anew"


def drop(session: Session, *, testimony: Testimony, now: datetime, **_more: Any) -> None:
    """Answer `recommendations.consent-changed`: leaflets that print what they may no longer are gone.

    What was built of a public edition never changes, so the row of such a PDF stays and its file is emptied:
    readers have none until it is printed again. That, and deleting the bytes, is planned in the same
    transaction. The editions are held: what is kept meanwhile is seen here, or sees what was taken back.
    """
    shows = testimonies.recommendations_of(testimony)
    editions = session.scalars(queries.public_with(shows).with_for_update(of=Edition)).all()
    if not editions:
        return
    found = defaultdict(list)
    for build in session.scalars(queries.telling([edition.id for edition in editions])):
        found[build.edition_id].append(build)
    for edition in editions:
        builds = found[edition.id]
        allowed = consented.allowed(session, edition.id, Use.PRINT) if builds else frozenset()
        stale = [one for one in builds if values.holds_others(from_json(one.content), allowed)]
        if not stale:
            continue
        taken = [files.empty(one.file) for one in stale]
        session.flush()
        names = list(dict.fromkeys(one.variant for one in stale))
        enqueue(session, edition, names=names, taken=taken, now=now)


def enqueue(
    session: Session,
    edition: Edition,
    *,
    names: Sequence[str],
    taken: Sequence[str],
    now: datetime,
    run_at: datetime | None = None,
) -> None:
    """Have these bytes (by their SHA-256) deleted, and these leaflets built anew."""
    jobs.enqueue(
        session, JOB, now=now, subject=edition, run_at=run_at, edition_id=edition.id, names=list(names),
        taken=list(taken),
    )  # fmt: skip


def delete_bytes(
    session: Session, store: files.Store, edition: Edition, taken: Sequence[str], *, now: datetime
) -> int:
    """Delete these bytes, and later those that were written a moment ago; return how many are gone."""
    store.write(b"")  # what emptied files hold
    left = [one for one in taken if not files.remove_unshared(session, store, one, now=now)]
    if left:
        enqueue(session, edition, names=(), taken=left, now=now, run_at=now + files.JUST_KEPT)
    return len(taken) - len(left)


def is_taken_back(session: Session, edition: Edition, sheet: Sheet) -> bool:
    """Say whether a leaflet that was just printed may no longer be kept; the edition is held from here on."""
    session.refresh(edition, with_for_update=True)
    if edition.state not in PUBLIC or not values.tells_any(sheet.edition):
        return False
    return values.holds_others(sheet.edition, consented.allowed(session, edition.id, Use.PRINT))


def print_anew(session: Session, edition: Edition, names: Sequence[str], *, now: datetime) -> bool:
    """Have these leaflets built again, each behind the work that waits; say whether there is any."""
    is_public = edition.state in PUBLIC
    known = {one.name for one in variants.sheets(session, edition, names)} if is_public else set()
    wanted = [name for name in names if name in known]
    if wanted:
        variants.enqueue_ahead(session, edition, wanted, now=now)
    return bool(wanted)


def connect() -> None:
    """Answer from now on."""
    consent_changed.connect(drop)
