"""Forms of imports."""

from typing import Any

from flask_babel import gettext
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from flask_wtf.file import FileField, FileRequired
from sqlalchemy import select
from sqlalchemy.orm import Session
from wtforms import RadioField, SelectField
from wtforms.validators import Optional

from hub.actors.forms.fields import options
from hub.actors.models.imports import ImportBatch, ImportKind
from hub.actors.models.reference import OrganisationKind
from hub.actors.models.relations import RelationKind
from hub.actors.values import columns

KINDS = {
    ImportKind.ORGANISATIONS: _l("Des acteurs"),
    ImportKind.RELATIONS: _l("Des relations entre acteurs déjà inscrits"),
}
NO_COLUMN = -1


class UploadForm(FlaskForm):
    """A file, and what it holds."""

    kind = RadioField(
        _l("Que contient ce fichier ?"),
        choices=options((kind.value, text) for kind, text in KINDS.items()),
        default=ImportKind.ORGANISATIONS.value,
    )
    file = FileField(
        _l("Fichier"),
        description=_l(
            "CSV ou Excel (.xlsx), une ligne par acteur ou par relation, 5 Mo et 10 000 lignes au plus. "
            "Ou un réseau entier, acteurs et relations, qui se reconnaît de lui-même : un export de "
            "Maillage, GEXF, GraphML, Kumu, Gephi ou JSON, 24 Mo au plus."
        ),
        validators=[FileRequired(message=_l("Choisissez un fichier."))],
    )


class MappingForm(FlaskForm):
    """Which column holds what; made for one import by `mapping_form`."""

    default_kind = SelectField(
        _l("Type d’acteur, là où le fichier ne le dit pas"),
        coerce=lambda value: int(value) if value else None,
        validators=[Optional()],
    )

    def mapping(self, batch: ImportBatch) -> dict[str, int]:
        """Return field → place of its column."""
        chosen = {field: self[f"field_{field}"].data for field in columns.FIELDS[batch.kind]}
        return {field: place for field, place in chosen.items() if place is not None and place != NO_COLUMN}


class DefaultsForm(FlaskForm):
    """What stands for a missing kind in the file of a network."""

    default_kind = SelectField(
        _l("Type d’acteur, là où le fichier ne le dit pas"),
        coerce=lambda value: int(value) if value else None,
        validators=[Optional()],
    )
    relation_kind = SelectField(
        _l("Type de relation, là où le fichier ne le dit pas"),
        coerce=lambda value: int(value) if value else None,
        validators=[Optional()],
    )


def defaults_form(session: Session, batch: ImportBatch, **settings: Any) -> DefaultsForm:
    """Make the form for the import of a network, filled with what is known."""
    form = DefaultsForm(**settings)
    none = ("", gettext("Aucun : le signaler comme une erreur"))
    kinds: tuple[tuple[Any, Any], ...] = (
        (form.default_kind, OrganisationKind),
        (form.relation_kind, RelationKind),
    )
    for field, model in kinds:
        rows = session.scalars(select(model).order_by(model.position, model.id))
        field.choices = options([none, *((row.id, row.label) for row in rows)])
    if not form.is_submitted():
        form.default_kind.data = batch.default_kind_id
        form.relation_kind.data = (batch.network or {}).get("relation_kind_id")
    return form


def mapping_form(session: Session, batch: ImportBatch, **settings: Any) -> MappingForm:
    """Make the form for an import's own fields and columns, filled with what is known."""
    places = [
        (place, name or gettext("Colonne %(number)d", number=place + 1))
        for place, name in enumerate(batch.header)
    ]
    made: dict[str, Any] = {}
    for field, about in columns.FIELDS[batch.kind].items():
        made[f"field_{field}"] = SelectField(
            gettext(about.label),
            coerce=int,
            choices=options([(NO_COLUMN, gettext("Aucune colonne")), *places]),
            default=batch.mapping.get(field, NO_COLUMN),
        )
    form: MappingForm = type("MappingFormOfImport", (MappingForm,), made)(**settings)
    if batch.kind == ImportKind.RELATIONS:
        del form.default_kind
        return form
    kinds = session.scalars(select(OrganisationKind).order_by(OrganisationKind.position, OrganisationKind.id))
    form.default_kind.choices = options(
        [
            ("", gettext("Aucun : le signaler comme une erreur")),
            *((kind.id, kind.label) for kind in kinds),
        ]
    )
    if not form.is_submitted():
        form.default_kind.data = batch.default_kind_id
    return form
