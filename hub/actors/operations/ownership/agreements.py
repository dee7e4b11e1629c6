"""What an organisation agrees to show to everybody."""

import re
from collections.abc import Iterable
from datetime import datetime

from sqlalchemy.orm import Session

from hub.accounts.models import User
from hub.actors.models.organisations import Organisation
from hub.actors.values import consent
from hub.core import audit
from hub.core.errors import N_, DomainError

CONTACT = re.compile(r"\S@\S|\d(?:[ ./-]?\d){7,}")


def agree(
    session: Session,
    organisation: Organisation,
    fields: Iterable[str],
    *,
    agreement: str,
    actor: User | str,
    now: datetime,
) -> None:
    """Note what the public may read from now on, and who agreed (`agreement`: a function, a body, a way).

    Raises DomainError where nobody is said to have agreed, or where that holds contact details.
    """
    words = agreed_by(agreement)
    shown = consent.in_order(fields)
    before = consent.in_order(organisation.public_fields)
    organisation.public_fields = shown
    organisation.public_fields_at = now
    organisation.public_fields_by_id = None if isinstance(actor, str) else actor.id
    organisation.agreement = words
    session.flush()
    # Which fields, never what they hold (S16).
    changes = {"public_fields": [_names(before), _names(shown)]}
    audit.record(session, "organisation.agreement", organisation, actor=actor, now=now, changes=changes)


def _names(fields: Iterable[str]) -> str:
    return ", ".join(consent.FIELDS[field].lower() for field in fields)


def agreed_by(text: str) -> str:
    """Return who agreed, cleaned. Raises DomainError for nobody, too much, or contact details."""
    words = " ".join(text.split())
    if not words:
        raise DomainError(
            N_("Dites qui a donné cet accord : une fonction suffit, comme « la direction »."),
            field="agreement",
        )
    if len(words) > consent.LONGEST_AGREEMENT:
        raise DomainError(
            N_("Ce texte est trop long (%(max)d signes au plus)."),
            field="agreement",
            max=consent.LONGEST_AGREEMENT,
        )
    if CONTACT.search(words):
        raise DomainError(
            N_("Pas d’adresse ni de numéro ici : dites seulement qui a donné l’accord, et quand."),
            field="agreement",
        )
    return words
