"""What is typed at the door, and about delegations."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from sqlalchemy import Row
from wtforms import (  # type: ignore[attr-defined]  # SelectChoice is newer than the stubs
    BooleanField,
    EmailField,
    SelectChoice,
    SelectMultipleField,
    StringField,
)
from wtforms.validators import DataRequired, Length, Optional

from hub.core.errors import N_, DomainError
from hub.events.forms.questions import stripped
from hub.events.forms.sign_up import number
from hub.events.operations.door import Arrival, Newcomer
from hub.events.values import addresses

KEY_LENGTH = 64


def said(problem: DomainError) -> str:
    """Return a refusal in words."""
    return str(_(problem.msgid, **problem.params))


class ConfirmForm(FlaskForm):
    """A button: nothing is typed."""


class WalkInForm(FlaskForm):
    """Somebody who comes without sign-up. `left`: how many seats each workshop has that is offered."""

    left: Mapping[int, int] = {}

    name = StringField(_l("Nom"), [DataRequired(_l("Écrivez un nom.")), Length(max=120)])
    organisation = StringField(
        _l("Organisation"), [Optional(), Length(max=200)], render_kw={"list": "organisations"}
    )
    email = EmailField(_l("Adresse mail"), [Optional(), Length(max=254)], filters=[stripped])
    workshops = SelectMultipleField(_l("Ateliers"), coerce=number, validate_choice=False)
    let_in = BooleanField(_l("Faire entrer même si la salle est complète (c’est noté)"))

    def offer(self, rows: Sequence[Row[int, str, str, int]]) -> None:
        """Offer workshops to take a seat in: (number, title, round, seats left)."""
        if not rows:
            del self.workshops
            return
        self.workshops.choices = [
            SelectChoice(row, f"{turn} : {title}" if turn else title) for row, title, turn, _left in rows
        ]
        self.left = {row: left for row, _title, _turn, left in rows}

    def newcomer(self, key: str) -> Newcomer:
        """Return who came. Raises DomainError naming the first field that doesn't do."""
        if not self.validate():
            field, errors = next(iter(self.errors.items()))
            raise DomainError(str(errors[0]), field=field)
        email = addresses.normal(self.email.data) if self.email.data else None
        if len(key) > KEY_LENGTH:
            raise DomainError(N_("Ce geste n’a pas pu être lu. Recommencez."))
        return Newcomer(
            name=" ".join((self.name.data or "").split()),
            organisation_name=" ".join((self.organisation.data or "").split()),
            email=email,
            key=key,
            workshop_ids=tuple(self.workshops.data or ()) if "workshops" in self else (),
        )

    def arrival(self, seen: Arrival) -> Arrival:
        """Return the gesture, with what was ticked here."""
        return replace(seen, let_in=seen.let_in or bool(self.let_in.data))
