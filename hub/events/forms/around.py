"""What stands around a day: its notices, its series, the rooms of a venue, who organises it."""

from typing import Any

from flask_babel import gettext
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from flask_wtf.file import FileField, FileRequired
from sqlalchemy.orm import Session
from wtforms import (  # type: ignore[attr-defined]  # SelectChoice is newer than the stubs
    BooleanField,
    EmailField,
    Field,
    FieldList,
    Form,
    FormField,
    SelectChoice,
    SelectField,
    StringField,
    TelField,
    TextAreaField,
)
from wtforms.validators import DataRequired, Length, Optional, ValidationError

from hub.events.forms.fields import (
    TOO_LONG,
    Moment,
    Number,
    mistakes,
    organisations,
    rearrange,
    row_number,
    some_seats,
)
from hub.events.forms.questions import one_line, stripped
from hub.events.forms.seen import SeenRowsForm
from hub.events.forms.sign_up import one_address
from hub.events.models.days import Event
from hub.events.models.places import VenueRoom
from hub.events.operations.organisers import Organiser
from hub.events.operations.places import RoomFacts
from hub.events.queries import organisers as queries

MOST_ORGANISERS = 20


class NoticeForm(FlaskForm):
    """A temporary notice."""

    text = TextAreaField(
        _l("Ce qui change"),
        [DataRequired(message=_l("Écrivez l’avis.")), Length(max=600, message=TOO_LONG)],
        filters=[stripped],
        description=_l("Une ou deux phrases : l’heure, la salle, ce qui se passe en ligne."),
    )
    shown_from = Moment(_l("Paraît dès"), [Optional()], description=_l("Laissez vide pour tout de suite."))
    shown_until = Moment(
        _l("Jusqu’à"), [Optional()], description=_l("Laissez vide pour la fin de la journée.")
    )
    mails = BooleanField(
        _l("L’envoyer aussi par mail"),
        description=_l("À toutes les personnes inscrites ou en attente, tout de suite."),
    )


class SeriesForm(FlaskForm):
    """A series of days."""

    title = StringField(
        _l("Titre"),
        [DataRequired(message=_l("Donnez un titre à la série.")), Length(max=200, message=TOO_LONG)],
        filters=[one_line],
    )
    description = TextAreaField(_l("Présentation"), [Length(max=10000, message=TOO_LONG)])


class RoomFactsForm(FlaskForm):
    """A room of a venue."""

    name = StringField(
        _l("Nom de la salle"),
        [DataRequired(message=_l("Donnez un nom à la salle.")), Length(max=80, message=TOO_LONG)],
        filters=[one_line],
    )
    seats = Number(_l("Places assises"), [Optional(), some_seats])
    step_free = BooleanField(_l("Accessible sans marche"))
    accessible_toilet = BooleanField(_l("Toilettes accessibles en chaise roulante"))
    hearing_loop = BooleanField(_l("Boucle auditive"))
    access_note = TextAreaField(
        _l("À savoir pour y accéder"),
        [Length(max=2000, message=TOO_LONG)],
        description=_l("Étage, ascenseur, largeur des portes, éclairage : des faits, sans arrondir."),
    )

    def facts(self) -> RoomFacts:
        """Return the room as it was described."""
        return RoomFacts(
            name=self.name.data or "",
            seats=self.seats.data,
            step_free=bool(self.step_free.data),
            accessible_toilet=bool(self.accessible_toilet.data),
            hearing_loop=bool(self.hearing_loop.data),
            access_note=self.access_note.data or "",
        )


def facts_of(room: VenueRoom) -> dict[str, Any]:
    """Return a room as the form shows it."""
    names = ("name", "seats", "step_free", "accessible_toilet", "hearing_loop", "access_note")
    return {name: getattr(room, name) for name in names}


class OrganiserForm(Form):
    """One organiser; without organisation it is none."""

    organisation = SelectField(_l("Organisation"), coerce=row_number)
    territory = SelectField(_l("Territoire"), coerce=row_number)
    contact_name = StringField(
        _l("Personne ou service"), [Length(max=120, message=TOO_LONG)], filters=[one_line]
    )
    contact_email = EmailField(_l("Adresse mail"), [Optional(), one_address])
    contact_phone = TelField(_l("Téléphone"), [Length(max=40, message=TOO_LONG)], filters=[one_line])

    @property
    def is_blank(self) -> bool:
        """Whether no organisation was named."""
        return not self.organisation.data

    def described(self) -> Organiser:
        """Return the organiser."""
        return Organiser(
            organisation_id=self.organisation.data or 0,
            territory_id=self.territory.data,
            contact_name=self.contact_name.data or "",
            contact_email=self.contact_email.data or "",
            contact_phone=self.contact_phone.data or "",
        )


class OrganisersForm(SeenRowsForm):
    """Who organises a day, in the order in which they are named."""

    rows = FieldList(FormField(OrganiserForm), _l("Organisation"), max_entries=MOST_ORGANISERS)

    def prepare(self, session: Session) -> None:
        """Fill the lists; an empty form shows one row to begin with."""
        if not self.rows.entries:
            self.rows.append_entry()
        named = organisations(session, gettext("Aucune"))
        territories = [SelectChoice("", gettext("Partout"))]
        for number, name, _kind in session.execute(queries.territories()):
            territories.append(SelectChoice(str(number), name))
        for entry in self.rows.entries:
            entry.form.organisation.choices = named
            entry.form.territory.choices = territories

    def validate_rows(self, _field: Field) -> None:
        """Refuse an organisation that is named twice."""
        named = set()
        for entry in self.rows.entries:
            field = entry.form.organisation
            if field.data is not None and field.data in named:
                field.errors = [gettext("Cette organisation est déjà nommée plus haut.")]
                raise ValidationError(gettext("Une organisation est nommée deux fois."))
            named.add(field.data)

    def rearrange(self, gesture: str) -> None:
        """Add a row (`add-rows`) or take one away (`drop-rows-3`); nothing is stored yet."""
        verb, _, rest = gesture.partition("-")
        rearrange(self.rows, verb, rest.removeprefix("rows").removeprefix("-"), MOST_ORGANISERS)

    def problems(self) -> list[str]:
        """Return what is to be mended, each with its row."""
        return [*map(str, self.form_errors), *mistakes(gettext("Organisation"), self.rows)]

    def described(self) -> list[Organiser]:
        """Return who was named."""
        return [entry.form.described() for entry in self.rows.entries if entry.form.organisation.data]


def organisers_of(event: Event) -> dict[str, Any]:
    """Return the organisers as the form shows them."""
    return {
        "rows": [
            {
                "organisation": row.organisation_id,
                "territory": row.territory_id,
                "contact_name": row.contact_name,
                "contact_email": row.contact_email,
                "contact_phone": row.contact_phone,
            }
            for row in event.organiser_rows
        ]
    }


class LogoForm(FlaskForm):
    """A picture."""

    logo = FileField(_l("Nouveau logo"), [FileRequired(_l("Choisissez une image."))])
