"""Forms of ties."""

from typing import Any

from flask_babel import gettext
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from sqlalchemy import select
from sqlalchemy.orm import Session
from wtforms import RadioField, SelectField, StringField, TextAreaField
from wtforms.validators import DataRequired, InputRequired, Length

from hub.actors.forms.fields import EndField, StartField, options
from hub.actors.models.organisations import Confidence, Organisation
from hub.actors.models.relations import RelationKind
from hub.actors.operations.relations import RelationFacts
from hub.actors.values import words

TOO_LONG = _l("Ce texte est trop long (%(max)d signes au plus).")
DATE_HELP = _l("Comme vous la connaissez : « 2016 », « avril 2016 », « 6 juin 2023 », « avant 2025 ».")


def _number(value: str) -> int | None:
    return int(value) if value else None


class RelationForm(FlaskForm):
    """Tell a tie, from the card of one of its two ends; call `offer` first."""

    # "12>" for the words of kind 12 as they stand, "12<" for the other way round.
    kind = SelectField(_l("Cet acteur…"), validators=[DataRequired(message=_l("Choisissez ce qui les lie."))])
    other = SelectField(
        _l("Avec quel acteur"),
        coerce=_number,
        validators=[DataRequired(message=_l("Choisissez l’autre acteur."))],
    )
    start = StartField(_l("Début"), description=DATE_HELP)
    end = EndField(_l("Fin"), description=_l("Laissez vide si la relation dure encore."))
    origin = TextAreaField(
        _l("Source"),
        description=_l("Où ce fait a été lu ou entendu."),
        validators=[Length(max=4000, message=TOO_LONG)],
    )
    confidence = RadioField(_l("Fiabilité"), default=Confidence.HIGH.value)
    note = StringField(
        _l("Précision"),
        description=_l("Par exemple le projet ou l’occasion."),
        validators=[Length(max=500, message=TOO_LONG)],
    )

    def offer(self, session: Session, organisation: Organisation) -> None:
        """Fill the lists to choose from."""
        choices: list[tuple[str, str]] = [("", gettext("Choisir…"))]
        for kind in session.scalars(select(RelationKind).order_by(RelationKind.position, RelationKind.id)):
            choices.append((f"{kind.id}>", kind.label))
            if kind.reverse_label != kind.label:
                choices.append((f"{kind.id}<", kind.reverse_label))
        self.kind.choices = options(choices)
        rows: Any = session.execute(
            select(Organisation.id, Organisation.name, Organisation.acronym)
            .where(Organisation.id != organisation.id, Organisation.merged_into_id.is_(None))
            .order_by(Organisation.search_text)
        )
        self.other.choices = options(
            [
                ("", gettext("Choisir…")),
                *((row.id, f"{row.name} ({row.acronym})" if row.acronym else row.name) for row in rows),
            ]
        )
        self.confidence.choices = options(
            (one.value, gettext(text)) for one, text in words.CONFIDENCES.items()
        )

    def facts(self, organisation: Organisation) -> RelationFacts:
        """Return what the valid form says, seen from that organisation."""
        kind_id, outwards = int(self.kind.data[:-1]), self.kind.data.endswith(">")
        ends = (organisation.id, self.other.data) if outwards else (self.other.data, organisation.id)
        return RelationFacts(
            source_id=ends[0],
            kind_id=kind_id,
            target_id=ends[1],
            start=self.start.data,
            end=self.end.data,
            origin=(self.origin.data or "").strip(),
            confidence=Confidence(self.confidence.data),
            note=(self.note.data or "").strip(),
        )


class EndingForm(FlaskForm):
    """Say when a tie ended."""

    end = EndField(
        _l("Date de fin"),
        description=DATE_HELP,
        validators=[InputRequired(message=_l("Dites quand la relation s’est terminée."))],
    )


class WithdrawalForm(FlaskForm):
    """Say why a tie is wrong."""

    reason = StringField(
        _l("Pourquoi cette relation est-elle fausse ?"),
        description=_l("La raison reste dans l’historique."),
        validators=[
            DataRequired(message=_l("Dites pourquoi cette relation est fausse.")),
            Length(max=300, message=TOO_LONG),
        ],
    )
