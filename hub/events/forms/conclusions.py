"""Writing what a workshop or a day concludes."""

from typing import Any, Self

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from sqlalchemy import select
from sqlalchemy.orm import Session
from wtforms import (  # type: ignore[attr-defined]  # SelectChoice is newer than the stubs
    HiddenField,
    SelectChoice,
    SelectField,
    TextAreaField,
)
from wtforms.validators import Length

from hub.actors.models.organisations import Organisation
from hub.events.forms.questions import stripped
from hub.events.models.outcomes import Conclusion
from hub.events.models.workshops import Workshop
from hub.events.operations.conclusions import LONGEST, Words
from hub.events.queries import days as queries

MARK = 40


class ConclusionForm(FlaskForm):
    """What is concluded, what comes next, who reports it. `seen` names the version that the page showed."""

    seen = HiddenField(filters=[lambda value: (value or "")[:MARK]])
    text = TextAreaField(
        _l("Ce qui est conclu"),
        [Length(max=LONGEST, message=_l("Restez sous 20 000 signes."))],
        filters=[stripped],
        description=_l(
            "Constats, accords, désaccords, demandes. Des tirets font une liste. Aucun nom de personne."
        ),
    )
    outlook = TextAreaField(
        _l("Perspectives"),
        [Length(max=LONGEST, message=_l("Restez sous 20 000 signes."))],
        filters=[stripped],
        description=_l("Ce qui vient ensuite : qui s’y met, pour quand."),
    )
    rapporteur = SelectField(
        _l("Organisation qui en rend compte"), coerce=int, default=0, validate_choice=False,
        description=_l("Qui parle en son nom peut écrire ce texte."),
    )  # fmt: skip

    def prepare(self, session: Session, *, chooses: bool) -> Self:
        """Offer the organisations to whoever chooses who reports; others don't see the field."""
        if not chooses:
            del self.rapporteur
            return self
        named = session.execute(queries.organisations_at_work())
        self.rapporteur.choices = [
            SelectChoice(0, _l("Personne en particulier")),
            *(SelectChoice(row.id, row.name) for row in named),
        ]
        return self

    def words(self, session: Session, known: Conclusion | None) -> Words:
        """Return what was typed; who may not choose leaves who reports it as it was."""
        if "rapporteur" not in self:
            return Words(
                self.text.data or "", self.outlook.data or "", known.rapporteur_id if known else None
            )
        number = self.rapporteur.data or 0
        found = session.scalar(select(Organisation.id).where(Organisation.id == number))
        return Words(self.text.data or "", self.outlook.data or "", found)


def mark(row: Conclusion | None) -> str:
    """Return the name of the version that stands."""
    return row.updated_at.isoformat() if row is not None else ""


def shown(row: Conclusion | None, workshop: Workshop | None) -> dict[str, Any]:
    """Return a conclusion as its form shows it; a workshop's lead reports it unless somebody else does."""
    if row is None:
        return {"seen": "", "rapporteur": (workshop.lead_id if workshop is not None else None) or 0}
    return {
        "seen": mark(row),
        "text": row.text,
        "outlook": row.outlook,
        "rapporteur": row.rapporteur_id or 0,
    }
