"""Reading to whom a memorandum is sent, and what they received."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, Select, and_, exists, func, or_, select
from sqlalchemy.orm import joinedload

from hub.actors.models.organisations import Organisation, OrganisationState
from hub.actors.models.reference import Family, OrganisationKind, Territory, TerritoryKind
from hub.core.mail import Message
from hub.publishing.models.editions import PUBLIC, Edition, Memorandum
from hub.publishing.models.recipients import MailRefusal, Recipient, RecipientKind, Sending, SendingWay

ADDRESSED = (Family.PARTY, Family.AUTHORITY)


@dataclass(frozen=True, slots=True)
class RecipientFilter:
    """What the list is narrowed to; `received` is "yes", "no" or "" for both."""

    text: str = ""
    kind: RecipientKind | None = None
    list_name: str = ""
    commune: str = ""
    received: str = ""


SORTS = ("name", "list_name", "commune", "kind")


def of_memorandum(
    memorandum: Memorandum, wanted: RecipientFilter = RecipientFilter(), sort: str = "name",
    descending: bool = False,
) -> Select[Recipient]:  # fmt: skip
    """Select the recipients of a memorandum that pass the filters, with organisation and commune."""
    rows = (
        select(Recipient)
        .outerjoin(Recipient.territory)
        .where(Recipient.memorandum_id == memorandum.id)
        .options(joinedload(Recipient.organisation), joinedload(Recipient.territory))
    )
    for word in wanted.text.casefold().split():
        rows = rows.where(
            or_(
                func.lower(Recipient.name).contains(word, autoescape=True),
                func.lower(Recipient.list_name).contains(word, autoescape=True),
                func.lower(Recipient.email).contains(word, autoescape=True),
            )
        )
    if wanted.kind is not None:
        rows = rows.where(Recipient.kind == wanted.kind)
    if wanted.list_name:
        rows = rows.where(Recipient.list_name == wanted.list_name)
    if wanted.commune:
        rows = rows.where(Territory.name == wanted.commune)
    if wanted.received:
        received = exists().where(Sending.recipient_id == Recipient.id)
        rows = rows.where(received if wanted.received == "yes" else ~received)
    first = {
        "list_name": Recipient.list_name, "commune": Territory.name, "kind": Recipient.kind,
    }.get(sort, Recipient.name)  # fmt: skip
    ordered = first.desc().nulls_last() if descending else first.asc().nulls_last()
    return rows.order_by(ordered, Recipient.name, Recipient.id)


def lists_and_communes(memorandum: Memorandum) -> Select[str, str | None]:
    """Select (list, commune) of all recipients, each pair once."""
    return (
        select(Recipient.list_name, Territory.name)
        .outerjoin(Recipient.territory)
        .where(Recipient.memorandum_id == memorandum.id)
        .distinct()
    )


def keys(memorandum: Memorandum) -> Select[int, str, str, str, int | None]:
    """Select (identifier, name, list, e-mail, commune) of all recipients: who is there already."""
    row = Recipient
    return select(row.id, row.name, row.list_name, row.email, row.territory_id).where(
        row.memorandum_id == memorandum.id
    )


def counts(memorandum: Memorandum) -> Select[RecipientKind, int]:
    """Select (kind, how many)."""
    return (
        select(Recipient.kind, func.count())
        .where(Recipient.memorandum_id == memorandum.id)
        .group_by(Recipient.kind)
    )


def communes() -> Select[Territory]:
    """Select all communes, by name."""
    return select(Territory).where(Territory.kind == TerritoryKind.COMMUNE).order_by(Territory.name)


def addressable() -> Select[Organisation]:
    """Select the parties and authorities of the register that exist, by name."""
    return (
        select(Organisation)
        .join(Organisation.kind)
        .where(
            OrganisationKind.family.in_(ADDRESSED),
            Organisation.state != OrganisationState.CLOSED,
            Organisation.merged_into_id.is_(None),
        )
        .options(joinedload(Organisation.kind))
        .order_by(Organisation.name)
    )


def refusals(digests: Collection[str]) -> Select[str]:
    """Select those of the fingerprints whose holders want no more mails."""
    return select(MailRefusal.digest).where(MailRefusal.digest.in_(digests))


def sendings(edition: Edition) -> Select[Sending]:
    """Select what was sent or handed over of an edition, the latest first."""
    return (
        select(Sending)
        .join(Sending.recipient)
        .where(Sending.edition_id == edition.id)
        .options(joinedload(Sending.recipient).joinedload(Recipient.territory), joinedload(Sending.message))
        .order_by(Sending.sent_on.desc(), Sending.id.desc())
    )


def received(recipients: Collection[int]) -> Select[Sending]:
    """Select all that these received, the latest first."""
    return (
        select(Sending)
        .where(Sending.recipient_id.in_(recipients))
        .options(joinedload(Sending.edition), joinedload(Sending.message))
        .order_by(Sending.sent_on.desc(), Sending.id.desc())
    )


def to_write_to(edition: Edition, wanted: Collection[int] | None = None) -> Select[Recipient]:
    """Select who has an e-mail address and didn't receive the edition by e-mail yet, in order."""
    sent = exists().where(
        Sending.recipient_id == Recipient.id,
        Sending.edition_id == edition.id,
        Sending.way == SendingWay.EMAIL,
    )
    rows = select(Recipient).where(
        Recipient.memorandum_id == edition.memorandum_id, Recipient.email != "", ~sent
    )
    if wanted is not None:
        rows = rows.where(Recipient.id.in_(wanted))
    return rows.options(joinedload(Recipient.territory), joinedload(Recipient.organisation)).order_by(
        Recipient.id
    )


def to_post_to(edition: Edition) -> Select[Recipient]:
    """Select who has a postal address and didn't receive the edition by post yet, in order."""
    sent = exists().where(
        Sending.recipient_id == Recipient.id,
        Sending.edition_id == edition.id,
        Sending.way == SendingWay.POST,
    )
    return (
        select(Recipient)
        .where(Recipient.memorandum_id == edition.memorandum_id, Recipient.address != "", ~sent)
        .options(joinedload(Recipient.territory), joinedload(Recipient.organisation))
        .order_by(Recipient.name, Recipient.id)
    )


def ways(edition: Edition) -> Select[int, SendingWay]:
    """Select (recipient, way) of all that was sent or handed over of an edition."""
    return select(Sending.recipient_id, Sending.way).where(Sending.edition_id == edition.id)


def public_editions(memorandum: Memorandum) -> Select[Edition]:
    """Select a memorandum's editions that are public, the latest first."""
    return (
        select(Edition)
        .where(Edition.memorandum_id == memorandum.id, Edition.state.in_(PUBLIC))
        .order_by(Edition.number.desc())
    )


def candidates() -> Select[Memorandum]:
    """Select the memoranda that candidates receive, with their elections."""
    has = exists().where(Recipient.memorandum_id == Memorandum.id, Recipient.kind == RecipientKind.CANDIDATE)
    return select(Memorandum).where(has).options(joinedload(Memorandum.election)).order_by(Memorandum.id)


def candidates_of(memorandum: Memorandum, until: datetime | None = None) -> Select[Recipient]:
    """Select the candidates that a memorandum is sent to; with `until`, those noted before that moment."""
    before: ColumnElement[bool] = Recipient.kind == RecipientKind.CANDIDATE
    if until is not None:
        before = and_(before, Recipient.created_at < until)
    return select(Recipient).where(Recipient.memorandum_id == memorandum.id, before)


def mails_to(recipients: Collection[int]) -> Select[int]:
    """Select the mails that went to these."""
    return (
        select(Message.id)
        .join(Sending, Sending.message_id == Message.id)
        .where(Sending.recipient_id.in_(recipients))
    )
