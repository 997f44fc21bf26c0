"""The paths along which ties are drawn, in each kind of layout."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Mapping, Sequence

from queries.maps.graph import Edge
from queries.maps.sizes import CARDS, TITLE
from queries.maps.stored import Box, Point
from server.maps.picture import Picture

# Ties of different relations run beside each other.
BESIDE = 2.4
ROUND = 6.0


def number(value: float) -> str:
    """Return a length as a path has it.

    >>> number(1.0), number(-0.04), number(2.26)
    ('1', '0', '2.3')
    """
    text = f"{value:.1f}".rstrip("0").rstrip(".")
    return "0" if text in ("-0", "") else text


def at(point: Point) -> str:
    """Return a point as a path has it."""
    return f"{number(point[0])} {number(point[1])}"


def paths(picture: Picture, radii: Mapping[str, float]) -> dict[tuple[str, str, str], str]:
    """Return the path of each tie."""
    lanes = lanes_of(picture)
    kind = picture.view.layout
    corners = corners_of(picture) if kind == "boxes" else {}
    found = {}
    for edge in picture.map.edges:
        if edge.source == edge.target:
            found[edge.key] = loop(picture, edge)
        elif kind == "boxes":
            found[edge.key] = bent(corners[edge.key])
        elif kind == "layers":
            found[edge.key] = between_layers(picture, edge, lanes[edge.relation])
        else:
            found[edge.key] = between_dots(picture, edge, lanes[edge.relation], radii)
    return found


def lanes_of(picture: Picture) -> dict[str, float]:
    """Return how far beside the middle each relation runs."""
    used = picture.used_relations()
    return {name: (number - (len(used) - 1) / 2) * BESIDE for number, name in enumerate(used)}


def loop(picture: Picture, edge: Edge) -> str:
    """Return the path of a tie of a thing with itself."""
    x, y = picture.places.points[edge.source]
    card = CARDS[picture.view.layout]
    right, high = x + card.width / 2, card.height / 2 or 10
    bends = f"{at((right + 26, y - high))} {at((right + 26, y + high))}"
    return f"M{at((right, y - high / 2))}C{bends} {at((right, y + high / 2))}"


def between_dots(picture: Picture, edge: Edge, lane: float, radii: Mapping[str, float]) -> str:
    """Return a slightly bent line from the rim of a dot to that of another."""
    (x1, y1), (x2, y2) = (picture.places.points[one] for one in (edge.source, edge.target))
    length = math.hypot(x2 - x1, y2 - y1) or 1.0
    ux, uy = (x2 - x1) / length, (y2 - y1) / length
    bend = length * 0.06 + lane * 2
    start = (x1 + ux * radii[edge.source], y1 + uy * radii[edge.source])
    end = (x2 - ux * (radii[edge.target] + 3), y2 - uy * (radii[edge.target] + 3))
    middle = ((x1 + x2) / 2 - uy * bend, (y1 + y2) / 2 + ux * bend)
    return f"M{at(start)}Q{at(middle)} {at(end)}"


def between_layers(picture: Picture, edge: Edge, lane: float) -> str:
    """Return a curve from the side of a card to that of another."""
    card = CARDS[picture.view.layout]
    (x1, y1), (x2, y2) = (picture.places.points[one] for one in (edge.source, edge.target))
    half = card.width / 2
    y1, y2 = y1 + lane * 1.6, y2 + lane * 1.6
    if abs(x2 - x1) < card.width:
        out = 34 + min(60, abs(y2 - y1) / 8)
        bends = f"{at((x1 + half + out, y1))} {at((x2 + half + out, y2))}"
        return f"M{at((x1 + half, y1))}C{bends} {at((x2 + half + 2, y2))}"
    way = 1 if x2 > x1 else -1
    start, end = (x1 + way * half, y1), (x2 - way * (half + 2), y2)
    reach = way * max(40.0, abs(end[0] - start[0]) * 0.45)
    return f"M{at(start)}C{at((start[0] + reach, y1))} {at((end[0] - reach, y2))} {at(end)}"


def corners_of(picture: Picture) -> dict[tuple[str, str, str], list[Point]]:
    """Return the corners of each tie between two things that stand in boxes."""
    lanes, homes = lanes_of(picture), homes_of(picture)
    return {
        edge.key: between_boxes(picture, edge, lanes[edge.relation], homes)
        for edge in picture.map.edges
        if edge.source != edge.target
    }


def between_boxes(
    picture: Picture, edge: Edge, lane: float, homes: Mapping[str, str]
) -> list[Point]:
    """Return the way from a card out of its box, along that between the boxes, to another card."""
    places = picture.places
    first, last = homes[edge.source], homes[edge.target]
    points = places.points
    if first == last:
        return within_box(points[edge.source], points[edge.target], lane)
    way = [(x + lane, y + lane) for x, y in way_between(picture, first, last)]
    start = inside(places.boxes[first], points[edge.source], way[0], lane)
    end = inside(places.boxes[last], points[edge.target], way[-1], lane, arrow=True)
    return straightened([*start, *way[1:-1], *reversed(end)])


def straightened(corners: Sequence[Point]) -> list[Point]:
    """Return corners without those at which a line does not turn, nor goes back on itself."""
    found: list[Point] = []
    for corner in corners:
        if found and abs(found[-1][0] - corner[0]) < 0.05 and abs(found[-1][1] - corner[1]) < 0.05:
            continue
        while len(found) > 1 and any(
            abs(found[-2][axis] - found[-1][axis]) < 0.05
            and abs(found[-1][axis] - corner[axis]) < 0.05
            for axis in (0, 1)
        ):
            found.pop()
        found.append(corner)
    return found


def homes_of(picture: Picture) -> dict[str, str]:
    """Return the box that each thing is in."""
    found: dict[str, str] = {}
    candidates: dict[str, list[tuple[str, Box]]] = defaultdict(list)
    for name, box in picture.places.boxes.items():
        candidates[name.partition("+")[0]].append((name, box))
    for name, node in picture.map.nodes.items():
        x, y = picture.places.points[name]
        for box_name, box in candidates[node.group]:
            if box.x <= x <= box.x + box.width and box.y <= y <= box.y + box.height + 1:
                found[name] = box_name
        found.setdefault(name, candidates[node.group][0][0])
    return found


def way_between(picture: Picture, first: str, last: str) -> Sequence[Point]:
    """Return the way from one box to another; the plainest one where none was laid out."""
    ways = picture.places.ways
    if (first, last) in ways:
        return ways[first, last]
    if (last, first) in ways:
        return ways[last, first][::-1]
    one, other = picture.places.boxes[first], picture.places.boxes[last]
    down = one.y < other.y
    start = (one.x + one.width / 2, one.y + one.height if down else one.y)
    end = (other.x + other.width / 2, other.y if down else other.y + other.height)
    middle = end[1] - 14 if down else end[1] + 14
    return start, (start[0], middle), (end[0], middle), end


def inside(
    box: Box, card_at: Point, port: Point, lane: float, *, arrow: bool = False
) -> list[Point]:
    """Return the corners from a card, along the gaps between cards, to the end of a way."""
    card = CARDS["boxes"]
    x, y = card_at
    top = port[1] < box.y + box.height / 2
    bus = box.y + TITLE - 8 + lane if top else box.y + box.height - 6 + lane
    left = x - card.width / 2
    gutter = left - card.gap / 2 + lane
    entry = (left - (2 if arrow else 0), y + lane)
    return [entry, (gutter, y + lane), (gutter, bus), (port[0], bus)]


def within_box(start: Point, end: Point, lane: float) -> list[Point]:
    """Return a way along the gaps between the cards of one box."""
    card = CARDS["boxes"]
    out, into = start[0] - card.width / 2, end[0] - card.width / 2
    first, last = out - card.gap / 2 + lane, into - card.gap / 2 + lane
    middle = start[1] + (card.height + card.gap) / 2 * (1 if end[1] > start[1] else -1) + lane
    corners = [(out, start[1] + lane), (first, start[1] + lane)]
    if first != last:
        corners += [(first, middle), (last, middle)]
    return [*corners, (last, end[1] - lane), (into - 2, end[1] - lane)]


def bent(corners: Sequence[Point]) -> str:
    """Return a line through corners, which are rounded."""
    parts = [f"M{at(corners[0])}"]
    for before, corner, after in zip(corners, corners[1:], corners[2:], strict=False):
        parts.append(f"L{at(toward(corner, before))}Q{at(corner)} {at(toward(corner, after))}")
    return "".join([*parts, f"L{at(corners[-1])}"])


def toward(corner: Point, other: Point) -> Point:
    """Return the point near a corner, on the line to another point."""
    length = math.hypot(other[0] - corner[0], other[1] - corner[1])
    share = min(ROUND, length / 2) / length if length else 0
    return corner[0] + (other[0] - corner[0]) * share, corner[1] + (other[1] - corner[1]) * share
