"""Forms of plans, of votes on them, of their money and of their evaluations."""

from datetime import date
from typing import Any

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from sqlalchemy import select
from sqlalchemy.orm import Session
from wtforms import IntegerField, SelectField, SelectMultipleField, StringField, TextAreaField
from wtforms.validators import DataRequired, InputRequired, Length, NumberRange, Optional

from hub.actors.forms.fields import DayField, FactField, StartField, WebField
from hub.actors.models.reference import Territory
from hub.plans.forms.seen import SeenForm
from hub.plans.models.plans import Body, Plan, PlanKind, Result
from hub.plans.operations import plans as operations
from hub.plans.operations.revisions import RevisionFacts
from hub.plans.queries import offered as choosing
from hub.plans.queries import plans as queries
from hub.plans.queries.offered import Offer
from hub.plans.values import money
from hub.plans.words import BODIES, KINDS, RESULTS
from hub.spaces.models.decisions import Decision

REQUIRED = _l("Remplissez ce champ.")
TOO_LONG = _l("Ce texte est trop long (%(max)d signes au plus).")
NOT_A_YEAR = _l("Écrivez une année, par exemple 2019.")
LONGEST = 20_000
MOST_DECISIONS = 200


def number(value: Any) -> int | None:
    """Read a choice that may be left open."""
    return int(value) if value not in (None, "", "None") else None


def told(day: date | None) -> date:
    """Return the day of a field that its validator asks for."""
    if day is None:
        raise ValueError("a day was asked for")
    return day


def one_of(words: dict[Any, Any]) -> list[tuple[str, Any]]:
    """Return the words of a fixed list as choices."""
    return [(code.value, word) for code, word in words.items()]


def maybe(session: Session, rows: Any, none: Any) -> list[tuple[Any, Any]]:
    """Return (number, name) rows as choices, after one for none."""
    return [("", none), *[(key, name) for key, name in session.execute(rows)]]


def offered(session: Session, *wanted: Offer) -> dict[Offer, list[tuple[int, str]]]:
    """Return lists to choose from, read at once."""
    found: dict[Offer, list[tuple[int, str]]] = {one: [] for one in wanted}
    for name, key, word in session.execute(choosing.offered(*wanted)):
        found[Offer(name)].append((key, word))
    return found


class PlanForm(SeenForm):
    """What is said of a plan."""

    kind = SelectField(_l("Sorte de plan"), [DataRequired(REQUIRED)], coerce=PlanKind)
    kind_word = StringField(_l("Si c’est un autre plan, lequel ?"), [Length(max=80, message=TOO_LONG)])
    title = StringField(_l("Titre"), [DataRequired(REQUIRED), Length(max=250, message=TOO_LONG)])
    territories = SelectMultipleField(_l("Territoires"), [Optional()], coerce=int)
    starts_on = DayField(_l("Du"), [Optional()])
    ends_on = DayField(_l("Au"), [Optional()])
    follows_id = SelectField(_l("Suit le plan"), [Optional()], coerce=number)
    steering_id = SelectField(_l("Espace de pilotage"), [Optional()], coerce=number)
    summary = TextAreaField(_l("En bref"), [Length(max=LONGEST, message=TOO_LONG)])
    source = TextAreaField(_l("Source"), [Length(max=1000, message=TOO_LONG)])

    def offer(self, session: Session, plan: Plan | None = None) -> None:
        """Fill the lists to choose from."""
        self.kind.choices = one_of(KINDS)
        lists = offered(session, Offer.TERRITORY, Offer.SPACE)
        self.territories.choices = lists[Offer.TERRITORY]
        others = select(Plan.id, Plan.title).order_by(Plan.starts_on.desc(), Plan.title)
        if plan is not None:
            others = others.where(Plan.id != plan.id)
        self.follows_id.choices = maybe(session, others, _l("Aucun, ou inconnu"))
        self.steering_id.choices = [("", _l("Pas d’espace de pilotage")), *lists[Offer.SPACE]]

    def facts(self, session: Session) -> operations.PlanFacts:
        """Return what the valid form says."""
        chosen = session.scalars(select(Territory).where(Territory.id.in_(self.territories.data or [])))
        return operations.PlanFacts(
            kind=self.kind.data, kind_word=self.kind_word.data or "", title=self.title.data or "",
            summary=(self.summary.data or "").strip(), starts_on=self.starts_on.data,
            ends_on=self.ends_on.data, follows_id=self.follows_id.data, steering_id=self.steering_id.data,
            source=self.source.data or "", territories=list(chosen),
        )  # fmt: skip


class AdoptionForm(FlaskForm):
    """A council's vote."""

    body = SelectField(_l("Quelle instance"), [DataRequired(REQUIRED)], coerce=Body)
    territory_id = SelectField(_l("De quel territoire"), [Optional()], coerce=number)
    organisation_id = SelectField(_l("Ou de quelle organisation"), [Optional()], coerce=number)
    decided_on = StartField(_l("Quand"), [InputRequired(REQUIRED)])
    result = SelectField(_l("Résultat"), [DataRequired(REQUIRED)], coerce=Result)
    source = StringField(_l("Où c’est écrit"), [DataRequired(REQUIRED), Length(max=500, message=TOO_LONG)])
    address = WebField(_l("Adresse du document"), [Length(max=300, message=TOO_LONG)])
    note = TextAreaField(_l("Remarque"), [Length(max=2000, message=TOO_LONG)])

    def offer(self, session: Session) -> None:
        """Fill the lists to choose from."""
        self.body.choices = one_of(BODIES)
        self.result.choices = one_of(RESULTS)
        lists = offered(session, Offer.TERRITORY, Offer.ORGANISATION)
        self.territory_id.choices = [("", _l("Choisissez un territoire")), *lists[Offer.TERRITORY]]
        self.organisation_id.choices = [("", _l("Choisissez une organisation")), *lists[Offer.ORGANISATION]]

    def facts(self) -> operations.AdoptionFacts:
        """Return what the valid form says."""
        told = self.decided_on.data
        return operations.AdoptionFacts(
            body=self.body.data, decided_on=told.day, precision=told.precision,
            source=self.source.data or "", organisation_id=self.organisation_id.data,
            territory_id=self.territory_id.data, result=self.result.data, note=self.note.data or "",
            address=self.address.data or "",
        )  # fmt: skip


class ReasonForm(FlaskForm):
    """Why something is withdrawn or closed."""

    reason = StringField(_l("Pourquoi"), [DataRequired(REQUIRED), Length(max=500, message=TOO_LONG)])


class RevisionForm(FlaskForm):
    """The beginning of a revision."""

    day = DayField(_l("Le plan se lit ainsi à partir du"), [InputRequired(REQUIRED)])
    why = TextAreaField(_l("Pourquoi"), [DataRequired(REQUIRED), Length(max=2000, message=TOO_LONG)])
    space_id = SelectField(_l("Espace qui l’a décidé"), [Optional()], coerce=number)
    decision_id = SelectField(_l("Décision"), [Optional()], coerce=number)

    def offer(self, session: Session, plan: Plan) -> None:
        """Fill the lists to choose from: of decisions, the newest."""
        self.space_id.choices = maybe(session, queries.spaces(), _l("Non précisé"))
        newest = select(Decision.id, Decision.code, Decision.text).order_by(
            (Decision.space_id == plan.steering_id).desc(), Decision.taken_on.desc(), Decision.id.desc()
        )
        self.decision_id.choices = [
            ("", _l("Aucune, ou hors du registre")),
            *[
                (key, f"{code} – {text[:90]}")
                for key, code, text in session.execute(newest.limit(MOST_DECISIONS))
            ],
        ]

    def facts(self) -> RevisionFacts:
        """Return what the valid form says."""
        return RevisionFacts(
            day=told(self.day.data), why=self.why.data or "", space_id=self.space_id.data,
            decision_id=self.decision_id.data,
        )  # fmt: skip


class AmountField(FactField):
    """An amount in euro, kept in cents."""

    def read(self, text: str) -> Any:
        """Read an amount; nothing is none."""
        return money.parse(text) if text.strip() else None

    def shown(self) -> str:
        """Return the amount as people write it."""
        return money.show(self.data) if self.data is not None else ""


class BudgetForm(FlaskForm):
    """Money of a year."""

    year = IntegerField(_l("Année"), [InputRequired(NOT_A_YEAR), NumberRange(1900, 2200, message=NOT_A_YEAR)])
    amount = AmountField(_l("Montant"), [InputRequired(REQUIRED)])
    funder_id = SelectField(_l("Qui finance"), [Optional()], coerce=number)
    axis_id = SelectField(_l("Pour quel axe"), [Optional()], coerce=number)
    source = StringField(_l("Où c’est écrit"), [Length(max=500, message=TOO_LONG)])
    note = TextAreaField(_l("Remarque"), [Length(max=2000, message=TOO_LONG)])

    def offer(self, session: Session, axes: list[tuple[int, str]]) -> None:
        """Fill the lists to choose from."""
        self.funder_id.choices = maybe(session, queries.organisations(), _l("Non précisé"))
        self.axis_id.choices = [("", _l("Tout le plan")), *axes]

    def facts(self) -> operations.BudgetFacts:
        """Return what the valid form says."""
        return operations.BudgetFacts(
            year=self.year.data or 0, cents=self.amount.data, funder_id=self.funder_id.data,
            axis_id=self.axis_id.data, note=self.note.data or "", source=self.source.data or "",
        )  # fmt: skip


class EvaluationForm(FlaskForm):
    """An evaluation in three parts, and what follows (a form has a method named process)."""

    made_on = DayField(_l("Date de l’évaluation"), [InputRequired(REQUIRED)])
    made_by = StringField(_l("Qui évalue"), [DataRequired(REQUIRED), Length(max=200, message=TOO_LONG)])
    actions_text = TextAreaField(_l("1. Les actions"), [Length(max=LONGEST, message=TOO_LONG)])
    process_text = TextAreaField(_l("2. Le processus"), [Length(max=LONGEST, message=TOO_LONG)])
    effects_text = TextAreaField(_l("3. Les effets"), [Length(max=LONGEST, message=TOO_LONG)])
    following = TextAreaField(_l("Pour le plan qui suit"), [Length(max=LONGEST, message=TOO_LONG)])

    def facts(self) -> operations.EvaluationFacts:
        """Return what the valid form says."""
        return operations.EvaluationFacts(
            made_on=told(self.made_on.data), made_by=self.made_by.data or "",
            actions=self.actions_text.data or "",
            process=self.process_text.data or "", effects=self.effects_text.data or "",
            following=self.following.data or "",
        )  # fmt: skip
