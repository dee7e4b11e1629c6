"""The form by which a text is split."""

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import FieldList

from hub.recommendations.forms.fields import long_field
from hub.recommendations.operations.splitting import MOST


class SplitForm(FlaskForm):
    """The demands that a text holds, one in each box; empty boxes say nothing."""

    parts = FieldList(long_field(_l("Demande")), max_entries=MOST)

    def said(self) -> list[str]:
        """Return what the boxes hold."""
        return [field.data for field in self.parts.entries if field.data]

    def widen(self, boxes: int) -> None:
        """Offer so many more empty boxes, as far as there may be more."""
        while boxes and len(self.parts.entries) < MOST:
            self.parts.append_entry()
            boxes -= 1
