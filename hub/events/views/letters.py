"""A day's mails: their words, how they will look, their hour, and how far they are."""

from collections import defaultdict
from dataclasses import dataclass, field
from typing import Any

from flask import abort, flash, make_response, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from hub.core import clock, jobs
from hub.core.access import current_user, permit
from hub.core.db import db
from hub.core.errors import DomainError
from hub.core.mail import MessageState
from hub.events import rules
from hub.events.forms.letters import HourForm, LetterForm
from hub.events.forms.sign_up import ConfirmForm, blame
from hub.events.models.days import Event, Mode
from hub.events.models.letters import EventLetter, LetterKind
from hub.events.operations import mailings, wording
from hub.events.queries import letters as queries
from hub.events.views.blueprint import blueprint
from hub.events.words import BLANKS, LETTERS

Answer = Response | tuple[str, int]
# A preview is a page of its own in a frame: it runs nothing, asks for nothing, and only we may frame it.
PREVIEW_CSP = "default-src 'none'; style-src 'unsafe-inline'; sandbox; frame-ancestors 'self'"
REFUSED_SHOWN = 20


@dataclass
class Tally:
    """How the mails of one kind (and version) stand."""

    by_state: dict[MessageState, int] = field(default_factory=lambda: defaultdict(int))

    @property
    def gone(self) -> int:
        """How many have left."""
        return self.by_state[MessageState.SENT] + self.by_state[MessageState.KEPT]

    @property
    def refused(self) -> int:
        """How many addresses refused them."""
        return self.by_state[MessageState.FAILED]

    @property
    def written(self) -> int:
        """How many there are, whatever became of them."""
        return sum(self.by_state.values())


def kind_of(word: str) -> LetterKind:
    """Return the kind of an address's word, or answer 404."""
    if word not in set(LetterKind):
        abort(404)
    return LetterKind(word)


@blueprint.get("/journees/<slug>/mails")
@permit(rules.manage, Event, key="slug")
def letters(event: Event) -> str:
    """List the mails that a day sends, with how many have left."""
    session = db.session()
    tallies: dict[str, Tally] = defaultdict(Tally)
    for kind, _version, state, count in session.execute(queries.counts(event)):
        tallies[kind.removeprefix(queries.KIND)].by_state[state] += count
    return render_template(
        "events/letters.html",
        event=event,
        words=LETTERS,
        own={row.kind: row for row in session.scalars(queries.of_event(event))},
        tallies=tallies,
        timed=mailings.TIMED,
    )


@blueprint.get("/journees/<slug>/mails/<kind>")
@permit(rules.manage, Event, key="slug")
def letter_page(event: Event, kind: str) -> str:
    """Show a mail's words to change, how it will look, and how far it is."""
    word = kind_of(kind)
    own = db.session.scalar(queries.of_kind(event, word))
    return _show(event, word, own, LetterForm(formdata=None, data=_texts(word, own)), _hour_form(own))


def _texts(word: LetterKind, own: EventLetter | None) -> dict[str, str]:
    """Return the words as they stand: the day's own, else the usual ones."""
    subject, body = wording.usual(db.session(), word)
    if own is None:
        return {"subject": subject, "body": body, "body_online": ""}
    return {"subject": own.subject or subject, "body": own.body or body, "body_online": own.body_online}


def _hour_form(own: EventLetter | None) -> HourForm:
    if own is None or own.send_at is None:
        return HourForm(formdata=None)
    here = clock.local(own.send_at)
    return HourForm(formdata=None, data={"send_on": here.date(), "send_time": here.time()})


def _show(event: Event, word: LetterKind, own: EventLetter | None, form: LetterForm, hour: HourForm) -> str:
    session = db.session()
    if "example" in form:
        form.prepare(event)
    tally, total = progress_of(event, word, own)
    refused = session.execute(queries.refused(event, word).limit(REFUSED_SHOWN)).all()
    return render_template(
        "events/letter.html",
        event=event,
        kind=word,
        own=own,
        is_own=own is not None and bool(own.subject or own.body or own.body_online),
        form=form,
        hour=hour,
        words=LETTERS,
        blanks=BLANKS,
        is_timed=word in mailings.TIMED,
        tally=tally,
        total=total,
        refused=refused,
        job=_job(own),
    )


def _job(own: EventLetter | None) -> jobs.Job | None:
    """Return the sending that is under way or has ended; None while its hour hasn't come."""
    if own is None or own.send_at is None or own.send_at > clock.now():
        return None
    return db.session.scalar(jobs.of(own, mailings.LETTER_JOB).limit(1))


def progress_of(event: Event, word: LetterKind, own: EventLetter | None) -> tuple[Tally, int]:
    """Return how the mails of a kind stand, of its present version if it has an hour; and for how many."""
    session, tally = db.session(), Tally()
    wanted = str(own.version) if own is not None and word in mailings.TIMED else None
    for kind, version, state, count in session.execute(queries.counts(event)):
        if kind == f"{queries.KIND}{word}" and wanted in (None, version):
            tally.by_state[state] += count
    reached = session.scalar(queries.reached(event)) or 0 if word in mailings.TIMED else 0
    return tally, max(reached, tally.written)


@blueprint.post("/journees/<slug>/mails/<kind>")
@permit(rules.manage, Event, key="slug")
def letter_now(event: Event, kind: str) -> Answer:
    """Keep the day's own words."""
    word = kind_of(kind)
    form = LetterForm()
    form.prepare(event)
    own = db.session.scalar(queries.of_kind(event, word))
    if not form.validate_on_submit():
        return _show(event, word, own, form, _hour_form(own)), 422
    try:
        mailings.set_words(
            db.session(), event, word, subject=form.subject.data or "", body=form.body.data or "",
            body_online=form.online_text(), actor=current_user(), now=clock.now(),
        )  # fmt: skip
    except DomainError as problem:
        blame(form, problem)
        return _show(event, word, own, form, _hour_form(own)), 422
    flash(_("Le mail est enregistré. Les prochains partent avec ces mots."), "success")
    return _back(event, word)


def _back(event: Event, word: LetterKind) -> Response:
    return redirect(url_for("events.letter_page", slug=event.slug, kind=word.value), 303)


@blueprint.post("/journees/<slug>/mails/<kind>/habituel")
@permit(rules.manage, Event, key="slug")
def letter_usual(event: Event, kind: str) -> Response:
    """Go back to the usual words."""
    word = kind_of(kind)
    if ConfirmForm().validate_on_submit():
        mailings.take_usual(db.session(), event, word, actor=current_user(), now=clock.now())
        flash(_("Ce mail dit de nouveau les mots habituels."), "success")
    return _back(event, word)


@blueprint.post("/journees/<slug>/mails/<kind>/heure")
@permit(rules.manage, Event, key="slug")
def letter_hour(event: Event, kind: str) -> Answer:
    """Choose when a reminder or the practical information leaves."""
    word = kind_of(kind)
    hour = HourForm()
    own = db.session.scalar(queries.of_kind(event, word))
    form = LetterForm(formdata=None, data=_texts(word, own))
    if not hour.validate_on_submit():
        return _show(event, word, own, form, hour), 422
    try:
        mailings.set_hour(db.session(), event, word, hour.send_at(), actor=current_user(), now=clock.now())
    except DomainError as problem:
        blame(hour, problem)
        return _show(event, word, own, form, hour), 422
    flash(
        _("L’heure d’envoi est enregistrée.") if hour.send_at() else _("Ce mail ne part plus de lui-même."),
        "success",
    )
    return _back(event, word)


@blueprint.get("/journees/<slug>/mails/<kind>/envoyer")
@permit(rules.manage, Event, key="slug")
def letter_send_page(event: Event, kind: str) -> str:
    """Say to how many a mail goes, and whether it is for the second time."""
    word = kind_of(kind)
    if word not in mailings.TIMED:
        abort(404)
    own = db.session.scalar(queries.of_kind(event, word))
    return render_template(
        "events/letter_send.html",
        event=event,
        kind=word,
        words=LETTERS,
        again=own is not None and own.sent_at is not None,
        total=db.session.scalar(queries.reached(event)),
    )


@blueprint.post("/journees/<slug>/mails/<kind>/envoyer")
@permit(rules.manage, Event, key="slug")
def letter_send(event: Event, kind: str) -> Response:
    """Send a reminder or the practical information now; again, if that is asked."""
    word = kind_of(kind)
    if not ConfirmForm().validate_on_submit():
        return _back(event, word)
    try:
        mailings.send_now(db.session(), event, word, actor=current_user(), now=clock.now())
        flash(_("Le mail part. Cette page dit où il en est."), "success")
    except DomainError as problem:
        flash(_(problem.msgid, **problem.params), "error")
    return _back(event, word)


@blueprint.get("/journees/<slug>/mails/<kind>/progres")
@permit(rules.manage, Event, key="slug")
def letter_progress(event: Event, kind: str) -> str:
    """Say how far a mail is."""
    word = kind_of(kind)
    own = db.session.scalar(queries.of_kind(event, word))
    job = _job(own)
    if job is None:
        abort(404)
    tally, total = progress_of(event, word, own)
    return render_template(
        "events/letter_progress.html", event=event, kind=word, job=job, tally=tally, total=total
    )


@blueprint.post("/journees/<slug>/mails/<kind>/reprendre")
@permit(rules.manage, Event, key="slug")
def letter_resume(event: Event, kind: str) -> Response:
    """Take a sending up again that was interrupted; who was written to is left alone."""
    word = kind_of(kind)
    job = _job(db.session.scalar(queries.of_kind(event, word)))
    if job is not None and ConfirmForm().validate_on_submit():
        jobs.retry(db.session(), job, now=clock.now())
    return _back(event, word)


@blueprint.get("/journees/<slug>/mails/<kind>/apercu")
@permit(rules.manage, Event, key="slug")
def letter_preview(event: Event, kind: str) -> Response:
    """Show the mail of an example person as it stands."""
    word = kind_of(kind)
    own = db.session.scalar(queries.of_kind(event, word))
    return _preview(event, word, own, is_online=_is_online(event, request.args.get("example", "")))


@blueprint.post("/journees/<slug>/mails/<kind>/apercu")
@permit(rules.manage, Event, key="slug")
def letter_try(event: Event, kind: str) -> Response:
    """Show the mail of an example person with the words that are being written; nothing is kept."""
    word = kind_of(kind)
    form = LetterForm()
    form.prepare(event)
    if not form.validate_on_submit():
        wrong = [(each.label.text, " ".join(each.errors)) for each in form if each.errors]
        return _framed(render_template("events/letter_preview.html", wrong=wrong), 422)
    draft = EventLetter(
        kind=word, subject=form.subject.data or "", body=form.body.data or "", body_online=form.online_text()
    )
    chosen = form.example.data if "example" in form else ""
    return _preview(event, word, draft, is_online=_is_online(event, chosen or ""))


def _is_online(event: Event, chosen: str) -> bool:
    return event.mode is Mode.ONLINE or (event.mode is Mode.HYBRID and chosen == Mode.ONLINE.value)


def _preview(event: Event, word: LetterKind, own: EventLetter | None, *, is_online: bool) -> Response:
    title, text, html = wording.rendered_example(
        db.session(), event, word, own, is_online=is_online, now=clock.now()
    )
    words: dict[str, Any] = {"title": title, "text": text, "body": wording.inside(html), "wrong": []}
    return _framed(render_template("events/letter_preview.html", **words))


def _framed(page: str, code: int = 200) -> Response:
    answer = make_response(page, code)
    answer.headers["Content-Security-Policy"] = PREVIEW_CSP
    return answer
