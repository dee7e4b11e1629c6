"""Forms of minutes: how they are framed, sent, remarked on, approved, corrected."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from flask_babel import format_date
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import BooleanField, DateField, HiddenField, RadioField, SelectField, TextAreaField
from wtforms.validators import DataRequired, InputRequired, Length, Optional

from hub.core import clock
from hub.spaces.forms.spaces import REQUIRED, number
from hub.spaces.models.meetings import Meeting
from hub.spaces.models.minutes import Approval, RemarkState
from hub.spaces.operations import minutes, remarks
from hub.spaces.words import APPROVALS, REMARK_GESTURES

TOO_LONG = _l("%(max)d signes au plus.")
WHOLE = _l("L’ensemble du compte rendu")


class FrameForm(FlaskForm):
    """What stands before and after the points; `base` is the edition that the page showed."""

    introduction = TextAreaField(
        _l("Introduction"), [Optional(), Length(max=minutes.LONGEST_FRAME, message=TOO_LONG)]
    )
    closing = TextAreaField(
        _l("Pour conclure"), [Optional(), Length(max=minutes.LONGEST_FRAME, message=TOO_LONG)]
    )
    base = HiddenField()

    @property
    def edition(self) -> int:
        """The edition that the page showed; one that can't be read is none."""
        text = self.base.data or ""
        return int(text) if text.isdecimal() and len(text) < 10 else -1  # noqa: PLR2004 - a column's number


class SendForm(FlaskForm):
    """Until when members may remark, and a word with it."""

    remarks_until = DateField(_l("Dernier jour pour les remarques"), [DataRequired(REQUIRED)])
    message = TextAreaField(_l("Un mot aux membres"), [Optional(), Length(max=2_000, message=TOO_LONG)])

    def propose(self, now: datetime) -> None:
        """Propose the usual delay."""
        self.remarks_until.data = clock.today(now) + minutes.USUAL_DELAY


class ProlongForm(FlaskForm):
    """A later last day for remarks."""

    remarks_until = DateField(_l("Nouveau dernier jour"), [DataRequired(REQUIRED)])


class PointForm(FlaskForm):
    """Words about a point, or about the whole."""

    point = SelectField(_l("Sur quoi ?"), [Optional()])

    def offer(self, points: Mapping[str, str]) -> None:
        """Fill the list to choose from."""
        self.point.choices = [("", WHOLE), *points.items()]


class RemarkForm(PointForm):
    """A remark on minutes that were sent."""

    text = TextAreaField(
        _l("Votre remarque"),
        [DataRequired(_l("Écrivez votre remarque.")), Length(max=remarks.LONGEST, message=TOO_LONG)],
    )


class ErratumForm(PointForm):
    """A correction of approved minutes."""

    text = TextAreaField(
        _l("Ce qui est à lire à la place"),
        [
            DataRequired(_l("Écrivez ce qui est à lire à la place.")),
            Length(max=minutes.LONGEST_ERRATUM, message=TOO_LONG),
        ],
    )


class AnswerForm(FlaskForm):
    """What becomes of a remark."""

    state = RadioField(
        _l("Que devient cette remarque ?"),
        [InputRequired(_l("Choisissez : reprise ou non reprise."))],
        coerce=str,
    )
    answer = TextAreaField(_l("Réponse"), [Optional(), Length(max=remarks.LONGEST, message=TOO_LONG)])

    def offer(self) -> None:
        """Fill the list to choose from."""
        self.state.choices = [(state.value, word) for state, word in REMARK_GESTURES.items()]

    @property
    def chosen(self) -> RemarkState:
        """What was chosen."""
        return RemarkState(self.state.data)


class ApproveForm(FlaskForm):
    """How minutes are approved."""

    approval = RadioField(_l("Comment ?"), [InputRequired(REQUIRED)], coerce=str)
    meeting = SelectField(_l("À quelle réunion ?"), [Optional()], coerce=number)
    corrected = BooleanField(_l("Avec les corrections faites depuis la dernière version envoyée"))

    def offer(self, later: Sequence[Meeting]) -> None:
        """Fill the lists to choose from: meetings of the space that came after."""
        self.approval.choices = [(one.value, APPROVALS[one]) for one in Approval]
        self.meeting.choices = [("", _l("Choisissez une réunion")), *[(row.id, _named(row)) for row in later]]

    def facts(self) -> minutes.Approving:
        """Return what was chosen."""
        return minutes.Approving(Approval(self.approval.data), self.meeting.data, bool(self.corrected.data))


def _named(meeting: Meeting) -> str:
    return f"{format_date(clock.local(meeting.starts_at).date(), 'd MMMM y')} · {meeting.title}"
