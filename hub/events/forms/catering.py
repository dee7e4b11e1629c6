"""What the coordination says to the caterer's page."""

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import TextAreaField
from wtforms.validators import Length, Optional


class DietsForm(FlaskForm):
    """The neutral list of diets, one a line."""

    diets = TextAreaField(_l("Régimes proposés"), [Optional(), Length(max=4000)])

    def labels(self) -> tuple[str, ...]:
        """Return the lines; call it once validated."""
        return tuple((self.diets.data or "").splitlines())
