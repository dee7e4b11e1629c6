"""The sessions of a day, row by row, with what makes many of them at once."""

from collections.abc import Sequence
from itertools import pairwise
from typing import Any

from flask_babel import gettext
from flask_babel import lazy_gettext as _l
from sqlalchemy.orm import Session
from wtforms import (  # type: ignore[attr-defined]  # SelectChoice is newer than the stubs
    BooleanField,
    Field,
    FieldList,
    Form,
    FormField,
    HiddenField,
    SelectChoice,
    SelectField,
    SelectMultipleField,
    StringField,
)
from wtforms.validators import InputRequired, Length, NumberRange, Optional, ValidationError

from hub.core.clock import local, today
from hub.events.forms.fields import (
    NOT_A_DATE,
    NOT_AN_HOUR,
    TOO_LONG,
    Day,
    Hour,
    Number,
    given,
    mistakes,
    organisations,
    precedes,
    real_end,
    real_hour,
    rearrange,
    row_number,
)
from hub.events.forms.questions import one_line
from hub.events.forms.seen import SeenRowsForm
from hub.events.models.days import Event, EventSession, Mode, SessionKind, SlotKind
from hub.events.operations.sessions import WHOLE, Row
from hub.events.values import mornings
from hub.events.values.mornings import Span
from hub.events.words import MODES, SESSION_KINDS

WEEKDAYS = (
    _l("lundi"), _l("mardi"), _l("mercredi"), _l("jeudi"), _l("vendredi"), _l("samedi"), _l("dimanche"),
)  # fmt: skip
MOST_ROWS = mornings.MOST
PAUSES = (SlotKind.MEAL, SlotKind.BREAK)


class SessionForm(Form):
    """One session."""

    number = HiddenField()
    day = Day(_l("Date"), [InputRequired(message=NOT_A_DATE)])
    starts = Hour(_l("De"), [InputRequired(message=NOT_AN_HOUR)])
    ends = Hour(_l("à"), [InputRequired(message=NOT_AN_HOUR)])
    kind = SelectField(
        _l("Sorte"),
        coerce=SessionKind,
        choices=[SelectChoice(kind.value, word) for kind, word in SESSION_KINDS.items()],
        default=SessionKind.SESSION,
    )
    title = StringField(_l("Titre"), [Length(max=200, message=TOO_LONG)], filters=[one_line])
    mode = SelectField(
        _l("Comment"),
        coerce=Mode,
        choices=[SelectChoice(mode.value, word) for mode, word in MODES.items()],
        default=Mode.ONSITE,
    )
    place = StringField(_l("Lieu, s’il diffère"), [Length(max=200, message=TOO_LONG)], filters=[one_line])
    partner = SelectField(_l("Partenaire"), coerce=row_number)
    workshop = SelectField(_l("Atelier"), coerce=row_number)
    counts = BooleanField(_l("Compte pour l’attestation"), default=True)

    def validate_starts(self, field: Field) -> None:
        """Refuse an hour that doesn't exist on that day."""
        real_hour(self.day.data, field)

    def validate_ends(self, field: Field) -> None:
        """Refuse an end that doesn't follow the beginning, or an hour that doesn't exist."""
        real_end(self.day.data, self.starts.data, field)
        if field.data is not None and (
            field.data == self.starts.data or precedes(field.data, self.starts.data)
        ):
            raise ValidationError(gettext("Cette séance finit avant de commencer."))

    @property
    def has_hours(self) -> bool:
        """Whether its day and both hours are told."""
        return None not in (self.day.data, self.starts.data, self.ends.data)

    def validate_kind(self, field: Field) -> None:
        """Ask which workshop a workshop's session is of."""
        if field.data == SessionKind.WORKSHOP and self.workshop.data is None:
            raise ValidationError(gettext("Choisissez l’atelier, ou une autre sorte de séance."))

    def described(self) -> Row:
        """Return the session."""
        is_workshop = self.kind.data == SessionKind.WORKSHOP
        return Row(
            number=row_number(self.number.data),
            day=given(self.day.data),
            starts=given(self.starts.data),
            ends=given(self.ends.data),
            kind=self.kind.data,
            title=self.title.data or "",
            mode=self.mode.data,
            place=self.place.data or "",
            partner_id=self.partner.data,
            workshop_id=self.workshop.data if is_workshop else None,
            counts=bool(self.counts.data),
        )


class SessionsForm(SeenRowsForm):
    """All sessions, and the weekdays and hours from which rows are made."""

    rows = FieldList(FormField(SessionForm), _l("Séance"), max_entries=MOST_ROWS)
    weekdays = SelectMultipleField(
        _l("Les jours"),
        coerce=int,
        choices=[SelectChoice(str(number), word) for number, word in enumerate(WEEKDAYS)],
        validate_choice=False,
    )
    first = Day(_l("Du"), [Optional()])
    last = Day(_l("au"), [Optional()])
    number = Number(
        _l("Combien de séances"),
        [Optional(), NumberRange(min=1, max=MOST_ROWS, message=_l("Entre 1 et 120."))],
        description=_l("Par exemple 12 ; la dernière date peut rester vide."),
    )
    starts = Hour(_l("De"), [Optional()])
    ends = Hour(_l("à"), [Optional()])

    def prepare(self, session: Session, event: Event) -> None:
        """Fill the lists of partners and workshops."""
        partners = organisations(session, gettext("Aucun"))
        workshops = [SelectChoice("", gettext("Aucun"))]
        workshops += [SelectChoice(str(row.id), row.title) for row in event.workshops]
        for entry in self.rows.entries:
            entry.form.partner.choices = partners
            entry.form.workshop.choices = workshops

    def validate_rows(self, _field: Field) -> None:
        """Refuse two sessions at once that everybody is expected at: beside the later one."""
        told = [entry.form for entry in self.rows.entries if entry.form.has_hours]
        for kind in WHOLE:
            same = [row for row in told if row.kind.data == kind]
            same.sort(key=lambda row: (given(row.day.data), given(row.starts.data)))
            for one, other in pairwise(same):
                if one.day.data == other.day.data and given(other.starts.data) < given(one.ends.data):
                    other.starts.errors = [gettext("Cette séance en chevauche une autre.")]
                    raise ValidationError(gettext("Deux séances se chevauchent."))

    def rearrange(self, gesture: str, event: Event) -> None:
        """Add rows or take one away; nothing is stored yet.

        `add-rows`, `drop-rows-3`, `mornings`, `half-days`, `workshops`.
        """
        verb, _, rest = gesture.partition("-")
        if gesture == "mornings":
            self._add_mornings(event)
        elif gesture == "half-days":
            self._add(half_days_of(event))
        elif gesture == "workshops":
            self._add(workshops_of(event, self._workshops()))
        elif rest.startswith("rows"):
            rearrange(self.rows, verb, rest.removeprefix("rows").removeprefix("-"), MOST_ROWS)

    def _workshops(self) -> set[int]:
        return {entry.form.workshop.data for entry in self.rows.entries if entry.form.workshop.data}

    def _add_mornings(self, event: Event) -> None:
        """Make a row for each weekday between two dates, or so many of them; say what is missing."""
        parts = (self.first, self.starts, self.ends)
        for field in parts:
            if field.data is None and not field.errors:
                field.errors = [gettext("Indispensable pour ajouter des séances.")]
        if not self.weekdays.data:
            self.weekdays.errors = [gettext("Cochez au moins un jour.")]
        if self.last.data is None and self.number.data is None:
            self.number.errors = [gettext("Dites combien de séances, ou jusqu’à quelle date.")]
        if not self.weekdays.data or any(field.data is None for field in parts):
            return
        if self.last.data is None and self.number.data is None:
            return
        starts, ends = given(self.starts.data), given(self.ends.data)
        days = mornings.mornings(
            self.weekdays.data, given(self.first.data), last=self.last.data, number=self.number.data
        )
        rows = len(self.rows.entries)
        mode = Mode.ONSITE if event.mode == Mode.HYBRID else event.mode
        self._add(
            [
                {
                    "day": day,
                    "starts": starts,
                    "ends": ends,
                    "kind": SessionKind.SESSION,
                    "title": gettext("Séance %(number)s", number=rows + place),
                    "mode": mode,
                    "counts": True,
                }
                for place, day in enumerate(days, start=1)
            ]
        )

    def _add(self, found: Sequence[dict[str, Any]]) -> None:
        for row in found:
            if len(self.rows.entries) < MOST_ROWS:
                self.rows.append_entry(row)

    def problems(self) -> list[str]:
        """Return what is to be mended, each with the row where it stands."""
        found = [*map(str, self.form_errors), *mistakes(gettext("Séance"), self.rows)]
        for field in (self.weekdays, self.first, self.last, self.number, self.starts, self.ends):
            found += [f"{field.label.text}\u00a0: {text}" for text in field.errors]
        return found

    def described(self) -> list[Row]:
        """Return the sessions that were written."""
        return [entry.form.described() for entry in self.rows.entries]


def half_days_of(event: Event) -> list[dict[str, Any]]:
    """Return the halves of each day of an event, cut at the longest pause of its programme."""
    starts, ends = local(event.starts_at), local(event.ends_at)
    days = [
        Span(
            day,
            starts.time() if day == event.day else _hours_of(event)[0],
            ends.time() if day == event.last_day else _hours_of(event)[1],
        )
        for day in _days(event)
    ]
    pauses = [
        Span(slot.day, local(slot.starts_at).time(), local(slot.ends_at).time())
        for slot in event.slots
        if slot.kind in PAUSES and slot.ends_at is not None
    ]
    return [
        {
            "day": half.day,
            "starts": half.starts,
            "ends": half.ends,
            "kind": SessionKind.HALF_DAY,
            "title": gettext("Matinée") if half.starts.hour < 12 else gettext("Après-midi"),  # noqa: PLR2004
            "mode": event.mode,
            "counts": True,
        }
        for half in mornings.half_days(days, pauses)
    ]


def _days(event: Event) -> list[Any]:
    return mornings.mornings(range(7), event.day, last=event.last_day)


def _hours_of(event: Event) -> tuple[Any, Any]:
    return local(event.starts_at).time(), local(event.ends_at).time()


def workshops_of(event: Event, known: set[int]) -> list[dict[str, Any]]:
    """Return a row for each workshop of which the hours are told and that has none yet."""
    found = []
    for workshop in event.workshops:
        if workshop.hours is None or workshop.id in known:
            continue
        starts_at, ends_at = workshop.hours
        found.append(
            {
                "day": today(starts_at),
                "starts": local(starts_at).time(),
                "ends": local(ends_at).time(),
                "kind": SessionKind.WORKSHOP,
                "title": workshop.title,
                "mode": Mode.ONSITE,
                "workshop": workshop.id,
                "counts": True,
            }
        )
    return found


def rows_of(event: Event) -> dict[str, Any]:
    """Return the sessions as the form shows them; those called off stand beside it."""
    return {"rows": [_row_of(row) for row in event.sessions if row.cancelled_at is None]}


def _row_of(row: EventSession) -> dict[str, Any]:
    return {
        "number": str(row.id),
        "day": today(row.starts_at),
        "starts": local(row.starts_at).time(),
        "ends": local(row.ends_at).time(),
        "kind": row.kind,
        "title": row.title,
        "mode": row.mode,
        "place": row.place,
        "partner": row.partner_id,
        "workshop": row.workshop_id,
        "counts": row.counts,
    }
