"""Forms of projects and calls for projects; fields are named as the facts they make."""

from dataclasses import fields
from typing import Any, ClassVar

from flask_babel import gettext
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from sqlalchemy import select
from sqlalchemy.orm import Session
from wtforms import HiddenField, SelectField, SelectMultipleField
from wtforms.validators import DataRequired, Length, Optional

from hub.actors.forms.fields import DayField, EndField, StartField, WebField, options, words
from hub.actors.forms.record import ORIGIN, organisation_choices
from hub.actors.forms.values import DATE_HELP, TOO_LONG, HourField, lines, one_line, plain, row_number
from hub.actors.models.projects import ProjectCall
from hub.actors.models.reference import Audience, Territory, Theme
from hub.actors.operations.projects import CallFacts, ProjectFacts
from hub.actors.values import words as known_words
from hub.core import clock
from hub.core.errors import DomainError


class FactsForm(FlaskForm):
    """What both share; call `offer` before reading or showing one."""

    facts_kind: ClassVar[type[Any]]
    parts: ClassVar[tuple[tuple[Any, tuple[str, ...]], ...]]
    seen = HiddenField()

    def show(self, facts: Any) -> None:
        """Fill the fields from facts."""
        for field in fields(self.facts_kind):
            if field.name in self:
                value = getattr(facts, field.name)
                self[field.name].data = list(value) if isinstance(value, tuple) else value

    def values(self) -> dict[str, Any]:
        """Return fact → what the valid form says."""
        return {
            field.name: _read(self[field.name]) for field in fields(self.facts_kind) if field.name in self
        }

    def facts(self) -> Any:
        """Return what the valid form says, as facts."""
        return self.facts_kind(**self.values())

    def blame(self, problem: DomainError) -> None:
        """Write a refusal beside the field at fault, the first one if no field is."""
        name = problem.field if problem.field and problem.field in self else self.parts[0][1][0]
        self[name].errors = [words(problem)]


def _read(field: Any) -> Any:
    if isinstance(field.data, list):
        return tuple(field.data)
    if field.type in {"StringField", "TextAreaField"}:
        return plain(field.data)
    return field.data or "" if field.type == "WebField" else field.data


def _offer_lists(form: Any, session: Session) -> None:
    """Fill the themes, publics and places, where the form asks them."""
    themes = session.scalars(select(Theme).order_by(Theme.position, Theme.id)).all()
    form.theme_ids.choices = [
        choice
        for kind, text in known_words.THEME_KINDS.items()
        for choice in options(((row.id, row.label) for row in themes if row.kind == kind), gettext(text))
    ]
    audiences = session.scalars(select(Audience).order_by(Audience.position, Audience.id))
    form.audience_ids.choices = options((row.id, row.label) for row in audiences)
    if "territory_ids" in form:
        places = session.scalars(select(Territory).order_by(Territory.name)).all()
        form.territory_ids.choices = [
            choice
            for kind, text in reversed(known_words.TERRITORY_KINDS.items())
            for choice in options(((row.id, row.name) for row in places if row.kind == kind), gettext(text))
        ]


class ProjectForm(FactsForm):
    """A project; who carries it is told on its card."""

    facts_kind = ProjectFacts
    parts = (
        (_l("Quoi"), ("name", "acronym", "description", "objectives", "services", "website")),
        (_l("Où et pour qui"), ("territory_ids", "audience_ids", "theme_ids")),
        (_l("Quand"), ("starts", "ends", "call_id")),
        (_l("D’où vient l’information"), ("origin",)),
    )
    name = one_line(_l("Nom"), 250, DataRequired(message=_l("Donnez un nom.")))
    acronym = one_line(_l("Sigle"), 40)
    description = lines(_l("En quelques phrases"), 20_000, description=_l("Visible par tout le monde."))
    objectives = lines(_l("Objectifs"), 10_000)
    services = lines(_l("Services"), 5000, description=_l("Un par ligne."))
    website = WebField(_l("Site"), validators=[Length(max=300, message=TOO_LONG)])
    territory_ids = SelectMultipleField(_l("Territoires"), coerce=int)
    audience_ids = SelectMultipleField(_l("Publics"), coerce=int)
    theme_ids = SelectMultipleField(_l("Thèmes et droits"), coerce=int)
    starts = StartField(_l("Début"), description=DATE_HELP)
    ends = EndField(_l("Fin"), description=_l("Laissez vide si le projet dure encore."))
    call_id = SelectField(
        _l("Appel à projets"), coerce=row_number, description=_l("Celui auquel ce projet répond.")
    )
    origin = lines(_l("Source"), 4000, description=ORIGIN)

    def offer(self, session: Session) -> None:
        """Fill the lists to choose from."""
        _offer_lists(self, session)
        calls = session.scalars(
            select(ProjectCall).where(ProjectCall.withdrawn_at.is_(None)).order_by(ProjectCall.search_text)
        )
        self.call_id.choices = options([("", gettext("Aucun")), *((row.id, row.title) for row in calls)])


class CallForm(FactsForm):
    """A call for projects."""

    facts_kind = CallFacts
    parts = (
        (_l("Quoi"), ("title", "acronym", "funder_id", "summary", "website")),
        (_l("Quand"), ("launched", "closes")),
        (_l("Séance d’information"), ("session_day", "session_hour", "session_place")),
        (_l("Pour qui"), ("theme_ids", "audience_ids")),
        (_l("D’où vient l’information"), ("origin",)),
    )
    title = one_line(_l("Intitulé"), 250, DataRequired(message=_l("Donnez l’intitulé.")))
    acronym = one_line(_l("Sigle"), 40)
    funder_id = SelectField(_l("Qui finance"), coerce=row_number)
    summary = lines(_l("En quelques phrases"), 20_000, description=_l("Pour quoi, pour qui, combien."))
    website = WebField(_l("Site"), validators=[Length(max=300, message=TOO_LONG)])
    launched = StartField(_l("Lancement"), description=DATE_HELP)
    closes = EndField(_l("Dernier jour pour répondre"), description=_l("Ce jour-là compte encore."))
    session_day = DayField(_l("Jour"), validators=[Optional()])
    session_hour = HourField(_l("Heure"), validators=[Optional()])
    session_place = lines(_l("Lieu, ou adresse de la visioconférence"), 500)
    theme_ids = SelectMultipleField(_l("Thèmes et droits"), coerce=int)
    audience_ids = SelectMultipleField(_l("Publics"), coerce=int)
    origin = lines(_l("Source"), 4000, description=ORIGIN)

    def offer(self, session: Session) -> None:
        """Fill the lists to choose from."""
        _offer_lists(self, session)
        self.funder_id.choices = organisation_choices(session, gettext("Inconnu"))

    def show(self, facts: Any) -> None:
        """Fill the fields from facts, the session's day and hour too."""
        super().show(facts)
        if facts.session_at:
            local = clock.local(facts.session_at)
            self.session_day.data, self.session_hour.data = local.date(), local.time()

    def values(self) -> dict[str, Any]:
        """Return fact → what the valid form says."""
        day, hour = self.session_day.data, self.session_hour.data
        return {**super().values(), "session_at": clock.at(day, hour) if day and hour else None}

    def validate(self, *given: Any, **more: Any) -> bool:
        """Check every field, and that the session has both a day and an hour, or neither."""
        right = bool(super().validate(*given, **more))
        day, hour = self.session_day, self.session_hour
        if day.errors or hour.errors:
            return False
        if day.data and not hour.data:
            hour.errors = [gettext("Dites à quelle heure commence la séance.")]
        elif hour.data and not day.data:
            day.errors = [gettext("Dites quel jour est la séance.")]
        return right and not day.errors and not hour.errors


class WithdrawForm(FlaskForm):
    """Say why a project or a call is withdrawn."""

    reason = one_line(
        _l("Pourquoi retirer cette page ?"), 300,
        DataRequired(message=_l("Dites pourquoi vous retirez cette page.")),
        description=_l("La raison reste dans l’historique."),
    )  # fmt: skip
