"""A few measures of a map: how many ties, how often in between, and which things hang together."""

from __future__ import annotations

from dataclasses import dataclass

import networkx as nx

from queries.maps.graph import Map, as_networkx

# Beyond so many things, being in between is estimated from some of them.
EXACT, SAMPLE = 500, 120
SEED = 7


@dataclass(frozen=True)
class Measure:
    """What is measured of one thing; ``between`` is a share of all shortest ways, 0 to 1.

    ``community`` numbers sets of things that have more ties among themselves than with others,
    the largest being 1.
    """

    degree: int
    between: float
    community: int


def measures(drawn: Map) -> dict[str, Measure]:
    """Return the measures of each thing; the same map gives the same ones."""
    simple = nx.Graph()
    simple.add_nodes_from(drawn.nodes)
    simple.add_edges_from((edge.source, edge.target) for edge in drawn.edges)
    simple.remove_edges_from(list(nx.selfloop_edges(simple)))
    count = len(simple)
    sample = None if count <= EXACT else min(SAMPLE, count)
    between = nx.betweenness_centrality(simple, k=sample, seed=SEED) if count else {}
    groups = nx.community.louvain_communities(simple, seed=SEED) if count else []
    ordered = sorted(groups, key=lambda group: (-len(group), min(group)))
    home = {name: place for place, group in enumerate(ordered, 1) for name in group}
    degree = dict(as_networkx(drawn).degree())
    return {
        name: Measure(degree[name], round(between[name], 4), home[name]) for name in drawn.nodes
    }
