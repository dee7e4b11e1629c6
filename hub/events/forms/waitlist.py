"""How many seats a day and its workshops are to have, as a coordinator types it."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from flask_babel import gettext as _

from hub.events.models.days import Event, Mode
from hub.events.operations.seating import Capacities

MOST = 100_000


@dataclass
class CapacityForm:
    """The fields by name, what was typed, and what is wrong with it. Empty seats of a day: no limit."""

    values: dict[str, str]
    errors: dict[str, str] = field(default_factory=dict)

    @classmethod
    def of(cls, event: Event) -> "CapacityForm":
        """Return the form as the day stands."""
        return cls({name: "" if number is None else str(number) for name, number in names(event).items()})

    @classmethod
    def sent(cls, event: Event, typed: Mapping[str, str]) -> "CapacityForm":
        """Return the form as it was sent."""
        return cls({name: typed.get(name, "").strip() for name in names(event)})

    def read(self, event: Event) -> Capacities | None:
        """Return the numbers, or None where something is wrong (`errors` says what)."""
        numbers: dict[str, int | None] = {}
        for name, typed in self.values.items():
            is_day = name in {mode.value for mode in event.modes}
            if not typed and is_day:
                numbers[name] = None
            elif typed.isascii() and typed.isdigit() and int(typed) <= MOST:
                numbers[name] = int(typed)
            else:
                self.errors[name] = _("Écrivez un nombre entre 0 et 100 000.")
        if self.errors:
            return None
        return Capacities(
            places={mode: numbers[mode.value] for mode in event.modes},
            workshops={workshop.id: numbers[f"workshop-{workshop.id}"] or 0 for workshop in event.workshops},
        )


def names(event: Event) -> dict[str, int | None]:
    """Return the fields with the numbers that stand."""
    places = {
        mode.value: event.online_capacity if mode == Mode.ONLINE else event.capacity for mode in event.modes
    }
    return {**places, **{f"workshop-{workshop.id}": workshop.capacity for workshop in event.workshops}}
