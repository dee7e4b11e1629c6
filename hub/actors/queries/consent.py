"""What the public may read, for queries: a filter by a field that is not shown would tell what it holds."""

from sqlalchemy import ColumnElement, String, cast

from hub.actors.models.organisations import Organisation
from hub.actors.values.consent import ALWAYS, FIELDS


def shown(field: str) -> ColumnElement[bool]:
    """Hold for the organisations of which the public may read that field (`hub.actors.values.consent.shows`).

    Put it beside every condition on a field that needs an agreement. Raises KeyError for a field that the
    public never reads.
    """
    if field in ALWAYS:
        return Organisation.id.is_not(None)
    if field not in FIELDS:
        raise KeyError(field)
    return cast(Organisation.public_fields, String).contains(f'"{field}"', autoescape=True)
