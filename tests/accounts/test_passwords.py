"""Which passwords are taken: long ones, of any kind, but none that is tried first (S15)."""

import unicodedata

import pytest
from argon2 import PasswordHasher, Type
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy.orm import Session

from hub.accounts.models import User
from hub.accounts.operations import passwords
from hub.accounts.operations.obvious_passwords import OBVIOUS
from hub.core.errors import DomainError
from tests import factories

SOMEBODY = User(name="Camille Dupont-Exemple", email="camille.exemple@association.be")


def test_a_stolen_table_of_hashes_is_dear_to_guess_from(kept: PasswordHasher) -> None:
    assert (kept.type, kept.time_cost, kept.memory_cost) == (Type.ID, 3, 65_536), (
        "RFC 9106: 64 MiB, three passes"
    )
    assert kept.hash("x").startswith("$argon2id$v=19$m=65536,t=3,p=4$")


@pytest.mark.parametrize(
    "password",
    [
        "quatre lampes sous la pluie",
        "vrohtzqmakpw",
        "83620194756201",  # no rule of composition
        "çà et là, déjà vu",
        "日本語の長いパスワード例",
        "a" * 10 + "bcd fgh klm",
        "x" * 50 + "yz lampe",
    ],
)
def test_long_enough_is_enough(password: str) -> None:
    passwords.check(password, SOMEBODY)


@pytest.mark.parametrize(
    "password",
    [
        "motdepasse1234",
        "Mot de Passe !!!",
        "MôtDePâsse2024",
        "P@ssw0rd1234",
        "passwordpassword",
        "azertyazerty",
        "AZERTYUIOP12",
        "azertyuiopqsd",
        "bonjourbonjourbonjour",
        "123456789012",
        "987654321098",
        "abcdefghijkl",
        "aaaaaaaaaaaa",
        "ababababababab",
        "!!!!!!!!!!!!!!",
        "libertegalitefraternite",
        "Liberté-Égalité 2024",
        "soleilsoleil12",
        "camille.exemple@association.be",
        "Camille Dupont Exemple",
        "camilleexemple",
    ],
)
def test_what_is_tried_first_is_refused(password: str) -> None:
    with pytest.raises(DomainError) as refusal:
        passwords.check(password, SOMEBODY)
    assert refusal.value.field == "password"


@pytest.mark.parametrize("password", ["", "onze signes", "é" * 11, "x" * 201])
def test_the_length_has_bounds(password: str) -> None:
    with pytest.raises(DomainError, match="caractères"):
        passwords.check(password, SOMEBODY)


def test_every_known_word_is_refused_dressed_up() -> None:
    dressed = [(word, word.upper() + "!", word * 3) for word in sorted(OBVIOUS)]
    assert [form for forms in dressed for form in forms if not passwords.is_obvious(form, [])] == []


def test_the_list_is_long_and_plain() -> None:
    assert len(OBVIOUS) >= 200
    assert all(word.isascii() and word.isalpha() and word == word.lower() for word in OBVIOUS)


@given(st.text("abcdeinostu0123456789 -é", min_size=12, max_size=60))
def test_capitals_make_nothing_less_obvious(text: str) -> None:
    assert passwords.is_obvious(text, ["Camille"]) == passwords.is_obvious(text.upper(), ["Camille"])


def test_the_same_letters_from_another_keyboard_fit(session: Session) -> None:
    user = factories.user(session)
    passwords.choose(session, user, "élégante théière", now=factories.NOW)
    assert passwords.matches(user, unicodedata.normalize("NFD", "élégante théière"))
    assert user.password_hash is not None
    assert "théière" not in user.password_hash


def test_a_damaged_hash_opens_nothing(session: Session) -> None:
    user = factories.user(session, password_hash="$argon2id$broken")
    assert not passwords.matches(user, "quatre lampes sous la pluie")
    assert not passwords.matches(None, "quatre lampes sous la pluie")
