"""What an operation says when it can't do what was asked."""

from typing import Any


def N_(msgid: str) -> str:  # noqa: N802 - the name that message extraction knows
    """Mark a text for translation where it is written; it is translated where it is shown."""
    return msgid


class DomainError(Exception):
    """A refusal that a person can mend.

    The msgid is French; `field` names the form's field, if one is at fault.
    """

    def __init__(self, msgid: str, *, field: str | None = None, **params: Any) -> None:
        super().__init__(msgid % params if params else msgid)
        self.msgid = msgid
        self.field = field
        self.params = params
