"""Who may come: answering requests, inviting, reserving places, filling them, handing one's own over."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta

from flask_babel import gettext, ngettext
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from sqlalchemy.orm import Session
from wtforms import (  # type: ignore[attr-defined]  # SelectChoice is newer than the stubs
    DateField,
    EmailField,
    Field,
    HiddenField,
    IntegerField,
    RadioField,
    SelectChoice,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
)
from wtforms.validators import InputRequired, Length, NumberRange, Optional, ValidationError

from hub.core import clock
from hub.core.errors import DomainError
from hub.events.forms import questions as own
from hub.events.forms.kept import KeptForm
from hub.events.forms.questions import one_line, stripped
from hub.events.forms.sign_up import number, rule_of, with_acronym
from hub.events.models.days import Event, Mode
from hub.events.models.registrations import Question, ReservedPlaces
from hub.events.queries import admission as queries
from hub.events.queries import days
from hub.events.values import addresses, choosing, pasting
from hub.events.words import MODES

MOST_PLACES = 50
MOST_PASTED = 500
SHOWN = 3  # wrong lines that are named


def one_address(_form: FlaskForm, field: Field) -> None:
    """Refuse what isn't one address (S7); keep it as it is compared."""
    if not (field.data or "").strip():
        return
    try:
        field.data = addresses.normal(field.data)
    except DomainError as problem:
        raise ValidationError(gettext(problem.msgid)) from problem


class HandOverForm(KeptForm):
    """To whom a place goes."""

    name = StringField(
        _l("Prénom et nom de la personne qui vient"),
        [
            InputRequired(message=_l("Écrivez le prénom et le nom.")),
            Length(max=120, message=_l("Restez sous 120 signes.")),
        ],
        filters=[one_line],
    )
    email = EmailField(
        _l("Son adresse mail"),
        [InputRequired(message=_l("Écrivez son adresse mail.")), one_address],
        description=_l("Elle reçoit la confirmation et son propre lien."),
    )


class DeclineForm(FlaskForm):
    """Why somebody can't come."""

    reason = TextAreaField(
        _l("Raison, pour la personne"),
        [
            InputRequired(message=_l("Écrivez la raison : la personne la lira.")),
            Length(max=400, message=_l("Restez sous 400 signes.")),
        ],
        filters=[one_line],
        description=_l("Elle est écrite dans le mail. Ni santé, ni séjour, ni croyance."),
    )


class InviteForm(FlaskForm):
    """One address to invite, with its name and for how many."""

    email = EmailField(
        _l("Adresse mail"), [InputRequired(message=_l("Écrivez une adresse mail.")), one_address]
    )
    name = StringField(
        _l("Prénom et nom"),
        [Length(max=120, message=_l("Restez sous 120 signes."))],
        filters=[one_line],
    )
    places = IntegerField(
        _l("Pour combien de personnes ?"),
        [
            InputRequired(message=_l("Écrivez un nombre.")),
            NumberRange(min=1, max=MOST_PLACES, message=_l("Entre 1 et 50 personnes.")),
        ],
        default=1,
    )


class PasteForm(FlaskForm):
    """Many addresses at once, one a line, with a name before it if one likes."""

    lines = TextAreaField(
        _l("Adresses, une par ligne"),
        [InputRequired(message=_l("Collez au moins une adresse."))],
        filters=[stripped],
        description=_l("« Prénom Nom, prenom@association.be » ou l’adresse seule. Au plus 500 lignes."),
    )
    many = IntegerField(
        _l("Pour combien de personnes, chacune ?"),
        [
            InputRequired(message=_l("Écrivez un nombre.")),
            NumberRange(min=1, max=MOST_PLACES, message=_l("Entre 1 et 50 personnes.")),
        ],
        default=1,
    )
    # What the lines hold, from `validate_lines`: (name, address).
    found: tuple[tuple[str, str], ...] = ()

    def validate_lines(self, field: Field) -> None:
        """Read the lines; say which ones are wrong."""
        lines = [line.strip() for line in (field.data or "").splitlines() if line.strip()]
        if len(lines) > MOST_PASTED:
            raise ValidationError(gettext("Au plus %(most)d lignes à la fois.", most=MOST_PASTED))
        found, wrong = pasting.people(lines)
        if wrong:
            named = ", ".join(f"«\u00a0{line[:60]}\u00a0»" for line in wrong[:SHOWN])
            raise ValidationError(
                ngettext(
                    "Une ligne n’est pas une adresse : %(lines)s.",
                    "%(num)s lignes ne sont pas des adresses : %(lines)s.",
                    len(wrong),
                    lines=named + ("…" if len(wrong) > SHOWN else ""),
                )
            )
        if not found:
            raise ValidationError(gettext("Collez au moins une adresse."))
        self.found = tuple(found)


class OrganisationsForm(FlaskForm):
    """Organisations of the register to invite, at their own address."""

    organisations = SelectMultipleField(
        _l("Organisations du registre"),
        coerce=number,
        validate_choice=False,
        description=_l("Celles dont l’adresse de contact est connue. Leur fiche dit laquelle."),
    )
    each = IntegerField(
        _l("Pour combien de personnes, chacune ?"),
        [
            InputRequired(message=_l("Écrivez un nombre.")),
            NumberRange(min=1, max=MOST_PLACES, message=_l("Entre 1 et 50 personnes.")),
        ],
        default=1,
    )

    def offer(self, session: Session, event: Event) -> None:
        """Fill the list with those that can be written to and aren't invited yet."""
        rows = session.execute(queries.invitable(event)).all()
        self.organisations.choices = [
            SelectChoice(str(number), with_acronym(name, short)) for number, name, short, _email in rows
        ]

    def validate_organisations(self, field: Field) -> None:
        """Ask for one at least."""
        if not field.data:
            raise ValidationError(gettext("Choisissez au moins une organisation."))


class PlacesFields(FlaskForm):
    """What is said of reserved places: how many, who names the people, until when."""

    seats = IntegerField(
        _l("Nombre de places"),
        [
            InputRequired(message=_l("Écrivez un nombre.")),
            NumberRange(min=1, max=MOST_PASTED, message=_l("Au moins une place, au plus 500.")),
        ],
    )
    contact_name = StringField(
        _l("Qui donne les noms"),
        [Length(max=120, message=_l("Restez sous 120 signes."))],
        filters=[one_line],
    )
    contact_email = EmailField(
        _l("Adresse mail de cette personne"),
        [one_address],
        description=_l("Elle reçoit le lien vers la page des places."),
    )
    release_on = DateField(
        _l("Dernier jour pour donner les noms"),
        [Optional()],
        description=_l("Après ce jour, les places sans nom redeviennent libres."),
    )

    def release_at(self) -> datetime | None:
        """Return the first moment after the last day for names."""
        return clock.end_of_day(self.release_on.data) if self.release_on.data else None


class SeatsForm(PlacesFields):
    """Another number of reserved places, or another person who names the people."""


class ReserveForm(PlacesFields):
    """Places for an organisation: how many, how, and who names the people."""

    organisation = SelectField(
        _l("Organisation"), [InputRequired(message=_l("Choisissez une organisation."))], validate_choice=False
    )
    mode = RadioField(_l("Comment viennent-elles ?"), default=Mode.ONSITE.value, validate_choice=False)

    def prepare(self, session: Session, event: Event) -> None:
        """Fill the lists; leave out the way of taking part where there is one only."""
        rows = session.execute(days.organisations_at_work()).all()
        self.organisation.choices = [
            SelectChoice("", gettext("Choisissez…")),
            *(SelectChoice(str(number), with_acronym(name, short)) for number, name, short in rows),
        ]
        self.mode.choices = [SelectChoice(mode.value, MODES[mode]) for mode in event.modes]
        if len(event.modes) == 1:
            del self.mode

    def chosen_mode(self, event: Event) -> Mode:
        """Return the way of taking part."""
        value = self.mode.data if "mode" in self else ""
        return Mode(value) if value in set(event.modes) else event.modes[0]


class NameForm(KeptForm):
    """Who comes on a reserved place."""

    name = StringField(
        _l("Prénom et nom"),
        [
            InputRequired(message=_l("Écrivez le prénom et le nom.")),
            Length(max=120, message=_l("Restez sous 120 signes.")),
        ],
        filters=[one_line],
    )
    email = EmailField(
        _l("Adresse mail"),
        [one_address],
        description=_l("Avec une adresse, la personne reçoit sa confirmation et son propre lien."),
    )
    workshops = SelectMultipleField(_l("Ateliers"), coerce=number, validate_choice=False)
    meal = RadioField(_l("Repas"), default="", validate_choice=False)
    form_key = HiddenField()
    # Who may come, as the day asks it; answered again only for another person.
    questions: Sequence[Question] = ()

    def prepare(self, places: ReservedPlaces, held: frozenset[int] = frozenset()) -> None:
        """Fill the lists of choices and leave out what the day doesn't ask."""
        event = places.event
        blocks = choosing.chosen_now(event.blocks)
        if blocks:
            ticked, mine = set(self.workshops.data or []) | held, {block.id for block in blocks}
            self.workshops.description = " ".join(
                rule_of(each, several_rounds=len(each.rounds) > 1) for each in blocks
            )
            self.workshops.choices = [
                SelectChoice(
                    str(row.id),
                    f"{row.title} ({row.round.title})" if row.round and row.round.title else row.title,
                    {} if row.left > 0 or row.id in ticked else {"disabled": True},
                )
                for row in event.workshops
                if row.block_id in mine and (row.cancelled_at is None or row.id in held)
            ]
        else:
            del self.workshops
        if event.meal_offered and places.mode is Mode.ONSITE:
            self.meal.choices = [
                *(SelectChoice(str(row.id), row.label) for row in event.meals),
                SelectChoice("", _l("Pas de repas")),
            ]
        else:
            del self.meal

    def validate_name(self, field: Field) -> None:
        """Refuse blanks."""
        if not field.data:
            raise ValidationError(gettext("Écrivez le prénom et le nom."))


def name_form_for(questions: Sequence[Question], *, is_new: bool) -> type[NameForm]:
    """Return the form with the day's questions of who may come; who is named already has answered."""
    fields = own.fields_of(questions)
    if not is_new:
        for field in fields.values():
            field.args = (field.args[0], [Optional()])
            field.kwargs["description"] = gettext("Seulement si une autre personne vient.")
    return type("NameForm", (NameForm,), {**fields, "questions": questions})


class GiveBackForm(FlaskForm):
    """How many places without a name are given back."""

    number = IntegerField(
        _l("Combien de places rendez-vous ?"),
        [
            InputRequired(message=_l("Écrivez un nombre.")),
            NumberRange(min=1, message=_l("Au moins une place.")),
        ],
        default=1,
    )


def last_day(moment: datetime | None) -> date | None:
    """Return the last day, included, before a moment that ends one."""
    return None if moment is None else clock.today(moment - timedelta(microseconds=1))
