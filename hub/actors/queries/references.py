"""Reading the lists that people edit."""

from typing import Any, TypeAlias

from sqlalchemy import Select, select
from sqlalchemy.orm import Session, joinedload

from hub.actors.models.reference import Audience, Level, OrganisationKind, Territory, Theme
from hub.actors.models.relations import RelationKind
from hub.core.search import fold

ListModel: TypeAlias = (
    type[Level] | type[Theme] | type[OrganisationKind] | type[RelationKind] | type[Audience]
)
ListRow: TypeAlias = Level | Theme | OrganisationKind | RelationKind | Audience


def in_order(model: ListModel) -> Select[Any]:
    """Select a list's rows as people have put them in order."""
    return select(model).order_by(model.position, model.id)


def territories(session: Session, text: str) -> Select[Territory]:
    """Select the places whose name or postal code holds the text, by name."""
    found = select(Territory).options(joinedload(Territory.parent)).order_by(Territory.name, Territory.id)
    if not text:
        return found
    # A few hundred names are folded here: neither database folds accents by itself.
    names = session.execute(select(Territory.id, Territory.name, Territory.postal_code)).all()
    ids = [row.id for row in names if fold(text) in fold(row.name) or row.postal_code.startswith(text)]
    return found.where(Territory.id.in_(ids))
