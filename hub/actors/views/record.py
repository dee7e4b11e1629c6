"""Telling what hangs on an organisation, a project or a territory: add, change, end, withdraw, bring back.

The pages are the same for all of them; `OWNERS` says what may hang on what, and who may tell it.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeAlias

from flask import abort, flash, redirect, render_template, url_for
from flask_babel import gettext
from flask_babel import lazy_gettext as _l
from werkzeug.wrappers import Response

from hub.actors.forms.fields import words
from hub.actors.forms.record import (
    DropInForm,
    FigureForm,
    LabelForm,
    LastDayForm,
    MissionForm,
    PartForm,
    ReasonForm,
    RowForm,
    TeamRoleForm,
    UnitForm,
)
from hub.actors.models.organisations import Organisation
from hub.actors.models.projects import Project
from hub.actors.models.record import Unit
from hub.actors.models.reference import Territory
from hub.actors.operations.record import rows as operations
from hub.actors.operations.record.facts import facts_of
from hub.actors.rules import edit, keep_project, keep_record
from hub.actors.views.blueprint import blueprint
from hub.core import clock
from hub.core.access import current_user, permit
from hub.core.db import db
from hub.core.errors import DomainError

Answer: TypeAlias = Response | tuple[str, int] | str
View: TypeAlias = Callable[..., Any]


@dataclass(frozen=True)
class Kind:
    """A kind of row: its form, the words of its pages, where it stands on the card."""

    form: type[RowForm]
    add: Any
    change: Any
    added: Any
    anchor: str
    ends: bool = True

    @property
    def model(self) -> Any:
        """The mapped class of its rows."""
        return self.form.facts_kind.model


UNIT = Kind(
    UnitForm,
    _l("Ajouter une antenne"),
    _l("Modifier l’antenne"),
    _l("L’antenne est sur la fiche."),
    "antennes",
)
DROP_IN = Kind(
    DropInForm,
    _l("Ajouter une permanence"),
    _l("Modifier la permanence"),
    _l("La permanence est sur la fiche."),
    "permanences",
)
MISSION = Kind(
    MissionForm,
    _l("Ajouter une mission"),
    _l("Modifier la mission"),
    _l("La mission est sur la fiche."),
    "missions",
)
TEAM_ROLE = Kind(
    TeamRoleForm,
    _l("Ajouter une fonction de l’équipe"),
    _l("Modifier la fonction"),
    _l("La fonction est sur la fiche."),
    "equipe",
)
FIGURE = Kind(
    FigureForm,
    _l("Ajouter un chiffre"),
    _l("Modifier le chiffre"),
    _l("Le chiffre est noté, avec sa source et sa date."),
    "chiffres",
    ends=False,
)
PART = Kind(
    PartForm,
    _l("Ajouter une organisation au projet"),
    _l("Modifier ce rôle"),
    _l("L’organisation est liée au projet."),
    "roles",
)
LABEL = Kind(LabelForm, _l("Ajouter un label"), _l("Modifier le label"), _l("Le label est noté."), "labels")


@dataclass(frozen=True)
class Owner:
    """What rows hang on: how its address names it, who may tell them, which kinds there are."""

    name: str
    model: Any
    key: str
    path: str
    rule: Callable[[Any, Any], bool]
    page: str
    home: str
    home_word: Any
    kinds: dict[str, Kind]

    def keys(self, owner: Any) -> dict[str, Any]:
        """Return the part of the address that names an owner."""
        return {self.key: getattr(owner, self.key)}

    def url(self, owner: Any, anchor: str | None = None) -> str:
        """Return the address of an owner's card."""
        return url_for(self.page, **self.keys(owner), _anchor=anchor)


OWNERS = (
    Owner(
        "organisation", Organisation, "slug", "/acteurs/<slug>", keep_record, "actors.show", "actors.index",
        _l("Acteurs"),
        {
            "antennes": UNIT, "permanences": DROP_IN, "missions": MISSION, "equipe": TEAM_ROLE,
            "chiffres": FIGURE,
        },
    ),
    Owner(
        "project", Project, "slug", "/projets/<slug>", keep_project, "actors.project", "actors.projects",
        _l("Projets"), {"roles": PART, "chiffres": FIGURE},
    ),
    Owner(
        "territory", Territory, "code", "/territoires/<code>", edit, "actors.place", "actors.places",
        _l("Territoires"), {"labels": LABEL, "chiffres": FIGURE},
    ),
)  # fmt: skip


def _row_of(kind: Kind, owner: Any, row_id: int) -> Any:
    """Return the row, or answer 404 if it doesn't hang on this owner."""
    row = db.session.get(kind.model, row_id)
    if row is None or operations.owner_of(db.session(), row) is not owner:
        abort(404)
    return row


def _page(
    template: str, about: Owner, owner: Any, part: str, form: Any, *, row: Any = None, code: int = 200
) -> tuple[str, int]:
    session = db.session()
    kind = about.kinds[part]
    page = render_template(
        f"actors/record/{template}.html",
        about=about,
        owner=owner,
        keys=about.keys(owner),
        part=part,
        kind=kind,
        form=form,
        row=row,
        name=operations.name_of(session, row) if row else "",
        card_url=about.url(owner, kind.anchor),
        suggestions=form.suggestions(session) if isinstance(form, RowForm) else {},
        is_unit=kind.model is Unit,
    )
    return page, code


def _back(about: Owner, owner: Any, kind: Kind, said: Any) -> Response:
    flash(str(said), "success")
    return redirect(about.url(owner, kind.anchor), 303)


def _offered(kind: Kind, owner: Any, *, blank: bool) -> Any:
    form = kind.form(formdata=None) if blank else kind.form()
    form.offer(db.session(), owner)
    return form


def _add_pages(about: Owner) -> dict[str, View]:
    def add_page(owner: Any, part: str) -> Answer:
        return _page("edit", about, owner, part, _offered(about.kinds[part], owner, blank=True))

    def add(owner: Any, part: str) -> Answer:
        kind = about.kinds[part]
        form = _offered(kind, owner, blank=False)
        if form.validate():
            try:
                operations.add(db.session(), owner, form.facts(), actor=current_user(), now=clock.now())
            except DomainError as problem:
                form.blame(problem)
            else:
                return _back(about, owner, kind, kind.added)
        return _page("edit", about, owner, part, form, code=422)

    return {"add": add, "add_page": add_page}


def _edit_pages(about: Owner) -> dict[str, View]:
    def edit_page(owner: Any, part: str, row_id: int) -> Answer:
        kind = about.kinds[part]
        row = _row_of(kind, owner, row_id)
        form = _offered(kind, owner, blank=True)
        form.show(facts_of(row))
        return _page("edit", about, owner, part, form, row=row)

    def change(owner: Any, part: str, row_id: int) -> Answer:
        kind = about.kinds[part]
        row, form = _row_of(kind, owner, row_id), _offered(kind, owner, blank=False)
        if form.validate():
            try:
                operations.change(db.session(), row, form.facts(), actor=current_user(), now=clock.now())
            except DomainError as problem:
                form.blame(problem)
            else:
                return _back(about, owner, kind, gettext("C’est à jour."))
        return _page("edit", about, owner, part, form, row=row, code=422)

    return {"edit": change, "edit_page": edit_page}


def _end_pages(about: Owner) -> dict[str, View]:
    def end_page(owner: Any, part: str, row_id: int) -> Answer:
        kind = about.kinds[part]
        if not kind.ends:
            abort(404)
        row = _row_of(kind, owner, row_id)
        return _page("end", about, owner, part, LastDayForm(formdata=None), row=row)

    def end(owner: Any, part: str, row_id: int) -> Answer:
        kind = about.kinds[part]
        if not kind.ends:
            abort(404)
        row, form = _row_of(kind, owner, row_id), LastDayForm()
        if form.validate():
            try:
                operations.end(db.session(), row, form.ends.data, actor=current_user(), now=clock.now())
            except DomainError as problem:
                form.ends.errors = [words(problem)]
            else:
                return _back(about, owner, kind, gettext("La fin est notée."))
        return _page("end", about, owner, part, form, row=row, code=422)

    return {"end": end, "end_page": end_page}


def _withdraw_pages(about: Owner) -> dict[str, View]:
    def withdraw_page(owner: Any, part: str, row_id: int) -> Answer:
        row = _row_of(about.kinds[part], owner, row_id)
        return _page("withdraw", about, owner, part, ReasonForm(formdata=None), row=row)

    def withdraw(owner: Any, part: str, row_id: int) -> Answer:
        kind, form = about.kinds[part], ReasonForm()
        row = _row_of(kind, owner, row_id)
        if form.validate():
            try:
                operations.withdraw(
                    db.session(), row, form.reason.data or "", actor=current_user(), now=clock.now()
                )
            except DomainError as problem:
                form.reason.errors = [words(problem)]
            else:
                said = gettext("C’est retiré ; vous pouvez le remettre depuis la fiche.")
                return _back(about, owner, kind, said)
        return _page("withdraw", about, owner, part, form, row=row, code=422)

    def restore(owner: Any, part: str, row_id: int) -> Answer:
        kind = about.kinds[part]
        row = _row_of(kind, owner, row_id)
        try:
            operations.restore(db.session(), row, actor=current_user(), now=clock.now())
        except DomainError as problem:
            flash(words(problem), "error")
            return redirect(about.url(owner, kind.anchor), 303)
        return _back(about, owner, kind, gettext("C’est remis."))

    return {"withdraw": withdraw, "withdraw_page": withdraw_page, "restore": restore}


# The last words of an address → the functions that answer GET and POST there, and whether it names a row.
GESTURES = (
    ("ajouter", "add_page", "add", False),
    ("modifier", "edit_page", "edit", True),
    ("terminer", "end_page", "end", True),
    ("retirer", "withdraw_page", "withdraw", True),
    ("remettre", None, "restore", True),
)


def _wire(about: Owner) -> None:
    """Add the pages of one owner: `actors.add_organisation_row_page` and so on."""
    pages = {**_add_pages(about), **_edit_pages(about), **_end_pages(about), **_withdraw_pages(about)}
    parts = f"<any({', '.join(about.kinds)}):part>"
    guard = permit(about.rule, about.model, key=about.key)
    for word, shown, done, of_row in GESTURES:
        path = f"{about.path}/{parts}/{'<int:row_id>/' if of_row else ''}{word}"
        if shown:
            endpoint = shown.replace("_page", f"_{about.name}_row_page")
            blueprint.get(path, endpoint=endpoint)(guard(pages[shown]))
        blueprint.post(path, endpoint=f"{done}_{about.name}_row")(guard(pages[done]))


for _owner in OWNERS:
    _wire(_owner)
