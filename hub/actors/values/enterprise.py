"""The number of the Crossroads Bank for Enterprises (BCE): ten digits, two of which check the others."""

import re

from hub.core.errors import N_, DomainError

OLD_DIGITS = 9  # numbers of before 2005 lack the leading zero
MODULUS = 97


def is_valid(number: str) -> bool:
    """Say whether these are ten digits, beginning with 0 or 1, whose check digits agree."""
    if not re.fullmatch(r"[01][0-9]{9}", number):
        return False
    return MODULUS - int(number[:8]) % MODULUS == int(number[8:])


def parse(text: str) -> str | None:
    """Return the ten digits of a number written in any usual way, or None for an empty text.

    Raises DomainError if it isn't one.
    """
    digits = re.sub(r"[\s.\-/]", "", text.strip().upper().removeprefix("BE"))
    if not digits:
        if text.strip():
            raise _wrong()
        return None
    if len(digits) == OLD_DIGITS:
        digits = "0" + digits
    if not is_valid(digits):
        raise _wrong()
    return digits


def _wrong() -> DomainError:
    return DomainError(
        N_(
            "Ce numéro d’entreprise n’est pas valable : ses chiffres de contrôle ne correspondent pas. "
            "Il compte dix chiffres, par exemple 0123.456.749."
        ),
        field="enterprise_number",
    )


def show(number: str | None) -> str:
    """Return the number as people read it: 0123.456.749."""
    return f"{number[:4]}.{number[4:7]}.{number[7:]}" if number else ""
