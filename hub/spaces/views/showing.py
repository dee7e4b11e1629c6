"""The page of a space, and its history."""

from dataclasses import dataclass
from functools import cache
from typing import Any

from flask import current_app, render_template, request, url_for
from sqlalchemy import Date, Integer, Row, Select, bindparam, func, select
from sqlalchemy.orm import joinedload

from hub.actors.models.mandates import Person
from hub.core import audit, clock, paging
from hub.core.access import current_user, permit
from hub.core.db import db
from hub.spaces import rules, signals
from hub.spaces.models.followers import Follower
from hub.spaces.models.joining import Joining, JoinState
from hub.spaces.models.meetings import Attendance, Meeting, MeetingState
from hub.spaces.models.spaces import Facilitation, Membership, Space, SpaceState
from hub.spaces.queries import mine, seats
from hub.spaces.queries import table as tables
from hub.spaces.views.blueprint import blueprint
from hub.spaces.words import ANSWERS, HISTORY, KINDS, REPRESENTATION_NAMES, ROLES

READ_EACH = 5


@dataclass(frozen=True)
class Reader:
    """Who looks at a space: what they are there, and what waits there for them."""

    person_id: int | None
    follows: bool
    edits: bool
    seats: list[Membership]
    waiting: int  # requests and invitations without an answer, for whoever may give one
    invitation: int | None  # the number of one that they may answer for their organisation

    @property
    def takes_part(self) -> bool:
        """Whether they may read what the space's members read: what `rules.take_part` says."""
        return self.edits or bool(self.seats)


def way(endpoint: str, **values: Any) -> str:
    """Return the address of a page, or "" where this installation has none."""
    return url_for(endpoint, **values) if endpoint in current_app.view_functions else ""


@blueprint.get("/espaces/<slug>")
@permit(rules.see, Space, key="slug")
def show(space: Space) -> Any:
    """Show a space: to members what is next and what they must do; to others what it is for."""
    session, now = db.session(), clock.now()
    today, user = clock.today(now), current_user()
    reader = _reader(space)
    meetings: list[tuple[Meeting, list[Attendance]]] = []
    to_do: list[Row[Any]] = []
    to_read: list[Row[Any]] = []
    if reader.takes_part:
        number = reader.person_id or 0
        meetings = by_meeting(mine.meetings_to_come(session, number, [space.id], now))
        to_do = list(mine.to_do(session, number, [space.id], today)) if number else []
        to_read = list(mine.to_read(session, number, [space.id], READ_EACH))
    return render_template(
        "spaces/show.html",
        space=space,
        reader=reader,
        next=next((pair for pair in meetings if pair[0].state is not MeetingState.CANCELLED), None),
        cancelled=[pair[0] for pair in meetings if pair[0].state is MeetingState.CANCELLED],
        later=[pair for pair in meetings if pair[0].state is not MeetingState.CANCELLED][1:4],
        to_do=to_do,
        decisions=[row for row in to_read if row.what == mine.Paper.DECISION],
        papers=[row for row in to_read if row.what != mine.Paper.DECISION],
        table=tables.table(session, space, today),
        links=signals.links_of(space, session=session, user=user),
        today=today,
        way=way,
        kinds=KINDS,
        roles=ROLES,
        answers=ANSWERS,
        representations=REPRESENTATION_NAMES,
    )


def by_meeting(rows: Any) -> list[tuple[Meeting, list[Attendance]]]:
    """Put a person's lines beside their meeting: one for each organisation that they speak for."""
    found: dict[int, tuple[Meeting, list[Attendance]]] = {}
    for meeting, line in rows:
        lines = found.setdefault(meeting.id, (meeting, []))[1]
        if line is not None:
            lines.append(line)
    return list(found.values())


def _reader(space: Space) -> Reader:
    """Load the space with what its page says, and who looks at it, in two queries."""
    session, user, today = db.session(), current_user(), clock.today(clock.now())
    asked = {"space": space.id, "user": user.id, "day": today}
    loaded = session.execute(_whole(), asked, execution_options={"populate_existing": True}).unique()
    _space, open_ones, followed, person_id, invitation = loaded.one()
    own = seats.places_of(person_id, today).where(Membership.space_id == space.id) if person_id else None
    places = [] if own is None else list(session.scalars(own))
    edits = rules.edit(user, space)
    return Reader(
        person_id, bool(followed), edits, places,
        open_ones if edits else 0, invitation if space.state is not SpaceState.CLOSED else None,
    )  # fmt: skip


@cache
def _whole() -> Select[Any]:
    """Select a space with what its page says, and what waits there; made once, that takes long."""
    space, user = bindparam("space", type_=Integer()), bindparam("user", type_=Integer())
    day: Any = bindparam("day", type_=Date())
    waiting = (
        select(func.count())
        .select_from(Joining)
        .where(Joining.space_id == space, Joining.state == JoinState.OPEN)
    )
    follows = select(func.count()).where(Follower.space_id == space, Follower.user_id == user)
    person = select(func.max(Person.id)).where(Person.user_id == user)
    invited = tables.invitations_for(user, day).where(Joining.space_id == space)
    return (
        select(
            Space, waiting.scalar_subquery(), follows.scalar_subquery(), person.scalar_subquery(),
            invited.with_only_columns(func.max(Joining.id)).scalar_subquery(),
        )
        .where(Space.id == space)
        .options(
            joinedload(Space.themes),
            joinedload(Space.level),
            joinedload(Space.territory),
            joinedload(Space.convener),
            joinedload(Space.facilitations).joinedload(Facilitation.user),
        )
    )  # fmt: skip


@blueprint.get("/espaces/<slug>/histoire")
@permit(rules.take_part, Space, key="slug")
def history(space: Space) -> Any:
    """Show what happened to a space, the latest first."""
    page = paging.paginate(db.session(), audit.history(space), request.args.get("page", 1, type=int))
    return render_template("spaces/history.html", space=space, page=page, words=HISTORY)
