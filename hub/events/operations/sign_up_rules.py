"""How one signs up for a day: who gets a seat, what the form asks, what waits, what a certificate needs."""

from dataclasses import asdict, dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from hub.accounts.models import User
from hub.core import audit, clock
from hub.core.errors import N_, DomainError
from hub.events.models.days import Admission, Asking, CertificateRule, Event, EventState, Promotion
from hub.events.models.registrations import Registration, RegistrationState, WaitState, WorkshopWait
from hub.events.models.workshops import Workshop
from hub.events.operations import counters, waitlist

WHOLE = 100


@dataclass(frozen=True)
class SignUpRules:
    """The settings of a day's sign-up. The two deadlines are days, included."""

    admission: Admission = Admission.OPEN
    group_most: int = 10
    has_waitlist: bool = True
    promotion: Promotion = Promotion.AUTOMATIC
    offer_hours: int = 48
    asks_organisation: Asking = Asking.OPTIONAL
    asks_phone: Asking = Asking.NO
    asks_diet: bool = True
    asks_access_needs: bool = True
    asks_languages: bool = False
    offers_newsletter: bool = False
    meals_close: date | None = None
    certificate_rule: CertificateRule = CertificateRule.NONE
    certificate_threshold: int = 0
    certificate_text: str = ""
    certificate_signatory: str = ""
    evaluation_closes: date | None = None


def rules_of(event: Event) -> SignUpRules:
    """Return the settings as they are."""
    names = set(SignUpRules.__dataclass_fields__) - {"meals_close", "evaluation_closes"}
    return SignUpRules(
        **{name: getattr(event, name) for name in names},
        meals_close=_last_day(event.meals_close_at),
        evaluation_closes=_last_day(event.evaluation_closes_at),
    )


def set_rules(
    session: Session, event: Event, rules: SignUpRules, *, actor: User | str, now: datetime
) -> None:
    """Change the settings.

    Raises DomainError for deadlines or thresholds without sense, or a list that goes while people wait.
    """
    counters.lock(session, event)
    _check_deadlines(event, rules)
    _check_certificate(event, rules)
    if event.has_waitlist and not rules.has_waitlist:
        _check_nobody_waits(session, event)
    before = asdict(rules_of(event))
    for name, value in asdict(rules).items():
        if name not in {"meals_close", "evaluation_closes"}:
            setattr(event, name, value)
    event.meals_close_at = _end(rules.meals_close)
    event.evaluation_closes_at = _end(rules.evaluation_closes)
    event.updated_at = now
    session.flush()
    changes = audit.differences(before, asdict(rules_of(event)))
    if not changes:
        return
    audit.record(session, "event.sign_up_rules_changed", event, actor=actor, now=now, changes=changes)
    if event.state == EventState.PUBLISHED:
        waitlist.settle(session, event, now=now)


def _check_deadlines(event: Event, rules: SignUpRules) -> None:
    if rules.meals_close is not None and rules.meals_close > event.last_day:
        raise DomainError(N_("Le traiteur ne peut pas être prévenu après la journée."), field="meals_close")
    if rules.evaluation_closes is not None and rules.evaluation_closes < event.last_day:
        raise DomainError(
            N_("L’évaluation se remplit après la journée : choisissez un jour plus tard."),
            field="evaluation_closes",
        )


def _check_certificate(event: Event, rules: SignUpRules) -> None:
    threshold = rules.certificate_threshold
    if rules.certificate_rule == CertificateRule.SHARE and not 1 <= threshold <= WHOLE:
        raise DomainError(N_("Un pourcentage va de 1 à 100."), field="certificate_threshold")
    if rules.certificate_rule != CertificateRule.MINUTES:
        return
    if threshold < 1:
        raise DomainError(N_("Dites combien de minutes il faut."), field="certificate_threshold")
    offered = sum(row.minutes for row in event.sessions if row.counts)
    if offered and threshold > offered:
        raise DomainError(
            N_(
                "Les séances qui comptent durent %(minutes)s minutes en tout : "
                "personne n’aurait l’attestation."
            ),
            field="certificate_threshold",
            minutes=offered,
        )


def _check_nobody_waits(session: Session, event: Event) -> None:
    for_day = session.scalar(
        select(func.count()).where(
            Registration.event_id == event.id,
            Registration.state.in_((RegistrationState.WAITING, RegistrationState.OFFERED)),
        )
    )
    for_workshops = session.scalar(
        select(func.count(WorkshopWait.id))
        .join(Workshop, Workshop.id == WorkshopWait.workshop_id)
        .where(
            Workshop.event_id == event.id,
            WorkshopWait.state.in_((WaitState.WAITING, WaitState.OFFERED)),
        )
    )
    waiting = (for_day or 0) + (for_workshops or 0)
    if waiting:
        raise DomainError(
            N_("%(waiting)s attentes sont en cours : la liste d’attente ne peut pas être retirée."),
            field="has_waitlist",
            waiting=waiting,
        )


def _last_day(moment: datetime | None) -> date | None:
    return clock.today(moment - timedelta(microseconds=1)) if moment is not None else None


def _end(day: date | None) -> datetime | None:
    return clock.end_of_day(day) if day is not None else None
