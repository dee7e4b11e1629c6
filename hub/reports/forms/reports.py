"""The forms of reports and of their parts."""

from typing import Any

from flask_babel import gettext
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from sqlalchemy.orm import Session
from wtforms import HiddenField, IntegerField, SelectField, StringField, TextAreaField
from wtforms.validators import DataRequired, InputRequired, Length, NumberRange
from wtforms.widgets import HiddenInput

from hub.actors.forms.fields import DayField
from hub.reports.models.reports import PlenaryReport
from hub.reports.operations.drafting import ReportFacts
from hub.reports.operations.editing import LONGEST_TEXT
from hub.reports.queries import reports as queries

DAY = _l("Donnez une date, par exemple 31/12/2025.")
TOO_LONG = _l("Ce texte est trop long : %(max)d signes au plus.")
NOT_A_CHOICE: dict[str, Any] = {"invalid_choice_message": _l("Choisissez dans la liste.")}
TIMES = _l("Un nombre de 1 à 12.")
NONE = 0


def tidy(value: Any) -> Any:
    """Strip a text."""
    return value.strip() if isinstance(value, str) else value


class ReportForm(FlaskForm):
    """What a report is about."""

    title = StringField(
        _l("Titre"), filters=[tidy],
        validators=[DataRequired(_l("Donnez un titre au rapport.")), Length(max=200, message=TOO_LONG)],
    )  # fmt: skip
    subtitle = StringField(_l("Sous-titre"), filters=[tidy], validators=[Length(max=250, message=TOO_LONG)])
    first = DayField(_l("Premier jour"), validators=[InputRequired(message=DAY)])
    last = DayField(_l("Dernier jour"), validators=[InputRequired(message=DAY)])
    territory = SelectField(_l("Un territoire"), coerce=int, default=NONE, **NOT_A_CHOICE)
    space = SelectField(_l("Un espace"), coerce=int, default=NONE, **NOT_A_CHOICE)
    plan = SelectField(_l("Un plan"), coerce=int, default=NONE, **NOT_A_CHOICE)
    absent_after = IntegerField(
        _l("Dire qu’une organisation ne vient plus après"),
        default=3,
        validators=[InputRequired(message=TIMES), NumberRange(1, 12, message=TIMES)],
    )

    def offer(self, session: Session) -> None:
        """Fill the lists to choose from."""
        places = sorted(
            session.scalars(queries.territories()), key=lambda row: queries.TERRITORIES.index(row.kind)
        )
        self.territory.choices = [(NONE, gettext("Tout le territoire"))] + [
            (row.id, row.name) for row in places
        ]
        self.space.choices = [(NONE, gettext("Tous les espaces"))] + [
            (row.id, row.name) for row in session.scalars(queries.spaces())
        ]
        self.plan.choices = [(NONE, gettext("Aucun en particulier"))] + [
            (row.id, row.title) for row in session.scalars(queries.plans())
        ]

    def fill(self, report: PlenaryReport) -> None:
        """Show what a report is about."""
        self.title.data, self.subtitle.data = report.title, report.subtitle
        self.first.data, self.last.data = report.first_on, report.last_on
        self.territory.data, self.space.data = report.territory_id or NONE, report.space_id or NONE
        self.plan.data, self.absent_after.data = report.plan_id or NONE, report.absent_after

    def facts(self) -> ReportFacts:
        """Return what was typed. Raises ValueError before it is valid."""
        if self.first.data is None or self.last.data is None:
            raise ValueError("not valid")
        return ReportFacts(
            title=self.title.data or "",
            subtitle=self.subtitle.data or "",
            first_on=self.first.data,
            last_on=self.last.data,
            territory_id=self.territory.data or None,
            space_id=self.space.data or None,
            plan_id=self.plan.data or None,
            absent_after=self.absent_after.data or 3,
        )


class PartForm(FlaskForm):
    """The words of a part; `page` and `version` say which page wrote and what it had been shown."""

    title = StringField(
        _l("Titre de la partie"), filters=[tidy],
        validators=[DataRequired(_l("Donnez un titre à la partie.")), Length(max=200, message=TOO_LONG)],
    )  # fmt: skip
    text = TextAreaField(_l("Texte"), filters=[tidy], validators=[Length(max=LONGEST_TEXT, message=TOO_LONG)])
    page = HiddenField(filters=[lambda value: (value or "")[:40]])
    version = IntegerField(default=0, widget=HiddenInput())


class NewPartForm(FlaskForm):
    """The title of a part to add."""

    title = StringField(
        _l("Titre de la partie"), filters=[tidy],
        validators=[DataRequired(_l("Donnez un titre à la partie.")), Length(max=200, message=TOO_LONG)],
    )  # fmt: skip
