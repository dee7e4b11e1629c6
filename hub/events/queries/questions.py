"""Reading the questions of a day, and what was answered."""

from sqlalchemy import Select, func, select

from hub.events.models.days import Event
from hub.events.models.registrations import Answer, Question, QuestionPurpose

SIGN_UP = (QuestionPurpose.ELIGIBILITY, QuestionPurpose.SIGN_UP)


def asked(event: Event, purposes: tuple[QuestionPurpose, ...] = SIGN_UP) -> Select[Question]:
    """Select the questions that a day asks now, who may come first, each purpose in its order."""
    return (
        select(Question)
        .where(Question.event_id == event.id, Question.purpose.in_(purposes), Question.retired_at.is_(None))
        .order_by(Question.purpose != QuestionPurpose.ELIGIBILITY, Question.position, Question.id)
    )


def asked_again(event: Event) -> Select[Question]:
    """Select what is asked again of who signed up already: not who may come."""
    return asked(event, (QuestionPurpose.SIGN_UP,))


def every(event: Event, purposes: tuple[QuestionPurpose, ...] = SIGN_UP) -> Select[Question, int]:
    """Select (question, how many answers) of a day, retired ones too, in their order."""
    answers = select(func.count(Answer.id)).where(Answer.question_id == Question.id).scalar_subquery()
    return (
        select(Question, answers)
        .where(Question.event_id == event.id, Question.purpose.in_(purposes))
        .order_by(Question.purpose != QuestionPurpose.ELIGIBILITY, Question.position, Question.id)
    )


def of_purpose(event: Event, purpose: QuestionPurpose) -> Select[Question]:
    """Select the questions of one purpose that are asked, in their order."""
    return asked(event, (purpose,))


def answers_to(question: Question) -> Select[int]:
    """Select how many answers a question has."""
    return select(func.count(Answer.id)).where(Answer.question_id == question.id)


def shown_in_lists(event: Event) -> Select[Question]:
    """Select the questions of a day's form whose answers a list or an export shows: retired ones too."""
    return (
        select(Question)
        .where(Question.event_id == event.id, Question.purpose == QuestionPurpose.SIGN_UP)
        .order_by(Question.position, Question.id)
    )
