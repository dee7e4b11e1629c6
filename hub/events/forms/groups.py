"""Signing up several people at once, and putting another name on one of their seats."""

from collections.abc import Iterator
from typing import Any

from flask_babel import gettext
from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, EmailField, Field, FieldList, Form, FormField, HiddenField, StringField
from wtforms.validators import InputRequired, Length, ValidationError

from hub.core.errors import DomainError
from hub.events.forms import questions as own
from hub.events.forms import wishes as ranking
from hub.events.forms.kept import KeptForm
from hub.events.forms.questions import one_line
from hub.events.forms.sign_up import Asked, ChoiceFields, IdentityFields, Label, blame, one_address
from hub.events.models.days import Event
from hub.events.operations.groups import Group
from hub.events.operations.sign_up import Person, Wishes

ADD, REMOVE = "add", "remove"
MOST_READ = 200  # people of one form that are read; a day takes fewer, and refuses the form, not its end


class PersonForm(ChoiceFields):
    """One of the people: name, an address of their own if they have one, and what they choose."""

    name = StringField(
        _l("Prénom et nom"), [Length(max=120, message=_l("Restez sous 120 signes."))], filters=[one_line]
    )
    email = EmailField(
        _l("Son adresse mail"),
        description=_l("Pour recevoir sa confirmation et son propre lien. Sans elle, tout vous est envoyé."),
    )

    @property
    def is_blank(self) -> bool:
        """Whether nothing was written or ticked here: whose name alone lacks is not left out in silence."""
        return not any(str(sent).strip() for field in self for sent in field.raw_data or ())

    def validate_email(self, field: Field) -> None:
        """Check the address, if there is one."""
        field.data = (field.data or "").strip() or None
        if field.data:
            one_address(self, field)

    def validate_name(self, field: Field) -> None:
        """Ask for the name."""
        if not field.data:
            raise ValidationError(gettext("Écrivez le prénom et le nom."))

    def wishes(self) -> Wishes:
        """Return what was chosen for this person."""
        return Wishes(**self.choices())


class OfPerson:
    """A part of somebody's form, whose words in the list of errors say of whom."""

    def __init__(self, part: Any, number: int) -> None:
        self.part = part
        self.label = Label(gettext("Personne %(number)s, %(what)s", number=number, what=part.label.text))

    def __getattr__(self, name: str) -> Any:
        return getattr(self.part, name)


class GroupForm(IdentityFields, KeptForm):
    """Who signs up, and the people."""

    email = EmailField(
        _l("Votre adresse mail"),
        [InputRequired(message=_l("Écrivez votre adresse mail.")), one_address],
        description=_l("Nous y envoyons la confirmation et le lien vers la page du groupe."),
        render_kw={"autocomplete": "email"},
    )
    agrees_to_wait = BooleanField(
        _l(
            "S’il n’y a pas assez de places, inscrivez les premières personnes et mettez les suivantes "
            "sur la liste d’attente."
        )
    )
    form_key = HiddenField()
    people: Any  # a list of PersonForm

    offers_wait = False

    def prepare(self, event: Event, asked: Asked, least: int) -> None:
        """Fill the lists of every person, and show at least so many."""
        self.ask_identity(event)
        if not event.has_waitlist:
            del self.agrees_to_wait
        while len(self.people.entries) < min(least, event.group_most):
            self.people.append_entry()
        for person in self.persons():
            person.prepare(event, asked)
        self.offers_wait = event.has_waitlist and event.is_full

    def persons(self) -> list[PersonForm]:
        """Return the people's own parts of the form."""
        return [entry.form for entry in self.people.entries]

    def drop(self, place: int) -> None:
        """Take one person off the form; what was typed for the others stays."""
        kept = [entry for number, entry in enumerate(self.people.entries) if number != place]
        if kept:
            self.people.entries = kept

    def validate(self, extra_validators: Any = None) -> bool:
        """Check who signs up, and every person who is not left blank; one at least."""
        blank = [entry for entry in self.people.entries if entry.form.is_blank]
        written = [entry for entry in self.people.entries if not entry.form.is_blank]
        self.people.entries = written or blank[:1]
        return bool(super().validate(extra_validators))

    def summary(self) -> Iterator[Any]:
        """Give what the list of errors reads: the fields, and those of every person."""
        for each in self:
            if each is self.people:
                for number, person in enumerate(self.persons(), start=1):
                    yield from (OfPerson(field, number) for field in person.summary())
            else:
                yield each

    def contact(self, language: str) -> Group:
        """Return who signs the others up."""
        return Group(
            name=self.name.data or "",
            email=self.email.data or "",
            phone=(self.phone.data or "") if "phone" in self else "",
            organisation_name=self._organisation(),
            language=language,
            wants_news="newsletter" in self and bool(self.newsletter.data),
            form_key=f"{self.form_key.data} {self.email.data}" if self.form_key.data else "",
        )

    def listed(self, language: str) -> list[tuple[Person, Wishes]]:
        """Return the people and what they choose."""
        return [
            (
                Person(
                    name=person.name.data or "",
                    email=person.email.data or None,
                    organisation_name=self._organisation(),
                    language=language,
                ),
                person.wishes(),
            )
            for person in self.persons()
        ]

    def _organisation(self) -> str:
        return (self.organisation_name.data or "") if "organisation_name" in self else ""

    def blame(self, problem: DomainError) -> None:
        """Put a refusal under the field at fault, of the person at fault."""
        parts = (problem.field or "").split("-", 2)
        if parts[0] == "people" and int(parts[1]) < len(self.people.entries):
            problem.field = parts[2]
            person = self.persons()[int(parts[1])]
            blame(person, problem)
            if parts[2] == "workshops":
                person.untick_full()
            return
        blame(self, problem)
        if problem.field == "agrees_to_wait" and "agrees_to_wait" in self:
            self.offers_wait = True


def group_form_for(event: Event, asked: Asked) -> type[GroupForm]:
    """Return the form with the day's own questions asked of each person."""
    more = {**own.fields_of(asked.questions), **ranking.fields_of(event)}
    person: type[Form] = type("PersonForm", (PersonForm,), more)
    people = FieldList(FormField(person), min_entries=0, max_entries=max(MOST_READ, event.group_most))
    return type("GroupForm", (GroupForm,), {"people": people})


class ReplaceForm(KeptForm):
    """Who comes instead."""

    name = StringField(
        _l("Prénom et nom de la personne qui vient"),
        [
            InputRequired(message=_l("Écrivez le prénom et le nom.")),
            Length(max=120, message=_l("Restez sous 120 signes.")),
        ],
        filters=[one_line],
    )
    email = EmailField(
        _l("Son adresse mail"), description=_l("Elle reçoit la confirmation et son propre lien.")
    )

    def validate_email(self, field: Field) -> None:
        """Check the address, if there is one."""
        field.data = (field.data or "").strip() or None
        if field.data:
            one_address(self, field)

    def validate_name(self, field: Field) -> None:
        """Refuse blanks."""
        if not field.data:
            raise ValidationError(gettext("Écrivez le prénom et le nom."))
