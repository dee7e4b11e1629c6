"""Addresses of people, made comparable: one address is one person's sign-up."""

from hub.core import mail
from hub.core.errors import N_, DomainError
from hub.events.values import typed

ODD = N_("Une adresse n’a ni espace ni accent avant le signe @ : relisez-la.")


def normal(text: str) -> str:
    """Return one clean address in the form under which it is stored and compared.

    Full-width and other compatibility forms are made plain (NFKC), what nobody sees is left out, letters are
    small, the domain as DNS writes it (IDNA). Raises DomainError for none, several, or one that can't exist
    (S7).
    """
    candidate = typed.address(text).strip()
    before = candidate.rpartition("@")[0]
    is_one = not any(sign in candidate for sign in "\n,;<>")
    if is_one and (" " in before or not before.isascii()):
        raise DomainError(ODD, field="email")
    return mail.address(candidate).lower()
