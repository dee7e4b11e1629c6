"""Forms of meetings, their agendas and documents, and of who comes."""

from collections.abc import Sequence
from typing import Any

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from flask_wtf.file import FileField, FileRequired
from wtforms import (
    BooleanField,
    EmailField,
    RadioField,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
    URLField,
)
from wtforms.validators import DataRequired, InputRequired, Length, NumberRange, Optional

from hub.actors.forms.fields import DayField
from hub.actors.forms.values import CountField, HourField
from hub.actors.models.organisations import Organisation
from hub.core import clock, uploads
from hub.spaces.forms.spaces import REQUIRED, number
from hub.spaces.models.meetings import AgendaItem, Answer, Attendance, Meeting, Purpose
from hub.spaces.operations.agenda import ItemFacts
from hub.spaces.operations.meetings import MeetingFacts
from hub.spaces.words import PURPOSES

TOO_LONG = _l("Restez sous %(max)d signes.")
NO_HOUR = _l("Écrivez une heure, par exemple 09:30.")
SUBSTITUTE = "substitute"


class MeetingForm(FlaskForm):
    """When and where a space meets."""

    title = StringField(
        _l("Titre"), [DataRequired(_l("Donnez un titre à la réunion.")), Length(max=200, message=TOO_LONG)]
    )
    day = DayField(_l("Jour"), [InputRequired(_l("Écrivez une date."))])
    starts = HourField(_l("Début"), [InputRequired(NO_HOUR)])
    ends = HourField(_l("Fin"), [InputRequired(NO_HOUR)])
    place_name = StringField(_l("Lieu"), [Length(max=200, message=TOO_LONG)])
    place_address = StringField(_l("Adresse"), [Length(max=300, message=TOO_LONG)])
    online_url = URLField(
        _l("Adresse en ligne"),
        [Length(max=500, message=TOO_LONG)],
        description=_l("L’adresse de la visioconférence ; elle est montrée telle quelle à qui est convoqué."),
    )
    practical = TextAreaField(
        _l("Infos pratiques"),
        [Length(max=4000, message=TOO_LONG)],
        description=_l("Accès, étage, parking, ce qu’il faut apporter, accessibilité."),
    )

    def facts(self) -> MeetingFacts:
        """Return what was said of the meeting."""
        day, starts, ends = self.day.data, self.starts.data, self.ends.data
        if day is None or starts is None or ends is None:
            raise ValueError("the form wasn't validated")
        return MeetingFacts(
            title=self.title.data or "",
            day=day,
            starts=starts,
            ends=ends,
            place_name=self.place_name.data or "",
            place_address=self.place_address.data or "",
            online_url=self.online_url.data or "",
            practical=self.practical.data or "",
        )


class NewMeetingForm(MeetingForm):
    """A meeting to be, with the points of the last one that come back."""

    carried = SelectMultipleField(
        _l("Points à reprendre"),
        [Optional()],
        coerce=int,
        description=_l("Les points récurrents sont cochés. Vous pourrez tout changer ensuite."),
    )

    def offer(self, items: Sequence[AgendaItem]) -> None:
        """Fill the list of points that may come back."""
        self.carried.choices = [(item.id, item.title) for item in items]


def shown(meeting: Meeting) -> dict[str, Any]:
    """Return a meeting as the form shows it."""
    start, end = clock.local(meeting.starts_at), clock.local(meeting.ends_at)
    names = ("title", "place_name", "place_address", "online_url", "practical")
    return {
        "day": start.date(),
        "starts": start.time(),
        "ends": end.time(),
        **{name: getattr(meeting, name) for name in names},
    }


class CancelForm(FlaskForm):
    """Why a meeting is called off; the words go with the mail."""

    reason = TextAreaField(
        _l("Pourquoi"),
        [
            DataRequired(_l("Dites pourquoi : le mot part avec l’annulation.")),
            Length(max=400, message=TOO_LONG),
        ],
        description=_l("Ces mots sont dans le mail que reçoit chaque personne convoquée."),
    )


class ProposedItemForm(FlaskForm):
    """A point that a member proposes."""

    title = StringField(
        _l("Titre du point"),
        [DataRequired(_l("Donnez un titre au point.")), Length(max=250, message=TOO_LONG)],
    )
    purpose = RadioField(_l("Ce que vous attendez"), coerce=Purpose, default=Purpose.DISCUSS)
    duration = CountField(
        _l("Durée en minutes"), [Optional(), NumberRange(1, 600, _l("La durée va de 1 à 600 minutes."))]
    )
    detail = TextAreaField(_l("Détail"), [Length(max=10000, message=TOO_LONG)])
    organisation_id = SelectField(_l("Au nom de"), coerce=number)

    def offer(self, organisations: Sequence[Organisation], *, none: bool = False) -> None:
        """Fill the lists to choose from; `none` allows for no organisation."""
        self.purpose.choices = [(purpose.value, PURPOSES[purpose]) for purpose in Purpose]
        self.organisation_id.choices = [
            *([("", _l("Personne en particulier"))] if none else []),
            *[(row.id, row.name) for row in organisations],
        ]

    def facts(self) -> ItemFacts:
        """Return what was said of the point."""
        return ItemFacts(
            title=self.title.data or "",
            purpose=self.purpose.data,
            duration=self.duration.data,
            organisation_id=self.organisation_id.data,
            detail=self.detail.data or "",
        )


class ItemForm(ProposedItemForm):
    """A point of the agenda, as whoever prepares the meeting writes it."""

    organisation_id = SelectField(_l("Qui l’apporte"), [Optional()], coerce=number)
    is_standing = BooleanField(_l("Ce point revient à chaque réunion"))

    def facts(self) -> ItemFacts:
        """Return what was said of the point."""
        told = super().facts()
        return ItemFacts(
            told.title, told.purpose, told.duration, told.organisation_id, told.detail, self.is_standing.data
        )


class ReplyForm(FlaskForm):
    """A word to whoever proposed a point."""

    reply = TextAreaField(
        _l("Votre mot"),
        [
            DataRequired(_l("Écrivez un mot à la personne qui propose ce point.")),
            Length(max=1000, message=TOO_LONG),
        ],
        description=_l("Il part par mail à la personne qui propose ce point."),
    )


class DocumentForm(FlaskForm):
    """A document of a point."""

    file = FileField(_l("Fichier"), [FileRequired(_l("Choisissez un fichier."))])
    title = StringField(
        _l("Titre du document"),
        [Optional(), Length(max=200, message=TOO_LONG)],
        description=_l("Sans titre, c’est le nom du fichier."),
    )

    largest = uploads.LARGEST


class GuestForm(FlaskForm):
    """Somebody who is asked to a meeting without sitting in the space."""

    email = EmailField(_l("Adresse mail"), [DataRequired(REQUIRED), Length(max=254, message=TOO_LONG)])
    name = StringField(_l("Nom"), [Optional(), Length(max=120, message=TOO_LONG)])


class ComingForm(FlaskForm):
    """Whether somebody comes."""

    answer = RadioField(_l("Venez-vous ?"), [InputRequired(_l("Choisissez une réponse."))])

    def offer(self, attendance: Attendance, others: Sequence[Attendance]) -> None:
        """Fill the answers; a substitute is offered where somebody else is convened."""
        self.answer.choices = [
            (Answer.COMING.value, _l("Je viens")),
            (Answer.MAYBE.value, _l("Peut-être")),
            (Answer.NOT_COMING.value, _l("Je ne viens pas")),
        ]
        if others:
            names = ", ".join(row.name for row in others)
            self.answer.choices.append(
                (SUBSTITUTE, _l("Je ne viens pas, %(names)s vient à ma place", names=names))
            )
        if self.answer.data is None and attendance.answer is not None:
            self.answer.data = SUBSTITUTE if attendance.sends_substitute else attendance.answer.value

    def word(self) -> Answer:
        """Return the answer."""
        return Answer.NOT_COMING if self.answer.data == SUBSTITUTE else Answer(self.answer.data)
