"""The layout of a structured diagram: one box per group, in rows.

Graphviz `dot` orders the boxes so that few ties cross; in its box, each thing has a cell.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterable, Mapping
from itertools import pairwise

import pygraphviz

from loaders.maps import ways
from queries.maps.graph import Map
from queries.maps.sizes import CARDS, PADDING, TITLE, box_height, box_width
from queries.maps.stored import Box, Places, Point
from queries.maps.view import View

# How wide all boxes of a row may be together before their columns become fewer.
WIDEST = 1_860
# So many rows of things are low enough.
LOWEST = 2
BOX_GAP, ROW_GAP = 60.0, 60.0


def lay_out(drawn: Map, view: View) -> Places:
    """Return the places of all things of a map."""
    members = groups_of(drawn, view)
    columns = columns_of(members, view)
    sizes = {name: size(len(names), columns[name]) for name, names in members.items()}
    pairs = ways_of(drawn, view)
    rows = rows_of(view, sizes, pairs)
    plan = ways.Plan(rows, sizes, {pair: len(kinds) for pair, kinds in pairs.items()})
    boxes, points = {}, {}
    for name, names in members.items():
        x, y = plan.corners[name]
        used = box_height(math.ceil(len(names) / columns[name]))
        boxes[name] = Box(round(x, 1), round(y, 1), round(sizes[name][0], 1), used, columns[name])
        points.update({one: cell(boxes[name], number) for number, one in enumerate(names)})
    return Places(points, boxes, plan.ways(boxes), len(points))


def groups_of(drawn: Map, view: View) -> dict[str, list[str]]:
    """Return the things of each group that has any, in the order of their cells."""
    found: dict[str, list[str]] = {}
    for group in view.groups:
        names = [name for name, node in drawn.nodes.items() if node.group == group.id]
        if names:
            found[group.id] = sorted(names, key=lambda name: cell_order(drawn, name))
    return found


def cell_order(drawn: Map, name: str) -> tuple[str, str]:
    """Return by what things are put in order in a box: by name, in the first language there is."""
    labels = drawn.nodes[name].labels
    text = next((labels[code] for code in ("fr", "nl", "de", "en", "") if code in labels), name)
    return text.casefold(), name


def columns_of(members: Mapping[str, list[str]], view: View) -> dict[str, int]:
    """Return how many columns each box has: as many as keep its row low, and not too wide."""
    columns = dict.fromkeys(members, 1)
    for rank in sorted({view.group(name).rank for name in members}):
        row = [name for name in members if view.group(name).rank == rank]
        while True:
            highest = max(row, key=lambda name: (rows_for(len(members[name]), columns[name]), name))
            wider = columns | {highest: columns[highest] + 1}
            wide = sum(box_width(wider[name]) + BOX_GAP for name in row)
            if wide > WIDEST or rows_for(len(members[highest]), columns[highest]) <= LOWEST:
                break
            columns = wider
    return columns


def rows_for(count: int, columns: int) -> int:
    """Return how many rows hold so many things, with room for those that come later."""
    return math.ceil((count + 1 + count // 10) / columns)


def size(count: int, columns: int) -> tuple[float, float]:
    """Return the room that a box takes, that for later included."""
    return box_width(columns), box_height(rows_for(count, columns))


def ways_of(drawn: Map, view: View) -> dict[tuple[str, str], set[str]]:
    """Return the relations between each two groups that have any, the upper group first."""
    order = {group.id: (group.rank, number) for number, group in enumerate(view.groups)}
    found: dict[tuple[str, str], set[str]] = defaultdict(set)
    for edge in drawn.edges:
        ends = (drawn.nodes[edge.source].group, drawn.nodes[edge.target].group)
        first, second = sorted(ends, key=lambda name: order[name])
        if first != second:
            found[first, second].add(edge.relation)
    return dict(sorted(found.items()))


def rows_of(
    view: View, sizes: Mapping[str, tuple[float, float]], pairs: Iterable[tuple[str, str]]
) -> list[list[str]]:
    """Return the boxes of each row from left to right, as Graphviz orders them."""
    graph = pygraphviz.AGraph(directed=True, strict=True)
    graph.graph_attr.update(rankdir="TB", ranksep="1", nodesep="0.4", splines="false")
    graph.node_attr.update(shape="box", fixedsize="true", label="")
    for name, (width, height) in sizes.items():
        graph.add_node(name, width=f"{width / 72:.4f}", height=f"{height / 72:.4f}")
    ranks = sorted({view.group(name).rank for name in sizes})
    rows = [[name for name in sizes if view.group(name).rank == rank] for rank in ranks]
    for rank, row in zip(ranks, rows, strict=True):
        graph.add_node(f"rank {rank}", style="invis", width="0.01", height="0.01")
        graph.add_subgraph([f"rank {rank}", *row], rank="same")
    for first, second in pairwise(ranks):
        graph.add_edge(f"rank {first}", f"rank {second}", style="invis")
    for upper, lower in pairs:
        flat = view.group(upper).rank == view.group(lower).rank
        graph.add_edge(upper, lower, constraint="false" if flat else "true")
    graph.layout(prog="dot")
    across = {name: float(graph.get_node(name).attr["pos"].split(",")[0]) for name in sizes}
    return [
        sorted(row, key=lambda name: (place_of(view, name), across[name], name)) for row in rows
    ]


def place_of(view: View, name: str) -> int:
    """Return where in its row a view wants a box; those that it says nothing of are in between."""
    return view.group(name).place or 0


def cell(box: Box, number: int) -> Point:
    """Return the middle of a cell of a box."""
    card = CARDS["boxes"]
    row, column = divmod(number, box.columns)
    x = box.x + PADDING + column * (card.width + card.gap) + card.width / 2
    y = box.y + TITLE + row * (card.height + card.gap) + card.height / 2
    return round(x, 1), round(y, 1)


def cell_number(box: Box, point: Point) -> int:
    """Return the number of the cell that a thing has."""
    card = CARDS["boxes"]
    column = round((point[0] - box.x - PADDING - card.width / 2) / (card.width + card.gap))
    row = round((point[1] - box.y - TITLE - card.height / 2) / (card.height + card.gap))
    return row * box.columns + column


def extend(drawn: Map, view: View, old: Places) -> Places:
    """Return the places of all things, those that are known where they were.

    A new thing takes the next free cell of its box, or a box below all others where there is none.
    """
    points = {name: old.points[name] for name in drawn.nodes if name in old.points}
    boxes = dict(old.boxes)
    overflow: dict[str, list[str]] = {}
    for group, names in groups_of(drawn, view).items():
        box = boxes.get(group)
        fresh = [name for name in names if name not in points]
        taken = (
            {cell_number(box, old.points[name]) for name in names if name in points}
            if box
            else set()
        )
        for name in fresh:
            number = next_cell(box, taken, old, group) if box else None
            if box is None or number is None:
                overflow.setdefault(group, []).append(name)
                continue
            taken.add(number)
            points[name] = cell(box, number)
        if box and taken:
            rows = max(max(taken) // box.columns + 1, 1)
            boxes[group] = Box(box.x, box.y, box.width, round(box_height(rows), 1), box.columns)
    add_below(boxes, points, overflow)
    return Places(points, boxes, old.ways, old.since)


def next_cell(box: Box, taken: set[int], old: Places, group: str) -> int | None:
    """Return the first free cell of a box that has room; None when the next row would hit a box."""
    number = next(one for one in range(len(taken) + 1) if one not in taken)
    bottom = box.y + box_height(number // box.columns + 1)
    others = (one for name, one in old.boxes.items() if name != group)
    hits = any(
        one.y > box.y and one.y < bottom + BOX_GAP / 2
        and one.x < box.x + box.width and box.x < one.x + one.width
        for one in others
    )  # fmt: skip
    return None if hits else number


def add_below(
    boxes: dict[str, Box],
    points: dict[str, Point],
    overflow: dict[str, Iterable[str]] | dict[str, list[str]],
) -> None:
    """Add boxes below all others for what has no cell elsewhere."""
    x = min((box.x for box in boxes.values()), default=0.0)
    top = max((box.y + box.height for box in boxes.values()), default=0.0) + ROW_GAP
    for group, names in sorted(overflow.items()):
        listed = list(names)
        columns = max(1, min(4, len(listed)))
        name = group if group not in boxes else f"{group}+{round(top)}"
        rows = math.ceil(len(listed) / columns)
        box = Box(round(x, 1), round(top, 1), box_width(columns), box_height(rows), columns)
        boxes[name] = box
        for number, one in enumerate(listed):
            points[one] = cell(box, number)
        x += box.width + BOX_GAP
