"""Until when what people told of themselves is kept."""

from collections.abc import Iterable

from flask_babel import gettext
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import BooleanField, EmailField, StringField
from wtforms.validators import InputRequired, Length, NumberRange

from hub.events.forms.fields import NOT_A_NUMBER, Number
from hub.events.forms.groups import ReplaceForm
from hub.events.forms.questions import one_line
from hub.events.models.retention import Kept
from hub.events.operations.forgetting import USUAL
from hub.events.operations.retention import Rule


class RetentionForm(FlaskForm):
    """Days after the day's end, one field for each rule (`days_needs`, `days_identity`, …)."""

    def prepare(self, rules: Iterable[Rule]) -> None:
        """Show the days as they stand, unless others were typed."""
        for rule in rules:
            field = self.field(rule.kept)
            if not self.is_submitted():
                field.data = rule.days

    def field(self, kept: Kept) -> Number:
        """Return the field of one rule."""
        found: Number = self[f"days_{kept.value}"]
        return found

    def days(self) -> dict[Kept, int]:
        """Return what was typed; call it once validated."""
        return {kept: self.field(kept).data or 0 for kept in Kept}


class _Bounded:
    """Asks for 0 to the most days of a rule."""

    def __init__(self, most: int) -> None:
        self.most = most

    def __call__(self, form: FlaskForm, field: Number) -> None:
        """Refuse what is out of bounds, naming them."""
        NumberRange(min=0, max=self.most, message=gettext("Entre 0 et %(most)s jours.", most=self.most))(
            form, field
        )


for _kept, (_usual, _most) in USUAL.items():
    setattr(
        RetentionForm,
        f"days_{_kept.value}",
        Number("", [InputRequired(message=NOT_A_NUMBER), _Bounded(_most)]),
    )


class EraseForm(FlaskForm):
    """Asking to be forgotten."""

    certificates = BooleanField(_l("Effacer aussi mon nom des attestations"))


class CorrectForm(ReplaceForm):
    """A name and an address, put right."""

    name = StringField(
        _l("Prénom et nom"),
        [
            InputRequired(message=_l("Écrivez le prénom et le nom.")),
            Length(max=120, message=_l("Restez sous 120 signes.")),
        ],
        filters=[one_line],
    )
    email = EmailField(_l("Adresse mail"))
