"""The part of the network around one actor."""

import networkx as nx

from graph.model import Network, UnknownNodeError, simple_graph


def neighbourhood(network: Network, node_id: str, distance: int = 1) -> Network:
    """Return the network of the nodes at most `distance` steps from a node, itself included.

    Steps follow ties in either direction. All ties among the nodes kept are kept too, with their kinds
    and dates. Raises `UnknownNodeError` when no node has this id, `ValueError` for a negative distance.
    """
    if distance < 0:
        raise ValueError(f"distance is {distance}, and can't be negative")
    graph = simple_graph(network)
    if node_id not in graph:
        raise UnknownNodeError(f"no node has the id {node_id!r}")
    near = nx.single_source_shortest_path_length(graph, node_id, cutoff=distance)
    return Network(
        nodes=tuple(node for node in network.nodes if node.id in near),
        ties=tuple(tie for tie in network.ties if tie.source in near and tie.target in near),
    )
