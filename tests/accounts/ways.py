"""What the tests of accounts do again and again."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from flask.testing import FlaskClient
from sqlalchemy import Engine, event, select
from sqlalchemy.orm import Session

from hub.core.mail import Message

LINK = re.compile(r"https?://[^/\s]+(/(?:connexion|invitation)/\S+)")


def mails(session: Session) -> list[Message]:
    session.rollback()
    return list(session.scalars(select(Message).order_by(Message.id)))


def again(session: Session, row: Any) -> None:
    """Read a row as requests left it."""
    session.rollback()
    session.refresh(row)


def link_in(message: Message) -> str:
    """Return the path of the link that a mail holds."""
    found = LINK.search(message.text)
    assert found, message.text
    return found[1]


def is_signed_in(client: FlaskClient) -> bool:
    return client.get("/compte").status_code == 200


def raw_session(client: FlaskClient) -> str | None:
    with client.session_transaction() as cookie:
        return cookie.get("sid")


@contextmanager
def statements(engine: Engine) -> Iterator[list[str]]:
    """Collect the text of every statement that goes to the database."""
    seen: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        seen.append(statement)

    event.listen(engine, "before_cursor_execute", note)
    try:
        yield seen
    finally:
        event.remove(engine, "before_cursor_execute", note)
