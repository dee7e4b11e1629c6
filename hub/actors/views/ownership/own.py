"""The pages of an organisation's own record, behind each of its doors."""

from datetime import datetime
from typing import Any

from flask import flash, redirect, render_template, request
from flask.json import dumps
from flask_babel import gettext
from werkzeug.wrappers import Response

from hub.actors.forms.fields import words as words_of
from hub.actors.forms.ownership import AnswerForm, GoneForm, OwnRecordForm, PublicForm
from hub.actors.models.organisations import Organisation
from hub.actors.models.ownership import ChangeState, CheckRequest
from hub.actors.operations.organisations import facts_of
from hub.actors.operations.ownership import agreements, changes, checking, letters, rounds
from hub.actors.queries import ownership as queries
from hub.actors.rules import represents
from hub.actors.values import consent
from hub.actors.values.changes import IDENTITY, OWN
from hub.actors.views.blueprint import blueprint
from hub.actors.views.ownership import doors
from hub.actors.views.ownership.doors import Answer, Door, Page
from hub.actors.views.ownership.showing import differences, in_words, lines_of
from hub.core import clock, settings
from hub.core.access import permit, permit_token
from hub.core.db import db
from hub.core.errors import DomainError
from hub.core.web import limiter

CHANGES_SHOWN = 20
BY_LINK = "l’organisation, par son lien personnel"
BY_ACCOUNT = "l’organisation, par son compte"


def home(door: Door) -> Answer:
    """Show the record as it is held and as the public reads it, and what waits for the organisation."""
    return _home(door, AnswerForm(formdata=None))


def _home(door: Door, form: AnswerForm, change_id: int | None = None) -> str:
    session, organisation = db.session(), door.organisation
    found = list(session.scalars(queries.changes_of(organisation).limit(CHANGES_SHOWN)))
    rewrites = list(session.scalars(queries.rewrites_to_see(organisation)))
    proposed = [row for row in found if row.state is ChangeState.PROPOSED]
    return render_template(
        "actors/own/home.html",
        door=door,
        organisation=organisation,
        lines=lines_of(session, organisation),
        rewrites=[(row, differences(session, row)) for row in rewrites],
        proposed=[(row, differences(session, row)) for row in proposed],
        past=[row for row in found if row not in rewrites and row not in proposed],
        labels={field: gettext(word) for field, word in OWN.items()},
        answer_form=form,
        answered_change=change_id,
    )


def confirm(door: Door) -> Answer:
    """Note that all is still right."""
    checking.confirm(db.session(), door.organisation, by=door.user, now=clock.now())
    flash(gettext("Merci : c’est noté. La fiche dit qu’elle a été vérifiée aujourd’hui par vous."), "success")
    return _back(door)


def correct_page(door: Door) -> Answer:
    """Show the form with what is known."""
    form = _form(door, formdata=None)
    form.show(door.organisation)
    form.rest_is_right.data = door.request is not None
    return _correct(door, form)


def correct(door: Door) -> Answer:
    """Store what the organisation corrects."""
    form, session = _form(door), db.session()
    conflicts: list[str] = []
    if form.validate():
        try:
            done = changes.submit(
                session, door.organisation, form.facts(door.organisation), seen=form.seen_marks(),
                by=door.user, now=clock.now(), remark=form.remark.data or "",
                rest_is_right=bool(form.rest_is_right.data),
            )  # fmt: skip
        except changes.ConflictError as problem:
            conflicts = problem.fields
            form.look_at(door.organisation)
            flash(words_of(problem), "warning")
        except DomainError as problem:
            _blame(form, problem)
        else:
            _thank(done)
            return _back(door)
    return _correct(door, form, conflicts), 422


def _form(door: Door, **given: Any) -> OwnRecordForm:
    del door
    form = OwnRecordForm(**given)
    form.offer(db.session())
    return form


def _correct(door: Door, form: OwnRecordForm, conflicts: list[str] | None = None) -> str:
    session = db.session()
    present = changes.own_facts(facts_of(door.organisation))
    return render_template(
        "actors/own/correct.html",
        door=door,
        organisation=door.organisation,
        form=form,
        at_once=settings.get(session).own_changes_at_once,
        identity=set(IDENTITY),
        conflicts=[
            (gettext(OWN[field]), in_words(session, field, present[field])) for field in conflicts or ()
        ],
    )


def _thank(done: changes.Outcome) -> None:
    if done.proposed is None:
        flash(gettext("Merci : votre fiche est à jour."), "success")
    elif done.applied is None:
        flash(gettext("Merci : la coordination relit ce que vous proposez, puis vous écrit."), "success")
    else:
        flash(
            gettext("Merci : une partie se voit déjà, l’autre attend l’accord de la coordination."), "success"
        )


def _blame(form: Any, problem: DomainError) -> None:
    if problem.field and problem.field in form:
        form[problem.field].errors = [words_of(problem)]
    else:
        flash(words_of(problem), "error")


def public_page(door: Door) -> Answer:
    """Show what the public reads, with a box for each field."""
    form = PublicForm(formdata=None)
    form.offer(door.organisation)
    form.fields.data = consent.in_order(door.organisation.public_fields)
    return _public(door, form)


def public(door: Door) -> Answer:
    """Note what the public may read; a preview is shown without noting anything."""
    form = PublicForm()
    form.offer(door.organisation)
    if not form.validate():
        return _public(door, form), 422
    if "preview" in request.form:
        return _public(door, form)
    agreements.agree(
        db.session(), door.organisation, form.fields.data or [],
        agreement=BY_ACCOUNT if door.user else BY_LINK, actor=door.user or checking.LINK, now=clock.now(),
    )  # fmt: skip
    flash(gettext("C’est noté : le public voit maintenant cela."), "success")
    return _back(door)


def _public(door: Door, form: PublicForm) -> str:
    return render_template(
        "actors/own/public.html",
        door=door,
        organisation=door.organisation,
        form=form,
        told=told_fields(door.organisation),
        seen=consent.Record(door.organisation, fields=form.fields.data or ()),
    )


def told_fields(organisation: Organisation) -> dict[str, str]:
    """Return a note for each field of which the record says nothing yet."""
    nothing = gettext("La fiche n’en dit rien pour le moment.")
    return {field: nothing for field in consent.FIELDS if not consent.is_told(organisation, field)}


def gone_page(door: Door) -> Answer:
    """Ask since when the organisation no longer exists."""
    return _gone(door, GoneForm(formdata=None))


def gone(door: Door) -> Answer:
    """Tell the coordination that the organisation no longer exists."""
    form = GoneForm()
    if form.validate():
        try:
            changes.say_gone(
                db.session(), door.organisation, since=form.since.data, words=form.words.data or "",
                by=door.user, now=clock.now(),
            )  # fmt: skip
        except DomainError as problem:
            _blame(form, problem)
        else:
            flash(gettext("C’est noté. La coordination vérifie, puis l’écrit sur la fiche."), "success")
            return _back(door)
    return _gone(door, form), 422


def _gone(door: Door, form: GoneForm) -> str:
    return render_template("actors/own/gone.html", door=door, organisation=door.organisation, form=form)


def answer(door: Door, number: int) -> Answer:
    """Agree with a coordinator's rewrite, or contest it with a word."""
    change, form = door.change(number), AnswerForm()
    agrees = request.form.get("answer") == "agree"
    if not form.validate():
        return _home(door, form, number), 422
    try:
        changes.answer(
            db.session(), change, agrees=agrees, words=form.words.data or "", by=door.user, now=clock.now()
        )
    except DomainError as problem:
        if problem.field:
            form.words.errors = [words_of(problem)]
        else:
            flash(words_of(problem), "error")
        return _home(door, form, number), 422
    flash(
        gettext("Merci, c’est noté.")
        if agrees
        else gettext("C’est noté : la coordination lit votre réponse et vous écrit."),
        "success",
    )
    return _back(door)


def take_back(door: Door, number: int) -> Answer:
    """Put back what a coordinator rewrote."""
    try:
        done = changes.take_back(db.session(), door.change(number), by=door.user, now=clock.now())
    except DomainError as problem:
        flash(words_of(problem), "error")
    else:
        _thank(done)
    return _back(door)


def withdraw(door: Door, number: int) -> Answer:
    """Take back a proposal that waits."""
    try:
        changes.withdraw(db.session(), door.change(number), by=door.user, now=clock.now())
    except DomainError as problem:
        flash(words_of(problem), "error")
    else:
        flash(gettext("Votre proposition est retirée."), "success")
    return _back(door)


def export(door: Door) -> Answer:
    """Send all that the network holds in the record, as JSON (G4)."""
    session, organisation = db.session(), door.organisation
    body = {
        "organisation": organisation.name,
        "fiche": [
            {"champ": line.label, "valeur": line.value, "public": line.public}
            for line in lines_of(session, organisation)
        ],
        "accord": {"donné par": organisation.agreement, "noté le": _iso(organisation.public_fields_at)},
        "vérifiée le": organisation.checked_on.isoformat() if organisation.checked_on else None,
        "modifications": [
            {
                "le": _iso(row.created_at),
                "de": row.origin.value,
                "état": row.state.value,
                "champs": [
                    {"champ": one.label, "avant": one.old, "après": one.new}
                    for one in differences(session, row)
                ],
            }
            for row in session.scalars(queries.changes_of(organisation))
        ],
    }
    response = Response(dumps(body, indent=2, ensure_ascii=False), mimetype="application/json")
    response.headers["Content-Disposition"] = f'attachment; filename="{organisation.slug}.json"'
    response.headers["Cache-Control"] = "no-store"
    return response


def _iso(moment: datetime | None) -> str | None:
    return clock.local(moment).isoformat(timespec="minutes") if moment else None


def _back(door: Door) -> Response:
    return redirect(door.url("home"), 303)


# Method, path behind the door, name, page.
PAGES: tuple[tuple[str, str, str, Page], ...] = (
    ("GET", "", "home", home),
    ("POST", "/encore-juste", "confirm", confirm),
    ("GET", "/corriger", "correct_page", correct_page),
    ("POST", "/corriger", "correct", correct),
    ("GET", "/public", "public_page", public_page),
    ("POST", "/public", "public", public),
    ("GET", "/terminee", "gone_page", gone_page),
    ("POST", "/terminee", "gone", gone),
    ("GET", "/fiche.json", "export", export),
    ("POST", "/modifications/<int:number>/reponse", "answer", answer),
    ("POST", "/modifications/<int:number>/remettre", "take_back", take_back),
    ("POST", "/modifications/<int:number>/retirer", "withdraw", withdraw),
)


def _open(name: str, path: str, guard: Any, door: Any) -> None:
    """Add the pages behind a door; what is sent without account is throttled (S10)."""
    for method, rest, page_name, page in PAGES:
        view = guard(_behind(page, door))
        view.__name__ = view.__qualname__ = f"{name}_{page_name}"
        if method == "POST" and name != "mine":
            view = limiter.limit("120 per hour")(view)
        blueprint.add_url_rule(path + rest, f"{name}_{page_name}", view, methods=[method])


def _behind(page: Page, door: Any) -> Any:
    def view(thing: Any, token: str | None = None, **more: Any) -> Answer:
        return page(door(thing, token) if token else door(thing), **more)

    return view


_open("mine", "/mon-organisation/<slug>", permit(represents, Organisation, key="slug"), doors.mine)
_open("linked", "/fiche/<token>", permit_token(letters.PURPOSE, Organisation), doors.linked)
_open("asked", "/verification/<token>", permit_token(rounds.PURPOSE, CheckRequest), doors.asked)
