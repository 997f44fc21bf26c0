"""GraphML: for yEd, Cytoscape, igraph and many more."""

import networkx as nx

from server.maps.format import Format
from server.maps.networks import network
from server.maps.picture import Picture


def write(picture: Picture) -> bytes:
    """Return the graph as GraphML, with what it says of itself as data of the graph.

    Its schema wants short names for things and ties; their IRIs stand in the data ``id``.
    """
    graph = network(picture)
    numbers = {name: f"n{number}" for number, name in enumerate(graph.nodes)}
    named = nx.MultiDiGraph(**graph.graph)
    for name, said in graph.nodes(data=True):
        named.add_node(numbers[name], **said)
    for number, (one, other, key, said) in enumerate(graph.edges(keys=True, data=True)):
        said["id"] = key
        del said["source"], said["target"]
        named.add_edge(numbers[one], numbers[other], key=f"e{number}", **said)
    text = "".join(nx.generate_graphml(named, prettyprint=False))
    return f"<?xml version='1.0' encoding='utf-8'?>\n{text}\n".encode()


FORMAT = Format(".graphml", "application/graphml+xml", "GraphML", write, order=22)
