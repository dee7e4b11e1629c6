"""The settings: the network's identity, the mails, the work behind the pages."""

from typing import Any

from flask import Blueprint, current_app, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _

from hub.core import clock, files, jobs, mail, paging, uploads
from hub.core import settings as network_settings
from hub.core.access import current_user, permit
from hub.core.db import db
from hub.core.errors import DomainError
from hub.core.jobs import Job, JobState
from hub.core.mail import Message, MessageState
from hub.dashboard import operations, rules
from hub.dashboard.forms import IdentityForm
from hub.dashboard.queries import front as queries

settings = Blueprint("settings", __name__, url_prefix="/reglages")


def read_mail(user: Any, thing: object = None) -> bool:
    """Allow administrators to read kept mails, for they hold personal links.

    In a demonstration coordinators may too: its addresses are invented and its mails go nowhere.
    """
    in_demo = bool(current_app.config["DEMO"])
    return rules.read_mail(user, thing) or (in_demo and rules.see_outbox(user, thing))


@settings.get("")
@permit(rules.see_settings)
def index() -> str:
    """Show what can be set, each with a sentence."""
    session = db.session()
    return render_template(
        "settings/index.html",
        mails_failed=session.scalar(queries.mails_failed()),
        jobs_failed=session.scalar(queries.jobs_failed()),
        rules=rules,
    )


@settings.get("/reseau")
@permit(rules.change_identity)
def identity() -> str:
    """Show the form of the network's identity."""
    form = IdentityForm(formdata=None, obj=network_settings.get(db.session()))
    return render_template("settings/identity.html", form=form)


@settings.post("/reseau")
@permit(rules.change_identity)
def change_identity() -> Any:
    """Change the network's identity."""
    form = IdentityForm()
    if not form.validate_on_submit():
        return render_template("settings/identity.html", form=form), 422
    upload = form.logo.data
    try:
        operations.change_identity(
            db.session(),
            {name: form[name].data for name in operations.FIELDS},
            logo=upload.read(uploads.LOGO_BYTES + 1) if upload else None,
            remove_logo=form.remove_logo.data,
            store=files.store(),
            actor=current_user(),
            now=clock.now(),
        )
    except DomainError as problem:
        form.logo.errors = [_(problem.msgid)]
        return render_template("settings/identity.html", form=form), 422
    flash(_("C’est enregistré. Les pages portent maintenant ce nom et cette couleur."), "success")
    return redirect(url_for("settings.identity"), 303)


@settings.get("/mails")
@permit(rules.see_outbox)
def mails() -> str:
    """List the mails: which left, which are kept here, which could not be delivered."""
    state = _word(MessageState, request.args.get("state"))
    wanted = queries.messages(state, request.args.get("q", "").strip())
    page = paging.paginate(db.session(), wanted, request.args.get("page", 1, type=int))
    return render_template("settings/mails.html", page=page, MessageState=MessageState, may_read=read_mail)


@settings.get("/mails/<int:id>")
@permit(read_mail, Message)
def show_mail(message: Message) -> str:
    """Show one mail as its reader gets it, in plain text."""
    return render_template("settings/mail.html", message=message)


@settings.post("/mails/<int:id>/renvoyer")
@permit(rules.see_outbox, Message)
def resend_mail(message: Message) -> Any:
    """Try to deliver a mail once more."""
    mail.resend(db.session(), message, now=clock.now())
    flash(_("Le mail repart dans quelques instants."), "success")
    return redirect(url_for("settings.mails"), 303)


@settings.get("/travaux")
@permit(rules.manage_jobs)
def work() -> str:
    """List the long work: what runs, what is done, what failed."""
    wanted = queries.jobs(_word(JobState, request.args.get("state")))
    page = paging.paginate(db.session(), wanted, request.args.get("page", 1, type=int))
    return render_template("settings/jobs.html", page=page)


@settings.post("/travaux/<int:id>/reprendre")
@permit(rules.manage_jobs, Job)
def retry_job(job: Job) -> Any:
    """Start a job that failed again."""
    jobs.retry(db.session(), job, now=clock.now())
    flash(_("Le travail reprend dans quelques instants."), "success")
    return redirect(url_for("settings.work"), 303)


@settings.post("/travaux/<int:id>/arreter")
@permit(rules.manage_jobs, Job)
def cancel_job(job: Job) -> Any:
    """Ask a job to stop."""
    jobs.cancel(db.session(), job, now=clock.now())
    flash(_("L’arrêt est demandé."), "success")
    return redirect(url_for("settings.work"), 303)


def _word(kind: Any, value: str | None) -> Any:
    return kind(value) if value in set(kind) else None
