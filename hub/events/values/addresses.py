"""Addresses of people, made comparable: one address is one person's sign-up."""

from hub.core import mail
from hub.events.values import typed


def normal(text: str) -> str:
    """Return one clean address in the form under which it is stored and compared.

    Full-width and other compatibility forms are made plain (NFKC), what nobody sees is left out, letters are
    small, the domain as DNS writes it (IDNA). Raises DomainError for none, several, or one that can't exist
    (S7).
    """
    return mail.address(typed.address(text)).lower()
