"""Who had themselves erased stays erased after a restore (G5).

The database that a backup brings back knows them again, and not that they asked. So a file beside it, in the
folder of the data, keeps of each erasure a table, a number and when that row was made: nothing of anybody.
Each night whoever stands there and is known again is forgotten again. A number given to somebody else since
belongs to a row made at another moment, and is left alone. Contacts of reserved places are not noted: the
same row has others after them.
"""

import json
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.core import clock, jobs
from hub.core.sweeping import sweeping
from hub.events.models.days import Event
from hub.events.models.registrations import EventInvitation, GroupSignUp, Registration
from hub.events.operations import own_contact, own_data
from hub.events.operations.forgetting import NOTE_JOB

FILE = "forgotten.jsonl"
AGAIN_JOB = "events.forget_again"
Known = Registration | GroupSignUp | EventInvitation
KINDS: tuple[type[Known], ...] = (Registration, GroupSignUp, EventInvitation)


def path_of(context: jobs.JobContext) -> Path:
    """Return where erasures are noted."""
    return Path(context.info["config"]["DATA_FOLDER"]) / FILE


@jobs.job(NOTE_JOB)
def note(
    context: jobs.JobContext, table: str, number: int, made_at: str, certificates: bool
) -> dict[str, Any]:
    """Note one erasure; noted twice, it is one."""
    line = {"table": table, "number": number, "made_at": made_at, "certificates": certificates}
    with path_of(context).open("a", encoding="utf-8") as file:
        file.write(json.dumps(line, sort_keys=True) + "\n")
    return {}


@sweeping.connect
def plan_again(session: Session, *, now: datetime) -> None:
    """Have it looked at once a day."""
    if session.scalar(select(Event.id).limit(1)) is not None:
        jobs.enqueue(session, AGAIN_JOB, now=now)


@jobs.job(AGAIN_JOB)
def forget_again(context: jobs.JobContext) -> dict[str, Any]:
    """Forget whom a restored backup knows again; return how many."""
    path = path_of(context)
    if not path.exists():
        return {}
    lines = sorted(set(path.read_text(encoding="utf-8").splitlines()))
    now = clock.now()
    return {"again": sum(_forget(context, json.loads(line), now) for line in lines)}


def _forget(context: jobs.JobContext, line: dict[str, Any], now: datetime) -> bool:
    kind = next(each for each in KINDS if each.__tablename__ == line["table"])
    with context.read() as session:
        if not _is_known_again(_row(session, kind, line["number"]), line):
            return False
    with context.write() as session:
        row = _row(session, kind, line["number"])
        if isinstance(row, Registration):
            own_data.erase(session, row, with_certificates=line["certificates"], now=now)
        elif row is not None:
            own_contact.erase(session, row, now=now)
    return True


def _row(session: Session, kind: Any, number: int) -> Known | None:
    found: Known | None = session.get(kind, number)
    return found


def _is_known_again(row: Known | None, line: dict[str, Any]) -> bool:
    if row is None or row.created_at != datetime.fromisoformat(line["made_at"]):
        return False
    if isinstance(row, EventInvitation):
        return bool(row.name or row.email)
    return row.purged_at is None
