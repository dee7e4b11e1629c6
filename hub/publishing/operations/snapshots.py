"""What an edition is made of, kept as JSON after each change, and put back.

A moment holds the rows of all tables below with their numbers, so that what hangs on a chapter or an item
finds it again. Comments, leaflets and questions are no part of it (see hanging). Of moments without a name
the latest are kept, see MOST_UNNAMED; those with a name stay.
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Table, delete, func, insert, select, update
from sqlalchemy.orm import Session

from hub.actors.models.organisations import Organisation
from hub.core import audit
from hub.core.errors import N_, DomainError
from hub.core.files import StoredFile
from hub.publishing.models.composition import (
    Chapter,
    EditionFigure,
    EditionSection,
    EditionTerm,
    Item,
    Signatory,
    Sponsor,
)
from hub.publishing.models.editions import Edition, Layout
from hub.publishing.models.writing import EditionSnapshot
from hub.publishing.operations import comments, hanging
from hub.recommendations.models.recommendations import Recommendation
from hub.recommendations.models.versions import RecommendationVersion

MOST_UNNAMED = 150
MOST_NAMED = 50
BEGINNING = "edition.begun"
MANY = 400  # rows a statement

# What holds others comes first: written first, deleted last.
HOLDERS: tuple[Any, ...] = (EditionSection, Chapter)
HELD: tuple[Any, ...] = (Item, Signatory, Sponsor, EditionTerm, EditionFigure)
TABLES: dict[str, Table] = {model.__tablename__: model.__table__ for model in (*HOLDERS, *HELD)}
# What rows name beyond the edition: whoever has gone from the register isn't put back.
REFERRED: dict[str, Any] = {
    "recommendation_id": Recommendation,
    "version_id": RecommendationVersion,
    "organisation_id": Organisation,
    "file_id": StoredFile,
    "logo_id": StoredFile,
}
Rows = dict[str, dict[int, dict[str, Any]]]


def begin(session: Session, edition: Edition, *, now: datetime) -> None:
    """Keep what the edition is before its first change, once."""
    if session.scalar(select(EditionSnapshot.id).where(EditionSnapshot.edition_id == edition.id).limit(1)):
        return
    _add(session, edition, 1, BEGINNING, written(session, edition), actor=None, now=now)


def keep(session: Session, edition: Edition, action: str, *, actor: Any, now: datetime) -> None:
    """Keep what the edition is after a change; what changed nothing isn't kept."""
    session.flush()
    content = written(session, edition)
    head = latest(session, edition)
    if head is not None and head.content == content:
        return
    number = head.number + 1 if head is not None else 1
    _add(session, edition, number, action, content, actor=actor, now=now)


def stand_for(
    session: Session, edition: Edition, number: int, action: str, *, actor: Any, now: datetime
) -> None:
    """Put an earlier moment back, and keep that it stands now. Raises DomainError if it is gone."""
    earlier = moment(session, edition, number)
    head = latest(session, edition)
    restore(session, edition, earlier)
    row = _add(
        session,
        edition,
        (head.number if head else 0) + 1,
        action,
        written(session, edition),
        actor=actor,
        now=now,
    )
    row.stands_for = number
    session.flush()


def latest(session: Session, edition: Edition) -> EditionSnapshot | None:
    """Return the edition's last moment."""
    return session.scalars(
        select(EditionSnapshot)
        .where(EditionSnapshot.edition_id == edition.id)
        .order_by(EditionSnapshot.number.desc())
        .limit(1)
    ).first()


def moment(session: Session, edition: Edition, number: int) -> EditionSnapshot:
    """Return the moment of that number. Raises DomainError if it isn't kept any more."""
    row = session.scalars(
        select(EditionSnapshot).where(
            EditionSnapshot.edition_id == edition.id, EditionSnapshot.number == number
        )
    ).first()
    if row is None:
        raise DomainError(N_("Cette version n’est plus gardée."))
    return row


def _add(
    session: Session, edition: Edition, number: int, action: str, content: str, *, actor: Any, now: datetime
) -> EditionSnapshot:
    row = EditionSnapshot(
        edition_id=edition.id, number=number, action=action, actor_label=audit.label(actor), content=content,
        created_at=now,
    )  # fmt: skip
    session.add(row)
    session.flush()
    session.execute(
        delete(EditionSnapshot)
        .where(
            EditionSnapshot.edition_id == edition.id,
            EditionSnapshot.number <= number - MOST_UNNAMED,
            EditionSnapshot.label == "",
        )
        .execution_options(synchronize_session=False)
    )
    return row


def named(session: Session, edition: Edition) -> int:
    """Count the edition's moments that have a name."""
    counted = select(func.count()).where(
        EditionSnapshot.edition_id == edition.id, EditionSnapshot.label != ""
    )
    return session.scalar(counted) or 0


# --- Writing and reading ----------------------------------------------------------------------


def written(session: Session, edition: Edition) -> str:
    """Return what the edition is made of, as JSON; the same content gives the same text."""
    tables = {}
    for name, table in TABLES.items():
        columns = [column for column in table.columns if column.name != "edition_id"]
        rows = session.execute(select(*columns).where(table.c.edition_id == edition.id).order_by(table.c.id))
        tables[name] = {"columns": [column.name for column in columns], "rows": [list(row) for row in rows]}
    return json.dumps({"layout": edition.layout, "tables": tables}, ensure_ascii=False, separators=(",", ":"))


def rows_of(content: str) -> Rows:
    """Return the rows of a moment: table → number → columns. A table that it doesn't know holds none."""
    tables = json.loads(content)["tables"]
    found: Rows = {}
    for name in TABLES:
        told = tables.get(name, {"columns": ["id"], "rows": []})
        made = (dict(zip(told["columns"], row, strict=True)) for row in told["rows"])
        found[name] = {row["id"]: row for row in made}
    return found


def layout_of(content: str) -> Layout:
    """Return the layout that a moment had."""
    return Layout(json.loads(content)["layout"])


# --- Putting back -----------------------------------------------------------------------------


def restore(session: Session, edition: Edition, earlier: EditionSnapshot) -> None:
    """Make the edition what it was; whoever left the register meanwhile isn't put back."""
    wanted = _still_there(session, rows_of(earlier.content))
    present = rows_of(written(session, edition))
    edition.layout = layout_of(earlier.content)
    told = earlier.hanging
    session.flush()
    for model in reversed(HELD):
        name = model.__tablename__
        gone = present[name].keys() - wanted[name].keys()
        if model is EditionTerm:  # two that exchange their words would meet on the way
            gone |= {key for key, row in present[name].items() if wanted[name].get(key) != row}
        _delete(session, edition, model, gone)
        for key in gone:
            del present[name][key]
    back = {
        model: wanted[model.__tablename__].keys() - present[model.__tablename__].keys()
        for model in comments.COLUMNS
    }
    for model in (*HOLDERS, *HELD):
        _write(session, edition, model, present[model.__tablename__], wanted[model.__tablename__])
    for model in reversed(HOLDERS):
        name = model.__tablename__
        _delete(session, edition, model, present[name].keys() - wanted[name].keys())
    hanging.put_back(session, edition, told, back)
    session.expire_all()


def _delete(session: Session, edition: Edition, model: Any, identifiers: Iterable[int]) -> None:
    table = TABLES[model.__tablename__]
    chosen = sorted(identifiers)
    for start in range(0, len(chosen), MANY):
        some = chosen[start : start + MANY]
        comments.detach(session, edition, model, some)
        session.execute(delete(table).where(table.c.edition_id == edition.id, table.c.id.in_(some)))


def _write(
    session: Session,
    edition: Edition,
    model: Any,
    present: Mapping[int, Mapping[str, Any]],
    wanted: Mapping[int, Mapping[str, Any]],
) -> None:
    table = TABLES[model.__tablename__]
    new = [{**row, "edition_id": edition.id} for key, row in wanted.items() if key not in present]
    for start in range(0, len(new), MANY):
        session.execute(insert(table), new[start : start + MANY])
    for key, row in wanted.items():
        if key in present and present[key] != row:
            values = {name: value for name, value in row.items() if name != "id"}
            session.execute(update(table).where(table.c.id == key).values(**values))


def _still_there(session: Session, wanted: Rows) -> Rows:
    """Leave out rows whose recommendation, organisation or picture has gone; a logo that has gone is none."""
    for column, model in REFERRED.items():
        named = {row[column] for rows in wanted.values() for row in rows.values() if row.get(column)}
        known = _known(session, model, sorted(named))
        for name, rows in wanted.items():
            may_be_empty = column in TABLES[name].columns and TABLES[name].columns[column].nullable
            lost = [key for key, row in rows.items() if row.get(column) and row[column] not in known]
            for key in lost:
                if may_be_empty and column != "file_id":
                    rows[key] = {**rows[key], column: None}
                else:
                    del rows[key]
    return wanted


def _known(session: Session, model: Any, identifiers: Sequence[int]) -> set[int]:
    found: set[int] = set()
    for start in range(0, len(identifiers), MANY):
        found |= set(session.scalars(select(model.id).where(model.id.in_(identifiers[start : start + MANY]))))
    return found
