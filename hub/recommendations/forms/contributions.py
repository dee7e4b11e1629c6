"""The forms of a contribution."""

import secrets
from collections.abc import Iterable, Sequence
from typing import Any, ClassVar, TypeVar

from flask_babel import gettext
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from sqlalchemy.orm import Session
from wtforms import HiddenField, RadioField
from wtforms.validators import DataRequired

from hub.actors.models.reference import Level
from hub.events.forms.questions import fields_of, needed_of, read
from hub.events.values.answers import field_of, must_answer
from hub.recommendations.forms.fields import (
    NOT_A_CHOICE,
    choice_field,
    choices_field,
    fill_organisations,
    fill_theme,
    long_field,
    said_of_choice,
)
from hub.recommendations.models.calls import CampaignQuestion
from hub.recommendations.models.contributions import BENEFICIARIES, CHANNELS, Channel
from hub.recommendations.queries import calls as call_queries
from hub.recommendations.queries import choices


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
    # The call's own questions, whose fields `asking` adds.
    questions: ClassVar[Sequence[CampaignQuestion]] = ()
    known_levels: Sequence[Level] = ()

    def answers(self) -> dict[int, Any]:
        """Return question number → what was answered, as operations take it."""
        return dict(read(self, self.questions))

    def fill(self, session: Session) -> None:
        """Offer the themes and levels there are."""
        fill_theme(self.theme, session)
        self.known_levels = session.scalars(choices.levels()).all()
        self.levels.choices = [(row.code, row.label) for row in self.known_levels]
        self.beneficiaries.choices = [
            *((word.value, gettext(text)) for word, text in BENEFICIARIES.items()),
            ("", gettext("Je ne sais pas")),
        ]


Kind = TypeVar("Kind", bound=ContributionForm)


def asking(form: type[Kind], questions: Iterable[CampaignQuestion]) -> type[Kind]:
    """Return that form with a field for each of a call's own questions; none is required before sending."""
    rows = tuple(questions)
    return type(form.__name__, (form,), {**fields_of(rows, insists=False), "questions": rows})


def to_send(questions: Iterable[CampaignQuestion] = ()) -> dict[str, list[Any]]:
    """Return what a contribution needs before it is sent, beyond what a draft does."""
    return {
        "finding": [DataRequired(gettext("Décrivez le constat : ce que vous voyez sur le terrain."))],
        "proposal": [DataRequired(gettext("Écrivez ce que vous recommandez."))],
        **{field_of(row): needed_of(row) for row in questions if must_answer(row)},
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
    asked = HiddenField(default="")  # the call whose own questions the page shows
    page = HiddenField(default=lambda: secrets.token_urlsafe(12))  # the open page's own number

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
