"""Telling projects and calls for projects, withdrawing the wrong ones; the pages are the same for both."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeAlias

from flask import flash, redirect, render_template, url_for
from flask_babel import gettext
from flask_babel import lazy_gettext as _l
from werkzeug.wrappers import Response

from hub.actors.forms.fields import words
from hub.actors.forms.projects import CallForm, ProjectForm, WithdrawForm
from hub.actors.models.projects import Project, ProjectCall
from hub.actors.operations import projects as operations
from hub.actors.rules import edit, keep_project
from hub.actors.views.blueprint import blueprint
from hub.core import clock
from hub.core.access import current_user, permit
from hub.core.db import db
from hub.core.errors import DomainError

Answer: TypeAlias = Response | tuple[str, int] | str


@dataclass(frozen=True)
class Pages:
    """What the pages that tell a project and those that tell a call differ in."""

    name: str
    model: Any
    path: str
    rule: Callable[[Any, Any], bool]
    form: Any
    home: str
    home_word: Any
    add: Any
    added: Any


BOTH = (
    Pages(
        "project", Project, "/projets", keep_project, ProjectForm, "actors.projects", _l("Projets"),
        _l("Ajouter un projet"), _l("Le projet est là. Dites maintenant qui le porte et qui le finance."),
    ),
    Pages(
        "project_call", ProjectCall, "/appels-a-projets", edit, CallForm, "actors.project_calls",
        _l("Appels à projets"), _l("Ajouter un appel à projets"), _l("L’appel à projets est là."),
    ),
)  # fmt: skip


def _form_page(about: Pages, form: Any, row: Any = None, code: int = 200) -> tuple[str, int]:
    card_url = url_for(f"actors.{about.name}", slug=row.slug) if row else url_for(about.home)
    page = render_template(
        "actors/projects/edit.html", about=about, form=form, row=row, called=_called(row), card_url=card_url
    )
    return page, code


def _called(row: Any) -> str:
    if row is None:
        return ""
    return str(row.acronym or (row.name if isinstance(row, Project) else row.title))


def _to(about: Pages, row: Any, said: Any) -> Response:
    flash(str(said), "success")
    return redirect(url_for(f"actors.{about.name}", slug=row.slug), 303)


def _moment(text: str | None) -> datetime | None:
    try:
        return datetime.fromisoformat(text or "")
    except ValueError:
        return None


def _wire_adding(about: Pages) -> None:
    @blueprint.get(f"{about.path}/ajouter", endpoint=f"add_{about.name}_page")
    @permit(edit)
    def add_page() -> Answer:
        form = about.form(formdata=None)
        form.offer(db.session())
        return _form_page(about, form)

    @blueprint.post(f"{about.path}/ajouter", endpoint=f"add_{about.name}")
    @permit(edit)
    def add() -> Answer:
        form, session = about.form(), db.session()
        form.offer(session)
        if form.validate():
            try:
                made = operations.create(session, form.facts(), actor=current_user(), now=clock.now())
            except DomainError as problem:
                form.blame(problem)
            else:
                return _to(about, made, about.added)
        return _form_page(about, form, code=422)


def _wire_changing(about: Pages) -> None:
    @blueprint.get(f"{about.path}/<slug>/modifier", endpoint=f"edit_{about.name}_page")
    @permit(about.rule, about.model, key="slug")
    def change_page(row: Any) -> Answer:
        form = about.form(formdata=None)
        form.offer(db.session())
        form.show(operations.told_by(row))
        form.seen.data = row.updated_at.isoformat()
        return _form_page(about, form, row)

    @blueprint.post(f"{about.path}/<slug>/modifier", endpoint=f"edit_{about.name}")
    @permit(about.rule, about.model, key="slug")
    def change(row: Any) -> Answer:
        form, session = about.form(), db.session()
        form.offer(session)
        if form.validate():
            try:
                operations.update(
                    session,
                    row,
                    form.facts(),
                    actor=current_user(),
                    now=clock.now(),
                    seen=_moment(form.seen.data),
                )
            except DomainError as problem:
                form.seen.data = row.updated_at.isoformat()
                form.seen.raw_data = None
                form.blame(problem)
            else:
                return _to(about, row, gettext("C’est à jour."))
        return _form_page(about, form, row, 422)


def _wire_withdrawing(about: Pages) -> None:
    @blueprint.get(f"{about.path}/<slug>/retirer", endpoint=f"withdraw_{about.name}_page")
    @permit(edit, about.model, key="slug")
    def withdraw_page(row: Any) -> Answer:
        return _withdraw_page(about, row, WithdrawForm(formdata=None))

    @blueprint.post(f"{about.path}/<slug>/retirer", endpoint=f"withdraw_{about.name}")
    @permit(edit, about.model, key="slug")
    def withdraw(row: Any) -> Answer:
        form = WithdrawForm()
        if form.validate():
            try:
                operations.withdraw(
                    db.session(), row, form.reason.data or "", actor=current_user(), now=clock.now()
                )
            except DomainError as problem:
                form.reason.errors = [words(problem)]
            else:
                return _to(about, row, gettext("La page est retirée ; vous pouvez la remettre d’ici."))
        return _withdraw_page(about, row, form, 422)

    @blueprint.post(f"{about.path}/<slug>/remettre", endpoint=f"restore_{about.name}")
    @permit(edit, about.model, key="slug")
    def restore(row: Any) -> Answer:
        operations.restore(db.session(), row, actor=current_user(), now=clock.now())
        return _to(about, row, gettext("La page est remise."))


def _withdraw_page(about: Pages, row: Any, form: Any, code: int = 200) -> tuple[str, int]:
    card_url = url_for(f"actors.{about.name}", slug=row.slug)
    page = render_template(
        "actors/projects/withdraw.html",
        about=about,
        row=row,
        called=_called(row),
        form=form,
        card_url=card_url,
    )
    return page, code


for _about in BOTH:
    _wire_adding(_about)
    _wire_changing(_about)
    _wire_withdrawing(_about)
