"""Reading what signing up needs: who is signed up already, what is offered, who came with whom."""

from functools import cache

from sqlalchemy import Select, bindparam, func, or_, select
from sqlalchemy.orm import joinedload, load_only, selectinload

from hub.actors.models.organisations import Organisation, OrganisationState
from hub.events.models.days import Event
from hub.events.models.registrations import (
    LIVE,
    Answer,
    Choice,
    DietOption,
    GroupSignUp,
    NewsletterConsent,
    Question,
    QuestionPurpose,
    Registration,
    RegistrationState,
)
from hub.events.models.workshops import WorkshopBlock


def live_sign_up(event: Event, email: str) -> Select[Registration]:
    """Select the live registration of an address (as it is stored) for a day."""
    return select(Registration).where(
        Registration.event_id == event.id, Registration.email == email, Registration.state.in_(LIVE)
    )


@cache
def same_person() -> Select[Registration]:
    """Select the registrations that this very form made before, or that live under this address.

    Asked with `event_id`, `form_key` and `email`; of the last two None finds nothing.
    """
    return select(Registration).where(
        Registration.event_id == bindparam("event_id"),
        or_(
            Registration.form_key == bindparam("form_key"),
            (Registration.email == bindparam("email")) & Registration.state.in_(LIVE),
        ),
    )


def diets(event: Event) -> Select[DietOption]:
    """Select the day's neutral list of diets, in its order."""
    return (
        select(DietOption).where(DietOption.event_id == event.id).order_by(DietOption.position, DietOption.id)
    )


def came_by_invitation(invitation_id: int) -> Select[int]:
    """Select how many live sign-ups an invitation brought."""
    return select(func.count(Registration.id)).where(
        Registration.invitation_id == invitation_id, Registration.state.in_(LIVE)
    )


def name_of_organisation(number: int) -> Select[str]:
    """Select the name of one organisation of the register."""
    return select(Organisation.name).where(Organisation.id == number)


def names_of_register() -> Select[str, str]:
    """Select (name, acronym) of the actors that one can come for, by name."""
    return (
        select(Organisation.name, Organisation.acronym)
        .where(Organisation.state != OrganisationState.CLOSED, Organisation.merged_into_id.is_(None))
        .order_by(Organisation.name)
    )


def with_choices(row: Registration) -> Select[Registration]:
    """Select somebody's sign-up with its day and all that was chosen: few rows of each, so one statement."""
    chosen = (Registration.waits, Registration.wishes, Registration.diets)
    return (
        select(Registration)
        .where(Registration.id == row.id)
        .options(load_only(Registration.id), joinedload(Registration.event))
        .options(joinedload(Registration.choices).joinedload(Choice.workshop))
        .options(*(joinedload(each) for each in chosen))
    )


def with_offer(event: Event) -> Select[Event]:
    """Select a day with its blocks, their rounds and its meals: few rows of each, so one statement."""
    return (
        select(Event)
        .where(Event.id == event.id)
        .options(
            load_only(Event.id), joinedload(Event.blocks).joinedload(WorkshopBlock.rounds),
            joinedload(Event.meals),
        )
    )  # fmt: skip


def group_of_form(event: Event, form_key: str) -> Select[GroupSignUp]:
    """Select the group that this very form made before."""
    return select(GroupSignUp).where(GroupSignUp.event_id == event.id, GroupSignUp.form_key == form_key)


def of_group(group: GroupSignUp) -> Select[Registration]:
    """Select the people of a group, in the order in which they were named."""
    return (
        select(Registration)
        .where(Registration.group_id == group.id)
        .options(
            joinedload(Registration.meal),
            selectinload(Registration.choices).joinedload(Choice.workshop),
            selectinload(Registration.waits),
        )
        .order_by(Registration.state == RegistrationState.CANCELLED, Registration.id)
    )


def answers_of(row: Registration) -> Select[Question, Answer]:
    """Select (question, answer) of one sign-up, who may come first."""
    return (
        select(Question, Answer)
        .join(Answer, Answer.question_id == Question.id)
        .where(Answer.registration_id == row.id)
        .order_by(Question.purpose != QuestionPurpose.ELIGIBILITY, Question.position, Question.id)
    )


# --- Organisations that are not in the register -------------------------------------------------------


def typed_names(event: Event) -> Select[str, int, bool]:
    """Select (name, how many live sign-ups, whether somebody looked) of the organisations typed, by name."""
    return (
        select(
            Registration.organisation_name,
            func.count(Registration.id),
            func.count(Registration.organisation_checked_at) == func.count(Registration.id),
        )
        .where(
            Registration.event_id == event.id,
            Registration.organisation_id.is_(None),
            Registration.organisation_name != "",
            Registration.state.in_(LIVE),
        )
        .group_by(Registration.organisation_name)
        .order_by(Registration.organisation_name)
    )


def with_typed_name(event: Event, name: str) -> Select[Registration]:
    """Select the sign-ups of a day with that typed name, whatever their state."""
    return select(Registration).where(
        Registration.event_id == event.id,
        Registration.organisation_id.is_(None),
        Registration.organisation_name == name,
    )


# --- News -------------------------------------------------------------------------------------------------


def consent_of(email: str) -> Select[NewsletterConsent]:
    """Select the standing consent of an address to the network's news."""
    return select(NewsletterConsent).where(NewsletterConsent.email == email)


def subscribers(words: str = "") -> Select[NewsletterConsent]:
    """Select who receives the network's news, newest first; addresses that contain those words."""
    rows = (
        select(NewsletterConsent)
        .where(NewsletterConsent.email.is_not(None))
        .options(joinedload(NewsletterConsent.event))
        .order_by(NewsletterConsent.given_at.desc(), NewsletterConsent.id.desc())
    )
    return rows.where(NewsletterConsent.email.contains(words.lower(), autoescape=True)) if words else rows


def withdrawn() -> Select[int]:
    """Select how many took their consent back."""
    return select(func.count(NewsletterConsent.id)).where(NewsletterConsent.withdrawn_at.is_not(None))
