"""The layout of a structured diagram: one box per group, in rows, ordered and joined by Graphviz.

Graphviz `dot` places the boxes and the ways between them; in its box, each thing has a cell.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Sequence

import pygraphviz

from queries.maps.graph import Map
from queries.maps.sizes import CARDS, PADDING, TITLE, box_height, box_width
from queries.maps.stored import Box, Places, Point
from queries.maps.view import View

# How wide all boxes of a row may be together before their columns become fewer.
WIDEST = 1_750
ROW_GAP, BOX_GAP = 74.0, 30.0


def lay_out(drawn: Map, view: View) -> Places:
    """Return the places of all things of a map."""
    members = groups_of(drawn, view)
    columns = columns_of(members, view)
    sizes = {name: size(len(names), columns[name]) for name, names in members.items()}
    graph = pygraphviz.AGraph(directed=True, strict=False)
    graph.graph_attr.update(
        rankdir="TB", ranksep=str(ROW_GAP / 72), nodesep=str(BOX_GAP / 72), splines="true",
        ordering="", searchsize="200", mclimit="4",
    )  # fmt: skip
    graph.node_attr.update(shape="box", fixedsize="true", label="")
    graph.edge_attr.update(arrowhead="none")
    add_boxes(graph, view, sizes)
    add_ways(graph, drawn, view)
    graph.layout(prog="dot")
    return places(graph, members, columns, sizes)


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


def columns_of(members: dict[str, list[str]], view: View) -> dict[str, int]:
    """Return how many columns each box has, so that no row of boxes is too wide."""
    columns = {
        name: max(1, min(5, round(math.sqrt(len(names) * 1.1)))) for name, names in members.items()
    }
    for rank in {view.group(name).rank for name in members}:
        row = [name for name in members if view.group(name).rank == rank]
        while sum(box_width(columns[name]) + BOX_GAP for name in row) > WIDEST:
            widest = max(row, key=lambda name: (columns[name], name))
            if columns[widest] == 1:
                break
            columns[widest] -= 1
    return columns


def rows_for(count: int, columns: int) -> int:
    """Return how many rows hold so many things, with room for those that come later."""
    return math.ceil((count + 1 + count // 10) / columns)


def size(count: int, columns: int) -> tuple[float, float]:
    """Return the room that a box takes, that for later included."""
    return box_width(columns), box_height(rows_for(count, columns))


def add_boxes(
    graph: pygraphviz.AGraph, view: View, sizes: dict[str, tuple[float, float]]
) -> None:
    """Add the boxes, those of a row side by side, the rows one below the other."""
    ranks = sorted({view.group(name).rank for name in sizes})
    for name, (width, height) in sizes.items():
        graph.add_node(name, width=f"{width / 72:.4f}", height=f"{height / 72:.4f}")
    for rank in ranks:
        row = [name for name in sizes if view.group(name).rank == rank]
        graph.add_node(f"rank {rank}", style="invis", width="0.01", height="0.01")
        graph.add_subgraph([f"rank {rank}", *row], rank="same")
    for first, second in zip(ranks, ranks[1:], strict=False):
        graph.add_edge(f"rank {first}", f"rank {second}", style="invis")


def add_ways(graph: pygraphviz.AGraph, drawn: Map, view: View) -> None:
    """Add a way between each two boxes that have ties, from the upper to the lower."""
    for (first, second), count in ways_of(drawn, view).items():
        weight = 1 + round(math.log2(1 + count))
        flat = view.group(first).rank == view.group(second).rank
        graph.add_edge(
            first, second, weight=str(weight), constraint="false" if flat else "true"
        )


def ways_of(drawn: Map, view: View) -> dict[tuple[str, str], int]:
    """Return how many ties there are between each two groups, the upper one first."""
    order = {group.id: (group.rank, number) for number, group in enumerate(view.groups)}
    found: Counter[tuple[str, str]] = Counter()
    for edge in drawn.edges:
        ends = (drawn.nodes[edge.source].group, drawn.nodes[edge.target].group)
        first, second = sorted(ends, key=lambda name: order[name])
        if first != second:
            found[first, second] += edge.count
    return dict(sorted(found.items()))


def places(
    graph: pygraphviz.AGraph, members: dict[str, list[str]], columns: dict[str, int],
    sizes: dict[str, tuple[float, float]],
) -> Places:  # fmt: skip
    """Return what Graphviz found, with each thing in its cell."""
    bottom, top = (float(number) for number in graph.graph_attr["bb"].split(",")[1::2])
    height = bottom + top
    boxes, points = {}, {}
    for name, names in members.items():
        x, y = numbers(graph.get_node(name).attr["pos"])[0]
        width, room = sizes[name]
        corner = (round(x - width / 2, 1), round(height - y - room / 2, 1))
        used = box_height(math.ceil(len(names) / columns[name]))
        boxes[name] = Box(*corner, round(width, 1), round(used, 1), columns[name])
        for number, one in enumerate(names):
            points[one] = cell(boxes[name], number)
    ways = {}
    for edge in graph.edges():
        if edge.attr["pos"] and edge.attr["style"] != "invis":
            found = [(round(x, 1), round(height - y, 1)) for x, y in numbers(edge.attr["pos"])]
            ways[str(edge[0]), str(edge[1])] = tuple(found)
    return Places(points, boxes, ways, len(points))


def numbers(text: str) -> Sequence[Point]:
    """Return the points of a position as Graphviz writes it."""
    found = []
    for part in text.replace("\\\n", "").split():
        if part[0] not in "se":
            x, y = part.split(",")
            found.append((float(x), float(y)))
    return found


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
        taken = {cell_number(box, old.points[name]) for name in names if name in points} if box else set()
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
    boxes: dict[str, Box], points: dict[str, Point], overflow: dict[str, Iterable[str]] | dict[str, list[str]]
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
