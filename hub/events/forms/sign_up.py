"""Signing up, changing one's choices, asking for one's link.

A day decides what its form asks: `form_for` makes a class with the fields of its own questions, `prepare`
fills the lists and leaves out what the day doesn't ask. Every form of a day is made of the same parts: one
person in the public form, each of a group, and a coordinator's entry are read and refused alike.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, TypeVar

from flask_babel import gettext
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import (  # type: ignore[attr-defined]  # SelectChoice is newer than the stubs
    BooleanField,
    EmailField,
    Field,
    Form,
    HiddenField,
    RadioField,
    SelectChoice,
    SelectMultipleField,
    StringField,
    TelField,
    TextAreaField,
)
from wtforms.validators import InputRequired, Length, ValidationError

from hub.actors.values import contacts
from hub.core.errors import DomainError
from hub.events.forms import questions as own
from hub.events.forms import wishes as ranking
from hub.events.forms.kept import TOKEN, KeptForm
from hub.events.forms.questions import one_line, stripped
from hub.events.models.days import Asking, Event, Mode
from hub.events.models.registrations import Channel, DietOption, Question, QuestionPurpose, Registration
from hub.events.models.workshops import Workshop, WorkshopBlock, WorkshopRound
from hub.events.operations.sign_up import NO_CONSENT, Person, Wishes
from hub.events.values import addresses, answers, choosing
from hub.events.words import CHANNELS, MODES

OFF_LINE = (Channel.PHONE, Channel.PAPER, Channel.MAIL)
AT_THE_TOP = {"channel", "name", "email", "phone", "organisation_name", "mode"}
F = TypeVar("F", bound=Form)


def with_acronym(name: str, acronym: str) -> str:
    """Return an organisation's name, with its acronym if it has one."""
    return f"{name} ({acronym})" if acronym else name


def one_address(_form: Form, field: Field) -> None:
    """Refuse what isn't one address (S7); keep it in the form under which it is compared."""
    try:
        field.data = addresses.normal(field.data or "")
    except DomainError as problem:
        raise ValidationError(gettext(problem.msgid)) from problem


def number(text: Any) -> int:
    """Return a number that a form sent, 0 where it is none: no row has it."""
    found = str(text)
    return int(found) if found.isascii() and found.isdigit() and len(found) < 10 else 0  # noqa: PLR2004


def blame(form: Form, problem: DomainError) -> None:
    """Put a refusal under the field at fault, or above the form where it has none of that name."""
    text = gettext(problem.msgid, **problem.params)
    parts = getattr(form, "blocks", ())
    part = next((part for part in parts if f"block_{part.block.id}" == problem.field), None)
    if part is not None:
        part.errors.append(text)
    elif problem.field is not None and problem.field in form:
        form[problem.field].errors = [*form[problem.field].errors, text]
    else:
        form.form_errors.append(text)


@dataclass(frozen=True)
class Asked:
    """What a day asks beside its own columns, read once for a form."""

    questions: Sequence[Question] = ()
    diets: Sequence[DietOption] = ()


@dataclass(frozen=True)
class Label:
    """The words of a part of the form, as the list of errors says them."""

    text: str


@dataclass
class BlockPart:
    """A block of workshops in a form, its workshops by round, and what is wrong with the choice."""

    block: WorkshopBlock
    rounds: list[tuple[WorkshopRound | None, list[Workshop]]]
    label: Label
    rule: str
    id: str
    errors: list[str] = field(default_factory=list)
    type: str = "WorkshopBlock"


class ChoiceFields(Form):
    """What one chooses for the day: how one takes part, workshops, meal, answers."""

    mode = RadioField(
        _l("Comment participez-vous ?"),
        [InputRequired(message=_l("Dites comment vous participez."))],
        validate_choice=False,
    )
    workshops = SelectMultipleField(_l("Ateliers"), coerce=number, validate_choice=False)
    waits = SelectMultipleField(_l("Ateliers complets"), coerce=number, validate_choice=False)
    meal = RadioField(_l("Repas"), default="", validate_choice=False)

    _prefix: str
    # From `prepare`: the day's questions, its blocks of workshops, what the person holds already.
    questions: Sequence[Question] = ()
    open_blocks: Sequence[WorkshopBlock] = ()
    ranked: Sequence[WorkshopBlock] = ()
    event: Event
    held: Registration | None = None
    # Whether it goes to the waiting list of the day: then one wishes for workshops, full ones too.
    is_waiting = False

    def prepare(self, event: Event, asked: Asked, held: Registration | None = None) -> None:
        """Fill the lists of choices and leave out what the day doesn't ask. Once per form."""
        self.event, self.held, self.questions = event, held, asked.questions
        self.is_waiting = event.is_full if held is None else not held.is_confirmed
        self._offer_modes()
        self.open_blocks = choosing.chosen_now(event.blocks)
        if not self.open_blocks:
            del self.workshops
        if not self.open_blocks or not event.has_waitlist or self.is_waiting:
            del self.waits
        self.ranked = choosing.ranked_now(event.blocks)
        if event.meal_offered and event.mode != Mode.ONLINE and event.needs_forgotten_at is None:
            self.meal.choices = [
                *(SelectChoice(str(row.id), row.label) for row in event.meals),
                SelectChoice("", _l("Pas de repas")),
            ]
        else:
            del self.meal

    def _offer_modes(self) -> None:
        if self.event.mode != Mode.HYBRID:
            del self.mode
            return
        self.mode.choices = [SelectChoice(mode.value, MODES[mode]) for mode in self.event.modes]

    @cached_property
    def blocks(self) -> list[BlockPart]:
        """The blocks as they are shown: only who sees the form again needs them."""
        alone = len(self.event.blocks) == 1
        return [self._part(block, alone=alone) for block in self.open_blocks]

    def _part(self, block: WorkshopBlock, *, alone: bool) -> BlockPart:
        mine = [row for row in self.event.workshops if row.block_id == block.id and row.cancelled_at is None]
        rounds: dict[int | None, tuple[WorkshopRound | None, list[Workshop]]] = {
            row.id: (row, []) for row in block.rounds
        }
        for row in mine:
            rounds.setdefault(row.round_id, (row.round, []))[1].append(row)
        title = block.title or (gettext("Ateliers") if alone else gettext("Ateliers au choix"))
        return BlockPart(
            block=block,
            rounds=[(each, rows) for each, rows in rounds.values() if rows],
            label=Label(title),
            rule=rule_of(block, several_rounds=len(rounds) > 1),
            id=f"{self._prefix}block-{block.id}",
        )

    def can_tick(self, row: Workshop) -> bool:
        """Say whether a workshop can be ticked: a seat is left or held, one will wait, or just ticked it."""
        ticked = self.workshops.data or []
        return row.left > 0 or self.is_waiting or row.id in self._mine() or row.id in ticked

    def can_wait(self, row: Workshop) -> bool:
        """Say whether one can ask for a workshop's waiting list here."""
        return "waits" in self and row.left <= 0 and row.id not in self._mine()

    def _mine(self) -> set[int]:
        return {choice.workshop_id for choice in self.held.choices} if self.held is not None else set()

    def ranks(self, block: WorkshopBlock) -> list[Any]:
        """Return the fields in which a block's workshops are ranked, the first choice first."""
        return list(ranking.of_block(self, block))

    def untick_full(self) -> None:
        """Untick what has filled up, once that was told, so that one sees what is still to choose."""
        if "workshops" in self and not self.is_waiting:
            can_have = {row.id for row in self.event.workshops if row.left > 0} | self._mine()
            self.workshops.data = [each for each in self.workshops.data or [] if each in can_have]

    def validate(self, extra_validators: Any = None) -> bool:
        """Check every field, and the workshops against each other; the operation checks again, with seats."""
        fine = super().validate(extra_validators)
        if "workshops" in self:
            for fault in choosing.faults(self.open_blocks, self.event.workshops, self.workshops.data or ()):
                blame(self, fault.error())
                fine = False
        return ranking.check(self, self.event) and fine

    def summary(self) -> Iterator[Any]:
        """Give what the list of errors reads, as the page goes: fields, and blocks of workshops."""
        gate = {
            answers.field_of(each) for each in self.questions if each.purpose == QuestionPurpose.ELIGIBILITY
        }
        first = [each for each in self if each.name.removeprefix(self._prefix) in AT_THE_TOP]
        asked = [each for each in self if each.name.removeprefix(self._prefix) in gate]
        for each in dict.fromkeys([*first, *asked, *self]):
            if each.name.removeprefix(self._prefix) == "workshops":
                yield from self.blocks
            yield each

    def choices(self) -> dict[str, Any]:
        """Return what was chosen, as `Wishes` names it."""
        meal = self.meal.data if "meal" in self and not self.is_online else ""
        return {
            "mode": self._mode(),
            "workshop_ids": tuple(self.workshops.data or ()) if "workshops" in self else (),
            "wait_ids": tuple(self.waits.data or ()) if "waits" in self else (),
            "ranked": ranking.read(self, self.event),
            "meal_id": number(meal) if meal else None,
            "answers": own.read(self, self.questions),
        }

    @property
    def is_online(self) -> bool:
        """Whether one follows from elsewhere: then nothing of meals is asked, nor kept."""
        return Mode.ONLINE in {self.event.mode, self._mode()}

    def _mode(self) -> Mode | None:
        if "mode" not in self:
            return None
        return Mode(self.mode.data) if self.mode.data in {mode.value for mode in self.event.modes} else None

    def validate_mode(self, field: Field) -> None:
        """Refuse a way of taking part that the day does not offer."""
        if field.data and field.data not in {mode.value for mode in self.event.modes}:
            raise ValidationError(gettext("Dites comment vous participez."))


def rule_of(block: WorkshopBlock, *, several_rounds: bool = False) -> str:
    """Return how many workshops one chooses, in words."""
    least, most = block.choices_min, block.choices_max
    if least == most:
        words = (
            gettext("Choisissez un atelier.") if most == 1 else gettext("Choisissez %(n)s ateliers.", n=most)
        )
    elif least == 0:
        words = (
            gettext("Choisissez un atelier, si vous voulez.")
            if most == 1
            else gettext("Choisissez %(n)s ateliers au plus.", n=most)
        )
    else:
        words = gettext("Choisissez de %(least)s à %(most)s ateliers.", least=least, most=most)
    return f"{words} {gettext('Un seul par tour.')}" if several_rounds else words


class WishesForm(ChoiceFields, KeptForm):
    """What one chooses, and can change later; with what one needs to eat and take part."""

    diets = SelectMultipleField(_l("Régime"), coerce=number, validate_choice=False)
    diet = StringField(
        _l("Autre régime ou allergie"),
        [Length(max=300, message=_l("Restez sous 300 signes."))],
        filters=[one_line],
        description=_l("Seulement si la cuisine doit le savoir. Elle reçoit des nombres, jamais votre nom."),
    )
    access_needs = TextAreaField(
        _l("De quoi avez-vous besoin pour participer ?"),
        [Length(max=600, message=_l("Restez sous 600 signes."))],
        filters=[stripped],
        description=_l("Accès sans marche, boucle auditive, place assise…"),
    )
    languages = StringField(
        _l("Quelles langues vous aideraient à suivre ?"),
        [Length(max=200, message=_l("Restez sous 200 signes."))],
        filters=[one_line],
        description=_l("Par exemple : interprétation en langue des signes, en arabe."),
    )
    consents = BooleanField(
        _l("J’accepte que ces besoins soient notés pour organiser la journée. Ils sont ensuite effacés.")
    )

    def prepare(self, event: Event, asked: Asked, held: Registration | None = None) -> None:
        """Fill the lists of choices and leave out what the day doesn't ask. Once per form."""
        super().prepare(event, asked, held)
        forgotten = event.needs_forgotten_at is not None
        if forgotten or not event.asks_diet or "meal" not in self:
            del self.diets
            del self.diet
        elif asked.diets:
            self.diets.choices = [SelectChoice(str(row.id), row.label) for row in asked.diets]
        else:
            del self.diets
            self.diet.label.text = gettext("Régime ou allergie")
        if forgotten or not event.asks_access_needs:
            del self.access_needs
        if forgotten or not event.asks_languages:
            del self.languages
        if not any(name in self for name in ("diet", "access_needs", "languages")):
            del self.consents

    def validate_consents(self, field: Field) -> None:
        """Ask for consent where something was confided (G3)."""
        asked = (
            ("access_needs", "languages")
            if self.is_online
            else ("diet", "diets", "access_needs", "languages")
        )
        if any(name in self and self[name].data for name in asked) and not field.data:
            raise ValidationError(gettext(NO_CONSENT))

    def wishes(self) -> Wishes:
        """Return what was chosen."""

        def said(name: str) -> Any:
            eats = name in {"diet", "diets"} and self.is_online
            return self[name].data if name in self and not eats else None

        return Wishes(
            **self.choices(),
            diet=said("diet") or "",
            diet_ids=tuple(said("diets") or ()),
            access_needs=said("access_needs") or "",
            languages=said("languages") or "",
            consents=bool(said("consents")),
            agrees_to_wait=bool(said("agrees_to_wait")),
        )


class IdentityFields(Form):
    """Who somebody is, and for whom: as the day asks it."""

    name = StringField(
        _l("Prénom et nom"),
        [
            InputRequired(message=_l("Écrivez votre prénom et votre nom.")),
            Length(max=120, message=_l("Restez sous 120 signes.")),
        ],
        filters=[one_line],
        render_kw={"autocomplete": "name"},
    )
    phone = TelField(
        _l("Téléphone"),
        [Length(max=40, message=_l("Restez sous 40 signes."))],
        filters=[one_line],
        description=_l("Pour un imprévu le jour même."),
        render_kw={"autocomplete": "tel"},
    )
    organisation_name = StringField(
        _l("Organisation"),
        [Length(max=200, message=_l("Restez sous 200 signes."))],
        filters=[one_line],
        description=_l(
            "Écrivez le début de son nom ou son sigle : celles du réseau s’affichent. "
            "Une autre ? Écrivez son nom."
        ),
        render_kw={"autocomplete": "organization", "list": "organisations"},
    )
    newsletter = BooleanField(
        _l("Je souhaite recevoir les nouvelles du réseau par mail. Je peux arrêter à tout moment.")
    )

    def ask_identity(self, event: Event) -> None:
        """Leave out of who comes what the day doesn't ask, and say what it must know."""
        for name, asking in (("phone", event.asks_phone), ("organisation_name", event.asks_organisation)):
            if asking == Asking.NO:
                del self[name]
            elif asking == Asking.REQUIRED:
                self[name].flags.required = True
        if "organisation_name" in self and event.asks_organisation == Asking.OPTIONAL:
            self.organisation_name.description = gettext(
                "Écrivez le début de son nom ou son sigle. Laissez vide si vous venez à titre personnel."
            )
        if not event.offers_newsletter:
            del self.newsletter

    def validate_name(self, field: Field) -> None:
        """Refuse blanks."""
        if not field.data:
            raise ValidationError(gettext("Écrivez votre prénom et votre nom."))

    def validate_phone(self, field: Field) -> None:
        """Ask for a number that exists, where the day wants one."""
        try:
            field.data = contacts.phone(field.data or "")
        except DomainError as problem:
            raise ValidationError(gettext(problem.msgid)) from problem
        if field.flags.required and not field.data:
            raise ValidationError(gettext("Écrivez votre numéro de téléphone."))

    def validate_organisation_name(self, field: Field) -> None:
        """Ask for the organisation, where the day wants it."""
        if field.flags.required and not field.data:
            raise ValidationError(gettext("Écrivez le nom de votre organisation."))


class SignUpForm(IdentityFields, WishesForm):
    """The public form: who comes, and what for."""

    email = EmailField(
        _l("Adresse mail"),
        [InputRequired(message=_l("Écrivez votre adresse mail.")), one_address],
        description=_l("Nous y envoyons la confirmation et votre lien personnel."),
        render_kw={"autocomplete": "email"},
    )
    agrees_to_wait = BooleanField(_l("S’il n’y a plus de place, inscrivez-moi sur la liste d’attente."))
    form_key = HiddenField()

    # Set by the view where a way of taking part is full: it then asks whether one would wait.
    offers_wait = False

    def prepare(self, event: Event, asked: Asked, held: Registration | None = None) -> None:
        """Fill the lists of choices and leave out what the day doesn't ask. Once per form."""
        super().prepare(event, asked, held)
        self.ask_identity(event)
        if not event.has_waitlist:
            del self.agrees_to_wait
        self.offers_wait = event.has_waitlist and any(event.left_in(mode) == 0 for mode in event.modes)

    def sent_as(self) -> str:
        """Return what names this form as it was sent: twice the same is one sign-up.

        Another address is another person, also where somebody goes back and writes it over the first one.
        """
        key = (self.form_key.data or "") if "form_key" in self else ""
        return f"{key} {self.email.data}" if key else ""

    def person(self, language: str) -> Person:
        """Return who comes."""
        return Person(
            name=self.name.data or "",
            email=self.email.data or None,
            phone=(self.phone.data or "") if "phone" in self else "",
            organisation_name=(self.organisation_name.data or "") if "organisation_name" in self else "",
            wants_news="newsletter" in self and bool(self.newsletter.data),
            language=language,
            form_key=self.sent_as(),
        )


class EntryForm(SignUpForm):
    """A sign-up that a coordinator enters, from a call or from paper."""

    email = EmailField(
        _l("Adresse mail"),
        description=_l("Sans adresse, aucun mail ne part : la personne ne pourra pas changer ses choix."),
    )
    channel = RadioField(
        _l("Comment est-ce arrivé ?"),
        choices=[SelectChoice(way.value, CHANNELS[way]) for way in OFF_LINE],
        default=Channel.PHONE.value,
    )
    consents = BooleanField(_l("La personne accepte que ces besoins soient notés, puis effacés."))
    newsletter = BooleanField(_l("La personne demande à recevoir les nouvelles du réseau par mail."))
    agrees_to_wait = BooleanField(_l("S’il n’y a plus de place, l’inscrire sur la liste d’attente."))

    def prepare(self, event: Event, asked: Asked, held: Registration | None = None) -> None:
        """Fill the lists of choices; what somebody didn't say on the phone may stay empty."""
        super().prepare(event, asked, held)
        for name in ("phone", "organisation_name"):
            if name in self:
                self[name].flags.required = False

    def validate_email(self, field: Field) -> None:
        """Check the address, if there is one."""
        if (field.data or "").strip():
            one_address(self, field)
        elif "newsletter" in self and self.newsletter.data:
            raise ValidationError(gettext("Sans adresse, aucune nouvelle ne peut partir."))

    def sent_as(self) -> str:
        """Return what names this form: all that is in it, since two people may have no address."""
        key = self.form_key.data or ""
        told = sorted((name, str(value)) for name, value in self.data.items() if name != TOKEN)
        return f"{key} {told}" if key else ""

    def person(self, language: str) -> Person:
        """Return who comes and how we know."""
        values = {**vars(super().person(language)), "channel": Channel(self.channel.data)}
        return Person(**values)


def form_for(kind: type[F], event: Event, asked: Asked) -> type[F]:
    """Return the form with a field for each of the day's own questions, and for each rank of wishes."""
    more = {**own.fields_of(asked.questions), **ranking.fields_of(event)}
    return type(kind.__name__, (kind,), more) if more else kind


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
        "mode": (registration.wanted_mode or registration.mode).value,
        "workshops": [choice.workshop_id for choice in registration.choices] or wanted_by(registration),
        "waits": [wait.workshop_id for wait in registration.waits if wait.state == "waiting"],
        "meal": str(registration.meal_id or ""),
        "diets": [row.id for row in registration.diets],
        "diet": registration.diet,
        "access_needs": registration.access_needs,
        "languages": registration.languages,
        "consents": registration.needs_consent_at is not None,
        **{
            answers.field_of(row.question): own.shown(row.question, row.value) for row in registration.answers
        },
        **ranking.filled(registration),
    }


def wanted_by(registration: Registration) -> list[int]:
    """Return the workshops that somebody who waits for the day would have with a seat."""
    if registration.is_confirmed:
        return []
    return [wait.workshop_id for wait in registration.waits if wait.state == "waiting"]
