"""What stands in the way of two coordinators who change the same page of a day without knowing."""

from collections.abc import Callable
from typing import TypeVar

from hub.core.db import db
from hub.events.models.days import Event
from hub.events.operations import counters
from hub.plans.forms.seen import SeenForm

Shown = TypeVar("Shown", bound=SeenForm)
Both = list[tuple[str, str, str]]


def hold(event: Event) -> None:
    """Let one after the other change a day, and read anew what stands: another may just have written."""
    session = db.session()
    counters.lock(session, event)
    session.expire_all()


def changed_meanwhile(form: Shown, stored: Shown, prepare: Callable[[Shown], object]) -> Both | None:
    """Return both versions, part by part, if another stands by now than the page had shown; else None.

    From then on the page has seen what stands: sending it again overwrites, knowingly. `prepare` fills the
    lists of a form.
    """
    if not form.seen.data or not form.is_stale(stored):
        return None
    form.showing(stored)
    prepare(stored)
    return form.beside(stored)
