"""The layout of flows: a column per rank, ordered by Graphviz `dot` so that few ties cross."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from itertools import pairwise

import pygraphviz

from queries.maps.graph import Map
from queries.maps.sizes import CARDS
from queries.maps.stored import Places, Point
from queries.maps.view import View

COLUMN_GAP = 190.0
# A column this long is broken into several beside each other.
LONGEST = 34
# Room above the things of a group for its name.
HEADING = 46.0


def lay_out(drawn: Map, view: View) -> Places:
    """Return the places of all things of a map."""
    columns = columns_of(drawn, view)
    order = ordered(drawn, columns)
    return Places(spread(drawn, view, order), since=len(drawn.nodes))


def columns_of(drawn: Map, view: View) -> dict[int, list[str]]:
    """Return the things of each rank."""
    found: dict[int, list[str]] = defaultdict(list)
    for name, node in drawn.nodes.items():
        found[view.group(node.group).rank].append(name)
    return dict(sorted(found.items()))


def ordered(drawn: Map, columns: Mapping[int, list[str]]) -> dict[int, list[str]]:
    """Return the things of each column from top to bottom, as Graphviz orders them.

    Things of one group stay together: their group is a cluster.
    """
    numbered = {name: f"n{number}" for number, name in enumerate(drawn.nodes)}
    graph = pygraphviz.AGraph(directed=True, strict=True)
    graph.graph_attr.update(rankdir="LR", nodesep="0.1", ranksep="1.5", splines="false")
    graph.node_attr.update(shape="box", fixedsize="true", label="", width="1", height="0.4")
    graph.add_nodes_from(numbered.values())
    for rank, names in columns.items():
        graph.add_node(f"rank {rank}", width="0.01", height="0.01")
        graph.add_subgraph([f"rank {rank}", *(numbered[name] for name in names)], rank="same")
    for first, second in pairwise(columns):
        graph.add_edge(f"rank {first}", f"rank {second}")
    rank_of = {name: rank for rank, names in columns.items() for name in names}
    for edge in drawn.edges:
        ends = sorted((edge.source, edge.target), key=lambda name: rank_of[name])
        if rank_of[ends[0]] != rank_of[ends[1]]:
            graph.add_edge(numbered[ends[0]], numbered[ends[1]])
    graph.layout(prog="dot")
    heights = {
        name: -float(graph.get_node(number).attr["pos"].split(",")[1])
        for name, number in numbered.items()
    }
    return {rank: by_group(drawn, names, heights) for rank, names in columns.items()}


def by_group(drawn: Map, names: Iterable[str], heights: Mapping[str, float]) -> list[str]:
    """Return the things of a column in order, those of one group together, the highest first."""
    members: dict[str, list[str]] = defaultdict(list)
    for name in names:
        members[drawn.nodes[name].group].append(name)
    means = {
        group: sum(heights[name] for name in some) / len(some) for group, some in members.items()
    }
    groups = sorted(members, key=lambda group: (means[group], group))
    return [
        name
        for group in groups
        for name in sorted(members[group], key=lambda name: (heights[name], name))
    ]


def spread(drawn: Map, view: View, order: Mapping[int, list[str]]) -> dict[str, Point]:
    """Return points for columns of cards, all centred on one line."""
    card = CARDS[view.layout]
    step = card.height + card.gap
    points: dict[str, Point] = {}
    x = 0.0
    for names in order.values():
        for part in range(0, len(names), LONGEST):
            some = names[part : part + LONGEST]
            y = -height_of(drawn, some, step) / 2
            before = None
            for name in some:
                group = drawn.nodes[name].group
                y += 0 if before in (None, group) else HEADING
                points[name] = (round(x, 1), round(y, 1))
                y, before = y + step, group
            x += card.width + (24 if part + LONGEST < len(names) else COLUMN_GAP)
    return points


def height_of(drawn: Map, names: list[str], step: float) -> float:
    """Return how high a column is, the gaps between its groups included."""
    groups = [drawn.nodes[name].group for name in names]
    changes = sum(1 for one, next_ in pairwise(groups) if one != next_)
    return step * (len(names) - 1) + changes * HEADING


def extend(drawn: Map, view: View, old: Places) -> Places:
    """Return the places of all things, those that are known where they were.

    A new thing takes the free place in its column that is nearest to what it is tied to.
    """
    points = {name: old.points[name] for name in drawn.nodes if name in old.points}
    for rank, names in columns_of(drawn, view).items():
        fresh = [name for name in names if name not in points]
        if fresh:
            known = [points[name] for name in names if name in points]
            x = column_x(rank, known, points, drawn, view)
            for name in fresh:
                points[name] = free(name, x, points, drawn, view)
    return Places(points, since=old.since)


def column_x(
    rank: int, known: list[Point], points: Mapping[str, Point], drawn: Map, view: View
) -> float:
    """Return where the column of a rank is: where its things are, or beside the next lower one."""
    if known:
        return max(x for x, _y in known)
    lower = [points[n][0] for n, node in drawn.nodes.items()
             if n in points and view.group(node.group).rank < rank]  # fmt: skip
    step = CARDS[view.layout].width + COLUMN_GAP
    if lower:
        return round(max(lower) + step / 2, 1)
    return round(min((x for x, _y in points.values()), default=step) - step, 1)


def free(name: str, x: float, points: Mapping[str, Point], drawn: Map, view: View) -> Point:
    """Return the free place of a column that is nearest to what a thing is tied to."""
    card = CARDS[view.layout]
    tied = [points[end] for edge in drawn.edges if name in (edge.source, edge.target)
            for end in (edge.source, edge.target) if end in points]  # fmt: skip
    wanted = sum(y for _x, y in tied) / len(tied) if tied else 0.0
    taken = [y for one_x, y in points.values() if abs(one_x - x) < card.width]
    step = card.height + card.gap
    for distance in range(2 * len(taken) + 2):
        for y in (wanted + distance * step / 2, wanted - distance * step / 2):
            if all(abs(y - one) >= card.height + 2 for one in taken):
                return x, round(y, 1)
    return x, round(max(taken, default=0.0) + step, 1)
