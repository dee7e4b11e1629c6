"""The register for the pages of the map, read once for as long as nothing in the database changes."""

from datetime import date

from hub.core.db import db
from hub.core.remembering import Remembered
from hub.network.queries.register import read
from hub.network.values.analysis import Analysis
from hub.network.values.register import Register, Wanted
from hub.network.views import asked
from hub.network.views.known import Pending, all_pending, analyse, pending

KEPT = 6
"""Registers remembered: a few days, for readers who see different things."""

_analyses: Remembered[tuple[Analysis, list[Pending]]] = Remembered(KEPT)
_registers: Remembered[Register] = Remembered(KEPT)


def register_on(day: date) -> Register:
    """Return the register as it stood on that day, as far as the person of this request may see it."""
    sight = asked.sight()
    if day == sight.today:
        return _registers.get(db.engine, (day, sight), lambda session: read(session, day, sight))
    return _registers.get(db.engine, (day, sight), lambda _: register_on(sight.today).on(day))


def analysis_on(wanted: Wanted) -> Analysis:
    """Return the measures of the whole network of the day, by the ties that are switched on."""
    key = (wanted.day, wanted.origins, asked.sight())
    analysis, waiting = _analyses.get(db.engine, key, lambda _: _analysed(wanted))
    for one in waiting:
        if one not in all_pending():
            pending(one.question, one.day)
    return analysis


def _analysed(wanted: Wanted) -> tuple[Analysis, list[Pending]]:
    """Measure, or find measured; note what a job still has to compute, for later requests too."""
    before = list(all_pending())
    analysis = analyse(register_on(wanted.day).only(wanted.origins))
    return analysis, [one for one in all_pending() if one not in before]
