"""Changing what the pages say of the network."""

from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from hub.accounts.models import User
from hub.core import audit, files, settings
from hub.core.settings import NetworkSettings
from hub.core.uploads import clean_logo

FIELDS = (
    "name", "short_name", "tagline", "about", "territory", "contact_email", "contact_phone", "address",
    "website", "primary_colour",
)  # fmt: skip


def change_identity(
    session: Session,
    values: dict[str, Any],
    *,
    logo: bytes | None,
    remove_logo: bool,
    store: files.Store,
    actor: User,
    now: datetime,
) -> NetworkSettings:
    """Change the network's name, words, colour and logo. Raises DomainError for a logo that is no picture."""
    row = settings.get_for_update(session)
    before = {name: getattr(row, name) for name in FIELDS}
    for name in FIELDS:
        setattr(row, name, values[name] or "")
    if remove_logo:
        row.logo_id = None
    if logo:
        picture = clean_logo(logo)
        row.logo_id = files.keep(session, store, picture, "logo.png", "image/png", now=now).id
    session.flush()
    changes = audit.differences(before, {name: getattr(row, name) for name in FIELDS})
    audit.record(session, "network.changed", row, actor=actor, now=now, changes=changes)
    return row
