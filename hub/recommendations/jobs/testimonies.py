"""Testimonies that are kept no longer, and those that a restored backup knows again (G5, G6)."""

import json
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.core import clock, jobs
from hub.core.sweeping import sweeping
from hub.recommendations.models.testimonies import Testimony
from hub.recommendations.operations import testimonies

FILE = "erased_testimonies.jsonl"
AGAIN_JOB = "recommendations.erase_again"
RESTORED = "Effacement refait après une restauration"


def path_of(context: jobs.JobContext) -> Path:
    """Return where erasures are noted, beside the data: a number and a moment, nothing of anybody."""
    return Path(context.info["config"]["DATA_FOLDER"]) / FILE


@jobs.job(testimonies.NOTE_JOB)
def note(context: jobs.JobContext, number: int, made_at: str) -> dict[str, Any]:
    """Note one erasure; noted twice, it is one."""
    with path_of(context).open("a", encoding="utf-8") as file:
        file.write(json.dumps({"number": number, "made_at": made_at}, sort_keys=True) + "\n")
    return {}


@sweeping.connect
def forget(session: Session, *, now: datetime) -> None:
    """Erase what is due, and have those looked at that were erased before."""
    testimonies.sweep(session, now=now)
    if session.scalar(select(Testimony.id).limit(1)) is not None:
        jobs.plan(session, AGAIN_JOB, now=now)


@jobs.job(AGAIN_JOB)
def erase_again(context: jobs.JobContext) -> dict[str, Any]:
    """Erase what was erased before and stands again; return how many."""
    path = path_of(context)
    if not path.exists():
        return {}
    erased = 0
    for line in sorted(set(path.read_text(encoding="utf-8").splitlines())):
        told = json.loads(line)
        with context.write() as session:
            row = session.get(Testimony, told["number"])
            # A number given to another one since belongs to a row made at another moment.
            if row and row.erased_at is None and row.created_at.isoformat() == told["made_at"]:
                testimonies.erase(session, row, actor=RESTORED, now=clock.now())
                erased += 1
    return {"erased": erased}
