"""Describing a day, its programme and its workshops."""

from typing import Any, TypeVar

from flask_babel import gettext
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from sqlalchemy.orm import Session
from wtforms import (  # type: ignore[attr-defined]  # SelectChoice is newer than the stubs
    DateField,
    EmailField,
    Field,
    FieldList,
    Form,
    FormField,
    HiddenField,
    IntegerField,
    SelectChoice,
    SelectField,
    SelectMultipleField,
    StringField,
    TelField,
    TextAreaField,
    TimeField,
)
from wtforms.validators import InputRequired, Length, NumberRange, Optional, ValidationError

from hub.core.clock import local
from hub.events.forms.sign_up import one_address, one_line, with_acronym
from hub.events.models.days import Event, EventKind, Slot, SlotKind
from hub.events.models.workshops import Workshop
from hub.events.operations.days import Details, Line, Programme, Room
from hub.events.queries import days as queries
from hub.events.words import KINDS, SLOTS

T = TypeVar("T")
MOST_ROWS = 60
NOT_A_DATE = _l("Écrivez une date.")
NOT_AN_HOUR = _l("Écrivez une heure, par exemple 09:30.")
NOT_A_NUMBER = _l("Écrivez un nombre entier.")
TOO_LONG = _l("Restez sous %(max)d signes.")
NO_SUCH_CHOICE = _l("Choisissez dans la liste.")


class Day(DateField):
    """A date whose refusal speaks French."""

    def process_formdata(self, valuelist: list[str]) -> None:
        """Read the date, or say what is expected."""
        try:
            super().process_formdata(valuelist)
        except ValueError as problem:
            raise ValueError(str(NOT_A_DATE)) from problem


class Hour(TimeField):
    """An hour whose refusal speaks French."""

    def process_formdata(self, valuelist: list[str]) -> None:
        """Read the hour, or say what is expected."""
        try:
            super().process_formdata(valuelist)
        except ValueError as problem:
            raise ValueError(str(NOT_AN_HOUR)) from problem


class Number(IntegerField):
    """A whole number whose refusal speaks French."""

    def process_formdata(self, valuelist: list[str]) -> None:
        """Read the number, or say what is expected; nothing is no number."""
        if not valuelist or not valuelist[0].strip():
            self.data = None
            return
        try:
            super().process_formdata(valuelist)
        except ValueError as problem:
            raise ValueError(str(NOT_A_NUMBER)) from problem


def organisation_number(value: Any) -> int | None:
    """Read the number of an organisation; nothing is none."""
    return int(value) if value not in (None, "", "None") else None


def given(value: T | None) -> T:
    """Return what the validators have seen to be there. Raises ValueError if they haven't."""
    if value is None:
        raise ValueError("the form wasn't validated")
    return value


class DayForm(FlaskForm):
    """A day, apart from its programme."""

    title = StringField(
        _l("Titre"),
        [InputRequired(message=_l("Donnez un titre à la journée.")), Length(max=200, message=TOO_LONG)],
        filters=[one_line],
    )
    kind = SelectField(_l("Sorte de journée"), coerce=EventKind, choices=[])
    summary = StringField(
        _l("En une phrase"),
        [Length(max=400, message=TOO_LONG)],
        filters=[one_line],
        description=_l("Elle paraît dans la liste des journées et dans les agendas."),
    )
    description = TextAreaField(_l("Présentation"), [Length(max=20000, message=TOO_LONG)])
    day = Day(_l("Date"), [InputRequired(message=NOT_A_DATE)])
    doors = Hour(_l("Accueil dès"), [Optional()])
    starts = Hour(_l("Début"), [InputRequired(message=NOT_AN_HOUR)])
    ends = Hour(_l("Fin"), [InputRequired(message=NOT_AN_HOUR)])
    place_name = StringField(
        _l("Lieu"),
        [Length(max=200, message=TOO_LONG)],
        filters=[one_line],
        description=_l("Laissez vide s’il reste à préciser."),
    )
    place_address = StringField(_l("Adresse"), [Length(max=300, message=TOO_LONG)], filters=[one_line])
    venue = SelectField(_l("Lieu du registre"), coerce=organisation_number)
    space = SelectField(_l("Espace de concertation"), coerce=organisation_number)
    organisers = SelectMultipleField(_l("Organisée par"), coerce=int)
    opens = Day(
        _l("Inscriptions dès le"),
        [Optional()],
        description=_l("Laissez vide pour ouvrir dès la publication."),
    )
    deadline = Day(_l("Dernier jour d’inscription, inclus"), [InputRequired(message=NOT_A_DATE)])
    capacity = Number(
        _l("Nombre de places"),
        [
            Optional(),
            NumberRange(min=1, max=100_000, message=_l("Il faut au moins une place.")),
        ],
        description=_l("Laissez vide si rien ne le limite."),
    )
    meals = TextAreaField(
        _l("Repas proposés"),
        [Length(max=2000, message=TOO_LONG)],
        description=_l(
            "Un par ligne, en nommant ce qui est servi, jamais pourquoi : « végétarien », « poisson ». "
            "Laissez vide s’il n’y a pas de repas."
        ),
    )
    practical_info = TextAreaField(_l("Infos pratiques"), [Length(max=10000, message=TOO_LONG)])
    contact_name = StringField(
        _l("Personne ou service"), [Length(max=120, message=TOO_LONG)], filters=[one_line]
    )
    contact_email = EmailField(_l("Adresse mail"), [Optional(), one_address])
    contact_phone = TelField(_l("Téléphone"), [Length(max=40, message=TOO_LONG)], filters=[one_line])

    def prepare(self, session: Session) -> None:
        """Fill the lists of choices."""
        rows = session.execute(queries.organisations_at_work()).all()
        named = [SelectChoice(str(number), with_acronym(name, short)) for number, name, short in rows]
        self.kind.choices = [SelectChoice(kind.value, KINDS[kind]) for kind in EventKind]
        self.venue.choices = [SelectChoice("", gettext("Aucun")), *named]
        self.organisers.choices = named
        spaces = session.execute(queries.spaces_at_work()).all()
        named_spaces = [SelectChoice(str(number), name) for number, name in spaces]
        self.space.choices = [SelectChoice("", gettext("Aucun")), *named_spaces]

    def validate_meals(self, field: Field) -> None:
        """Keep each line short."""
        if any(len(label) > 120 for label in lines_of(field.data)):  # noqa: PLR2004 - the column's length
            raise ValidationError(gettext("Restez sous 120 signes par repas."))

    def details(self) -> Details:
        """Return the day as it was described."""
        return Details(
            title=self.title.data or "",
            kind=self.kind.data,
            summary=self.summary.data or "",
            description=self.description.data or "",
            day=given(self.day.data),
            doors=self.doors.data,
            starts=given(self.starts.data),
            ends=given(self.ends.data),
            place_name=self.place_name.data or "",
            place_address=self.place_address.data or "",
            venue_id=self.venue.data,
            space_id=self.space.data,
            organiser_ids=tuple(self.organisers.data or ()),
            opens=self.opens.data,
            deadline=given(self.deadline.data),
            capacity=self.capacity.data,
            meals=lines_of(self.meals.data),
            practical_info=self.practical_info.data or "",
            contact_name=self.contact_name.data or "",
            contact_email=self.contact_email.data or "",
            contact_phone=self.contact_phone.data or "",
        )


def lines_of(text: str | None) -> tuple[str, ...]:
    """Return the lines that hold something."""
    return tuple(line for line in (one_line(each) for each in (text or "").splitlines()) if line)


def described(event: Event) -> dict[str, Any]:
    """Return a day as the form shows it."""
    return {
        **{
            name: getattr(event, name)
            for name in (
                "title", "kind", "summary", "description", "place_name", "place_address", "capacity",
                "practical_info", "contact_name", "contact_email", "contact_phone", "day", "deadline",
            )
        },
        "starts": local(event.starts_at).time(),
        "ends": local(event.ends_at).time(),
        "doors": local(event.doors_at).time() if event.doors_at is not None else None,
        "opens": local(event.sign_up_opens_at).date() if event.sign_up_opens_at is not None else None,
        "venue": event.venue_id,
        "space": event.space_id,
        "organisers": [row.id for row in event.organisers],
        "meals": "\n".join(meal.label for meal in event.meals),
    }  # fmt: skip


class LineForm(Form):
    """One line of the programme; a line left without title and hour is no line."""

    starts = Hour(_l("De"), [Optional()])
    ends = Hour(_l("à"), [Optional()])
    kind = SelectField(
        _l("Sorte"), coerce=SlotKind, choices=[SelectChoice(kind.value, word) for kind, word in SLOTS.items()]
    )
    title = StringField(_l("Titre"), [Length(max=200, message=TOO_LONG)], filters=[one_line])
    speakers = SelectMultipleField(_l("Organisations qui interviennent"), coerce=int)
    description = TextAreaField(_l("Détails"), [Length(max=4000, message=TOO_LONG)])

    @property
    def is_blank(self) -> bool:
        """Whether nothing was written."""
        return not (self.title.data or self.starts.data or self.ends.data or self.description.data)

    def validate_title(self, field: Field) -> None:
        """Ask for a title unless the line is blank."""
        if not self.is_blank and not field.data:
            raise ValidationError(gettext("Donnez un titre à cette ligne."))

    def line(self) -> Line:
        """Return the line."""
        return Line(
            starts=given(self.starts.data),
            ends=self.ends.data,
            kind=self.kind.data,
            title=self.title.data or "",
            speaker_ids=tuple(self.speakers.data or ()),
            description=self.description.data or "",
        )


class RoomForm(Form):
    """One workshop; without title it is none."""

    number = HiddenField()
    title = StringField(_l("Titre"), [Length(max=200, message=TOO_LONG)], filters=[one_line])
    capacity = Number(
        _l("Places"), [Optional(), NumberRange(min=1, max=100_000, message=_l("Il faut au moins une place."))]
    )
    room = StringField(_l("Salle"), [Length(max=80, message=TOO_LONG)], filters=[one_line])
    description = TextAreaField(_l("Présentation"), [Length(max=4000, message=TOO_LONG)])

    @property
    def is_blank(self) -> bool:
        """Whether nothing was written."""
        return not (self.title.data or self.capacity.data or self.description.data)

    def validate_title(self, field: Field) -> None:
        """Ask for a title unless the workshop is blank."""
        if not self.is_blank and not field.data:
            raise ValidationError(gettext("Donnez un titre à cet atelier."))

    def described(self) -> Room:
        """Return the workshop."""
        number = self.number.data or ""
        return Room(
            number=int(number) if number.isdigit() else None,
            title=self.title.data or "",
            capacity=self.capacity.data or 0,
            room=self.room.data or "",
            description=self.description.data or "",
        )


class ProgrammeForm(FlaskForm):
    """Programme and workshops. Lines are added and taken away by buttons that need no script."""

    lines = FieldList(FormField(LineForm), max_entries=MOST_ROWS)
    workshops = FieldList(FormField(RoomForm), max_entries=MOST_ROWS)
    workshop_choices = Number(
        _l("Nombre d’ateliers que chaque personne choisit"),
        [Optional(), NumberRange(min=0, max=20, message=_l("Entre 0 et 20."))],
        description=_l("Exactement ce nombre ; 0 si les ateliers ne se choisissent pas à l’avance."),
    )

    def prepare(self, session: Session) -> None:
        """Fill the lists of speakers; an empty part shows one line to begin with."""
        for rows in (self.lines, self.workshops):
            if not rows.entries:
                rows.append_entry()
        register = session.execute(queries.organisations_at_work()).all()
        choices = [
            SelectChoice(str(number), with_acronym(name, short)) for number, name, short in register
        ]
        for entry in self.lines.entries:
            entry.form.speakers.choices = choices

    def rearrange(self, gesture: str) -> None:
        """Add a line (`add-lines`) or take one away (`drop-lines-3`); nothing is stored yet."""
        verb, _, rest = gesture.partition("-")
        name, _, place = rest.partition("-")
        rows: FieldList[Any] = self.workshops if name == "workshops" else self.lines
        if verb == "add" and len(rows.entries) < MOST_ROWS:
            rows.append_entry()
        elif verb == "drop" and place.isdigit() and int(place) < len(rows.entries):
            del rows.entries[int(place)]

    def validate_lines(self, _field: Field) -> None:
        """Ask for the hour of every line."""
        for entry in self.lines.entries:
            if not entry.form.is_blank and entry.form.starts.data is None and not entry.form.starts.errors:
                entry.form.starts.errors = [str(NOT_AN_HOUR)]
                raise ValidationError(gettext("Il manque une heure."))

    def validate_workshops(self, _field: Field) -> None:
        """Ask for the seats of every workshop."""
        for entry in self.workshops.entries:
            if not entry.form.is_blank and not entry.form.capacity.data and not entry.form.capacity.errors:
                entry.form.capacity.errors = [gettext("Combien de places ?")]
                raise ValidationError(gettext("Il manque un nombre de places."))

    def problems(self) -> list[str]:
        """Return what is to be mended, each with the place where it stands."""
        found = [*map(str, self.form_errors), *map(str, self.workshop_choices.errors)]
        parts: list[tuple[str, FieldList[Any]]] = [
            (gettext("Ligne"), self.lines),
            (gettext("Atelier"), self.workshops),
        ]
        for word, rows in parts:
            found += [text for text in rows.errors if isinstance(text, str)]
            for number, entry in enumerate(rows.entries, start=1):
                for field in entry.form:
                    found += [f"{word} {number}, {field.label.text}\u00a0: {text}" for text in field.errors]
        return found

    def programme(self) -> Programme:
        """Return what was written."""
        return Programme(
            lines=tuple(entry.form.line() for entry in self.lines.entries if not entry.form.is_blank),
            workshops=tuple(
                entry.form.described() for entry in self.workshops.entries if not entry.form.is_blank
            ),
            choices=self.workshop_choices.data or 0,
        )


def rows_of(event: Event) -> dict[str, Any]:
    """Return programme and workshops as the form shows them."""
    return {
        "lines": [_line_of(slot) for slot in event.slots],
        "workshops": [_room_of(workshop) for workshop in event.workshops],
        "workshop_choices": event.workshop_choices,
    }


def _line_of(slot: Slot) -> dict[str, Any]:
    return {
        "starts": local(slot.starts_at).time(),
        "ends": local(slot.ends_at).time() if slot.ends_at is not None else None,
        "kind": slot.kind,
        "title": slot.title,
        "speakers": [row.organisation_id for row in slot.speaker_rows],
        "description": slot.description,
    }


def _room_of(workshop: Workshop) -> dict[str, Any]:
    return {
        "number": str(workshop.id),
        "title": workshop.title,
        "capacity": workshop.capacity,
        "room": workshop.room,
        "description": workshop.description,
    }


class CallOffForm(FlaskForm):
    """Why a day is called off; the words go into the mail."""

    reason = TextAreaField(
        _l("Ce que vous voulez en dire"),
        [Length(max=400, message=TOO_LONG)],
        filters=[one_line],
        description=_l("Ces mots sont dans le mail que chaque personne inscrite reçoit."),
    )
