"""Lines, blocks, rounds and workshops. Rows are added and taken away by buttons that need no script."""

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

from flask_babel import gettext
from flask_babel import lazy_gettext as _l
from sqlalchemy.orm import Session
from wtforms import (  # type: ignore[attr-defined]  # SelectChoice is newer than the stubs
    Field,
    FieldList,
    Form,
    FormField,
    HiddenField,
    SelectChoice,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
)
from wtforms.validators import Length, NumberRange, Optional, ValidationError

from hub.core.clock import local, today
from hub.core.i18n import chosen_language, format_date
from hub.events.forms.fields import (
    NOT_AN_HOUR,
    TOO_LONG,
    Hour,
    Number,
    a_day,
    given,
    mistakes,
    organisations,
    precedes,
    real_end,
    real_hour,
    rearrange,
    row_number,
    some_seats,
)
from hub.events.forms.questions import one_line
from hub.events.forms.seen import SeenRowsForm
from hub.events.models.days import Event, Slot, SlotKind
from hub.events.models.workshops import Way, Workshop, WorkshopBlock, WorkshopRound
from hub.events.operations.programme import Block, Line, Programme, Room, Round
from hub.events.queries import places
from hub.events.words import SLOTS, WAYS

MOST_LINES = 80
MOST_BLOCKS = 8
MOST_ROUNDS = 8
MOST_WORKSHOPS = 40
MOST_CHOICES = 20
NO_ROUND = _l("Hors tour")


class LineForm(Form):
    """One line of the programme; a line left without title and hour is no line."""

    day = SelectField(_l("Jour"), coerce=a_day, validate_choice=False)
    starts = Hour(_l("De"), [Optional()])
    ends = Hour(_l("à"), [Optional()])
    kind = SelectField(
        _l("Sorte"),
        coerce=SlotKind,
        choices=[SelectChoice(kind.value, word) for kind, word in SLOTS.items()],
        default=SlotKind.PRESENTATION,
    )
    title = StringField(_l("Titre"), [Length(max=200, message=TOO_LONG)], filters=[one_line])
    first_day: date | None = None  # of the day that this line is of
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

    def validate_starts(self, field: Field) -> None:
        """Refuse an hour that doesn't exist on that day."""
        real_hour(self.day.data or self.first_day, field)

    def validate_ends(self, field: Field) -> None:
        """Refuse an end before the beginning, or an hour that doesn't exist."""
        real_end(self.day.data or self.first_day, self.starts.data, field)
        if precedes(field.data, self.starts.data):
            raise ValidationError(gettext("Cette ligne finit avant de commencer."))

    def line(self) -> Line:
        """Return the line."""
        return Line(
            day=self.day.data,
            starts=given(self.starts.data),
            ends=self.ends.data,
            kind=self.kind.data,
            title=self.title.data or "",
            speaker_ids=tuple(self.speakers.data or ()),
            description=self.description.data or "",
        )


class RoundForm(Form):
    """One round of a block; with nothing written it is one all the same, for workshops name it."""

    number = HiddenField()
    title = StringField(_l("Nom"), [Length(max=120, message=TOO_LONG)], filters=[one_line])
    first_day: date | None = None  # of the day that this round is of
    day = SelectField(_l("Jour"), coerce=a_day, validate_choice=False)
    starts = Hour(_l("De"), [Optional()])
    ends = Hour(_l("à"), [Optional()])

    def validate(self, extra_validators: Any = None) -> bool:
        """Ask for both hours of a round, or none, in their order."""
        is_valid = bool(super().validate(extra_validators))
        for field, other in ((self.starts, self.ends), (self.ends, self.starts)):
            if field.data is None and other.data is not None and not field.errors:
                field.errors = [gettext("Un tour a une heure de début et une heure de fin, ou aucune.")]
                is_valid = False
        return is_valid

    def validate_starts(self, field: Field) -> None:
        """Refuse an hour that doesn't exist on that day."""
        real_hour(self.day.data or self.first_day, field)

    def validate_ends(self, field: Field) -> None:
        """Refuse an end that doesn't follow the beginning, or an hour that doesn't exist."""
        real_end(self.day.data or self.first_day, self.starts.data, field)
        if field.data is not None and (
            field.data == self.starts.data or precedes(field.data, self.starts.data)
        ):
            raise ValidationError(gettext("Un tour finit avant de commencer."))

    def described(self) -> Round:
        """Return the round."""
        return Round(
            number=row_number(self.number.data),
            title=self.title.data or "",
            day=self.day.data,
            starts=self.starts.data,
            ends=self.ends.data,
        )


class RoomForm(Form):
    """One workshop; without title it is none."""

    number = HiddenField()
    title = StringField(_l("Titre"), [Length(max=200, message=TOO_LONG)], filters=[one_line])
    turn = SelectField(_l("Tour"), coerce=row_number, validate_choice=False)
    capacity = Number(_l("Places"), [Optional(), some_seats])
    minimum = Number(
        _l("Minimum"),
        [Optional(), NumberRange(min=0, max=100_000, message=_l("Zéro ou plus."))],
    )
    repeats = SelectField(_l("Se répète : le même que"), coerce=row_number, validate_choice=False)
    lead = SelectField(_l("Porté par"), coerce=row_number)
    venue_room = SelectField(_l("Salle du lieu"), coerce=row_number)
    room = StringField(_l("Autre salle"), [Length(max=80, message=TOO_LONG)], filters=[one_line])
    description = TextAreaField(_l("Présentation"), [Length(max=4000, message=TOO_LONG)])

    @property
    def is_blank(self) -> bool:
        """Whether nothing was written."""
        return not (self.title.data or self.capacity.data or self.description.data)

    def validate_title(self, field: Field) -> None:
        """Ask for a title unless the workshop is blank."""
        if not self.is_blank and not field.data:
            raise ValidationError(gettext("Donnez un titre à cet atelier."))

    def described(self, places_of: dict[int, int]) -> Room:
        """Return the workshop; `places_of` tells where the lines that are no blank stand."""
        return Room(
            number=row_number(self.number.data),
            title=self.title.data or "",
            capacity=self.capacity.data or 0,
            minimum=self.minimum.data or 0,
            turn=self.turn.data,
            repeats=places_of.get(self.repeats.data) if self.repeats.data is not None else None,
            lead_id=self.lead.data,
            room_id=self.venue_room.data,
            room=self.room.data or "",
            description=self.description.data or "",
        )


class BlockForm(Form):
    """Workshops among which one chooses, with their rounds."""

    number = HiddenField()
    title = StringField(
        _l("Titre du bloc"),
        [Length(max=200, message=TOO_LONG)],
        filters=[one_line],
        description=_l("Utile quand il y en a plusieurs : « Matin », « Après-midi »."),
    )
    choices_min = Number(
        _l("Chaque personne en choisit au moins"),
        [Optional(), NumberRange(min=0, max=MOST_CHOICES, message=_l("Entre 0 et 20."))],
    )
    choices_max = Number(
        _l("et au plus"),
        [Optional(), NumberRange(min=0, max=MOST_CHOICES, message=_l("Entre 0 et 20."))],
    )
    way = SelectField(_l("Comment les places se donnent"), coerce=Way, default=Way.FIRST_COME)
    wishes_max = Number(
        _l("Souhaits à classer au plus"),
        [Optional(), NumberRange(min=0, max=MOST_WORKSHOPS, message=_l("Entre 0 et 40."))],
        description=_l(
            "Seulement si l’on classe des souhaits. Vide : tous les ateliers peuvent être classés."
        ),
    )
    rounds = FieldList(FormField(RoundForm), _l("Tour"), max_entries=MOST_ROUNDS)
    workshops = FieldList(FormField(RoomForm), _l("Atelier"), max_entries=MOST_WORKSHOPS)

    @property
    def is_blank(self) -> bool:
        """Whether it is a new block in which nothing was written."""
        return row_number(self.number.data) is None and all(
            entry.form.is_blank for entry in self.workshops.entries
        )

    def validate_workshops(self, _field: Field) -> None:
        """Ask for the seats of every workshop."""
        for entry in self.workshops.entries:
            if not entry.form.is_blank and not entry.form.capacity.data and not entry.form.capacity.errors:
                entry.form.capacity.errors = [gettext("Combien de places ?")]
                raise ValidationError(gettext("Il manque un nombre de places."))

    def prepare(self, offered: "Offered") -> None:
        """Fill the lists: the rounds and workshops are those of this very page."""
        self.way.choices = [SelectChoice(way.value, word) for way, word in WAYS.items()]
        if not self.workshops.entries:
            self.workshops.append_entry()
        turns = [SelectChoice("", str(NO_ROUND))]
        for place, entry in enumerate(self.rounds.entries):
            entry.form.day.choices = offered.days
            entry.form.first_day = offered.first_day
            name = entry.form.title.data or gettext("Tour %(number)s", number=place + 1)
            turns.append(SelectChoice(str(place), name))
        titles = [
            SelectChoice(str(place), entry.form.title.data or gettext("Atelier %(number)s", number=place + 1))
            for place, entry in enumerate(self.workshops.entries)
        ]
        for place, row in enumerate(self.workshops.entries):
            row.form.turn.choices = turns
            row.form.repeats.choices = [
                SelectChoice("", gettext("Aucun : c’est un autre atelier")),
                *(choice for choice in titles if choice.value != str(place)),
            ]
            row.form.lead.choices = offered.leads
            row.form.venue_room.choices = offered.rooms

    def drop_turn(self, place: int) -> None:
        """Let workshops of the round that went be outside any, and those after it keep theirs."""
        for entry in self.workshops.entries:
            entry.form.turn.data = _closed_up(entry.form.turn.data, place)

    def drop_workshop(self, place: int) -> None:
        """Let workshops that repeated the one that went repeat none, and the others keep theirs."""
        for entry in self.workshops.entries:
            entry.form.repeats.data = _closed_up(entry.form.repeats.data, place)

    def described(self) -> Block:
        """Return the block."""
        written = [place for place, entry in enumerate(self.workshops.entries) if not entry.form.is_blank]
        places_of = {place: number for number, place in enumerate(written)}
        least = self.choices_min.data or 0
        most = self.choices_max.data if self.choices_max.data is not None else least
        return Block(
            number=row_number(self.number.data),
            title=self.title.data or "",
            choices_min=least,
            choices_max=most,
            way=self.way.data,
            wishes_max=self.wishes_max.data or 0,
            rounds=tuple(entry.form.described() for entry in self.rounds.entries),
            workshops=tuple(self.workshops.entries[place].form.described(places_of) for place in written),
        )


def _closed_up(value: int | None, gone: int) -> int | None:
    if value is None or value == gone:
        return None
    return value - 1 if value > gone else value


class Offered:
    """What the lists of a programme's form offer."""

    def __init__(self, session: Session, event: Event) -> None:
        language = chosen_language()
        self.first_day = event.day
        self.days = [SelectChoice(day.isoformat(), format_date(day, language)) for day in days_of(event)]
        self.speakers = organisations(session)
        self.leads = [SelectChoice("", gettext("Aucune organisation")), *self.speakers]
        self.rooms = [SelectChoice("", gettext("Aucune"))]
        for room in session.scalars(places.rooms_for(event)):
            seats = gettext(" (%(seats)s places)", seats=room.seats) if room.seats is not None else ""
            self.rooms.append(SelectChoice(str(room.id), f"{room.name}{seats}"))


def days_of(event: Event) -> Iterator[date]:
    """Return the days over which the event lasts; never more than a list can show."""
    day = event.day
    for _number in range(60):
        yield day
        day += timedelta(days=1)
        if day > event.last_day:
            return


class ProgrammeForm(SeenRowsForm):
    """Programme and workshops."""

    lines = FieldList(FormField(LineForm), _l("Ligne"), max_entries=MOST_LINES)
    blocks = FieldList(FormField(BlockForm), _l("Bloc"), max_entries=MOST_BLOCKS)

    def prepare(self, session: Session, event: Event) -> None:
        """Fill the lists; an empty part shows one line to begin with."""
        if not self.lines.entries:
            self.lines.append_entry()
        offered = Offered(session, event)
        for entry in self.lines.entries:
            entry.form.speakers.choices = offered.speakers
            entry.form.day.choices = offered.days
            entry.form.first_day = event.day
        for block in self.blocks.entries:
            block.form.prepare(offered)

    def rearrange(self, gesture: str) -> None:
        """Add or take away a row; nothing is stored yet.

        `add-lines`, `drop-lines-3`, `add-blocks`, `drop-blocks-0`; inside the block at place 1:
        `add-rounds-1`, `drop-rounds-1-0`, `add-workshops-1`, `drop-workshops-1-4`.
        """
        verb, _, rest = gesture.partition("-")
        name, _, places_told = rest.partition("-")
        if name in {"lines", "blocks"}:
            most = MOST_LINES if name == "lines" else MOST_BLOCKS
            rearrange(self[name], verb, places_told, most)
            return
        block_place, _, place = places_told.partition("-")
        if not block_place.isdigit() or int(block_place) >= len(self.blocks.entries):
            return
        block = self.blocks.entries[int(block_place)].form
        if name == "rounds" and rearrange(block.rounds, verb, place, MOST_ROUNDS):
            block.drop_turn(int(place))
        elif name == "workshops" and rearrange(block.workshops, verb, place, MOST_WORKSHOPS):
            block.drop_workshop(int(place))

    def validate_lines(self, _field: Field) -> None:
        """Ask for the hour of every line."""
        for entry in self.lines.entries:
            if not entry.form.is_blank and entry.form.starts.data is None and not entry.form.starts.errors:
                entry.form.starts.errors = [str(NOT_AN_HOUR)]
                raise ValidationError(gettext("Il manque une heure."))

    def problems(self) -> list[str]:
        """Return what is to be mended, each with the place where it stands."""
        found = [*map(str, self.form_errors), *mistakes(gettext("Ligne"), self.lines)]
        found += mistakes(gettext("Bloc"), self.blocks)
        for entry in self.blocks.entries:
            found += mistakes(gettext("Tour"), entry.form.rounds)
            found += mistakes(gettext("Atelier"), entry.form.workshops)
        return list(dict.fromkeys(found))

    def programme(self) -> Programme:
        """Return what was written."""
        return Programme(
            lines=tuple(entry.form.line() for entry in self.lines.entries if not entry.form.is_blank),
            blocks=tuple(entry.form.described() for entry in self.blocks.entries if not entry.form.is_blank),
        )


def rows_of(event: Event) -> dict[str, Any]:
    """Return programme and workshops as the form shows them."""
    return {
        "lines": [_line_of(slot) for slot in event.slots],
        "blocks": [_block_of(event, block) for block in event.blocks],
    }


def _line_of(slot: Slot) -> dict[str, Any]:
    return {
        "day": slot.day,
        "starts": local(slot.starts_at).time(),
        "ends": local(slot.ends_at).time() if slot.ends_at is not None else None,
        "kind": slot.kind,
        "title": slot.title,
        "speakers": [row.organisation_id for row in slot.speaker_rows],
        "description": slot.description,
    }


def _block_of(event: Event, block: WorkshopBlock) -> dict[str, Any]:
    workshops = [workshop for workshop in event.workshops if workshop.block_id == block.id]
    turns = {one.id: place for place, one in enumerate(block.rounds)}
    places_of = {workshop.id: place for place, workshop in enumerate(workshops)}
    return {
        "number": str(block.id),
        "title": block.title,
        "choices_min": block.choices_min,
        "choices_max": block.choices_max,
        "way": block.way,
        "wishes_max": block.wishes_max or None,
        "rounds": [_round_of(one) for one in block.rounds],
        "workshops": [_room_of(workshop, turns, places_of) for workshop in workshops],
    }


def _round_of(one: WorkshopRound) -> dict[str, Any]:
    return {
        "number": str(one.id),
        "title": one.title,
        "day": today(one.starts_at) if one.starts_at is not None else None,
        "starts": local(one.starts_at).time() if one.starts_at is not None else None,
        "ends": local(one.ends_at).time() if one.ends_at is not None else None,
    }


def _room_of(workshop: Workshop, turns: dict[int, int], places_of: dict[int, int]) -> dict[str, Any]:
    return {
        "number": str(workshop.id),
        "title": workshop.title,
        "turn": turns.get(workshop.round_id or 0),
        "capacity": workshop.capacity,
        "minimum": workshop.minimum or None,
        "repeats": places_of.get(workshop.repeats_id or 0),
        "lead": workshop.lead_id,
        "venue_room": workshop.room_id,
        "room": workshop.room,
        "description": workshop.description,
    }
