"""Forms of axes and plan actions."""

from typing import Any

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from sqlalchemy.orm import Session
from wtforms import BooleanField, SelectField, SelectMultipleField, StringField, TextAreaField
from wtforms.validators import DataRequired, InputRequired, Length, Optional

from hub.actors.forms.fields import DayField
from hub.plans.forms.plans import LONGEST, REQUIRED, TOO_LONG, number, offered, one_of
from hub.plans.forms.seen import SeenForm
from hub.plans.models.outline import Progress, Way
from hub.plans.operations.actions import ActionFacts
from hub.plans.operations.axes import AxisFacts
from hub.plans.queries import diagnosis as frames
from hub.plans.queries.offered import Offer
from hub.plans.words import PROGRESSES, WAYS


def entries(session: Session) -> list[tuple[int, str]]:
    """Return the lines of all grids as choices, each with its grid."""
    return [
        (entry.id, f"{entry.label} – {frame.title}")
        for frame in session.scalars(frames.frames()).unique().unique()
        for entry in frame.entries
    ]


class AxisForm(SeenForm):
    """What is said of an axis."""

    title = StringField(_l("Titre de l’axe"), [DataRequired(REQUIRED), Length(max=250, message=TOO_LONG)])
    goal = TextAreaField(_l("But"), [Length(max=LONGEST, message=TOO_LONG)])
    themes = SelectMultipleField(_l("Droits et thèmes"), [Optional()], coerce=int)
    entries = SelectMultipleField(_l("Axes du PCS"), [Optional()], coerce=int)
    correcting = BooleanField(_l("C’est une correction : le sens ne change pas"))

    def offer(self, session: Session) -> None:
        """Fill the lists to choose from."""
        self.themes.choices = offered(session, Offer.THEME)[Offer.THEME]
        self.entries.choices = entries(session)

    def facts(self) -> AxisFacts:
        """Return what the valid form says."""
        return AxisFacts(
            title=self.title.data or "", goal=self.goal.data or "", theme_ids=self.themes.data or [],
            entry_ids=self.entries.data or [],
        )  # fmt: skip


class ActionForm(SeenForm):
    """What is said of a plan action."""

    axis_id = SelectField(_l("Axe"), [DataRequired(REQUIRED)], coerce=number)
    title = StringField(_l("Titre de l’action"), [DataRequired(REQUIRED), Length(max=250, message=TOO_LONG)])
    detail = TextAreaField(_l("En quoi elle consiste"), [Length(max=LONGEST, message=TOO_LONG)])
    way = SelectField(_l("Ce qu’elle travaille"), [DataRequired(REQUIRED)], coerce=Way, default=Way.BOTH)
    starts_on = DayField(_l("Du"), [Optional()])
    ends_on = DayField(_l("Au"), [Optional()])
    leads = SelectMultipleField(_l("Qui la porte"), [Optional()], coerce=int)
    partners = SelectMultipleField(_l("Avec qui"), [Optional()], coerce=int)
    spaces = SelectMultipleField(_l("Espaces qui la font avancer"), [Optional()], coerce=int)
    territories = SelectMultipleField(_l("Où"), [Optional()], coerce=int)
    themes = SelectMultipleField(_l("Droits et thèmes"), [Optional()], coerce=int)
    entries = SelectMultipleField(_l("Axes du PCS"), [Optional()], coerce=int)
    correcting = BooleanField(_l("C’est une correction : le sens ne change pas"))

    def offer(self, session: Session, axes: list[tuple[int, str]]) -> None:
        """Fill the lists to choose from."""
        self.axis_id.choices = axes
        self.way.choices = one_of(WAYS)
        lists = offered(session, *Offer)
        self.leads.choices = self.partners.choices = lists[Offer.ORGANISATION]
        self.spaces.choices, self.territories.choices = lists[Offer.SPACE], lists[Offer.TERRITORY]
        self.themes.choices = lists[Offer.THEME]
        self.entries.choices = entries(session)

    def facts(self) -> ActionFacts:
        """Return what the valid form says."""
        return ActionFacts(
            axis_id=self.axis_id.data or 0, title=self.title.data or "", detail=self.detail.data or "",
            way=self.way.data, starts_on=self.starts_on.data, ends_on=self.ends_on.data,
            lead_ids=self.leads.data or [], partner_ids=self.partners.data or [],
            space_ids=self.spaces.data or [], territory_ids=self.territories.data or [],
            theme_ids=self.themes.data or [], entry_ids=self.entries.data or [],
        )  # fmt: skip


class ProgressForm(FlaskForm):
    """How far a plan action is."""

    state = SelectField(_l("Où elle en est"), [DataRequired(REQUIRED)], coerce=Progress)
    since_on = DayField(_l("Depuis le"), [InputRequired(REQUIRED)])
    reason = StringField(_l("Pourquoi, si elle est abandonnée"), [Length(max=500, message=TOO_LONG)])

    def offer(self) -> None:
        """Fill the list to choose from."""
        self.state.choices = one_of(PROGRESSES)


class TieForm(FlaskForm):
    """The action of a space that puts a plan action into practice, or the other way round."""

    chosen = SelectField(_l("Action"), [DataRequired(REQUIRED)], coerce=number)

    def offer(self, rows: Any, word: Any) -> None:
        """Fill the list to choose from."""
        self.chosen.choices = [("", word), *rows]
