"""The table of delegations: one line a party, read whole."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from hub.core.errors import N_, DomainError
from hub.events.models.outcomes import Delegation, DelegationState
from hub.events.operations.delegations import MOST, Line

FIELDS = ("state", "announced", "present", "note")
NAME = re.compile(r"(state|announced|present|note)-([0-9]{1,10})", re.ASCII)
LONGEST_NOTE = 300
MOST_LINES = 200
SIGNS = re.compile(r"[\x00-\x1f\x7f]+")


@dataclass(slots=True)
class Sheet:
    """What the table says, as it was typed, and what is wrong with it: field-number → text."""

    values: dict[str, str]
    errors: dict[str, str] = field(default_factory=dict)

    @classmethod
    def of(cls, rows: Iterable[Delegation]) -> "Sheet":
        """Return the table as it is stored."""
        values: dict[str, str] = {}
        for row in rows:
            values[f"state-{row.id}"] = row.state.value
            values[f"announced-{row.id}"] = "" if row.announced is None else str(row.announced)
            values[f"present-{row.id}"] = "" if row.present is None else str(row.present)
            values[f"note-{row.id}"] = row.note
        return cls(values)

    @classmethod
    def sent(cls, form: Mapping[str, str]) -> "Sheet":
        """Return the table as it was sent; fields of no line are left aside."""
        names = [name for name in form if NAME.fullmatch(name)][: MOST_LINES * len(FIELDS)]
        return cls({name: SIGNS.sub(" ", form[name]).strip() for name in names})

    def lines(self) -> list[Line]:
        """Return the table's lines. Raises DomainError naming the first field that doesn't do."""
        numbers = sorted({int(name.rpartition("-")[2]) for name in self.values})
        return [self._line(number) for number in numbers]

    def _line(self, number: int) -> Line:
        note, state = self.values.get(f"note-{number}", ""), self.values.get(f"state-{number}", "")
        if len(note) > LONGEST_NOTE:
            raise DomainError(N_("Au plus %(most)s caractères."), field=f"note-{number}", most=LONGEST_NOTE)
        if state not in set(DelegationState):
            raise DomainError(N_("Choisissez dans la liste."), field=f"state-{number}")
        return Line(
            number,
            DelegationState(state),
            self._number(f"announced-{number}"),
            self._number(f"present-{number}"),
            note,
        )

    def _number(self, name: str) -> int | None:
        text = self.values.get(name, "")
        if not text:
            return None
        if not (text.isascii() and text.isdecimal()) or int(text[:6]) > MOST:
            raise DomainError(N_("Un nombre entre 0 et %(most)s."), field=name, most=MOST)
        return int(text)

    def blame(self, name: str | None, text: str) -> None:
        """Put a refusal beside its field, or above the table."""
        self.errors[name or ""] = text
