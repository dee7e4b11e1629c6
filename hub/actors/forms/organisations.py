"""The form of an organisation."""

from collections.abc import Sequence
from typing import Any

from flask_babel import gettext
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from sqlalchemy import select
from sqlalchemy.orm import Session
from wtforms import (
    BooleanField,
    DateField,
    HiddenField,
    IntegerField,
    RadioField,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
)
from wtforms.validators import DataRequired, Length, NumberRange, Optional

from hub.actors.forms.fields import EmailAddressField, EnterpriseNumberField, PhoneField, WebField, options
from hub.actors.models.organisations import (
    Confidence,
    FundingSource,
    LegalForm,
    Organisation,
    OrganisationState,
    Structured,
)
from hub.actors.models.reference import Audience, OrganisationKind, Territory, TerritoryKind, Theme
from hub.actors.operations.organisations import OrganisationFacts, facts_of
from hub.actors.values import words
from hub.core.i18n import chosen_language

TOO_LONG = _l("Ce texte est trop long (%(max)d signes au plus).")
SEATS = (TerritoryKind.COMMUNE, TerritoryKind.REGION)


def _number(value: str) -> int | None:
    return int(value) if value else None


def _text(label: str, longest: int, **more: Any) -> StringField:
    return StringField(label, validators=[Length(max=longest, message=TOO_LONG)], **more)


def _area(label: str, longest: int, **more: Any) -> TextAreaField:
    return TextAreaField(label, validators=[Length(max=longest, message=TOO_LONG)], **more)


class OrganisationForm(FlaskForm):
    """All facts of an organisation; call `offer` before reading or showing it."""

    name = StringField(
        _l("Nom"),
        validators=[
            DataRequired(message=_l("Donnez un nom.")),
            Length(max=250, message=TOO_LONG),
        ],
    )
    acronym = _text(_l("Sigle"), 40)
    former_names = _area(_l("Anciens noms"), 2000, description=_l("Un par ligne."))
    kind = SelectField(
        _l("Type d’acteur"),
        coerce=_number,
        validators=[DataRequired(message=_l("Choisissez un type d’acteur."))],
    )
    legal_form = SelectField(_l("Forme juridique"))
    enterprise_number = EnterpriseNumberField(
        _l("Numéro d’entreprise (BCE)"), description=_l("Dix chiffres, par exemple 0123.456.749.")
    )
    founded = IntegerField(
        _l("Année de création"),
        validators=[
            Optional(),
            NumberRange(1000, 2200, message=_l("Donnez une année en quatre chiffres.")),
        ],
    )
    state = RadioField(_l("État"))
    state_since = DateField(_l("Depuis le"), validators=[Optional()])
    structured = RadioField(_l("Structurée"), default=Structured.UNKNOWN.value)
    field_of_action = _area(
        _l("Champ d’action"), 2000, description=_l("Là où il agit et à quel titre, en une ou deux phrases.")
    )
    funding_sources = SelectMultipleField(_l("De quoi vit cet acteur"))
    description = _area(
        _l("Ce que fait cet acteur"),
        20_000,
        description=_l("Quelques phrases suffisent. Le public les lit si l’organisation est d’accord."),
    )
    commune = SelectField(_l("Siège"), coerce=_number)
    scope = _text(
        _l("Territoire, en quelques mots"), 200, description=_l("Par exemple « arrondissement de Dinant ».")
    )
    territories = SelectMultipleField(_l("Territoires desservis"), coerce=int)
    themes = SelectMultipleField(_l("Thèmes et droits"), coerce=int)
    audiences = SelectMultipleField(_l("Publics"), coerce=int)
    languages = SelectMultipleField(_l("Langues parlées"))
    email = EmailAddressField(
        _l("Adresse mail de l’organisation"),
        description=_l("Pas d’adresse privée. Le public la lit si l’organisation est d’accord."),
        validators=[Length(max=254, message=TOO_LONG)],
    )
    phone = PhoneField(_l("Téléphone"), validators=[Length(max=40, message=TOO_LONG)])
    address = _area(_l("Adresse"), 500)
    website = WebField(_l("Site"), validators=[Length(max=300, message=TOO_LONG)])
    source = _area(
        _l("Source"), 4000, description=_l("Où ces faits ont été lus ou entendus. Une source par ligne.")
    )
    confidence = RadioField(_l("Fiabilité"))
    note = _area(_l("Note pour la coordination"), 4000, description=_l("Ne se montre pas au public."))
    seen = HiddenField()
    create_anyway = BooleanField(_l("Créer quand même"))

    def offer(self, session: Session) -> None:
        """Fill the lists to choose from."""
        self._offer_fixed_words()
        kinds = session.scalars(
            select(OrganisationKind).order_by(OrganisationKind.position, OrganisationKind.id)
        ).all()
        self.kind.choices = options([("", gettext("Choisir…"))]) + [
            choice
            for family, text in words.FAMILIES.items()
            for choice in options(
                ((kind.id, kind.label) for kind in kinds if kind.family == family), gettext(text)
            )
        ]
        themes = session.scalars(select(Theme).order_by(Theme.position, Theme.id)).all()
        self.themes.choices = [
            choice
            for kind_of_theme, text in words.THEME_KINDS.items()
            for choice in options(
                ((theme.id, theme.label) for theme in themes if theme.kind == kind_of_theme), gettext(text)
            )
        ]
        self._offer_places(session.scalars(select(Territory).order_by(Territory.name)).all())
        audiences = session.scalars(select(Audience).order_by(Audience.position, Audience.id))
        self.audiences.choices = options((row.id, row.label) for row in audiences)

    def _offer_fixed_words(self) -> None:
        self.legal_form.choices = options(
            (form.value, gettext(text)) for form, text in words.LEGAL_FORMS.items()
        )
        self.state.choices = options((state.value, gettext(text)) for state, text in words.STATES.items())
        self.confidence.choices = options(
            (one.value, gettext(text)) for one, text in words.CONFIDENCES.items()
        )
        self.structured.choices = options(
            (one.value, gettext(text)) for one, text in words.STRUCTURED.items()
        )
        self.funding_sources.choices = options(
            (one.value, gettext(text)) for one, text in words.FUNDING_SOURCES.items()
        )
        language = chosen_language()
        self.languages.choices = options(
            (code, words.language_name(code, language)) for code in words.LANGUAGES
        )

    def _offer_places(self, places: Sequence[Territory]) -> None:
        self.commune.choices = options(
            [
                ("", gettext("Aucun ou inconnu")),
                *((place.id, _seat(place)) for place in places if place.kind in SEATS),
            ]
        )
        self.territories.choices = [
            choice
            for kind, text in reversed(words.TERRITORY_KINDS.items())
            for choice in options(
                ((place.id, place.name) for place in places if place.kind == kind), gettext(text)
            )
        ]

    def show(self, organisation: Organisation) -> None:
        """Fill the fields from a row."""
        facts = facts_of(organisation)
        for name in ("kind", "commune"):
            self[name].data = getattr(facts, f"{name}_id")
        for name, one in (("themes", "theme"), ("territories", "territory"), ("audiences", "audience")):
            self[name].data = list(getattr(facts, f"{one}_ids"))
        for name in (
            "name", "acronym", "former_names", "enterprise_number", "founded", "state_since", "description",
            "scope", "field_of_action", "email", "phone", "address", "website", "source", "note",
        ):  # fmt: skip
            self[name].data = getattr(facts, name)
        for name in ("legal_form", "state", "confidence", "structured"):
            self[name].data = getattr(facts, name).value
        self.funding_sources.data = [source.value for source in facts.funding_sources]
        self.languages.data = list(facts.languages)
        self.seen.data = organisation.updated_at.isoformat()

    def facts(self) -> OrganisationFacts:
        """Return what the valid form says."""
        return OrganisationFacts(
            name=" ".join((self.name.data or "").split()),
            kind_id=self.kind.data,
            acronym=" ".join((self.acronym.data or "").split()),
            former_names="\n".join(
                line.strip() for line in (self.former_names.data or "").splitlines() if line.strip()
            ),
            legal_form=LegalForm(self.legal_form.data),
            enterprise_number=self.enterprise_number.data,
            commune_id=self.commune.data,
            scope=(self.scope.data or "").strip(),
            founded=self.founded.data,
            state=OrganisationState(self.state.data),
            state_since=self.state_since.data,
            structured=Structured(self.structured.data or Structured.UNKNOWN),
            field_of_action=_plain(self.field_of_action.data),
            funding_sources=tuple(FundingSource(one) for one in self.funding_sources.data or ()),
            description=_plain(self.description.data),
            languages=tuple(self.languages.data or ()),
            email=self.email.data or "",
            phone=self.phone.data or "",
            address=_plain(self.address.data),
            website=self.website.data or "",
            source=_plain(self.source.data),
            confidence=Confidence(self.confidence.data),
            note=_plain(self.note.data),
            theme_ids=tuple(self.themes.data or ()),
            territory_ids=tuple(self.territories.data or ()),
            audience_ids=tuple(self.audiences.data or ()),
        )


def _seat(place: Territory) -> str:
    return f"{place.name} ({place.postal_code})" if place.postal_code else place.name


def _plain(text: str | None) -> str:
    return (text or "").replace("\r\n", "\n").strip()
