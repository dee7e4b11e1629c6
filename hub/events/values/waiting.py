"""Who gets a seat that is free: queues of a day and of its workshops, as plain values.

Nobody overtakes: a seat goes to the first in its queue who can take it, and to nobody else. Whoever gives a
seat up for a better one frees it for the next in that queue, and so on. Where those who are first wait for
each other in a ring, all of them move at once: no seat is free between.
"""

from collections.abc import Callable, Collection
from dataclasses import dataclass, field
from enum import StrEnum

from hub.events.models.days import Mode

Fits = Callable[[Collection[int]], bool]


class Heir(StrEnum):
    """Who gets a seat of the day that somebody gives back."""

    ORGANISATION = "organisation"  # one of its reserved places: it names somebody else
    FIRST = "first"  # the first in the queue
    OFFERED = "offered"  # the same, who has to accept
    SUSPENDED = "suspended"  # the coordination decides
    NOBODY = "nobody"  # nobody waits: whoever signs up
    CLOSED = "closed"  # sign-up is closed: it stays empty


@dataclass(frozen=True)
class DayClaim:
    """Somebody (a registration) waits for a seat of the day; `leaves`: the one that is given back for it.

    A seat of an organisation's reserved places goes back to these: it `frees` none for who waits.
    """

    registration: int
    mode: Mode
    leaves: Mode | None = None
    frees: bool = True


@dataclass(frozen=True)
class Claim:
    """Somebody waits for a workshop, and gives up another one for it if held."""

    wait: int
    registration: int
    workshop: int
    gives_up: int | None = None


@dataclass(frozen=True)
class DayMove:
    """Somebody gets a seat of the day."""

    claim: DayClaim


@dataclass(frozen=True)
class SeatMove:
    """Somebody gets a workshop's seat, or is offered it; `gives_up` is the seat given back, if any is."""

    claim: Claim
    is_offer: bool = False
    gives_up: int | None = None


@dataclass(frozen=True)
class Ended:
    """Waiting for a workshop has become pointless: it no longer goes with what the person holds."""

    claim: Claim


Move = DayMove | SeatMove | Ended


@dataclass
class Board:
    """All that decides who gets what. Queues stand in their order; None seats: nothing limits them.

    `held` are the workshops of each registration, `promised` its live offers with what each gives up.
    Workshops that are not in `seats` are given to nobody. `fits` says whether one person may hold a set of
    workshops together.
    """

    places: dict[Mode, int | None]
    seats: dict[int, int]
    queue: list[DayClaim]
    claims: list[Claim]
    fits: Fits
    by_offer: bool = False
    seated: set[int] = field(default_factory=set)
    # Their workshops come with the seat of the day, without an offer apart.
    direct: set[int] = field(default_factory=set)
    held: dict[int, set[int]] = field(default_factory=dict)
    promised: dict[int, dict[int, int | None]] = field(default_factory=dict)


def plan(board: Board) -> list[Move]:
    """Return who moves, in the order in which it happens; the board shows how it stands afterwards."""
    moves: list[Move] = []
    for step in (_give_places, _give_seats):
        while made := step(board):
            moves += made
    return moves


def fitting(board: Board, claim: Claim) -> bool:
    """Say whether somebody could hold the workshop, with what they hold and with what is offered to them."""
    held = board.held.get(claim.registration, set())
    promised = board.promised.get(claim.registration, {})
    if claim.gives_up is not None and claim.gives_up in promised.values():
        return False
    accepted = (held - set(promised.values())) | set(promised)
    return all(board.fits((world - {claim.gives_up}) | {claim.workshop}) for world in (held, accepted))


def _give_places(board: Board) -> list[Move]:
    """Give one free seat of the day to the first in its queue, or let two who are first change places."""
    first: dict[Mode, DayClaim] = {}
    for claim in board.queue:
        first.setdefault(claim.mode, claim)
    for claim in first.values():
        free = board.places[claim.mode]
        if free is None or free > 0:
            return [_place(board, claim)]
    switching = [claim for claim in first.values() if claim.leaves in first and claim.frees]
    if len(switching) > 1:
        return [_place(board, claim) for claim in switching]
    return []


def _place(board: Board, claim: DayClaim) -> DayMove:
    board.queue.remove(claim)
    _add(board.places, claim.mode, -1)
    if claim.leaves is not None:
        _add(board.places, claim.leaves, int(claim.frees))
    else:
        board.seated.add(claim.registration)
        board.direct.add(claim.registration)
    return DayMove(claim)


def _add(places: dict[Mode, int | None], mode: Mode, number: int) -> None:
    free = places[mode]
    places[mode] = None if free is None else free + number


def _give_seats(board: Board) -> list[Move]:
    """Give one free seat of a workshop to the first in its queue, or let a ring of them change seats."""
    first: dict[int, Claim] = {}
    for claim in board.claims:
        if claim.registration in board.seated and claim.workshop in board.seats and fitting(board, claim):
            first.setdefault(claim.workshop, claim)
    for claim in first.values():
        if board.seats[claim.workshop] > 0:
            return _seat(board, claim)
    for claim in first.values():
        ring = _ring(board, first, claim)
        if ring:
            return _turn(board, ring)
    return []


def _seat(board: Board, claim: Claim) -> list[Move]:
    board.claims.remove(claim)
    board.seats[claim.workshop] -= 1
    if board.by_offer and claim.registration not in board.direct:
        board.promised.setdefault(claim.registration, {})[claim.workshop] = claim.gives_up
        return [SeatMove(claim, is_offer=True)]
    return [_take(board, claim), *end_pointless(board, claim.registration, obtained=claim)]


def _take(board: Board, claim: Claim) -> SeatMove:
    held = board.held.setdefault(claim.registration, set())
    given = claim.gives_up if claim.gives_up in held else None
    if given is not None:
        held.remove(given)
        if given in board.seats:
            board.seats[given] += 1
    held.add(claim.workshop)
    return SeatMove(claim, gives_up=given)


def _ring(board: Board, first: dict[int, Claim], start: Claim) -> list[Claim]:
    """Return the claims that wait for each other in a ring from `start` on, [] where there is none."""
    ring, claim = [start], start
    while True:
        given = claim.gives_up
        if given is None or given not in board.held.get(claim.registration, set()) or given not in first:
            return []
        claim = first[given]
        if claim is start:
            return ring if _can_turn(board, ring) else []
        if claim in ring:
            return []
        ring.append(claim)


def _can_turn(board: Board, ring: list[Claim]) -> bool:
    for number in {claim.registration for claim in ring}:
        own = [claim for claim in ring if claim.registration == number]
        after = (board.held[number] - {claim.gives_up for claim in own}) | {claim.workshop for claim in own}
        if not board.fits(after):
            return False
    return True


def _turn(board: Board, ring: list[Claim]) -> list[Move]:
    moves: list[Move] = []
    for claim in ring:
        board.claims.remove(claim)
        board.seats[claim.workshop] -= 1
        moves.append(_take(board, claim))
    for claim in ring:
        moves += end_pointless(board, claim.registration, obtained=claim)
    return moves


def end_pointless(board: Board, registration: int, *, obtained: Claim | None = None) -> list[Move]:
    """Take away what the person waits for that no longer goes with what they hold.

    What was given up for the seat obtained is no longer waited for either.
    """
    held = board.held.get(registration, set())
    ended = [
        claim
        for claim in board.claims
        if claim.registration == registration
        and (
            (obtained is not None and claim.workshop == obtained.gives_up)
            or not board.fits((held - {claim.gives_up}) | {claim.workshop})
        )
    ]
    board.claims = [claim for claim in board.claims if claim not in ended]
    return [Ended(claim) for claim in ended]
