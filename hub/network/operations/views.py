"""Saving, changing and deleting named ways to look at the network."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import delete as delete_rows
from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.core import audit
from hub.core.errors import N_, DomainError
from hub.core.search import fold, slug
from hub.network.models.views import SavedView
from hub.network.queries import views as queries

KEPT = timedelta(days=30)
"""How long a deleted view can be taken back."""
MOST_ARGUMENTS, LONGEST = 60, 200
MOST_NAME = 120

Arguments = Sequence[tuple[str, str]]


def save(
    session: Session, name: str, arguments: Arguments, *, shared: bool, actor: Any, now: datetime
) -> SavedView:
    """Save a way to look under a name. Raises DomainError without a name, or if another has it."""
    _check(session, name)
    if len(arguments) > MOST_ARGUMENTS or any(len(value) > LONGEST for _, value in arguments):
        raise DomainError(N_("Cette vue a trop de filtres pour être enregistrée."))
    view = SavedView(
        slug=_free_slug(session, name),
        name=name.strip(),
        name_key=fold(name),
        arguments=[[key, value] for key, value in arguments],
        shared=shared,
        saved_by_id=actor.id,
        created_at=now,
        updated_at=now,
    )
    session.add(view)
    session.flush()
    audit.record(session, "saved_view.added", view, actor=actor, now=now, changes={"name": [None, view.name]})
    return view


def change(session: Session, view: SavedView, name: str, *, shared: bool, actor: Any, now: datetime) -> None:
    """Rename a view, or share it or no more; its address stays. Raises DomainError as `save` does."""
    _check(session, name, but=view)
    new = {"name": name.strip(), "shared": shared}
    changes = audit.differences({field: getattr(view, field) for field in new}, new)
    view.name, view.name_key, view.shared = name.strip(), fold(name), shared
    view.updated_at = now
    session.flush()
    if changes:
        audit.record(session, "saved_view.changed", view, actor=actor, now=now, changes=changes)


def delete(session: Session, view: SavedView, *, actor: Any, now: datetime) -> None:
    """Delete a view; it can be taken back for `KEPT`. Deleting it again changes nothing."""
    if view.deleted_at is not None:
        return
    view.deleted_at = now
    session.flush()
    audit.record(session, "saved_view.deleted", view, actor=actor, now=now)


def restore(session: Session, view: SavedView, *, actor: Any, now: datetime) -> None:
    """Take a deleted view back. Raises DomainError if another has its name by now."""
    if view.deleted_at is None:
        return
    if session.scalar(queries.named(view.name_key)) is not None:
        raise DomainError(N_("Une autre vue s’appelle « %(name)s » : renommez-la d’abord."), name=view.name)
    view.deleted_at = None
    session.flush()
    audit.record(session, "saved_view.restored", view, actor=actor, now=now)


def sweep(session: Session, *, now: datetime) -> None:
    """Remove for good what was deleted long ago."""
    session.execute(delete_rows(SavedView).where(SavedView.deleted_at < now - KEPT))


def _check(session: Session, name: str, *, but: SavedView | None = None) -> None:
    if not fold(name):
        raise DomainError(N_("Donnez un nom à cette vue."), field="name")
    if len(name.strip()) > MOST_NAME:
        raise DomainError(N_("120 signes au plus."), field="name")
    other = session.scalar(queries.named(fold(name)))
    if other is not None and other is not but:
        raise DomainError(N_("Une vue s’appelle déjà « %(name)s »."), field="name", name=other.name)


def _free_slug(session: Session, name: str) -> str:
    base = slug(name)
    taken = set(
        session.scalars(select(SavedView.slug).where(SavedView.slug.startswith(base, autoescape=True)))
    )
    number, free = 1, base
    while free in taken:
        number += 1
        free = f"{base}-{number}"
    return free
