"""Forms that know what they showed: two who change the same thing don't undo each other unknowingly."""

import hashlib
import json
from datetime import date, time
from typing import Any, Self

from flask_babel import gettext as _
from flask_wtf import FlaskForm
from wtforms import HiddenField

from hub.core.i18n import chosen_language, format_date

APART = {"seen", "csrf_token", "correcting"}  # what is not said of the thing itself
MARK = 64


class SeenForm(FlaskForm):
    """The form of a thing that stands already: `seen` is the mark of what the page showed of it."""

    seen = HiddenField(filters=[lambda value: (value or "")[:MARK]])

    def showing(self, stored: "SeenForm") -> Self:
        """Remember what the page shows, and return the form."""
        self.seen.data, self.seen.raw_data = stored.mark(), None
        return self

    def is_stale(self, stored: "SeenForm") -> bool:
        """Say whether the thing is another now than the page had shown, or shown nothing at all."""
        return self.seen.data != stored.mark()

    def mark(self) -> str:
        """Return the mark of what the form holds: equal contents have equal marks."""
        said = {field.name: _plain(field.data) for field in self if field.name not in APART}
        return hashlib.sha256(json.dumps(said, sort_keys=True).encode()).hexdigest()

    def beside(self, stored: "SeenForm") -> list[tuple[str, str, str]]:
        """Return (field, what is stored, what was typed) where these differ, in words."""
        found = []
        for field in self:
            other = stored[field.name] if field.name not in APART else None
            if other is not None and _plain(field.data) != _plain(other.data):
                found.append(
                    (str(field.label.text), words_of(field, other.data), words_of(field, field.data))
                )
        return found


def _plain(value: Any) -> Any:
    """Return a value as JSON has it; nothing is nothing, and the order of several says nothing."""
    if isinstance(value, list | tuple):
        return sorted(str(one) for one in value)
    if isinstance(value, date):
        return value.isoformat()
    return str(value).replace("\r\n", "\n").strip() if value not in (None, "") else ""


def words_of(field: Any, value: Any) -> str:
    """Return what a field would show for a value."""
    if isinstance(value, date):
        return format_date(value, chosen_language())
    if isinstance(value, time):
        return f"{value:%H:%M}"
    if isinstance(value, bool):
        return str(_("Oui") if value else _("Non"))
    if getattr(field, "choices", None):
        chosen = value if isinstance(value, list | tuple) else [value]
        offered = [(key, str(word)) for key, word, *_more in field.choices if key != ""]
        words = [word for key, word in offered if field.coerce(key) in chosen]
        return ", ".join(words) or str(_("Rien"))
    return str(value).strip() if value not in (None, "") else str(_("Rien"))
