"""The layout of a network without rows or columns: by forces, and what comes later beside it."""

from __future__ import annotations

import math
from collections.abc import Iterable

from queries.maps.forces import GAP, ROOM, positions
from queries.maps.graph import Map, as_networkx
from queries.maps.stored import Places, Point
from queries.maps.view import View


def lay_out(drawn: Map, _view: View) -> Places:
    """Return the places of all things of a map."""
    return Places(positions(as_networkx(drawn)), since=len(drawn.nodes))


def extend(drawn: Map, _view: View, old: Places) -> Places:
    """Return the places of all things, those that are known where they were."""
    known = {name: old.points[name] for name in drawn.nodes if name in old.points}
    points = dict(known)
    below = max((y for _x, y in known.values()), default=0.0) + GAP
    neighbours: dict[str, set[str]] = {}
    for edge in drawn.edges:
        neighbours.setdefault(edge.source, set()).add(edge.target)
        neighbours.setdefault(edge.target, set()).add(edge.source)
    x = min((x for x, _y in known.values()), default=0.0)
    for name in sorted(drawn.nodes.keys() - known.keys()):
        near = [points[one] for one in neighbours.get(name, ()) if one in points]
        if near:
            points[name] = beside(near, points.values())
        else:
            points[name], x = (round(x, 1), round(below, 1)), x + ROOM
    return Places(points, since=old.since)


def beside(near: list[Point], taken: Iterable[Point]) -> Point:
    """Return a free point as near as can be to the middle of some others, on a growing spiral."""
    middle = (sum(x for x, _y in near) / len(near), sum(y for _x, y in near) / len(near))
    others = list(taken)
    for step in range(4_000):
        turn, away = step * 2.399963, ROOM * 0.45 * math.sqrt(step + 1)
        x, y = middle[0] + away * math.cos(turn), middle[1] + away * math.sin(turn)
        if all(math.hypot(x - one[0], y - one[1]) > ROOM * 0.5 for one in others):
            return round(x, 1), round(y, 1)
    return round(middle[0], 1), round(middle[1], 1)
