"""Until when a day's people are known, and what each of them can see, take along and have erased."""

import json
from typing import Any

from flask import Response, abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from werkzeug.wrappers import Response as BaseResponse

from hub.core import clock, exports
from hub.core.access import current_user, everyone, permit, permit_token
from hub.core.db import db
from hub.core.errors import DomainError
from hub.core.web import limiter
from hub.events import rules
from hub.events.forms.retention import EraseForm, RetentionForm
from hub.events.forms.sign_up import blame
from hub.events.models.days import Event
from hub.events.models.registrations import Registration
from hub.events.models.retention import Kept
from hub.events.operations import own_data, retention
from hub.events.operations.forgetting import USUAL
from hub.events.operations.letters import PURPOSE
from hub.events.views.blueprint import blueprint

Answer = BaseResponse | tuple[str, int]
# Kept → what it is, why it is needed until then.
WORDS = {
    Kept.NEEDS: (_l("Régimes, repas, besoins d’accès et de langue"), _l("Ils servent le jour même.")),
    Kept.ELIGIBILITY: (_l("Réponses aux conditions d’accès"), _l("Elles servent à décider qui participe.")),
    Kept.ANSWERS: (_l("Réponses aux questions de la journée"), _l("Elles servent à préparer et à évaluer.")),
    Kept.PHONE: (_l("Téléphones"), _l("Ils servent à joindre quelqu’un à la dernière minute.")),
    Kept.IDENTITY: (
        _l("Noms, adresses, mails envoyés"),
        _l("Ils servent aux suites de la journée. L’organisation du registre reste comptée."),
    ),
    Kept.PRESENCE: (_l("Qui était présent·e à quelle séance"), _l("Le nombre de personnes reste.")),
    Kept.EVALUATION: (_l("Mots libres des évaluations"), _l("Les chiffres restent.")),
    Kept.CERTIFICATE: (
        _l("Noms sur les attestations"),
        _l("Après, la page de vérification dit encore que l’attestation a été délivrée."),
    ),
}


@blueprint.context_processor
def retention_words() -> dict[str, Any]:
    """Return what tells, where people are asked, from when their answers are erased."""
    return {"erased_from": retention.erased_from}


@blueprint.get("/journees/<slug>/donnees")
@permit(rules.manage, Event, key="slug")
def retention_page(event: Event) -> str:
    """Show until when everything is kept, and what was erased when."""
    return _show(event, RetentionForm())


@blueprint.post("/journees/<slug>/donnees")
@permit(rules.manage, Event, key="slug")
def retention_now(event: Event) -> Answer:
    """Change until when things are kept."""
    form = RetentionForm()
    if not form.validate_on_submit():
        return _show(event, form), 422
    try:
        retention.set_days(db.session(), event, form.days(), actor=current_user(), now=clock.now())
    except DomainError as problem:
        blame(form, problem)
        return _show(event, form), 422
    flash(_("Les durées sont enregistrées."), "success")
    return redirect(url_for("events.retention_page", slug=event.slug), 303)


def _show(event: Event, form: RetentionForm) -> str:
    found = retention.rules(db.session(), event)
    form.prepare(found)
    return render_template(
        "events/retention.html", event=event, form=form, rules=found, words=WORDS, most=USUAL
    )


@blueprint.get("/inscription/<token>/mes-donnees")
@permit_token(PURPOSE, Registration)
def own_data_page(row: Registration, *, token: str) -> str:
    """Show what is held of somebody, to themselves."""
    return _show_own(row, token, EraseForm())


def _show_own(row: Registration, token: str, form: EraseForm) -> str:
    session = db.session()
    return render_template(
        "events/own_data.html",
        row=row,
        token=token,
        form=form,
        held=own_data.collect(session, row),
        rules={rule.kept.value: rule for rule in retention.rules(session, row.event)},
        elsewhere=own_data.is_named_elsewhere(session, row),
        gives_back=own_data.is_cancelled_by_erasing(row, clock.now()),
    )


@blueprint.get("/inscription/<token>/mes-donnees/fichier")
@permit_token(PURPOSE, Registration)
def own_data_file(row: Registration, *, token: str) -> BaseResponse:
    """Send what is held of somebody: as JSON, or as a list that a spreadsheet opens."""
    del token
    return as_file(own_data.collect(db.session(), row))


def as_file(held: dict[str, Any]) -> BaseResponse:
    """Send what is held of somebody as the address asks for it: JSON, or a list for a spreadsheet."""
    if request.args.get("format") == "csv":
        return exports.answer("csv", "mes-donnees", [_("Donnée"), _("Valeur")], list(_lines("", held)))
    answer = Response(
        json.dumps(held, ensure_ascii=False, indent=2), content_type="application/json; charset=utf-8"
    )
    answer.headers["Content-Disposition"] = 'attachment; filename="mes-donnees.json"'
    return answer


def _lines(name: str, value: Any) -> list[tuple[str, Any]]:
    if isinstance(value, dict):
        return [line for key, each in value.items() for line in _lines(f"{name}.{key}".lstrip("."), each)]
    if isinstance(value, list):
        return [line for place, each in enumerate(value, start=1) for line in _lines(f"{name}.{place}", each)]
    return [(name, value)]


@blueprint.post("/inscription/<token>/mes-donnees")
@permit_token(PURPOSE, Registration)
@limiter.limit("20 per hour")
def erase_own_data(row: Registration, *, token: str) -> Answer:
    """Forget who somebody was, and give their seat back."""
    form = EraseForm()
    if not form.validate_on_submit():
        return _show_own(row, token, form), 422
    own_data.erase(db.session(), row, with_certificates=bool(form.certificates.data), now=clock.now())
    return redirect(url_for("events.erased"), 303)


@blueprint.get("/journees/<slug>/inscriptions/<int:number>/effacer")
@permit(rules.manage, Event, key="slug")
def erase_page(event: Event, number: int) -> str:
    """Ask whether to forget somebody who asks for it and has no link of their own."""
    return _show_erase(event, _of(event, number), EraseForm())


def _show_erase(event: Event, row: Registration, form: EraseForm) -> str:
    session = db.session()
    return render_template(
        "events/erase.html",
        event=event,
        row=row,
        form=form,
        has_certificates=bool(session.scalars(own_data.certificates(row)).all()),
        elsewhere=own_data.is_named_elsewhere(session, row),
        gives_back=own_data.is_cancelled_by_erasing(row, clock.now()),
    )


@blueprint.post("/journees/<slug>/inscriptions/<int:number>/effacer")
@permit(rules.manage, Event, key="slug")
def erase_now(event: Event, number: int) -> Answer:
    """Forget somebody who asks for it."""
    row, form = _of(event, number), EraseForm()
    if not form.validate_on_submit():
        return _show_erase(event, row, form), 422
    own_data.erase(
        db.session(), row, with_certificates=bool(form.certificates.data), actor=current_user(),
        now=clock.now(),
    )  # fmt: skip
    flash(_("C’est effacé : il reste un nombre."), "success")
    return redirect(url_for("events.registrations", slug=event.slug), 303)


def _of(event: Event, number: int) -> Registration:
    row = db.session.get(Registration, number)
    if row is None or row.event_id != event.id or row.purged_at is not None:
        abort(404)
    return row


@blueprint.get("/mes-donnees-effacees")
@permit(everyone)
def erased() -> str:
    """Say that it is done."""
    return render_template("events/erased.html")
