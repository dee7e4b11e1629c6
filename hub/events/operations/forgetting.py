"""Blanking what people told so that they could eat and take part (G3)."""

from sqlalchemy import Select, delete, func, or_, select, update
from sqlalchemy.orm import Session

from hub.events.models.registrations import Registration, registration_diet


def blank_needs(session: Session, numbers: Select[int] | list[int]) -> int:
    """Blank diets, meals, access and language needs of some sign-ups; return how many had any."""
    mine = Registration.id.in_(numbers)
    told = session.scalar(
        select(func.count(Registration.id)).where(
            mine,
            or_(
                Registration.diet != "",
                Registration.access_needs != "",
                Registration.languages != "",
                Registration.meal_id.is_not(None),
            ),
        )
    )
    listed = session.execute(
        delete(registration_diet).where(registration_diet.c.registration_id.in_(numbers))
    )
    session.execute(
        update(Registration)
        .where(mine)
        .values(diet="", access_needs="", languages="", meal_id=None, needs_consent_at=None)
        .execution_options(synchronize_session=False)
    )
    session.expire_all()
    return max(told or 0, int(listed.rowcount))  # type: ignore[attr-defined]
