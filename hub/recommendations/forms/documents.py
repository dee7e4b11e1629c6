"""The forms of a document of others, and of a demand taken from it."""

from typing import Any

from flask_babel import gettext
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from flask_wtf.file import FileField, FileRequired
from sqlalchemy.orm import Session
from wtforms import HiddenField, IntegerField
from wtforms.validators import DataRequired, NumberRange, Optional, Regexp

from hub.recommendations.forms.contributions import ContributionForm
from hub.recommendations.forms.fields import (
    choice_field,
    fill_organisations,
    line_field,
    long_field,
    said,
)
from hub.recommendations.models.documents import DOCUMENT_KINDS, DocumentKind, SourceDocument

NOT_A_YEAR = _l("Écrivez une année entre 1950 et 2100.")
LONGEST_KEY = 40
FIGURES = 6


class DocumentForm(FlaskForm):
    """What is said of a document."""

    title = line_field(_l("Titre"), 250, DataRequired(_l("Donnez le titre du document.")))
    organisation = choice_field(
        _l("Organisation"), DataRequired(_l("Choisissez l’organisation qui le publie."))
    )
    kind = choice_field(_l("Genre"), default=DocumentKind.MEMORANDUM.value)
    year = IntegerField(
        _l("Année"),
        **said(NOT_A_YEAR),
        validators=[Optional(), NumberRange(1950, 2100, message=NOT_A_YEAR)],
    )
    url = line_field(
        _l("Adresse web"), 1000, Optional(),
        Regexp(r"^https?://\S+$", message=_l("Une adresse web commence par https:// et n’a pas d’espace.")),
    )  # fmt: skip
    note = long_field(_l("Note"))
    # When what the page shows was written: two people never overwrite each other unseen.
    seen = HiddenField(default="")

    def fill(self, session: Session, row: SourceDocument | None = None) -> None:
        """Offer the organisations there are, and the one that the document has."""
        fill_organisations(self.organisation, session)
        self.kind.choices = [(word.value, gettext(text)) for word, text in DOCUMENT_KINDS.items()]
        known: Any = self.organisation.choices
        if row is not None and row.organisation.slug not in dict(known):
            self.organisation.choices = [*known, (row.organisation.slug, row.organisation.name)]


class ItemForm(ContributionForm):
    """A demand as it stands in a document."""

    source_page = line_field(_l("Page"), 20)
    quote = long_field(_l("Citation"))
    # What the open page calls this gesture: sending it twice makes one demand.
    key = HiddenField(default="")
    # The page of the file beside which the form stands, and the quotation that wasn't found there.
    reading = HiddenField(default="")
    doubted = HiddenField(default="")

    @property
    def place(self) -> int | None:
        """Return the number of the page of the file beside which the form stands, None for none."""
        told = self.reading.data or ""
        return int(told) if told.isdecimal() and len(told) <= FIGURES else None


class FileForm(FlaskForm):
    """The PDF of a document."""

    file = FileField(_l("Fichier PDF"), validators=[FileRequired(message=_l("Choisissez un fichier."))])


class BatchForm(FlaskForm):
    """A table of demands."""

    file = FileField(_l("Tableau"), validators=[FileRequired(message=_l("Choisissez un fichier."))])
