"""Forms of finding a date: what is asked, and what each answers."""

import re
from datetime import date
from typing import Any

from flask_babel import gettext
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import Field, FieldList, Form, FormField, RadioField, StringField, TextAreaField, URLField
from wtforms.validators import DataRequired, InputRequired, Length, Optional, ValidationError

from hub.actors.forms.fields import DayField, options
from hub.actors.forms.values import HourField
from hub.core import i18n, mail
from hub.core.errors import DomainError
from hub.spaces.forms.meetings import NO_HOUR, TOO_LONG
from hub.spaces.models.polls import DatePoll, DateVoter, DateWord
from hub.spaces.operations.polls import LONGEST_COMMENT, MOST_PROPOSALS, Guest, PollFacts, Proposal
from hub.spaces.words import DATE_WORDS

SHOWN, MORE = 3, 3
# « Prénom Nom adresse », whatever stands between the two, as mail programs and spreadsheets copy it.
NAMED = re.compile(r"(?P<name>.*?)[\s,;<(]*(?P<email>[^\s<>(),;]+@[^\s<>(),;]+)[>);,\s]*")
NO_DATE = _l("Écrivez une date.")


class ProposalForm(Form):
    """A day and its hours; a line that says nothing is none."""

    day = DayField(_l("Jour"), [Optional()])
    starts = HourField(_l("Début"), [Optional()])
    ends = HourField(_l("Fin"), [Optional()])

    @property
    def is_blank(self) -> bool:
        """Whether nothing was written."""
        return not any(field.raw_data and field.raw_data[0].strip() for field in self)

    def told(self) -> Proposal:
        """Return the date. Raises ValueError if the form wasn't validated."""
        day, starts, ends = self.day.data, self.starts.data, self.ends.data
        if day is None or starts is None or ends is None:
            raise ValueError("the form wasn't validated")
        return Proposal(day, starts, ends)


def guests_of(text: str | None) -> tuple[Guest, ...]:
    """Read guests, one a line: a name and an address, or an address alone."""
    found = []
    for line in (text or "").splitlines():
        named = NAMED.fullmatch(line.strip())
        if named:
            found.append(Guest(named["email"].strip(), named["name"].strip(" \"'")))
        elif line.strip():
            found.append(Guest(line.strip(), ""))
    return tuple(found)


def check_guests(_form: Any, field: Field) -> None:
    """Refuse an address that can't exist, naming it."""
    for guest in guests_of(field.data):
        try:
            mail.address(guest.email)
        except DomainError as problem:
            text = gettext("« %(line)s » n’est pas une adresse mail complète.", line=guest.email)
            raise ValidationError(text) from problem


class GuestsForm(FlaskForm):
    """More people to ask."""

    guests = TextAreaField(
        _l("Invité·es"),
        [Optional(), Length(max=10000, message=TOO_LONG), check_guests],
        description=_l("Une adresse par ligne, avec ou sans nom : Prénom Nom prenom@association.be"),
    )


class PollForm(GuestsForm):
    """What is asked, of whom, until when."""

    title = StringField(
        _l("Titre de la réunion"),
        [DataRequired(_l("Donnez un titre à la réunion.")), Length(max=200, message=TOO_LONG)],
    )
    proposals = FieldList(
        FormField(ProposalForm), label=_l("Dates proposées"), max_entries=MOST_PROPOSALS + 10
    )
    last_day = DayField(_l("Dernier jour pour répondre, inclus"), [InputRequired(NO_DATE)])
    place_name = StringField(_l("Lieu"), [Length(max=200, message=TOO_LONG)])
    place_address = StringField(_l("Adresse"), [Length(max=300, message=TOO_LONG)])
    online_url = URLField(_l("Adresse en ligne"), [Length(max=500, message=TOO_LONG)])
    words = TextAreaField(
        _l("Un mot pour les personnes invitées à répondre"), [Length(max=2000, message=TOO_LONG)]
    )

    def prepare(self, *, more: bool = False) -> None:
        """Leave lines to write in."""
        wanted = len(self.proposals.entries) + MORE if more else SHOWN
        while len(self.proposals.entries) < min(wanted, MOST_PROPOSALS):
            self.proposals.append_entry()

    def validate_proposals(self, _field: Field) -> None:
        """Ask for the day and both hours of every line that says something."""
        missing = False
        for entry in self.proposals.entries:
            line = entry.form
            if line.is_blank:
                continue
            for field, words in ((line.day, NO_DATE), (line.starts, NO_HOUR), (line.ends, NO_HOUR)):
                if field.data is None and not field.errors:
                    field.errors = [str(words)]
                missing = missing or bool(field.errors)
        if missing:
            raise ValidationError(gettext("Complétez chaque date : jour, début et fin."))

    def problems(self) -> list[str]:
        """Return what is to be mended about the dates; each stands beside its line too."""
        return [
            *map(str, self.form_errors),
            *(text for text in self.proposals.errors if isinstance(text, str)),
        ]

    def facts(self) -> PollFacts:
        """Return what was asked."""
        return PollFacts(
            title=self.title.data or "",
            last_day=self.last_day.data or date.min,
            proposals=tuple(entry.form.told() for entry in self.proposals.entries if not entry.form.is_blank),
            words=self.words.data or "",
            place_name=self.place_name.data or "",
            place_address=self.place_address.data or "",
            online_url=self.online_url.data or "",
            guests=guests_of(self.guests.data),
        )


class LastDayForm(FlaskForm):
    """Another last day to answer."""

    last_day = DayField(_l("Nouveau dernier jour pour répondre, inclus"), [InputRequired(NO_DATE)])


def answer_form(poll: DatePoll, voter: DateVoter | None, language: str, **given: Any) -> Any:
    """Return a form with a word for each date of the poll, filled with what was answered before."""
    known = {row.proposal_id: row.word.value for row in voter.answers} if voter else {}

    class AnswerForm(FlaskForm):
        """A word for each date."""

        comment = StringField(
            _l("Remarque"),
            [Optional(), Length(max=LONGEST_COMMENT, message=TOO_LONG)],
            description=_l("Lue par les membres de l’espace, et effacée trois mois après."),
        )

    for proposal in poll.proposals:
        field = RadioField(
            i18n.format_range(proposal.starts_at, proposal.ends_at, language),
            [InputRequired(_l("Choisissez oui, si nécessaire ou non."))],
            choices=options((word.value, DATE_WORDS[word]) for word in DateWord),
        )
        setattr(AnswerForm, name_of(proposal.id), field)
    filled = {name_of(number): word for number, word in known.items()}
    return AnswerForm(data={**filled, "comment": voter.comment if voter else ""}, **given)


def name_of(proposal: int) -> str:
    """Return the name of a proposal's field."""
    return f"date_{proposal}"


def words_of(form: Any, poll: DatePoll) -> dict[int, DateWord]:
    """Return what was answered to each date."""
    return {row.id: DateWord(form[name_of(row.id)].data) for row in poll.proposals}
