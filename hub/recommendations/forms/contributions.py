"""The forms of a contribution."""

from typing import Any

from flask_babel import gettext
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from sqlalchemy.orm import Session
from wtforms import HiddenField, RadioField
from wtforms.validators import DataRequired

from hub.recommendations.forms.fields import (
    NOT_A_CHOICE,
    choice_field,
    choices_field,
    fill_levels,
    fill_organisations,
    fill_theme,
    long_field,
    said_of_choice,
)
from hub.recommendations.models.contributions import BENEFICIARIES, CHANNELS, Channel
from hub.recommendations.queries import calls as call_queries


class ContributionForm(FlaskForm):
    """What an organisation sees and recommends. Nothing is required before it is sent."""

    finding = long_field(_l("Le constat"))
    proposal = long_field(_l("La recommandation"))
    theme = choice_field(_l("Thème"), default="")
    levels = choices_field(_l("À qui s’adresse-t-elle ?"))
    beneficiaries = RadioField(_l("À qui profite-t-elle ?"), default="", **said_of_choice(NOT_A_CHOICE))
    origin = long_field(_l("De quelle réalité de terrain vient ce constat ?"))
    # Which draft the page shows, and the page itself: see operations.contributions.OpenPage.
    shows = HiddenField(default="")
    page = HiddenField(default="")

    def fill(self, session: Session) -> None:
        """Offer the themes and levels there are."""
        fill_theme(self.theme, session)
        fill_levels(self.levels, session)
        self.beneficiaries.choices = [
            *((word.value, gettext(text)) for word, text in BENEFICIARIES.items()),
            ("", gettext("Je ne sais pas")),
        ]


def to_send() -> dict[str, list[Any]]:
    """Return what a contribution needs before it is sent, beyond what a draft does."""
    return {
        "finding": [DataRequired(gettext("Décrivez le constat : ce que vous voyez sur le terrain."))],
        "proposal": [DataRequired(gettext("Écrivez ce que vous recommandez."))],
    }


class EntryForm(ContributionForm):
    """The same, entered by a coordinator in the name of an organisation."""

    organisation = choice_field(_l("Organisation"), DataRequired(_l("Choisissez l’organisation qui parle.")))
    channel = RadioField(
        _l("Comment l’avons-nous reçue ?"),
        default=Channel.PHONE.value,
        **said_of_choice(_l("Dites comment elle nous est parvenue.")),
    )
    campaign = choice_field(_l("Appel"), default="")

    def fill(self, session: Session) -> None:
        """Offer the organisations and calls there are, too."""
        super().fill(session)
        fill_organisations(self.organisation, session)
        self.channel.choices = [
            (word.value, gettext(text))
            for word, text in CHANNELS.items()
            # What stands in a document is taken from that document's own page.
            if word not in {Channel.LINK, Channel.DOCUMENT}
        ]
        self.campaign.choices = [
            ("", gettext("Hors appel")),
            *((row.slug, row.title) for row in session.scalars(call_queries.campaigns())),
        ]
