"""The rules of choosing workshops, without database: how many of a block, and which never go together.

Two of one round, two whose hours overlap, and two with the same content exclude each other, across blocks
too. Seats are no matter of these rules: they are taken afterwards.
"""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from itertools import combinations
from typing import Any

from hub.core.errors import N_, DomainError
from hub.events.models.workshops import Way, Workshop, WorkshopBlock


class Clash(StrEnum):
    """Why two workshops can't be chosen together."""

    CONTENT = "content"
    ROUND = "round"
    HOURS = "hours"


CLASHES = {
    Clash.CONTENT: N_("« %(first)s » et « %(second)s » sont le même atelier : choisissez-le une seule fois."),
    Clash.ROUND: N_("« %(first)s » et « %(second)s » ont lieu en même temps : choisissez l’un des deux."),
    Clash.HOURS: N_(
        "Les heures de « %(first)s » et « %(second)s » se chevauchent : choisissez l’un des deux."
    ),
}
CANCELLED = N_("« %(title)s » n’aura pas lieu : choisissez un autre atelier.")
NOT_OFFERED = N_("Choisissez parmi les ateliers de cette liste.")


@dataclass(frozen=True)
class Fault:
    """What is wrong with a choice, in a block (None: in none of them): a French msgid and its words."""

    block_id: int | None
    msgid: str
    params: dict[str, Any] = field(default_factory=dict)

    def error(self) -> DomainError:
        """Return the refusal that says so, under the block's own part of the form."""
        place = "workshops" if self.block_id is None else f"block_{self.block_id}"
        return DomainError(self.msgid, field=place, **self.params)


def clash(one: Workshop, other: Workshop) -> Clash | None:
    """Return why nobody can be in both, or None if somebody can. Hours that touch do not overlap."""
    if one.content_id == other.content_id:
        return Clash.CONTENT
    if one.round_id is not None and one.round_id == other.round_id:
        return Clash.ROUND
    if one.hours and other.hours and max(one.hours[0], other.hours[0]) < min(one.hours[1], other.hours[1]):
        return Clash.HOURS
    return None


def chosen_now(blocks: Iterable[WorkshopBlock]) -> list[WorkshopBlock]:
    """Return the blocks whose workshops one chooses oneself, seat by seat; those allotted, what is left."""
    return [
        block
        for block in blocks
        if block.choices_max > 0 and (block.way == Way.FIRST_COME or block.allotted_at is not None)
    ]


def ranked_now(blocks: Iterable[WorkshopBlock]) -> list[WorkshopBlock]:
    """Return the blocks whose workshops one ranks: an allocation will give them, and has not yet."""
    return [
        block
        for block in blocks
        if block.way == Way.WISHES and block.choices_max > 0 and block.allotted_at is None
    ]


def faults(
    blocks: Sequence[WorkshopBlock],
    workshops: Collection[Workshop],
    chosen: Collection[int],
    *,
    may_be_few: bool = False,
) -> list[Fault]:
    """Return what is wrong with choosing those workshops (numbers), block by block; [] if nothing is.

    `blocks` are those in which one chooses, `workshops` all of the day. A number named twice counts once.
    `may_be_few`: at the door one may choose fewer than a block asks for.
    """
    wanted = set(chosen)
    open_blocks = {block.id: block for block in blocks}
    found = [each for each in workshops if each.id in wanted and each.block_id in open_blocks]
    wrong = [Fault(None, NOT_OFFERED)] if len(found) < len(wanted) else []
    for block in blocks:
        mine = [each for each in found if each.block_id == block.id]
        wrong += [Fault(block.id, CANCELLED, {"title": each.title}) for each in mine if each.cancelled_at]
        wrong += _count_faults(block, len(mine), 0 if may_be_few else block.choices_min)
    order = list(open_blocks)
    found.sort(key=lambda each: (order.index(each.block_id), each.position or 0, each.id))
    for one, other in combinations(found, 2):
        why = clash(one, other)
        if why is not None:
            titles = {"first": one.title, "second": other.title}
            wrong.append(Fault(other.block_id, CLASHES[why], titles))
    return wrong


def _count_faults(block: WorkshopBlock, count: int, least: int) -> list[Fault]:
    most = block.choices_max
    if least <= count <= most:
        return []
    if least == most:
        wanted, one, several = (
            least,
            N_("Choisissez exactement un atelier."),
            N_("Choisissez exactement %(count)s ateliers différents."),
        )
    elif count < least:
        wanted, one, several = (
            least,
            N_("Choisissez au moins un atelier."),
            N_("Choisissez au moins %(count)s ateliers différents."),
        )
    else:
        wanted, one, several = (
            most,
            N_("Choisissez un atelier au plus."),
            N_("Choisissez %(count)s ateliers au plus."),
        )
    return [Fault(block.id, one if wanted == 1 else several, {"count": wanted})]


def given_up(block: WorkshopBlock, wanted: Workshop, held: Collection[Workshop]) -> Workshop | None:
    """Return the seat that somebody gives back to get into `wanted`, None where it comes on top.

    What excludes it goes first; where the block is full for the person, the last of those held there. Raises
    DomainError where more than one would have to go.
    """
    excluded = [each for each in held if clash(each, wanted)]
    if len(excluded) > 1:
        raise DomainError(
            N_("« %(title)s » a lieu en même temps que plusieurs de vos ateliers : choisissez autrement."),
            field=f"block_{block.id}",
            title=wanted.title,
        )
    if excluded:
        return excluded[0]
    here = sorted((each for each in held if each.block_id == block.id), key=lambda each: each.id)
    return here[-1] if len(here) >= block.choices_max else None
