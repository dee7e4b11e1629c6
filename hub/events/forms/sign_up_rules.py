"""The settings of a day's sign-up."""

from dataclasses import asdict
from typing import Any

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import BooleanField, RadioField, SelectField, StringField, TextAreaField
from wtforms.validators import InputRequired, Length, NumberRange, Optional

from hub.events.forms.fields import NOT_A_NUMBER, TOO_LONG, Day, Number, choices_of
from hub.events.forms.questions import one_line
from hub.events.models.days import Admission, Asking, CertificateRule, Event, Promotion
from hub.events.operations.sign_up_rules import SignUpRules, rules_of
from hub.events.words import ADMISSIONS, ASKINGS, CERTIFICATE_RULES, PROMOTIONS

NAMES = tuple(SignUpRules.__dataclass_fields__)


class RulesForm(FlaskForm):
    """Who gets a seat, what is asked, what waits, what a certificate needs."""

    admission = RadioField(_l("Qui reçoit une place ?"), coerce=Admission, choices=choices_of(ADMISSIONS))
    group_most = Number(
        _l("Personnes inscrites à la fois, au plus"),
        [
            InputRequired(message=NOT_A_NUMBER),
            NumberRange(min=1, max=50, message=_l("Entre 1 et 50.")),
        ],
        description=_l("Une seule personne peut en inscrire d’autres. 1 : chacun·e s’inscrit."),
    )
    has_waitlist = BooleanField(_l("Tenir une liste d’attente quand c’est complet"))
    promotion = RadioField(_l("Quand une place se libère"), coerce=Promotion, choices=choices_of(PROMOTIONS))
    offer_hours = Number(
        _l("Heures pour répondre à une proposition"),
        [
            InputRequired(message=NOT_A_NUMBER),
            NumberRange(min=1, max=720, message=_l("Entre 1 et 720 heures.")),
        ],
    )
    asks_organisation = SelectField(_l("Demander l’organisation"), coerce=Asking, choices=choices_of(ASKINGS))
    asks_phone = SelectField(_l("Demander le téléphone"), coerce=Asking, choices=choices_of(ASKINGS))
    asks_diet = BooleanField(_l("Demander les régimes alimentaires"))
    asks_access_needs = BooleanField(_l("Demander ce qu’il faut pour participer (accessibilité)"))
    asks_languages = BooleanField(_l("Demander quelles langues il faut pour suivre"))
    offers_newsletter = BooleanField(_l("Proposer les nouvelles du réseau"))
    meals_close = Day(
        _l("Dernier jour pour choisir son repas, inclus"),
        [Optional()],
        description=_l("Ensuite les nombres partent chez le traiteur, et ne changent plus."),
    )
    certificate_rule = RadioField(
        _l("Attestation de participation"), coerce=CertificateRule, choices=choices_of(CERTIFICATE_RULES)
    )
    certificate_threshold = Number(
        _l("Seuil"),
        [Optional(), NumberRange(min=0, max=100_000, message=_l("Zéro ou plus."))],
        description=_l("Le pourcentage, ou le nombre de minutes ; ne sert à rien pour les autres règles."),
    )
    certificate_text = TextAreaField(
        _l("Mentions légales de l’attestation"), [Length(max=10000, message=TOO_LONG)]
    )
    certificate_signatory = StringField(
        _l("Qui signe l’attestation"), [Length(max=200, message=TOO_LONG)], filters=[one_line]
    )
    evaluation_closes = Day(_l("Dernier jour de l’évaluation, inclus"), [Optional()])

    def told(self) -> SignUpRules:
        """Return the settings as they were told."""
        values: dict[str, Any] = {name: self[name].data for name in NAMES}
        for name in ("certificate_text", "certificate_signatory"):
            values[name] = values[name] or ""
        values["certificate_threshold"] = values["certificate_threshold"] or 0
        return SignUpRules(**values)


def settings_of(event: Event) -> dict[str, Any]:
    """Return the settings as the form shows them."""
    return asdict(rules_of(event))
