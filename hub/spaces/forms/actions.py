"""Forms of actions."""

from collections.abc import Iterable
from datetime import date
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from sqlalchemy.orm import Session
from wtforms import DateField, Field, HiddenField, SelectField, StringField, TextAreaField
from wtforms.validators import DataRequired, Length, Optional, ValidationError

from hub.core import clock
from hub.core.i18n import format_short_date
from hub.spaces.forms.spaces import NOT_OFFERED, REQUIRED, number
from hub.spaces.models.actions import Action
from hub.spaces.models.decisions import Decision
from hub.spaces.models.meetings import Meeting
from hub.spaces.models.spaces import Space
from hub.spaces.operations.actions import LONGEST_REASON
from hub.spaces.queries import actions as queries

WHY = [DataRequired(_l("Dites pourquoi, en quelques mots.")), Length(max=LONGEST_REASON)]
BAD_DATE = _l("Écrivez une date, par exemple 06/06/2027.")
LATEST = 60  # meetings and decisions to choose from
LABEL = 90
YEARS = range(2000, 2101)


class Day(DateField):
    """A day; what can't be one is told in words, and stays in the field."""

    def process_formdata(self, valuelist: list[str]) -> None:
        """Read the day. Raises ValueError for what is none."""
        try:
            super().process_formdata(valuelist)
        except ValueError as problem:
            raise ValueError(str(BAD_DATE)) from problem


def sensible(_form: Any, field: Field) -> None:
    """Refuse a year that nobody means."""
    if field.data is not None and field.data.year not in YEARS:
        raise ValidationError(str(BAD_DATE))


class BlockForm(FlaskForm):
    """What is in the way."""

    reason = TextAreaField(_l("Qu’est-ce qui bloque ?"), WHY)


class LaterForm(FlaskForm):
    """A later day, and why."""

    due_on = Day(_l("Nouvelle date"), [Optional(), sensible])  # the operation asks for it
    reason = TextAreaField(_l("Pourquoi plus tard ?"), WHY)


class MoveForm(FlaskForm):
    """A state to bring an action to, and why where that must be said."""

    state = HiddenField()
    reason = TextAreaField(_l("Pourquoi ?"), [Optional(), Length(max=LONGEST_REASON)])
    next = HiddenField()


class ActionForm(FlaskForm):
    """What is said of an action."""

    title = StringField(
        _l("Ce qui est à faire"), [DataRequired(REQUIRED), Length(max=250, message=_l("250 signes au plus."))]
    )
    detail = TextAreaField(_l("Précisions"), [Optional(), Length(max=10000)])
    owner = SelectField(_l("Qui en répond"), [Optional()], validate_choice=False)
    due_on = Day(_l("Pour le"), [Optional(), sensible])
    reason = TextAreaField(_l("Pourquoi la date change"), [Optional(), Length(max=LONGEST_REASON)])
    meeting_id = SelectField(_l("Réunion"), [Optional()], coerce=number)
    decision_id = SelectField(_l("Décision"), [Optional()], coerce=number)

    def offer(self, session: Session, space: Space, action: Action | None, today: date) -> None:
        """Fill the lists with who speaks in the space today, its meetings and its decisions."""
        groups = _owners(session, space, action, today)
        self.owner.choices = groups
        self.owners = {value for group in groups.values() for value, _label in group}
        meetings = list(session.scalars(queries.meetings_of(space.id, LATEST)))
        decisions = list(session.scalars(queries.decisions_of(space.id, LATEST)))
        # What is older than those stays to be chosen where the address or the action names it.
        _append(meetings, session.get(Meeting, self.meeting_id.data or 0), space)
        _append(decisions, session.get(Decision, self.decision_id.data or 0), space)
        self.meeting_id.choices = [("", _("Aucune")), *_meetings(meetings)]
        self.decision_id.choices = [("", _("Aucune")), *_decisions(decisions)]

    def validate_owner(self, field: Field) -> None:
        """Refuse what the list doesn't hold."""
        if (field.data or "") not in self.owners:
            field.data = ""
            raise ValidationError(str(NOT_OFFERED))

    @property
    def organisation_id(self) -> int | None:
        """The chosen organisation."""
        return number((self.owner.data or "").partition(":")[0])

    @property
    def person_id(self) -> int | None:
        """The chosen person."""
        return number((self.owner.data or "").partition(":")[2])


def owner_value(organisation_id: int | None, person_id: int | None) -> str:
    """Return an owner as the list names it: "12" an organisation, "12:5" a person who answers for it."""
    if organisation_id is None:
        return ""
    return f"{organisation_id}:{person_id}" if person_id else str(organisation_id)


def _owners(
    session: Session, space: Space, action: Action | None, today: date
) -> dict[str, list[tuple[str, str]]]:
    """Return the owners to choose from, a group for each organisation; the present one stays to be chosen."""
    groups: dict[str, list[tuple[str, str]]] = {"": [("", _("À confier plus tard"))]}
    names: dict[int, str] = {}
    for one in session.scalars(queries.owners(space.id, today)):
        names[one.id] = one.name
        groups[one.name] = [(str(one.id), _("%(name)s, sans préciser qui", name=one.short_label))]
    for organisation_id, person in session.execute(queries.voices(space.id, today)):
        if organisation_id in names:
            entry = (owner_value(organisation_id, person.id), person.name)
            groups[names[organisation_id]].append(entry)
    if action is not None:
        _keep(groups, action)
    return groups


def _keep(groups: dict[str, list[tuple[str, str]]], action: Action) -> None:
    """Leave the present owner among the choices, even one that left: saving changes nothing unseen."""
    if action.organisation is None:
        return
    gone = _("%(name)s (ne siège plus)", name=action.organisation.short_label)
    some = groups.setdefault(action.organisation.name, [(str(action.organisation_id), gone)])
    value = owner_value(action.organisation_id, action.person_id)
    if action.person is not None and value not in {entry for entry, _label in some}:
        some.append((value, _("%(name)s (mandat terminé)", name=action.person.name)))


def _append(rows: list[Any], row: Any, space: Space) -> None:
    if row is not None and row.space_id == space.id and row not in rows:
        rows.append(row)


def _meetings(rows: Iterable[Meeting]) -> list[tuple[int, str]]:
    return [
        (row.id, f"{format_short_date(clock.today(row.starts_at))} · {row.title}"[:LABEL]) for row in rows
    ]


def _decisions(rows: Iterable[Decision]) -> list[tuple[int, str]]:
    return [(row.id, f"{row.code} · {row.text}"[:LABEL]) for row in rows]
