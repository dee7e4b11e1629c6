"""The forms of a testimony."""

from typing import Any

from flask_babel import gettext
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from sqlalchemy.orm import Session
from wtforms import BooleanField, DateField, HiddenField, RadioField
from wtforms.validators import DataRequired, Optional

from hub.recommendations.forms.fields import (
    NOT_A_CHOICE,
    NOT_A_DATE,
    choice_field,
    fill_organisations,
    line_field,
    long_field,
    said,
    said_of_choice,
)
from hub.recommendations.models.testimonies import CONSENT_FORMS, Testimony


class TestimonyForm(FlaskForm):
    """What somebody told, and what they agreed to."""

    organisation = choice_field(
        _l("Organisation"), DataRequired(_l("Choisissez l’organisation qui l’a recueilli."))
    )
    text = long_field(_l("Ce que la personne a raconté"))
    pseudonym = line_field(_l("Prénom d’emprunt"), 80)
    is_pseudonym = BooleanField(_l("Ce n’est pas le vrai prénom de la personne."))
    consent_form = RadioField(
        _l("Comment a-t-elle donné son accord ?"), default="", **said_of_choice(NOT_A_CHOICE)
    )
    consented_on = DateField(_l("Quel jour ?"), **said(NOT_A_DATE), validators=[Optional()])
    consent_note = line_field(_l("Où en est la trace ?"), 300)
    may_print = BooleanField(_l("Elle accepte que ce témoignage soit imprimé dans un mémorandum."))
    may_post = BooleanField(_l("Elle accepte qu’il soit lu sur une page publique."))
    # Which words were read once more, and which row the page showed.
    reread = BooleanField(_l("J’ai relu : rien n’y permet de reconnaître quelqu’un."))
    seen = HiddenField(default="")

    def fill(self, session: Session, row: Testimony | None = None) -> None:
        """Offer the organisations there are, and the one that gathered it."""
        fill_organisations(self.organisation, session)
        known: Any = self.organisation.choices
        if row is not None and row.organisation.slug not in dict(known):
            self.organisation.choices = [*known, (row.organisation.slug, row.organisation.name)]
        self.consent_form.choices = [
            *((word.value, gettext(text)) for word, text in CONSENT_FORMS.items()),
            ("", gettext("Pas encore donné")),
        ]


class CheckForm(FlaskForm):
    """That somebody read it once more."""

    reread = BooleanField(
        _l("J’ai relu : rien n’y permet de reconnaître quelqu’un."),
        validators=[DataRequired(_l("Relisez le témoignage, puis cochez cette case."))],
    )
    seen = HiddenField(default="")


class TieForm(FlaskForm):
    """What it shows: the code of a recommendation, or the number of a contribution."""

    thing = line_field(
        _l("Recommandation ou contribution"), 20, DataRequired(_l("Écrivez un code ou un numéro."))
    )
