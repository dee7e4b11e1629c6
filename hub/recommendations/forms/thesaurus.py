"""The form of a group of terms."""

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm

from hub.recommendations.forms.fields import long_field


class TermsForm(FlaskForm):
    """Terms that mean the same, one a line."""

    terms = long_field(_l("Termes, un par ligne"))
