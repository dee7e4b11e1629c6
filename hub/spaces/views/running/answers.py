"""How the page that runs a meeting answers: whole without scripts, in fragments to a script that asks."""

import re
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from flask import (
    Response,
    flash,
    get_template_attribute,
    jsonify,
    redirect,
    render_template,
    request,
    url_for,
)
from flask_babel import gettext as _
from flask_wtf.csrf import generate_csrf

from hub.core import choices, clock, i18n
from hub.core.access import coordinator, current_user
from hub.core.db import db
from hub.core.errors import N_, DomainError
from hub.spaces import words
from hub.spaces.models.meetings import AgendaItem, Meeting
from hub.spaces.models.running import NoteConflict
from hub.spaces.views.running import board as boards
from hub.spaces.views.running.board import Board, Point

SIGNS = re.compile(r"[\x00-\x08\x0b-\x1f\x7f]")
LARGEST_NUMBER = 2**31 - 1
PARTS = "spaces/running/parts.html"


@dataclass(frozen=True, slots=True)
class Refused:
    """A form that was sent and refused: where it stands, why, and what was typed in it."""

    form: str
    message: str
    item_id: int | None = None
    values: dict[str, str] = field(default_factory=dict)


def by_script() -> bool:
    """Say whether a script asks: it wants fragments, and tells the person itself."""
    return "X-Gesture" in request.headers


def typed(name: str) -> str:
    """Return what was typed in a field, with one kind of line end and without control signs."""
    text = request.form.get(name, "").replace("\r\n", "\n").replace("\r", "\n")
    return SIGNS.sub("", text)


def key() -> str | None:
    """Return the key of this gesture; without scripts there is none."""
    return typed("client_key") or None


def number(name: str) -> int | None:
    """Return a number of a row, None for none. Raises DomainError for anything else."""
    text = request.form.get(name, "").strip()
    if not text:
        return None
    if not (text.isascii() and text.isdecimal()) or int(text[:12]) > LARGEST_NUMBER:
        raise DomainError(N_("Choisissez dans la liste."), field=name)
    return int(text)


def day(name: str) -> date | None:
    """Return a day, None for none. Raises DomainError for what is none."""
    text = request.form.get(name, "").strip()
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        raise DomainError(N_("Écrivez une date, par exemple 06/06/2026."), field=name) from None


def board_of(meeting: Meeting) -> Board:
    """Return what the page shows, to the person of this request."""
    return boards.of(meeting, session=db.session(), user=current_user(), now=clock.now())


def page(meeting: Meeting, refused: Refused | None = None, code: int = 200) -> Any:
    """Return the whole page; `refused` is a form that is shown again with what was typed."""
    board = board_of(meeting)
    return render_template(
        "spaces/running/show.html", board=board, meeting=meeting, refused=refused, **_words(board)
    ), code


def done(meeting: Meeting, item: AgendaItem | None = None, *, code: int = 200, **more: Any) -> Any:
    """Answer a gesture that counted: its fragments, or the page again at the point in hand."""
    if not by_script():
        anchor = f"point-{item.id}" if item else None
        return redirect(url_for("spaces.run", id=meeting.id, _anchor=anchor), 303)
    return jsonify(state(board_of(meeting), item) | more), code


def refuse(meeting: Meeting, form: str, problem: DomainError, item: AgendaItem | None = None) -> Any:
    """Answer a gesture that was refused, in words; nothing typed is lost."""
    message = _(problem.msgid, **problem.params)
    if by_script():
        return jsonify({"message": message, "field": problem.field}), 422
    values = {name: typed(name) for name in request.form if name != "csrf_token"}
    return page(meeting, Refused(form, message, item.id if item else None, values), 422)


def conflict(meeting: Meeting, item: AgendaItem, kept: NoteConflict) -> Any:
    """Answer 409 with both texts. What is kept was stored: the one answer of 409 that commits."""
    db.session.commit()
    if by_script():
        texts = {"kept": kept.id, "text": kept.text, "current": item.notes, "version": item.notes_version}
        return jsonify(state(board_of(meeting), item) | texts), 409
    flash(_("Quelqu’un a écrit en même temps. Les deux textes sont gardés : faites-en un."), "warning")
    return page(meeting, code=409)


def state(board: Board, item: AgendaItem | None = None) -> dict[str, Any]:
    """Return what the page replaces: all of it, or what hangs on one point."""
    points = [point for point in board.points if item is None or point.item.id == item.id]
    fragments = {"etat-reunion": _part("meeting_state", board)}
    fragments |= {"compte": _part("count", board), "presences": _part("presences", board, words.PRESENCES)}
    for point in points:
        number = point.item.id
        fragments[f"pris-{number}"] = _part("captured", point, words.METHODS)
        fragments[f"conflits-{number}"] = _part("conflicts", point, current_user())
    return {
        "fragments": fragments,
        "notes": {str(point.item.id): _notes(point) for point in points},
        "points": [point.item.id for point in board.points],
        "opened_at": board.meeting.opened_at.isoformat() if board.meeting.opened_at else None,
    }


def fresh(board: Board) -> Response:
    """Say what is new: 304 if nothing is. The CSRF token goes beside it, for it varies."""
    answer = jsonify(state(board))
    answer.add_etag()
    answer.make_conditional(request)
    answer.headers["X-CSRF-Token"] = generate_csrf()
    answer.headers["X-Account"] = str(current_user().id)
    return answer


def point_html(meeting: Meeting, item: AgendaItem) -> str:
    """Return the whole of one point, for a page that doesn't have it yet."""
    board = board_of(meeting)
    point = next(point for point in board.points if point.item.id == item.id)
    return render_template(
        "spaces/running/point.html",
        board=board,
        meeting=meeting,
        point=point,
        refused=None,
        **_words(board),
    )


def _notes(point: Point) -> dict[str, Any]:
    item = point.item
    saved = i18n.format_time(item.notes_saved_at, i18n.chosen_language()) if item.notes_saved_at else ""
    hours = [point.slot.starts_at, point.slot.ends_at]
    return {
        "slot": " – ".join(i18n.format_time(hour, i18n.chosen_language()) for hour in hours if hour),
        "version": item.notes_version,
        "text": item.notes,
        "saved": saved,
        "preview": _part("preview", item),
    }


def _part(name: str, *given: Any) -> str:
    macro: Any = get_template_attribute(PARTS, name)
    # The token varies with each answer: with it, nothing would ever be the same as before.
    return str(macro(*given)).replace(generate_csrf(), "").strip()


def _words(board: Board) -> dict[str, Any]:
    """Return words, and the lists that stand in every point: they are written once."""
    ways = [(value.value, str(word)) for value, word in words.METHODS.items()]
    return {
        "owners": choices.marked(board.owners, None),
        "organisations": choices.marked(board.organisations, None),
        "ways": ways,
        "all_ways": choices.marked(ways, None),
        "followed": choices.marked(board.followed, None),
        "may_coordinate": coordinator(current_user()),
        "purposes": words.PURPOSES,
        "presences": words.PRESENCES,
        "methods": words.METHODS,
        "blank": boards.blank(),
    }
