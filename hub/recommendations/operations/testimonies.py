"""Testimonies: what somebody has lived, told under another name, with a consent that can be taken back.

Words stand in their row alone: no version is kept of them, the history tells none, nothing indexes them. So
erasing the row's words erases them everywhere, but for editions that were published before: their PDFs don't
change. They are never read elsewhere before somebody checked that nothing in them identifies anybody;
changing them asks for that again.
"""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.accounts.models import User
from hub.actors.models.organisations import Organisation
from hub.core import audit, clock, jobs
from hub.core.errors import N_, DomainError
from hub.recommendations.models.contributions import Contribution, ContributionState
from hub.recommendations.models.recommendations import Recommendation
from hub.recommendations.models.testimonies import ConsentForm, Testimony, TestimonyTie
from hub.recommendations.queries import testimonies as queries
from hub.recommendations.signals import consent_changed
from hub.recommendations.values.identifying import is_full_name

NOTE_JOB = "recommendations.note_erased"
UNCONSENTED = timedelta(days=90)
KEPT_YEARS = 5
RETENTION = N_("Règle de conservation")


@dataclass(frozen=True, slots=True)
class Told:
    """What is said of a testimony; consent has its day, its form, where it is kept, and for what it is."""

    organisation: Organisation
    text: str
    pseudonym: str = ""
    consented_on: date | None = None
    consent_form: ConsentForm | None = None
    consent_note: str = ""
    may_print: bool = False
    may_post: bool = False


def add(session: Session, told: Told, *, actor: audit.Actor | str, now: datetime) -> Testimony:
    """Store a testimony, to be checked. Raises DomainError for what contradicts itself."""
    _check(told, now)
    row = Testimony(entered_by_id=actor.id if isinstance(actor, User) else None, created_at=now)
    _write(row, told, now)
    session.add(row)
    session.flush()
    audit.record(session, "testimony.created", row, actor=actor, now=now)
    return row


def edit(session: Session, row: Testimony, told: Told, *, actor: audit.Actor | str, now: datetime) -> None:
    """Change it; other words, or another name, have to be checked again.

    Raises DomainError as `add` does, and for one whose words are erased.
    """
    _hold(session, row)
    _check(told, now)
    if (row.text, row.pseudonym) != (told.text, told.pseudonym) or told.consented_on is None:
        row.checked_at = None
    _write(row, told, now)
    session.flush()
    audit.record(session, "testimony.edited", row, actor=actor, now=now)
    consent_changed.send(session, testimony=row, now=now)


def check(session: Session, row: Testimony, *, actor: audit.Actor | str, now: datetime) -> None:
    """Note that somebody read it and that nothing in it identifies anybody: from now on it is seen elsewhere.

    Raises DomainError without consent.
    """
    _hold(session, row)
    if row.consented_on is None:
        raise DomainError(N_("Notez d’abord l’accord de la personne."))
    if row.checked_at is None:
        row.checked_at = now
        session.flush()
        audit.record(session, "testimony.checked", row, actor=actor, now=now)


def tie(
    session: Session, row: Testimony, thing: Recommendation | Contribution, *, actor: audit.Actor | str,
    now: datetime,
) -> TestimonyTie:  # fmt: skip
    """Say that it shows what a recommendation or a contribution is about; a second time changes nothing.

    Raises DomainError for a contribution that isn't sent yet, or once the words are erased.
    """
    _hold(session, row)
    if isinstance(thing, Contribution) and thing.state == ContributionState.DRAFT:
        raise DomainError(N_("Cette contribution n’est pas encore envoyée."), field="thing")
    key = {"recommendation_id" if isinstance(thing, Recommendation) else "contribution_id": thing.id}
    found = session.scalar(select(TestimonyTie).filter_by(testimony_id=row.id, **key))
    if found is not None and found.detached_at is None:
        return found
    if found is None:
        found = TestimonyTie(testimony_id=row.id, created_at=now, **key)
        session.add(found)
    found.detached_at = None
    session.flush()
    audit.record(session, "testimony.tied", row, actor=actor, now=now)
    return found


def untie(session: Session, tied: TestimonyTie, *, actor: audit.Actor | str, now: datetime) -> None:
    """Undo such a tie; a second time changes nothing."""
    if tied.detached_at is None:
        tied.detached_at = now
        session.flush()
        audit.record(session, "testimony.untied", tied.testimony, actor=actor, now=now)
        consent_changed.send(session, testimony=tied.testimony, now=now)


def erase(session: Session, row: Testimony, *, actor: audit.Actor | str, now: datetime) -> None:
    """Erase its words at once and for ever, with all that was told of the person; the row says that it was.

    A second time changes nothing. After a backup was restored they are erased again.
    """
    session.refresh(row, with_for_update=True)
    if row.erased_at is not None:
        return
    row.text = row.pseudonym = row.consent_note = ""
    row.may_print = row.may_post = False
    row.checked_at, row.erased_at, row.updated_at = None, now, now
    for tied in session.scalars(queries.ties(row)):
        tied.detached_at = now
    session.flush()
    audit.record(session, "testimony.erased", row, actor=actor, now=now)
    jobs.plan(session, NOTE_JOB, now=now, number=row.id, made_at=row.created_at.isoformat())
    consent_changed.send(session, testimony=row, now=now)


def sweep(session: Session, *, now: datetime) -> int:
    """Erase what came without consent 90 days ago, or was consented to five years ago; return how many."""
    today = clock.today(now)
    consented = date(today.year - KEPT_YEARS, today.month, min(today.day, 28))
    rows = session.scalars(queries.due(now - UNCONSENTED, consented)).all()
    for row in rows:
        erase(session, row, actor=RETENTION, now=now)
    return len(rows)


def _hold(session: Session, row: Testimony) -> None:
    session.refresh(row, with_for_update=True)
    if row.erased_at is not None:
        raise DomainError(N_("Les mots de ce témoignage sont effacés."))


def _check(told: Told, now: datetime) -> None:
    if not told.text:
        raise DomainError(N_("Écrivez ce que la personne a raconté."), field="text")
    if is_full_name(told.pseudonym):
        raise DomainError(
            N_("Un prénom d’emprunt suffit, avec une initiale au plus : pas de nom de famille."),
            field="pseudonym",
        )
    if (told.consented_on is None) != (told.consent_form is None):
        raise DomainError(
            N_("Un accord a un jour et une forme : donnez les deux, ou aucun des deux."),
            field="consented_on" if told.consented_on is None else "consent_form",
        )
    if told.consented_on is None and (told.may_print or told.may_post):
        raise DomainError(N_("Sans accord, rien ne s’imprime ni ne se publie."), field="consented_on")
    if told.consented_on and told.consented_on > clock.today(now):
        raise DomainError(N_("Ce jour n’est pas encore venu."), field="consented_on")


def _write(row: Testimony, told: Told, now: datetime) -> None:
    row.organisation, row.text, row.pseudonym = told.organisation, told.text, told.pseudonym
    row.consented_on, row.consent_form, row.consent_note = (
        told.consented_on, told.consent_form, told.consent_note,
    )  # fmt: skip
    row.may_print, row.may_post, row.updated_at = told.may_print, told.may_post, now
