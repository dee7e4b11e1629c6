"""The forms of a call."""

from datetime import time

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from sqlalchemy.orm import Session
from wtforms import DateField, EmailField, TextAreaField, TimeField
from wtforms.validators import DataRequired, InputRequired, Length, Optional, Regexp

from hub.recommendations.forms.fields import (
    INCOMPLETE_ADDRESS,
    NOT_A_DATE,
    TOO_LONG,
    choice_field,
    fill_territories,
    line_field,
    long_field,
    said,
    tidy,
)
from hub.recommendations.models.calls import PhaseKind
from hub.recommendations.operations import notes, phases


def _days() -> tuple[DateField, DateField]:
    first = DateField(_l("Du"), **said(NOT_A_DATE), validators=[Optional()])
    return first, DateField(_l("Au (inclus)"), **said(NOT_A_DATE), validators=[Optional()])


class CallForm(FlaskForm):
    """What a call says, and its period."""

    title = line_field(_l("Titre"), 200, DataRequired(_l("Donnez un titre à l’appel.")))
    introduction = long_field(_l("Introduction"))
    territory = choice_field(_l("Territoire"), default="")
    opens_on = DateField(
        _l("S’ouvre le"),
        **said(NOT_A_DATE),
        validators=[InputRequired(_l("Choisissez le jour de l’ouverture."))],
    )
    opens_time = TimeField(
        _l("à"),
        default=time(9),
        format=["%H:%M", "%H:%M:%S"],
        **said(_l("Écrivez une heure, par exemple 09:00.")),
        validators=[InputRequired(_l("Choisissez l’heure de l’ouverture."))],
    )
    closes_on = DateField(
        _l("Dernier jour"),
        **said(NOT_A_DATE),
        validators=[InputRequired(_l("Choisissez le dernier jour de l’appel."))],
    )
    work_first, work_last = _days()
    consult_first, consult_last = _days()
    adopt_first, adopt_last = _days()
    publish_first, publish_last = _days()

    def fill(self, session: Session) -> None:
        """Offer the territories there are."""
        fill_territories(self.territory, session)

    @property
    def phases(self) -> list[tuple[PhaseKind, DateField, DateField]]:
        """Each phase after the collecting, with the fields of its first and its last day."""
        return [
            (kind, self[phases.field_of(kind, "first")], self[phases.field_of(kind, "last")])
            for kind in PhaseKind
        ]


class LinkRequestForm(FlaskForm):
    """An organisation asks for its link."""

    organisation = choice_field(_l("Votre organisation"), DataRequired(_l("Choisissez votre organisation.")))
    email = EmailField(
        _l("Adresse mail de l’organisation"),
        filters=[tidy],
        validators=[
            DataRequired(_l("Écrivez l’adresse de votre organisation.")),
            Length(max=254, message=TOO_LONG),
            Regexp(r"^[^@\s,;<>]+@[^@\s,;<>]+\.[^@\s,;<>]+$", message=INCOMPLETE_ADDRESS),
        ],
    )  # fmt: skip


class AddressForm(FlaskForm):
    """The address of one invitation."""

    email = EmailField(
        _l("Adresse mail pour cet appel"),
        filters=[tidy],
        validators=[DataRequired(_l("Écrivez une adresse.")), Length(max=254, message=TOO_LONG)],
    )


class NoteForm(FlaskForm):
    """What was said by phone or at a visit."""

    text = TextAreaField(
        _l("Votre note"),
        filters=[tidy],
        validators=[
            DataRequired(_l("Écrivez ce que vous voulez noter.")),
            Length(max=notes.LONGEST, message=TOO_LONG),
        ],
    )
