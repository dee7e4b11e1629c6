"""The form by which a recommendation is brought from one state into another."""

from collections.abc import Collection

from flask_babel import gettext
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import HiddenField, RadioField, TextAreaField
from wtforms.validators import Length

from hub.core import i18n
from hub.events.models.days import Event
from hub.recommendations.forms.fields import NOT_A_CHOICE, TOO_LONG, choice_field, said_of_choice, tidy
from hub.recommendations.models.recommendations import OUTCOMES
from hub.spaces.models.decisions import Decision
from hub.spaces.models.meetings import Meeting
from hub.spaces.models.spaces import Space

SHOWN = 90  # signs of a decision's text


class StepForm(FlaskForm):
    """What came of it, why, to which space, and where it was decided.

    `place` is `m` and the number of a meeting, or `e` and the number of a day.
    """

    outcome = RadioField(_l("Ce qui est obtenu"), default="", **said_of_choice(NOT_A_CHOICE))
    reason = TextAreaField(_l("Raison"), filters=[tidy], validators=[Length(max=2000, message=TOO_LONG)])
    space = choice_field(_l("Espace qui y travaille"), default="")
    place = choice_field(_l("Où cela a été décidé"), default="")
    decision = choice_field(_l("Décision prise à cette réunion"), default="")
    # In which state the page showed it.
    seen = HiddenField(default="")

    def fill(
        self,
        spaces: Collection[Space],
        meetings: Collection[Meeting],
        days: Collection[Event],
        decisions: Collection[Decision],
    ) -> None:
        """Offer spaces, recent meetings and days, their decisions, and none."""
        none = ("", gettext("Ne pas le dire"))
        self.outcome.choices = [*_outcomes(), ("", gettext("Pas encore connu"))]
        self.space.choices = [("", gettext("Choisir…")), *((str(row.id), row.name) for row in spaces)]
        self.place.choices = {
            "": [none],
            gettext("Journées du réseau"): [
                (f"e{row.id}", f"{i18n.format_date(row.starts_at)} · {row.title}") for row in days
            ],
            gettext("Réunions des espaces"): [
                (f"m{row.id}", f"{i18n.format_date(row.starts_at)} · {row.space.name} · {row.title}")
                for row in meetings
            ],
        }
        self.decision.choices = [
            none,
            *((str(row.id), f"{row.code} · {row.space.name} · {_short(row.text)}") for row in decisions),
        ]

    def insist_on_outcome(self) -> None:
        """Offer no way to say nothing of what came of it."""
        self.outcome.choices = _outcomes()


def _outcomes() -> list[tuple[str, str]]:
    return [(word.value, gettext(text)) for word, text in OUTCOMES.items()]


def _short(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= SHOWN else line[:SHOWN].rsplit(" ", 1)[0] + "…"
