"""Reading wishes and how they were allotted."""

from sqlalchemy import Select, func, select
from sqlalchemy.orm import joinedload, load_only, selectinload

from hub.events.models.registrations import Choice, Registration, RegistrationState
from hub.events.models.workshops import AllocationRun, AllocationState, Wish, WorkshopBlock


def taking_part(block: WorkshopBlock) -> Select[Registration]:
    """Select who has a seat of the day, with wishes and workshops, in the order in which they came."""
    return (
        select(Registration)
        .where(Registration.event_id == block.event_id, Registration.state == RegistrationState.CONFIRMED)
        .options(
            selectinload(Registration.wishes),
            selectinload(Registration.choices).joinedload(Choice.workshop),
        )
        .order_by(Registration.created_at, Registration.id)
        .execution_options(populate_existing=True)
    )


def people(block: WorkshopBlock) -> Select[Registration]:
    """Select all who signed up for the day, with their organisation, by name."""
    return (
        select(Registration)
        .where(Registration.event_id == block.event_id)
        .options(
            load_only(
                Registration.name, Registration.search_text, Registration.state,
                Registration.organisation_name, Registration.organisation_id,
            ),
            joinedload(Registration.organisation),
        )
        .order_by(Registration.search_text, Registration.id)
    )  # fmt: skip


def expected(block: WorkshopBlock) -> Select[int]:
    """Select the numbers of those who have a seat of the day."""
    return select(Registration.id).where(
        Registration.event_id == block.event_id, Registration.state == RegistrationState.CONFIRMED
    )


def wished(block: WorkshopBlock) -> Select[int, int]:
    """Select (registration, workshop) of all wishes in a block, each person's in order of preference."""
    return (
        select(Wish.registration_id, Wish.workshop_id)
        .where(Wish.block_id == block.id)
        .order_by(Wish.registration_id, Wish.rank)
    )


def ranks(block: WorkshopBlock) -> Select[int, int, int]:
    """Select (workshop, rank, how many people with a seat of the day give it that rank)."""
    return (
        select(Wish.workshop_id, Wish.rank, func.count())
        .join(Registration, Registration.id == Wish.registration_id)
        .where(Wish.block_id == block.id, Registration.state == RegistrationState.CONFIRMED)
        .group_by(Wish.workshop_id, Wish.rank)
    )


def standing(block: WorkshopBlock) -> Select[int, int]:
    """Select how many people have a seat of the day, and how many of these ranked something in the block."""
    ranked = select(Wish.registration_id).where(Wish.block_id == block.id)
    here = (
        Registration.event_id == block.event_id,
        Registration.state == RegistrationState.CONFIRMED,
    )
    return select(
        select(func.count(Registration.id)).where(*here).scalar_subquery(),
        select(func.count(Registration.id)).where(*here, Registration.id.in_(ranked)).scalar_subquery(),
    )


def runs(block: WorkshopBlock) -> Select[AllocationRun]:
    """Select the allocations computed for a block, the newest first."""
    return select(AllocationRun).where(AllocationRun.block_id == block.id).order_by(AllocationRun.id.desc())


def published(event_id: int) -> Select[AllocationRun]:
    """Select the allocations that were published for a day, with their blocks."""
    return (
        select(AllocationRun)
        .join(WorkshopBlock)
        .where(WorkshopBlock.event_id == event_id, AllocationRun.state == AllocationState.PUBLISHED)
        .options(joinedload(AllocationRun.block))
        .order_by(WorkshopBlock.position, WorkshopBlock.id)
    )
