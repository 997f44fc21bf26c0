"""The layout around one thing: a ring of what is one tie away; by forces what is further."""

from __future__ import annotations

import math
from collections import defaultdict

from queries.maps.forces import positions
from queries.maps.graph import Map, as_networkx
from queries.maps.stored import Point

# Between rings, and along a ring between things.
STEP, ROOM = 165.0, 104.0


def lay_out(drawn: Map, centre: str) -> dict[str, Point]:
    """Return points with one thing in the middle: the others around it, or further by forces."""
    parent, depth = tree(drawn, centre)
    if max(depth.values()) > 1:
        points = positions(as_networkx(drawn))
        x, y = points[centre]
        return {
            name: (round(one - x, 1), round(other - y, 1)) for name, (one, other) in points.items()
        }
    return ringed(drawn, centre, parent, depth)


def ringed(
    drawn: Map, centre: str, parent: dict[str, str], depth: dict[str, int]
) -> dict[str, Point]:
    """Return points on rings: each thing near the one by which it is reached, groups together."""
    children: dict[str, list[str]] = defaultdict(list)
    for name in sorted(parent, key=lambda one: (drawn.nodes[one].group, one)):
        children[parent[name]].append(name)
    leaves = dict.fromkeys(depth, 0)
    for name in sorted(depth, key=lambda one: (-depth[one], one)):
        leaves[name] = max(1, sum(leaves[one] for one in children[name]))
    radius = radii(depth, leaves[centre])
    points: dict[str, Point] = {}
    place(centre, (-math.pi / 2, 1.5 * math.pi), children, leaves, depth, radius, points)
    for number, name in enumerate(sorted(drawn.nodes.keys() - depth.keys())):
        points[name] = (number * ROOM, max(radius) + 2 * STEP)
    return points


def tree(drawn: Map, centre: str) -> tuple[dict[str, str], dict[str, int]]:
    """Return by which thing each is reached first, and how many ties away it is."""
    near: dict[str, set[str]] = defaultdict(set)
    for edge in drawn.edges:
        near[edge.source].add(edge.target)
        near[edge.target].add(edge.source)
    parent: dict[str, str] = {}
    depth, ring = {centre: 0}, [centre]
    while ring:
        following = []
        for name in ring:
            for other in sorted(near[name]):
                if other not in depth:
                    parent[other], depth[other] = name, depth[name] + 1
                    following.append(other)
        ring = following
    return parent, depth


def radii(depth: dict[str, int], leaves: int) -> list[float]:
    """Return the radius of each ring, so that the things on it have room."""
    counts: dict[int, int] = defaultdict(int)
    for one in depth.values():
        counts[one] += 1
    found = [0.0]
    for ring in range(1, max(depth.values(), default=0) + 1):
        wide = max(counts[ring], leaves if ring == max(depth.values()) else 0)
        found.append(max(found[-1] + STEP, wide * ROOM / (2 * math.pi)))
    return found


def place(
    name: str, between: tuple[float, float], children: dict[str, list[str]],
    leaves: dict[str, int], depth: dict[str, int], radius: list[float], points: dict[str, Point],
) -> None:  # fmt: skip
    """Place a thing in the middle of its angle, and its children in their shares of it."""
    angle, away = (between[0] + between[1]) / 2, radius[depth[name]]
    points[name] = (round(away * math.cos(angle) * 1.25, 1), round(away * math.sin(angle), 1))
    start, width = between[0], between[1] - between[0]
    for child in children[name]:
        share = width * leaves[child] / leaves[name]
        place(child, (start, start + share), children, leaves, depth, radius, points)
        start += share
