"""Describing a day, apart from its programme."""

import unicodedata
from typing import Any

from flask_babel import gettext
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from sqlalchemy.orm import Session
from wtforms import (  # type: ignore[attr-defined]  # SelectChoice is newer than the stubs
    BooleanField,
    EmailField,
    Field,
    RadioField,
    SelectChoice,
    SelectField,
    SelectMultipleField,
    StringField,
    TelField,
    TextAreaField,
    URLField,
)
from wtforms.validators import DataRequired, InputRequired, Length, Optional, ValidationError

from hub.core.clock import local
from hub.events.forms.fields import (
    NOT_A_DATE,
    NOT_AN_HOUR,
    TOO_LONG,
    Day,
    Hour,
    Number,
    choices_of,
    given,
    one_site,
    organisations,
    row_number,
    some_seats,
)
from hub.events.forms.questions import one_line
from hub.events.forms.sign_up import one_address
from hub.events.models.days import Event, EventKind, Mode, SignUpNeed
from hub.events.operations.describing import Details
from hub.events.queries import days as queries
from hub.events.queries import places
from hub.events.words import KINDS, MODES, NEEDS
from hub.plans.forms.seen import SeenForm

MEAL_LENGTH = 120
PLAIN = (
    "title", "kind", "summary", "description", "place_name", "place_address", "capacity", "online_url",
    "online_info", "online_capacity", "practical_info", "contact_name", "contact_email", "contact_phone",
    "day", "deadline", "mode",
)  # fmt: skip


class DayForm(SeenForm):
    """A day, apart from its programme."""

    title = StringField(
        _l("Titre"),
        [DataRequired(message=_l("Donnez un titre à la journée.")), Length(max=200, message=TOO_LONG)],
        filters=[one_line],
    )
    kind = SelectField(_l("Sorte de journée"), coerce=EventKind, choices=[])
    series = SelectField(_l("Série"), coerce=row_number)
    summary = StringField(
        _l("En une phrase"),
        [Length(max=400, message=TOO_LONG)],
        filters=[one_line],
        description=_l("Elle paraît dans la liste des journées et dans les agendas."),
    )
    description = TextAreaField(_l("Présentation"), [Length(max=20000, message=TOO_LONG)])
    day = Day(_l("Date"), [InputRequired(message=NOT_A_DATE)])
    last_day = Day(
        _l("Dernier jour"),
        [Optional()],
        description=_l("Laissez vide si tout se passe en un jour."),
    )
    doors = Hour(_l("Accueil dès"), [Optional()])
    starts = Hour(_l("Début"), [InputRequired(message=NOT_AN_HOUR)])
    ends = Hour(_l("Fin"), [InputRequired(message=NOT_AN_HOUR)])
    mode = RadioField(
        _l("Comment y participe-t-on ?"), coerce=Mode, choices=choices_of(MODES), default=Mode.ONSITE
    )
    place_name = StringField(
        _l("Lieu"),
        [Length(max=200, message=TOO_LONG)],
        filters=[one_line],
        description=_l("Laissez vide s’il reste à préciser, ou pour reprendre le nom du lieu du registre."),
    )
    place_address = StringField(_l("Adresse"), [Length(max=300, message=TOO_LONG)], filters=[one_line])
    venue = SelectField(_l("Lieu du registre"), coerce=row_number)
    room = SelectField(_l("Salle"), coerce=row_number)
    capacity = Number(
        _l("Places dans la salle"),
        [Optional(), some_seats],
        description=_l("Laissez vide si rien ne le limite."),
    )
    online_url = URLField(
        _l("Lien de la visioconférence"),
        [Length(max=500, message=TOO_LONG), one_site],
        description=_l(
            "Il n’est jamais public : seules les personnes qui participent en ligne le reçoivent."
        ),
    )
    online_info = TextAreaField(
        _l("Pour se connecter"),
        [Length(max=4000, message=TOO_LONG)],
        description=_l("Code d’accès, téléphone, ce qu’il faut préparer ; pour les mêmes personnes."),
    )
    online_capacity = Number(
        _l("Places en ligne"),
        [Optional(), some_seats],
        description=_l("Laissez vide si rien ne le limite."),
    )
    moves_people = BooleanField(_l("Les personnes inscrites suivent"))
    space = SelectField(_l("Espace de concertation"), coerce=row_number)
    organisers = SelectMultipleField(_l("Organisée par"), coerce=int)
    need = RadioField(
        _l("Faut-il s’inscrire ?"),
        coerce=SignUpNeed,
        choices=choices_of(NEEDS),
        default=SignUpNeed.REQUIRED,
    )
    opens = Day(
        _l("Inscriptions dès le"),
        [Optional()],
        description=_l("Laissez vide pour ouvrir dès la publication."),
    )
    deadline = Day(_l("Dernier jour d’inscription, inclus"), [Optional()])
    meals = TextAreaField(
        _l("Repas proposés"),
        [Length(max=2000, message=TOO_LONG)],
        description=_l(
            "Un par ligne, en nommant ce qui est servi, jamais pourquoi : « végétarien », « poisson ». "
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
        named = organisations(session)
        self.kind.choices = [SelectChoice(kind.value, KINDS[kind]) for kind in EventKind]
        self.venue.choices = [SelectChoice("", gettext("Aucun")), *named]
        self.organisers.choices = named
        self.series.choices = [SelectChoice("", gettext("Aucune"))]
        for number, title in session.execute(queries.series_by_title()):
            self.series.choices.append(SelectChoice(str(number), title))
        self.space.choices = [SelectChoice("", gettext("Aucun"))]
        for number, name in session.execute(queries.spaces_at_work()):
            self.space.choices.append(SelectChoice(str(number), name))
        self.room.choices = [SelectChoice("", gettext("Aucune"))]
        for room, venue in session.execute(places.rooms_offered(self.room.data)):
            words = f"{venue}\u00a0: {room.name}"
            if room.seats is not None:
                words += gettext(" (%(seats)s places)", seats=room.seats)
            self.room.choices.append(SelectChoice(str(room.id), words))

    def validate_title(self, field: Field) -> None:
        """Refuse a title in which nothing can be read: signs without width alone."""
        if field.data and all(unicodedata.category(sign)[0] in "CZ" for sign in field.data):
            raise ValidationError(gettext("Donnez un titre à la journée."))

    def validate_meals(self, field: Field) -> None:
        """Keep each line short."""
        if any(len(label) > MEAL_LENGTH for label in lines_of(field.data)):
            raise ValidationError(gettext("Restez sous 120 signes par repas."))

    def validate(self, extra_validators: Any = None) -> bool:
        """Ask for the last day of signing up where one signs up."""
        is_valid = bool(super().validate(extra_validators))
        if self.signs_up and self.deadline.data is None and not self.deadline.errors:
            self.deadline.errors = [str(NOT_A_DATE)]
            return False
        return is_valid

    @property
    def signs_up(self) -> bool:
        """Whether one signs up; nobody does for a drop-in."""
        free: bool = self.need.data == SignUpNeed.NONE or self.kind.data == EventKind.DROP_IN
        return not free

    def details(self) -> Details:
        """Return the day as it was described."""
        return Details(
            title=self.title.data or "",
            kind=self.kind.data,
            series_id=self.series.data,
            summary=self.summary.data or "",
            description=self.description.data or "",
            day=given(self.day.data),
            last_day=self.last_day.data,
            doors=self.doors.data,
            starts=given(self.starts.data),
            ends=given(self.ends.data),
            mode=self.mode.data,
            place_name=self.place_name.data or "",
            place_address=self.place_address.data or "",
            venue_id=self.venue.data,
            room_id=self.room.data,
            online_url=self.online_url.data or "",
            online_info=self.online_info.data or "",
            online_capacity=self.online_capacity.data,
            moves_people=bool(self.moves_people.data),
            space_id=self.space.data,
            organiser_ids=tuple(self.organisers.data or ()),
            need=self.need.data if self.signs_up else SignUpNeed.NONE,
            opens=self.opens.data,
            deadline=self.deadline.data,
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
        **{name: getattr(event, name) for name in PLAIN},
        "last_day": event.last_day if event.lasts_days else None,
        "starts": local(event.starts_at).time(),
        "ends": local(event.ends_at).time(),
        "doors": local(event.doors_at).time() if event.doors_at is not None else None,
        "opens": local(event.sign_up_opens_at).date() if event.sign_up_opens_at is not None else None,
        "need": event.sign_up_need,
        "series": event.series_id,
        "venue": event.venue_id,
        "room": event.room_id,
        "space": event.space_id,
        "organisers": [row.organisation_id for row in event.organiser_rows],
        "meals": "\n".join(meal.label for meal in event.meals),
    }


class CallOffForm(FlaskForm):
    """Why a day is called off; the words go into the mail."""

    reason = TextAreaField(
        _l("Ce que vous voulez en dire"),
        [Length(max=400, message=TOO_LONG)],
        filters=[one_line],
        description=_l("Ces mots sont dans le mail que chaque personne inscrite reçoit."),
    )
