"""A server that doesn't ask which decision a page showed. For the control of test_deciding only."""

import sys
from typing import Any

from sqlalchemy.orm import Session

from hub.app import create_app
from hub.network.operations import invitations
from hub.server import Server

THREADS = 12


def whatever_stands(session: Session, standing: Any, _seen: int) -> Any:
    return session.scalar(standing.with_for_update())


def main(port: int) -> None:
    invitations._standing = whatever_stands
    Server(create_app(), host="127.0.0.1", port=port, threads=THREADS, with_worker=False).run()


if __name__ == "__main__":
    number = int(sys.argv.pop())
    main(number)
