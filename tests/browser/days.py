"""The addresses of the demonstration's days to come: their year follows the calendar."""

from datetime import timedelta

from hub.core import clock
from hub.demo.days_module import MONDAY
from hub.demo.days_plenaries import TUESDAY, next_weekday
from hub.demo.days_waiting import FRIDAY

TODAY = clock.today(clock.now())
PLENARY = f"journee-pleniere-du-ppli-{next_weekday(TODAY + timedelta(days=60), TUESDAY).year}"
SYMPOSIUM = f"colloque-agir-ensemble-sur-le-terrain-{next_weekday(TODAY + timedelta(days=8), FRIDAY).year}"
MODULE = f"ateliers-citoyens-module-du-matin-{next_weekday(TODAY - timedelta(days=48), MONDAY).year}"
PAST = "journee-pleniere-du-ppli-6-juin-2023"
