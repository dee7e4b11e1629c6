"""Who organises a day together: each with its logo, its territory and one contact there (requirement 45)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from hub.accounts.models import User
from hub.core import audit, files, uploads
from hub.core.errors import N_, DomainError
from hub.events.models.days import Event, EventOrganiser
from hub.events.queries import organisers as queries


@dataclass(frozen=True)
class Organiser:
    """An organiser as it is described; the logo is handed in apart."""

    organisation_id: int
    territory_id: int | None = None
    contact_name: str = ""
    contact_email: str = ""
    contact_phone: str = ""


def set_organisers(
    session: Session, event: Event, rows: Sequence[Organiser], *, actor: User | str, now: datetime
) -> None:
    """Replace who organises a day; logos stay. Raises DomainError for one that is named twice."""
    numbers = [row.organisation_id for row in rows]
    if len(numbers) != len(set(numbers)):
        raise DomainError(N_("Une organisation est nommée deux fois."))
    known = {row.organisation_id: row for row in event.organiser_rows}
    before = [row.organisation_id for row in event.organiser_rows]
    kept = []
    for position, told in enumerate(rows):
        row = known.get(told.organisation_id) or EventOrganiser(organisation_id=told.organisation_id)
        row.position, row.territory_id = position, told.territory_id
        row.contact_name, row.contact_email = told.contact_name, told.contact_email
        row.contact_phone = told.contact_phone
        kept.append(row)
    event.organiser_rows = kept
    event.updated_at = now
    session.flush()
    changes = {"organisers": [before, numbers]}
    audit.record(session, "event.organisers_changed", event, actor=actor, now=now, changes=changes)


def hand_in_logo(
    session: Session,
    row: EventOrganiser,
    content: bytes,
    *,
    store: files.Store,
    actor: User | str,
    now: datetime,
) -> None:
    """Show a new logo of an organiser. Raises DomainError for what is no picture, or too large (S12)."""
    picture = uploads.clean_logo(content)
    kept = files.keep(session, store, picture, "logo.png", "image/png", now=now)
    _show(session, row, kept.id, actor, now)


def take_known_logo(session: Session, row: EventOrganiser, *, actor: User | str, now: datetime) -> None:
    """Show the newest logo that another day showed of this organisation. Raises DomainError without one."""
    found = queries.latest_logos(session, [row.organisation_id]).get(row.organisation_id)
    if found is None:
        raise DomainError(N_("Aucun logo de cette organisation n’est connu."))
    _show(session, row, found.id, actor, now)


def take_logo_away(session: Session, row: EventOrganiser, *, actor: User | str, now: datetime) -> None:
    """Show no logo of this organiser; other days keep theirs."""
    _show(session, row, None, actor, now)


def _show(
    session: Session, row: EventOrganiser, logo_id: int | None, actor: User | str, now: datetime
) -> None:
    changes = {"organisation": [None, row.organisation_id], "logo": [row.logo_id, logo_id]}
    row.logo_id = logo_id
    session.flush()
    audit.record(session, "event.logo_changed", row.event, actor=actor, now=now, changes=changes)
