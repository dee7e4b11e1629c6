"""A first allocation of the symposium's wishes, which waits to be looked at."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.demo.world import World
from hub.events.models.workshops import Way, WorkshopBlock
from hub.events.operations import allocation


def load(session: Session, world: World) -> str:
    """Compute an allocation of each block of wishes that is still to allot."""
    coordinator = world.get("user", "coordinator")
    blocks = session.scalars(
        select(WorkshopBlock)
        .where(WorkshopBlock.way == Way.WISHES, WorkshopBlock.allotted_at.is_(None))
        .order_by(WorkshopBlock.id)
    ).all()
    for block in blocks:
        allocation.compute(session, block, actor=coordinator, now=world.now)
    return f"{len(blocks)} répartition de souhaits à regarder"
