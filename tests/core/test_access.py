"""A rule on every route, deny by default (S2). New features are covered as soon as their routes exist."""

from collections.abc import Callable
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import Session
from werkzeug.routing import AnyConverter, Rule

from hub.accounts.models import Role
from hub.app import create_app
from hub.core import access
from hub.core.web import Hub
from tests import factories

# Rules that let in readers without account; a page under one of them decides by itself what it shows to whom.
OPEN = {access.everyone, access.permit_token}
DUMMIES = {"int": 999_999, "string": "rien-de-tel", "default": "rien-de-tel", "path": "rien/de/tel"}
SignIn = Callable[[FlaskClient, Any], FlaskClient]


@pytest.fixture(scope="module")
def routes(tmp_path_factory: pytest.TempPathFactory) -> list[tuple[Rule, Any]]:
    """List each route with its rule, in an application of its own to which no test has added any."""
    folder = str(tmp_path_factory.mktemp("map"))
    app = create_app({"SECRET_KEY": "a key for tests only", "DATA_FOLDER": folder})
    return [
        (rule, getattr(app.view_functions[rule.endpoint], "hub_rule", None))
        for rule in app.url_map.iter_rules()
        if rule.endpoint != "static"
    ]


def address(app: Hub, rule: Rule) -> str:
    """Return an address of that route which names nothing that exists."""
    kinds = app.url_map.converters.items()
    values = {}
    for name, converter in rule._converters.items():
        kind = next(word for word, made in kinds if isinstance(converter, made))
        values[name] = min(converter.items) if isinstance(converter, AnyConverter) else DUMMIES[kind]
    built = rule.build(values, append_unknown=False)
    assert built is not None
    return built[1]


Visit = Callable[[Callable[[Rule, Any], bool]], dict[str, Any]]


@pytest.fixture
def visit(app: Hub, client: FlaskClient, routes: list[tuple[Rule, Any]]) -> Visit:
    """Ask for the routes that are wanted, by each of their methods; return method and address → answer."""

    def do(wanted: Callable[[Rule, Any], bool]) -> dict[str, Any]:
        asked = [
            (method, address(app, rule))
            for rule, allowed in routes
            if wanted(rule, allowed)
            for method in sorted((rule.methods or set()) - {"OPTIONS"})
        ]
        assert asked
        return {f"{method} {path}": client.open(path, method=method) for method, path in asked}

    return do


@pytest.fixture
def account(client: FlaskClient, session: Session, sign_in: SignIn) -> Callable[[Role], Any]:
    """Sign the client in with a new account of that role."""
    return lambda role: sign_in(client, factories.user(session, role))


def test_every_route_has_a_rule(routes: list[tuple[Rule, Any]]) -> None:
    assert len(routes) > 1
    assert [rule.rule for rule, allowed in routes if allowed is None] == []


def test_a_visitor_gets_nowhere_without_a_right(visit: Visit) -> None:
    for what, answer in visit(lambda _, allowed: allowed not in OPEN).items():
        if answer.status_code == 302:
            assert what.startswith(("GET ", "HEAD ")), what
            assert answer.headers["Location"].startswith("/connexion?suite="), what
        else:
            assert answer.status_code in {403, 404}, (what, answer.status_code)


def test_a_visitor_is_sent_to_sign_in_by_every_page_that_needs_no_row(visit: Visit) -> None:
    closed = {access.signed_in, access.coordinator, access.administrator}
    answers = visit(lambda rule, allowed: allowed in closed and not rule.arguments)
    for what, answer in answers.items():
        assert answer.status_code == (302 if what.startswith(("GET ", "HEAD ")) else 403), what


@pytest.mark.parametrize(
    ("role", "closed"),
    [
        (Role.MEMBER, {access.coordinator, access.administrator}),
        (Role.COORDINATOR, {access.administrator}),
    ],
)
def test_an_account_gets_nowhere_above_its_role(
    role: Role, closed: set[Any], visit: Visit, account: Callable[[Role], Any]
) -> None:
    account(role)
    for what, answer in visit(lambda _, allowed: allowed in closed).items():
        assert answer.status_code in {403, 404}, (what, answer.status_code)


def test_what_does_not_exist_is_not_found_and_never_a_crash(
    visit: Visit, account: Callable[[Role], Any]
) -> None:
    account(Role.ADMINISTRATOR)

    def names_a_thing(rule: Rule, _: Any) -> bool:
        return any(not isinstance(converter, AnyConverter) for converter in rule._converters.values())

    for what, answer in visit(names_a_thing).items():
        assert 400 <= answer.status_code < 500, (what, answer.status_code)


@pytest.mark.parametrize("number", ["2147483648", "99999999999999999999999999"])
def test_a_number_too_large_for_any_row_is_not_found(
    client: FlaskClient, account: Callable[[Role], Any], number: str
) -> None:
    account(Role.ADMINISTRATOR)
    assert client.get(f"/reglages/comptes/{number}").status_code == 404
