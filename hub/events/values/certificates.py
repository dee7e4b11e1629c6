"""What a certificate is known by and says, without database: code, initials, names, hours in words."""

import hmac
import re
import secrets
import unicodedata
from datetime import date

from memoranda import markup

# Crockford's base 32: no letter that is read for a figure.
SIGNS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
LENGTH = 20  # a hundred random bits
GROUP = 4
MISREAD = str.maketrans({"O": "0", "I": "1", "L": "1"})
MINUTES_AN_HOUR = 60


def new_code() -> str:
    """Return a code that nobody can guess and everybody can type."""
    return "".join(secrets.choice(SIGNS) for _ in range(LENGTH))


def normal(typed: str) -> str:
    """Return a code as it is stored, from what somebody typed or a QR says; "" for what can't be one."""
    code = "".join(re.findall(r"[0-9A-Z]", typed.upper())).translate(MISREAD)
    return code if len(code) == LENGTH and set(code) <= set(SIGNS) else ""


def grouped(code: str) -> str:
    """Return a code as people read it: « 7F3K-9QXM-… »."""
    return "-".join(code[place : place + GROUP] for place in range(0, len(code), GROUP))


def initials(name: str) -> str:
    """Return « A. D. » for « Amina Dupont »; empty for a name that was forgotten."""
    return " ".join(f"{word[0].upper()}." for word in _words(name))


def same_name(one: str, other: str) -> bool:
    """Say whether two names are the same, whatever the order of the words, the accents and the capitals.

    In the same time whether they are or not.
    """
    first, second = (" ".join(sorted(_words(name))).encode() for name in (one, other))
    return hmac.compare_digest(first, second) and bool(first)


def _words(name: str) -> list[str]:
    """Return the words of a name in any script, made comparable."""
    plain = unicodedata.normalize("NFKD", name)
    letters = "".join(sign for sign in plain if not unicodedata.combining(sign)).casefold()
    return re.findall(r"[^\W_]+", letters)


def hours(minutes: int) -> str:
    """Return « 48 heures », « 3 heures 30 » or « 45 minutes », as a certificate says it."""
    whole, rest = divmod(minutes, MINUTES_AN_HOUR)
    if not whole:
        return f"{rest}\u00a0minute{'s' if rest > 1 else ''}"
    start = f"{whole}\u00a0heure{'s' if whole > 1 else ''}"
    return f"{start}\u00a0{rest:02d}" if rest else start


def period(first: date, last: date) -> str:
    """Return « le 6 juin 2023 » or « du 3 mars au 16 avril 2026 »."""
    if first == last:
        return f"le {markup.day_in_words(first)}"
    start = markup.day_in_words(first)
    if first.year == last.year:
        start = start.rpartition(" ")[0]
    return f"du {start} au {markup.day_in_words(last)}"
