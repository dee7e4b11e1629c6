"""The forms of a recommendation."""

from flask_babel import gettext
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from sqlalchemy.orm import Session
from wtforms import HiddenField, RadioField, TextAreaField
from wtforms.validators import DataRequired, Length

from hub.actors.models.reference import Level
from hub.plans.words import WAYS
from hub.recommendations.forms.fields import (
    NOT_A_CHOICE,
    TOO_LONG,
    choice_field,
    choices_field,
    fill_authorities,
    fill_territories,
    line_field,
    long_field,
    offer_rights,
    offer_themes,
    said_of_choice,
    tidy,
)
from hub.recommendations.models.contributions import BENEFICIARIES
from hub.recommendations.models.recommendations import LONGEST_SHORT, SCOPES
from hub.recommendations.models.versions import WEIGHTS
from hub.recommendations.queries import choices

TOO_LONG_SHORT = _l("Cette version courte est trop longue : %(max)d signes au plus.")


class RecommendationForm(FlaskForm):
    """What a recommendation says."""

    title = line_field(_l("Titre"), 250, DataRequired(_l("Donnez un titre à la recommandation.")))
    finding = long_field(_l("Constat"))
    text = long_field(_l("Recommandation"))
    justification = long_field(_l("Justification"))
    indicator = long_field(_l("Indicateur"))
    short_text = TextAreaField(
        _l("Version courte"), filters=[tidy], validators=[Length(max=LONGEST_SHORT, message=TOO_LONG_SHORT)]
    )
    plain_text = long_field(_l("En français facile"))
    theme = choice_field(_l("Thème"), default="")
    right = choice_field(_l("Droit fondamental"), default="")
    levels = choices_field(_l("Niveaux de pouvoir"))
    authorities = choices_field(_l("Pouvoirs publics nommés"))
    beneficiaries = RadioField(
        _l("À qui profite-t-elle ?"), default="everyone", **said_of_choice(NOT_A_CHOICE)
    )
    way = choice_field(_l("Ce qu’elle travaille"), default="")
    scope = choice_field(_l("Portée du constat"), default="")
    territory = choice_field(_l("Territoire"), default="")
    weight = RadioField(_l("Ce changement est"), default="minor", **said_of_choice(NOT_A_CHOICE))
    note = line_field(_l("Ce qui change et pourquoi"), 500)
    short_most = LONGEST_SHORT
    # Known once the form is filled: the levels there are, and what each is competent for.
    level_rows: list[Level]
    competences: dict[str, str]
    # When the text that the page shows was written: two people never overwrite each other unseen.
    # Why it is taken up, for whoever sent the contributions it is made of.
    told = TextAreaField(
        _l("Un mot à qui l’a envoyée"), filters=[tidy], validators=[Length(max=2000, message=TOO_LONG)]
    )
    seen = HiddenField(default="")

    def fill(self, session: Session) -> None:
        """Offer what there is to choose from, once."""
        if self.theme.choices is not None:
            return
        themes = list(session.scalars(choices.themes()))
        levels = list(session.scalars(choices.levels()))
        offer_themes(self.theme, themes)
        offer_rights(self.right, themes)
        self.level_rows = levels
        self.levels.choices = [(row.code, row.label) for row in levels]
        self.competences = {row.code: row.competences for row in levels}
        fill_authorities(self.authorities, session)
        fill_territories(self.territory, session)
        unsaid = ("", gettext("Pas encore dit"))
        self.way.choices = [unsaid, *((word.value, str(text)) for word, text in WAYS.items())]
        self.scope.choices = [unsaid, *((word.value, gettext(text)) for word, text in SCOPES.items())]
        self.beneficiaries.choices = [(word.value, gettext(text)) for word, text in BENEFICIARIES.items()]
        self.weight.choices = [(word.value, gettext(text)) for word, text in WEIGHTS.items()]


class ReasonForm(FlaskForm):
    """Why something is decided."""

    reason = TextAreaField(_l("Raison"), filters=[tidy], validators=[Length(max=2000, message=TOO_LONG)])
