"""The form of a leaflet that is chosen by hand."""

from flask_babel import gettext
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from sqlalchemy.orm import Session
from wtforms import HiddenField, RadioField, SelectField
from wtforms.validators import DataRequired

from hub.events.queries.presence import parties
from hub.publishing.forms.memoranda import NOBODY, NOT_A_CHOICE
from hub.publishing.models.leaflets import Leaflet, LeafletKind
from hub.publishing.words import LEAFLET_KINDS
from hub.recommendations.forms.fields import line_field, long_field


class LeafletForm(FlaskForm):
    """What a leaflet is for, and what opens it."""

    kind = RadioField(_l("Pour quoi ?"), default=LeafletKind.PARTY_MEETING.value, **NOT_A_CHOICE)
    title = line_field(_l("Titre du feuillet"), 200, DataRequired(_l("Donnez un titre au feuillet.")))
    organisation = SelectField(_l("Parti rencontré"), coerce=int, default=NOBODY, **NOT_A_CHOICE)
    introduction = long_field(_l("Introduction"))
    mark = HiddenField(default="")

    def offer(self, session: Session, row: Leaflet | None = None) -> None:
        """Fill the lists: the parties of the register, and the one that the leaflet names."""
        self.kind.choices = [(kind.value, gettext(word)) for kind, word in LEAFLET_KINDS.items()]
        known = list(session.scalars(parties()))
        if row is not None and row.organisation is not None and row.organisation not in known:
            known.append(row.organisation)
        self.organisation.choices = [(NOBODY, gettext("Aucun en particulier"))] + [
            (party.id, party.name) for party in known
        ]
