"""Who organises a day together: each with its logo, its territory and one contact there (requirement 45)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from hub.accounts.models import User
from hub.core import audit, files, uploads
from hub.core.errors import N_, DomainError
from hub.core.files import StoredFile
from hub.events.models.days import Event, EventOrganiser
from hub.events.queries import organisers as queries


@dataclass(frozen=True)
class Organiser:
    """An organiser as it is described. `logo` is a new picture; without one, the known one is used or not."""

    organisation_id: int
    territory_id: int | None = None
    contact_name: str = ""
    contact_email: str = ""
    contact_phone: str = ""
    logo: bytes | None = None
    uses_logo: bool = True


def set_organisers(
    session: Session,
    event: Event,
    rows: Sequence[Organiser],
    *,
    store: files.Store,
    actor: User | str,
    now: datetime,
) -> None:
    """Replace who organises a day. Raises DomainError for one named twice or a logo that is no picture."""
    numbers = [row.organisation_id for row in rows]
    if len(numbers) != len(set(numbers)):
        raise DomainError(N_("Une organisation est nommée deux fois."), field="rows")
    pictures = {row.organisation_id: uploads.clean_logo(row.logo) for row in rows if row.logo is not None}
    known = {row.organisation_id: row for row in event.organiser_rows}
    latest = queries.latest_logos(session, numbers)
    before = [(row.organisation_id, row.logo_id) for row in event.organiser_rows]
    kept = []
    for position, told in enumerate(rows):
        row = known.get(told.organisation_id) or EventOrganiser(organisation_id=told.organisation_id)
        row.position, row.territory_id = position, told.territory_id
        row.contact_name, row.contact_email = told.contact_name, told.contact_email
        row.contact_phone = told.contact_phone
        picture = pictures.get(told.organisation_id)
        if picture is not None:
            row.logo_id = files.keep(session, store, picture, "logo.png", "image/png", now=now).id
        else:
            row.logo_id = _known_logo(row, latest.get(told.organisation_id)) if told.uses_logo else None
        kept.append(row)
    event.organiser_rows = kept
    event.updated_at = now
    session.flush()
    after = [(row.organisation_id, row.logo_id) for row in kept]
    changes = {"organisers": [[one for one, _ in before], [one for one, _ in after]]}
    audit.record(session, "event.organisers_changed", event, actor=actor, now=now, changes=changes)


def _known_logo(row: EventOrganiser, latest: StoredFile | None) -> int | None:
    """Return the picture that the day shows already, else the last one that another day showed."""
    return row.logo_id or (latest.id if latest is not None else None)
