"""Finding saved views, and what of them still means something."""

from collections.abc import Iterable

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from hub.actors.models.organisations import Organisation
from hub.actors.models.reference import OrganisationKind, Territory, Theme
from hub.actors.models.relations import RelationKind
from hub.network.models.views import SavedView

CODES = {
    "kind": OrganisationKind.code,
    "theme": Theme.code,
    "commune": Territory.code,
    "relation": RelationKind.code,
    "centre": Organisation.slug,
    "to": Organisation.slug,
}
"""Arguments of the network page whose values stand in lists that people edit."""


def live(*, shared_only: bool = False) -> Select[SavedView]:
    """Select the views that nobody deleted, by name."""
    found = select(SavedView).where(SavedView.deleted_at.is_(None)).order_by(SavedView.name_key)
    return found.where(SavedView.shared) if shared_only else found


def named(name_key: str) -> Select[SavedView]:
    """Select the live view of that folded name."""
    return select(SavedView).where(SavedView.name_key == name_key, SavedView.deleted_at.is_(None))


def stale(session: Session, arguments: Iterable[tuple[str, str]]) -> list[tuple[str, str]]:
    """Return the arguments whose value no list holds any more."""
    return [
        (name, value)
        for name, value in arguments
        if name in CODES and session.scalar(select(CODES[name]).where(CODES[name] == value)) is None
    ]
