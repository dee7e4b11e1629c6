"""Changes of a record: by the organisation itself, by a coordinator, and what the other says of them.

What an organisation says of itself takes effect at once, unless the network wants to look first; what the
network knows it by is proposed to a coordinator (`hub.actors.values.changes`). What a coordinator rewrites
is shown to it. Nothing typed and nothing that stood there is ever lost: each change holds both.
"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from hub.accounts.models import User
from hub.actors.models.organisations import CheckedAs, Organisation, OrganisationState
from hub.actors.models.ownership import (
    ChangeAnswer,
    ChangeOrigin,
    ChangeState,
    RecordChange,
    RequestState,
)
from hub.actors.operations import organisations
from hub.actors.operations.organisations import OrganisationFacts, facts_of
from hub.actors.operations.ownership import checking, letters
from hub.actors.values.changes import OWN, OWN_WORDS, differing, fact, mark, plain
from hub.core import audit, clock, settings
from hub.core.errors import N_, DomainError

SEES_NOTHING_NEW = N_("Rien n’est modifié : la fiche dit déjà cela.")
NOTHING_TO_RESTORE = N_("Ces champs ont été modifiés depuis : rien ne peut être remis tel quel.")
PUT_BACK = "Remis comme avant par l’organisation."
LONGEST_WORDS = 2000
# How long a change that is over keeps the contacts it was about (G6).
KEPT, CONTACTS, FORGOTTEN = timedelta(days=365), ("email", "phone", "address"), "…"


class ConflictError(DomainError):
    """Somebody else has changed those very fields meanwhile."""

    def __init__(self, fields: list[str]) -> None:
        super().__init__(
            N_(
                "Quelqu’un a modifié cette fiche pendant que vous écriviez. Vos mots sont gardés ; ce que "
                "dit maintenant la fiche est rappelé avec eux. Envoyez à nouveau pour garder les vôtres."
            )
        )
        self.fields = fields


@dataclass(frozen=True)
class Outcome:
    """What came of what an organisation sent: what took effect, what waits for a coordinator."""

    applied: RecordChange | None
    proposed: RecordChange | None


def own_facts(facts: OrganisationFacts) -> dict[str, Any]:
    """Return the facts that an organisation may change, as JSON holds them."""
    everything = asdict(facts)
    return {field: plain(everything[field]) for field in OWN}


def marks(organisation: Organisation) -> dict[str, str]:
    """Return what tells the present facts: a form carries them, to know what its reader had seen."""
    return {field: mark(value) for field, value in own_facts(facts_of(organisation)).items()}


def with_values(facts: OrganisationFacts, values: Mapping[str, Any]) -> OrganisationFacts:
    """Return the facts with those plain values in their places."""
    return replace(facts, **{field: fact(field, value) for field, value in values.items()})


def submit(
    session: Session,
    organisation: Organisation,
    wanted: OrganisationFacts,
    *,
    seen: Mapping[str, str],
    by: User | None,
    now: datetime,
    remark: str = "",
    rest_is_right: bool = False,
) -> Outcome:
    """Store what the organisation wants its record to say; `by` is nobody for a personal link.

    `seen` are the `marks` of the record that its author had before them: what they left alone stays as it is
    now. Raises ConflictError where a field that they changed was changed by others meanwhile, DomainError
    where nothing changes or a fact is refused.
    """
    session.refresh(organisation, with_for_update=True)
    present = facts_of(organisation)
    before, typed = own_facts(present), own_facts(wanted)
    touched = {field: value for field, value in typed.items() if seen.get(field) != mark(value)}
    changed = differing(before, touched)
    conflicts = [field for field, (old, _new) in changed.items() if seen.get(field) != mark(old)]
    if conflicts:
        raise ConflictError(conflicts)
    if not changed:
        raise DomainError(SEES_NOTHING_NEW)
    at_once = set(OWN_WORDS) if settings.get(session).own_changes_at_once else set()
    now_said = {field: pair for field, pair in changed.items() if field in at_once}
    to_ask = {field: pair for field, pair in changed.items() if field not in at_once}
    organisations.check_facts(
        session, with_values(present, {field: pair[1] for field, pair in changed.items()}), but=organisation
    )
    applied = _apply(session, organisation, present, now_said, by=by, now=now, remark=remark)
    proposed = _propose(session, organisation, to_ask, by=by, now=now, remark=remark)
    gone = to_ask.get("state", [None, None])[1] == OrganisationState.CLOSED
    checking.answer_requests(
        session, organisation, RequestState.GONE if gone else RequestState.CORRECTED, now=now
    )
    if rest_is_right:
        checking.check(session, organisation, by=by or checking.LINK, now=now, role=CheckedAs.ORGANISATION)
    return Outcome(applied, proposed)


def _apply(
    session: Session,
    organisation: Organisation,
    present: OrganisationFacts,
    changed: dict[str, list[Any]],
    *,
    by: User | None,
    now: datetime,
    remark: str,
) -> RecordChange | None:
    if not changed:
        return None
    facts = with_values(present, {field: new for field, (_old, new) in changed.items()})
    organisations.update(session, organisation, facts, actor=by or checking.LINK, now=now)
    return _add(
        session, organisation, ChangeOrigin.ORGANISATION, ChangeState.APPLIED, changed,
        by=by, now=now, remark=remark,
    )  # fmt: skip


def _propose(
    session: Session,
    organisation: Organisation,
    changed: dict[str, list[Any]],
    *,
    by: User | None,
    now: datetime,
    remark: str,
) -> RecordChange | None:
    if not changed:
        return None
    proposed = select(RecordChange).where(
        RecordChange.organisation_id == organisation.id, RecordChange.state == ChangeState.PROPOSED
    )
    same = [row for row in session.scalars(proposed) if row.fields == changed]
    if same:  # sent twice
        return same[0]
    row = _add(
        session, organisation, ChangeOrigin.ORGANISATION, ChangeState.PROPOSED, changed,
        by=by, now=now, remark=remark,
    )  # fmt: skip
    audit.record(
        session, "organisation.change_proposed", organisation, actor=by or checking.LINK, now=now,
        changes={"fields": [None, _names(changed)]},
    )  # fmt: skip
    return row


def _names(fields: Mapping[str, Any]) -> str:
    return ", ".join(OWN[field].lower() for field in OWN if field in fields)


def _add(
    session: Session,
    organisation: Organisation,
    origin: ChangeOrigin,
    state: ChangeState,
    changed: dict[str, list[Any]],
    *,
    by: User | None,
    now: datetime,
    remark: str = "",
    answer: ChangeAnswer | None = None,
) -> RecordChange:
    row = RecordChange(
        organisation_id=organisation.id, origin=origin, state=state, fields=changed,
        remark=remark.strip()[:LONGEST_WORDS], answer=answer, created_at=now, by_id=by.id if by else None,
    )  # fmt: skip
    session.add(row)
    session.flush()
    return row


def withdraw(session: Session, change: RecordChange, *, by: User | None, now: datetime) -> None:
    """Take back a proposal that waits. Raises DomainError if it was decided meanwhile."""
    _lock(session, change, ChangeState.PROPOSED)
    change.state, change.decided_at, change.decided_by_id = ChangeState.WITHDRAWN, now, by.id if by else None
    session.flush()
    audit.record(
        session, "organisation.change_withdrawn", change.organisation, actor=by or checking.LINK, now=now
    )


def _lock(session: Session, change: RecordChange, state: ChangeState) -> None:
    """Hold the organisation and the change, in that order. Raises DomainError if it has moved on."""
    session.refresh(change.organisation, with_for_update=True)
    session.refresh(change, with_for_update=True)
    if change.state is not state:
        raise DomainError(N_("Cette modification a déjà reçu sa réponse. Rouvrez la page pour la lire."))


def decide(
    session: Session,
    change: RecordChange,
    decisions: Mapping[str, bool],
    *,
    seen: Mapping[str, str],
    reason: str,
    by: User,
    now: datetime,
) -> None:
    """Accept or refuse each field of a proposal, and tell the organisation by mail.

    `seen` are the `marks` of the record that the coordinator had before them. Raises DomainError if the
    record has changed since in one of those fields, if a field has no answer, or if one is refused without
    a reason.
    """
    _lock(session, change, ChangeState.PROPOSED)
    taken = {field: bool(decisions[field]) for field in change.fields if field in decisions}
    if len(taken) < len(change.fields):
        raise DomainError(N_("Répondez pour chaque champ : accepter ou refuser."))
    words = reason.strip()[:LONGEST_WORDS]
    if not all(taken.values()) and not words:
        raise DomainError(N_("Dites pourquoi : l’organisation reçoit ces mots."), field="reason")
    organisation = change.organisation
    present = marks(organisation)
    if any(seen.get(field) != present[field] for field in change.fields):
        raise DomainError(N_("La fiche a changé depuis. Comparez à nouveau, puis répondez."))
    accepted = {field: new for field, (_old, new) in change.fields.items() if taken[field]}
    if accepted:
        facts = with_values(facts_of(organisation), accepted)
        organisations.update(session, organisation, facts, actor=by, now=now)
    change.state = ChangeState.ACCEPTED if accepted else ChangeState.REFUSED
    change.decisions, change.reason = taken, words
    change.decided_at, change.decided_by_id = now, by.id
    session.flush()
    refused = [field for field in change.fields if not taken[field]]
    changes = {"fields": [None, _names(accepted)]} if accepted else {}
    audit.record(
        session,
        "organisation.change_accepted" if accepted else "organisation.change_refused",
        organisation,
        actor=by,
        now=now,
        changes=changes,
    )
    letters.tell(
        session, "actors.change_decided", organisation, change, now=now,
        accepted=[OWN[field] for field in OWN if field in accepted],
        refused=[OWN[field] for field in OWN if field in refused], reason=words,
    )  # fmt: skip


def rewrite(
    session: Session,
    organisation: Organisation,
    facts: OrganisationFacts,
    *,
    actor: User,
    now: datetime,
    seen: datetime | None = None,
) -> RecordChange | None:
    """Change a record as a coordinator; the organisation is shown what changed, if anybody speaks for it.

    Returns what it is shown. Several rewrites of a day by one coordinator are shown, and mailed, as one.
    Raises DomainError as `organisations.update` does.
    """
    session.refresh(organisation, with_for_update=True)
    address, before = organisation.email, own_facts(facts_of(organisation))
    organisations.update(session, organisation, facts, actor=actor, now=now, seen=seen)
    changed = differing(before, own_facts(facts_of(organisation)))
    to = address or organisation.email
    if not changed or not letters.recipients(session, organisation, now, address=to):
        return None
    earlier = _rewritten_today(session, organisation, actor, now)
    if earlier is not None:
        return _grow(session, earlier, changed, now=now)
    row = _add(
        session, organisation, ChangeOrigin.COORDINATOR, ChangeState.APPLIED, changed,
        by=actor, now=now, answer=ChangeAnswer.WAITING,
    )  # fmt: skip
    letters.tell(
        session, "actors.rewritten", organisation, row, now=now, address=to,
        fields=[OWN[field] for field in OWN if field in changed],
    )  # fmt: skip
    return row


def _rewritten_today(
    session: Session, organisation: Organisation, actor: User, now: datetime
) -> RecordChange | None:
    return session.scalar(
        select(RecordChange)
        .where(
            RecordChange.organisation_id == organisation.id,
            RecordChange.origin == ChangeOrigin.COORDINATOR,
            RecordChange.state == ChangeState.APPLIED,
            RecordChange.answer == ChangeAnswer.WAITING,
            RecordChange.by_id == actor.id,
            RecordChange.created_at >= clock.at(clock.today(now), datetime.min.time()),
        )
        .order_by(RecordChange.id.desc())
        .limit(1)
    )


def _grow(
    session: Session, row: RecordChange, changed: dict[str, list[Any]], *, now: datetime
) -> RecordChange | None:
    """Add later changes to one that nobody has answered; what was put back as it was drops out."""
    fields = {**row.fields}
    for field, (old, new) in changed.items():
        fields[field] = [fields[field][0] if field in fields else old, new]
    row.fields = {field: pair for field, pair in fields.items() if pair[0] != pair[1]}
    if not row.fields:
        row.state, row.answer, row.decided_at, row.decided_by_id = (
            ChangeState.WITHDRAWN, None, now, row.by_id,
        )  # fmt: skip
    session.flush()
    return row if row.fields else None


def answer(
    session: Session, change: RecordChange, *, agrees: bool, words: str, by: User | None, now: datetime
) -> None:
    """Note what the organisation says of a coordinator's rewrite.

    Raises DomainError if it contests without a word, or if the rewrite is no longer in force.
    """
    _lock(session, change, ChangeState.APPLIED)
    if change.answer is None:
        raise DomainError(N_("Cette modification est la vôtre : il n’y a rien à répondre."))
    told = words.strip()[:LONGEST_WORDS]
    if not agrees and not told:
        raise DomainError(N_("Dites en un mot ce qui ne va pas."), field="words")
    change.answer = ChangeAnswer.AGREED if agrees else ChangeAnswer.CONTESTED
    change.answer_words, change.answered_at = told, now
    session.flush()
    act = "organisation.rewrite_agreed" if agrees else "organisation.rewrite_contested"
    audit.record(session, act, change.organisation, actor=by or checking.LINK, now=now)


def take_back(session: Session, change: RecordChange, *, by: User | None, now: datetime) -> Outcome:
    """Let the organisation put back what a coordinator rewrote: what is not its own words is proposed.

    Raises DomainError if nothing can be put back: those fields were changed once more since.
    """
    _lock(session, change, ChangeState.APPLIED)
    organisation = change.organisation
    back = _restorable(change)
    if not back or change.answer is None:
        raise DomainError(NOTHING_TO_RESTORE)
    seen, facts = marks(organisation), with_values(facts_of(organisation), back)
    done = submit(session, organisation, facts, seen=seen, by=by, now=now, remark=PUT_BACK)
    change.answer, change.answer_words, change.answered_at = ChangeAnswer.CONTESTED, PUT_BACK, now
    if done.proposed is None:
        change.state, change.decided_at = ChangeState.REVERTED, now
        change.decided_by_id = by.id if by else None
    session.flush()
    return done


def _restorable(change: RecordChange) -> dict[str, Any]:
    """Return field → what it said before, for those that still say what the change made them say."""
    present = own_facts(facts_of(change.organisation))
    return {field: old for field, (old, new) in change.fields.items() if present[field] == new}


def keep(session: Session, change: RecordChange, *, reason: str, by: User, now: datetime) -> None:
    """Leave a contested rewrite as it is, and say why; the organisation is told by mail.

    Raises DomainError without a reason, or if the rewrite is no longer in force.
    """
    _lock(session, change, ChangeState.APPLIED)
    words = reason.strip()[:LONGEST_WORDS]
    if not words:
        raise DomainError(N_("Dites pourquoi : l’organisation reçoit ces mots."), field="reason")
    change.state, change.decided_at, change.decided_by_id = ChangeState.ACCEPTED, now, by.id
    change.reason = words
    session.flush()
    audit.record(session, "organisation.rewrite_kept", change.organisation, actor=by, now=now)
    letters.tell(
        session, "actors.rewrite_answered", change.organisation, change, now=now, reverted=False,
        fields=[OWN[field] for field in OWN if field in change.fields], reason=words,
    )  # fmt: skip


def revert(session: Session, change: RecordChange, *, by: User, now: datetime) -> list[str]:
    """Let the record say again what it said before a change; return the fields left alone, by their names.

    A field that was changed once more since is left alone. The organisation is told by mail. Raises
    DomainError if nothing can be put back.
    """
    _lock(session, change, ChangeState.APPLIED)
    organisation = change.organisation
    back = _restorable(change)
    if not back:
        raise DomainError(NOTHING_TO_RESTORE)
    facts = with_values(facts_of(organisation), back)
    address = organisation.email
    organisations.update(session, organisation, facts, actor=by, now=now)
    change.state, change.decided_at, change.decided_by_id = ChangeState.REVERTED, now, by.id
    session.flush()
    audit.record(
        session, "organisation.change_reverted", organisation, actor=by, now=now,
        changes={"fields": [None, _names(back)]},
    )  # fmt: skip
    letters.tell(
        session, "actors.rewrite_answered", organisation, change, now=now, version="reverted", reverted=True,
        address=organisation.email or address, fields=[OWN[field] for field in OWN if field in back],
        reason="",
    )  # fmt: skip
    return [field for field in change.fields if field not in back]


def say_gone(
    session: Session,
    organisation: Organisation,
    *,
    since: date | None,
    words: str,
    by: User | None,
    now: datetime,
) -> RecordChange:
    """Let an organisation say that it no longer exists: a coordinator looks before the record says so.

    Raises DomainError for a date to come, or where the record says so already.
    """
    session.refresh(organisation, with_for_update=True)
    if since is not None and since > clock.today(now):
        raise DomainError(N_("Cette date est à venir."), field="since")
    before = own_facts(facts_of(organisation))
    wanted = {"state": OrganisationState.CLOSED.value, "state_since": plain(since)}
    changed = differing(before, wanted)
    if "state" not in changed:
        raise DomainError(N_("La fiche dit déjà que l’activité est terminée."))
    row = _propose(session, organisation, changed, by=by, now=now, remark=words)
    checking.answer_requests(session, organisation, RequestState.GONE, now=now)
    assert row is not None  # noqa: S101 - `changed` holds the state
    return row


def forget_contacts(session: Session, *, now: datetime) -> None:
    """Blank the contacts in changes of over a year ago; which fields they were stays told."""
    last = func.coalesce(RecordChange.decided_at, RecordChange.answered_at, RecordChange.created_at)
    closed = select(RecordChange).where(last < now - KEPT, RecordChange.state != ChangeState.PROPOSED)
    for row in session.scalars(closed):
        blank = {field: [FORGOTTEN, FORGOTTEN] for field in CONTACTS if field in row.fields}
        if any(row.fields[field] != pair for field, pair in blank.items()):
            row.fields = {**row.fields, **blank}
    session.flush()
