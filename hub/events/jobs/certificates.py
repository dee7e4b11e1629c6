"""Giving many certificates, a few in each transaction; printing them in a process of its own."""

from dataclasses import replace
from pathlib import Path
from typing import Any

from flask import current_app
from sqlalchemy.orm import Session

from hub.accounts.models import User
from hub.core import clock, jobs, letterhead
from hub.core.errors import N_, DomainError
from hub.core.files import Store
from hub.events.models.days import Event
from hub.events.models.registrations import Registration
from hub.events.operations import certificates
from memoranda.certificate.content import Certificates
from memoranda.sandbox import Limits, build_apart

BATCH = 20
TEAM = "attestations"
FONTS = Path(__file__).parent.parent.parent / "static" / "dist" / "fonts"
LIMITS = Limits(seconds=90, cpu_seconds=80)


@jobs.job(certificates.JOB)
def issue_certificates(context: jobs.JobContext, event: int) -> dict[str, Any]:
    """Give everybody who earned it their certificate; done again, each still has one."""
    with context.read() as session:
        job = session.get_one(jobs.Job, context.job_id)
        user = session.get(User, job.actor_id) if job.actor_id else None
        actor_id = user.id if user else None
        lines = certificates.overview(session, session.get_one(Event, event))
        numbers = [line.registration.id for line in lines if certificates.can_be_given(line)]
    given = 0
    for start in range(0, len(numbers), BATCH):
        context.progress(100 * start // len(numbers), N_("Attestations données une à une"))
        with context.write() as session:
            row = session.get_one(Event, event)
            actor = session.get(User, actor_id) if actor_id else TEAM
            for number in numbers[start : start + BATCH]:
                person = session.get_one(Registration, number)
                try:
                    certificates.issue(session, row, person, actor=actor or TEAM, now=clock.now())
                except DomainError:
                    continue  # presence changed meanwhile: the page says so
                given += 1
    return {"given": given}


def printed(session: Session, document: Certificates) -> bytes:
    """Print certificates while somebody waits. Nothing is kept: there is no file to forget names in.

    Raises `ContentError` and `BuildError` with the reason in French.
    """
    store = Store(Path(current_app.config["FILES_FOLDER"]))
    whole = replace(document, letterhead=letterhead.with_logo(session, document.letterhead, store))
    return build_apart(
        whole, fonts_folder=FONTS, on_progress=lambda _share, _words: None, should_stop=lambda: False,
        limits=LIMITS,
    )  # fmt: skip
