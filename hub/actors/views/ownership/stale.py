"""What has gone stale: the list, « tout va bien » with its undo, and how long a record stays fresh."""

from collections.abc import Iterator
from dataclasses import asdict
from datetime import date
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext, ngettext
from werkzeug.wrappers import Response

from hub.actors.forms.fields import words as words_of
from hub.actors.forms.ownership import RecordSettingsForm
from hub.actors.models.organisations import Organisation
from hub.actors.operations.ownership import checking, keeping
from hub.actors.queries import organisations
from hub.actors.queries import ownership as queries
from hub.actors.queries.ownership import Stale
from hub.actors.rules import edit
from hub.actors.values import staleness, words
from hub.actors.views.blueprint import blueprint
from hub.core import clock, exports, paging, settings
from hub.core.access import current_user, permit
from hub.core.db import db
from hub.core.errors import DomainError
from hub.core.web import row_number

Answer = str | Response | tuple[str, int]
MOST_MONTHS = 120
KEPT = ("q", "kind", "theme", "commune", "adresse", "accord", "jamais", "mois", "sort", "direction", "page")
HEADER = (
    "identifiant", "nom", "sigle", "type", "siège", "thèmes", "vérifié le", "vérifié par", "adresse mail",
    "accord donné par", "accord noté le",
)  # fmt: skip


def stale_before(months: int | None = None) -> date:
    """Return the day before which a check is too old."""
    kept = settings.get(db.session()).stale_months
    return staleness.months_before(clock.today(clock.now()), months or kept)


def asked_months() -> int:
    """Return after how many months the address asks for."""
    asked = request.values.get("mois", type=row_number)
    kept: int = settings.get(db.session()).stale_months
    return min(max(1, asked), MOST_MONTHS) if asked else kept


def asked() -> Stale:
    """Return which out-of-date records the address asks for."""
    values = request.values
    address = values.get("adresse", "")
    return Stale(
        before=stale_before(asked_months()),
        words=values.get("q", "")[:200],
        kind=values.get("kind", ""),
        theme=values.get("theme", ""),
        commune=values.get("commune", ""),
        address=address if address in {"with", "without"} else "",
        agreement="none" if values.get("accord") == "none" else "",
        never=values.get("jamais") == "1",
    )


@blueprint.get("/acteurs/a-verifier")
@permit(edit)
def stale() -> Answer:
    """List the records that nobody has looked over for long, or ever."""
    session, wanted = db.session(), asked()
    sort = request.args.get("sort", "checked")
    sort = sort if sort in queries.SORTS else "checked"
    descending = request.args.get("direction") == "desc"
    rows = queries.stale(wanted, sort=sort, descending=descending)
    kind = request.args.get("format")
    if kind in {"csv", "xlsx"}:
        return exports.answer(kind, "a-verifier", HEADER, _exported(session.scalars(rows).unique()))
    options = _options(wanted)
    return render_template(
        "actors/stale.html",
        page=paging.paginate(session, rows, request.args.get("page", 1, type=int)),
        wanted=wanted,
        months=asked_months(),
        usual_months=settings.get(session).stale_months,
        total=session.scalar(queries.number_stale(wanted.before)) or 0,
        options=options,
        chips=_chips(wanted, options),
        sort=sort,
        direction="desc" if descending else "asc",
        done=_just_checked(),
        kept=request.args.to_dict(),
    )


def _exported(rows: Any) -> Iterator[list[Any]]:
    for row in rows:
        yield [
            row.slug, row.name, row.acronym, row.kind.label, row.commune.name if row.commune else "",
            " | ".join(theme.label for theme in row.themes), row.checked_on,
            gettext(words.CHECKED_AS[row.checked_as]) if row.checked_as else "", row.email,
            row.agreement, row.public_fields_at,
        ]  # fmt: skip


def _just_checked() -> Organisation | None:
    """Return the record that the person has just said to be right, to offer the way back."""
    number = request.args.get("fait", type=row_number)
    found = db.session.get(Organisation, number) if number else None
    today = clock.today(clock.now())
    mine = found is not None and found.checked_on == today and found.checked_by_id == current_user().id
    return found if mine else None


def options_of(values: Stale) -> list[dict[str, Any]]:
    """Return the filters to choose from, for the list and for a round."""
    return _options(values)


def _options(wanted: Stale) -> list[dict[str, Any]]:
    session = db.session()
    kinds = [(row.code, row.label) for row in session.scalars(organisations.kinds_in_use())]
    themes = [(row.code, row.label) for row in session.scalars(organisations.themes_in_use())]
    communes = [(row.code, row.name) for row in session.scalars(organisations.communes_in_use())]
    months = [(str(n), ngettext("%(num)s mois", "%(num)s mois", n)) for n in _steps(asked_months())]
    return [
        _option("mois", gettext("Depuis plus de"), str(asked_months()), months),
        _option("kind", gettext("Type"), wanted.kind, kinds),
        _option("theme", gettext("Thème"), wanted.theme, themes, search=True),
        _option("commune", gettext("Siège"), wanted.commune, communes, search=True),
        _option(
            "adresse", gettext("Adresse mail"), wanted.address,
            [("with", gettext("Avec adresse")), ("without", gettext("Sans adresse"))],
        ),
        _option(
            "accord", gettext("Accord"), wanted.agreement, [("none", gettext("Montré sans accord noté"))]
        ),
        _option("jamais", gettext("Vérification"), "1" if wanted.never else "", [("1", gettext("Jamais"))]),
    ]  # fmt: skip


def _steps(chosen: int) -> list[int]:
    return sorted({3, 6, 12, 24, 36, chosen})


def _option(
    name: str, label: str, value: str, choices: list[tuple[str, str]], *, search: bool = False
) -> dict[str, Any]:
    return {"name": name, "label": label, "value": value, "choices": choices, "search": search}


def _chips(wanted: Stale, options: list[dict[str, Any]]) -> list[dict[str, str]]:
    found = []
    if wanted.words:
        label = gettext("Mot : %(word)s", word=wanted.words)
        found.append({"name": "q", "value": request.args["q"], "label": label})
    for option in options:
        usual = option["name"] == "mois" and "mois" not in request.args
        if option["value"] and not usual:
            word = dict(option["choices"]).get(option["value"], option["value"])
            label = gettext("%(name)s : %(value)s", name=option["label"], value=word)
            found.append({"name": option["name"], "value": option["value"], "label": label})
    return found


def as_arguments(wanted: Stale) -> dict[str, str]:
    """Return what an address or a hidden field carries of the filters."""
    values = asdict(wanted)
    found = {
        "q": values["words"],
        "kind": wanted.kind,
        "theme": wanted.theme,
        "commune": wanted.commune,
        "adresse": wanted.address,
        "accord": wanted.agreement,
        "jamais": "1" if wanted.never else "",
        "mois": str(asked_months()),
    }
    return {name: value for name, value in found.items() if value}


@blueprint.post("/acteurs/<slug>/tout-va-bien")
@permit(edit, Organisation, key="slug")
def check_stale(organisation: Organisation) -> Response:
    """Note that all is right, from the list; the list offers the way back."""
    checking.check(db.session(), organisation, by=current_user(), now=clock.now())
    return redirect(url_for("actors.stale", fait=organisation.id, **_kept()), 303)


@blueprint.post("/acteurs/<slug>/tout-va-bien/annuler")
@permit(edit, Organisation, key="slug")
def undo_check(organisation: Organisation) -> Response:
    """Take back the check just noted."""
    try:
        checking.undo(db.session(), organisation, by=current_user(), now=clock.now())
    except DomainError as problem:
        flash(words_of(problem), "error")
    else:
        flash(gettext("« %(name)s » est à nouveau à vérifier.", name=organisation.name), "success")
    return redirect(url_for("actors.stale", **_kept()), 303)


def _kept() -> dict[str, Any]:
    """Return the filters that the list had: its gestures carry them along."""
    return {name: value for name in KEPT if (value := request.form.get(name, "")[:200])}


# --- How the network keeps its records -----------------------------------------------------------


@blueprint.get("/reglages/fiches")
@permit(edit)
def record_settings() -> str:
    """Show how long a record stays fresh, and whether own changes wait."""
    form = RecordSettingsForm(formdata=None, obj=settings.get(db.session()))
    return render_template("actors/record_settings.html", form=form)


@blueprint.post("/reglages/fiches")
@permit(edit)
def change_record_settings() -> Answer:
    """Store that."""
    form = RecordSettingsForm()
    if not form.validate():
        return render_template("actors/record_settings.html", form=form), 422
    keeping.set_rules(
        db.session(), stale_months=form.stale_months.data or settings.STALE_MONTHS,
        own_changes_at_once=form.own_changes_at_once.data, actor=current_user(), now=clock.now(),
    )  # fmt: skip
    flash(gettext("C’est enregistré."), "success")
    return redirect(url_for("actors.record_settings"), 303)
