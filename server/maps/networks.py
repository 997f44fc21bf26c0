"""A picture as networkx has graphs, with all that files of graphs hold of it."""

from __future__ import annotations

from dataclasses import asdict

import networkx as nx

from server.maps.picture import Picture
from server.maps.rows import edge_rows, node_rows
from server.maps.text import clean


def network(picture: Picture) -> nx.MultiDiGraph:
    """Return the graph of a picture, its values cleaned of what XML cannot hold."""
    graph = nx.MultiDiGraph(**{name: clean(value) for name, value in picture.about().items()})
    for node in node_rows(picture):
        graph.add_node(node.id, **cleaned(asdict(node)))
    for edge in edge_rows(picture):
        said = cleaned(asdict(edge))
        said.pop("id")
        graph.add_edge(edge.source, edge.target, key=edge.id, **said)
    return graph


def cleaned(values: dict[str, object]) -> dict[str, object]:
    """Return values whose texts any file can hold."""
    return {name: clean(one) if isinstance(one, str) else one for name, one in values.items()}
