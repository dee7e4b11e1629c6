"""Ranking the workshops of a block whose seats are given by wishes: a list to choose from for each rank.

One field « 1er choix », « 2e choix »… so that it works on a phone, with the keyboard and without scripts.
"""

from collections.abc import Iterator
from typing import Any

from flask_babel import gettext
from wtforms import Form, SelectChoice, SelectField  # type: ignore[attr-defined]  # newer than the stubs

from hub.events.models.days import Event
from hub.events.models.registrations import Registration
from hub.events.models.workshops import WorkshopBlock
from hub.events.values import choosing


def name_of(block: WorkshopBlock, rank: int) -> str:
    """Return the name of the field of a rank."""
    return f"wish_{block.id}_{rank}"


def ranks_of(event: Event, block: WorkshopBlock) -> range:
    """Return the ranks that can be given in a block, from 1."""
    offered = sum(
        row.block_id == block.id and row.cancelled_at is None and row.repeats_id is None
        for row in event.workshops
    )
    return range(1, min(block.wishes_max or offered, offered) + 1)


def fields_of(event: Event) -> dict[str, Any]:
    """Return a field for each rank of the blocks that are ranked now, by its name."""
    found = {}
    for block in choosing.ranked_now(event.blocks):
        choices = [
            SelectChoice(str(row.id), row.title)
            for row in event.workshops
            if row.block_id == block.id and row.cancelled_at is None and row.repeats_id is None
        ]
        for rank in ranks_of(event, block):
            word = gettext("1er choix") if rank == 1 else gettext("%(rank)se choix", rank=rank)
            found[name_of(block, rank)] = SelectField(
                word,
                choices=[SelectChoice("", gettext("Pas de préférence")), *choices],
                default="",
                validate_choice=False,
            )
    return found


def of_block(form: Form, block: WorkshopBlock) -> Iterator[Any]:
    """Give the fields of a block that a form has, the first choice first."""
    rank = 1
    while name_of(block, rank) in form:
        yield form[name_of(block, rank)]
        rank += 1


def read(form: Form, event: Event) -> tuple[tuple[int, tuple[int, ...]], ...]:
    """Return (block, workshops in order of preference); ranks left empty close up."""
    return tuple(
        (
            block.id,
            tuple(
                int(field.data) for field in of_block(form, block) if field.data and field.data.isdecimal()
            ),
        )
        for block in choosing.ranked_now(event.blocks)
    )


def check(form: Form, event: Event) -> bool:
    """Say beside the field where a workshop is named twice; return whether none is."""
    fine = True
    for block in choosing.ranked_now(event.blocks):
        seen = set()
        for field in of_block(form, block):
            if field.data and field.data in seen:
                field.errors = [*field.errors, gettext("Vous avez déjà nommé cet atelier plus haut.")]
                fine = False
            seen.add(field.data)
    return fine


def filled(registration: Registration) -> dict[str, str]:
    """Return somebody's wishes as the fields hold them."""
    return {f"wish_{wish.block_id}_{wish.rank}": str(wish.workshop_id) for wish in registration.wishes}
