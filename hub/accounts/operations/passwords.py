"""Passwords: kept as argon2id, long rather than complicated, never an obvious one (S15)."""

import re
import secrets
import unicodedata
from datetime import datetime
from functools import cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from sqlalchemy.orm import Session

from hub.accounts import queries
from hub.accounts.models import User
from hub.accounts.operations import links, sessions
from hub.accounts.operations.obvious_passwords import OBVIOUS
from hub.core import audit, mail
from hub.core.errors import N_, DomainError
from hub.core.search import fold

LEAST = 12
MOST = 200
# RFC 9106's second choice: 64 MiB, three passes.
HASHER = PasswordHasher(time_cost=3, memory_cost=65_536, parallelism=4)
DISTINCT = 4  # fewer different characters than this are a finger left on a key
LONG_RUN = 8
LETTERS_SHARE = 0.4  # letters that weigh less than this are not what the password is made of
LOOKALIKES = str.maketrans("@401!35$7", "aaoiiesst")
RUNS = (
    "01234567890123456789",
    "abcdefghijklmnopqrstuvwxyz",
    "azertyuiopqsdfghjklmwxcvbn",
    "qwertyuiopasdfghjklzxcvbnm",
)


def normalise(password: str) -> str:
    """Return the password as every keyboard's accents would make it."""
    return unicodedata.normalize("NFKC", password)


@cache
def _nobodys_hash() -> str:
    return HASHER.hash(secrets.token_urlsafe())


def prepare() -> None:
    """Make the hash that stands in for accounts that don't exist, lest the first refusal take longer."""
    _nobodys_hash()


def matches(user: User | None, password: str) -> bool:
    """Say whether the password opens the account; as much work is done where there is no account (S10)."""
    stored = user.password_hash if user is not None else None
    try:
        HASHER.verify(stored or _nobodys_hash(), normalise(password))
    except (VerificationError, InvalidHashError):
        return False
    return user is not None and stored is not None and user.is_active


def authenticate(session: Session, email: str, password: str) -> User | None:
    """Return the open account of that address and password, or None. An outdated hash is made anew."""
    user = session.scalar(queries.by_email(email))
    if not matches(user, password) or user is None:
        return None
    if HASHER.check_needs_rehash(user.password_hash or ""):
        user.password_hash = HASHER.hash(normalise(password))
        session.flush()
    return user


def check(password: str, user: User) -> None:
    """Raise DomainError for a password that is too short, too long, or among the first that one would try."""
    text = normalise(password)
    if len(text) < LEAST:
        raise DomainError(
            N_("Il faut au moins %(least)s caractères. Quelques mots sans lien entre eux conviennent bien."),
            field="password", least=LEAST,
        )  # fmt: skip
    if len(text) > MOST:
        raise DomainError(N_("Au plus %(most)s caractères."), field="password", most=MOST)
    if is_obvious(text, about=[user.name, user.email, user.email.partition("@")[0]]):
        raise DomainError(
            N_("Ce mot de passe est trop facile à deviner. Choisissez des mots sans lien entre eux."),
            field="password",
        )


def is_obvious(password: str, about: list[str]) -> bool:
    """Say whether the password is a known word, dressed up or repeated, or a word `about` the person."""
    known = OBVIOUS | {_bare(word) for word in about}
    low = password.casefold()
    bare, letters = _bare(password), _letters(low)
    cores = [bare, _letters(low.rstrip("0123456789!?.*#-_ ").translate(LOOKALIKES))]
    if len(letters) > LETTERS_SHARE * len(bare):
        cores.append(letters)
    return len(set(low)) < DISTINCT or any(_is_run(core) or _units(core) & known for core in cores)


def _bare(text: str) -> str:
    return fold(text).replace(" ", "")


def _letters(text: str) -> str:
    return re.sub(r"[^a-z]", "", _bare(text))


def _units(text: str) -> set[str]:
    """Return the text and whatever it repeats («azertyazerty» gives «azerty» too)."""
    sizes = [size for size in range(1, len(text) // 2 + 1) if len(text) % size == 0]
    return {text} | {text[:size] for size in sizes if text[:size] * (len(text) // size) == text}


def _is_run(text: str) -> bool:
    return len(text) >= LONG_RUN and any(text in run or text in run[::-1] for run in RUNS)


def choose(session: Session, user: User, password: str, *, now: datetime) -> None:
    """Give the account a password. Raises DomainError for one that `check` refuses."""
    check(password, user)
    user.password_hash = HASHER.hash(normalise(password))
    audit.record(session, "account.password_changed", user, actor=user, now=now)


def change(session: Session, user: User, password: str, *, now: datetime) -> None:
    """Change the password of an account in use: every session and link ends, its holder is told (S9).

    Raises DomainError for a password that `check` refuses.
    """
    choose(session, user, password, now=now)
    sessions.close_sessions(session, user)
    links.revoke(session, user, now=now)
    mail.queue(
        session, "accounts.password_changed", user, user.email, now=now, version=now.isoformat(),
        name=user.name, when=now,
    )  # fmt: skip
