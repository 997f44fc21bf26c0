"""GraphML: for yEd, Cytoscape, igraph and many more."""

import networkx as nx

from server.maps.format import Format
from server.maps.networks import network
from server.maps.picture import Picture


def write(picture: Picture) -> bytes:
    """Return the graph as GraphML, with what it says of itself as data of the graph."""
    graph = network(picture)
    for _source, _target, said in graph.edges(data=True):
        del said["source"], said["target"]
    text = "".join(nx.generate_graphml(graph, prettyprint=False, named_key_ids=True))
    return f"<?xml version='1.0' encoding='utf-8'?>\n{text}\n".encode()


FORMAT = Format(".graphml", "application/graphml+xml", "GraphML", write, order=22)
