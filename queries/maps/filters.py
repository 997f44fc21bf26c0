"""What of a map is wanted: the same for the page, for every export and for what is embedded."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace
from datetime import date
from urllib.parse import urlencode

from queries.maps.graph import Edge, Map, Node, merged


@dataclass(frozen=True)
class Filter:
    """Which groups, families, territories and relations are wanted, and as at which day.

    Nothing given is everything. A family or a territory keeps what belongs to it, and whatever
    that is tied to.
    """

    kind: tuple[str, ...] = ()
    family: tuple[str, ...] = ()
    territory: tuple[str, ...] = ()
    relation: tuple[str, ...] = ()
    on: date | None = None

    def pairs(self) -> list[tuple[str, str]]:
        """Return the filter as the parameters of an address, in one order."""
        listed = [
            (name, value)
            for name in ("kind", "family", "territory", "relation")
            for value in sorted(set(getattr(self, name)))
        ]
        return listed + ([("on", self.on.isoformat())] if self.on else [])

    def query(self) -> str:
        """Return the filter as the query of an address."""
        return urlencode(self.pairs())


def apply(whole: Map, wanted: Filter, *, isolated: bool, always: Collection[str] = ()) -> Map:
    """Return what is wanted of a map.

    Where ``isolated`` is false, things without any tie are left out, but for those in ``always``.
    """
    edges = list(merged(held(whole.edges, wanted)))
    nodes = dict(whole.nodes)
    if wanted.kind:
        nodes = {name: node for name, node in nodes.items() if node.group in wanted.kind}
    found = replace(whole, nodes=nodes, edges=tuple(edges)).within(nodes)
    if wanted.family:
        found = around(found, matching(found.nodes.values(), "families", wanted.family))
    if wanted.territory:
        found = around(found, matching(found.nodes.values(), "territories", wanted.territory))
    if isolated:
        return found
    return found.within(found.tied() | (set(always) & set(found.nodes)))


def held(edges: Iterable[Edge], wanted: Filter) -> Iterable[Edge]:
    """Yield the ties of the wanted relations, with the facts that hold on the day."""
    for edge in edges:
        if wanted.relation and edge.relation not in wanted.relation:
            continue
        if wanted.on is None:
            yield edge
            continue
        facts = tuple(fact for fact in edge.facts if fact.holds(wanted.on))
        if facts:
            yield replace(edge, facts=facts, count=min(edge.count, len(facts)))


def matching(nodes: Iterable[Node], facet: str, values: Collection[str]) -> set[str]:
    """Return the things that have one of some values."""
    return {node.id for node in nodes if not set(getattr(node, facet)).isdisjoint(values)}


def around(whole: Map, kept: set[str]) -> Map:
    """Return some things and what they are tied to, with the ties that touch them."""
    edges = tuple(one for one in whole.edges if one.source in kept or one.target in kept)
    names = kept | {name for edge in edges for name in (edge.source, edge.target)}
    return replace(whole, edges=edges).within(names)
