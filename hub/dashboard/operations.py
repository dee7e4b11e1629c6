"""Changing what the pages say of the network."""

import io
from datetime import datetime
from typing import Any

from PIL import Image, UnidentifiedImageError
from sqlalchemy.orm import Session

from hub.accounts.models import User
from hub.core import audit, files, settings
from hub.core.errors import N_, DomainError
from hub.core.settings import NetworkSettings

LOGO_BYTES = 2 * 1024 * 1024
LOGO_PIXELS = 20_000_000
LOGO_SIDE = 800
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


def clean_logo(content: bytes) -> bytes:
    """Return the picture made anew as a PNG of at most 800 pixels a side; nothing hidden survives (S12).

    Raises DomainError for a file that is too large or that is no PNG, JPEG or WebP.
    """
    if len(content) > LOGO_BYTES:
        raise DomainError(N_("Cette image dépasse 2 Mo. Choisissez-en une plus légère."), field="logo")
    try:
        with Image.open(io.BytesIO(content), formats=("PNG", "JPEG", "WEBP")) as picture:
            if picture.width * picture.height > LOGO_PIXELS:
                raise DomainError(N_("Cette image a trop de points. Réduisez-la d’abord."), field="logo")
            clean = picture.convert("RGBA")
    except (UnidentifiedImageError, OSError, SyntaxError, ValueError) as problem:
        raise DomainError(
            N_("Ce fichier n’est pas une image PNG, JPEG ou WebP lisible."), field="logo"
        ) from problem
    clean.thumbnail((LOGO_SIDE, LOGO_SIDE))
    made = io.BytesIO()
    clean.save(made, "PNG", optimize=True)
    return made.getvalue()
