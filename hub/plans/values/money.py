"""Amounts as people write them, in euro cents."""

import re

from hub.core.errors import N_, DomainError

MOST_CENTS = 10**13
_AMOUNT = re.compile(r"(\d{1,3}(?:[ .]\d{3})+|\d+)(?:,(\d{1,2})|\.(\d{1,2}))?")
_WRONG = N_("Écrivez un montant en euros, par exemple 12 500 ou 1 250,50.")


def parse(text: str) -> int:
    """Read « 12 500,50 € » as 1250050. Raises DomainError if it is no amount."""
    plain = re.sub(r"[\u00a0\u202f\s]+", " ", text).strip().removesuffix("€").removesuffix("EUR").strip()
    found = _AMOUNT.fullmatch(plain)
    if found is None:
        raise DomainError(_WRONG, field="amount")
    whole, comma, point = found.groups()
    cents = int(re.sub(r"[ .]", "", whole)) * 100 + int((comma or point or "0").ljust(2, "0"))
    if cents > MOST_CENTS:
        raise DomainError(_WRONG, field="amount")
    return cents


def show(cents: int) -> str:
    """Return 1250050 as « 12 500,50 € », with spaces that do not break."""
    whole, rest = divmod(cents, 100)
    grouped = f"{whole:,}".replace(",", "\u202f")
    return f"{grouped},{rest:02d}\u00a0€" if rest else f"{grouped}\u00a0€"
