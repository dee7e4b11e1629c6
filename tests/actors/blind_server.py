"""A server that doesn't ask what a form's reader had seen. For the control of test_ownership_at_once only."""

import sys
from collections.abc import Mapping
from typing import Any

from sqlalchemy.orm import Session

from hub.actors.models.organisations import Organisation
from hub.actors.operations.organisations import OrganisationFacts
from hub.actors.operations.ownership import changes
from hub.app import create_app
from hub.server import Server

THREADS = 12
submit = changes.submit


def blind(
    session: Session,
    organisation: Organisation,
    wanted: OrganisationFacts,
    *,
    seen: Mapping[str, str],
    **rest: Any,
) -> changes.Outcome:
    """Submit as if the record that stands now had been seen."""
    del seen
    session.refresh(organisation, with_for_update=True)
    return submit(session, organisation, wanted, seen=changes.marks(organisation), **rest)


def main(port: int) -> None:
    changes.submit = blind
    Server(create_app(), host="127.0.0.1", port=port, threads=THREADS, with_worker=False).run()


if __name__ == "__main__":
    number = int(sys.argv.pop())
    main(number)
