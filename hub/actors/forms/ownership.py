"""The forms of an organisation's own record, of what a coordinator answers, and of rounds of checking."""

import json
from typing import Any

from flask_babel import gettext
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from sqlalchemy.orm import Session
from wtforms import (
    BooleanField,
    DateField,
    HiddenField,
    IntegerField,
    RadioField,
    SelectMultipleField,
    StringField,
    TextAreaField,
)
from wtforms.validators import DataRequired, InputRequired, Length, NumberRange, Optional

from hub.actors.forms.fields import options
from hub.actors.forms.organisations import TOO_LONG, OrganisationForm
from hub.actors.models.organisations import Organisation
from hub.actors.models.ownership import RecordChange
from hub.actors.operations.organisations import OrganisationFacts
from hub.actors.operations.ownership import changes
from hub.actors.values import consent

LONGEST = 2000
REQUIRED = _l("Remplissez ce champ.")


def _words(label: str, **more: Any) -> TextAreaField:
    return TextAreaField(label, validators=[Length(max=LONGEST, message=TOO_LONG)], **more)


class OwnRecordForm(FlaskForm):
    """What an organisation may change of its own record; call `offer` before reading or showing it.

    Its fields are those of the coordinators' form, but for what is theirs alone (source, note, state).
    """

    name = OrganisationForm.name
    acronym = OrganisationForm.acronym
    former_names = OrganisationForm.former_names
    kind = OrganisationForm.kind
    legal_form = OrganisationForm.legal_form
    enterprise_number = OrganisationForm.enterprise_number
    founded = OrganisationForm.founded
    structured = OrganisationForm.structured
    field_of_action = OrganisationForm.field_of_action
    funding_sources = OrganisationForm.funding_sources
    description = OrganisationForm.description
    commune = OrganisationForm.commune
    scope = OrganisationForm.scope
    territories = OrganisationForm.territories
    themes = OrganisationForm.themes
    audiences = OrganisationForm.audiences
    languages = OrganisationForm.languages
    email = OrganisationForm.email
    phone = OrganisationForm.phone
    address = OrganisationForm.address
    website = OrganisationForm.website
    remark = _words(_l("Un mot pour la coordination"))
    rest_is_right = BooleanField(_l("Le reste de la fiche est juste"))
    seen = HiddenField()

    @classmethod
    def _shared(cls) -> list[str]:
        own = {"remark", "rest_is_right", "seen"}
        return [name for name in dir(cls) if hasattr(OrganisationForm, name) and _is_field(cls, name, own)]

    def offer(self, session: Session) -> None:
        """Fill the lists to choose from."""
        full = OrganisationForm(formdata=None)
        full.offer(session)
        for name in self._shared():
            if hasattr(full[name], "choices"):
                self[name].choices = full[name].choices

    def show(self, organisation: Organisation) -> None:
        """Fill the fields from a row."""
        full = OrganisationForm(formdata=None)
        full.show(organisation)
        for name in self._shared():
            self[name].data = full[name].data
        self.look_at(organisation)

    def look_at(self, organisation: Organisation) -> None:
        """Remember which record its reader has before them."""
        self.seen.data = json.dumps(changes.marks(organisation))
        self.seen.raw_data = None

    def seen_marks(self) -> dict[str, str]:
        """Return the marks of the record that the reader had before them; none where they are no marks."""
        return read_marks(self.seen.data)

    def facts(self, organisation: Organisation) -> OrganisationFacts:
        """Return the organisation's facts with what the valid form says in their places."""
        full = OrganisationForm(formdata=None)
        full.show(organisation)
        for name in self._shared():
            full[name].data = self[name].data
        return full.facts()


def _is_field(form: type[FlaskForm], name: str, own: set[str]) -> bool:
    return name not in own and hasattr(getattr(form, name), "creation_counter")


def read_marks(text: str | None) -> dict[str, str]:
    """Return the marks that a hidden field carries; none where it doesn't hold marks."""
    try:
        found = json.loads(text or "{}")
    except ValueError:
        return {}
    return {str(field): str(value) for field, value in found.items()} if isinstance(found, dict) else {}


class PublicForm(FlaskForm):
    """What the public may read."""

    fields = SelectMultipleField(_l("Le public peut lire"))

    def offer(self, organisation: Organisation) -> None:
        """Fill the list: each field that needs an agreement."""
        del organisation
        self.fields.choices = options((field, gettext(word)) for field, word in consent.FIELDS.items())


class AgreementForm(PublicForm):
    """What the public may read, and who agreed to that, as a coordinator notes it."""

    agreement = StringField(
        _l("Accord donné par"),
        description=_l("Une fonction et une date suffisent : « la direction, le 3 mars 2026 ». Pas de nom."),
        validators=[DataRequired(message=REQUIRED), Length(max=200, message=TOO_LONG)],
    )


class GoneForm(FlaskForm):
    """An organisation says that it no longer exists."""

    since = DateField(_l("Depuis le"), description=_l("Si vous connaissez le jour."), validators=[Optional()])
    words = _words(
        _l("Un mot pour la coordination"), description=_l("Par exemple : qui reprend vos activités.")
    )


class AnswerForm(FlaskForm):
    """What an organisation says of a coordinator's rewrite."""

    words = _words(_l("Ce qui ne va pas"))


class KeepForm(FlaskForm):
    """Why a contested rewrite stays."""

    reason = _words(_l("Pourquoi la modification reste"), description=_l("L’organisation reçoit ces mots."))


class DecisionForm(FlaskForm):
    """A coordinator's answer to a proposal; `for_change` makes one with a question for each field."""

    reason = _words(
        _l("Si vous refusez, pourquoi"), description=_l("L’organisation reçoit ces mots par mail.")
    )
    seen = HiddenField()
    asked: tuple[str, ...] = ()

    @classmethod
    def for_change(cls, change: RecordChange, **given: Any) -> "DecisionForm":
        """Return a form that asks about each of the change's fields."""
        questions = {
            f"field_{field}": RadioField(
                _l("Réponse"),
                choices=options([("yes", gettext("Accepter")), ("no", gettext("Refuser"))]),
                validators=[InputRequired(message=_l("Choisissez : accepter ou refuser."))],
            )
            for field in change.fields
        }
        made = type("DecisionFormOfChange", (cls,), {**questions, "asked": tuple(change.fields)})
        form: DecisionForm = made(**given)
        return form

    def look_at(self, change: RecordChange) -> None:
        """Remember which record its reader has before them."""
        self.seen.data = json.dumps(changes.marks(change.organisation))
        self.seen.raw_data = None

    def decisions(self) -> dict[str, bool]:
        """Return field → whether it is accepted."""
        return {field: self[f"field_{field}"].data == "yes" for field in self.asked}


class RoundForm(FlaskForm):
    """The words of a round and its last day."""

    title = StringField(
        _l("Nom de la tournée"),
        description=_l("Pour vous y retrouver ; les organisations ne le lisent pas."),
        validators=[DataRequired(message=REQUIRED), Length(max=200, message=TOO_LONG)],
    )
    words = _words(
        _l("Quelques mots de vous"),
        description=_l("Ils se lisent dans le mail, avant le lien vers la fiche."),
    )
    last_day = DateField(
        _l("Dernier jour pour répondre"),
        description=_l("Ce jour-là compte encore ; après, les liens ne s’ouvrent plus."),
        validators=[DataRequired(message=_l("Donnez une date."))],
    )


class RecordSettingsForm(FlaskForm):
    """How the network keeps its records."""

    stale_months = IntegerField(
        _l("Une fiche est à vérifier après"),
        validators=[
            InputRequired(message=_l("Donnez un nombre de mois.")),
            NumberRange(1, 120, message=_l("Donnez un nombre de mois entre %(min)s et %(max)s.")),
        ],
    )
    own_changes_at_once = BooleanField(
        _l("Ce qu’une organisation écrit d’elle-même se voit tout de suite"),
        description=_l(
            "Description, thèmes, publics, langues, téléphone, site, adresse. Son nom, son type, son siège, "
            "son numéro d’entreprise et son adresse mail attendent toujours votre accord."
        ),
    )
