from collections.abc import Iterator

import pytest
from argon2 import PasswordHasher

from hub.accounts.operations import passwords


@pytest.fixture(scope="module", autouse=True)
def kept() -> Iterator[PasswordHasher]:
    """Keep passwords by quick hashes in these tests; return what keeps them in earnest."""
    earnest = passwords.HASHER
    passwords.HASHER = PasswordHasher(time_cost=1, memory_cost=64, parallelism=1)
    _prepare()
    yield earnest
    passwords.HASHER = earnest
    _prepare()


def _prepare() -> None:
    passwords._nobodys_hash.cache_clear()
    passwords.prepare()
