"""The forms of votes by dots: opening one, and putting dots."""

import re
from collections.abc import Iterable
from typing import Any

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import DateField, Form, HiddenField, IntegerField
from wtforms.validators import DataRequired, InputRequired, NumberRange, Optional

from hub.recommendations.forms.fields import NOT_A_DATE, line_field, said
from hub.recommendations.operations.dots import LONGEST_TITLE, MOST_DOTS

NOT_A_NUMBER = _l("Écrivez un nombre entier.")
DOTS = re.compile(r"r([0-9]{1,9})-dots")  # the name of a field of `DotsForm`
IN_RANGE = _l("De %(min)d à %(max)d points.")


class RoundForm(FlaskForm):
    """How one votes: how many dots, how many on one recommendation, until which day."""

    title = line_field(
        _l("Titre du vote"), LONGEST_TITLE, DataRequired(_l("Donnez un titre au vote.")),
        default=_l("Nos priorités"),
    )  # fmt: skip
    budget = IntegerField(
        _l("Points par organisation"),
        default=10,
        **said(NOT_A_NUMBER),
        validators=[InputRequired(NOT_A_NUMBER), NumberRange(1, MOST_DOTS, IN_RANGE)],
    )
    most_each = IntegerField(
        _l("Points au plus sur une recommandation"),
        default=3,
        **said(NOT_A_NUMBER),
        validators=[InputRequired(NOT_A_NUMBER), NumberRange(1, MOST_DOTS, IN_RANGE)],
    )
    closes_on = DateField(_l("Dernier jour du vote"), **said(NOT_A_DATE), validators=[Optional()])


class EndForm(FlaskForm):
    """Until which day one votes; none: until it is closed."""

    closes_on = DateField(_l("Dernier jour du vote"), **said(NOT_A_DATE), validators=[Optional()])


class DotsForm(Form):
    """How many dots on one recommendation; its field's name is `r<number>-dots`."""

    dots = IntegerField(_l("Points"), default=0, **said(NOT_A_NUMBER), validators=[Optional()])


class BallotForm(FlaskForm):
    """What an open page has shown of the ballot; the dots stand in `rows`."""

    seen = HiddenField(default="")
    rows: dict[int, DotsForm]
    beyond: frozenset[int] = frozenset()

    def over(self, numbers: Iterable[int], formdata: Any, had: dict[int, int]) -> "BallotForm":
        """Add a field for each recommendation, with what was typed or else with the dots that stand."""
        self.rows = {
            number: DotsForm(formdata, prefix=f"r{number}-", data={"dots": had.get(number, 0)})
            for number in numbers
        }
        self.beyond = _with_dots(formdata) - self.rows.keys()
        return self

    def valid(self) -> bool:
        """Validate all; every refusal is kept beside its field."""
        return all([self.validate(), *(row.validate() for row in self.rows.values())])

    def spread(self) -> dict[int, int]:
        """Return what is typed, by recommendation."""
        return {number: row.dots.data or 0 for number, row in self.rows.items()}

    def sent(self) -> dict[int, int]:
        """Return the same, with a dot for each that left the vote since: for it to be refused."""
        return self.spread() | dict.fromkeys(self.beyond, 1)


def _with_dots(formdata: Any) -> frozenset[int]:
    """Return on which recommendations a page sent dots, whether or not they may still have some."""
    sent = ((DOTS.fullmatch(name), dots) for name, dots in (formdata or {}).items())
    return frozenset(int(name[1]) for name, dots in sent if name and dots.strip() not in {"", "0"})
