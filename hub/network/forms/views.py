"""The form of a saved view."""

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import BooleanField, StringField
from wtforms.validators import DataRequired, Length


class SavedViewForm(FlaskForm):
    """Its name, whether everybody may open it, and whether it follows the present."""

    name = StringField(
        _l("Nom de la vue"),
        [DataRequired(_l("Donnez un nom à cette vue.")), Length(max=120, message=_l("120 signes au plus."))],
    )
    shared = BooleanField(_l("Tout le monde peut ouvrir cette vue avec son adresse"))


class NewViewForm(SavedViewForm):
    """A view that is saved now."""

    keep_date = BooleanField(_l("Garder la date montrée, au lieu de suivre le présent"))
