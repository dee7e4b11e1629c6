"""The forms of what recommendations become: merged, split, taken over, tied to another."""

from typing import Any

from flask_babel import gettext
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import FieldList, Form, FormField, HiddenField, RadioField, SelectField, TextAreaField
from wtforms.validators import DataRequired, Length

from hub.core import i18n
from hub.recommendations.forms.fields import (
    NOT_A_CHOICE,
    TOO_LONG,
    choice_field,
    line_field,
    long_field,
    said_of_choice,
    tidy,
)
from hub.recommendations.forms.recommendations import RecommendationForm
from hub.recommendations.models.lineage import DERIVATION_KINDS, DerivationKind
from hub.recommendations.models.recommendations import Recommendation
from hub.spaces.models.meetings import Meeting

MOST_PARTS = 12
MEETING = _l("Décidé dans quelle réunion ?")
WHY = _l("Pourquoi")


def _why_field() -> TextAreaField:
    return TextAreaField(WHY, filters=[tidy], validators=[Length(max=2000, message=TOO_LONG)])


def fill_meetings(field: SelectField, meetings: list[Meeting]) -> None:
    """Offer meetings, and none."""
    field.choices = [
        ("", gettext("Aucune réunion")),
        *(
            (str(row.id), f"{i18n.format_date(row.starts_at)} · {row.space.name} · {row.title}")
            for row in meetings
        ),
    ]


class DerivedForm(RecommendationForm):
    """What a recommendation says that takes over an earlier one, and where that was decided."""

    meeting = choice_field(MEETING, default="")
    why = _why_field()


class MergeForm(DerivedForm):
    """What the joined recommendation says, and which address it has."""

    into = RadioField(_l("Sous quelle adresse ?"), default="", **said_of_choice(NOT_A_CHOICE))

    def offer(self, rows: list[Recommendation]) -> None:
        """Offer a new recommendation, or one of those that are merged."""
        self.into.choices = [
            ("", gettext("Une nouvelle recommandation")),
            *((row.code, f"{row.code} · {row.title}") for row in rows),
        ]


class PartForm(Form):
    """One part of what is split."""

    title = line_field(_l("Titre"), 250)
    text = long_field(_l("Recommandation"))


class SplitForm(FlaskForm):
    """The parts into which a recommendation is split, and where that was decided.

    `seen` is the version of the whole that the page showed.
    """

    seen = HiddenField(default="")
    parts = FieldList(FormField(PartForm), min_entries=2, max_entries=MOST_PARTS)
    meeting = choice_field(MEETING, default="")
    why = _why_field()

    def written(self) -> list[dict[str, Any]]:
        """Return the parts in which something is written."""
        return [part for part in self.parts.data if part["title"] or part["text"]]


class RelateForm(FlaskForm):
    """To which other recommendation one is tied, how, and where that was decided."""

    code = RadioField(
        _l("Recommandation"),
        validators=[DataRequired(_l("Choisissez une recommandation."))],
        validate_choice=False,
    )
    kind = RadioField(_l("Comment en vient-elle ?"), default="taken_over", **said_of_choice(NOT_A_CHOICE))
    meeting = choice_field(MEETING, default="")
    why = _why_field()

    def fill(self, rows: list[Recommendation]) -> None:
        """Offer what was found, and the two ways."""
        self.code.choices = [(row.code, f"{row.code} · {row.title}") for row in rows]
        self.kind.choices = [
            (kind.value, gettext(DERIVATION_KINDS[kind]))
            for kind in (DerivationKind.TAKEN_OVER, DerivationKind.INSPIRATION)
        ]
