"""Forms that come back with all that was typed, also where the page had been open too long."""

from typing import Any

from flask_babel import gettext
from flask_wtf import FlaskForm

TOKEN = "csrf_token"  # noqa: S105 - the name of a field


class KeptForm(FlaskForm):
    """A form that checks its token (S6) itself: its view is `checked_by_its_form`.

    A browser that was closed in between has lost its cookie, and with it what the token goes by. The general
    check would answer by an error page, and what was typed would be gone.
    """

    def validate(self, extra_validators: Any = None) -> bool:
        """Check every field; say what to do where the token is too old."""
        fine = bool(super().validate(extra_validators))
        if TOKEN in self and self[TOKEN].errors:
            self.form_errors.append(
                gettext(
                    "La page est restée ouverte longtemps, ou votre navigateur a été fermé : rien n’est "
                    "encore enregistré. Relisez, puis envoyez à nouveau."
                )
            )
        return fine
