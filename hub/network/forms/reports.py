"""The form of a report."""

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms.validators import InputRequired

from hub.actors.forms.fields import DayField

DAY = _l("Donnez une date, par exemple 31/12/2025.")


class ReportForm(FlaskForm):
    """On which day, and compared with which."""

    day = DayField(_l("État du réseau au"), validators=[InputRequired(message=DAY)])
    since = DayField(_l("Comparé au"), validators=[InputRequired(message=DAY)])
