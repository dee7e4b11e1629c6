"""Sending an edition: the letter, a preview for each, the work that writes, who received it and when."""

from datetime import date

from flask import Response, abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext
from markupsafe import Markup

from hub.core import clock, exports, files, jobs, letterhead, mail, paging
from hub.core.access import current_user, permit, permit_token
from hub.core.db import db
from hub.core.errors import DomainError
from hub.core.text import markdown
from hub.core.web import limiter
from hub.publishing.forms.recipients import HandedForm, LetterForm
from hub.publishing.models.editions import PUBLIC, Edition, Memorandum
from hub.publishing.models.recipients import Letter, Recipient, Sending, SendingWay
from hub.publishing.operations import posting
from hub.publishing.operations import sendings as writing
from hub.publishing.queries import recipients as queries
from hub.publishing.rules import manage
from hub.publishing.values import merging
from hub.publishing.views.blueprint import EDITION, Answer, blame, blueprint, edition_or_404, refuse
from hub.publishing.words import RECIPIENTS, WAYS
from hub.recommendations.views.blueprint import argument, page_number

PAGE = f"{EDITION}/envois"


@blueprint.get(PAGE)
@permit(manage, Memorandum, key="slug")
def sendings(memorandum: Memorandum, *, number: int) -> Answer:
    """Show how far the sending of an edition is, its letter, and who received it; as CSV or xlsx too."""
    edition = edition_or_404(memorandum, number)
    kind = argument("format")
    if kind in {"csv", "xlsx"}:
        return _export(kind, edition)
    return _page(edition)


@blueprint.post(f"{PAGE}/lettre")
@permit(manage, Memorandum, key="slug")
def write_letter(memorandum: Memorandum, *, number: int) -> Answer:
    """Keep the letter."""
    session, edition, form = db.session(), edition_or_404(memorandum, number), LetterForm()
    form.offer(writing.offered(session, edition), writing.letter_of(session, edition).variant)
    extra: list[str] = []
    if form.validate():
        try:
            writing.write_letter(
                session, edition, form.subject.data or "", form.text.data or "", form.variant.data,
                actor=current_user(), now=clock.now(),
            )  # fmt: skip
        except DomainError as problem:
            extra = blame(form, problem)
        else:
            flash(gettext("La lettre est enregistrée. Regardez l’aperçu, puis envoyez."), "success")
            return redirect(_address(edition, "apercu"), 303)
    return _page(edition, form, extra=extra), 422


@blueprint.post(f"{PAGE}/envoyer")
@permit(manage, Memorandum, key="slug")
def send_edition(memorandum: Memorandum, *, number: int) -> Answer:
    """Have the mails written: to each once."""
    edition = edition_or_404(memorandum, number)
    try:
        writing.request(db.session(), edition, actor=current_user(), now=clock.now())
    except DomainError as problem:
        return refuse(problem, _address(edition))
    return redirect(_address(edition, "mails"), 303)


@blueprint.get(f"{PAGE}/avancement")
@permit(manage, Memorandum, key="slug")
def sending_progress(memorandum: Memorandum, *, number: int) -> Answer:
    """Answer with the bar, or lead to the page once the work is done."""
    edition = edition_or_404(memorandum, number)
    job = writing.current_job(db.session(), edition)
    if job is None or job.is_over:
        answer = Response(status=200)
        answer.headers["HX-Redirect"] = _address(edition)
        return answer
    return render_template("publishing/sending_progress.html", edition=edition, job=job)


@blueprint.post(f"{PAGE}/arreter")
@permit(manage, Memorandum, key="slug")
def stop_sending(memorandum: Memorandum, *, number: int) -> Answer:
    """Stop the work; who was written to stays noted, the others are written to when it is asked again."""
    edition = edition_or_404(memorandum, number)
    job = writing.current_job(db.session(), edition)
    if job is not None and not job.is_over:
        jobs.cancel(db.session(), job, now=clock.now())
        flash(gettext("L’envoi est arrêté. Les mails déjà préparés partent."), "message")
    return redirect(_address(edition), 303)


@blueprint.post(f"{PAGE}/noter")
@permit(manage, Memorandum, key="slug")
def note_sending(memorandum: Memorandum, *, number: int) -> Answer:
    """Note what was posted or handed over."""
    session, edition, form = db.session(), edition_or_404(memorandum, number), HandedForm()
    known = _to_choose(edition)
    form.offer([(row.id, _named(row)) for row in known])
    extra: list[str] = []
    if form.validate():
        chosen = set(form.recipients.data or ())
        try:
            added = writing.note(
                session, edition, [row for row in known if row.id in chosen], SendingWay(form.way.data),
                day=form.sent_on.data or date.max, words=form.note.data or "", actor=current_user(),
                now=clock.now(),
            )  # fmt: skip
        except DomainError as problem:
            extra = blame(form, problem)
        else:
            if added:
                flash(gettext("C’est noté : %(number)s.", number=added), "success")
            else:
                flash(
                    gettext("C’était déjà noté. Pour dire un autre jour, retirez d’abord la ligne."), "info"
                )
            return redirect(_address(edition, "recu"), 303)
    return _page(edition, handed=form, extra=extra), 422


@blueprint.post(f"{PAGE}/<int:sending>/retirer")
@permit(manage, Memorandum, key="slug")
def take_back_sending(memorandum: Memorandum, *, number: int, sending: int) -> Answer:
    """Take back what was noted by mistake."""
    edition = edition_or_404(memorandum, number)
    row = db.session.get(Sending, sending)
    if row is None or row.edition_id != edition.id:
        abort(404)
    try:
        writing.take_back(db.session(), row, actor=current_user(), now=clock.now())
    except DomainError as problem:
        return refuse(problem, _address(edition))
    flash(gettext("C’est retiré."), "success")
    return redirect(_address(edition, "recu"), 303)


@blueprint.get(f"{PAGE}/lettres.pdf")
@permit(manage, Memorandum, key="slug")
def posted_letters(memorandum: Memorandum, *, number: int) -> Answer:
    """Send the letters to post, some at a time; nothing is noted by it."""
    session, edition = db.session(), edition_or_404(memorandum, number)
    if edition.state not in PUBLIC:
        abort(404)
    try:
        pdf = posting.print_letters(
            session, edition, base_url=mail.site(session).base_url,
            head=letterhead.with_logo(session, letterhead.of(session), files.store()), now=clock.now(),
        )  # fmt: skip
    except DomainError as problem:
        return refuse(problem, _address(edition))
    return exports.send(pdf, f"lettres-{memorandum.slug}.pdf", "application/pdf")


@blueprint.get("/ne-plus-ecrire/<token>")
@permit_token(writing.PURPOSE, Recipient)
def refuse_mails(recipient: Recipient, *, token: str) -> str:
    """Say what stopping means, with a button."""
    refused = bool(writing.refused(db.session(), [recipient]))
    return render_template("publishing/refuse_mails.html", token=token, refused=refused)


@blueprint.post("/ne-plus-ecrire/<token>")
@permit_token(writing.PURPOSE, Recipient)
@limiter.limit("60 per hour")
def stop_mails(recipient: Recipient, *, token: str) -> Answer:
    """Write to that address no more."""
    writing.refuse(db.session(), recipient, now=clock.now())
    return redirect(url_for("publishing.refuse_mails", token=token), 303)


# --- The page -----------------------------------------------------------------------------------


def _address(edition: Edition, anchor: str | None = None) -> str:
    return url_for("publishing.sendings", slug=edition.memorandum.slug, number=edition.number, _anchor=anchor)


def _named(row: Recipient) -> str:
    return ", ".join(
        each for each in (row.name, row.list_name, row.territory.name if row.territory else "") if each
    )


def _to_choose(edition: Edition) -> list[Recipient]:
    return list(db.session.scalars(queries.of_memorandum(edition.memorandum)).unique())


def _page(
    edition: Edition,
    form: LetterForm | None = None,
    handed: HandedForm | None = None,
    extra: list[str] | None = None,
) -> str:
    session = db.session()
    letter = writing.letter_of(session, edition)
    leaflets = writing.offered(session, edition)
    if form is None:
        form = LetterForm(formdata=None, subject=letter.subject, text=letter.text, variant=letter.variant)
        form.offer(leaflets, letter.variant)
        form.variant.data = letter.variant
    known = _to_choose(edition)
    if handed is None:
        handed = HandedForm(formdata=None, sent_on=clock.today(clock.now()))
        handed.offer([(row.id, _named(row)) for row in known])
    refusing = writing.refused(session, known)
    asked = request.args.get("destinataire", type=int)
    reader = next((row for row in known if row.id == asked), known[0] if known else None)
    job = writing.current_job(session, edition)
    done = {(each.recipient_id, each.way) for each in session.execute(queries.ways(edition))}
    return render_template(
        "publishing/sendings.html",
        memorandum=edition.memorandum,
        edition=edition,
        is_public=edition.state in PUBLIC,
        letter=letter,
        form=form,
        handed=handed,
        extra=extra or [],
        blanks=merging.BLANKS,
        recipients=known,
        refusing=refusing,
        waiting=sum(
            1
            for row in known
            if row.email and row.id not in refusing and (row.id, SendingWay.EMAIL) not in done
        ),
        to_post=sum(1 for row in known if row.address and (row.id, SendingWay.POST) not in done),
        at_once=posting.AT_ONCE,
        reader=reader,
        preview=_preview(edition, letter, reader, leaflets) if reader else None,
        job=job if job is not None and not job.is_over and not job.cancel_requested else None,
        page=_one_page(edition, len(done)),
        mailed=sum(1 for _recipient, way in done if way is SendingWay.EMAIL),
        named=_named,
        ways=WAYS,
        kinds=RECIPIENTS,
    )


def _one_page(edition: Edition, total: int) -> paging.Page[Sending]:
    """Return the page of the list that the address asks for, of so many."""
    numbers = paging.cut(range(total), page_number())
    wanted = queries.sendings(edition).limit(paging.PER_PAGE).offset(max(0, numbers.first - 1))
    return numbers.holding(list(db.session.scalars(wanted).unique()))


def _preview(
    edition: Edition, letter: Letter, reader: Recipient, leaflets: dict[str, str]
) -> tuple[str, Markup]:
    path = writing.path_for(edition, reader, letter.variant, leaflets)
    said = writing.fill(letter, edition, reader, mail.absolute(mail.site(db.session()).base_url, path))
    return said.subject, markdown(said.text)


def _export(kind: str, edition: Edition) -> Response:
    header = [
        gettext("Nom"), gettext("Liste"), gettext("Commune"), gettext("De quelle façon"),
        gettext("Quel jour"), gettext("Note"),
    ]  # fmt: skip
    lines = [
        (
            row.recipient.name, row.recipient.list_name,
            row.recipient.territory.name if row.recipient.territory else "", gettext(WAYS[row.way]),
            row.sent_on, row.note,
        )
        for row in db.session.scalars(queries.sendings(edition))
    ]  # fmt: skip
    return exports.answer(kind, f"envois-{edition.memorandum.slug}-{edition.number}", header, lines)
