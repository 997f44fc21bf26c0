"""The order in which a picture is read, and so in which the keyboard goes through its things."""

from __future__ import annotations

import math

from queries.maps.graph import Node
from server.maps.picture import Picture
from server.maps.ties import homes_of

# Things whose middles are nearer than this in height are in one row.
ROW = 40.0


def reading(picture: Picture) -> list[Node]:
    """Return the things of a picture as one reads them: box by box, column by column, row by row.

    Around one thing, that comes first, and then one ring after the other, clockwise.
    """
    points = picture.places.points
    nodes = list(picture.map.nodes.values())
    layout = picture.view.layout
    if layout == "boxes":
        homes, boxes = homes_of(picture), picture.places.boxes

        def in_boxes(node: Node) -> tuple[float, ...]:
            (x, y), home = points[node.id], boxes[homes[node.id]]
            return home.y, home.x, y, x

        return sorted(nodes, key=in_boxes)
    if layout == "layers":
        return sorted(nodes, key=lambda node: points[node.id])
    if picture.centre is not None and picture.centre in points:
        middle = points[picture.centre]
        return sorted(nodes, key=lambda node: turned(points[node.id], middle))
    return sorted(nodes, key=lambda node: (points[node.id][1] // ROW, points[node.id][0]))


def turned(point: tuple[float, float], middle: tuple[float, float]) -> tuple[float, float]:
    """Return on which ring around a middle a point is, and how far clockwise from the top."""
    x, y = point[0] - middle[0], point[1] - middle[1]
    return math.hypot(x, y) // ROW, math.atan2(x, -y) % (2 * math.pi)
