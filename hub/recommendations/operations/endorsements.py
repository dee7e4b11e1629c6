"""Co-signatures: who stands for which version. A change of what is asked makes them lapse, and asks again."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import update
from sqlalchemy.orm import Session

from hub.accounts.models import User
from hub.core import audit, clock, mail, settings, tokens
from hub.core.errors import N_, DomainError
from hub.recommendations.models.calls import Invitation
from hub.recommendations.models.carrying import Endorsement, VoiceChannel
from hub.recommendations.models.recommendations import SET_ASIDE, Recommendation, RecommendationState
from hub.recommendations.operations.campaigns import PURPOSE, RECEIPT_PERIOD
from hub.recommendations.queries import carrying

# From publication on, names stand in print: nobody comes or goes. Whose co-signature lapsed since, because it
# asks something else now, is asked again, and may sign that.
FINAL = frozenset({RecommendationState.PUBLISHED, RecommendationState.FOLLOWED, RecommendationState.CLOSED})
NAME_KEPT = timedelta(days=3 * 365)
CHANGED = N_("Le texte de « %(code)s » vient de changer. Relisez-le, puis signez de nouveau.")


@dataclass(frozen=True, slots=True)
class Signature:
    """Which body of the organisation decided, when, and who signs in its name."""

    body: str
    decided_on: date
    signed_by: str


def sign(
    session: Session,
    invitation: Invitation,
    versions: Mapping[int, int],
    signature: Signature,
    *,
    channel: VoiceChannel,
    actor: User | str,
    now: datetime,
) -> int:
    """Let the organisation co-sign recommendations of its call's list, in the versions that the page showed.

    Returns how many it newly signs: what it has signed already stays. All or nothing. Raises DomainError
    for a missing body, name or choice, a date to come or before what is asked was written, a text that has
    changed, a recommendation that is published or set aside.
    """
    _check_words(signature, versions, now)
    rows = _held(session, invitation, versions)
    since = {number: clock.today(at) for number, at in session.execute(carrying.substantive_since(versions))}
    known = set(session.scalars(carrying.signed_by(invitation.organisation_id, versions)))
    asked_again = {
        row.recommendation_id
        for row in session.scalars(
            carrying.lapsed().where(
                Endorsement.organisation_id == invitation.organisation_id,
                Endorsement.recommendation_id.in_(list(versions)),
            )
        )
    }
    for number, version in versions.items():
        row = rows.get(number)
        if row is not None and not may_sign(row, asked_again):
            raise DomainError(N_("« %(code)s » ne se co-signe plus."), field="recommendations", code=row.code)
        _check(row, version, signature, since.get(number))
    new = [row for row in rows.values() if row.id not in known]
    for row in new:
        session.add(
            Endorsement(
                recommendation_id=row.id, version=row.version, organisation_id=invitation.organisation_id,
                body=signature.body, decided_on=signature.decided_on, signed_by=signature.signed_by,
                channel=channel, entered_by_id=None if isinstance(actor, str) else actor.id, created_at=now,
            )
        )  # fmt: skip
        session.flush()
        _record(session, "recommendation.endorsed", row, invitation.organisation.name, actor=actor, now=now)
    return len(new)


def may_sign(row: Recommendation, asked_again: Collection[int]) -> bool:
    """Say whether it can still be co-signed; `asked_again`: those for which one's own co-signature lapsed."""
    return row.state not in SET_ASIDE and (row.state not in FINAL or row.id in asked_again)


def withdraw(session: Session, row: Endorsement, *, reason: str, actor: User | str, now: datetime) -> None:
    """Take a co-signature back. Raises DomainError once the recommendation is published."""
    asked = session.get_one(
        Recommendation, row.recommendation_id, with_for_update={"key_share": True}, populate_existing=True
    )
    if asked.state in FINAL:
        raise DomainError(N_("Elle est publiée : la co-signature ne se retire plus."))
    session.refresh(row)
    if row.withdrawn_at is not None or row.lapsed_at is not None:
        return
    row.withdrawn_at, row.withdrawn_reason = now, reason
    session.flush()
    _record(
        session, "recommendation.endorsement_withdrawn", asked, row.organisation.name, actor=actor, now=now
    )


def lapse(session: Session, recommendation: Recommendation, *, now: datetime) -> None:
    """End the co-signatures of a recommendation that now asks something else. Its row is held already."""
    session.execute(
        update(Endorsement)
        .where(
            Endorsement.recommendation_id == recommendation.id,
            Endorsement.lapsed_at.is_(None),
            Endorsement.withdrawn_at.is_(None),
        )
        .values(lapsed_at=now)
        .execution_options(synchronize_session="fetch")
    )


def ask_again(session: Session, *, now: datetime) -> int:
    """Ask those whose co-signature lapsed whether they sign what is asked now: one mail an organisation.

    Returns how many mails left. An organisation without address, or that no call consults, is left to be
    asked by people: the page of co-signatures names it.
    """
    return _ask(session, session.scalars(carrying.lapsed_unasked()), "endorsement", now)


def ask_before_print(session: Session, recommendations: Sequence[int], *, version: str, now: datetime) -> int:
    """Ask once more whose co-signature of these lapsed, before they are printed; return how many mails left.

    `version` names what is about to be printed: an organisation gets one mail for each.
    """
    rows = session.scalars(carrying.lapsed().where(Endorsement.recommendation_id.in_(recommendations)))
    return _ask(session, rows, f"{version}-{now:%Y%m%d%H%M%S}", now)


def _ask(session: Session, rows_of_all: Iterable[Endorsement], version: str, now: datetime) -> int:
    lapsed: dict[int, list[Endorsement]] = defaultdict(list)
    for row in rows_of_all:
        lapsed[row.organisation_id].append(row)
    sent = 0
    for organisation_id, rows in sorted(lapsed.items()):
        numbers = [row.recommendation_id for row in rows]
        invitation = session.scalars(carrying.invitations_for(organisation_id, numbers)).first()
        if invitation is not None and invitation.email:
            _mail(session, invitation, rows, version, now)
            sent += 1
            for row in rows:
                row.asked_again_at = now
    session.flush()
    return sent


def forget_names(session: Session, *, now: datetime) -> None:
    """Blank who signed three years ago; which body decided, and when, stays."""
    session.execute(
        update(Endorsement)
        .where(Endorsement.created_at < now - NAME_KEPT, Endorsement.signed_by != "")
        .values(signed_by="")
        .execution_options(synchronize_session=False)
    )


def _check_words(signature: Signature, versions: Mapping[int, int], now: datetime) -> None:
    if not versions:
        raise DomainError(N_("Cochez au moins une recommandation."), field="recommendations")
    if not signature.body:
        raise DomainError(N_("Dites quel organe a décidé."), field="body")
    if not signature.signed_by:
        raise DomainError(N_("Écrivez le nom de la personne qui signe."), field="signed_by")
    if signature.decided_on > clock.today(now):
        raise DomainError(N_("La décision est prise : sa date n’est pas à venir."), field="decided_on")


def _held(session: Session, invitation: Invitation, versions: Mapping[int, int]) -> dict[int, Recommendation]:
    """Return the recommendations that the call lists, held: their words don't change meanwhile."""
    rows = session.scalars(
        carrying.listed(invitation.campaign_id, versions)
        .with_for_update(key_share=True, of=Recommendation)
        .execution_options(populate_existing=True)
    )
    return {row.id: row for row in rows}


def _check(row: Recommendation | None, version: int, signature: Signature, since: date | None) -> None:
    if row is None:
        raise DomainError(
            N_("Cette recommandation n’est plus dans la consultation."), field="recommendations"
        )
    if row.version != version:
        raise DomainError(CHANGED, field="recommendations", code=row.code)
    if since is not None and signature.decided_on < since:
        raise DomainError(
            N_("Ce que « %(code)s » demande a changé après cette date : la décision doit porter dessus."),
            field="decided_on", code=row.code,
        )  # fmt: skip


def _mail(
    session: Session, invitation: Invitation, rows: list[Endorsement], version: str, now: datetime
) -> None:
    raw = tokens.issue(session, PURPOSE, invitation, now=now, until=now + RECEIPT_PERIOD)
    network = settings.get(session)
    mail.queue(
        session,
        "recommendations.sign_again",
        invitation,
        invitation.email,
        now=now,
        version=f"{version}-{max(row.id for row in rows)}",
        reply_to=network.contact_email,
        action=(N_("Lire et co-signer"), f"/contribution/{raw}/co-signature"),
        organisation=invitation.organisation.name,
        titles=[row.recommendation.title for row in rows],
    )


def _record(
    session: Session, action: str, row: Recommendation, name: str, *, actor: User | str, now: datetime
) -> None:
    audit.record(
        session, action, row, actor=actor, now=now,
        changes={"organisation": [None, name], "version": [None, row.version]},
    )  # fmt: skip
