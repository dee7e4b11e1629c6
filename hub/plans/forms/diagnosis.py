"""Forms of the diagnosis, of indicators and of the grids that plans are read against."""

from typing import Any

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from sqlalchemy.orm import Session
from wtforms import SelectField, SelectMultipleField, StringField, TextAreaField
from wtforms.validators import DataRequired, InputRequired, Length, Optional

from hub.actors.forms.fields import DayField, FactField
from hub.core.errors import N_, DomainError
from hub.plans.forms.plans import LONGEST, REQUIRED, TOO_LONG, number, offered, one_of, told
from hub.plans.forms.seen import SeenForm
from hub.plans.models.diagnosis import FindingKind, Scope
from hub.plans.operations.diagnosis import FindingFacts
from hub.plans.operations.frames import FrameFacts
from hub.plans.operations.indicators import IndicatorFacts, ValueFacts
from hub.plans.queries.offered import Offer
from hub.plans.words import FINDING_KINDS, SCOPES

Choices = list[tuple[int, str]]
LARGEST = 1e15


class FindingForm(SeenForm):
    """A line of the diagnosis."""

    kind = SelectField(_l("Sorte"), [DataRequired(REQUIRED)], coerce=FindingKind)
    scope = SelectField(_l("Portée"), [DataRequired(REQUIRED)], coerce=Scope)
    text = StringField(_l("Ce qui est constaté"), [DataRequired(REQUIRED), Length(max=400, message=TOO_LONG)])
    detail = TextAreaField(_l("Précisions"), [Length(max=LONGEST, message=TOO_LONG)])
    organisations = SelectMultipleField(_l("Qui le dit"), [Optional()], coerce=int)
    source = StringField(_l("Document et page"), [DataRequired(REQUIRED), Length(max=500, message=TOO_LONG)])
    territory_id = SelectField(_l("Territoire"), [Optional()], coerce=number)
    theme_id = SelectField(_l("Droit ou thème"), [Optional()], coerce=number)
    entered_on = DayField(_l("Entré dans le diagnostic le"), [InputRequired(REQUIRED)])
    axes = SelectMultipleField(_l("Axes qui y répondent"), [Optional()], coerce=int)
    actions = SelectMultipleField(_l("Actions qui y répondent"), [Optional()], coerce=int)

    def offer(self, session: Session, axes: Choices, actions: Choices) -> None:
        """Fill the lists to choose from."""
        self.kind.choices, self.scope.choices = one_of(FINDING_KINDS), one_of(SCOPES)
        lists = offered(session, Offer.ORGANISATION, Offer.TERRITORY, Offer.THEME)
        self.organisations.choices = lists[Offer.ORGANISATION]
        self.territory_id.choices = [("", _l("Tout le territoire du plan")), *lists[Offer.TERRITORY]]
        self.theme_id.choices = [("", _l("Non précisé")), *lists[Offer.THEME]]
        self.axes.choices, self.actions.choices = axes, actions

    def facts(self) -> FindingFacts:
        """Return what the valid form says."""
        return FindingFacts(
            kind=self.kind.data, scope=self.scope.data, text=self.text.data or "",
            source=self.source.data or "", entered_on=told(self.entered_on.data),
            detail=self.detail.data or "",
            territory_id=self.territory_id.data, theme_id=self.theme_id.data,
            organisation_ids=self.organisations.data or [], axis_ids=self.axes.data or [],
            action_ids=self.actions.data or [],
        )  # fmt: skip


class LevelField(FactField):
    """A number as people write it: « 12,5 », « 1 250 »."""

    def read(self, text: str) -> Any:
        """Read a number; nothing is none. Raises DomainError if it is no number."""
        plain = "".join(text.split()).replace("\u202f", "").replace(",", ".")
        if not plain:
            return None
        try:
            value = float(plain)
        except ValueError as problem:
            raise DomainError(N_("Écrivez un nombre, par exemple 12,5.")) from problem
        if not -LARGEST < value < LARGEST:
            raise DomainError(N_("Écrivez un nombre, par exemple 12,5."))
        return value

    def shown(self) -> str:
        """Return the number with a comma."""
        return "" if self.data is None else f"{self.data:.10g}".replace(".", ",")


class IndicatorForm(FlaskForm):
    """What is measured, from where to where."""

    name = StringField(_l("Nom"), [DataRequired(REQUIRED), Length(max=200, message=TOO_LONG)])
    unit = StringField(_l("Unité"), [Length(max=40, message=TOO_LONG)])
    measures = TextAreaField(_l("Ce qu’il mesure"), [Length(max=2000, message=TOO_LONG)])
    answers = SelectField(_l("Pour quel axe ou quelle action"), [Optional()])
    baseline = LevelField(_l("Valeur de départ"))
    baseline_on = DayField(_l("Jour de la valeur de départ"), [Optional()])
    target = LevelField(_l("Valeur visée"))
    target_on = DayField(_l("À atteindre pour le"), [Optional()])

    def offer(self, axes: Choices, actions: Choices) -> None:
        """Fill the list to choose from."""
        self.answers.choices = [
            ("", _l("Tout le plan")),
            *[(f"axis-{key}", name) for key, name in axes],
            *[(f"action-{key}", name) for key, name in actions],
        ]

    def facts(self) -> IndicatorFacts:
        """Return what the valid form says."""
        kind, _, key = (self.answers.data or "").partition("-")
        return IndicatorFacts(
            name=self.name.data or "", unit=self.unit.data or "", measures=self.measures.data or "",
            axis_id=int(key) if kind == "axis" else None,
            plan_action_id=int(key) if kind == "action" else None,
            baseline=self.baseline.data, baseline_on=self.baseline_on.data, target=self.target.data,
            target_on=self.target_on.data,
        )  # fmt: skip


class ValueForm(FlaskForm):
    """A value on a day."""

    day = DayField(_l("Jour"), [InputRequired(REQUIRED)])
    value = LevelField(_l("Valeur"), [InputRequired(REQUIRED)])
    source = StringField(_l("Source"), [DataRequired(REQUIRED), Length(max=500, message=TOO_LONG)])
    note = StringField(_l("Remarque"), [Length(max=500, message=TOO_LONG)])

    def facts(self) -> ValueFacts:
        """Return what the valid form says."""
        return ValueFacts(told(self.day.data), self.value.data, self.source.data or "", self.note.data or "")


class CorrectionForm(FlaskForm):
    """Another value in the place of one that was wrong."""

    value = LevelField(_l("Valeur corrigée"), [InputRequired(REQUIRED)])
    source = StringField(_l("Source"), [DataRequired(REQUIRED), Length(max=500, message=TOO_LONG)])
    note = StringField(_l("Remarque"), [Length(max=500, message=TOO_LONG)])
    reason = StringField(
        _l("Pourquoi la valeur est corrigée"), [DataRequired(REQUIRED), Length(max=500, message=TOO_LONG)]
    )


class FrameForm(FlaskForm):
    """A grid that plans are read against."""

    title = StringField(_l("Titre"), [DataRequired(REQUIRED), Length(max=200, message=TOO_LONG)])
    starts_on = DayField(_l("En vigueur du"), [Optional()])
    ends_on = DayField(_l("Au"), [Optional()])
    source = StringField(_l("Source"), [Length(max=500, message=TOO_LONG)])

    def facts(self) -> FrameFacts:
        """Return what the valid form says."""
        return FrameFacts(
            self.title.data or "", self.starts_on.data, self.ends_on.data, self.source.data or ""
        )


class EntryForm(FlaskForm):
    """A line of a grid."""

    label = StringField(_l("Nom"), [DataRequired(REQUIRED), Length(max=200, message=TOO_LONG)])
