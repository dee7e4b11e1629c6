"""The printed directory: everybody downloads the last one, coordinators make it."""

from dataclasses import dataclass
from typing import Any

from flask import current_app, flash, redirect, render_template, request, url_for
from flask_babel import gettext
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from hub.actors.models.directory import Arrangement, DirectoryPrint
from hub.actors.operations import printing
from hub.actors.queries import directory as queries
from hub.actors.rules import edit, see
from hub.actors.views.blueprint import blueprint
from hub.core import clock, files
from hub.core.access import current_user, permit
from hub.core.db import db
from hub.core.errors import N_
from hub.core.jobs import Job, JobState

WORDS = {Arrangement.COMMUNE: N_("Par commune"), Arrangement.THEME: N_("Par thème")}


@dataclass(frozen=True)
class Panel:
    """How the printed directory stands: the last one, whether it may be given out, what runs or failed."""

    job: Job | None
    last: DirectoryPrint | None
    may_be_given_out: bool
    is_stale: bool

    @property
    def is_running(self) -> bool:
        """Whether one is being printed now."""
        return self.job is not None and not self.job.is_over and not self.job.cancel_requested

    @property
    def has_failed(self) -> bool:
        """Whether the last work failed, with nothing printed since."""
        return self.job is not None and self.job.state is JobState.FAILED


def panel_of(session: Session) -> Panel:
    """Return how the printed directory stands."""
    job, last = printing.current_job(session), session.scalar(queries.last_print())
    panel = Panel(job, last, may_be_given_out=False, is_stale=False)
    if last is None or panel.is_running:
        return panel
    base_url, today = current_app.config["BASE_URL"], clock.today(clock.now())
    return Panel(
        job, last, printing.may_be_given_out(session, last),
        printing.is_stale(session, last, base_url=base_url, today=today),
    )  # fmt: skip


@blueprint.app_template_global()
def printed_directory() -> DirectoryPrint | None:
    """Return the printed directory that readers may have; None if there is none."""
    session = db.session()
    last = session.scalar(queries.last_print())
    return last if last is not None and printing.may_be_given_out(session, last) else None


@blueprint.get("/annuaire.pdf")
@permit(see)
def directory_pdf() -> Response:
    """Send the last printed directory, as long as everyone in it still agrees to what it shows."""
    last = printed_directory()
    if last is None:
        flash(
            gettext("L’annuaire à imprimer n’est pas disponible pour le moment. Voici l’annuaire en ligne.")
        )
        return redirect(url_for("actors.directory"))
    return files.answer(last.file, inline=True)


@blueprint.get("/annuaire/impression")
@permit(edit)
def directory_printing() -> str:
    """Show the last printed directory, and what a new one can be arranged by."""
    return render_template(
        "actors/directory/printing.html", panel=panel_of(db.session()), words=WORDS, chosen=_chosen()
    )


def _chosen() -> Arrangement:
    text = request.values.get("arranged_by", "")
    return Arrangement(text) if text in set(Arrangement) else Arrangement.COMMUNE


@blueprint.post("/annuaire/impression")
@permit(edit)
def print_directory() -> Response:
    """Ask for a new one; a second click shows the one that is being printed."""
    printing.request(db.session(), _chosen(), actor=current_user(), now=clock.now())
    return redirect(url_for("actors.directory_printing", _anchor="pdf"), 303)


@blueprint.get("/annuaire/impression/avancement")
@permit(edit)
def directory_printing_progress() -> Any:
    """Answer how it stands, for the page that asks each second."""
    return render_template("actors/directory/panel.html", panel=panel_of(db.session()), words=WORDS)


@blueprint.post("/annuaire/impression/arreter")
@permit(edit)
def stop_directory_printing() -> Response:
    """Stop what is being printed; the last one stays."""
    printing.stop(db.session(), now=clock.now())
    flash(gettext("L’impression est arrêtée. Le dernier annuaire est resté tel quel."), "message")
    return redirect(url_for("actors.directory_printing", _anchor="pdf"), 303)
