"""What a map can be filtered by: the groups, families, territories and relations that it has."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from queries.maps.graph import Map


@dataclass(frozen=True)
class Facets:
    """How many things or ties there are for each value; ``days`` are those at which any changes."""

    kind: Mapping[str, int]
    family: Mapping[str, int]
    territory: Mapping[str, int]
    relation: Mapping[str, int]
    days: tuple[str, ...]


def facets(whole: Map) -> Facets:
    """Return the facets of a map, its most frequent values first."""
    nodes = whole.nodes.values()
    days = {
        day.isoformat()
        for edge in whole.edges
        for fact in edge.facts
        for day in (fact.since, fact.until)
        if day
    }
    return Facets(
        counted(node.group for node in nodes),
        counted(code for node in nodes for code in node.families),
        counted(code for node in nodes for code in node.territories),
        counted(edge.relation for edge in whole.edges),
        tuple(sorted(days)),
    )


def counted(values: Iterable[str]) -> dict[str, int]:
    """Return how often each value comes, the most frequent first."""
    return dict(sorted(Counter(values).items(), key=lambda item: (-item[1], item[0])))
