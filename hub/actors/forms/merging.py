"""Forms about records that may be the same actor."""

from flask_babel import gettext
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from sqlalchemy import select
from sqlalchemy.orm import Session
from wtforms import IntegerField, SelectField, SelectMultipleField, StringField
from wtforms.validators import DataRequired, InputRequired, Length

from hub.actors.forms.fields import options
from hub.actors.models.organisations import Organisation

TOO_LONG = _l("Ce texte est trop long (%(max)d signes au plus).")


class OtherForm(FlaskForm):
    """Choose the record that is the same actor."""

    other = SelectField(
        _l("L’autre fiche"), validators=[DataRequired(message=_l("Choisissez l’autre fiche."))]
    )

    def offer(self, session: Session, organisation: Organisation) -> None:
        """Fill the list with the other records."""
        rows = session.execute(
            select(Organisation.slug, Organisation.name, Organisation.acronym)
            .where(Organisation.id != organisation.id, Organisation.merged_into_id.is_(None))
            .order_by(Organisation.search_text)
        )
        self.other.choices = options(
            [
                ("", gettext("Choisir…")),
                *((row.slug, f"{row.name} ({row.acronym})" if row.acronym else row.name) for row in rows),
            ]
        )


class MergeForm(FlaskForm):
    """Say in what the record that goes is right, and why the two are one."""

    take = SelectMultipleField(_l("Reprendre de l’autre fiche"))
    reason = StringField(
        _l("Comment le savez-vous ?"),
        description=_l("Par exemple « même association, nouveau nom depuis 2024 ». Reste dans l’historique."),
        validators=[Length(max=300, message=TOO_LONG)],
    )


class PairForm(FlaskForm):
    """Two records that are two actors."""

    first = IntegerField(validators=[InputRequired()])
    second = IntegerField(validators=[InputRequired()])
