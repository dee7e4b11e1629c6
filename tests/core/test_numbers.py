"""A number that no row can have, in an address or a form, is no failure of ours."""

from collections.abc import Callable
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from tests import factories

SignIn = Callable[[FlaskClient, Any], FlaskClient]
HUGE = "9" * 30
LISTS = (
    "/espaces?page={}",
    "/reunions?space={}&page={}",
    "/comptes-rendus?space={}",
    "/actions?page={}",
    "/decisions?page={}",
    "/plans?territory={}",
    "/acteurs?page={}",
    "/annuaire?rayon={}&page={}",
    "/recommandations?page={}",
    "/memorandums?page={}",
    "/reseau/existant?theme_id={}&territory_id={}&space_id={}&km={}",
    "/reseau/liens-possibles?most={}",
    "/reseau/chemin?steps={}",
    "/acteurs/a-verifier?mois={}&fait={}",
    "/reglages/mails?page={}",
    "/reglages/travaux?page={}",
)


@pytest.mark.parametrize("address", LISTS)
def test_a_number_larger_than_any_row_is_left_aside(
    client: FlaskClient, session: Session, sign_in: SignIn, address: str
) -> None:
    account = factories.coordinator(session)
    session.commit()
    sign_in(client, account)
    answer = client.get(address.replace("{}", HUGE))
    assert answer.status_code in {200, 302, 303, 404}
