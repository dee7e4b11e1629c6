"""Results of the engine as they are stored: under which key, in which form.

A result depends on who is tied to whom and on the engine; the filters, the origins of ties, the day and what
the reader may see act only through the actors and ties that they leave. So the key is the hash of exactly
those, of the kind of result and of the engine's version: no stale answer is possible, and two days on which
nothing changed share one.
"""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields, replace
from datetime import date
from hashlib import sha256
from types import MappingProxyType
from typing import Any

from graph.layout import Box, Layout
from graph.measures import ENGINE_VERSION, Measures, NodeMeasures
from graph.model import Network
from hub.actors.models.reference import Family
from hub.network.models.results import ResultKind
from hub.network.values.analysis import for_layout, of_the_day, skeleton
from hub.network.values.register import Origin, Part, Register, Wanted, shown
from hub.network.values.sight import Sight

LAYOUT_VERSION = "1"
AT_ONCE = 1_000
"""Up to so many actors a result is computed while the page is made, beyond by a job."""


@dataclass(frozen=True, slots=True)
class Question:
    """What is to be computed: for what is asked of the map, as far as the reader may see it.

    `whole` asks for the whole network of the day, whatever the filters; a layout is always of everything.
    """

    kind: ResultKind
    wanted: Wanted
    sight: Sight
    whole: bool = True

    def part(self, register: Register) -> Part:
        """Return the actors and ties that it is about; the register holds the ties of all origins."""
        if self.whole:
            return of_the_day(register.only(self.wanted.origins))
        return shown(register, self.wanted)

    def network(self, register: Register) -> Network:
        """Return the network that is computed."""
        if self.kind == ResultKind.LAYOUT:
            return for_layout(register)
        part = self.part(register)
        return skeleton(part.actors, part.links)

    @property
    def series(self) -> str:
        """The hash of the question whatever the day: results of one series are versions of each other."""
        if self.kind == ResultKind.LAYOUT:
            return _hash("layout")
        asked = self.as_json()
        del asked["wanted"]["day"], asked["sight"]["today"]
        return _hash(json.dumps(asked, sort_keys=True))

    def as_json(self) -> dict[str, Any]:
        """Return it as a job's arguments hold it: no more of what a reader asked for than is needed."""
        needed = Wanted(self.wanted.day, origins=self.wanted.origins) if self.whole else self.wanted
        wanted = asdict(replace(needed, centre="", compared=None))
        del wanted["centre"], wanted["compared"]
        wanted["day"] = self.wanted.day.isoformat()
        wanted["origins"] = sorted(self.wanted.origins)
        sight = asdict(self.sight) | {"today": self.sight.today.isoformat()}
        return {"kind": self.kind.value, "wanted": wanted, "sight": sight, "whole": self.whole}

    @classmethod
    def from_json(cls, told: dict[str, Any]) -> "Question":
        """Return what `as_json` made."""
        wanted, sight = dict(told["wanted"]), dict(told["sight"])
        wanted["day"] = date.fromisoformat(wanted["day"])
        wanted["origins"] = frozenset(map(Origin, wanted["origins"]))
        wanted["family"] = Family(wanted["family"]) if wanted["family"] else None
        sight["today"] = date.fromisoformat(sight["today"])
        return cls(ResultKind(told["kind"]), Wanted(**wanted), Sight(**sight), whole=told["whole"])


def key_of(kind: ResultKind, network: Network) -> str:
    """Return the key of what is computed of a network: its nodes, its edges, and the engine's version."""
    version = ENGINE_VERSION if kind == ResultKind.ANALYSIS else LAYOUT_VERSION
    nodes = [node.id for node in network.nodes]
    edges = sorted({tie.pair for tie in network.ties})
    return _hash(json.dumps([kind.value, version, nodes, edges], separators=(",", ":")))


def _hash(text: str) -> str:
    return sha256(text.encode()).hexdigest()


# --- Measures

COLUMNS = tuple(field.name for field in fields(NodeMeasures))


def pack_measures(measures: Measures) -> str:
    """Return measures as JSON, by columns; figures come back to the last bit."""
    columns = {name: [getattr(node, name) for node in measures.nodes.values()] for name in COLUMNS}
    told = {
        "nodes": list(measures.nodes),
        "columns": columns,
        "modularity": measures.modularity,
        "density": measures.density,
    }
    return json.dumps(told, separators=(",", ":"), allow_nan=False)


def unpack_measures(text: str) -> Measures:
    """Return what `pack_measures` made. Raises KeyError or ValueError for what another version made."""
    told = json.loads(text)
    columns = [told["columns"][name] for name in COLUMNS]
    rows = zip(*columns, strict=True)
    nodes = {name: NodeMeasures(*row) for name, row in zip(told["nodes"], rows, strict=True)}
    communities = _groups({name: node.community for name, node in nodes.items()})
    components = _groups({name: node.component for name, node in nodes.items()})
    return Measures(
        nodes=MappingProxyType(nodes),
        components=tuple(components.values()),
        isolates=tuple(name for name, node in nodes.items() if not node.degree),
        communities=MappingProxyType(communities),
        modularity=told["modularity"],
        density=told["density"],
    )


def readable_measures(text: str | None) -> Measures | None:
    """Return stored measures; None without any, or where another version of the engine stored them."""
    try:
        return unpack_measures(text) if text else None
    except (KeyError, TypeError, ValueError):
        return None


def _groups(numbers: Mapping[str, int | None]) -> dict[int, tuple[str, ...]]:
    found: dict[int, list[str]] = {}
    for name, number in numbers.items():
        if number is not None:
            found.setdefault(number, []).append(name)
    return {number: tuple(sorted(found[number])) for number in sorted(found)}


def communities_of(measures: Measures) -> dict[str, int]:
    """Return the number of each node's community, for the version that follows."""
    return {name: number for number, names in measures.communities.items() for name in names}


# --- Layouts


@dataclass(frozen=True, slots=True)
class Placed:
    """A layout as it is stored; `moved` counts the actors placed one by one since all were laid out."""

    layout: Layout
    moved: int


def pack_layout(placed: Placed) -> str:
    """Return a layout as JSON; places keep two decimals."""
    layout = placed.layout
    told = {
        "box": [layout.box.width, layout.box.height],
        "clearance": round(layout.clearance, 2),
        "nodes": list(layout.positions),
        "x": [round(x, 2) for x, _ in layout.positions.values()],
        "y": [round(y, 2) for _, y in layout.positions.values()],
        "moved": placed.moved,
    }
    return json.dumps(told, separators=(",", ":"), allow_nan=False)


def unpack_layout(text: str) -> Placed:
    """Return what `pack_layout` made."""
    told = json.loads(text)
    positions = dict(zip(told["nodes"], zip(told["x"], told["y"], strict=True), strict=True))
    layout = Layout(Box(*told["box"]), MappingProxyType(positions), told["clearance"])
    return Placed(layout, told["moved"])
