"""What somebody looks for in the directory, as filters; each part can be taken away by itself."""

from dataclasses import dataclass, fields, replace
from typing import Any, NamedTuple

RADII = (0, 5, 10, 20, 30, 50, 100)  # kilometres; 0: the commune alone
IN_PLACE, NEAR_PLACE = 10, 20
FARTHEST = 300
MOST_THEMES = 3
MOST_WORDS = 8
LONGEST_WORD = 100


@dataclass(frozen=True)
class Asked:
    """The filters of a search; empty ones narrow nothing.

    `near` is the code of a place and `radius` the kilometres around it; `territory` a larger place whose
    actors are meant. Words are folded.
    """

    words: tuple[str, ...] = ()
    themes: tuple[str, ...] = ()
    audiences: tuple[str, ...] = ()
    languages: tuple[str, ...] = ()
    kind: str = ""
    family: str = ""
    near: str = ""
    radius: int = NEAR_PLACE
    territory: str = ""
    state: str = ""

    @property
    def is_empty(self) -> bool:
        """Whether nothing narrows the list."""
        return not parts(self)


class Part(NamedTuple):
    """One thing that is asked for: the name of its filter and its value."""

    name: str
    value: str


# Fields whose name in an address is another one.
IN_ADDRESS = {
    "words": "word", "themes": "theme", "audiences": "audience", "languages": "language", "near": "commune",
}  # fmt: skip
MANY = ("words", "themes", "audiences", "languages")
ONE = ("kind", "family", "near", "territory", "state")


def parts(asked: Asked) -> list[Part]:
    """Return all that narrows the list; the radius belongs to its place."""
    found = [Part(name, value) for name in MANY for value in getattr(asked, name)]
    return found + [Part(name, getattr(asked, name)) for name in ONE if getattr(asked, name)]


def without(asked: Asked, part: Part) -> Asked:
    """Return the request without that part; all others stay."""
    if part.name in MANY:
        rest = tuple(value for value in getattr(asked, part.name) if value != part.value)
        return replace(asked, **{part.name: rest})  # type: ignore[arg-type] # by the field's name
    if part.name == "near":
        return replace(asked, near="", radius=NEAR_PLACE)
    return replace(asked, **{part.name: ""})  # type: ignore[arg-type] # by the field's name


def arguments(asked: Asked) -> dict[str, Any]:
    """Return the request as the arguments of an address, each under its name there."""
    found: dict[str, Any] = {}
    for field in fields(asked):
        value = getattr(asked, field.name)
        name = IN_ADDRESS.get(field.name, field.name)
        if field.name != "radius" and value:
            found[name] = list(value) if isinstance(value, tuple) else value
    if asked.near:
        found["radius"] = asked.radius
    return found
