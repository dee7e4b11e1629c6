"""Taking seats of workshops that are held: never without naming who holds them, never without agreement.

Where a workshop has fewer places, whoever loses one stands on top of its waiting list, as when its number of
places is changed (`seating`). Where it goes, there is nothing to wait for.
"""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session, joinedload

from hub.accounts.models import User
from hub.core import audit, i18n, mail
from hub.core.errors import N_, DomainError
from hub.events.models.days import EventSession
from hub.events.models.letters import LetterKind
from hub.events.models.outcomes import Conclusion, Presence
from hub.events.models.registrations import Choice, Registration, WaitState, WorkshopWait
from hub.events.models.workshops import Workshop
from hub.events.operations import letters, seating

LISTED = 8
GONE = N_(
    "L’atelier « %(title)s » n’a plus lieu : votre place y est retirée. Vous pouvez en choisir un autre."
)


@dataclass(frozen=True)
class Cut:
    """A workshop that would lose seats: whose, and how many places it keeps (None: it goes)."""

    workshop: Workshop
    capacity: int | None
    names: tuple[str, ...]

    @property
    def listed(self) -> str:
        """The names, as many as a sentence holds."""
        more = len(self.names) - LISTED
        return ", ".join(self.names[:LISTED]) + (f" + {more}" if more > 0 else "")


class SeatsWouldGoError(DomainError):
    """People would lose their seats; `cuts` says who and where, for whoever decides."""

    def __init__(self, cuts: Sequence[Cut]) -> None:
        super().__init__(
            N_(
                "Des places prises seraient retirées : %(titles)s. Gardez-les, ou confirmez plus bas ce qui "
                "arrive à ces personnes."
            ),
            field="workshops",
            titles=", ".join(
                f"«\u00a0{cut.workshop.title}\u00a0» ({len(cut.names)}\u00a0: {cut.listed})" for cut in cuts
            ),
        )
        self.cuts = tuple(cuts)


def choices_held(session: Session, workshops: Collection[int | None]) -> tuple[int, int]:
    """Return the most and the fewest of these workshops that somebody with a seat in one of them holds."""
    if not workshops:
        return 0, 0
    per_person = (
        select(func.count(Choice.id).label("number"))
        .where(Choice.workshop_id.in_(workshops))
        .group_by(Choice.registration_id)
        .subquery()
    )
    most, fewest = session.execute(select(func.max(per_person.c.number), func.min(per_person.c.number))).one()
    return most or 0, fewest or 0


def make_room(
    session: Session,
    cuts: Mapping[Workshop, int | None],
    agreed: Collection[int],
    *,
    actor: User | str,
    now: datetime,
) -> int:
    """Free the seats that workshops lose, the last taken first, and write to who held them.

    Returns how many seats were given back. Raises SeatsWouldGoError for what isn't agreed, DomainError for a
    workshop that goes although presence or conclusions were noted for it. The day is locked.
    """
    gone = [workshop for workshop, capacity in cuts.items() if capacity is None]
    _check_nothing_hangs_on(session, gone)
    losers = _losers(session, cuts)
    open_cuts = [
        Cut(workshop, capacity, tuple(_name(row) for row in losers[workshop.id]))
        for workshop, capacity in cuts.items()
        if losers[workshop.id] and workshop.id not in agreed
    ]
    if open_cuts:
        raise SeatsWouldGoError(open_cuts)
    told: dict[Registration, list[str]] = defaultdict(list)
    language = mail.site(session).language
    for workshop in gone:
        words = i18n.translations(language).gettext(GONE)
        for row in losers[workshop.id]:
            _take_back(session, row, now)
            told[row.registration].append(words % {"title": workshop.title})
        workshop.taken -= len(losers[workshop.id])
    session.flush()
    for registration, sentences in told.items():
        registration.sequence += 1
        session.expire(registration, ["choices", "waits"])
        titles = {"seats_lost": [None, len(sentences)]}
        audit.record(session, "registration.seats_lost", registration, actor=actor, now=now, changes=titles)
        letters.send(
            session, registration, LetterKind.CHANGED, now=now, version=str(registration.sequence),
            changes=sentences,
        )  # fmt: skip
    for workshop in cuts:
        for row in reversed(losers[workshop.id]) if workshop not in gone else ():  # who was first stays so
            seating.put_back_in(session, row.registration, workshop, actor=actor, now=now)
    return sum(len(rows) for rows in losers.values())


def _losers(session: Session, cuts: Mapping[Workshop, int | None]) -> dict[int, list[Choice | WorkshopWait]]:
    """Return, for each workshop, whose seats go: offers first, then the seats that were taken last."""
    ids = [workshop.id for workshop in cuts]
    held: dict[int, list[Choice | WorkshopWait]] = defaultdict(list)
    if not ids:
        return held
    offers = (
        select(WorkshopWait)
        .where(WorkshopWait.workshop_id.in_(ids), WorkshopWait.state == WaitState.OFFERED)
        .options(joinedload(WorkshopWait.registration))
        .order_by(WorkshopWait.id.desc())
    )
    seats = (
        select(Choice)
        .where(Choice.workshop_id.in_(ids))
        .options(joinedload(Choice.registration))
        .order_by(Choice.id.desc())
    )
    for row in (*session.scalars(offers), *session.scalars(seats)):
        held[row.workshop_id].append(row)
    for workshop, capacity in cuts.items():
        if capacity is not None:
            held[workshop.id] = held[workshop.id][: max(0, workshop.taken - capacity)]
    return held


def _name(row: Choice | WorkshopWait) -> str:
    return row.registration.name


def _take_back(session: Session, row: Choice | WorkshopWait, now: datetime) -> None:
    if isinstance(row, Choice):
        session.delete(row)
    else:
        row.state, row.closed_at, row.offer_ends_at = WaitState.WITHDRAWN, now, None


def _check_nothing_hangs_on(session: Session, gone: Sequence[Workshop]) -> None:
    ids = [workshop.id for workshop in gone]
    if not ids:
        return
    noted = select(EventSession.workshop_id).join(Presence, Presence.session_id == EventSession.id)
    concluded = select(Conclusion.workshop_id)
    used = set(session.scalars(noted.where(EventSession.workshop_id.in_(ids))))
    used |= set(session.scalars(concluded.where(Conclusion.workshop_id.in_(ids))))
    for workshop in gone:
        if workshop.id in used:
            raise DomainError(
                N_(
                    "Des présences ou des conclusions sont notées pour « %(title)s » : "
                    "il ne peut plus être retiré."
                ),
                field="workshops",
                title=workshop.title,
            )
