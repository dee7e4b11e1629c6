"""To whom a memorandum is sent: the list, one of them, from the register, from a table."""

from typing import Any

from flask import abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext

from hub.actors.models.organisations import Organisation
from hub.actors.values import spreadsheets
from hub.core import clock, exports, paging
from hub.core.access import current_user, permit
from hub.core.db import db
from hub.core.errors import DomainError
from hub.publishing.forms.recipients import NOBODY, KeepForm, RecipientForm, RegisterForm, TableForm
from hub.publishing.models.editions import Memorandum
from hub.publishing.models.recipients import Recipient, RecipientKind, Sending
from hub.publishing.operations import recipients as writing
from hub.publishing.operations import sendings
from hub.publishing.queries import recipients as queries
from hub.publishing.queries.recipients import SORTS, RecipientFilter
from hub.publishing.rules import manage
from hub.publishing.values import tables
from hub.publishing.views.blueprint import Answer, blame, blueprint, sentence
from hub.publishing.words import RECIPIENTS, WAYS
from hub.recommendations.values import sheets
from hub.recommendations.views.blueprint import argument, chips, page_number, word_of

LIST = "/memorandums/<slug>/destinataires"


@blueprint.get(LIST)
@permit(manage, Memorandum, key="slug")
def recipients(memorandum: Memorandum) -> Answer:
    """List who receives the memorandum and what they received; as CSV or xlsx too."""
    kind = argument("format")
    if kind in {"csv", "xlsx"}:
        rows = db.session.scalars(queries.of_memorandum(memorandum, _wanted(), *_order()))
        return _export(kind, memorandum, list(rows))
    return _list_page(memorandum, KeepForm(formdata=None, months=memorandum.candidate_months))


@blueprint.post(f"{LIST}/conservation")
@permit(manage, Memorandum, key="slug")
def keep_candidates(memorandum: Memorandum) -> Answer:
    """Say for how long candidates are kept."""
    form = KeepForm()
    extra: list[str] = []
    if form.validate() and form.months.data is not None:
        by = {"actor": current_user(), "now": clock.now()}
        try:
            writing.keep_for(db.session(), memorandum, form.months.data, **by)
        except DomainError as problem:
            extra = blame(form, problem)
        else:
            flash(gettext("La durée de conservation est enregistrée."), "success")
            return redirect(url_for("publishing.recipients", slug=memorandum.slug), 303)
    return _list_page(memorandum, form, extra), 422


@blueprint.get(f"{LIST}/nouveau")
@permit(manage, Memorandum, key="slug")
def new_recipient(memorandum: Memorandum) -> str:
    """Show the empty form."""
    return _form_page(memorandum, RecipientForm(formdata=None), None)


@blueprint.post(f"{LIST}/nouveau")
@permit(manage, Memorandum, key="slug")
def add_recipient(memorandum: Memorandum) -> Answer:
    """Note a recipient."""
    return _store(memorandum, None)


@blueprint.get(f"{LIST}/<int:number>")
@permit(manage, Memorandum, key="slug")
def recipient(memorandum: Memorandum, *, number: int) -> str:
    """Show the form of one, with what they received."""
    row = _own(memorandum, number)
    form = RecipientForm(formdata=None, obj=row, kind=row.kind.value, commune=row.territory_id or NOBODY)
    form.kind.data = row.kind.value
    form.commune.data = row.territory_id or NOBODY
    return _form_page(memorandum, form, row)


@blueprint.post(f"{LIST}/<int:number>")
@permit(manage, Memorandum, key="slug")
def change_recipient(memorandum: Memorandum, *, number: int) -> Answer:
    """Change what is noted of one."""
    return _store(memorandum, _own(memorandum, number))


@blueprint.post(f"{LIST}/retirer")
@permit(manage, Memorandum, key="slug")
def remove_recipients(memorandum: Memorandum) -> Answer:
    """Erase those that are ticked, or one, with what they received and the mails to them."""
    ids = {int(each) for each in request.form.getlist("recipient") if each.isdecimal()}
    rows = [row for row in db.session.scalars(queries.of_memorandum(memorandum)) if row.id in ids]
    writing.remove(db.session(), rows, actor=current_user(), now=clock.now())
    if rows:
        flash(gettext("C’est effacé : %(number)s.", number=len(rows)), "success")
    else:
        flash(gettext("Cochez au moins un destinataire."), "error")
    return redirect(url_for("publishing.recipients", slug=memorandum.slug), 303)


@blueprint.get(f"{LIST}/registre")
@permit(manage, Memorandum, key="slug")
def register_recipients(memorandum: Memorandum) -> str:
    """Offer the parties and authorities of the register."""
    return _register_page(memorandum, RegisterForm(formdata=None))


@blueprint.post(f"{LIST}/registre")
@permit(manage, Memorandum, key="slug")
def add_from_register(memorandum: Memorandum) -> Answer:
    """Note those that were chosen."""
    session, form = db.session(), RegisterForm()
    form.offer(session)
    if form.validate():
        rows = [session.get_one(Organisation, each) for each in form.organisations.data or ()]
        added = writing.add_from_register(session, memorandum, rows, actor=current_user(), now=clock.now())
        flash(gettext("Ajoutés : %(number)s.", number=added), "success")
        return redirect(url_for("publishing.recipients", slug=memorandum.slug), 303)
    return _register_page(memorandum, form), 422


@blueprint.get(f"{LIST}/importer")
@permit(manage, Memorandum, key="slug")
def import_recipients(memorandum: Memorandum) -> Answer:
    """Ask for a table; as CSV or xlsx, its template."""
    kind = argument("format")
    if kind in {"csv", "xlsx"}:
        header = [gettext(column.title) for column in writing.COLUMNS]
        example = [gettext(cell) if cell else "" for cell in writing.EXAMPLE]
        return exports.answer(kind, "destinataires", header, [example])
    return _import_page(memorandum, TableForm(formdata=None))


@blueprint.post(f"{LIST}/importer")
@permit(manage, Memorandum, key="slug")
def bring_recipients(memorandum: Memorandum) -> Answer:
    """Add the lines of a table; those with a problem are shown, each with what to mend."""
    form = TableForm()
    extra: list[str] = []
    if form.validate():
        content = form.file.data.stream.read(spreadsheets.MAX_BYTES + 1)
        try:
            if len(content) <= spreadsheets.MAX_BYTES:
                tables.check(content, form.file.data.filename or "")
            lines = writing.bring(db.session(), memorandum, content, actor=current_user(), now=clock.now())
        except tables.NoTableError as problem:
            form.file.errors = [f"{gettext(problem.said)} {sentence(problem)}"]
        except DomainError as problem:
            extra = blame(form, problem)
        else:
            _tell_unread(content)
            wrong = [line for line in lines if line.problems]
            if not wrong:
                added = sum(line.is_added for line in lines)
                there = sum(line.is_there for line in lines)
                flash(
                    gettext("Ajoutés : %(added)s. Déjà dans la liste : %(there)s.", added=added, there=there),
                    "success",
                )
                return redirect(url_for("publishing.recipients", slug=memorandum.slug), 303)
            return _import_page(memorandum, TableForm(formdata=None), lines=lines)
    return _import_page(memorandum, form, extra), 422


def _tell_unread(content: bytes) -> None:
    """Say which columns were left out: an address under another title would be missed unseen."""
    titles = sheets.unread(content, writing.COLUMNS, most=writing.MOST)
    if titles:
        named = ", ".join(title[:60] for title in titles[:8])
        flash(
            gettext(
                "Colonnes laissées de côté, car le modèle ne les connaît pas : %(titles)s.", titles=named
            ),
            "warning",
        )


def _own(memorandum: Memorandum, number: int) -> Recipient:
    row = db.session.get(Recipient, number)
    if row is None or row.memorandum_id != memorandum.id:
        abort(404)
    return row


def _store(memorandum: Memorandum, row: Recipient | None) -> Answer:
    session, form = db.session(), RecipientForm()
    form.offer(session)
    extra: list[str] = []
    if form.validate():
        facts = writing.Facts(
            kind=RecipientKind(form.kind.data),
            name=form.name.data or "",
            list_name=form.list_name.data or "",
            organisation_id=row.organisation_id if row else None,
            territory_id=form.commune.data or None,
            email=form.email.data or "",
            address=form.address.data or "",
            source=form.source.data or "",
        )
        by: dict[str, Any] = {"actor": current_user(), "now": clock.now()}
        try:
            if row is None:
                writing.add(session, memorandum, facts, **by)
            else:
                writing.edit(session, row, facts, **by)
        except DomainError as problem:
            extra = blame(form, problem)
        else:
            flash(gettext("Le destinataire est enregistré."), "success")
            return redirect(url_for("publishing.recipients", slug=memorandum.slug), 303)
    return _form_page(memorandum, form, row, extra), 422


def _wanted() -> RecipientFilter:
    return RecipientFilter(
        argument("q"), word_of(RecipientKind, "kind"), argument("list"), argument("commune"),
        argument("received"),
    )  # fmt: skip


def _order() -> tuple[str, bool]:
    """Return by what the list is sorted, and whether from the last on."""
    sort = argument("sort")
    return (sort if sort in SORTS else "name"), argument("direction") == "desc"


def _list_page(memorandum: Memorandum, form: KeepForm, extra: list[str] | None = None) -> str:
    session = db.session()
    wanted, (sort, descending) = _wanted(), _order()
    rows = queries.of_memorandum(memorandum, wanted, sort, descending)
    page = paging.paginate(session, rows, page_number())
    told = session.execute(queries.lists_and_communes(memorandum)).all()
    options = _options(wanted, told)
    editions = session.scalars(queries.public_editions(memorandum)).all()
    return render_template(
        "publishing/recipients.html",
        memorandum=memorandum,
        page=page,
        received=_received(page.rows),
        refusing=sendings.refused(session, page.rows),
        counts=dict(session.execute(queries.counts(memorandum)).all()),
        wanted=wanted,
        options=options,
        active=chips(
            ("q", wanted.text, gettext("Recherche : %(text)s", text=wanted.text)),
            *(
                (
                    each["name"],
                    each["value"],
                    f"{each['label']} : {dict(each['choices']).get(each['value'], '')}",
                )
                for each in options
            ),
        ),
        sort=sort,
        direction="desc" if descending else "asc",
        editions=editions,
        erased_on=writing.erased_on(memorandum),
        today=clock.now().date(),
        form=form,
        extra=extra or [],
        kinds=RECIPIENTS,
        candidate=RecipientKind.CANDIDATE,
        ways=WAYS,
    )


def _options(wanted: RecipientFilter, told: Any) -> list[dict[str, Any]]:
    lists = sorted({each[0] for each in told if each[0]})
    communes = sorted({each[1] for each in told if each[1]})
    return [
        {
            "name": "kind", "label": gettext("Qualité"), "value": wanted.kind.value if wanted.kind else "",
            "choices": [(kind.value, gettext(word)) for kind, word in RECIPIENTS.items()],
        },
        {
            "name": "list", "label": gettext("Liste ou parti"), "value": wanted.list_name,
            "choices": [(each, each) for each in lists],
        },
        {
            "name": "commune", "label": gettext("Commune"), "value": wanted.commune,
            "choices": [(each, each) for each in communes],
        },
        {
            "name": "received", "label": gettext("Mémorandum"), "value": wanted.received,
            "choices": [("yes", gettext("reçu")), ("no", gettext("pas encore reçu"))],
        },
    ]  # fmt: skip


def _received(rows: list[Recipient]) -> dict[int, list[Sending]]:
    found: dict[int, list[Sending]] = {}
    for sending in db.session.scalars(queries.received([row.id for row in rows])):
        found.setdefault(sending.recipient_id, []).append(sending)
    return found


def _export(kind: str, memorandum: Memorandum, rows: list[Recipient]) -> Answer:
    received = _received(rows)
    header = [gettext(column.title) for column in writing.COLUMNS] + [gettext("Reçu le")]
    lines = [
        (
            row.name, gettext(RECIPIENTS[row.kind]), row.list_name,
            row.territory.name if row.territory else "", row.email, row.address, row.source,
            " | ".join(
                f"{sending.sent_on.isoformat()} ({gettext(WAYS[sending.way])})"
                for sending in received.get(row.id, [])
            ),
        )
        for row in rows
    ]  # fmt: skip
    return exports.answer(kind, f"destinataires-{memorandum.slug}", header, lines)


def _form_page(
    memorandum: Memorandum, form: RecipientForm, row: Recipient | None, extra: list[str] | None = None
) -> str:
    form.offer(db.session())
    return render_template(
        "publishing/recipient.html",
        memorandum=memorandum,
        form=form,
        recipient=row,
        received=_received([row]).get(row.id, []) if row else [],
        ways=WAYS,
        extra=extra or [],
    )


def _register_page(memorandum: Memorandum, form: RegisterForm) -> str:
    form.offer(db.session())
    return render_template("publishing/recipients_register.html", memorandum=memorandum, form=form)


def _import_page(
    memorandum: Memorandum,
    form: TableForm,
    extra: list[str] | None = None,
    lines: list[writing.Brought] | None = None,
) -> str:
    return render_template(
        "publishing/recipients_import.html",
        memorandum=memorandum,
        form=form,
        extra=extra or [],
        lines=lines,
        columns=writing.COLUMNS,
        titles=writing.TITLES,
        largest=spreadsheets.MAX_BYTES,
        most=writing.MOST,
    )
