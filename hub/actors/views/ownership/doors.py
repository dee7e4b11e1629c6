"""The three doors to an organisation's own record: an account, a personal link, the link of a round.

Behind each stand the same pages (`hub.actors.views.ownership.own`). GET never changes anything: whoever
opens a mailed link only reads (S11).
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from flask import abort, url_for
from werkzeug.wrappers import Response

from hub.accounts.models import User
from hub.actors.models.organisations import Organisation
from hub.actors.models.ownership import CheckRequest, RecordChange
from hub.core.access import current_user
from hub.core.db import db

Answer = str | Response | tuple[str, int]


@dataclass(frozen=True)
class Door:
    """By which way somebody came to a record, and in whose name they act."""

    name: str  # "mine", "linked" or "asked": the beginning of its endpoints
    organisation: Organisation
    arguments: dict[str, str]
    user: User | None = None  # whoever has an account; a link is the organisation's own
    request: CheckRequest | None = None  # the round that asks

    def url(self, page: str, **more: Any) -> str:
        """Return the address of a page behind this door."""
        values: dict[str, Any] = {**self.arguments, **more}
        return url_for(f"actors.{self.name}_{page}", **values)

    def change(self, number: int) -> RecordChange:
        """Return a change of this record; 404 for another's."""
        found = db.session.get(RecordChange, number)
        if found is None or found.organisation_id != self.organisation.id:
            abort(404)
        return found


def mine(organisation: Organisation) -> Door:
    """Open the record to whoever represents the organisation."""
    return Door("mine", organisation, {"slug": organisation.slug}, user=current_user())


def linked(organisation: Organisation, token: str) -> Door:
    """Open the record to whoever holds its personal link."""
    return Door("linked", organisation, {"token": token})


def asked(request: CheckRequest, token: str) -> Door:
    """Open the record to whoever holds the link of a round."""
    organisation = request.organisation.successor or request.organisation
    return Door("asked", organisation, {"token": token}, request=request)


Page = Callable[..., Answer]
