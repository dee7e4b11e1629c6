"""The rule of certificates, mending and taking back one, verifying one."""

from flask_babel import gettext
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import (  # type: ignore[attr-defined]  # SelectChoice is newer than the stubs
    IntegerField,
    RadioField,
    SelectChoice,
    StringField,
    TextAreaField,
)
from wtforms.validators import DataRequired, Length, Optional, ValidationError

from hub.events.forms.questions import FigureField, one_line, stripped
from hub.events.models.days import CertificateRule, Event
from hub.events.operations.certificates import (
    NAME_LENGTH,
    REASON_LENGTH,
    SIGNATORY_LENGTH,
    Terms,
    usual_text,
)
from memoranda.certificate.content import LONGEST_MENTIONS

MINUTES_AN_HOUR = 60
LARGEST_HOURS = 10_000


class TermsForm(FlaskForm):
    """From which presence certificates are given, and what they say."""

    rule = RadioField(
        _l("Qui reçoit une attestation ?"),
        choices=[
            SelectChoice(CertificateRule.NONE.value, _l("Personne : cette journée n’en donne pas")),
            SelectChoice(CertificateRule.ALL.value, _l("Qui était là à toutes les séances qui comptent")),
            SelectChoice(CertificateRule.SHARE.value, _l("Qui était là pendant une part des heures")),
            SelectChoice(CertificateRule.MINUTES.value, _l("Qui était là pendant un nombre d’heures")),
        ],
        default=CertificateRule.NONE.value,
    )
    share = IntegerField(
        _l("Part des heures, en pour cent"),
        [Optional()],
        description=_l("Seulement pour « une part des heures » : 80, par exemple."),
        render_kw={"inputmode": "numeric"},
    )
    hours = FigureField(
        _l("Nombre d’heures"),
        [Optional()],
        description=_l("Seulement pour « un nombre d’heures » : 36 ou 3,5, par exemple."),
        render_kw={"inputmode": "decimal"},
    )
    text = TextAreaField(
        _l("Mentions sur l’attestation"),
        [Length(max=LONGEST_MENTIONS, message=_l("Restez sous 1 200 signes."))],
        filters=[stripped],
        description=_l(
            "Ce qu’elle dit et ne dit pas. Laissez vide pour les mentions habituelles. Ne promettez rien : "
            "l’autorité qui reçoit le dossier décide seule de ce que l’attestation prouve."
        ),
    )
    signatory = StringField(
        _l("Qui signe"),
        [Length(max=SIGNATORY_LENGTH, message=_l("Restez sous 120 signes."))],
        filters=[one_line],
        description=_l(
            "Une fonction ou un nom et une fonction, tels qu’ils sont imprimés sous la signature."
        ),
    )

    def validate_share(self, field: IntegerField) -> None:
        """Say in the page's language what is no share."""
        if self.rule.data == CertificateRule.SHARE.value and not 1 <= (field.data or 0) <= 100:  # noqa: PLR2004
            raise ValidationError(gettext("La part va de 1 à 100 pour cent."))

    def validate_hours(self, field: FigureField) -> None:
        """Say in the page's language what is no number of hours."""
        if self.rule.data == CertificateRule.MINUTES.value and not 0 < (field.data or 0) <= LARGEST_HOURS:
            raise ValidationError(gettext("Dites à partir de combien d’heures."))

    def terms(self, event: Event) -> Terms:
        """Return what was typed; the usual mentions, left as they are, are not the day's own."""
        rule = CertificateRule(self.rule.data)
        text = self.text.data or ""
        return Terms(
            rule,
            {
                CertificateRule.SHARE: self.share.data or 0,
                CertificateRule.MINUTES: round((self.hours.data or 0) * MINUTES_AN_HOUR),
            }.get(rule, 0),
            "" if text == usual_text(event) else text,
            self.signatory.data or "",
        )


def filled(event: Event) -> dict[str, object]:
    """Return the terms of a day as the form shows them."""
    rule, threshold = event.certificate_rule, event.certificate_threshold
    hours = threshold / MINUTES_AN_HOUR
    return {
        "rule": rule.value,
        "share": threshold if rule == CertificateRule.SHARE else None,
        "hours": (int(hours) if hours.is_integer() else hours) if rule == CertificateRule.MINUTES else None,
        "text": event.certificate_text or usual_text(event),
        "signatory": event.certificate_signatory,
    }


def _reason() -> TextAreaField:
    return TextAreaField(
        _l("Pourquoi ?"),
        [
            DataRequired(message=_l("Dites pourquoi, en quelques mots.")),
            Length(max=REASON_LENGTH, message=_l("Restez sous 300 signes.")),
        ],
        filters=[one_line],
        description=_l("Pour l’équipe seulement : la page de vérification ne le dit pas."),
    )


class ReissueForm(FlaskForm):
    """Another certificate in the place of one."""

    name = StringField(
        _l("Nom à imprimer"),
        [
            DataRequired(message=_l("Écrivez le nom à imprimer.")),
            Length(max=NAME_LENGTH, message=_l("Restez sous 120 signes.")),
        ],
        filters=[one_line],
    )
    reason = _reason()


class RevokeForm(FlaskForm):
    """Taking a certificate back."""

    reason = _reason()


class CompareForm(FlaskForm):
    """A full name to compare with the one on a certificate."""

    name = StringField(
        _l("Nom complet, tel qu’il est sur l’attestation"),
        [
            DataRequired(message=_l("Écrivez le nom à comparer.")),
            Length(max=NAME_LENGTH, message=_l("Restez sous 120 signes.")),
        ],
        filters=[one_line],
        render_kw={"autocomplete": "off"},
    )
