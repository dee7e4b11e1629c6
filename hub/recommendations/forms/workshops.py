"""What is typed in a workshop: demands of its tables, wordings, what the coordination takes of them."""

from collections.abc import Iterable
from typing import Self

from flask import request
from flask_babel import gettext
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from sqlalchemy.orm import Session
from werkzeug.datastructures import ImmutableMultiDict
from wtforms import HiddenField, IntegerField, RadioField, SelectField, TextAreaField
from wtforms.validators import DataRequired, InputRequired, Length

from hub.actors.models.organisations import Organisation
from hub.events.forms.kept import TOKEN, KeptForm
from hub.events.models.days import Event
from hub.recommendations.forms.dots import NOT_A_NUMBER
from hub.recommendations.forms.fields import (
    LONGEST,
    NOT_A_CHOICE,
    TOO_LONG,
    choice_field,
    line_field,
    long_field,
    said,
    said_of_choice,
    tidy,
)
from hub.recommendations.models.versions import WEIGHTS, Weight
from hub.recommendations.operations.tables import KEY_LENGTH, Entry
from hub.recommendations.operations.workshops import Seen
from hub.recommendations.queries import tables as queries
from hub.spaces.models.meetings import AgendaItem

LONGEST_TABLE = 60


class TableForm(KeptForm):
    """What a table sees and asks. `key` names the page, `shows` the version of a demand that it corrects."""

    table = line_field(
        _l("Votre table"), LONGEST_TABLE, DataRequired(_l("Dites quelle est votre table, par exemple « 3 »."))
    )
    finding = long_field(_l("Le constat"))
    proposal = TextAreaField(
        _l("La recommandation"),
        filters=[tidy],
        validators=[
            DataRequired(_l("Écrivez ce que votre table recommande.")),
            Length(max=LONGEST, message=TOO_LONG),
        ],
    )
    organisation = choice_field(_l("Quelle organisation le dit ?"), default="")
    client_key = HiddenField(filters=[lambda value: (value or "")[:KEY_LENGTH]])
    shows = HiddenField(filters=[lambda value: (value or "")[:KEY_LENGTH]])

    @classmethod
    def sent(cls) -> Self:
        """Return the form as it was sent; a script tells its token in a header."""
        return cls(formdata=sent_words())

    def fill(self, session: Session, event: Event) -> Self:
        """Offer the organisations from which somebody is signed up for the day."""
        self.there = {row.slug: row for row in session.scalars(queries.organisations_there(event))}
        self._offer()
        return self

    def keep(self, organisation: Organisation) -> None:
        """Offer one more organisation: the one that was named before."""
        self.there[organisation.slug] = organisation
        self._offer()

    def _offer(self) -> None:
        self.organisation.choices = [
            ("", gettext("Personne en particulier : toute la table")),
            *((slug, row.name) for slug, row in self.there.items()),
        ]

    def entry(self) -> Entry:
        """Return what was typed."""
        chosen: Organisation | None = self.there.get(self.organisation.data or "")
        return Entry(
            table=self.table.data or "",
            finding=self.finding.data or "",
            proposal=self.proposal.data or "",
            organisation=chosen,
        )


class WordingForm(KeptForm):
    """A wording that a tablet saves; `page` is the open page's own number, `version` what it shows."""

    wording = TextAreaField(
        _l("Le texte"), filters=[tidy], validators=[Length(max=LONGEST, message=TOO_LONG)]
    )
    page = HiddenField(filters=[lambda value: (value or "")[:KEY_LENGTH]])
    version = HiddenField(filters=[lambda value: (value or "0")[:9]])

    @classmethod
    def sent(cls) -> Self:
        """Return the form as it was sent; a script tells its token in a header."""
        return cls(formdata=sent_words())

    @property
    def seen(self) -> Seen:
        """Which save the page shows."""
        text = self.version.data or ""
        return Seen(int(text) if text.isascii() and text.isdecimal() else 0, self.page.data or "")


class TakeForm(FlaskForm):
    """Making a workshop's wording a version: how much it changes."""

    weight = RadioField(
        _l("Que change ce texte ?"), default=Weight.MINOR.value,
        **said_of_choice(_l("Dites ce que ce texte change.")),
    )  # fmt: skip
    version = HiddenField()
    stood = HiddenField()

    def fill(self) -> Self:
        """Offer the weights."""
        self.weight.choices = [(word.value, gettext(text)) for word, text in WEIGHTS.items()]
        return self


def sent_words() -> ImmutableMultiDict[str, str]:
    """Return what was posted, with the token of a script's header."""
    told = request.form.to_dict(flat=False)
    told.setdefault(TOKEN, [request.headers.get("X-CSRFToken", "")])
    return ImmutableMultiDict(told)


class TableRoundForm(FlaskForm):
    """How a workshop votes: how many dots each tablet has, how many on one recommendation."""

    budget = IntegerField(
        _l("Points par tablette"), default=5, **said(NOT_A_NUMBER), validators=[InputRequired(NOT_A_NUMBER)]
    )
    most_each = IntegerField(
        _l("Points au plus sur une recommandation"),
        default=3,
        **said(NOT_A_NUMBER),
        validators=[InputRequired(NOT_A_NUMBER)],
    )


class ResultForm(FlaskForm):
    """Putting the result of a workshop into the conclusions, and at a point of a meeting."""

    item = SelectField(_l("Point du compte rendu"), coerce=int, default=0, **said_of_choice(NOT_A_CHOICE))
    seen = TextAreaField()

    def fill(self, points: Iterable[AgendaItem]) -> Self:
        """Offer the points of the meetings of that day."""
        self.item.choices = [
            (0, gettext("Aucun : dans les conclusions seulement")),
            *((row.id, f"{row.meeting.space.name} : {row.title}") for row in points),
        ]
        return self
