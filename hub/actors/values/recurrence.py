"""When a drop-in is held: weekdays, hours, every so many weeks."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import time

from hub.core.errors import N_, DomainError

WEEKDAYS = (
    N_("lundi"), N_("mardi"), N_("mercredi"), N_("jeudi"), N_("vendredi"), N_("samedi"), N_("dimanche"),
)  # fmt: skip
# How often one is used to say it; other numbers stay figures.
EVERY_WEEKS = {1: N_("chaque semaine"), 2: N_("une semaine sur deux"), 3: N_("une semaine sur trois"),
               4: N_("une semaine sur quatre")}  # fmt: skip


@dataclass(frozen=True, order=True)
class Slot:
    """A weekday (0: Monday) and its hours, in Brussels' time; the end may be unknown."""

    weekday: int
    begins: time
    finishes: time | None = None
    every_weeks: int = 1


def check(slots: Iterable[Slot]) -> None:
    """Raise DomainError where hours end before they begin, or two overlap on one day of every week."""
    before: Slot | None = None
    for slot in sorted(slots, key=lambda one: (one.weekday, one.begins)):
        if slot.finishes is not None and slot.finishes <= slot.begins:
            raise DomainError(N_("La fin vient avant le début."), field="slots")
        if before is not None and _overlap(before, slot):
            raise DomainError(
                N_("Deux moments du %(day)s se recouvrent : gardez-en un, ou séparez leurs heures."),
                field="slots",
                day=WEEKDAYS[slot.weekday],
            )
        before = slot


def _overlap(one: Slot, later: Slot) -> bool:
    if one.weekday != later.weekday:
        return False
    if one.begins == later.begins:
        return True
    weekly = one.every_weeks == later.every_weeks == 1
    return weekly and one.finishes is not None and later.begins < one.finishes


def told(slots: Iterable[Slot]) -> str:
    """Return the slots as history tells them: « mardi 09:00-12:00 /2 »."""
    return ", ".join(
        f"{WEEKDAYS[slot.weekday]} {slot.begins:%H:%M}"
        + (f"-{slot.finishes:%H:%M}" if slot.finishes else "")
        + (f" /{slot.every_weeks}" if slot.every_weeks > 1 else "")
        for slot in sorted(slots, key=lambda one: (one.weekday, one.begins))
    )
