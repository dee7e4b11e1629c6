"""What stands in a survey's file for a call's own questions, read as each question takes an answer."""

import re
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from datetime import date, datetime
from typing import Any, TypeVar

from hub.core.errors import DomainError
from hub.core.search import fold
from hub.events.models.registrations import QuestionKind
from hub.events.values.answers import Asked, clean

YES = frozenset({"oui", "yes", "ja", "vrai", "true", "1", "x"})
NO = frozenset({"non", "no", "nee", "faux", "false", "0"})
Question = TypeVar("Question", bound=Asked)
DATES = ("%d/%m/%Y", "%Y-%m-%d", "%d.%m.%Y", "%d-%m-%Y")


def read(typed: Mapping[int, str], questions: Sequence[Question]) -> tuple[dict[int, Any], list[Question]]:
    """Return what is answered (question's number → value), and the questions to which it doesn't fit."""
    found: dict[int, Any] = {}
    unfit: list[Question] = []
    for question in questions:
        if question.id not in typed:
            continue
        try:
            value = READERS[question.kind](question, typed[question.id])
            found |= clean([question], {question.id: value}, complete=False)
        except (DomainError, ValueError):
            unfit.append(question)
    return found, unfit


def _text(_question: Asked, text: str) -> str:
    return text


def _option(question: Asked, text: str) -> str:
    offered = {fold(option): option for option in question.options}
    if fold(text) not in offered:
        raise ValueError(text)
    return offered[fold(text)]


def _options(question: Asked, text: str) -> list[str]:
    """Return the options named, in their order: between semicolons or lines, else between commas."""
    offered = {fold(option) for option in question.options}
    parts = _parts(r"[;|\n]", text)
    if not {fold(part) for part in parts} <= offered:
        parts = _parts(r"[;|\n,]", text)
    named = {_option(question, part) for part in parts}
    return [option for option in question.options if option in named]


def _parts(between: str, text: str) -> list[str]:
    return [part for part in re.split(between, text) if part.strip()]


def _yes_no(_question: Asked, text: str) -> bool:
    if (word := fold(text)) not in YES | NO:
        raise ValueError(text)
    return word in YES


def _number(_question: Asked, text: str) -> float:
    number = float(re.sub(r"\s", "", text).replace(",", "."))
    return int(number) if number.is_integer() else number


def _day(_question: Asked, text: str) -> date:
    for written in DATES:
        with suppress(ValueError):
            return datetime.strptime(text[:10], written).date()  # noqa: DTZ007 - a day has no zone
    raise ValueError(text)


def _step(_question: Asked, text: str) -> int:
    return int(text)


READERS: Mapping[QuestionKind, Callable[[Asked, str], Any]] = {
    QuestionKind.TEXT: _text,
    QuestionKind.LONG_TEXT: _text,
    QuestionKind.ONE: _option,
    QuestionKind.MANY: _options,
    QuestionKind.YES_NO: _yes_no,
    QuestionKind.NUMBER: _number,
    QuestionKind.DATE: _day,
    QuestionKind.SCALE: _step,
}
