"""Each format gives back what went in."""

import pytest
from hypothesis import given, settings

from graph.exchange.formats import Format, write
from graph.exchange.model import Exchange
from graph.exchange.reading import read
from graph.exchange.rows import rows_of
from tests.graph.exchange.networks import SMALL, exchanges


def written(exchange: Exchange, form: Format) -> bytes:
    return b"".join(write(exchange, form))


@pytest.mark.parametrize("form", Format)
def test_a_small_network_is_read_back(form: Format) -> None:
    found = read(written(SMALL, form))
    assert found is not None
    assert found.form == form
    assert found.rows == rows_of(SMALL)


@pytest.mark.parametrize("form", Format)
@given(exchange=exchanges())
@settings(max_examples=40)
def test_any_network_is_read_back(form: Format, exchange: Exchange) -> None:
    found = read(written(exchange, form))
    assert found is not None
    assert found.form == form
    assert found.rows == rows_of(exchange)
