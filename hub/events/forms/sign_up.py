"""Signing up, changing one's choices, asking for one's link."""

from typing import Any

from flask_babel import gettext, ngettext
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from sqlalchemy.orm import Session
from wtforms import (  # type: ignore[attr-defined]  # SelectChoice is newer than the stubs
    BooleanField,
    EmailField,
    Field,
    HiddenField,
    RadioField,
    SelectChoice,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
)
from wtforms.validators import InputRequired, Length, ValidationError

from hub.core import mail
from hub.core.errors import DomainError
from hub.events.models.days import Event
from hub.events.models.registrations import Channel, Registration
from hub.events.operations.sign_up import NO_CONSENT, Person, Wishes
from hub.events.queries import days as queries
from hub.events.words import CHANNELS

OFF_LINE = (Channel.PHONE, Channel.PAPER, Channel.MAIL)
ALONE, UNLISTED = "alone", "unlisted"


def one_line(text: str | None) -> str:
    """Return the text without line ends or blanks around it."""
    return " ".join((text or "").split())


def with_acronym(name: str, acronym: str) -> str:
    """Return an organisation's name, with its acronym if it has one."""
    return f"{name} ({acronym})" if acronym else name


def one_address(_form: FlaskForm, field: Field) -> None:
    """Refuse what isn't one address (S7); keep it in lower case."""
    try:
        field.data = mail.address(field.data or "").lower()
    except DomainError as problem:
        raise ValidationError(gettext(problem.msgid)) from problem


def blame(form: FlaskForm, problem: DomainError) -> None:
    """Put a refusal under the field at fault, or above the form where it has none of that name."""
    text = gettext(problem.msgid, **problem.params)
    if problem.field is not None and problem.field in form:
        form[problem.field].errors = [*form[problem.field].errors, text]
    else:
        form.form_errors.append(text)


class WishesForm(FlaskForm):
    """What one chooses for the day; fields that the day doesn't need are left out by `prepare`."""

    workshops = SelectMultipleField(_l("Ateliers"), coerce=int, validate_choice=False)
    meal = RadioField(_l("Repas"), default="", validate_choice=False)
    diet = StringField(
        _l("Régime ou allergie"),
        [Length(max=300, message=_l("Restez sous 300 signes."))],
        filters=[one_line],
        description=_l("Seulement si la cuisine doit le savoir. Elle reçoit des nombres, jamais votre nom."),
    )
    access_needs = TextAreaField(
        _l("De quoi avez-vous besoin pour participer ?"),
        [Length(max=600, message=_l("Restez sous 600 signes."))],
        filters=[lambda text: (text or "").strip()],
        description=_l("Accès sans marche, boucle auditive, interprète, place assise…"),
    )
    consents = BooleanField(
        _l("J’accepte que ces besoins soient notés pour organiser la journée. Ils sont effacés le lendemain.")
    )

    # How many workshops are to be chosen, from `prepare`.
    to_choose = 0

    def validate_workshops(self, field: Field) -> None:
        """Ask for exactly as many as the day wants; the operation checks it again, with the seats."""
        if len(set(field.data or [])) != self.to_choose:
            raise ValidationError(
                ngettext(
                    "Choisissez exactement un atelier.",
                    "Choisissez exactement %(num)s ateliers différents.",
                    self.to_choose,
                )
            )

    def validate_consents(self, field: Field) -> None:
        """Ask for consent where something was confided (G3)."""
        confided = self.access_needs.data or ("diet" in self and self.diet.data)
        if confided and not field.data:
            raise ValidationError(gettext(NO_CONSENT))

    def prepare(self, event: Event, held: Registration | None = None) -> None:
        """Fill the lists of choices and leave out what the day doesn't ask. Once per form."""
        self.to_choose = event.workshop_choices
        if event.workshop_choices:
            self.offer_workshops(event, held)
        else:
            del self.workshops
        if event.meal_offered:
            self.meal.choices = [
                *(SelectChoice(str(row.id), row.label) for row in event.meals),
                SelectChoice("", _l("Pas de repas")),
            ]
        else:
            del self.meal
            del self.diet

    def offer_workshops(self, event: Event, held: Registration | None = None) -> None:
        """List the workshops; a full one can't be ticked, unless one has a seat in it or just ticked it."""
        offered = self._open(event, held) | set(self.workshops.data or [])
        self.workshops.choices = [
            SelectChoice(str(row.id), row.title, {} if row.id in offered else {"disabled": True})
            for row in event.workshops
        ]
        self.workshops.label.text = ngettext(
            "Choisissez un atelier", "Choisissez %(num)s ateliers", event.workshop_choices
        )

    def untick_full(self, event: Event, held: Registration | None = None) -> None:
        """Untick what has filled up, once that was told, so that one sees what is still to choose."""
        if "workshops" in self:
            can_have = self._open(event, held)
            self.workshops.data = [number for number in self.workshops.data or [] if number in can_have]
            self.offer_workshops(event, held)

    def _open(self, event: Event, held: Registration | None) -> set[int]:
        mine = {choice.workshop_id for choice in held.choices} if held is not None else set()
        return {row.id for row in event.workshops if row.left > 0} | mine

    def wishes(self) -> Wishes:
        """Return what was chosen."""
        meal = self.meal.data if "meal" in self else None
        return Wishes(
            workshop_ids=tuple(self.workshops.data or ()) if "workshops" in self else (),
            meal_id=int(meal) if meal and meal.isdigit() else None,
            diet=self.diet.data or "" if "diet" in self else "",
            access_needs=self.access_needs.data or "",
            consents=bool(self.consents.data),
        )


class SignUpForm(WishesForm):
    """The public form: who comes, and what for."""

    name = StringField(
        _l("Prénom et nom"),
        [
            InputRequired(message=_l("Écrivez votre prénom et votre nom.")),
            Length(max=120, message=_l("Restez sous 120 signes.")),
        ],
        filters=[one_line],
        render_kw={"autocomplete": "name"},
    )
    email = EmailField(
        _l("Adresse mail"),
        [InputRequired(message=_l("Écrivez votre adresse mail.")), one_address],
        description=_l("Nous y envoyons la confirmation et votre lien personnel."),
        render_kw={"autocomplete": "email"},
    )
    organisation = SelectField(_l("Organisation"), validate_choice=False)
    organisation_name = StringField(
        _l("Nom de votre organisation"),
        [Length(max=200, message=_l("Restez sous 200 signes."))],
        filters=[one_line],
        description=_l("Si elle n’est pas dans la liste."),
        render_kw={"autocomplete": "organization"},
    )
    form_key = HiddenField()

    def offer_organisations(self, session: Session) -> None:
        """Fill the list of organisations from the register."""
        rows = session.execute(queries.organisations_at_work()).all()
        self.organisation.choices = [
            SelectChoice("", gettext("Choisissez…")),
            SelectChoice(UNLISTED, gettext("Mon organisation n’est pas dans la liste")),
            SelectChoice(ALONE, gettext("Je viens à titre personnel")),
            *(SelectChoice(str(number), with_acronym(name, short)) for number, name, short in rows),
        ]

    def validate_name(self, field: Field) -> None:
        """Refuse blanks."""
        if not field.data:
            raise ValidationError(gettext("Écrivez votre prénom et votre nom."))

    def validate_organisation(self, field: SelectField) -> None:
        """Ask for one of the list, or for words where it isn't there."""
        if not any(chosen and value for value, _, chosen, _ in field.iter_choices()):
            raise ValidationError(
                gettext("Choisissez votre organisation, ou dites que vous venez à titre personnel.")
            )

    def validate_organisation_name(self, field: Field) -> None:
        """Ask for the name that the list lacks."""
        if self.organisation.data == UNLISTED and not field.data:
            raise ValidationError(gettext("Écrivez le nom de votre organisation."))

    def person(self, language: str) -> Person:
        """Return who comes."""
        chosen = self.organisation.data or ""
        return Person(
            name=self.name.data or "",
            email=self.email.data or None,
            organisation_id=int(chosen) if chosen.isdigit() else None,
            organisation_name=(self.organisation_name.data or "") if chosen == UNLISTED else "",
            language=language,
            form_key=self.form_key.data or "",
        )


class EntryForm(SignUpForm):
    """A sign-up that a coordinator enters."""

    email = EmailField(
        _l("Adresse mail"),
        description=_l("Sans adresse, aucun mail ne part : la personne ne pourra pas changer ses choix."),
    )
    channel = RadioField(
        _l("Comment est-ce arrivé ?"),
        choices=[SelectChoice(way.value, CHANNELS[way]) for way in OFF_LINE],
        default=Channel.PHONE.value,
    )
    consents = BooleanField(_l("La personne accepte que ces besoins soient notés jusqu’au lendemain."))

    def validate_email(self, field: Field) -> None:
        """Check the address, if there is one."""
        if (field.data or "").strip():
            one_address(self, field)

    def person(self, language: str) -> Person:
        """Return who comes and how we know."""
        base = super().person(language)
        return Person(
            name=base.name,
            email=base.email,
            organisation_id=base.organisation_id,
            organisation_name=base.organisation_name,
            language=language,
            channel=Channel(self.channel.data),
        )


class LinkForm(FlaskForm):
    """Asking for one's personal link again."""

    email = EmailField(
        _l("Adresse mail de votre inscription"),
        [InputRequired(message=_l("Écrivez votre adresse mail.")), one_address],
        render_kw={"autocomplete": "email"},
    )


class ConfirmForm(FlaskForm):
    """A gesture that needs nothing but its confirmation (and its CSRF token)."""


def filled(registration: Registration) -> dict[str, Any]:
    """Return a registration's choices as the form shows them; consent stands as the person gave it."""
    return {
        "workshops": [choice.workshop_id for choice in registration.choices],
        "meal": str(registration.meal_id or ""),
        "diet": registration.diet,
        "access_needs": registration.access_needs,
        "consents": registration.needs_consent_at is not None,
    }
