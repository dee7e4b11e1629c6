"""The network as a memorandum draws it: a figure, and the threads of its cover."""

import hashlib
import json
from collections import Counter
from dataclasses import astuple, dataclass
from datetime import date

from sqlalchemy.orm import Session

from graph import layout, picture
from graph.model import Network, Node, Tie, simple_graph
from hub.actors.models.reference import Family
from hub.actors.values.words import FAMILIES
from hub.publishing.queries import memoranda as queries
from memoranda.content import MOST_KNOTS, Figure, Knot, Threads

BOX = layout.Box(570, 640)  # fills a page of the PDF below its title
TITLE = "Le réseau"
NAMED = 3


@dataclass(frozen=True)
class Register:
    """The actors and the ties that last on a day, as plain data; `families` by node."""

    network: Network
    families: dict[str, str]
    day: date

    @property
    def fingerprint(self) -> str:
        """Return the SHA-256 of all that is drawn."""
        plain = [
            sorted(map(astuple, self.network.nodes)),
            sorted([tie.source, tie.target, tie.kind] for tie in self.network.ties),
            sorted(self.families.items()),
            self.day.isoformat(),
        ]
        return hashlib.sha256(json.dumps(plain, ensure_ascii=False).encode()).hexdigest()


def read(session: Session, day: date) -> Register:
    """Read the actors and the ties of that day from the register."""
    organisations = session.scalars(queries.actors_drawn()).all()
    names = {organisation.id: organisation.slug for organisation in organisations}
    nodes = tuple(Node(one.slug, one.kind.code, one.short_label) for one in organisations)
    ties = tuple(
        Tie(names[tie.source_id], names[tie.target_id], tie.kind.code)
        for tie in session.scalars(queries.ties_drawn(day))
        if tie.source_id in names and tie.target_id in names
    )
    families = {organisation.slug: organisation.kind.family.value for organisation in organisations}
    return Register(Network(nodes, ties), families, day)


def draw(register: Register) -> tuple[Figure | None, Threads | None]:
    """Draw the figure, and the threads of those who are tied; None where there is too little to draw."""
    if not register.network.ties:
        return None, None
    places = layout.lay_out(register.network, BOX)
    svg = picture.draw(
        register.network, places, register.families, title=TITLE, description=_alternative(register),
        legend={family.value: words for family, words in FAMILIES.items()},
    )  # fmt: skip
    counts = Counter(register.families.values())
    figure = Figure(
        svg=svg, caption=_caption(register), alternative=_alternative(register),
        rows=tuple((FAMILIES[Family(family)], number) for family, number in counts.most_common()),
    )  # fmt: skip
    return figure, _threads(register.network, places)


def _threads(network: Network, places: layout.Layout) -> Threads:
    graph = simple_graph(network)
    tied = sorted((name for name in graph if graph.degree[name]), key=lambda name: -graph.degree[name])
    tied = tied[:MOST_KNOTS]
    most = graph.degree[tied[0]]
    index = {name: place for place, name in enumerate(tied)}
    knots = tuple(
        Knot(x=places.positions[name][0], y=places.positions[name][1], size=graph.degree[name] / most)
        for name in tied
    )
    lines = tuple((index[one], index[other]) for one, other in graph.edges if one in index and other in index)
    return Threads(knots=knots, lines=lines)


def _caption(register: Register) -> str:
    nodes, ties = len(register.network.nodes), len(register.network.ties)
    return (
        f"{nodes} actrices et acteurs du réseau et leurs {ties} liens au {register.day:%d/%m/%Y}, "
        "tels que le registre du réseau les connaît. Plus un acteur a de liens, plus son signe est grand."
    )


def _alternative(register: Register) -> str:
    graph = simple_graph(register.network)
    counts = Counter(register.families.values())
    families = ", ".join(
        f"{FAMILIES[Family(family)].lower()} : {number}" for family, number in counts.most_common()
    )
    labels = {node.id: node.label for node in register.network.nodes}
    central = sorted(graph, key=lambda name: (-graph.degree[name], name))[:NAMED]
    named = ", ".join(f"{labels[name]} ({graph.degree[name]})" for name in central)
    alone = sum(not graph.degree[name] for name in graph)
    return (
        f"Dessin du réseau : {len(register.network.nodes)} acteurs ({families}), "
        f"{graph.number_of_edges()} paires reliées. Les plus reliés : {named}. Sans lien connu : {alone}."
    )
