"""The caterer's page: numbers only, for the coordination and, by link, for the kitchen."""

from flask import abort, flash, redirect, render_template, request, url_for
from flask_babel import force_locale
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from hub.core import clock, exports, files, letterhead
from hub.core.access import current_user, permit, permit_token
from hub.core.db import db
from hub.core.errors import DomainError
from hub.core.i18n import format_datetime
from hub.core.web import site
from hub.events import rules
from hub.events.forms.catering import DietsForm
from hub.events.forms.sign_up import ConfirmForm, blame
from hub.events.jobs.papers import AT_ONCE, FONTS, never, tell_nobody
from hub.events.models.days import Event
from hub.events.operations import catering
from hub.events.operations.paper_contents import LANGUAGE, day_of
from hub.events.values.meals import Counts, Line
from hub.events.views.blueprint import blueprint
from memoranda.day.content import Column, Fact, Kind, Sheet, Sheets
from memoranda.errors import BuildError, ContentError
from memoranda.letter import Letterhead
from memoranda.sandbox import build_apart

Answer = Response | tuple[str, int]


@blueprint.get("/journees/<slug>/traiteur")
@permit(rules.manage, Event, key="slug")
def caterer(event: Event) -> str | Response:
    """Show how many of each, what was told at the deadline, what changed since; as a list too."""
    kind = request.args.get("format", "")
    counts = catering.count(db.session(), event)
    if kind in {"csv", "xlsx"}:
        return exports.answer(kind, f"traiteur-{event.slug}", _header(), _rows(counts))
    form = DietsForm(data={"diets": "\n".join(catering.diets(db.session(), event))})
    return _show(event, form, counts)


def _show(event: Event, form: DietsForm, counts: Counts, link: str | None = None) -> str:
    now = clock.now()
    return render_template(
        "events/caterer.html",
        event=event,
        form=form,
        counts=counts,
        link=link,
        has_link=catering.has_link(db.session(), event, now=now),
        is_late=event.meals_close_at is not None and event.meals_close_at <= now,
        now=now,
    )


@blueprint.get("/journees/<slug>/repas")
@permit(rules.manage, Event, key="slug")
def meals(event: Event) -> Response:
    """Lead to the caterer's page, or its list, from where they stood before."""
    kind = request.args.get("format")
    if kind not in {None, "csv", "xlsx"}:
        abort(404)
    return redirect(url_for("events.caterer", slug=event.slug, format=kind))


@blueprint.get("/journees/<slug>/traiteur.pdf")
@permit(rules.manage, Event, key="slug")
def caterer_pdf(event: Event) -> Response:
    """Send the numbers as a PDF."""
    session = db.session()
    head = letterhead.with_logo(session, letterhead.of(session), files.store())
    with force_locale(LANGUAGE):
        paper = _paper(event, catering.count(session, event), head)
    try:
        pdf = build_apart(
            paper, fonts_folder=FONTS, on_progress=tell_nobody, should_stop=never, limits=AT_ONCE
        )
    except (BuildError, ContentError) as problem:
        flash(_("Le PDF n’a pas pu être fait : %(why)s", why=str(problem)), "error")
        return redirect(url_for("events.caterer", slug=event.slug))
    return exports.send(pdf, f"traiteur-{event.slug}.pdf", "application/pdf")


@blueprint.post("/journees/<slug>/traiteur/figer")
@permit(rules.manage, Event, key="slug")
def freeze_meals(event: Event) -> Response:
    """Keep what the caterer is told."""
    if not ConfirmForm().validate_on_submit():
        abort(422)
    try:
        catering.freeze(db.session(), event, actor=current_user(), now=clock.now())
        flash(_("Les nombres sont figés. Ce qui change ensuite se lit à part."), "success")
    except DomainError as problem:
        flash(_(problem.msgid, **problem.params), "error")
    return _back(event)


@blueprint.post("/journees/<slug>/traiteur/regimes")
@permit(rules.manage, Event, key="slug")
def set_diets(event: Event) -> Answer:
    """Change the neutral list of diets."""
    form = DietsForm()
    session = db.session()
    if form.validate_on_submit():
        try:
            catering.set_diets(session, event, form.labels(), actor=current_user(), now=clock.now())
        except DomainError as problem:
            blame(form, problem)
        else:
            flash(_("La liste des régimes est enregistrée."), "success")
            return _back(event)
    return _show(event, form, catering.count(session, event)), 422


@blueprint.post("/journees/<slug>/traiteur/lien")
@permit(rules.manage, Event, key="slug")
def open_caterer_link(event: Event) -> str | Answer:
    """Make a link for the caterer and show it: it can't be shown again."""
    if not ConfirmForm().validate_on_submit():
        abort(422)
    session = db.session()
    try:
        raw = catering.open_link(session, event, actor=current_user(), now=clock.now())
    except DomainError as problem:
        flash(_(problem.msgid, **problem.params), "error")
        return _back(event)
    link = f"{site().base_url}{url_for('events.caterer_by_link', token=raw)}"
    form = DietsForm(formdata=None, data={"diets": "\n".join(catering.diets(session, event))})
    return _show(event, form, catering.count(session, event), link)


@blueprint.post("/journees/<slug>/traiteur/lien/retirer")
@permit(rules.manage, Event, key="slug")
def close_caterer_link(event: Event) -> Response:
    """Take the caterer's link back."""
    if not ConfirmForm().validate_on_submit():
        abort(422)
    catering.close_link(db.session(), event, actor=current_user(), now=clock.now())
    flash(_("Le lien ne fonctionne plus."), "success")
    return _back(event)


@blueprint.get("/traiteur/<token>")
@permit_token(catering.PURPOSE, Event)
def caterer_by_link(event: Event, token: str) -> str:
    """Show the numbers to the caterer, and nothing else."""
    del token
    return render_template(
        "events/caterer_by_link.html", event=event, counts=catering.count(db.session(), event)
    )


def _back(event: Event) -> Response:
    return redirect(url_for("events.caterer", slug=event.slug), 303)


# --- As a list and on paper -----------------------------------------------------------------------


def _header() -> list[str]:
    return [
        _("Sorte"), _("Intitulé"), _("Nombre"), _("Dont sans inscription préalable"),
        _("Annoncé à l’échéance"), _("Changement depuis"),
    ]  # fmt: skip


def _rows(counts: Counts) -> list[list[str | int]]:
    others = [] if counts.other is None else [counts.other]
    named = [(_("Repas"), line) for line in counts.meals]
    named += [(_("Régime"), line) for line in (*counts.diets, *others)]
    return [
        [
            kind, line.label, line.number, line.walk_ins,
            "" if line.told is None else line.told, "" if line.told is None else line.late,
        ]
        for kind, line in named
    ]  # fmt: skip


def _paper(event: Event, counts: Counts, head: Letterhead) -> Sheets:
    facts = [Fact(label=_("Repas"), text=str(counts.total))]
    if event.meals_frozen_at is not None:
        facts.append(Fact(label=_("Annoncé le"), text=format_datetime(event.meals_frozen_at, LANGUAGE)))
    columns = [Column(label=_("Intitulé"), kind=Kind.NAME), Column(label=_("Nombre"), kind=Kind.FIGURE)]
    if event.meals_frozen_at is not None:
        columns += [
            Column(label=_("À l’échéance"), kind=Kind.FIGURE), Column(label=_("Depuis"), kind=Kind.FIGURE),
        ]  # fmt: skip
    others = () if counts.other is None else (counts.other,)
    groups = (
        (_("Repas"), counts.meals, _("Aucun repas n’est prévu."), tuple(facts)),
        (_("Régimes"), (*counts.diets, *others), _("Aucun régime n’est annoncé."), ()),
    )
    return Sheets(
        letterhead=head, day=day_of(event), title=_("Pour le traiteur"),
        sheets=tuple(
            Sheet(
                title=title, columns=tuple(columns), facts=facts, empty=empty, is_apart=False,
                rows=tuple(_cells(line, is_frozen=event.meals_frozen_at is not None) for line in lines),
            )
            for title, lines, empty, facts in groups
        ),
    )  # fmt: skip


def _cells(line: Line, *, is_frozen: bool) -> tuple[str, ...]:
    told = (str(line.told), f"{line.late:+d}" if line.late else "–") if is_frozen else ()
    return (line.label, str(line.number), *told)
