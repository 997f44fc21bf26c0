"""Grouping before drawing: things with the very same ties become one, and very many are capped."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import replace

from queries.maps.graph import Edge, Map, Node, merged
from queries.maps.view import View

# Ties of one thing that are drawn at most; the notice says how many more there are.
MOST_TIES = 500
BUNDLE = "urn:maillage:bundle:"
# A bundle of things that have the same ties to the most tied, and may have others.
NEAR = f"{BUNDLE}near-"
# Which part of a picture the most tied things may be.
HUBS = 4
Tie = tuple[str, str, str]
Ties = dict[str, set[Tie]]


def assign(whole: Map, view: View) -> Map:
    """Return a map whose things know their bundle, where they are to be drawn as one.

    These are things with the very same ties. Where a picture could not hold what is left, they are
    also things with the same ties to those that have the most, or at last to the first of them.
    Decided on the whole map, so that a filter changes what a bundle counts and not what it is.
    """
    ties: Ties = defaultdict(set)
    for edge in whole.edges:
        ties[edge.source].add((">", edge.relation, edge.target))
        ties[edge.target].add(("<", edge.relation, edge.source))
    found = bundled(whole, view, ties, BUNDLE)
    drawn = {node.bundle or name for name, node in found.nodes.items()}
    if len(drawn) <= view.limit:
        return found
    hubs = most_tied(ties, view.limit // HUBS)
    near = {name: {tie for tie in ties[name] if tie[2] in hubs} for name in found.nodes}
    found = bundled(found, view, near, NEAR, hubs)
    drawn = {node.bundle or name for name, node in found.nodes.items()}
    if len(drawn) <= view.limit:
        return found
    # Of several, the one that most are tied to decides.
    first = {
        name: {("", "", min((hubs[tie[2]], tie[2]) for tie in some)[1])} if some else set[Tie]()
        for name, some in near.items()
    }
    return bundled(found, view, first, NEAR, hubs)


def bundled(
    whole: Map, view: View, ties: Mapping[str, set[Tie]], start: str, apart: Collection[str] = ()
) -> Map:
    """Return a map in which things with the same of some ties know that they are one."""
    alike: dict[tuple[str, tuple[Tie, ...]], list[str]] = defaultdict(list)
    for name, node in whole.nodes.items():
        if node.bundle is None and name not in apart:
            alike[node.group, tuple(sorted(ties.get(name, ())))].append(name)
    nodes = dict(whole.nodes)
    for (group, common), names in alike.items():
        if len(names) > view.group(group).fold:
            digest = hashlib.blake2b(repr((view.id, group, common)).encode(), digest_size=8)
            for name in names:
                nodes[name] = replace(nodes[name], bundle=f"{start}{digest.hexdigest()}")
    return replace(whole, nodes=nodes)


def most_tied(ties: Mapping[str, set[Tie]], most: int) -> dict[str, int]:
    """Return the things with the most ties, and the place of each among them.

    Numbers of ties count by their powers of two, so that little changes where a little is added.
    """
    several = (name for name, some in ties.items() if len(some) > 1)
    order = sorted(several, key=lambda name: (-len(ties[name]).bit_length(), name))
    return {name: place for place, name in enumerate(order[:most])}


def fold(whole: Map, view: View, words: Mapping[str, Mapping[str, str]]) -> Map:
    """Return a map in which the things of a bundle are one."""
    members: dict[str, list[Node]] = defaultdict(list)
    for node in whole.nodes.values():
        if node.bundle:
            members[node.bundle].append(node)
    bundled = {node.id: name for name, nodes in members.items() for node in nodes}
    nodes = {name: node for name, node in whole.nodes.items() if name not in bundled}
    for name, alike in members.items():
        nodes[name] = bundle_of(name, alike, view, words)
    edges = (
        replace(
            edge,
            source=bundled.get(edge.source, edge.source),
            target=bundled.get(edge.target, edge.target),
        )
        for edge in whole.edges
    )
    ordered = {name: nodes[name] for name in sorted(nodes)}
    return replace(whole, nodes=ordered, edges=tuple(merged(edges)))


def bundle_of(
    name: str, alike: list[Node], view: View, words: Mapping[str, Mapping[str, str]]
) -> Node:
    """Return the thing that stands for some that are alike."""
    group, count = alike[0].group, sum(one.count for one in alike)
    title = view.group(group).title
    labels = {
        code: words[code]["bundle"].format(count=count, group=text) for code, text in title.items()
    }
    return Node(
        name, labels, group,
        tuple(sorted({kind for one in alike for kind in one.kinds})),
        tuple(sorted({code for one in alike for code in one.families})),
        tuple(sorted({code for one in alike for code in one.territories})),
        None, name, count,
    )  # fmt: skip


def cap(drawn: Map, view: View, first: Collection[str] = ()) -> Map:
    """Return at most so many things as a picture can hold: those with the most ties.

    What is left out is counted. A thing with very many ties keeps some of them, and is named.
    """
    kept, cut = capped_ties(drawn, set(first))
    degree: dict[str, int] = dict.fromkeys(drawn.nodes, 0)
    for edge in kept:
        degree[edge.source] += 1
        degree[edge.target] += 1
    order = sorted(drawn.nodes, key=lambda name: (name not in first, -degree[name], name))
    limited = replace(drawn, edges=kept, cut=cut).within(order[: view.limit])
    left = sum(drawn.nodes[name].count for name in drawn.nodes.keys() - limited.nodes.keys())
    return replace(limited, left_out=drawn.left_out + left)


def capped_ties(drawn: Map, first: set[str]) -> tuple[tuple[Edge, ...], tuple[str, ...]]:
    """Return ties of which no thing has too many, and the things that have more."""
    used: dict[str, int] = defaultdict(int)
    kept, cut = [], set()
    for edge in sorted(
        drawn.edges, key=lambda one: (not {one.source, one.target} & first, one.key)
    ):
        full = [name for name in (edge.source, edge.target) if used[name] >= MOST_TIES]
        if full:
            cut.update(full)
            continue
        kept.append(edge)
        used[edge.source] += 1
        used[edge.target] += 1
    return tuple(sorted(kept, key=lambda one: one.key)), tuple(sorted(cut))
