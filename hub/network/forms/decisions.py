"""What is decided of somebody proposed."""

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import HiddenField, IntegerField, TextAreaField
from wtforms.validators import InputRequired, Length

from hub.network.operations.invitations import LONGEST_REASON

TOO_LONG = _l("Ce texte est trop long : %(max)d signes au plus.")


class DecisionForm(FlaskForm):
    """A decision about an actor: which, why, and what the page showed before. An empty one takes it back."""

    organisation = IntegerField(validators=[InputRequired()])
    decision = HiddenField()
    reason = TextAreaField(_l("Pourquoi ?"), validators=[Length(max=LONGEST_REASON, message=TOO_LONG)])
    seen = IntegerField(default=0)
