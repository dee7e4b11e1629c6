"""Networks for tests: named by hand, or drawn at random."""

import random

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
