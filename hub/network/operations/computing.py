"""Computing a result of the network: plain work, that neither reads nor writes the database."""

from graph.layout import lay_out
from graph.measures import measure
from graph.model import Network
from graph.searches import Progress
from hub.network.models.results import ResultKind
from hub.network.values.analysis import BOX
from hub.network.values.places import must_lay_out, settle
from hub.network.values.results import (
    Placed,
    communities_of,
    pack_layout,
    pack_measures,
    readable_measures,
    unpack_layout,
)


def compute(
    kind: ResultKind, network: Network, previous: str | None, on_progress: Progress | None = None
) -> str:
    """Return a result in the form in which it is stored; `previous` is that of the version before.

    Communities keep their numbers and actors their places from one version to the next.
    """
    if kind == ResultKind.ANALYSIS:
        last = readable_measures(previous)
        before = communities_of(last) if last else None
        return pack_measures(measure(network, previous=before, on_progress=on_progress))
    settled = resettled(network, previous)
    if settled:
        return settled
    known = unpack_layout(previous).layout.positions if previous else None
    return pack_layout(Placed(lay_out(network, BOX, previous=known), moved=0))


def resettled(network: Network, previous: str | None, *, anyhow: bool = False) -> str | None:
    """Return a layout in which everybody known stays in place; None where too few of them are.

    `anyhow`: even then, as something to look at until all are laid out.
    """
    known, moved = {}, 0
    if previous:
        before = unpack_layout(previous)
        known, moved = dict(before.layout.positions), before.moved
    if not anyhow and must_lay_out(network, known, moved):
        return None
    strangers = sum(node.id not in known for node in network.nodes)
    return pack_layout(Placed(settle(network, known, BOX), moved + strangers))
