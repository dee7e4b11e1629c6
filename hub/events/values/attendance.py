"""What a presence earns: the rule of a certificate of attendance, without database.

Minutes are counted once: of two sessions that overlap, such as a half-day and a workshop within it, the time
together counts, not the sum. Only what was seen counts; who signed up plays no part.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from hub.events.models.days import CertificateRule

PERCENT = 100


@dataclass(frozen=True, slots=True)
class Sitting:
    """A session as it concerns one person. `was_there` is None where presence was not taken.

    `counts` says that the session enters the rule and that the person is expected there (in a workshop only
    those who hold a seat are).
    """

    number: int
    starts_at: datetime
    ends_at: datetime
    was_there: bool | None = None
    counts: bool = True


@dataclass(frozen=True, slots=True)
class Verdict:
    """What presence comes to: minutes and sessions attended, how many were to be had, and what lacks.

    `missing` are the sessions that count and where the person was not seen, in order of time; `lacking` says
    how many minutes more the rule asks for (0 once earned, and where nothing counts).
    """

    earned: bool
    minutes: int
    sessions: int
    of_minutes: int
    of_sessions: int
    missing: tuple[int, ...]
    lacking: int
    attended: tuple[int, ...]


def judge(rule: CertificateRule, threshold: int, sittings: Sequence[Sitting]) -> Verdict:
    """Say whether a presence earns the certificate: all sessions, a percentage of minutes, or minutes."""
    counted = sorted((one for one in sittings if one.counts), key=lambda one: (one.starts_at, one.number))
    seen = [one for one in counted if one.was_there]
    missing = tuple(one.number for one in counted if not one.was_there)
    minutes, whole = covered(seen), covered(counted)
    wanted = _wanted(rule, threshold, whole)
    enough = not missing if rule == CertificateRule.ALL else minutes >= wanted
    earned = rule != CertificateRule.NONE and bool(seen) and minutes > 0 and enough
    return Verdict(
        earned=earned, minutes=minutes, sessions=len(seen), of_minutes=whole, of_sessions=len(counted),
        missing=missing, lacking=0 if earned else max(0, wanted - minutes),
        attended=tuple(one.number for one in seen),
    )  # fmt: skip


def _wanted(rule: CertificateRule, threshold: int, whole: int) -> int:
    """Return how many minutes the rule asks for; a part of a minute asks for the whole of it."""
    if rule == CertificateRule.SHARE:
        return -(-whole * min(threshold, PERCENT) // PERCENT)
    return threshold if rule == CertificateRule.MINUTES else whole


def covered(sittings: Iterable[Sitting]) -> int:
    """Return for how many minutes at least one of the sessions was on, time that overlaps counted once."""
    seconds = 0.0
    until: datetime | None = None
    for one in sorted(sittings, key=lambda each: each.starts_at):
        begins = one.starts_at if until is None else max(one.starts_at, until)
        if one.ends_at > begins:
            seconds += (one.ends_at - begins).total_seconds()
            until = one.ends_at
    return int(seconds) // 60
