"""Forms of decisions and of where organisations stand on them."""

from collections.abc import Mapping, Sequence
from typing import Any

from flask_babel import gettext
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import Form, HiddenField, RadioField, SelectField, TextAreaField
from wtforms.validators import DataRequired, Length, Optional

from hub.spaces.forms.spaces import NOT_OFFERED, REQUIRED, number
from hub.spaces.models.decisions import Decision, Method, Position, Stance
from hub.spaces.models.meetings import AgendaItem, ItemState
from hub.spaces.models.spaces import VoteRule
from hub.spaces.operations import decisions, positions
from hub.spaces.operations.positions import Said
from hub.spaces.operations.voices import Seat
from hub.spaces.words import METHODS, STANCES, VOTE_RULES

ORDER = (Stance.FOR, Stance.RESERVATION, Stance.AGAINST, Stance.ABSTENTION)
TOO_LONG = _l("%(max)d signes au plus.")


def stance(value: Any) -> Stance | None:
    """Read a stance; nothing chosen is none."""
    return Stance(value) if value else None


class DecisionForm(FlaskForm):
    """What was decided, and how."""

    text = TextAreaField(
        _l("Ce qui est décidé"), [DataRequired(REQUIRED), Length(max=decisions.LONGEST, message=TOO_LONG)]
    )
    item_id = SelectField(_l("Point de l’ordre du jour"), [Optional()], coerce=number)
    method = RadioField(
        _l("Comment"), [DataRequired(_l("Dites comment la décision est prise."))], coerce=Method,
        default=Method.CONSENSUS,
    )  # fmt: skip
    others = SelectField(
        _l("Les organisations présentes ou représentées qui n’ont rien de choisi ci-dessous"), [Optional()],
        coerce=stance,
    )  # fmt: skip
    client_key = HiddenField(validators=[Length(max=40)])

    def offer(self, items: Sequence[AgendaItem]) -> None:
        """Fill the lists to choose from."""
        agreed = [item for item in items if item.state is ItemState.AGREED]
        self.item_id.choices = [("", _l("Aucun en particulier")), *[(item.id, item.title) for item in agreed]]
        self.method.choices = [(method.value, METHODS[method]) for method in Method]
        kept = [(Stance.FOR.value, _l("sont pour")), (Stance.ABSTENTION.value, _l("s’abstiennent"))]
        self.others.choices = [("", _l("ne disent rien de particulier")), *kept]


class PositionForm(Form):
    """Where one organisation stands: a line of the decision's form."""

    stance = RadioField(_l("Position"), [Optional()], coerce=stance)
    reason = TextAreaField(
        _l("Pourquoi, dans ses propres mots"),
        [Optional(), Length(max=positions.LONGEST, message=TOO_LONG)],
    )
    person = SelectField(_l("Qui a parlé"), [Optional()], coerce=number)

    def offer(self, seat: Seat, standing: Position | None) -> None:
        """Fill the lists to choose from: whoever may speak for the organisation that day, or spoke later."""
        self.stance.choices = [("", _l("Rien")), *[(one.value, STANCES[one]) for one in ORDER]]
        people = {person.id: person.name for person in seat.people}
        if standing is not None and standing.person is not None:
            people.setdefault(standing.person.id, standing.person.name)
        self.person.choices = [("", _l("Non précisé")), *people.items()]

    def show(self, standing: Position) -> None:
        """Fill the line with what is noted."""
        self.stance.data, self.reason.data = standing.stance, standing.reason
        self.person.data = standing.person_id

    @property
    def said(self) -> Said | None:
        """What the line says; None where nothing is chosen."""
        if self.stance.data is None:
            return None
        return Said(self.stance.data, (self.reason.data or "").strip(), self.person.data)

    def validate(self, *given: Any, **options: Any) -> bool:
        """Ask for the words of a reservation, and for a position where there are words."""
        valid = bool(super().validate(*given, **options))
        if self.stance.data is Stance.RESERVATION and not (self.reason.data or "").strip():
            self.reason.errors = [gettext("Dites quelle est cette réserve.")]
            return False
        if self.stance.data is None and (self.reason.data or "").strip():
            self.stance.errors = [gettext("Choisissez la position que ce motif explique.")]
            return False
        return valid


def lines(seats: Mapping[int, Seat], decision: Decision | None, sent: Any) -> list[tuple[Seat, PositionForm]]:
    """Return a line for each organisation that has a voice; `sent` is what the browser posted, or None."""
    standing = {row.organisation_id: row for row in decision.positions} if decision else {}
    made = []
    for organisation_id, seat in seats.items():
        if seat.observes:
            continue
        form = PositionForm(formdata=sent, prefix=f"v{organisation_id}-")
        position = standing.get(organisation_id)
        form.offer(seat, position)
        if sent is None and position is not None:
            form.show(position)
        made.append((seat, form))
    return made


class ReplaceForm(FlaskForm):
    """Which later decision takes the place of this one."""

    new = SelectField(_l("La décision qui la remplace"), [DataRequired(REQUIRED)], coerce=number)
    reason = TextAreaField(_l("Pourquoi"), [Optional(), Length(max=positions.LONGEST, message=TOO_LONG)])

    def offer(self, found: Sequence[Decision]) -> None:
        """Fill the list to choose from."""
        words = [(row.id, f"{row.code} · {row.text[:90]}") for row in found]
        self.new.choices = [("", _l("Choisissez une décision")), *words]


class WithdrawForm(FlaskForm):
    """Why a decision is taken back."""

    reason = TextAreaField(
        _l("Pourquoi"), [DataRequired(REQUIRED), Length(max=positions.LONGEST, message=TOO_LONG)]
    )


class OwnPositionForm(FlaskForm):
    """What an organisation says itself, after the meeting."""

    organisation = SelectField(_l("Au nom de"), [DataRequired(REQUIRED)], coerce=number)
    stance = RadioField(
        _l("Position"), [DataRequired(_l("Choisissez une position."))], coerce=stance,
    )  # fmt: skip
    reason = TextAreaField(
        _l("Pourquoi, dans vos propres mots"),
        [Optional(), Length(max=positions.LONGEST, message=TOO_LONG)],
    )

    def offer(self, organisations: Sequence[Any], decision: Decision) -> None:
        """Fill the lists to choose from; an objection does not undo a consent afterwards."""
        self.organisation.choices = [(one.id, one.name) for one in organisations]
        offered = [one for one in ORDER if decision.method is not Method.CONSENT or one is not Stance.AGAINST]
        self.stance.choices = [(one.value, STANCES[one]) for one in offered]

    def validate(self, *given: Any, **options: Any) -> bool:
        """Ask for the words of a reservation."""
        valid = bool(super().validate(*given, **options))
        if self.stance.data is Stance.RESERVATION and not (self.reason.data or "").strip():
            self.reason.errors = [gettext("Dites quelle est cette réserve.")]
            return False
        return valid


class VoteRuleForm(FlaskForm):
    """How voices are counted in a space."""

    vote_rule = RadioField(
        _l("Une décision mise aux voix est adoptée par"), [DataRequired(NOT_OFFERED)], coerce=VoteRule
    )

    def offer(self) -> None:
        """Fill the choices."""
        self.vote_rule.choices = [(rule.value, VOTE_RULES[rule]) for rule in VoteRule]
