"""Long work of actors: imports, rounds of checking, the printed directory, and what is forgotten."""

from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy.orm import Session

from hub.accounts.models import User
from hub.actors.models.directory import Arrangement
from hub.actors.models.imports import ImportBatch, ImportState
from hub.actors.models.organisations import Organisation
from hub.actors.models.ownership import CheckRound
from hub.actors.operations import printing
from hub.actors.operations.imports import batches, checking, storing
from hub.actors.operations.imports.register import load as load_register
from hub.actors.operations.ownership import changes, letters, rounds
from hub.core import clock, jobs
from hub.core.errors import N_, DomainError
from hub.core.files import Store
from hub.core.sweeping import sweeping
from memoranda import pages
from memoranda.errors import BuildError, BuildStoppedError, ContentError
from memoranda.fonts import undrawable
from memoranda.sandbox import build_apart

READ, CHECKED, PREPARED = 5, 90, 60  # percent
GATHERED, PRINTED = 8, 97
FONTS = Path(__file__).parent.parent / "static" / "dist" / "fonts"
NOBODY = "Travail de fond"
UNREADABLE_LOGO = N_("Le logo du réseau est introuvable. Choisissez-le à nouveau dans les réglages.")


@jobs.job(batches.CHECK_JOB)
def check(context: jobs.JobContext, batch_id: int) -> dict[str, Any]:
    """Check all lines of an import and keep what was found."""
    context.progress(0, N_("Lecture du fichier"))
    store = Store(Path(context.info["config"]["FILES_FOLDER"]))
    with context.read() as session:
        batch = session.get(ImportBatch, batch_id)
        if batch is None or batch.state != ImportState.CHECKING:
            return {}
        content = store.read(batch.file.sha256)
        plan, register = checking.plan_of(batch), load_register(session)

    def progress(done: int, total: int) -> None:
        context.progress(READ + (CHECKED - READ) * done // total, f"Ligne {done} sur {total}")

    try:
        rows = checking.check_file(plan, register, content, progress)
    except DomainError as problem:
        with context.write() as session:
            batches.fail(session, session.get_one(ImportBatch, batch_id), str(problem))
        raise jobs.JobFailedError(str(problem)) from problem
    context.progress(CHECKED, N_("Enregistrement de l’aperçu"))
    with context.write() as session:
        checking.keep_lines(session, session.get_one(ImportBatch, batch_id), rows)
    return {"lines": len(rows)}


@jobs.job(batches.STORE_JOB)
def store(context: jobs.JobContext, batch_id: int, by_id: int | None) -> dict[str, Any]:
    """Store the confirmed lines, all or none; run again, it finds them stored."""
    context.progress(0, N_("Relecture des lignes"))
    with context.read() as session:
        batch = session.get(ImportBatch, batch_id)
        if batch is None or batch.state != ImportState.STORING:
            return {}
        prepared = storing.prepare(session, batch)
    context.progress(PREPARED, N_("Enregistrement dans le registre"))
    with context.write() as session:
        actor = session.get(User, by_id) if by_id else None
        number = storing.store(
            session, session.get_one(ImportBatch, batch_id), prepared, actor=actor, now=clock.now()
        )
    return {"stored": number}


@jobs.job(rounds.SEND_JOB)
def send_round(context: jobs.JobContext, round: int) -> dict[str, Any]:  # noqa: A002 - the job's argument
    """Write the next mails of a round, and plan those after them."""
    with context.write() as session:
        return {"sent": rounds.send_batch(session, session.get_one(CheckRound, round), now=clock.now())}


@jobs.job(rounds.REMIND_JOB)
def remind_round(context: jobs.JobContext, round: int) -> dict[str, Any]:  # noqa: A002 - the job's argument
    """Write the next reminders of a round, and plan those after them."""
    with context.write() as session:
        return {"sent": rounds.remind_batch(session, session.get_one(CheckRound, round), now=clock.now())}


@jobs.job(letters.LINK_JOB)
def send_requested_link(context: jobs.JobContext, organisation: int) -> dict[str, Any]:
    """Send the link that somebody asked for, if the record has an address; whoever asked has their answer."""
    with context.write() as session:
        row = session.get_one(Organisation, organisation)
        letters.send_requested_link(session, row.successor or row, now=clock.now())
        return {}


@jobs.job(printing.JOB)
def print_directory(context: jobs.JobContext, arranged_by: str) -> dict[str, Any]:
    """Print the directory of that moment and keep it; of the same content, the PDF that is there is taken."""
    store = Store(Path(context.info["config"]["FILES_FOLDER"]))
    context.progress(READ, N_("Lecture du registre"))
    with context.read() as session:
        material = printing.gather(
            session, Arrangement(arranged_by), base_url=context.info["config"]["BASE_URL"],
            today=clock.today(clock.now()),
        )  # fmt: skip
    with context.write() as session:
        known = printing.reuse(session, material, now=clock.now())
        if known is not None:
            return {"print": known.id, "reused": True}

    def tell(share: float, words: str) -> None:
        context.progress(round(GATHERED + share * (PRINTED - GATHERED)), words)

    try:
        directory = printing.complete(material, store)
        pdf = build_apart(directory, fonts_folder=FONTS, on_progress=tell, should_stop=context.should_stop)
    except BuildStoppedError as problem:
        raise jobs.JobCancelledError from problem
    except (BuildError, ContentError) as problem:
        raise jobs.JobFailedError(str(problem)) from problem
    except FileNotFoundError as problem:
        raise jobs.JobFailedError(UNREADABLE_LOGO) from problem
    context.progress(PRINTED, N_("Rangement du PDF"))
    signs = {entry.name: undrawable(entry, FONTS) for entry in directory.entries}
    printed = printing.Printed(pdf, pages.count(pdf), {name: found for name, found in signs.items() if found})
    with context.write() as session:
        kept = printing.keep(
            session, store, material, printed, actor=_actor(session, context), now=clock.now()
        )
        return {"print": kept.id, "reused": False}


def _actor(session: Session, context: jobs.JobContext) -> User | str:
    row = session.get(jobs.Job, context.job_id)
    user = session.get(User, row.actor_id) if row is not None and row.actor_id else None
    return user or NOBODY


@sweeping.connect
def forget_old_contacts(session: Session, *, now: datetime) -> None:
    """Forget the contacts that changes decided long ago hold."""
    changes.forget_contacts(session, now=now)
