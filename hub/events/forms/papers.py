"""What somebody wants printed for a day."""

from collections.abc import Iterable
from typing import Any

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from werkzeug.datastructures import MultiDict
from wtforms import (  # type: ignore[attr-defined]  # SelectChoice is newer than the stubs
    BooleanField,
    RadioField,
    SelectChoice,
    SelectMultipleField,
)
from wtforms.validators import NumberRange, Optional

from hub.core.web import row_number
from hub.events.forms.fields import Number
from hub.events.models.days import Event
from hub.events.operations.paper_contents import Wanted, Wished, session_name, signed_sessions
from hub.events.operations.papers import MOST_BLANK

FORMATS = (
    ("90x54", _l("90 × 54 mm, dix par feuille (porte-badges courants)")),
    ("85x54", _l("85 × 54 mm, dix par feuille (cartes prédécoupées)")),
    ("105x74", _l("105 × 74 mm, huit par feuille (étiquettes A7)")),
    ("105x148", _l("105 × 148 mm, quatre par feuille (A6)")),
)
COUNT = [Optional(), NumberRange(min=0, max=MOST_BLANK, message=_l("Entre 0 et 100."))]


class PapersForm(FlaskForm):
    """How badges look, and how many blank lines the lists have."""

    format = RadioField(
        _l("Format des badges"),
        choices=[SelectChoice(code, words) for code, words in FORMATS],
        default="90x54",
    )
    marks = BooleanField(_l("Tracer des lignes de coupe"), default=True)
    codes = BooleanField(_l("Imprimer le code d’accueil (QR) sur les badges"), default=True)
    blank_badges = Number(_l("Badges vierges"), COUNT, default=0)
    blank_rows = Number(_l("Lignes vierges par liste"), COUNT, default=10)
    sessions = SelectMultipleField(_l("Séances à signer"), coerce=int, validators=[Optional()])

    def prepare(self, event: Event) -> None:
        """Offer the sessions that people sign for."""
        rows = signed_sessions(event)
        self.sessions.choices = [SelectChoice(row.id, session_name(event, row)) for row in rows]

    def wanted(self, kind: Wished) -> Wanted:
        """Return what was asked for; call it once validated."""
        return Wanted(
            kind=kind, format=self.format.data, marks=self.marks.data, codes=self.codes.data,
            blank_badges=self.blank_badges.data or 0, blank_rows=self.blank_rows.data or 0,
            sessions=tuple(self.sessions.data or ()),
        )  # fmt: skip


def in_address(wanted: Wanted) -> dict[str, Any]:
    """Return what an address says of it: « 1 » where something is ticked."""
    told = wanted.as_arguments()
    del told["kind"]
    return {**told, "marks": int(wanted.marks), "codes": int(wanted.codes)}


def from_address(kind: Wished, args: MultiDict[str, str]) -> Wanted:
    """Read what `in_address` wrote; a number that none can be is left out."""
    usual = Wanted(kind=kind)
    return Wanted(
        kind=kind,
        format=args.get("format", usual.format),
        marks=args.get("marks", "1") == "1",
        codes=args.get("codes", "1") == "1",
        blank_badges=args.get("blank_badges", usual.blank_badges, type=int),
        blank_rows=args.get("blank_rows", usual.blank_rows, type=int),
        sessions=tuple(_numbers(args.getlist("sessions"))),
    )


def _numbers(texts: Iterable[str]) -> Iterable[int]:
    for text in texts:
        try:
            yield row_number(text)
        except ValueError:
            continue
