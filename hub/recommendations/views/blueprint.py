"""The one blueprint that every page of recommendations belongs to, and what its pages share."""

from collections.abc import Callable
from enum import StrEnum
from typing import Any, TypeVar

from flask import Blueprint, Response, flash, request
from flask_babel import gettext
from flask_wtf import FlaskForm
from werkzeug.wrappers import Response as BaseResponse

from hub.core.errors import DomainError
from hub.core.web import row_number
from hub.recommendations.queries.filters import Order, Sorts

blueprint = Blueprint("recommendations", __name__)
Word = TypeVar("Word", bound=StrEnum)


def sentence(problem: DomainError) -> str:
    """Return a refusal in the reader's language."""
    return str(gettext(problem.msgid, **problem.params))


def blame(form: FlaskForm, problem: DomainError) -> str | None:
    """Put a refusal under the field at fault; return its sentence if the form has no such field."""
    if problem.field and problem.field in form:
        form[problem.field].errors = [*form[problem.field].errors, sentence(problem)]
        return None
    return sentence(problem)


def flash_refusal(problem: DomainError) -> None:
    """Say a refusal at the top of the next page."""
    flash(sentence(problem), "error")


def put_in_order(ids: list[int], order: Callable[[list[int]], None], back: BaseResponse) -> BaseResponse:
    """Put a list in the order that was sent: all of it by a script, or one row up or down by its button.

    `ids` are the rows as they stand; `order` stores another order, or raises DomainError; `back` leads to the
    list for who pressed a button.
    """
    moved = request.form.get("moved", type=row_number)
    wanted = request.form.getlist("item", type=row_number)
    if moved is not None and moved in ids:
        wanted, place = list(ids), ids.index(moved)
        step = -1 if request.form.get("direction") == "up" else 1
        wanted.insert(max(0, place + step), wanted.pop(place))
    try:
        order(wanted)
    except DomainError as refusal:
        if moved is None:
            return Response(sentence(refusal), 409, mimetype="text/plain")
        flash_refusal(refusal)
    return Response(status=204) if moved is None else back


def argument(name: str) -> str:
    """Return one of the address's arguments, tidy, "" if it isn't there."""
    return request.args.get(name, "").replace("\x00", "").strip()[:200]


def word_of(kind: type[Word], name: str) -> Word | None:
    """Return the word that the address's argument names, None for none or another."""
    wanted = argument(name)
    return next((word for word in kind if word.value == wanted), None)


def order_of(sorts: Sorts, default: Order) -> Order:
    """Return how the address wants the list to stand."""
    wanted = argument("sort")
    return Order(wanted, argument("direction") == "desc") if wanted in sorts else default


def page_number() -> int:
    """Return which page of the list is asked for."""
    return request.args.get("page", 1, type=int)


def chips(*wanted: tuple[str, str, str]) -> list[dict[str, Any]]:
    """Return the filters in force, from (argument's name, value, words)."""
    return [{"name": name, "value": value, "label": words} for name, value, words in wanted if value]
