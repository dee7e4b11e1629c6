"""Networks for tests: named by hand, or drawn at random."""

import random

import networkx as nx
from hypothesis import strategies as st

from graph.model import Network, Node, Tie
from graph.style import FAMILIES

LEGEND = {family: f"Famille {family}" for family in FAMILIES}


def chance(seed: int) -> random.Random:
    """Give a chance that falls the same way every time."""
    return random.Random(seed)  # noqa: S311 - no secret depends on it


def network(*pairs: tuple[str, str], alone: str = "") -> Network:
    """Make a network of one-letter (or longer) ids from its ties and its isolated nodes."""
    names = {name for pair in pairs for name in pair} | set(alone)
    nodes = tuple(Node(name, "association", name.upper()) for name in names)
    return Network(nodes, tuple(Tie(first, second, "member_of") for first, second in pairs))


def random_network(seed: int, nodes: int, ties: int) -> Network:
    """Draw ties blindly: some parallel, some self-loops, some nodes left alone."""
    draw = chance(seed)
    names = [f"n{number:04}" for number in range(nodes)]
    pairs = ((draw.choice(names), draw.choice(names)) for _ in range(ties))
    return Network(
        tuple(Node(name, "association", f"Association {name}") for name in names),
        tuple(Tie(first, second, draw.choice(["funds", "hosts"])) for first, second in pairs),
    )


def families_of(whole: Network) -> dict[str, str]:
    """Give the nodes the eight families in turn."""
    names = list(FAMILIES)
    return {node.id: names[place % len(names)] for place, node in enumerate(whole.nodes)}


def shuffled(whole: Network, seed: int) -> Network:
    """Give the same nodes and ties in another order, and every tie from its other end."""
    draw = chance(seed)
    nodes = draw.sample(whole.nodes, len(whole.nodes))
    ties = [Tie(tie.target, tie.source, tie.kind, tie.start, tie.end) for tie in whole.ties]
    return Network(tuple(nodes), tuple(draw.sample(ties, len(ties))))


KITE = {
    "Andre": "Beverley Carol Diane Fernando",
    "Beverley": "Diane Ed Garth",
    "Carol": "Diane Fernando",
    "Diane": "Ed Fernando Garth",
    "Ed": "Garth",
    "Fernando": "Garth Heather",
    "Garth": "Heather",
    "Heather": "Ike",
    "Ike": "Jane",
}
"""Krackhardt's kite (Assessing the political landscape, 1990): the best connected isn't the best placed."""

FLORENCE = {
    "Acciaiuoli": "Medici",
    "Albizzi": "Ginori Guadagni Medici",
    "Barbadori": "Castellani Medici",
    "Bischeri": "Guadagni Peruzzi Strozzi",
    "Castellani": "Peruzzi Strozzi",
    "Guadagni": "Lamberteschi Tornabuoni",
    "Medici": "Ridolfi Salviati Tornabuoni",
    "Pazzi": "Salviati",
    "Peruzzi": "Strozzi",
    "Ridolfi": "Strozzi Tornabuoni",
}
"""Marriages among families of Florence about 1430 (Padgett and Ansell 1993)."""

HOLES = {"A": "B E F G", "B": "D G", "C": "G", "D": "G", "E": "G", "F": "G"}
"""The network by which Borgatti explains the measures (Structural holes: unpacking Burt's, 1997)."""

SOUTHERN_WOMEN = {
    "Evelyn": (1, 2, 3, 4, 5, 6, 8, 9),
    "Laura": (1, 2, 3, 5, 6, 7, 8),
    "Theresa": (2, 3, 4, 5, 6, 7, 8, 9),
    "Brenda": (1, 3, 4, 5, 6, 7, 8),
    "Charlotte": (3, 4, 5, 7),
    "Frances": (3, 5, 6, 8),
    "Eleanor": (5, 6, 7, 8),
    "Pearl": (6, 8, 9),
    "Ruth": (5, 7, 8, 9),
    "Verne": (7, 8, 9, 12),
    "Myra": (8, 9, 10, 12),
    "Katherine": (8, 9, 10, 12, 13, 14),
    "Sylvia": (7, 8, 9, 10, 12, 13, 14),
    "Nora": (6, 7, 9, 10, 11, 12, 13, 14),
    "Helen": (7, 8, 10, 11, 12),
    "Dorothy": (8, 9),
    "Olivia": (9, 11),
    "Flora": (9, 11),
}
"""Which women took part in which of fourteen events (Davis, Gardner and Gardner, Deep South, 1941)."""

KARATE = (
    "1-2 1-3 1-4 1-5 1-6 1-7 1-8 1-9 1-11 1-12 1-13 1-14 1-18 1-20 1-22 1-32 2-3 2-4 2-8 2-14 2-18 2-20 "
    "2-22 2-31 3-4 3-8 3-9 3-10 3-14 3-28 3-29 3-33 4-8 4-13 4-14 5-7 5-11 6-7 6-11 6-17 7-17 9-31 9-33 "
    "9-34 10-34 14-34 15-33 15-34 16-33 16-34 19-33 19-34 20-34 21-33 21-34 23-33 23-34 24-26 24-28 "
    "24-30 24-33 24-34 25-26 25-28 25-32 26-32 27-30 27-34 28-34 29-32 29-34 30-33 30-34 31-33 31-34 "
    "32-33 32-34 33-34"
)
"""Who met whom outside the karate club (Zachary 1977)."""


def from_lists(lists: dict[str, str]) -> Network:
    """Make a network of lists of neighbours."""
    return network(*((first, second) for first, row in lists.items() for second in row.split()))


def karate() -> Network:
    """Make the network of the karate club; members are numbered with two digits."""
    pairs = (pair.split("-") for pair in KARATE.split())
    return network(*((first.zfill(2), second.zfill(2)) for first, second in pairs))


def from_stock(graph: nx.Graph) -> Network:
    """Make a network of a graph of networkx with whole numbers as nodes."""
    return Network(
        tuple(Node(f"n{node:05}", "association", "") for node in graph),
        tuple(Tie(f"n{first:05}", f"n{second:05}", "funds") for first, second in graph.edges),
    )


@st.composite
def networks(draw: st.DrawFn, most: int = 24) -> Network:
    """Draw a network of up to `most` nodes, with any text as label."""
    count = draw(st.integers(0, most))
    nodes = tuple(Node(f"n{number}", "association", draw(st.text(max_size=40))) for number in range(count))
    if not count:
        return Network((), ())
    ends = st.sampled_from([node.id for node in nodes])
    pairs = draw(st.lists(st.tuples(ends, ends), max_size=2 * most))
    return Network(nodes, tuple(Tie(first, second, "funds") for first, second in pairs))
